"""What README.md and docs/ show: programs, commands and output, as the tests run them.

A block is what stands between two lines of three backticks. Comments directly above it say what is
done with it; a site and GitHub show none of them:

    <!-- change: OLD -> NEW -->         a later version of the page's program
    <!-- by hand: STATEMENT -->         what somebody does at Cloudflare meanwhile
    <!-- shown by: COMMAND -->          whose output the block is
    <!-- file: NAME -->                 the block is a file beside the program
    <!-- run: TEST -->                  the block is no part of the page's Pulumi program: TEST, a
                                        file of tests/, runs it
    <!-- not run: REASON -->
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("[0-9]*/README.md"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(
    r"^(?P<notes>(?:<!-- [^\n]* -->\n)*)```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """One block of a page; `notes` are the comments above it, in their order."""

    page: Path
    line: int
    language: str
    text: str
    notes: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    def noted(self, what: str) -> list[str]:
        """Return what the comments of one sort say."""
        return [said for noted, said in self.notes if noted == what]


def blocks(page: Path, language: str | None = None) -> list[Block]:
    """Return the blocks of a page, of one language or all."""
    text = page.read_text()
    return [
        Block(
            page=page,
            line=text.count("\n", 0, found.start("language")) + 1,
            language=found["language"],
            text=found["text"],
            notes=tuple(_note(line) for line in found["notes"].splitlines()),
        )
        for found in _FENCE.finditer(text)
        if language in {None, found["language"]}
    ]


def lines_of(text: str) -> list[str]:
    """Return the lines of an output, without ids, URNs, and notes that Pulumi hides.

    docs/guides/previews.md says what the hidden ones are.
    """
    found = [" ".join(line.split()) for line in text.splitlines()]
    left_out = re.compile(r"\[(id|urn)=|[~+-] __\w+ *(:.*)?\(hidden\)$")
    return [line for line in found if line and not left_out.match(line)]


def missing(shown: str, printed: list[str]) -> list[list[str]]:
    """Return the parts of what is shown that are not printed, each as one run of lines.

    A resource begins a part: the engine takes resources in any order. So does a line of "…".
    """
    parts: list[list[str]] = [[]]
    for line in lines_of(shown):
        if "pulumi-python:" in line or line == "…":
            parts.append([])
        if line != "…":
            parts[-1].append(line)

    def stands(part: list[str]) -> bool:
        return any(printed[i : i + len(part)] == part for i in range(len(printed) + 1))

    return [part for part in parts if not stands(part)]


def program(page: Path) -> str:
    """Return the Pulumi program that a page shows, in however many blocks."""
    shown = [b.text for b in blocks(page, "python") if not (b.noted("run") or b.noted("not run"))]
    return "\n\n".join(shown)


def changed(page: Path, text: str = "") -> str:
    """Return a program, the page's own if none is given, after all changes that the page tells."""
    text = text or program(page)
    for block in blocks(page):
        for change in block.noted("change"):
            old, new = (part.strip() for part in f"{change} ".split(" -> "))
            assert text.count(old) == 1, f"{block}: {old!r} stands {text.count(old)} times in it"
            text = text.replace(old, new)
    return text


def commands() -> list[tuple[Block, str]]:
    """Return every command that a page shows, with its block."""
    return [
        (block, re.split(r"\s#", line)[0].strip())
        for page in [*PAGES, *EXAMPLES]
        for block in blocks(page, "sh")
        for line in block.text.replace("\\\n", "").splitlines()
        if line.strip() and not re.match(r"#|export |\w+=\S+( \w+=\S+)*$", line)
    ]


def _note(line: str) -> tuple[str, str]:
    what, _, said = line.removeprefix("<!-- ").removesuffix(" -->").partition(": ")
    return what, said
