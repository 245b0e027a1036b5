"""The policies that an application owns: all of them, as one ordered list, or one among others.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/subresources/policies/

A precedence is taken once, and a policy is a request: transition.py says in which order a list
becomes another without anybody getting in meanwhile whom neither lets in.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, ClassVar, Self

import pulumi
from pydantic import Field

from .. import ownership
from ..creation import lagging, send_once
from ..errors import AdoptionError, ApiError, DeclarationError, NotFoundError, Reason
from ..keyed import UNKNOWN, Mistake
from ..lifecycle import (
    ADOPT,
    ADOPT_CHANGES,
    STILL_IN_USE,
    Lifecycle,
    Scope,
    segment_mistakes,
)
from ..model import AlwaysManaged, Inputs, State, fields_of, objects
from ..references import APPLICATIONS, Found, InOrder, Reference, in_order
from ..resource import SCOPES, Deployment, Resource, part_of
from ..shapes import NestedShape, both
from .policy import PolicyInputs, policy_concerns, policy_mistakes
from .rules import Rule
from .transition import GAP, Placed, Step, after, transition


def _name(policy: Mapping[str, Any]) -> str:
    return str(policy.get("name"))


class OfAnApplication(Lifecycle):
    """What an application's own policies have in common."""

    collection = "access/apps"
    replaced_by = frozenset({"application"})
    heeds_claims = True
    needs = "Access: Apps and Policies"
    per_page = 200

    def _fill_in_scope(self, declared: dict[str, Any], olds: Mapping[str, Any]) -> list[Mistake]:
        """Take the application's scope. A preview may not know yet which of the two it has."""
        fields = [field for field in ("account_id", "zone_id") if declared.get(field)]
        if len(fields) > 1 and UNKNOWN in map(declared.get, fields):
            known = [field for field in fields if declared[field] != UNKNOWN]
            kept = known[0] if known else next((f for f in fields if olds.get(f)), fields[0])
            for field in fields:
                if field != kept:
                    del declared[field]
        return super()._fill_in_scope(declared, olds)

    def mistakes_in(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what cannot be an application's id."""
        return segment_mistakes("application", declared.get("application"))

    def _policies(self, where: str) -> list[dict[str, Any]]:
        """Read an application's policies of both kinds, in order."""
        policies = self.client.list(where, per_page=self.per_page, needs=self.needs)
        return sorted(policies, key=_precedence)


def _precedence(policy: Mapping[str, Any]) -> int:
    return int(policy["precedence"])


# ------------------------------------------------------------------------------------------ all


class AccessApplicationPoliciesInputs(Inputs):
    """What a program may ask of an application's own policies."""

    account_id: str | None = None
    zone_id: str | None = None
    application: str
    policies: Annotated[Any, InOrder(objects(PolicyInputs, _name)), AlwaysManaged()] = None


class AccessApplicationPoliciesState(State):
    """What we keep besides what was declared: which policy has which id."""

    ids: dict[str, str] | None = None


# What an answer holds beside the list: the reusable policies, which take part in the order.
REUSABLE = "reusable"
_POLICY = NestedShape(fields_of(PolicyInputs))


class AccessApplicationPoliciesProvider(OfAnApplication):
    """Where an application's own policies live. The object is the list, its id the application's.

    A write is as many requests as it takes. One that is cut short is gone on with by the next run.
    """

    kind = "access_application_policies"
    what = "policies of the Access application"
    inputs = AccessApplicationPoliciesInputs
    state = AccessApplicationPoliciesState
    natural_key = "application"
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
            names.add(_name(policy))
            mistakes += policy_mistakes(policy, f"policies[{index}].")
        return mistakes

    def concerns(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what hardly anyone means."""
        for key, policy in in_order(declared.get("policies")):
            if isinstance(policy, Mapping):
                for concern in policy_concerns(policy):
                    yield f"{key}: {concern}"
        if in_order(was.get("policies")) and not in_order(declared.get("policies")):
            yield "no policies: nobody gets in any more"

    def adoptable(self, id_: str) -> str:
        """Tell the list from its application, which has the same id."""
        return f"the policies of {id_}"

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
            "ids": {_name(policy): policy["id"] for policy in reversed(owned)},
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
                f"reusable policies are attached to this application "
                f"({', '.join(map(_name, there[REUSABLE]))}): Cloudflare keeps one order over both "
                "kinds, so use one kind alone"
            )
        if there["policies"]:
            foreign = self._foreign(there, declared)
            if foreign and not (props.get(ADOPT) and props.get(ADOPT_CHANGES)):
                raise AdoptionError(
                    f"the application has policies of its own that the program does not declare: "
                    f"{'; '.join(foreign)}. Declare them, or let them go with adopt=True and "
                    "adopt_changes=True"
                )
            # Whoever had the list before, a resource of another name, must not delete it then.
            ownership.take(self.adoptable(props["application"]))
        return self._change(scope, there, declared, {})

    def _foreign(self, there: Mapping[str, Any], declared: Mapping[str, Any]) -> list[str]:
        found = self._managed(there, declared)
        changes = self._differences(found, declared)
        foreign = [change for change in changes if not change.startswith("policies: +")]
        names = [_name(policy) for policy in there["policies"]]
        wished = [_name(policy) for _, policy in in_order(declared.get("policies"))]
        in_common = [name for name in wished if name in names]
        if not foreign and in_common != names:
            return [f"policies: order: {' > '.join(names)} -> {' > '.join(in_common)}"]
        return foreign

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
        wished = {_name(policy) for _, policy in in_order(wish.get("policies"))}
        gone = {
            name
            for name, id_ in (olds.get("ids") or {}).items()
            if id_ in reusable and name not in wished
        }
        kept = [policy for _, policy in in_order(olds.get("policies")) if _name(policy) not in gone]
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
        entries = objects(PolicyInputs, _name)
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
        change = _Change(there, declared, was, ownership.is_adopted)
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
        return self._answer(there["id"], sorted(mine, key=_precedence))

    def _post_one(self, where: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make one policy; where the answer is lost, find it in its place. The next run would."""

        def look() -> dict[str, Any] | None:
            for _ in lagging(self.client.clock):
                for policy in self._policies(where):
                    here = _precedence(policy) == body["precedence"]
                    if here and _name(policy) == body["name"] and not policy.get(REUSABLE):
                        return policy
            return None

        return send_once(lambda: self.client.post(where, body, needs=self.needs), look).answer

    def _delete_one(self, where: str) -> None:
        try:
            self.client.delete(where, needs=self.needs)
        except NotFoundError:
            return

    def _delete(self, scope: Scope, id_: str, props: Mapping[str, Any], users: list[str]) -> None:
        """Delete all of them, those that let somebody in first."""
        del props, users
        try:
            there = self._get(scope, id_)
        except NotFoundError:
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
        self._had = {_name(policy): policy for _, policy in in_order(was.get("policies"))}
        self._wished = {_name(policy): policy for _, policy in in_order(declared.get("policies"))}
        self.called: dict[str, str] = {}
        self.others: set[str] = set()
        self._there: dict[str, Mapping[str, Any]] = {}
        for policy in sorted([*there["policies"], *there[REUSABLE]], key=_precedence):
            name, id_ = _name(policy), policy["id"]
            theirs = bool(policy.get(REUSABLE)) or is_adopted(id_)
            if theirs and not policy.get(REUSABLE) and name in self._wished:
                raise DeclarationError(
                    f'"{name}" ({id_}) is adopted as a reusable policy: it cannot stay in this list'
                )
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
            current.append(Placed(_precedence(policy), body))
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
        return _POLICY.same(entry, _POLICY.answer(policy, form, lambda _: None))

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
        wrong = _mistakes_together(resource_name, application, ALL)
        arguments, mistake = _in_application(locals())
        self._declare(arguments, wrong + mistake)


# ------------------------------------------------------------------------------------------ one


class AccessApplicationPolicyInputs(PolicyInputs):
    """What a program may ask of one policy of an application's own."""

    account_id: str | None = None
    zone_id: str | None = None
    application: str
    precedence: int = Field(ge=0)


class AccessApplicationPolicyState(State):
    """What we keep of an answer besides what was declared."""

    created_at: str | None = None
    updated_at: str | None = None


# What Cloudflare says, now and in 2022, when a precedence is taken.
TAKEN = frozenset({12130, 11018})


class AccessApplicationPolicyProvider(OfAnApplication):
    """Where one policy of an application's own lives: among the application's policies."""

    kind = "access_application_policy"
    what = "Access application policy"
    inputs = AccessApplicationPolicyInputs
    state = AccessApplicationPolicyState

    def mistakes_in(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what the API refuses."""
        return super().mistakes_in(declared) + policy_mistakes(declared)

    def concerns(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what hardly anyone means."""
        del was
        yield from policy_concerns(declared)

    def collection_of(self, props: Mapping[str, Any]) -> str:
        """Say that it lives in its application."""
        if not props.get("application"):
            raise DeclarationError(f"this {self.what} names no application")
        return f"{self.collection}/{props['application']}/policies"

    def is_ours(self, found: Mapping[str, Any]) -> bool:
        """Leave reusable policies to their own kind."""
        return not found.get(REUSABLE)

    def _scope_fields(self) -> frozenset[str]:
        return super()._scope_fields() | {"application"}

    def _get(self, scope: Scope, id_: str) -> dict[str, Any]:
        """Read it. One that was made reusable meanwhile is no longer the application's own."""
        found = super()._get(scope, id_)
        if not self.is_ours(found):
            now = Reason(None, "the policy is reusable by now, and of another kind: AccessPolicy")
            raise NotFoundError(f"GET {self._path(scope, id_)}", 404, (now,))
        return found

    def _make(self, scope: Scope, props: Mapping[str, Any]) -> dict[str, Any]:
        make = super()._make
        return self._in_its_place(scope, props, "", lambda: make(scope, props))

    def _change(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        change = super()._change

        def write() -> dict[str, Any]:
            return change(scope, there, declared, was)

        with _waiting(self._path(scope), declared["precedence"]):
            return self._in_its_place(scope, declared, there["id"], write, there)

    def _in_its_place(
        self,
        scope: Scope,
        declared: Mapping[str, Any],
        own: str,
        write: Callable[[], dict[str, Any]],
        there: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Say who has the place where it is taken; one of this program may be about to leave it."""
        for tried, wait in enumerate((*STILL_IN_USE, None)):
            try:
                return write()
            except ApiError as error:
                if not error.codes & TAKEN:
                    raise
                place = int(declared["precedence"])
                holder = self._holder(scope, place, own)
                if holder is None:
                    # It has just left, or the code means something else: then it is told again.
                    return write()
                is_ours = ownership.is_managed(self.kind, holder["id"])
                # The engine may only be about to ask for the other resource.
                if wait is None or (tried and not is_ours):
                    raise _taken(error, place, holder, is_ours=is_ours) from None
                if not (there and self._steps_aside(scope, place, there)):
                    self.client.clock.sleep(wait)
        raise AssertionError

    def _steps_aside(self, scope: Scope, place: int, there: Mapping[str, Any]) -> bool:
        """Give way to one that waits for this one's place, which alone would wait for ever.

        Nobody gets in who would not otherwise: who lets in goes down, who keeps out goes up.
        """
        path = self._path(scope)
        with _making_room:
            policies = self._policies(path)
            places = {policy["id"]: _precedence(policy) for policy in policies}
            now = places.get(there["id"])
            if now is None or not _wanted[path, now] or place not in places.values():
                return False
            above = [free for free in range(now) if free not in places.values()]
            aside = above[-1:] if there.get("decision") == "deny" else [max(places.values()) + 1]
            if not aside:
                return False
            body = self._body(self._managed(there, {}, everything=True), there=there)
            where = f"{path}/{there['id']}"
            self.client.put(where, body | {"precedence": aside[0]}, needs=self.needs)
            return True

    def _holder(self, scope: Scope, place: int, own: str) -> dict[str, Any] | None:
        policies = self._policies(self._path(scope))
        return next((p for p in policies if _precedence(p) == place and p["id"] != own), None)

    def _delete(self, scope: Scope, id_: str, props: Mapping[str, Any], users: list[str]) -> None:
        """Delete it, unless it is reusable by now: then it is not the application's to delete."""
        try:
            self._get(scope, id_)
        except NotFoundError:
            return
        super()._delete(scope, id_, props, users)


# The places of applications that policies of this process wait for.
_wanted: Counter[tuple[str, int]] = Counter()
_making_room = threading.Lock()


@contextmanager
def _waiting(path: str, place: int) -> Iterator[None]:
    with _making_room:
        _wanted[path, place] += 1
    try:
        yield
    finally:
        with _making_room:
            _wanted[path, place] -= 1


def _taken(error: ApiError, place: int, holder: Mapping[str, Any], *, is_ours: bool) -> ApiError:
    kind = "the reusable policy " if holder.get(REUSABLE) else ""
    told = f'precedence {place} is taken by {kind}"{_name(holder)}" ({holder["id"]})'
    if is_ours:
        told += (
            ", which this program declares too: give one of them a free precedence first, or "
            "declare all as one list, AccessApplicationPolicies"
        )
    return type(error)(error.request, error.status, error.reasons, error.ray, told)


class AccessApplicationPolicy(Resource, module="cloudflare", name="AccessApplicationPolicy"):
    """One policy that an application owns, in a place of its own, beside others' policies.

    `precedence` is 0 or more; the lowest is decided first, and each is there once.
    """

    lifecycle: ClassVar[type[Lifecycle]] = AccessApplicationPolicyProvider

    account_id: pulumi.Output[str | None]
    zone_id: pulumi.Output[str | None]
    application: pulumi.Output[str]
    name: pulumi.Output[str]
    decision: pulumi.Output[str]
    precedence: pulumi.Output[int]
    include: pulumi.Output[Mapping[str, Any]]
    created_at: pulumi.Output[str]
    updated_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        application: Reference,
        precedence: pulumi.Input[int],
        name: pulumi.Input[str],
        decision: pulumi.Input[str],
        include: pulumi.Input[Sequence[pulumi.Input[Rule]]],
        exclude: pulumi.Input[Sequence[pulumi.Input[Rule]]] | None = None,
        require: pulumi.Input[Sequence[pulumi.Input[Rule]]] | None = None,
        session_duration: pulumi.Input[str] | None = None,
        approval_required: pulumi.Input[bool] | None = None,
        approval_groups: pulumi.Input[Sequence[Mapping[str, Any]]] | None = None,
        purpose_justification_required: pulumi.Input[bool] | None = None,
        purpose_justification_prompt: pulumi.Input[str] | None = None,
        isolation_required: pulumi.Input[bool] | None = None,
        mfa_config: pulumi.Input[Mapping[str, Any]] | None = None,
        connection_rules: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        place = f"precedence of {resource_name}" if _is_awaited(precedence) else precedence
        wrong = _mistakes_together(resource_name, application, place)
        arguments, mistake = _in_application(locals())
        self._declare(arguments, wrong + mistake)

    @classmethod
    def get(  # type: ignore[override]  # it is found in its application and nowhere else
        cls,
        resource_name: str,
        id: pulumi.Input[str],  # noqa: A002 - Pulumi's name for it
        *,
        application: Reference,
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> Self:
        """Read a policy that exists and that this stack does not own."""
        arguments, mistake = _in_application(locals())
        if mistake:
            raise TypeError(mistake[0])
        where = {name: arguments[name] for name in ("account_id", "zone_id", "application")}
        return cls._found(resource_name, id, where, opts)


# ------------------------------------------------------------------------------------- programs

ALL = "all"


def _mistakes_together(resource_name: str, application: Reference, place: Any) -> list[str]:
    """Say that other resources of the program are in this one's way: plain ids, or one resource."""
    of = application.id if isinstance(application, Found) else application
    parts = Deployment.current().parts(OfAnApplication, of)
    mistakes = []
    if ALL in parts:
        mistakes = [f'application: "{parts[ALL]}" declares all of its policies already']
    elif place == ALL and parts:
        first = next(iter(parts.values()))
        mistakes = [f'application: "{first}" is one of its policies, which this list would delete']
    elif place in parts:
        mistakes = [f'precedence: "{parts[place]}" is in this place of the application already']
    parts.setdefault(place, resource_name)
    return mistakes


def _is_awaited(value: Any) -> bool:
    return isinstance(value, (pulumi.Output, Awaitable))


def _in_application(arguments: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Take the scope from the application, and die with it."""
    return part_of(arguments, "application", APPLICATIONS, *SCOPES, dies_with=True)
