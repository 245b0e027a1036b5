"""Sets of everybody who could exist, of one or several worlds, in one diagram."""

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
    """What several questions about several worlds come to, in one diagram that compares them.

    A question is a function of the semantics of its world: the same for every algebra.
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
        """The answers to questions for sets."""
        return self.answers


def _each(
    questions: Sequence[tuple[World, Callable[[Semantics[Any]], Any]]], algebra: Any
) -> list[tuple[Semantics[Any], Callable[[Semantics[Any]], Any]]]:
    """Give every world its semantics, once."""
    semantics: dict[int, Semantics[Any]] = {}
    for world, _ in questions:
        semantics.setdefault(id(world), Semantics(world, algebra))
    return [(semantics[id(world)], question) for world, question in questions]
