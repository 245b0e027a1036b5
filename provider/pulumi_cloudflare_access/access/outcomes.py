"""What an ordered list of policies comes to for somebody, and which of two outcomes is the weaker.

https://developers.cloudflare.com/cloudflare-one/access-controls/policies/#order-of-execution

The first policy that matches decides: `bypass` and `non_identity` in their order, then, after the
login, `allow` and `deny` in theirs; whom none matches is denied. An outcome is a decision and,
where it lets people in, what it asks of them. A denial is the strongest, a bypass the weakest. Of
two that let people in with different demands, it may be that neither is known to be the stronger.

Whom a policy matches is opaque here, but for three facts: the same rules match the same people at
the same time, `everyone` matches everybody, and more rules in `include` match no fewer people, more
in `exclude` or `require` no more. What a policy matches before a login says nothing about whom it
matches after it. Pure functions over plain data.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from ..fields.keyed import NOTHING_KNOWN
from ..fields.model import shape_of
from .policy_fields import SAME_AS_APPLICATION, PolicyInputs
from .rules import RULES, everyone

DENY = "deny"
# From the weakest on.
_RANKS = {"bypass": 0, "non_identity": 1, "allow": 2, DENY: 3}
DECISIONS = frozenset(_RANKS)
_BEFORE_LOGIN = frozenset({"bypass", "non_identity"})
EVERYONE = RULES.canonical(everyone())
_SHAPE = shape_of(PolicyInputs)


@dataclass(frozen=True)
class People:
    """Whom a policy matches: its rules, each in its one form."""

    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    require: frozenset[str] = frozenset()

    @classmethod
    def of(cls, meaning: Mapping[str, Any]) -> People:
        """Read the rules of a policy, each in its one form."""
        sections = (meaning.get(name) or () for name in ("include", "exclude", "require"))
        return cls(*map(frozenset, sections))

    @property
    def is_everybody(self) -> bool:
        """Return whether nobody can fail to match."""
        return EVERYONE in self.include and not self.exclude and not self.require

    def is_within(self, other: People) -> bool:
        """Return whether everybody who matches this one is known to match the other."""
        return (
            (self.include <= other.include or EVERYONE in other.include)
            and other.exclude <= self.exclude
            and other.require <= self.require
        )


@dataclass(frozen=True)
class Outcome:
    """A decision, and what it asks of those whom it lets in.

    `session` and `mfa` are None where the policy leaves them to the application or the
    organization: how that compares with anything else is not known. `app_session` and `app_mfa` are
    the application's, where they count and are known.
    """

    decision: str
    approval: str | None = None
    isolation: bool = False
    justification: bool = False
    session: str | None = None
    mfa: Mfa | None = None
    connection: str | None = None
    app_session: str | None = None
    app_mfa: Mfa | None = None

    @classmethod
    def of(cls, meaning: Mapping[str, Any]) -> Outcome:
        """Read the outcome of a policy, each field in its one form."""
        decision = str(meaning.get("decision"))
        if decision not in {"allow", "non_identity"}:
            return cls(decision)
        groups = meaning.get("approval_groups") or ()
        is_asked = bool(meaning.get("approval_required"))
        return cls(
            decision,
            _one_form([is_asked, groups]) if is_asked or groups else None,
            bool(meaning.get("isolation_required")),
            bool(meaning.get("purpose_justification_required")),
            meaning.get("session_duration"),
            Mfa.of(meaning["mfa_config"]) if meaning.get("mfa_config") else None,
            _one_form(meaning["connection_rules"]) if meaning.get("connection_rules") else None,
        )

    @property
    def denies(self) -> bool:
        """Return whether nobody gets in."""
        return self.decision == DENY

    @functools.cache  # noqa: B019 - as many as there are outcomes
    def is_no_weaker(self, other: Outcome) -> bool:
        """Return whether nobody is known or feared to get more by this outcome than by another."""
        if self.decision != other.decision:
            known = {self.decision, other.decision} <= _RANKS.keys()
            return known and _RANKS[self.decision] > _RANKS[other.decision]
        return (
            other.approval in (None, self.approval)
            and self.isolation >= other.isolation
            and self.justification >= other.justification
            and self.connection == other.connection
            and is_no_longer(self.session, other.session)
            and _asks_all_of(self.mfa, other.mfa)
            and is_no_longer(self.app_session, other.app_session)
            and _asks_all_of(self.app_mfa, other.app_mfa)
        )

    def at(self, session: str, mfa: Mfa) -> Outcome:
        """Return the outcome at an application, which says what the policy leaves to it."""
        if self.decision not in {"allow", "non_identity"}:
            return self
        follows = self.session in (None, "", SAME_AS_APPLICATION)
        return replace(
            self,
            app_session=session if follows else None,
            app_mfa=mfa if self.mfa is None and mfa != Mfa() else None,
        )


@dataclass(frozen=True)
class Mfa:
    """A policy's own multi-factor authentication."""

    is_disabled: bool = False
    authenticators: frozenset[str] = frozenset()
    session: str | None = None

    @classmethod
    def of(cls, meaning: Mapping[str, Any]) -> Mfa:
        """Read it, each field in its one form."""
        return cls(
            bool(meaning.get("mfa_disabled")),
            frozenset(meaning.get("allowed_authenticators") or ()),
            meaning.get("session_duration"),
        )

    def as_told(self) -> dict[str, Any]:
        """Write it down, as `of` reads it."""
        told = {
            "mfa_disabled": self.is_disabled,
            "allowed_authenticators": sorted(self.authenticators),
            "session_duration": self.session,
        }
        return {name: value for name, value in told.items() if value}

    def asks_all_of(self, other: Mfa) -> bool:
        """Return whether it asks all that another one does."""
        if other.is_disabled or self == other:
            return True
        fewer = bool(self.authenticators) and self.authenticators <= other.authenticators
        return (
            not self.is_disabled
            and (fewer or self.authenticators == other.authenticators)
            and is_no_longer(self.session, other.session)
        )


