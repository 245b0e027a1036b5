from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from local_cloudflare.iam import (
    MISSING,
    NETWORK_MONITORING,
    ZONE_READ,
    errors,
    policy,
    result,
    scope,
    seed_members,
    whole,
)

if TYPE_CHECKING:
    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

SCIM = [(400, 400, "user group is managed by SCIM")]


@pytest.fixture
def groups(account: str) -> str:
    return f"{account}/iam/user_groups"


def create(http: httpx.Client, groups: str, name: str = "Staff", **fields: Any) -> Any:
    return result(http.post(groups, json={"name": name} | fields))


def test_a_user_group_is_created_read_changed_and_deleted(
    http: httpx.Client, groups: str, account: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    everywhere = whole(http, account)
    wanted = policy(everywhere, ZONE_READ, NETWORK_MONITORING)
    created = create(http, groups, policies=[wanted])
    [kept] = created["policies"]
    assert created == {
        "id": created["id"],
        "name": "Staff",
        "policies": [
            {
                "id": kept["id"],
                "access": "allow",
                "permission_groups": [
                    result(http.get(f"{account}/iam/permission_groups/{group}"))
                    for group in (ZONE_READ, NETWORK_MONITORING)
                ],
                "resource_groups": [
                    result(http.get(f"{account}/iam/resource_groups/{everywhere}"))
                ],
            }
        ],
        "created_on": created["created_on"],
        "modified_on": created["created_on"],
    }
    assert re.fullmatch(r"[0-9a-f]{32}", created["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{4}Z", created["created_on"])
    one = f"{groups}/{created['id']}"
    assert result(http.get(one)) == created
    renamed = result(http.put(one, json={"name": "Everybody"}))
    assert renamed["policies"] == created["policies"]
    assert renamed["created_on"] == created["created_on"] < renamed["modified_on"]
    emptied = result(http.put(one, json={"policies": []}))
    assert (emptied["name"], emptied.get("policies")) == ("Everybody", None)
    assert result(http.delete(one)) == {"id": created["id"]}
    assert errors(http.get(one)) == [(404, 404, "user group not found")]


def test_policies_are_optional(http: httpx.Client, groups: str) -> None:
    assert "policies" not in create(http, groups)


def test_every_change_of_policies_gives_them_new_ids(
    http: httpx.Client, groups: str, account: str
) -> None:
    wanted = [policy(whole(http, account)), policy(whole(http, account), access="deny")]
    group = create(http, groups, policies=wanted)
    changed = result(http.put(f"{groups}/{group['id']}", json={"policies": wanted}))
    before, after = ({it["id"] for it in each["policies"]} for each in (group, changed))
    assert len(before) == len(after) == 2
    assert not before & after
    assert {it["access"] for it in changed["policies"]} == {"allow", "deny"}


def test_policies_with_ids_are_refused_unless_told_so(
    http: httpx.Client, groups: str, account: str, cloudflare: LocalCloudflare
) -> None:
    group = create(http, groups, policies=[policy(whole(http, account))])
    one, body = f"{groups}/{group['id']}", {"policies": [policy(whole(http, account))]}
    body["policies"][0]["id"] = group["policies"][0]["id"]
    assert errors(http.put(one, json=body)) == [(400, 400, "Cannot re-use policy IDs")]
    cloudflare.switches.accept_policy_ids = True
    [changed] = result(http.put(one, json=body))["policies"]
    assert changed["id"] != group["policies"][0]["id"]


def test_policies_and_their_groups_come_back_in_any_order(
    http: httpx.Client, groups: str, account: str
) -> None:
    wanted = policy(whole(http, account), ZONE_READ, NETWORK_MONITORING)
    group = create(http, groups, policies=[wanted, wanted | {"access": "deny"}])
    answers = [result(http.get(f"{groups}/{group['id']}"))["policies"] for _ in range(20)]
    assert len({answer[0]["access"] for answer in answers}) == 2
    assert len({answer[0]["permission_groups"][0]["id"] for answer in answers}) == 2


BAD_POLICIES: list[tuple[dict[str, Any] | str, str, str]] = [
    ("x", "policy should be an object", ""),
    ({"access": "maybe"}, "access field should be one of allow, deny", "/access"),
    ({"access": None}, "access field should be one of allow, deny", "/access"),
    (
        {"permission_groups": []},
        "permission_groups field should be a list that is not empty",
        "/permission_groups",
    ),
    (
        {"resource_groups": None},
        "resource_groups field should be a list that is not empty",
        "/resource_groups",
    ),
    (
        {"permission_groups": [ZONE_READ]},
        "permission_groups field should be of objects with an id and nothing else",
        "/permission_groups",
    ),
    (
        {"resource_groups": [{"id": MISSING, "name": "x"}]},
        "resource_groups field should be of objects with an id and nothing else",
        "/resource_groups",
    ),
    ({"effect": "allow"}, "unknown field policy.effect", "/effect"),
]


@pytest.mark.parametrize("bad_policy", BAD_POLICIES)
def test_a_policy_that_is_wrong_is_refused(
    http: httpx.Client, groups: str, account: str, bad_policy: tuple[Any, str, str]
) -> None:
    change, detail, pointer = bad_policy
    good = policy(whole(http, account))
    bad = good | change if isinstance(change, dict) else change
    response = http.post(groups, json={"name": "x", "policies": [good, bad]})
    assert errors(response) == [(400, 400, detail)]
    assert response.json()["errors"][0]["source"] == {"pointer": f"/policies/1{pointer}"}
    assert result(http.get(groups)) == []


@pytest.mark.parametrize("field", ["permission_groups", "resource_groups"])
def test_what_a_policy_names_must_be_there(
    http: httpx.Client, groups: str, account: str, field: str
) -> None:
    bad = policy(whole(http, account)) | {field: [{"id": MISSING}]}
    refused = [(400, 400, "Policy validation failed")]
    assert errors(http.post(groups, json={"name": "x", "policies": [bad]})) == refused
    group = create(http, groups)
    assert errors(http.put(f"{groups}/{group['id']}", json={"policies": [bad]})) == refused


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ([], "body should be an object"),
        ({}, "name field should not be empty"),
        ({"name": 1}, "name field should be a string"),
        ({"name": "x", "policies": {}}, "policies field should be a list"),
        ({"name": "x", "members": []}, "unknown field members"),
    ],
)
def test_a_body_that_is_wrong_is_refused(
    http: httpx.Client, groups: str, body: Any, detail: str
) -> None:
    assert errors(http.post(groups, json=body)) == [(400, 400, detail)]


