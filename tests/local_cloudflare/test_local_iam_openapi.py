"""What the local IAM takes and answers, held against Cloudflare's own OpenAPI text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local_cloudflare.answers import Answers
from local_cloudflare.iam import ADMINISTRATOR, LOAD_BALANCER, NETWORK_MONITORING, ZONE_READ
from local_cloudflare.samples import IN_2024, NOW, openapi

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

ACCOUNT = "/accounts/{account_id}"
IAM = f"{ACCOUNT}/iam"
PERMISSION_GROUPS = f"{IAM}/permission_groups"
RESOURCE_GROUPS = f"{IAM}/resource_groups"
USER_GROUPS = f"{IAM}/user_groups"
USER_GROUP_MEMBERS = f"{USER_GROUPS}/{{user_group_id}}/members"
MEMBERS = f"{ACCOUNT}/members"
ROLES = f"{ACCOUNT}/roles"
CONNECTORS = f"{ACCOUNT}/sso_connectors"

# What the examples of both documents refer to.
EXAMPLES = {
    "account_id": "eb78d65290b24279ba6f44721b3ea3c4",
    "zone_id": "23f8d65290b24279ba6f44721b3eaad5",
    "permission_group_id": ZONE_READ,
    "resource_group_id": "6d7f2f5f5b1d4a0e9081fdc98d432fd1",
    "user_group_id": "b" * 32,
    "member_id": "023e105f4ecef8ad9ca31a8372d0c353",
    "role_id": ADMINISTRATOR,
    "sso_connector_id": "c" * 32,
}

ONES = {
    f"{PERMISSION_GROUPS}/{{permission_group_id}}": ["GET"],
    f"{RESOURCE_GROUPS}/{{resource_group_id}}": ["GET", "PUT", "DELETE"],
    f"{USER_GROUPS}/{{user_group_id}}": ["GET", "PUT", "DELETE"],
    f"{USER_GROUP_MEMBERS}/{{member_id}}": ["GET", "DELETE"],
    f"{MEMBERS}/{{member_id}}": ["GET", "PUT", "DELETE"],
    f"{ROLES}/{{role_id}}": ["GET"],
    f"{CONNECTORS}/{{sso_connector_id}}": ["GET", "PATCH", "DELETE"],
    f"{CONNECTORS}/{{sso_connector_id}}/begin_verification": ["POST"],
}
ROUTES = {
    PERMISSION_GROUPS: ["GET"],
    RESOURCE_GROUPS: ["GET", "POST"],
    USER_GROUPS: ["GET", "POST"],
    USER_GROUP_MEMBERS: ["GET", "POST", "PUT"],
    MEMBERS: ["GET", "POST"],
    ROLES: ["GET"],
    CONNECTORS: ["GET", "POST"],
} | ONES
ALL = [(verb, route) for route, verbs in ROUTES.items() for verb in verbs]


class Documented:
    """One document: its requests by example, and the properties that its answers have."""

    def __init__(self, name: str) -> None:
        self.document = openapi(name)

    def has(self, verb: str, route: str) -> bool:
        return verb.lower() in self.document["paths"].get(route, {})

    def requests(self, verb: str, route: str) -> list[Any]:
        """Return a body for each way in which this route can be asked; None if it takes none."""
        operation = self.document["paths"][route][verb.lower()]
        content = operation.get("requestBody", {}).get("content", {})
        schema = self._resolved(content.get("application/json", {}).get("schema"))
        if schema is None:
            return [None]
        return [self._example(each) for each in schema.get("oneOf", [schema])]

    def properties(self, verb: str, route: str) -> set[str]:
        """Return the paths of everything that the result of a route may have."""
        responses = self.document["paths"][route][verb.lower()]["responses"]
        envelope = self._resolved(responses["200"]["content"]["application/json"]["schema"])
        return set(self._paths(envelope["properties"].get("result")))

    def _resolved(self, schema: Any) -> Any:
        while schema and "$ref" in schema:
            found: Any = self.document
            for key in schema["$ref"].split("/")[1:]:
                found = found[key]
            schema = found | {key: value for key, value in schema.items() if key != "$ref"}
        if schema and "allOf" in schema:
            parts = [self._resolved(part) for part in schema["allOf"]]
            schema = {"properties": {}}
            for part in parts:
                schema["properties"] |= part.get("properties", {})
        return schema

    def _example(self, schema: Any) -> Any:
        schema = self._resolved(schema)
        if "example" in schema:
            return schema["example"]
        if "properties" in schema:
            return {
                name: self._example(part)
                for name, part in schema["properties"].items()
                if not self._resolved(part).get("readOnly")
            }
        if schema.get("type") == "array":
            return [self._example(schema["items"])]
        return schema.get("default", schema.get("enum", ["example.com"])[0])

    def _paths(self, schema: Any, path: str = "") -> Iterator[str]:
        schema = self._resolved(schema)
        for each in schema.get("oneOf", [schema]) if schema else []:
            each = self._resolved(each)  # noqa: PLW2901  (a reference, until it is resolved)
            if each.get("type") == "array":
                yield from self._paths(each["items"], path)
            for name, part in each.get("properties", {}).items():
                yield f"{path}.{name}"
                yield from self._paths(part, f"{path}.{name}")


def present(value: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of everything that a result has; lists leave no trace."""
    if isinstance(value, list):
        for item in value:
            yield from present(item, path)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield f"{path}.{name}"
            yield from present(part, f"{path}.{name}")


