"""Every command of README.md, CONTRIBUTING.md, docs/ and the examples is one that can be typed.

A command of ours is read by the command line itself, with all of its options; one of Pulumi's by
Pulumi's own help. Those whose outcome matters are run: see test_programs_engine.py, test_cli.py
and the tests that a page's comments name.
"""

from __future__ import annotations

import functools
import re
import shlex
import subprocess
import tomllib

import click
import pytest
from click.testing import CliRunner

from harness.documents import EXAMPLES, PAGES, ROOT, Block, commands
from pulumi_cloudflare_access.cli import main

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
MAKEFILE = (ROOT / "Makefile").read_text()
COMMANDS = [pytest.param(block, line, id=f"{block}: {line}") for block, line in commands()]


@pytest.mark.parametrize(("block", "line"), COMMANDS)
def test_a_command_can_be_typed(block: Block, line: str) -> None:
    words = shlex.split(line, comments=True)
    while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
        words.pop(0)
    assert words, line
    if words[0].startswith("./"):
        assert (block.page.parent / words[0]).exists()
        return
    CHECKS[words[0]](words[1:])


def ours(words: list[str]) -> None:
    """All is read before help is given: an option that there is not is an error."""
    said, then = (
        (words[: words.index("--")], words[words.index("--") + 1 :])
        if "--" in words
        else (words, [])
    )
    run = CliRunner().invoke(main, [*said, "--help"])
    assert (run.exit_code, run.output.startswith("Usage: ")) == (0, True), run.output
    assert CliRunner().invoke(main, [*said, "--nonsense", "--help"]).exit_code != 0
    if then and then[0] in CHECKS:
        CHECKS[then[0]](then[1:])


@functools.cache
def help_of(*command: str) -> str:
    """Return what Pulumi says of a command. Of an unknown one, it says something else."""
    run = ["pulumi", *command, "--help"]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout


def pulumis(words: list[str]) -> None:
    """Pulumi's help of the command names the command and each of the flags."""
    flags = [word.partition("=")[0] for word in words if word.startswith("-")]
    command = [word for word in words if re.fullmatch(r"[a-z]+", word)]
    while command and f"pulumi {' '.join(command)}" not in help_of(*command):
        command.pop()
    assert command, words
    for flag in flags:
        assert re.search(rf"{re.escape(flag)}\b", help_of(*command)), flag


def pips(words: list[str]) -> None:
    """Accept this package, with extras that it has, and what its users need beside it."""
    assert words[0] == "install"
    for word in words[1:]:
        name, _, extra = word.rstrip("]").partition("[")
        assert name in {PROJECT["name"], "pytest"}
        assert not extra or extra in PROJECT["optional-dependencies"]


def makes(words: list[str]) -> None:
    for word in words:
        assert "=" in word or re.search(rf"^{word}:", MAKEFILE, re.MULTILINE), word


def any_of(words: list[str]) -> None:
    """Nothing to check: what it runs is what matters."""
    del words


CHECKS = {
    "cloudflare-access": ours,
    "make": makes,
    "pip": pips,
    "pulumi": pulumis,
    "pytest": any_of,
    "terraform": any_of,
}


INLINE = sorted(
    {
        " ".join(said.split())
        for page in [*PAGES, *EXAMPLES]
        for said in re.findall(r"(?:`|\$\()(cloudflare-access\s[^`<…)]+)[`)]", page.read_text())
    }
)


@pytest.mark.parametrize("line", INLINE)
def test_a_command_within_a_sentence_can_be_typed(line: str) -> None:
    ours(shlex.split(line.partition(" | ")[0])[1:])


def test_every_command_of_ours_is_shown() -> None:
    shown = {line.split()[1] for line in INLINE}
    shown |= {line.split()[1] for _, line in commands() if line.startswith("cloudflare-access")}
    assert shown == set(main.list_commands(click.Context(main)))
