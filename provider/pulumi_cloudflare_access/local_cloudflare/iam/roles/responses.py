"""Decodes requests about roles, calls the backend, encodes answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from ..lists import Sizes, page
from .models import RoleBackend

if TYPE_CHECKING:
    from ...calls.call import Call
    from ...world.world import World
    from .models import Role

SIZES = Sizes(usual=20, least=5, most=50)


def list_roles(call: Call) -> Answer:
    """Answer one page of the roles."""
    roles = list(call.of(RoleBackend).roles.values())
    return page(call, roles, partial(shown, call.world), sizes=SIZES, total=len(roles))


def get_role(call: Call) -> Answer:
    """Answer one role."""
    return Answer(result=shown(call.world, call.of(RoleBackend).get_role(call.ids["role_id"])))


def shown(world: World, role: Role) -> dict[str, Any]:
    """Return a role in the form of answers."""
    return world.with_more(dict(vars(role)))
