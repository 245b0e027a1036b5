from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare, faults
from pulumi_cloudflare_access.local_cloudflare.faults import fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CREATES = "POST /accounts/*/access/groups"


def group(name: str) -> dict[str, Any]:
    return {"name": name, "include": [{"everyone": {}}]}


class Groups:
    """The groups of the account, and how to ask for them."""

    def __init__(self, http: httpx.Client, path: str) -> None:
        self.http = http
        self.path = path

    def ask(self) -> httpx.Response:
        return self.http.get(self.path)

    def create(self, name: str, timeout: float = 60) -> httpx.Response:
        return self.http.post(self.path, json=group(name), timeout=timeout)

    def path_of_new(self, name: str) -> str:
        return f"{self.path}/{self.create(name).json()['result']['id']}"

    def names(self) -> list[str]:
        return sorted(item["name"] for item in self.ask().json()["result"])


@pytest.fixture
def groups(cloudflare: LocalCloudflare, http: httpx.Client) -> Groups:
    return Groups(http, f"/accounts/{cloudflare.account_id}/access/groups")


@pytest.fixture
def aside() -> Iterator[Callable[[Callable[[], object]], threading.Thread]]:
    """Run something that waits, such as a request that is held, in a thread of its own."""
    threads: list[threading.Thread] = []

    def start(work: Callable[[], object]) -> threading.Thread:
        threads.append(threading.Thread(target=work))
        threads[-1].start()
        return threads[-1]

    yield start
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


# Which requests


def test_the_nth_request_that_matches_is_struck_and_no_other(
    cloudflare: LocalCloudflare, groups: Groups
) -> None:
    armed = cloudflare.fault(CREATES, faults.Status(503), nth=2)
    groups.ask()
    statuses = [groups.create(name).status_code for name in "abc"]
    assert statuses == [201, 503, 201]
    expected = {"id": armed.id, "fault": "status=503", "method": "POST"}
    assert armed.fired == cloudflare.fired == [expected | {"path": groups.path, "nth": 2}]


def test_times_says_how_many_are_struck(cloudflare: LocalCloudflare, groups: Groups) -> None:
    cloudflare.fault(CREATES, faults.Status(503), nth=2, times=2)
    statuses = [groups.create(name).status_code for name in "abcd"]
    assert statuses == [201, 503, 503, 201]


def test_without_a_number_every_request_is_struck_until_the_fault_is_lifted(
    cloudflare: LocalCloudflare, groups: Groups
) -> None:
    with cloudflare.fault(CREATES, faults.Status(503)) as armed:
        statuses = [groups.create(name).status_code for name in "abc"]
    assert statuses == [503, 503, 503]
    assert groups.create("d").status_code == 201
    assert [entry["nth"] for entry in armed.fired] == [1, 2, 3]


def test_a_fault_ends_by_the_clock(cloudflare: LocalCloudflare, groups: Groups) -> None:
    cloudflare.clock.stop()
    cloudflare.fault("GET **", faults.Status(503), lasting=30)
    cloudflare.clock.advance(29.9)
    assert groups.ask().status_code == 503
    cloudflare.clock.advance(0.1)
    assert groups.ask().status_code == 200


def struck(seed: int) -> list[int]:
    with LocalCloudflare() as cloudflare, httpx.Client() as client:
        armed = cloudflare.fault("GET /x", faults.Status(503), probability=0.3, seed=seed)
        for _ in range(50):
            client.get(f"{cloudflare.base_url}/x")
        return [entry["nth"] for entry in armed.fired]


def test_chance_is_the_same_for_the_same_seed() -> None:
    first = struck(seed=7)
    assert struck(seed=7) == first
    assert struck(seed=8) != first
    assert 5 < len(first) < 30


def test_of_two_faults_the_one_that_was_armed_first_strikes(
    cloudflare: LocalCloudflare, groups: Groups
) -> None:
    first = cloudflare.fault("GET **", faults.Status(502), nth=2)
    second = cloudflare.fault("GET **", faults.Status(503), times=2)
    assert [groups.ask().status_code for _ in range(3)] == [503, 502, 200]
    assert [entry["id"] for entry in cloudflare.fired] == [second.id, first.id]


