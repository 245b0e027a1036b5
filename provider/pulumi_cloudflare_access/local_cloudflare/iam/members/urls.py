"""The routes of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import MemberBackend as BACKEND  # noqa: N814  (every kind's table has this name)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

ROUTES: dict[str, Handler] = {
    "GET    {account}/members": responses.list_members,
    "POST   {account}/members": responses.create_member,
    "GET    {account}/members/{member_id}": responses.get_member,
    "PUT    {account}/members/{member_id}": responses.update_member,
    "DELETE {account}/members/{member_id}": responses.delete_member,
}
