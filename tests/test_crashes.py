"""Runs that are killed at any request: the next one leaves exactly what the program says.

Real plugin processes over gRPC, killed while the server holds a request, and then the real engine.
CLOUDFLARE_ACCESS_TESTS=all kills the engine at every request instead of some.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Literal

import httpx
import pytest

from harness.local import config_for, strict
from harness.plugin import CallFailed, Kept, Plugin
from harness.stack import STACK, Stack
from harness.team import Team, email
from pulumi_cloudflare_access import LocalCloudflare, rules
from pulumi_cloudflare_access.local_cloudflare import faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

At = Literal["before", "after"]
BEFORE: At = "before"
AFTER: At = "after"
WRITES = "POST,PUT,PATCH,DELETE /accounts/**"
EVERYTHING = (
    "access/groups",
    "access/apps",
    "access/policies",
    "iam/resource_groups",
    "iam/user_groups",
    "sso_connectors",
)
# Seconds: longer than Cloudflare may be at work on a request, and may take to show what it made.
LATER = 120.0


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Return the cache folder that the runs of one machine share."""
    return tmp_path / "machine"


@pytest.fixture
def cloudflare() -> Iterator[LocalCloudflare]:
    with strict(proxy=True) as cloudflare:
        Team(cloudflare).invite("ada", "bob")
        yield cloudflare


def minutes_pass(machine: Path) -> None:
    """Let what is noted have been noted minutes ago: nobody waits for Cloudflare then.

    It was made then all the same: Cloudflare's clock is ahead by as much.
    """
    for file in (machine / "pulumi-cloudflare-access" / "journal").iterdir():
        note = json.loads(file.read_bytes())
        skew = None if note["skew"] is None else note["skew"] + LATER
        file.write_text(json.dumps({**note, "time": note["time"] - LATER, "skew": skew}))


