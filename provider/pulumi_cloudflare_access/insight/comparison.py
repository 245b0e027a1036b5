"""Compares two worlds: who gains and who loses access at every place, and which terms change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

from . import how
from .atoms import Atom
from .attributes import OneOf, YesNo
from .boxes import boxes_of, widest
from .characters import shown
from .circuit import decide
from .diagram import NODE_LIMIT, Diagram, Node, deep
from .errors import TooLargeError
from .explanation import Explanation, explain_at
from .finding import Finding, findings
from .fingerprints import Fingerprints, Interner
from .formulas import Formulas
from .known import Known
from .names import Names
from .places import PUBLIC, Place, places
from .population import People
from .rights import NO_RIGHTS, RightsComparison, compare_rights
from .semantics import Answering, Semantics
from .sets import Bounds, Sets
from .subjects import Subject
from .unknowns import POLICIES_NOT_READ, PROTECTION, unknown
from .witness import Witness, witness_of
from .words import NONE, Condition, Description, describe
from .world import World


class Verdict(Enum):
    """What a change does to the access to one place, for everybody who could exist."""

    OPENED = "opened"
    """It loses its last application: anyone who can reach it gets in, as far as the input says."""
    GUARDED = "guarded"
    """It gets its first application."""
    WIDER = "wider"
    """Somebody gains access, and nobody loses it."""
    NARROWER = "narrower"
    """Somebody loses access, and nobody gains it."""
    BOTH = "both"
    """Somebody gains access, and somebody loses it."""
    HOW = "how"
    """The same people get in, but on other terms: with approval, with MFA, for longer …"""
    SAME = "same"
    """Proved to be the same for everybody."""
    UNDECIDED = "undecided"
    """It depends on unknowns, or it was too large to compute."""


class Certainty(Enum):
    """Whether a set contains anybody: never, for some values of the unknowns, or for all."""

    NO = "no"
    POSSIBLY = "possibly"
    SURELY = "surely"


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """The known people who are concerned: surely, or depending on what is not known about them.

    `exact` is False if the question was too large; some of `possibly` may then be certain.
    """

    surely: tuple[Subject, ...] = ()
    possibly: tuple[Subject, ...] = ()
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Difference:
    """Those who gain access, or those who lose it. False if it surely is nobody."""

    certainty: Certainty
    """Whether there is anybody."""
    who: Description = NONE
    """All of them, in words."""
    witness: Witness | None = None
    """One of them."""
    because: Explanation | None = None
    """Why the witness gets in, in the world that lets it in."""
    instead: Explanation | None = None
    """Why the witness does not get in, in the other world."""
    known: KnownPeople = KnownPeople()
    """The known people among them."""
    sessions: str | None = None
    """How long those who lose access may keep a session; None: it ends at the next request."""

    def __bool__(self) -> bool:
        return self.certainty is not Certainty.NO


NOBODY: Final = Difference(Certainty.NO)


@dataclass(frozen=True, slots=True)
class HowChange:
    """A term that changes for people who get in both before and after."""

    facet: str
    """What changes: "login", "approval", "session" or another of `how.FACETS`."""
    before: str
    """The requirement before; empty if there was none."""
    after: str
    """The requirement after; empty if there is none."""
    less: bool | None
    """Whether less is required than before; None if it is neither less nor more."""
    who: Description
    """For whom it changes."""


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """What a change does at one place."""

    place: Place
    verdict: Verdict
    certain: bool = True
    """Whether the verdict holds for all values of the unknowns."""
    gains: Difference = NOBODY
    losses: Difference = NOBODY
    how: tuple[HowChange, ...] = ()
    """What changes for those who get in before and after."""
    unknowns: tuple[str, ...] = ()
    """The unknowns that the change depends on, as sentences."""
    before: tuple[str, ...] = ()
    """The names of the applications that answer before; empty if nothing guards the place."""
    after: tuple[str, ...] = ()
    """The same, after the change."""
    audience: Description | None = None
    """Who gets in after the change, if the place gets its first application; else None."""
    too_large: bool = False
    """Whether the decision diagram was too large."""
    is_read: bool = True
    """Whether all policies that the change depends on have been read."""

    @property
    def name(self) -> str:
        """The name of the place, fit for a terminal."""
        return shown(self.place.name)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change does, place by place, and to IAM rights.

    `findings` are those of the world after the change. `new_findings` are the ones among them that
    the world before the change did not have.
    """

    places: tuple[PlaceChange, ...]
    rights: RightsComparison = NO_RIGHTS
    findings: tuple[Finding, ...] = ()
    new_findings: tuple[Finding, ...] = ()

    def with_verdict(self, *verdicts: Verdict) -> list[PlaceChange]:
        """Return the places with one of these verdicts."""
        return [place for place in self.places if place.verdict in verdicts]

    @property
    def changes(self) -> list[PlaceChange]:
        """The places at which something changes or may change."""
        return [place for place in self.places if place.verdict is not Verdict.SAME]

    def count(self) -> Mapping[Verdict, int]:
        """Return how many places have each verdict."""
        return {verdict: len(self.with_verdict(verdict)) for verdict in Verdict}


