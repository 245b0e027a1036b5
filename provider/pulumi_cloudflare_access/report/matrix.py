"""A table of known people and places. People with the same answers share a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import Final

from ..insight import People, PlaceChange, Verdict
from ..insight.population import PeopleSet
from ..insight.semantics import Semantics
from ..insight.sets import Bounds, Sets
from .model import Report

MOST_ROWS: Final = 300
MOST_COLUMNS: Final = 200
_NAMED: Final = 200


class Cell(Enum):
    """What a change means for a person at a place."""

    IN = "gets in"
    OUT = "does not get in"
    GAINS = "gains access"
    LOSES = "loses access"
    DEPENDS = "depends on what is not known"


@dataclass(frozen=True, slots=True)
class Row:
    """People with the same answers. `names` may be cut; `count` is the number of all."""

    names: tuple[str, ...]
    count: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of people by columns of places. `left_out` is the number of omitted places."""

    columns: tuple[PlaceChange, ...]
    rows: tuple[Row, ...]
    left_out: int = 0


def matrix(report: Report) -> Matrix:
    """Return the table of a report; empty without known people. Changed places are exact."""
    people = report.people
    if people is None:
        return Matrix((), ())
    changed = [change for entry in report.entries for change in entry.changes]
    same = report.comparison.with_verdict(Verdict.SAME)
    before: Semantics[Bounds] = Semantics(report.worlds.old, Sets(people))
    after: Semantics[Bounds] = Semantics(report.worlds.new, Sets(people))
    groups: list[tuple[PeopleSet, list[Cell]]] = [(people.everybody, [])]
    columns: list[PlaceChange] = []
    ordered = [*changed, *same]
    for change in ordered[:MOST_COLUMNS]:
        cells = _cells(people, change, before, after)
        split = [
            (inside, [*held, cell])
            for group, held in groups
            for cell, members in cells.items()
            if (inside := group & members)
        ]
        if len(split) > MOST_ROWS and columns:
            break
        groups = split
        columns.append(change)
    groups.sort(key=lambda one: (-sum(cell in _CHANGES for cell in one[1]), -one[0].bit_count()))
    rows = [_row(people, members, cells) for members, cells in groups[:MOST_ROWS]]
    return Matrix(tuple(columns), tuple(rows), len(ordered) - len(columns))


_CHANGES: Final = frozenset((Cell.GAINS, Cell.LOSES))


def _row(people: People, members: PeopleSet, cells: Sequence[Cell]) -> Row:
    names = tuple(one.name for one in islice(people.members(members), _NAMED))
    return Row(names, members.bit_count(), tuple(cells))


def _cells(
    people: People, change: PlaceChange, before: Semantics[Bounds], after: Semantics[Bounds]
) -> Mapping[Cell, PeopleSet]:
    """Return the people for each answer at a place. Everybody is in exactly one set."""
    was, now = change.place.answering[0], change.place.answering[-1]
    old, new = before.at(was), after.at(now)
    everybody = people.everybody
    rest = everybody
    found: dict[Cell, PeopleSet] = {}
    gains = _set(people, change.gains.known.surely) | (new[0] & ~old[1] & everybody)
    losses = _set(people, change.losses.known.surely) | (old[0] & ~new[1] & everybody)
    for cell, members in (
        (Cell.GAINS, gains),
        (Cell.LOSES, losses),
        (Cell.IN, new[0]),
        (Cell.OUT, everybody & ~new[1]),
        (Cell.DEPENDS, everybody),
    ):
        found[cell] = members & rest
        rest &= ~members
    return found


def _set(people: People, subjects: Sequence[object]) -> PeopleSet:
    if not subjects:
        return 0
    wanted = set(map(id, subjects))
    return people.set_of(n for n, one in enumerate(people.subjects) if id(one) in wanted)