def in_backend(folder: Path) -> dict[str, str]:
    """Return the environment of a stack that has its state in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return {**os.environ, "PULUMI_BACKEND_URL": f"file://{folder}"}


def account_of(cloudflare: LocalCloudflare) -> list[str]:
    """List everything in the account that somebody has made, by kind and name."""
    found = []
    with httpx.Client(
        transport=httpx.WSGITransport(app=cloudflare.app),
        base_url=f"{cloudflare.base_url}/accounts/{cloudflare.account_id}/",
        headers={"Authorization": f"Bearer {cloudflare.token}"},
    ) as http:

        def listed(path: str) -> list[dict[str, Any]]:
            answer = http.get(path, params={"per_page": 50})
            assert answer.is_success, answer.text
            objects: list[dict[str, Any]] = answer.json()["result"]
            return objects

        for collection in EVERYTHING:
            for one in listed(collection):
                name = str(one.get("name") or one.get("email_domain"))
                if (one.get("meta") or {}).get("editable") in (False, "false"):
                    continue
                found.append(f"{collection} {name}")
                if collection == "access/apps":
                    parts = listed(f"{collection}/{one['id']}/policies")
                    found += [f"{collection} {name}: {part['name']}" for part in parts]
                if collection == "iam/user_groups":
                    parts = listed(f"{collection}/{one['id']}/members")
                    found += [f"{collection} {name}: {part['email']}" for part in parts]
    return sorted(found)


# ------------------------------------------------------------------------------- plugin processes


class Engine:
    """What the engine does with a program of twenty resources: one after the other, and a state."""

    def __init__(self, cloudflare: LocalCloudflare, *, checkpoints: bool = True) -> None:
        self.cloudflare = cloudflare
        self.checkpoints = checkpoints
        self.state: dict[str, Kept] = {}

    def up(self, plugin: Plugin) -> None:
        """Run the program; what is made is saved at each step, or at the end."""
        made = dict(self.state)
        for name, kind in PROGRAM.items():
            declared = _declared(name, kind, {key: kept.id for key, kept in made.items()})
            made[name] = plugin.up(kind, declared, was=made.get(name), name=name)
            if self.checkpoints:
                self.state = dict(made)
        self.state = made


PROGRAM = (
    {f"group-{n}": "access_group" for n in range(6)}
    | {f"policy-{n}": "access_policy" for n in range(3)}
    | {f"app-{n}": "access_application" for n in range(3)}
    | {
        "list": "access_application_policies",
        "single": "access_application_policy",
        "production": "resource_group",
        "team": "user_group",
        "crew": "user_group",
        "ada": "user_group_member",
        "everybody": "user_group_members",
        "sso": "sso_connector",
    }
)


def _policy(name: str) -> dict[str, Any]:
    return {"name": name, "decision": "allow", "include": [rules.email("ada@example.com")]}


def _declared(name: str, kind: str, ids: Mapping[str, str]) -> dict[str, Any]:
    number = int(name.rpartition("-")[2]) if "-" in name else 0
    before = [{"group": {"id": ids.get(f"group-{number - 1}")}}] if number else []
    attached = {"policies": [ids.get("policy-0")]} if number == 2 else {}
    app = {"name": name, "domain": f"{name}.example.com", "type": "self_hosted"}
    of_each: dict[str, dict[str, Any]] = {
        "access_group": {"name": name, "include": [rules.email("ada@example.com"), *before]},
        "access_policy": _policy(name),
        "access_application": app | attached,
        "access_application_policies": {
            "application": ids.get("app-0"),
            "policies": [_policy("one"), _policy("two")],
        },
        "access_application_policy": {
            "application": ids.get("app-1"),
            "precedence": 7,
            **_policy("single"),
        },
        "resource_group": {"name": name, "scope": {"objects": [{"key": "*"}]}},
        "user_group": {"name": name},
        "user_group_member": {"group": ids.get("team"), "member": email("ada")},
        "user_group_members": {"group": ids.get("crew"), "members": [email("ada"), email("bob")]},
        "sso_connector": {"email_domain": "example.com"},
    }
    return of_each[kind]


@pytest.fixture(scope="module")
def clean() -> tuple[list[str], int]:
    """Return what an account holds after an `up` that nobody kills, and how many writes it took."""
    with strict(proxy=True) as cloudflare:
        Team(cloudflare).invite("ada", "bob")
        with Plugin(config_for(cloudflare), os.environ) as plugin:
            Engine(cloudflare).up(plugin)
        writes = [asked for asked in cloudflare.requests if asked["method"] != "GET"]
        return account_of(cloudflare), len(writes)


def killed(engine: Engine, machine: Path, nth: int, at: At) -> None:
    """Run the program, and kill the plugin while the server holds its n-th write."""
    cloudflare = engine.cloudflare
    with (
        Plugin(config_for(cloudflare), os.environ, machine) as plugin,
        cloudflare.fault(WRITES, faults.Hold(at), nth=nth) as held,
        ThreadPoolExecutor(1) as pool,
    ):
        run = pool.submit(engine.up, plugin)
        held.wait()
        plugin.kill()
        with pytest.raises(CallFailed):
            run.result()
        held.drop()


# As many as an `up` of the program takes; `test_the_program_...` says so if that changes.
NUMBER_OF_WRITES = 21
SHARDS = 6


def test_the_program_takes_as_many_writes_as_are_tested(clean: tuple[list[str], int]) -> None:
    account, writes = clean
    assert writes == NUMBER_OF_WRITES
    assert len(PROGRAM) == 20
    assert len(account) == 23, account


ALL = os.environ.get("CLOUDFLARE_ACCESS_TESTS") == "all"
EVERY: list[tuple[int, At, bool]] = [
    (nth, at, skipping)
    for skipping in (False, True)
    for nth in range(1, NUMBER_OF_WRITES + 1)
    for at in (BEFORE, AFTER)
]
# By default, everything after its effect with checkpoints; of the others, every fifth.
SOME = [one for n, one in enumerate(EVERY) if one[1:] == (AFTER, False) or n % 10 in (0, 5)]


@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_plugin_killed_at_any_write_leaves_nothing_twice(
    cloudflare: LocalCloudflare, machine: Path, clean: tuple[list[str], int], shard: int
) -> None:
    for nth, at, skipping in (EVERY if ALL else SOME)[shard::SHARDS]:
        cloudflare.reset()
        Team(cloudflare).invite("ada", "bob")
        engine = Engine(cloudflare, checkpoints=not skipping)
        here = machine / f"{nth}-{at}-{skipping}"
        killed(engine, here, nth, at)
        minutes_pass(here)
        if at == AFTER:
            # The same stack in another backend, on the same machine: it takes nothing of it.
            with (
                Plugin(config_for(cloudflare), in_backend(here / "other"), here) as plugin,
                pytest.raises(CallFailed, match="exists already"),
            ):
                Engine(cloudflare).up(plugin)
        with Plugin(config_for(cloudflare), os.environ, here) as plugin:
            engine.up(plugin)
        assert account_of(cloudflare) == clean[0], f"{at} write {nth}, {skipping=}"
        ids = [kept.id for name, kept in engine.state.items() if name not in ("list", "everybody")]
        assert len(set(ids)) == len(ids)


STAFF = {"name": "Staff", "include": [rules.email("ada@example.com")]}
ROUTE = "POST /accounts/*/access/groups"
LOOKS_AGAIN = "run pulumi up again, on this machine; it looks again before it makes one"


def groups(cloudflare: LocalCloudflare) -> list[str]:
    return [one for one in account_of(cloudflare) if one.startswith("access/groups")]


@pytest.fixture
def half_way(cloudflare: LocalCloudflare, machine: Path) -> LocalCloudflare:
    """Kill a run once Cloudflare has made a group."""
    with (
        Plugin(config_for(cloudflare), os.environ, machine) as plugin,
        cloudflare.fault(ROUTE, faults.Hold("after"), times=1) as held,
        ThreadPoolExecutor(1) as pool,
    ):
        run = pool.submit(plugin.up, "access_group", STAFF)
        held.wait()
        plugin.kill()
        assert isinstance(run.exception(), CallFailed)
        held.drop()
    return cloudflare


def test_the_next_run_waits_for_what_cloudflare_is_at_work_on(
    cloudflare: LocalCloudflare, machine: Path
) -> None:
    with (
        Plugin(config_for(cloudflare), os.environ, machine) as plugin,
        cloudflare.fault(ROUTE, faults.Hold("before"), times=1) as held,
        ThreadPoolExecutor(1) as pool,
    ):
        run = pool.submit(plugin.up, "access_group", STAFF)
        held.wait()
        plugin.kill()
        assert isinstance(run.exception(), CallFailed)
        with Plugin(config_for(cloudflare), os.environ, machine) as later:
            again = pool.submit(later.up, "access_group", STAFF)
            while not later.engine.progress:
                assert not futures.wait([again], timeout=0.05).done
            assert "an earlier run had asked for" in later.engine.progress[0]
            assert groups(cloudflare) == []
            held.release()
            again.result()
            assert "made by an earlier run" in "".join(later.warnings)
    assert groups(cloudflare) == ["access/groups Staff"]


def test_another_machine_makes_no_second_one_and_says_how_to_go_on(
    half_way: LocalCloudflare, plugin: Plugin
) -> None:
    with pytest.raises(CallFailed, match="exists already") as told:
        plugin.up("access_group", STAFF)
    found = re.search(r'adopt="([\w-]+)"', str(told.value))
    assert found
    assert groups(half_way) == ["access/groups Staff"]
    assert plugin.up("access_group", {**STAFF, "adopt": found[1]}).id == found[1]
    assert groups(half_way) == ["access/groups Staff"]


def test_a_declaration_that_changed_since_is_not_laid_over_what_may_be_somebody_elses(
    half_way: LocalCloudflare, machine: Path
) -> None:
    minutes_pass(machine)
    with (
        Plugin(config_for(half_way), os.environ, machine) as plugin,
        pytest.raises(CallFailed, match=r"may or may not have been done.* adopt="),
    ):
        plugin.up("access_group", {**STAFF, "include": [rules.everyone()]})
    assert groups(half_way) == ["access/groups Staff"]


def test_a_name_that_changed_since_is_told_to_be_looked_for(
    half_way: LocalCloudflare, machine: Path
) -> None:
    minutes_pass(machine)
    with Plugin(config_for(half_way), os.environ, machine) as plugin:
        plugin.up("access_group", {**STAFF, "name": "Employees"})
        assert "should it have had another name then" in "".join(plugin.warnings)


def test_a_saved_object_that_is_replaced_is_no_left_over(
    cloudflare: LocalCloudflare, machine: Path
) -> None:
    with Plugin(config_for(cloudflare), os.environ, machine) as plugin:
        old = plugin.up("access_group", STAFF)
    # `up --replace`, within a minute: a check and no diff.
    with Plugin(config_for(cloudflare), os.environ, machine) as plugin:
        inputs = plugin.check("access_group", STAFF, old.inputs, old.urn)
        new = plugin.create("access_group", inputs, old.urn)
        assert new.id != old.id
        plugin.destroy(old)
    assert groups(cloudflare) == ["access/groups Staff"]


def test_a_saved_object_that_the_state_has_lost_is_not_taken_over_and_changed(
    cloudflare: LocalCloudflare, machine: Path
) -> None:
    other = {**STAFF, "name": "Contractors"}
    with Plugin(config_for(cloudflare), os.environ, machine) as plugin:
        old = plugin.up("access_group", STAFF)
    # `pulumi state delete`, or the same stack's name in another backend.
    with Plugin(config_for(cloudflare), os.environ, machine) as plugin:
        with pytest.raises(CallFailed, match=f'not as declared now.*adopt="{old.id}"'):
            plugin.up("access_group", other)
        assert groups(cloudflare) == ["access/groups Staff"]
        new = plugin.up("access_group", {**other, "adopt": False})
    assert new.id != old.id
    assert groups(cloudflare) == ["access/groups Contractors", "access/groups Staff"]


def test_what_is_lost_on_the_way_to_the_answer_is_taken_by_the_next_run(
    cloudflare: LocalCloudflare, machine: Path
) -> None:
    lost = faults.Status(502, body="html", effect=True)
    with Plugin(config_for(cloudflare), os.environ, machine) as plugin:
        cloudflare.fault(ROUTE, lost, times=1)
        unseen = cloudflare.fault("GET /accounts/*/access/groups", faults.Status(403), nth=2)
        with pytest.raises(CallFailed, match="Whether it was done cannot be seen now"):
            plugin.up("access_group", STAFF)
        assert unseen.fired
    cloudflare.lift_faults()
    with Plugin(config_for(cloudflare), os.environ, machine) as plugin:
        plugin.up("access_group", STAFF)
        assert "taken over" in "".join(plugin.warnings)
    assert groups(cloudflare) == ["access/groups Staff"]


def test_the_notes_go_once_the_state_has_the_objects_and_hold_nothing_of_them(
    cloudflare: LocalCloudflare, machine: Path
) -> None:
    folder = machine / "pulumi-cloudflare-access" / "journal"
    secret = {"name": "canary-name", "include": [rules.email("canary@example.com")]}
    with Plugin(config_for(cloudflare), os.environ, machine) as plugin:
        made = plugin.up("access_group", secret)
        again = plugin.up("access_group", {**STAFF, "name": "Other"}, name="other")
        assert len(list(folder.iterdir())) == 2
        # The engine saves one of them, and is killed.
    for file in machine.rglob("*"):
        if file.is_file():
            content = file.read_bytes() + file.name.encode()
            assert b"canary" not in content
            assert cloudflare.token.encode() not in content
            assert not file.stat().st_mode & 0o077
    minutes_pass(machine)
    with Plugin(config_for(cloudflare), os.environ, machine) as plugin:
        plugin.up("access_group", secret, was=made)
        plugin.destroy(again)
    assert list(folder.iterdir()) == []


# ------------------------------------------------------------------------------- the real engine

TWENTY = """
from pulumi_cloudflare_access import scopes

