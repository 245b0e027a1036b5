"""Reports as JSON, for programs. `report --schema` prints the schema, which has a version.

Within a version, fields may be added, but never change their meaning.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from ..insight import Difference, Explanation, PlaceChange, Verdict
from ..insight.characters import shown
from ..insight.witness import Witness
from ..insight.words import Description
from . import words
from .model import PlaceNow, Report

SCHEMA: Final = "cloudflare-access-report/1"


def written(reports: Sequence[Report]) -> str:
    """Return reports as JSON."""
    return json.dumps(as_data(reports), indent=2, ensure_ascii=False)


def as_data(reports: Sequence[Report]) -> dict[str, Any]:
    """Return reports as data, in the form that the schema describes."""
    return {"schema": SCHEMA, "stacks": [_report(report) for report in reports]}


def _report(report: Report) -> dict[str, Any]:
    compared = report.comparison
    counted = {} if report.kind == "state" else compared.count()
    return {
        "stack": report.stack,
        "kind": report.kind,
        "summary": {verdict.value: count for verdict, count in counted.items()},
        "changes": [
            _change(report, change) for entry in report.entries for change in entry.changes
        ],
        "same": sorted(one.name for one in compared.with_verdict(Verdict.SAME))
        if report.kind != "state"
        else [],
        "places": [_now(one) for one in report.now],
        "rights": list(words.rights(compared.rights)),
        "findings": [
            {"code": one.code, "where": one.where, "text": one.text} for one in report.findings
        ],
        "notes": [
            {"code": one.code, "where": shown(one.where), "text": one.text} for one in report.notes
        ],
        "undocumented": [
            {
                "code": one.code,
                "question": one.question,
                "reading": one.reading,
                "source": one.source,
            }
            for one in report.undocumented
        ],
        "keeps_sessions": report.keeps_sessions,
    }


def _change(report: Report, change: PlaceChange) -> dict[str, Any]:
    return {
        "place": change.name,
        "kind": change.place.kind,
        "verdict": change.verdict.value,
        "certain": change.certain,
        "too_large": change.too_large,
        "before": list(change.before),
        "after": list(change.after),
        "gains": _difference(report, change.gains),
        "losses": _difference(report, change.losses),
        "how": [
            {
                "facet": one.facet,
                "before": one.before,
                "after": one.after,
                "less": one.less,
                "who": _description(one.who),
            }
            for one in change.how
        ],
        "unknowns": list(change.unknowns),
        "audience": None if change.audience is None else _description(change.audience),
    }


def _difference(report: Report, one: Difference) -> dict[str, Any] | None:
    if not one:
        return None
    known = one.known
    return {
        "certainty": one.certainty.value,
        "who": _description(one.who),
        "witness": _witness(one.witness),
        "because": explanation(one.because),
        "instead": explanation(one.instead),
        "known": {
            "surely": _names(report, known.surely),
            "possibly": _names(report, known.possibly),
            "surely_count": len(known.surely),
            "possibly_count": len(known.possibly),
            "exact": known.exact,
        },
        "sessions": one.sessions,
    }


def _names(report: Report, people: Iterable[Any]) -> list[str]:
    return [one.name for one in people] if report.names_people else []


def _description(one: Description) -> dict[str, Any]:
    return {
        "text": one.text,
        "complete": one.complete,
        "conditions": [
            {
                "who": condition.who,
                "text": condition.text,
                "certain": condition.is_certain,
                "clauses": [
                    {
                        "attribute": clause.attribute,
                        "words": clause.words,
                        "values": list(clause.values),
                        "excluded": clause.excluded,
                    }
                    for clause in condition.clauses
                ],
            }
            for condition in one.conditions
        ],
    }


def _witness(one: Witness | None) -> str | None:
    if one is None or one.has_secret:
        return None
    return shown(one.subject.name)


def explanation(one: Explanation | None) -> dict[str, Any] | None:
    """Return an explanation as data."""
    if one is None:
        return None
    return {
        "who": one.who,
        "where": one.where,
        "application": one.application,
        "outcome": one.answer.outcome.value,
        "depends_on": list(one.answer.on),
        "told": one.told,
        "steps": [
            {
                "policy": step.policy,
                "decision": step.decision,
                "matches": step.matches.value,
                "why": step.why,
                "chain": [{"kind": link.kind, "text": link.text} for link in step.chain],
            }
            for step in one.steps
        ],
    }


def _now(one: PlaceNow) -> dict[str, Any]:
    return {
        "place": one.name,
        "applications": list(one.applications),
        "audience": None if one.audience is None else _description(one.audience),
    }
