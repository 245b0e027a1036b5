"""Decodes requests about groups, calls the backend, encodes answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from ...calls.paging import page
from .. import rules
from .models import GroupBackend

if TYPE_CHECKING:
    from ...calls.call import Call
    from ...world.world import World
    from .models import Group

PER_PAGE = 1000


def list_groups(call: Call) -> Answer:
    """Answer one page of the groups."""
    backend = call.of(GroupBackend)
    groups = backend.list_groups(name=call.query.get("name"), search=call.query.get("search"))
    show = partial(_shown, call.world)
    return page(call, groups, show, per_page=PER_PAGE, total=len(backend.groups))


def create_group(call: Call) -> Answer:
    """Answer the new group."""
    return Answer(
        result=_shown(call.world, call.of(GroupBackend).create_group(call.body)), status=201
    )


def get_group(call: Call) -> Answer:
    """Answer one group."""
    return Answer(result=_shown(call.world, call.of(GroupBackend).get_group(call.ids["group_id"])))


def update_group(call: Call) -> Answer:
    """Answer the group as it is now."""
    group = call.of(GroupBackend).update_group(call.ids["group_id"], call.body)
    return Answer(result=_shown(call.world, group))


def delete_group(call: Call) -> Answer:
    """Answer the id of the deleted object."""
    call.of(GroupBackend).delete_group(call.ids["group_id"])
    return Answer(result={"id": call.ids["group_id"]}, status=202)


def _shown(world: World, group: Group) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": group.id,
        "name": group.name,
        "include": rules.shown(world, group.include),
        "exclude": rules.shown(world, group.exclude),
        "require": rules.shown(world, group.require),
        "created_at": group.created_at,
        "updated_at": group.updated_at,
    }
    match world.switches.is_default:
        case "bool":
            shown["is_default"] = group.is_default
        case "rules":
            # The documentation describes this list with the same words as `require`.
            shown["is_default"] = rules.shown(world, group.require)
        case "absent":
            pass
    if not world.switches.plain:
        shown["uid"] = group.id  # seen live, never documented
    return world.with_more(world.without_empty(shown) | group.strange)
