"""The life of the plugin process: it ends with the engine, sends nothing after that, and only then.

What the engine holds is the other end of the standard input. Real processes; once the real engine.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from harness.plugin import CallFailed, Plugin, create_request
from harness.processes import processes
from harness.stack import STACK, Stack
from pulumi_cloudflare_access import LocalCloudflare, rules
from pulumi_cloudflare_access.local_cloudflare import faults
from pulumi_cloudflare_access.process.engine_watch import EngineWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

STAFF = {"name": "Staff", "include": [rules.email("ada@example.com")]}
ROUTE = "POST /accounts/*/access/groups"
# Seconds, of real time, on a machine that does much else.
AT_ONCE = 20.0


def config(cloudflare: LocalCloudflare, **more: str) -> dict[str, str]:
    return {
        "cloudflare:apiToken": cloudflare.token,
        "cloudflare:baseUrl": cloudflare.base_url,
        "cloudflare-access:accountId": cloudflare.account_id,
        "cloudflare-access:allowLoopback": "true",
        **{f"cloudflare-access:{name}": value for name, value in more.items()},
    }


def until(what: Callable[[], Any]) -> None:
    end = time.monotonic() + AT_ONCE
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def waiting(cloudflare: LocalCloudflare) -> Iterator[Plugin]:
    """Start a plugin whose third request waits for the rate limit, five minutes."""
    with Plugin(config(cloudflare, requestsPer5Minutes="2"), os.environ) as plugin:
        plugin.up("access_group", STAFF)
        yield plugin


def sent(cloudflare: LocalCloudflare) -> list[str]:
    return [asked["method"] for asked in cloudflare.requests]


def test_what_waits_for_the_rate_limit_when_the_engine_is_killed_is_never_sent(
    waiting: Plugin, cloudflare: LocalCloudflare
) -> None:
    with ThreadPoolExecutor(5) as pool:
        others = [
            pool.submit(waiting.up, "access_group", {**STAFF, "name": f"{n}"}, name=f"{n}")
            for n in range(5)
        ]
        until(lambda: "waiting until" in "".join(waiting.engine.progress))
        waiting.orphan()
        assert waiting.process.wait(AT_ONCE) == 1
        for other in others:
            assert isinstance(other.exception(), CallFailed)
    assert sent(cloudflare) == ["GET", "POST"]


def test_a_request_under_way_keeps_nobody_alive(cloudflare: LocalCloudflare) -> None:
    with (
        Plugin(config(cloudflare), os.environ) as plugin,
        cloudflare.fault(ROUTE, faults.Hold("before"), times=1) as held,
        ThreadPoolExecutor(1) as pool,
    ):
        run = pool.submit(plugin.up, "access_group", STAFF)
        held.wait()
        plugin.orphan()
        assert plugin.process.wait(AT_ONCE) == 1
        assert isinstance(run.exception(), CallFailed)
        held.drop()


def test_a_call_that_the_engine_gives_up_sends_nothing_more_and_others_go_on(
    cloudflare: LocalCloudflare,
) -> None:
    with Plugin(config(cloudflare), os.environ) as plugin:
        inputs = plugin.check("access_group", STAFF)
        # The create looks first what is there. Told to end at once, the engine cancels its calls.
        with cloudflare.fault("GET /accounts/**", faults.Hold("before"), times=1) as held:
            given_up = plugin.stub.Create.future(create_request("access_group", inputs))
            held.wait()
            given_up.cancel()
            with pytest.raises(grpc.FutureCancelledError):
                given_up.result()
            # Over the same connection: the plugin has heard of the one when it answers the other.
            plugin.check("access_group", STAFF)
        plugin.up("access_group", {**STAFF, "name": "Other"}, name="other")
        until(lambda: len(sent(cloudflare)) >= 2)
    names = [asked["body"]["name"] for asked in cloudflare.requests if asked["method"] == "POST"]
    assert names == ["Other"]


def test_an_orderly_end_is_one(cloudflare: LocalCloudflare) -> None:
    with Plugin(config(cloudflare), os.environ) as plugin:
        plugin.up("access_group", STAFF)
        plugin.end()


# ---------------------------------------------------------------------------------- no false alarm


def test_nothing_but_the_end_of_the_other_side_ends_the_watch() -> None:
    ours, engines = os.pipe()
    watch = EngineWatch(ours)
    assert watch.is_watching
    assert not watch.is_gone()
    os.write(engines, b"somebody typed this")
    assert not watch.is_gone()
    # A provider of the user's own closes its standard input, and something else gets its number.
    os.close(ours)
    other = os.open(os.devnull, os.O_RDONLY)
    assert not watch.is_gone()
    os.read(watch._descriptor, 100)  # noqa: SLF001 - or reads from it
    assert not watch.is_gone()
    os.close(engines)
    assert watch.is_gone()
    watch.wait()
    os.close(other)


@pytest.mark.parametrize("what", ["nothing", "terminal", "file", "closed"])
def test_a_standard_input_that_is_no_engines_is_not_watched(what: str, tmp_path: Path) -> None:
    closed, engines = os.pipe()
    os.close(engines)
    (tmp_path / "file").touch()
    terminal, other = os.openpty()
    descriptor = {
        "nothing": os.open(os.devnull, os.O_RDONLY),
        "terminal": other,
        "file": os.open(tmp_path / "file", os.O_RDONLY),
        "closed": closed,
    }[what]
    watch = EngineWatch(descriptor)
    assert not watch.is_watching
    assert not watch.is_gone()
    for each in {descriptor, closed, terminal, other}:
        os.close(each)


@pytest.mark.parametrize("stdin", ["/dev/null", "terminal"])
def test_a_plugin_started_by_hand_serves(cloudflare: LocalCloudflare, stdin: str) -> None:
    terminal, other = os.openpty()
    given = other if stdin == "terminal" else os.open(stdin, os.O_RDONLY)

    class ByHand(Plugin):
        def _spawn(self, engine: str, _cache: str) -> tuple[int, Callable[[], None]]:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-m", "pulumi.dynamic", engine],
                stdin=given,
                stdout=subprocess.PIPE,
                env=self._environment,
            )
            stdout = self.process.stdout
            assert stdout

            def kill() -> None:
                self.process.kill()
                self.process.wait()
                stdout.close()

            return int(stdout.readline()), kill

    with ByHand(config(cloudflare), os.environ) as plugin:
        plugin.up("access_group", STAFF)
        assert plugin.process.poll() is None
    for each in {given, terminal, other}:
        os.close(each)


# --------------------------------------------------------------------------------- the real engine

FIVE = """
for n in range(5):
    cloudflare.AccessGroup(f"group-{n}", name=f"group-{n}", include=[rules.everyone()])
