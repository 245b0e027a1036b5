from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from local_cloudflare.iam import (
    ADMINISTRATOR,
    MISSING,
    errors,
    policy,
    result,
    seed_members,
    whole,
)

if TYPE_CHECKING:
    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

ADA = {"email": "ada@example.com", "roles": [ADMINISTRATOR]}
EITHER = "either roles or policies are required"


@pytest.fixture
def members(account: str) -> str:
    return f"{account}/members"


def test_a_member_is_invited_read_changed_and_put_out(
    http: httpx.Client, account: str, members: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    cloudflare.switches.member_role_policies = False
    role = result(http.get(f"{account}/roles/{ADMINISTRATOR}"))
    ada = result(http.post(members, json=ADA | {"email": "Ada@Example.com"}))
    assert ada == {
        "id": ada["id"],
        "email": "ada@example.com",
        "status": "pending",
        "user": {
            "id": ada["user"]["id"],
            "email": "ada@example.com",
            "first_name": None,
            "last_name": None,
            "two_factor_authentication_enabled": False,
        },
        "roles": [role],
        "policies": [],
    }
    assert re.fullmatch(r"[0-9a-f]{32}", ada["id"])
    assert re.fullmatch(r"[0-9a-f]{32}", ada["user"]["id"])
    one = f"{members}/{ada['id']}"
    assert result(http.get(one)) == ada
    changed = result(http.put(one, json={"policies": [policy(whole(http, account))]}))
    assert changed["roles"] == []
    assert changed["policies"][0]["permission_groups"][0]["name"] == "Zone Read"
    assert result(http.put(one, json={"roles": [{"id": ADMINISTRATOR}]})) == ada
    assert result(http.get(members)) == [ada]
    assert result(http.delete(one)) == {"id": ada["id"]}
    assert errors(http.get(one)) == [(404, 1003, "member not found")]
    assert result(http.post(members, json=ADA))["id"] != ada["id"]


def test_roles_are_told_as_policies_too(
    http: httpx.Client, members: str, cloudflare: LocalCloudflare
) -> None:
    ada = result(http.post(members, json=ADA))
    [told] = ada["policies"]
    assert [group["name"] for group in told["permission_groups"]] == ["Account Administrator"]
    everything = f"com.cloudflare.api.account.{cloudflare.account_id}"
    assert [group["name"] for group in told["resource_groups"]] == [everything]
    changed = result(http.put(f"{members}/{ada['id']}", json={"policies": []}))
    assert (changed["roles"], changed["policies"]) == ([], [])


def test_an_account_may_refuse_members_without_an_invitation(
    http: httpx.Client, members: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.direct_members = "refuse"
    told = "Invalid request: automatic verification of new members is not allowed"
    refused = http.post(members, json=ADA | {"status": "accepted"})
    assert errors(refused) == [(400, 1001, told)]
    assert result(http.post(members, json=ADA))["status"] == "pending"


def test_a_user_is_told_to_the_users_own_credentials(
    http: httpx.Client, cloudflare: LocalCloudflare
) -> None:
    none = (403, 9109, "Valid user-level authentication not found")
    assert errors(http.get("user")) == [none]
    cloudflare.switches.user_tokens = True
    user = result(http.get("user"))
    keys = {"X-Auth-Email": cloudflare.email, "X-Auth-Key": cloudflare.api_key}
    del http.headers["Authorization"]
    cloudflare.switches.user_tokens = False
    by_key = result(http.get("user", headers=keys))
    assert user["email"] == by_key["email"] == cloudflare.email
    assert errors(http.get("user", headers={**keys, "X-Auth-Key": "0" * 37})) == [
        (403, 10000, "Authentication error")
    ]
    strangers = http.get("user", headers={"Authorization": "Bearer nobody-has-issued-it"})
    assert errors(strangers) == [(403, 9109, "Invalid access token")]


def test_the_address_beside_the_user_may_be_missing(
    http: httpx.Client, members: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.member_email = False
    ada = result(http.post(members, json=ADA))
    assert "email" not in ada
    assert ada["user"]["email"] == "ada@example.com"


def test_a_member_may_be_accepted_at_once(http: httpx.Client, members: str) -> None:
    assert result(http.post(members, json=ADA | {"status": "accepted"}))["status"] == "accepted"


BAD: list[tuple[Any, str]] = [
    ([], "body should be an object"),
    ({"roles": [ADMINISTRATOR]}, "email field should not be empty"),
    (ADA | {"email": "ada"}, "email field should be an e-mail address"),
    (ADA | {"email": f"{'a' * 80}@example.com"}, "email field should be an e-mail address"),
    (ADA | {"status": "rejected"}, "status field should be one of pending, accepted"),
    ({"email": "ada@example.com"}, EITHER),
    (ADA | {"policies": []}, EITHER),
    (ADA | {"roles": []}, "roles field should not be empty"),
    (ADA | {"roles": [MISSING]}, "role should be the id of a role"),
    (ADA | {"roles": [{"id": ADMINISTRATOR}]}, "role should be the id of a role"),
    (ADA | {"id": MISSING}, "unknown field id"),
]


@pytest.mark.parametrize(("body", "detail"), BAD)
def test_an_invitation_that_is_wrong_is_refused(
    http: httpx.Client, members: str, body: Any, detail: str
) -> None:
    response = http.post(members, json=body)
    assert errors(response) == [(400, 1001, f"validation error: {detail}")]
    assert result(http.get(members)) == []


def test_an_address_is_invited_once(http: httpx.Client, members: str) -> None:
    http.post(members, json=ADA)
    refused = http.post(members, json=ADA | {"email": "ADA@example.com"})
    assert errors(refused) == [(400, 1001, "validation error: ada@example.com is a member already")]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, EITHER),
        ({"roles": [ADMINISTRATOR]}, "role should be an object with an id"),
        ({"roles": [{"id": MISSING}]}, "role should be the id of a role"),
        ({"roles": [], "status": "accepted"}, "unknown field status"),
        ({"policies": "all"}, "policies field should be a list"),
    ],
)
def test_a_change_that_is_wrong_is_refused(
    http: httpx.Client, members: str, body: Any, detail: str
) -> None:
    ada = result(http.post(members, json=ADA))
    response = http.put(f"{members}/{ada['id']}", json=body)
    assert errors(response) == [(400, 1001, f"validation error: {detail}")]


