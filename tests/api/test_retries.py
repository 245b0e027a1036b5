"""What is asked again and what is not, against the local Cloudflare and what it can do wrong.

Waits pass in virtual time, and the local Cloudflare's clock follows it.
"""

from __future__ import annotations

import logging
import re
import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from harness.clock import VirtualTime, shortest
from harness.sockets import RESET, Dripping, Scripted, answer, envelope, refused
from pulumi_cloudflare_access.api.client import Client
from pulumi_cloudflare_access.api.clock import Clock
from pulumi_cloudflare_access.api.transport import _proxy
from pulumi_cloudflare_access.errors import (
    ApiError,
    ConflictError,
    LostAnswerError,
    NotFoundError,
    RateLimitError,
    UnreachableError,
    UnusableAnswerError,
)
from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare, faults
from pulumi_cloudflare_access.process import plugin
from pulumi_cloudflare_access.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pulumi_cloudflare_access.local_cloudflare.faults.fault import Fault

NEEDS = "Access: Organizations, Identity Providers, and Groups"
ENGINEERS = {"name": "Engineers", "include": [{"everyone": {}}]}


@pytest.fixture
def cloudflare() -> Iterator[LocalCloudflare]:
    with LocalCloudflare(proxy=True, seed=1) as cloudflare:
        cloudflare.clock.stop()
        yield cloudflare


@pytest.fixture
def time(cloudflare: LocalCloudflare) -> VirtualTime:
    return VirtualTime(follow=cloudflare.clock.advance)


def settings_for(server: LocalCloudflare | Scripted, **more: Any) -> Settings:
    token = getattr(server, "token", "a-token")
    return Settings(base_url=server.base_url, api_token=token, allow_loopback=True, **more)


class Groups:
    """The client, asked for Access groups."""

    def __init__(self, cloudflare: LocalCloudflare, clock: Clock, **settings: Any) -> None:
        self.cloudflare = cloudflare
        self.api = Client(settings_for(cloudflare, **settings), clock=clock)
        self.where = f"/accounts/{cloudflare.account_id}/access/groups"
        seeded = cloudflare.seed({"access/groups": [{**ENGINEERS, "name": "Staff"}]})
        self.id = seeded["access/groups"][0]["id"]

    def get(self) -> Any:
        return self.api.get(f"{self.where}/{self.id}", permission=NEEDS)

    def all(self) -> Any:
        return list(self.api.list(self.where, per_page=100, permission=NEEDS))

    def put(self) -> Any:
        return self.api.put(f"{self.where}/{self.id}", ENGINEERS, permission=NEEDS)

    def delete(self) -> None:
        self.api.delete(f"{self.where}/{self.id}", permission=NEEDS)

    def post(self, **how: Any) -> Any:
        return self.api.post(self.where, ENGINEERS, permission=NEEDS, **how)

    def names(self) -> list[str]:
        """Return what is really there."""
        world = httpx.Client(transport=httpx.WSGITransport(app=self.cloudflare.app))
        url = f"{self.cloudflare.base_url}{self.where}"
        self.cloudflare.lift_faults()
        found = world.get(url, headers={"Authorization": f"Bearer {self.cloudflare.token}"}).json()
        return sorted(group["name"] for group in found["result"])


@pytest.fixture
def groups(cloudflare: LocalCloudflare, time: VirtualTime) -> Iterator[Groups]:
    groups = Groups(cloudflare, time.clock)
    yield groups
    groups.api.close()


def sent(cloudflare: LocalCloudflare, verb: str) -> int:
    """Say how many requests have got through to the server."""
    return sum(request["method"] == verb for request in cloudflare.requests)


# --------------------------------------------------------------------------- what is asked again

PASSING: dict[str, Fault] = {
    "500": faults.Status(500),
    "502 in HTML": faults.Status(502, body="html"),
    "503": faults.Status(503),
    "504 without a word": faults.Status(504, body="empty"),
    "408": faults.Status(408),
    "429 without a time": faults.Status(429, body="html"),
    "503, and it was done": faults.Status(503, effect=True),
    "HTML": faults.Garbled("html"),
    "bad JSON": faults.Garbled("bad_json"),
    "nothing": faults.Garbled("empty"),
    "other JSON": faults.Garbled("no_envelope"),
    "success: false": faults.Garbled("success_false"),
    "cut before": faults.Cut("before"),
    "cut in the request": faults.Cut("request"),
    "cut before the answer": faults.Cut("processed"),
    "cut in the headers": faults.Cut("headers"),
    "cut in the body": faults.Cut("body"),
    "reset": faults.Cut("processed", reset=True),
}
REPEATED: dict[str, Callable[[Groups], Any]] = {
    "GET": Groups.get,
    "list": Groups.all,
    "PUT": Groups.put,
    "DELETE": Groups.delete,
}


