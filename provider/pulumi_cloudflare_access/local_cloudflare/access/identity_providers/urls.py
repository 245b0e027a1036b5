"""The routes of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import IdentityProviderBackend as BACKEND  # noqa: N814  (every table's name for it)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

_ALL = "{scope}/access/identity_providers"
_ONE = f"{_ALL}/{{identity_provider_id}}"
ROUTES: dict[str, Handler] = {
    f"GET    {_ALL}": responses.list_identity_providers,
    f"POST   {_ALL}": responses.create_identity_provider,
    f"GET    {_ONE}": responses.get_identity_provider,
    f"PUT    {_ONE}": responses.update_identity_provider,
    f"DELETE {_ONE}": responses.delete_identity_provider,
}
