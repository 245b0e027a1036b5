"""What the semantics need of sets of requests, whatever a set is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from .atoms import Atom

T = TypeVar("T")


class Algebra(Protocol[T]):
    """Sets of requests: everything, nothing, where an atom holds, and what one makes of them."""

    @property
    def everything(self) -> T:
        """All requests."""
        ...

    @property
    def nothing(self) -> T:
        """No request."""
        ...

    def atom(self, atom: Atom) -> T:
        """Return the requests of which an atom is so."""
        ...

    def both(self, one: T, other: T) -> T:
        """Return what is in both."""
        ...

    def but(self, one: T, other: T) -> T:
        """Return what is in the first and not in the second."""
        ...

    def any_of(self, atoms: Sequence[Atom], others: Iterable[T] = ()) -> T:
        """Return what is in any: of which an atom is so, or which is in one of the others."""
        ...


class Collect:
    """An algebra that only notes which atoms are asked, in their order."""

    everything = None
    nothing = None

    def __init__(self) -> None:
        self.atoms: dict[Atom, None] = {}

    def atom(self, atom: Atom) -> None:
        """Note an atom."""
        self.atoms.setdefault(atom)

    def both(self, one: None, other: None) -> None:
        """Make nothing of it."""

    def but(self, one: None, other: None) -> None:
        """Make nothing of it."""

    def any_of(self, atoms: Sequence[Atom], others: Iterable[None] = ()) -> None:
        """Note atoms."""
        for _ in others:
            pass
        for atom in atoms:
            self.atoms.setdefault(atom)
