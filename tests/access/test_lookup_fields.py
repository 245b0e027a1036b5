"""What look-ups tell of an object, held against what Cloudflare documents of it."""

from __future__ import annotations

import dataclasses
import typing
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from cloudflare.types import zero_trust
from cloudflare.types.zero_trust import access

import pulumi_cloudflare_access as cloudflare
from harness.sockets import Scripted, answer, envelope
from local_cloudflare.documented import CLASSES, request
from local_cloudflare.samples import EXAMPLE_GROUP, ID, NOW, openapi
from pulumi_cloudflare_access.access.identity_provider import CONFIG
from pulumi_cloudflare_access.text.secret_words import SECRET_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pulumi_cloudflare_access import LocalCloudflare
    from pulumi_cloudflare_access.program.references import Found

# As each is called in the OpenAPI text, and in the SDK.
KINDS: dict[type[Found], tuple[str, Any]] = {
    cloudflare.GetAccessGroupResult: ("accessSchemasGroups", access.GroupGetResponse),
    cloudflare.GetAccessPolicyResult: ("accessReusablePolicyResp", access.PolicyGetResponse),
    cloudflare.GetAccessApplicationResult: ("accessAppResponse", access.ApplicationGetResponse),
    cloudflare.GetIdentityProviderResult: ("accessIdentityProviders", zero_trust.IdentityProvider),
    cloudflare.GetServiceTokenResult: ("accessServiceTokens", access.ServiceToken),
}
LEFT_OUT = {(cloudflare.GetAccessPolicyResult, "reusable"): "it always is"}
ONLY_OURS = {
    "account_id": "the path",
    "zone_id": "the path",
}


def models(kind: Any) -> Iterator[Any]:
    """Yield the models of one kind in the SDK: it may have one for each type."""
    if hasattr(kind, "model_fields"):
        yield kind
    for inner in typing.get_args(kind):
        yield from models(inner)


def in_the_sdk(kind: Any) -> set[str]:
    return {
        info.alias or name for model in models(kind) for name, info in model.model_fields.items()
    }


def in_the_text(schema: str) -> set[str]:
    properties: dict[str, Any] = openapi(NOW)["components"]["schemas"][schema]["properties"]
    return set(properties)


@pytest.mark.parametrize("result", KINDS)
def test_a_look_up_tells_every_documented_field_or_there_is_a_reason(result: type[Found]) -> None:
    schema, model = KINDS[result]
    documented = in_the_text(schema) | in_the_sdk(model)
    ours = {field.name for field in dataclasses.fields(result)}
    assert documented - ours == {name for kind, name in LEFT_OUT if kind is result}
    assert ours - documented <= ONLY_OURS.keys()


def test_of_the_config_of_identity_providers_everything_is_told_but_the_secrets() -> None:
    schema = openapi(NOW)["components"]["schemas"]["accessIdentityProviders"]
    documented = set(schema["properties"]["config"]["properties"])
    for model in models(zero_trust.IdentityProvider):
        documented |= in_the_sdk(model.model_fields["config"].annotation)
    assert documented - SECRET_FIELDS == CONFIG


def test_the_secrets_are_those_that_are_marked_so() -> None:
    assert set(sensitive(openapi(NOW)["components"]["schemas"])) == SECRET_FIELDS


def sensitive(part: Any, name: str = "") -> Iterator[str]:
    """Yield the names of the properties that the OpenAPI text marks as sensitive."""
    if isinstance(part, dict):
        if part.get("x-sensitive"):
            yield name
        for key, inner in part.items():
            yield from sensitive(inner, key)


# ------------------------------------------------------------------------------ what is told

