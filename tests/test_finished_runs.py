"""Runs that have ended leave nothing to take over, and notes of one backend are none of another's.

Plugin processes that end as the engine ends them, or are killed; then the real engine.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from harness.local import strict
from harness.plugin import CallFailed, Kept, Plugin
from harness.stack import STACK, Stack
from pulumi_cloudflare_access import LocalCloudflare, rules
from pulumi_cloudflare_access.local_cloudflare import faults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STAFF: dict[str, Any] = {"name": "Staff", "include": [rules.email("ada@example.com")]}
ROUTE = "POST /accounts/*/access/groups"


@pytest.fixture
def cloudflare() -> Iterator[LocalCloudflare]:
    with strict(proxy=True) as cloudflare:
        yield cloudflare


class Machine:
    """The runs of one machine: one cache folder, several backends."""

    def __init__(self, cloudflare: LocalCloudflare, folder: Path) -> None:
        self.cloudflare = cloudflare
        self.folder = folder

    def run(self, backend: str = "a", **environment: str) -> Plugin:
        """Start a run of the one stack that has this name in this backend."""
        config = {
            "cloudflare:apiToken": self.cloudflare.token,
            "cloudflare:baseUrl": self.cloudflare.base_url,
            "cloudflare-access:accountId": self.cloudflare.account_id,
            "cloudflare-access:allowLoopback": "true",
        }
        state = self.folder / backend
        state.mkdir(parents=True, exist_ok=True)
        more = {"PULUMI_BACKEND_URL": f"file://{state}", **environment}
        return Plugin(config, {**os.environ, **more}, self.folder / "cache")

    def finished(self, backend: str = "a", **environment: str) -> Kept:
        """Make Staff in a run that ends well."""
        with self.run(backend, **environment) as plugin:
            made = plugin.up("access_group", STAFF)
            plugin.end()
        return made

    def killed(self, backend: str = "a") -> None:
        """Make Staff in a run that is killed before it hears of it."""
        with (
            self.run(backend) as plugin,
            self.cloudflare.fault(ROUTE, faults.Hold("after"), times=1) as held,
            ThreadPoolExecutor(1) as pool,
        ):
            run = pool.submit(plugin.up, "access_group", STAFF)
            held.wait()
            plugin.kill()
            assert isinstance(run.exception(), CallFailed)
            held.drop()

    def notes(self) -> list[str]:
        folder = self.folder / "cache" / "pulumi-cloudflare-access" / "journal"
        return [file.name for file in folder.iterdir()]


@pytest.fixture
def machine(cloudflare: LocalCloudflare, tmp_path: Path) -> Machine:
    return Machine(cloudflare, tmp_path)


def made(cloudflare: LocalCloudflare) -> int:
    return sum(1 for asked in cloudflare.requests if asked["method"] == "POST")


def test_what_a_finished_run_made_is_not_taken_over_where_the_state_has_lost_it(
    machine: Machine, cloudflare: LocalCloudflare
) -> None:
    there = machine.finished().id
    assert machine.notes() == []
    with machine.run() as plugin:
        with pytest.raises(CallFailed, match=f'exists already.*adopt="{there}"'):
            plugin.up("access_group", STAFF)
        assert plugin.warnings == []
    assert made(cloudflare) == 1


@pytest.mark.parametrize("changed", [{}, {"include": [rules.everyone()]}])
def test_without_checkpoints_it_is_told_of_even_if_it_is_not_as_declared_now(
    machine: Machine, cloudflare: LocalCloudflare, changed: dict[str, Any]
) -> None:
    there = machine.finished(PULUMI_SKIP_CHECKPOINTS="true")
    with machine.run() as plugin:
        with pytest.raises(CallFailed, match=f'no state known has it, and .*adopt="{there.id}"'):
            plugin.up("access_group", {**STAFF, **changed})
        assert made(cloudflare) == 1
        # Either way out is one.
        adopted = {**STAFF, "adopt": there.id}
        assert plugin.up("access_group", adopted).id == there.id
        plugin.end()
    with machine.run() as plugin:
        assert plugin.up("access_group", STAFF, was=there).did == "same"
    assert machine.notes() == []


def test_a_run_that_failed_in_an_orderly_way_has_ended_too(
    machine: Machine, cloudflare: LocalCloudflare
) -> None:
    with machine.run() as plugin:
        there = plugin.up("access_group", STAFF)
        with (
            cloudflare.fault(ROUTE, faults.Status(403)),
            pytest.raises(CallFailed, match="403"),
        ):
            plugin.up("access_group", {**STAFF, "name": "Other"}, name="other")
        plugin.end()
    assert machine.notes() == []
    with machine.run() as plugin:
        with pytest.raises(CallFailed, match=f'adopt="{there.id}"'):
            plugin.up("access_group", STAFF)
        plugin.up("access_group", {**STAFF, "name": "Other"}, name="other")


def test_what_a_killed_run_made_is_taken_over_once(
    machine: Machine, cloudflare: LocalCloudflare
) -> None:
    machine.killed()
    with machine.run() as plugin:
        there = plugin.up("access_group", STAFF)
        assert "made by an earlier run" in "".join(plugin.warnings)
        plugin.end()
    assert machine.notes() == []
    with machine.run() as plugin, pytest.raises(CallFailed, match=f'adopt="{there.id}"'):
        plugin.up("access_group", STAFF)
    assert made(cloudflare) == 1


def test_what_a_killed_run_has_in_its_state_is_not_taken_over_later(machine: Machine) -> None:
    with machine.run() as plugin:
        there = plugin.up("access_group", STAFF)
        # Pulumi has saved it, and is killed before it ends its plugin.
        plugin.kill()
    with machine.run() as plugin:
        assert plugin.up("access_group", STAFF, was=there).did == "same"
        plugin.end()
    with machine.run() as plugin, pytest.raises(CallFailed, match=f'adopt="{there.id}"'):
        plugin.up("access_group", STAFF)


def test_a_note_is_of_one_backend_whatever_became_of_the_run(
    machine: Machine, cloudflare: LocalCloudflare
) -> None:
    machine.killed("a")
    with machine.run("b") as plugin:
        with pytest.raises(CallFailed, match="exists already"):
            plugin.up("access_group", STAFF)
        # The same place by another name is the same backend.
        (machine.folder / "c").symlink_to(machine.folder / "a")
    with machine.run("c") as plugin:
        plugin.up("access_group", STAFF)
        assert "made by an earlier run" in "".join(plugin.warnings)
    assert made(cloudflare) == 1


def test_what_another_stack_has_adopted_meanwhile_is_not_taken_back(
    machine: Machine, cloudflare: LocalCloudflare
) -> None:
    with machine.run("a") as plugin:
        there = plugin.up("access_group", STAFF)
        plugin.kill()
    with machine.run("b") as plugin:
        plugin.up("access_group", {**STAFF, "adopt": there.id})
        plugin.end()
    with machine.run("a") as plugin, pytest.raises(CallFailed, match=f'adopt="{there.id}"'):
        plugin.up("access_group", STAFF)
    assert made(cloudflare) == 1


def test_where_the_backend_cannot_be_told_nothing_is_taken_over(
    machine: Machine, cloudflare: LocalCloudflare
) -> None:
    nowhere = {"PULUMI_BACKEND_URL": "states"}
    for killed in (True, False):
        with machine.run(**nowhere) as plugin:
            if killed:
                plugin.up("access_group", STAFF)
                assert "it cannot be told where Pulumi keeps" in "".join(plugin.warnings)
                plugin.kill()
            else:
                with pytest.raises(CallFailed, match="exists already"):
                    plugin.up("access_group", STAFF)
    assert made(cloudflare) == 1


# --------------------------------------------------------------------------------- the real engine

PROGRAM = """
cloudflare.AccessGroup("staff", name="Staff", include=[rules.email("ada@example.com")])
cloudflare.ResourceGroup("everything", name="Everything", scope={"objects": [{"key": "*"}]})
"""


@pytest.mark.engine
def test_the_engine_lets_go_of_what_a_finished_up_has_made(
    tmp_path: Path, cloudflare: LocalCloudflare
) -> None:
    stack = Stack(tmp_path / "stack", cloudflare)
    journal = stack.folder / "cache" / "pulumi-cloudflare-access" / "journal"
    stack.program(PROGRAM)
    stack.up()
    assert list(journal.iterdir()) == []
    ids = {name: one["id"] for name, one in stack.state().items() if one["custom"]}
    assert made(cloudflare) == 2

    # The same project and stack, in another backend, on the same machine.
    other = Stack(tmp_path / "other", cloudflare)
    other.environment["XDG_CACHE_HOME"] = stack.environment["XDG_CACHE_HOME"]
    other.program(PROGRAM)
    told = other.up(ok=False)
    assert {*re.findall(r'adopt="([\w-]+)"', told.text)} == {ids["staff"], ids["everything"]}
    other.destroy()

    urn = stack.state()["staff"]["urn"]
    stack.pulumi("state", "delete", urn, "--yes", "--stack", STACK)
    assert f'adopt="{ids["staff"]}"' in stack.up(ok=False).text
    stack.pulumi("stack", "rm", STACK, "--force", "--yes", "--preserve-config")
    stack.pulumi("stack", "init", STACK)
    stack.configure(stack.config)
    assert f'adopt="{ids["everything"]}"' in stack.up(ok=False).text
    assert made(cloudflare) == 2


@pytest.mark.engine
def test_the_engine_without_checkpoints_likewise(
    tmp_path: Path, cloudflare: LocalCloudflare
) -> None:
    stack = Stack(tmp_path / "stack", cloudflare)
    stack.environment["PULUMI_SKIP_CHECKPOINTS"] = "true"
    # As most people have it: no variable, a login, and relative to where Pulumi was called.
    del stack.environment["PULUMI_BACKEND_URL"]
    stack.pulumi("login", "file://../state")
    stack.program(PROGRAM)
    stack.up()
    [id_] = [one["id"] for name, one in stack.state().items() if name == "staff"]
    stack.pulumi("state", "delete", stack.state()["staff"]["urn"], "--yes", "--stack", STACK)
    told = stack.up(ok=False)
    assert "no state known has it, and it has ended" in told.text
    assert f'adopt="{id_}"' in told.text
    assert "cannot be told" not in told.text
    assert made(cloudflare) == 2


def interrupted(stack: Stack, cloudflare: LocalCloudflare, times: int) -> None:
    """Press Ctrl-C so often while Cloudflare is at work on the first create."""
    with cloudflare.fault("POST /accounts/**", faults.Hold("before"), times=1) as held:
        run = subprocess.Popen(
            ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--stack", STACK],
            cwd=stack.project,
            env=stack.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        held.wait()
        assert run.stdout
        run.send_signal(signal.SIGINT)
        # Pulumi says that it has heard the first, and takes the second for another.
        while "received" not in run.stdout.readline():
            assert run.poll() is None
        if times == 1:
            held.release()
        else:
            run.send_signal(signal.SIGINT)
        said, _ = run.communicate(timeout=60)
        print(said)
        held.release()


@pytest.mark.engine
@pytest.mark.parametrize("times", [1, 2])
def test_an_up_that_is_interrupted_ends_in_an_orderly_way_or_is_gone_on_with(
    tmp_path: Path, cloudflare: LocalCloudflare, times: int
) -> None:
    stack = Stack(tmp_path / "stack", cloudflare)
    journal = stack.folder / "cache" / "pulumi-cloudflare-access" / "journal"
    stack.program('cloudflare.AccessGroup("staff", name="Staff", include=[rules.everyone()])')
    interrupted(stack, cloudflare, times)
    if times == 1:
        # The engine waits for what is under way, and has it in its state.
        assert list(journal.iterdir()) == []
        assert "staff" in stack.state()
    else:
        assert len(list(journal.iterdir())) == 1
        stack.pulumi("cancel", "--yes", "--stack", STACK, ok=False)
        assert "made by an earlier run" in stack.up().text
    stack.up("--expect-no-changes")
    assert made(cloudflare) == 1
