from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from local_cloudflare.iam import MISSING, errors, result, seed_members
from pulumi_cloudflare_access.local_cloudflare.iam.user_group_members.models import (
    UserGroupMemberBackend,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

INVALID = [(400, 400, "user group member invalid")]
SHAPE = "member should be an object with an id and nothing else"


@pytest.fixture
def people(cloudflare: LocalCloudflare) -> dict[str, str]:
    names = ("ada", "bob?", "cyd", "dan", "eve")
    return dict(zip("abcde", seed_members(cloudflare, *names), strict=True))


@pytest.fixture
def members(http: httpx.Client, account: str) -> str:
    group = result(http.post(f"{account}/iam/user_groups", json={"name": "Staff"}))
    return f"{account}/iam/user_groups/{group['id']}/members"


def ids(people: dict[str, str], letters: str) -> list[dict[str, str]]:
    return [{"id": people[letter]} for letter in letters]


def letters(answer: list[dict[str, Any]]) -> str:
    return "".join(sorted(member["email"][0] for member in answer))


def test_members_are_added_and_the_whole_set_is_echoed(
    http: httpx.Client, members: str, people: dict[str, str], cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    assert result(http.get(members)) == []
    assert result(http.post(members, json=ids(people, "ba"))) == [
        {"id": people["b"], "email": "bob@example.com", "status": "pending"},
        {"id": people["a"], "email": "ada@example.com", "status": "accepted"},
    ]
    assert letters(result(http.post(members, json=ids(people, "ac")))) == "abc"
    assert letters(result(http.post(members, json=ids(people, "a")))) == "abc"
    assert letters(result(http.get(members))) == "abc"


def test_adding_answers_an_array_or_a_single_object(
    http: httpx.Client, members: str, people: dict[str, str], cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    assert letters(result(http.post(members, json=ids(people, "a")))) == "a"
    cloudflare.switches.added_members = "object"
    added = result(http.post(members, json=ids(people, "cd")))
    assert added == {"id": people["c"], "email": "cyd@example.com", "status": "accepted"}
    assert letters(result(http.get(members))) == "acd"
    assert letters(result(http.put(members, json=ids(people, "ab")))) == "ab"


def test_a_put_replaces_the_set_and_an_empty_one_clears_it(
    http: httpx.Client, members: str, people: dict[str, str]
) -> None:
    http.post(members, json=ids(people, "ab"))
    assert letters(result(http.put(members, json=ids(people, "cdd")))) == "cd"
    assert letters(result(http.get(members))) == "cd"
    assert result(http.put(members, json=[])) == []
    assert result(http.get(members)) == []


def test_one_is_read_and_taken_out(
    http: httpx.Client, members: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    user = {"id": "c" * 32, "first_name": "Ada", "last_name": "Lovelace"}
    ada = {"id": "a" * 32, "email": "ada@example.com", "user": user}
    cloudflare.seed({"members": [ada]})
    http.post(members, json=[{"id": "a" * 32}])
    member = {"id": "a" * 32, "email": "ada@example.com", "status": "accepted"}
    read = result(http.get(f"{members}/{'a' * 32}"))
    assert read == member | {
        "created_at": read["created_at"],
        "user": user | {"email": "ada@example.com"},
    }
    assert result(http.delete(f"{members}/{'a' * 32}")) == member
    assert result(http.get(members)) == []
    for verb in ("GET", "DELETE"):
        response = http.request(verb, f"{members}/{'a' * 32}")
        assert errors(response) == [(404, 404, "member not found")]


def test_who_stays_keeps_the_time_of_joining(
    http: httpx.Client, members: str, people: dict[str, str]
) -> None:
    http.post(members, json=ids(people, "a"))
    one = f"{members}/{people['a']}"
    joined = result(http.get(one))["created_at"]
    http.put(members, json=ids(people, "ba"))
    assert result(http.get(one))["created_at"] == joined
    http.put(members, json=[])
    http.put(members, json=ids(people, "a"))
    assert result(http.get(one))["created_at"] > joined


@pytest.mark.parametrize("verb", ["POST", "PUT"])
def test_who_is_no_member_of_the_account_is_invalid_and_nothing_happens(
    http: httpx.Client, members: str, people: dict[str, str], verb: str
) -> None:
    http.post(members, json=ids(people, "ab"))
    body = [*ids(people, "c"), {"id": MISSING}]
    assert errors(http.request(verb, members, json=body)) == INVALID
    assert letters(result(http.get(members))) == "ab"


def test_a_user_id_is_no_member_id(http: httpx.Client, account: str, members: str) -> None:
    body = {"email": "ada@example.com", "roles": [administrator(http, account)]}
    ada = result(http.post(f"{account}/members", json=body))
    assert errors(http.post(members, json=[{"id": ada["user"]["id"]}])) == INVALID
    assert letters(result(http.post(members, json=[{"id": ada["id"]}]))) == "a"


def administrator(http: httpx.Client, account: str) -> str:
    role_id: str = result(http.get(f"{account}/roles"))[0]["id"]
    return role_id


@pytest.mark.parametrize("verb", ["POST", "PUT"])
@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({"members": []}, ["body should be a list"]),
        ([MISSING], [SHAPE]),
        ([{"id": MISSING, "status": "accepted"}, {"email": "x"}], [SHAPE, SHAPE]),
    ],
)
def test_a_body_that_is_wrong_is_refused(
    http: httpx.Client, members: str, verb: str, body: Any, details: list[str]
) -> None:
    response = http.request(verb, members, json=body)
    assert errors(response) == [(400, 400, detail) for detail in details]


def test_nobody_is_added_by_nothing(http: httpx.Client, members: str) -> None:
    assert errors(http.post(members, json=[])) == [(400, 400, "members should not be empty")]


def test_lists_are_by_address_and_filtered(
    http: httpx.Client, members: str, people: dict[str, str]
) -> None:
    http.post(members, json=ids(people, "cabd"))

    def names(**query: str) -> str:
        return "".join(it["email"][0] for it in result(http.get(members, params=query)))

    assert names() == names(direction="asc") == "abcd"
    assert names(direction="desc") == "dcba"
    assert names(fuzzyEmail="A") == "abcd"  # in example.com
    assert names(fuzzyEmail="DA") == "ad"
    assert names(fuzzyEmail="nobody") == ""
    assert errors(http.get(members, params={"direction": ""})) == [
        (400, 400, "direction must be one of asc, desc")
    ]


def test_a_page_has_100_of_1200_and_at_most_500(
    http: httpx.Client, account: str, cloudflare: LocalCloudflare
) -> None:
    addresses = [f"{number:04}@example.com" for number in range(1200)]
    seed = {
        "members": [{"email": address} for address in addresses],
        "iam/user_groups": [{"id": "a" * 32, "name": "Everybody", "members": addresses}],
    }
    cloudflare.seed(seed)
    members = f"{account}/iam/user_groups/{'a' * 32}/members"

    def page(**query: int) -> Any:
        answer = http.get(members, params=query).json()
        return [it["email"] for it in answer["result"]], answer.get("result_info")

    info = {"per_page": 100, "total_count": 1200}
    assert page() == (addresses[:100], info | {"page": 1, "count": 100})
    assert page(page=12) == (addresses[1100:], info | {"page": 12, "count": 100})
    assert page(page=13) == ([], info | {"page": 13, "count": 0})
    assert page(page=3, per_page=500)[0] == addresses[1000:]
    assert page(per_page=1)[0] == addresses[:1]
    for size in (501, 1000):
        assert errors(http.get(members, params={"per_page": size})) == [
            (400, 400, "per_page must be between 1 and 500")
        ]
    cloudflare.switches.iam_result_info = False
    assert page() == (addresses[:100], None)


def test_the_echo_comes_in_any_order(
    http: httpx.Client, members: str, people: dict[str, str]
) -> None:
    answers = [result(http.put(members, json=ids(people, "abcde"))) for _ in range(20)]
    assert len({tuple(it["email"] for it in answer) for answer in answers}) > 1


def test_a_new_group_has_no_members_to_be_found_for_a_moment_if_told_so(
    http: httpx.Client, account: str, members: str, cloudflare: LocalCloudflare
) -> None:
    groups = f"{account}/iam/user_groups"
    cloudflare.switches.new_user_group_misses = 2
    group = result(http.post(groups, json={"name": "New"}))
    fresh = f"{groups}/{group['id']}/members"
    for response in (http.get(fresh), http.put(fresh, json=[])):
        assert errors(response) == [(404, 404, "user group not found")]
    assert result(http.get(fresh)) == []
    assert result(http.get(members)) == []


def test_members_go_with_their_group_and_with_the_account(
    http: httpx.Client, account: str, members: str, people: dict[str, str]
) -> None:
    http.post(members, json=ids(people, "ab"))
    http.delete(f"{account}/members/{people['a']}")
    assert letters(result(http.get(members))) == "b"
    assert http.get(members).json()["result_info"]["total_count"] == 1
    http.delete(members.removesuffix("/members"))
    for response in (
        http.get(members),
        http.post(members, json=ids(people, "b")),
        http.put(members, json=[]),
        http.get(f"{members}/{people['b']}"),
        http.delete(f"{members}/{people['b']}"),
    ):
        assert errors(response) == [(404, 404, "user group not found")]


def test_eight_threads_that_add_lose_nobody(
    http: httpx.Client, members: str, cloudflare: LocalCloudflare
) -> None:
    ids = seed_members(cloudflare, *(f"{number:02}" for number in range(80)))

    def add(member_id: str) -> None:
        assert result(http.post(members, json=[{"id": member_id}]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, ids))
    assert {it["id"] for it in result(http.get(members))} == set(ids)


def test_others_are_served_while_a_write_pauses(
    http: httpx.Client, members: str, people: dict[str, str], cloudflare: LocalCloudflare
) -> None:
    http.put(members, json=ids(people, "ab"))
    cloudflare.switches.member_writes_pause = 0.2
    with ThreadPoolExecutor(3) as pool:
        asked = [
            pool.submit(http.post, members, json=ids(people, "c")),
            pool.submit(http.delete, f"{members}/{people['a']}"),
            pool.submit(http.post, members, json=ids(people, "d")),
        ]
        assert {it.result().status_code for it in asked} == {200}
    assert letters(result(http.get(members))) == "bcd"


def test_what_others_write_meanwhile_stays_unless_the_set_is_replaced(
    http: httpx.Client, members: str, people: dict[str, str], cloudflare: LocalCloudflare
) -> None:
    group, backend = members.split("/")[-2], cloudflare.account.of(UserGroupMemberBackend)

    def somebody_else(letter: str) -> Callable[[], object]:
        return lambda: backend.add_members(group, ids(people, letter))

    backend.add_members(group, ids(people, "a"), somebody_else("b"))
    assert letters(result(http.get(members))) == "ab"
    backend.delete_member(group, people["a"], somebody_else("c"))
    assert letters(result(http.get(members))) == "bc"
    backend.set_members(group, ids(people, "bc"), somebody_else("d"))
    assert letters(result(http.get(members))) == "bc"
