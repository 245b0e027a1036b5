"""Rights of IAM: who may do what in an account, gained and lost.

Rights are the union of those of all user groups that somebody is in, and of the member's own. What
a denied right does beside an allowed one is not documented: both are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .world import Right, Rights, UserGroup, World


@dataclass(frozen=True, slots=True)
class RightsChange:
    """What somebody gains and loses; `through`: the user groups that it comes through."""

    who: str
    gained: frozenset[Right]
    lost: frozenset[Right]
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupRightsChange:
    """What the members of a user group gain and lose. `members_known`: they are named beside it."""

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
    """Compare the rights of two worlds."""
    before, after = old.rights, new.rights
    people = []
    for who in sorted({*_people(before), *_people(after)}):
        had, has = rights_of(before, who), rights_of(after, who)
        was_in, is_in = _groups_of(before, who), _groups_of(after, who)
        if had != has or was_in.keys() != is_in.keys():
            people.append(
                RightsChange(
                    who,
                    has - had,
                    had - has,
                    tuple(sorted(is_in[key] for key in is_in.keys() - was_in.keys())),
                    tuple(sorted(was_in[key] for key in was_in.keys() - is_in.keys())),
                )
            )
    groups = []
    for key in sorted({*before.groups, *after.groups}):
        was, now = before.groups.get(key), after.groups.get(key)
        had = was.rights if was else frozenset[Right]()
        has = now.rights if now else frozenset[Right]()
        if had != has:
            known = all(one is None or one.members is not None for one in (was, now))
            groups.append(GroupRightsChange(_name(was, now), has - had, had - has, known))
    return RightsComparison(tuple(people), tuple(groups))


def rights_of(rights: Rights, who: str) -> frozenset[Right]:
    """Return what somebody may do, as far as members are known."""
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
