"""What happens to connections, seen from raw sockets and from httpx."""

from __future__ import annotations

import json
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from harness import documents
from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare, faults

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP = {"name": "Everyone", "include": [{"everyone": {}}]}


@pytest.fixture
def cloudflare() -> Iterator[LocalCloudflare]:
    with LocalCloudflare(proxy=True) as cloudflare:
        yield cloudflare


@pytest.fixture
def groups(cloudflare: LocalCloudflare) -> str:
    return f"/accounts/{cloudflare.account_id}/access/groups"


class Wire:
    """One connection to the proxy, and all that comes back."""

    def __init__(self, cloudflare: LocalCloudflare) -> None:
        self.token = cloudflare.token
        url = httpx.URL(cloudflare.base_url)
        self.prefix = url.path
        self.socket = socket.create_connection((url.host, url.port), timeout=60)

    def send(self, verb: str, path: str, body: Any = None) -> None:
        content = json.dumps(body).encode() if body else b""
        head = (
            f"{verb} {self.prefix}{path} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        self.socket.sendall(head.encode() + content)

    def rest(self) -> bytes:
        """Read to the end, an orderly one."""
        read = b""
        while more := self.socket.recv(65536):
            read += more
        return read


@pytest.fixture
def wire(cloudflare: LocalCloudflare) -> Iterator[Wire]:
    wire = Wire(cloudflare)
    with wire.socket:
        yield wire


def done(cloudflare: LocalCloudflare) -> list[tuple[str, int]]:
    return [(request["method"], request["status"]) for request in cloudflare.requests]


def test_requests_pass_and_connections_stay_open(
    cloudflare: LocalCloudflare, http: httpx.Client, groups: str
) -> None:
    created = http.post(groups, json=GROUP).json()["result"]
    assert http.get(f"{groups}/{created['id']}").json()["result"] == created
    assert http.head(groups).status_code == 200
    assert http.get(groups).json()["result_info"]["total_count"] == 1
    assert [status for _, status in done(cloudflare)] == [201, 200, 200, 200]


def test_control_passes(cloudflare: LocalCloudflare) -> None:
    url = cloudflare.base_url.replace("/client/v4", "/_local/requests")
    cloudflare.fault("* **", faults.Cut("before"))
    assert httpx.get(url).json() == []


ENDS = {
    "before": (b"", []),
    "request": (b"", []),
    "processed": (b"", [("POST", 201)]),
    "headers": (b"HTTP/1.1 201 CREATED\r\n", [("POST", 201)]),
    "body": (b"HTTP/1.1 201 CREATED\r\n", [("POST", 201)]),
}


@pytest.mark.parametrize("at", ENDS)
def test_a_connection_is_cut_where_it_should_be(
    cloudflare: LocalCloudflare, wire: Wire, groups: str, at: Any
) -> None:
    armed = cloudflare.fault("POST **", faults.Cut(at), nth=1)
    wire.send("POST", groups, GROUP)
    answer = wire.rest()
    heard, effect = ENDS[at]
    assert answer.startswith(heard)
    assert bool(answer) == bool(heard)
    assert (b"\r\n\r\n" in answer) == (at == "body")
    if at == "body":
        body = answer.partition(b"\r\n\r\n")[2]
        assert body.startswith(b'{"success": true')
        assert not body.endswith(b"}")
    cloudflare.stop()  # whatever the server has got by now, it has dealt with
    assert done(cloudflare) == effect
    assert len(armed.fired) == 1


@pytest.mark.parametrize("at", ENDS)
def test_a_reset_is_no_orderly_end(
    cloudflare: LocalCloudflare, wire: Wire, groups: str, at: Any
) -> None:
    cloudflare.fault("POST **", faults.Cut(at, reset=True))
    wire.send("POST", groups, GROUP)
    with pytest.raises(ConnectionResetError):
        wire.rest()
    cloudflare.stop()
    assert done(cloudflare) == ENDS[at][1]


@pytest.mark.parametrize("verb", ["GET", "DELETE"])
def test_a_request_without_a_body_that_is_cut_has_no_effect(
    cloudflare: LocalCloudflare, wire: Wire, groups: str, verb: str
) -> None:
    [group] = cloudflare.seed({"access/groups": [GROUP]})["access/groups"]
    cloudflare.fault("* **", faults.Cut("request"))
    wire.send(verb, f"{groups}/{group['id']}")
    assert wire.rest() == b""
    cloudflare.stop()
    assert done(cloudflare) == []


def test_the_nth_request_of_a_connection_is_cut_and_a_new_one_serves(
    cloudflare: LocalCloudflare, http: httpx.Client, groups: str
) -> None:
    cloudflare.fault("POST **", faults.Cut("processed"), nth=2)
    assert http.post(groups, json=GROUP | {"name": "1"}).status_code == 201
    with pytest.raises(httpx.RemoteProtocolError):
        http.post(groups, json=GROUP | {"name": "2"})
    assert http.post(groups, json=GROUP | {"name": "3"}).status_code == 201
    names = {group["name"] for group in http.get(groups).json()["result"]}
    assert names == {"1", "2", "3"}


def test_a_route_has_no_query_and_no_escapes(
    cloudflare: LocalCloudflare, http: httpx.Client, groups: str
) -> None:
    armed = cloudflare.fault("GET /accounts/*/access/groups", faults.Cut("processed"))
    for path in (f"{groups}?page=1", groups.replace("groups", "%67roups")):
        with pytest.raises(httpx.RemoteProtocolError):
            http.get(path)
    assert [entry["path"] for entry in armed.fired] == [groups, groups]


def test_httpx_calls_each_cut_what_it_is(
    cloudflare: LocalCloudflare, http: httpx.Client, groups: str
) -> None:
    for at in ("before", "request", "processed", "headers", "body"):
        with (
            cloudflare.fault("GET **", faults.Cut(at)),
            pytest.raises(httpx.RemoteProtocolError),
        ):
            http.get(groups)


@pytest.mark.parametrize(("at", "whole"), [("headers", b""), ("body", b"\r\n\r\n")])
def test_an_answer_drips_byte_by_byte(
    cloudflare: LocalCloudflare, wire: Wire, groups: str, at: Any, whole: bytes
) -> None:
    armed = cloudflare.fault("GET **", faults.Drip(at, 0.005), nth=1)
    wire.send("GET", groups)
    started = time.monotonic()
    read = wire.socket.recv(65536)
    assert read.endswith(whole)  # and hardly more: the next byte takes its time
    while not read.endswith(b"}}"):
        more = wire.socket.recv(65536)
        assert more
        read += more
    head, _, body = read.partition(b"\r\n\r\n")
    assert json.loads(body)["result"] == []
    dripped = len(body) if at == "body" else len(head)
    assert time.monotonic() - started >= dripped * 0.005 * 0.9
    assert len(armed.fired) == 1
    wire.send("GET", groups)  # the connection lives
    assert wire.socket.recv(65536).startswith(b"HTTP/1.1 200 OK")


def test_a_drip_ends_when_the_server_stops(
    cloudflare: LocalCloudflare, wire: Wire, groups: str
) -> None:
    armed = cloudflare.fault("GET **", faults.Drip("headers", 3600))
    wire.send("GET", groups)
    armed.wait()
    cloudflare.stop()
    assert wire.rest() == b""


def test_who_is_refused_is_not_heard_until_the_fault_is_released(
    cloudflare: LocalCloudflare, wire: Wire, groups: str
) -> None:
    bystander = Wire(cloudflare)
    bystander.send("GET", groups)
    assert bystander.socket.recv(65536)  # accepted, and not merely in the queue
    armed = cloudflare.fault("POST **", faults.Refuse(), nth=1)
    wire.send("POST", groups, GROUP)
    assert wire.rest() == b""
    armed.wait()
    with bystander.socket:
        assert bystander.rest() == b""
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            Wire(cloudflare)
    control = httpx.get(f"{cloudflare.control_url}/requests").json()
    assert [request["method"] for request in control] == ["GET"]
    url = f"{cloudflare.control_url}/faults/{armed.id}/release"
    assert httpx.post(url).json()["held"] == 0
    deadline = time.monotonic() + 60
    while done(cloudflare)[1:] == [] and time.monotonic() < deadline:
        with suppress(ConnectionRefusedError), Wire(cloudflare).socket as again:
            again.sendall(b"GET /client/v4/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
            again.recv(65536)
    assert done(cloudflare)[1:] == [("GET", 404)]


def test_refusing_ends_by_itself(cloudflare: LocalCloudflare, wire: Wire, groups: str) -> None:
    cloudflare.fault("POST **", faults.Refuse(0.2), nth=1)
    wire.send("POST", groups, GROUP)
    assert wire.rest() == b""
    with pytest.raises(ConnectionRefusedError):
        Wire(cloudflare)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(ConnectionRefusedError):
            Wire(cloudflare).socket.close()
            return
    pytest.fail("still refused")


def test_who_refuses_can_be_stopped(cloudflare: LocalCloudflare, wire: Wire, groups: str) -> None:
    armed = cloudflare.fault("POST **", faults.Refuse())
    wire.send("POST", groups, GROUP)
    armed.wait()
    cloudflare.stop()
    cloudflare.start()
    cloudflare.lift_faults()
    assert httpx.get(f"{cloudflare.base_url}/x").status_code == 404


def test_the_guide_does_what_it_says() -> None:
    guide = documents.ROOT / "docs/guides/testing.md"
    [program] = [b.text for b in documents.blocks(guide, "python") if "deploy(" in b.text]
    deployed: list[int | None] = []

    def deploy(cloudflare: LocalCloudflare) -> None:
        headers = {"Authorization": f"Bearer {cloudflare.token}"}
        url = f"{cloudflare.base_url}/accounts/{cloudflare.account_id}/access/groups"
        with httpx.Client(headers=headers) as client:
            for _ in range(3):
                try:
                    deployed.append(client.post(url, json=GROUP).status_code)
                except httpx.RemoteProtocolError:
                    deployed.append(None)

    exec(program, {"deploy": deploy})  # noqa: S102  (the guide's own)
    assert deployed == [503, 503, None]


def test_a_fault_of_the_proxy_takes_one() -> None:
    cloudflare = LocalCloudflare()
    with pytest.raises(ValueError, match=r"LocalCloudflare\(proxy=True\)"):
        cloudflare.fault("POST **", faults.Cut("body"))


def test_the_port_is_the_proxys() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with LocalCloudflare(proxy=True, port=port) as cloudflare:
        assert f":{port}/" in cloudflare.base_url
        with (
            pytest.raises(OSError, match="in use"),
            LocalCloudflare(proxy=True, port=port),
        ):
            pass
