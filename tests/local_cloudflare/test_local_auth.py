from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

FORMAT = (6111, "Invalid format for Authorization header")
NO_EMAIL = (6100, "Missing X-Auth-Email header")
NO_KEY = (6101, "Missing X-Auth-Key header")
EMAIL = (6102, "Invalid format for X-Auth-Email header")
KEY = (6103, "Invalid format for X-Auth-Key header")
UNKNOWN_KEY = "0" * 37


def get(cloudflare: LocalCloudflare, path: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.get(f"{cloudflare.base_url}{path}", headers=named)


@pytest.fixture(params=["accounts", "zones"])
def groups(request: pytest.FixtureRequest, cloudflare: LocalCloudflare) -> str:
    scope = cloudflare.account if request.param == "accounts" else cloudflare.zone
    return f"/{request.param}/{scope.id}/access/groups"


def test_a_token_opens_its_account(cloudflare: LocalCloudflare, groups: str) -> None:
    assert get(cloudflare, groups, Authorization=f"Bearer {cloudflare.token}").status_code == 200


def test_an_email_address_and_a_key_open_their_account(
    cloudflare: LocalCloudflare, groups: str
) -> None:
    answer = get(cloudflare, groups, X_Auth_Email=cloudflare.email, X_Auth_Key=cloudflare.api_key)
    assert answer.status_code == 200


MALFORMED: list[tuple[dict[str, str], list[tuple[int, str]]]] = [
    ({}, [NO_EMAIL, NO_KEY]),
    ({"X_Auth_Email": "ada@example.com"}, [NO_KEY]),
    ({"X_Auth_Key": UNKNOWN_KEY}, [NO_EMAIL]),
    ({"X_Auth_Email": "ada", "X_Auth_Key": "secret"}, [EMAIL, KEY]),
    ({"Authorization": "Basic YTpi"}, [FORMAT]),
    ({"Authorization": "Bearer"}, [FORMAT]),
    ({"Authorization": "Bearer a token with blanks"}, [FORMAT]),
]


@pytest.mark.parametrize(("headers", "chain"), MALFORMED)
def test_headers_that_are_no_credentials_are_named_in_a_chain(
    cloudflare: LocalCloudflare,
    groups: str,
    headers: dict[str, str],
    chain: list[tuple[int, str]],
) -> None:
    answer = get(cloudflare, groups, **headers)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {
            "code": 6003,
            "message": "Invalid request headers",
            "error_chain": [{"code": code, "message": message} for code, message in chain],
        }
    ]


def test_a_token_that_nobody_issued_is_invalid(cloudflare: LocalCloudflare, groups: str) -> None:
    answer = get(cloudflare, groups, Authorization="Bearer 0123456789")
    assert answer.status_code == 403
    assert answer.json()["errors"] == [{"code": 9109, "message": "Invalid access token"}]


def test_a_key_of_somebody_else_is_an_authentication_error(
    cloudflare: LocalCloudflare, groups: str
) -> None:
    answer = get(cloudflare, groups, X_Auth_Email=cloudflare.email, X_Auth_Key=UNKNOWN_KEY)
    assert answer.status_code == 403
    assert answer.json()["errors"] == [{"code": 10000, "message": "Authentication error"}]


def test_two_accounts_are_closed_to_each_other(cloudflare: LocalCloudflare) -> None:
    other = cloudflare.add_account()
    zone = cloudflare.add_zone(account=other)
    for path in (f"/accounts/{other.id}", f"/zones/{zone.id}"):
        mine = get(cloudflare, f"{path}/access/groups", Authorization=f"Bearer {cloudflare.token}")
        assert mine.status_code == 403
        assert mine.json()["errors"] == [{"code": 10000, "message": "Authentication error"}]
        theirs = get(cloudflare, f"{path}/access/groups", Authorization=f"Bearer {other.token}")
        assert theirs.status_code == 200
    assert other.zones == [zone]


def test_a_token_may_open_several_accounts(cloudflare: LocalCloudflare) -> None:
    other = cloudflare.add_account(token=cloudflare.token)
    path = f"/accounts/{other.id}/access/groups"
    assert get(cloudflare, path, Authorization=f"Bearer {cloudflare.token}").status_code == 200


@pytest.mark.parametrize("path", ["/user/tokens/verify", "/accounts/{}/tokens/verify"])
def test_a_token_can_be_verified(cloudflare: LocalCloudflare, path: str) -> None:
    path = path.format(cloudflare.account_id)
    answer = get(cloudflare, path, Authorization=f"Bearer {cloudflare.token}").json()
    assert answer["result"] == {"id": cloudflare.account.token_id, "status": "active"}
    assert answer["messages"] == [
        {"code": 10000, "message": "This API Token is valid and active", "type": None}
    ]


def test_a_token_that_is_none_is_not_verified(cloudflare: LocalCloudflare) -> None:
    answer = get(cloudflare, "/user/tokens/verify", Authorization="Bearer 0123456789")
    assert answer.status_code == 401
    assert answer.json()["errors"] == [{"code": 1000, "message": "Invalid API Token"}]


def test_without_a_token_there_is_nothing_to_verify(cloudflare: LocalCloudflare) -> None:
    answer = get(
        cloudflare,
        f"/accounts/{cloudflare.account_id}/tokens/verify",
        X_Auth_Email=cloudflare.email,
        X_Auth_Key=cloudflare.api_key,
    )
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"code": 1001, "message": "missing auth token"}]
