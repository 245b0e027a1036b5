from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUP = {"name": "Everyone", "include": [{"everyone": {}}]}
UNKNOWN = "0" * 32


def groups_of(cloudflare: LocalCloudflare) -> str:
    return f"/accounts/{cloudflare.account_id}/access/groups"


def local(cloudflare: LocalCloudflare, path: str) -> str:
    return cloudflare.base_url.replace("/client/v4", f"/_local/{path}")


def no_route(path: str) -> list[Mapping[str, Any]]:
    message = f"Could not route to {path}, perhaps your object identifier is invalid?"
    return [
        {"code": 7003, "message": message},
        {"code": 7000, "message": "No route for that URI"},
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        f"/accounts/{UNKNOWN}/access/groups",
        f"/zones/{UNKNOWN}/access/groups",
        "/access/groups",
    ],
)
def test_a_path_that_leads_nowhere_has_no_route(http: httpx.Client, path: str) -> None:
    answer = http.get(path)
    assert answer.status_code == 404
    assert answer.json() == {
        "success": False,
        "errors": no_route(path),
        "messages": [],
        "result": None,
    }


def test_a_path_outside_the_api_has_no_route(cloudflare: LocalCloudflare) -> None:
    answer = httpx.get(cloudflare.base_url.removesuffix("/v4"))
    assert answer.status_code == 404
    assert answer.json()["errors"] == no_route("/client")


def test_a_verb_that_a_route_does_not_have_is_not_allowed(
    http: httpx.Client, cloudflare: LocalCloudflare
) -> None:
    answer = http.patch(groups_of(cloudflare), json={})
    assert answer.status_code == 405
    assert answer.json()["errors"] == [{"code": 10405, "message": "Method not allowed"}]


def test_a_body_that_is_no_json_is_refused(http: httpx.Client, cloudflare: LocalCloudflare) -> None:
    headers = {"Content-Type": "application/json"}
    answer = http.post(groups_of(cloudflare), content=b'{"name":', headers=headers)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"code": 6007, "message": "Malformed JSON in request body"}]
    assert cloudflare.requests[-1]["body"] == '{"name":'


def test_a_body_must_say_that_it_is_json(http: httpx.Client, cloudflare: LocalCloudflare) -> None:
    answer = http.post(groups_of(cloudflare), content=json.dumps(GROUP))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["error_chain"] == [
        {"code": 6105, "message": "Invalid Content-Type header, valid values are application/json"}
    ]


def test_every_answer_tells_the_rate_limit_and_its_ray(
    http: httpx.Client, cloudflare: LocalCloudflare
) -> None:
    first, second = http.get(groups_of(cloudflare)), http.get(f"{groups_of(cloudflare)}/x")
    assert first.headers["ratelimit-policy"] == '"default";q=1200;w=300'
    assert re.fullmatch(r'"default";r=1199;t=(300|29.)', first.headers["ratelimit"])
    assert re.fullmatch(r'"default";r=1198;t=(300|29.)', second.headers["ratelimit"])
    assert re.fullmatch(r"[0-9a-f]{16}-LCL", first.headers["cf-ray"])
    assert first.headers["cf-ray"] != second.headers["cf-ray"]


def test_requests_are_remembered(http: httpx.Client, cloudflare: LocalCloudflare) -> None:
    groups = groups_of(cloudflare)
    http.post(groups, json=GROUP)
    http.get(groups, params={"page": 2})
    http.get("/nowhere")
    expected = [
        {"method": "POST", "path": groups, "status": 201, "body": GROUP},
        {"method": "GET", "path": f"{groups}?page=2", "status": 200, "body": None},
        {"method": "GET", "path": "/nowhere", "status": 404, "body": None},
    ]
    assert cloudflare.requests == expected
    assert httpx.get(local(cloudflare, "requests")).json() == expected
    assert cloudflare.requests == expected


def test_a_reset_forgets_objects_and_requests_but_no_credentials(
    http: httpx.Client, cloudflare: LocalCloudflare
) -> None:
    http.post(groups_of(cloudflare), json=GROUP)
    assert httpx.post(local(cloudflare, "reset")).status_code == 200
    assert cloudflare.requests == []
    assert http.get(groups_of(cloudflare)).json()["result"] == []


def test_seeds_are_kept_wherever_they_belong(
    http: httpx.Client, cloudflare: LocalCloudflare
) -> None:
    document = {
        "access/groups": [GROUP | {"id": "11111111-1111-4111-8111-111111111111"}],
        "zones": {cloudflare.zone_id: {"access/groups": [GROUP]}, "a" * 32: {}},
        "accounts": {"b" * 32: {"access/groups": [GROUP], "zones": {"c" * 32: {}}}},
    }
    planted = httpx.post(local(cloudflare, "seed"), json=document).json()
    [group] = planted["access/groups"]
    assert group["id"] == "11111111-1111-4111-8111-111111111111"
    assert http.get(f"{groups_of(cloudflare)}/{group['id']}").json()["result"]["name"] == "Everyone"
    assert len(http.get(f"/zones/{cloudflare.zone_id}/access/groups").json()["result"]) == 1
    assert http.get(f"/zones/{'a' * 32}/access/groups").status_code == 200
    assert http.get(f"/accounts/{'b' * 32}/access/groups").status_code == 403
    assert http.get(f"/zones/{'c' * 32}/access/groups").status_code == 403


