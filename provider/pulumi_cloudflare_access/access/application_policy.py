"""One policy that an application owns, in a place of its own, beside others' policies.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/subresources/policies/
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Self

import pulumi

from .. import ownership
from ..deletion import STILL_IN_USE
from ..errors import ApiError, DeclarationError, NotFoundError, Reason
from ..keyed import Mistake
from ..lifecycle import Lifecycle, Scope
from ..model import State
from ..references import Reference
from ..resource import Deployment, Resource
from .owned_policies import (
    ONE,
    REUSABLE,
    TYPE,
    OfAnApplication,
    in_application,
    mistakes_together,
    own_policies,
    policy_name,
    precedence_of,
    taken_by,
    tell_policies,
)
from .policy import PolicyInputs, policy_concerns, policy_mistakes
from .rules import Rule, everyone
from .widened import NO_POLICIES, OWN_POLICIES, REACH, Told, read, stricter


class AccessApplicationPolicyInputs(PolicyInputs):
    """What a program may ask of one policy of an application's own."""

    account_id: str | None = None
    zone_id: str | None = None
    application: str
    # States may hold 0, which older versions took.
    precedence: int


class AccessApplicationPolicyState(State):
    """What we keep of an answer besides what was declared."""

    created_at: str | None = None
    updated_at: str | None = None


OF_TYPE = "__type"  # in an answer: what the policy's application is, as far as it matters
# What Cloudflare says, now and in 2022, when a precedence is taken.
TAKEN = frozenset({12130, 11018})
BEFORE_IT = (
    "precedence {} is taken by the very policy that this one is to replace: with "
    "delete_before_replace=True that one goes first, and is missing for a moment"
)


