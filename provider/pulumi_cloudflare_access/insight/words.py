"""Sets in words and as data: whom they contain, condition by condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .attributes import Attribute, Credential, Email, Member, Provider, YesNo
from .boxes import Box, Boxes
from .clauses import ANYONE, ORDER, Clause, clause_of
from .names import Names
from .space import Space

__all__ = ["NONE", "Clause", "Condition", "Description", "describe"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: who (`anyone @example.com`), and the clauses that must all hold."""

    who: str
    clauses: tuple[Clause, ...]

    @property
    def text(self) -> str:
        """The whole condition in words."""
        told = [clause.words for clause in self.clauses if clause.words != self.who]
        return ", ".join([self.who, *told])

    @property
    def is_certain(self) -> bool:
        """Whether the condition does not depend on unknowns."""
        return not any(clause.is_fact for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class Description:
    """A set in words, the widest conditions first. `complete`: there are no further conditions."""

    conditions: tuple[Condition, ...] = ()
    complete: bool = True

    @property
    def text(self) -> str:
        """All conditions in words, with "and others" if there are more."""
        told = [condition.text for condition in self.conditions]
        return "; ".join([*told, *([] if self.complete else ["and others"])]) or "nobody"


NONE: Final = Description()
"""Nobody."""


def describe(space: Space, boxes: Boxes, names: Names) -> Description:
    """Return boxes in words."""
    conditions = tuple(_condition(space, box, names) for box in boxes.boxes)
    return Description(conditions, boxes.complete)


def _condition(space: Space, box: Box, names: Names) -> Condition:
    asked = [(space.attributes[rank], regions) for rank, regions in box.items()]
    asked.sort(key=lambda one: ORDER[type(one[0])])
    clauses = [
        clause_of(attribute, regions, names)
        for attribute, regions in asked
        if not _goes_without_saying(attribute, regions, asked)
    ]
    who = next((one.words for one in clauses if one.attribute == "email"), None)
    who = who or next((one.words for one in clauses if one.attribute == "credential"), ANYONE)
    if not any(_is_login(attribute, regions) for attribute, regions in asked):
        clauses.append(Clause("credential", "without a login", ("none",)))
    return Condition(who, tuple(sorted(clauses, key=lambda clause: clause.is_fact)))


def _is_login(attribute: Attribute, regions: int) -> bool:
    """Tell whether a condition already implies or says whether there is a login."""
    if isinstance(attribute, Credential):
        both = 1 << Credential.PERSON | 1 << Credential.NOTHING
        return regions & both != both
    return isinstance(attribute, (Email, Provider))


def _goes_without_saying(
    attribute: Attribute, regions: int, asked: Sequence[tuple[Attribute, int]]
) -> bool:
    """Tell whether another condition implies this one: an e-mail address implies a login."""
    if isinstance(attribute, Credential):
        known = any(isinstance(other, Email) for other, _ in asked)
        return known and regions == 1 << Credential.PERSON
    if isinstance(attribute, Provider):
        through = {
            other.atom[1]
            for other, where in asked
            if isinstance(other, Member) and where == YesNo.YES
        }
        named = {value for n, value in enumerate(attribute.values) if regions >> n & 1}
        return bool(through) and named == through and not regions >> attribute.other & 1
    return False
