"""Decodes requests about an application's policies, calls its list, encodes answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from ...calls.paging import page
from ..apps.models import AppBackend

if TYPE_CHECKING:
    from ...calls.call import Call
    from ..apps.policies import AppPolicies, Placed

PER_PAGE = 200


def list_policies(call: Call) -> Answer:
    """Answer one page of the policies, in order."""
    policies = _of_app(call).list_policies()
    show = partial(_shown, call)
    return page(call, policies, show, per_page=PER_PAGE, total=len(policies))


def create_policy(call: Call) -> Answer:
    """Answer the new policy."""
    return Answer(result=_shown(call, _of_app(call).create_policy(call.body)), status=201)


def get_policy(call: Call) -> Answer:
    """Answer one policy."""
    return Answer(result=_shown(call, _of_app(call).get_policy(call.ids["policy_id"])))


def update_policy(call: Call) -> Answer:
    """Answer the policy as it is now."""
    policy = _of_app(call).update_policy(call.ids["policy_id"], call.body)
    return Answer(result=_shown(call, policy))


def delete_policy(call: Call) -> Answer:
    """Answer the id of the deleted object."""
    _of_app(call).delete_policy(call.ids["policy_id"])
    return Answer(result={"id": call.ids["policy_id"]}, status=202)


def make_reusable(call: Call) -> Answer:
    """Answer the policy, in a list: so says Cloudflare's OpenAPI text."""
    return Answer(result=[_shown(call, _of_app(call).make_reusable(call.ids["policy_id"]))])


def _shown(call: Call, placed: Placed) -> dict[str, Any]:
    return placed.shown(call.world)


def _of_app(call: Call) -> AppPolicies:
    return call.of(AppBackend).get_app(call.ids["app_id"]).policies
