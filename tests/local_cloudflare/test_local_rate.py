"""The rate limit, in virtual time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

if TYPE_CHECKING:
    from collections.abc import Iterator

QUOTA = 20
REFUSED = [{"code": 971, "message": "Please wait and consider throttling your request speed"}]


@pytest.fixture
def cloudflare() -> Iterator[LocalCloudflare]:
    with LocalCloudflare(strict=True, max_requests=QUOTA) as cloudflare:
        cloudflare.clock.stop()
        yield cloudflare


@pytest.fixture
def ask(http: httpx.Client, cloudflare: LocalCloudflare) -> Ask:
    return Ask(http, f"/accounts/{cloudflare.account_id}/access/groups")


class Ask:
    def __init__(self, http: httpx.Client, path: str) -> None:
        self.http = http
        self.path = path

    def __call__(self, times: int = 1) -> httpx.Response:
        """Return the last of so many answers."""
        answers = [self.http.get(self.path) for _ in range(times)]
        return answers[-1]


def test_one_request_too_many_is_refused(ask: Ask) -> None:
    assert ask(QUOTA).status_code == 200
    answer = ask()
    assert answer.status_code == 429
    assert answer.json()["errors"] == REFUSED
    assert answer.headers["cf-ray"]


def test_only_a_refusal_says_when_to_come_back(cloudflare: LocalCloudflare, ask: Ask) -> None:
    answer = ask(QUOTA)
    assert answer.headers["ratelimit"] == '"default";r=0;t=300'
    assert "retry-after" not in answer.headers
    answer = ask()
    assert answer.headers["ratelimit"] == '"default";r=0;t=300'
    assert answer.headers["ratelimit-policy"] == f'"default";q={QUOTA};w=300'
    assert answer.headers["retry-after"] == "300"
    cloudflare.clock.advance(0.5)
    assert ask().headers["retry-after"] == "300"
    cloudflare.clock.advance(298.5)
    assert ask().headers["retry-after"] == "1"


def test_the_lock_out_lasts_five_minutes_whatever_is_asked_meanwhile(
    cloudflare: LocalCloudflare, ask: Ask
) -> None:
    ask()
    cloudflare.clock.advance(299)
    ask(QUOTA)  # locked out, though in a second there would be room for one
    for _ in range(30):
        assert ask().status_code == 429
        cloudflare.clock.advance(9.99)
    cloudflare.clock.advance(0.3)
    answer = ask()
    assert answer.status_code == 200
    assert answer.headers["ratelimit"] == f'"default";r={QUOTA - 1};t=300'


def test_the_window_slides(cloudflare: LocalCloudflare, ask: Ask) -> None:
    for _ in range(3 * QUOTA):
        assert ask().status_code == 200
        cloudflare.clock.advance(300 / QUOTA)
    assert ask().headers["ratelimit"] == f'"default";r=0;t={300 // QUOTA}'


def test_every_verb_and_path_is_refused(
    cloudflare: LocalCloudflare, http: httpx.Client, ask: Ask
) -> None:
    ask(QUOTA + 1)
    assert http.post(ask.path, json={}).status_code == 429
    assert http.get("/nowhere").status_code == 429
    cloudflare.clock.advance(300)
    assert http.get("/nowhere").status_code == 404
    assert [request["status"] for request in cloudflare.requests[-3:]] == [429, 429, 404]


def test_a_user_has_one_quota_for_every_credential(cloudflare: LocalCloudflare, ask: Ask) -> None:
    ask(QUOTA)
    key = {"X-Auth-Email": cloudflare.email, "X-Auth-Key": cloudflare.api_key}
    assert httpx.get(f"{cloudflare.base_url}{ask.path}", headers=key).status_code == 429
    assert ask().status_code == 429


def test_another_user_is_not_locked_out(cloudflare: LocalCloudflare, ask: Ask) -> None:
    ask(QUOTA + 1)
    other = cloudflare.add_account()
    url = f"{cloudflare.base_url}/accounts/{other.id}/access/groups"
    answer = httpx.get(url, headers={"Authorization": f"Bearer {other.token}"})
    assert answer.status_code == 200
    assert answer.headers["ratelimit"] == f'"default";r={QUOTA - 1};t=300'


def test_without_strict_the_limit_is_told_and_not_enforced(
    cloudflare: LocalCloudflare, ask: Ask
) -> None:
    cloudflare.switches.strict = False
    answer = ask(QUOTA + 5)
    assert answer.status_code == 200
    assert answer.headers["ratelimit"] == '"default";r=0;t=300'


def test_a_reset_unlocks(cloudflare: LocalCloudflare, ask: Ask) -> None:
    ask(QUOTA + 1)
    cloudflare.reset()
    assert ask().status_code == 200


def test_the_real_quota_is_1200_in_five_minutes() -> None:
    cloudflare = LocalCloudflare(strict=True)
    cloudflare.clock.stop()
    with httpx.Client(
        transport=httpx.WSGITransport(app=cloudflare.app),
        base_url=cloudflare.base_url,
        headers={"Authorization": f"Bearer {cloudflare.token}"},
    ) as client:
        statuses = [client.get("/x").status_code for _ in range(1201)]
    assert statuses == [404] * 1200 + [429]
