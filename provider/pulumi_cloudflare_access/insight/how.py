"""On which terms somebody gets in: with a login, approval, MFA, isolation, for which session.

The terms are those of the policy that decides, and otherwise those of the application.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from .diagram import Diagram, Node
from .semantics import Answering, Semantics, keys_of
from .world import ALLOW, BYPASS, DENY, SERVICE_AUTH, Application, Policy, Terms, World

LOGIN: Final = "login"
APPROVAL: Final = "approval"
JUSTIFICATION: Final = "justification"
ISOLATION: Final = "isolation"
MFA: Final = "mfa"
SESSION: Final = "session"
CONNECTION: Final = "connection"
FACETS: Final = (LOGIN, APPROVAL, JUSTIFICATION, ISOLATION, MFA, SESSION, CONNECTION)
_LOGINS: Final[Mapping[str, str]] = {
    ALLOW: "with a login",
    BYPASS: "without a login or any check",
    SERVICE_AUTH: "without a login",
}
DEFAULT_SESSION: Final = "24h"

Terms_: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Manner:
    """The set of those whom one policy lets in, and the terms for them, by facet."""

    terms: Terms_
    who: Node


def manners(world: World, answering: Answering, semantics: Semantics[Any]) -> list[Any]:
    """Return, for each policy of the answering application, the set that it decides about."""
    if len(answering.keys) != 1:
        return []
    if answering.is_public(0):
        return [semantics.algebra.everything]
    application = world.applications[answering.keys[0]]
    return [outcome.decided for outcome in semantics.outcomes(application)]


def terms_at(world: World, answering: Answering) -> list[Terms_ | None]:
    """Return the terms of the same policies, in the same order; None for one that blocks."""
    if len(answering.keys) != 1:
        return []
    if answering.is_public(0):
        return [{LOGIN: _LOGINS[BYPASS]}]
    application = world.applications[answering.keys[0]]
    found: list[Terms_ | None] = []
    for key, decision in decisions_of(world, application):
        policy = world.policies.get(key)
        found.append(None if decision == DENY else effective(policy, decision, application))
    return found


def decisions_of(world: World, application: Application) -> Iterator[tuple[str, str]]:
    """Yield the policies with their possible decisions, in the order of `Semantics.outcomes`."""
    keys = keys_of(application.policies)
    only_allow = application.type == "infrastructure"
    for decisions in ((BYPASS, SERVICE_AUTH), (ALLOW, DENY)):
        for key in keys:
            policy = world.policies.get(key)
            known = policy.decision if policy else None
            for decision in decisions:
                if known in {None, decision} and (decision == ALLOW or not only_allow):
                    yield key, decision


def effective(policy: Policy | None, decision: str, application: Application) -> Terms_:
    """Return the terms of a policy for those whom it lets in."""
    own, whole = (policy.terms if policy else Terms()), application.terms
    terms = {LOGIN: _LOGINS[decision]}
    if decision == BYPASS:
        # Bypass enforces nothing else.
        return terms
    terms[SESSION] = own.session or whole.session or DEFAULT_SESSION
    if decision != ALLOW:
        return terms
    terms[APPROVAL] = own.approval or ""
    terms[JUSTIFICATION] = own.justification or ""
    terms[ISOLATION] = own.isolation or ""
    terms[MFA] = own.mfa or whole.mfa or ""
    terms[CONNECTION] = own.connection or ""
    return terms


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A facet that differs for some who get in before and after. Empty means no requirement."""

    facet: str
    before: str
    after: str
    who: Node


def differences(diagram: Diagram, old: Sequence[Manner], new: Sequence[Manner]) -> list[Otherwise]:
    """Return the facets that differ for those who get in before and after."""
    found = []
    for facet in FACETS:
        before, after = _by_value(diagram, facet, old), _by_value(diagram, facet, new)
        for was, who_was in before.items():
            for now, who_now in after.items():
                if was != now and (who := diagram.both(who_was, who_now)):
                    found.append(Otherwise(facet, was, now, who))
    return found


def _by_value(diagram: Diagram, facet: str, manners_: Iterable[Manner]) -> dict[str, Node]:
    """Return, for each value of a facet, the set of those for whom it applies."""
    found: dict[str, list[Node]] = {}
    for manner in manners_:
        value = manner.terms.get(facet)
        if value is not None and manner.who:
            found.setdefault(value, []).append(manner.who)
    return {value: diagram.any_of((), nodes) for value, nodes in found.items()}


# ---------------------------------------------------------------------------------------- durations

_UNITS: Final[Mapping[str, float]] = {
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0,
}  # fmt: skip


def seconds(duration: str) -> float | None:
    """Return the seconds of a duration such as 2h45m, or None if it is not a duration."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)", duration)
    if not parts or "".join(number + unit for number, unit in parts) != duration:
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def longest(durations: Iterable[str]) -> str | None:
    """Return the longest duration, or None if there is none."""
    known = list(durations)
    return max(known, key=lambda one: seconds(one) or float("inf"), default=None)


def widening(facet: str, before: str, after: str) -> bool | None:
    """Return whether a facet requires less than before; None if neither less nor more."""
    if facet == LOGIN:
        order = [_LOGINS[decision] for decision in (ALLOW, SERVICE_AUTH, BYPASS)]
        return order.index(after) > order.index(before)
    if facet == SESSION:
        was, now = seconds(before), seconds(after)
        return None if was is None or now is None else now > was
    if facet == MFA:
        asked = [one not in {"", "off"} for one in (before, after)]
        return asked[0] if asked[0] != asked[1] else None
    if bool(before) != bool(after):
        return bool(before)
    return None
