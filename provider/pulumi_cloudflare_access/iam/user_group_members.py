"""Everybody who is in a user group, as one set.

https://developers.cloudflare.com/api/resources/iam/subresources/user_groups/subresources/members/
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import pulumi
from pydantic import Field

from ..engine import ownership
from ..engine.adoption import ADOPT, ADOPT_CHANGES
from ..engine.collection import Scope
from ..engine.hooks import Answer
from ..engine.lifecycle import ResourceLifecycle, segment_mistakes
from ..engine.part import SolePart
from ..errors import (
    AdoptionError,
    DeclarationError,
    LostAnswerError,
)
from ..fields.keyed import UNKNOWN, Mistake
from ..fields.model import AlwaysManaged, Inputs, NotSent, PartOf, State, Unanswered
from ..fields.shapes import EXTRA
from ..process import plugin
from ..program.lookup import Lookup
from ..program.references import ACCOUNT_MEMBERS, MISTAKE, USER_GROUPS, Found, Reference, refer
from ..program.resource import Resource
from . import listings, people, rights
from .answers import email_of
from .listings import MEMBERS, ONE, SET
from .member_list import read_members
from .membership import ALL, OfAUserGroup, in_group, mistakes_together
from .people import EMAIL, ID

if TYPE_CHECKING:
    from .. import types

# Seconds before looking what became of a set whose answer is lost.
LOST = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)


class UserGroupMembersInputs(Inputs):
    """Who shall be in a user group."""

    account_id: str | None = None
    group: Annotated[str, PartOf()]
    """The user group: the resource, its id, or what a look-up found."""
    members: Annotated[Any, people.People(), AlwaysManaged()]
    """Everybody who is in the group: e-mail addresses, ids of account members, or what a look-up
    found, in any order.
    """
    allow_empty: Annotated[bool | None, NotSent()] = None
    """Accept `members=[]`, a group of nobody."""
    max_removals: Annotated[Annotated[int, Field(ge=0)] | None, NotSent()] = None
    """Refuse, in the preview, a change that takes out more people than this. Left out, there is no
    limit.
    """
    # Of each membership: the answers are people.
    extra: Annotated[dict[str, Any] | None, Unanswered()] = None


class UserGroupMembersState(State):
    """Nothing besides what was declared."""


class UserGroupMembersProvider(SolePart, OfAUserGroup):
    """Where the members of a group are. The object is the set, its id the group's."""

    kind = SET
    display_name = "members of the user group"
    inputs = UserGroupMembersInputs
    state = UserGroupMembersState
    part_name = "members"
    natural_key = "group"
    replaced_by = frozenset({"group"})

    def validate(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse a group of nobody, unless that is meant."""
        mistakes = super().validate(declared)
        if not declared.get(MEMBERS) and not declared.get("allow_empty"):
            told = "nobody would be in the group: if that is meant, say allow_empty=True"
            mistakes.append(Mistake(MEMBERS, told))
        return mistakes

    def validate_change(self, was: Mapping[str, Any], declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse to take out more people than the program allows."""
        before, after = was.get(MEMBERS), declared.get(MEMBERS) or {}
        most, group = declared.get("max_removals"), declared.get("group")
        if not isinstance(before, Mapping) or after == UNKNOWN:
            return []
        # Of another group nobody is a member yet, and everybody leaves this one.
        moves = group not in (was.get("group"), UNKNOWN)
        return [Mistake(MEMBERS, told) for told in _too_many(before, {} if moves else after, most)]

    def resolve_ids(
        self, declared: Mapping[str, Any], known: Mapping[str, Any], scope: Scope | None = None
    ) -> dict[str, Any]:
        """Put addresses and ids beside each other, from the account's members where need be."""
        members = declared.get(MEMBERS)
        if not isinstance(members, Mapping):
            return dict(declared)
        before = known.get(MEMBERS)
        members = people.identified(members, before.values() if isinstance(before, Mapping) else ())
        lacking = people.unidentified(members) if scope else {}
        if scope and lacking:
            places = {f'{MEMBERS}["{key}"]': name for key, name in lacking.items()}
            members = people.identified(members, self._find(scope, places).values())
        return {**declared, MEMBERS: members}

    def without_resolved_ids(self, declared: Mapping[str, Any]) -> dict[str, Any]:
        """Leave people as the program names them."""
        members = declared.get(MEMBERS) or {}
        written = {key: people.as_written(one, key) for key, one in members.items()}
        return {**declared, MEMBERS: written} if written else dict(declared)

    def record_ownership(self, id_: str, props: Mapping[str, Any]) -> None:
        """Note whom this stack has in the group, too."""
        super().record_ownership(id_, props)
        ownership.seen(ONE, *_singles(id_, props))

    def record_kept(self, id_: str, declared: Mapping[str, Any]) -> None:
        """Note who stays in the group, too."""
        super().record_kept(id_, declared)
        ownership.kept(ONE, *_singles(id_, declared))

    def full_name(self, props: Mapping[str, Any], id_: str) -> str:
        """Name the set by its group."""
        del props
        name = self._name_of(id_)
        group = f'"{name}" ({id_})' if name else id_
        return f"the set of members of user group {group}"

    def read_remote(self, scope: Scope, id_: str) -> dict[str, Any]:
        """Read everybody."""
        where = self._where(scope, id_)
        members = read_members(
            self.client, where, per_page=self.per_page, permission=self.permission
        )
        return _answer(id_, members)

    def has_content(self, found: Mapping[str, Any]) -> bool:
        """Tell whether anybody is in the group."""
        return bool(found[MEMBERS])

    def list_live(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Return the sets of members of all groups in which anybody is."""
        for group in self._snapshot(scope, listings.USER_GROUPS).objects():
            found = self.read_remote(scope, group["id"])
            if self.has_content(found):
                yield found

    def create_remote(self, scope: Scope, props: Mapping[str, Any]) -> Answer:
        """Add people to a group, or take over the group as it is."""
        declared = self._declared(props)
        there = self._once_there(lambda: self.read_remote(scope, props["group"]))
        found = self.managed_fields(there, declared)
        differences = self._differences(found, declared)
        if there[MEMBERS]:
            undeclared = [told for told in differences if told.startswith(f"{MEMBERS}: -")]
            refused = differences if props.get(ADOPT) else undeclared
            if refused and not (props.get(ADOPT) and props.get(ADOPT_CHANGES)):
                raise AdoptionError(
                    f"the user group has members already, and the program would change: "
                    f"{'; '.join(refused)}. Declare who is there, or accept these changes with "
                    "adopt=True and adopt_changes=True"
                )
        # Whoever had the set before, a resource of another name, must not clear it then.
        ownership.take(self.adoption_key(props["group"]))
        return Answer(self.update_remote(scope, there, declared, found))

    def unpreviewed_drift(
        self,
        olds: Mapping[str, Any],
        answer: Mapping[str, Any],
        wish: Mapping[str, Any],
        secret: Container[str],
    ) -> list[str]:
        """Say who came whom the program would take out, and who left whom it would put back."""
        there, before = {item[ID]: item for item in answer[MEMBERS]}, _by_id(olds)
        wished = _by_id(wish)
        come = [people.called(there[id_]) for id_ in there.keys() - before.keys() - wished.keys()]
        gone = [people.called(one) for id_, one in before.items() if id_ not in there]
        put_back = [people.called(one) for id_, one in wished.items() if id_ not in there]
        unseen = [f"- {name}" for name in sorted({*gone} & {*put_back})]
        unseen += [f"+ {name}" for name in sorted(come)]
        if unseen and MEMBERS in secret:
            return [f"{MEMBERS}: changed (it is secret)"]
        return [f"{MEMBERS}: {change}" for change in unseen]

    def update_remote(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Replace the set, and take out nobody whom no preview can have named."""
        wished, named = _by_id(declared), _by_id(was)
        # Whoever had these people before, one by one, must not take them out then.
        ownership.inherit(_singles(there[ID], declared))
        kept: set[str] = set()

        def choose(members: Sequence[Mapping[str, Any]]) -> set[str]:
            leaving = [item for item in members if item[ID] not in wished]
            removed = [item for item in leaving if item[ID] in named]
            called = {people.called(item): people.answered(item) for item in removed}
            for told in _too_many(called, {}, declared.get("max_removals")):
                raise DeclarationError(f"{MEMBERS}: {told}")
            kept.clear()
            kept.update(item[ID] for item in leaving if item not in removed)
            return {*wished, *kept}

        extra = declared.get(EXTRA) or {}
        members = self._replace(scope, there, choose, extra, anew=extra != (was.get(EXTRA) or {}))
        _stay(
            [item for item in members if item[ID] in kept],
            "somebody has added them, and no preview has named them. Run pulumi refresh, and the "
            "next up takes them out",
        )
        # What the state does not hold, a preview must not take for named.
        return _answer(there[ID], [item for item in members if item[ID] not in kept])

    def _replace(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        choose: Callable[[Sequence[Mapping[str, Any]]], set[str]],
        extra: Mapping[str, Any],
        *,
        anew: bool = False,
    ) -> Sequence[Mapping[str, Any]]:
        """Have those in the group who are chosen of who is in it; return who is in it then."""
        members: Sequence[Mapping[str, Any]] = there[MEMBERS]
        for wait in (*LOST, None):
            ids = choose(members)
            if ids == _ids(members) and not anew:
                return members
            body = [{ID: id_, **extra} for id_ in sorted(ids)]
            try:
                said = self.client.replace(
                    self._where(scope, there[ID]), body, permission=self.permission
                )
            except LostAnswerError:
                if wait is None:
                    raise
                # Sent again unseen, it would take out whom somebody has added meanwhile.
                self.client.clock.sleep(wait)
                members = self.read_remote(scope, there[ID])[MEMBERS]
            else:
                return said if ids == _ids(said) else self.read_remote(scope, there[ID])[MEMBERS]
        raise AssertionError

    def delete_remote(self, scope: Scope, id_: str, props: Mapping[str, Any]) -> None:
        """Take out everybody whom the state names, and no other resource has by now."""
        named = _by_id(props)
        single = {one for one in named if _has_heir(f"{id_}/{one}")}
        leaving = named.keys() - single
        there = self.read_remote(scope, id_)
        staying = self._replace(
            scope, there, lambda members: _ids(members) - leaving, props.get(EXTRA) or {}
        )
        strangers = [one for one in staying if one[ID] not in single]
        _stay([one for one in staying if one[ID] in single], "they are in it one by one now")
        _stay(strangers, "somebody has added them since the last refresh")


def _answer(group: str, members: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {ID: group, "group": group, MEMBERS: list(members)}


def _ids(members: Iterable[Mapping[str, Any]]) -> set[str]:
    return {str(item.get(ID)) for item in members}


def _by_id(props: Mapping[str, Any]) -> dict[str, Any]:
    """Return the people of a state by their ids."""
    members = props.get(MEMBERS) or {}
    return {one[ID]: one for one in members.values()}


def _singles(group: str, props: Mapping[str, Any]) -> Iterator[str]:
    """Return the ids that these people have as single members, as far as they are known."""
    members = props.get(MEMBERS)
    for one in members.values() if isinstance(members, Mapping) else ():
        if one.get(ID):
            yield f"{group}/{one[ID]}"


def _stay(staying: Sequence[Mapping[str, Any]], why: str) -> None:
    if staying:
        plugin.warn(f"{people.in_short(map(people.called, staying))} stay in the group: {why}")


def _has_heir(single: str) -> bool:
    """Tell whether another resource has the person in the group by now."""
    return ownership.heir(ONE, single, single) is not None


def _too_many(before: Mapping[str, Any], after: Mapping[str, Any], most: Any) -> Iterator[str]:
    """Say who would leave, if these are more than the program allows.

    Who is new and known by one name alone may be somebody who is known by the other.
    """
    if not isinstance(most, (int, float)):
        return
    here = {name for one in before.values() for name in people.names_of(one)}
    stay = {name for one in after.values() for name in people.names_of(one)}
    gone = {key: one for key, one in before.items() if stay.isdisjoint(people.names_of(one))}
    new = [one for one in after.values() if here.isdisjoint(people.names_of(one))]
    certain = 0
    for known, other in ((True, EMAIL), (False, ID)):
        leaving = sum((EMAIL in one) is known for one in gone.values())
        certain += max(0, leaving - sum(other not in one for one in new))
    if certain > most:
        yield (
            f"{len(gone)} would leave the group ({people.in_short(gone)}), and max_removals is "
            f"{most:.0f}"
        )


class UserGroupMembers(Resource, module="cloudflare", name="UserGroupMembers"):
    """Everybody who is in a user group, and nobody else.

    `members` are e-mail addresses or ids of account members, or what a look-up found, in any order;
    whoever is invited may be among them. Nobody is taken out whom no preview has named.
    `max_removals` refuses changes that take out more people than that, `allow_empty=True` allows a
    group of nobody. A destroy takes out everybody whom the state names. `.get` takes the id of the
    group.
    """

    lifecycle: ClassVar[type[ResourceLifecycle]] = UserGroupMembersProvider

    account_id: pulumi.Output[str]
    group: pulumi.Output[str]
    allow_empty: pulumi.Output[bool | None]
    max_removals: pulumi.Output[int | None]
    if TYPE_CHECKING:
        members: pulumi.Output[Mapping[str, types.PersonOutput] | None]
        extra: pulumi.Output[Mapping[str, Any] | None]

    def __init__(
        self,
        resource_name: str,
        *,
        group: Reference,
        members: pulumi.Input[Sequence[Reference]],
        allow_empty: pulumi.Input[bool] | None = None,
        max_removals: pulumi.Input[int] | None = None,
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        adopt: bool | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare everybody who is in a user group, and nobody else.

        :param resource_name: The name of the resource in the program and in the state.
        :param group: The user group: the resource, its id, or what a look-up found. Required. In
            the API, it is in the path. A change replaces the object.
        :param members: Everybody who is in the group: e-mail addresses, ids of account members, or
            what a look-up found, in any order. Required. API: `members`.
        :param allow_empty: Accept `members=[]`, a group of nobody. It is not sent to Cloudflare.
        :param max_removals: Refuse, in the preview, a change that takes out more people than this.
            Left out, there is no limit. It is not sent to Cloudflare.
        :param extra: Fields, and values of closed lists, that this package does not know. They are
            sent, compared and shown like all others. Cloudflare never tells it. Default: none. API:
            each by its own name.
        :param account_id: The id of the account that it is in. Default: the one in the settings. A
            change replaces the object. In the API, it is in the path.
        :param adopt: `True` takes over the members whom the group has. Default: where it has
            others, that is an error.
        :param adopt_changes: Let an adoption change what differs. Default: what differs is an
            error.
        :param opts: Pulumi's options for the resource.
        """
        wrong = mistakes_together(resource_name, group, ALL)
        members = people.refer_to_all(members)
        rights.tell_members(group, members, is_set=True, limit=max_removals)
        arguments, mistakes = in_group(locals())
        self._declare(arguments, wrong + mistakes)


# ------------------------------------------------------------------------------------- look-ups


@dataclass(frozen=True, kw_only=True)
class GetUserGroupMemberResult(Found):
    """A member of a user group, whose `name` is the e-mail address and whose id the account's.

    `status` is `pending` until an invitation to the account is accepted.
    """

    referred = ACCOUNT_MEMBERS

    email: str = ""
    status: str | None = None


class _UserGroupMemberLookup(Lookup[GetUserGroupMemberResult]):
    """Members have an e-mail address instead of a name."""

    def __init__(self, group: Any) -> None:
        id_ = group.id if isinstance(group, Found) else group
        if not isinstance(id_, str):
            raise DeclarationError(
                "group must be an id, or what a look-up found; for a resource or an Output use "
                "get_user_group_members_output"
            )
        for mistake in segment_mistakes("group", id_):
            raise DeclarationError(str(mistake))
        super().__init__(GetUserGroupMemberResult, listings.members_of(id_))

    def understood(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call a member by the e-mail address."""
        return {**answer, "name": email_of(answer), EMAIL: email_of(answer)}


def get_user_group_members(
    *,
    group: str | Found,
    account_id: str | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> list[GetUserGroupMemberResult]:
    """Return everybody in a user group, by e-mail address; NotFoundError if there is no group.

    :param group: The user group: its id or what a look-up found.
    :param account_id: The id of the account to look in. Default: the one in the settings.
    :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
    """
    if account_id is None and isinstance(group, Found):
        account_id = group.account_id
    return _UserGroupMemberLookup(group).get_all(account_id=account_id, opts=opts)


def get_user_group_members_output(
    *,
    group: Reference,
    account_id: pulumi.Input[str] | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[list[GetUserGroupMemberResult]]:
    """Return everybody in a user group, by e-mail address, once the group is known.

    :param group: The user group: the resource, its id, or what a look-up found.
    :param account_id: The id of the account to look in. Default: the one in the settings.
    :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
    """
    reference = refer(group, USER_GROUPS)
    if isinstance(reference, Mapping) and MISTAKE in reference:
        raise DeclarationError(f"group: {reference[MISTAKE]}")
    known = reference[ID] if isinstance(reference, Mapping) else reference
    # An Output has every attribute, once it is asked for it.
    if account_id is None and isinstance(group, (Found, pulumi.CustomResource)):
        account_id = getattr(group, "account_id", None)

    def look_up(found: Any) -> pulumi.Output[list[GetUserGroupMemberResult]]:
        where = getattr(found, "account_id", None) if account_id is None else account_id
        return _UserGroupMemberLookup(found).get_all_output(account_id=where, opts=opts)

    return pulumi.Output.from_input(known).apply(look_up)
