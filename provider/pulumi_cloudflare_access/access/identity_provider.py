"""Identity providers: where people log in. Looked up, never made.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/identity_providers/
"""

from __future__ import annotations

from dataclasses import dataclass

from ..lookup import ScopedLookup
from ..references import IDENTITY_PROVIDERS, Found


@dataclass(frozen=True, kw_only=True)
class GetIdentityProviderResult(Found):
    """An identity provider; its `config`, which may hold secrets, stays at Cloudflare."""

    referred = IDENTITY_PROVIDERS

    type: str = ""


class IdentityProviders:
    """Where identity providers are listed."""

    collection = "access/identity_providers"
    needs = "Access: Organizations, Identity Providers, and Groups"
    per_page = 1000


_lookup = ScopedLookup(GetIdentityProviderResult, IdentityProviders)
get_identity_provider = _lookup.get
get_identity_provider_output = _lookup.get_output
get_identity_providers = _lookup.get_all
get_identity_providers_output = _lookup.get_all_output
