"""What the local Cloudflare does differently when it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from harness.strange import holds, with_new
from pulumi_cloudflare_access import LocalCloudflare

RULE = {"email": {"email": "ada@example.com"}}
OKTA = {"okta": {"name": "staff", "identity_provider_id": "ea85612a-29c8-46c2-bacb-669d65136971"}}
POLICY: dict[str, Any] = {"name": "Staff", "decision": "allow", "include": [RULE]}
APP: dict[str, Any] = {"type": "self_hosted", "name": "Wiki", "domain": "wiki.example.com"}


@pytest.fixture
def cloudflare() -> LocalCloudflare:
    return LocalCloudflare()


@pytest.fixture
def http(cloudflare: LocalCloudflare) -> Iterator[httpx.Client]:
    with httpx.Client(
        transport=httpx.WSGITransport(app=cloudflare.app),
        base_url=f"{cloudflare.base_url}/accounts/{cloudflare.account_id}",
        headers={"Authorization": f"Bearer {cloudflare.token}"},
    ) as client:
        yield client


def bodies(cloudflare: LocalCloudflare, http: httpx.Client) -> dict[str, dict[str, Any]]:
    """Return a body for every collection that takes one, with objects in it."""
    key = f"com.cloudflare.api.account.{cloudflare.account_id}"
    [permission, *_] = http.get("iam/permission_groups").json()["result"]
    [everything, *_] = http.get("iam/resource_groups").json()["result"]
    grant = {
        "access": "allow",
        "permission_groups": [{"id": permission["id"]}],
        "resource_groups": [{"id": everything["id"]}],
    }
    return {
        "access/groups": {"name": "Staff", "include": [RULE, OKTA]},
        "access/policies": {**POLICY, "approval_groups": [{"approvals_needed": 1}]},
        "access/apps": {**APP, "cors_headers": {"max_age": 1}, "mfa_config": {}},
        "iam/resource_groups": {"name": "All", "scope": {"key": key, "objects": [{"key": "*"}]}},
        "iam/user_groups": {"name": "Admins", "policies": [grant]},
    }


COLLECTIONS = [
    "access/groups", "access/policies", "access/apps", "iam/resource_groups", "iam/user_groups",
]  # fmt: skip


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_fields_that_nobody_knows_are_refused_taken_or_kept(
    collection: str, cloudflare: LocalCloudflare, http: httpx.Client
) -> None:
    body = bodies(cloudflare, http)[collection]
    grown = with_new(body)
    refused = http.post(collection, json=grown)
    assert refused.status_code == 400
    assert "unknown field" in refused.text
    cloudflare.switches.unknown_fields = "ignore"
    made = http.post(collection, json={**grown, "name": "One"} | {"domain": "a.example.com"})
    assert made.is_success, made.text
    assert "new" not in made.text
    cloudflare.switches.unknown_fields = "keep"
    path = f"{collection}/{made.json()['result']['id']}"
    kept = http.put(path, json=grown)
    assert kept.is_success, kept.text
    for answer in (kept.json()["result"], http.get(path).json()["result"]):
        assert holds(answer, grown)
    assert "new" not in http.put(path, json=body).text


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_what_is_seeded_may_hold_fields_that_nobody_knows(
    collection: str, cloudflare: LocalCloudflare, http: httpx.Client
) -> None:
    cloudflare.switches.unknown_fields = "keep"
    grown = with_new(bodies(cloudflare, http)[collection])
    [planted] = cloudflare.seed({collection: [grown]})[collection]
    assert holds(http.get(f"{collection}/{planted['id']}").json()["result"], grown)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_field_that_nobody_has_documented_may_come_back(
    collection: str, cloudflare: LocalCloudflare, http: httpx.Client
) -> None:
    body = bodies(cloudflare, http)[collection]
    made = http.post(collection, json=body).json()["result"]
    assert "local_cloudflare" not in str(made)
    cloudflare.switches.undocumented_fields = True
    answer = http.get(f"{collection}/{made['id']}").json()["result"]
    assert answer["local_cloudflare"] is True
    again = http.put(f"{collection}/{made['id']}", json={**body, "local_cloudflare": True})
    assert again.is_success, again.text


def test_a_rule_may_hold_what_nobody_knows(cloudflare: LocalCloudflare, http: httpx.Client) -> None:
    both = {**RULE, "geo": {"country_code": "de"}}
    new = {"shoe_size": {"size": 42}}
    deep = {"okta": {**OKTA["okta"], "depth": 2}}
    body = {"name": "Staff", "include": [both, new, deep]}
    assert http.post("access/groups", json=body).status_code == 400
    cloudflare.switches.accept_unknown_selectors = True
    made = http.post("access/groups", json=body).json()["result"]
    assert holds(made["include"], [{**both, "geo": {"country_code": "DE"}}, new, deep])


def test_answers_may_leave_out_what_is_false_or_empty(
    cloudflare: LocalCloudflare, http: httpx.Client
) -> None:
    cloudflare.switches.empty_values = "answered"
    said = {"skip_interstitial": False, "logo_url": "", "http_only_cookie_attribute": False}
    nested = {"cors_headers": {"allow_all_headers": False, "max_age": 0}, "custom_pages": []}
    app = http.post("access/apps", json=APP | said | nested).json()["result"]
    assert holds(app, said | nested)
    policy = http.post("access/policies", json=POLICY).json()["result"]
    group = http.post("iam/user_groups", json={"name": "Nobody"}).json()["result"]
    assert (policy["approval_required"], group["policies"]) == (False, [])
    cloudflare.switches.empty_values = "omitted"
    app = http.get(f"access/apps/{app['id']}").json()["result"]
    assert app.keys().isdisjoint({"skip_interstitial", "logo_url", "custom_pages", "policies"})
    assert app["http_only_cookie_attribute"] is False, "its default is true"
    assert app["cors_headers"] == {"max_age": 0}
    policy = http.get(f"access/policies/{policy['id']}").json()["result"]
    assert policy.keys().isdisjoint({"approval_required", "isolation_required", "exclude"})
    assert "policies" not in http.get(f"iam/user_groups/{group['id']}").json()["result"]


def test_null_is_as_good_as_nothing(http: httpx.Client) -> None:
    nothing = dict.fromkeys(("skip_interstitial", "logo_url", "cors_headers", "session_duration"))
    app = http.post("access/apps", json=APP | nothing).json()["result"]
    assert app.keys().isdisjoint({"skip_interstitial", "logo_url", "cors_headers"})
    assert app["session_duration"] == "24h"


@pytest.mark.parametrize(("unset", "answered"), [("24h", "24h"), ("application", None)])
@pytest.mark.parametrize("collection", ["access/policies", "access/apps/{}/policies"])
def test_the_session_of_a_policy_that_says_nothing(
    collection: str,
    unset: Any,
    answered: str | None,
    cloudflare: LocalCloudflare,
    http: httpx.Client,
) -> None:
    app = http.post("access/apps", json=APP).json()["result"]
    collection = collection.format(app["id"])
    cloudflare.switches.policy_session = unset
    policy = http.post(collection, json=POLICY).json()["result"]
    assert policy.get("session_duration") == answered
    # As long as the application's: in both readings, and only if it is said.
    path = f"{collection}/{policy['id']}"
    said = http.put(path, json={**POLICY, "session_duration": ""})
    assert said.is_success, said.text
    assert "session_duration" not in said.json()["result"]
    again = http.put(path, json=POLICY).json()["result"]
    assert again.get("session_duration") == answered


@pytest.mark.parametrize(("switch", "order"), [("first", ["B", "A"]), ("last", ["A", "B"])])
def test_precedence_0_is_a_place_or_none(
    switch: Any, order: list[str], cloudflare: LocalCloudflare, http: httpx.Client
) -> None:
    cloudflare.switches.precedence_zero = switch
    app = http.post("access/apps", json=APP).json()["result"]
    for name, place in (("A", 1), ("B", 0)):
        http.post(
            f"access/apps/{app['id']}/policies", json={**POLICY, "name": name, "precedence": place}
        )
    answered = http.get(f"access/apps/{app['id']}/policies").json()["result"]
    assert [policy["name"] for policy in answered] == order
    assert (0 in {policy["precedence"] for policy in answered}) is (switch == "first")


def test_the_account_of_a_rule_may_be_filled_in(
    cloudflare: LocalCloudflare, http: httpx.Client
) -> None:
    body = {"name": "Staff", "include": [{"cloudflare_account_member": {}}]}
    made = http.post("access/groups", json=body).json()["result"]
    assert made["include"] == [{"cloudflare_account_member": {}}]
    cloudflare.switches.account_of_rules = "filled_in"
    made = http.post("access/groups", json=body).json()["result"]
    own = {"account_id": cloudflare.account_id}
    assert made["include"] == [{"cloudflare_account_member": own}]


def test_without_warp_sessions_no_application_may_speak_of_them(
    cloudflare: LocalCloudflare, http: httpx.Client
) -> None:
    app = http.post("access/apps", json=APP).json()["result"]
    assert "allow_authenticate_via_warp" not in app
    cloudflare.switches.warp_sessions = False
    path = f"access/apps/{app['id']}"
    assert http.get(path).json()["result"]["allow_authenticate_via_warp"] is False
    for value in (True, False):
        refused = http.put(path, json={**APP, "allow_authenticate_via_warp": value})
        assert refused.status_code == 400
        assert "Warp Auth Session Duration is not set" in refused.text
    assert http.put(path, json=APP).is_success
