"""Every Pulumi program of README.md and docs/, and every preview that they show, on the engine.

One stack holds the programs of all pages. So the resources of two pages have different names.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from harness.colleague import Colleague
from harness.documents import PAGES, ROOT, blocks, changed, commands, lines_of, missing, program
from harness.stack import Stack
from pulumi_cloudflare_access import LocalCloudflare
from pulumi_cloudflare_access.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.documents import Block

pytestmark = pytest.mark.engine

PROGRAMS = [page for page in PAGES if program(page)]
SHOWN = ("refresh", "preview", "preview --diff")
# Of docs/guides/who-gets-in.md.
QUESTIONS = [
    line
    for block, line in commands()
    if block.noted("run") == ["tests/documents/test_programs_engine.py"]
    and line.startswith("cloudflare-access")
]
# test_typed_engine.py types these.
TYPED = {line for block, line in commands() if block.page == ROOT / "docs/getting-started.md"}
EU = "1" * 32
ZONE = "0123456789abcdef" * 2
PEOPLE = ("ada", "grace", "bob")


def write(stack: Stack, programs: dict[str, str]) -> None:
    """Make one program of many: a module for each page."""
    for name, text in programs.items():
        (stack.project / f"{name}.py").write_text(text)
    (stack.project / "__main__.py").write_text("".join(f"import {name}\n" for name in programs))


def name_of(page: Path) -> str:
    return re.sub(r"\W", "_", str(page.relative_to(ROOT).with_suffix("")).lower())


def asked(what: str) -> list[Block]:
    """Return the texts that are the output of one command."""
    return [b for page in PAGES for b in blocks(page, "text") if b.noted("shown by") == [what]]


@pytest.fixture
def cloudflare() -> Iterator[LocalCloudflare]:
    """Start a Cloudflare that has what the pages take for granted."""
    with LocalCloudflare(zone_id=ZONE) as cloudflare:
        # Of docs/guides/what-is-new.md.
        cloudflare.switches.set({"unknown_fields": "keep", "accept_unknown_selectors": True})
        yield cloudflare


def ask(stack: Stack, printed: dict[str, list[str]]) -> None:
    """Ask who gets in by the preview of all the changes."""
    file = stack.project / "preview.json"
    file.write_text(stack.plan("--show-sames").text)
    for line in QUESTIONS:
        command = [line.replace("preview.json", str(file)) for line in shlex.split(line)[1:]]
        run = CliRunner().invoke(main, command)
        assert run.exit_code in {0, 3, 4}, run.output
        printed[line] = lines_of(run.output.replace(str(file), "preview.json"))


def test_the_programs_come_up_and_what_is_shown_is_what_pulumi_prints(
    cloudflare: LocalCloudflare, tmp_path: Path
) -> None:
    cloudflare.add_account(EU, token=cloudflare.token)
    cloudflare.seed({"members": [{"email": f"{name}@example.com"} for name in PEOPLE]})
    stack = Stack(tmp_path / "stack", cloudflare)
    stack.environment["CF_EU_TOKEN"] = cloudflare.token
    write(stack, {name_of(page): program(page) for page in PROGRAMS})
    stack.up()
    assert stack.plan().changed() == {}
    colleague = Colleague(cloudflare)
    for block in asked("refresh"):
        for statement in block.noted("by hand"):
            exec(statement, {"colleague": colleague})  # noqa: S102 - the page's own
    printed = {"refresh": lines_of(stack.refresh().text)}
    stack.up()
    write(stack, {name_of(page): changed(page) for page in PROGRAMS})
    for command in ("preview", "preview --diff"):
        printed[command] = lines_of(stack.preview(*command.split()[1:]).text)
    ask(stack, printed)
    wrong = [
        f"{block}: this is not in the output of {command}:\n" + "\n".join(part)
        for command in printed
        for block in asked(command)
        for part in missing(block.text, printed[command])
    ]
    assert not wrong, "\n\n".join(wrong)
    stack.destroy()


def test_every_page_is_read() -> None:
    """Nothing is shown that is not run, or said not to be run and why."""
    assert len(PROGRAMS) > 5
    unknown = [
        str(block)
        for page in PAGES
        for block in blocks(page)
        if block.language not in {"python", "sh", "text", "yaml"}
        or {what for what, _ in block.notes}
        - {"change", "by hand", "shown by", "file", "run", "not run"}
    ]
    assert unknown == []
    not_compared = [
        str(block)
        for page in PAGES
        for block in blocks(page, "text")
        if not (
            set(block.noted("shown by")) & {*SHOWN, *QUESTIONS, *TYPED} or block.noted("not run")
        )
    ]
    assert not_compared == []
