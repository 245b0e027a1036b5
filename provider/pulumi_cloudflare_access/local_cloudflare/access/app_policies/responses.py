"""Decodes requests about an application's policies, asks its list, encodes answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...http.call import Answer
from ...http.paging import page
from ..apps.models import AppBackend

if TYPE_CHECKING:
    from ...http.call import Call
    from ...world.world import World
    from .models import AppPolicies, Placed

PER_PAGE = 200


def list_policies(call: Call) -> Answer:
    """Answer one page of the policies, in order."""
    policies = _of_app(call).list_policies()
    show = partial(shown, call.world)
    return page(call, policies, show, per_page=PER_PAGE, total=len(policies))


def create_policy(call: Call) -> Answer:
    """Answer the new policy."""
    return Answer(result=shown(call.world, _of_app(call).create_policy(call.body)), status=201)


def get_policy(call: Call) -> Answer:
    """Answer one policy."""
    return Answer(result=shown(call.world, _of_app(call).get_policy(call.ids["policy_id"])))


def update_policy(call: Call) -> Answer:
    """Answer the policy as it is now."""
    policy = _of_app(call).update_policy(call.ids["policy_id"], call.body)
    return Answer(result=shown(call.world, policy))


def delete_policy(call: Call) -> Answer:
    """Answer the id of what was deleted."""
    _of_app(call).delete_policy(call.ids["policy_id"])
    return Answer(result={"id": call.ids["policy_id"]}, status=202)


def make_reusable(call: Call) -> Answer:
    """Answer the policy, in a list: so says Cloudflare's OpenAPI text."""
    return Answer(result=[shown(call.world, _of_app(call).make_reusable(call.ids["policy_id"]))])


def shown(world: World, placed: Placed) -> dict[str, Any]:
    """Return a policy as the answers about applications hold it."""
    return {
        **placed.policy.shown(world),
        "precedence": placed.precedence,
        "reusable": placed.reusable,  # seen live; Cloudflare's OpenAPI text does not have it here
    }


def _of_app(call: Call) -> AppPolicies:
    return call.of(AppBackend).get_app(call.ids["app_id"]).policies
