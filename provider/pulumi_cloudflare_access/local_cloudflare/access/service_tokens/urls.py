"""Which URLs, which handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import ServiceTokenBackend as BACKEND  # noqa: N814  (every table's name for it)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

ROUTES: dict[str, Handler] = {
    "GET  {scope}/access/service_tokens": responses.list_service_tokens,
    "GET  {scope}/access/service_tokens/{service_token_id}": responses.get_service_token,
}
