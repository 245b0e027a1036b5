from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from local_cloudflare.iam import MISSING, errors, result

if TYPE_CHECKING:
    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

NOT_VERIFIED = [(400, 400, "SSO connector is not verified")]
NOT_FOUND = [(404, 404, "SSO connector not found")]


@pytest.fixture
def connectors(account: str) -> str:
    return f"{account}/sso_connectors"


def create(http: httpx.Client, connectors: str, domain: str = "example.com", **fields: Any) -> str:
    created = result(http.post(connectors, json={"email_domain": domain} | fields))
    return f"{connectors}/{created['id']}"


def status(http: httpx.Client, connector: str) -> str:
    verification: dict[str, str] = result(http.get(connector))["verification"]
    return verification["status"]


def move(cloudflare: LocalCloudflare, connector: str, status: str) -> httpx.Response:
    control = cloudflare.base_url.replace("/client/v4", "/_local/sso")
    return httpx.post(f"{control}/{connector.rsplit('/', 1)[1]}", json={"status": status})


def test_a_connector_is_created_verified_enabled_disabled_and_deleted(
    http: httpx.Client, connectors: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    created = result(http.post(connectors, json={"email_domain": "Example.com"}))
    code = created["verification"]["code"]
    assert re.fullmatch(r"cloudflare_dashboard_sso=[0-9a-f]{32}", code)
    assert re.fullmatch(r"[0-9a-f]{32}", created["id"])
    assert created == {
        "id": created["id"],
        "email_domain": "example.com",
        "enabled": False,
        "use_fedramp_language": False,
        "created_on": created["created_on"],
        "updated_on": created["created_on"],
        "verification": {"code": code, "status": "pending"},
    }
    one = f"{connectors}/{created['id']}"
    assert result(http.get(one)) == created
    assert errors(http.patch(one, json={"enabled": True})) == NOT_VERIFIED
    assert move(cloudflare, one, "verified").json()["status"] == "verified"
    enabled = result(http.patch(one, json={"enabled": True}))
    assert enabled == created | {
        "enabled": True,
        "updated_on": enabled["updated_on"],
        "verification": {"code": code, "status": "verified"},
    }
    assert result(http.patch(one, json={"use_fedramp_language": True}))["enabled"] is True
    assert errors(http.delete(one)) == [(400, 400, "SSO connector is enabled")]
    assert result(http.patch(one, json={"enabled": False}))["use_fedramp_language"] is True
    assert result(http.delete(one)) == {"id": created["id"]}
    assert errors(http.get(one)) == NOT_FOUND


def test_verification_may_wait(http: httpx.Client, connectors: str) -> None:
    one = create(http, connectors, begin_verification=False)
    assert status(http, one) == "awaiting"
    begun = http.post(f"{one}/begin_verification")
    assert begun.status_code == 200
    assert begun.json() == {"success": True, "errors": [], "messages": []}
    assert status(http, one) == "pending"


def test_verification_can_begin_again_after_a_failure_and_does_not_undo_success(
    http: httpx.Client, connectors: str, cloudflare: LocalCloudflare
) -> None:
    one = create(http, connectors)
    move(cloudflare, one, "failed")
    assert status(http, one) == "failed"
    assert errors(http.patch(one, json={"enabled": True})) == NOT_VERIFIED
    http.post(f"{one}/begin_verification")
    assert status(http, one) == "pending"
    move(cloudflare, one, "verified")
    http.post(f"{one}/begin_verification")
    assert status(http, one) == "verified"


@pytest.mark.parametrize("end", ["verified", "failed"])
def test_verification_moves_on_by_time(
    http: httpx.Client, connectors: str, cloudflare: LocalCloudflare, end: str
) -> None:
    cloudflare.switches.sso_verified_after = 0.2 if end == "verified" else 60
    cloudflare.switches.sso_failed_after = 0.2 if end == "failed" else None
    one = create(http, connectors)
    begun = time.monotonic()
    waiting = create(http, connectors, "example.org", begin_verification=False)
    seen = [status(http, one)]
    while seen[-1] == "pending" and time.monotonic() < begun + 20:
        time.sleep(0.02)
        seen.append(status(http, one))
    assert seen[-1] == end
    assert time.monotonic() - begun > 0.15
    assert status(http, waiting) == "awaiting"


def test_time_stands_still_unless_told_so(http: httpx.Client, connectors: str) -> None:
    one = create(http, connectors)
    time.sleep(0.05)
    assert status(http, one) == "pending"


def test_it_is_moved_on_without_a_server_too(
    http: httpx.Client, connectors: str, cloudflare: LocalCloudflare
) -> None:
    one = create(http, connectors)
    assert cloudflare.move_sso(one.rsplit("/", 1)[1], "verified")["status"] == "verified"
    assert status(http, one) == "verified"
    with pytest.raises(LookupError, match=r"no account has an SSO connector 0+"):
        cloudflare.move_sso(MISSING, "verified")


def test_the_control_route_says_what_is_wrong(
    http: httpx.Client, connectors: str, cloudflare: LocalCloudflare
) -> None:
    one = create(http, connectors)
    wrong = move(cloudflare, one, "perfect")
    assert (wrong.status_code, wrong.json()) == (
        400,
        {
            "error": "not a status: status is one of awaiting, pending, failed, verified, "
            "not 'perfect'"
        },
    )
    nobody = move(cloudflare, f"/{MISSING}", "failed")
    assert (nobody.status_code, nobody.json()) == (
        404,
        {"error": f"no account has an SSO connector {MISSING}"},
    )
    control = cloudflare.base_url.replace("/client/v4", "/_local/sso")
    empty = httpx.post(f"{control}/{one.rsplit('/', 1)[1]}", json={})
    assert (empty.status_code, empty.json()) == (
        400,
        {"error": "not a status: 'status' is missing"},
    )


@pytest.mark.parametrize("verb", ["GET", "POST", "PATCH", "DELETE"])
def test_only_tokens_are_taken(
    cloudflare: LocalCloudflare, http: httpx.Client, connectors: str, verb: str
) -> None:
    one = create(http, connectors)
    key = {"X-Auth-Email": cloudflare.email, "X-Auth-Key": cloudflare.api_key}
    paths = {"GET": [connectors, one], "POST": [connectors, f"{one}/begin_verification"]}
    for path in paths.get(verb, [one]):
        answer = httpx.request(verb, f"{cloudflare.base_url}{path}", headers=key)
        assert errors(answer) == [(403, 10000, "Authentication error")]
    members = connectors.replace("sso_connectors", "members")
    assert httpx.get(f"{cloudflare.base_url}{members}", headers=key).status_code == 200


@pytest.mark.parametrize(
    ("body", "details"),
    [
        (None, ["body should be an object"]),
        ({}, ["email_domain field should not be empty"]),
        ({"email_domain": "example"}, ["email_domain field should be a domain"]),
        ({"email_domain": "@example.com"}, ["email_domain field should be a domain"]),
        ({"email_domain": "gmail.com"}, ["gmail.com is a public e-mail domain"]),
        ({"email_domain": "GMX.de"}, ["gmx.de is a public e-mail domain"]),
        ({"email_domain": "school.edu"}, ["school.edu is a public e-mail domain"]),
        (
            {"email_domain": "example.com", "begin_verification": 1, "enabled": True},
            ["begin_verification field should be a boolean", "SSO connector is not verified"],
        ),
    ],
)
def test_a_body_that_is_wrong_is_refused(
    http: httpx.Client, connectors: str, body: Any, details: list[str]
) -> None:
    response = http.post(connectors, json=body) if body is not None else http.post(connectors)
    assert errors(response) == [(400, 400, detail) for detail in details]
    assert result(http.get(connectors)) == []


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"email_domain": "example.org"}, "unknown field email_domain"),
        ({"begin_verification": True}, "unknown field begin_verification"),
        ({"enabled": "yes"}, "enabled field should be a boolean"),
    ],
)
def test_a_change_that_is_wrong_is_refused(
    http: httpx.Client, connectors: str, cloudflare: LocalCloudflare, body: Any, detail: str
) -> None:
    one = create(http, connectors)
    move(cloudflare, one, "verified")
    assert errors(http.patch(one, json=body)) == [(400, 400, detail)]
    assert errors(http.put(one, json={})) == [(405, 10405, "Method not allowed")]