@pytest.fixture
def account_id(cloudflare: LocalCloudflare) -> str:
    """Return the id of an account that has what the examples refer to."""
    cloudflare.switches.plain = True
    account = cloudflare.add_account(EXAMPLES["account_id"], token=cloudflare.token)
    cloudflare.add_zone(EXAMPLES["zone_id"], account=account)
    user = {"first_name": "Ada", "last_name": "Lovelace"}
    policies = [
        {
            "access": "allow",
            "permission_groups": [{"id": it} for it in (LOAD_BALANCER, ZONE_READ, "d" * 32)],
            "resource_groups": [{"id": EXAMPLES["resource_group_id"]}],
        }
    ]
    end = {"deprecated": "true", "eol_at": "2025-01-15T00:00:00Z"}
    cloudflare.seed(
        {
            "accounts": {
                account.id: {
                    "iam/permission_groups": [{"id": "d" * 32, "name": "Old", "meta": end}],
                    "iam/resource_groups": [
                        {
                            "id": EXAMPLES["resource_group_id"],
                            "name": "Zones",
                            "scope": {
                                "key": f"com.cloudflare.api.account.{account.id}",
                                "objects": [{"key": "*"}],
                            },
                        }
                    ],
                    "members": [
                        {
                            "id": EXAMPLES["member_id"],
                            "email": "ada@example.com",
                            "user": user,
                            "roles": [ADMINISTRATOR],
                            "policies": policies,
                        }
                    ],
                    "iam/user_groups": [
                        {
                            "id": EXAMPLES["user_group_id"],
                            "name": "Staff",
                            "policies": policies,
                            "members": ["ada@example.com"],
                        }
                    ],
                    "sso_connectors": [
                        {"id": EXAMPLES["sso_connector_id"], "email_domain": "example.org"}
                    ],
                }
            }
        }
    )
    return account.id


