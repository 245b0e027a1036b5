"""Two or three accounts, the real Pulumi CLI, state in a folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness import documents
from harness.accounts_program import program
from harness.colleague import Colleague
from harness.processes import engines, kill_all_of
from harness.stack import HEAD
from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare, faults
from pulumi_cloudflare_access.stacks import Stacks
from pulumi_cloudflare_access.stacks.worker import Job, _stack_settings, _write

pytestmark = pytest.mark.engine

TESTS = Path(__file__).resolve().parent.parent
NAMES = ("one", "two", "three")
RATE = "cloudflare-access:requestsPer5Minutes"


class World:
    """Accounts at one local Cloudflare, all with one token, and an environment for their stacks."""

    def __init__(self, folder: Path, cloudflare: LocalCloudflare) -> None:
        self.cloudflare = cloudflare
        self.folder = folder
        self.token = cloudflare.token
        accounts = [
            cloudflare.account,
            *(cloudflare.add_account(token=self.token) for _ in NAMES[1:]),
        ]
        self.ids = {name: account.id for name, account in zip(NAMES, accounts, strict=True)}
        self.colleagues = {
            name: Colleague(cloudflare, f"accounts/{id_}", self.token)
            for name, id_ in self.ids.items()
        }
        (folder / "state").mkdir()
        self.backend = f"file://{folder}/state"

    def account(self, name: str, **config: Any) -> dict[str, Any]:
        """Return an account's settings."""
        return {
            "name": name,
            "account_id": self.ids[name],
            "api_token_env": "TOKEN",
            "config": {
                "cloudflare:baseUrl": self.cloudflare.base_url,
                "cloudflare-access:allowLoopback": True,
                "test:domain": f"{name}.example.com",
                **{f"test:{key}": value for key, value in config.items()},
            },
        }

    def stacks(self, *accounts: dict[str, Any], program: Any = program, **more: Any) -> Stacks:
        """Return stacks of these accounts."""
        project = "test" if callable(program) else None
        return Stacks(program, accounts, project=project, backend=self.backend, **more)

    def state(self, name: str) -> bytes:
        """Return the file that a stack's state is in."""
        return (self.folder / f"state/.pulumi/stacks/test/{name}.json").read_bytes()