@dataclass(frozen=True)
class Comparer:
    """Compares two worlds. The fields are explained at the function `compare`."""

    old: World
    new: World
    people: People | None = None
    limit: int = NODE_LIMIT
    _names: Names = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_names", Names(self.old, self.new))

    def compare(self, only: Iterable[str] | None = None) -> Comparison:
        """Compare place by place. With `only`, just the places where these applications answer."""
        return Comparison(tuple(self._places(only)))

    def _places(self, only: Iterable[str] | None) -> Iterator[PlaceChange]:
        interner = Interner()
        before, after = Fingerprints(self.old, interner), Fingerprints(self.new, interner)
        for place in places(self.old, self.new, only=only):
            was, now = place.answering
            if before.answering(was) == after.answering(now):
                yield self._change(place, Verdict.SAME)
            else:
                yield self.at(place)

    def whole(self) -> Comparison:
        """Compare everything: places, rights and findings."""
        compared = self.compare()
        concerned = {
            key
            for change in compared.changes
            for answering in change.place.answering
            for key in answering.keys
        }
        before = set(findings(self.old, applications=concerned, limit=self.limit))
        after = findings(self.new, applications=concerned, limit=self.limit)
        return Comparison(
            compared.places,
            compare_rights(self.old, self.new),
            tuple(after),
            tuple(finding for finding in after if finding not in before),
        )

    def _change(self, place: Place, verdict: Verdict, **more: Any) -> PlaceChange:
        was, now = place.answering
        return PlaceChange(
            place,
            verdict,
            before=_called(self.old, was),
            after=_called(self.new, now),
            **more,
        )

    def at(self, place: Place) -> PlaceChange:
        """Compare one place."""
        was, now = place.answering
        try:
            formulas = Formulas(
                [
                    (self.old, lambda semantics: semantics.at(was)),
                    (self.new, lambda semantics: semantics.at(now)),
                ],
                limit=self.limit,
            )
            # The descriptions are computed from the diagram, and need nodes of their own.
            formulas.diagram.limit *= _ROOM_FOR_WORDS
            with deep(formulas.space):
                return _Place(self, place, formulas).change()
        except TooLargeError:
            return self._too_large(place)

    def _too_large(self, place: Place) -> PlaceChange:
        """Compare a place whose diagram is too large, with a solver if one is installed."""
        was, now = place.answering
        decided = decide(
            (self.old, lambda semantics: semantics.at(was)),
            (self.new, lambda semantics: semantics.at(now)),
        )
        gains_known, losses_known = self._bounds(was, now)
        if decided is None:
            return self._change(
                place,
                Verdict.UNDECIDED,
                certain=False,
                gains=Difference(Certainty.POSSIBLY, known=gains_known),
                losses=Difference(Certainty.POSSIBLY, known=losses_known),
                too_large=True,
            )
        gains, losses = (
            Difference(
                Certainty.NO if box is None else Certainty.POSSIBLY if unsure else Certainty.SURELY,
                witness=None if box is None else witness_of(decided.space, box, self._names),
                known=known,
            )
            for (box, unsure), known in (
                (decided.gain, gains_known),
                (decided.loss, losses_known),
            )
        )
        verdict, certain = _verdict(gains.certainty, losses.certainty)
        verdict = _of_place(place, verdict, self.new)
        return self._change(
            place, verdict, certain=certain, gains=gains, losses=losses, too_large=True
        )

    def _bounds(self, was: Answering, now: Answering) -> tuple[KnownPeople, KnownPeople]:
        """Return which known people gain and lose access, as far as bounds tell."""
        people = self.people
        if people is None:
            return KnownPeople(exact=False), KnownPeople(exact=False)
        before: Bounds = Semantics(self.old, Sets(people)).at(was)
        after: Bounds = Semantics(self.new, Sets(people)).at(now)
        algebra = Sets(people)
        gains, losses = algebra.but(after, before), algebra.but(before, after)
        return _known_people(people, gains, exact=False), _known_people(people, losses, exact=False)


