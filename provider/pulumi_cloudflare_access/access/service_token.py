"""Service tokens: how machines get in. Looked up, never made.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/service_tokens/
"""

from __future__ import annotations

from dataclasses import dataclass

from ..program.lookup import ScopedLookup
from ..program.references import SERVICE_TOKENS, Found


@dataclass(frozen=True, kw_only=True)
class GetServiceTokenResult(Found):
    """A service token; its secret is shown once, to whoever makes it."""

    referred = SERVICE_TOKENS

    client_id: str = ""
    duration: str | None = None
    enabled: bool | None = None
    expires_at: str | None = None
    last_seen_at: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class ServiceTokens:
    """Where service tokens are listed."""

    collection = "access/service_tokens"
    permission = "Access: Service Tokens"
    per_page = 1000


_lookup = ScopedLookup(GetServiceTokenResult, ServiceTokens)
get_service_token = _lookup.get
get_service_token_output = _lookup.get_output
get_service_tokens = _lookup.get_all
get_service_tokens_output = _lookup.get_all_output
