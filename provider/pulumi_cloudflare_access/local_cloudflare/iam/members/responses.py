"""Decodes requests about account members, calls the backend, encodes answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from .. import grants
from ..lists import Sizes, chosen, descending, page
from ..resource_groups import responses as resource_groups
from ..resource_groups.models import ResourceGroupBackend
from ..roles import responses as roles
from ..roles.models import RoleBackend
from .models import ORDERS, MemberBackend

if TYPE_CHECKING:
    from ...calls.call import Call
    from ...world.world import Account
    from .models import Member

SIZES = Sizes(usual=20, least=5, most=50)


def list_members(call: Call) -> Answer:
    """Answer one page of the members."""
    backend = call.of(MemberBackend)
    members = backend.list_members(
        order=chosen(call, "order", *ORDERS),
        descending=descending(call),
        status=chosen(call, "status", "accepted", "pending", "rejected"),
    )
    show = partial(_shown, backend.account)
    return page(call, members, show, sizes=SIZES, total=len(backend.members))


def create_member(call: Call) -> Answer:
    """Answer the new member."""
    backend = call.of(MemberBackend)
    return Answer(result=_shown(backend.account, backend.create_member(call.body)))


def get_member(call: Call) -> Answer:
    """Answer one member."""
    backend = call.of(MemberBackend)
    return Answer(result=_shown(backend.account, backend.get_member(call.ids["member_id"])))


def update_member(call: Call) -> Answer:
    """Answer the member as they are now."""
    backend = call.of(MemberBackend)
    member = backend.update_member(call.ids["member_id"], call.body)
    return Answer(result=_shown(backend.account, member))


def delete_member(call: Call) -> Answer:
    """Answer the id of the removed member."""
    call.of(MemberBackend).delete_member(call.ids["member_id"])
    return Answer(result={"id": call.ids["member_id"]})


def _policies(account: Account, member: Member) -> list[dict[str, Any]]:
    """Return the member's own policies, or policies that correspond to the roles."""
    world = account.world
    if member.policies or not world.switches.member_role_policies:
        return grants.shown(member.policies, account)
    known, whole = account.of(RoleBackend).roles, f"com.cloudflare.api.account.{account.id}"
    groups = account.of(ResourceGroupBackend).resource_groups.values()
    on = [resource_groups.shown(world, group) for group in groups if group.name == whole]
    return [
        world.with_more(
            {
                "id": world.hex_of("policy", member.id, role),
                "access": "allow",
                "permission_groups": [{"id": role, "name": known[role].name}],
                "resource_groups": on,
            }
        )
        for role in world.in_any_order(member.roles)
    ]


def _shown(account: Account, member: Member) -> dict[str, Any]:
    world = account.world
    known = account.of(RoleBackend).roles
    answer = {
        "id": member.id,
        "status": member.status,
        "user": world.with_more(dict(vars(member.user))),
        "roles": [roles.shown(world, known[role]) for role in world.in_any_order(member.roles)],
        "policies": _policies(account, member),
    }
    if world.switches.member_email:
        answer["email"] = member.user.email
    return world.with_more(answer | member.strange)
