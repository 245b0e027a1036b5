"""Cloudflare Access and IAM as code, for Pulumi.

    import pulumi_cloudflare_access as cloudflare
    from pulumi_cloudflare_access import rules

The public names and nothing else, each loaded on first use: importing must stay cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .access import rules
    from .access.application import AccessApplication
    from .access.application_policies import AccessApplicationPolicies
    from .access.group import AccessGroup
    from .access.policy import AccessPolicy
    from .errors import CloudflareError
    from .local_cloudflare import LocalCloudflare
    from .provider import Cloudflare

__all__ = [
    "AccessApplication",
    "AccessApplicationPolicies",
    "AccessGroup",
    "AccessPolicy",
    "Cloudflare",
    "CloudflareError",
    "LocalCloudflare",
    "rules",
]

_HOME = {
    "AccessApplication": ".access.application",
    "AccessApplicationPolicies": ".access.application_policies",
    "AccessGroup": ".access.group",
    "AccessPolicy": ".access.policy",
    "Cloudflare": ".provider",
    "CloudflareError": ".errors",
    "LocalCloudflare": ".local_cloudflare",
    "rules": ".access",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = import_module(_HOME[name], __name__)
    value = import_module(f"{home.__name__}.rules") if name == "rules" else getattr(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
