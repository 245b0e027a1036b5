"""Access policies: who gets in, and how. Reusable ones, attached to applications by id.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/policies/

What a policy says (`PolicyInputs`) is the same for reusable policies and for those that an
application owns; the latter are in application_policies.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pulumi
from pydantic import Field

from ..engine.deletion import User
from ..engine.lifecycle import ELSEWHERE, Lifecycle, Scope
from ..fields.keyed import Mistake, Reading
from ..fields.model import (
    AlwaysManaged,
    Default,
    FilledIn,
    Inputs,
    LeftOut,
    NotEmpty,
    State,
    duration,
    objects,
)
from ..fields.shapes import Shape, Values
from ..program.lookup import Lookup
from ..program.references import POLICIES, Found
from ..program.resource import Resource
from ..text.secret_words import known
from ..text.spelling import text_of
from .rules import Rule, Rules, never_together, selectors

NOBODY = "must hold at least one rule: the API refuses a policy for nobody"
Decision = Literal["allow", "deny", "non_identity", "bypass"]


def one_of(*choices: str) -> Values:
    """Describe an unordered list of some of these."""
    known.allow(choices)
    told = f"must be one of {', '.join(choices)}"
    return Values(lambda value: None if value in choices else told)


SAME_AS_APPLICATION = "same_as_application"
known.allow([SAME_AS_APPLICATION])
SessionDuration = Annotated[str, duration(or_=SAME_AS_APPLICATION)]


class Session(Shape):
    """How long somebody who has logged in stays so: a duration, or as long as the application says.

    The API writes the latter as an empty text, and leaves it out of answers.
    """

    def check(self, value: Any, path: str) -> tuple[Any, list[Mistake]]:
        """Accept the API's word for it, too."""
        return (SAME_AS_APPLICATION, []) if value == "" else super().check(value, path)

    def answer(self, value: Any, form: Any, reading: Reading) -> Any:
        """Read the API's word for it."""
        del form, reading
        return SAME_AS_APPLICATION if value == "" else value

    def request(self, value: Any, there: Any = None, was: Any = None) -> Any:
        """Write the API's word for it."""
        del there, was
        return "" if value == SAME_AS_APPLICATION else value


class ApprovalGroup(Inputs):
    """How many people of these have to approve."""

    whole = True

    approvals_needed: int = Field(ge=0)
    email_addresses: Annotated[Any, Values(canonical=str.lower)] = None
    email_list_uuid: str | None = None


def _called(group: Mapping[str, Any]) -> str:
    addresses = group.get("email_addresses")
    people = [*(map(text_of, addresses) if isinstance(addresses, Mapping) else [addresses])]
    people.append(group.get("email_list_uuid"))
    return f"{group.get('approvals_needed')} of {', '.join(str(one) for one in people if one)}"


class MfaConfig(Inputs):
    """Multi-factor authentication at Cloudflare itself."""

    whole = True

    allowed_authenticators: Annotated[
        Any, one_of("totp", "biometrics", "security_key", "piv_key", "ssh_fido2_key")
    ] = None
    mfa_disabled: bool | None = None
    session_duration: Annotated[str, duration("m", "h")] | None = None


class RdpRules(Inputs):
    """What may be copied over an RDP connection."""

    whole = True

    allowed_clipboard_local_to_remote_formats: Annotated[Any, one_of("text", "file")] = None
    allowed_clipboard_remote_to_local_formats: Annotated[Any, one_of("text", "file")] = None


class SshRules(Inputs):
    """As whom people may connect to infrastructure targets."""

    whole = True

    usernames: Annotated[Any, Values()]
    allow_email_alias: bool | None = None


class ConnectionRules(Inputs):
    """What a connection may do."""

    whole = True

    rdp: RdpRules | None = None
    ssh: SshRules | None = None


class PolicyInputs(Inputs):
    """What a policy says, reusable or owned by an application."""

    made = frozenset(
        {"id", "uid", "account_id", "zone_id", "reusable", "app_count", "precedence"}
        | {"created_at", "updated_at"}
    )

    name: str
    decision: Annotated[Decision, AlwaysManaged()]
    include: Annotated[Rules, AlwaysManaged(), NotEmpty(NOBODY)]
    exclude: Annotated[Rules, AlwaysManaged()] = None
    require: Annotated[Rules, AlwaysManaged()] = None
    # Unset, it is 24h in older documents, and as long as the application says in newer ones.
    session_duration: Annotated[
        SessionDuration | None,
        Session(),
        LeftOut(SAME_AS_APPLICATION),
        FilledIn(("24h", SAME_AS_APPLICATION)),
    ] = None
    approval_required: Annotated[bool | None, Default(value=False)] = None
    approval_groups: Annotated[Any, objects(ApprovalGroup, _called), Default([])] = None
    purpose_justification_required: Annotated[bool | None, Default(value=False)] = None
    purpose_justification_prompt: str | None = None
    isolation_required: Annotated[bool | None, Default(value=False)] = None
    mfa_config: MfaConfig | None = None
    connection_rules: ConnectionRules | None = None


