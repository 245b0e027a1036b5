"""The policy pack: what it says of a preview, and that statements stop an update."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.stack import STACK
from insight.programs import PROGRAMS, SEEDED
from insight.record import ACCOUNT, ZONE, Recorder
from insight.told import recording
from pulumi_cloudflare_access import LocalCloudflare
from pulumi_cloudflare_access.report.pack import MOST_LINES, STATEMENTS, WHO, Said, said
from pulumi_cloudflare_access.report.statements import FILE
from report.inputs import run

EXAMPLE = Path(__file__).parents[2] / "examples" / "14_who_gets_in"
SECRET = ("ceo@example.com", "cfo@example.com")


def told(folder: Path, statements: str = "", state: str = "state with secrets") -> list[Said]:
    """Return what the pack says of the recorded preview."""
    if statements:
        (folder / FILE).write_text(statements)
    recorded = recording("pack")
    return said(recorded["resources"], recorded[state], folder)


def test_a_preview_is_told_within_its_lines_and_without_secrets(tmp_path: Path) -> None:
    (one,) = told(tmp_path)
    assert (one.policy, one.is_mandatory) == (WHO, False)
    assert len(one.message.splitlines()) < MOST_LINES
    assert "OPENED    old.example.com" in one.message
    assert "+ pat@example.com" in one.message
    assert not any(address in one.message for address in SECRET)


def test_nothing_is_said_where_nothing_changes(tmp_path: Path) -> None:
    recorded = recording("pack")
    state = recorded["state with secrets"]
    unchanged = [
        {"urn": one["urn"], "type": one["type"], "properties": one.get("inputs", {})}
        for one in state["deployment"]["resources"]
        if not one.get("external")  # what `.get` reads is not handed to packs
    ]
    assert said(unchanged, state, tmp_path) == []


@pytest.mark.parametrize(
    ("statement", "holds"),
    [
        ("console.example.com: only example.com", True),
        ("payroll.example.com: only example.com", True),
        ("wiki.example.com: only example.com", False),
        ("no application: opened", False),
        ("console.exmple.com: only example.com", False),
    ],
)
def test_a_statement_that_does_not_hold_is_mandatory(
    statement: str,
    holds: bool,  # noqa: FBT001 - a table
    tmp_path: Path,
) -> None:
    answers = told(tmp_path, statement)
    failed = [one for one in answers if one.policy == STATEMENTS]
    assert bool(failed) is not holds
    assert all(one.is_mandatory and one.message.startswith(statement) for one in failed)
    advisory = told(tmp_path, f"advisory:\n  {statement}\n")
    assert not any(one.is_mandatory for one in advisory)
    assert len(advisory) == len(answers)


def test_many_statements_stay_within_the_lines_and_none_is_forgotten(tmp_path: Path) -> None:
    places = ("wiki", "narrow.wide", "console", "payroll", "salaries", "status", "new", "lab")
    text = "".join(f"{one}.example.com: only nobody@example.com\n" for one in places)
    failed, who = told(tmp_path, text)
    assert len(failed.message.splitlines()) == len(places)
    assert all(f"{one}.example.com: only" in failed.message for one in places)
    assert len((failed.message + "\n" + who.message).splitlines()) + 2 <= MOST_LINES


def test_what_cannot_be_checked_does_not_pass(tmp_path: Path) -> None:
    """Statements are a lock: mistakes in them, or an unreadable state, keep it shut."""
    (wrong,) = told(tmp_path, "wiki.example.com: onyl example.com")
    assert wrong.is_mandatory
    assert "line 1: " in wrong.message
    (tmp_path / FILE).write_text("wiki.example.com: only example.com")
    (unread,) = said(recording("pack")["resources"], {"version": 99, "deployment": {}}, tmp_path)
    assert unread.is_mandatory
    assert "its version is 99" in unread.message
    (tmp_path / FILE).unlink()
    (unread,) = said(recording("pack")["resources"], {"version": 99, "deployment": {}}, tmp_path)
    assert not unread.is_mandatory


def test_statements_are_found_beside_the_program_and_beside_its_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine starts a pack in the folder of the program, which `main` may name."""
    program = tmp_path / "project" / "infra"
    program.mkdir(parents=True)
    (tmp_path / FILE).write_text("nowhere.example.com: only example.com")  # of something else
    (program.parent / "Pulumi.yaml").write_text("name: test\nmain: infra\n")
    (program.parent / FILE).write_text("wiki.example.com: only example.com")
    (failed, _) = told(program)
    assert failed.message.startswith("wiki.example.com: only example.com: does not hold")
    (program / FILE).write_text("no application: opened")
    (failed, _) = told(program)
    assert "no application: opened: does not hold" in failed.message
    assert "wiki.example.com: only example.com: does not hold" in failed.message
    named = tmp_path / "named.yaml"
    monkeypatch.setenv("CLOUDFLARE_ACCESS_POLICIES", str(named))
    (failed,) = told(program)
    assert failed.is_mandatory
    assert "named.yaml: No such file" in failed.message
    named.write_text("console.example.com: never pat@example.com\nsnapshot: account.json\n")
    (failed,) = told(program)
    assert failed.is_mandatory
    assert f"{tmp_path / 'account.json'}: No such file" in failed.message