DENIED = Outcome(DENY)


def _asks_all_of(one: Mfa | None, other: Mfa | None) -> bool:
    """Compare what two policies ask; None is as the organization has it, which nobody knows."""
    if one is None or other is None:
        return one is other or bool(other and other.is_disabled)
    return one.asks_all_of(other)


_PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}


def is_no_longer(one: str | None, other: str | None) -> bool:
    """Return whether a duration is known to be no longer than another.

    A word such as "as the application's" is no length, and equals itself alone.
    """
    if one == other:
        return True
    lengths = (_seconds(one), _seconds(other))
    return None not in lengths and lengths[0] <= lengths[1]  # type: ignore[operator]


def _seconds(duration: str | None) -> float | None:
    parts = _PART.findall(duration or "")
    if not parts or "".join(map("".join, parts)) != duration:
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _one_form(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@dataclass(frozen=True)
class Ruling:
    """A policy as it decides: whom it matches, and what becomes of them."""

    people: People
    outcome: Outcome

    @classmethod
    def of(cls, policy: Mapping[str, Any]) -> Ruling:
        """Read a policy in the form of the state."""
        meaning = _SHAPE.meaning(policy)
        return cls(People.of(meaning), Outcome.of(meaning))


def as_declared(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Read a policy of an answer in the form of the state."""
    read: dict[str, Any] = _SHAPE.answer(answer, None, NOTHING_KNOWN)
    return read


def as_requested(body: Mapping[str, Any]) -> dict[str, Any]:
    """Read a policy of a request in the form of the state: what it leaves out is the API's."""
    return {name: value for name, value in as_declared(body).items() if name in body}


# ------------------------------------------------------------------------------ lists of policies


class Decides(Protocol):
    """A policy of a list."""

    @property
    def ruling(self) -> Ruling:
        """Whom it matches, and what becomes of them."""


D = TypeVar("D", bound=Decides)


def in_turn(policies: Iterable[D]) -> list[D]:
    """Return policies in the order in which they are asked: before the login, then after it."""
    return sorted(policies, key=lambda policy: not is_early(policy.ruling))


def is_early(ruling: Ruling) -> bool:
    """Return whether a policy is asked before anybody has logged in."""
    return ruling.outcome.decision in _BEFORE_LOGIN


@dataclass(frozen=True)
class First(Generic[D]):
    """Those whom a policy of a list is the first to match; without one, those whom none matches.

    `matching` are the conditions that they are known to meet, `failing` those that they do not:
    sets, one bit for each.
    """

    matching: int
    failing: int
    policy: D | None
    outcome: Outcome


class Comparison:
    """Two lists, and what another list made of their policies lets anybody do that neither does.

    Exact for opaque conditions: somebody exists for every combination that the facts allow.
    `moments` are lists with policies that neither has; `is_within` and `is_apart` tell more of who
    is who: whether all whom one policy matches another one does, and whether none of them.
    """

    def __init__(
        self,
        old: Sequence[Decides],
        new: Sequence[Decides],
        moments: Iterable[Sequence[Decides]] = (),
        is_within: Callable[[People, People], bool] = People.is_within,
        is_apart: Callable[[People, People], bool] = lambda _, __: False,
    ) -> None:
        self._bits: dict[tuple[bool, People], int] = {}
        self._implied: dict[int, int] = {}
        self._ruled_out: dict[int, int] = {}
        self._always = 0
        rulings = {policy.ruling for policies in (old, new, *moments) for policy in policies}
        for early in (True, False):
            conditions = {ruling.people for ruling in rulings if is_early(ruling) is early}
            for people in conditions:
                self._bits[early, people] = 1 << len(self._bits)
            for people in conditions:
                bit = self._bits[early, people]
                wider = [other for other in conditions if is_within(people, other)]
                self._implied[bit] = sum(self._bits[early, other] for other in wider)
                apart = [other for other in conditions if is_apart(people, other)]
                self._ruled_out[bit] = sum(self._bits[early, other] for other in apart)
                self._always |= bit if people.is_everybody else 0
        self._old = [*self._firsts(old)]
        self._new = [*self._firsts(new)]

    def is_weaker(self, moment: Sequence[Decides]) -> bool:
        """Return whether somebody gets more by a list than by the old one and by the new one."""
        for now in self._firsts(moment):
            if now.outcome.denies:
                continue
            for before in self._also(now, self._old):
                if not now.outcome.is_no_weaker(before.outcome) and any(
                    not now.outcome.is_no_weaker(after.outcome)
                    for after in self._also(before, self._new, now)
                ):
                    return True
        return False

    def shuts_out(self, moment: Sequence[Decides]) -> bool:
        """Return whether a list denies somebody whom both the old one and the new one let in."""
        for now in self._firsts(moment):
            if not now.outcome.denies:
                continue
            for before in self._also(now, self._old):
                if not before.outcome.denies and any(
                    not after.outcome.denies for after in self._also(before, self._new, now)
                ):
                    return True
        return False

    def decided(self, one: Sequence[D], other: Sequence[D]) -> Iterator[tuple[First[D], First[D]]]:
        """Return what decides for the same people in two lists."""
        others = [*self._firsts(other)]
        for now in self._firsts(one):
            for instead in self._also(now, others):
                yield now, instead

    def _firsts(self, policies: Sequence[D]) -> Iterator[First[D]]:
        """Return those whom each policy of a list decides for, and those whom none does."""
        before = 0
        for policy in in_turn(policies):
            ruling = policy.ruling
            bit = self._bits[is_early(ruling), ruling.people]
            matching = self._implied[bit] | self._always
            if not matching & before:
                failing = before | self._ruled_out[bit]
                yield First(matching, failing, policy, ruling.outcome)
            before |= bit
        if not self._always & before:
            yield First(self._always, before, None, DENIED)

    @staticmethod
    def _also(
        one: First[Any], others: Iterable[First[D]], third: First[Any] | None = None
    ) -> Iterator[First[D]]:
        """Return which others decide for some of the same people."""
        matching, failing = one.matching, one.failing
        if third is not None:
            matching, failing = matching | third.matching, failing | third.failing
        for other in others:
            if not (matching | other.matching) & (failing | other.failing):
                yield other


def loosest(one: Sequence[D], other: Sequence[D]) -> tuple[D, D | None] | None:
    """Return a policy by which somebody gets more than by what another list has instead.

    None: nobody does. The other list's is None where none of it matches.
    """
    comparison = Comparison(one, other)
    for now, instead in comparison.decided(one, other):
        if now.policy is not None and not now.outcome.is_no_weaker(instead.outcome):
            return now.policy, instead.policy
    return None
