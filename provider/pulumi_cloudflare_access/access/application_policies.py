"""The policies that an application owns: all of them, as one ordered list, or one among others.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/subresources/policies/

A precedence is taken once, and a policy is a request: transition.py says in which order a list becomes
another without anybody getting in meanwhile whom neither lets in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

import pulumi
from pulumi import dynamic

from .. import plugin
from ..errors import AdoptionError, DeclarationError, DriftError, NotFoundError
from ..keyed import UNKNOWN, Mistake
from ..lifecycle import ADOPT, ADOPT_CHANGES, STATE_VERSION, VERSION, Lifecycle, Scope
from ..model import AlwaysManaged, Inputs, State, objects
from ..references import InOrder, Reference, in_order
from ..resource import Resource
from .policy import PolicyInputs, policy_concerns, policy_mistakes
from .transition import Placed, Step, transition


def _name(policy: Mapping[str, Any]) -> str:
    return str(policy.get("name"))


class AccessApplicationPoliciesInputs(Inputs):
    """What a program may ask of an application's own policies."""

    account_id: str | None = None
    zone_id: str | None = None
    application: str
    policies: Annotated[Any, InOrder(objects(PolicyInputs, _name)), AlwaysManaged()] = None


class AccessApplicationPoliciesState(State):
    """What we keep besides what was declared: which policy has which id."""

    ids: dict[str, str] | None = None


