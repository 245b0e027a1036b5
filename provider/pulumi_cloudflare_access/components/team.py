"""Team: one list of people, used in Access groups and in user groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

import pulumi

from ..access import rules
from ..access.group import AccessGroup
from ..iam import grants as iam_grants
from ..iam import scopes
from ..iam.account_member import AccountMember
from ..iam.resource_group import ResourceGroup
from ..iam.user_group import UserGroup
from ..iam.user_group_members import UserGroupMembers
from ..program.references import LABEL, OF, Reference, Unchecked
from ..text.outlet import run_error
from . import invitations
from .component import Component, no_lists, refuse
from .invitations import LEAST

People: TypeAlias = pulumi.Input[Sequence[pulumi.Input[str]]]
"""A list of e-mail addresses."""

MAKE_ONE = "grants, or user_group=True, make one"


class Team(Component):
    """People and what they get: an Access group for rules, a user group with rights, or both.

    `people` are in both groups. `guests`, who are not members of the account, and `service_tokens`
    are only in the Access group; `require` and `exclude` are its other rules. The team has a user
    group if there are `grants`, or with `user_group=True`. Its people must be members of the
    account.

    `grants` come from `grants.allow(…)` and `grants.deny(…)`, on resource groups or on scopes such
    as `scopes.zones({"example.com": zone})`. For each zone in a scope, the team declares a resource
    group.

    `invite=True` invites the people to the account. Each person is one `AccountMember` of the
    stack, however many teams invite them. A person who is in no team any more is removed from the
    account.

    `adopt=True` takes over groups that have the team's name, and members who are already invited.
    `max_removals` and `allow_empty` are those of `UserGroupMembers`.
    """

    kind = "cloudflare:components:Team"

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        people: People,
        guests: People | None = None,
        service_tokens: Sequence[Reference] = (),
        require: pulumi.Input[Sequence[pulumi.Input[rules.Rule | Unchecked]]] | None = None,
        exclude: pulumi.Input[Sequence[pulumi.Input[rules.Rule | Unchecked]]] | None = None,
        grants: Sequence[iam_grants.Policy | Unchecked] = (),
        access_group: bool = True,
        user_group: bool | None = None,
        max_removals: pulumi.Input[int] | None = None,
        allow_empty: pulumi.Input[bool] | None = None,
        invite: bool = False,
        roles: Sequence[Reference] = (LEAST,),
        account_id: pulumi.Input[str] | None = None,
        adopt: bool | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare people and what they get.

        :param resource_name: The name of the component in the program and in the state.
        :param name: The name of the groups at Cloudflare. Required. API: `name`.
        :param people: The e-mail addresses of the team's people, in any order. Required.
        :param guests: E-mail addresses of people who are not members of the account. They are only
            in the Access group. Default: none.
        :param service_tokens: Service tokens in the Access group: resources, ids, or results of a
            look-up. Default: none.
        :param require: Further rules of the Access group, all of which must match. Default: none.
        :param exclude: Further rules of the Access group, none of which may match. Default: none.
        :param grants: The rights of the members, from `grants.allow(…)` and `grants.deny(…)`. With
            any, the team has a user group. Default: none.
        :param access_group: Whether to make an Access group. Default: `True`.
        :param user_group: Whether to make a user group. Default: if there are `grants`.
        :param max_removals: Refuse, in the preview, a change that takes more people than this out
            of the user group. Default: no limit.
        :param allow_empty: Accept `people=[]`, a user group of nobody. Default: `False`.
        :param invite: Whether to invite the people to the account. `guests` are not invited.
            Default: `False`; they must be members already.
        :param roles: The account roles of invited people: names, ids, or results of a look-up.
            Default: "Minimal Account Access", so that only the user group gives rights.
        :param account_id: The id of the account that the parts are in. Default: the one in the
            settings. In the API, it is in the path.
        :param adopt: `True` takes over groups that exist under the name. Default: they are created.
        :param adopt_changes: Let an adoption change what differs. Default: that is an error.
        :param opts: Pulumi's options for the component; they apply to each of its parts.
        """
        lacking = without_user_group(user_group)
        user_group = bool(grants) if user_group is None else user_group
        guests = [] if guests is None else guests
        wrong = [
            *no_lists(
                people=people,
                guests=guests,
                service_tokens=service_tokens,
                grants=grants,
                roles=roles,
            )
        ]
        if not wrong:
            wrong += [*_twice(people=people, guests=guests), *_unnamed(grants)]
        if not access_group:
            wrong += unused(
                "with access_group=False",
                guests=guests,
                service_tokens=service_tokens,
                require=require,
                exclude=exclude,
            )
        if not user_group:
            limits = {"max_removals": max_removals, "allow_empty": allow_empty}
            wrong += unused(lacking, grants=grants, **limits)
        if not (wrong or access_group or user_group):
            wrong.append(f"gives nothing: access_group=False, and no user group ({MAKE_ONE})")
        if not invite and roles != (LEAST,):
            wrong += unused("without invite=True", roles=roles)
        wrong += invitations.mistakes(people, account_id) if invite and not wrong else []
        refuse("Team", resource_name, wrong)
        super().__init__(resource_name, opts)
        everywhere: dict[str, Any] = {
            "account_id": account_id,
            "adopt": adopt,
            "adopt_changes": adopt_changes,
        }
        self._access_group: AccessGroup | None = None
        self._user_group: UserGroup | None = None
        self.members: UserGroupMembers | None = None
        self.resource_groups: dict[str, ResourceGroup] = {}
        """The resource groups that the team declares, by the names of the zones."""
        self.invited: dict[str, AccountMember] = {}
        """The account members whom the team has invited, by e-mail address."""
        if invite:
            invited = invitations.Invitations(self, roles, account_id)
            addresses = cast("Sequence[str]", people)
            refuse("Team", resource_name, invited.conflicts(addresses))
            for address in addresses:
                self.invited[address] = invited.send(address, everywhere, self._alone(opts))
        if access_group:
            self._access_group = AccessGroup(
                **self._child("access"),
                **everywhere,
                name=name,
                include=_included(people, guests, service_tokens),
                require=require,
                exclude=exclude,
            )
        if user_group:
            granted = [
                self._with_groups(cast("iam_grants.Policy", policy), name, everywhere)
                for policy in grants
            ]
            self._user_group = UserGroup(
                **self._child("rights"), **everywhere, name=name, policies=granted or None
            )
            self.members = UserGroupMembers(
                **self._child("members", after=self.invited.values()),
                **everywhere,
                group=self._user_group,
                members=people,
                max_removals=max_removals,
                allow_empty=allow_empty,
            )
        parts = {"access_group_id": self._access_group, "user_group_id": self._user_group}
        self.register_outputs({name: part.id for name, part in parts.items() if part})

    @property
    def access_group(self) -> AccessGroup:
        """The Access group, for `rules.group(…)`. Raises `pulumi.RunError` if there is none."""
        if self._access_group is None:
            raise run_error(f"{self._name_of_all} has no Access group: access_group=False")
        return self._access_group

    @property
    def user_group(self) -> UserGroup:
        """The user group. Raises `pulumi.RunError` if there is none."""
        if self._user_group is None:
            raise run_error(
                f"{self._name_of_all} has no user group: pass grants or user_group=True"
            )
        return self._user_group

    def _with_groups(
        self, policy: iam_grants.Policy, name: pulumi.Input[str], everywhere: Mapping[str, Any]
    ) -> iam_grants.Policy:
        """Return a grant with resource groups in place of scopes."""
        on = policy["resource_groups"]
        if not isinstance(on, (list, tuple)):
            return policy
        groups: list[Any] = []
        for one in on:
            if not _is_scope(one):
                groups.append(one)
                continue
            for held in one["objects"]:
                called = _called(held)
                if called not in self.resource_groups:
                    self.resource_groups[called] = ResourceGroup(
                        **self._child(called),
                        **everywhere,
                        name=_of_team(called, name),
                        scope=cast("scopes.Scope", {**one, "objects": [held]}),
                    )
                groups.append(self.resource_groups[called])
        return {**policy, "resource_groups": groups}


