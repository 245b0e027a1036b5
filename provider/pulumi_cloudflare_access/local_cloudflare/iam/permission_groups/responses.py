"""Decodes requests about permission groups, calls the backend, encodes answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from ..lists import Sizes, page
from .models import PermissionGroupBackend

if TYPE_CHECKING:
    from ...calls.call import Call
    from ...world.world import World
    from .models import PermissionGroup

SIZES = Sizes(usual=20, least=5, most=50)


def list_permission_groups(call: Call) -> Answer:
    """Answer one page of the permission groups."""
    backend = call.of(PermissionGroupBackend)
    groups = backend.list_permission_groups(
        group_id=call.query.get("id"),
        name=call.query.get("name"),
        label=call.query.get("label"),
    )
    show = partial(shown, call.world)
    return page(call, groups, show, sizes=SIZES, total=len(backend.permission_groups))


def get_permission_group(call: Call) -> Answer:
    """Answer one permission group."""
    backend = call.of(PermissionGroupBackend)
    return Answer(
        result=shown(call.world, backend.get_permission_group(call.ids["permission_group_id"]))
    )


def shown(world: World, group: PermissionGroup) -> dict[str, Any]:
    """Return a permission group in the form of answers."""
    meta = dict(group.meta)
    if world.switches.iam_meta == "key_value":
        # What these two hold is not documented.
        meta = {"key": "label", "value": meta.get("label", "")}
    return world.with_more({"id": group.id, "name": group.name, "meta": meta})
