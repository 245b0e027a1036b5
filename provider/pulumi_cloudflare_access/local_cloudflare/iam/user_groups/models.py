"""User groups, and how they behave."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ...world.world import AccountBackend
from .. import grants
from ..checks import Checker, now
from ..exceptions import ConflictError, ManagedByScimError, NotFoundError
from ..members.models import MemberBackend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...world.world import Scope
    from ..grants import Grant


@dataclass(frozen=True, kw_only=True)
class UserGroup:
    """A named group with policies and members."""

    id: str
    name: str
    policies: list[Grant]
    created_on: str
    modified_on: str
    scim: bool = False
    """Whether an identity provider manages it."""
    strange: dict[str, Any] = field(default_factory=dict)
    """Unknown fields, as they were sent."""
    members: dict[str, str] = field(default_factory=dict)
    """The time when each was added, by the id of the account member."""


class UserGroupBackend(AccountBackend):
    """The user groups of one account. Their names are unique."""

    collection: ClassVar[str] = "iam/user_groups"

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.user_groups: dict[str, UserGroup] = {}
        self.unready: dict[str, int] = {}
        """The number of further requests that do not find the members of a new group."""

    def list_user_groups(
        self,
        *,
        group_id: str | None = None,
        name: str | None = None,
        fuzzy_name: str | None = None,
        descending: bool = False,
    ) -> list[UserGroup]:
        """Return the groups with this id and name, or whose name contains a text, by name."""
        groups = [
            group
            for group in self.user_groups.values()
            if (group_id is None or group.id == group_id)
            and (name is None or group.name == name)
            and (fuzzy_name is None or fuzzy_name.casefold() in group.name.casefold())
        ]
        return sorted(groups, key=lambda group: group.name, reverse=descending)

    def create_user_group(self, body: Any) -> UserGroup:
        """Create a group. With `new_user_group_misses`, its members are not found at first."""
        group = self._create(body, self.world.new_hex(32))
        self.unready[group.id] = self.world.switches.new_user_group_misses
        return group

    def get_user_group(self, group_id: str) -> UserGroup:
        """Return the group with this id."""
        if group_id not in self.user_groups:
            raise NotFoundError("user group")
        return self.user_groups[group_id]

    def get_editable(self, group_id: str) -> UserGroup:
        """Return the group with this id. Refused if an identity provider manages it."""
        group = self.get_user_group(group_id)
        if group.scim:
            raise ManagedByScimError
        return group

    def update_user_group(self, group_id: str, body: Any) -> UserGroup:
        """Replace the name of a group, all its policies, or both."""
        group = self.get_user_group(group_id)
        fields = self._checked(body, group)
        renamed = fields.get("name", group.name) != group.name
        if group.scim and (renamed or self.world.switches.scim_policies == "refuse"):
            raise ManagedByScimError
        group = replace(group, modified_on=now(), **fields)
        self.user_groups[group_id] = group
        return group

    def delete_user_group(self, group_id: str) -> None:
        """Delete a group, with its policies and memberships."""
        self.get_editable(group_id)
        del self.user_groups[group_id]

    def set_members(self, group: UserGroup, member_ids: Iterable[str]) -> UserGroup:
        """Set the members of a group. Those who stay keep the time when they were added."""
        time = now()
        members = {member_id: group.members.get(member_id, time) for member_id in member_ids}
        group = replace(group, members=members)
        self.user_groups[group.id] = group
        return group

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Add a group with a `name`. Optional: `id`, `policies`, `members` and `scim`.

        `members` are ids or e-mail addresses of existing account members. `scim` says that an
        identity provider manages the group.
        """
        body = dict(item)
        group_id = body.pop("id", None) or self.world.new_hex(32)
        members, scim = body.pop("members", []), body.pop("scim", False)
        if group_id in self.user_groups:
            raise ValueError(f"there is a user group {group_id} already")
        found = {name: self.account.of(MemberBackend).find(name) for name in members}
        for name, member in found.items():
            if member is None:
                raise ValueError(f"{name} is no member of the account")
        group = replace(self._create(body, group_id), scim=bool(scim))
        group = self.set_members(group, [member.id for member in found.values() if member])
        return {**vars(group), "policies": [vars(policy) for policy in group.policies]}

    def granted_on(self) -> Iterator[str]:
        """Yield the ids of the resource groups that the policies of groups name."""
        for group in self.user_groups.values():
            for grant in group.policies:
                yield from grant.resource_groups

    def _create(self, body: Any, group_id: str) -> UserGroup:
        fields = {"policies": []} | self._checked(body, None)
        time = now()
        group = UserGroup(id=group_id, created_on=time, modified_on=time, **fields)
        self.user_groups[group_id] = group
        return group

    def _checked(self, body: Any, group: UserGroup | None) -> dict[str, Any]:
        check = Checker(body, self.world.switches)
        fields: dict[str, Any] = {}
        if group is None or "name" in check:
            fields["name"] = check.text("name")
        if "policies" in check:
            fields["policies"] = grants.checked(check, self.account)
        fields["strange"] = check.rest()
        check.done()
        grants.load(fields.get("policies", []), self.account)
        if any(
            other is not group and other.name == fields.get("name")
            for other in self.user_groups.values()
        ):
            raise ConflictError("user group name already exists")
        return fields