HUSH = "Tr0ub4dor-and-3"
LOGIN = {"scheme": "httpbasic", "user": "u", "password": HUSH}
# An API that masks nothing.
CARELESS: list[tuple[Callable[..., Any], dict[str, Any], dict[str, Any]]] = [
    (
        cloudflare.get_identity_provider,
        {
            "type": "oidc",
            "config": {"client_id": "c", "client_secret": HUSH, "scopes": ["b", "a"], "new": HUSH},
            "scim_config": {"enabled": True, "secret": HUSH},
        },
        {
            "config": {"client_id": "c", "scopes": ["a", "b"]},
            "scim_config": {"enabled": True},
        },
    ),
    (
        cloudflare.get_access_application,
        {
            "type": "saas",
            "saas_app": {"auth_type": "oidc", "client_id": "c", "client_secret": HUSH},
            "scim_config": {
                "remote_uri": "https://scim.example.com",
                "authentication": [LOGIN, {"scheme": "oauthbearertoken", "token": HUSH}],
                "mappings": [{"schema": "b"}, {"schema": "a"}],
            },
        },
        {
            "saas_app": {"auth_type": "oidc", "client_id": "c"},
            "scim_config": {
                "remote_uri": "https://scim.example.com",
                "authentication": [
                    {"scheme": "httpbasic", "user": "u"},
                    {"scheme": "oauthbearertoken"},
                ],
                "mappings": [{"schema": "b"}, {"schema": "a"}],
            },
        },
    ),
]


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize(("look_up", "there", "told"), CARELESS)
def test_no_secret_comes_along_even_if_cloudflare_told_it(
    look_up: Callable[..., Any], there: dict[str, Any], told: dict[str, Any]
) -> None:
    pages: tuple[Any, ...] = [{"id": ID, "name": "One", **there}], []
    with Scripted(*(answer(envelope(page)) for page in pages)) as server:
        pulumi.runtime.set_config("cloudflare:baseUrl", server.base_url)
        found = look_up(name="One")
    assert {name: getattr(found, name) for name in told} == told
    assert HUSH not in repr(found)


@pytest.mark.parametrize("kind", CLASSES)
def test_a_look_up_tells_everything_that_an_application_was_made_with(
    program: LocalCloudflare, kind: str
) -> None:
    program.switches.plain = True
    body = request(kind)
    program.seed({"access/tags": [{"name": tag} for tag in body.get("tags", ())]})
    [app] = program.seed({"access/apps": [body]})["access/apps"]
    found = cloudflare.get_access_application(id=app["id"])
    for name in body.keys() - {"saas_app", "scim_config"}:
        assert ordered(getattr(found, name)) == ordered(app[name]), name
    for name in body.keys() & {"saas_app", "scim_config"}:
        assert set(getattr(found, name)) >= body[name].keys() - SECRET_FIELDS


def ordered(value: Any) -> Any:
    """Put every list into one order."""
    if isinstance(value, dict):
        return {key: ordered(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted(map(ordered, value), key=repr)
    return value


@pytest.mark.parametrize(("switch", "told"), [("bool", True), ("rules", None), ("absent", None)])
def test_whether_a_group_is_the_default_is_told_where_the_answer_tells_it(
    program: LocalCloudflare, switch: Any, told: Any
) -> None:
    program.switches.is_default = switch
    program.seed(
        {"access/groups": [EXAMPLE_GROUP | {"is_default": True, "require": [{"everyone": {}}]}]}
    )
    assert cloudflare.get_access_group(name="Employees").is_default is told


def test_the_policies_of_an_application_are_told_alike_every_time(
    program: LocalCloudflare,
) -> None:
    include = [{"email": {"email": f"{name}@example.com"}} for name in "dacb"]
    policies = [{"name": n, "decision": "allow", "include": include} for n in ("Z", "A")]
    body = {"type": "self_hosted", "domain": "app.example.com", "policies": policies}
    program.seed({"access/apps": [body]})
    found = cloudflare.get_access_application(domain="app.example.com")
    assert [policy["name"] for policy in found.policies] == ["Z", "A"]
    for policy in found.policies:
        assert [rule["email"]["email"][0] for rule in policy["include"]] == ["a", "b", "c", "d"]
