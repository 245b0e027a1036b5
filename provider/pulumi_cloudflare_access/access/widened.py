"""An application that is widened in one run with policies of its own that get stricter.

The application is written before its policies, which need its id. Until they are written, and for
good if that fails, the old ones decide, in a new place too. So each of the two has a reserved input
with what the program says of the other, as text. Check compares it with the text of the run before,
and refuses the run if somebody gets more by the old policies than by the new ones. The application
is asked first, and knows its own fields; the policies know what they say, and what the last run
that wrote them said.

What the text holds is in program_text.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..fields.keyed import NOT_KNOWN_YET, UNKNOWN
from ..fields.model import fields_of
from ..fields.shapes import Field
from ..program.program_text import Words, digest, has_word
from .outcomes import DECISIONS, EVERYONE, Mfa, Outcome, People, Ruling, is_no_longer, loosest
from .places import WAYS, keys, uncovered
from .policy_fields import PolicyInputs
from .rules import RULES

# Reserved inputs: of the application, and of its policies.
OWN_POLICIES, REACH = "__own_policies", "__reach"
NO_POLICIES = "[]"
# What `Reach.widened` calls where an application is, which several fields say.
PLACES = "places"
# How long a login lasts where an application does not say it.
DEFAULT_SESSION = "24h"
SECTIONS = ("include", "exclude", "require")
_FIELDS = fields_of(PolicyInputs)

# --------------------------------------------------------------------------------- in the program


def describe(policies: Any) -> list[dict[str, Any]]:
    """Describe policies as a program gives them to a constructor. What is no policy is opaque."""
    if not isinstance(policies, (list, tuple)):
        return [_opaque("policies", Words().plain(policies, "policies"))]
    return [described(policy, f"policies[{index}]") for index, policy in enumerate(policies)]


def as_text(told: Iterable[tuple[Any, Sequence[Mapping[str, Any]]]]) -> str:
    """Write down what resources say of an application's policies, each with its precedence.

    A list of all of them has no precedence.
    """
    placed = [(place, policy) for place, policies in told for policy in policies]
    numbers = [place for place, _ in placed if isinstance(place, int)]
    if 0 < len(numbers) < len(placed):
        # Single policies whose order is not known yet: they are compared as a whole.
        whole = _opaque("policies", [[str(place), policy] for place, policy in placed])
        placed = [(0, whole)]
    placed.sort(key=lambda one: one[0] if isinstance(one[0], int) else 0)
    policies = [
        {**policy, "precedence": place} if isinstance(place, int) else policy
        for place, policy in placed
    ]
    return json.dumps(policies, sort_keys=True, separators=(",", ":"))


def written_rule(rule: Any) -> str:
    """Write a rule so short that two are the same only if they mean the same."""
    canonical = RULES.canonical(rule) if isinstance(rule, Mapping) else rule
    return EVERYONE if canonical == EVERYONE else digest(canonical)


def described(policy: Any, path: str, rule: Callable[[Any], str] = written_rule) -> dict[str, Any]:
    """Describe a policy, or a group: whom it matches by digests, which are enough to compare."""
    words = Words()
    name = policy.get("name") if isinstance(policy, Mapping) else None
    called = name if isinstance(name, str) else path
    if not isinstance(policy, Mapping):
        return _opaque(called, words.plain(policy, called))
    told: dict[str, Any] = {"name": called}
    opaque = {}
    for field, shape in ((name, fact.shape) for name, fact in _FIELDS.items()):
        if field == "name" or policy.get(field) is None:
            continue
        plain = words.plain(policy[field], f"{called}.{field}")
        if field in SECTIONS:
            rules = plain if isinstance(plain, list) else [plain]
            told[field] = sorted(map(rule, rules))
        elif has_word(plain) or (checked := shape.check(plain, field))[1]:
            opaque[field] = plain
        else:
            told[field] = shape.meaning(checked[0])
    if opaque:
        told["opaque"] = digest(opaque)
    return told


def _opaque(called: str, value: Any) -> dict[str, Any]:
    """Describe what cannot be looked into: it is itself, and nothing else."""
    return {"name": called, "decision": digest(value), "include": [digest(value)]}


def describe_application(fields: Mapping[str, Field], arguments: Mapping[str, Any]) -> str:
    """Write down what a program gives an application's constructor, of some fields."""
    words, told = Words(), {}
    for name, field in fields.items():
        if arguments.get(name) is None:
            continue
        plain = words.plain(arguments[name], name)
        checked, wrong = field.shape.check(plain, name)
        if wrong:
            # What is not known yet has not the form that it will have.
            checked = dict(enumerate(plain)) if isinstance(plain, list) else {"": plain}
        told[name] = checked
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