# Where a documented example cannot be sent as it is: why, and what is sent instead.
ADAPTED: dict[tuple[str, str, str], str] = {
    (NOW, "POST", MEMBERS): "roles and policies: two requests that this file has merged into one",
    (NOW, "PUT", f"{MEMBERS}/{{member_id}}"): "as with POST",
    (NOW, "PUT", f"{USER_GROUPS}/{{user_group_id}}"): "C4: ids of policies, taken by a switch",
    (IN_2024, "POST", MEMBERS): "C4: the ids of policies may be required here, too",
    (IN_2024, "PUT", f"{MEMBERS}/{{member_id}}"): "C4, as with POST",
    (IN_2024, "POST", RESOURCE_GROUPS): "no name, because read-only; and meta: not so in 2026",
    (IN_2024, "PUT", f"{RESOURCE_GROUPS}/{{resource_group_id}}"): "meta, as with POST",
    (NOW, "PATCH", f"{CONNECTORS}/{{sso_connector_id}}"): "enabled needs a verified domain",
}


def adapted(document: str, verb: str, route: str, body: Any) -> list[Any]:
    if (document, verb, route) not in ADAPTED:
        return [body]
    if route.startswith(RESOURCE_GROUPS):
        return [{"name": "Zones", "scope": body["scope"]}]
    if "roles" in body and "policies" in body:
        return [
            {name: value for name, value in body.items() if name != other}
            for other in ("roles", "policies")
        ]
    return [body]


@pytest.mark.parametrize("document", [NOW, IN_2024])
@pytest.mark.parametrize(("verb", "route"), ALL)
def test_documented_requests_get_the_documented_answers(
    http: httpx.Client,
    cloudflare: LocalCloudflare,
    account_id: str,
    document: str,
    verb: str,
    route: str,
) -> None:
    documented = Documented(document)
    if not documented.has(verb, route):
        assert document == IN_2024
        assert "user_groups" in route or "sso_connectors" in route
        return
    cloudflare.move_sso(EXAMPLES["sso_connector_id"], "verified")
    cloudflare.switches.accept_policy_ids = (document, verb, route) in ADAPTED
    path = route.format(**EXAMPLES)
    for body in documented.requests(verb, route):
        for sent in adapted(document, verb, route, body):
            response = http.request(verb, path, json=sent)
            assert response.status_code == 200, (sent, response.text)
            Answers(document).check(verb, route, response)
            if verb == "POST" and route == MEMBERS:
                http.delete(f"{path}/{response.json()['result']['id']}")
    assert account_id == EXAMPLES["account_id"]


@pytest.mark.parametrize("document", [NOW, IN_2024])
@pytest.mark.parametrize(
    ("verb", "route"), [(verb, one) for one, verbs in ONES.items() for verb in verbs]
)
def test_refusals_are_the_documented_ones_save_their_codes(
    http: httpx.Client, account_id: str, document: str, verb: str, route: str
) -> None:
    if not Documented(document).has(verb, route):
        return
    nobody = {name: "0" * 32 for name in EXAMPLES} | {"account_id": account_id}
    response = http.request(
        verb, route.format(**nobody), json={} if verb in ("PUT", "PATCH") else None
    )
    assert response.status_code == 404
    answers = Answers(document)
    if response.json()["errors"][0]["code"] < 1000:
        # C18: the codes of IAM are those of HTTP, whatever their documented minimum is.
        for schema in answers.components["schemas"].values():
            schema.get("items", {}).get("properties", {}).get("code", {}).pop("minimum", None)
    answers.check(verb, route, response)


def test_an_added_member_alone_is_the_answer_that_the_newer_document_does_not_have(
    http: httpx.Client, cloudflare: LocalCloudflare, account_id: str
) -> None:
    # C1: one object in the reference page, an array in this document and the SDK.
    cloudflare.switches.added_members = "object"
    path = USER_GROUP_MEMBERS.format(**EXAMPLES | {"account_id": account_id})
    response = http.post(path, json=Documented(NOW).requests("POST", USER_GROUP_MEMBERS)[0])
    assert response.status_code == 200
    with pytest.raises(Exception, match="is not of type 'array'"):
        Answers(NOW).check("POST", USER_GROUP_MEMBERS, response)