AFTER: dict[Callable[[Groups], Any], list[str]] = {Groups.put: ["Engineers"], Groups.delete: []}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize("call", REPEATED.values(), ids=REPEATED)
def test_what_does_no_harm_twice_is_asked_again(
    call: Callable[[Groups], Any], fault: Fault, groups: Groups, cloudflare: LocalCloudflare
) -> None:
    cloudflare.fault("* /accounts/**", fault, times=2)
    call(groups)
    assert len(cloudflare.fired) == 2
    assert groups.names() == AFTER.get(call, ["Staff"])


@pytest.mark.parametrize("call", [Groups.get, Groups.put], ids=["GET", "PUT"])
def test_a_success_without_its_result_is_asked_for_again(
    call: Callable[[Groups], Any], groups: Groups, cloudflare: LocalCloudflare
) -> None:
    cloudflare.fault("* /accounts/**", faults.Garbled("null_result"), times=2)
    assert call(groups)["id"] == groups.id


def test_a_delete_that_finds_nothing_after_its_answer_was_lost_has_been_done(
    groups: Groups, cloudflare: LocalCloudflare
) -> None:
    cloudflare.fault("DELETE /accounts/**", faults.Cut("processed"), times=1)
    groups.delete()
    assert [request["status"] for request in cloudflare.requests[-2:]] == [202, 404]
    with pytest.raises(NotFoundError):
        groups.delete()


def test_a_delete_that_nobody_can_have_done_must_find_something(
    groups: Groups, cloudflare: LocalCloudflare
) -> None:
    groups.delete()
    cloudflare.fault("DELETE /accounts/**", faults.Status(429, retry_after=1), times=1)
    with pytest.raises(NotFoundError):
        groups.delete()


ANSWERS: dict[Fault, type[Exception]] = {
    faults.Status(400): ApiError,
    faults.Status(403): ApiError,
    faults.Status(404): ApiError,
    faults.Status(409): ConflictError,
    faults.Status(422): ApiError,
}


@pytest.mark.parametrize(("fault", "error"), ANSWERS.items(), ids=map(str, ANSWERS))
@pytest.mark.parametrize("call", [*REPEATED.values(), Groups.post], ids=[*REPEATED, "POST"])
def test_an_answer_is_an_answer(
    call: Callable[[Groups], Any], fault: Fault, error: type[Exception], groups: Groups
) -> None:
    groups.cloudflare.fault("* /accounts/**", fault)
    with pytest.raises(error):
        call(groups)
    assert len(groups.cloudflare.fired) == 1


def test_a_redirect_is_not_asked_for_again(groups: Groups, cloudflare: LocalCloudflare) -> None:
    cloudflare.fault("* /accounts/**", faults.Status(302, body="html"))
    with pytest.raises(UnusableAnswerError):
        groups.get()
    # Nothing tells what stands behind it has done.
    with pytest.raises(LostAnswerError):
        groups.post()
    assert len(cloudflare.fired) == 2


def test_a_server_that_comes_back_after_half_a_minute_is_waited_for(
    groups: Groups, cloudflare: LocalCloudflare, time: VirtualTime
) -> None:
    began = time.now
    for _ in range(5):
        cloudflare.fault("GET /accounts/**", faults.Status(503), lasting=30)
        assert groups.get()["id"] == groups.id
    assert 150 <= time.now - began <= 200
    assert len(cloudflare.fired) <= 5 * 16


def test_a_server_that_is_gone_for_a_moment_is_waited_for(cloudflare: LocalCloudflare) -> None:
    cloudflare.clock.run()
    groups = Groups(cloudflare, Clock())
    cloudflare.fault("PUT /accounts/**", faults.Refuse(0.3), times=1)
    groups.put()
    assert groups.names() == ["Engineers"]
    groups.api.close()


