"""Who is in a user group: everybody, as one set, or one person among others.

https://developers.cloudflare.com/api/resources/iam/subresources/user_groups/subresources/members/

The API replaces the whole set or adds and takes out one by one. `UserGroupMembers` replaces it, and
takes out nobody whom no preview has named; `UserGroupMember` adds and takes out its one person.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar

import pulumi
from pydantic import Field

from .. import ownership, plugin
from ..api.pages import Snapshot
from ..errors import (
    AdoptionError,
    ApiError,
    DeclarationError,
    LookUpError,
    LostAnswerError,
    NotFoundError,
    UnusableAnswerError,
)
from ..keyed import UNKNOWN, Mistake
from ..lifecycle import (
    ADOPT,
    ADOPT_CHANGES,
    Lifecycle,
    Scope,
    journal_for,
    segment_mistakes,
)
from ..lookup import Lookup
from ..model import AlwaysManaged, Inputs, NotSent, State
from ..references import ACCOUNT_MEMBERS, MISTAKE, USER_GROUPS, Found, Reference, refer
from ..resource import Deployment, Resource, part_of
from . import people
from .account_member import AccountMembers, Directory, email_of
from .people import EMAIL, ID, Person
from .user_group import SCIM, UserGroupProvider

T = TypeVar("T")

MEMBERS, MEMBER = "members", "member"
# Seconds. A group that has just been made may not have a list of members yet.
NOT_YET = (0.5, 1.0, 2.0, 4.0)
# Seconds before looking what became of a set whose answer is lost.
LOST = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
# How often a list is read that does not hold together.
READINGS = 4
PREEXISTING = "preexisting"
# The status with which Cloudflare refuses somebody who is no member of the account.
INVALID = 400


class OfAUserGroup(Lifecycle):
    """What both kinds have in common."""

    collection = "iam/user_groups"
    scopes = ("account",)
    needs = "Account Settings"
    per_page = 500
    is_listed_whole = False

    def mistakes_in(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what cannot be a group's id."""
        return segment_mistakes("group", declared.get("group"))

    def remedy(self, error: ApiError, scope: Scope, declared: Mapping[str, Any]) -> str | None:
        """Say who keeps the group, and who of whom the state knows has left the account."""
        if any("scim" in reason.message.lower() for reason in error.reasons):
            return SCIM
        if error.status != INVALID:
            return None
        listed = {found["id"] for found in self._snapshot(scope, AccountMembers).anew()}
        gone = [one for one in self._people(declared) if one.get(ID) not in listed]
        told = f"no longer in {scope}: {_listed(map(people.called, gone))}; run pulumi refresh"
        return told if gone else None

    @staticmethod
    def _people(declared: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        members = declared.get(MEMBERS) or {MEMBER: declared.get(MEMBER)}
        return [one for one in members.values() if isinstance(one, Mapping)]

    def _where(self, scope: Scope, group: str) -> str:
        return f"{self._path(scope, group)}/{MEMBERS}"

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
        snapshot = self._snapshot(scope, AccountMembers)
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


# ------------------------------------------------------------------------------------------ all


class UserGroupMembersInputs(Inputs):
    """Who shall be in a user group."""

    account_id: str | None = None
    group: str
    members: Annotated[Any, people.People(), AlwaysManaged()]
    allow_empty: Annotated[bool | None, NotSent()] = None
    max_removals: Annotated[Annotated[int, Field(ge=0)] | None, NotSent()] = None


class UserGroupMembersState(State):
    """Nothing besides what was declared."""


class UserGroupMembersProvider(OfAUserGroup):
    """Where the members of a group are. The object is the set, its id the group's."""

    kind = "user_group_members"
    what = "members of the user group"
    inputs = UserGroupMembersInputs
    state = UserGroupMembersState
    natural_key = "group"
    replaced_by = frozenset({"group"})

    def mistakes_in(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse a group of nobody, unless that is meant."""
        mistakes = super().mistakes_in(declared)
        if not declared.get(MEMBERS) and not declared.get("allow_empty"):
            told = "nobody would be in the group: if that is meant, say allow_empty=True"
            mistakes.append(Mistake(MEMBERS, told))
        return mistakes

    def mistakes_from(self, was: Mapping[str, Any], declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse to take out more people than the program allows."""
        before, after = was.get(MEMBERS), declared.get(MEMBERS) or {}
        most, group = declared.get("max_removals"), declared.get("group")
        if not isinstance(before, Mapping) or after == UNKNOWN:
            return []
        # Of another group nobody is a member yet, and everybody leaves this one.
        moves = group not in (was.get("group"), UNKNOWN)
        return [Mistake(MEMBERS, told) for told in _too_many(before, {} if moves else after, most)]

    def identified(
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

    def as_written(self, declared: Mapping[str, Any]) -> dict[str, Any]:
        """Leave people as the program names them."""
        members = declared.get(MEMBERS) or {}
        written = {key: people.as_written(one, key) for key, one in members.items()}
        return {**declared, MEMBERS: written} if written else dict(declared)

    def adoptable(self, id_: str) -> str:
        """Tell the set from its group, which has the same id."""
        return f"the members of {id_}"

    def _called(self, props: Mapping[str, Any], id_: str) -> str:
        del props
        name = self._name_of(id_)
        group = f'"{name}" ({id_})' if name else id_
        return f"the set of members of user group {group}"

    def _get(self, scope: Scope, id_: str) -> dict[str, Any]:
        """Read everybody, page after page, until the list holds together."""
        where, before = self._where(scope, id_), None
        for _ in range(READINGS):
            pages = list(self.client.pages(where, per_page=self.per_page, needs=self.needs))
            members = {str(item.get(ID)): item for page in pages for item in page.items}
            if not all(item.get(ID) for item in members.values()):
                raise UnusableAnswerError(f"GET {where}: a member without an id")
            totals = {page.total for page in pages if page.items}
            if totals <= {len(members)}:
                return _answer(id_, members.values())
            # A list that does not say how long it is may have changed from one page to the next.
            if totals == {None} and (len(members) <= self.per_page or members.keys() == before):
                return _answer(id_, members.values())
            before = members.keys()
        raise UnusableAnswerError(
            f"GET {where}: the list changes while it is read, or does not hold as many members as "
            f"it says ({len(members)} are in it): nothing was sent, run it again"
        )

    def _adopt(self, scope: Scope, props: Mapping[str, Any]) -> None:
        """Leave it to `_make`: it looks at who is there in any case."""

    def _make(self, scope: Scope, props: Mapping[str, Any]) -> dict[str, Any]:
        """Add people to a group, or take over the group as it is."""
        declared = self._declared(props)
        there = self._once_there(lambda: self._get(scope, props["group"]))
        found = self._managed(there, declared)
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
            ownership.take(self.adoptable(props["group"]))
        return self._change(scope, there, declared, found)

    def _is_settled(
        self, there: Mapping[str, Any], was: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> bool:
        """Let `_change` see: it compares person by person, and sends nothing for what is right."""
        del there, was, declared
        return False

    def _unseen(
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

    def _change(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Replace the set, and take out nobody whom no preview can have named."""
        wished, named = _by_id(declared), _by_id(was)
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

        members = self._replace(scope, there, choose)
        unnamed = [people.called(item) for item in members if item[ID] in kept]
        if unnamed:
            plugin.warn(
                f"{_listed(unnamed)} stay in the group: somebody has added them, and no preview "
                "has named them. Run pulumi refresh, and the next up takes them out"
            )
        # What the state does not hold, a preview must not take for named.
        return _answer(there[ID], [item for item in members if item[ID] not in kept])

    def _replace(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        choose: Callable[[Sequence[Mapping[str, Any]]], set[str]],
    ) -> Sequence[Mapping[str, Any]]:
        """Have those in the group who are chosen of who is in it; return who is in it then."""
        members: Sequence[Mapping[str, Any]] = there[MEMBERS]
        for wait in (*LOST, None):
            ids = choose(members)
            if ids == _ids(members):
                return members
            body = [{ID: id_} for id_ in sorted(ids)]
            try:
                said = self.client.replace(self._where(scope, there[ID]), body, needs=self.needs)
            except LostAnswerError:
                if wait is None:
                    raise
                # Sent again unseen, it would take out whom somebody has added meanwhile.
                self.client.clock.sleep(wait)
                members = self._get(scope, there[ID])[MEMBERS]
            else:
                return said if ids == _ids(said) else self._get(scope, there[ID])[MEMBERS]
        raise AssertionError

    def _delete(self, scope: Scope, id_: str, props: Mapping[str, Any], users: list[str]) -> None:
        """Take out everybody whom the state names."""
        del users
        named = _by_id(props)
        try:
            there = self._get(scope, id_)
            staying = self._replace(scope, there, lambda members: _ids(members) - named.keys())
        except NotFoundError:
            return
        if staying:
            plugin.warn(
                f"{_listed(map(people.called, staying))} stay in the group: somebody has added "
                "them since the last refresh"
            )


def _answer(group: str, members: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {ID: group, "group": group, MEMBERS: list(members)}


def _ids(members: Iterable[Mapping[str, Any]]) -> set[str]:
    return {str(item.get(ID)) for item in members}


def _by_id(props: Mapping[str, Any]) -> dict[str, Any]:
    """Return the people of a state by their ids."""
    members = props.get(MEMBERS) or {}
    return {one[ID]: one for one in members.values()}


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
            f"{len(gone)} would leave the group ({_listed(gone)}), and max_removals is {most:.0f}"
        )


# Of the people in a message.
MOST_SHOWN = 50


def _listed(names: Iterable[str]) -> str:
    shown = sorted(names)
    more = f" and {len(shown) - MOST_SHOWN:,} more" if len(shown) > MOST_SHOWN else ""
    return ", ".join(shown[:MOST_SHOWN]) + more


class UserGroupMembers(Resource, module="cloudflare", name="UserGroupMembers"):
    """Everybody who is in a user group, and nobody else.

    `members` are e-mail addresses or ids of account members, or what a look-up found, in any order;
    whoever is invited may be among them. Nobody is taken out whom no preview has named.
    `max_removals` refuses changes that take out more people than that, `allow_empty=True` allows a
    group of nobody. A destroy takes out everybody whom the state names. `.get` takes the id of the
    group.
    """

    lifecycle: ClassVar[type[Lifecycle]] = UserGroupMembersProvider

    account_id: pulumi.Output[str]
    group: pulumi.Output[str]
    members: pulumi.Output[Any]

    def __init__(
        self,
        resource_name: str,
        *,
        group: Reference,
        members: pulumi.Input[Sequence[Person]],
        allow_empty: pulumi.Input[bool] | None = None,
        max_removals: pulumi.Input[int] | None = None,
        account_id: pulumi.Input[str] | None = None,
        adopt: bool | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        wrong = _mistakes_together(resource_name, group, ALL)
        members = people.refer_to_all(members)
        arguments, mistakes = _in_group(locals())
        self._declare(arguments, wrong + mistakes)


# ------------------------------------------------------------------------------------------ one


class UserGroupMemberInputs(Inputs):
    """Who shall be in a user group, too."""

    account_id: str | None = None
    group: str
    member: Annotated[Any, people.PersonShape()]


class UserGroupMemberState(State):
    """What we keep besides what was declared."""

    preexisting: bool | None = None


class UserGroupMemberProvider(OfAUserGroup):
    """Where one member of a group is. The id is the group's and the member's, with a slash."""

    kind = "user_group_member"
    what = "user group member"
    inputs = UserGroupMemberInputs
    state = UserGroupMemberState
    natural_key = MEMBER
    replaced_by = frozenset({"group", MEMBER})
    # Only before the person is added can be seen who was in the group already.
    kept_from_create = frozenset({"preexisting"})

    def identified(
        self, declared: Mapping[str, Any], known: Mapping[str, Any], scope: Scope | None = None
    ) -> dict[str, Any]:
        """Put address and id beside each other, from the account's members where need be."""
        if not isinstance(declared.get(MEMBER), Mapping):
            return dict(declared)
        one = people.identified({MEMBER: declared[MEMBER]}, [known.get(MEMBER)])
        lacking = people.unidentified(one) if scope else {}
        if scope and lacking:
            one = people.identified(one, self._find(scope, lacking).values())
        return {**declared, **one}

    def as_written(self, declared: Mapping[str, Any]) -> dict[str, Any]:
        """Leave the person as a program names it."""
        return {**declared, MEMBER: people.as_written(declared[MEMBER])}

    def _called(self, props: Mapping[str, Any], id_: str) -> str:
        group = id_.partition("/")[0]
        called = f"{people.called(props.get(MEMBER))} in user group {self._name_of(group) or group}"
        return plugin.redact(called, (dict(props),))

    def _path(self, scope: Scope, id_: str | None = None) -> str:
        if id_ is None or "/" not in id_:
            return super()._path(scope, id_)
        group, member = _pair(id_)
        return f"{self._where(scope, group)}/{member}"

    def _listed(self, scope: Scope, id_: str) -> dict[str, Any] | None:
        """Return a member as one list for all of its group has it."""
        found = self._snapshot_of(scope, id_).find(_pair(id_)[1])
        return None if found is None else _one(id_, found)

    def _snapshot_of(self, scope: Scope, id_: str) -> Snapshot:
        return self._snapshot(scope, _OfOneGroup(f"{self.collection}/{_pair(id_)[0]}/{MEMBERS}"))

    def _wrote(self, scope: Scope, answer: Mapping[str, Any]) -> None:
        """Remember a member of the group."""
        super()._wrote(scope, answer)
        self._snapshot_of(scope, answer[ID]).wrote(_pair(answer[ID])[1], answer[MEMBER])

    def _get(self, scope: Scope, id_: str) -> dict[str, Any]:
        """Read one member of the group."""
        _, member = _pair(id_)
        found = self._fetch(scope, id_)
        if found.get(ID) != member:
            raise UnusableAnswerError(f"asked for {self.what} {id_}, got {found.get(ID)}")
        return _one(id_, found)

    def _adopt(self, scope: Scope, props: Mapping[str, Any]) -> None:
        """Leave it to `_make`: it looks whether the person is there in any case."""

    def _make(self, scope: Scope, props: Mapping[str, Any]) -> dict[str, Any]:
        """Add the person. Who is in the group already stays when this resource goes."""
        group, member = props["group"], props[MEMBER][ID]
        id_, where = f"{group}/{member}", self._where(scope, group)
        journal, urn = journal_for(self.settings), plugin.current_urn()
        try:
            there = self._get(scope, id_)
        except NotFoundError:
            # Also where the group has been made a moment ago and has no list of members yet.
            journal.begin(urn, where, {ID: member}, ())
            try:
                added = self._once_there(
                    lambda: self.client.add(where, [{ID: member}], needs=self.needs)
                )
            except ApiError:
                journal.refused(urn)
                raise
            found = [_one(id_, item) for item in added if item.get(ID) == member]
            journal.made(urn, where, self.kind, id_)
            return {**(found[0] if found else self._get(scope, id_)), PREEXISTING: False}
        # Whoever had the person before, a resource of another name, must not take it out then.
        ownership.take(self.adoptable(id_))
        # A run of this machine that was killed may have added the person itself.
        own = any(
            note.id == id_ or note.asked == journal.hash_of({ID: member})
            for note in journal.notes_of(urn, where)
        )
        if own:
            journal.made(urn, where, self.kind, id_)
        return {**there, PREEXISTING: not (own or props.get(ADOPT))}

    def _delete(self, scope: Scope, id_: str, props: Mapping[str, Any], users: list[str]) -> None:
        """Take the person out, unless it was in the group before."""
        if props.get(PREEXISTING):
            plugin.warn(f"{self._called(props, id_)} stays: it was there before this resource")
            return
        super()._delete(scope, id_, props, users)


def _pair(id_: str) -> tuple[str, str]:
    group, _, member = id_.partition("/")
    if segment_mistakes("id", group) or segment_mistakes("id", member):
        raise DeclarationError("id: must be <id of the user group>/<id of the account member>")
    return group, member


def _one(id_: str, item: Mapping[str, Any]) -> dict[str, Any]:
    return {ID: id_, "group": _pair(id_)[0], MEMBER: item}


class UserGroupMember(Resource, module="cloudflare", name="UserGroupMember"):
    """One person in a user group, beside others.

    `member` is an e-mail address or the id of an account member, or what a look-up found. Others
    in the group are left alone, and several stacks may add people to one group. Who was in the
    group before is `preexisting` and stays in it when this resource goes, unless `adopt=True`.
    `.get` takes `<id of the group>/<id of the account member>`.
    """

    lifecycle: ClassVar[type[Lifecycle]] = UserGroupMemberProvider

    account_id: pulumi.Output[str]
    group: pulumi.Output[str]
    member: pulumi.Output[Any]
    preexisting: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        group: Reference,
        member: Person,
        account_id: pulumi.Input[str] | None = None,
        adopt: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        wrong = _mistakes_together(resource_name, group, people.plain(member) or resource_name)
        member = people.refer_to(member)
        arguments, mistakes = _in_group(locals())
        self._declare(arguments, wrong + mistakes)


# ------------------------------------------------------------------------------------- programs

ALL = None


def _mistakes_together(resource_name: str, group: Reference, who: str | None) -> list[str]:
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


def _in_group(arguments: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Take the account from the group, and die with it."""
    return part_of(arguments, "group", USER_GROUPS, "account_id", dies_with=True)


# ------------------------------------------------------------------------------------- look-ups


@dataclass(frozen=True, kw_only=True)
class GetUserGroupMemberResult(Found):
    """A member of a user group, whose `name` is the e-mail address and whose id the account's.

    `status` is `pending` until an invitation to the account is accepted.
    """

    referred = ACCOUNT_MEMBERS

    email: str = ""
    status: str | None = None


@dataclass(frozen=True)
class _OfOneGroup:
    """Where the members of one group are listed."""

    collection: str
    needs: str = OfAUserGroup.needs
    per_page: int = 500


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
        where = _OfOneGroup(f"{UserGroupProvider.collection}/{id_}/{MEMBERS}")
        super().__init__(GetUserGroupMemberResult, where)

    def understood(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call a member by the e-mail address."""
        return {**answer, "name": email_of(answer), EMAIL: email_of(answer)}


def get_user_group_members(
    *,
    group: str | Found,
    account_id: str | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> list[GetUserGroupMemberResult]:
    """Return everybody in a user group, by e-mail address; NotFoundError if there is no group."""
    if account_id is None and isinstance(group, Found):
        account_id = group.account_id
    return _UserGroupMemberLookup(group).get_all(account_id=account_id, opts=opts)


def get_user_group_members_output(
    *,
    group: Reference,
    account_id: pulumi.Input[str] | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[list[GetUserGroupMemberResult]]:
    """Return everybody in a user group, by e-mail address, once the group is known."""
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
