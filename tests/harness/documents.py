"""What README.md and docs/ show: programs, commands and output, as the tests run them.

A block is what stands between two lines of three backticks. Comments directly above it say what is
done with it; a site and GitHub show none of them:

    <!-- change: OLD -> NEW -->         a later version of the page's program
    <!-- by hand: STATEMENT -->         what somebody does at Cloudflare meanwhile
    <!-- shown by: COMMAND -->          whose output the block is
    <!-- file: NAME -->                 the block is a file beside the program
    <!-- run: WHAT -->                  the block is no part of the page's Pulumi program
    <!-- not run: REASON -->
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
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


def program(page: Path) -> str:
    """Return the Pulumi program that a page shows, in however many blocks."""
    shown = [b.text for b in blocks(page, "python") if not (b.noted("run") or b.noted("not run"))]
    return "\n\n".join(shown)


def changed(page: Path) -> str:
    """Return the program of a page after all the changes that it tells of."""
    text = program(page)
    for block in blocks(page):
        for change in block.noted("change"):
            old, new = (part.strip() for part in f"{change} ".split(" -> "))
            assert text.count(old) == 1, f"{block}: {old!r} stands {text.count(old)} times in it"
            text = text.replace(old, new)
    return text


def commands() -> list[tuple[Block, str]]:
    """Return every command that a page shows, with its block."""
    return [
        (block, line.partition("  #")[0].strip())
        for page in PAGES
        for block in blocks(page, "sh")
        for line in block.text.replace("\\\n", "").splitlines()
        if line.strip() and not line.startswith("#")
    ]


def _note(line: str) -> tuple[str, str]:
    what, _, said = line.removeprefix("<!-- ").removesuffix(" -->").partition(": ")
    return what, said
