"""The routes of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import ResourceGroupBackend as BACKEND  # noqa: N814  (every kind's table has it)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

ONE = "{account}/iam/resource_groups/{resource_group_id}"

ROUTES: dict[str, Handler] = {
    "GET {account}/iam/resource_groups": responses.list_resource_groups,
    "POST {account}/iam/resource_groups": responses.create_resource_group,
    f"GET {ONE}": responses.get_resource_group,
    f"PUT {ONE}": responses.update_resource_group,
    f"DELETE {ONE}": responses.delete_resource_group,
}
