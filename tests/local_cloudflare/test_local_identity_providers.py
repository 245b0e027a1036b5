"""What Access has besides applications, policies and groups: identity providers, service tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local_cloudflare.test_local_policies import MISSING, errors

if TYPE_CHECKING:
    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

OKTA = {"name": "Okta", "type": "okta", "config": {"client_id": "x", "client_secret": "s3cret"}}
SEEDS: dict[str, dict[str, Any]] = {
    "identity_providers": OKTA,
    "service_tokens": {"name": "CI"},
}


@pytest.fixture(params=["account", "zone"])
def parent(request: pytest.FixtureRequest, cloudflare: LocalCloudflare) -> str:
    if request.param == "account":
        return f"/accounts/{cloudflare.account_id}"
    return f"/zones/{cloudflare.zone_id}"


def seed(cloudflare: LocalCloudflare, parent: str, kind: str, *items: Any) -> list[Any]:
    _, scope, scope_id = parent.split("/")
    planted = cloudflare.seed({scope: {scope_id: {f"access/{kind}": list(items)}}})
    objects: list[Any] = planted[scope][scope_id][f"access/{kind}"]
    return objects


@pytest.mark.parametrize("kind", SEEDS)
def test_what_is_seeded_is_listed_and_read_in_its_scope(
    http: httpx.Client, cloudflare: LocalCloudflare, parent: str, kind: str
) -> None:
    [planted] = seed(cloudflare, parent, kind, SEEDS[kind])
    objects = f"{parent}/access/{kind}"
    [listed] = http.get(objects).json()["result"]
    assert listed == http.get(f"{objects}/{planted['id']}").json()["result"]
    assert (listed["id"], listed["name"]) == (planted["id"], SEEDS[kind]["name"])
    missing = http.get(f"{objects}/{MISSING}")
    assert (missing.status_code, errors(missing)) == (404, [(12135, "access.api.error.not_found")])
    other = "zones" if parent.startswith("/accounts") else "accounts"
    scope_id = cloudflare.zone_id if other == "zones" else cloudflare.account_id
    assert http.get(f"/{other}/{scope_id}/access/{kind}").json()["result"] == []


def test_providers_are_only_read(http: httpx.Client, parent: str) -> None:
    assert http.post(f"{parent}/access/identity_providers", json=OKTA).status_code == 405


@pytest.mark.parametrize("kind", SEEDS)
def test_a_seed_keeps_its_id_once(cloudflare: LocalCloudflare, parent: str, kind: str) -> None:
    [planted] = seed(cloudflare, parent, kind, SEEDS[kind] | {"id": MISSING})
    assert planted["id"] == MISSING
    with pytest.raises(ValueError, match=f"{MISSING} already"):
        seed(cloudflare, parent, kind, SEEDS[kind] | {"id": MISSING})


def test_secrets_of_identity_providers_are_masked(
    http: httpx.Client, cloudflare: LocalCloudflare, parent: str
) -> None:
    seed(
        cloudflare,
        parent,
        "identity_providers",
        OKTA | {"scim_config": {"enabled": True, "secret": "s3cret"}},
        {"name": "OTP", "type": "onetimepin"},
    )
    listed = http.get(f"{parent}/access/identity_providers")
    assert "s3cret" not in listed.text
    okta, otp = listed.json()["result"]
    assert (okta["config"]["client_secret"], okta["scim_config"]["secret"]) == ("********",) * 2
    assert okta["scim_config"]["identity_update_behavior"] == "no_action"
    assert otp["config"] == {}
    only = http.get(f"{parent}/access/identity_providers", params={"scim_enabled": "true"})
    assert [provider["name"] for provider in only.json()["result"]] == ["Okta"]
    assert only.json()["result_info"]["per_page"] == 200


def test_service_tokens_are_found_by_name(
    http: httpx.Client, cloudflare: LocalCloudflare, parent: str
) -> None:
    seed(cloudflare, parent, "service_tokens", {"name": "CI"}, {"name": "ci 2", "duration": "1h"})
    tokens = f"{parent}/access/service_tokens"

    def names(**query: str) -> list[str]:
        return [token["name"] for token in http.get(tokens, params=query).json()["result"]]

    assert names(name="CI") == ["CI"]
    assert names(search="CI") == ["CI", "ci 2"]
    first = http.get(tokens).json()["result"][0]
    assert first["duration"] == "8760h"
    assert first["client_id"].endswith(".access.example.com")
    assert first["created_at"] < first["expires_at"]
    assert first["enabled"] is True
