"""Every example, run by the real engine."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from harness import documents
from harness.stack import Stack

if TYPE_CHECKING:
    from pulumi_cloudflare_access import LocalCloudflare

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted(path for path in (ROOT / "examples").iterdir() if path.name[:2].isdigit())


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def is_cloudflares_own(found: dict[str, Any]) -> bool:
    """Tell a resource group that is always there from those that somebody makes."""
    return found.get("meta") == {"editable": "false"}


def done_by_hand(project: Path, cloudflare: LocalCloudflare) -> set[str]:
    """Do what an example finds done by somebody; return the ids of what is there then."""
    script = project / "by_hand.py"
    if not script.exists():
        return set()
    environment = {**os.environ, **cloudflare.environment}
    return set(subprocess.check_output(["python", script], env=environment, text=True).split())


@pytest.mark.engine
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_comes_up_stays_quiet_and_leaves_nothing(
    example: Path, tmp_path: Path, cloudflare: LocalCloudflare
) -> None:
    eu = cloudflare.add_account(token=cloudflare.token)
    config = {"test:zoneId": cloudflare.zone_id, "test:euAccountId": eu.id}
    stack = Stack(tmp_path / "stack", cloudflare, config)
    stack.environment["CF_EU_TOKEN"] = eu.token
    shutil.copytree(example, stack.project, dirs_exist_ok=True)
    by_hand = done_by_hand(stack.project, cloudflare)
    project = stack.project / "Pulumi.yaml"
    project.write_text(re.sub(r"^name: .*$", "name: test", project.read_text(), flags=re.MULTILINE))
    stack.up()
    assert stack.plan().changed() == {}
    assert by_hand <= set(map(str, stack.outputs().values()))
    shown = documents.blocks(example / "README.md", "text")
    if shown:
        program = stack.project / "__main__.py"
        program.write_text(documents.changed(example / "README.md", program.read_text()))
        assert [block.noted("shown by") for block in shown] == [["preview --diff"]] * len(shown)
        printed = documents.lines_of(stack.preview("--diff").text)
        assert [part for b in shown for part in documents.missing(b.text, printed)] == []
    stack.destroy()
    made_in = {asked["path"] for asked in cloudflare.requests if asked["method"] == "POST"}
    assert made_in
    with httpx.Client(headers={"Authorization": f"Bearer {cloudflare.token}"}) as api:
        left = [api.get(cloudflare.base_url + path).json()["result"] for path in made_in]
    # An application's policies have gone with it: there is no list of them any more.
    made = [found for objects in left for found in objects or () if not is_cloudflares_own(found)]
    assert made == []


@pytest.mark.engine
def test_many_accounts_are_rolled_out_as_their_readme_says(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "08_many_accounts", tmp_path / "many")
    assert len((tmp_path / "many" / "roll_out.py").read_text().splitlines()) < 30
    readme = (tmp_path / "many" / "README.md").read_text()
    (command,) = re.findall(r"^(cloudflare-access local .*)$", readme, re.MULTILINE)
    run = subprocess.run(
        shlex.split(command),
        cwd=tmp_path / "many",
        env={**os.environ, "PULUMI_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "up: 2 stacks, 2 changed, 0 failed" in run.stdout
    assert "drift: 2 stacks, 0 changed, 0 failed" in run.stdout


@pytest.mark.engine
def test_an_account_is_taken_over_as_the_readme_says(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "15_adopting_an_account", tmp_path / "adopting")
    readme = (tmp_path / "adopting" / "README.md").read_text()
    (command,) = re.findall(r"^ +(cloudflare-access local .*)$", readme, re.MULTILINE)
    run = subprocess.run(
        shlex.split(command),
        cwd=tmp_path / "adopting",
        env={**os.environ, "PULUMI_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    for line in re.findall(r"^    ( +\d+  exact|The preview is empty\.)$", readme, re.MULTILINE):
        assert line in run.stdout


@pytest.mark.engine
def test_the_tests_of_an_example_pass_and_can_fail(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "11_testing", tmp_path / "testing")
    program = tmp_path / "testing" / "__main__.py"

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q"],
            cwd=program.parent,
            env={**os.environ, "PULUMI_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            check=False,
        )

    passed = run()
    assert passed.returncode == 0, passed.stdout
    assert "1 passed" in passed.stdout
    text = program.read_text()
    program.write_text(text.replace('"deny"', '"…"').replace("allow", "deny").replace("…", "allow"))
    failed = run()
    assert "assert ['allow', 'deny'] == ['deny', 'allow']" in failed.stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_short_and_explained(example: Path) -> None:
    program = (example / "__main__.py").read_text()
    assert len(program.splitlines()) < 30
    assert "Cleanup" in (example / "README.md").read_text()
    assert f"]({example.name})" in (ROOT / "examples" / "README.md").read_text()


def test_the_readmes_program_is_the_first_example() -> None:
    program = (EXAMPLES[0] / "__main__.py").read_text()
    shown = documents.program(ROOT / "README.md")
    assert lines(shown) == lines(program.partition('"""\n')[2])