@pytest.mark.parametrize(
    ("route", "meant", "not_meant"),
    [
        ("GET /accounts/*/access/groups", "/accounts/{0}/access/groups", "/accounts/{0}/access/x"),
        ("GET /accounts/*", "/accounts/{0}", "/accounts/{0}/access/groups"),
        ("GET /accounts/**", "/accounts/{0}/access/groups", "/zones/{0}"),
        ("GET **", "/accounts/{0}/access/groups/1", None),
        ("* /x", "/x", "/y"),
        ("PUT,GET /x", "/x", "/y"),
        ("GET /a.c", "/a.c", "/abc"),
    ],
)
def test_a_route_is_a_verb_and_a_path_with_wildcards(
    cloudflare: LocalCloudflare, http: httpx.Client, route: str, meant: str, not_meant: str | None
) -> None:
    cloudflare.fault(route, faults.Status(418))
    assert http.get(meant.format(cloudflare.account_id) + "?page=1").status_code == 418
    assert http.delete("/z").status_code == 404
    if not_meant:
        assert http.get(not_meant.format(cloudflare.account_id)).status_code != 418


@pytest.mark.parametrize("route", ["GET", "get /x", "GET x", "GET  ", "/x", "GET,  /x", "GET /x y"])
def test_what_is_no_route_is_refused(cloudflare: LocalCloudflare, route: str) -> None:
    with pytest.raises(ValueError, match="is no route"):
        cloudflare.fault(route, faults.Status(503))


@pytest.mark.parametrize(
    ("when", "mistake"),
    [
        ({"nth": 0}, "nth is 1 or more"),
        ({"times": 0}, "times is 1 or more"),
        ({"probability": 1.5}, "probability is from 0 to 1"),
    ],
)
def test_numbers_that_cannot_be_are_refused(
    cloudflare: LocalCloudflare, when: dict[str, Any], mistake: str
) -> None:
    with pytest.raises(ValueError, match=mistake):
        cloudflare.fault("GET /x", faults.Status(503), **when)


def test_a_description_that_is_wrong_says_what_would_be_right() -> None:
    with pytest.raises(ValueError, match=r"cut: at is one of before, request, .*, not 'tail'"):
        faults.Cut("tail")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="lag: seconds is a number from 0 on, not -1"):
        faults.Lag(-1)
    with pytest.raises(ValueError, match="status: status is a whole number, not True"):
        faults.Status(True)  # noqa: FBT003  (the mistake)
    with pytest.raises(ValueError, match=r"retry_after is a whole number or null, not 1\.5"):
        faults.Status(429, retry_after=1.5)  # type: ignore[arg-type]


def test_lifting_every_fault_leaves_none(cloudflare: LocalCloudflare, groups: Groups) -> None:
    cloudflare.fault("GET **", faults.Status(502))
    cloudflare.fault("GET **", faults.Status(503))
    cloudflare.lift_faults()
    assert groups.ask().status_code == 200


def test_a_reset_forgets_faults_and_what_struck(
    cloudflare: LocalCloudflare, groups: Groups
) -> None:
    cloudflare.fault("GET **", faults.Status(503))
    groups.ask()
    cloudflare.reset()
    assert cloudflare.fired == []
    assert groups.ask().status_code == 200


def test_a_reset_drops_what_is_held(
    cloudflare: LocalCloudflare,
    groups: Groups,
    aside: Callable[[Callable[[], object]], threading.Thread],
) -> None:
    def create() -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            groups.create("a")

    armed = cloudflare.fault(CREATES, faults.Hold("before"))
    waiting = aside(create)
    armed.wait()
    cloudflare.reset()
    waiting.join()
    assert groups.names() == []


@pytest.mark.usefixtures("still")
def test_after_a_reset_nothing_lags(cloudflare: LocalCloudflare, groups: Groups) -> None:
    cloudflare.fault(CREATES, faults.Lag(5))
    groups.create("a")
    cloudflare.reset()
    groups.create("b")
    assert groups.names() == ["b"]


# Answers


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        (403, [10000]),
        (404, [7003, 7000]),
        (408, [408]),
        (409, [409]),
        (429, [971]),
        (500, [10001]),
        (502, [502]),
        (520, [520]),
    ],
)
def test_a_refusal_has_its_status_and_codes_and_no_effect(
    cloudflare: LocalCloudflare,
    groups: Groups,
    status: int,
    codes: list[int],
) -> None:
    cloudflare.fault(CREATES, faults.Status(status))
    answer = groups.create("a")
    assert answer.status_code == status
    assert [error["code"] for error in answer.json()["errors"]] == codes
    assert (answer.json()["success"], answer.json()["result"]) == (False, None)
    assert answer.headers["cf-ray"]
    assert "retry-after" not in answer.headers
    assert groups.names() == []
    assert cloudflare.requests[0]["status"] == status


def test_a_code_can_be_another_one(cloudflare: LocalCloudflare, groups: Groups) -> None:
    cloudflare.fault("GET **", faults.Status(404, code=12135))
    assert [error["code"] for error in groups.ask().json()["errors"]] == [12135]


