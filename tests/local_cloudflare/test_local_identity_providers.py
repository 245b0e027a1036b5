"""What Access has besides applications, policies and groups: identity providers, service tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local_cloudflare.test_local_policies import MISSING, errors
from pulumi_cloudflare_access.local_cloudflare.access.identity_providers.models import (
    IdentityProviderBackend,
)

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
    assert otp["config"].keys() == {"redirect_url"}
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


AZURE = {"client_id": "c", "client_secret": "s3cret", "directory_id": "d"}


def test_a_provider_is_written_and_its_secret_stays_behind(
    http: httpx.Client, cloudflare: LocalCloudflare, parent: str
) -> None:
    providers = f"{parent}/access/identity_providers"
    body = {"name": "Entra", "type": "azureAD", "config": AZURE, "scim_config": {"enabled": True}}
    made = http.post(providers, json=body)
    assert made.status_code == 201, made.text
    created = made.json()["result"]
    # This once.
    assert len(created["scim_config"]["secret"]) == 64
    one = f"{providers}/{created['id']}"
    shown = http.get(one).json()["result"]
    assert {*shown["scim_config"]["secret"]} == {"*"}
    backend = cloudflare.account.of(IdentityProviderBackend)
    if parent.startswith("/zones"):
        backend = cloudflare.zone.of(IdentityProviderBackend)

    def kept() -> Any:
        return backend.identity_providers[created["id"]]["config"].get("client_secret")

    # An answer can be sent back as it is.
    assert http.put(one, json={**shown, "name": "Entra 2"}).json()["result"]["name"] == "Entra 2"
    assert kept() == "s3cret"
    without = {**body, "config": {**AZURE, "client_secret": None}}
    cloudflare.switches.identity_provider_secrets = "absence_keeps"
    assert http.put(one, json=without).status_code == 200
    assert kept() == "s3cret"
    assert http.put(one, json=shown).status_code == 400
    cloudflare.switches.identity_provider_secrets = "mask_keeps"
    assert http.put(one, json=without).status_code == 200
    assert kept() is None
    assert http.delete(one).status_code == 202
    assert http.get(one).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/config", "/name", "/type"]),
        ({"type": "github"}, ["/config/client_id", "/config/client_secret"]),
        ({"type": "azureAD", "config": {**AZURE, "okta_account": "x"}}, ["/config/okta_account"]),
        ({"type": "onetimepin", "strange": 1}, ["/strange"]),
        (
            {"type": "onetimepin", "scim_config": {"seat_deprovision": True}},
            ["/scim_config"],
        ),
    ],
)
def test_what_is_wrong_with_a_provider_is_refused(
    http: httpx.Client, cloudflare: LocalCloudflare, body: dict[str, Any], pointers: list[str]
) -> None:
    cloudflare.switches.foreign_fields = "refuse"
    whole = {"name": "X", "config": {}, **body} if body else {}
    url = f"/accounts/{cloudflare.account_id}/access/identity_providers"
    refused = http.post(url, json=whole)
    assert refused.status_code == 400
    assert sorted(e["source"]["pointer"] for e in refused.json()["errors"]) == pointers


def test_a_service_token_lives_and_lets_in_as_long_as_it_is_good(
    http: httpx.Client, cloudflare: LocalCloudflare, parent: str
) -> None:
    tokens = f"{parent}/access/service_tokens"
    made = http.post(tokens, json={"name": "CI", "duration": "48h"}).json()["result"]
    one, words = f"{tokens}/{made['id']}", (made["client_id"], made["client_secret"])
    assert cloudflare.accepts_service_token(*words)
    assert not cloudflare.accepts_service_token(words[0], "another")
    assert "client_secret" not in http.get(one).json()["result"]
    # A new version is a rotation, in zones too.
    body = {
        "name": "CI",
        "duration": "48h",
        "client_secret_version": 2,
        "previous_client_secret_expires_at": "2999-01-01T00:00:00+01:00",
    }
    rotated = http.put(one, json=body).json()["result"]
    assert rotated["client_secret"] != words[1]
    assert cloudflare.accepts_service_token(words[0], rotated["client_secret"])
    assert cloudflare.accepts_service_token(*words)
    for act in ("rotate", "refresh"):
        due = 200 if parent.startswith("/accounts") else 404
        assert http.post(f"{one}/{act}", json={}).status_code == due
    wrong = {"name": "", "duration": "1y", "enabled": "yes", "strange": 1}
    assert len(http.post(tokens, json=wrong).json()["errors"]) == 4
    cloudflare.clock.advance(49 * 3600)
    assert not cloudflare.accepts_service_token(*words)
    assert http.delete(one).json()["result"]["name"] == "CI"
