"""All policies that an application owns, as one ordered list.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/subresources/policies/

A precedence is taken once, and a policy is a request: transition.py says in which order a list
becomes another without anybody getting in meanwhile whom neither lets in, or with less asked of
them than by either.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import pulumi

from ..engine import ownership
from ..engine.adoption import ADOPT, ADOPT_CHANGES
from ..engine.collection import Scope
from ..engine.creation import lagging, send_once
from ..engine.hooks import Answer
from ..engine.lifecycle import ResourceLifecycle
from ..engine.part import SolePart
from ..engine.schema import secret_in
from ..errors import AdoptionError, DeclarationError, NotFoundError
from ..fields.keyed import UNKNOWN, Mistake, Reading, free_key
from ..fields.model import Always, AlwaysManaged, Inputs, PartOf, State, objects, shape_of
from ..fields.shapes import EXTRA, MISSING, both
from ..process import plugin
from ..program.references import InOrder, Reference, in_order
from ..program.resource import Resource, refers
from ..text.spelling import as_key, key_of, text_of, value_of
from .application_types import WITHOUT_POLICIES
from .in_force import tell_own
from .outcomes import Ruling, as_declared, as_requested
from .owned_policies import (
    ALL,
    LIST,
    NO_ORDER,
    REUSABLE,
    TYPE,
    OfAnApplication,
    first_of_all,
    in_application,
    is_one_list,
    mistakes_together,
    policy_name,
    precedence_of,
    taken_by,
    tell_policies,
)
from .policy_fields import ListedPolicyInputs, policy_concerns, policy_mistakes
from .transition import NoRoomError, Placed, Policy, Step, Wanted, is_on_the_way, transition
from .widened import Told, stricter

if TYPE_CHECKING:
    from .. import types


class AccessApplicationPoliciesInputs(Inputs):
    """What a program may ask of an application's own policies."""

    # What the answer holds of the application and its other policies.
    made = frozenset({REUSABLE, TYPE})

    account_id: str | None = None
    zone_id: str | None = None
    application: Annotated[str, PartOf()]
    """The application that owns the policies: the resource, its id, or what a look-up found."""
    policies: Annotated[Any, InOrder(objects(ListedPolicyInputs, policy_name)), AlwaysManaged()] = (
        None
    )
    """All policies that the application owns, in order: the first that matches decides. A name
    identifies each, among those of one name the order; policies that are not in the list are
    deleted.
    """


class AccessApplicationPoliciesState(State):
    """What we keep besides what was declared: which policy has which id, names as in keys."""

    ids: Annotated[dict[str, str] | None, Always()] = None
    """The id of each policy, by its name."""


_POLICY = shape_of(ListedPolicyInputs)
_ENTRIES = objects(ListedPolicyInputs, policy_name)
SECTIONS = ("include", "exclude", "require")
# An output: the ids of the policies that the program has declared, by name as in keys. A refresh
# puts the policies of others into the state, too.
DECLARED = "__declared"
_TAKEN = '"{}" ({}) is adopted as a reusable policy: it cannot stay in this list'