def _of_team(called: str, name: pulumi.Input[str]) -> pulumi.Input[str]:
    if isinstance(name, str):
        return f"{called} ({name})"
    return pulumi.Output.concat(called, " (", name, ")")


def _included(people: People, guests: People, tokens: Sequence[Reference]) -> Any:
    """Return the rules of the Access group."""
    services = [rules.service_token(token) for token in tokens]
    lists = [people, guests]
    if all(isinstance(one, (list, tuple)) for one in lists):
        return [rules.email(person) for one in lists for person in one] + services  # type: ignore[union-attr]
    return pulumi.Output.all(lists, services).apply(
        lambda known: [rules.email(person) for one in known[0] for person in one] + known[1]
    )


def _is_scope(one: Any) -> bool:
    return isinstance(one, Mapping) and "objects" in one


def _called(held: Mapping[str, Any]) -> str:
    """Return the name of an object of a scope; empty if it is not known yet."""
    key = held[scopes.KEY]
    if key == scopes.EVERYTHING:
        return "everything"
    label = held.get(LABEL)
    if label is None and isinstance(key, str):
        label = key.removeprefix(scopes.ZONE)
    return label if isinstance(label, str) else ""


def _twice(**lists: Any) -> Iterator[str]:
    """Yield a mistake for every person who is listed twice. Outputs are not compared."""
    seen: dict[str, str] = {}
    for field, people in lists.items():
        for index, person in enumerate(people if isinstance(people, (list, tuple)) else ()):
            if isinstance(person, str):
                place = f"{field}[{index}]"
                first = seen.setdefault(person.lower(), place)
                if first != place:
                    yield f"{place}: {person} is {first} already"


