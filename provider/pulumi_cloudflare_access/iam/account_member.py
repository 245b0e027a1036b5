"""Account members: who is in an account, or invited. Looked up, by e-mail address or by id.

https://developers.cloudflare.com/api/resources/accounts/subresources/members/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi

from ..engine.collection import Scope
from ..program.lookup import Listed, Lookup
from ..program.references import ACCOUNT_MEMBERS, Found

if TYPE_CHECKING:
    from .. import types


@dataclass(frozen=True, kw_only=True)
class GetAccountMemberResult(Found):
    """A member of the account, whose `name` is the e-mail address.

    `status` is `pending` until an invitation is accepted. Roles and policies are as Cloudflare
    writes them.
    """

    referred = ACCOUNT_MEMBERS

    email: str = ""
    status: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    two_factor_authentication_enabled: bool | None = None
    roles: Sequence[types.RoleFound] = field(default_factory=list)
    policies: Sequence[types.GrantFound] = field(default_factory=list)


class AccountMembers:
    """Where account members are listed. The API has no filter by e-mail address."""

    collection = "members"
    permission = "Account Settings"
    per_page = 50


def email_of(answer: Mapping[str, Any]) -> str:
    """Return the e-mail address of a member, in lower case; "" if an answer does not say."""
    user = answer.get("user")
    said = answer.get("email") or (user.get("email") if isinstance(user, Mapping) else None)
    return str(said or "").lower()


class _AccountMemberLookup(Lookup[GetAccountMemberResult]):
    """Members have an e-mail address instead of a name. It is compared in lower case."""

    def get(  # type: ignore[override]  # they have no name to be asked for by
        self,
        *,
        email: str | None = None,
        id: str | None = None,  # noqa: A002 - Cloudflare's name for it
        account_id: str | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> GetAccountMemberResult:
        """Find the one member with this e-mail address or id; anything else is a LookUpError.

        :param email: The e-mail address, in any case.
        :param id: The object's id.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
        """
        return self._get({"id": id, "email": email}, {"account_id": account_id}, opts)

    def get_output(  # type: ignore[override]  # likewise
        self,
        *,
        email: pulumi.Input[str] | None = None,
        id: pulumi.Input[str] | None = None,  # noqa: A002 - Cloudflare's name for it
        account_id: pulumi.Input[str] | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> pulumi.Output[GetAccountMemberResult]:
        """Find the one member with this e-mail address or id, once these are known.

        :param email: The e-mail address, in any case.
        :param id: The object's id.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
        """
        return self._get_output({"id": id, "email": email}, {"account_id": account_id}, opts)

    def choose(
        self, listed: Listed, wanted: str, *by: str, remedy: str = "pass id=, one of"
    ) -> Mapping[str, Any]:
        """Return the one that is asked for, in lower case. Or a LookUpError."""
        return super().choose(listed, wanted.lower(), *by, remedy=remedy)

    def understood(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """Have what is said about the person beside what is said about the member."""
        user = answer.get("user")
        person = {k: v for k, v in user.items() if k != "id"} if isinstance(user, Mapping) else {}
        email = email_of(answer)
        return {**person, **answer, "name": email, "email": email}


_lookup = _AccountMemberLookup(GetAccountMemberResult, AccountMembers)
get_account_member = _lookup.get
get_account_member_output = _lookup.get_output
get_account_members = _lookup.get_all
get_account_members_output = _lookup.get_all_output


class Directory:
    """The members of one account, by e-mail address and by id."""

    def __init__(self, where: Scope, answers: Iterable[Mapping[str, Any]]) -> None:
        self._listed = _lookup.listed(where, answers)
        emails = [(str(it["id"]), str(it["email"])) for it in self._listed.answers]
        self._found = {email: (id_, email) for id_, email in emails}
        self._found |= {id_: (id_, email) for id_, email in emails}

    def knows(self, name: str) -> bool:
        """Tell whether there is a member with this e-mail address or id."""
        return name.lower() in self._found

    def find(self, name: str) -> tuple[str, str]:
        """Return the id and the e-mail address of the member with this one. Or a LookUpError."""
        if not self.knows(name):
            _lookup.choose(self._listed, name, "email" if "@" in name else "id")
        return self._found[name.lower()]
