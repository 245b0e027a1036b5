"""One policy that an application owns, in a place of its own, beside others' policies.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/subresources/policies/
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeVar

import pulumi

from ..engine import ownership
from ..engine.collection import Scope
from ..engine.deletion import STILL_IN_USE
from ..engine.hooks import Answer
from ..engine.lifecycle import ResourceLifecycle
from ..engine.run import current
from ..errors import ApiError, DeclarationError, NotFoundError, Reason
from ..fields.keyed import Mistake
from ..fields.model import Always, PartOf, State
from ..process import plugin
from ..program.later import later
from ..program.references import Reference
from ..program.resource import Deployment, Resource
from ..text.outlet import warn
from .in_force import IN_FORCE, tell_own
from .owned_policies import (
    ONE,
    REUSABLE,
    TYPE,
    OfAnApplication,
    in_application,
    is_one_list,
    mistakes_together,
    own_policies,
    policy_name,
    precedence_of,
    taken_by,
    tell_policies,
    turns_of,
)
from .policy_fields import PolicyInputs, policy_concerns, policy_mistakes
from .rules import everyone
from .succession import (
    TakenError,
    destinations,
    is_stricter,
    keep_order,
    moves,
    singles,
    trouble,
)
from .widened import NO_POLICIES, OWN_POLICIES, REACH, Told, read, stricter

if TYPE_CHECKING:
    from .. import types


T = TypeVar("T")


class AccessApplicationPolicyInputs(PolicyInputs):
    """What a program may ask of one policy of an application's own."""

    account_id: str | None = None
    zone_id: str | None = None
    application: Annotated[str, PartOf()]
    """The application that owns the policy: the resource, its id, or what a look-up found."""
    # States may hold 0, which older versions took.
    precedence: int
    """The policy's place, 1 or more: the lowest is decided first, and each is there once."""


class AccessApplicationPolicyState(State):
    """What we keep of an answer besides what was declared."""

    created_at: Annotated[str | None, Always()] = None
    """When it was made, as RFC 3339."""
    updated_at: Annotated[str | None, Always()] = None
    """When it was changed last, as RFC 3339."""


# A reserved input: those of the program that decide before it, and that it could not wait for.
UNORDERED = "__unordered"
# What Cloudflare says, now and in 2022, when a precedence is taken.
TAKEN = frozenset({12130, 11018})
BEFORE_IT = (
    "precedence {} is taken by the very policy that this one is to replace: with "
    "delete_before_replace=True that one goes first, and is missing for a moment"
)


