"""The routes of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import PermissionGroupBackend as BACKEND  # noqa: N814  (every kind's table has it)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

ONE = "{account}/iam/permission_groups/{permission_group_id}"

ROUTES: dict[str, Handler] = {
    "GET {account}/iam/permission_groups": responses.list_permission_groups,
    f"GET {ONE}": responses.get_permission_group,
}
