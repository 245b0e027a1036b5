"""Proofs about everybody who could exist: that nobody else gets in, that two places are equal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from . import circuit
from .algebra import Collect
from .atoms import GROUP, atom_of
from .boxes import boxes_of, widest
from .diagram import NODE_LIMIT, deep
from .errors import InsightError, TooLargeError
from .explanation import Explanation, explain_at
from .formulas import Formulas
from .names import Names
from .places import directory
from .questions import Outcome
from .semantics import Answering, Semantics, keys_of
from .space import Space
from .witness import Witness, witness_of
from .words import NONE, Description, describe
from .world import Application, Rule, World

Given: TypeAlias = "str | Mapping[str, Any] | Rule"
"""People for a statement: `@example.com`, `ada@example.com`, or a rule in the API's form.

A rule about a group may have the group's name in place of its id.
"""
Question: TypeAlias = Callable[[Semantics[Any]], Any]


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a statement holds for everybody who could exist. True if it is proved."""

    outcome: Outcome
    """YES, NO, or DEPENDS: on unknowns, or because it was too large to prove."""
    who: Description = NONE
    """The exceptions to the statement, in words."""
    witness: Witness | None = None
    """One exception."""
    because: Explanation | None = None
    """Why the witness gets in."""
    too_large: bool = False
    """Whether the decision diagram was too large."""
    where: str = ""
    """The place at which the exception is."""

    def __bool__(self) -> bool:
        return self.outcome is Outcome.YES


PROVED: Final = Proof(Outcome.YES)
_WORST_FIRST: Final = (Outcome.NO, Outcome.DEPENDS, Outcome.YES)


def audience(world: World, where: str, *, limit: int = NODE_LIMIT) -> Description:
    """Return in words who gets in at a place.

    `where` is as for `can`. `limit` is the number of nodes that the decision diagram may have.
    Raises UnknownPlaceError and TooLargeError.
    """
    return audience_at(world, directory(world).find(where), limit=limit)


def audience_at(world: World, answering: Answering, *, limit: int = NODE_LIMIT) -> Description:
    """Return in words who gets in where an application answers. Raises TooLargeError."""
    formulas = Formulas([(world, lambda semantics: semantics.at(answering))], limit=limit)
    (node,) = formulas.nodes
    formulas.diagram.limit *= 4
    with deep(formulas.space):
        return describe(formulas.space, boxes_of(formulas.diagram, node), Names(world))


def only(world: World, where: str, *allowed: Given, limit: int = NODE_LIMIT) -> Proof:
    """Prove that nobody else gets in at a place or below it.

    Other applications below the place, open paths and unguarded parts count, too; `Proof.where`
    names the part. `where` is as for `can`. `allowed` are domains (`@example.com`), e-mail
    addresses or rules in the API's form. `limit` is the number of nodes that a decision diagram may
    have; above it, a solver decides, if the extra `prove` is installed. Raises UnknownPlaceError,
    and InsightError for an `allowed` that is none of these.
    """
    rules = [rule_of(world, one) for one in allowed]
    places = directory(world).within(where)
    proofs = [_others(world, answering, rules, limit) for answering in places]
    # The first of the worst.
    return min(proofs, key=lambda proof: _WORST_FIRST.index(proof.outcome))


def _others(world: World, answering: Answering, rules: Iterable[Rule], limit: int) -> Proof:
    """Prove that nobody outside of `rules` gets in where an application answers."""

    def others(semantics: Semantics[Any]) -> Any:
        return semantics.algebra.but(semantics.at(answering), semantics.meant(rules))

    proof = nobody(world, others, answering=answering, limit=limit)
    return replace(proof, where=answering.place)


def equivalent(
    one: World, where: str, other: World, elsewhere: str, *, limit: int = NODE_LIMIT
) -> tuple[Proof, Proof]:
    """Prove that the same people get in at two places, in one world or in two.

    `where` is a place in world `one`, and `elsewhere` a place in world `other`, as for `can`.
    Returns two proofs: that nobody gets in only at the first place, and nobody only at the second.
    `limit` is as for `only`. Raises UnknownPlaceError.
    """
    first, second = directory(one).find(where), directory(other).find(elsewhere)
    return _alone(one, first, other, second, limit), _alone(other, second, one, first, limit)


def _alone(
    world: World, answering: Answering, other: World, elsewhere: Answering, limit: int
) -> Proof:
    """Prove that nobody gets in at the first place only."""
    return _nobody(
        [
            (world, lambda semantics: semantics.at(answering)),
            (other, lambda semantics: semantics.at(elsewhere)),
        ],
        world,
        answering,
        limit,
    )


