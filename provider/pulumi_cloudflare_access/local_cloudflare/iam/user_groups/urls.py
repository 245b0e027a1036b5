"""The routes of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import UserGroupBackend as BACKEND  # noqa: N814  (every kind's table has this name)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

ROUTES: dict[str, Handler] = {
    "GET    {account}/iam/user_groups": responses.list_user_groups,
    "POST   {account}/iam/user_groups": responses.create_user_group,
    "GET    {account}/iam/user_groups/{user_group_id}": responses.get_user_group,
    "PUT    {account}/iam/user_groups/{user_group_id}": responses.update_user_group,
    "DELETE {account}/iam/user_groups/{user_group_id}": responses.delete_user_group,
}