"""


@pytest.mark.engine
def test_an_engine_that_is_killed_takes_its_plugin_with_it(
    tmp_path: Path, cloudflare: LocalCloudflare
) -> None:
    stack = Stack(tmp_path / "stack", cloudflare, {"cloudflare-access:requestsPer5Minutes": "2"})
    stack.program(FIVE)
    engine = subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--stack", STACK],
        cwd=stack.project,
        env=stack.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # As a CI runner or nohup would.
        start_new_session=True,
    )
    until(lambda: sent(cloudflare) == ["GET", "POST"])
    plugins = [
        one.pid
        for one in processes()
        if "pulumi.dynamic" in one.words and str(tmp_path) in _environment_of(one.pid)
    ]
    assert len(plugins) == 1
    # Stopped, as by a debugger or Ctrl-Z, it is not gone.
    engine.send_signal(signal.SIGSTOP)
    assert {one.pid for one in processes()} >= {*plugins}
    engine.kill()
    engine.wait()
    until(lambda: not {one.pid for one in processes()} & {*plugins})
    assert sent(cloudflare) == ["GET", "POST"]


INLINE = """
import json, os, sys

import pulumi
from pulumi import automation
import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

groups = 1

def program():
    for n in range(groups):
        cloudflare.AccessGroup(f"group-{n}", name=f"group-{n}", include=[rules.everyone()])

told = json.loads(os.environ["TOLD"])
options = automation.LocalWorkspaceOptions(
    # What the program's own process does not have.
    env_vars={**told["environment"], "PULUMI_PYTHON_CMD": sys.executable},
    pulumi_home=told["home"],
    project_settings=automation.ProjectSettings("inline", "python"),
)
stack = automation.create_or_select_stack("dev", "inline", program, opts=options)
stack.set_all_config({k: automation.ConfigValue(v) for k, v in told["config"].items()})
print(json.dumps(stack.up().stdout), flush=True)
sys.stdin.readline()
groups = 6
stack.set_config("cloudflare-access:requestsPer5Minutes", automation.ConfigValue("2"))
try:
    stack.up()
except Exception as error:
    print(type(error).__name__, flush=True)
"""


@pytest.mark.engine
def test_with_the_automation_api_likewise(tmp_path: Path, cloudflare: LocalCloudflare) -> None:
    stack = Stack(tmp_path / "stack", cloudflare)
    (script := tmp_path / "inline.py").write_text(INLINE)
    there = {k: v for k, v in stack.environment.items() if k != "PULUMI_HOME"}
    told = {"environment": there, "home": str(tmp_path / "home"), "config": stack.config}
    here = {k: v for k, v in os.environ.items() if not k.startswith("PULUMI_")}
    here["XDG_CACHE_HOME"] = there["XDG_CACHE_HOME"]
    with subprocess.Popen(
        [sys.executable, str(script)],
        env={**here, "TOLD": json.dumps(told)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdin
        assert run.stdout
        said = run.stdout.readline()
        # A run that has ended has left nothing, and knew which backend it was in.
        assert "cannot be told" not in said
        journal = tmp_path / "stack" / "cache" / "pulumi-cloudflare-access" / "journal"
        assert list(journal.iterdir()) == []
        before = len(sent(cloudflare))
        run.stdin.write("\n")
        run.stdin.flush()
        until(lambda: len(sent(cloudflare)) == before + 2)
        [engine] = [one for one in processes() if one.parent == run.pid and "up" in one.words]
        plugins = [
            one.pid
            for one in processes()
            if "pulumi.dynamic" in one.words and str(tmp_path) in _environment_of(one.pid)
        ]
        assert plugins
        os.kill(engine.pid, signal.SIGKILL)
        until(lambda: not {one.pid for one in processes()} & {*plugins})
        assert "Error" in run.stdout.readline()
    assert len(sent(cloudflare)) == before + 2


def _environment_of(pid: int) -> str:
    shown = subprocess.run(
        ["ps", "eww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout
