"""Identity providers: where people log in. Looked up, never made.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/identity_providers/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..program.lookup import ScopedLookup
from ..program.references import IDENTITY_PROVIDERS, Found

# What `config` may hold, over all types. Anything else could be a secret: it stays at Cloudflare.
CONFIG = frozenset({
    "apps_domain", "attributes", "auth_url", "authorization_server_id", "centrify_account",
    "centrify_app_id", "certs_url", "claims", "client_id", "conditional_access_enabled",
    "directory_id", "email_attribute_name", "email_claim_name", "enable_encryption", "force_authn",
    "header_attributes", "idp_public_certs", "issuer_url", "max_sso_url_length", "okta_account",
    "onelogin_account", "ping_env_id", "pkce_enabled", "prompt", "redirect_url",
    "restrict_to_account_members", "scopes", "sign_request", "sso_target_url", "support_groups",
    "token_url", "use_login_hint",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class GetIdentityProviderResult(Found):
    """An identity provider that exists, without its secrets."""

    referred = IDENTITY_PROVIDERS

    type: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    scim_config: Mapping[str, Any] | None = None
    read_only: bool | None = None
    saml_certificate_set: Mapping[str, Any] | None = None
    saml_certificate_set_id: str | None = None


class IdentityProviders:
    """Where identity providers are listed."""

    collection = "access/identity_providers"
    permission = "Access: Organizations, Identity Providers, and Groups"
    per_page = 1000


class _IdentityProviderLookup(ScopedLookup[GetIdentityProviderResult]):
    def understood(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        config = answer.get("config") or {}
        return {**answer, "config": {k: inner for k, inner in config.items() if k in CONFIG}}


_lookup = _IdentityProviderLookup(GetIdentityProviderResult, IdentityProviders)
get_identity_provider = _lookup.get
get_identity_provider_output = _lookup.get_output
get_identity_providers = _lookup.get_all
get_identity_providers_output = _lookup.get_all_output
