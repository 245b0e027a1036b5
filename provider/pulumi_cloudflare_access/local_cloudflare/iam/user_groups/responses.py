"""Decodes requests about user groups, calls the backend, encodes answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from .. import grants
from ..lists import Sizes, descending, page
from .models import UserGroupBackend

if TYPE_CHECKING:
    from ...calls.call import Call
    from ...world.world import Account
    from .models import UserGroup

SIZES = Sizes(usual=100, least=1, most=500)


def list_user_groups(call: Call) -> Answer:
    """Answer one page of the user groups."""
    backend = call.of(UserGroupBackend)
    groups = backend.list_user_groups(
        group_id=call.query.get("id"),
        name=call.query.get("name"),
        fuzzy_name=call.query.get("fuzzyName"),
        descending=descending(call),
    )
    show = partial(_shown, backend.account)
    return page(call, groups, show, sizes=SIZES, total=len(backend.user_groups))


def create_user_group(call: Call) -> Answer:
    """Answer the new user group."""
    backend = call.of(UserGroupBackend)
    return Answer(result=_shown(backend.account, backend.create_user_group(call.body)))


def get_user_group(call: Call) -> Answer:
    """Answer one user group."""
    backend = call.of(UserGroupBackend)
    group = backend.get_user_group(call.ids["user_group_id"])
    return Answer(result=_shown(backend.account, group))


def update_user_group(call: Call) -> Answer:
    """Answer the user group as it is now."""
    backend = call.of(UserGroupBackend)
    group = backend.update_user_group(call.ids["user_group_id"], call.body)
    return Answer(result=_shown(backend.account, group))


def delete_user_group(call: Call) -> Answer:
    """Answer the id of the deleted object."""
    call.of(UserGroupBackend).delete_user_group(call.ids["user_group_id"])
    return Answer(result={"id": call.ids["user_group_id"]})


def _shown(account: Account, group: UserGroup) -> dict[str, Any]:
    shown = {
        "id": group.id,
        "name": group.name,
        "policies": grants.shown(group.policies, account),
        "created_on": group.created_on,
        "modified_on": group.modified_on,
    }
    return account.world.with_more(
        account.world.without_empty(shown, seen_omitted={"policies"}) | group.strange
    )
