"""Reads IAM rights from user groups, their members and resource groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..world import Right, Rights, UserGroup
from . import kinds
from .objects import Object
from .references import References, When
from .values import Hidden, entries, text


def rights_in(objects: Sequence[Object], references: References, when: When) -> Rights:
    """Return the rights at one moment."""

    def held(one: Object) -> frozenset[Right]:
        mark = one.mark("policies", when)
        found = _rights(one.told.get("policies"), names, references, mark)
        roles = [_called(role) for role in entries(one.told.get("roles"))]
        return found | {Right("allow", f"role {role}", "the account") for role in roles}

    names = {one.key: one.name for one in objects if one.kind == kinds.RESOURCE_GROUP}
    names |= {one.id: one.name for one in objects if one.kind == kinds.RESOURCE_GROUP and one.id}
    members: dict[str, frozenset[str] | None] = {}
    unread: dict[str, str] = {}
    for one in objects:
        if one.kind == kinds.MEMBER_LIST:
            key = _group_of(one, references)
            members[key] = _people(one)
            unread[key] = one.mark("members", when)
    for one in objects:
        if one.kind == kinds.MEMBER:
            key = _group_of(one, references)
            known = members.get(key, frozenset())
            person = _person(one.told.get("member"))
            members[key] = None if known is None or person is None else known | {person}
            unread[key] = unread.get(key) or one.mark("member", when)
    groups = {
        one.key: UserGroup(
            one.key, one.name, held(one), members.get(one.key), unread.get(one.key, "")
        )
        for one in objects
        if one.kind == kinds.USER_GROUP
    }
    direct = {}
    for one in objects:
        if one.kind == kinds.ACCOUNT_MEMBER:
            person = _person(one.told, one.name)
            if person is not None:
                direct[person] = held(one)
    return Rights(groups, direct)


def _group_of(one: Object, references: References) -> str:
    value = (one.fields or {}).get("group", one.id.partition("/")[0])
    known = None if isinstance(value, Hidden) else value
    dependencies = one.dependencies.get("group", ())
    return references.key(known, None, kinds.USER_GROUP, dependencies) or f"the group of {one.key}"


def _people(one: Object) -> frozenset[str] | None:
    """Return the people in a list of members; None if one of them is not known."""
    value = one.told.get("members")
    if value is None or isinstance(value, Hidden):
        return frozenset() if value is None else None
    found = [_person(entry, label) for label, entry in entries(value)]
    return None if None in found else frozenset(person for person in found if person)


def _person(entry: Any, label: str = "") -> str | None:
    """Return the name of a person: the e-mail address, else the key in the state; None if none."""
    if isinstance(entry, str):
        return entry.lower()
    if not isinstance(entry, Mapping):
        return None
    user = entry.get("user")
    inner = text(user.get("email")) if isinstance(user, Mapping) else ""
    email = text(entry.get("email")) or inner
    return email.lower() or label or text(entry.get("id")) or None


def _rights(
    value: Any, names: Mapping[str, str], references: References, mark: str
) -> frozenset[Right]:
    """Return the rights of policies: one for each permission group and resource group."""
    told = "rights that are not known here"
    not_known = Right("?", f"{told}, {mark}" if mark else told, "?")
    if isinstance(value, Hidden):
        return frozenset({not_known})
    found = set()
    for _, policy in entries(value):
        if not isinstance(policy, Mapping):
            found.add(not_known)
            continue
        access = text(policy.get("access")) or "?"
        permissions = [_called(one) for one in entries(policy.get("permission_groups"))]
        resources = [
            _resource(one, names, references) for one in entries(policy.get("resource_groups"))
        ]
        found |= {Right(access, p, r) for p in permissions for r in resources}
    return frozenset(found)


def _called(entry: tuple[str, Any]) -> str:
    label, value = entry
    if isinstance(value, Mapping):
        return text(value.get("name")) or label or text(value.get("id")) or "?"
    return text(value) or label or "?"


def _resource(entry: tuple[str, Any], names: Mapping[str, str], references: References) -> str:
    label, value = entry
    of = value.get("of") if isinstance(value, Mapping) else None
    id_ = text(value.get("id")) if isinstance(value, Mapping) else text(value)
    candidates: Iterable[str] = (
        references.urn(of) if isinstance(of, str) else "",
        id_,
        references.with_id(id_),
    )
    named = next((names[one] for one in candidates if one in names), None)
    return named or label or id_ or "?"