def without_user_group(user_group: bool | None) -> str:  # noqa: FBT001 - a program's argument
    """Return why a team has no user group, for messages."""
    return "with user_group=False" if user_group is False else f"without a user group ({MAKE_ONE})"


def unused(lacking: str, **fields: Any) -> Iterator[str]:
    """Yield a mistake for every argument that is for a part that the team does not have."""
    for field, value in fields.items():
        given = bool(value) if isinstance(value, (list, tuple)) else value is not None
        if given:
            yield f"{field}: is of no use {lacking}"


def _unnamed(grants: Sequence[Any]) -> Iterator[str]:
    """Yield mistakes in grants: objects without a name, or with a name that is used twice."""
    named: dict[str, tuple[Any, Mapping[str, Any]]] = {}
    for n, policy in enumerate(grants):
        on = policy.get(iam_grants.RESOURCES) if isinstance(policy, Mapping) else None
        if on is None:
            yield f"grants[{n}]: must be what grants.allow(…) or grants.deny(…) makes"
            continue
        for key, held in _held(on):
            called = _called(held)
            first_key, first = named.setdefault(called, (key, held))
            if not called:
                told = 'a zone whose id is not known yet needs a name: scopes.zones({"shop": zone})'
                yield f"grants[{n}]: {told}"
            elif not _is_one(first, held):
                yield (
                    f'grants[{n}]: "{called}" is the name of another zone; if it is the same one, '
                    "call scopes.zones once and use what it makes twice"
                )
            elif not _is_equal(first_key, key):
                yield (
                    f'grants[{n}]: "{called}" is held by a scope with another key already: '
                    "make a ResourceGroup of each, and name them here"
                )


def _held(on: Any) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """Yield the objects of scopes, each with the key of its scope."""
    for one in on if isinstance(on, (list, tuple)) else ():
        if _is_scope(one):
            for held in one["objects"]:
                yield one.get(scopes.KEY), held


def _is_one(held: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two objects are known to be the same."""
    if held is other or (held.get(OF) is not None and held.get(OF) is other.get(OF)):
        return True
    return _is_equal(held[scopes.KEY], other[scopes.KEY])


def _is_equal(key: Any, other: Any) -> bool:
    """Tell whether two keys are known to be equal. Outputs cannot be compared."""
    return key is other or (isinstance(key, str) and isinstance(other, str) and key == other)
