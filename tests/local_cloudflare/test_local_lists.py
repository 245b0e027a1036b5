"""Zero Trust lists of the local Cloudflare, by hand and by Cloudflare's own SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cloudflare as sdk
import pytest

from local_cloudflare.iam import errors, result

if TYPE_CHECKING:
    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

STAFF = {"name": "Staff", "type": "EMAIL", "items": [{"value": "Ada@example.com"}]}


@pytest.fixture
def lists(account: str) -> str:
    return f"{account}/gateway/lists"


def test_the_sdk_drives_every_route_of_lists(cloudflare: LocalCloudflare) -> None:
    of: Any = {"account_id": cloudflare.account_id}
    with sdk.Cloudflare(
        api_token=cloudflare.token, base_url=cloudflare.base_url, max_retries=0
    ) as client:
        lists: Any = client.zero_trust.gateway.lists
        made = lists.create(**STAFF, description="Everybody", **of)
        assert [item.value for item in made.items] == ["ada@example.com"]
        assert (made.type, made.description) == ("EMAIL", "Everybody")
        edited = lists.edit(made.id, append=[{"value": "b@example.com"}], remove=[], **of)
        assert edited.count == 2
        assert [item.value for item in lists.items.list(made.id, **of)] == [
            "ada@example.com",
            "b@example.com",
        ]
        assert lists.update(made.id, name="People", **of).name == "People"
        assert lists.get(made.id, **of).count == 2
        assert [one.name for one in lists.list(**of)] == ["People"]
        assert list(lists.list(type="IP", **of)) == []
        lists.delete(made.id, **of)
        with pytest.raises(sdk.NotFoundError, match="list not found"):
            lists.get(made.id, **of)


def test_items_come_in_pages_of_fifty_unless_more_are_asked_for(
    http: httpx.Client, lists: str
) -> None:
    items = [{"value": f"serial-{number}"} for number in range(1_200)]
    made = result(http.post(lists, json={"name": "All", "type": "SERIAL", "items": items}))
    where = f"{lists}/{made['id']}/items"
    assert "items" not in result(http.get(f"{lists}/{made['id']}"))
    sizes = [len(result(http.get(where, params={"per_page": n}))) for n in (50, 1_000, 2_000)]
    assert [len(result(http.get(where))), *sizes] == [50, 50, 1_000, 1_000]
    assert http.get(where).json()["result_info"]["total_count"] == 1_200


def test_a_put_without_items_or_with_none_leaves_them(http: httpx.Client, lists: str) -> None:
    made = result(http.post(lists, json=STAFF))
    one = f"{lists}/{made['id']}"
    for body in ({"name": "A"}, {"name": "B", "items": []}):
        assert result(http.put(one, json=body))["count"] == 1
    other = [{"value": "b@example.com"}, {"value": "c@example.com", "description": "New"}]
    assert result(http.put(one, json={"name": "C", "items": other}))["count"] == 2
    assert result(http.patch(one, json={"remove": ["B@example.com".lower()]}))["count"] == 1


@pytest.mark.parametrize(("duplicates", "status"), [("ignore", 200), ("refuse", 400)])
def test_what_is_appended_twice(
    http: httpx.Client, lists: str, cloudflare: LocalCloudflare, duplicates: Any, status: int
) -> None:
    cloudflare.switches.list_duplicates = duplicates
    made = result(http.post(lists, json=STAFF))
    twice = {"append": [{"value": "ada@example.com"}]}
    assert http.patch(f"{lists}/{made['id']}", json=twice).status_code == status


BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": "", "type": "EMAIL"}, "name field should not be empty"),
    ({"name": "A", "type": "COLOUR"}, "type field should be one of"),
    ({"name": "A", "type": "EMAIL", "items": [{"value": "ada"}]}, "value should be right"),
    ({"name": "A", "type": "IP", "items": [{"value": "1.2.3"}]}, "value should be right"),
    ({"name": "A", "type": "IP", "items": ["1.2.3.4"]}, "value should be right"),
    ({"name": "A", "type": "IP", "items": [{"value": "1.2.3.4", "note": 1}]}, "unknown field"),
    ({"name": "A", "type": "IP", "colour": "red"}, "unknown field colour"),
    ({"name": "A", "type": "IP", "description": 1}, "description field should be a string"),
]


@pytest.mark.parametrize(("body", "told"), BAD)
def test_what_is_wrong_is_refused(
    http: httpx.Client, lists: str, body: dict[str, Any], told: str
) -> None:
    [(status, _, message)] = errors(http.post(lists, json=body))
    assert status == 400
    assert told in message


def test_the_type_cannot_be_changed(http: httpx.Client, lists: str) -> None:
    made = result(http.post(lists, json=STAFF))
    body = {"name": "Staff", "type": "IP"}
    assert http.put(f"{lists}/{made['id']}", json=body).status_code == 400