def test_every_kind_of_iam_is_seeded_and_told(
    http: httpx.Client, cloudflare: LocalCloudflare
) -> None:
    whole = f"com.cloudflare.api.account.{cloudflare.account_id}"
    policy = {
        "access": "allow",
        "permission_groups": [{"id": "a" * 32}],
        "resource_groups": [{"id": "b" * 32}],
    }
    document = {
        "iam/permission_groups": [{"id": "a" * 32, "name": "Gardening"}],
        "iam/resource_groups": [
            {"id": "b" * 32, "name": "All", "scope": {"key": whole, "objects": [{"key": "*"}]}}
        ],
        "roles": [{"id": "c" * 32, "name": "Gardener"}],
        "members": [{"id": "d" * 32, "email": "ada@example.com", "roles": ["c" * 32]}],
        "iam/user_groups": [{"name": "Staff", "policies": [policy], "members": ["d" * 32]}],
        "sso_connectors": [{"email_domain": "example.com", "status": "verified"}],
    }
    planted = httpx.post(local(cloudflare, "seed"), json=document).json()
    assert list(planted) == list(document)
    for kind, items in planted.items():
        for item in items:
            path = f"/accounts/{cloudflare.account_id}/{kind}/{item['id']}"
            assert http.get(path).status_code == 200
    assert planted["iam/user_groups"][0]["policies"][0]["resource_groups"] == ["b" * 32]


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"groups": []}, "cannot seed 'groups': there are accounts, zones, access/groups"),
        (
            {"access/groups": [{"name": "x"}]},
            "access.api.error.invalid_request: include field should not be empty",
        ),
        ([], "not a document to seed"),
        ({"members": [{}]}, "not a document to seed: 'email' is missing"),
        ({"access/groups": [GROUP | {"id": "x"}] * 2}, "there is a group x already"),
    ],
)
def test_a_seed_that_is_wrong_is_refused(
    cloudflare: LocalCloudflare, document: Any, error: str
) -> None:
    answer = httpx.post(local(cloudflare, "seed"), json=document)
    assert answer.status_code == 400
    assert error in answer.json()["error"]


def test_there_are_no_other_control_routes(cloudflare: LocalCloudflare) -> None:
    assert httpx.get(local(cloudflare, "reset")).status_code == 404


@pytest.mark.parametrize("path", ["/client/v4/user/tokens/verify", "/_local/requests"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", ""])
def test_names_that_are_not_this_machines_are_refused(
    cloudflare: LocalCloudflare, path: str, host: str
) -> None:
    url = cloudflare.base_url.replace("/client/v4", path)
    answer = httpx.get(url, headers={"Host": host})
    assert answer.status_code == 421
    assert cloudflare.requests == []


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "[::1]:8080", "127.0.0.1"])
def test_the_names_of_this_machine_are_taken(cloudflare: LocalCloudflare, host: str) -> None:
    assert httpx.get(local(cloudflare, "requests"), headers={"Host": host}).status_code == 200


def test_it_works_in_process() -> None:
    cloudflare = LocalCloudflare()
    with httpx.Client(
        transport=httpx.WSGITransport(app=cloudflare.app),
        base_url=cloudflare.base_url,
        headers={"Authorization": f"Bearer {cloudflare.token}"},
    ) as client:
        assert client.post(groups_of(cloudflare), json=GROUP).status_code == 201
    assert len(cloudflare.requests) == 1


def test_a_connection_serves_many_requests(cloudflare: LocalCloudflare) -> None:
    address = ("127.0.0.1", int(cloudflare.base_url.split(":")[2].split("/")[0]))
    request = b"GET /_local/requests HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(address) as connection:
        for _ in range(3):
            connection.sendall(request)
            answer = connection.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
            assert answer.endswith(b"\r\n\r\n[]")


def test_a_body_of_unknown_length_is_refused(cloudflare: LocalCloudflare) -> None:
    answer = httpx.post(local(cloudflare, "seed"), content=iter([b"{}"]))
    assert answer.status_code == 411


def test_stopping_is_prompt_and_leaves_nothing() -> None:
    before = set(threading.enumerate())
    with LocalCloudflare(latency=60) as cloudflare, httpx.Client() as client:
        assert client.get(local(cloudflare, "requests")).status_code == 200  # stays open
        waiting = threading.Thread(target=_expect_nothing, args=[cloudflare.base_url])
        waiting.start()
        while len(set(threading.enumerate()) - before) < 4:
            time.sleep(0.001)  # the acceptor, two connections, and the client that waits
        started = time.monotonic()
        cloudflare.stop()
        waiting.join()
    assert time.monotonic() - started < 60  # what the request would have waited
    assert set(threading.enumerate()) <= before


def _expect_nothing(url: str) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.get(url, timeout=60)


def test_requests_wait_together_not_in_line() -> None:
    with LocalCloudflare(latency=1.5) as cloudflare:
        started = time.monotonic()
        threads = [
            threading.Thread(target=httpx.get, args=[f"{cloudflare.base_url}/x"]) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert 1.5 <= time.monotonic() - started < 12  # eight times as long, in line


def test_a_port_that_is_taken_is_an_error(cloudflare: LocalCloudflare) -> None:
    port = int(cloudflare.base_url.split(":")[2].split("/")[0])
    with pytest.raises(OSError, match="in use"), LocalCloudflare(port=port):
        pass


def test_what_is_given_is_taken() -> None:
    token = "given-token"  # noqa: S105  (it opens nothing)
    cloudflare = LocalCloudflare(
        account_id="a" * 32, zone_id="b" * 32, token=token, email="a@b.c", api_key="0" * 37
    )
    assert (cloudflare.account_id, cloudflare.zone_id) == ("a" * 32, "b" * 32)
    assert (cloudflare.token, cloudflare.email) == (token, "a@b.c")
    assert cloudflare.api_key == "0" * 37
    assert token not in repr(cloudflare.account)


def test_the_plugin_costs_who_does_not_use_it_nothing() -> None:
    code = (
        "import sys, pulumi_cloudflare_access.local_cloudflare.pytest_plugin;"
        "assert not {'werkzeug', 'pulumi', 'httpx'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