def policy_mistakes(declared: Mapping[str, Any], path: str = "") -> list[Mistake]:
    """Say what the API refuses of a policy whose fields are right each by itself."""
    decision = declared.get("decision")
    if decision not in {"allow", "deny"}:
        return []
    return [
        Mistake(f"{path}{section}", f"{selector.name} works under non_identity and bypass alone")
        for section in ("include", "exclude", "require")
        for _, selector in selectors(declared.get(section))
        if selector.name == "linked_app_token"
    ]


def policy_concerns(declared: Mapping[str, Any]) -> Iterator[str]:
    """Say what the API accepts of a policy and hardly anyone means."""
    decision = declared.get("decision")
    if never := never_together(declared.get("require")):
        yield never
    for section in ("include", "exclude", "require"):
        for key, selector in selectors(declared.get(section)):
            if decision == "bypass" and section == "include" and selector.name == "everyone":
                yield "bypass for everyone: no login and no log, for anyone on the internet"
            elif decision in {"bypass", "non_identity"} and selector.knows_people:
                yield (
                    f"{section}: {key} never matches under {decision}, which is decided before "
                    "anyone has logged in"
                )
            elif decision in {"allow", "deny"} and selector.knows_services:
                yield (
                    f"{section}: {key} never matches under {decision}: people have no service "
                    "token; use decision non_identity"
                )


class ListedPolicyInputs(PolicyInputs):
    """What a policy says in a list that has all of an application's own."""

    whole = True


class AccessPolicyInputs(PolicyInputs):
    """What a program may ask of a reusable policy."""

    account_id: str | None = None


class AccessPolicyState(State):
    """What we keep of an answer besides what was declared."""

    created_at: str | None = None
    updated_at: str | None = None
    app_count: int | None = None


class AccessPolicyProvider(Lifecycle):
    """Where reusable policies live and what they need."""

    kind = "access_policy"
    what = "Access policy"
    collection = "access/policies"
    scopes = ("account",)
    inputs = AccessPolicyInputs
    state = AccessPolicyState
    needs = "Access: Apps and Policies"
    per_page = 100
    quota = 500

    def mistakes_in(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what the API refuses."""
        return policy_mistakes(declared)

    def concerns(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what hardly anyone means."""
        del was
        yield from policy_concerns(declared)

    def users_of(self, id_: str, scope: Scope, *, anew: bool = False) -> Iterator[User]:
        """Return the applications that it is attached to; those of zones are listed elsewhere."""
        # Which refers to this module.
        from .application import AccessApplicationProvider  # noqa: PLC0415

        for app in self._all(scope, AccessApplicationProvider, anew=anew):
            if any(policy.get("id") == id_ for policy in app.get("policies") or ()):
                name = str(app.get("name") or app.get("domain"))
                yield User(AccessApplicationProvider.what, name, str(app["id"]))

    def elsewhere(self, scope: Scope, id_: str) -> dict[str, Any] | None:
        """Find a policy that an application owns, for `adopt` by its id."""
        # Which refers to this module.
        from .application import AccessApplicationProvider  # noqa: PLC0415

        for app in self._snapshot(scope, AccessApplicationProvider).listed():
            for policy in app.get("policies") or ():
                if policy.get("id") == id_ and not policy.get("reusable"):
                    where = f"{self.path_of(scope, 'access/apps')}/{app['id']}/policies/{id_}"
                    return {**self.client.get(where, needs=self.needs), ELSEWHERE: where}
        return None

    def brought(self, scope: Scope, found: Mapping[str, Any]) -> dict[str, Any]:
        """Make a policy that an application owns reusable.

        PUT …/make_reusable keeps its id and its place: there is no moment in which it is gone.
        """
        self.client.tell(f"{found[ELSEWHERE]}/make_reusable", needs=self.needs)
        return self._get(scope, found["id"])


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
    # As in AccessGroup: a list where Pulumi's own mocks stand in for the engine.
    include: pulumi.Output[Any]
    created_at: pulumi.Output[str]
    updated_at: pulumi.Output[str]
    app_count: pulumi.Output[int]

    def __init__(
        self,
        resource_name: str,
        *,
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
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        self._declare(locals())


@dataclass(frozen=True, kw_only=True)
class GetAccessPolicyResult(Found):
    """A reusable policy that exists; its rules as Cloudflare writes them."""

    referred = POLICIES

    decision: str = ""
    include: Sequence[Mapping[str, Any]] = field(default_factory=list)
    exclude: Sequence[Mapping[str, Any]] = field(default_factory=list)
    require: Sequence[Mapping[str, Any]] = field(default_factory=list)
    session_duration: str | None = None
    approval_required: bool | None = None
    approval_groups: Sequence[Mapping[str, Any]] = field(default_factory=list)
    purpose_justification_required: bool | None = None
    purpose_justification_prompt: str | None = None
    isolation_required: bool | None = None
    mfa_config: Mapping[str, Any] | None = None
    connection_rules: Mapping[str, Any] | None = None
    app_count: int | None = None
    created_at: str | None = None
    updated_at: str | None = None


_lookup = Lookup(GetAccessPolicyResult, AccessPolicyProvider)
get_access_policy = _lookup.get
get_access_policy_output = _lookup.get_output
get_access_policies = _lookup.get_all
get_access_policies_output = _lookup.get_all_output
