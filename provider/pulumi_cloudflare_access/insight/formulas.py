"""Sets of everybody who could exist, in one or several worlds, as nodes of one diagram."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from .algebra import Collect
from .diagram import NODE_LIMIT, Diagram, Node, deep
from .semantics import Semantics
from .space import Space
from .world import World

Q = TypeVar("Q")


class Formulas:
    """The answers to questions about one or several worlds, as nodes of one decision diagram.

    A question is a function from the semantics of its world to a set, for any algebra. Raises
    TooLargeError if the diagram gets more than `limit` nodes.
    """

    def __init__(
        self,
        questions: Sequence[tuple[World, Callable[[Semantics[Any]], Any]]],
        *,
        limit: int = NODE_LIMIT,
    ) -> None:
        collect = Collect()
        for semantics, question in _each(questions, collect):
            question(semantics)
        self.space: Final = Space(collect.atoms)
        self.diagram: Final = Diagram(self.space, limit=limit)
        with deep(self.space):
            self.answers: Final[list[Any]] = [
                question(semantics) for semantics, question in _each(questions, self.diagram)
            ]

    @property
    def nodes(self) -> list[Node]:
        """The answers, if every question returns one set."""
        return self.answers


def _each(
    questions: Sequence[tuple[World, Callable[[Semantics[Any]], Any]]], algebra: Any
) -> list[tuple[Semantics[Any], Callable[[Semantics[Any]], Any]]]:
    """Pair every question with the semantics of its world, one for each world."""
    semantics: dict[int, Semantics[Any]] = {}
    for world, _ in questions:
        semantics.setdefault(id(world), Semantics(world, algebra))
    return [(semantics[id(world)], question) for world, question in questions]
