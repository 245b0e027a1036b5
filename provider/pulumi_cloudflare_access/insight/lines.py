"""A change in one or two lines, as a preview shows it under an application."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from . import how
from .comparison import Certainty, Difference, HowChange, PlaceChange, Verdict
from .words import Description

MOST: Final = 3
_CONDITIONS: Final = 2
_LONGEST: Final = 200
_SIGNS: Final = ("+", "\N{MINUS SIGN}")


def lines(changes: Iterable[PlaceChange], *, most: int = MOST) -> list[str]:
    """Return at most `most` lines about changes. Places with the same change share a line."""
    told: dict[str, list[PlaceChange]] = {}
    for change in changes:
        for line in lines_of(change):
            told.setdefault(line, []).append(change)
    found = [f"{name_of(alike)}: {line}" for line, alike in told.items()]
    if len(found) > most:
        left = len(found) - most + 1
        found = [*found[: most - 1], f"and {left} more changes of who gets in"]
    return found


def name_of(changes: Iterable[PlaceChange]) -> str:
    """Return a name for places: that of their application, or of the first place and how many."""
    found = list(changes)
    names = dict.fromkeys(name for one in found for name in (one.after or one.before))
    place = found[0].name
    if len(names) != 1:
        return place if len(found) == 1 else f"{place} and {len(found) - 1} more"
    (name,) = names
    if name == place:
        return name
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{name} ({place}{more})"


def lines_of(change: PlaceChange) -> Iterator[str]:
    """Yield what changes at one place: who gains, who loses, and which terms change."""
    if change.verdict is Verdict.OPENED:
        yield opened(change)
    elif change.verdict is Verdict.GUARDED:
        audience = short(change.audience) if change.audience else "too large to say"
        yield f"answers here from now on; who gets in: {audience}"
    elif change.too_large and not change.gains.witness and not change.losses.witness:
        yield "too large to prove; the extra pulumi-cloudflare-access[prove] can"
    else:
        for sign, difference in zip(_SIGNS, (change.gains, change.losses), strict=True):
            if difference:
                yield f"{_perhaps(difference)}{sign} {short(difference.who)}{through(difference)}"
    for one in change.how:
        yield how_changes(one)
    if change.verdict is Verdict.UNDECIDED and change.unknowns:
        yield f"not known: {change.unknowns[0]}"


def opened(change: PlaceChange) -> str:
    """Return the line for a place that nothing guards any more."""
    unless = "" if change.certain else ", unless the account requires Access protection"
    told = "it guards this place no longer, nor does any other that is known here: open to anyone"
    return f"opened: {told}{unless}"


def short(who: Description) -> str:
    """Return the two widest conditions of a set, in words."""
    told = [_clipped(condition.text) for condition in who.conditions[:_CONDITIONS]]
    if not told:
        return "nobody" if who.complete else "somebody"
    if len(who.conditions) > _CONDITIONS or not who.complete:
        told.append("and others")
    return "; ".join(told)


def _clipped(text: str) -> str:
    """Shorten a long condition after one of its parts."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST].rpartition(', ')[0] or text[:_LONGEST]} \N{HORIZONTAL ELLIPSIS}"


def through(difference: Difference) -> str:
    """Return the groups through which the witness gets in: ", through A > B"."""
    step = difference.because.deciding if difference.because else None
    groups = [link.name for link in step.chain if link.kind == "group"] if step else []
    return f", through {' > '.join(groups)}" if groups else ""


def _perhaps(difference: Difference) -> str:
    return "perhaps " if difference.certainty is Certainty.POSSIBLY else ""


def how_changes(change: HowChange) -> str:
    """Return the line for a term that changes for those who get in before and after."""
    who = short(change.who)
    if change.facet == how.LOGIN:
        return f"now {change.after}: {who}"
    if not change.before:
        return f"{change.facet} is asked now ({change.after}): {who}"
    if not change.after:
        return f"{change.facet} is asked no longer (it was {change.before}): {who}"
    return f"{change.facet} is {change.after} now (it was {change.before}): {who}"