ada, bob = "ada@example.com", "bob@example.com"
groups = []
for n in range(6):
    before = [rules.group(groups[-1])] if groups else []
    include = [rules.email(ada), *before]
    groups.append(cloudflare.AccessGroup(f"group-{n}", name=f"group-{n}", include=include))

def policy(name):
    return {"name": name, "decision": "allow", "include": [rules.email(ada)]}

policies = [cloudflare.AccessPolicy(f"policy-{n}", **policy(f"policy-{n}")) for n in range(3)]
apps = [
    cloudflare.AccessApplication(
        f"app-{n}",
        name=f"app-{n}",
        domain=f"app-{n}.example.com",
        type="self_hosted",
        policies=[policies[0]] if n == 2 else None,
    )
    for n in range(3)
]
cloudflare.AccessApplicationPolicies(
    "list", application=apps[0], policies=[policy("one"), policy("two")]
)
cloudflare.AccessApplicationPolicy("single", application=apps[1], precedence=7, **policy("single"))
cloudflare.ResourceGroup("production", name="production", scope=scopes.account())
team = cloudflare.UserGroup("team", name="team")
crew = cloudflare.UserGroup("crew", name="crew")
cloudflare.UserGroupMember("ada", group=team, member=ada)
cloudflare.UserGroupMembers("everybody", group=crew, members=[ada, bob])
cloudflare.SsoConnector("sso", email_domain="example.com")
"""
# Several are under way at a time: of which kind the n-th is, is not the same each time.
SAMPLE: list[tuple[int, At, bool]] = [
    (1, "after", False),
    (8, "before", False),
    (14, "after", False),
    (11, "before", True),
    (20, "after", True),
]


def kill_with_children(process: subprocess.Popen[str]) -> None:
    """Kill a process and all that it has started, which Pulumi puts in groups of their own."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], stdout=subprocess.PIPE, check=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.decode().splitlines()]
    doomed = [process.pid]
    for parent in doomed:
        doomed += [child for child, of in pairs if of == parent]
    for pid in doomed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.communicate()


