"""The routes of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import GroupBackend as BACKEND  # noqa: N814  (every kind's table has this name)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

ROUTES: dict[str, Handler] = {
    "GET    {scope}/access/groups": responses.list_groups,
    "POST   {scope}/access/groups": responses.create_group,
    "GET    {scope}/access/groups/{group_id}": responses.get_group,
    "PUT    {scope}/access/groups/{group_id}": responses.update_group,
    "DELETE {scope}/access/groups/{group_id}": responses.delete_group,
}
