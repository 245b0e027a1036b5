"""Decodes requests about reusable policies, calls the backend, encodes answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from ...calls.paging import page
from .models import PolicyBackend

if TYPE_CHECKING:
    from ...calls.call import Call
    from .models import Policy

PER_PAGE = 100


def list_policies(call: Call) -> Answer:
    """Answer one page of the policies."""
    policies = call.of(PolicyBackend).list_policies()
    return page(call, policies, partial(_shown, call), per_page=PER_PAGE, total=len(policies))


def create_policy(call: Call) -> Answer:
    """Answer the new policy."""
    policy = call.of(PolicyBackend).create_policy(call.body)
    return Answer(result=_shown(call, policy), status=201)


def get_policy(call: Call) -> Answer:
    """Answer one policy."""
    policy = call.of(PolicyBackend).get_policy(call.ids["policy_id"])
    return Answer(result=_shown(call, policy))


def update_policy(call: Call) -> Answer:
    """Answer the policy as it is now."""
    policy = call.of(PolicyBackend).update_policy(call.ids["policy_id"], call.body)
    return Answer(result=_shown(call, policy))


def delete_policy(call: Call) -> Answer:
    """Answer the id of the deleted object."""
    call.of(PolicyBackend).delete_policy(call.ids["policy_id"])
    return Answer(result={"id": call.ids["policy_id"]}, status=202)


def _shown(call: Call, policy: Policy) -> dict[str, Any]:
    return {
        **policy.shown(call.world),
        "reusable": True,
        "app_count": call.of(PolicyBackend).app_count(policy.id),
    }
