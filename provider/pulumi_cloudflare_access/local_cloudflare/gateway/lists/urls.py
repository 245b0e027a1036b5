"""Which URLs, which handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import ListBackend as BACKEND  # noqa: N814  (every kind's table has this name)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

ROUTES: dict[str, Handler] = {
    "GET    {account}/gateway/lists": responses.list_lists,
    "POST   {account}/gateway/lists": responses.create_list,
    "GET    {account}/gateway/lists/{list_id}": responses.get_list,
    "PUT    {account}/gateway/lists/{list_id}": responses.update_list,
    "PATCH  {account}/gateway/lists/{list_id}": responses.edit_list,
    "DELETE {account}/gateway/lists/{list_id}": responses.delete_list,
    "GET    {account}/gateway/lists/{list_id}/items": responses.list_items,
}