def test_policies_are_those_of_user_groups(
    http: httpx.Client, account: str, members: str, cloudflare: LocalCloudflare
) -> None:
    good = policy(whole(http, account))
    ada = {"email": "ada@example.com", "policies": [good | {"resource_groups": [{"id": MISSING}]}]}
    assert errors(http.post(members, json=ada)) == [(400, 400, "Policy validation failed")]
    ada["policies"] = [good | {"id": MISSING}]
    assert errors(http.post(members, json=ada)) == [(400, 400, "Cannot re-use policy IDs")]
    cloudflare.switches.accept_policy_ids = True
    kept = result(http.post(members, json=ada))
    assert kept["roles"] == []
    assert kept["policies"][0]["id"] != MISSING


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE"])
def test_a_member_who_is_not_there_is_not_found(
    http: httpx.Client, members: str, verb: str
) -> None:
    response = http.request(verb, f"{members}/{MISSING}", json={} if verb == "PUT" else None)
    assert errors(response) == [(404, 1003, "member not found")]


def test_lists_are_ordered_and_filtered(
    http: httpx.Client, members: str, cloudflare: LocalCloudflare
) -> None:
    people = [
        ("cyd", "accepted", "Ann", "Zed"),
        ("ada", "pending", None, None),
        ("bob", "accepted", "Zoe", "Abt"),
    ]
    seeded = [
        {
            "email": f"{name}@example.com",
            "status": status,
            "user": {"first_name": first, "last_name": last},
        }
        for name, status, first, last in people
    ]
    cloudflare.seed({"members": seeded})

    def names(**query: str) -> str:
        found = result(http.get(members, params=query))
        return " ".join(member["user"]["email"].split("@")[0] for member in found)

    assert names() == "cyd ada bob"
    assert names(direction="desc") == "bob ada cyd"
    assert names(order="user.email") == "ada bob cyd"
    assert names(order="user.email", direction="desc") == "cyd bob ada"
    assert names(order="user.first_name") == "ada cyd bob"
    assert names(order="user.last_name") == "ada bob cyd"
    assert names(order="status") == "cyd bob ada"
    assert names(status="pending") == "ada"
    assert names(status="rejected") == ""
    for parameter in ("order", "status", "direction"):
        [(status, code, message)] = errors(http.get(members, params={parameter: "x"}))
        assert (status, code) == (400, 400)
        assert message.startswith(f"{parameter} must be one of ")


