from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from local_cloudflare.iam import LOAD_BALANCER, MISSING, ZONE_READ, errors, result

if TYPE_CHECKING:
    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare


@pytest.fixture
def groups(account: str) -> str:
    return f"{account}/iam/permission_groups"


def everything(http: httpx.Client, groups: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    number = 1
    while page := result(http.get(groups, params={"page": number, "per_page": 50})):
        found += page
        number += 1
    return found


def test_the_catalogue_is_as_large_as_a_real_one(http: httpx.Client, groups: str) -> None:
    found = everything(http, groups)
    assert len(found) == len({group["id"] for group in found})
    assert 400 < len(found) < 600
    assert all(re.fullmatch(r"[0-9a-f]{32}", group["id"]) for group in found)
    assert all({"label", "scopes"} <= set(group["meta"]) for group in found)
    assert {group["meta"]["scopes"] for group in found} == {
        "com.cloudflare.api.account",
        "com.cloudflare.api.account.zone",
        "com.cloudflare.api.user",
        "com.cloudflare.edge.r2.bucket",
    }


def test_some_are_deprecated_and_some_of_these_have_an_end(http: httpx.Client, groups: str) -> None:
    found = everything(http, groups)
    deprecated = [group for group in found if group["meta"]["deprecated"] == "true"]
    ends = {group["meta"].get("eol_at") for group in deprecated}
    assert None in ends
    assert {"2025-01-15T00:00:00Z", "2032-12-31T00:00:00Z"} < ends
    assert not any("eol_at" in group["meta"] for group in found if group not in deprecated)


def test_names_and_labels_can_be_ambiguous_and_scopes_tell_them_apart(
    http: httpx.Client, groups: str
) -> None:
    found = everything(http, groups)
    names = Counter(group["name"] for group in found)
    assert names["Access: Apps and Policies Read"] == 2
    told_apart = {(group["name"], group["meta"]["scopes"]) for group in found}
    assert len(told_apart) == len(found)
    for query in ({"name": "API Gateway Read"}, {"label": "api_gateway_read"}):
        scopes = [group["meta"]["scopes"] for group in result(http.get(groups, params=query))]
        assert scopes == ["com.cloudflare.api.account", "com.cloudflare.api.account.zone"]


def test_one_is_found_by_id_name_and_label(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    group = {
        "id": LOAD_BALANCER,
        "name": "Load Balancer",
        "meta": {
            "label": "load_balancer_admin",
            "scopes": "com.cloudflare.api.account",
            "category": "Roles",
            "description": "Can do what the role Load Balancer can do",
            "deprecated": "false",
            "editable": "false",
            "visibility": "public",
        },
    }
    assert result(http.get(f"{groups}/{LOAD_BALANCER}")) == group
    for query in (
        {"id": LOAD_BALANCER},
        {"name": "Load Balancer"},
        {"label": "load_balancer_admin"},
    ):
        assert result(http.get(groups, params=query)) == [group]
    assert result(http.get(groups, params={"name": "load balancer"})) == []
    assert result(http.get(f"{groups}/{ZONE_READ}"))["name"] == "Zone Read"


def test_meta_has_two_documented_shapes(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.iam_meta = "key_value"
    one = result(http.get(f"{groups}/{LOAD_BALANCER}"))
    assert one["meta"] == {"key": "label", "value": "load_balancer_admin"}


def test_a_page_has_20_of_them_and_at_most_50(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    total = len(everything(http, groups))
    first = http.get(groups).json()
    assert len(first["result"]) == 20
    assert first["result_info"] == {"page": 1, "per_page": 20, "count": 20, "total_count": total}
    assert result(http.get(groups, params={"page": 1000})) == []
    for size in (4, 51):
        refused = http.get(groups, params={"per_page": size})
        assert errors(refused) == [(400, 400, "per_page must be between 5 and 50")]
    assert errors(http.get(groups, params={"page": 0})) == [
        (400, 1004, "page must be a positive integer")
    ]
    cloudflare.switches.iam_result_info = False
    assert "result_info" not in http.get(groups).json()


def test_the_catalogue_is_the_same_everywhere_and_can_be_added_to(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    before = everything(http, groups)
    other = cloudflare.add_account(token=cloudflare.token)
    assert everything(http, f"/accounts/{other.id}/iam/permission_groups") == before
    seeded = {"name": "Zone Read", "meta": {"label": "mine"}}
    [planted] = cloudflare.seed({"iam/permission_groups": [seeded]})["iam/permission_groups"]
    assert result(http.get(groups, params={"label": "mine"}))[0]["id"] == planted["id"]
    assert len(result(http.get(groups, params={"name": "Zone Read"}))) == 2
    cloudflare.reset()
    assert everything(http, groups) == before


def test_nobody_makes_one(http: httpx.Client, groups: str) -> None:
    assert errors(http.post(groups, json={"name": "x"})) == [(405, 10405, "Method not allowed")]
    assert errors(http.get(f"{groups}/{MISSING}")) == [(404, 404, "permission group not found")]


def test_zones_have_none(http: httpx.Client, cloudflare: LocalCloudflare) -> None:
    response = http.get(f"/zones/{cloudflare.zone_id}/iam/permission_groups")
    assert [error["code"] for error in response.json()["errors"]] == [7003, 7000]
    with pytest.raises(ValueError, match="iam/permission_groups are an account's"):
        cloudflare.seed({"zones": {cloudflare.zone_id: {"iam/permission_groups": []}}})
