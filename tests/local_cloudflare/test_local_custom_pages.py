"""Custom pages, and that the official SDK drives them and what else Access has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cloudflare as sdk
import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

PAGE = {"name": "No", "type": "forbidden", "custom_html": "<h1>No</h1>"}


@pytest.fixture
def client(cloudflare: LocalCloudflare) -> Iterator[sdk.Cloudflare]:
    transport = httpx.WSGITransport(app=cloudflare.app)
    with httpx.Client(transport=transport) as http:
        yield sdk.Cloudflare(
            api_token=cloudflare.token,
            base_url=cloudflare.base_url,
            http_client=http,
            max_retries=0,
            _strict_response_validation=True,
        )


def test_the_official_sdk_drives_every_route_of_custom_pages(
    client: sdk.Cloudflare, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    account: dict[str, Any] = {"account_id": cloudflare.account_id}
    pages: Any = client.zero_trust.access.custom_pages
    made = pages.create(**PAGE, **account)
    assert not hasattr(made, "custom_html")
    assert pages.get(made.uid, **account).custom_html == "<h1>No</h1>"
    changed = pages.update(made.uid, **{**PAGE, "name": "Never"}, **account)
    assert (changed.uid, changed.name) == (made.uid, "Never")
    assert [page.uid for page in pages.list(**account)] == [made.uid]
    assert pages.delete(made.uid, **account).id == made.uid
    with pytest.raises(sdk.NotFoundError):
        pages.get(made.uid, **account)


@pytest.mark.parametrize("scope", ["account", "zone"])
def test_the_official_sdk_drives_every_route_of_service_tokens(
    client: sdk.Cloudflare, cloudflare: LocalCloudflare, scope: str
) -> None:
    where: dict[str, Any] = {f"{scope}_id": getattr(cloudflare, f"{scope}_id")}
    tokens: Any = client.zero_trust.access.service_tokens
    made = tokens.create(name="CI", duration="forever", **where)
    assert made.client_secret
    assert tokens.update(made.id, name="CI 2", enabled=False, **where).enabled is False
    assert [one.name for one in tokens.list(**where)] == ["CI 2"]
    if scope == "account":
        assert tokens.refresh(made.id, **where).name == "CI 2"
        until = "2999-01-01T00:00:00Z"
        rotated = tokens.rotate(made.id, previous_client_secret_expires_at=until, **where)
        assert rotated.client_secret != made.client_secret
    assert tokens.delete(made.id, **where).id == made.id


@pytest.mark.parametrize("scope", ["account", "zone"])
def test_the_official_sdk_drives_every_route_of_identity_providers(
    client: sdk.Cloudflare, cloudflare: LocalCloudflare, scope: str
) -> None:
    where: dict[str, Any] = {f"{scope}_id": getattr(cloudflare, f"{scope}_id")}
    providers: Any = client.zero_trust.identity_providers
    config = {"client_id": "c", "client_secret": "s3cret"}
    body: dict[str, Any] = {"name": "GitHub", "type": "github", "config": config}
    made = providers.create(**body, **where, scim_config={"enabled": True})
    assert len(made.scim_config.secret) == 64
    changed = providers.update(made.id, **{**body, "name": "Hub"}, **where)
    assert (changed.id, changed.name) == (made.id, "Hub")
    assert "s3cret" not in str(providers.get(made.id, **where))
    assert providers.delete(made.id, **where).id == made.id
