"""Reports as Markdown, for a comment on a pull request: one table, with details folded.

Names and addresses are in code spans, so that nothing in them is Markdown or mentions a user.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import Final

from ..insight import Verdict
from . import words
from .model import Entry, Report

LIMIT: Final = 60_000
MARKER: Final = "cloudflare-access report"
"""The text of a hidden comment, by which CI finds an earlier report to update."""
_RESERVED: Final = 600
_NAMED: Final = 6
_SYMBOLS: Final = {
    Verdict.OPENED: "🔓",
    Verdict.WIDER: "\N{HEAVY PLUS SIGN}",
    Verdict.BOTH: "🔀",
    Verdict.UNDECIDED: "❔",
    Verdict.NARROWER: "\N{HEAVY MINUS SIGN}",
    Verdict.GUARDED: "🔒",
    Verdict.HOW: "✳️",
}


def written(reports: Sequence[Report], *, limit: int = LIMIT) -> str:
    """Return reports in at most `limit` bytes. Parts that do not fit are counted."""
    stacks = " ".join(report.stack for report in reports if report.stack)
    head = f"<!-- {MARKER}: {_no_comment(stacks)} -->\n"
    blocks = [block for report in reports for block in _blocks(report)]
    foot = (
        f"\n<sub>cloudflare-access {version('pulumi-cloudflare-access')} · by the documented rules "
        "of [Access policies](https://developers.cloudflare.com/cloudflare-one/access-controls/"
        "policies/) · as far as this input tells</sub>\n"
    )
    found = [head]
    room = limit - _RESERVED - len((head + foot).encode())
    left = 0
    for block in blocks:
        size = len(block.encode())
        if size > room:
            left += 1
        else:
            room -= size
            found.append(block)
    if left:
        told = f"**{left} more parts are too long for a comment.** They are in the whole report: "
        found.append(f"\n{told}`cloudflare-access report --format html`.\n")
    return "".join([*found, foot])


def code(text: str) -> str:
    """Return data as a code span that also works in a table."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")


def _no_comment(text: str) -> str:
    return text.replace("--", "- -").replace(">", "")


def _blocks(report: Report) -> Iterator[str]:
    """Yield the parts of a report, the most important first. Each table row is a part.

    Any part may be left out if there is no room.
    """
    of = f": {code(report.stack)}" if report.stack else ""
    yield f"### Access{of}\n\n**{words.headline(report)}.**\n"
    yield from map(_caution, (one for one in report.entries if one.verdict is Verdict.OPENED))
    if report.entries:
        yield "\n| | place | for everybody | known people | because |\n|---|---|---|---|---|\n"
        yield from (_row(entry) for entry in report.entries)
    if told := words.sessions(report):
        yield f"\n{told}\n"
    yield from _list("Rights in the account", map(code, words.rights(report.comparison.rights)))
    yield from _list(
        "Findings", (f"{code(one.where)}: {code(one.text)}" for one in report.findings)
    )
    for entry in report.entries:
        yield _details(report, entry)
    if report.now:
        yield "\n| place | who gets in |\n|---|---|\n"
        for now in report.now:
            told = now.audience.text if now.audience else "too large to say"
            yield f"| {code(now.name)} | {code(told)} |\n"
    notes = [code(words.note(one)) for one in report.notes]
    yield from _list(f"What this input does not tell ({len(notes)})", notes, folded=True)
    undocumented = [
        f"{one.question}: {one.reading} ([source]({one.source}))" for one in report.undocumented
    ]
    yield from _list("What Cloudflare does not document", undocumented, folded=True)


def _caution(entry: Entry) -> str:
    return f"\n> [!CAUTION]\n> {_places(entry)}: {words.summary(entry)}\n"


def _places(entry: Entry) -> str:
    told = ", ".join(map(code, entry.names[:_NAMED]))
    left = len(entry.names) - _NAMED
    return f"**{told}**" + (f" and {left} more" if left > 0 else "")


def _row(entry: Entry) -> str:
    change = entry.first
    perhaps = "" if change.certain or entry.verdict is Verdict.UNDECIDED else ", perhaps"
    causes = [words.because(one) for _, one in words.shown_differences(entry)[:1]]
    causes += words.otherwise(change)[:1] if not causes else []
    causes += change.unknowns[:1] if not causes else []
    cause = code(causes[0]) if causes and causes[0] else ""
    counted = words.count_known(entry)
    verdict = f"{entry.verdict.value}{perhaps}"
    return f"| {_SYMBOLS[entry.verdict]} | {_places(entry)} | {verdict} | {counted} | {cause} |\n"


def _details(report: Report, entry: Entry) -> str:
    change = entry.first
    lines = [f"\n<details><summary>{_summary(entry)}</summary>\n"]
    if told := words.summary(entry):
        lines.append(f"{code(told) if entry.verdict is Verdict.GUARDED else told}\n")
    lines.append(f"Answers: {code(words.answering(entry))}\n")
    for called, difference in words.shown_differences(entry):
        lines.append(f"{'Gains' if called == 'gains' else 'Loses'} access:\n")
        lines += [f"- {code(one)}" for one in words.conditions(difference)]
        lines.append("")
        if difference.because:
            lines += ["```text", difference.because.text.replace("```", "'''")]
            lines += [f"{'before' if called == 'gains' else 'after'}: {words.instead(difference)}"]
            lines += ["```", ""]
    lines += [f"Known people: {code(one)}\n" for one in words.all_known(report, entry)]
    lines += [f"- {code(one)}" for one in words.otherwise(change)]
    lines += [f"- not known: {code(one)}" for one in change.unknowns]
    return "\n".join([*lines, "", "</details>\n"])


def _summary(entry: Entry) -> str:
    """Return the places of an entry as HTML: GitHub takes no Markdown in <summary>."""
    names = [_html(name) for name in entry.names[:_NAMED]]
    left = len(entry.names) - len(names)
    more = f" and {left} more" if left else ""
    return f"<code>{'</code>, <code>'.join(names)}</code>{more}: {entry.verdict.value}"


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _list(title: str, lines: Iterable[str], *, folded: bool = False) -> Iterator[str]:
    found = list(lines)
    if not found:
        return
    if folded:
        told = "\n".join(f"- {line}" for line in found)
        yield f"\n<details><summary>{title}</summary>\n\n{told}\n\n</details>\n"
        return
    yield f"\n**{title}**\n\n"
    yield from (f"- {line}\n" for line in found)