def test_names_are_unique(http: httpx.Client, groups: str) -> None:
    taken = [(409, 409, "user group name already exists")]
    create(http, groups, "Staff")
    other = f"{groups}/{create(http, groups, 'Guests')['id']}"
    assert errors(http.post(groups, json={"name": "Staff"})) == taken
    assert errors(http.put(other, json={"name": "Staff"})) == taken
    assert result(http.put(other, json={"name": "Guests"}))["name"] == "Guests"
    assert create(http, groups, "staff")["name"] == "staff"


def test_lists_are_by_name_and_filtered(http: httpx.Client, groups: str) -> None:
    ids = {name: create(http, groups, name)["id"] for name in ("Staff", "Guests", "Staff NL")}

    def names(**query: str) -> list[str]:
        return [group["name"] for group in result(http.get(groups, params=query))]

    assert names() == names(direction="asc") == ["Guests", "Staff", "Staff NL"]
    assert names(direction="desc") == ["Staff NL", "Staff", "Guests"]
    assert names(name="Staff") == ["Staff"]
    assert names(fuzzyName="STAFF") == ["Staff", "Staff NL"]
    assert names(id=ids["Guests"]) == ["Guests"]
    assert names(name="Nobody") == []
    assert errors(http.get(groups, params={"direction": "up"})) == [
        (400, 400, "direction must be one of asc, desc")
    ]