def _called(world: World, answering: Answering) -> tuple[str, ...]:
    return tuple(shown(world.applications[key].name) for key in answering.keys)


def _known_people(people: People, bounds: Bounds, *, exact: bool = True) -> KnownPeople:
    surely, possibly = bounds
    return KnownPeople(
        tuple(people.members(surely)), tuple(people.members(possibly ^ surely)), exact
    )


class _Place:
    """One place, with the diagram of who gets in before and after."""

    def __init__(self, comparer: Comparer, place: Place, formulas: Formulas) -> None:
        self._comparer = comparer
        self._place = place
        self._diagram: Diagram = formulas.diagram
        self._names = comparer._names  # noqa: SLF001 - of this module
        self._was, self._now = formulas.nodes
        self._known = None if comparer.people is None else Known(comparer.people, self._diagram)

    def change(self) -> PlaceChange:
        """Return what changes."""
        diagram = self._diagram
        gained = diagram.but(self._now, self._was)
        lost = diagram.but(self._was, self._now)
        verdict, certain = _verdict(self._certainty(gained), self._certainty(lost))
        verdict = _of_place(self._place, verdict, self._comparer.new)
        otherwise = () if verdict in _ALTOGETHER else self._how()
        unknowns = self._unknowns(gained, lost)
        if verdict is Verdict.SAME and otherwise:
            verdict = Verdict.HOW
        elif verdict in _ALTOGETHER:
            # Whether an unguarded place is open may be unknown. It is described as if it were open.
            gained, lost = (diagram.given(node, self._unprotected) for node in (gained, lost))
        gains = self._difference(gained, gaining=True)
        losses = self._difference(lost, gaining=False)
        if verdict is Verdict.OPENED:
            gains = replace(gains, who=EVERYBODY)
        elif verdict is Verdict.GUARDED:
            losses = replace(losses, who=EVERYBODY_ELSE)
        return self._comparer._change(  # noqa: SLF001 - of this module
            self._place,
            verdict,
            certain=certain,
            gains=gains,
            losses=losses,
            how=otherwise,
            unknowns=unknowns,
            audience=self._described(self._now) if verdict is Verdict.GUARDED else None,
            is_read=self._is_read(gained, lost),
        )

    @property
    def _unprotected(self) -> dict[int, int]:
        """The assumption that the account leaves unguarded places open, if that is unknown."""
        rank = self._diagram.space.rank.get(unknown(PROTECTION))
        return {} if rank is None else {rank: YesNo.NO}

    def _certainty(self, node: Node) -> Certainty:
        """Return whether a set contains anybody."""
        if not node:
            return Certainty.NO
        return Certainty.SURELY if self._diagram.surely(node) else Certainty.POSSIBLY

    def _described(self, node: Node) -> Description:
        """Return a set in words. If it depends on many facts, these are left out."""
        if len(self._facts_of(node)) > _FACTS_IN_WORDS:
            node = self._diagram.possibly(node)
        return describe(self._diagram.space, boxes_of(self._diagram, node), self._names)

    def _unknowns(self, *nodes: Node) -> tuple[str, ...]:
        """Return the unknowns that a change depends on, as sentences."""
        return tuple(dict.fromkeys(map(self._names.unknown, self._unknown_atoms(nodes))))

    def _is_read(self, *nodes: Node) -> bool:
        """Tell whether all policies that a change depends on have been read."""
        return all(atom[1] != POLICIES_NOT_READ for atom in self._unknown_atoms(nodes))

    def _unknown_atoms(self, nodes: Iterable[Node]) -> Iterator[Atom]:
        attributes = self._diagram.space.attributes
        for rank in sorted({rank for node in nodes for rank in self._facts_of(node)}):
            attribute = attributes[rank]
            yield attribute.atoms[0] if isinstance(attribute, OneOf) else _atom_of(attribute)

    def _facts_of(self, node: Node) -> list[int]:
        """Return the facts that a set depends on."""
        first = self._diagram.space.first_fact
        return [rank for rank in self._diagram.support(node) if rank >= first]

    def _difference(self, node: Node, *, gaining: bool) -> Difference:
        certainty = self._certainty(node)
        if certainty is Certainty.NO:
            return NOBODY
        diagram, space = self._diagram, self._diagram.space
        widest_part = widest(diagram, diagram.surely(node) or node)
        witness = witness_of(space, widest_part, self._names)
        who = "somebody of a secret rule" if witness.has_secret else ""
        sides = [
            explain_at(world, witness.subject, answering, self._names, who=who)
            for world, answering in zip(
                (self._comparer.old, self._comparer.new), self._place.answering, strict=True
            )
        ]
        known = KnownPeople()
        if self._known is not None:
            known = _known_people(self._known.people, self._known.bounds(node))
        return Difference(
            certainty,
            who=self._described(node),
            witness=witness,
            because=sides[1] if gaining else sides[0],
            instead=sides[0] if gaining else sides[1],
            known=known,
            sessions=None if gaining else self._sessions(node),
        )

    # ------------------------------------------------------------------------------- how, and when

    def _manners(self, world: World, answering: Answering) -> list[how.Manner]:
        """Return whom each policy lets in, and on which terms, in one world."""
        terms = how.terms_at(world, answering)
        sets = how.manners(world, answering, Semantics(world, self._diagram))
        return [
            how.Manner(one, who) for one, who in zip(terms, sets, strict=True) if one is not None
        ]

    def _how(self) -> tuple[HowChange, ...]:
        """Return the terms that change for those who get in before and after."""
        comparer, (was, now) = self._comparer, self._place.answering
        before, after = how.terms_at(comparer.old, was), how.terms_at(comparer.new, now)
        asked = [one for one in (*before, *after) if one is not None]
        if all(one == asked[0] for one in asked):
            return ()
        return tuple(
            HowChange(
                one.facet,
                shown(one.before),
                shown(one.after),
                how.widening(one.facet, one.before, one.after),
                self._described(one.who),
            )
            for one in how.differences(
                self._diagram, self._manners(comparer.old, was), self._manners(comparer.new, now)
            )
        )

    def _sessions(self, lost: Node) -> str | None:
        """Return how long those who lose access may keep a session."""
        manners = self._manners(self._comparer.old, self._place.answering[0])
        return how.longest(
            manner.terms[how.SESSION]
            for manner in manners
            if manner.terms[how.LOGIN] == _WITH_LOGIN and self._diagram.both(manner.who, lost)
        )


