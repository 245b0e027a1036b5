"""A comparison as text, for golden files: everything that it says, and nothing else."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pulumi_cloudflare_access.insight import (
    Certainty,
    Comparison,
    Difference,
    PlaceChange,
    Verdict,
    Worlds,
)

RECORDINGS = Path(__file__).parent / "recordings"


@cache
def recording(name: str) -> dict[str, Any]:
    """Return the documents of one recording."""
    found: dict[str, Any] = json.loads(
        gzip.decompress((RECORDINGS / f"{name}.json.gz").read_bytes())
    )
    return found


def told(comparison: Comparison, worlds: Worlds | None = None) -> str:
    """Write a comparison as text."""
    lines = [line for place in comparison.places for line in _place(place)]
    rights = comparison.rights
    concerned = [(one.who, one.gained, one.lost) for one in rights.people]
    concerned += [(one.group, one.gained, one.lost) for one in rights.groups]
    lines += [
        f"RIGHTS of {who}: +{_rights(gained)} -{_rights(lost)}" for who, gained, lost in concerned
    ]
    lines += [f"NEW {one.code}: {one.where}: {one.text}" for one in comparison.new_findings]
    for note in worlds.notes if worlds else ():
        lines.append(f"NOTE {note.code}: {note.where.rpartition('::')[2]} {note.text}")
    return "\n".join(lines) + "\n"


def _rights(rights: Any) -> str:
    return str(sorted(f"{one.access} {one.permission} on {one.resource}" for one in rights))


def _place(place: PlaceChange) -> Iterator[str]:
    if place.verdict is Verdict.SAME:
        yield f"SAME {place.name}"
        return
    answering = (
        f"{' or '.join(place.before) or 'nothing'} -> {' or '.join(place.after) or 'nothing'}"
    )
    certain = "" if place.certain else " (not certain)"
    yield f"{place.verdict.value.upper()} {place.name}{certain}: {answering}"
    yield from _difference("+", place.gains)
    yield from _difference("-", place.losses)
    for one in place.how:
        less = {True: " (less)", False: " (more)", None: ""}[one.less]
        yield f"  {one.facet}{less}: {one.before or '-'} -> {one.after or '-'}: {one.who.text}"
    for sentence in place.unknowns:
        yield f"  not known: {sentence}"
    if place.audience:
        yield f"  in: {place.audience.text}"


def _difference(sign: str, difference: Difference) -> Iterator[str]:
    if not difference:
        return
    perhaps = "?" if difference.certainty is Certainty.POSSIBLY else ""
    for condition in difference.who.conditions:
        yield f"  {sign}{perhaps} {condition.text}"
    if not difference.who.complete:
        yield f"  {sign}{perhaps} and others"
    if difference.because:
        yield from (f"      {line}" for line in difference.because.text.splitlines())
    if difference.instead:
        yield from (f"      else {line}" for line in difference.instead.text.splitlines())
    for people, how in (
        (difference.known.surely, "surely"),
        (difference.known.possibly, "perhaps"),
    ):
        if people:
            yield f"    {how}: {', '.join(one.name for one in people)}"
    if difference.sessions:
        yield f"    sessions remain up to {difference.sessions}"
