"""What the tests of the local Cloudflare share: a plain HTTP client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare


@pytest.fixture
def http(cloudflare: LocalCloudflare) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=cloudflare.base_url,
        headers={"Authorization": f"Bearer {cloudflare.token}"},
        verify=False,  # noqa: S501  (no TLS here, and loading the authorities takes 20 ms)
    ) as client:
        yield client


@pytest.fixture(params=["account", "zone"])
def groups(request: pytest.FixtureRequest, cloudflare: LocalCloudflare) -> str:
    if request.param == "account":
        return f"/accounts/{cloudflare.account_id}/access/groups"
    return f"/zones/{cloudflare.zone_id}/access/groups"


@pytest.fixture
def account(cloudflare: LocalCloudflare) -> str:
    return f"/accounts/{cloudflare.account_id}"