def test_no_storm_when_one_answer_in_five_fails(
    groups: Groups, cloudflare: LocalCloudflare
) -> None:
    cloudflare.fault("* /accounts/**", faults.Status(503), probability=0.2)
    before = len(cloudflare.requests)
    for _ in range(250):
        groups.get()
        groups.put()
    assert 1.1 * 500 < len(cloudflare.requests) - before <= 1.5 * 500


def test_waits_grow_and_are_drawn_from_all_of_their_span(
    groups: Groups, cloudflare: LocalCloudflare, time: VirtualTime
) -> None:
    cloudflare.fault("GET /accounts/**", faults.Status(503))
    firsts, lasts = [], []
    for _ in range(40):
        time.slept.clear()
        with pytest.raises(ApiError):
            groups.get()
        firsts.append(time.slept[0])
        lasts.extend(time.slept[5:])
    assert 0 < min(firsts) < 0.1
    assert 0.4 < max(firsts) <= 0.5
    assert 0 < min(lasts) < 1
    assert 7 < max(lasts) <= 8


# ------------------------------------------------------------------------- what is never sent twice

LOSES = {**PASSING, "null": faults.Garbled("null_result")}
LOSES.pop("429 without a time")


@pytest.mark.parametrize("fault", LOSES.values(), ids=LOSES)
def test_a_create_is_never_sent_twice(
    fault: Fault, groups: Groups, cloudflare: LocalCloudflare, time: VirtualTime
) -> None:
    cloudflare.fault("POST /accounts/**", fault, times=1)
    with pytest.raises(LostAnswerError, match=r": it may or may not have been done$"):
        groups.post()
    assert time.slept == []
    assert sent(cloudflare, "POST") <= 1
    assert len(groups.names()) <= 2


@pytest.mark.parametrize("fault", LOSES.values(), ids=LOSES)
def test_a_create_that_does_no_harm_twice_may_say_so(
    fault: Fault, groups: Groups, cloudflare: LocalCloudflare
) -> None:
    cloudflare.fault("POST /accounts/**", fault, times=1)
    assert groups.post(idempotent=True)["name"] == "Engineers"


def test_a_create_that_could_not_be_sent_is_sent_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    late = LocalCloudflare(port=port)
    slept = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            late.start()

    late_groups = Groups(late, Clock(ticks=lambda: 0.0, sleep=sleep))
    try:
        assert late_groups.post()["name"] == "Engineers"
    finally:
        late_groups.api.close()
        late.stop()
    assert len(slept) == 3
    assert sent(late, "POST") == 1


# ------------------------------------------------------------------------------------------- 429


@pytest.mark.parametrize("body", ["json", "html", "empty"])
@pytest.mark.parametrize("call", [*REPEATED.values(), Groups.post], ids=[*REPEATED, "POST"])
def test_a_lock_out_is_waited_for_whatever_was_asked(
    call: Callable[[Groups], Any],
    body: Any,
    groups: Groups,
    cloudflare: LocalCloudflare,
    time: VirtualTime,
) -> None:
    cloudflare.fault("* /accounts/**", faults.Status(429, body=body, retry_after=120), times=1)
    began = time.now
    call(groups)
    assert 120 <= time.now - began <= 121


def test_a_lock_out_is_waited_for_once(
    groups: Groups, cloudflare: LocalCloudflare, time: VirtualTime
) -> None:
    cloudflare.fault("* /accounts/**", faults.Status(429, retry_after=9_999))
    began = time.now
    with pytest.raises(RateLimitError, match=r"\(code 971\).*; tried 2 times in 0\.0 s$"):
        groups.post()
    assert 300 <= time.now - began <= 301


def test_waiting_for_a_lock_out_is_no_part_of_the_deadline(
    cloudflare: LocalCloudflare, time: VirtualTime
) -> None:
    groups = Groups(cloudflare, time.clock, deadline=5)
    cloudflare.fault("* /accounts/**", faults.Status(429, retry_after=250), times=1)
    groups.get()
    groups.api.close()


