"""Findings: what is risky in one world, or relies on undocumented behaviour of Cloudflare.

The code of a finding is stable, so that tools can filter by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from . import how, unknowns
from .atoms import EVERYONE, GROUP, IDENTITY, SERVICE, Atom
from .characters import shown
from .diagram import NODE_LIMIT
from .errors import TooLargeError
from .formulas import Formulas
from .names import Names
from .patterns import Pattern, regions
from .places import PUBLIC, destinations_of, places
from .prove import never_decide
from .semantics import Semantics, keys_of
from .world import (
    ALLOW,
    BEFORE_LOGIN,
    BYPASS,
    DENY,
    INFRASTRUCTURE,
    Application,
    Policy,
    Rules,
    Unordered,
    World,
)

ONE_TIME_PIN: Final = "onetimepin"
_INFRASTRUCTURE_SELECTORS: Final = frozenset(
    (
        "email", "email_domain", "saml", "geo", "auth_method", "device_posture", "azureAD",
        "github-organization", "gsuite", "okta", GROUP,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about one world."""

    code: str
    """What kind of finding it is. Codes are stable."""
    where: str
    """The name of the object or the place."""
    key: str
    """The key of the object in the world."""
    text: str
    """The finding, as a sentence without its subject: "lets in everyone, without a login"."""
    document: str = ""
    """The code in `unknowns.UNDOCUMENTED` of the behaviour that it relies on, else empty."""


def findings(
    world: World, *, applications: Iterable[str] | None = None, limit: int = NODE_LIMIT
) -> list[Finding]:
    """Return all findings about one world, in a stable order.

    `applications` are the keys of the applications that are searched for policies that never
    decide. None searches all, which takes some milliseconds for each. `limit` is the number of
    nodes that a decision diagram may have; applications above it are not searched.
    """
    names = Names(world)
    searched = world.applications if applications is None else frozenset(applications)
    found = [
        *_of_places(world),
        *(one for held in world.applications.values() for one in _of_overrides(held)),
        *_of_circles(world, names),
        *(one for policy in world.policies.values() for one in _of_policy(world, policy, names)),
        *(
            one
            for application in world.applications.values()
            for one in _of_application(world, application, names)
        ),
        *(
            one
            for key, application in world.applications.items()
            if key in searched
            for one in _of_idle(world, application, limit)
        ),
    ]
    return sorted(dict.fromkeys(found), key=lambda one: (one.where, one.code, one.text))


# ------------------------------------------------------------------------------------------- places


def _of_places(world: World) -> Iterator[Finding]:
    for place in places(world):
        (answering,) = place.answering
        if len(answering.keys) > 1:
            applications = [shown(world.applications[key].name) for key in answering.keys]
            told = f'"{" and ".join(applications)}" overlap here, and neither is part of the other'
            yield _undocumented(unknowns.OVERLAP, place.name, answering.keys[0], told)
        open_ = [key for number, key in enumerate(answering.keys) if answering.is_public(number)]
        for key in open_:
            name = shown(world.applications[key].name)
            told = f'"{name}" is open to everyone here, without a login: by an override'
            yield Finding("public-path", shown(place.name), key, told)
    patterns = {
        Pattern.of(one.value): application
        for application in world.applications.values()
        for one in destinations_of(application)
        if one.kind == PUBLIC
    }
    for pattern, application in patterns.items():
        path = pattern.path
        if path != path.lower() or "%" in path:
            told = f"{pattern} has a path whose spelling may matter"
            yield _undocumented(unknowns.PATH_SPELLING, str(pattern), application.key, told)
        beside = [
            other
            for other in patterns
            if other.labels == pattern.labels
            and "*" not in path
            and other.path.startswith(path)
            and not pattern.covers(other)
        ]
        for other in beside:
            told = f"{other} begins like {pattern}, and is taken for another place"
            yield _undocumented(unknowns.PATH_SEGMENTS, str(pattern), application.key, told)


def _of_overrides(application: Application) -> Iterator[Finding]:
    """Yield findings about overrides of destinations that have a path of their own."""
    for one in application.public_paths:
        if one.destination.kind != PUBLIC:
            continue
        pattern = Pattern.of(one.destination.value)
        path = Pattern.only(pattern.labels, one.path)
        if pattern.path != "/*":
            told = f"the override {shown(one.path)} is taken to begin at the hostname"
            if not any({pattern, path} <= region.matching for region in regions((pattern, path))):
                told += f", and is no path of {shown(str(pattern))}: it opens nothing"
            where = shown(application.name)
            yield _undocumented(unknowns.OVERRIDE_PATH, where, application.key, told)


def _of_circles(world: World, names: Names) -> Iterator[Finding]:
    for circle in world.circles:
        line = " -> ".join(names.of(key) for key in (*circle, circle[0]))
        told = f"includes itself: {line}"
        yield _undocumented(unknowns.CYCLE, names.of(circle[0]), circle[0], told)


def _undocumented(document: unknowns.Undocumented, where: str, key: str, told: str) -> Finding:
    return Finding(document.code, where, key, told, document.code)


# ----------------------------------------------------------------------------------------- policies


