"""IAM policies: what user groups and members may do, and where.

They are not objects of their own, but part of the group or member that has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .exceptions import PolicyIdsError, PolicyValidationError
from .permission_groups import responses as permission_groups
from .permission_groups.models import PermissionGroupBackend
from .resource_groups import responses as resource_groups
from .resource_groups.models import ResourceGroupBackend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..calls.checks import Checker
    from ..world.world import Account


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One policy: permission groups, allowed or denied on resource groups."""

    id: str
    access: str
    permission_groups: list[str]
    resource_groups: list[str]
    strange: dict[str, Any]
    """Unknown fields, as they were sent."""


def checked(check: Checker, account: Account) -> list[Grant]:
    """Return the policies of a body, each with a new id. Mistakes are left in the checker."""
    kept = []
    for index, policy in enumerate(check.items("policies", required=False)):
        pointer = f"/policies/{index}"
        if not isinstance(policy, dict):
            check.refuse(pointer, "policy should be an object")
            continue
        left = dict(policy)
        if left.pop("id", None) is not None and not account.world.switches.accept_policy_ids:
            raise PolicyIdsError
        access = left.pop("access", None)
        if access not in ("allow", "deny"):
            check.refuse(f"{pointer}/access", "access field should be one of allow, deny")
        kept.append(
            Grant(
                id=account.world.new_hex(32),
                access=str(access),
                permission_groups=_ids(check, pointer, left, "permission_groups"),
                resource_groups=_ids(check, pointer, left, "resource_groups"),
                strange=check.strange(pointer, left, "policy"),
            )
        )
    return kept


def _ids(check: Checker, pointer: str, left: dict[str, Any], field: str) -> list[str]:
    pointer = f"{pointer}/{field}"
    items = left.pop(field, [])
    if not isinstance(items, list) or not items:
        check.refuse(pointer, f"{field} field should be a list that is not empty")
        return []
    if not all(_is_reference(item) for item in items):
        check.refuse(pointer, f"{field} field should be of objects with an id and nothing else")
        return []
    return list(dict.fromkeys(item["id"] for item in items))


def _is_reference(item: Any) -> bool:
    return isinstance(item, dict) and list(item) == ["id"] and isinstance(item["id"], str)


def load(grants: Sequence[Grant], account: Account) -> None:
    """Refuse policies that name groups that do not exist."""
    permissions = account.of(PermissionGroupBackend)
    resources = account.of(ResourceGroupBackend)
    for grant in grants:
        for group_id in grant.permission_groups:
            if permissions.find(group_id) is None:
                raise PolicyValidationError
        for group_id in grant.resource_groups:
            if resources.find(group_id) is None:
                raise PolicyValidationError


def shown(grants: Sequence[Grant], account: Account) -> list[dict[str, Any]]:
    """Return policies in the form of answers: in any order, with groups in place of ids."""
    return [_shown(grant, account) for grant in account.world.in_any_order(grants)]


def _shown(grant: Grant, account: Account) -> dict[str, Any]:
    world = account.world
    permissions = map(
        account.of(PermissionGroupBackend).find, world.in_any_order(grant.permission_groups)
    )
    resources = map(
        account.of(ResourceGroupBackend).find, world.in_any_order(grant.resource_groups)
    )
    return world.with_more(
        {
            "id": grant.id,
            "access": grant.access,
            # A deleted group is left out.
            "permission_groups": [permission_groups.shown(world, it) for it in permissions if it],
            "resource_groups": [resource_groups.shown(world, it) for it in resources if it],
            **grant.strange,
        }
    )
