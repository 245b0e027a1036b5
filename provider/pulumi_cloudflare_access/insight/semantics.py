"""How Access evaluates rules, policies and applications, for any algebra of sets of requests.

Sources: https://developers.cloudflare.com/cloudflare-one/access-controls/policies/ and its pages.
Where they leave something open, the result depends on an atom of its own (`unknowns`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from .algebra import Algebra
from .atoms import (
    DECISION,
    EVERYONE,
    GROUP,
    IDENTITY,
    IN_PROVIDER,
    LISTS,
    PERSON,
    SERVICE,
    UNKNOWN,
    WINNER,
    Atom,
)
from .unknowns import (
    CYCLE,
    DEVICE_LOGIN,
    MISSING_GROUP,
    NOT_READ,
    OTHER_SCOPE,
    OTHER_TYPES,
    PRECEDENCE_TIE,
    PROTECTION,
    before_login,
    unknown,
)
from .world import (
    ALLOW,
    BEFORE_LOGIN,
    BYPASS,
    DENY,
    INFRASTRUCTURE,
    SERVICE_AUTH,
    Application,
    Rule,
    Rules,
    Step,
    Unordered,
    World,
)

T = TypeVar("T")

OPEN: Final = "open"
CLOSED: Final = "closed"


@dataclass(frozen=True, slots=True)
class Answering:
    """Which application answers at a place: one, none, or one of several if undocumented."""

    place: str
    """The name of the place."""
    keys: tuple[str, ...]
    """The keys of the applications that may answer."""
    patterns: tuple[str, ...] = ()
    """The names that tell the applications of `keys` apart, in the same order."""
    unguarded: str = OPEN
    """What holds if none answers: OPEN, CLOSED, or empty if it is not documented."""
    public: tuple[bool, ...] = ()
    """Whether each lets everyone in here, in the same order; empty: none does."""

    def is_public(self, number: int) -> bool:
        """Tell whether an override of the n-th application lets everyone in here."""
        return bool(self.public) and self.public[number]


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What one policy decides, and about whom. Those whom earlier policies decide are excluded."""

    policy: str
    decision: str
    decided: T


