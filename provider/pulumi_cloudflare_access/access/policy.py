"""Access policies: who gets in, and how. Reusable ones, attached to applications by id.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/policies/

What a policy says (`PolicyInputs`) is the same for reusable policies and for those that an
application owns; the latter are in application_policies.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import pulumi

from ..engine.collection import Scope
from ..engine.deletion import User
from ..engine.hooks import Answer
from ..engine.lifecycle import ResourceLifecycle
from ..fields.keyed import Mistake
from ..fields.model import (
    Always,
    State,
)
from ..program.lookup import Lookup
from ..program.references import POLICIES, Found
from ..program.resource import Deployment, Resource
from . import listings
from .in_force import IN_FORCE, in_force_text, tell_policy
from .in_live import refuse_what_opens
from .policy_fields import (
    PolicyInputs,
    policy_concerns,
    policy_mistakes,
)
from .written_first import mistakes_in_turn

if TYPE_CHECKING:
    from .. import types


class AccessPolicyInputs(PolicyInputs):
    """What a program may ask of a reusable policy."""

    account_id: str | None = None


class AccessPolicyState(State):
    """What we keep of an answer besides what was declared."""

    created_at: Annotated[str | None, Always()] = None
    """When it was made, as RFC 3339."""
    updated_at: Annotated[str | None, Always()] = None
    """When it was changed last, as RFC 3339."""
    app_count: Annotated[int | None, Always()] = None
    """How many applications have it."""


class AccessPolicyProvider(ResourceLifecycle):
    """Where reusable policies live and what they need."""

    kind = "access_policy"
    display_name = listings.POLICIES.display_name
    collection = listings.POLICIES
    inputs = AccessPolicyInputs
    state = AccessPolicyState
    quota = 500
    reserved_inputs = frozenset({IN_FORCE})

    def validate_run(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what lets somebody in by lists that get stricter only after it."""
        texts = (olds.get(IN_FORCE), news.get(IN_FORCE))
        return [Mistake("", told) for told in mistakes_in_turn(self.display_name, *texts)]

    def validate(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what the API refuses."""
        return policy_mistakes(declared)

    def warnings(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what hardly anyone means."""
        del was
        yield from policy_concerns(declared)

    def update_remote(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Change it, unless the lists that it counts in are not yet what the program says."""
        refuse_what_opens(
            (was, declared),
            there["id"],
            lambda kind: self._snapshot(scope, kind).objects("update"),
        )
        return super().update_remote(scope, there, declared, was)

    def referrers(self, id_: str, scope: Scope, *, anew: bool = False) -> Iterator[User]:
        """Return the applications that it is attached to; those of zones are listed elsewhere."""
        for app in self._all(scope, listings.APPLICATIONS, anew=anew):
            if any(policy.get("id") == id_ for policy in app.get("policies") or ()):
                name = str(app.get("name") or app.get("domain"))
                yield User(listings.APPLICATIONS.display_name, name, str(app["id"]))

    def find_convertible(self, scope: Scope, id_: str) -> Answer | None:
        """Find a policy that an application owns, for `adopt` by its id."""
        for app in self._snapshot(scope, listings.APPLICATIONS).listed():
            for policy in app.get("policies") or ():
                if policy.get("id") == id_ and not policy.get("reusable"):
                    where = f"{listings.APPLICATIONS.path_in(scope)}/{app['id']}/policies/{id_}"
                    found = self.client.get(where, permission=self.permission)
                    return Answer(found, elsewhere=where)
        return None

    def convert(self, scope: Scope, found: Answer) -> dict[str, Any]:
        """Make a policy that an application owns reusable.

        PUT …/make_reusable keeps its id and its place: there is no moment in which it is gone.
        """
        self.client.tell(f"{found.elsewhere}/make_reusable", permission=self.permission)
        return self.read_remote(scope, found.fields["id"])


class AccessPolicy(Resource, module="cloudflare", name="AccessPolicy"):
    """A reusable policy: one decision and whom it is for, attached to any number of applications.

    `adopt="<id>"` of a policy that an application owns makes it reusable, where it is.
    `approval_groups` are `{"approvals_needed": 1, "email_addresses": […]}`; durations are such as
    `30m` or `24h`. `session_duration="same_as_application"` has sessions last as long as the
    application says; left out, the session is not managed, and of a new policy it is Cloudflare's:
    24h, or as the application's.
    """

    lifecycle = AccessPolicyProvider

    account_id: pulumi.Output[str]
    name: pulumi.Output[str]
    decision: pulumi.Output[str]
    session_duration: pulumi.Output[str | None]
    approval_required: pulumi.Output[bool | None]
    purpose_justification_required: pulumi.Output[bool | None]
    purpose_justification_prompt: pulumi.Output[str | None]
    isolation_required: pulumi.Output[bool | None]
    created_at: pulumi.Output[str]
    """When it was made, as RFC 3339."""
    updated_at: pulumi.Output[str]
    """When it was changed last, as RFC 3339."""
    app_count: pulumi.Output[int]
    """How many applications have it."""
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
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a reusable policy.

        :param resource_name: The name of the resource in the program and in the state.
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
        :param adopt: `True` takes over an object that exists, found by its name; an id takes over
            the one with that id; `False` makes another one, whatever exists. Default: one is made.
        :param adopt_changes: Let an adoption change what differs. Default: what differs is an
            error.
        :param opts: Pulumi's options for the resource.
        """
        arguments = locals()
        text = in_force_text(Deployment.current(), self)
        self._declare(arguments, reserved={IN_FORCE: text})
        tell_policy(self, arguments)


@dataclass(frozen=True, kw_only=True)
class GetAccessPolicyResult(Found):
    """A reusable policy that exists; its rules as Cloudflare writes them."""

    referred = POLICIES

    decision: str = ""
    include: Sequence[types.RuleFound] = field(default_factory=list)
    exclude: Sequence[types.RuleFound] = field(default_factory=list)
    require: Sequence[types.RuleFound] = field(default_factory=list)
    session_duration: str | None = None
    approval_required: bool | None = None
    approval_groups: Sequence[types.ApprovalGroupFound] = field(default_factory=list)
    purpose_justification_required: bool | None = None
    purpose_justification_prompt: str | None = None
    isolation_required: bool | None = None
    mfa_config: types.MfaConfigFound | None = None
    connection_rules: types.ConnectionRulesFound | None = None
    app_count: int | None = None
    created_at: str | None = None
    updated_at: str | None = None


_lookup = Lookup(GetAccessPolicyResult, listings.POLICIES)
get_access_policy = _lookup.get
get_access_policy_output = _lookup.get_output
get_access_policies = _lookup.get_all
get_access_policies_output = _lookup.get_all_output