class AccessApplicationPoliciesProvider(Lifecycle):
    """Where an application's own policies live. The object is the list; its id is the application's."""

    kind = "access_application_policies"
    what = "policies of the Access application"
    collection = "access/apps"
    inputs = AccessApplicationPoliciesInputs
    state = AccessApplicationPoliciesState
    replaced_by = frozenset({"application"})
    natural_key = "application"
    needs = "Access: Apps and Policies"
    per_page = 200

    def mistakes_in(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse two of one name, and what the API refuses of each."""
        mistakes = []
        names: set[str] = set()
        for index, (_, policy) in enumerate(in_order(declared.get("policies"))):
            if policy.get("name") in names and policy["name"] != UNKNOWN:
                told = "is the name of another policy of this list; a name identifies"
                mistakes.append(Mistake(f"policies[{index}].name", told))
            names.add(policy.get("name"))
            mistakes += policy_mistakes(policy, f"policies[{index}].")
        return mistakes

    def concerns(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what hardly anyone means."""
        for key, policy in in_order(declared.get("policies")):
            for concern in policy_concerns(policy):
                yield f"{key}: {concern}"
        if in_order(was.get("policies")) and not in_order(declared.get("policies")):
            yield "no policies: nobody gets in any more"

    @plugin.clean_errors
    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Make the list. What an interrupted run has made of it already is taken as it is."""
        scope, declared = self._scope(props), self._declared(props)
        owned = self._owned(scope, props["application"])
        there = self._answered(owned, declared)
        foreign = [
            change
            for change in self._differences(there, declared)
            if not change.startswith("policies: +")
        ]
        if foreign and not (props.get(ADOPT) and props.get(ADOPT_CHANGES)):
            raise AdoptionError(
                f"the application has policies of its own that the program does not declare: "
                f"{'; '.join(foreign)}. Declare them, or let them go with adopt=True and "
                "adopt_changes=True"
            )
        return dynamic.CreateResult(
            props["application"], self._settle(scope, props, owned, declared)
        )

    @plugin.clean_errors
    def read(self, id_: str, props: dict[str, Any]) -> dynamic.ReadResult:
        """Read the whole list."""
        refreshing = VERSION in props
        if not refreshing:
            self._fill_in_scope(props, {})
        scope, declared = self._scope(props), self._declared(props)
        try:
            owned = self._owned(scope, id_)
        except NotFoundError:
            if not refreshing:
                raise
            plugin.warn("gone from Cloudflare, with its application")
            return dynamic.ReadResult("", {})
        there = self._answered(owned, {**declared, "application": id_})
        if refreshing and (drift := self._differences(declared, there)):
            plugin.warn(f"changed at Cloudflare: {'; '.join(drift)}")
        return dynamic.ReadResult(id_, self._kept_of(owned, there), there)

    @plugin.clean_errors
    def update(
        self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]
    ) -> dynamic.UpdateResult:
        """Make the list another, unless it is not what the preview has shown."""
        scope = self._scope(_olds)
        try:
            owned = self._owned(scope, _id)
        except NotFoundError:
            raise DriftError(
                f"the application {_id} is gone: run pulumi refresh, and the next up makes it again"
            ) from None
        old, new = self._declared(_olds), self._declared(_news)
        if self.settings.on_drift == "refuse":
            self._refuse_unseen(self._called(_olds, _id), old, self._answered(owned, old), new, ())
        return dynamic.UpdateResult(self._settle(scope, _news, owned, new))

    @plugin.clean_errors
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete all of them, those that let somebody in first."""
        scope = self._scope(_props)
        try:
            owned = self._owned(scope, _id)
        except NotFoundError:
            return
        self._follow(scope, _id, owned, transition(_placed(owned), []))

    def _settle(
        self,
        scope: Scope,
        props: Mapping[str, Any],
        owned: list[dict[str, Any]],
        declared: Mapping[str, Any],
    ) -> dict[str, Any]:
        application = str(props["application"])
        field = self.facts()["policies"]
        target = field.shape.request(declared.get("policies") or {})
        owned = self._follow(
            scope, application, owned, transition(self._as_declared(owned, declared), target)
        )
        return self._kept_of(owned, self._answered(owned, declared))

    def _follow(
        self, scope: Scope, application: str, owned: list[dict[str, Any]], steps: list[Step]
    ) -> list[dict[str, Any]]:
        """Send the steps, and return the policies as they are then."""
        where = self._policies_path(scope, application)
        by_name = {policy["name"]: policy for policy in owned}
        for step in steps:
            id_ = by_name.pop(step.name)["id"] if step.verb != "create" else ""
            if step.to is None:
                self._delete_one(where, id_)
                continue
            body = {**step.to.body, "precedence": step.to.precedence}
            if step.verb == "create":
                by_name[step.to.name] = self.client.post(where, body, needs=self.needs)
            else:
                by_name[step.to.name] = self.client.put(f"{where}/{id_}", body, needs=self.needs)
        return sorted(by_name.values(), key=lambda policy: int(policy["precedence"]))

    def _delete_one(self, where: str, id_: str) -> None:
        try:
            self.client.delete(f"{where}/{id_}", needs=self.needs)
        except NotFoundError:
            return

    def _owned(self, scope: Scope, application: str) -> list[dict[str, Any]]:
        """Read the application's own policies, in order; a reusable one among them is refused."""
        # The application itself first: no policies and no application are not the same.
        self._get(scope, application)
        where = self._policies_path(scope, application)
        policies = list(self.client.list(where, per_page=self.per_page, needs=self.needs))
        reusable = [str(policy.get("name")) for policy in policies if policy.get("reusable")]
        if reusable:
            raise DeclarationError(
                f"reusable policies are attached to this application ({', '.join(reusable)}): "
                "Cloudflare keeps one order over both kinds, so use one kind alone"
            )
        return sorted(policies, key=lambda policy: int(policy["precedence"]))

    def _policies_path(self, scope: Scope, application: str) -> str:
        return f"{self._path(scope, application)}/policies"

    def _answered(self, owned: list[dict[str, Any]], declared: Mapping[str, Any]) -> dict[str, Any]:
        """Read the policies in the form of the declaration."""
        there = self._managed({"policies": owned}, declared, form=declared)
        return {**there, "application": declared["application"]}

    def _as_declared(
        self, owned: list[dict[str, Any]], declared: Mapping[str, Any]
    ) -> list[Placed]:
        """Return what is there; a policy that is as declared says what the declaration says."""
        field = self.facts()["policies"]
        there = self._answered(owned, declared).get("policies") or {}
        bodies = field.shape.request(there)
        return [
            Placed(int(policy["precedence"]), body)
            for policy, body in zip(owned, bodies, strict=True)
        ]

    def _kept_of(self, owned: list[dict[str, Any]], there: Mapping[str, Any]) -> dict[str, Any]:
        ids = {policy["name"]: policy["id"] for policy in owned}
        return {**there, "ids": ids, VERSION: STATE_VERSION}


def _placed(owned: Sequence[Mapping[str, Any]]) -> list[Placed]:
    return [Placed(int(policy["precedence"]), policy) for policy in owned]


class AccessApplicationPolicies(Resource, module="cloudflare", name="AccessApplicationPolicies"):
    """All policies that an application owns, in order: the first that matches decides.

    Each is `{"name": …, "decision": …, "include": [rules…], …}`, with the fields of `AccessPolicy`; a name
    identifies it. Policies that are not in the list are deleted.
    """

    lifecycle: ClassVar[type[Lifecycle]] = AccessApplicationPoliciesProvider

    application: pulumi.Output[str]
    policies: pulumi.Output[Any]
    ids: pulumi.Output[Mapping[str, str]]

    def __init__(
        self,
        resource_name: str,
        *,
        application: Reference,
        policies: Sequence[Mapping[str, Any]],
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        adopt: bool | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        if isinstance(application, pulumi.CustomResource):
            account_id = getattr(application, "account_id", account_id)
            zone_id = getattr(application, "zone_id", zone_id)
            gone = pulumi.ResourceOptions(deleted_with=application)
            opts = pulumi.ResourceOptions.merge(gone, opts)
            application = application.id
        self._declare(locals())
