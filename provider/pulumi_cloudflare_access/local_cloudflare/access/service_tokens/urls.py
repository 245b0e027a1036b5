"""The routes of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import ServiceTokenBackend as BACKEND  # noqa: N814  (every table's name for it)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

_ONE = "access/service_tokens/{service_token_id}"
ROUTES: dict[str, Handler] = {
    "GET    {scope}/access/service_tokens": responses.list_service_tokens,
    "POST   {scope}/access/service_tokens": responses.create_service_token,
    f"GET    {{scope}}/{_ONE}": responses.get_service_token,
    f"PUT    {{scope}}/{_ONE}": responses.update_service_token,
    f"DELETE {{scope}}/{_ONE}": responses.delete_service_token,
    # Documented for accounts only.
    f"POST   {{account}}/{_ONE}/refresh": responses.refresh_service_token,
    f"POST   {{account}}/{_ONE}/rotate": responses.rotate_service_token,
}
