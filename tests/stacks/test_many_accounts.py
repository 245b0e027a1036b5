"""Many accounts, one program: a Dask cluster of separate processes, state in PostgreSQL.

A story, told once: it is the figures of a real fleet, and takes minutes. `ACCOUNTS=6` shortens it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness import accounts_program
from harness.colleague import Colleague
from harness.dask import Cluster, cluster
from harness.postgres import NoServerError, postgres
from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare, faults
from pulumi_cloudflare_access.stacks import Results, Stacks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Executor

dask = pytest.importorskip("distributed", reason="Dask is not installed: the extra brings it")

pytestmark = pytest.mark.engine

ACCOUNTS = int(os.environ.get("ACCOUNTS", "50"))
NAMES = [f"account-{number:02}" for number in range(ACCOUNTS)]
TESTS = Path(__file__).resolve().parent.parent
INTRUDER = "mallory@example.net"


@pytest.fixture
def database() -> Iterator[str]:
    try:
        with postgres() as url:
            yield url
    except NoServerError as reason:
        pytest.skip(str(reason))


class Fleet:
    """One local Cloudflare with many accounts, each with a token and a colleague of its own."""

    def __init__(self, cloudflare: LocalCloudflare) -> None:
        accounts = [cloudflare.account, *(cloudflare.add_account() for _ in NAMES[1:])]
        self.cloudflare = cloudflare
        self.tokens = {f"TOKEN_{n:02}": account.token for n, account in enumerate(accounts)}
        self.account_ids = {name: account.id for name, account in zip(NAMES, accounts, strict=True)}
        self.colleagues = {
            name: Colleague(cloudflare, f"accounts/{account.id}", account.token)
            for name, account in zip(NAMES, accounts, strict=True)
        }
        self.settings = [
            {
                "name": name,
                "account_id": account.id,
                "api_token_env": variable,
                "config": {
                    "cloudflare:baseUrl": cloudflare.base_url,
                    "cloudflare-access:allowLoopback": True,
                    "test:domain": f"{name}.example.com",
                },
            }
            for name, account, variable in zip(NAMES, accounts, self.tokens, strict=True)
        ]

    def as_declared(self) -> list[str]:
        """Return the names of the accounts that are as the program says, nothing more or less."""
        return [
            name
            for name, colleague in self.colleagues.items()
            if colleague.names() == ["Engineers", "Staff"]
            and colleague.members("Staff") == {f"{name}.example.com"}
            and colleague.members("Engineers") == {"ada@example.com"}
        ]


class Story:
    """The steps, one after the other, each with the time that it took."""

    def __init__(
        self, folder: Path, fleet: Fleet, database: str, machines: Cluster, executor: Executor
    ) -> None:
        self.folder = folder
        self.fleet = fleet
        self.database = database
        self.machines = machines
        self.executor = executor
        self.stacks = Stacks(
            accounts_program.program, fleet.settings, project="many", backend=database
        )
        self.began = time.monotonic()

    def told(self, step: str) -> None:
        print(f"{time.monotonic() - self.began:6.1f} s  {step}")

    def up_while_a_worker_is_killed(self) -> Results:
        victim = NAMES[len(NAMES) // 3]
        with ThreadPoolExecutor(1) as pool:
            crash = pool.submit(self._crash, victim)
            results = self.stacks.up(executor=self.executor)
            crash.result()
        self.told("up, and a worker is killed")
        # Dask has run it again elsewhere, and Pulumi has seen that somebody was at it.
        assert results.failed == results.locked == (victim,), "\n".join(results.details())
        assert f"--only {victim}," in str(results[victim].error)
        assert set(self.fleet.as_declared()) == {*NAMES} - {victim}
        return results

    def _crash(self, victim: str) -> None:
        """Kill the victim's worker when a group has been made and nobody has been told yet."""
        create = self.fleet.cloudflare.fault(
            f"POST /accounts/{self.fleet.account_ids[victim]}/**", faults.Hold("after"), nth=1
        )
        create.wait(timeout=3600)
        self.machines.kill_whoever_runs(victim)
        create.drop()

    def run_again_what_failed(self, results: Results) -> None:
        (victim,) = results.locked
        self.stacks.only(results.locked).cancel(executor=self.executor)
        results = self.stacks.retry(results, executor=self.executor)
        self.told("cancel and retry")
        assert results.ok, "\n".join(results.details())
        pending, taken_over = results[victim].warnings
        assert "killed in the middle of this: staff, interrupted while creating" in pending
        assert "made by an earlier run" in taken_over
        assert self.fleet.as_declared() == NAMES
        assert [result.outputs["domain"] for result in results] == [
            f"{name}.example.com" for name in NAMES
        ]
        assert all(result.outputs["secret"] == {"key": "[secret]"} for result in results)

    def find_drift(self, edited: list[str]) -> Results:
        for name in edited:
            self.fleet.colleagues[name].let_in("Engineers", INTRUDER)
        drift = self.stacks.drift(executor=self.executor)
        self.told("drift")
        assert drift.ok, "\n".join(drift.details())
        assert drift.changed == tuple(edited)
        for name in edited:
            (change,) = drift[name].changes
            assert (change.name, change.action) == ("engineers", "update")
            assert change.details == (f'+ include["email {INTRUDER}"]',)
            assert f"changed at Cloudflare: include: + email {INTRUDER}" in drift[name].warnings[0]
            assert INTRUDER in self.fleet.colleagues[name].members("Engineers")
        return drift

    def repair_from_a_shell(self, names: Sequence[str], environment: Mapping[str, str]) -> None:
        accounts = self.folder / "accounts.yaml"
        accounts.write_text(json.dumps(self.fleet.settings))
        command = [sys.executable, "-m", "pulumi_cloudflare_access.cli", "stacks", "up"]
        command += [str(accounts), "--project", "many", "--backend", self.database]
        command += ["--program", "harness.accounts_program:program"]
        command += ["--dask", self.machines.address, "--refresh", "--yes", "--json"]
        command += [word for name in names for word in ("--only", name)]
        said = subprocess.run(
            command, cwd=TESTS, env=environment, capture_output=True, text=True, check=True
        )
        self.told("repair")
        repaired = json.loads(said.stdout)["stacks"]
        assert [stack["name"] for stack in repaired if stack["changes"]] == list(names)
        assert self.fleet.as_declared() == NAMES

    def destroy(self) -> None:
        destroyed = self.stacks.destroy(remove=True, executor=self.executor)
        self.told("destroy")
        assert destroyed.ok, "\n".join(destroyed.details())
        left = {name: colleague.names() for name, colleague in self.fleet.colleagues.items()}
        assert left == {name: [] for name in NAMES}


def test_one_program_keeps_many_accounts_on_a_cluster_whose_worker_is_killed(
    tmp_path: Path, cloudflare: LocalCloudflare, database: str
) -> None:
    fleet = Fleet(cloudflare)
    environment = {
        **os.environ,
        **fleet.tokens,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    # Hundreds of processes: none compiles this package by itself.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with (
        cluster(tmp_path, environment, workers=4) as machines,
        dask.Client(machines.address) as client,
    ):
        story = Story(tmp_path, fleet, database, machines, client.get_executor())
        story.run_again_what_failed(story.up_while_a_worker_is_killed())
        drift = story.find_drift(NAMES[1::2][:3])
        story.repair_from_a_shell(drift.changed, environment)
        story.destroy()
