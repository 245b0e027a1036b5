"""The policies of IAM: what is allowed or denied, and on what.

    policies=[
        grants.allow("Zone Read", "DNS Read", on=production),
        grants.deny("DNS Write", on=[production, staging]),
    ]

A policy allows or denies permission groups (by their names, labels or ids, or as a look-up found
them) on resource groups (the resource, what a look-up found, or an id). State and previews hold
policies as a map, keyed by what a person would say: `allow DNS Read, Zone Read on Production`. The
keys are a contract with users and frozen by tests.

What a program calls a permission group by stays as it is written. Its id, once it is known, stands
beside it in the outputs, and decides what is the same.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import pulumi

from ..fields.keyed import NOT_KNOWN_YET, UNKNOWN, Mistake, Named
from ..fields.model import Inputs, Meant, NotEmpty, objects
from ..program.references import (
    ID,
    PERMISSION_GROUPS,
    RESOURCE_GROUPS,
    Found,
    Reference,
    References,
    refer_all,
)
from ..text.spelling import text_of
from .by_name import ByName, once

if TYPE_CHECKING:
    from .. import types

Policy: TypeAlias = "types.Grant"
"""What `allow` and `deny` make, and what a program may write as a dictionary."""

PERMISSIONS, RESOURCES = "permission_groups", "resource_groups"

# ----------------------------------------------------------------------- functions for programs

Target: TypeAlias = "Reference | types.Scope | types.Unchecked"
"""A resource group. In the grants of a `Team`, what `scopes.zones(…)` makes, too."""
On: TypeAlias = "Target | Sequence[Target] | pulumi.Output[Sequence[str | Found]]"


def allow(*permission_groups: Reference, on: On) -> Policy:
    """Allow these permission groups on these resource groups.

    :param permission_groups: The rights: names, labels or ids of permission groups, or what a
        look-up found.
    :param on: One resource group or several: the resource, its id, or what a look-up found. In the
        `grants` of a `Team`, what `scopes` makes, too.
    """
    return _policy("allow", permission_groups, on)


def deny(*permission_groups: Reference, on: On) -> Policy:
    """Deny these permission groups on these resource groups.

    :param permission_groups: The rights: names, labels or ids of permission groups, or what a
        look-up found.
    :param on: One resource group or several: the resource, its id, or what a look-up found. In the
        `grants` of a `Team`, what `scopes` makes, too.
    """
    return _policy("deny", permission_groups, on)


def _policy(access: Literal["allow", "deny"], granted: Sequence[Reference], on: On) -> Policy:
    return {"access": access, "permission_groups": list(granted), "resource_groups": _list(on)}


def _list(on: On) -> Any:
    if isinstance(on, pulumi.Output):
        return on.apply(lambda known: known if isinstance(known, (list, tuple)) else [known])
    return on if isinstance(on, (list, tuple)) else [on]


def refer_in(policies: Any) -> Any:
    """Write down the references inside policies: what the program gives its constructor."""
    if isinstance(policies, pulumi.Output):
        return policies.apply(refer_in)
    if isinstance(policies, (list, tuple)):
        return [refer_in(policy) for policy in policies]
    if not isinstance(policies, Mapping):
        return policies
    accepted = {PERMISSIONS: PERMISSION_GROUPS, RESOURCES: RESOURCE_GROUPS}
    return {
        name: refer_all(value, accepted[name]) if name in accepted else value
        for name, value in policies.items()
    }


# ------------------------------------------------------------------------------------ the table


class _ResourceGroups(References):
    """Resource groups, by id; each is an object on the wire."""

    of_what = "groups"
    no_id = "is no id of a resource group; pass the resource group itself or its id"

    def read(self, entry: Any, path: str) -> tuple[Named, list[Mistake]]:
        if isinstance(entry, Mapping) and "objects" in entry:
            told = "is a scope: make a ResourceGroup of it, or a Team, which takes scopes here"
            return Named("", {}), [Mistake(path, told)]
        return super().read(entry, path)

    def to_wire(self, entry: Any) -> Any:
        return {ID: entry[ID]}


class _PermissionGroups(ByName):
    """Permission groups, as a program calls them; each is an object on the wire."""

    of_what = "groups"

    def __init__(self) -> None:
        super().__init__("a permission group", "a permission group's name, label or id")


NOTHING = "must hold at least one: the API refuses a policy of nothing"


PERMISSION_NAMES = _PermissionGroups()


class PolicyInputs(Inputs):
    """What one policy says."""

    made = frozenset({"id"})

    access: Annotated[Literal["allow", "deny"], Meant({"permit": "allow", "block": "deny"})]
    """Whether the rights are given or taken."""
    permission_groups: Annotated[Any, _PermissionGroups(), NotEmpty(NOTHING)]
    """The rights: permission groups by name, label or id, or as a look-up found them, in any order.
    """
    resource_groups: Annotated[Any, _ResourceGroups(), NotEmpty(NOTHING)]
    """What the rights are on: resource groups, their ids, or what a look-up found, in any order. In
    the `grants` of a `Team`, scopes, too.
    """


def _called(policy: Mapping[str, Any]) -> str:
    access, granted, on = (policy.get(name) for name in ("access", PERMISSIONS, RESOURCES))
    return f"{access} {_listed(granted)} on {_listed(on)}"


def _listed(groups: Any) -> str:
    if not isinstance(groups, Mapping):
        return NOT_KNOWN_YET if groups == UNKNOWN else "nothing"
    return ", ".join(map(text_of, groups)) or "nothing"


POLICIES = objects(PolicyInputs, _called)
Policies = Annotated[Any, POLICIES]


def as_rights(policies: Any) -> list[dict[str, Any]]:
    """Write policies, declared or answered, as rights.py compares them. None of a kind is any."""
    if policies is None:
        return []
    many = policies.values() if isinstance(policies, Mapping) else policies
    known = [policy for policy in many if isinstance(policy, Mapping)]
    if policies == UNKNOWN or len(known) < len(many):
        return [{"access": "allow", "what": [UNKNOWN], "on": [UNKNOWN]}]
    return [
        {
            "access": policy["access"],
            "what": [
                PERMISSION_NAMES.canonical(entry) for entry in _groups(policy.get(PERMISSIONS))
            ],
            "on": [_ResourceGroups().canonical(entry) for entry in _groups(policy.get(RESOURCES))],
        }
        for policy in known
    ]


def _groups(groups: Any) -> list[Any]:
    if isinstance(groups, Mapping):
        return list(groups.values())
    return groups if isinstance(groups, list) else [{ID: groups}]


# --------------------------------------------------------------------------------- names and ids


def unidentified(policies: Any) -> dict[str, str]:
    """Return every name without an id, and the key of a policy that it stands in."""
    return {
        name: key
        for key, groups in _granted(policies)
        for name in PERMISSION_NAMES.without_ids(groups)
    }


def ids_in(policies: Any) -> dict[str, str]:
    """Return the ids of the names that have one."""
    granted = [PERMISSION_NAMES.ids_in(groups) for _, groups in _granted(policies)]
    return {name: id_ for ids in granted for name, id_ in ids.items()}


def referred(policies: Any, field: str) -> Iterator[tuple[str, str]]:
    """Yield the key of every policy with every id that it has in a field."""
    for key, policy in sorted(policies.items()) if isinstance(policies, Mapping) else ():
        for entry in policy[field].values():
            if ID in entry:
                yield key, entry[ID]


def identified(policies: Any, ids: Mapping[str, str]) -> Any:
    """Put ids beside the names. What is then the same twice is there once."""
    return once(POLICIES, _each(policies, lambda groups: PERMISSION_NAMES.identified(groups, ids)))


def as_written(policies: Any) -> Any:
    """Take the ids away again that stand beside names."""
    return _each(policies, PERMISSION_NAMES.as_written)


def _granted(policies: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    # Maps come from the engine in any order.
    for key, policy in sorted(policies.items()) if isinstance(policies, Mapping) else ():
        groups = policy.get(PERMISSIONS) if isinstance(policy, Mapping) else None
        if isinstance(groups, Mapping):
            yield key, groups


def _each(policies: Any, change: Callable[[Any], Any]) -> Any:
    """Change the permission groups of every policy."""
    changed = {
        key: {**policies[key], PERMISSIONS: change(groups)} for key, groups in _granted(policies)
    }
    return {**policies, **changed} if changed else policies


def contradictions(policies: Any) -> Iterator[str]:
    """Say what is allowed and denied at once: which of the two wins is not documented."""
    known = {
        key: policy
        for key, policy in (policies.items() if isinstance(policies, Mapping) else ())
        if isinstance(policy, Mapping)
    }
    for one, other in itertools.combinations(sorted(known), 2):
        first, second = known[one], known[other]
        if {first.get("access"), second.get("access")} == {"allow", "deny"} and all(
            _meant(first.get(field)) & _meant(second.get(field))
            for field in (PERMISSIONS, RESOURCES)
        ):
            yield f"{one}, and {other}: which of the two wins is not documented"


def _meant(groups: Any) -> set[str]:
    return (
        set(PERMISSION_NAMES.meanings(groups)) - {UNKNOWN} if isinstance(groups, Mapping) else set()
    )
