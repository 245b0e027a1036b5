"""Account members, and how they behave."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ...calls import checks
from ...world.world import AccountBackend
from .. import grants
from ..exceptions import DirectMemberError, InvalidMemberRequestError, MemberNotFoundError
from ..roles.models import RoleBackend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...world.world import Scope
    from ..grants import Grant

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_LONGEST_EMAIL = 90


@dataclass(frozen=True, kw_only=True)
class User:
    """The person behind a member."""

    id: str
    email: str
    first_name: str | None = None
    last_name: str | None = None
    two_factor_authentication_enabled: bool = False


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of an account, with roles or policies. Pending until they accept the invitation."""

    id: str
    status: str
    user: User
    roles: list[str] = field(default_factory=list)
    policies: list[Grant] = field(default_factory=list)
    strange: dict[str, Any] = field(default_factory=dict)
    """Unknown fields, as they were sent."""


ORDERS: dict[str, Callable[[Member], str]] = {
    "user.first_name": lambda member: member.user.first_name or "",
    "user.last_name": lambda member: member.user.last_name or "",
    "user.email": lambda member: member.user.email,
    "status": lambda member: member.status,
}


class Checker(checks.Checker):
    """Refuses bodies with the errors of account members."""

    refusal: ClassVar[type[InvalidMemberRequestError]] = InvalidMemberRequestError


class MemberBackend(AccountBackend):
    """The members of one account. At first there are none, not even an owner."""

    collection: ClassVar[str] = "members"

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.members: dict[str, Member] = {}
        self._by_email: dict[str, str] = {}

    def list_members(
        self, *, order: str | None = None, descending: bool = False, status: str | None = None
    ) -> list[Member]:
        """Return the members with this status, oldest first or by `order`."""
        members = [it for it in self.members.values() if status is None or it.status == status]
        if order is not None:
            members.sort(key=ORDERS[order])
        return members[::-1] if descending else members

    def create_member(self, body: Any) -> Member:
        """Invite a member, or add them at once with the status `accepted` (Enterprise accounts)."""
        check = Checker(body, self.world.switches)
        email = self._checked_email(check)
        status = check.choice("status", "pending", "accepted")
        if ("roles" in check) == ("policies" in check):
            check.refuse("", "either roles or policies are required")
        roles = self._checked_roles(check, check.items("roles", required="roles" in check))
        policies = grants.checked(check, self.account)
        strange = check.rest()
        check.done()
        grants.load(policies, self.account)
        if status == "accepted" and self.world.switches.direct_members == "refuse":
            raise DirectMemberError
        user = User(id=self.world.new_hex(32), email=email)
        return self._keep(
            Member(
                id=self.world.new_hex(32),
                status=status,
                user=user,
                roles=roles,
                policies=policies,
                strange=strange,
            )
        )

    def get_member(self, member_id: str) -> Member:
        """Return the member with this id."""
        if member_id not in self.members:
            raise MemberNotFoundError
        return self.members[member_id]

    def find(self, member_id_or_email: str) -> Member | None:
        """Return the member with this id or e-mail address, if there is one."""
        known = self._by_email.get(member_id_or_email.lower(), member_id_or_email)
        return self.members.get(known)

    def update_member(self, member_id: str, body: Any) -> Member:
        """Replace a member's roles or policies. Those of the other kind are removed."""
        member = self.get_member(member_id)
        check = Checker(body, self.world.switches)
        if ("roles" in check) == ("policies" in check):
            check.refuse("", "either roles or policies are required")
        roles = []
        for index, role in enumerate(check.items("roles", required=False)):
            if isinstance(role, dict) and list(role) == ["id"]:
                roles.append(role["id"])
            else:
                check.refuse(f"/roles/{index}", "role should be an object with an id")
        roles = self._checked_roles(check, roles)
        policies = grants.checked(check, self.account)
        strange = check.rest()
        check.done()
        grants.load(policies, self.account)
        return self._keep(replace(member, roles=roles, policies=policies, strange=strange))

    def delete_member(self, member_id: str) -> None:
        """Remove a member from the account, and so from its user groups."""
        member = self.get_member(member_id)
        del self.members[member_id]
        del self._by_email[member.user.email]

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Add a member with an `email`.

        Optional: `id`, `status` (default: accepted), `user`, `roles` (ids) and `policies`.
        """
        body = {"email": item["email"]} | {
            name: item[name] for name in ("roles", "policies") if name in item
        }
        check = Checker(body)
        email = self._checked_email(check)
        roles = self._checked_roles(check, check.items("roles", required=False))
        policies = grants.checked(check, self.account)
        check.done()
        member = Member(
            id=item.get("id") or self.world.new_hex(32),
            status=item.get("status", "accepted"),
            user=User(**{"id": self.world.new_hex(32)} | item.get("user", {}) | {"email": email}),
            roles=roles,
            policies=policies,
        )
        if member.id in self.members:
            raise ValueError(f"there is a member {member.id} already")
        self._keep(member)
        return {
            **{name: value for name, value in vars(member).items() if name != "strange"},
            "user": vars(member.user),
            "policies": [vars(policy) for policy in policies],
        }

    def granted_on(self) -> Iterator[str]:
        """Yield the ids of the resource groups that the policies of members name."""
        for member in self.members.values():
            for grant in member.policies:
                yield from grant.resource_groups

    def _keep(self, member: Member) -> Member:
        self.members[member.id] = member
        self._by_email[member.user.email] = member.id
        return member

    def _checked_email(self, check: Checker) -> str:
        # Not documented: addresses are stored in lower case.
        email = check.text("email").lower()
        if email and not (_EMAIL.fullmatch(email) and len(email) <= _LONGEST_EMAIL):
            check.refuse("/email", "email field should be an e-mail address")
        if email in self._by_email:
            check.refuse("/email", f"{email} is a member already")
        return email

    def _checked_roles(self, check: Checker, roles: list[Any]) -> list[str]:
        known = self.account.of(RoleBackend).roles
        for index, role in enumerate(roles):
            if not isinstance(role, str) or role not in known:
                check.refuse(f"/roles/{index}", "role should be the id of a role")
        return list(dict.fromkeys(role for role in roles if isinstance(role, str)))
