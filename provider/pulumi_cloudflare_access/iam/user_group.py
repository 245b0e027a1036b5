"""User groups: what their members may do, and where.

https://developers.cloudflare.com/api/resources/iam/subresources/user_groups/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import pulumi

from ..engine import ownership
from ..engine.collection import Scope
from ..errors import ApiError, ConflictError, DriftError, NotFoundError
from ..fields.keyed import Mistake
from ..fields.model import Always, AlwaysManaged, Inputs, State
from ..program.lookup import Lookup
from ..program.references import USER_GROUPS, Found
from ..program.resource import Deployment, Resource
from . import grants, listings, people, rights
from .answers import email_of, meta
from .granted import WithPolicies
from .member_list import read_members
from .resource_group import understood

if TYPE_CHECKING:
    from .. import types

SCIM = (
    "an identity provider manages this group through SCIM: what Cloudflare refuses here is changed "
    "there"
)


STRANGERS = (
    "the rights would get wider for members whom the program does not declare, and no preview has "
    "shown them: {}. Nothing was sent. Run pulumi refresh and an up without this change of "
    "policies, which takes them out, or declare them (or set cloudflare-access:onDrift to "
    "overwrite)"
)


def _names_of(member: Mapping[str, Any]) -> set[str]:
    return {name.lower() for name in (str(member.get("id")), email_of(member)) if name}


class UserGroupInputs(Inputs):
    """What a program may ask of a user group."""

    account_id: str | None = None
    name: str
    """What the user group is called. No other in the account may have the name."""
    policies: Annotated[grants.Policies, AlwaysManaged()] = None
    """What the members may do: what `grants.allow(…)` and `grants.deny(…)` make, in any order.
    None: nothing.
    """


class UserGroupState(State):
    """What we keep of an answer besides what was declared."""

    created_on: Annotated[str | None, Always()] = None
    """When it was made, as RFC 3339."""
    modified_on: Annotated[str | None, Always()] = None
    """When it was changed last, as RFC 3339."""


class UserGroupProvider(WithPolicies):
    """Where user groups live and what they need."""

    kind = "user_group"
    display_name = listings.USER_GROUPS.display_name
    collection = listings.USER_GROUPS
    inputs = UserGroupInputs
    state = UserGroupState
    unique_field = "name"
    reserved_inputs = frozenset({rights.MEMBERS})
    update_inputs = frozenset({rights.LEAVERS})

    def validate_run(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[Mistake]:
        """Refuse wider rights with people who cannot be taken out before."""
        departure = self._departure(olds, news)
        refused = departure and departure.refused
        return [Mistake("policies", refused)] if refused else []

    def run_warnings(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Iterator[str]:
        """Name those who are taken out before the rights get wider."""
        departure = self._departure(olds, news)
        if departure and departure.warning:
            yield departure.warning

    def inputs_for_update(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
        """Have the update know whom to take out first."""
        departure = self._departure(olds, news)
        return {} if departure is None else {rights.LEAVERS: list(departure.leavers)}

    @staticmethod
    def _departure(olds: Mapping[str, Any], news: Mapping[str, Any]) -> rights.Departure | None:
        """Return who leaves while the rights get wider; None: they do not, or nothing is known."""
        was, now = (grants.as_rights(props.get("policies")) for props in (olds, news))
        is_other = olds.get("account_id") != news.get("account_id")
        if rights.MEMBERS not in olds or is_other or not rights.is_wider(was, now):
            return None
        return rights.Departure.of(
            *(rights.Members.of(props.get(rights.MEMBERS)) for props in (olds, news))
        )

    def update_remote(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Take out first who leaves, where the rights get wider."""
        before, after = (grants.as_rights(of.get("policies")) for of in (there, declared))
        if rights.LEAVERS in declared and rights.is_wider(before, after):
            self._part_with(scope, there, declared)
        return super().update_remote(scope, there, declared, was)

    def _part_with(
        self, scope: Scope, there: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> None:
        """Take out those who leave. Raises, before anything is sent, if there are strangers."""
        where = f"{self.object_path(scope, there['id'])}/members"
        leaving = declared[rights.LEAVERS]
        staying = rights.Members.of(declared.get(rights.MEMBERS))
        listed = read_members(
            self.client, where, per_page=self.per_page, permission=self.permission
        )
        undeclared = [one for one in listed if staying.names.isdisjoint(_names_of(one))]
        leavers = [one for one in undeclared if not _names_of(one).isdisjoint(leaving)]
        strangers = [one for one in undeclared if one not in leavers]
        is_known = staying.all and not staying.unknown
        if strangers and is_known and self.settings.on_drift == "refuse":
            raise DriftError(STRANGERS.format(people.in_short(map(people.called, strangers))))
        for one in leavers:
            try:
                self.client.delete(
                    f"{where}/{quote(one['id'], safe='')}", permission=self.permission
                )
            except NotFoundError:
                continue

    def explain_refusal(
        self, error: ApiError, scope: Scope, declared: Mapping[str, Any]
    ) -> str | None:
        """Say who keeps the group, and who has its name already."""
        if any("scim" in reason.message.lower() for reason in error.reasons):
            return SCIM
        if missing := self._missing_groups(error, scope, declared):
            return missing
        if not isinstance(error, ConflictError) or error.request.startswith("DELETE"):
            return None
        listed = self.client.list(
            self.object_path(scope), per_page=self.per_page, permission=self.permission
        )
        ids = [str(found["id"]) for found in listed if found.get("name") == declared.get("name")]
        if not ids:
            return None
        has = f'user group {ids[0]} has the name "{declared.get("name")}" already'
        if not error.request.startswith("POST") or ownership.is_managed(self.kind, ids[0]):
            return f"{has}: choose another"
        return f"{has}: take it over with adopt=True, or choose another"

    def remaining_parts_warnings(self, id_: str, scope: Scope) -> Iterator[str]:
        """Name the members whom no resource of the program has in the group."""
        if ownership.is_declared(listings.SET, id_):
            return
        members = listings.members_of(id_)
        where, per_page = members.path_in(scope), members.per_page
        people_in_it = [
            people.called(one)
            for one in self.client.list(where, per_page=per_page, permission=self.permission)
            if not ownership.is_declared(listings.ONE, f"{id_}/{one['id']}")
        ]
        if people_in_it:
            yield (
                "its members stay in it, though no resource of the program has them any more: "
                f"{people.in_short(people_in_it)}"
            )


class UserGroup(Resource, module="cloudflare", name="UserGroup"):
    """A named group of members of the account, and what they may do.

    `policies` are what `grants.allow(…)` and `grants.deny(…)` make; in any order. Without any, the
    group gives its members nothing. `adopt=True` takes over the group that has this name,
    `adopt="<id>"` the one with this id: if it is as declared here, or with `adopt_changes=True`.
    """

    lifecycle = UserGroupProvider

    account_id: pulumi.Output[str]
    name: pulumi.Output[str]
    created_on: pulumi.Output[str]
    """When it was made, as RFC 3339."""
    modified_on: pulumi.Output[str]
    """When it was changed last, as RFC 3339."""
    if TYPE_CHECKING:
        policies: pulumi.Output[Mapping[str, types.GrantOutput] | None]
        extra: pulumi.Output[Mapping[str, Any] | None]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        policies: pulumi.Input[Sequence[pulumi.Input[types.Grant | types.Unchecked]]] | None = None,
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a named group of members of the account, and what they may do.

        :param resource_name: The name of the resource in the program and in the state.
        :param name: What the user group is called. No other in the account may have the name.
            Required. API: `name`.
        :param policies: What the members may do: what `grants.allow(…)` and `grants.deny(…)` make,
            in any order. None: nothing. Default: none. API: `policies`.
        :param extra: Fields, and values of closed lists, that this package does not know. They are
            sent, compared and shown like all others. Default: none. API: each by its own name.
        :param account_id: The id of the account that it is in. Default: the one in the settings. A
            change replaces the object. In the API, it is in the path.
        :param adopt: `True` takes over an object that exists, found by its name; an id takes over
            the one with that id; `False` makes another one, whatever exists. Default: one is made.
        :param adopt_changes: Let an adoption change what differs. Default: what differs is an
            error.
        :param opts: Pulumi's options for the resource.
        """
        policies = grants.refer_in(policies)
        members = rights.members_text(Deployment.current(), self)
        self._declare(locals(), reserved={rights.MEMBERS: members})
        rights.tell_policies(self, resource_name, policies)


@dataclass(frozen=True, kw_only=True)
class GetUserGroupResult(Found):
    """A user group that exists; its policies as Cloudflare writes them."""

    referred = USER_GROUPS

    policies: Sequence[types.GrantFound] = field(default_factory=list)
    created_on: str | None = None
    modified_on: str | None = None


class _UserGroupLookup(Lookup[GetUserGroupResult]):
    """Answers about user groups hold those about other groups."""

    def understood(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put the groups inside the policies into one form."""
        return {**answer, "policies": list(map(_understood, answer.get("policies") or ()))}


def _understood(policy: Mapping[str, Any]) -> dict[str, Any]:
    granted = policy.get("permission_groups") or ()
    return {
        **policy,
        "permission_groups": [{**group, "meta": meta(group.get("meta"))} for group in granted],
        "resource_groups": list(map(understood, policy.get("resource_groups") or ())),
    }


_lookup = _UserGroupLookup(GetUserGroupResult, listings.USER_GROUPS)
get_user_group = _lookup.get
get_user_group_output = _lookup.get_output
get_user_groups = _lookup.get_all
get_user_groups_output = _lookup.get_all_output