class AccessApplicationPolicyProvider(OfAnApplication):
    """Where one policy of an application's own lives: among the application's policies."""

    kind = ONE
    display_name = "Access application policy"
    inputs = AccessApplicationPolicyInputs
    state = AccessApplicationPolicyState
    reserved_inputs = frozenset({REACH, OWN_POLICIES, UNORDERED, IN_FORCE})

    def validate(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what the API refuses, and the place that it takes for none."""
        place, mistakes = declared.get("precedence"), super().validate(declared)
        if isinstance(place, int) and place < 1:
            told = "must be 1 or more: Cloudflare takes 0 for none, and puts the policy last"
            mistakes.append(Mistake("precedence", told))
        return mistakes + policy_mistakes(declared)

    def warnings(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what hardly anyone means."""
        del was
        yield from policy_concerns(declared)

    def _one_by_one(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> str | None:
        was, now = (singles(props.get(OWN_POLICIES)) for props in (olds, news))
        if was is None or now is None:
            return None
        # Where this one could not wait for others, it may come before them.
        alone = [plugin.name_of(plugin.current_urn())] if news.get(UNORDERED) else []
        return trouble(was, now) or (trouble(was, now, alone) if alone else None)

    def _stricter(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> str | None:
        """Compare all of the application's; by itself what an Output says, which no text has."""
        texts = [props.get(OWN_POLICIES) or NO_POLICIES for props in (olds, news)]
        if texts[0] != texts[1]:
            return stricter(*map(read, texts))
        was, now = Told.declared(olds), Told.declared(news)
        # Before whomever others let in; a policy that lets nobody in any more, before nobody.
        is_stricter = stricter([was], [now]) or stricter([was, EVERYBODY], [now, EVERYBODY])
        return f'"{now.name}" gets stricter for some people' if is_stricter else None

    def collection_for(self, props: Mapping[str, Any]) -> str:
        """Say that it lives in its application."""
        if not props.get("application"):
            raise DeclarationError(f"this {self.display_name} names no application")
        return f"{self.collection.path}/{props['application']}/policies"

    def is_of_kind(self, found: Mapping[str, Any]) -> bool:
        """Leave reusable policies to their own kind."""
        return not found.get(REUSABLE)

    def path_fields(self) -> frozenset[str]:
        """Add the application: the path names it."""
        return super().path_fields() | {"application"}

    def read_remote(self, scope: Scope, id_: str) -> dict[str, Any]:
        """Read it. One that was made reusable meanwhile is no longer the application's own."""
        found = super().read_remote(scope, id_)
        if not self.is_of_kind(found):
            now = Reason(None, "the policy is reusable by now, and of another kind: AccessPolicy")
            told = (
                "reusable by now, and no longer the application's own: take it out of the program, "
                "or the next up makes a second one"
            )
            raise NotFoundError(f"GET {self.object_path(scope, id_)}", 404, (now,), None, told)
        return found

    def find_listed_to_adopt(
        self, scope: Scope, id_: str, props: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Return it as the list of all applications has it."""
        listed = self._listed_policies(scope, props["application"], anew=False) or []
        return next((p for p in listed if p["id"] == id_ and self.is_of_kind(p)), None)

    def list_live(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Return the policies of applications' own that no list can declare."""
        for application, policies in self._policies_of_all(scope):
            for one in policies if not is_one_list(policies) else ():
                if self.is_of_kind(one):
                    yield {**one, "application": application["id"]}

    def list_to_adopt(self, scope: Scope, props: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the application's policies as the list of all applications has them."""
        listed = self._listed_policies(scope, props["application"], anew=True)
        return super().list_to_adopt(scope, props) if listed is None else listed

    def adoption_conflicts(
        self, id_: str, olds: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> Iterator[str]:
        """Say that it becomes reusable: nobody can take that back."""
        del declared
        if ownership.is_adopted(self.kind, id_):
            yield (
                f"{self.full_name(olds, id_)} is adopted as a reusable policy: take this resource "
                "out of the program"
            )

    def create_remote(self, scope: Scope, props: Mapping[str, Any]) -> Answer:
        """Create it in its place, once those are there that decide before it."""
        self._require(scope, props)
        make = super().create_remote
        return self._in_its_place(scope, props, "", lambda: make(scope, props))

    def update_remote(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Update it in its place, once those are there that decide before it."""
        self._require(scope, declared)
        type_ = None if "session_duration" in declared else self._type_of(scope, there)
        where = self.object_path(scope, there["id"])

        def write() -> dict[str, Any]:
            body = taken_by(type_, self.request_body(declared, there=there, was=was))
            changed: dict[str, Any] = self.client.put(where, body, permission=self.permission)
            return changed

        if int(declared["precedence"]) != precedence_of(there):
            self._clear_the_way(scope, declared, there["id"])
        return self._in_its_place(scope, declared, there["id"], write)

    def _type_of(self, scope: Scope, there: Mapping[str, Any]) -> Any:
        """Return the type of a policy's application, where that decides what can be sent."""
        if there.get("session_duration"):
            return None
        application = self.object_path(scope).removesuffix("/policies")
        return self.client.get(application, permission=self.permission).get(TYPE)

    def _require(self, scope: Scope, declared: Mapping[str, Any]) -> None:
        """Raise unless those are there that decide before it, and that it could not wait for."""
        needed = declared.get(UNORDERED) or ()
        there = self._policies(self.object_path(scope)) if needed else ()
        names, places = {*map(policy_name, there)}, {*map(precedence_of, there)}
        absent = [
            one["called"]
            for one in needed
            if (one["name"] not in names if "name" in one else one["place"] not in places)
        ]
        if absent:
            raise DeclarationError(
                f"{', '.join(absent)} must be there before this policy, and this policy could not "
                "wait for it. Nothing was sent: run pulumi up again; if it is not there then, it "
                "waits for this policy, and has to do without"
            )

    def _in_its_place(
        self,
        scope: Scope,
        declared: Mapping[str, Any],
        own: str,
        write: Callable[[], T],
    ) -> T:
        """Write it; where its place is taken, make room or say who has it."""
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
                if self._clear_the_way(scope, declared, own):
                    continue
                is_ours = ownership.is_managed(self.kind, holder["id"])
                # The engine may only be about to ask for the other resource.
                if wait is None or (tried and not is_ours):
                    raise _taken(error, place, holder, is_ours=is_ours) from None
                self.client.clock.sleep(wait)
        raise AssertionError

    def _clear_the_way(self, scope: Scope, declared: Mapping[str, Any], own: str) -> bool:
        """Take along the program's policies that are in the way and go further down in this run.

        Returns whether there were any. Of what was made, check has not seen what else changes: for
        a new policy, all others keep their order.
        """
        path = self.object_path(scope)
        with current().moving:
            policies = {one["id"]: one for one in self._policies(path)}
            here = {id_: precedence_of(one) for id_, one in policies.items()}
            own_ones = {id_: one for id_, one in policies.items() if not one.get(REUSABLE)}
            names = {id_: policy_name(one) for id_, one in own_ones.items()}
            program = singles(declared.get(OWN_POLICIES)) or {}
            finally_ = destinations(program.values(), names)
            try:
                *others, _ = moves(here, finally_, own, int(declared["precedence"]))
            except TakenError:
                return False
            if not own and not keep_order(here, others):
                return False
            for id_, place in others:
                there = policies[id_]
                type_ = self._type_of(scope, there)
                body = taken_by(type_, self._sent(there).carried(there))
                body |= {"precedence": place}
                self.client.put(f"{path}/{id_}", body, permission=self.permission)
                current().moved_policies[id_] = place
        return bool(others)

    def _holder(self, scope: Scope, place: int, own: str) -> dict[str, Any] | None:
        policies = self._policies(self.object_path(scope))
        return next((p for p in policies if precedence_of(p) == place and p["id"] != own), None)

    def refuse_unpreviewed(
        self,
        called: str,
        olds: Mapping[str, Any],
        answer: Mapping[str, Any],
        wish: Mapping[str, Any],
        secret: Container[str],
    ) -> None:
        """Raise if somebody changed it since; to be taken along by another one is no change."""
        if current().moved_policies.get(str(answer["id"])) == precedence_of(answer):
            olds = {**olds, "precedence": answer["precedence"]}
        super().refuse_unpreviewed(called, olds, answer, wish, secret)

    def delete_remote(self, scope: Scope, id_: str, props: Mapping[str, Any]) -> None:
        """Delete it, unless it is reusable by now: then it is not the application's to delete.

        Those that decide after it and are being deleted go first: it may keep people from them.
        """
        if ownership.is_adopted(self.kind, id_):
            return
        policies = {one["id"]: one for one in self._snapshot(scope).objects("deletion")}
        own = policies.get(id_) or self.read_remote(scope, id_)
        if not self.is_of_kind(own):
            return
        behind = [one["id"] for one in policies.values() if precedence_of(one) > precedence_of(own)]
        current().deletions.wait_for(behind, self.client.clock)
        super().delete_remote(scope, id_, props)


EVERYBODY = Told.declared({"name": "", "decision": "allow", "include": {"": everyone()}})


def _is_ignored(opts: pulumi.ResourceOptions | None) -> bool:
    """Tell whether the precedence may be another than the program says."""
    return opts is not None and not {"precedence", "*"}.isdisjoint(opts.ignore_changes or ())


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

    lifecycle: ClassVar[type[ResourceLifecycle]] = AccessApplicationPolicyProvider

    account_id: pulumi.Output[str | None]
    zone_id: pulumi.Output[str | None]
    name: pulumi.Output[str]
    decision: pulumi.Output[str]
    session_duration: pulumi.Output[str | None]
    approval_required: pulumi.Output[bool | None]
    purpose_justification_required: pulumi.Output[bool | None]
    purpose_justification_prompt: pulumi.Output[str | None]
    isolation_required: pulumi.Output[bool | None]
    application: pulumi.Output[str]
    precedence: pulumi.Output[int]
    created_at: pulumi.Output[str]
    """When it was made, as RFC 3339."""
    updated_at: pulumi.Output[str]
    """When it was changed last, as RFC 3339."""
    if TYPE_CHECKING:
        include: pulumi.Output[Mapping[str, types.RuleOutput]]
        exclude: pulumi.Output[Mapping[str, types.RuleOutput] | None]
        require: pulumi.Output[Mapping[str, types.RuleOutput] | None]
        approval_groups: pulumi.Output[Mapping[str, types.ApprovalGroupOutput] | None]
        mfa_config: pulumi.Output[types.MfaConfigOutput | None]
        connection_rules: pulumi.Output[types.ConnectionRulesOutput | None]
        extra: pulumi.Output[Mapping[str, Any] | None]

    def __init__(
        self,
        resource_name: str,
        *,
        application: Reference,
        precedence: pulumi.Input[int],
        name: pulumi.Input[str],
        decision: pulumi.Input[types.Decision],
        include: pulumi.Input[Sequence[pulumi.Input[types.Rule | types.Unchecked]]],
        exclude: pulumi.Input[Sequence[pulumi.Input[types.Rule | types.Unchecked]]] | None = None,
        require: pulumi.Input[Sequence[pulumi.Input[types.Rule | types.Unchecked]]] | None = None,
        session_duration: pulumi.Input[str] | None = None,
        approval_required: pulumi.Input[bool] | None = None,
        approval_groups: pulumi.Input[Sequence[pulumi.Input[types.ApprovalGroup | types.Unchecked]]]
        | None = None,
        purpose_justification_required: pulumi.Input[bool] | None = None,
        purpose_justification_prompt: pulumi.Input[str] | None = None,
        isolation_required: pulumi.Input[bool] | None = None,
        mfa_config: pulumi.Input[types.MfaConfig | types.Unchecked] | None = None,
        connection_rules: pulumi.Input[types.ConnectionRules | types.Unchecked] | None = None,
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare one policy that an application owns, in a place of its own.

        :param resource_name: The name of the resource in the program and in the state.
        :param application: The application that owns the policy: the resource, its id, or what a
            look-up found. Required. In the API, it is in the path. A change replaces the object.
        :param precedence: The policy's place, 1 or more: the lowest is decided first, and each is
            there once. Required. API: `precedence`.
        :param name: What the policy is called. In a list, the name identifies it; among those of
            one name, the order does. Required. API: `name`.
        :param decision: What happens to whom the rules match: `allow` after a login, `deny`,
            `non_identity` (Service Auth: without a login), or `bypass` (no check and no log).
            Required. API: `decision`.
        :param include: The policy is for whom at least one of these rules matches, such as
            `rules.email(…)`, in any order. Required. API: `include`.
        :param exclude: It is not for whom any of these rules matches, in any order. Default: none.
            API: `exclude`.
        :param require: It is only for whom all of these rules match, in any order. Default: none.
            API: `require`.
        :param session_duration: How long a login lasts, such as `30m` or `24h`, or
            `same_as_application`. Of a new policy that leaves it out it is Cloudflare's: 24h, or as
            the application's. Left out, it is not managed. API: `session_duration`.
        :param approval_required: Have somebody of `approval_groups` approve each session. Default:
            `False`. API: `approval_required`.
        :param approval_groups: Who approves, in any order: each of these groups has to. Default:
            none. API: `approval_groups`.
        :param purpose_justification_required: Have people say why they want in. Default: `False`.
            API: `purpose_justification_required`.
        :param purpose_justification_prompt: The question that people are asked then. Left out, it
            is not managed. API: `purpose_justification_prompt`.
        :param isolation_required: Show the application in an isolated browser. The account needs
            Clientless Web Isolation. Default: `False`. API: `isolation_required`.
        :param mfa_config: Which second factor Cloudflare itself asks for. Left out, it is not
            managed. API: `mfa_config`.
        :param connection_rules: What a connection to an infrastructure or RDP application may do.
            Left out, it is not managed. API: `connection_rules`.
        :param extra: Fields, and values of closed lists, that this package does not know. They are
            sent, compared and shown like all others. Default: none. API: each by its own name.
        :param account_id: The id of the account that it is in. Default: the one in the settings. A
            change replaces the object. In the API, it is in the path.
        :param zone_id: The id of the zone that it is in, instead of an account. A change replaces
            the object. In the API, it is in the path.
        :param adopt: `True` takes over the application's policy of this name, an id the one with
            that id. Default: a policy is made.
        :param adopt_changes: Let an adoption change what differs. Default: what differs is an
            error.
        :param opts: Pulumi's options for the resource.
        """
        place = (
            f"precedence of {resource_name}"
            if isinstance(precedence, (pulumi.Output, Awaitable)) or _is_ignored(opts)
            else precedence
        )
        arguments = locals()
        wrong = mistakes_together(resource_name, application, place)
        reserved = tell_policies(self, application, place, [arguments], resource_name)
        reserved[OWN_POLICIES] = own_policies(Deployment.current(), application)
        # Each is deleted by itself: an allow that outlived its deny would let somebody in.
        declared, mistake = in_application(arguments, dies_with=False)
        after = self._in_turn(application, place, reserved)
        self._declare(declared, wrong + mistake, reserved, after)
        tell_own(self, application, place, [arguments])

    def _in_turn(
        self, application: Reference, place: Any, reserved: dict[str, Any]
    ) -> pulumi.Output[Any] | None:
        """Have it made after those that decide before it, and deleted before them."""
        if not isinstance(place, int):
            return None
        deployment, turns = Deployment.current(), turns_of(application)
        for late in turns.add(self, place):
            warn(
                f'"{late.pulumi_resource_name}" is on its way already, and this policy decides '
                "before it: declare this one at the top level of the program, not in an apply",
                self,
            )

        @later
        async def unordered() -> list[dict[str, Any]] | None:
            names = {one.pulumi_resource_name for one in await turns.unordered(self)}
            program = singles(await own_policies(deployment, application)) or {}
            own = program.get(self.pulumi_resource_name)
            found = [program[name] for name in names & program.keys()]
            needed = [one for one in found if own is None or is_stricter(one, own)]
            for one in needed:
                warn(
                    f"{one} decides before this policy and may wait for it, so this one cannot "
                    "wait for that: it is made only if that one is there",
                    self,
                )
            return [one.as_input() for one in needed] or None

        reserved[UNORDERED] = unordered()
        return turns.before(self)

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
