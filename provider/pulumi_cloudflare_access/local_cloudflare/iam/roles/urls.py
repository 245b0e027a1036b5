"""The routes of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import RoleBackend as BACKEND  # noqa: N814  (every kind's table has this name)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

ROUTES: dict[str, Handler] = {
    "GET {account}/roles": responses.list_roles,
    "GET {account}/roles/{role_id}": responses.get_role,
}
