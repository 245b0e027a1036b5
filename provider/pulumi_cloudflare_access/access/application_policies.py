"""All policies that an application owns, as one ordered list.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/subresources/policies/

A precedence is taken once, and a policy is a request: transition.py says in which order a list
becomes another without anybody getting in meanwhile whom neither lets in.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

import pulumi

from .. import ownership, plugin
from ..creation import lagging, send_once
from ..described import secret_in
from ..errors import AdoptionError, DeclarationError, NotFoundError
from ..keyed import NOTHING_KNOWN, UNKNOWN, Mistake
from ..lifecycle import ADOPT, ADOPT_CHANGES, Lifecycle, Scope
from ..model import AlwaysManaged, Inputs, State, fields_of, objects
from ..references import InOrder, Reference, in_order
from ..resource import Resource
from ..shapes import NestedShape, both
from .owned_policies import (
    ALL,
    REUSABLE,
    OfAnApplication,
    first_of_all,
    in_application,
    mistakes_together,
    policy_name,
    precedence_of,
)
from .policy import PolicyInputs, policy_concerns, policy_mistakes
from .transition import GAP, Placed, Step, after, transition


class AccessApplicationPoliciesInputs(Inputs):
    """What a program may ask of an application's own policies."""

    account_id: str | None = None
    zone_id: str | None = None
    application: str
    policies: Annotated[Any, InOrder(objects(PolicyInputs, policy_name)), AlwaysManaged()] = None


class AccessApplicationPoliciesState(State):
    """What we keep besides what was declared: which policy has which id."""

    ids: dict[str, str] | None = None


_POLICY = NestedShape(fields_of(PolicyInputs))
_TAKEN = '"{}" ({}) is adopted as a reusable policy: it cannot stay in this list'