def test_an_account_has_a_domain_once(http: httpx.Client, connectors: str) -> None:
    create(http, connectors)
    refused = http.post(connectors, json={"email_domain": "EXAMPLE.com"})
    assert errors(refused) == [(409, 409, "an SSO connector for example.com already exists")]


def test_one_account_at_a_time_has_a_domain_enabled(
    http: httpx.Client, connectors: str, cloudflare: LocalCloudflare
) -> None:
    other = cloudflare.add_account(token=cloudflare.token)
    document = {"email_domain": "example.com", "status": "verified", "enabled": True}
    seeded = cloudflare.seed({"accounts": {other.id: {"sso_connectors": [document]}}})
    [theirs] = seeded["accounts"][other.id]["sso_connectors"]
    mine = create(http, connectors)
    move(cloudflare, mine, "verified")
    assert errors(http.patch(mine, json={"enabled": True})) == [
        (400, 400, "example.com is enabled in another account")
    ]
    http.patch(f"/accounts/{other.id}/sso_connectors/{theirs['id']}", json={"enabled": False})
    assert result(http.patch(mine, json={"enabled": True}))["enabled"] is True


@pytest.mark.parametrize("verb", ["GET", "PATCH", "DELETE", "POST"])
def test_a_connector_that_is_not_there_is_not_found(
    http: httpx.Client, connectors: str, verb: str
) -> None:
    one = f"{connectors}/{MISSING}" + ("/begin_verification" if verb == "POST" else "")
    response = http.request(verb, one, json={} if verb == "PATCH" else None)
    assert errors(response) == NOT_FOUND


def test_a_list_is_one_page_in_any_order(
    http: httpx.Client, connectors: str, cloudflare: LocalCloudflare
) -> None:
    document = [{"email_domain": f"example{number}.com"} for number in range(30)]
    cloudflare.seed({"sso_connectors": document})
    answers = [http.get(connectors).json() for _ in range(5)]
    assert len({tuple(it["id"] for it in answer["result"]) for answer in answers}) > 1
    assert answers[0]["result_info"] == {
        "page": 1,
        "per_page": 30,
        "count": 30,
        "total_count": 30,
    }
    cloudflare.switches.iam_result_info = False
    assert "result_info" not in http.get(connectors).json()


def test_a_seed_may_bring_its_id_once(cloudflare: LocalCloudflare) -> None:
    connector = {"id": "a" * 32, "email_domain": "example.com"}
    cloudflare.seed({"sso_connectors": [connector]})
    with pytest.raises(ValueError, match=r"there is an SSO connector a+ already"):
        cloudflare.seed({"sso_connectors": [connector | {"email_domain": "example.org"}]})
