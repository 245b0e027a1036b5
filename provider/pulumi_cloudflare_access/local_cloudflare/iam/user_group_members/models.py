"""The members of user groups, and how they are changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ...world.world import AccountBackend
from ..exceptions import InvalidMemberError, InvalidRequestError, NotFoundError
from ..members.models import MemberBackend
from ..user_groups.models import UserGroupBackend

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..members.models import Member
    from ..user_groups.models import UserGroup


@dataclass(frozen=True, kw_only=True)
class UserGroupMember:
    """A member of the account in a user group, and since when."""

    member: Member
    created_at: str


def _at_once() -> None:
    """Write without a pause."""


class UserGroupMemberBackend(AccountBackend):
    """The members of all user groups of one account. The groups store them."""

    collection: ClassVar[str] = "iam/user_groups/members"

    def list_members(
        self, user_group_id: str, *, fuzzy_email: str | None = None, descending: bool = False
    ) -> list[UserGroupMember]:
        """Return the members of a group whose e-mail address contains a text, sorted by address."""
        members = [
            it
            for it in self._of(self._group(user_group_id))
            if fuzzy_email is None or fuzzy_email.casefold() in it.member.user.email
        ]
        return sorted(members, key=lambda it: it.member.user.email, reverse=descending)

    def add_members(
        self, user_group_id: str, body: Any, pause: Callable[[], object] = _at_once
    ) -> list[UserGroupMember]:
        """Add members to a group. Existing members stay as they are.

        Others may write during the pause. Members are added to the set at that time, because a
        request about one member must not change others.
        """
        added = self._checked(body)
        if not added:
            raise InvalidRequestError(("", "members should not be empty"))
        self._group(user_group_id, editable=True)
        added = self._load(added)
        pause()
        group = self.account.of(UserGroupBackend).get_user_group(user_group_id)
        members = dict.fromkeys([*group.members, *added])
        return self._of(self.account.of(UserGroupBackend).set_members(group, members))

    def set_members(
        self, user_group_id: str, body: Any, pause: Callable[[], object] = _at_once
    ) -> list[UserGroupMember]:
        """Set the members of a group, overwriting what others write during the pause."""
        members = self._checked(body)
        self._group(user_group_id, editable=True)
        members = self._load(members)
        pause()
        groups = self.account.of(UserGroupBackend)
        group = groups.set_members(groups.get_user_group(user_group_id), members)
        return self._of(group)

    def count_members(self, user_group_id: str) -> int:
        """Return how many members a group has."""
        return len(self._of(self.account.of(UserGroupBackend).get_user_group(user_group_id)))

    def get_member(self, user_group_id: str, member_id: str) -> UserGroupMember:
        """Return one member of a group."""
        for it in self._of(self._group(user_group_id)):
            if it.member.id == member_id:
                return it
        raise NotFoundError("member")

    def delete_member(
        self, user_group_id: str, member_id: str, pause: Callable[[], object] = _at_once
    ) -> UserGroupMember:
        """Remove a member from a group. Members added during the pause stay."""
        self._group(user_group_id, editable=True)
        member = self.get_member(user_group_id, member_id)
        pause()
        group = self.account.of(UserGroupBackend).get_user_group(user_group_id)
        left = [it for it in group.members if it != member_id]
        self.account.of(UserGroupBackend).set_members(group, left)
        return member

    def _group(self, user_group_id: str, *, editable: bool = False) -> UserGroup:
        groups = self.account.of(UserGroupBackend)
        if groups.unready.get(user_group_id):
            groups.unready[user_group_id] -= 1
            raise NotFoundError("user group")
        if editable:
            return groups.get_editable(user_group_id)
        return groups.get_user_group(user_group_id)

    def _of(self, group: UserGroup) -> list[UserGroupMember]:
        # People who left the account are in no group any more.
        members = self.account.of(MemberBackend).members
        return [
            UserGroupMember(member=members[member_id], created_at=time)
            for member_id, time in group.members.items()
            if member_id in members
        ]

    def _checked(self, body: Any) -> list[str]:
        if not isinstance(body, list):
            raise InvalidRequestError(("", "body should be a list"))
        mistakes = [
            (f"/{index}", "member should be an object with an id and nothing else")
            for index, item in enumerate(body)
            if not (isinstance(item, dict) and list(item) == ["id"] and isinstance(item["id"], str))
        ]
        if mistakes:
            raise InvalidRequestError(*mistakes)
        return [item["id"] for item in body]

    def _load(self, member_ids: list[str]) -> list[str]:
        members = self.account.of(MemberBackend).members
        if not all(member_id in members for member_id in member_ids):
            raise InvalidMemberError
        return list(dict.fromkeys(member_ids))
