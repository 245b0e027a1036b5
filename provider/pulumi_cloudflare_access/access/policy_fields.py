"""The fields of every kind of policy: reusable ones, those of a list, and single ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from ..fields.keyed import Mistake, Reading
from ..fields.model import (
    AlwaysManaged,
    Default,
    FilledIn,
    Inputs,
    LeftOut,
    Meant,
    NotEmpty,
    duration,
    objects,
)
from ..fields.shapes import Shape, Values, WordShape
from ..text.secret_words import known
from ..text.spelling import text_of
from .rules import Rules, never_together, selectors

if TYPE_CHECKING:
    pass

NOBODY = "must hold at least one rule: the API refuses a policy for nobody"
Decision = Literal["allow", "deny", "non_identity", "bypass"]
# What the dashboard and the documents call them.
SAID = {
    "block": "deny",
    "service auth": "non_identity",
    "service_auth": "non_identity",
    "service-auth": "non_identity",
    "serviceauth": "non_identity",
}


def one_of(*choices: str) -> Values:
    """Describe an unordered list of some of these."""
    known.allow(choices)
    return Values(word=WordShape(choices, {}))


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
    """How many of them have to approve."""
    email_addresses: Annotated[Any, Values(canonical=str.lower)] = None
    """The e-mail addresses of those who may approve, in any order."""
    email_list_uuid: str | None = None
    """The id of a Zero Trust list of those who may approve."""


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
    """The second factors that count, in any order."""
    mfa_disabled: bool | None = None
    """Ask for no second factor here."""
    session_duration: Annotated[str, duration("m", "h")] | None = None
    """How long a second factor lasts, in m or h, such as `12h`."""


class RdpRules(Inputs):
    """What may be copied over an RDP connection."""

    whole = True

    allowed_clipboard_local_to_remote_formats: Annotated[Any, one_of("text", "file")] = None
    """What may be copied from the person's computer to the remote one."""
    allowed_clipboard_remote_to_local_formats: Annotated[Any, one_of("text", "file")] = None
    """What may be copied from the remote computer to the person's."""


class SshRules(Inputs):
    """As whom people may connect to infrastructure targets."""

    whole = True

    usernames: Annotated[Any, Values()]
    """The user names that people may log in with, in any order."""
    allow_email_alias: bool | None = None
    """Let people log in with the part of their e-mail address before the @, too."""


class ConnectionRules(Inputs):
    """What a connection may do."""

    whole = True

    rdp: RdpRules | None = None
    """What may be copied over an RDP connection."""
    ssh: SshRules | None = None
    """As whom people may connect by SSH."""


class PolicyInputs(Inputs):
    """What a policy says, reusable or owned by an application."""

    made = frozenset(
        {"id", "uid", "account_id", "zone_id", "reusable", "app_count", "precedence"}
        | {"created_at", "updated_at"}
    )

    name: str
    """What the policy is called. In a list, the name identifies it; among those of one name, the
    order does.
    """
    decision: Annotated[Decision, Meant(SAID), AlwaysManaged()]
    """What happens to whom the rules match: `allow` after a login, `deny`, `non_identity` (Service
    Auth: without a login), or `bypass` (no check and no log).
    """
    include: Annotated[Rules, AlwaysManaged(), NotEmpty(NOBODY)]
    """The policy is for whom at least one of these rules matches, such as `rules.email(…)`, in any
    order.
    """
    exclude: Annotated[Rules, AlwaysManaged()] = None
    """It is not for whom any of these rules matches, in any order."""
    require: Annotated[Rules, AlwaysManaged()] = None
    """It is only for whom all of these rules match, in any order."""
    # Unset, it is 24h in older documents, and as long as the application says in newer ones.
    session_duration: Annotated[
        SessionDuration | None,
        Session(),
        LeftOut(SAME_AS_APPLICATION),
        FilledIn(("24h", SAME_AS_APPLICATION)),
    ] = None
    """How long a login lasts, such as `30m` or `24h`, or `same_as_application`. Of a new policy
    that leaves it out it is Cloudflare's: 24h, or as the application's.
    """
    approval_required: Annotated[bool | None, Default(value=False)] = None
    """Have somebody of `approval_groups` approve each session."""
    approval_groups: Annotated[Any, objects(ApprovalGroup, _called), Default([])] = None
    """Who approves, in any order: each of these groups has to."""
    purpose_justification_required: Annotated[bool | None, Default(value=False)] = None
    """Have people say why they want in."""
    purpose_justification_prompt: str | None = None
    """The question that people are asked then."""
    isolation_required: Annotated[bool | None, Default(value=False)] = None
    """Show the application in an isolated browser. The account needs Clientless Web Isolation."""
    mfa_config: MfaConfig | None = None
    """Which second factor Cloudflare itself asks for."""
    connection_rules: ConnectionRules | None = None
    """What a connection to an infrastructure or RDP application may do."""


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
