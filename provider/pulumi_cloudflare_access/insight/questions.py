"""Who gets in where: one person at one place, known people at one place, one person everywhere."""

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
    """Whether somebody gets in. DEPENDS: it depends on unknowns."""

    YES = "yes"
    NO = "no"
    DEPENDS = "depends"


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether somebody gets in. True if they surely do.

    `on` are the unknowns that a DEPENDS depends on, in words. `exact` is False if the question was
    too large; a DEPENDS may then be a yes or a no.
    """

    outcome: Outcome
    on: tuple[str, ...] = ()
    exact: bool = True

    def __bool__(self) -> bool:
        return self.outcome is Outcome.YES


@dataclass(frozen=True, slots=True)
class Who:
    """Which known people get in at a place: surely, or depending on unknowns.

    `exact` is False if the question was too large; some of `possibly` may then be certain.
    """

    place: str
    surely: tuple[Subject, ...]
    possibly: tuple[Subject, ...]
    exact: bool = True


def can(world: World, who: str | Subject, where: str) -> Answer:
    """Return whether somebody gets in at a place.

    `who` is a person or a service. A text is the e-mail address of a person about whom nothing else
    is known. `where` is a URL, a place as it is declared, or the name of an application. Raises
    UnknownPlaceError.
    """
    return answer(world, subject_of(who), directory(world).find(where))


def subject_of(who: str | Subject) -> Subject:
    """Return the subject, or a person with this e-mail address."""
    return Person(who) if isinstance(who, str) else who


def answer(world: World, subject: Subject, answering: Answering) -> Answer:
    """Return whether somebody gets in where an application answers."""
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
    """Return which known people get in at a place. `where` is as for `can`.

    Exact even for people with unknown attributes. Raises UnknownPlaceError.
    """
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
    """Return who surely and who possibly gets in, and whether the result is exact."""
    bounds: Bounds = Semantics(world, Sets(people)).at(answering)
    if bounds[0] == bounds[1]:
        return bounds, True
    try:
        formulas = Formulas([(world, lambda semantics: semantics.at(answering))])
    except TooLargeError:
        return bounds, False
    return Known(people, formulas.diagram).bounds(formulas.nodes[0]), True


def what_can(world: World, who: str | Subject) -> Mapping[str, Answer]:
    """Return whether somebody gets in, for every place of a world, by the place's name.

    `who` is as for `can`.
    """
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
    """Return who surely and who possibly gets in at every place, as sets of `people`.

    These are bounds: exact for people about whom everything relevant is known. For others,
    `who_can` is exact.
    """
    semantics: Semantics[Bounds] = Semantics(world, Sets(people))
    return {place.name: semantics.at(place.answering[0]) for place in places(world)}


LIMIT: Final = NODE_LIMIT