def test_an_old_cli_is_told_and_given_another_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def installed(version: str) -> None:
        pulumi = tmp_path / "pulumi"
        pulumi.write_text(f"#!{sys.executable}\nprint({version!r})\n")
        pulumi.chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path))
    assert "the pulumi command is not on the PATH" in run("policy-pack", status=1).stderr
    installed("v3.254.0")
    refused = run("policy-pack", status=1).stderr
    assert "pulumi 3.254.0" in refused
    assert "cloudflare-access report" in refused
    installed("v3.255.0")
    path = Path(run("policy-pack").stdout.strip())
    assert path.name.startswith("cloudflare-access-policy-pack")
    assert path.is_file()


@pytest.mark.engine
def test_the_example_is_stopped_by_the_change_that_its_readme_names(tmp_path: Path) -> None:
    with LocalCloudflare(account_id=ACCOUNT, zone_id=ZONE, seed=7) as cloudflare:
        stack = Recorder(tmp_path / "stack", cloudflare).stack
        shutil.copy(EXAMPLE / FILE, stack.project)
        program = (EXAMPLE / "__main__.py").read_text()
        (stack.project / "__main__.py").write_text(program)
        flags = ("--policy-pack", str(shutil.which("cloudflare-access-policy-pack")))
        held = stack.pulumi("preview", "--stack", STACK, "--non-interactive", *flags).text
        assert STATEMENTS not in held
        changed = program.replace('email("hr@example.com")', "group(engineers)")
        (stack.project / "__main__.py").write_text(changed)
        run_ = stack.pulumi("preview", "--stack", STACK, "--non-interactive", *flags, ok=False)
        assert run_.status != 0
        shown = [line.strip() for line in (EXAMPLE / "README.md").read_text().splitlines()]
        begin = next(n for n, line in enumerate(shown) if "[mandatory]" in line)
        for line in shown[begin : begin + 5]:
            assert line in run_.text, line


@pytest.mark.engine
def test_the_engine_prints_it_and_a_statement_stops_an_update(tmp_path: Path) -> None:
    with LocalCloudflare(account_id=ACCOUNT, zone_id=ZONE, seed=7) as cloudflare:
        cloudflare.seed({"accounts": {ACCOUNT: SEEDED}})
        stack = Recorder(tmp_path / "stack", cloudflare).stack
        pack = shutil.which("cloudflare-access-policy-pack")
        assert pack
        stack.environment["PULUMI_OPTION_POLICY_PACK"] = pack

        def pulumi(command: str, *flags: str, ok: bool = True) -> Any:
            done = stack.pulumi(command, "--stack", STACK, "--non-interactive", *flags, ok=ok)
            return done.text

        stack.program(PROGRAMS["base"])
        first = pulumi("up", "--yes", "--skip-preview")
        assert WHO not in first  # the update itself is silent
        stack.program(PROGRAMS["everything"])
        (stack.project / FILE).write_text("no application: opened\n")
        before = len(cloudflare.requests)
        stopped = pulumi("up", "--yes", ok=False)
        assert "[mandatory]  statements" in stopped
        assert "old.example.com: perhaps opened" in stopped
        assert "Updating (" not in stopped
        assert {one["method"] for one in cloudflare.requests[before:]} <= {"GET"}
        (stack.project / FILE).write_text("console.example.com: only example.com\n")
        done = pulumi("up", "--yes")
        previewed, updated = done.split("Updating (")
        # What the plugin process says of it, without any pack.
        assert (
            "\n    Console (console.example.com): + pat@example.com, through Staff\n" in previewed
        )
        assert "through Staff" not in updated
        policies = previewed.partition("Policies:")[2].partition("Diagnostics:")[0]
        assert "[advisory]  who-gets-in" in policies
        assert "WIDER     console.example.com" in policies
        assert len(policies.strip().splitlines()) <= 25
        assert WHO not in updated
        assert STATEMENTS not in updated
        assert WHO not in pulumi("preview")
        for text in (stopped, done):
            assert not any(address in text for address in SECRET)
