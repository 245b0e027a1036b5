"""The algebra of everybody who could exist: reduced, ordered, multi-valued decision diagrams.

A node tests one attribute; its edges are sets of regions. Attributes come in the same order on all
paths, and equal sets are the same node. So two formulas are equivalent exactly if they are the same
number, and their difference is a diagram again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, TypeAlias

from .atoms import Atom
from .errors import TooLargeError
from .space import Literal, Space

Node: TypeAlias = int
Edges: TypeAlias = tuple[tuple[int, Node], ...]
"""Sets of regions, each with the node that they lead to."""

NODE_LIMIT: Final = 50_000
_LEAF_RANK: Final = 1 << 60


class Diagram:
    """Decision diagrams over the attributes of one space. 0 is nothing, 1 is everything."""

    nothing: Final[Node] = 0
    everything: Final[Node] = 1

    def __init__(self, space: Space, *, limit: int = NODE_LIMIT) -> None:
        self.space: Final = space
        self.limit = limit
        self.ranks: Final[list[int]] = [_LEAF_RANK, _LEAF_RANK]
        self.edges: Final[list[Edges]] = [(), ()]
        self._node: dict[tuple[int, Edges], Node] = {}
        self._both: dict[tuple[Node, Node], Node] = {}
        self._not: dict[Node, Node] = {0: 1, 1: 0}
        self._atoms: dict[Atom, Node] = {}

    def __len__(self) -> int:
        return len(self.ranks)

    def node(self, rank: int, edges: Iterable[tuple[int, Node]]) -> Node:
        """Return the node with these edges, or the child if all edges lead to the same one.

        Raises TooLargeError above the limit.
        """
        by_child: dict[Node, int] = {}
        for regions, child in edges:
            if regions:
                by_child[child] = by_child.get(child, 0) | regions
        if len(by_child) == 1:
            return next(iter(by_child))
        key = rank, tuple(sorted((regions, child) for child, regions in by_child.items()))
        found = self._node.get(key)
        if found is None:
            found = self._node[key] = len(self.ranks)
            if found > self.limit:
                raise TooLargeError(f"the decision diagram has more than {self.limit:,} nodes")
            self.ranks.append(rank)
            self.edges.append(key[1])
        return found

    def literal(self, literal: Literal) -> Node:
        """Return the set of requests whose attribute is in the literal's regions."""
        rank, regions = literal
        every = self.space.every[rank]
        return self.node(rank, ((regions, 1), (every ^ regions, 0)))

    def conjunction(self, literals: Iterable[Literal]) -> Node:
        """Return the set of requests for which all literals hold."""
        found = 1
        for rank, regions in sorted(literals, reverse=True):
            every = self.space.every[rank]
            found = self.node(rank, ((regions, found), (every ^ regions, 0)))
        return found

    def atom(self, atom: Atom) -> Node:
        """Return the set of requests for which an atom holds."""
        found = self._atoms.get(atom)
        if found is None:
            conjunctions = self.space.holds(atom)
            found = self._atoms[atom] = self.any_of((), map(self.conjunction, conjunctions))
        return found

    def complement(self, node: Node) -> Node:
        """Return the complement of a set."""
        found = self._not.get(node)
        if found is None:
            edges = [(regions, self.complement(child)) for regions, child in self.edges[node]]
            found = self._not[node] = self.node(self.ranks[node], edges)
            self._not[found] = node
        return found

    def both(self, one: Node, other: Node) -> Node:
        """Return the intersection."""
        if other in {one, 1}:
            return one
        if one == 1:
            return other
        if not one or not other:
            return 0
        if one > other:
            one, other = other, one
        key = one, other
        found = self._both.get(key)
        if found is None:
            rank, second = self.ranks[one], self.ranks[other]
            both = self.both
            if rank < second:
                edges = [(regions, both(child, other)) for regions, child in self.edges[one]]
            elif second < rank:
                rank = second
                edges = [(regions, both(one, child)) for regions, child in self.edges[other]]
            else:
                edges = [
                    (common, both(child, second_child))
                    for regions, child in self.edges[one]
                    for second_regions, second_child in self.edges[other]
                    if (common := regions & second_regions)
                ]
            found = self._both[key] = self.node(rank, edges)
        return found

    def but(self, one: Node, other: Node) -> Node:
        """Return the difference: what is in the first and not in the second."""
        return self.both(one, self.complement(other))

    def either(self, one: Node, other: Node) -> Node:
        """Return the union of two sets."""
        return self.complement(self.both(self.complement(one), self.complement(other)))

    def any_of(self, atoms: Sequence[Atom], others: Iterable[Node] = ()) -> Node:
        """Return the union. Atoms that test the same single attribute become one node."""
        regions: dict[int, int] = {}
        rest: list[Node] = []
        for atom in atoms:
            conjunctions = self.space.holds(atom)
            if len(conjunctions) == 1 and len(conjunctions[0]) == 1:
                ((rank, where),) = conjunctions[0]
                regions[rank] = regions.get(rank, 0) | where
            else:
                rest.append(self.atom(atom))
        rest += others
        rest += map(self.literal, regions.items())
        while len(rest) > 1:
            pairs = zip(rest[::2], [*rest[1::2], 0], strict=False)
            rest = [self.either(*pair) if pair[1] else pair[0] for pair in pairs]
        return rest[0] if rest else 0

    def given(self, node: Node, literals: Mapping[int, int]) -> Node:
        """Return the set restricted to requests whose attributes are in these regions, by rank.

        Outside of the regions, the result is arbitrary.
        """
        return self._given(node, literals, {0: 0, 1: 1}) if literals else node

    def _given(self, node: Node, literals: Mapping[int, int], done: dict[Node, Node]) -> Node:
        found = done.get(node)
        if found is None:
            rank = self.ranks[node]
            within = literals.get(rank)
            edges = [
                (regions, self._given(child, literals, done))
                for regions, child in self.edges[node]
                if within is None or regions & within
            ]
            if within is not None:
                # Excluded regions get the child of an allowed one, so that the node can vanish.
                edges = [(regions & within, child) for regions, child in edges]
                edges.append((self.space.every[rank] & ~within, edges[0][1]))
            found = done[node] = self.node(rank, edges)
        return found

    # ---------------------------------------------------------------------- attributes and facts

    def support(self, node: Node) -> set[int]:
        """Return the ranks of the attributes that a set depends on."""
        seen: set[Node] = {0, 1}
        ranks: set[int] = set()
        waiting = [node]
        while waiting:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                ranks.add(self.ranks[at])
                waiting += [child for _, child in self.edges[at]]
        return ranks

    def surely(self, node: Node) -> Node:
        """Return the requests that are in a set for all values of the facts."""
        return self._without_facts(node, {0: 0, 1: 1}, at_fact=0)

    def possibly(self, node: Node) -> Node:
        """Return the requests that are in a set for some values of the facts."""
        return self._without_facts(node, {0: 0, 1: 1}, at_fact=1)

    def _without_facts(self, node: Node, done: dict[Node, Node], *, at_fact: Node) -> Node:
        """Replace every node of a fact with `at_fact`.

        Facts come last on a path, so where one is tested, the outcome depends on facts.
        """
        found = done.get(node)
        if found is None:
            rank = self.ranks[node]
            found = at_fact
            if rank < self.space.first_fact:
                edges = [
                    (regions, self._without_facts(child, done, at_fact=at_fact))
                    for regions, child in self.edges[node]
                ]
                found = self.node(rank, edges)
            done[node] = found
        return found


@contextmanager
def deep(space: Space) -> Iterator[None]:
    """Raise Python's recursion limit: the diagram recurses once for each attribute."""
    before = sys.getrecursionlimit()
    needed = 4 * len(space.attributes) + 1_000
    sys.setrecursionlimit(max(before, needed))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
