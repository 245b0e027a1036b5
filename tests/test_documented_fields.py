"""No field that Cloudflare documents of an answer is strange: what is, is kept and told as such."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING, Any

import pytest
from cloudflare.types import iam, zero_trust
from cloudflare.types.zero_trust import access
from cloudflare.types.zero_trust.access import applications

from local_cloudflare.documented import CLASSES, resolved
from local_cloudflare.samples import IN_2024, NOW, openapi
from pulumi_cloudflare_access import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Where the OpenAPI texts have each, and what the SDK makes of it.
KINDS: dict[str, tuple[str, Any]] = {
    "access_application": ("access/apps/{app_id}", access.ApplicationGetResponse),
    "access_application_policy": (
        "access/apps/{app_id}/policies/{policy_id}",
        applications.PolicyGetResponse,
    ),
    "access_group": ("access/groups/{group_id}", access.GroupGetResponse),
    "access_policy": ("access/policies/{policy_id}", access.PolicyGetResponse),
    "resource_group": ("iam/resource_groups/{resource_group_id}", iam.ResourceGroupGetResponse),
    "user_group": ("iam/user_groups/{user_group_id}", iam.UserGroupGetResponse),
    "identity_provider": (
        "access/identity_providers/{identity_provider_id}",
        zero_trust.IdentityProvider,
    ),
    "access_tag": ("access/tags/{tag_name}", access.Tag),
    "custom_page": ("access/custom_pages/{custom_page_id}", access.CustomPage),
    "service_token": ("access/service_tokens/{service_token_id}", access.ServiceToken),
    "sso_connector": ("sso_connectors/{sso_connector_id}", iam.SSOGetResponse),
}
SCOPES = "/accounts/{account_id}", "/zones/{zone_id}"


def objects(examples: Mapping[str, list[Any]]) -> list[Any]:
    """Make objects that together have every example of every property."""
    most = max(map(len, examples.values()), default=1)
    return [{name: of[min(n, len(of) - 1)] for name, of in examples.items()} for n in range(most)]


def in_the_text(document: dict[str, Any], schema: dict[str, Any]) -> list[Any]:
    """Make values that together have every property of a schema."""
    schema = resolved(document, schema)
    choices = (*schema.get("oneOf", ()), *schema.get("anyOf", ()))
    values = [value for one in choices for value in in_the_text(document, one)]
    if "items" in schema:
        return [in_the_text(document, schema["items"])]
    if properties := schema.get("properties"):
        values += objects({name: in_the_text(document, of) for name, of in properties.items()})
    return values or schema.get("enum") or [schema.get("example", "text")]


def in_the_sdk(hint: Any) -> list[Any]:
    """Make values that together have every property of a model."""
    if hasattr(hint, "model_fields"):
        fields = hint.model_fields.items()
        return objects({of.alias or name: in_the_sdk(of.annotation) for name, of in fields})
    if typing.get_origin(hint) is list:
        return [in_the_sdk(*typing.get_args(hint))]
    if typing.get_origin(hint) is typing.Literal:
        return [*typing.get_args(hint)]
    inner = [one for one in typing.get_args(hint) if one is not type(None)]
    return [value for one in inner for value in in_the_sdk(one)] or ["text"]


def documented(kind: str) -> Iterator[dict[str, Any]]:
    """Yield answers for one object with everything that any source knows of it."""
    path, model = KINDS[kind]
    yield from in_the_sdk(model)
    for document in (openapi(NOW), openapi(IN_2024)):
        for scope in SCOPES:
            if (get := document["paths"].get(f"{scope}/{path}", {}).get("get")) is None:
                continue
            schema = get["responses"]["200"]["content"]["application/json"]["schema"]
            envelope = resolved(document, schema)
            yield from in_the_text(document, envelope["properties"].get("result", envelope))


@pytest.mark.parametrize("kind", KINDS)
def test_every_documented_field_of_an_answer_is_known(kind: str) -> None:
    provider = kinds.load(kind)
    answers = [*documented(kind)]
    if kind == "access_application":
        answers += [{**answer, "type": type_} for answer in answers for type_ in CLASSES]
    # A tag is little more than its name.
    fewest = 1 if kind == "access_tag" else 4
    assert len({name for answer in answers for name in answer}) >= fewest
    assert {name for answer in answers for name in provider.unknown(answer)} == set()