# --------------------------------------------------------------------------------------- in check


@dataclass(frozen=True)
class Told:
    """A policy, as a text or a declaration has it."""

    name: str
    ruling: Ruling

    @classmethod
    def declared(cls, policy: Any) -> Told:
        """Read a policy in the form of the state; it may not be known yet."""
        if not isinstance(policy, Mapping):
            return cls("policies", Ruling(People(frozenset([UNKNOWN])), Outcome(UNKNOWN)))
        return cls(str(policy.get("name")), Ruling.of(policy))


def read(text: str) -> list[Told]:
    """Read the policies of a text."""
    return [_told(policy) for policy in json.loads(text)]


def _told(policy: Mapping[str, Any]) -> Told:
    return Told(policy["name"], Ruling(People.of(policy), outcome_of(policy)))


def outcome_of(policy: Mapping[str, Any]) -> Outcome:
    """Return the outcome of a policy of a text."""
    rest = [policy.get("connection_rules"), policy.get("opaque")]
    compared_whole = {"connection_rules": rest if any(rest) else None}
    return Outcome.of({**policy, **compared_whole})


def stricter(was: Sequence[Told], now: Sequence[Told]) -> str | None:
    """Say which policy gets stricter for somebody; None: none does."""
    found = loosest(was, now)
    if found is None:
        return None
    old, new = found
    if {told.ruling.outcome.decision for told in (old, new or old)} - DECISIONS:
        return f'it is not known yet whether "{(new or old).name}" gets stricter'
    if new is None:
        return f'"{old.name}" lets in people whom no policy lets in any more'
    if new.name == old.name:
        return f'"{new.name}" gets stricter for some people'
    return f'"{new.name}" is stricter for some people than "{old.name}", which decides for them now'


@dataclass(frozen=True)
class Reach:
    """Where an application is, and how people log in to it."""

    places: frozenset[str]
    """Their keys."""
    idps: frozenset[str]
    """Empty: all."""
    session: str
    mfa: Mfa

    @classmethod
    def of(cls, declared: Mapping[str, Any], places: Iterable[str]) -> Reach:
        """Read an application's declaration."""
        idps = declared.get("allowed_idps") or {}
        entries = idps.values() if isinstance(idps, Mapping) else [idps]
        return cls(
            frozenset(places),
            frozenset(str(one.get("id") if isinstance(one, Mapping) else one) for one in entries),
            str(declared.get("session_duration") or DEFAULT_SESSION),
            Mfa.of(declared.get("mfa_config") or {}),
        )

    def widened(self, was: Reach) -> dict[str, str]:
        """Say what is wider than it was, by field."""
        told = {}
        if added := uncovered({*self.places}, {*was.places}):
            new = "is a new place" if len(added) == 1 else "are new places"
            told[PLACES] = f"{', '.join(added)} {new}".replace(UNKNOWN, NOT_KNOWN_YET)
        if was.idps and not (self.idps and self.idps <= was.idps):
            told["allowed_idps"] = "more people can log in"
        if not is_no_longer(self.session, was.session):
            told["session_duration"] = "sessions get longer"
        if was.mfa != Mfa() and not self.mfa.asks_all_of(was.mfa):
            told["mfa_config"] = "multi-factor authentication asks for less, or for something else"
        return told


# What says where an application is, and how people log in to it.
REACH_FIELDS = ("type", *WAYS, "allowed_idps", "session_duration", "mfa_config")


def reach_of(declared: Mapping[str, Any]) -> Reach:
    """Return where an application is, and how people log in to it."""
    return Reach.of(declared, keys(declared))