def _of_policy(world: World, policy: Policy, names: Names) -> Iterator[Finding]:
    where = shown(policy.name)
    atoms = list(_atoms(world, policy.rules))
    asked = dict.fromkeys(atom for atom in atoms if not names.is_secret(atom))
    early = policy.decision in BEFORE_LOGIN
    if early:
        told = [names.rule(atom) for atom in asked if atom[0] in IDENTITY]
        if told:
            text = f"asks about identities before anyone has logged in: {_list(told)}"
            yield _undocumented(unknowns.BEFORE_LOGIN, where, policy.key, text)
    elif policy.decision in {ALLOW, DENY}:
        told = [names.rule(atom) for atom in asked if atom[0] in SERVICE]
        if told:
            text = f"asks people for what only services have, which matches nobody: {_list(told)}"
            yield Finding("service-rule", where, policy.key, text)
    everyone = any(rule.atom[0] == EVERYONE for rule in policy.rules.include)
    if everyone and early and not policy.rules.require:
        text = "lets in everyone, without a login"
        text += ", less whom it excludes" if policy.rules.exclude else ""
        yield Finding("open-to-everyone", where, policy.key, text)
    if everyone and policy.decision == ALLOW and not policy.rules.require:
        pin = any(type_ == ONE_TIME_PIN for type_ in world.provider_types.values())
        text = "lets in everyone who can log in"
        text += ": anyone with an e-mail address, by one-time PIN" if pin else ""
        yield Finding("every-login", where, policy.key, text)
    if policy.decision == ALLOW:
        yield from _one_time_pin(world, policy, names)
    if policy.decision == BYPASS and any(atom[0] == "device_posture" for atom in atoms):
        text = "device posture in Bypass does not work where Zaraz or a Worker takes the request"
        yield Finding("posture-in-bypass", where, policy.key, text)
    if any(atom[0] == "user_risk_score" for atom in atoms):
        text = "goes by risk scores, a list of levels"
        yield _undocumented(unknowns.RISK_LEVELS, where, policy.key, text)


def _one_time_pin(world: World, policy: Policy, names: Names) -> Iterator[Finding]:
    if policy.rules.require:
        return
    for rule in policy.rules.include:
        kind, *rest = rule.atom
        if kind == "login_method" and world.provider_types.get(rest[0]) == ONE_TIME_PIN:
            text = f"lets in anyone with an e-mail address, through {names.of(rest[0])}"
            yield Finding("every-email", shown(policy.name), policy.key, text)


def _atoms(world: World, rules: Rules) -> Iterator[Atom]:
    """Yield the atoms of rules and of the groups that they reach."""
    seen: set[str] = set()
    waiting = [rules]
    while waiting:
        for rule in waiting.pop().all:
            if rule.atom[0] != GROUP:
                yield rule.atom
            elif rule.atom[1] in world.groups and rule.atom[1] not in seen:
                seen.add(rule.atom[1])
                waiting.append(world.groups[rule.atom[1]].rules)


def _list(told: Sequence[str]) -> str:
    return ", ".join(told[:5]) + (f" and {len(told) - 5} more" if len(told) > 5 else "")  # noqa: PLR2004


# ------------------------------------------------------------------------------------- applications


def _of_application(world: World, application: Application, names: Names) -> Iterator[Finding]:
    where = shown(application.name)
    policies = [
        world.policies[key] for key in keys_of(application.policies) if key in world.policies
    ]
    for step in application.policies:
        if isinstance(step, Unordered):
            told = f"nobody can say which of its policies is first: {_names(world, step, names)}"
            yield _undocumented(unknowns.PRECEDENCE_TIE, where, application.key, told)
    if application.type == INFRASTRUCTURE:
        yield from _of_infrastructure(world, application, policies, names)
    for policy in policies:
        for atom in _atoms(world, policy.rules):
            if atom[0] == "linked_app_token":
                told = (
                    f"whoever gets in at {names.of(atom[1])} gets in here too, by its OAuth token"
                )
                yield Finding("linked-application", where, application.key, told)
        whole = application.terms.session
        if policy.decision == ALLOW and policy.terms.session is None and whole not in {
            None, how.DEFAULT_SESSION,
        }:  # fmt: skip
            told = f'policy "{shown(policy.name)}" says no session duration: {whole} is taken'
            yield _undocumented(unknowns.POLICY_SESSION, where, application.key, told)


def _names(world: World, step: Unordered, names: Names) -> str:
    keys = keys_of((step,))
    return ", ".join(
        shown(world.policies[key].name) if key in world.policies else names.of(key) for key in keys
    )


def _of_infrastructure(
    world: World, application: Application, policies: Iterable[Policy], names: Names
) -> Iterator[Finding]:
    for policy in policies:
        told = []
        if policy.decision not in {ALLOW, None}:
            told.append(f"decides {policy.decision}, and infrastructure takes allow alone")
        other = dict.fromkeys(
            names.rule(atom)
            for atom in _atoms(world, policy.rules)
            if atom[0] not in _INFRASTRUCTURE_SELECTORS and not names.is_secret(atom)
        )
        if other:
            told.append(f"asks what infrastructure is not documented to ask: {_list([*other])}")
        for text in told:
            where = shown(application.name)
            text_ = f'policy "{shown(policy.name)}" {text}'
            yield Finding("infrastructure", where, policy.key, text_)


def _of_idle(world: World, application: Application, limit: int) -> Iterator[Finding]:
    """Yield the policies that match nobody, or never decide because of those before them."""
    try:
        idle = never_decide(world, application, limit=limit)
        matching = {
            key: Formulas([(world, _Matching(world.policies[key]))], limit=limit).nodes[0]
            for key in idle
            if key in world.policies
        }
    except TooLargeError:
        return
    for key, matches in matching.items():
        text = (
            "never decides: those before it decide about everybody whom it matches"
            if matches
            else "matches nobody"
        )
        code = "never-decides" if matches else "never-matches"
        where = shown(world.policies[key].name)
        yield Finding(code, where, key, f'in "{shown(application.name)}": {text}')


@dataclass(frozen=True, slots=True)
class _Matching:
    """The question whom a policy matches, for `Formulas`."""

    policy: Policy

    def __call__(self, semantics: Semantics[Any]) -> Any:
        early = self.policy.decision in BEFORE_LOGIN
        return semantics.policy(self.policy.key, early=early)