def test_a_refusal_can_say_when_to_come_back(cloudflare: LocalCloudflare, groups: Groups) -> None:
    cloudflare.fault("GET **", faults.Status(429, retry_after=7))
    assert groups.ask().headers["retry-after"] == "7"


def test_a_refusal_can_come_after_the_effect(
    cloudflare: LocalCloudflare,
    groups: Groups,
) -> None:
    cloudflare.fault(CREATES, faults.Status(502, body="html", effect=True))
    answer = groups.create("a")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert "<title>502 Bad Gateway</title>" in answer.text
    assert groups.names() == ["a"]


def test_a_refusal_can_have_no_body(cloudflare: LocalCloudflare, groups: Groups) -> None:
    cloudflare.fault("GET **", faults.Status(504, body="empty"))
    answer = groups.ask()
    assert (answer.status_code, answer.content) == (504, b"")


GARBLED = {
    "html": "<!DOCTYPE html>",
    "bad_json": '{"success": true, ',
    "empty": "",
    "no_envelope": "[]",
    "success_false": '{"success": false, "errors": [{"code": 10001,',
    "null_result": '{"success": true, "errors": [], "messages": [], "result": null}',
}


@pytest.mark.parametrize("effect", [True, False])
@pytest.mark.parametrize("body", GARBLED)
def test_a_garbled_answer_has_status_200_and_an_effect_unless_told_otherwise(
    cloudflare: LocalCloudflare,
    groups: Groups,
    body: Any,
    effect: Any,
) -> None:
    cloudflare.fault(CREATES, faults.Garbled(body, effect=effect))
    answer = groups.create("a")
    assert answer.status_code == 200
    assert answer.text.startswith(GARBLED[body])
    assert answer.headers["cf-ray"]
    assert groups.names() == (["a"] if effect else [])


def test_bad_json_is_none(cloudflare: LocalCloudflare, groups: Groups) -> None:
    cloudflare.fault("GET **", faults.Garbled("bad_json"))
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        groups.ask().json()


def test_a_refusal_of_the_api_is_not_garbled(cloudflare: LocalCloudflare, groups: Groups) -> None:
    cloudflare.fault(CREATES, faults.Garbled("null_result"))
    assert groups.http.post(groups.path, json={"name": "a"}).status_code == 400


# Time


@pytest.mark.parametrize(("at", "asked"), [("before", 0), ("after", 1)])
def test_a_held_request_has_its_effect_before_or_after(
    cloudflare: LocalCloudflare,
    groups: Groups,
    aside: Callable[[Callable[[], object]], threading.Thread],
    at: Any,
    asked: int,
) -> None:
    armed = cloudflare.fault(CREATES, faults.Hold(at), nth=1)
    answers: list[httpx.Response] = []
    waiting = aside(lambda: answers.append(groups.create("a")))
    armed.wait()
    assert (armed.held, answers) == (1, [])
    assert len(groups.names()) == asked  # others are answered meanwhile
    armed.release()
    waiting.join()
    assert [answer.status_code for answer in answers] == [201]
    assert (armed.held, groups.names()) == (0, ["a"])


@pytest.mark.parametrize(("at", "asked"), [("before", []), ("after", ["a"])])
def test_a_held_request_can_be_dropped(
    cloudflare: LocalCloudflare,
    groups: Groups,
    aside: Callable[[Callable[[], object]], threading.Thread],
    at: Any,
    asked: list[str],
) -> None:
    def create() -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            groups.create("a")

    armed = cloudflare.fault(CREATES, faults.Hold(at))
    waiting = aside(create)
    armed.wait()
    armed.drop()
    waiting.join()
    assert groups.names() == asked


def test_lifting_a_fault_lets_go_what_it_holds(
    cloudflare: LocalCloudflare,
    groups: Groups,
    aside: Callable[[Callable[[], object]], threading.Thread],
) -> None:
    with cloudflare.fault(CREATES, faults.Hold("before")) as armed:
        waiting = aside(lambda: groups.create("a"))
        armed.wait()
    waiting.join()
    assert cloudflare.requests[-1]["status"] == 201


def test_who_waits_for_what_never_comes_is_told(cloudflare: LocalCloudflare) -> None:
    armed = cloudflare.fault("GET **", faults.Hold("before"))
    with pytest.raises(TimeoutError, match=r"struck 0 times in 0\.01 seconds"):
        armed.wait(timeout=0.01)


