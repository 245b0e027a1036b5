"""A random account becomes a program, and the program is the account: exactly, and only read."""

from __future__ import annotations

import ast
import filecmp
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from click.testing import CliRunner
from hypothesis import strategies as st

from harness.account import Account
from harness.local import config_for, strict
from harness.previewed import preview_of_project
from harness.worlds import CANARY, World
from pulumi_cloudflare_access import LocalCloudflare, kinds
from pulumi_cloudflare_access.adopt import classes
from pulumi_cloudflare_access.adopt.check import read_ids
from pulumi_cloudflare_access.adopt.live import Accounts
from pulumi_cloudflare_access.adopt.matching import Found, Matching, Outcome
from pulumi_cloudflare_access.adopt.names import Names
from pulumi_cloudflare_access.adopt.plan import read_plan
from pulumi_cloudflare_access.adopt.project import in_order
from pulumi_cloudflare_access.cli import main
from pulumi_cloudflare_access.local_cloudflare import faults

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


@pytest.fixture
def live() -> Iterator[LocalCloudflare]:
    with strict() as live:
        yield live


def new(live: LocalCloudflare, folder: Path, *options: str, status: int = 0) -> str:
    """Run the command in this process; return what it said."""
    before = len(live.requests)
    environment = {"CLOUDFLARE_ACCESS_LOCAL": live.environment["CLOUDFLARE_ACCESS_LOCAL"]}
    run = CliRunner().invoke(main, ["adopt", "new", str(folder), *options], env=environment)
    assert run.exit_code == status, run.output
    assert {asked["method"] for asked in live.requests[before:]} <= {"GET"}
    return run.output


def check(live: LocalCloudflare, folder: Path) -> Found:
    config = config_for(live)
    plan = read_plan(preview_of_project(folder, config))
    return Matching(
        plan, Accounts(config, plan.providers), read_ids(folder / "adopt.json"), {}
    ).found()