class InVirtualTime(httpx.BaseTransport):
    """The local Cloudflare in this process, and so many seconds away."""

    def __init__(self, cloudflare: LocalCloudflare, time: VirtualTime, latency: float) -> None:
        self._cloudflare = httpx.WSGITransport(app=cloudflare.app)
        self._time = time
        self._latency = latency

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._time.sleep(self._latency / 2)
        response = self._cloudflare.handle_request(request)
        response.read()
        self._time.sleep(self._latency / 2)
        return response


@pytest.mark.parametrize(("requests", "share"), [(5000, 1200), (1500, 600)])
def test_a_strict_cloudflare_has_nothing_to_refuse(requests: int, share: int) -> None:
    cloudflare = LocalCloudflare(strict=True)
    cloudflare.clock.stop()
    time = VirtualTime(threads=16, follow=cloudflare.clock.advance)
    said: list[str] = []
    settings = settings_for(cloudflare, requests_per_5_minutes=share)
    transport = InVirtualTime(cloudflare, time, 0.15)
    api = Client(settings, transport, said.append, said.append, time.clock)
    where = f"/accounts/{cloudflare.account_id}/access/groups"
    began = time.now
    time.run(lambda _: list(api.list(where, per_page=100, permission=NEEDS)), range(requests))
    assert [request["status"] for request in cloudflare.requests] == [200] * requests
    bound = shortest(requests, quota=share, workers=16, latency=0.15)
    assert bound <= time.now - began <= 1.03 * bound
    assert len(said) == (requests - 1) // share
    api.close()


def test_who_shares_a_user_with_others_is_lowered_by_what_answers_say() -> None:
    cloudflare = LocalCloudflare(strict=True)
    cloudflare.clock.stop()
    time = VirtualTime(follow=cloudflare.clock.advance)
    settings = settings_for(cloudflare, requests_per_5_minutes=1200)
    api = Client(settings, InVirtualTime(cloudflare, time, 0.15), print, print, time.clock)
    dashboard = httpx.Client(
        transport=httpx.WSGITransport(app=cloudflare.app),
        headers={"Authorization": f"Bearer {cloudflare.token}"},
    )
    where = f"/accounts/{cloudflare.account_id}/access/groups"
    for _ in range(1000):
        dashboard.get(f"{cloudflare.base_url}{where}")
    for _ in range(400):
        list(api.list(where, per_page=100, permission=NEEDS))
    assert {request["status"] for request in cloudflare.requests} == {200}
    assert time.now >= 1_000_000 + 300
    api.close()
    dashboard.close()


# ------------------------------------------------------------------------------------- the deadline

DRIPS = {
    "in the headers": (b"HTTP/1.1 200 OK\r\n", b"X-Never: ends\r\n"),
    "in the body": (answer(envelope(ENGINEERS), Content_Length="4096"), b" "),
    "in chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n{\r\n"),
    "after half a status": (b"HTTP", b" "),
}


@pytest.mark.parametrize(("at_once", "then"), DRIPS.values(), ids=DRIPS)
def test_an_answer_that_drips_is_given_up_at_the_deadline(at_once: bytes, then: bytes) -> None:
    with Dripping(at_once, then) as server:
        api = Client(settings_for(server, deadline=0.5))
        with pytest.raises(UnreachableError) as caught:
            api.get("/groups/g1", permission=NEEDS)
        with pytest.raises(LostAnswerError) as lost:
            api.post("/groups", {}, permission=NEEDS)
        api.close()
    told, _, tried = str(caught.value).partition("; ")
    assert told.endswith(": no whole answer from 127.0.0.1 in 0.5 s (ReadTimeout)")
    assert re.fullmatch(
        r"tried once in \d+\.\d s, then cloudflare-access:deadline \(0\.5 s\) was over", tried
    )
    assert "(ReadTimeout): it may or may not have been done; tried once in " in str(lost.value)


@pytest.mark.parametrize("at", ["headers", "body"])
def test_a_connection_that_has_served_before_may_not_drip_either(
    at: Any, cloudflare: LocalCloudflare
) -> None:
    groups = Groups(cloudflare, Clock(), deadline=0.5)
    groups.get()
    cloudflare.fault("GET /accounts/**", faults.Drip(at, seconds=0.05))
    with pytest.raises(UnreachableError, match=r"no whole answer from .* \(ReadTimeout\)"):
        groups.get()
    groups.api.close()


