"""Decodes requests about resource groups, calls the backend, encodes answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from .models import ResourceGroupBackend

if TYPE_CHECKING:
    from ...calls.call import Call
    from ...world.world import World
    from .models import ResourceGroup


def list_resource_groups(call: Call) -> Answer:
    """Answer all resource groups, or null if no group has the requested name."""
    name = call.query.get("name")
    groups = call.of(ResourceGroupBackend).list_resource_groups(
        group_id=call.query.get("id"), name=name
    )
    if name is not None and not groups:
        return Answer(result=None)
    return Answer(result=[shown(call.world, group) for group in call.world.in_any_order(groups)])


def create_resource_group(call: Call) -> Answer:
    """Answer the new resource group."""
    group = call.of(ResourceGroupBackend).create_resource_group(call.body)
    return Answer(result=shown(call.world, group))


def get_resource_group(call: Call) -> Answer:
    """Answer one resource group."""
    group = call.of(ResourceGroupBackend).get_resource_group(call.ids["resource_group_id"])
    return Answer(result=shown(call.world, group))


def update_resource_group(call: Call) -> Answer:
    """Answer the resource group as it is now."""
    group = call.of(ResourceGroupBackend).update_resource_group(
        call.ids["resource_group_id"], call.body
    )
    return Answer(result=shown(call.world, group))


def delete_resource_group(call: Call) -> Answer:
    """Answer the id of the deleted object."""
    call.of(ResourceGroupBackend).delete_resource_group(call.ids["resource_group_id"])
    return Answer(result={"id": call.ids["resource_group_id"]})


def shown(world: World, group: ResourceGroup) -> dict[str, Any]:
    """Return a resource group in the form of answers."""
    objects = [
        world.with_more({"key": key} | group.strange.objects.get(key, {}))
        for key in world.in_any_order(group.objects)
    ]
    scope = world.with_more({"key": group.key, "objects": objects} | group.strange.scope)
    editable = "true" if group.editable else "false"
    named = world.switches.iam_meta == "named"
    return world.with_more(
        {
            "id": group.id,
            "name": group.name,
            "scope": [scope] if world.switches.resource_group_scope == "array" else scope,
            "meta": {"editable": editable} if named else {"key": "editable", "value": editable},
            **group.strange.group,
        }
    )