class AccessApplicationPoliciesProvider(OfAnApplication):
    """Where an application's own policies live. The object is the list, its id the application's.

    A write is as many requests as it takes. One that is cut short is gone on with by the next run.
    """

    kind = "access_application_policies"
    what = "policies of the Access application"
    inputs = AccessApplicationPoliciesInputs
    state = AccessApplicationPoliciesState
    natural_key = "application"
    repeated: ClassVar[Mapping[str, str]] = {"ids": "policies"}
    is_listed_whole = False

    def mistakes_in(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse two of one name, and what the API refuses of each."""
        mistakes = super().mistakes_in(declared)
        names: set[str] = set()
        for index, (_, policy) in enumerate(in_order(declared.get("policies"))):
            if not isinstance(policy, Mapping):
                continue
            if policy.get("name") in names and policy["name"] != UNKNOWN:
                told = "is the name of another policy of this list; a name identifies"
                mistakes.append(Mistake(f"policies[{index}].name", told))
            names.add(policy_name(policy))
            mistakes += policy_mistakes(policy, f"policies[{index}].")
        return mistakes

    def concerns(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what hardly anyone means."""
        for key, policy in in_order(declared.get("policies")):
            if isinstance(policy, Mapping):
                for concern in policy_concerns(policy):
                    yield f"{key}: {concern}"
        if in_order(was.get("policies")) and not declared.get("policies"):
            yield "no policies: nobody gets in any more"

    def beside(self, answer: Mapping[str, Any], declared: Mapping[str, Any]) -> Iterator[str]:
        """Warn of reusable policies, unless this very run has made them that."""
        del declared
        adopted = functools.partial(ownership.is_adopted, self.kind)
        others = [one for one in answer[REUSABLE] if not adopted(one["id"])]
        if others:
            order = first_of_all([*answer["policies"], *answer[REUSABLE]], others, "reusable")
            yield f"reusable policies are attached to the application {order}"

    def adoptable(self, id_: str) -> str:
        """Tell the list from its application, which has the same id."""
        return f"the policies of {id_}"

    def taken(
        self, id_: str, olds: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> Iterator[str]:
        """Say which policies of the list become reusable: nobody can take that back."""
        del id_
        wished = {policy_name(policy) for _, policy in in_order(declared.get("policies"))}
        for name, policy_id in (olds.get("ids") or {}).items():
            if name in wished and ownership.is_adopted(self.kind, policy_id):
                yield _TAKEN.format(name, policy_id)

    def _called(self, props: Mapping[str, Any], id_: str) -> str:
        del props
        return f"the list of {self.what} {id_}"

    def _get(self, scope: Scope, id_: str) -> dict[str, Any]:
        """Read the whole list."""
        # The application itself first: no policies and no application are not the same.
        super()._get(scope, id_)
        return self._answer(id_, self._policies(self._where(scope, id_)))

    def _where(self, scope: Scope, application: str) -> str:
        return f"{self._path(scope, application)}/policies"

    @staticmethod
    def _answer(application: str, policies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        owned = [policy for policy in policies if not policy.get(REUSABLE)]
        return {
            "id": application,
            "application": application,
            "policies": owned,
            "ids": {policy_name(policy): policy["id"] for policy in reversed(owned)},
            REUSABLE: [policy for policy in policies if policy.get(REUSABLE)],
        }

    def _adopt(self, scope: Scope, props: Mapping[str, Any]) -> None:
        """Leave it to `_make`: it takes what is there in any case."""

    def _make(self, scope: Scope, props: Mapping[str, Any]) -> dict[str, Any]:
        """Make the list. What an interrupted run has made of it already is taken as it is."""
        declared = self._declared(props)
        there = self._get(scope, props["application"])
        if there[REUSABLE]:
            raise DeclarationError(
                "reusable policies are attached to this application "
                f"({', '.join(map(policy_name, there[REUSABLE]))}): Cloudflare keeps one order over"
                " both kinds, so use one kind alone"
            )
        if there["policies"]:
            is_begun = self._is_half_way([], there["policies"], declared)
            if not is_begun and not (props.get(ADOPT) and props.get(ADOPT_CHANGES)):
                found, secret = self._managed(there, declared), secret_in(props)
                changes = "; ".join(self._differences(found, declared, secret))
                raise AdoptionError(
                    f"the application has policies already, which would change: {changes}. Declare "
                    "what is there, or accept these changes with adopt=True and adopt_changes=True"
                )
            # Whoever had the list before, a resource of another name, must not delete it then.
            ownership.take(self.adoptable(props["application"]))
        return self._change(scope, there, declared, {})

    def _is_settled(
        self, there: Mapping[str, Any], was: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> bool:
        """Let `_change` see: it compares policy by policy, and sends nothing for what is right."""
        del there, was, declared
        return False

    def _refuse_unseen(
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
        wished = {policy_name(policy) for _, policy in in_order(wish.get("policies"))}
        gone = {
            name
            for name, id_ in (olds.get("ids") or {}).items()
            if id_ in reusable and name not in wished
        }
        kept = [
            policy
            for _, policy in in_order(olds.get("policies"))
            if policy_name(policy) not in gone
        ]
        if not self._is_half_way(kept, answer["policies"], wish):
            policies, _ = self.facts()["policies"].shape.check(kept, "policies")
            super()._refuse_unseen(called, {**olds, "policies": policies}, answer, wish, secret)

    def _is_half_way(
        self,
        was: Sequence[Mapping[str, Any]],
        there: Sequence[Mapping[str, Any]],
        wish: Mapping[str, Any],
    ) -> bool:
        """Tell whether the list is on the way from what it was to what is wished for."""
        entries = objects(PolicyInputs, policy_name)
        target = [policy for _, policy in in_order(wish.get("policies"))]
        unchanged = {entries.canonical(policy): policy for policy in target}
        state = [
            Placed(GAP * (n + 1), unchanged.get(entries.canonical(policy), policy))
            for n, policy in enumerate(was)
        ]
        for step in transition(state, target):
            state = after(state, step)
            if len(state) == len(there) and all(
                entries.matches(placed.body, policy)
                for placed, policy in zip(state, there, strict=True)
            ):
                return True
        return False

    def _change(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Make the list another, in the steps that transition.py says."""
        adopted = functools.partial(ownership.is_adopted, self.kind)
        change = _Change(there, declared, was, adopted)
        steps = change.steps()
        where = self._where(scope, there["id"])
        policies = {change.called[policy["id"]]: policy for policy in there["policies"]}
        for step in steps:
            id_ = policies.pop(step.name)["id"] if step.verb != "create" else ""
            if step.to is None:
                self._delete_one(f"{where}/{id_}")
                continue
            body = {**step.to.body, "precedence": step.to.precedence}
            if step.verb == "create":
                policies[step.name] = self._post_one(where, body)
            else:
                policies[step.name] = self.client.put(f"{where}/{id_}", body, needs=self.needs)
        mine = [policy for name, policy in policies.items() if name not in change.others]
        return self._answer(there["id"], sorted(mine, key=precedence_of))

    def _post_one(self, where: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make one policy; where the answer is lost, find it in its place. The next run would."""

        def look() -> dict[str, Any] | None:
            for _ in lagging(self.client.clock):
                for policy in self._policies(where):
                    here = precedence_of(policy) == body["precedence"]
                    if here and policy_name(policy) == body["name"] and not policy.get(REUSABLE):
                        return policy
            return None

        return send_once(lambda: self.client.post(where, body, needs=self.needs), look).answer

    def _delete_one(self, where: str) -> None:
        try:
            self.client.delete(where, needs=self.needs)
        except NotFoundError:
            return

    def _delete(self, scope: Scope, id_: str, props: Mapping[str, Any], users: list[str]) -> None:
        """Delete all of them, those that let somebody in first.

        Where none of the list's own is left, those that are there are another list: the one that a
        replacement has made, or one by hand.
        """
        del users
        try:
            there = self._get(scope, id_)
        except NotFoundError:
            return
        own = {*(props.get("ids") or {}).values()}
        if own and there["policies"] and own.isdisjoint(p["id"] for p in there["policies"]):
            names = ", ".join(f'"{policy_name(policy)}"' for policy in there["policies"])
            plugin.warn(f"the policies of this list are gone already; others stay: {names}")
            return
        self._change(scope, there, {}, {})


class _Change:
    """One change of a list: what is there and what shall be, in the words of requests.

    Reusable policies, and those that are about to be, are in both: where they are, not to be moved.
    """

    def __init__(
        self,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
        is_adopted: Any,
    ) -> None:
        self._had = {policy_name(policy): policy for _, policy in in_order(was.get("policies"))}
        self._wished = {
            policy_name(policy): policy for _, policy in in_order(declared.get("policies"))
        }
        self.called: dict[str, str] = {}
        self.others: set[str] = set()
        self._there: dict[str, Mapping[str, Any]] = {}
        for policy in sorted([*there["policies"], *there[REUSABLE]], key=precedence_of):
            name, id_ = policy_name(policy), policy["id"]
            theirs = bool(policy.get(REUSABLE)) or is_adopted(id_)
            if theirs and not policy.get(REUSABLE) and name in self._wished:
                raise DeclarationError(_TAKEN.format(name, id_))
            # At Cloudflare, names need not be unique.
            internal = f"{name} ({id_})" if theirs or name in self._there else name
            self.called[id_] = internal
            self._there[internal] = policy
            if theirs:
                self.others.add(internal)

    def steps(self) -> list[Step]:
        """List the requests. Raises where somebody else's policy would have to make room."""
        bodies = {
            name: _POLICY.request(entry, self._there.get(name), self._had.get(name))
            for name, entry in self._wished.items()
        }
        current = []
        for name, policy in self._there.items():
            body = {"id": policy["id"], "name": name, "decision": policy["decision"]}
            if name in self.others:
                bodies[name] = body
            elif name in bodies and self._is_right(name, policy):
                body = bodies[name]
            current.append(Placed(precedence_of(policy), body))
        steps = transition(current, [bodies[name] for name in self._order()])
        if stuck := [str(self._there[s.name]["name"]) for s in steps if s.name in self.others]:
            raise DeclarationError(
                f"reusable policies are attached to this application ({', '.join(stuck)}): "
                "Cloudflare keeps one order over both kinds, and this change would move them: use "
                "one kind alone"
            )
        return steps

    def _is_right(self, name: str, policy: Mapping[str, Any]) -> bool:
        entry = self._wished[name]
        form = both(_POLICY.fields, self._had.get(name, {}), entry)
        return _POLICY.same(entry, _POLICY.answer(policy, form, NOTHING_KNOWN))

    def _order(self) -> list[str]:
        """Return the new order, others' policies where they are now."""
        order = list(self._wished)
        before = -1
        for name in self._there:
            if name in self.others:
                before += 1
                order.insert(before, name)
            elif name in self._wished:
                before = order.index(name)
        return order


class AccessApplicationPolicies(Resource, module="cloudflare", name="AccessApplicationPolicies"):
    """All policies that an application owns, in order: the first that matches decides.

    Each is `{"name": …, "decision": …, "include": [rules…], …}`, with the fields of `AccessPolicy`;
    a name identifies it. Policies that are not in the list are deleted. `.get` takes the id of the
    application.
    """

    lifecycle: ClassVar[type[Lifecycle]] = AccessApplicationPoliciesProvider

    account_id: pulumi.Output[str | None]
    zone_id: pulumi.Output[str | None]
    application: pulumi.Output[str]
    policies: pulumi.Output[Any]
    ids: pulumi.Output[Mapping[str, str]]

    def __init__(
        self,
        resource_name: str,
        *,
        application: Reference,
        policies: pulumi.Input[Sequence[Mapping[str, Any]]],
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        adopt: bool | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        wrong = mistakes_together(resource_name, application, ALL)
        arguments, mistake = in_application(locals())
        self._declare(arguments, wrong + mistake)
