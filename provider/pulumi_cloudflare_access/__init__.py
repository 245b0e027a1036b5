"""Cloudflare Access and IAM as code, for Pulumi.

    import pulumi_cloudflare_access as cloudflare
    from pulumi_cloudflare_access import rules

The public names and nothing else, each loaded on first use: importing must stay cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .access import rules as rules
    from .access.group import AccessGroup as AccessGroup
    from .errors import AdoptionError as AdoptionError
    from .errors import ApiError as ApiError
    from .errors import CloudflareError as CloudflareError
    from .local_cloudflare import LocalCloudflare as LocalCloudflare
    from .provider import Cloudflare as Cloudflare

_PUBLIC = {
    "AccessGroup": "access.group",
    "Cloudflare": "provider",
    "CloudflareError": "errors",
    "LocalCloudflare": "local_cloudflare",
    "rules": "access.rules",
}

__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f".{_PUBLIC[name]}", __name__)
    value = module if name == "rules" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
