"""The operations on sets of requests that the semantics need, whatever represents a set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from .atoms import Atom

T = TypeVar("T")


class Algebra(Protocol[T]):
    """Sets of requests: all, none, those for which an atom holds, and operations on them."""

    @property
    def everything(self) -> T:
        """All requests."""
        ...

    @property
    def nothing(self) -> T:
        """No request."""
        ...

    def atom(self, atom: Atom) -> T:
        """Return the requests for which an atom holds."""
        ...

    def both(self, one: T, other: T) -> T:
        """Return the intersection."""
        ...

    def but(self, one: T, other: T) -> T:
        """Return the difference: what is in the first and not in the second."""
        ...

    def any_of(self, atoms: Sequence[Atom], others: Iterable[T] = ()) -> T:
        """Return the union of the sets of the atoms and of the other sets."""
        ...


class Collect:
    """An algebra that only collects the atoms that are used, in their order."""

    everything = None
    nothing = None

    def __init__(self) -> None:
        self.atoms: dict[Atom, None] = {}

    def atom(self, atom: Atom) -> None:
        """Note an atom."""
        self.atoms.setdefault(atom)

    def both(self, one: None, other: None) -> None:
        """Do nothing."""

    def but(self, one: None, other: None) -> None:
        """Do nothing."""

    def any_of(self, atoms: Sequence[Atom], others: Iterable[None] = ()) -> None:
        """Note atoms."""
        for _ in others:
            pass
        for atom in atoms:
            self.atoms.setdefault(atom)
