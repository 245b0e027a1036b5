"""The sentences that all formats of a report share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ..insight import Certainty, Difference, Note, PlaceChange, Subject, Verdict
from ..insight.characters import shown
from ..insight.lines import how_changes
from ..insight.rights import RightsComparison
from ..insight.world import Right
from .model import HEADS, WORST_FIRST, Entry, Report

SIGNS: Final = {"gains": "+", "losses": "-"}
_NAMED: Final = 10


def headline(report: Report) -> str:
    """Return one line about the whole report."""
    counts = [
        f"{count} {HEADS[verdict][count != 1]}"
        for verdict in WORST_FIRST
        if (count := len(report.comparison.with_verdict(verdict)))
    ]
    if report.comparison.rights:
        counts.append("rights in the account change")
    if report.kind == "state":
        return f"{len(report.now)} {'place' if len(report.now) == 1 else 'places'}"
    same = report.same
    if same:
        proved = "the same for everybody (proved)"
        counts.append(f"{same} {'place is' if same == 1 else 'places are'} {proved}")
    return ", ".join(counts) or "no place is concerned"


def title(report: Report) -> str:
    """Return the title of the report."""
    of = f" of {report.stack}" if report.stack else ""
    return {
        "preview": f"Who gets in after this change{of}",
        "destroy": f"Who gets in after the destruction{of}",
        "refresh": f"Who gets in by what has changed at Cloudflare{of}",
        "state": f"Who gets in{of}",
    }[report.kind]


def answering(entry: Entry) -> str:
    """Return the applications that answer, before and after."""
    told = list(dict.fromkeys(map(_answering, entry.changes)))
    more = f" and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
    return f"{', '.join(told[:_NAMED])}{more}"


def _answering(change: PlaceChange) -> str:
    before, after = " or ".join(change.before), " or ".join(change.after)
    if before == after:
        return after
    return f"{before or 'no application'} \N{RIGHTWARDS ARROW} {after or 'no application'}"


def summary(entry: Entry) -> str:
    """Return a sentence about the places of an entry; empty if the verdict says enough."""
    change = entry.first
    if entry.verdict is Verdict.OPENED:
        unless = "" if change.certain else ", unless the account requires Access protection"
        return (
            "No application guards it any more, as far as this input tells: anyone who can reach "
            f"it gets in{unless}."
        )
    if entry.verdict is Verdict.GUARDED:
        who = change.audience.text if change.audience else "too large to say"
        return f"An application guards it for the first time. Who gets in: {who}."
    if change.too_large:
        return (
            "Its policies are too large for a decision diagram; what is said comes of a solver."
            if change.gains.witness or change.losses.witness
            else "Too large to prove. Install the extra: pulumi-cloudflare-access[prove]."
        )
    if entry.verdict is Verdict.HOW:
        return "The same people get in, otherwise."
    return ""


def shown_differences(entry: Entry) -> list[tuple[str, Difference]]:
    """Return the differences that add something to the summary."""
    if entry.verdict in {Verdict.OPENED, Verdict.GUARDED}:
        return []
    return entry.differences


def conditions(difference: Difference, most: int | None = None) -> list[str]:
    """Return whom a difference concerns, condition by condition; at most `most` conditions."""
    perhaps = " (perhaps)" if difference.certainty is Certainty.POSSIBLY else ""
    told = [condition.text for condition in difference.who.conditions]
    cut = told if most is None else told[:most]
    found = [f"{one}{perhaps}" for one in cut]
    if not difference.who.complete or len(cut) < len(told):
        found.append("and others")
    return found or [f"somebody{perhaps}"]


def because(difference: Difference) -> str:
    """Return the policy that lets the witness in, and the chain of groups."""
    explained = difference.because
    if explained is None:
        return ""
    return explained.deciding.text if explained.deciding else explained.told


def instead(difference: Difference) -> str:
    """Return what decides about the witness in the other world."""
    return difference.instead.told if difference.instead else ""


def known(report: Report, difference: Difference) -> list[str]:
    """Return the known people who are concerned; only their number if names are not allowed."""
    found = []
    for how, people in (
        ("surely", difference.known.surely),
        ("perhaps", difference.known.possibly),
    ):
        if people:
            found.append(f"{how} {_people(people, named=report.names_people)}")
    if found and not difference.known.exact:
        found.append("too large to be exact")
    return found


def all_known(report: Report, entry: Entry) -> Iterator[str]:
    """Yield the known people who gain or lose access, also at an opened place."""
    for called, difference in entry.differences:
        verb = "gain" if called == "gains" else "lose"
        yield from (f"{told} {verb} access" for told in known(report, difference))


def _people(people: Sequence[Subject], *, named: bool) -> str:
    if not named:
        return f"{len(people)} (not named, because some rules are secret)"
    names = ", ".join(shown(one.name) for one in people[:_NAMED])
    more = f" and {len(people) - _NAMED} more" if len(people) > _NAMED else ""
    return f"{names}{more}"


def count_known(entry: Entry) -> str:
    """Return the number of known people concerned: `+3 (perhaps 2 more), perhaps -1`."""
    found = []
    for called, difference in entry.differences:
        surely, perhaps = len(difference.known.surely), len(difference.known.possibly)
        more = f" (perhaps {perhaps} more)" if perhaps else ""
        if surely:
            found.append(f"{SIGNS[called]}{surely}{more}")
        elif perhaps:
            found.append(f"perhaps {SIGNS[called]}{perhaps}")
    return ", ".join(found)


def otherwise(change: PlaceChange) -> list[str]:
    """Return the terms that change for people who keep access."""
    return [how_changes(one) for one in change.how]


def rights(compared: RightsComparison) -> Iterator[str]:
    """Yield the IAM rights that are gained and lost, by group and by person."""
    for group in compared.groups:
        told = _rights(group.gained, group.lost)
        unknown = "" if group.members_known else " (who is in it is not known here)"
        yield f'user group "{group.group}"{unknown}: {told or "its members may be others"}'
    for one in compared.people:
        moved = [f"joins {name}" for name in one.joined] + [f"leaves {name}" for name in one.left]
        told = "; ".join(filter(None, [", ".join(moved), _rights(one.gained, one.lost)]))
        yield f"{one.who}: {told}"


def _rights(gained: Iterable[Right], lost: Iterable[Right]) -> str:
    def listed(some: Iterable[Right]) -> list[str]:
        return sorted(f"{one.access} {one.permission} on {one.resource}" for one in some)

    told = [f"+ {one}" for one in listed(gained)]
    told += [f"- {one}" for one in listed(lost)]
    return "; ".join(told)


def note(one: Note) -> str:
    """Return a note about what the input does not tell."""
    return f"{shown(one.where.rpartition('::')[2])}: {one.text}"


def sessions(report: Report) -> str:
    """Return how long those who lose access may keep a session; empty if nobody does."""
    longest = report.keeps_sessions
    if not longest:
        return ""
    return f"Those who lose access keep a session that they have: up to {longest}, unless revoked."
