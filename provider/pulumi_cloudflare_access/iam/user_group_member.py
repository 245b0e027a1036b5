"""One person in a user group, beside others.

https://developers.cloudflare.com/api/resources/iam/subresources/user_groups/subresources/members/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import pulumi

from ..api.journal import Note
from ..api.pages import Snapshot
from ..engine import ownership
from ..engine.adoption import ADOPT
from ..engine.collection import Scope
from ..engine.creation import LOOK_AGAIN, Sent
from ..engine.hooks import Answer
from ..engine.lifecycle import ResourceLifecycle, journal_for, segment_mistakes
from ..engine.run import current
from ..errors import CloudflareError, DeclarationError, NotFoundError, UnusableAnswerError
from ..fields.model import Always, Inputs, PartOf, State, Unanswered
from ..fields.shapes import EXTRA
from ..process import plugin
from ..program.references import Reference
from ..program.resource import Resource
from . import listings, people, rights
from .listings import MEMBER, ONE
from .membership import OfAUserGroup, in_group, mistakes_together
from .people import ID

if TYPE_CHECKING:
    from .. import types

PREEXISTING = "preexisting"
# What lets a resource take out whom it has found in the group.
OWN = "give the resource adopt=True and run pulumi up --replace"


class UserGroupMemberInputs(Inputs):
    """Who shall be in a user group, too."""

    account_id: str | None = None
    group: Annotated[str, PartOf()]
    """The user group: the resource, its id, or what a look-up found."""
    member: Annotated[Any, people.PersonShape()]
    """The person: an e-mail address, the id of an account member, or what a look-up found."""
    # Of the membership: the answer is a person.
    extra: Annotated[dict[str, Any] | None, Unanswered()] = None


class UserGroupMemberState(State):
    """What we keep besides what was declared."""

    preexisting: Annotated[bool | None, Always()] = None
    """Whether the person was in the group before, and stays when this resource goes."""


class UserGroupMemberProvider(OfAUserGroup):
    """Where one member of a group is. The id is the group's and the member's, with a slash."""

    kind = ONE
    display_name = "user group member"
    inputs = UserGroupMemberInputs
    state = UserGroupMemberState
    natural_key = MEMBER
    replaced_by = frozenset({"group", MEMBER})
    # Only before the person is added can be seen who was in the group already.
    create_only_outputs = frozenset({"preexisting"})

    def resolve_ids(
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

    def without_resolved_ids(self, declared: Mapping[str, Any]) -> dict[str, Any]:
        """Leave the person as a program names it."""
        return {**declared, MEMBER: people.as_written(declared[MEMBER])}

    def full_name(self, props: Mapping[str, Any], id_: str) -> str:
        """Name the person and the group."""
        group = id_.partition("/")[0]
        return f"{people.called(props.get(MEMBER))} in user group {self._name_of(group) or group}"

    def object_path(self, scope: Scope, id_: str | None = None) -> str:
        """Write the path of a person in the group."""
        if id_ is None or "/" not in id_:
            return super().object_path(scope, id_)
        group, member = _pair(id_)
        return f"{self._where(scope, group)}/{member}"

    def find_in_list(
        self, scope: Scope, id_: str, seconds: float = float("inf")
    ) -> dict[str, Any] | None:
        """Return a member as one list for all of its group has it."""
        found = self._snapshot_of(scope, id_).find(_pair(id_)[1], seconds)
        return None if found is None else _one(id_, found)

    def _snapshot_of(self, scope: Scope, id_: str) -> Snapshot:
        return self._snapshot(scope, listings.members_of(_pair(id_)[0]))

    def record_written(self, scope: Scope, answer: Mapping[str, Any]) -> None:
        """Remember a member of the group."""
        super().record_written(scope, answer)
        self._snapshot_of(scope, answer[ID]).wrote(_pair(answer[ID])[1], answer[MEMBER])

    def read_remote(self, scope: Scope, id_: str) -> dict[str, Any]:
        """Read one member of the group."""
        _, member = _pair(id_)
        found = self._fetch(scope, id_)
        if found.get(ID) != member:
            raise UnusableAnswerError(f"asked for {self.display_name} {id_}, got {found.get(ID)}")
        return _one(id_, found)

    def list_live(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Return nobody: who is in a group is in its set, which a program can declare."""
        del scope
        return iter(())

    def find_candidates(self, inputs: Mapping[str, Any]) -> list[str]:
        """Return the pair of the group and the member."""
        declared = self.resolve_ids(inputs, {}, self._scope(inputs))
        return [f"{inputs['group']}/{declared[MEMBER][ID]}"]

    def record_ownership(self, id_: str, props: Mapping[str, Any]) -> None:
        """Note whom this stack has in the group. Who is preexisting is nobody's."""
        if props.get(PREEXISTING):
            self._saved(id_)
        else:
            super().record_ownership(id_, props)

    def explain_kept(self, id_: str, props: Mapping[str, Any], heir: str) -> str:
        """Say so where the next resource will not take out whom this one would have."""
        if id_ not in current().preexisting or props.get(PREEXISTING):
            return super().explain_kept(id_, props, heir)
        told = "has it, but as preexisting, and will not take it out either"
        return f"{heir} {told}. If it is to, {OWN}"

    def create_remote(self, scope: Scope, props: Mapping[str, Any]) -> Answer:
        """Add the person. Who is in the group already stays when this resource goes."""
        made = self._found_or_added(scope, props)
        # Whoever had the person before, by another name or in a set, must not take it out then.
        ownership.take(self.adoption_key(made[ID]))
        return Answer(made)

    def _found_or_added(self, scope: Scope, props: Mapping[str, Any]) -> dict[str, Any]:
        group, member, extra = props["group"], props[MEMBER][ID], props.get(EXTRA) or {}
        id_, where = f"{group}/{member}", self._where(scope, group)
        journal, urn = journal_for(self.settings), plugin.current_urn()
        try:
            # Whose it was counts for nothing where it is adopted: a list is as good.
            listed = self.find_in_list(scope, id_, LOOK_AGAIN) if props.get(ADOPT) else None
            there = listed or self.read_remote(scope, id_)
        except NotFoundError:
            # Also where the group has been made a moment ago and has no list of members yet.
            journal.begin(urn, where, {ID: member}, (), self.client.cloudflares_time())
            try:
                added = self._once_there(
                    lambda: self.client.add(
                        where, [{ID: member, **extra}], permission=self.permission
                    )
                )
            except CloudflareError as error:
                if not error.may_be_done:
                    journal.refused(urn)
                raise
            found = [_one(id_, item) for item in added if item.get(ID) == member]
            journal.made(urn, where, self.kind, id_)
            return {**(found[0] if found else self.read_remote(scope, id_)), PREEXISTING: False}
        # A run of this machine that was killed may have added the person itself.
        own = any(self._is_work_of(note, there) for note in journal.notes_of(urn, where))
        if own:
            journal.made(urn, where, self.kind, id_)
        own = bool(own or props.get(ADOPT) or ownership.is_managed(self.kind, id_))
        if not own:
            current().preexisting.add(id_)
            plugin.warn(
                f"{self.full_name(props, id_)} was there already: it stays when this resource "
                f"goes. If it is to go with it, {OWN}; one that was renamed keeps what it "
                "had by aliases"
            )
        return {**there, PREEXISTING: not own}

    def update_remote(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Add the person again: nothing but `extra` can change."""
        del was
        body = [{ID: declared[MEMBER][ID], **(declared.get(EXTRA) or {})}]
        self.client.add(self._where(scope, declared["group"]), body, permission=self.permission)
        return dict(there)

    def _is_work_of(self, note: Note, there: Mapping[str, Any]) -> bool:
        """Tell whether a run that was killed has added a person, and nobody else has."""
        journal, client, id_ = journal_for(self.settings), self.client, there[ID]
        if note.ended or journal.is_anothers(plugin.current_urn(), self.kind, id_):
            return False
        if note.id:
            return bool(note.id == id_)
        now = client.cloudflares_time() or client.clock.now()
        is_same = note.asked == journal.hash_of({ID: _pair(id_)[1]})
        return bool(is_same and Sent.of(note).may_have_made(there[MEMBER], now))

    def delete_remote(self, scope: Scope, id_: str, props: Mapping[str, Any]) -> None:
        """Take the person out, unless it was in the group before."""
        if props.get(PREEXISTING):
            plugin.warn(f"{self.full_name(props, id_)} stays: it was there before this resource")
            return
        super().delete_remote(scope, id_, props)


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

    lifecycle: ClassVar[type[ResourceLifecycle]] = UserGroupMemberProvider

    account_id: pulumi.Output[str]
    group: pulumi.Output[str]
    preexisting: pulumi.Output[bool]
    """Whether the person was in the group before, and stays when this resource goes."""
    if TYPE_CHECKING:
        member: pulumi.Output[types.PersonOutput]
        extra: pulumi.Output[Mapping[str, Any] | None]

    def __init__(
        self,
        resource_name: str,
        *,
        group: Reference,
        member: Reference,
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        adopt: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare one person in a user group, beside others.

        :param resource_name: The name of the resource in the program and in the state.
        :param group: The user group: the resource, its id, or what a look-up found. Required. In
            the API, it is in the path. A change replaces the object.
        :param member: The person: an e-mail address, the id of an account member, or what a look-up
            found. Required. API: `member`. A change replaces the object.
        :param extra: Fields, and values of closed lists, that this package does not know. They are
            sent, compared and shown like all others. Cloudflare never tells it. Default: none. API:
            each by its own name.
        :param account_id: The id of the account that it is in. Default: the one in the settings. A
            change replaces the object. In the API, it is in the path.
        :param adopt: `True` has a person who is in the group already be taken out when this
            resource goes. Default: that person stays.
        :param opts: Pulumi's options for the resource.
        """
        wrong = mistakes_together(resource_name, group, people.plain(member) or resource_name)
        member = people.refer_to(member)
        rights.tell_members(group, member, is_set=False)
        arguments, mistakes = in_group(locals())
        self._declare(arguments, wrong + mistakes)
