"""The routes of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import PolicyBackend as BACKEND  # noqa: N814  (every kind's table has this name)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

ROUTES: dict[str, Handler] = {
    "GET    {account}/access/policies": responses.list_policies,
    "POST   {account}/access/policies": responses.create_policy,
    "GET    {account}/access/policies/{policy_id}": responses.get_policy,
    "PUT    {account}/access/policies/{policy_id}": responses.update_policy,
    "DELETE {account}/access/policies/{policy_id}": responses.delete_policy,
}
