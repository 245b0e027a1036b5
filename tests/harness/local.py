"""The local Cloudflare as tests want it: stricter than the live one where that forgives."""

from __future__ import annotations

from typing import Any

from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare, Switches

STRICT: dict[str, Any] = {"foreign_fields": "refuse"}


def strict(**options: Any) -> LocalCloudflare:
    """Make a local Cloudflare that refuses what the live one ignores."""
    return LocalCloudflare(**{**STRICT, **options})


def reset(cloudflare: LocalCloudflare) -> None:
    """Have nothing in a strict local Cloudflare, every other switch as in the beginning."""
    cloudflare.reset()
    cloudflare.switches.set(vars(Switches()) | STRICT)


def config_for(cloudflare: LocalCloudflare, **more: str) -> dict[str, str]:
    """Return the config of a stack at a local Cloudflare; `more` are settings of this package."""
    return {
        "cloudflare:apiToken": cloudflare.token,
        "cloudflare:baseUrl": cloudflare.base_url,
        "cloudflare-access:accountId": cloudflare.account_id,
        "cloudflare-access:allowLoopback": "true",
        **{f"cloudflare-access:{key}": value for key, value in more.items()},
    }