@pytest.fixture
def world(tmp_path: Path, cloudflare: LocalCloudflare, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(tmp_path, cloudflare)
    for name, value in {
        "TOKEN": world.token,
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "correct horse",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    return world


def test_an_account_that_fails_stops_no_other_and_is_all_that_is_retried(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    good, broken = world.account("one"), world.account("two", broken=True)
    stacks = world.stacks(good, broken)
    results = stacks.up()
    assert results.failed == ("two",)
    assert "ValueError: this account's program is broken" in str(results["two"].error)
    assert [change.name for change in results["one"].changes] == ["staff", "engineers"]
    assert results["one"].outputs == {
        "domain": "one.example.com",
        "secret": {"key": "[secret]"},
    }
    assert world.colleagues["one"].members("Staff") == {"one.example.com"}
    assert world.colleagues["two"].names() == []
    progress = capfd.readouterr().err
    assert "/2] one: 2 created (" in progress
    assert "/2] two: failed: " in progress
    # Of no terminal: nothing but lines.
    assert "\x1b" not in progress

    mended = world.stacks(good, world.account("two"), quiet=True).retry(results)
    assert mended.ok
    assert mended["one"] == results["one"]
    assert world.colleagues["two"].names() == ["Engineers", "Staff"]
    assert capfd.readouterr().err == ""
    everything = results.to_json() + mended.to_json() + progress
    assert world.token not in everything
    assert "told to nobody" not in everything
    assert b"told to nobody" not in world.state("one")


def test_drift_is_named_and_neither_state_nor_cloudflare_is_changed(world: World) -> None:
    stacks = world.stacks(world.account("one"), world.account("two"))
    assert stacks.up().ok
    one, two = world.colleagues["one"], world.colleagues["two"]
    one.let_in("Engineers", "mallory@example.net")
    # Written again as it was: another time of change, the same rules.
    two.edit("Engineers")
    before = world.state("one"), world.state("two")
    one.look_away()
    drift = stacks.drift()
    assert drift.ok
    assert drift.changed == ("one",)
    (change,) = drift["one"].changes
    assert change.details == ('+ include["email mallory@example.net"]',)
    assert (world.state("one"), world.state("two")) == before
    assert one.written() == []

    # An up compares the program with the state.
    assert stacks.only(["one"]).up()["one"].summary == "nothing to do"
    assert stacks.only(drift.changed).up(refresh=True).ok
    assert one.members("Engineers") == {"ada@example.com"}


def with_a_list() -> None:
    """Be a program that says who gets in to an application."""
    import pulumi_cloudflare_access as cf  # noqa: PLC0415 - it is sent to where it runs

    app = cf.AccessApplication("wiki", name="Wiki", domain="wiki.example.com")
    cf.AccessApplicationPolicies(
        "who",
        application=app,
        policies=[{"name": "Staff", "decision": "allow", "include": [cf.rules.everyone()]}],
    )


def test_what_a_refresh_warns_of_is_drift_though_no_state_shows_it(world: World) -> None:
    stacks = world.stacks(world.account("one"), program=with_a_list)
    assert stacks.up().ok
    assert stacks.drift()["one"].summary == "no drift"
    ask = world.colleagues["one"]._ask  # noqa: SLF001 - there is no shorter way
    apps = f"/accounts/{world.ids['one']}/access/apps"
    policies = f"{apps}/{ask('GET', apps)[0]['id']}/policies"
    everyone = {"name": "All", "decision": "bypass", "include": [{"everyone": {}}]}
    ask("PUT", f"{policies}/{ask('POST', policies, everyone)['id']}/make_reusable", {})
    drift = stacks.drift()
    assert drift.changed == ("one",)
    told = "\n".join(map(str, drift["one"].changes))
    assert "undeclared who (AccessApplicationPolicies): drift:" in told
    assert "All (reusable, bypass)" in told


def test_a_folder_is_run_as_it_is_and_left_as_it_was(world: World) -> None:
    folder = world.folder / "infra"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: test\nruntime: python\n")
    (folder / "Pulumi.one.yaml").write_text("config:\n  test:who: kim@example.com\n")
    (folder / "helper.py").write_text("ADDRESS = 'ada@example.com'\n")
    (folder / "__main__.py").write_text(
        HEAD
        + textwrap.dedent("""
        from helper import ADDRESS
        who = pulumi.Config("test").get("who") or ADDRESS
        cloudflare.AccessGroup("staff", name="Staff", include=[rules.email(who)])
        """)
    )
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    stacks = world.stacks(world.account("one"), world.account("two"), program=folder)
    preview = stacks.preview()
    assert [stack.summary for stack in preview] == ["1 to create"] * 2
    assert world.colleagues["one"].names() == []
    # Any executor: here, two processes that have imported nothing of ours yet.
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert stacks.up(executor=executor).ok
    assert world.colleagues["one"].members("Staff") == {"kim@example.com"}
    assert world.colleagues["two"].members("Staff") == {"ada@example.com"}
    with ThreadPoolExecutor(2) as executor:
        destroyed = stacks.destroy(remove=True, executor=executor)
    assert [stack.summary for stack in destroyed] == ["1 deleted"] * 2
    assert world.colleagues["one"].names() == world.colleagues["two"].names() == []
    shutil.rmtree(folder / "__pycache__", ignore_errors=True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [stack.summary for stack in stacks.destroy()] == ["no such stack"] * 2
    assert "this backend has no stack one" in str(stacks.drift()["one"].error)


def test_a_stacks_own_settings_mean_what_they_mean_to_pulumi(world: World) -> None:
    """NO is a country there, and 12:30 a time; in YAML 1.1 they are false and 750."""
    said = "NO on y 12:30 1_000 0777 007 0o17 0x1F 0b11 1e3 1.50 .5 5. 08 ~ true TRUE +5 -5 = nan"
    said += (
        " 2024-02-30 123456789012345678901 12345678.5 '1e3' '0o17' '5' 'true' \"é\U0001f600\\x85\""
    )
    own = "".join(
        f"  test:value-{number}: {value}\n  test:value-{number}-in-list: [{value}]\n"
        for number, value in enumerate(said.split())
    )
    folder = world.folder / "infra"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: test\nruntime: python\n")
    environment = {**os.environ, "PULUMI_BACKEND_URL": world.backend}

    def pulumi(*words: str) -> str:
        run = ["pulumi", *words, "--non-interactive"]
        return subprocess.run(
            run, cwd=folder, env=environment, check=True, capture_output=True, text=True
        ).stdout

    pulumi("stack", "init", "one")
    theirs, ours = folder / "Pulumi.one.yaml", world.folder / "ours.yaml"
    theirs.write_text(f"{theirs.read_text()}config:\n{own}", encoding="utf-8")
    stacks = world.stacks(world.account("one"), program=folder)
    (account,) = stacks.accounts
    job = Job(operation="up", account=account, program=stacks.program, backend=world.backend)
    _write(ours, _stack_settings(job, folder))
    read, written = (
        json.loads(pulumi("config", "--json", "--stack", "one", "--config-file", str(path)))
        for path in (theirs, ours)
    )
    assert read == {key: value for key, value in written.items() if key in read}
    assert read["test:value-0"]["value"] == "NO"


def test_the_guides_list_and_program_put_right_what_has_drifted(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    guide = documents.ROOT / "docs/guides/many-accounts.md"
    [listed], [program] = documents.blocks(guide, "yaml"), documents.blocks(guide, "python")
    [acme] = yaml.safe_load(listed.text)
    here = {"account_id": world.ids["one"], "api_token_env": "CF_TOKEN_ACME"}
    own = world.account("one")["config"] | acme["config"]
    accounts = [{**acme, **here, "config": own}, world.account("two")]
    infra = world.folder / "infra"
    infra.mkdir()
    (infra / "Pulumi.yaml").write_text("name: infra\nruntime: python\n")
    (infra / "__main__.py").write_text(
        f"{HEAD}domain = pulumi.Config('infra').get('domain') or 'example.com'\n"
        "cloudflare.AccessGroup('staff', name='Staff', include=[rules.email_domain(domain)])\n"
    )
    (world.folder / "accounts.yaml").write_text(json.dumps(accounts))
    monkeypatch.setenv("CF_TOKEN_ACME", world.token)
    monkeypatch.setenv("PULUMI_BACKEND_URL", world.backend)
    monkeypatch.chdir(world.folder)
    assert Stacks("./infra", accounts, quiet=True).up().ok
    acme_now = world.colleagues["one"]
    acme_now.let_in("Staff", "mallory@example.net")
    exec(program.text, {})  # noqa: S102 - our own
    assert acme_now.members("Staff") == {"acme.example.com"}
    assert capsys.readouterr().out.splitlines()[-1] == "up: 1 stack, 1 changed, 0 failed"


def test_a_wrong_passphrase_is_an_error_and_no_new_key(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stacks = world.stacks(world.account("one"))
    assert stacks.up().ok
    before = world.state("one")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "wrong")
    assert "incorrect passphrase" in str(stacks.up()["one"].error)
    assert world.state("one") == before


def test_a_run_that_was_killed_holds_its_stack_until_somebody_says_otherwise(world: World) -> None:
    accounts = world.folder / "accounts.yaml"
    accounts.write_text(json.dumps([world.account(name) for name in ("one", "two")]))
    command = [sys.executable, "-m", "pulumi_cloudflare_access.cli", "stacks"]
    common = [str(accounts), "--project", "test", "--backend", world.backend]
    common += ["--program", "harness.accounts_program:program"]

    def run(operation: str, *more: str, status: int = 0) -> Any:
        ended = subprocess.run(
            [*command, operation, *common, *more],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd=TESTS,
        )
        print(operation, ended.returncode, ended.stdout, ended.stderr)
        assert ended.returncode == status, ended.stderr
        return json.loads(ended.stdout) if "--json" in more else ended.stdout

    create = world.cloudflare.fault(
        f"POST /accounts/{world.ids['one']}/**", faults.Hold("after"), nth=1
    )
    with subprocess.Popen(
        [*command, "up", *common, "--yes", "--only", "one"], cwd=TESTS, start_new_session=True
    ) as killed:
        create.wait(timeout=300)
        (engine,) = engines("one", killed.pid)
        kill_all_of(killed.pid)
    create.drop()

    # Nobody is there to be asked.
    run("up", status=1)
    assert world.colleagues["two"].names() == []
    locked = run("up", "--yes", "--json", status=1)
    one, two = locked["stacks"]
    assert one["locked"]
    assert f"process {engine}" in one["error"]
    assert two["ok"]
    (world.folder / "last.json").write_text(json.dumps(locked))
    run("cancel", "--only", "one")
    again = run("up", "--yes", "--json", "--failed-in", str(world.folder / "last.json"))
    assert [stack["name"] for stack in again["stacks"]] == ["one"]
    assert "killed in the middle of this: staff" in again["stacks"][0]["warnings"][0]
    assert world.colleagues["one"].names() == ["Engineers", "Staff"]
    run("refresh", "--clear-pending-creates", "--only", "one")
    settled = run("preview")
    assert settled.splitlines()[-1] == "preview: 2 stacks, 0 changed, 0 failed"
    assert "killed" not in settled

    world.colleagues["two"].let_in("Staff", "mallory@example.net")
    assert 'two: update staff (AccessGroup): + include["email mallory' in run("drift", status=3)


def test_stacks_with_one_token_count_their_requests_together(world: World) -> None:
    """What Cloudflare allows a credential is for all of its stacks."""
    accounts = [
        {**account, "config": {**account["config"], RATE: 1200}}
        for account in map(world.account, NAMES)
    ]
    assert world.stacks(*accounts).up(max_workers=3).ok
    (log,) = (world.folder / "cache" / "pulumi-cloudflare-access" / "pace").glob("*.pace")
    counted = (log.stat().st_size - len(b"pace 01\n")) // 8 - 1
    assert counted == len(world.cloudflare.requests) >= 3 * 2
