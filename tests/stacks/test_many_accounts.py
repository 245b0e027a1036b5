"""Many accounts, one program: a Dask cluster of separate processes, state in PostgreSQL.

A story, told once: it is the figures of a real fleet, and takes minutes. `ACCOUNTS=6` shortens it.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from harness import accounts_program
from harness.colleague import Colleague
from harness.dask import Cluster, cluster
from harness.postgres import NoServerError, postgres
from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare, faults
from pulumi_cloudflare_access.stacks import Stacks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

dask = pytest.importorskip("distributed", reason="Dask is not installed: the extra brings it")

pytestmark = pytest.mark.engine

ACCOUNTS = int(os.environ.get("ACCOUNTS", "50"))
NAMES = [f"account-{number:02}" for number in range(ACCOUNTS)]
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
        self.tokens = {
            f"TOKEN_{number:02}": account.token for number, account in enumerate(accounts)
        }
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


def _crash(machines: Cluster, cloudflare: LocalCloudflare, victim: str, account_id: str) -> None:
    """Kill the victim's worker when a group has been made and nobody has been told yet."""
    create = cloudflare.fault(f"POST /accounts/{account_id}/**", faults.Hold("after"), nth=1)
    create.wait(timeout=3600)
    machines.kill_whoever_runs(victim)
    create.drop()


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
    stacks = Stacks(accounts_program.program, fleet.settings, project="many", backend=database)
    began = time.monotonic()

    def lap(what: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {what}")

    with (
        cluster(tmp_path, environment, workers=4) as machines,
        dask.Client(machines.address) as client,
    ):
        executor = client.get_executor()
        lap("a cluster")

        victim = NAMES[len(NAMES) // 3]
        with ThreadPoolExecutor(1) as pool:
            crash = pool.submit(_crash, machines, cloudflare, victim, fleet.account_ids[victim])
            results = stacks.up(executor=executor)
            crash.result()
        lap("up, and a worker is killed")
        print(*results.details(), sep="\n")
        # Dask has run it again elsewhere, and Pulumi has seen that somebody was at it.
        assert results.failed == results.locked == (victim,)
        assert set(fleet.as_declared()) == {*NAMES} - {victim}
        assert f"cancel --only {victim}" in str(results[victim].error)

        stacks.only(results.locked).cancel(executor=executor)
        results = stacks.retry(results, executor=executor)
        lap("cancel and retry")
        assert results.ok
        pending, taken_over = results[victim].warnings
        assert "killed in the middle of this: staff, interrupted while creating" in pending
        assert "made by an earlier run" in taken_over
        assert fleet.as_declared() == NAMES
        assert {result.outputs["domain"] for result in results} == {
            f"{name}.example.com" for name in NAMES
        }
        assert all(result.outputs["secret"] == {"key": "[secret]"} for result in results)

        edited = NAMES[1::2][:3]
        for name in edited:
            fleet.colleagues[name].let_in("Engineers", INTRUDER)
        drift = stacks.drift(executor=executor)
        lap("drift")
        assert drift.ok
        assert drift.changed == tuple(edited)
        for name in edited:
            (change,) = drift[name].changes
            assert (change.name, change.action) == ("engineers", "update")
            assert change.details == (f'+ include["email {INTRUDER}"]',)
            assert f"changed at Cloudflare: include: + email {INTRUDER}" in drift[name].warnings[0]
            assert INTRUDER in fleet.colleagues[name].members("Engineers")

        repaired = stacks.only(drift.changed).up(refresh=True, executor=executor)
        lap("repair")
        assert repaired.changed == tuple(edited)
        assert fleet.as_declared() == NAMES

        destroyed = stacks.destroy(remove=True, executor=executor)
        lap("destroy")
        print(*destroyed.details(), sep="\n")
        assert destroyed.ok
        assert [name for name, colleague in fleet.colleagues.items() if colleague.names()] == []
