"""Why somebody gets in or does not: policy by policy, down to the rule that decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from .atoms import GROUP
from .characters import shown
from .names import Names
from .places import directory
from .population import People
from .questions import Answer, Outcome, answer, subject_of
from .semantics import CLOSED, OPEN, Answering, Semantics, keys_of
from .sets import Bounds, Sets
from .subjects import Service, Subject
from .unknowns import is_fact
from .world import (
    ALLOW,
    BYPASS,
    DENY,
    INFRASTRUCTURE,
    SERVICE_AUTH,
    Application,
    Policy,
    Rule,
    Rules,
    World,
)

_DECISIONS: Final = {
    ALLOW: "Allow",
    DENY: "Block",
    BYPASS: "Bypass",
    SERVICE_AUTH: "Service Auth",
}


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain: a group, or the rule at its end. `key` is the group's key, or empty."""

    kind: str
    text: str
    key: str = ""

    @property
    def name(self) -> str:
        """The group's name, or the rule in words."""
        return self.text.removeprefix('group "').removesuffix('"') if self.key else self.text


@dataclass(frozen=True, slots=True)
class Step:
    """Whether one policy matches somebody, and the chain of groups and rules that decides it."""

    policy: str
    """The policy's name."""
    key: str
    decision: str | None
    """The policy's decision in the API's words; None if it is not known."""
    matches: Outcome
    chain: tuple[Link, ...]
    why: str
    """How the chain decides: "matched by", "excluded by", "not matched by"."""

    @property
    def text(self) -> str:
        """The step in words."""
        decision = _DECISIONS.get(self.decision or "", "decision not known")
        chain = " <- ".join(link.text for link in self.chain)
        told = f'"{self.policy}" ({decision})'
        return f"{told}: {self.why} {chain}".rstrip()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why somebody gets in or does not: the answer, and the policies in order of evaluation.

    `steps` end with the policy that decides. `told` is the reason in one sentence. `who`, `where`
    and `application` are names for the text.
    """

    who: str
    where: str
    application: str
    answer: Answer
    steps: tuple[Step, ...]
    told: str

    @property
    def deciding(self) -> Step | None:
        """The policy that lets somebody in, surely or perhaps; else the last one; None if none."""
        if self.answer.outcome is not Outcome.NO:
            for wanted in (Outcome.YES, Outcome.DEPENDS):
                for step in self.steps:
                    if step.matches is wanted and step.decision != DENY:
                        return step
        return self.steps[-1] if self.steps else None

    @property
    def text(self) -> str:
        """The explanation, in several lines."""
        verb = {
            Outcome.YES: "gets in",
            Outcome.NO: "does not get in",
            Outcome.DEPENDS: "may get in",
        }[self.answer.outcome]
        lines = [f"{self.who} {verb} at {self.where}: {self.told}"]
        lines += [f"  {step.text}" for step in self.steps]
        lines += [f"  depends on {what}" for what in self.answer.on]
        return "\n".join(lines)


def explain(world: World, who: str | Subject, where: str) -> Explanation:
    """Explain whether somebody gets in at a place. Arguments and errors are those of `can`."""
    subject = subject_of(who)
    return explain_at(world, subject, directory(world).find(where), Names(world))


def explain_at(
    world: World, subject: Subject, answering: Answering, names: Names, *, who: str = ""
) -> Explanation:
    """Explain whether somebody gets in where an application answers.

    `names` are the names for things; `who` is the name for the subject, if not its own.
    """
    given = answer(world, subject, answering)
    called = who or shown(subject.name)
    if not answering.keys:
        return Explanation(called, answering.place, "", given, (), _unguarded(answering, world))
    steps: list[Step] = []
    told = []
    for number, key in enumerate(answering.keys):
        application = world.applications[key]
        if answering.is_public(number):
            told.append(f'"{shown(application.name)}" is open to everyone here, by an override')
            continue
        found = _Explaining(world, subject, names).steps(application)
        steps += found
        told.append(_told(application, subject, found, given.outcome))
    applications = " or ".join(world.applications[key].name for key in answering.keys)
    if len(answering.keys) > 1:
        told.insert(0, "it is not documented which application answers")
    return Explanation(
        called, answering.place, shown(applications), given, tuple(steps), "; ".join(told)
    )


def _unguarded(answering: Answering, world: World) -> str:
    if answering.unguarded == CLOSED:
        return "there is no application"
    if answering.unguarded != OPEN:
        return "there is no application, and no document says what holds then"
    protected = world.access_protection
    if protected is None:
        return "no application guards it: it is open, unless the account requires Access protection"
    return "no application guards it: " + ("the account blocks it" if protected else "it is open")


def _told(
    application: Application, subject: Subject, steps: Iterable[Step], outcome: Outcome
) -> str:
    """Return a sentence about the policy that decides, or that none does."""
    called = f'"{shown(application.name)}"'
    deciding = [step for step in steps if step.decision is not None]
    perhaps = next((step for step in deciding if step.matches is Outcome.DEPENDS), None)
    if outcome is Outcome.DEPENDS and perhaps is not None:
        return f'{called}: it depends on policy "{perhaps.policy}"'
    for step in deciding:
        if step.matches is Outcome.YES:
            verb = "keeps out" if step.decision == DENY else "lets in"
            return f'{called}: policy "{step.policy}" {verb}'
    if not keys_of(application.policies):
        return f"{called} has no policies"
    if isinstance(subject, Service):
        return f"{called}: no Bypass or Service Auth policy matches"
    return f"{called}: no policy matches"


class _Explaining:
    """The policies of one world, for one subject."""

    def __init__(self, world: World, subject: Subject, names: Names) -> None:
        self._world = world
        self._subject = subject
        self._names = names
        self._semantics: Semantics[Bounds] = Semantics(world, Sets(People((subject,))))

    def steps(self, application: Application) -> list[Step]:
        """Return the policies in order of evaluation, up to the one that decides."""
        keys = keys_of(application.policies)
        found: list[Step] = []
        for decisions in ((BYPASS, SERVICE_AUTH), (ALLOW, DENY)):
            early = decisions == (BYPASS, SERVICE_AUTH)
            if not early and (outside := self._cannot_log_in(application)):
                found.append(outside)
                break
            for key in keys:
                policy = self._world.policies.get(key)
                decision = policy.decision if policy else None
                if decision is not None and decision not in decisions:
                    continue
                if application.type == INFRASTRUCTURE and decision not in {ALLOW, None}:
                    continue
                step = self._step(key, policy, early=early)
                found.append(step)
                if step.matches is Outcome.YES and decision is not None:
                    return found
        return found

    def _cannot_log_in(self, application: Application) -> Step | None:
        """Return a step if the subject cannot log in to the application at all, else None."""
        if isinstance(self._subject, Service):
            return None
        outcome = _outcome(self._semantics.can_log_in(application))
        if outcome is not Outcome.NO:
            return None
        allowed = application.identity_providers or ()
        links = tuple(Link("rule", self._names.of(provider)) for provider in allowed)
        name = shown(application.name)
        return Step(name, application.key, None, Outcome.NO, links, "logs in only through")

    def _step(self, key: str, policy: Policy | None, *, early: bool) -> Step:
        matches = _outcome(self._semantics.policy(key, early=early))
        if policy is None or (not early and isinstance(self._subject, Service)):
            why = "is for people, who log in" if policy else "was not read"
            outcome = Outcome.NO if policy else matches
            return Step(
                self._names.of(key), key, policy.decision if policy else None, outcome, (), why
            )
        why, chain = self._why(policy.rules, matches, early=early)
        return Step(shown(policy.name), key, policy.decision, matches, tuple(chain), why)

    def _why(self, rules: Rules, matches: Outcome, *, early: bool) -> tuple[str, Iterator[Link]]:
        """Return how the chain decides ("matched by"), and the chain."""
        if matches is not Outcome.NO:
            verb = "matched by" if matches is Outcome.YES else "perhaps matched by"
            return verb, self._chain(rules.include, early=early)
        included = self._first(rules.include, early=early)
        if included is None:
            return "not matched by", self._all(rules.include)
        for rule in rules.require:
            if self._asked(rule, early=early) is not Outcome.YES:
                return "misses", self._down(rule, early=early)
        return "excluded by", self._chain(rules.exclude, early=early)

    def _asked(self, rule: Rule, *, early: bool) -> Outcome:
        return _outcome(self._semantics.rules(Rules((rule,)), early=early))

    def _first(self, rules: Iterable[Rule], *, early: bool) -> Rule | None:
        """Return the first rule that surely holds, else the first that may hold, else None."""
        asked = [(self._asked(rule, early=early), rule) for rule in rules]
        for wanted in (Outcome.YES, Outcome.DEPENDS):
            for outcome, rule in asked:
                if outcome is wanted:
                    return rule
        return None

    def _chain(self, rules: Iterable[Rule], *, early: bool) -> Iterator[Link]:
        rule = self._first(rules, early=early)
        if rule is not None:
            yield from self._down(rule, early=early)

    def _down(self, rule: Rule, *, early: bool) -> Iterator[Link]:
        """Yield a rule, and the groups and the rule that it leads to."""
        seen: set[str] = set()
        current: Rule | None = rule
        while current is not None:
            yield self._link(current)
            kind, *rest = current.atom
            group = self._world.groups.get(rest[0]) if kind == GROUP else None
            if group is None or group.key in seen:
                return
            seen.add(group.key)
            current = self._first(group.rules.include, early=early)

    def _all(self, rules: Iterable[Rule]) -> Iterator[Link]:
        links = [self._link(rule) for rule in rules]
        told = " or ".join(link.text for link in links[:3])
        yield Link("rule", told + (" or others" if len(links) > 3 else ""))  # noqa: PLR2004

    def _link(self, rule: Rule) -> Link:
        if rule.secret and not is_fact(rule.atom):
            return Link("rule", f"a secret rule ({rule.atom[0]})")
        is_group = rule.atom[0] == GROUP
        return Link(
            "group" if is_group else "rule",
            self._names.rule(rule.atom),
            rule.atom[1] if is_group else "",
        )


def _outcome(bounds: Bounds) -> Outcome:
    surely, possibly = bounds
    if surely:
        return Outcome.YES
    return Outcome.DEPENDS if possibly else Outcome.NO