def test_a_name_that_no_resource_group_has_gets_a_null_that_is_not_documented(
    http: httpx.Client, account_id: str
) -> None:
    path = RESOURCE_GROUPS.format(account_id=account_id)
    response = http.get(path, params={"name": "Nobody"})
    with pytest.raises(Exception, match="None is not of type 'array'"):
        Answers(NOW).check("GET", RESOURCE_GROUPS, response)


def test_plain_answers_have_every_documented_property_and_no_other(
    http: httpx.Client, cloudflare: LocalCloudflare, account_id: str
) -> None:
    documented = Documented(NOW)
    cloudflare.switches.accept_policy_ids = True
    seen: dict[tuple[str, str], set[str]] = {each: set() for each in ALL}
    for shape in ("named", "key_value"):
        cloudflare.switches.iam_meta = shape  # type: ignore[assignment]
        for verb, route in sorted(ALL, key=_deletions_last):
            if verb == "DELETE" and shape == "named":
                continue
            [body] = documented.requests(verb, route)
            for sent in adapted(NOW, verb, route, body):
                path = route.format(**EXAMPLES | {"account_id": account_id})
                if (verb, route) == ("PUT", f"{MEMBERS}/{{member_id}}"):
                    seen[verb, route] |= _seen(http, "GET", path, None)
                if verb == "POST" and "name" in (sent or {}):
                    sent = sent | {"name": f"{sent['name']} {shape}"}  # noqa: PLW2901
                if verb == "POST" and "email" in (sent or {}):
                    address = f"{shape}{'roles' in sent}@example.com"
                    sent = sent | {"email": address}  # noqa: PLW2901
                if verb == "POST" and "email_domain" in (sent or {}):
                    sent = sent | {"email_domain": f"{shape.replace('_', '')}.com"}  # noqa: PLW2901
                if verb == "PATCH":
                    sent = sent | {"enabled": False}  # noqa: PLW2901
                seen[verb, route] |= _seen(http, verb, path, sent)
    # The reference page's example has it, the schema has not.
    not_in_the_schema = {"meta.editable"}
    kinds: dict[frozenset[str], set[str]] = {}
    for (verb, route), paths in seen.items():
        promised = documented.properties(verb, route)
        extra = {path for path in paths - promised if not path.endswith(*not_in_the_schema)}
        assert extra == set(), (verb, route)
        kinds.setdefault(frozenset(promised), set()).update(paths)
    for promised, paths in kinds.items():
        assert promised - paths == set()


def _deletions_last(each: tuple[str, str]) -> tuple[bool, bool]:
    verb, route = each
    return verb == "DELETE", not route.startswith(USER_GROUP_MEMBERS)


def _seen(http: httpx.Client, verb: str, path: str, body: Any) -> set[str]:
    response = http.request(verb, path, json=body)
    assert response.status_code == 200, (verb, path, body, response.text)
    answer = response.json()
    found = set(present(answer.get("result")))
    if (answer.get("result_info") or {}).get("count") == 20:
        for number in range(2, 30):
            page = http.get(path, params={"page": number}).json()["result"]
            found |= set(present(page))
    return found


def test_every_documented_route_of_iam_is_driven_here() -> None:
    driven = {(verb.lower(), route) for verb, route in ALL}
    for name in (NOW, IN_2024):
        documented = {
            (verb, route)
            for route, operations in openapi(name)["paths"].items()
            for verb in operations
            if verb != "parameters" and route.startswith((IAM, MEMBERS, ROLES, CONNECTORS))
        }
        assert documented <= driven


def test_the_examples_are_in_the_catalogue(http: httpx.Client, account_id: str) -> None:
    [body] = Documented(NOW).requests("POST", USER_GROUPS)
    ids = [group["id"] for group in body["policies"][0]["permission_groups"]]
    assert ids == [ZONE_READ, NETWORK_MONITORING]
    for group_id in ids:
        path = f"{PERMISSION_GROUPS}/{group_id}".format(account_id=account_id)
        assert http.get(path).status_code == 200
