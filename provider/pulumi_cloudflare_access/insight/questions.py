"""Who can get in where: one person at one place, everybody at one place, one person everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from .diagram import NODE_LIMIT
from .errors import TooLargeError
from .formulas import Formulas
from .known import Known
from .names import Names
from .places import directory, places
from .population import People
from .semantics import Answering, Semantics
from .sets import Bounds, Sets
from .subjects import Person, Subject
from .world import World


class Outcome(Enum):
    """Whether somebody gets in. DEPENDS: on something that is not known."""

    YES = "yes"
    NO = "no"
    DEPENDS = "depends"


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether somebody gets in. `on` are the things that a DEPENDS depends on, in words.

    `exact` is False where the question was too large: DEPENDS may then be a yes or a no.
    """

    outcome: Outcome
    on: tuple[str, ...] = ()
    exact: bool = True

    def __bool__(self) -> bool:
        return self.outcome is Outcome.YES


@dataclass(frozen=True, slots=True)
class Who:
    """Who of some known people gets in at a place: surely, or depending on what is not known."""

    place: str
    surely: tuple[Subject, ...]
    possibly: tuple[Subject, ...]
    exact: bool = True


def can(world: World, who: str | Subject, where: str) -> Answer:
    """Tell whether somebody gets in at a place.

    `who`: a person or a service; a text is the e-mail address of somebody of whom nothing else is
    known. `where`: a URL, a place as it is declared, or the name of an application. Raises
    UnknownPlaceError.
    """
    return answer(world, subject_of(who), directory(world).find(where))


def subject_of(who: str | Subject) -> Subject:
    """Return the person with an e-mail address, or the subject itself."""
    return Person(who) if isinstance(who, str) else who


def answer(world: World, subject: Subject, answering: Answering) -> Answer:
    """Tell whether somebody gets in where an application answers."""
    people = People((subject,))

    def question(semantics: Semantics[Any]) -> Any:
        return semantics.at(answering)

    surely, possibly = question(Semantics(world, Sets(people)))
    if surely == possibly:
        return Answer(Outcome.YES if surely else Outcome.NO)
    try:
        formulas = Formulas([(world, question)])
    except TooLargeError:
        return Answer(Outcome.DEPENDS, exact=False)
    known = Known(people, formulas.diagram)
    (node,) = formulas.nodes
    surely, possibly = known.bounds(node)
    if surely == possibly:
        return Answer(Outcome.YES if surely else Outcome.NO)
    names = Names(world)
    return Answer(Outcome.DEPENDS, tuple(known.depends_on(node, names)))


def who_can(world: World, where: str, people: Iterable[Subject] | People) -> Who:
    """Tell who of some known people gets in at a place: exactly, whatever is not known of them."""
    known = people if isinstance(people, People) else People(people)
    answering = directory(world).find(where)
    (surely, possibly), exact = bounds_at(world, answering, known)
    return Who(
        where,
        tuple(known.members(surely)),
        tuple(known.members(possibly ^ surely)),
        exact,
    )


def bounds_at(world: World, answering: Answering, people: People) -> tuple[Bounds, bool]:
    """Return who surely and who possibly gets in, and whether that is exact."""
    bounds: Bounds = Semantics(world, Sets(people)).at(answering)
    if bounds[0] == bounds[1]:
        return bounds, True
    try:
        formulas = Formulas([(world, lambda semantics: semantics.at(answering))])
    except TooLargeError:
        return bounds, False
    return Known(people, formulas.diagram).bounds(formulas.nodes[0]), True


def what_can(world: World, who: str | Subject) -> Mapping[str, Answer]:
    """Tell where somebody gets in: an answer for every place of a world, by its name."""
    subject = subject_of(who)
    people = People((subject,))
    semantics = Semantics(world, Sets(people))
    found: dict[str, Answer] = {}
    for place in places(world):
        surely, possibly = semantics.at(place.answering[0])
        if surely == possibly:
            found[place.name] = Answer(Outcome.YES if surely else Outcome.NO)
        else:
            found[place.name] = answer(world, subject, place.answering[0])
    return found


def everybody(world: World, people: People) -> Mapping[str, Bounds]:
    """Return who surely and who possibly gets in at every place, as sets of people.

    Bounds: whoever of whom everything is known that is asked is in both or in none; of others
    `who_can` tells exactly.
    """
    semantics: Semantics[Bounds] = Semantics(world, Sets(people))
    return {place.name: semantics.at(place.answering[0]) for place in places(world)}


LIMIT: Final = NODE_LIMIT
