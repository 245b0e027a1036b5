"""Which URLs, which handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import IdentityProviderBackend as BACKEND  # noqa: N814  (every table's name for it)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

ROUTES: dict[str, Handler] = {
    "GET  {scope}/access/identity_providers": responses.list_identity_providers,
    "GET  {scope}/access/identity_providers/{identity_provider_id}": (
        responses.get_identity_provider
    ),
}
