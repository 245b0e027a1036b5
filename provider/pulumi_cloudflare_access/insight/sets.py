"""The algebra of known people: who surely is in a set, and who possibly is.

A value is a pair of sets. Both are exact for people about whom everything relevant is known. For
others they are bounds: those who surely are in the set are, but those who possibly are may not be
for any value of the unknowns. `known.Known` gives exact results.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from .atoms import GROUPS_AT_PROVIDERS, Atom
from .population import People, PeopleSet
from .space import Space

Bounds: TypeAlias = tuple[PeopleSet, PeopleSet]
"""Who surely is in a set, and who possibly is."""


class Sets:
    """Sets of known people."""

    def __init__(self, people: People) -> None:
        self.people: Final = people
        self.everything: Final[Bounds] = (people.everybody, people.everybody)
        self.nothing: Final[Bounds] = (0, 0)
        self._atoms: dict[Atom, Bounds] = {}

    def atom(self, atom: Atom) -> Bounds:
        """Return for whom an atom holds."""
        if atom[0] in GROUPS_AT_PROVIDERS:
            # Not kept: there are many, most are used once, and their parts are cached in People.
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
        """Return the intersection."""
        if one[0] is one[1] and other[0] is other[1]:
            both = one[0] & other[0]
            return both, both
        return _bounds(one[0] & other[0], one[1] & other[1])

    def but(self, one: Bounds, other: Bounds) -> Bounds:
        """Return the difference."""
        # a ^ (a & b) is many times faster than a & ~b.
        surely, possibly = one
        if surely is possibly and other[0] is other[1]:
            rest = surely ^ (surely & other[0])
            return rest, rest
        return _bounds(surely ^ (surely & other[1]), possibly ^ (possibly & other[0]))

    def any_of(self, atoms: Sequence[Atom], others: Iterable[Bounds] = ()) -> Bounds:
        """Return the union. E-mail addresses are looked up together."""
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
    """Return one object twice if both sets are equal: it is smaller, and faster to compare."""
    return (surely, surely) if surely == possibly else (surely, possibly)