def test_a_server_that_stops_drops_what_it_holds(
    aside: Callable[[Callable[[], object]], threading.Thread],
) -> None:
    def ask(url: str) -> None:
        with pytest.raises(httpx.TransportError):
            httpx.get(url, timeout=60)

    with LocalCloudflare() as cloudflare:
        armed = cloudflare.fault("GET **", faults.Hold("before"))
        url = f"{cloudflare.base_url}/x"
        aside(lambda: ask(url))
        armed.wait()
    assert cloudflare.requests == []


@pytest.mark.parametrize("at", ["before", "after"])
def test_a_slow_answer_comes_in_the_end(
    cloudflare: LocalCloudflare, groups: Groups, at: Any
) -> None:
    cloudflare.fault(CREATES, faults.Slow(0.3, at))
    with pytest.raises(httpx.ReadTimeout):
        groups.create("a", timeout=0.05)
    assert groups.create("b").elapsed.total_seconds() >= 0.3


# Lag


@pytest.fixture
def still(cloudflare: LocalCloudflare) -> None:
    cloudflare.clock.stop()


@pytest.mark.usefixtures("still")
def test_what_is_created_is_not_there_for_a_while(
    cloudflare: LocalCloudflare,
    http: httpx.Client,
    groups: Groups,
) -> None:
    groups.create("a")
    armed = cloudflare.fault(CREATES, faults.Lag(5), nth=1)
    created = groups.create("b").json()["result"]
    cloudflare.clock.advance(4.9)
    assert http.get(f"{groups.path}/{created['id']}").status_code == 404
    assert groups.names() == ["a"]
    cloudflare.clock.advance(0.1)
    assert http.get(f"{groups.path}/{created['id']}").status_code == 200
    assert groups.names() == ["a", "b"]
    assert [entry["method"] for entry in armed.fired] == ["POST", "GET", "GET"]
    assert armed.fired[1]["path"] == f"{groups.path}/{created['id']}"


@pytest.mark.usefixtures("still")
def test_what_is_changed_has_its_old_value_for_a_while(
    cloudflare: LocalCloudflare,
    http: httpx.Client,
    groups: Groups,
) -> None:
    path = groups.path_of_new("old")
    cloudflare.fault("PUT **", faults.Lag(5))
    assert http.put(path, json=group("new")).json()["result"]["name"] == "new"
    assert http.get(path).json()["result"]["name"] == "old"
    assert groups.names() == ["old"]
    cloudflare.clock.advance(5)
    assert http.get(path).json()["result"]["name"] == "new"


@pytest.mark.usefixtures("still")
def test_what_is_deleted_is_there_for_a_while(
    cloudflare: LocalCloudflare, http: httpx.Client, groups: Groups
) -> None:
    path = groups.path_of_new("a")
    cloudflare.fault("DELETE **", faults.Lag(5))
    http.delete(path)
    assert http.get(path).status_code == 200
    cloudflare.clock.advance(5)
    assert http.get(path).status_code == 404


@pytest.mark.usefixtures("still")
def test_writes_do_not_lag_and_neither_do_other_objects(
    cloudflare: LocalCloudflare, http: httpx.Client, groups: Groups
) -> None:
    other = groups.path_of_new("other")
    cloudflare.fault("* **", faults.Lag(5), nth=1)
    created = groups.path_of_new("a")
    http.put(other, json=group("another"))
    assert http.get(other).json()["result"]["name"] == "another"
    assert http.put(created, json=group("b")).status_code == 200
    assert http.delete(created).status_code == 202


@pytest.mark.usefixtures("still")
def test_a_write_that_is_refused_does_not_lag(
    cloudflare: LocalCloudflare, http: httpx.Client, groups: Groups
) -> None:
    cloudflare.fault("* **", faults.Lag(5))
    path = f"{groups.path}/{http.post(groups.path, json={}).json()}"
    http.put(path, json=group("a"))
    cloudflare.seed({"access/groups": [group("seeded")]})
    assert len(groups.ask().json()["result"]) == 1


@pytest.mark.usefixtures("still")
def test_what_is_below_an_object_lags_with_it(
    cloudflare: LocalCloudflare, http: httpx.Client
) -> None:
    path = f"/accounts/{cloudflare.account_id}/iam/user_groups"
    cloudflare.fault("POST /accounts/*/iam/user_groups", faults.Lag(5))
    created = http.post(path, json={"name": "Staff"}).json()["result"]
    assert http.get(f"{path}/{created['id']}/members").status_code == 404
    cloudflare.clock.advance(5)
    assert http.get(f"{path}/{created['id']}/members").status_code == 200


# Lists that lie


@pytest.fixture
def five(cloudflare: LocalCloudflare) -> list[str]:
    """Have five groups, on pages of two."""
    cloudflare.seed({"access/groups": [group(name) for name in "abcde"]})
    return list("abcde")


