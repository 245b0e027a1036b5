"""Which URLs, which handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import AppBackend as BACKEND  # noqa: N814  (every kind's table has this name)

if TYPE_CHECKING:
    from ...call import Handler

__all__ = ["BACKEND", "ROUTES"]

ROUTES: dict[str, Handler] = {
    "GET    {scope}/access/apps": responses.list_apps,
    "POST   {scope}/access/apps": responses.create_app,
    "GET    {scope}/access/apps/{app_id}": responses.get_app,
    "PUT    {scope}/access/apps/{app_id}": responses.update_app,
    "DELETE {scope}/access/apps/{app_id}": responses.delete_app,
}
