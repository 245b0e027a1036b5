"""Assertions for test suites: who gets in, according to the program's own preview.

    worlds = insight.read(preview)
    insight.assert_can(worlds, "ada@example.com", "wiki.example.com")
    insight.assert_only(worlds, "payroll.example.com", "@example.com")

A failed assertion explains itself: policy by policy, down to the rule that decides.
"""

from __future__ import annotations

from .characters import shown
from .comparison import Comparer, PlaceChange, Verdict
from .explanation import explain, explain_at
from .names import Names
from .places import directory
from .prove import Given, only
from .questions import Outcome, answer, can, subject_of
from .reading.worlds import Worlds
from .subjects import Subject
from .world import World


def _after(world: World | Worlds) -> World:
    return world.new if isinstance(world, Worlds) else world


def assert_can(world: World | Worlds, who: str | Subject, where: str) -> None:
    """Assert that somebody surely gets in at a place, whatever the unknowns are.

    `world` is a world; of `Worlds`, the one after the change. `who` is a person, a service or an
    e-mail address. `where` is a URL, a place or the name of an application. Raises AssertionError
    with the explanation, and UnknownPlaceError.
    """
    after = _after(world)
    if can(after, who, where).outcome is not Outcome.YES:
        raise AssertionError(explain(after, who, where).text)


def assert_cannot(world: World | Worlds, who: str | Subject, where: str) -> None:
    """Assert that somebody surely does not get in at a place, nor anywhere below it.

    The arguments and errors are those of `assert_can`.
    """
    after, subject = _after(world), subject_of(who)
    for answering in directory(after).within(where):
        if answer(after, subject, answering).outcome is not Outcome.NO:
            raise AssertionError(explain_at(after, subject, answering, Names(after)).text)


def assert_only(world: World | Worlds, where: str, *allowed: Given) -> None:
    """Assert that nobody else gets in at a place or below it, of everybody who could exist.

    `allowed` are domains (`@example.com`), e-mail addresses, or rules in the API's form. The other
    arguments and the errors are those of `assert_can`.
    """
    proof = only(_after(world), where, *allowed)
    if proof.outcome is Outcome.YES:
        return
    if proof.too_large and proof.witness is None:
        raise AssertionError(
            f"{where}: too large to prove. Install the extra: pulumi-cloudflare-access[prove]"
        )
    where = shown(proof.where)
    perhaps = "" if proof.outcome is Outcome.NO else "perhaps "
    lines = [f"{where}: others {perhaps}get in too"]
    lines += [f"  {condition.text}" for condition in proof.who.conditions]
    lines += [proof.because.text] if proof.because else []
    raise AssertionError("\n".join(lines))


def assert_same_access(old: World, new: World) -> None:
    """Assert that two worlds let the same people in everywhere, in the same way.

    It is proved for everybody who could exist. Raises AssertionError, which lists the differences.
    """
    changes = [
        one for one in Comparer(old, new).compare().places if one.verdict is not Verdict.SAME
    ]
    if changes:
        raise AssertionError("\n".join(line for change in changes for line in _lines(change)))


def _lines(change: PlaceChange) -> list[str]:
    lines = [f"{change.name}: {change.verdict.value}" + ("" if change.certain else ", perhaps")]
    for sign, difference in (("+", change.gains), ("-", change.losses)):
        lines += [f"  {sign} {condition.text}" for condition in difference.who.conditions]
        if difference.because is not None:
            lines += [f"    {line}" for line in difference.because.text.splitlines()]
    lines += [
        f"  {one.facet}: {shown(one.before or 'nothing')} -> {shown(one.after or 'nothing')}, "
        f"for {one.who.text}"
        for one in change.how
    ]
    lines += [f"  not known: {sentence}" for sentence in change.unknowns]
    lines += ["  too large to prove"] if change.too_large and not change.gains.witness else []
    return lines
