"""Adoption: what a program says of an object that exists already, and in which run it counts.

How an object came into the state is history. So `adopt` is no input of the state: check takes it
out, and hands it to the create of the same run. Nothing that the state has is ever a difference for
it, and nothing that a program leaves of it stands in the way of a later change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..fields.keyed import UNKNOWN, Mistake
from ..process import plugin
from .run import current

ADOPT, ADOPT_CHANGES = "adopt", "adopt_changes"
NAMES = (ADOPT, ADOPT_CHANGES)
# What the program finds wrong between the adoptions of several resources, handed to check.
ADOPTION_MISTAKES = "__adoption_mistakes"


def taken_out_of(declared: dict[str, Any]) -> dict[str, Any]:
    """Take what says something of an adoption out of a declaration."""
    names = (*NAMES, ADOPTION_MISTAKES)
    return {name: declared.pop(name) for name in names if name in declared}


def mistakes_in(adoption: Mapping[str, Any], *, is_new: bool) -> list[Mistake]:
    """Say what is wrong with the arguments; of an object that the state has, what no word means."""
    adopt, changes = adoption.get(ADOPT), adoption.get(ADOPT_CHANGES)
    mistakes = []
    if adopt is not None and adopt != UNKNOWN and not isinstance(adopt, (bool, str)):
        mistakes.append(Mistake(ADOPT, "must be True or the id of an existing object"))
    if changes is not None and not isinstance(changes, bool):
        mistakes.append(Mistake(ADOPT_CHANGES, "must be True or False"))
    if is_new:
        mistakes += [Mistake("", str(text)) for text in adoption.get(ADOPTION_MISTAKES) or ()]
    if is_new and changes and not adopt:
        mistakes.append(Mistake(ADOPT_CHANGES, "says nothing without adopt"))
    return mistakes


def note(adoption: Mapping[str, Any]) -> None:
    """Keep what the program says of the resource at hand for the create that may follow."""
    said = {name: adoption[name] for name in NAMES if name in adoption}
    current().adoptions[plugin.current_urn()] = said


def noted() -> dict[str, Any]:
    """Return what the program says of the resource at hand."""
    return current().adoptions.get(plugin.current_urn(), {})


def in_state(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a state of an early version has among its inputs: it stays there, unseen."""
    return {name: inputs[name] for name in NAMES if name in inputs}
