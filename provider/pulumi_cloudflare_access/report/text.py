"""A report as plain text, for terminals and for a policy pack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..insight import Verdict
from . import words
from .model import Entry, Report

_WIDTH: Final = 10
_INDENT: Final = " " * _WIDTH
_FULL, _FEW, _SHORT, _NAMES = 3, 2, 1, 0
_NAMED: Final = 4


def written(report: Report, *, most: int | None = None, widest: int | None = None) -> str:
    """Return a report as text.

    `most` is the number of lines that it may have: with fewer, details are left out. `widest` is
    the number of characters that a line may have. None: no limit.
    """
    lines: list[str] = []
    for detail in (_FULL, _FEW, _SHORT, _NAMES):
        lines = list(_lines(report, detail))
        if most is None or len(lines) <= most:
            break
    return "\n".join(cut(lines, most or len(lines), widest)).rstrip()


def cut(lines: Sequence[str], most: int, widest: int | None = None) -> list[str]:
    """Return at most `most` lines of at most `widest` characters; the last counts omitted lines."""
    found = list(lines)
    if len(found) > most:
        left = len(found) - most + 1
        found = [*found[: most - 1], f"and {left} more lines: see cloudflare-access report"]
    if widest is None:
        return found
    return [
        line
        if len(line) <= widest
        else f"{line[:widest].rpartition(', ')[0] or line[:widest]} \N{HORIZONTAL ELLIPSIS}"
        for line in found
    ]


def _lines(report: Report, detail: int) -> Iterator[str]:
    yield f"{words.title(report)}: {words.headline(report)}."
    if detail > _NAMES:
        yield ""
    for now in report.now:
        answers = f" ({' or '.join(now.applications)})" if now.applications else ""
        yield f"{now.name}{answers}: {now.audience.text if now.audience else 'too large to say'}"
    for entry in report.entries:
        yield from _entry(report, entry, detail)
    yield from (f"{'RIGHTS':<{_WIDTH}}{right}" for right in words.rights(report.comparison.rights))
    if told := words.sessions(report):
        yield told
    yield from _besides(report, detail)


def _besides(report: Report, detail: int) -> Iterator[str]:
    """Yield findings, what the input does not tell, and what Cloudflare does not document."""
    findings = report.findings
    if detail >= _SHORT:
        yield from (f"{'FINDING':<{_WIDTH}}{one.where}: {one.text}" for one in findings)
    elif findings:
        yield f"{'FINDING':<{_WIDTH}}{len(findings)} of them"
    if detail >= _FEW:
        yield from (f"{'NOTE':<{_WIDTH}}{words.note(one)}" for one in report.notes)
    if detail >= _FULL:
        for one in report.undocumented:
            yield f"Cloudflare does not document {one.question}."
            yield f"{_INDENT}Taken here: {one.reading}. {one.source}"


def _entry(report: Report, entry: Entry, detail: int) -> Iterator[str]:
    change = entry.first
    full = detail >= _FULL
    yield f"{entry.verdict.value.upper():<{_WIDTH}}{_head(entry, full=full)}"
    if detail == _NAMES:
        return
    if told := words.summary(entry):
        yield f"{_INDENT}{told}"
    for called, difference in words.shown_differences(entry):
        for condition in words.conditions(difference, None if full else detail):
            yield f"{_INDENT}{words.SIGNS[called]} {condition}"
        if detail >= _FEW and (cause := words.because(difference)):
            yield f"{_INDENT}  because {cause}"
        if full and (other := words.instead(difference)):
            yield f"{_INDENT}  {'before' if called == 'gains' else 'after'}: {other}"
    if full:
        yield from (f"{_INDENT}known people: {told}" for told in words.all_known(report, entry))
    yield from (f"{_INDENT}{one}" for one in words.otherwise(change))
    for sentence in change.unknowns[: None if full else 1]:
        yield f"{_INDENT}not known: {sentence}"


def _head(entry: Entry, *, full: bool) -> str:
    names = entry.names if full else entry.names[:_NAMED]
    more = f" and {len(entry.names) - len(names)} more" if len(names) < len(entry.names) else ""
    counted = words.count_known(entry)
    counted = f" [{counted} known]" if counted and not full else ""
    perhaps = "" if entry.first.certain or entry.verdict is Verdict.UNDECIDED else " (perhaps)"
    return f"{', '.join(names)}{more}{perhaps}{counted}"
