"""Reports as one self-contained HTML page, which can be used without a mouse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from ..insight import Difference, Verdict
from . import words
from .matrix import Cell, Matrix, matrix
from .model import HEADS, WORST_FIRST, Entry, Report

_MARKS: Final = {
    Cell.IN: "●",
    Cell.OUT: "",
    Cell.GAINS: "+",
    Cell.LOSES: "\N{MINUS SIGN}",
    Cell.DEPENDS: "?",
}
_STYLE: Final = """
:root{color-scheme:light dark;--gain:#1a7f37;--lose:#cf222e;--open:#bc4c00;--line:#8884}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.15rem;margin-top:2rem}code{overflow-wrap:anywhere}
.bad{border-left:4px solid var(--lose);padding:.4rem .8rem;background:#cf222e14}
ul.counts{display:flex;gap:.6rem;flex-wrap:wrap;list-style:none;padding:0}
ul.counts li{border:1px solid var(--line);border-radius:8px;padding:.5rem .9rem}
ul.counts b{display:block;font-size:1.4rem}
details{border-bottom:1px solid var(--line);padding:.35rem 0}summary{cursor:pointer}
.verdict{display:inline-block;min-width:6.5em;font-weight:600}
.opened .verdict,.wider .verdict{color:var(--lose)}.guarded .verdict{color:var(--gain)}
pre{background:#8881;padding:.5rem;overflow-x:auto}
.scroll{overflow-x:auto}table{border-collapse:collapse;margin:1rem 0}
th{text-align:left;font-weight:500;padding:.15rem .5rem;vertical-align:top}
td{min-width:20px;text-align:center;border:1px solid var(--line)}
thead th.place{vertical-align:bottom;padding:.2rem 0}
thead th.place span{writing-mode:vertical-rl;transform:rotate(180deg);font-size:12px}
.gains{background:#1a7f3733;color:var(--gain);font-weight:700}
.loses{background:#cf222e26;color:var(--lose);font-weight:700}.depends{color:#777}
input[type=search]{font:inherit;padding:.3rem .6rem;width:22rem;max-width:100%}
.hide{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.only-changed .same{display:none}[hidden]{display:none}
""".strip()
_SCRIPT: Final = """
const find=document.getElementById("find"),told=document.getElementById("found");
function filter(){const wanted=find.value.trim().toLowerCase();let left=0;
for(const one of document.querySelectorAll("[data-find]")){
one.hidden=!one.dataset.find.includes(wanted);left+=!one.hidden}
told.textContent=wanted?left+" found":""}
find.addEventListener("input",filter);
for(const changed of document.querySelectorAll("input.changed"))
changed.addEventListener("change",()=>changed.closest("section").querySelector("table")
.classList.toggle("only-changed",changed.checked));
""".strip()


def written(reports: Sequence[Report]) -> str:
    """Return reports as one HTML page."""
    title = "; ".join(words.title(report) for report in reports)
    body = "\n".join(line for report in reports for line in _report(report))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>{escape(title)}</title>
<style>
{_STYLE}
</style>
</head>
<body>
<main>
<p><label for="find">Find a person, a group, a place:</label>
<input type="search" id="find" autocomplete="off">
<span id="found" role="status"></span></p>
{body}
</main>
<script>
{_SCRIPT}
</script>
</body>
</html>
"""


def _report(report: Report) -> Iterator[str]:
    yield f"<h1>{escape(words.title(report))}</h1>"
    for entry in report.entries:
        if entry.verdict is Verdict.OPENED:
            names = ", ".join(map(escape, entry.names))
            yield f'<p class="bad"><b>{names}</b>: {escape(words.summary(entry))}</p>'
    yield from _counts(report)
    if report.entries:
        yield "<h2>What changes</h2>"
        yield from (line for entry in report.entries for line in _entry(report, entry))
        if told := words.sessions(report):
            yield f"<p>{escape(told)}</p>"
    if report.now:
        yield "<h2>Who gets in</h2>"
        for now in report.now:
            told = now.audience.text if now.audience else "too large to say"
            yield f'<p data-find="{_key([now.name, told])}"><b>{escape(now.name)}</b>: '
            yield f"{escape(told)}</p>"
    yield from _people(report, matrix(report))
    yield from _list("Rights in the account", words.rights(report.comparison.rights))
    yield from _list("Findings", (f"{one.where}: {one.text}" for one in report.findings))
    yield from _list("What this input does not tell", map(words.note, report.notes))
    told_of = (f"{one.question}: {one.reading} ({one.source})" for one in report.undocumented)
    yield from _list("What Cloudflare does not document", told_of)


def _counts(report: Report) -> Iterator[str]:
    if report.kind == "state":
        return
    yield '<ul class="counts">'
    for verdict in (*WORST_FIRST, Verdict.SAME):
        count = len(report.comparison.with_verdict(verdict))
        if verdict is Verdict.SAME:
            told = "the same for everybody, proved"
        else:
            told = HEADS[verdict][count != 1]
        if count:
            yield f"<li><b>{count}</b> {escape(told)}</li>"
    yield "</ul>"


def _key(texts: Iterable[str]) -> str:
    """Return texts as a search key for an attribute."""
    return escape(" ".join(texts).lower(), quote=True)


def _entry(report: Report, entry: Entry) -> Iterator[str]:
    change = entry.first
    perhaps = "" if change.certain or entry.verdict is Verdict.UNDECIDED else " (perhaps)"
    differences = words.shown_differences(entry)
    told = [*entry.names, *change.before, *change.after]
    for _, difference in differences:
        told += [*words.conditions(difference), *words.known(report, difference)]
    yield f'<details class="{entry.verdict.value}" data-find="{_key(told)}">'
    counted = words.count_known(entry)
    known = f" <small>{escape(counted)} of known people</small>" if counted else ""
    yield f'<summary><span class="verdict">{entry.verdict.value}{perhaps}</span> '
    yield f"{escape(', '.join(entry.names))}{known}</summary>"
    if summary := words.summary(entry):
        yield f"<p>{escape(summary)}</p>"
    yield f"<p>Answers: {escape(words.answering(entry))}</p>"
    for called, difference in differences:
        yield f"<h3>{'Who gains access' if called == 'gains' else 'Who loses access'}</h3>"
        yield _ul(words.conditions(difference))
        yield from _chains(called, difference)
        for one in words.known(report, difference):
            yield f"<p>Of known people: {escape(one)}</p>"
    told_of = [*words.otherwise(change), *(f"not known: {one}" for one in change.unknowns)]
    if told_of:
        yield _ul(told_of)
    yield "</details>"


def _chains(called: str, difference: Difference) -> Iterator[str]:
    sides = [("because", difference.because)]
    sides.append(("before" if called == "gains" else "after", difference.instead))
    for label, explained in sides:
        if explained:
            yield f"<p>{label}:</p><pre>{escape(explained.text)}</pre>"


def _ul(lines: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def _list(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"<h2>{title}</h2>"
        yield _ul(found)


def _people(report: Report, held: Matrix) -> Iterator[str]:
    """Yield the table of known people. Each cell has its mark, and hidden words for readers."""
    if not held.columns:
        return
    count = len(report.people.subjects) if report.people else 0
    changed = [one.verdict is not Verdict.SAME for one in held.columns]
    yield f"<section><h2>{count} known people, by what they have in common</h2>"
    if any(changed) and not all(changed):
        yield '<p><label><input type="checkbox" class="changed"> changed places only</label></p>'
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Known people by place">'
    yield '<table><thead><tr><th scope="col">people with the same answers</th>'
    for one, has_changed in zip(held.columns, changed, strict=True):
        kind = "place" if has_changed else "place same"
        yield f'<th scope="col" class="{kind}"><span>{escape(one.name)}</span></th>'
    yield "</tr></thead><tbody>"
    for row in held.rows:
        yield f'<tr data-find="{_key(row.names if report.names_people else ())}">'
        yield f'<th scope="row">{_names(row.names, row.count, named=report.names_people)}</th>'
        for cell, has_changed in zip(row.cells, changed, strict=True):
            kind = f"{cell.name.lower()}{'' if has_changed else ' same'}"
            mark = f'<span aria-hidden="true">{_MARKS[cell]}</span>'
            yield f'<td class="{kind}">{mark}<span class="hide">{cell.value}</span></td>'
        yield "</tr>"
    yield "</tbody></table></div>"
    yield "<p>● gets in, + gains access, \N{MINUS SIGN} loses access, ? depends on what is not "
    yield "known, empty: does not get in.</p>"
    if held.left_out:
        yield f"<p>{held.left_out} unchanged places are left out here.</p>"
    yield "</section>"


def _names(names: Sequence[str], count: int, *, named: bool) -> str:
    if not named:
        return f"{count} people (not named, because some rules are secret)"
    if count == 1:
        return escape(names[0])
    more = f", and {count - len(names)} more" if count > len(names) else ""
    told = f"{escape(', '.join(names))}{more}"
    return f"<details><summary>{count} people: {escape(names[0])} …</summary>{told}</details>"
