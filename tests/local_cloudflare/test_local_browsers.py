"""Web pages: what a browser sends from one is refused, what programs send goes through."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from cloudflare import Cloudflare

from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP = {"name": "Staff", "include": [{"everyone": {}}]}
FORM = "application/x-www-form-urlencoded"
# What pages send without asking first: forms, no-cors fetches, beacons, images.
PAGES = [
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Referer": "http://localhost:3000/"},
]
ORDERS: list[tuple[str, str, Any]] = [
    ("POST", "reset", None),
    ("POST", "seed", {"access/groups": [GROUP]}),
    ("POST", "faults", {"route": "GET **", "status": 503}),
    ("POST", "clock", {"advance": 300}),
    ("POST", "switches", {"strict": True}),
    ("DELETE", "faults", None),
    ("GET", "requests", None),
]


@pytest.fixture(params=[False, True], ids=["server", "proxy"])
def cloudflare(request: pytest.FixtureRequest) -> Iterator[LocalCloudflare]:
    with LocalCloudflare(proxy=request.param) as cloudflare:
        cloudflare.seed({"access/groups": [GROUP]})
        yield cloudflare


def as_it_was(cloudflare: LocalCloudflare) -> bool:
    """Tell whether nothing has been changed by what was refused."""
    with httpx.Client(headers={"Authorization": f"Bearer {cloudflare.token}"}) as client:
        found = client.get(f"{cloudflare.base_url}/accounts/{cloudflare.account_id}/access/groups")
    names = [group["name"] for group in found.json()["result"]]
    return names == ["Staff"] and not cloudflare.switches.strict and cloudflare.fired == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("verb", "route", "body"), ORDERS)
def test_no_page_steers_the_server(
    cloudflare: LocalCloudflare, page: dict[str, str], verb: str, route: str, body: Any
) -> None:
    url = f"{cloudflare.control_url}/{route}"
    answer = httpx.request(verb, url, headers=page, **({"json": body} if body else {}))
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert as_it_was(cloudflare)


@pytest.mark.parametrize(
    "content_type", [FORM, "text/plain", "multipart/form-data; boundary=x", "text/json", None]
)
@pytest.mark.parametrize("body", [b'{"access/groups": []}', b""])
def test_no_form_steers_the_server_even_from_a_browser_that_does_not_say_where_it_is_from(
    cloudflare: LocalCloudflare, content_type: str | None, body: bytes
) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = httpx.post(f"{cloudflare.control_url}/reset", content=body, headers=headers)
    if body or content_type:
        assert answer.status_code == 415
        assert "Content-Type must be application/json" in answer.json()["error"]
        assert as_it_was(cloudflare)
    else:
        assert answer.status_code == 200


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("verb", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_no_page_reaches_the_api(
    cloudflare: LocalCloudflare, page: dict[str, str], verb: str
) -> None:
    where = f"{cloudflare.base_url}/accounts/{cloudflare.account_id}/access/groups"
    token = {"Authorization": f"Bearer {cloudflare.token}"}
    answer = httpx.request(verb, where, headers=token | page, json=GROUP if verb == "POST" else {})
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["message"].startswith("The local Cloudflare answers no web")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert cloudflare.requests == []


@pytest.mark.parametrize(
    "host", ["evil.example:8787", "[", "[::1", "127.0.0.1@evil.example", "a b"]
)
@pytest.mark.parametrize("path", ["/_local/reset", "/client/v4/user/tokens/verify"])
def test_a_name_that_points_at_this_machine_gives_a_page_no_way_in(
    cloudflare: LocalCloudflare, host: str, path: str
) -> None:
    """Its own server answers the page first, its name server names this machine then."""
    port = urlsplit(cloudflare.base_url).port
    request = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
        "Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request.encode())
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 421 ")
    assert as_it_was(cloudflare)


def test_programs_go_through(cloudflare: LocalCloudflare) -> None:
    for verb, route, body in ORDERS:
        url = f"{cloudflare.control_url}/{route}"
        answer = httpx.request(verb, url, **({"json": body} if body else {}))
        assert answer.status_code == 200, answer.text
    # One that is served here itself would be of this origin; somebody who types the address, none.
    own = cloudflare.control_url.removesuffix("/_local")
    for headers in ({"Origin": own, "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        assert httpx.get(f"{own}/_local/requests", headers=headers).status_code == 200
    typed = {"Content-Type": "application/json; charset=utf-8"}
    clock = f"{cloudflare.control_url}/clock"
    assert httpx.post(clock, content=b'{"advance": 0}', headers=typed).status_code == 200


def test_cloudflares_own_sdk_goes_through(cloudflare: LocalCloudflare) -> None:
    client = Cloudflare(api_token=cloudflare.token, base_url=cloudflare.base_url)
    listed = client.zero_trust.access.groups.list(account_id=cloudflare.account_id)
    assert [group.name for group in listed] == ["Staff"]
