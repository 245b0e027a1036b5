"""What the local IAM takes and answers, held against Cloudflare's own OpenAPI text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest

from local_cloudflare.answers import Answers
from local_cloudflare.documented import example, resolved
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
        if "schema" not in content.get("application/json", {}):
            return [None]
        schema = resolved(self.document, content["application/json"]["schema"])
        return [example(self.document, each) for each in schema.get("oneOf", [schema])]

    def properties(self, verb: str, route: str) -> set[str]:
        """Return the paths of everything that the result of a route may have."""
        responses = self.document["paths"][route][verb.lower()]["responses"]
        schema = responses["200"]["content"]["application/json"]["schema"]
        envelope = resolved(self.document, schema)
        return set(self._paths(envelope["properties"].get("result", {})))

    def _paths(self, schema: Any, path: str = "") -> Iterator[str]:
        schema = resolved(self.document, schema)
        for each in schema.get("oneOf", []):
            yield from self._paths(each, path)
        if "items" in schema:
            yield from self._paths(schema["items"], path)
        for name, part in schema.get("properties", {}).items():
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
    (NOW, "POST", CONNECTORS): "the domain has no example",
    (IN_2024, "POST", MEMBERS): "C4: the ids of policies may be required here, too",
    (IN_2024, "PUT", f"{MEMBERS}/{{member_id}}"): "C4, as with POST",
    (IN_2024, "POST", RESOURCE_GROUPS): "no name, because read-only; and meta: not so in 2026",
    (IN_2024, "PUT", f"{RESOURCE_GROUPS}/{{resource_group_id}}"): "meta, as with POST",
}


def adapted(document: str, verb: str, route: str, body: Any) -> list[Any]:
    if (document, verb, route) not in ADAPTED:
        return [body]
    if route.startswith(RESOURCE_GROUPS):
        return [{"name": "Zones", "scope": body["scope"]}]
    if route == CONNECTORS:
        return [body | {"email_domain": "example.com"}]
    if "roles" in body and "policies" in body:
        return [
            {name: value for name, value in body.items() if name != other}
            for other in ("roles", "policies")
        ]
    return [body]


@pytest.mark.parametrize("document", [NOW, IN_2024])
@pytest.mark.parametrize(("verb", "route"), ALL)
@pytest.mark.usefixtures("account_id")
def test_documented_requests_get_the_documented_answers(
    http: httpx.Client, cloudflare: LocalCloudflare, document: str, verb: str, route: str
) -> None:
    documented = Documented(document)
    if not documented.has(verb, route):
        assert document == IN_2024
        assert "user_groups" in route or "sso_connectors" in route
        return
    cloudflare.move_sso(EXAMPLES["sso_connector_id"], "verified")
    cloudflare.switches.delete_in_use = "allow"
    cloudflare.switches.accept_policy_ids = (document, verb, route) in ADAPTED
    path = route.format(**EXAMPLES)
    for body in documented.requests(verb, route):
        for sent in adapted(document, verb, route, body):
            response = http.request(verb, path, json=sent)
            assert response.status_code == 200, (sent, response.text)
            # In 2024 some answers were documented without their envelope, roles otherwise.
            Answers(NOW).check(verb, route, response)
            if verb == "POST" and route == MEMBERS:
                http.delete(f"{path}/{response.json()['result']['id']}")


# What 2024 says of refusals contradicts itself: `success` is both true and false there.
@pytest.mark.parametrize(
    ("verb", "route"), [(verb, one) for one, verbs in ONES.items() for verb in verbs]
)
def test_refusals_are_the_documented_ones_save_their_codes(
    http: httpx.Client, account_id: str, verb: str, route: str
) -> None:
    nobody = dict.fromkeys(EXAMPLES, "0" * 32) | {"account_id": account_id}
    response = http.request(
        verb, route.format(**nobody), json={} if verb in ("PUT", "PATCH") else None
    )
    assert response.status_code == 404
    answers = Answers(NOW)
    if response.json()["errors"][0]["code"] < 1000:
        # C18: the codes of IAM are those of HTTP, whatever their documented minimum is.
        messages = answers.components["schemas"]["iamSchemasMessages"]
        del messages["items"]["properties"]["code"]["minimum"]
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
    cloudflare.switches.delete_in_use = "allow"
    cloudflare.move_sso(EXAMPLES["sso_connector_id"], "verified")
    seen: dict[tuple[str, str], set[str]] = {each: set() for each in ALL}
    shapes: tuple[Literal["named", "key_value"], ...] = ("named", "key_value")
    for shape in shapes:
        cloudflare.switches.iam_meta = shape
        for verb, route in sorted(ALL, key=_deletions_last):
            if verb == "DELETE" and shape != shapes[-1]:
                continue
            path = route.format(**EXAMPLES | {"account_id": account_id})
            [body] = documented.requests(verb, route)
            for sent in adapted(NOW, verb, route, body):
                seen[verb, route] |= _seen(http, verb, path, _another(sent, verb, shape))
    kinds: dict[frozenset[str], set[str]] = {}
    for (verb, route), paths in seen.items():
        promised = documented.properties(verb, route)
        # The reference page's example of a resource group has it, the schema has not.
        extra = {path for path in paths - promised if not path.endswith(".meta.editable")}
        assert extra == set(), (verb, route)
        kinds.setdefault(frozenset(promised), set()).update(paths)
    for kind, paths in kinds.items():
        assert kind - paths == set()


def _another(body: Any, verb: str, shape: str) -> Any:
    """Return a body that can be sent a second time, and leaves what can be deleted."""
    if verb == "PATCH":
        return body | {"enabled": False}
    if verb != "POST" or not isinstance(body, dict):
        return body
    word = shape.replace("_", "-")
    others = {
        "name": f"{body.get('name')} {shape}",
        "email": f"{word}{'roles' in body}@example.com",
        "email_domain": f"{word}.com",
    }
    return body | {name: value for name, value in others.items() if name in body}


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