def test_there_is_no_filter_by_address(
    http: httpx.Client, members: str, cloudflare: LocalCloudflare
) -> None:
    seed_members(cloudflare, "ada", "bob")
    assert len(result(http.get(members, params={"email": "ada@example.com"}))) == 2


def test_a_page_has_20_of_thousands_and_at_most_50(
    http: httpx.Client, members: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.seed({"members": [{"email": f"{number}@example.com"} for number in range(5000)]})
    first = http.get(members).json()
    assert len(first["result"]) == 20
    assert first["result_info"] == {"page": 1, "per_page": 20, "count": 20, "total_count": 5000}
    assert result(http.get(members, params={"page": 101, "per_page": 50})) == []
    for size in (4, 51):
        assert errors(http.get(members, params={"per_page": size})) == [
            (400, 400, "per_page must be between 5 and 50")
        ]


def test_a_seed_tells_what_is_known_of_a_member(
    http: httpx.Client, account: str, members: str, cloudflare: LocalCloudflare
) -> None:
    ada = {
        "id": "a" * 32,
        "email": "ada@example.com",
        "status": "pending",
        "user": {"first_name": "Ada", "two_factor_authentication_enabled": True},
        "roles": [ADMINISTRATOR],
        "policies": [policy(whole(http, account))],
    }
    cloudflare.seed({"members": [ada]})
    member = result(http.get(f"{members}/{'a' * 32}"))
    assert member["status"] == "pending"
    assert member["user"]["first_name"] == "Ada"
    assert member["user"]["two_factor_authentication_enabled"] is True
    assert member["roles"][0]["name"] == "Account Administrator"
    assert len(member["policies"]) == 1
    with pytest.raises(ValueError, match=r"there is a member a+ already"):
        cloudflare.seed({"members": [ada | {"email": "bob@example.com"}]})


def test_roles_are_listed_and_read(
    http: httpx.Client, account: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    roles = f"{account}/roles"
    listed = http.get(roles).json()
    count = len(listed["result"])
    assert count > 10
    assert listed["result_info"] == {
        "page": 1,
        "per_page": 20,
        "count": count,
        "total_count": count,
    }
    administrator = result(http.get(f"{roles}/{ADMINISTRATOR}"))
    assert administrator == listed["result"][0]
    assert administrator["name"] == "Account Administrator"
    assert administrator["permissions"]["dns"] == {"read": True, "write": True}
    assert errors(http.get(f"{roles}/{MISSING}")) == [(404, 404, "role not found")]
    assert errors(http.get(roles, params={"per_page": 4})) == [
        (400, 400, "per_page must be between 5 and 50")
    ]
    assert errors(http.post(roles, json={})) == [(405, 10405, "Method not allowed")]


def test_roles_can_be_seeded(http: httpx.Client, account: str, cloudflare: LocalCloudflare) -> None:
    [role] = cloudflare.seed({"roles": [{"name": "Gardener"}]})["roles"]
    assert result(http.get(f"{account}/roles/{role['id']}"))["name"] == "Gardener"
    with pytest.raises(ValueError, match=f"there is a role {role['id']} already"):
        cloudflare.seed({"roles": [role]})