class AccessApplicationPolicyProvider(OfAnApplication):
    """Where one policy of an application's own lives: among the application's policies."""

    kind = ONE
    what = "Access application policy"
    inputs = AccessApplicationPolicyInputs
    state = AccessApplicationPolicyState
    reserved = frozenset({REACH, OWN_POLICIES})

    def mistakes_in(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what the API refuses, and the place that it takes for none."""
        place, mistakes = declared.get("precedence"), super().mistakes_in(declared)
        if isinstance(place, int) and place < 1:
            told = "must be 1 or more: Cloudflare takes 0 for none, and puts the policy last"
            mistakes.append(Mistake("precedence", told))
        return mistakes + policy_mistakes(declared)

    def concerns(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what hardly anyone means."""
        del was
        yield from policy_concerns(declared)

    def _stricter(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> str | None:
        """Compare all of the application's; by itself what an Output says, which no text has."""
        texts = [props.get(OWN_POLICIES) or NO_POLICIES for props in (olds, news)]
        if texts[0] != texts[1]:
            return stricter(*map(read, texts))
        was, now = Told.declared(olds), Told.declared(news)
        # Before whomever others let in; a policy that lets nobody in any more, before nobody.
        is_stricter = stricter([was], [now]) or stricter([was, EVERYBODY], [now, EVERYBODY])
        return f'"{now.name}" gets stricter for some people' if is_stricter else None

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
            told = (
                "reusable by now, and no longer the application's own: take it out of the program, "
                "or the next up makes a second one"
            )
            raise NotFoundError(f"GET {self._path(scope, id_)}", 404, (now,), None, told)
        return found

    def listed_to_adopt(
        self, scope: Scope, id_: str, props: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Return it as the list of all applications has it."""
        listed = self._listed_policies(scope, props["application"], anew=False) or []
        return next((p for p in listed if p["id"] == id_ and self.is_ours(p)), None)

    def all_to_adopt(self, scope: Scope, props: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the application's policies as the list of all applications has them."""
        listed = self._listed_policies(scope, props["application"], anew=True)
        return super().all_to_adopt(scope, props) if listed is None else listed

    def taken(
        self, id_: str, olds: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> Iterator[str]:
        """Say that it becomes reusable: nobody can take that back."""
        del declared
        if ownership.is_adopted(self.kind, id_):
            yield (
                f"{self._called(olds, id_)} is adopted as a reusable policy: take this resource "
                "out of the program"
            )

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
        if not there.get("session_duration") and "session_duration" not in declared:
            application = self._path(scope).removesuffix("/policies")
            there = {**there, OF_TYPE: self.client.get(application, needs=self.needs).get(TYPE)}

        def write() -> dict[str, Any]:
            return change(scope, there, declared, was)

        with _waiting(self._path(scope), declared["precedence"]):
            return self._in_its_place(scope, declared, there["id"], write, there)

    def _body(
        self,
        declared: Mapping[str, Any],
        *,
        there: Mapping[str, Any] | None = None,
        was: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Write a request, without what the application's type does not have."""
        body = super()._body(declared, there=there, was=was)
        return taken_by((there or {}).get(OF_TYPE), body)

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
                if not own and ownership.is_replaced(self.kind, holder["id"]):
                    raise error.with_remedy(BEFORE_IT.format(place)) from None
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
            places = {policy["id"]: precedence_of(policy) for policy in policies}
            now = places.get(there["id"])
            if now is None or not _wanted[path, now] or place not in places.values():
                return False
            above = [free for free in range(1, now) if free not in places.values()]
            aside = above[-1:] if there.get("decision") == "deny" else [max(places.values()) + 1]
            if not aside:
                return False
            body = taken_by(there.get(OF_TYPE), self._sent(there).carried(there))
            where = f"{path}/{there['id']}"
            self.client.put(where, body | {"precedence": aside[0]}, needs=self.needs)
            return True

    def _holder(self, scope: Scope, place: int, own: str) -> dict[str, Any] | None:
        policies = self._policies(self._path(scope))
        return next((p for p in policies if precedence_of(p) == place and p["id"] != own), None)

    def _delete(self, scope: Scope, id_: str, props: Mapping[str, Any]) -> None:
        """Delete it, unless it is reusable by now: then it is not the application's to delete."""
        if ownership.is_adopted(self.kind, id_):
            return
        try:
            # One list for all of the application's policies.
            self._listed(scope, id_) or self._get(scope, id_)
        except NotFoundError:
            return
        super()._delete(scope, id_, props)


EVERYBODY = Told.declared({"name": "", "decision": "allow", "include": {"": everyone()}})
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
    told = f'precedence {place} is taken by {kind}"{policy_name(holder)}" ({holder["id"]})'
    if is_ours:
        told += (
            ", which this program declares too: give one of them a free precedence first, or "
            "declare all as one list, AccessApplicationPolicies"
        )
    return type(error)(error.request, error.status, error.reasons, error.ray, told)


class AccessApplicationPolicy(Resource, module="cloudflare", name="AccessApplicationPolicy"):
    """One policy that an application owns, in a place of its own, beside others' policies.

    `precedence` is 1 or more; the lowest is decided first, and each is there once.
    """

    lifecycle: ClassVar[type[Lifecycle]] = AccessApplicationPolicyProvider

    account_id: pulumi.Output[str | None]
    zone_id: pulumi.Output[str | None]
    application: pulumi.Output[str]
    name: pulumi.Output[str]
    decision: pulumi.Output[str]
    precedence: pulumi.Output[int]
    # As in AccessGroup: a list where Pulumi's own mocks stand in for the engine.
    include: pulumi.Output[Any]
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
        place = (
            f"precedence of {resource_name}"
            if isinstance(precedence, (pulumi.Output, Awaitable))
            else precedence
        )
        wrong = mistakes_together(resource_name, application, place)
        reserved = tell_policies(application, place, [locals()])
        reserved[OWN_POLICIES] = own_policies(Deployment.current(), application)
        # Each is deleted by itself: an allow that outlived its deny would let somebody in.
        arguments, mistake = in_application(locals(), dies_with=False)
        self._declare(arguments, wrong + mistake, reserved)

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
        arguments, mistake = in_application(locals(), dies_with=False)
        if mistake:
            raise TypeError(mistake[0])
        where = {name: arguments[name] for name in ("account_id", "zone_id", "application")}
        return cls._found(resource_name, id, where, opts)