_FACTS_IN_WORDS: Final = 6
_ROOM_FOR_WORDS: Final = 4
_WITH_LOGIN: Final = "with a login"
_ALTOGETHER: Final = frozenset((Verdict.OPENED, Verdict.GUARDED))
EVERYBODY: Final = Description((Condition("anyone who can reach it", ()),))
EVERYBODY_ELSE: Final = Description((Condition("anyone else who can reach it", ()),))


def _atom_of(attribute: Any) -> tuple[str, ...]:
    atom: tuple[str, ...] = attribute.atom
    return atom


def _verdict(gains: Certainty, losses: Certainty) -> tuple[Verdict, bool]:
    """Return the verdict, and whether it holds for all values of the unknowns."""
    no = Certainty.NO
    certain = Certainty.POSSIBLY not in {gains, losses}
    if gains is no and losses is no:
        return Verdict.SAME, True
    if losses is no:
        return Verdict.WIDER, certain
    if gains is no:
        return Verdict.NARROWER, certain
    if Certainty.SURELY in {gains, losses}:
        return Verdict.BOTH, certain
    return Verdict.UNDECIDED, False


def _of_place(place: Place, verdict: Verdict, new: World) -> Verdict:
    """Replace the verdict of a place that gets its first application or loses its last."""
    was, now = place.answering
    if place.kind != PUBLIC or new.access_protection or bool(was.keys) == bool(now.keys):
        return verdict
    return Verdict.OPENED if was.keys else Verdict.GUARDED


def compare(
    old: World,
    new: World,
    people: Sequence[Subject] | People | None = None,
    *,
    only: Iterable[str] | None = None,
    limit: int = NODE_LIMIT,
) -> Comparison:
    """Compare two worlds: every place, IAM rights and findings.

    `people` are known people and services; results then list which of them are concerned. `only`
    are keys of applications; only the places where they answer are compared, without rights and
    findings. `limit` is the number of nodes that the decision diagram of one place may have; above
    it, a solver decides, if the extra `prove` is installed.
    """
    known = people if isinstance(people, People) or people is None else People(people)
    comparer = Comparer(old, new, known, limit)
    return comparer.whole() if only is None else comparer.compare(only)
