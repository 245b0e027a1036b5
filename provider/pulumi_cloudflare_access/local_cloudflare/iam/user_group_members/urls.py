"""The routes of this kind. They are seeded with their user group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses

if TYPE_CHECKING:
    from ...calls.call import Handler

ALL = "{account}/iam/user_groups/{user_group_id}/members"

ROUTES: dict[str, Handler] = {
    f"GET    {ALL}": responses.list_members,
    f"POST   {ALL}": responses.add_members,
    f"PUT    {ALL}": responses.set_members,
    f"GET    {ALL}/{{member_id}}": responses.get_member,
    f"DELETE {ALL}/{{member_id}}": responses.delete_member,
}
