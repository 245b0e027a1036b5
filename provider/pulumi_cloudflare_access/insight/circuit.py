"""An algebra for questions that are too large for decision diagrams: formulas for a SAT solver.

The solver is python-sat, from the extra `prove`. Without it, such questions stay undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from .algebra import Collect
from .atoms import Atom
from .boxes import Box
from .semantics import Semantics
from .space import Literal, Space
from .world import World

Signal: TypeAlias = int
"""A formula: 1 is true, -1 is false, n is the n-th gate or literal, and -n is its negation."""
Question: TypeAlias = tuple[World, Callable[[Semantics[Any]], Any]]

TRUE: Final[Signal] = 1
FALSE: Final[Signal] = -1
_ROUNDS: Final = 50


class Circuit:
    """Sets as formulas over "the attribute is in this region", as clauses for a solver."""

    nothing: Final[Signal] = FALSE
    everything: Final[Signal] = TRUE

    def __init__(self, space: Space) -> None:
        self.space: Final = space
        self.clauses: Final[list[list[int]]] = [[TRUE]]
        self._count = 1
        self.first: Final[list[int]] = []
        """The variable of the first region of each attribute."""
        for attribute in space.attributes:
            self.first.append(self._count + 1)
            regions = range(self._count + 1, self._count + 1 + attribute.count)
            self._count += attribute.count
            self.clauses.append(list(regions))
            self._at_most_one(regions)
        self._gates: dict[tuple[Signal, ...], Signal] = {}
        self._literals: dict[Literal, Signal] = {}

    def _at_most_one(self, variables: Sequence[int]) -> None:
        """Require that at most one holds, with helper variables: "an earlier one holds"."""
        before = 0
        for variable in variables:
            if before:
                self.clauses.append([-before, -variable])
            self._count += 1
            after = self._count
            self.clauses.append([-variable, after])
            if before:
                self.clauses.append([-before, after])
            before = after

    def _gate(self, inputs: Iterable[Signal]) -> Signal:
        """Return the disjunction of the inputs."""
        distinct = {one for one in inputs if one != FALSE}
        if TRUE in distinct or any(-one in distinct for one in distinct):
            return TRUE
        if len(distinct) < 2:  # noqa: PLR2004 - no gate is needed
            return next(iter(distinct), FALSE)
        key = tuple(sorted(distinct))
        found = self._gates.get(key)
        if found is None:
            self._count += 1
            found = self._gates[key] = self._count
            self.clauses.append([-found, *key])
            self.clauses.extend([-one, found] for one in key)
        return found

    def _literal(self, literal: Literal) -> Signal:
        found = self._literals.get(literal)
        if found is None:
            rank, regions = literal
            every = self.space.every[rank]
            inverted = regions.bit_count() > self.space.attributes[rank].count / 2
            told = every ^ regions if inverted else regions
            first = self.first[rank]
            found = self._gate(first + n for n in range(told.bit_length()) if told >> n & 1)
            found = self._literals[literal] = -found if inverted else found
        return found

    def atom(self, atom: Atom) -> Signal:
        """Return the formula of an atom."""
        return self.any_of((atom,))

    def both(self, one: Signal, other: Signal) -> Signal:
        """Return the intersection."""
        return -self._gate((-one, -other))

    def but(self, one: Signal, other: Signal) -> Signal:
        """Return the difference."""
        return -self._gate((-one, other))

    def any_of(self, atoms: Sequence[Atom], others: Iterable[Signal] = ()) -> Signal:
        """Return the union."""
        regions: dict[int, int] = {}
        signals: list[Signal] = []
        for atom in atoms:
            for conjunction in self.space.holds(atom):
                if len(conjunction) == 1:
                    ((rank, where),) = conjunction
                    regions[rank] = regions.get(rank, 0) | where
                else:
                    signals.append(-self._gate(-self._literal(one) for one in conjunction))
        signals += map(self._literal, regions.items())
        return self._gate((*signals, *others))


@dataclass(frozen=True, slots=True)
class Decided:
    """What the solver found: a request that gains access and one that loses it, or None.

    The flag beside each says whether that depends on unknowns, as far as the search went.
    """

    space: Space
    gain: tuple[Box | None, bool]
    loss: tuple[Box | None, bool]


def decide(old: Question, new: Question) -> Decided | None:
    """Search for requests that gain and that lose access. None if no solver is installed."""
    solver_of = _solver()
    if solver_of is None:
        return None
    collect = Collect()
    for world, question in (old, new):
        question(Semantics(world, collect))
    space = Space(collect.atoms)
    circuit = Circuit(space)
    was, now = (question(Semantics(world, circuit)) for world, question in (old, new))
    gain, loss = circuit.but(now, was), circuit.but(was, now)
    return Decided(space, _found(circuit, gain, solver_of), _found(circuit, loss, solver_of))


def somebody(circuit: Circuit, signal: Signal) -> tuple[Box | None, bool]:
    """Return a request in the set or None, and whether that depends on unknowns.

    Raises ModuleNotFoundError if no solver is installed.
    """
    solver_of = _solver()
    if solver_of is None:
        raise ModuleNotFoundError("python-sat is not installed: pip install python-sat")
    return _found(circuit, signal, solver_of)


def is_installed() -> bool:
    """Tell whether a solver is installed."""
    return _solver() is not None


def _solver() -> Callable[[list[list[int]]], Any] | None:
    try:
        from pysat.solvers import Minisat22  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        return None
    return lambda clauses: Minisat22(bootstrap_with=clauses)


def _found(circuit: Circuit, signal: Signal, solver_of: Any) -> tuple[Box | None, bool]:
    """Return a request in the set, preferably one that is in it whatever the unknowns are."""
    facts = [rank for rank, one in enumerate(circuit.space.attributes) if one.is_fact]
    with solver_of(circuit.clauses) as solver:
        if signal == FALSE or not solver.solve(assumptions=[signal]):
            return None, False
        first = _box(circuit, solver.get_model())
        if not facts:
            return first, False
        # Try requests that are in the set for some values of the unknowns, until one is in it for
        # all values.
        candidate = first
        for _ in range(_ROUNDS):
            fixed = [
                circuit.first[rank] + regions.bit_length() - 1
                for rank, regions in candidate.items()
                if rank not in facts
            ]
            if not solver.solve(assumptions=[-signal, *fixed]):
                return {rank: one for rank, one in candidate.items() if rank not in facts}, False
            solver.add_clause([-one for one in fixed])
            if not solver.solve(assumptions=[signal]):
                return first, True
            candidate = _box(circuit, solver.get_model())
    return first, True


def _box(circuit: Circuit, model: Sequence[int]) -> Box:
    """Return the regions that a model of the clauses chooses."""
    return {
        rank: 1 << n
        for rank, attribute in enumerate(circuit.space.attributes)
        for n in range(attribute.count)
        if model[circuit.first[rank] + n - 1] > 0
    }