def up_killed(stack: Stack, nth: int, at: At) -> None:
    """Run `pulumi up`, and kill it whole while the server holds its n-th write."""
    with stack.cloudflare.fault(WRITES, faults.Hold(at), nth=nth) as held:
        process = subprocess.Popen(
            ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--stack", STACK],
            cwd=stack.project,
            env=stack.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            held.wait(timeout=120)
        finally:
            kill_with_children(process)
        held.drop()


def unlock(stack: Stack) -> None:
    """Type what the guide says to type (docs/guides/killed-runs.md)."""
    for file in (stack.folder / "state").rglob("*.attrs"):
        # Killed while Pulumi wrote its own state.
        if not file.read_bytes():
            file.unlink()
    stack.pulumi("cancel", "--yes", "--stack", STACK)


@pytest.mark.engine
@pytest.mark.parametrize("position", EVERY if ALL else SAMPLE, ids=str)
def test_an_up_killed_at_any_write_is_finished_by_the_next(
    cloudflare: LocalCloudflare,
    tmp_path: Path,
    clean: tuple[list[str], int],
    position: tuple[int, At, bool],
) -> None:
    nth, at, skipping = position
    stack = Stack(tmp_path / "stack", cloudflare)
    stack.program(TWENTY)
    if skipping:
        stack.environment["PULUMI_SKIP_CHECKPOINTS"] = "true"
    up_killed(stack, nth, at)
    unlock(stack)
    minutes_pass(stack.folder / "cache")
    stack.up()
    assert account_of(cloudflare) == clean[0]
    # All of it is in the state, too.
    stack.destroy()
    assert account_of(cloudflare) == []


@pytest.mark.engine
def test_what_the_engine_believes_to_be_pending_is_cleared_by_one_refresh(
    cloudflare: LocalCloudflare, tmp_path: Path, clean: tuple[list[str], int]
) -> None:
    stack = Stack(tmp_path / "stack", cloudflare)
    stack.program(TWENTY)
    up_killed(stack, 5, "after")
    unlock(stack)
    minutes_pass(stack.folder / "cache")
    taken = stack.up()
    assert "made by an earlier run on this machine" in taken.text
    assert account_of(cloudflare) == clean[0]
    stack.refresh("--clear-pending-creates")
    assert stack.settled()
