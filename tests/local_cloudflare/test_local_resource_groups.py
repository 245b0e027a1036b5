from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from local_cloudflare.iam import MISSING, errors, policy, result, scope, whole

if TYPE_CHECKING:
    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

ZONE = "com.cloudflare.api.account.zone."


@pytest.fixture
def groups(account: str) -> str:
    return f"{account}/iam/resource_groups"


def test_a_resource_group_is_created_read_changed_and_deleted(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    zone = f"{ZONE}{cloudflare.zone_id}"
    created = result(
        http.post(groups, json={"name": "Production", "scope": scope(cloudflare, zone)})
    )
    assert re.fullmatch(r"[0-9a-f]{32}", created["id"])
    assert created == {
        "id": created["id"],
        "name": "Production",
        "scope": scope(cloudflare, zone),
        "meta": {"editable": "true"},
    }
    one = f"{groups}/{created['id']}"
    assert result(http.get(one)) == created
    renamed = created | {"name": "Zones"}
    assert result(http.put(one, json={"name": "Zones"})) == renamed
    rescoped = renamed | {"scope": scope(cloudflare)}
    assert result(http.put(one, json={"scope": scope(cloudflare)})) == rescoped
    assert result(http.get(groups, params={"id": created["id"]})) == [rescoped]
    assert result(http.delete(one)) == {"id": created["id"]}
    assert errors(http.get(one)) == [(404, 404, "resource group not found")]


def test_scope_comes_back_in_two_shapes(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    body = {"name": "All", "scope": scope(cloudflare)}
    assert result(http.post(groups, json=body))["scope"] == scope(cloudflare)
    cloudflare.switches.resource_group_scope = "array"
    assert result(http.post(groups, json=body))["scope"] == [scope(cloudflare)]
    assert errors(http.post(groups, json=body | {"scope": [scope(cloudflare)]})) == [
        (400, 400, "scope field should be an object with a key and objects")
    ]


def test_meta_comes_back_in_two_shapes(
    http: httpx.Client, groups: str, account: str, cloudflare: LocalCloudflare
) -> None:
    one = f"{groups}/{whole(http, account)}"
    assert result(http.get(one))["meta"] == {"editable": "false"}
    cloudflare.switches.iam_meta = "key_value"
    assert result(http.get(one))["meta"] == {"key": "editable", "value": "false"}


def test_every_account_has_groups_that_nobody_can_change(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.add_zone()
    found = result(http.get(groups))
    assert {group["name"] for group in found} == {
        f"com.cloudflare.api.account.{cloudflare.account_id}",
        *(f"{ZONE}{zone.id}" for zone in cloudflare.account.zones),
    }
    assert {group["meta"]["editable"] for group in found} == {"false"}
    non_editable = [(422, 422, "resource group is non-editable")]
    for group in found:
        one = f"{groups}/{group['id']}"
        assert errors(http.put(one, json={"name": "Mine"})) == non_editable
        assert errors(http.delete(one)) == non_editable
    cloudflare.reset()
    assert {group["id"] for group in result(http.get(groups))} == {it["id"] for it in found}


def test_names_need_not_be_unique_and_a_list_has_no_pages(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    body = {"name": "Zones", "scope": scope(cloudflare)}
    cloudflare.seed({"iam/resource_groups": [body] * 70})
    answer = http.get(groups, params={"name": "Zones", "page": 2, "per_page": 5}).json()
    assert len(answer["result"]) == 70
    assert "result_info" not in answer


def test_a_name_that_no_group_has_gets_null(http: httpx.Client, groups: str) -> None:
    assert result(http.get(groups, params={"name": "Nobody"})) is None
    assert result(http.get(groups, params={"id": MISSING})) == []


def test_groups_and_objects_come_back_in_any_order(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    zones = [f"{ZONE}{cloudflare.add_zone().id}" for _ in range(5)]
    one = result(http.post(groups, json={"name": "x", "scope": scope(cloudflare, *zones)}))
    answers = [result(http.get(f"{groups}/{one['id']}")) for _ in range(20)]
    orders = {tuple(it["key"] for it in answer["scope"]["objects"]) for answer in answers}
    assert len(orders) > 1
    assert {frozenset(order) for order in orders} == {frozenset(zones)}
    lists = {tuple(group["id"] for group in result(http.get(groups))) for _ in range(20)}
    assert len(lists) > 1


def bad_scopes(account: str, zone: str, other_zone: str) -> list[tuple[Any, str, str]]:
    key = f"com.cloudflare.api.account.{account}"
    everything = [{"key": "*"}]
    shape = "scope field should be an object with a key and objects"
    empty = "scope.objects should be a list that is not empty"
    entries = "scope.objects should be of objects with a key"
    own = "scope.key should be the key of this account"
    return [
        ("*", shape, "/scope"),
        ({"key": key, "objects": everything, "id": "x"}, "unknown field scope.id", "/scope/id"),
        ({"objects": everything}, own, "/scope/key"),
        ({"key": "x", "objects": everything}, own, "/scope/key"),
        ({"key": f"{key[:-32]}{MISSING}", "objects": everything}, own, "/scope/key"),
        ({"key": key}, empty, "/scope/objects"),
        ({"key": key, "objects": []}, empty, "/scope/objects"),
        ({"key": key, "objects": ["*"]}, entries, "/scope/objects/0"),
        (
            {"key": key, "objects": [{"key": "*", "id": "x"}]},
            "unknown field scope.objects.id",
            "/scope/objects/id",
        ),
        (
            {"key": key, "objects": [{"key": f"{ZONE}{zone}"}, {"key": f"{ZONE}{other_zone}"}]},
            f"{ZONE}{other_zone} is no object of this account",
            "/scope/objects/1/key",
        ),
        (
            {"key": key, "objects": [{"key": zone}]},
            f"{zone} is no object of this account",
            "/scope/objects/0/key",
        ),
    ]


def test_a_scope_that_is_wrong_is_refused(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    other = cloudflare.add_zone(account=cloudflare.add_account())
    one = result(http.post(groups, json={"name": "x", "scope": scope(cloudflare)}))
    for bad, detail, pointer in bad_scopes(cloudflare.account_id, cloudflare.zone_id, other.id):
        for response in (
            http.post(groups, json={"name": "x", "scope": bad}),
            http.put(f"{groups}/{one['id']}", json={"scope": bad}),
        ):
            assert errors(response) == [(400, 400, detail)]
            assert response.json()["errors"][0]["source"] == {"pointer": pointer}


def test_other_kinds_of_objects_are_taken_as_they_are(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    bucket = f"com.cloudflare.edge.r2.bucket.{cloudflare.account_id}_default_photos"
    body = {"name": "x", "scope": scope(cloudflare, bucket, bucket)}
    shown = result(http.post(groups, json=body))["scope"]
    assert [it["key"] for it in shown["objects"]] == [bucket]


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ([], ["body should be an object"]),
        (
            {},
            [
                "name field should not be empty",
                "scope field should be an object with a key and objects",
            ],
        ),
        ({"name": 1, "scope": ...}, ["name field should be a string"]),
        ({"name": "x", "scope": ..., "meta": {}}, ["unknown field meta"]),
    ],
)
def test_a_body_that_is_wrong_is_refused(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare, body: Any, details: list[str]
) -> None:
    if "scope" in body:
        body = body | {"scope": scope(cloudflare)}
    assert errors(http.post(groups, json=body)) == [(400, 400, detail) for detail in details]


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE"])
def test_a_group_that_is_not_there_is_not_found(http: httpx.Client, groups: str, verb: str) -> None:
    response = http.request(verb, f"{groups}/{MISSING}", json={} if verb == "PUT" else None)
    assert errors(response) == [(404, 404, "resource group not found")]


@pytest.mark.parametrize("kind", ["iam/user_groups", "members"])
def test_a_group_in_use_stays_unless_told_so(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare, kind: str
) -> None:
    group = result(http.post(groups, json={"name": "x", "scope": scope(cloudflare)}))
    user = {"name": "Staff"} if kind == "iam/user_groups" else {"email": "ada@example.com"}
    [planted] = cloudflare.seed({kind: [user | {"policies": [policy(group["id"])]}]})[kind]
    one = f"{groups}/{group['id']}"
    assert errors(http.delete(one)) == [(409, 409, "resource group is in use")]
    cloudflare.switches.delete_in_use = "allow"
    assert http.delete(one).status_code == 200
    left = result(http.get(f"/accounts/{cloudflare.account_id}/{kind}/{planted['id']}"))
    assert left["policies"][0]["resource_groups"] == []


def test_a_seed_may_bring_its_id_once(cloudflare: LocalCloudflare) -> None:
    group = {"id": "a" * 32, "name": "x", "scope": scope(cloudflare)}
    [planted] = cloudflare.seed({"iam/resource_groups": [group]})["iam/resource_groups"]
    assert planted["id"] == "a" * 32
    with pytest.raises(ValueError, match=r"there is a resource group a+ already"):
        cloudflare.seed({"iam/resource_groups": [group]})