def never_decide(world: World, application: Application, *, limit: int = NODE_LIMIT) -> list[str]:
    """Return the keys of an application's policies that never decide about anybody.

    Either they match nobody, or earlier policies decide about everybody whom they match. A policy
    for which that depends on unknowns is not returned. Raises TooLargeError above `limit` nodes.
    """
    formulas = Formulas([(world, lambda semantics: semantics.outcomes(application))], limit=limit)
    (outcomes,) = formulas.answers
    deciding = {outcome.policy for outcome in outcomes if outcome.decided}
    return [key for key in keys_of(application.policies) if key not in deciding]


def nobody(
    world: World,
    question: Question,
    *,
    answering: Answering | None = None,
    limit: int = NODE_LIMIT,
) -> Proof:
    """Prove that a set is empty. `answering` is a place, at which an exception is explained."""
    return _nobody([(world, question)], world, answering, limit)


def _nobody(
    questions: list[tuple[World, Question]],
    world: World,
    answering: Answering | None,
    limit: int,
) -> Proof:
    """Prove that the first set, without the second if there is one, is empty."""
    names = Names(*(one for one, _ in questions))
    try:
        formulas = Formulas(questions, limit=limit)
        diagram = formulas.diagram
        diagram.limit *= 4
        with deep(formulas.space):
            node = diagram.but(*formulas.nodes) if len(questions) > 1 else formulas.nodes[0]
            if not node:
                return PROVED
            sure = diagram.surely(node)
            witness = witness_of(formulas.space, widest(diagram, sure or node), names)
            who = describe(formulas.space, boxes_of(diagram, node), names)
            outcome = Outcome.NO if sure else Outcome.DEPENDS
    except TooLargeError:
        return _by_solver(questions, world, answering, names)
    return Proof(outcome, who, witness, _because(world, answering, witness, names))


def _by_solver(
    questions: list[tuple[World, Question]],
    world: World,
    answering: Answering | None,
    names: Names,
) -> Proof:
    """Prove it with a solver, if one is installed."""
    if not circuit.is_installed():
        return Proof(Outcome.DEPENDS, too_large=True)
    collect = Collect()
    for one, question in questions:
        question(Semantics(one, collect))
    gates = circuit.Circuit(Space(collect.atoms))
    signals = [question(Semantics(one, gates)) for one, question in questions]
    signal = gates.but(*signals) if len(signals) > 1 else signals[0]
    box, unsure = circuit.somebody(gates, signal)
    if box is None:
        return PROVED
    witness = witness_of(gates.space, box, names)
    outcome = Outcome.DEPENDS if unsure else Outcome.NO
    because = _because(world, answering, witness, names)
    return Proof(outcome, NONE, witness, because, too_large=True)


def _because(
    world: World, answering: Answering | None, witness: Witness, names: Names
) -> Explanation | None:
    if answering is None:
        return None
    who = "somebody of a secret rule" if witness.has_secret else ""
    return explain_at(world, witness.subject, answering, names, who=who)


def rule_of(world: World, given: Given) -> Rule:
    """Return the rule for a text or for a rule in the API's form. Raises InsightError."""
    if isinstance(given, Rule):
        return given
    if isinstance(given, str):
        local, at, domain = given.strip().rpartition("@")
        if not at or not domain:
            raise InsightError(f'"{given}" is neither an e-mail address nor a domain with its @.')
        wire: Mapping[str, Any] = (
            {"email": {"email": given.strip()}} if local else {"email_domain": {"domain": domain}}
        )
    else:
        wire = given
    selectors = [key for key in wire if key not in {"of", "raw", "label", "via"}]
    atom = atom_of(selectors[0], wire[selectors[0]]) if len(selectors) == 1 else None
    if atom is None:
        raise InsightError("A rule has exactly one selector with its fields, as the API writes it.")
    return Rule(_group(world, atom[1])) if atom[0] == GROUP else Rule(atom)


def _group(world: World, called: str) -> tuple[str, ...]:
    """Return the atom of a group, found by key, id or name. Raises InsightError."""
    if called in world.groups:
        return GROUP, called
    keys = [
        key
        for key, group in world.groups.items()
        if called in {group.name, key.rpartition("::")[2]}
    ]
    if len(keys) == 1:
        return GROUP, keys[0]
    told = f"{len(keys)} groups are called" if keys else "No group is called"
    raise InsightError(f'{told} "{called}".')
