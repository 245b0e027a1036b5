"""Decision diagrams for known people: exactly who surely is in a set, and who possibly is.

A path through a diagram tests an attribute at most once. So whether some value of the unknown
attributes leads a person into the set is an OR over edges, computed for everybody at once.
"""

from __future__ import annotations

from typing import Final

from .clauses import topic_of
from .diagram import Diagram, Node
from .names import Names
from .population import People, PeopleSet
from .sets import Bounds


class Known:
    """Evaluates the sets of one diagram for known people."""

    def __init__(self, people: People, diagram: Diagram) -> None:
        self.people: Final = people
        self.diagram: Final = diagram
        self._may: dict[tuple[int, int], PeopleSet] = {}
        self._possibly: dict[Node, PeopleSet] = {0: 0, 1: people.everybody}

    def bounds(self, node: Node) -> Bounds:
        """Return who surely is in a set, and who possibly is."""
        outside = self.possibly(self.diagram.complement(node))
        return self.people.everybody ^ outside, self.possibly(node)

    def possibly(self, node: Node) -> PeopleSet:
        """Return who is in a set for some values of their unknown attributes."""
        found = self._possibly.get(node)
        if found is None:
            rank = self.diagram.ranks[node]
            found = 0
            for regions, child in self.diagram.edges[node]:
                if child:
                    may = self._in(rank, regions)
                    if may:
                        found |= may & self.possibly(child)
            self._possibly[node] = found
        return found

    def _in(self, rank: int, regions: int) -> PeopleSet:
        """Return the people whose attribute may be in one of these regions."""
        found = self._may.get((rank, regions))
        if found is None:
            attribute = self.diagram.space.attributes[rank]
            found = self._may[rank, regions] = attribute.may(self.people, regions)
        return found

    def depends_on(self, node: Node, names: Names) -> list[str]:
        """Return what decides whether the only subject is in a set, in words."""
        possible = {rank: self._possible(rank) for rank in self.diagram.support(node)}
        rest = self.diagram.given(node, possible)
        attributes = self.diagram.space.attributes
        asked = sorted(self.diagram.support(rest))
        return list(dict.fromkeys(topic_of(attributes[rank], names) for rank in asked))

    def _possible(self, rank: int) -> int:
        """Return the regions of an attribute that somebody may be in."""
        count = self.diagram.space.attributes[rank].count
        return sum(1 << region for region in range(count) if self._in(rank, 1 << region))