def test_a_page_has_100_of_them_and_at_most_500(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.seed({"iam/user_groups": [{"name": f"{number:03}"} for number in range(101)]})
    first = http.get(groups).json()
    assert first["result_info"] == {"page": 1, "per_page": 100, "count": 100, "total_count": 101}
    assert [group["name"] for group in result(http.get(groups, params={"page": 2}))] == ["100"]
    assert len(result(http.get(groups, params={"per_page": 500}))) == 101
    assert errors(http.get(groups, params={"per_page": 501})) == [
        (400, 400, "per_page must be between 1 and 500")
    ]


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE"])
def test_a_group_that_is_not_there_is_not_found(http: httpx.Client, groups: str, verb: str) -> None:
    response = http.request(verb, f"{groups}/{MISSING}", json={} if verb == "PUT" else None)
    assert errors(response) == [(404, 404, "user group not found")]


def test_a_group_that_scim_manages_refuses_every_change(
    http: httpx.Client, groups: str, account: str, cloudflare: LocalCloudflare
) -> None:
    ada, bob = seed_members(cloudflare, "ada", "bob")
    document = {"iam/user_groups": [{"name": "Okta", "scim": True, "members": [ada]}]}
    [group] = cloudflare.seed(document)["iam/user_groups"]
    one = f"{groups}/{group['id']}"
    policies = {"policies": [policy(whole(http, account))]}
    for response in (
        http.put(one, json={"name": "Mine"}),
        http.put(one, json=policies),
        http.delete(one),
        http.post(f"{one}/members", json=[{"id": bob}]),
        http.put(f"{one}/members", json=[]),
        http.delete(f"{one}/members/{ada}"),
    ):
        assert errors(response) == SCIM
    assert result(http.get(one))["name"] == "Okta"
    assert [it["id"] for it in result(http.get(f"{one}/members"))] == [ada]


def test_policies_of_a_scim_group_can_change_if_told_so(
    http: httpx.Client, groups: str, account: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.scim_policies = "allow"
    document = {"iam/user_groups": [{"name": "Okta", "scim": True}]}
    one = f"{groups}/{cloudflare.seed(document)['iam/user_groups'][0]['id']}"
    policies = {"policies": [policy(whole(http, account))]}
    assert len(result(http.put(one, json=policies | {"name": "Okta"}))["policies"]) == 1
    assert errors(http.put(one, json=policies | {"name": "Mine"})) == SCIM
    assert errors(http.delete(one)) == SCIM


def test_a_seed_names_members_by_id_or_address(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    [ada, _] = seed_members(cloudflare, "ada", "bob?")
    group = {"name": "Staff", "members": [ada, "Bob@example.com"], "id": "a" * 32}
    cloudflare.seed({"iam/user_groups": [group]})
    members = result(http.get(f"{groups}/{'a' * 32}/members"))
    assert [(it["email"], it["status"]) for it in members] == [
        ("ada@example.com", "accepted"),
        ("bob@example.com", "pending"),
    ]
    with pytest.raises(ValueError, match=r"there is a user group a+ already"):
        cloudflare.seed({"iam/user_groups": [group]})
    with pytest.raises(ValueError, match=r"eve@example\.com is no member of the account"):
        cloudflare.seed({"iam/user_groups": [{"name": "x", "members": ["eve@example.com"]}]})


def test_accounts_have_groups_of_their_own(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    other = cloudflare.add_account(token=cloudflare.token)
    group = create(http, groups)
    elsewhere = f"/accounts/{other.id}/iam/user_groups"
    assert http.get(f"{elsewhere}/{group['id']}").status_code == 404
    mine = result(
        http.post(
            f"/accounts/{cloudflare.account_id}/iam/resource_groups",
            json={"name": "x", "scope": scope(cloudflare)},
        )
    )
    refused = http.post(elsewhere, json={"name": "x", "policies": [policy(mine["id"])]})
    assert errors(refused) == [(400, 400, "Policy validation failed")]