class AccessApplicationPoliciesProvider(SolePart, OfAnApplication):
    """Where an application's own policies live. The object is the list, its id the application's.

    A write is as many requests as it takes. One that is cut short is gone on with by the next run.
    """

    kind = LIST
    display_name = "policies of the Access application"
    inputs = AccessApplicationPoliciesInputs
    state = AccessApplicationPoliciesState
    part_name = "policies"
    part_title = "list of policies of the Access application"
    natural_key = "application"
    echoed_inputs: ClassVar[Mapping[str, str]] = {"ids": "policies"}

    def spread_extra(self, declared: Mapping[str, Any]) -> Mapping[str, Any]:
        """Have every policy of the list hold what it says: the list is no object of its own."""
        extra, policies = declared.get(EXTRA), declared.get("policies")
        if not isinstance(extra, Mapping) or not isinstance(policies, list):
            return declared
        spread = [
            {**one, EXTRA: {**extra, **(one.get(EXTRA) or {})}} if isinstance(one, Mapping) else one
            for one in policies
        ]
        return {**{n: v for n, v in declared.items() if n != EXTRA}, "policies": spread}

    def validate(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what the API refuses of each."""
        mistakes = super().validate(declared)
        for index, (_, policy) in enumerate(in_order(declared.get("policies"))):
            if isinstance(policy, Mapping):
                mistakes += policy_mistakes(policy, f"policies[{index}].")
        return mistakes

    def _stricter(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> str | None:
        """Compare the whole lists."""

        def told(props: Mapping[str, Any]) -> list[Told]:
            policies = props.get("policies")
            entries = [policies] if policies == UNKNOWN else [one for _, one in in_order(policies)]
            return [*map(Told.declared, entries)]

        return stricter(told(olds), told(news))

    def warnings(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what hardly anyone means."""
        for key, policy in in_order(declared.get("policies")):
            if isinstance(policy, Mapping):
                for concern in policy_concerns(policy):
                    yield f"{key}: {concern}"
        if in_order(was.get("policies")) and not declared.get("policies"):
            yield "no policies: nobody gets in any more"

    def external_warnings(
        self, answer: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> Iterator[str]:
        """Warn of reusable policies, unless this very run has made them that."""
        del declared
        adopted = functools.partial(ownership.is_adopted, self.kind)
        others = [one for one in answer[REUSABLE] if not adopted(one["id"])]
        if others:
            order = first_of_all([*answer["policies"], *answer[REUSABLE]], others)
            yield f"reusable policies are attached to the application too, and {order}"

    def adoption_conflicts(
        self, id_: str, olds: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> Iterator[str]:
        """Say which policies of the list become reusable: nobody can take that back."""
        del id_
        wished = _by_name(declared)
        for name, policy_id in _ids_by_name(olds).items():
            if name in wished and ownership.is_adopted(self.kind, policy_id):
                yield _TAKEN.format(name, policy_id)

    def read_remote(self, scope: Scope, id_: str) -> dict[str, Any]:
        """Read the whole list."""
        # The application itself first: no policies and no application are not the same.
        app = super().read_remote(scope, id_)
        return self._answer(id_, self._policies(self._where(scope, id_))) | {TYPE: app.get(TYPE)}

    def has_content(self, found: Mapping[str, Any]) -> bool:
        """Tell whether the application has policies of its own."""
        return bool(found["policies"])

    def find_listed_to_adopt(
        self, scope: Scope, id_: str, props: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Return the list as the list of all applications has it."""
        del props
        listed = self._listed_policies(scope, id_, anew=False)
        return None if listed is None else self._answer(id_, listed)

    def list_live(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Return the lists of policies that one list can declare, those of none included."""
        for application, policies in self._policies_of_all(scope):
            if is_one_list(policies) and application.get(TYPE) not in WITHOUT_POLICIES:
                yield self._answer(application["id"], policies) | {TYPE: application.get(TYPE)}

    def _where(self, scope: Scope, application: str) -> str:
        return f"{self.object_path(scope, application)}/policies"

    @staticmethod
    def _answer(application: str, policies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        owned = [policy for policy in policies if not policy.get(REUSABLE)]
        return {
            "id": application,
            "application": application,
            "policies": owned,
            "ids": {key_of(name): policy["id"] for name, policy in told_apart(owned).items()},
            REUSABLE: [policy for policy in policies if policy.get(REUSABLE)],
        }

    def noted_outputs(
        self, answer: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Note which policies the program declares, as of the last write."""
        ids, noted = answer["ids"], plugin.plain(declared.get(DECLARED))
        if noted is None:
            own = {key: ids[key] for key in map(key_of, _by_name(declared)) if key in ids}
        else:
            own = {key: id_ for key, id_ in noted.items() if id_ in ids.values()}
        # Names may be secret.
        return {DECLARED: plugin.secret(own)}

    def has_new_note(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        """Tell whether the program declares by now what a refresh has found."""
        names = {*map(key_of, _by_name(new))}
        noted = plugin.plain(old.get(DECLARED))
        return noted is not None and not names <= noted.keys()

    def create_remote(self, scope: Scope, props: Mapping[str, Any]) -> Answer:
        """Make the list. What an interrupted run has made of it already is taken as it is."""
        declared = self._declared(props)
        application, listed = props["application"], None
        if props.get(ADOPT):
            listed = self._listed_policies(scope, application, anew=True)
        if listed is not None:
            there = self._answer(application, listed)
            is_said = there["policies"] or not declared.get("policies")
            if is_said and not there[REUSABLE] and self._is_equal(there, declared):
                ownership.take(self.adoption_key(application))
                return Answer(there)
        there = self.read_remote(scope, application)
        if there[REUSABLE] and not self._is_equal(there, declared):
            raise DeclarationError(
                "reusable policies are attached to this application "
                f"({', '.join(map(policy_name, there[REUSABLE]))}), and {NO_ORDER}. Nothing was "
                "sent: detach them first, or make all of them reusable (AccessPolicy)"
            )
        if there["policies"]:
            is_begun = self._is_half_way([], there["policies"], declared, self._reading(props))
            if not is_begun and not (props.get(ADOPT) and props.get(ADOPT_CHANGES)):
                found, secret = self.managed_fields(there, declared), secret_in(props)
                changes = "; ".join(self._differences(found, declared, secret))
                raise AdoptionError(
                    f"the application has policies already, which would change: {changes}. Declare "
                    "what is there, or accept these changes with adopt=True and adopt_changes=True"
                )
            # Whoever had the list before, or one of its policies, must not delete it then.
            ownership.take(self.adoption_key(application))
            ownership.inherit(policy["id"] for policy in there["policies"])
        return Answer(self.update_remote(scope, there, declared, {}))

    def refuse_unpreviewed(
        self,
        called: str,
        olds: Mapping[str, Any],
        answer: Mapping[str, Any],
        wish: Mapping[str, Any],
        secret: Any,
    ) -> None:
        """Raise if somebody changed the list, unless that was a run of this program, cut short.

        A policy that was made reusable meanwhile is no longer in the list, and that is no change.
        """
        reusable = {policy["id"] for policy in answer[REUSABLE]}
        wished = _by_name(wish)
        gone = {
            name
            for name, id_ in _ids_by_name(olds).items()
            if id_ in reusable and name not in wished
        }
        kept = [policy for name, policy in _by_name(olds).items() if name not in gone]
        if not self._is_half_way(kept, answer["policies"], wish, self._reading(olds)):
            policies, _ = self.facts()["policies"].shape.check(kept, "policies")
            super().refuse_unpreviewed(called, {**olds, "policies": policies}, answer, wish, secret)
        self._refuse(called, self._unseen_first(olds, answer, wish, secret))

    def _is_half_way(
        self,
        was: Sequence[Mapping[str, Any]],
        there: Sequence[Mapping[str, Any]],
        wish: Mapping[str, Any],
        reading: Reading,
    ) -> bool:
        """Return whether the list is on the way from what it was to what is wished for."""
        target = [policy for _, policy in in_order(wish.get("policies"))]
        names = {*map(policy_name, target)}

        def made_of(policy: Mapping[str, Any]) -> list[int]:
            same = [n for n, old in enumerate(was) if policy_name(old) == policy_name(policy)]
            gone = (n for n, old in enumerate(was) if policy_name(old) not in names)
            return same or [n for n in gone if _is_renamed(was[n], policy)]

        is_it = functools.partial(_ENTRIES.matches, reading=reading)
        return is_on_the_way(was, target, there, [*map(made_of, target)], is_it)

    def update_remote(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Make the list another, in the steps that transition.py says."""
        adopted = functools.partial(ownership.is_adopted, self.kind)
        reading = self._reading({scope.field: scope.id})
        change = _Change(there, declared, was, adopted, reading)
        where = self._where(scope, there["id"])
        policies = {policy["id"]: policy for policy in there["policies"]}
        for step in change.steps():
            known = policies.pop(step.key, None)
            one = f"{where}/{known['id']}" if known else where
            if step.to is None:
                self._delete_one(one)
                continue
            body = {**step.to.policy.body, "precedence": step.to.precedence}
            if known is None:
                policies[step.key] = self._post_one(where, body, change.is_made)
            else:
                policies[step.key] = self.client.put(one, body, permission=self.permission)
        mine = [policy for key, policy in policies.items() if key not in change.others]
        return self._answer(there["id"], sorted(mine, key=precedence_of))

    def _post_one(
        self,
        where: str,
        body: Mapping[str, Any],
        is_made: Callable[[Mapping[str, Any]], bool],
    ) -> dict[str, Any]:
        """Make one policy; where the answer is lost, find it in its place. The next run would."""

        def look() -> dict[str, Any] | None:
            for _ in lagging(self.client.clock):
                for policy in self._policies(where):
                    if precedence_of(policy) != body["precedence"]:
                        continue
                    if policy_name(policy) == body["name"] and is_made(policy):
                        return policy
                    raise AdoptionError(
                        f'the answer to the request to make the policy "{body["name"]}" is lost, '
                        f'and somebody else has made "{policy_name(policy)}" ({policy["id"]}) in '
                        "its place. Nothing more was sent. Delete that one, or declare it, and run "
                        "pulumi up again"
                    )
            return None

        return send_once(
            lambda: self.client.post(where, body, permission=self.permission), look
        ).answer

    def _delete_one(self, where: str) -> None:
        try:
            self.client.delete(where, permission=self.permission)
        except NotFoundError:
            return

    def deleted_ids(self, id_: str, props: Mapping[str, Any]) -> Iterator[str]:
        """Return the ids of the policies that the state has, too."""
        yield from super().deleted_ids(id_, props)
        yield from _own_ids(props)

    def delete_remote(self, scope: Scope, id_: str, props: Mapping[str, Any]) -> None:
        """Delete the policies that the program has declared, and say which others stay.

        From the last one up: of those that are left, nobody gets in whom the list did not let in.
        """
        where = self._where(scope, id_)
        there = self._policies(where)
        own, listed = _own_ids(props), [policy["id"] for policy in there]
        # Cloudflare's lists may not show yet what was made a moment ago.
        for policy_id in reversed(listed if {*own} <= {*listed} else own):
            if policy_id in own and not self._is_someone_elses(policy_id, there):
                self._delete_one(f"{where}/{policy_id}")
        self._say_what_stays([policy for policy in there if policy["id"] not in own])

    def _is_someone_elses(self, policy_id: str, there: Sequence[Mapping[str, Any]]) -> bool:
        """Tell whether a policy is a reusable one by now, or becomes one in this run."""
        reusable = {policy["id"] for policy in there if policy.get(REUSABLE)}
        return policy_id in reusable or ownership.is_adopted(self.kind, policy_id)

    def _say_what_stays(self, others: Sequence[Mapping[str, Any]]) -> None:
        names = [f'"{policy_name(one)}" ({one["decision"]})' for one in others]
        if names:
            plugin.warn(
                f"stay in the application, because they are not this list's: {', '.join(names)}"
            )


def told_apart(policies: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return policies, in their order, by their names; the second of a name is "name (2)"."""
    policies = [*policies]
    names, found = {*map(policy_name, policies)}, dict[str, Mapping[str, Any]]()
    for policy in policies:
        found[free_key(policy_name(policy), found, names)] = policy
    return found


def _by_name(declared: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the policies of a declaration, in their order, by their names."""
    return told_apart(policy for _, policy in in_order(declared.get("policies")))


def _ids_by_name(outputs: Mapping[str, Any]) -> dict[str, str]:
    """Return the ids of a state by the names of their policies."""
    ids: Mapping[str, str] = outputs.get("ids") or {}
    return {value_of(text_of(as_key(key))): id_ for key, id_ in ids.items()}


def _own_ids(outputs: Mapping[str, Any]) -> list[str]:
    """Return the ids of the policies that the program has declared.

    States of earlier versions do not tell them from those that a refresh has found.
    """
    noted = plugin.plain(outputs.get(DECLARED))
    return [*(_ids_by_name(outputs) if noted is None else noted).values()]


class _Change:
    """One change of a list: what is there and what shall be, in the words of transition.py.

    Reusable policies, and those that are about to be, are in both: where they are, not to be moved.
    """

    def __init__(
        self,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
        is_adopted: Callable[[str], bool],
        reading: Reading,
    ) -> None:
        self._reading = reading
        self._type = there.get(TYPE)
        self._had = _by_name(was)
        self._wished = _by_name(declared)
        all_there = sorted([*there["policies"], *there[REUSABLE]], key=precedence_of)
        self._there = {str(policy["id"]): policy for policy in all_there}
        self.others: set[str] = set()
        """The ids of those that stay as they are, where they are."""
        for id_, policy in self._there.items():
            if policy.get(REUSABLE):
                self.others.add(id_)
            elif is_adopted(id_):
                if policy_name(policy) in self._wished:
                    raise DeclarationError(_TAKEN.format(policy_name(policy), id_))
                self.others.add(id_)
        own = {id_: one for id_, one in self._there.items() if id_ not in self.others}
        self._called = {one["id"]: name for name, one in told_apart(own.values()).items()}

    def steps(self) -> list[Step]:
        """List the requests. Raises where somebody else's policy would have to make room."""
        right: dict[str, Policy] = {}
        wanted: list[Wanted] = []
        made = self._made_of()
        for name, entry in self._wished.items():
            made_of = made[name]
            policy = self._policy(entry, made_of[0] if made_of else None)
            right |= {id_: policy for id_ in made_of if self._is_right(entry, id_)}
            wanted.append(Wanted(policy, made_of))
        current = [
            Placed(
                id_,
                precedence_of(policy),
                right.get(id_) or self._as_it_is(policy),
                is_fixed=id_ in self.others,
            )
            for id_, policy in self._there.items()
        ]
        try:
            return transition(current, wanted)
        except NoRoomError as error:
            raise DeclarationError(
                f"reusable policies are attached to this application ({error}): Cloudflare keeps "
                "one order over both kinds, and this change would move them: use one kind alone"
            ) from None

    def _as_it_is(self, policy: Mapping[str, Any]) -> Policy:
        """Write a policy as it is, in case it has to make room."""
        body = taken_by(self._type, _POLICY.carried(policy))
        return Policy(policy_name(policy), Ruling.of(as_declared(policy)), body)

    def _made_of(self) -> dict[str, list[str]]:
        """Return what each policy may be made of: those that are right, a namesake, one renamed."""
        own = [id_ for id_ in self._there if id_ not in self.others]
        made: dict[str, list[str]] = {}
        for name in {*map(policy_name, self._wished.values())}:
            namesakes = [id_ for id_ in own if policy_name(self._there[id_]) == name]
            made |= self._made_of_namesakes(name, namesakes)
        for name, entry in self._wished.items():
            if name not in made:
                going = [id_ for id_ in own if policy_name(self._there[id_]) not in self._wished]
                made[name] = [id_ for id_ in going if self._is_right(entry, id_, but=("name",))]
        return made

    def _made_of_namesakes(self, name: str, namesakes: Sequence[str]) -> dict[str, list[str]]:
        """Give the policies of one name what is there by that name, as far as it goes.

        At Cloudflare, names need not be unique. What is right already comes first.
        """
        wished = [called for called, one in self._wished.items() if policy_name(one) == name]
        right = {
            called: [id_ for id_ in namesakes if self._is_right(self._wished[called], id_)]
            for called in wished
        }
        if len(wished) == 1:
            return {called: right[called] or [*namesakes[:1]] for called in wished if namesakes}
        left, made = [*namesakes], dict[str, list[str]]()
        for called in sorted(wished, key=lambda one: not right[one]):
            found = next((id_ for id_ in (*right[called], *left) if id_ in left), None)
            if found is not None:
                left.remove(found)
                made[called] = [found]
        return made

    def _policy(self, entry: Mapping[str, Any], made_of: str | None) -> Policy:
        """Write what is wished for over what is there of it."""
        name = policy_name(entry)
        there = self._there.get(made_of or "")
        had = self._had.get(name if there is None else self._called[there["id"]])
        body = _POLICY.request(entry, there, had)
        ruling = Ruling.of(as_requested(body))
        if there is not None and self._is_right(entry, made_of or "", only=SECTIONS):
            # What the API fills in makes no other people of them.
            ruling = replace(ruling, people=Ruling.of(as_declared(there)).people)
        return Policy(name, ruling, taken_by(self._type, body))

    def is_made(self, policy: Mapping[str, Any]) -> bool:
        """Return whether a policy that has shown up is one that is wished for."""
        return not policy.get(REUSABLE) and any(
            policy_name(entry) == policy_name(policy) and self._is_as_wished(entry, policy)
            for entry in self._wished.values()
        )

    def _is_right(
        self,
        entry: Mapping[str, Any],
        id_: str,
        *,
        but: Collection[str] = (),
        only: Collection[str] = _POLICY.fields,
    ) -> bool:
        """Return whether what is there is what is wished for, in all or in some of its fields."""
        return self._is_as_wished(entry, self._there[id_], but=but, only=only)

    def _is_as_wished(
        self,
        entry: Mapping[str, Any],
        policy: Mapping[str, Any],
        *,
        but: Collection[str] = (),
        only: Collection[str] = _POLICY.fields,
    ) -> bool:
        called = self._called.get(policy["id"], policy_name(policy))
        form = both(_POLICY.fields, self._had.get(called, {}), entry)
        found = _POLICY.answer(policy, form, self._reading)
        return all(
            field.same(entry.get(name, MISSING), found.get(name, MISSING))
            for name, field in _POLICY.fields.items()
            if name in only and name not in but
        )


def _is_renamed(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Return whether two say the same by different names."""
    return _ENTRIES.canonical({**old, "name": policy_name(new)}) == _ENTRIES.canonical(new)


class AccessApplicationPolicies(Resource, module="cloudflare", name="AccessApplicationPolicies"):
    """All policies that an application owns, in order: the first that matches decides.

    Each is `{"name": …, "decision": …, "include": [rules…], …}`, with the fields of `AccessPolicy`;
    a name identifies it; of several of one name, their order does. Policies that are not in the
    list are deleted. `.get` takes the id of the
    application.
    """

    lifecycle: ClassVar[type[ResourceLifecycle]] = AccessApplicationPoliciesProvider

    account_id: pulumi.Output[str | None]
    zone_id: pulumi.Output[str | None]
    application: pulumi.Output[str]
    if TYPE_CHECKING:
        policies: pulumi.Output[Mapping[str, types.OwnedPolicyOutput | str] | None]
        extra: pulumi.Output[Mapping[str, Any] | None]
        ids: pulumi.Output[Mapping[str, str]]
        """The id of each policy, by its name."""

    def __init__(
        self,
        resource_name: str,
        *,
        application: Reference,
        policies: pulumi.Input[Sequence[pulumi.Input[types.OwnedPolicy | types.Unchecked]]]
        | None = None,
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        adopt: bool | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare all policies that an application owns, in order.

        :param resource_name: The name of the resource in the program and in the state.
        :param application: The application that owns the policies: the resource, its id, or what a
            look-up found. Required. In the API, it is in the path. A change replaces the object.
        :param policies: All policies that the application owns, in order: the first that matches
            decides. A name identifies each, among those of one name the order; policies that are
            not in the list are deleted. Default: none. API: `policies`.
        :param extra: Fields, and values of closed lists, that this package does not know. They are
            sent, compared and shown like all others. Default: none. API: each by its own name.
        :param account_id: The id of the account that it is in. Default: the one in the settings. A
            change replaces the object. In the API, it is in the path.
        :param zone_id: The id of the zone that it is in, instead of an account. A change replaces
            the object. In the API, it is in the path.
        :param adopt: `True` takes over the policies that the application has. Default: where it has
            any, that is an error.
        :param adopt_changes: Let an adoption change what differs. Default: what differs is an
            error.
        :param opts: Pulumi's options for the resource.
        """
        wrong = mistakes_together(resource_name, application, ALL)
        reserved = tell_policies(self, application, ALL, policies)
        arguments, mistake = in_application(locals(), dies_with=not refers(policies))
        self._declare(arguments, wrong + mistake, reserved)
        tell_own(self, application, ALL, policies)