def test_the_end_says_what_was_tried_how_often_and_how_long(
    groups: Groups, cloudflare: LocalCloudflare, time: VirtualTime
) -> None:
    cloudflare.fault("* /accounts/**", faults.Status(503))
    with pytest.raises(ApiError) as caught:
        groups.put()
    told, _, tried = str(caught.value).partition("; ")
    assert told.startswith(f"PUT {groups.where}/{groups.id} -> 503: ")
    assert told.endswith("]: it may or may not have been done")
    assert tried == f"tried {len(cloudflare.fired)} times in {sum(time.slept):.1f} s"
    assert 50 <= sum(time.slept) <= 60


def test_no_attempt_begins_after_the_deadline(
    cloudflare: LocalCloudflare, time: VirtualTime
) -> None:
    groups = Groups(cloudflare, time.clock, deadline=10)
    cloudflare.fault("* /accounts/**", faults.Status(503))
    with pytest.raises(ApiError, match=r"then cloudflare-access:deadline \(10 s\) was over$"):
        groups.get()
    assert sum(time.slept) < 10
    groups.api.close()


def test_the_requests_of_one_operation_have_one_deadline(
    cloudflare: LocalCloudflare, time: VirtualTime
) -> None:
    groups = Groups(cloudflare, time.clock, deadline=40)

    @plugin.clean_errors
    def operation() -> None:
        for _ in range(3):
            cloudflare.fault("GET /accounts/**", faults.Status(503), lasting=15)
            groups.get()

    for _ in range(2):
        began = time.now
        with pytest.raises(Exception, match=r"cloudflare-access:deadline \(40 s\)"):
            operation()
        assert 30 <= time.now - began <= 40
    groups.api.close()


@pytest.mark.parametrize("status", [500, 400])
def test_what_may_never_pass_is_given_up_sooner(
    status: int, groups: Groups, cloudflare: LocalCloudflare, time: VirtualTime
) -> None:
    cloudflare.fault(
        "* /accounts/**", faults.Status(status, body="html" if status < 500 else "json")
    )
    with pytest.raises((ApiError, UnusableAnswerError)):
        groups.get()
    assert sum(time.slept) <= 15


@pytest.mark.parametrize("said", [RESET, answer(refused({"code": 1, "message": "x"}), "503 No")])
def test_whoever_tries_again_takes_no_new_error_for_an_older_one(said: Any) -> None:
    denied = answer(refused({"code": 10000, "message": "no"}), "403 Forbidden")
    with Scripted(said, denied) as server:
        api = Client(settings_for(server), clock=VirtualTime().clock)
        with pytest.raises(
            ApiError, match=r"403.*; an earlier attempt may have done it; tried 2 times"
        ):
            api.put("/groups/g1", ENGINEERS, permission=NEEDS)
        api.close()


def test_what_libraries_log_holds_no_token(
    groups: Groups, cloudflare: LocalCloudflare, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    cloudflare.fault("* /accounts/**", faults.Cut("processed"), times=1)
    groups.put()
    cloudflare.fault("* /accounts/**", faults.Garbled("html"))
    with pytest.raises(LostAnswerError):
        groups.post()
    assert "PUT" in caplog.text
    assert cloudflare.token not in caplog.text


# ----------------------------------------------------------------------------------------- proxies


@pytest.mark.parametrize(
    ("environment", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://proxy.example:3128"}, "http://proxy.example:3128"),
        ({"https_proxy": "proxy.example:3128"}, "http://proxy.example:3128"),
        ({"ALL_PROXY": "https://proxy.example"}, "https://proxy.example"),
        ({"HTTP_PROXY": "http://proxy.example"}, None),
        ({"HTTPS_PROXY": "http://proxy.example", "NO_PROXY": "cloudflare.com"}, None),
        ({"HTTPS_PROXY": "http://proxy.example", "NO_PROXY": "*"}, None),
        (
            {"HTTPS_PROXY": "http://proxy.example", "NO_PROXY": "example.com"},
            "http://proxy.example",
        ),
    ],
)
def test_the_environment_says_what_proxy_stands_before_cloudflare(
    environment: dict[str, str], proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = _proxy(httpx.URL("https://api.cloudflare.com/client/v4"))
    assert (found and str(found.url)) == proxy
