"""IAM rights: who may do what in an account, and what changes.

A member's rights are those of all their user groups, and their own. Whether a denied right wins
over an allowed one is not documented, so both are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from .characters import shown
from .world import Right, Rights, UserGroup, World


@dataclass(frozen=True, slots=True)
class RightsChange:
    """The rights that a person gains and loses, and the user groups that they join and leave."""

    who: str
    gained: frozenset[Right]
    lost: frozenset[Right]
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupRightsChange:
    """The rights that the members of a user group gain and lose.

    `members_known`: the members before and after are known, and `RightsComparison.people` has them.
    If not, the reason for this change may be that members joined or left, without any new right.
    """

    group: str
    gained: frozenset[Right]
    lost: frozenset[Right]
    members_known: bool


@dataclass(frozen=True, slots=True)
class RightsComparison:
    """Rights before and after a change: by person where members are known, and by group."""

    people: tuple[RightsChange, ...] = ()
    groups: tuple[GroupRightsChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.people or self.groups)


NO_RIGHTS: Final = RightsComparison()


def compare_rights(old: World, new: World) -> RightsComparison:
    """Compare the IAM rights of two worlds."""
    before, after = old.rights, new.rights
    keys = sorted({*before.groups, *after.groups})
    unknown = {key for key in keys if _is_unknown(before.groups.get(key), after.groups.get(key))}
    was_known, is_known = _without(before, unknown), _without(after, unknown)
    people = []
    for who in sorted({*_people(was_known), *_people(is_known)}):
        had, has = rights_of(was_known, who), rights_of(is_known, who)
        was_in, is_in = _groups_of(was_known, who), _groups_of(is_known, who)
        if had != has or was_in.keys() != is_in.keys():
            people.append(
                RightsChange(
                    shown(who),
                    _shown(has - had),
                    _shown(had - has),
                    tuple(sorted(shown(is_in[key]) for key in is_in.keys() - was_in.keys())),
                    tuple(sorted(shown(was_in[key]) for key in was_in.keys() - is_in.keys())),
                )
            )
    groups = []
    for key in keys:
        was, now = before.groups.get(key), after.groups.get(key)
        had = was.rights if was else frozenset[Right]()
        has = now.rights if now else frozenset[Right]()
        if had != has or _may_differ(was, now):
            name, known = shown(_name(was, now)), key not in unknown
            groups.append(GroupRightsChange(name, _shown(has - had), _shown(had - has), known))
    return RightsComparison(tuple(people), tuple(groups))


def _shown(rights: frozenset[Right]) -> frozenset[Right]:
    return frozenset(
        Right(shown(one.access), shown(one.permission), shown(one.resource)) for one in rights
    )


def _is_unknown(*sides: UserGroup | None) -> bool:
    """Tell whether the members of a group are not known, before or after."""
    return any(one is not None and one.members is None for one in sides)


def _may_differ(was: UserGroup | None, now: UserGroup | None) -> bool:
    """Tell whether the unknown members of a group may change."""
    if was is None or now is None or not _is_unknown(was, now):
        return False
    return (was.members is None) != (now.members is None) or was.unread != now.unread


def _without(rights: Rights, keys: Collection[str]) -> Rights:
    groups = {key: group for key, group in rights.groups.items() if key not in keys}
    return Rights(groups, rights.direct)


def rights_of(rights: Rights, who: str) -> frozenset[Right]:
    """Return a person's rights, as far as members are known."""
    found = set(rights.direct.get(who, ()))
    for group in rights.groups.values():
        if group.members is not None and who in group.members:
            found |= group.rights
    return frozenset(found)


def _people(rights: Rights) -> set[str]:
    members = {one for group in rights.groups.values() for one in group.members or ()}
    return members | set(rights.direct)


def _groups_of(rights: Rights, who: str) -> Mapping[str, str]:
    return {key: group.name for key, group in rights.groups.items() if who in (group.members or ())}


def _name(*groups: UserGroup | None) -> str:
    return next(group.name for group in reversed(groups) if group is not None)