class Semantics(Generic[T]):
    """Who gets in where in one world, as sets of an algebra."""

    def __init__(self, world: World, algebra: Algebra[T]) -> None:
        self.world: Final = world
        self.algebra: Final = algebra
        self._groups: dict[tuple[str, bool], T] = {}
        self._policies: dict[tuple[str, bool], T] = {}

    # --------------------------------------------------------------------------------- rules

    def rules(self, rules: Rules, *, early: bool, scope: str = "") -> T:
        """Return who matches rules: any of include, all of require, none of exclude.

        `early`: the rules are evaluated before a login, as in Bypass and Service Auth policies.
        `scope` is the account or zone of the rules.
        """
        algebra = self.algebra
        found = self._any(rules.include, early=early, scope=scope)
        for rule in rules.require:
            found = algebra.both(found, self._any((rule,), early=early, scope=scope))
        if rules.exclude:
            found = algebra.but(found, self._any(rules.exclude, early=early, scope=scope))
        return found

    def _any(self, rules: Sequence[Rule], *, early: bool, scope: str) -> T:
        """Return who matches any of these rules."""
        algebra = self.algebra
        atoms: list[Atom] = []
        others: list[T] = []
        for rule in rules:
            kind = rule.atom[0]
            if kind == GROUP:
                others.append(self.group(rule.atom[1], early=early, scope=scope))
            elif kind == EVERYONE:
                others.append(algebra.everything)
            elif early and (kind in IDENTITY or kind == UNKNOWN):
                atoms.append(before_login(rule.atom))
            elif early or kind not in SERVICE:
                atoms += self._listed(rule.atom)
        if len(others) == 1 and not atoms:
            return others[0]
        return algebra.any_of(atoms, others)

    def _listed(self, atom: Atom) -> Iterable[Atom]:
        """Return the entries of a list whose contents are known, else the atom itself."""
        if atom[0] not in LISTS or atom[1] not in self.world.lists:
            return (atom,)
        return [(LISTS[atom[0]], value) for value in self.world.lists[atom[1]]]

    def group(self, key: str, *, early: bool, scope: str = "") -> T:
        """Return who matches a rule about a group: the group's own rules."""
        world = self.world
        group = world.groups.get(key)
        what = f'group "{group.name if group else self._name(key)}"'
        if group is None:
            code = MISSING_GROUP.code if key in world.deleted else NOT_READ
            return self._unknown(code, what, key, early=early)
        if scope and group.scope and group.scope != scope:
            return self._unknown(OTHER_SCOPE.code, what, key, early=early)
        found = self._groups.get((key, early))
        if found is None:
            if key in world.undecidable:
                digest = world.undecidable[key]
                found = self._unknown(CYCLE.code, what, key, digest, early=early)
            else:
                found = self.rules(group.rules, early=early, scope=group.scope)
            self._groups[key, early] = found
        return found

    def _unknown(self, code: str, what: str, *marks: str, early: bool) -> T:
        atom = unknown(code, what, *marks)
        return self.algebra.atom(before_login(atom) if early else atom)

    def meant(self, rules: Iterable[Rule]) -> T:
        """Return who is meant by rules outside of any policy, for statements such as `only`.

        Identity rules mean people; the others mean requests. No rule counts as before a login.
        """
        algebra = self.algebra
        person = algebra.atom(PERSON)
        found = []
        for rule in rules:
            kind = rule.atom[0]
            if kind == EVERYONE:
                found.append(algebra.everything)
            elif kind == GROUP:
                found.append(algebra.both(person, self.group(rule.atom[1], early=False)))
            else:
                one = algebra.any_of(list(self._listed(rule.atom)))
                found.append(algebra.both(person, one) if kind in IDENTITY else one)
        return algebra.any_of((), found)

    # ------------------------------------------------------------------------------- policies

    def policy(self, key: str, *, early: bool) -> T:
        """Return who matches a policy, whatever it decides."""
        if key not in self.world.shared_policies:
            return self._matches(key, early=early)
        found = self._policies.get((key, early))
        if found is None:
            found = self._policies[key, early] = self._matches(key, early=early)
        return found

    def _matches(self, key: str, *, early: bool) -> T:
        policy = self.world.policies.get(key)
        if policy is None:
            return self._unknown(NOT_READ, f'policy "{self._name(key)}"', key, early=early)
        digest = self.world.undecidable.get(key)
        if digest is not None:
            what = f'policy "{policy.name}"'
            return self._unknown(CYCLE.code, what, key, digest, early=early)
        return self.rules(policy.rules, early=early, scope=policy.scope)

    def _name(self, key: str) -> str:
        return self.world.names.get(key, key)

    def deciding(self, key: str, decision: str, *, only_allow: bool = False) -> T | None:
        """Return who matches a policy if its decision is `decision`, else None.

        `only_allow`: the application is an infrastructure application, which only has Allow.
        """
        if only_allow and decision != ALLOW:
            return None
        policy = self.world.policies.get(key)
        known = policy.decision if policy else None
        early = decision in BEFORE_LOGIN
        if known is None:
            decides = self.algebra.atom((DECISION, key, decision))
            return self.algebra.both(self.policy(key, early=early), decides)
        return self.policy(key, early=early) if known == decision else None

    # --------------------------------------------------------------------------- applications

    def application(self, application: Application) -> T:
        """Return who gets in by an application's policies.

        Bypass and Service Auth policies are evaluated first, in their order. Then, for those who
        can log in, Allow and Block policies in their order. The first policy that matches decides.
        Those whom no policy matches do not get in.
        """
        algebra = self.algebra
        only_allow = application.type == INFRASTRUCTURE
        # Used first, which keeps diagrams small: a service never gets past the first pass.
        person = algebra.atom(PERSON)
        early = [
            matches
            for key in keys_of(application.policies)
            for decision in (BYPASS, SERVICE_AUTH)
            if (matches := self.deciding(key, decision, only_allow=only_allow)) is not None
        ]
        late = algebra.nothing
        for step in reversed(application.policies):
            lets_in, keeps_out = self._late(step, only_allow=only_allow)
            if keeps_out is not None:
                late = algebra.but(late, keeps_out)
            if lets_in is not None:
                late = algebra.any_of((), (lets_in, late))
        late = algebra.both(person, algebra.both(self.can_log_in(application), late))
        return algebra.any_of((), (*early, late)) if early else late

    def _late(self, step: Step, *, only_allow: bool) -> tuple[T | None, T | None]:
        """Return whom one step lets in and whom it blocks, of those who have logged in."""
        if isinstance(step, str):
            return (
                self.deciding(step, ALLOW),
                self.deciding(step, DENY, only_allow=only_allow),
            )
        algebra = self.algebra
        lists = [self._in_order(keys, only_allow=only_allow) for keys in step.lists]
        lets_in, keeps_out = lists[0]
        first = algebra.atom(unknown(PRECEDENCE_TIE.code, self._names(step), *keys_of((step,))))
        for more_in, more_out in lists[1:]:
            here, there = algebra.both(lets_in, more_out), algebra.both(more_in, keeps_out)
            inside = (
                algebra.but(lets_in, more_out),
                algebra.but(more_in, keeps_out),
                algebra.both(here, first),
                algebra.but(there, first),
            )
            outside = (
                algebra.but(keeps_out, more_in),
                algebra.but(more_out, lets_in),
                algebra.but(here, first),
                algebra.both(there, first),
            )
            lets_in, keeps_out = algebra.any_of((), inside), algebra.any_of((), outside)
        return lets_in, keeps_out

    def _names(self, step: Unordered) -> str:
        policies = self.world.policies
        return ", ".join(
            f'"{policies[key].name if key in policies else self._name(key)}"'
            for key in keys_of((step,))
        )

    def _in_order(self, keys: Sequence[str], *, only_allow: bool) -> tuple[T, T]:
        """Return whom an ordered list of policies lets in, and whom it blocks."""
        algebra = self.algebra
        inside = outside = algebra.nothing
        for key in reversed(keys):
            lets_in, keeps_out = self._late(key, only_allow=only_allow)
            if keeps_out is not None:
                inside = algebra.but(inside, keeps_out)
                outside = algebra.any_of((), (keeps_out, outside))
            if lets_in is not None:
                outside = algebra.but(outside, lets_in)
                inside = algebra.any_of((), (lets_in, inside))
        return inside, outside

    def can_log_in(self, application: Application) -> T:
        """Return who can log in to an application, through one of its identity providers."""
        algebra = self.algebra
        allowed = application.identity_providers
        if allowed is None:
            what = f'the identity providers of "{application.name}"'
            return algebra.atom(unknown(NOT_READ, what, application.unread, application.key))
        if not allowed:
            return algebra.everything
        through = algebra.any_of([(IN_PROVIDER, provider) for provider in allowed])
        if application.device_login is False:
            return through
        return algebra.any_of([unknown(DEVICE_LOGIN, "", application.key)], [through])

    # ----------------------------------------------------------------------------------- places

    def at(self, answering: Answering) -> T:
        """Return who gets in at a place."""
        algebra = self.algebra
        if not answering.keys:
            return self._unguarded(answering)
        applications = [
            algebra.everything
            if answering.is_public(number)
            else self.application(self.world.applications[key])
            for number, key in enumerate(answering.keys)
        ]
        if len(applications) == 1:
            return applications[0]
        return algebra.any_of(
            (),
            [
                algebra.both(algebra.atom((WINNER, answering.place, *rivals, pattern)), found)
                for rivals in [answering.patterns]
                for pattern, found in zip(rivals, applications, strict=True)
            ],
        )

    def _unguarded(self, answering: Answering) -> T:
        """Return who gets in where no application answers: all, unless the account blocks it."""
        algebra = self.algebra
        if answering.unguarded == CLOSED:
            return algebra.nothing
        if answering.unguarded != OPEN:
            return algebra.atom(unknown(OTHER_TYPES.code, answering.place))
        protected = self.world.access_protection
        if protected is None:
            return algebra.but(algebra.everything, algebra.atom(unknown(PROTECTION)))
        return algebra.nothing if protected else algebra.everything

    # -------------------------------------------------------------------------------- who decides

    def outcomes(self, application: Application) -> list[Outcome[T]]:
        """Return whom each policy decides about, in the order of evaluation.

        Policies whose order is not known are taken in the order in which they are listed.
        """
        algebra = self.algebra
        only_allow = application.type == INFRASTRUCTURE
        keys = keys_of(application.policies)
        found: list[Outcome[T]] = []
        rest = algebra.everything
        for decisions in ((BYPASS, SERVICE_AUTH), (ALLOW, DENY)):
            for key in keys:
                for decision in decisions:
                    matches = self.deciding(key, decision, only_allow=only_allow)
                    if matches is not None:
                        decided = algebra.both(rest, matches)
                        rest = algebra.but(rest, decided)
                        found.append(Outcome(key, decision, decided))
            if decisions == (BYPASS, SERVICE_AUTH):
                can = algebra.both(algebra.atom(PERSON), self.can_log_in(application))
                rest = algebra.both(rest, can)
        return found


def keys_of(steps: Iterable[Step]) -> list[str]:
    """Return the keys of policies, in order as far as it is known."""
    return [
        key
        for step in steps
        for key in ((step,) if isinstance(step, str) else (k for one in step.lists for k in one))
    ]