def pages(groups: Groups, *numbers: int) -> list[str]:
    """Return the names on some pages of two, each page as one word."""
    answers = [groups.http.get(groups.path, params={"per_page": 2, "page": n}) for n in numbers]
    return ["".join(item["name"] for item in answer.json()["result"]) for answer in answers]


LIST = "GET /accounts/*/access/groups"


@pytest.mark.usefixtures("five")
def test_a_short_page_leaves_objects_out_and_counts_them(
    cloudflare: LocalCloudflare, groups: Groups
) -> None:
    whole = groups.ask().json()
    cloudflare.fault(LIST, faults.ShortPage(by=2), nth=1)
    short = groups.ask().json()
    assert short["result_info"] == whole["result_info"] | {"count": 3}
    assert [item["name"] for item in short["result"]] == ["a", "b", "c"]


@pytest.mark.usefixtures("five")
def test_a_page_can_be_empty(cloudflare: LocalCloudflare, groups: Groups) -> None:
    cloudflare.fault(LIST, faults.ShortPage(by=9), nth=2)
    assert pages(groups, 1, 2, 3) == ["ab", "", "e"]


@pytest.mark.parametrize(("by", "total", "count"), [(1, 6, 3), (-2, 3, 2), (-9, 0, 0)])
@pytest.mark.usefixtures("five")
def test_a_total_can_be_wrong(
    cloudflare: LocalCloudflare, groups: Groups, by: int, total: int, count: int
) -> None:
    cloudflare.fault(LIST, faults.WrongTotal(by=by))
    answer = groups.http.get(groups.path, params={"per_page": 2}).json()
    told = {"page": 1, "per_page": 2, "count": 2, "total_count": total, "total_pages": count}
    assert answer["result_info"] == told
    assert len(answer["result"]) == 2


@pytest.mark.usefixtures("five")
def test_what_is_removed_between_pages_hides_another_object(
    cloudflare: LocalCloudflare, groups: Groups
) -> None:
    cloudflare.fault(LIST, faults.ChangedWhilePaging("removed"), nth=1)
    assert pages(groups, 1, 2, 3) == ["ab", "de", ""]
    answer = groups.http.get(groups.path, params={"per_page": 2, "page": 2}).json()
    assert answer["result_info"]["total_count"] == 4
    assert pages(groups, 1, 2, 3) == ["ab", "cd", "e"]  # who begins anew sees the truth


@pytest.mark.usefixtures("five")
def test_what_is_inserted_between_pages_shows_an_object_twice(
    cloudflare: LocalCloudflare, groups: Groups
) -> None:
    cloudflare.fault(LIST, faults.ChangedWhilePaging("inserted"), nth=1)
    assert pages(groups, 1, 2, 3, 4) == ["ab", "bc", "de", ""]


@pytest.mark.usefixtures("five")
def test_a_list_that_changes_later_was_right_before(
    cloudflare: LocalCloudflare, groups: Groups
) -> None:
    cloudflare.fault(LIST, faults.ChangedWhilePaging("removed"), nth=2)
    assert pages(groups, 1, 2, 3) == ["ab", "cd", ""]


def test_lists_of_iam_lie_too(cloudflare: LocalCloudflare, http: httpx.Client) -> None:
    path = f"/accounts/{cloudflare.account_id}/iam/user_groups"
    cloudflare.seed({"iam/user_groups": [{"name": name} for name in "abc"]})
    cloudflare.fault("GET **", faults.ChangedWhilePaging("removed"), nth=1)
    cloudflare.fault("GET **", faults.WrongTotal(by=5), nth=2)
    first, second = (http.get(path, params={"per_page": 1, "page": page}).json() for page in (1, 2))
    assert [item["name"] for item in first["result"] + second["result"]] == ["a", "c"]
    assert second["result_info"]["total_count"] == 2 + 5


def test_what_lies_about_lists_says_the_truth_about_objects(
    cloudflare: LocalCloudflare, groups: Groups
) -> None:
    path = groups.path_of_new("a")
    for lie in (faults.ShortPage(), faults.WrongTotal(1), faults.ChangedWhilePaging("removed")):
        with cloudflare.fault("GET **", lie):
            assert groups.http.get(path).json()["result"]["name"] == "a"


def test_lies_about_lists_strike_reads_only(cloudflare: LocalCloudflare, groups: Groups) -> None:
    armed = cloudflare.fault("* **", faults.ShortPage())
    groups.create("a")
    assert armed.fired == []


# All of them


def test_every_fault_is_known_to_the_control_route() -> None:
    assert set(fault.KINDS.values()) == set(faults.Fault.__subclasses__())
