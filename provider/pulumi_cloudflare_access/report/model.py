"""The content of a report, independent of its format. Similar changes share an entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..insight import (
    UNDOCUMENTED,
    Comparison,
    Difference,
    Finding,
    Note,
    People,
    PlaceChange,
    TooLargeError,
    Undocumented,
    Verdict,
    Worlds,
    compare,
)
from ..insight.characters import shown
from ..insight.places import places
from ..insight.prove import audience_at
from ..insight.reading.resources import Kind
from ..insight.unknowns import is_fact
from ..insight.words import Description

WORST_FIRST: Final = (
    Verdict.OPENED,
    Verdict.WIDER,
    Verdict.BOTH,
    Verdict.UNDECIDED,
    Verdict.NARROWER,
    Verdict.GUARDED,
    Verdict.HOW,
)
HEADS: Final[Mapping[Verdict, tuple[str, str]]] = {
    Verdict.OPENED: ("place loses Access", "places lose Access"),
    Verdict.WIDER: ("place lets more people in", "places let more people in"),
    Verdict.BOTH: ("place lets others in", "places let others in"),
    Verdict.UNDECIDED: ("place is undecided", "places are undecided"),
    Verdict.NARROWER: ("place lets fewer people in", "places let fewer people in"),
    Verdict.GUARDED: ("place gets its first application", "places get their first application"),
    Verdict.HOW: ("place asks otherwise of the same", "places ask otherwise of the same"),
}
FAIL_ON: Final[Mapping[str, frozenset[Verdict]]] = {
    "opened": frozenset((Verdict.OPENED,)),
    "wider": frozenset((Verdict.OPENED, Verdict.WIDER, Verdict.BOTH)),
    "narrower": frozenset((Verdict.NARROWER, Verdict.BOTH, Verdict.GUARDED)),
    "undecided": frozenset((Verdict.UNDECIDED,)),
}
"""The verdicts for each condition of `--fail-on`, and for statements about applications."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Places that change in the same way. The text for one applies to all of them."""

    changes: tuple[PlaceChange, ...]

    @property
    def first(self) -> PlaceChange:
        """The change that represents all of them."""
        return self.changes[0]

    @property
    def verdict(self) -> Verdict:
        """The verdict of each of them."""
        return self.first.verdict

    @property
    def names(self) -> list[str]:
        """The names of the places."""
        return [change.name for change in self.changes]

    @property
    def differences(self) -> list[tuple[str, Difference]]:
        """Those who gain access ("gains") and those who lose it ("losses"), if there are any."""
        both = (("gains", self.first.gains), ("losses", self.first.losses))
        return [(called, one) for called, one in both if one]


@dataclass(frozen=True, slots=True)
class PlaceNow:
    """One place of one world: the applications that answer there, and who gets in.

    `audience` is None if it was too large to compute.
    """

    name: str
    applications: tuple[str, ...]
    audience: Description | None


@dataclass(frozen=True, slots=True)
class Report:
    """The report about one stack or account.

    `entries` are the changes; `now` says who gets in, if there is nothing to compare. `people` are
    the known people. `names_people` is False if their names could reveal the value of a secret
    rule; then they are only counted.
    """

    stack: str
    kind: Kind
    comparison: Comparison
    entries: tuple[Entry, ...]
    now: tuple[PlaceNow, ...]
    notes: tuple[Note, ...]
    worlds: Worlds
    people: People | None = None
    names_people: bool = True

    @property
    def same(self) -> int:
        """The number of places that are proved to be the same for everybody."""
        return len(self.comparison.with_verdict(Verdict.SAME))

    @property
    def findings(self) -> Sequence[Finding]:
        """The new findings; for a single world, all findings."""
        found = self.comparison
        return found.findings if self.kind == "state" else found.new_findings

    @property
    def undocumented(self) -> list[Undocumented]:
        """The undocumented behaviour that the findings rely on."""
        codes = dict.fromkeys(finding.document for finding in self.findings if finding.document)
        return [UNDOCUMENTED[code] for code in codes]

    @property
    def keeps_sessions(self) -> str | None:
        """How long those who lose access may keep a session; None if nobody does."""
        from ..insight.how import longest  # noqa: PLC0415 - no other report needs it

        held = [one.first.losses.sessions for one in self.entries]
        return longest([session for session in held if session])

    def fails(self, conditions: Iterable[str]) -> list[str]:
        """Return which of the conditions of `--fail-on` hold."""
        found = []
        for condition in conditions:
            if condition == "findings":
                holds = bool(self.findings)
            else:
                verdicts = FAIL_ON[condition]
                holds = any(entry.verdict in verdicts for entry in self.entries)
                holds |= condition == "undecided" and any(
                    not change.certain for entry in self.entries for change in entry.changes
                )
                # An undecided change may be wider or narrower.
                holds |= condition in {"wider", "narrower"} and any(
                    bool(entry.first.gains if condition == "wider" else entry.first.losses)
                    for entry in self.entries
                    if entry.verdict is Verdict.UNDECIDED
                )
            if holds:
                found.append(condition)
        return found


def make(worlds: Worlds, people: People | None = None) -> Report:
    """Compare two worlds, and return the report. Similar changes are joined."""
    comparison = compare(worlds.old, worlds.new, people)
    entries: dict[tuple[object, ...], list[PlaceChange]] = {}
    for change in comparison.changes:
        entries.setdefault(_alike(change), []).append(change)
    found = [Entry(tuple(changes)) for changes in entries.values()]
    found.sort(key=lambda one: (WORST_FIRST.index(one.verdict), not one.first.certain, one.names))
    return Report(
        stack=worlds.stack,
        kind=worlds.kind,
        comparison=comparison,
        entries=tuple(found),
        now=tuple(_now(worlds)) if worlds.kind == "state" else (),
        notes=worlds.notes,
        worlds=worlds,
        people=people,
        names_people=all(map(is_fact, worlds.old.secrets | worlds.new.secrets)),
    )


def _now(worlds: Worlds) -> Iterable[PlaceNow]:
    world = worlds.new
    for place in places(world):
        (answering,) = place.answering
        names = tuple(shown(world.applications[key].name) for key in answering.keys)
        try:
            who = audience_at(world, answering)
        except TooLargeError:
            who = None
        yield PlaceNow(shown(place.name), names, who)


def _alike(change: PlaceChange) -> tuple[object, ...]:
    """Return everything that a report says about a change, except for the place."""
    said: list[object] = [change.verdict, change.certain, change.too_large]
    for difference in (change.gains, change.losses):
        step = difference.because.deciding if difference.because else None
        chain = tuple(link.text for link in step.chain) if step else ()
        known = difference.known
        said += [difference.certainty, difference.who.text, difference.sessions, chain]
        said += [tuple(one.name for one in (*known.surely, *known.possibly)), len(known.surely)]
    said += [(one.facet, one.before, one.after, one.who.text) for one in change.how]
    said += [*change.unknowns, change.audience and change.audience.text]
    if change.verdict in {Verdict.OPENED, Verdict.GUARDED, Verdict.UNDECIDED}:
        said.append(change.before)
    return tuple(said)
