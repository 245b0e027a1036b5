"""The algebra of known people: who surely is in a set, and who possibly is.

A value is a pair of sets. Both are exact of somebody of whom everything is known that is asked; of
others they are bounds: whoever is surely in is, and whoever possibly is may turn out not to be.
`exact` in `reading_people` says who really depends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from .atoms import GROUPS_AT_PROVIDERS, Atom
from .population import People, PeopleSet
from .space import Space

Bounds: TypeAlias = tuple[PeopleSet, PeopleSet]
"""Who surely is in, and who possibly is."""


class Sets:
    """Sets of known people."""

    def __init__(self, people: People) -> None:
        self.people: Final = people
        self.everything: Final[Bounds] = (people.everybody, people.everybody)
        self.nothing: Final[Bounds] = (0, 0)
        self._atoms: dict[Atom, Bounds] = {}

    def atom(self, atom: Atom) -> Bounds:
        """Return of whom an atom is so."""
        if atom[0] in GROUPS_AT_PROVIDERS:
            # There are many, most are asked once, and what they are made of is kept.
            return self._bounds(atom)
        found = self._atoms.get(atom)
        if found is None:
            found = self._atoms[atom] = self._bounds(atom)
        return found

    def _bounds(self, atom: Atom) -> Bounds:
        people, everybody = self.people, self.people.everybody
        space = Space((atom,))
        surely = possibly = 0
        for conjunction in space.holds(atom):
            must = may = everybody
            for rank, regions in conjunction:
                attribute = space.attributes[rank]
                must &= everybody ^ attribute.may(people, attribute.every ^ regions)
                may &= attribute.may(people, regions)
            surely |= must
            possibly |= may
        return _bounds(surely, possibly)

    def both(self, one: Bounds, other: Bounds) -> Bounds:
        """Return who is in both."""
        if one[0] is one[1] and other[0] is other[1]:
            both = one[0] & other[0]
            return both, both
        return _bounds(one[0] & other[0], one[1] & other[1])

    def but(self, one: Bounds, other: Bounds) -> Bounds:
        """Return who is in the first and not in the second."""
        # a ^ (a & b) is many times faster than a & ~b.
        surely, possibly = one
        if surely is possibly and other[0] is other[1]:
            rest = surely ^ (surely & other[0])
            return rest, rest
        return _bounds(surely ^ (surely & other[1]), possibly ^ (possibly & other[0]))

    def any_of(self, atoms: Sequence[Atom], others: Iterable[Bounds] = ()) -> Bounds:
        """Return who is in any of them. Addresses are looked up together."""
        addresses = [atom[1] for atom in atoms if atom[0] == "email"]
        surely = possibly = self.people.at_addresses(addresses) if addresses else 0
        for atom in atoms:
            if atom[0] != "email":
                must, may = self.atom(atom)
                surely |= must
                possibly |= may
        for must, may in others:
            surely |= must
            possibly |= may
        return _bounds(surely, possibly)


def _bounds(surely: PeopleSet, possibly: PeopleSet) -> Bounds:
    """Keep one set where both are the same: it is smaller, and faster to go on with."""
    return (surely, surely) if surely == possibly else (surely, possibly)