def left_out(folder: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((folder / "adopt.json").read_text())["left_out"]
    return found


@hypothesis.settings(max_examples=8)
@hypothesis.given(seed=st.integers(0, 2**32))
def test_the_program_for_a_random_account_is_exact(seed: int) -> None:
    with strict() as live, tempfile.TemporaryDirectory() as beside:
        World(live, seed).fill()
        folder = Path(beside) / "infra"
        new(live, folder, "--zone-id", live.zone_id)
        found = check(live, folder)
        inexact = [*map(str, found.of(*{*Outcome} - {Outcome.EXACT}))]
        assert inexact == []
        # What no program can declare without its secret, or beside another one.
        undeclared = {one["object"] for one in left_out(folder)}
        assert [str(one) for one in found.strays if one.id not in undeclared] == []
        assert found.unread == []
        assert len(found.matches) > 15
        assert [one for one in left_out(folder) if "is not exact" in one["left out"]] == []
        for file in folder.iterdir():
            assert CANARY not in file.read_text()


def test_a_project_is_the_same_to_the_last_byte_clean_and_typed(
    live: LocalCloudflare, tmp_path: Path
) -> None:
    World(live, 7).fill(9)
    one, two = tmp_path / "one", tmp_path / "two" / "one"
    for folder in (one, two):
        new(live, folder, "--zone-id", live.zone_id, "--protect")
    files = sorted(file.name for file in one.iterdir())
    assert filecmp.cmpfiles(one, two, files, shallow=False)[0] == files
    for command in (
        ["ruff", "check", "--isolated", "--select", "E4,E7,E9,F,I,N,UP,B", "."],
        ["ruff", "format", "--isolated", "--check", "."],
        ["mypy", "--strict", "--no-incremental", "--config-file", "", "__main__.py"],
    ):
        run = subprocess.run(
            [sys.executable, "-m", *command], cwd=one, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr
    assert "protect=True" in (one / "groups.py").read_text()


def test_a_small_account_is_the_golden_project(live: LocalCloudflare, tmp_path: Path) -> None:
    live.switches.plain = True
    people = [{"email": {"email": f"{name}@example.com"}} for name in ("ada", "bob", "eve")]
    idp = "67a6fae9-8dd0-41ea-b0d9-2b2f1b1c9a01"
    made = live.seed(
        {
            "access/identity_providers": [
                {"id": idp, "name": "Entra", "type": "azureAD", "config": {}}
            ],
            "access/groups": [
                {
                    "id": "00000000-0000-4000-8000-000000000001",
                    "name": "Staff",
                    "include": [*people, {"azureAD": {"id": "e1", "identity_provider_id": idp}}],
                },
                {
                    "id": "00000000-0000-4000-8000-000000000002",
                    "name": "On call",
                    "include": people,
                    "require": [{"geo": {"country_code": "DE"}}],
                },
            ],
        }
    )
    staff = {"group": {"id": made["access/groups"][0]["id"]}}
    live.seed(
        {
            "access/policies": [
                {
                    "id": "00000000-0000-4000-8000-000000000003",
                    "name": "Allow staff",
                    "decision": "allow",
                    "include": [staff],
                }
            ]
        }
    )
    live.seed(
        {
            "access/apps": [
                {
                    "id": "00000000-0000-4000-8000-000000000004",
                    "type": "self_hosted",
                    "name": "Wiki",
                    "domain": "wiki.example.com",
                    "policies": [{"name": "own", "decision": "deny", "include": [staff]}],
                },
                {
                    "id": "00000000-0000-4000-8000-000000000005",
                    "type": "self_hosted",
                    "name": "Docs",
                    "domain": "docs.example.com",
                    "policies": ["00000000-0000-4000-8000-000000000003"],
                },
            ]
        }
    )
    folder = tmp_path / "infra"
    # What an account always has of other kinds is no matter here.
    some = ("AccessApplication", "AccessGroup", "AccessPolicy")
    new(live, folder, *(word for kind in some for word in ("--only", kind)))
    written = {
        file.name: file.read_text().replace(live.account_id, "<account>").splitlines()
        for file in sorted(folder.iterdir())
    }
    golden = Path(__file__).with_name("project.golden.json")
    if "WRITE_GOLDEN" in os.environ:
        golden.write_text(json.dumps(written, indent=1) + "\n")
    assert written == json.loads(golden.read_text())


def test_kinds_and_names_are_chosen_and_the_rest_is_referred_to(
    live: LocalCloudflare, tmp_path: Path
) -> None:
    group = {"name": "Team A", "include": [{"everyone": {}}]}
    [made] = live.seed({"access/groups": [group]})["access/groups"]
    refers = [{"group": {"id": made["id"]}}]
    live.seed(
        {
            "access/policies": [
                {"name": name, "decision": "allow", "include": refers} for name in ("In", "Out")
            ]
        }
    )
    folder = tmp_path / "some"
    new(live, folder, "--only", "AccessPolicy", "--match", "I*")
    assert {file.name for file in folder.glob("*.py")} == {
        "__main__.py",
        "elsewhere.py",
        "policies.py",
    }
    assert f'GetAccessGroupResult(id="{made["id"]}", name="Team A")' in (
        folder / "elsewhere.py"
    ).read_text().replace("\n", "").replace("    ", "").replace(", )", ")")
    assert "Out" not in (folder / "policies.py").read_text()
    looked_up = tmp_path / "looked up"
    new(live, looked_up, "--only", "AccessPolicy", "--lookups")
    assert 'get_access_group(name="Team A")' in (looked_up / "elsewhere.py").read_text()
    # Pulumi takes no such name for a project.
    assert "name: looked-up\n" in (looked_up / "Pulumi.yaml").read_text()
    said = new(live, tmp_path / "none", "--only", "AccessGroups", status=1)
    assert '"AccessGroups" is not one of AccessApplication' in said


def test_a_folder_that_is_not_empty_is_refused_before_anything_is_read(
    live: LocalCloudflare, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("mine")
    before = len(live.requests)
    assert "is not empty" in new(live, tmp_path, status=1)
    assert len(live.requests) == before
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]


def test_a_token_that_reads_part_is_told_what_it_lacks_and_nothing_is_written(
    live: LocalCloudflare, tmp_path: Path
) -> None:
    World(live, 3).fill(3)
    live.fault("GET /accounts/*/iam/user_groups", faults.Status(403))
    said = new(live, tmp_path / "infra", status=1)
    assert "nothing was written" in said
    assert '"Account Settings Read"' in said
    assert [*tmp_path.iterdir()] == []
    new(live, tmp_path / "infra", "--only", "AccessGroup")


def test_an_account_that_changes_after_it_was_read_is_told(
    live: LocalCloudflare, tmp_path: Path
) -> None:
    include: list[dict[str, Any]] = [{"everyone": {}}]
    groups = [{"name": name, "include": include} for name in ("Stays", "Goes")]
    made = {one["name"]: one["id"] for one in live.seed({"access/groups": groups})["access/groups"]}
    new(live, tmp_path / "infra")
    Account(live).ask("DELETE", f"/access/groups/{made['Goes']}")
    found = check(live, tmp_path / "infra")
    outcomes = {match.planned.name: match.outcome for match in found.matches}
    assert outcomes["goes"] is Outcome.GONE
    assert outcomes["stays"] is Outcome.EXACT


# ------------------------------------------------------------------------------- names and order


@hypothesis.given(
    st.lists(st.text(max_size=40) | st.sampled_from(["class", "print", "rules", "a b", "A-b"]))
)
def test_every_name_is_valid_and_there_once(texts: list[str]) -> None:
    names = Names({"groups"})
    variables = [names.variable(text, "group", f"{n:08x}") for n, text in enumerate(texts)]
    resources = [names.resource(text, "access_group", f"{n:08x}") for n, text in enumerate(texts)]
    for found in (variables, resources):
        assert len({*found}) == len(found)
    for name in variables:
        ast.parse(f"{name} = 1")
        assert name not in {"groups", "rules", "print"}


@hypothesis.given(
    st.dictionaries(st.integers(0, 6), st.sets(st.integers(0, 6), max_size=4), max_size=7)
)
def test_what_is_cut_leaves_an_order(needs: dict[int, set[int]]) -> None:
    order, cut = in_order(needs)
    assert sorted(order) == sorted(needs)
    for one, others in needs.items():
        for other in others & needs.keys():
            assert (one, other) in cut or order.index(other) < order.index(one)


def test_every_kind_has_a_class() -> None:
    named: Any = classes.resources()
    assert named.keys() == kinds.KINDS.keys()
