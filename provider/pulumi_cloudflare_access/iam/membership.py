"""What the members of a user group have in common, as one set or one by one.

The API replaces the whole set or adds and takes out one by one. `UserGroupMembers` replaces it, and
takes out nobody whom no preview has named; `UserGroupMember` adds and takes out its one person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..engine.collection import Scope
from ..engine.part import Part
from ..errors import ApiError, LookUpError, NotFoundError
from ..program.references import USER_GROUPS, Found, Reference
from ..program.resource import Deployment, part_of
from . import listings, people
from .account_member import Directory
from .listings import MEMBER, MEMBERS
from .people import EMAIL, ID
from .user_group import SCIM

T = TypeVar("T")

# Seconds. A group that has just been made may not have a list of members yet.
NOT_YET = (0.5, 1.0, 2.0, 4.0)
# The status with which Cloudflare refuses somebody who is no member of the account.
INVALID = 400


class OfAUserGroup(Part):
    """What both kinds have in common."""

    collection = listings.GROUPS_OF_MEMBERS
    part_of = "group"
    whole_name = "a user group"
    whole_look_up = "get_user_group(…)"
    list_is_complete = False
    create_adopts = True

    def explain_refusal(
        self, error: ApiError, scope: Scope, declared: Mapping[str, Any]
    ) -> str | None:
        """Say who keeps the group, and who of whom the state knows has left the account."""
        if any("scim" in reason.message.lower() for reason in error.reasons):
            return SCIM
        if error.status != INVALID:
            return None
        listed = {found["id"] for found in self._snapshot(scope, listings.ACCOUNT_MEMBERS).anew()}
        gone = [one for one in self._people(declared) if one.get(ID) not in listed]
        told = (
            f"no longer in {scope}: {people.in_short(map(people.called, gone))}; run pulumi refresh"
        )
        return told if gone else None

    @staticmethod
    def _people(declared: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        members = declared.get(MEMBERS) or {MEMBER: declared.get(MEMBER)}
        return [one for one in members.values() if isinstance(one, Mapping)]

    def _where(self, scope: Scope, group: str) -> str:
        return f"{self.object_path(scope, group)}/{MEMBERS}"

    def _once_there(self, work: Callable[[], T]) -> T:
        """Do what may find no group yet: it may have been made a moment ago."""
        for wait in NOT_YET:
            try:
                return work()
            except NotFoundError:
                self.client.clock.sleep(wait)
        return work()

    def _find(self, scope: Scope, names: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """Return members of the account by where they stand, or say of all who are none."""
        snapshot = self._snapshot(scope, listings.ACCOUNT_MEMBERS)
        directory = Directory(scope, snapshot.objects())
        if not all(map(directory.knows, names.values())):
            # Who was invited since, perhaps in this very run, is in a newer list.
            snapshot.forget()
            directory = Directory(scope, snapshot.objects())
        found, strangers = {}, []
        for place, name in names.items():
            try:
                id_, email = directory.find(name)
            except LookUpError as error:
                strangers.append(f"{place}: {error}")
            else:
                found[place] = {ID: id_, EMAIL: email}
        if strangers:
            raise LookUpError("; ".join(strangers))
        return found


# Whom a set has, instead of one person.
ALL = None


def mistakes_together(resource_name: str, group: Reference, who: str | None) -> list[str]:
    """Say that other resources of the program are in this one's way: plain ids, or one resource."""
    of = group.id if isinstance(group, Found) else group
    parts = Deployment.current().parts(OfAUserGroup, of)
    mistakes = []
    if ALL in parts:
        mistakes = [f'group: "{parts[ALL]}" says who all of its members are already']
    elif who == ALL and parts:
        first = next(iter(parts.values()))
        mistakes = [f'group: "{first}" adds a member to it, whom this set would take out']
    elif who in parts:
        mistakes = [f'member: "{parts[who]}" has this person in the group already']
    parts.setdefault(who, resource_name)
    return mistakes


def in_group(arguments: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Take the account from the group, and die with it."""
    return part_of(arguments, "group", USER_GROUPS, "account_id", dies_with=True)
