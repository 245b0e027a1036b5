"""Account members: who is in an account, or invited, and what they may do in it.

https://developers.cloudflare.com/api/resources/accounts/subresources/members/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import pulumi
from pydantic import model_validator

from ..engine.collection import Scope
from ..errors import ApiError, CloudflareError, DeclarationError, LookUpError
from ..fields.keyed import UNKNOWN, Mistake
from ..fields.model import Always, AnsweredInside, Inputs, NotEmpty, NotSent, State
from ..fields.shapes import TextShape
from ..program.lookup import Listed, Lookup
from ..program.references import ACCOUNT_MEMBERS, ACCOUNT_ROLES, ID, Found, Reference, refer_all
from ..program.resource import Resource
from ..text.nearest import quoted_value
from . import grants, listings, rights
from .account_role import RoleNames
from .answers import AN_EMAIL, LONGEST_EMAIL, email_of
from .by_name import ByName
from .granted import POLICIES, WithPolicies

if TYPE_CHECKING:
    from .. import types

EMAIL, ROLES, USER = "email", "roles", "user"
NO_ROLE = "must hold at least one role: the API refuses a member without any"
NO_POLICY = "must hold at least one policy; take somebody out by removing the resource"
ONE_OF_BOTH = "pass either roles or policies: Cloudflare gives a member one or the other"
ONESELF = (
    "is the member whose credentials these are: removing yourself would lock you out of the "
    "account. Have somebody else do it, or leave the member as it is with pulumi state delete or "
    "retain_on_delete"
)
NO_INVITATION = (
    "this account may not add people without an invitation: leave out send_invitation=False"
)


class Roles(ByName):
    """Roles, as a program calls them. Answers have each as an object."""

    of_what = "roles"

    def __init__(self) -> None:
        super().__init__("an account role", "an account role's name or id")


ROLE_NAMES = Roles()


class AccountMemberInputs(Inputs):
    """What a program may ask of an account member."""

    made = frozenset({USER})

    account_id: str | None = None
    email: Annotated[str, TextShape(str.lower), AnsweredInside(USER)]
    """The e-mail address of the person, to which the invitation goes."""
    roles: Annotated[Any, ROLE_NAMES, NotEmpty(NO_ROLE)] = None
    """What the person may do: account roles by name or id, or as a look-up found them, in any
    order. Left out, `policies` say it.
    """
    policies: Annotated[grants.Policies, NotEmpty(NO_POLICY)] = None
    """What the person may do: what `grants.allow(…)` and `grants.deny(…)` make, in any order. Left
    out, `roles` say it.
    """
    # Heeded by a creation; what an answer says of it changes when the person accepts.
    send_invitation: Annotated[bool | None, NotSent()] = None
    """`False` adds the person at once, without an invitation: only some accounts may, and only
    people who have a Cloudflare account. It counts when the resource is created. Left out, an
    invitation is sent.
    """


class AccountMemberState(State):
    """What we keep of an answer besides what was declared."""

    status: Annotated[str | None, Always()] = None
    """`pending` until the person accepts the invitation, then `accepted`; as of the last update or
    refresh.
    """
    user_id: str | None = None
    """The id of the person, the same in every account."""
    first_name: str | None = None
    """The person's first name."""
    last_name: str | None = None
    """The person's last name."""
    two_factor_authentication_enabled: bool | None = None
    """Whether the person logs in to the dashboard with a second factor."""

    @model_validator(mode="before")
    @classmethod
    def _flattened(cls, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Take what is said of the person out of the object that holds it."""
        said = answer.get(USER)
        person = dict(said) if isinstance(said, Mapping) else {}
        return {**person, "user_id": person.get(ID), "status": answer.get("status")}


class AccountMemberProvider(WithPolicies):
    """Where account members live and what they need. The API has no filter by e-mail address."""

    kind = "account_member"
    display_name = "account member"
    collection = listings.ACCOUNT_MEMBERS
    inputs = AccountMemberInputs
    state = AccountMemberState
    natural_key = unique_field = EMAIL
    # Who is in the account is the business of programs that declare members.
    stray = "with_others"
    natural_key_label = "e-mail address"
    replaced_by = frozenset({EMAIL})
    # Answers tell roles as policies, too.
    separately_noted = frozenset({ROLES, POLICIES})

    def validate(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what the API refuses of an address, and of roles beside policies."""
        mistakes = []
        email = declared[EMAIL]
        if email != UNKNOWN and not AN_EMAIL.fullmatch(email):
            told = f"{quoted_value(email)} is no e-mail address"
            mistakes.append(Mistake(EMAIL, told))
        elif email != UNKNOWN and len(email) > LONGEST_EMAIL:
            told = f"has {len(email)} characters, and Cloudflare takes {LONGEST_EMAIL} at most"
            mistakes.append(Mistake(EMAIL, f"{quoted_value(email)} {told}"))
        if (ROLES in declared) == (POLICIES in declared):
            mistakes.append(Mistake(POLICIES if ROLES in declared else ROLES, ONE_OF_BOTH))
        return mistakes

    def validate_run(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[Mistake]:
        """Refuse a replacement that would remove the member whose API key this is."""
        moves = any(self._is_other(name, olds, news) for name in (EMAIL, "account_id"))
        if olds and moves and self._email_of_key() == str(olds.get(EMAIL)).lower():
            return [Mistake(EMAIL, f"{quoted_value(olds.get(EMAIL))} {ONESELF}")]
        return []

    def resolve_ids(
        self, declared: Mapping[str, Any], known: Mapping[str, Any], scope: Scope | None = None
    ) -> dict[str, Any]:
        """Put ids beside the names of roles, too."""
        declared = super().resolve_ids(declared, known, scope)
        roles = ROLE_NAMES.identified(declared.get(ROLES), ROLE_NAMES.ids_in(known.get(ROLES)))
        unknown = ROLE_NAMES.without_ids(roles) if scope else []
        if scope and unknown:
            roles = ROLE_NAMES.identified(roles, self._roles(scope, unknown))
        return {**declared, ROLES: roles} if roles else declared

    def _roles(self, scope: Scope, names: Iterable[str]) -> dict[str, str]:
        """Return the ids of roles by their names. Or a LookUpError."""
        roles = RoleNames(scope, self._snapshot(scope, listings.ACCOUNT_ROLES).objects())
        ids, wrong = {}, []
        for name in names:
            try:
                ids[name] = roles.id_of(name)
            except LookUpError as error:
                wrong.append(f'{ROLES}["{name}"]: {error}')
        if wrong:
            raise LookUpError("; ".join(wrong))
        return ids

    def without_resolved_ids(self, declared: Mapping[str, Any]) -> dict[str, Any]:
        """Leave the names of roles without their ids, too."""
        written = super().without_resolved_ids(declared)
        return (
            {**written, ROLES: ROLE_NAMES.as_written(written[ROLES])}
            if ROLES in written
            else (written)
        )

    def request_body(
        self,
        declared: Mapping[str, Any],
        *,
        there: Mapping[str, Any] | None = None,
        was: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Write a request. A creation has the ids of roles as texts, an update as objects.

        Roles and policies exclude each other: what an answer says of the others is not sent back.
        """
        body = super().request_body(declared, there=there, was=was)
        for name in {ROLES, POLICIES} - declared.keys():
            body.pop(name, None)
        if there is not None:
            body.pop(EMAIL, None)
            return body
        if ROLES in body:
            body[ROLES] = [role[ID] for role in body[ROLES]]
        return body | ({"status": "accepted"} if declared.get("send_invitation") is False else {})

    def explain_refusal(
        self, error: ApiError, scope: Scope, declared: Mapping[str, Any]
    ) -> str | None:
        """Say who is a member already, which groups do not exist, and who cannot be added."""
        if missing := self._missing_groups(error, scope, declared):
            return missing
        if not error.request.startswith("POST"):
            return None
        if any("automatic verification" in reason.message.lower() for reason in error.reasons):
            return NO_INVITATION
        is_namesake = self.namesake_filter(declared)
        there = [one for one in self._snapshot(scope).anew() if is_namesake(one)]
        if not there:
            return None
        return (
            f"{email_of(there[0])} is in {scope} already ({there[0]['id']}, "
            f"{there[0].get('status')}): take the member over with adopt=True"
        )

    def _email_of_key(self) -> str | None:
        """Return whose API key the settings hold; None: they hold a token, or nothing."""
        settings = self.settings
        is_by_key = settings.api_key and not settings.api_token
        return settings.email.lower() if is_by_key and settings.email else None

    def _own_email(self) -> str | None:
        """Return whose credentials these are. None: an account's, or nobody can say."""
        if by_key := self._email_of_key():
            return by_key
        try:
            return email_of(self.client.get("/user", permission="User Details")) or None
        except CloudflareError:
            # A token of the account belongs to nobody, and one of a user need not read this.
            return None

    def delete_remote(self, scope: Scope, id_: str, props: Mapping[str, Any]) -> None:
        """Remove somebody else, or cancel the invitation."""
        if self._own_email() == str(props.get(EMAIL)).lower():
            raise DeclarationError(f"{self.full_name(props, id_)} {ONESELF}")
        super().delete_remote(scope, id_, props)


class AccountMember(Resource, module="cloudflare", name="AccountMember"):
    """A person in the account, invited by e-mail, and what the person may do.

    `roles` are names of account roles, such as `"Administrator Read Only"`; `policies` are what
    `grants.allow(…)` and `grants.deny(…)` make. One of the two is required. `status` is `pending`
    until the person accepts. Whoever is pending can be in user groups already. `adopt=True` takes
    over the member with this address. A destroy removes the person from the account, or cancels
    the invitation; the member whose credentials it uses is refused.
    """

    lifecycle = AccountMemberProvider

    account_id: pulumi.Output[str]
    email: pulumi.Output[str]
    send_invitation: pulumi.Output[bool | None]
    status: pulumi.Output[str]
    """`pending` until the person accepts the invitation, then `accepted`; as of the last update or
    refresh.
    """
    user_id: pulumi.Output[str | None]
    """The id of the person, the same in every account."""
    first_name: pulumi.Output[str | None]
    """The person's first name."""
    last_name: pulumi.Output[str | None]
    """The person's last name."""
    two_factor_authentication_enabled: pulumi.Output[bool | None]
    """Whether the person logs in to the dashboard with a second factor."""
    if TYPE_CHECKING:
        roles: pulumi.Output[Mapping[str, types.RoleOutput] | None]
        policies: pulumi.Output[Mapping[str, types.GrantOutput] | None]
        extra: pulumi.Output[Mapping[str, Any] | None]

    def __init__(
        self,
        resource_name: str,
        *,
        email: pulumi.Input[str],
        roles: Sequence[Reference] | pulumi.Output[Sequence[str | Found]] | None = None,
        policies: pulumi.Input[Sequence[pulumi.Input[types.Grant | types.Unchecked]]] | None = None,
        send_invitation: pulumi.Input[bool] | None = None,
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a person in the account, invited by e-mail, and what the person may do.

        :param resource_name: The name of the resource in the program and in the state.
        :param email: The e-mail address of the person, to which the invitation goes. Required. API:
            `email`. A change replaces the object.
        :param roles: What the person may do: account roles by name or id, or as a look-up found
            them, in any order. Left out, `policies` say it. API: `roles`.
        :param policies: What the person may do: what `grants.allow(…)` and `grants.deny(…)` make,
            in any order. Left out, `roles` say it. API: `policies`.
        :param send_invitation: `False` adds the person at once, without an invitation: only some
            accounts may, and only people who have a Cloudflare account. It counts when the resource
            is created. Left out, an invitation is sent. It is not sent to Cloudflare.
        :param extra: Fields, and values of closed lists, that this package does not know. They are
            sent, compared and shown like all others. Default: none. API: each by its own name.
        :param account_id: The id of the account that it is in. Default: the one in the settings. A
            change replaces the object. In the API, it is in the path.
        :param adopt: `True` takes over an object that exists, found by its e-mail address; an id
            takes over the one with that id; `False` makes another one, whatever exists. Default:
            one is made.
        :param adopt_changes: Let an adoption change what differs. Default: what differs is an
            error.
        :param opts: Pulumi's options for the resource.
        """
        roles = refer_all(roles, ACCOUNT_ROLES)
        policies = grants.refer_in(policies)
        self._declare(locals())
        rights.tell_members(self, email, is_set=True)
        rights.tell_policies(self, resource_name, policies)


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


_lookup = _AccountMemberLookup(GetAccountMemberResult, listings.ACCOUNT_MEMBERS)
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
