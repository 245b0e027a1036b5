from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from local_cloudflare.samples import EXAMPLE_GROUP, RULES

if TYPE_CHECKING:
    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

EVERYONE: dict[str, Any] = {"everyone": {}}
ADA = {"email": {"email": "ada@example.com"}}
MISSING = "11111111-1111-4111-8111-111111111111"


def errors(response: httpx.Response) -> list[tuple[int, str]]:
    return [(error["code"], error["message"]) for error in response.json()["errors"]]


def create(http: httpx.Client, groups: str, **fields: Any) -> dict[str, Any]:
    response = http.post(groups, json={"name": "Engineers", "include": [EVERYONE]} | fields)
    assert response.status_code == 201, response.text
    group: dict[str, Any] = response.json()["result"]
    return group


def test_a_group_is_created_read_replaced_and_deleted(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    created = http.post(
        groups,
        json={
            "name": "Engineers",
            "include": [EVERYONE],
            "exclude": [ADA],
            "require": [{"geo": {"country_code": "NL"}}],
            "is_default": True,
        },
    )
    group = created.json()["result"]
    assert created.status_code == 201
    assert created.json() == {
        "success": True,
        "errors": [],
        "messages": [],
        "result": {
            "id": group["id"],
            "name": "Engineers",
            "include": [EVERYONE],
            "exclude": [ADA],
            "require": [{"geo": {"country_code": "NL"}}],
            "is_default": True,
            "created_at": group["created_at"],
            "updated_at": group["created_at"],
        },
    }
    one = f"{groups}/{group['id']}"
    assert http.get(one).json()["result"] == group
    replaced = http.put(one, json={"name": "Staff", "include": [ADA]})
    assert replaced.status_code == 200
    assert replaced.json()["result"] == {
        "id": group["id"],
        "name": "Staff",
        "include": [ADA],
        "exclude": [],
        "require": [],
        "is_default": False,
        "created_at": group["created_at"],
        "updated_at": replaced.json()["result"]["updated_at"],
    }
    deleted = http.delete(one)
    assert deleted.status_code == 202
    assert deleted.json()["result"] == {"id": group["id"]}
    assert http.get(groups).json()["result"] == []


def test_ids_and_times_look_like_those_of_access(http: httpx.Client, groups: str) -> None:
    group = create(http, groups)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f-]{17}", group["id"])
    assert group["uid"] == group["id"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", group["created_at"])


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE"])
def test_a_group_that_is_not_there_is_not_found(http: httpx.Client, groups: str, verb: str) -> None:
    body = {"name": "x", "include": [EVERYONE]} if verb == "PUT" else None
    response = http.request(verb, f"{groups}/{MISSING}", json=body)
    assert response.status_code == 404
    assert errors(response) == [(12135, "access.api.error.not_found")]


def test_names_need_not_be_unique(http: httpx.Client, groups: str) -> None:
    assert create(http, groups)["id"] != create(http, groups)["id"]


def test_account_and_zone_have_groups_of_their_own(
    http: httpx.Client, cloudflare: LocalCloudflare
) -> None:
    group = create(http, f"/accounts/{cloudflare.account_id}/access/groups")
    in_zone = http.get(f"/zones/{cloudflare.zone_id}/access/groups/{group['id']}")
    assert in_zone.status_code == 404


def test_lists_are_filtered_by_name_and_by_a_part_of_it(http: httpx.Client, groups: str) -> None:
    for name in ("Engineers", "engineers", "Sales"):
        create(http, groups, name=name)

    def names(**query: str) -> list[str]:
        return [group["name"] for group in http.get(groups, params=query).json()["result"]]

    assert names() == ["Engineers", "engineers", "Sales"]
    assert names(name="engineers") == ["engineers"]
    assert names(search="ENGIN") == ["Engineers", "engineers"]
    assert names(name="Engineer") == []


def test_a_long_list_comes_in_pages(http: httpx.Client, groups: str) -> None:
    ids = [create(http, groups)["id"] for _ in range(5)]

    def page(**query: int) -> Any:
        answer = http.get(groups, params=query).json()
        return [group["id"] for group in answer["result"]], answer["result_info"]

    info = {"per_page": 2, "total_count": 5, "total_pages": 3}
    assert page(page=1, per_page=2) == (ids[:2], info | {"page": 1, "count": 2})
    assert page(page=3, per_page=2) == (ids[4:], info | {"page": 3, "count": 1})
    assert page(page=4, per_page=2) == ([], info | {"page": 4, "count": 0})
    assert page() == (
        ids,
        {"page": 1, "per_page": 1000, "count": 5, "total_count": 5, "total_pages": 1},
    )
    assert page(per_page=5000)[1]["per_page"] == 1000


def test_a_page_may_hold_less_than_is_asked_for(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    ids = [create(http, groups)["id"] for _ in range(3)]
    cloudflare.switches.largest_page = 2
    answer = http.get(groups, params={"page": 2, "per_page": 1000}).json()
    assert [group["id"] for group in answer["result"]] == ids[2:]
    assert answer["result_info"]["per_page"] == 2


def test_total_count_knows_no_filter(http: httpx.Client, groups: str) -> None:
    create(http, groups, name="Sales")
    create(http, groups)
    info = http.get(groups, params={"name": "Sales"}).json()["result_info"]
    assert (info["count"], info["total_count"]) == (1, 2)


@pytest.mark.parametrize("parameter", ["page", "per_page"])
@pytest.mark.parametrize("value", ["0", "-1", "x", ""])
def test_a_page_is_a_positive_number(
    http: httpx.Client, groups: str, parameter: str, value: str
) -> None:
    response = http.get(f"{groups}?{parameter}={value}")
    assert response.status_code == 400
    assert errors(response) == [(1004, f"{parameter} must be a positive integer")]


GOOD = {"name": "Engineers", "include": [EVERYONE]}

REFUSED: list[tuple[Any, str, str]] = [
    ({"name": "x"}, "include field should not be empty", "/include"),
    (GOOD | {"include": []}, "include field should not be empty", "/include"),
    (GOOD | {"include": None}, "include field should not be empty", "/include"),
    (GOOD | {"exclude": {}}, "exclude field should be a list", "/exclude"),
    ({"include": [EVERYONE]}, "name field should not be empty", "/name"),
    (GOOD | {"name": ""}, "name field should not be empty", "/name"),
    (GOOD | {"name": 7}, "name field should be a string", "/name"),
    (GOOD | {"is_default": "yes"}, "is_default field should be a boolean", "/is_default"),
    (GOOD | {"is_default": []}, "is_default field should be a boolean", "/is_default"),
    (GOOD | {"id": MISSING}, "unknown field id", "/id"),
    (GOOD | {"includes": []}, "unknown field includes", "/includes"),
    ([], "body should be an object", ""),
]


@pytest.mark.parametrize(("body", "detail", "pointer"), REFUSED)
def test_a_body_that_is_wrong_is_refused(
    http: httpx.Client, groups: str, body: Any, detail: str, pointer: str
) -> None:
    for response in (
        http.post(groups, json=body),
        http.put(f"{groups}/{create(http, groups)['id']}", json=body),
    ):
        assert response.status_code == 400
        [error] = response.json()["errors"]
        assert error["code"] == 12130
        assert error["message"] == f"access.api.error.invalid_request: {detail}"
        assert error["documentation_url"].startswith("https://developers.cloudflare.com/")
        assert error["source"] == {"pointer": pointer}


def test_all_mistakes_are_told_at_once(http: httpx.Client, groups: str) -> None:
    body = {"include": [], "exclude": [{"emial": {}}], "require": [{"ip": {"ip": "1.2.3.400"}}]}
    response = http.post(groups, json=body)
    assert [error["source"]["pointer"] for error in response.json()["errors"]] == [
        "/include",
        "/exclude/0/emial",
        "/require/0/ip/ip",
        "/name",
    ]
    assert http.get(groups).json()["result"] == []


def test_a_group_that_a_rule_names_must_be_there(http: httpx.Client, groups: str) -> None:
    response = http.post(groups, json=GOOD | {"include": [{"group": {"id": MISSING}}]})
    assert response.status_code == 400
    assert errors(response) == [(11020, "access.api.error.failed_to_load_group")]


def test_a_group_of_the_account_cannot_be_named_in_the_zone(
    http: httpx.Client, cloudflare: LocalCloudflare
) -> None:
    group = create(http, f"/accounts/{cloudflare.account_id}/access/groups")
    response = http.post(
        f"/zones/{cloudflare.zone_id}/access/groups",
        json=GOOD | {"include": [{"group": {"id": group["id"]}}]},
    )
    assert errors(response) == [(11020, "access.api.error.failed_to_load_group")]


def test_a_groups_name_where_its_id_is_due_is_an_internal_error(
    http: httpx.Client, groups: str
) -> None:
    response = http.post(groups, json=GOOD | {"include": [{"group": {"id": "Engineers"}}]})
    assert response.status_code == 500
    assert errors(response) == [(10001, "access.api.error.internal_server_error")]


def test_a_group_in_use_stays(http: httpx.Client, groups: str) -> None:
    group = create(http, groups)
    user = create(http, groups, include=[{"group": {"id": group["id"]}}])
    refused = http.delete(f"{groups}/{group['id']}")
    assert refused.status_code == 409
    assert errors(refused) == [(12132, "access.api.error.conflict: group is in use")]
    http.delete(f"{groups}/{user['id']}")
    assert http.delete(f"{groups}/{group['id']}").status_code == 202


def test_a_group_in_use_can_go_if_told_so(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.delete_in_use = "allow"
    group = create(http, groups)
    create(http, groups, require=[{"group": {"id": group["id"]}}])
    assert http.delete(f"{groups}/{group['id']}").status_code == 202


def test_a_group_may_name_itself_and_go(http: httpx.Client, groups: str) -> None:
    one = f"{groups}/{create(http, groups)['id']}"
    itself = {"group": {"id": one.rsplit("/", 1)[1]}}
    assert http.put(one, json=GOOD | {"include": [itself]}).status_code == 200
    assert http.delete(one).status_code == 202


def test_an_account_holds_300_groups(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    assert cloudflare.switches.max_groups == 300
    cloudflare.switches.max_groups = 1
    create(http, groups)
    response = http.post(groups, json=GOOD)
    assert response.status_code == 400
    assert errors(response) == [
        (12130, "access.api.error.invalid_request: at most 1 groups are allowed")
    ]


def test_a_group_holds_1000_rules(http: httpx.Client, groups: str) -> None:
    create(http, groups, include=[EVERYONE] * 1000)
    response = http.post(groups, json=GOOD | {"include": [EVERYONE] * 600, "exclude": [ADA] * 401})
    assert errors(response) == [
        (12130, "access.api.error.invalid_request: at most 1000 rules are allowed in a group")
    ]


def test_rules_come_back_in_any_order(http: httpx.Client, groups: str) -> None:
    rules = [{"geo": {"country_code": code}} for code in ("AT", "BE", "CZ", "DE", "EE", "FR")]
    group = create(http, groups, include=rules)
    orders = {
        tuple(
            rule["geo"]["country_code"]
            for rule in http.get(f"{groups}/{group['id']}").json()["result"]["include"]
        )
        for _ in range(20)
    }
    assert len(orders) > 1
    assert {tuple(sorted(order)) for order in orders} == {("AT", "BE", "CZ", "DE", "EE", "FR")}


def test_is_default_comes_back_in_three_ways(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    assert create(http, groups, require=[ADA])["is_default"] is False
    cloudflare.switches.is_default = "rules"
    assert create(http, groups, require=[ADA])["is_default"] == [ADA]
    cloudflare.switches.is_default = "absent"
    assert "is_default" not in create(http, groups, require=[ADA])


def test_eight_threads_lose_nothing(
    http: httpx.Client, groups: str, cloudflare: LocalCloudflare
) -> None:
    def work(thread: int) -> None:
        for number in range(10):
            group = create(http, groups, name=f"{thread}-{number}")
            if number % 2:
                http.delete(f"{groups}/{group['id']}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    names = [group["name"] for group in http.get(groups).json()["result"]]
    assert sorted(names) == sorted(
        f"{thread}-{number}" for thread in range(8) for number in (0, 2, 4, 6, 8)
    )
    assert len(cloudflare.requests) == 8 * 15 + 1


def test_a_seed_brings_the_same_ids_and_order(cloudflare: LocalCloudflare) -> None:
    def story(seed: int) -> list[Any]:
        world = type(cloudflare)(seed=seed)
        document = {"access/groups": [EXAMPLE_GROUP, {"name": "All", "include": RULES}]}
        return [world.account_id, world.token, world.seed(document)["access/groups"][1]["id"]]

    assert story(7) == story(7)
    assert story(7) != story(8)
