"""Decodes requests about user group members, calls the backend, encodes answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from ..lists import Sizes, descending, page
from .models import UserGroupMemberBackend

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...calls.call import Call
    from ...world.world import World
    from .models import UserGroupMember

SIZES = Sizes(usual=100, least=1, most=500)


def list_members(call: Call) -> Answer:
    """Answer one page of a group's members."""
    backend, group_id = call.of(UserGroupMemberBackend), call.ids["user_group_id"]
    members = backend.list_members(
        group_id, fuzzy_email=call.query.get("fuzzyEmail"), descending=descending(call)
    )
    total = backend.count_members(group_id)
    return page(call, members, partial(_shown, call.world), sizes=SIZES, total=total)


def add_members(call: Call) -> Answer:
    """Answer all members of the group or, as in the reference page, one added member."""
    backend = call.of(UserGroupMemberBackend)
    members = backend.add_members(call.ids["user_group_id"], call.body, _pause(call))
    if call.world.switches.added_members == "object":
        first = next(it for it in members if it.member.id == call.body[0]["id"])
        return Answer(result=_shown(call.world, first))
    return _all(call, members)


def set_members(call: Call) -> Answer:
    """Answer all members of the group."""
    backend = call.of(UserGroupMemberBackend)
    return _all(call, backend.set_members(call.ids["user_group_id"], call.body, _pause(call)))


def get_member(call: Call) -> Answer:
    """Answer one member of the group, with its user."""
    member = call.of(UserGroupMemberBackend).get_member(**call.ids)
    user = member.member.user
    person = {
        "id": user.id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
    }
    answer = _shown(call.world, member) | {
        "created_at": member.created_at,
        "user": call.world.with_more(
            {name: value for name, value in person.items() if value is not None}
        ),
    }
    return Answer(result=answer)


def delete_member(call: Call) -> Answer:
    """Answer the removed member."""
    member = call.of(UserGroupMemberBackend).delete_member(**call.ids, pause=_pause(call))
    return Answer(result=_shown(call.world, member))


def _pause(call: Call) -> Callable[[], object]:
    return partial(call.give_way, call.world.switches.member_writes_pause)


def _all(call: Call, members: list[UserGroupMember]) -> Answer:
    return Answer(result=[_shown(call.world, it) for it in call.world.in_any_order(members)])


def _shown(world: World, it: UserGroupMember) -> dict[str, Any]:
    return world.with_more(
        {"id": it.member.id, "email": it.member.user.email, "status": it.member.status}
    )
