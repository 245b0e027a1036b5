"""Cloudflare's own Python SDK against the routes of applications and policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cloudflare as sdk
import pytest

from local_cloudflare.documented import CLASSES, request
from local_cloudflare.samples import EXAMPLE_GROUP, RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

Scope = dict[str, Any]
EVERYONE: Any = [{"everyone": {}}]
POLICY: dict[str, Any] = {"name": "Staff", "decision": "allow", "include": EVERYONE}


@pytest.fixture
def client(cloudflare: LocalCloudflare) -> Iterator[sdk.Cloudflare]:
    with sdk.Cloudflare(
        api_token=cloudflare.token, base_url=cloudflare.base_url, max_retries=0
    ) as client:
        yield client


@pytest.fixture(params=["account_id", "zone_id"])
def scope(request: pytest.FixtureRequest, cloudflare: LocalCloudflare) -> Scope:
    cloudflare.seed({"access/tags": [{"name": "engineers"}]})
    return {request.param: getattr(cloudflare, request.param)}


@pytest.mark.parametrize("kind", CLASSES)
def test_the_sdk_drives_every_application_route(
    client: sdk.Cloudflare, scope: Scope, kind: str
) -> None:
    apps: Any = client.zero_trust.access.applications
    body = request(kind)
    created = apps.create(**body, **scope)
    assert created.type == kind
    assert apps.update(created.id, **body, **scope).id == created.id
    assert apps.get(created.id, **scope).aud == created.aud
    assert [app.id for app in apps.list(**scope)] == [created.id]
    assert apps.delete(created.id, **scope).id == created.id
    with pytest.raises(sdk.NotFoundError):
        apps.get(created.id, **scope)


def test_the_sdk_drives_every_route_of_an_applications_policies(
    client: sdk.Cloudflare, scope: Scope
) -> None:
    apps: Any = client.zero_trust.access.applications
    app = apps.create(type="self_hosted", domain="app.example.com", **scope)
    created = apps.policies.create(app.id, **POLICY, **scope)
    assert created.precedence == 1
    updated = apps.policies.update(created.id, app_id=app.id, **POLICY | {"name": "All"}, **scope)
    assert updated.name == "All"
    read = apps.policies.get(created.id, app_id=app.id, **scope)
    assert (read.name, read.decision) == ("All", "allow")
    assert [policy.id for policy in apps.policies.list(app.id, **scope)] == [created.id]
    assert [policy.id for policy in apps.get(app.id, **scope).policies] == [created.id]
    with pytest.raises(sdk.BadRequestError, match="policy precedences must be unique"):
        apps.policies.create(app.id, precedence=1, **POLICY, **scope)
    if "account_id" in scope:
        # The SDK has no method for this route.
        path = f"/accounts/{scope['account_id']}/access/apps/{app.id}/policies/{created.id}"
        answer: Any = client.put(f"{path}/make_reusable", cast_to=object)
        assert answer["result"][0]["id"] == created.id
        created = apps.policies.create(app.id, **POLICY, **scope)
    assert apps.policies.delete(created.id, app_id=app.id, **scope).id == created.id


def test_the_sdk_drives_every_route_of_reusable_policies(
    client: sdk.Cloudflare, cloudflare: LocalCloudflare
) -> None:
    cloudflare.seed({"access/groups": [EXAMPLE_GROUP]})
    account: Scope = {"account_id": cloudflare.account_id}
    policies: Any = client.zero_trust.access.policies
    body = POLICY | {"decision": "bypass", "include": RULES}
    created = policies.create(**body, **account)
    assert len({type(rule) for rule in created.include}) == 26
    assert created.reusable is True
    assert policies.update(created.id, **POLICY, **account).decision == "allow"
    assert policies.get(created.id, **account).app_count == 0
    assert [policy.id for policy in policies.list(**account)] == [created.id]
    apps: Any = client.zero_trust.access.applications
    app = apps.create(
        type="self_hosted", domain="app.example.com", policies=[created.id], **account
    )
    with pytest.raises(sdk.ConflictError, match="policy is attached to an application"):
        policies.delete(created.id, **account)
    apps.update(app.id, type="self_hosted", domain="app.example.com", policies=[], **account)
    assert policies.delete(created.id, **account).id == created.id


def test_the_sdk_reads_identity_providers_and_service_tokens(
    client: sdk.Cloudflare, scope: Scope, cloudflare: LocalCloudflare
) -> None:
    seed = {
        "access/identity_providers": [{"name": "OTP", "type": "onetimepin"}],
        "access/service_tokens": [{"name": "CI"}],
    }
    cloudflare.seed(seed | {"zones": {cloudflare.zone_id: seed}})
    providers: Any = client.zero_trust.identity_providers
    [provider] = providers.list(**scope)
    assert providers.get(provider.id, **scope).name == "OTP"
    tokens: Any = client.zero_trust.access.service_tokens
    [token] = tokens.list(**scope)
    assert tokens.get(token.id, **scope).name == "CI"


def test_the_sdk_drives_what_is_below_an_application(
    client: sdk.Cloudflare, scope: Scope, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    apps: Any = client.zero_trust.access.applications
    app = apps.create(type="self_hosted", domain="app.example.com", **scope)
    assert apps.revoke_tokens(app.id, **scope) == {}
    edited = apps.settings.edit(app.id, allow_iframe=True, **scope)
    assert (edited.allow_iframe, edited.skip_interstitial) == (True, None)
    replaced = apps.settings.update(app.id, skip_interstitial=True, **scope)
    assert (replaced.allow_iframe, replaced.skip_interstitial) == (None, True)
    # Not in the OpenAPI text that the tests have: the SDK's model is what is documented.
    whole = apps.settings.update(app.id, allow_iframe=False, skip_interstitial=True, **scope)
    assert whole.model_fields_set == type(whole).model_fields.keys()
    apps.policies.create(app.id, **POLICY, **scope)
    checked = apps.user_policy_checks.list(app.id, **scope)
    assert (checked.app_state.app_uid, checked.app_state.aud) == (app.id, app.aud)
    assert [policy["decision"] for policy in checked.app_state.policies] == ["allow"]
    with pytest.raises(sdk.NotFoundError):
        apps.user_policy_checks.list("aa0a4aab-672b-4bdb-bc33-a59f1130a11f", **scope)


def test_the_sdk_tells_that_a_place_is_taken(client: sdk.Cloudflare, scope: Scope) -> None:
    apps: Any = client.zero_trust.access.applications
    apps.create(type="self_hosted", domain="app.example.com", **scope)
    with pytest.raises(sdk.ConflictError) as error:
        apps.create(type="self_hosted", domain="app.example.com", **scope)
    assert [entry.code for entry in error.value.errors] == [11010]
