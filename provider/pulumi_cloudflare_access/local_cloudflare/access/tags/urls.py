"""The routes of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import TagBackend as BACKEND  # noqa: N814  (every kind's table has this name)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

ROUTES: dict[str, Handler] = {
    "GET    {account}/access/tags": responses.list_tags,
    "POST   {account}/access/tags": responses.create_tag,
    "GET    {account}/access/tags/{tag_name}": responses.get_tag,
    "PUT    {account}/access/tags/{tag_name}": responses.update_tag,
    "DELETE {account}/access/tags/{tag_name}": responses.delete_tag,
}
