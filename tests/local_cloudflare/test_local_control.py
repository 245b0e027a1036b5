"""Faults and the clock, steered by routes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare, faults
from pulumi_cloudflare_access.local_cloudflare.faults import notation

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUTE = "GET /accounts/*/access/groups"


@pytest.fixture
def cloudflare() -> Iterator[LocalCloudflare]:
    with LocalCloudflare(proxy=True) as cloudflare:
        yield cloudflare


@pytest.fixture
def control(cloudflare: LocalCloudflare) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=cloudflare.control_url) as client:
        yield client


@pytest.fixture
def groups(cloudflare: LocalCloudflare) -> str:
    return f"/accounts/{cloudflare.account_id}/access/groups"


def test_a_fault_is_armed_told_and_lifted(
    control: httpx.Client, http: httpx.Client, groups: str
) -> None:
    order = {"route": ROUTE, "status": 503, "body": "html", "nth": 2}
    armed = control.post("/faults", json=order).json()
    assert [http.get(groups).status_code for _ in range(3)] == [200, 503, 200]
    told = control.get("/faults").json()
    assert told["armed"] == [armed | {"fired": 1}]
    assert armed == order | {"id": 1, "effect": False, "seed": 0, "fired": 0, "held": 0}
    assert [(entry["id"], entry["nth"]) for entry in told["fired"]] == [(1, 2)]
    assert control.delete("/faults/1").json()["id"] == 1
    assert control.get("/faults").json() == told | {"armed": []}
    assert control.delete("/faults/1").status_code == 404


def test_every_fault_is_lifted_at_once(
    control: httpx.Client, http: httpx.Client, groups: str
) -> None:
    for status in (502, 503):
        control.post("/faults", json={"route": "GET **", "status": status})
    assert control.delete("/faults").json() == {}
    assert http.get(groups).status_code == 200


@pytest.mark.parametrize(("how", "status"), [("release", 200), ("drop", None)])
def test_what_is_held_is_let_go(
    cloudflare: LocalCloudflare,
    control: httpx.Client,
    groups: str,
    how: str,
    status: int | None,
) -> None:
    statuses: list[int | None] = []

    def ask() -> None:
        headers = {"Authorization": f"Bearer {cloudflare.token}"}
        try:
            answer = httpx.get(f"{cloudflare.base_url}{groups}", headers=headers, timeout=60)
        except httpx.TransportError:
            statuses.append(None)
        else:
            statuses.append(answer.status_code)

    number = control.post("/faults", json={"route": ROUTE, "hold": "before"}).json()["id"]
    asking = threading.Thread(target=ask)
    asking.start()
    cloudflare.app.faults.find(str(number)).wait()
    assert control.get("/faults").json()["armed"][0]["held"] == 1
    assert control.post(f"/faults/{number}/{how}").json()["held"] == 0
    asking.join()
    assert statuses == [status]


@pytest.mark.parametrize(
    ("order", "status", "error"),
    [
        ([], 400, "not a fault"),
        ({"status": 503}, 400, "not a fault: 'route' is missing"),
        ({"route": "x", "status": 503}, 400, "'x' is no route"),
        ({"route": ROUTE}, 400, "a fault is exactly one of status, garbled, slow, hold, lag,"),
        ({"route": ROUTE, "status": 503, "cut": "body"}, 400, "a fault is exactly one of"),
        ({"route": ROUTE, "status": "x"}, 400, "status: status is a whole number, not 'x'"),
        ({"route": ROUTE, "cut": "tail"}, 400, "cut: at is one of before, request, processed"),
        ({"route": ROUTE, "slow": 1, "when": 2}, 400, "slow has no when: there are at, nth,"),
        ({"route": ROUTE, "slow": 1, "nth": 0}, 400, "nth is 1 or more"),
        ({"route": ROUTE, "slow": 1, "nth": "x"}, 400, "nth is a whole number or null, not 'x'"),
    ],
)
def test_a_fault_that_is_wrong_is_refused(
    control: httpx.Client, order: Any, status: int, error: str
) -> None:
    answer = control.post("/faults", json=order)
    assert (answer.status_code, error in answer.json()["error"]) == (status, True), answer.text
    assert control.get("/faults").json() == {"armed": [], "fired": []}


def test_a_fault_of_the_proxy_is_refused_without_one() -> None:
    with LocalCloudflare() as cloudflare:
        order = {"route": ROUTE, "cut": "body"}
        answer = httpx.post(f"{cloudflare.control_url}/faults", json=order)
    assert answer.status_code == 400
    assert "takes the proxy" in answer.json()["error"]


@pytest.mark.parametrize(
    ("verb", "path"),
    [("PUT", "/faults"), ("POST", "/faults/1/lift"), ("GET", "/faults/1"), ("DELETE", "/clock")],
)
def test_there_are_no_other_routes(control: httpx.Client, verb: str, path: str) -> None:
    answer = control.request(verb, path)
    assert answer.status_code == 404
    assert answer.json() == {"error": f"there is no {verb} /_local{path}"}


def test_the_clock_is_told_and_moved(cloudflare: LocalCloudflare, control: httpx.Client) -> None:
    assert control.get("/clock").json()["running"] is True
    stood = control.post("/clock", json={"running": False}).json()
    assert stood == control.get("/clock").json()
    moved = control.post("/clock", json={"advance": 300}).json()
    assert moved == {"now": stood["now"] + 300, "running": False}
    assert cloudflare.clock.now() == moved["now"]
    assert control.post("/clock", json={"running": True, "advance": 5}).json()["running"] is True
    assert cloudflare.clock.now() >= moved["now"] + 5


@pytest.mark.parametrize("order", [{"advance": -1}, {"advance": "x"}, {"back": 1}, []])
def test_a_clock_is_not_moved_by_nonsense(control: httpx.Client, order: Any) -> None:
    before = control.post("/clock", json={"running": False}).json()
    assert control.post("/clock", json=order).status_code == 400
    assert control.get("/clock").json() == before


@pytest.mark.parametrize(
    ("line", "fault", "when"),
    [
        ("status=503", faults.Status(503), {}),
        (
            "status=429 retry_after=30 times=2",
            faults.Status(429, retry_after=30),
            {"times": 2},
        ),
        ("status=502 body=html effect=true", faults.Status(502, "html", effect=True), {}),
        ("garbled=null_result nth=3", faults.Garbled("null_result"), {"nth": 3}),
        ("slow=0.5 at=after", faults.Slow(0.5, "after"), {}),
        ("hold=before", faults.Hold("before"), {}),
        ("lag=5 lasting=60", faults.Lag(5), {"lasting": 60}),
        ("short_page=2", faults.ShortPage(2), {}),
        ("wrong_total=-1", faults.WrongTotal(-1), {}),
        ("changed_while_paging=removed", faults.ChangedWhilePaging("removed"), {}),
        ("cut=body reset=true", faults.Cut("body", reset=True), {}),
        (
            "probability=0.2 seed=7 drip=headers",
            faults.Drip("headers"),
            {"probability": 0.2, "seed": 7},
        ),
        ("refuse=2", faults.Refuse(2), {}),
        ("refuse=null", faults.Refuse(), {}),
    ],
)
def test_a_line_says_the_same(line: str, fault: faults.Fault, when: dict[str, Any]) -> None:
    order = notation.parsed(f"{ROUTE} {line}")
    assert order == (ROUTE, fault, faults.When(**when))
    assert notation.parsed(" ".join(map(str, order))) == order


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        (ROUTE, "a fault is exactly one of"),
        (f"{ROUTE} status", "is no route"),
        (f"{ROUTE} status=503 once", "'once' is not of the form name=value"),
        ("", "is no route"),
    ],
)
def test_a_line_that_says_nothing_is_refused(line: str, mistake: str) -> None:
    with pytest.raises(ValueError, match=mistake):
        notation.parsed(line)
