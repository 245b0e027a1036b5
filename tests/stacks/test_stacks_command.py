"""What `cloudflare-access stacks` says to those who mistype. Nothing begins, no traceback."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.dask import PATIENCE, cluster
from harness.sockets import nobody

if TYPE_CHECKING:
    from collections.abc import Callable

CLI = [sys.executable, "-m", "pulumi_cloudflare_access.cli", "stacks"]
ACCOUNTS = "- {name: acme, account_id: 0123456789abcdef0123456789abcdef}\n"
# Dask tries for half a minute otherwise.
SOON = "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT"
PROGRAM = "value = 'text'\ndef program() -> None: ...\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS)
    (tmp_path / "twice.yaml").write_text(
        f"{ACCOUNTS}- name: globex\n  account_id: {'a' * 32}\n"
        f"  name: initech\n  account_id: {'b' * 32}\n  config: {{'a:b': 1, 'a:b': 2}}\n"
    )
    (tmp_path / "wrong.yaml").write_text("- {name: acme, acount_id: 1}\n")
    (tmp_path / "latin.yaml").write_bytes(b"- name: caf\xe9\n")
    (tmp_path / "infra.py").write_text(PROGRAM)
    (tmp_path / "broken.py").write_text("raise RuntimeError('of this program')\n")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "Pulumi.yaml").write_text("name: infra\nruntime: python\n")
    return tmp_path


def refused(folder: Path, *arguments: str, accounts: str = "accounts.yaml") -> str:
    run = subprocess.run(
        [*CLI, "preview", accounts, *arguments],
        cwd=folder,
        env={**os.environ, "PULUMI_BACKEND_URL": "file:///state", SOON: "1s"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in {1, 2}
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    return run.stderr.partition("Error: ")[2].strip()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["--program", "nowhere"],
            "{folder}/nowhere is not a Pulumi project: it has no Pulumi.yaml",
        ),
        (
            ["--program", "infra:program"],
            (
                "a function needs a project name for its stacks: pass project= or --project "
                "(letters, digits, _ . and -)"
            ),
        ),
        (["--program", "infra:value"], "--program infra:value: is not a function"),
        (["--program", "infra:progam"], '--program infra:progam: infra has no progam; "program"?'),
        (
            ["--program", "elsewhere:program"],
            (
                "--program elsewhere:program: No module named 'elsewhere' (looked for "
                "in {folder}, too)"
            ),
        ),
        (
            ["--program", "broken:program"],
            "--program broken:program: RuntimeError: of this program",
        ),
        (["--program", ":program"], "--program :program: must be a folder or module:function"),
        (
            ["--program", "project", "--only", "acne"],
            'there is no account named acne; "acme"?',
        ),
        (
            ["--program", "project", "--dask", "tcp://127.0.0.1:1", "--workers", "2"],
            "--workers is for this machine; with --dask, leave it out",
        ),
        (
            ["--program", "project", "--failed-in", "infra.py"],
            "infra.py is not what an earlier run printed with --json",
        ),
    ],
)
def test_a_mistake_on_the_command_line_is_named_with_the_remedy(
    folder: Path, arguments: list[str], told: str
) -> None:
    assert refused(folder, *arguments) == told.format(folder=folder)


@pytest.mark.parametrize(
    ("accounts", "told"),
    [
        (
            "wrong.yaml",
            (
                "accounts that cannot be used:\n"
                'wrong.yaml:1: acount_id: is not a setting of an account; "account_id"?\n'
                "wrong.yaml:1: account_id: is missing"
            ),
        ),
        # A dash forgotten: two accounts would be one.
        (
            "twice.yaml",
            (
                "accounts that cannot be used:\n"
                "twice.yaml:4: name: is in line 2 already; a new account begins with a dash\n"
                "twice.yaml:5: account_id: is in line 3 already; a new account begins with a dash\n"
                "twice.yaml:6: a:b: is in line 6 already"
            ),
        ),
        ("latin.yaml", "latin.yaml: is not UTF-8; save it as such"),
    ],
)
def test_a_mistake_in_the_list_of_accounts_is_named_with_its_line(
    folder: Path, accounts: str, told: str
) -> None:
    assert refused(folder, "--program", "project", accounts=accounts) == told


def test_after_a_run_in_which_nothing_failed_nothing_is_to_be_done_again(folder: Path) -> None:
    (folder / "last.json").write_text(
        '{"operation": "up", "stacks": [{"name": "acme", "ok": true}]}'
    )
    run = subprocess.run(
        [*CLI, "up", "accounts.yaml", "--program", "project", "--failed-in", "last.json"],
        cwd=folder,
        env={**os.environ, "PULUMI_BACKEND_URL": "file:///state"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "up: 0 stacks, 0 changed, 0 failed\n"), run.stderr


@pytest.mark.parametrize("accounts", ["none.yaml", "project"])
def test_a_list_that_is_no_file_is_named(folder: Path, accounts: str) -> None:
    assert f"'{accounts}'" in refused(folder, "--program", "project", accounts=accounts)


def test_a_cluster_that_does_not_answer_is_named(folder: Path) -> None:
    with nobody() as port:
        address = f"tcp://127.0.0.1:{port}"
        told = refused(folder, "--program", "project", "--dask", address)
    assert told.startswith(f"--dask {address}: no scheduler answers (")
    told = refused(folder, "--program", "project", "--dask", "nonsense://x")
    assert told.startswith("--dask nonsense://x: ")


def test_a_cluster_without_workers_is_waited_for_and_not_in_silence(folder: Path) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed: the extra brings it")
    with (
        cluster(folder, os.environ, workers=0) as machines,
        subprocess.Popen(
            [*CLI, "cancel", "accounts.yaml", "--program", "project", "--dask", machines.address],
            cwd=folder,
            env={**os.environ, "PULUMI_BACKEND_URL": "postgres://db/state"},
            stderr=subprocess.PIPE,
            text=True,
        ) as waiting,
    ):
        assert waiting.stderr is not None
        ready, _, _ = select.select([waiting.stderr], [], [], PATIENCE)
        said = waiting.stderr.readline() if ready else ""
        waiting.kill()
    assert said == "The scheduler has no worker yet: waiting for one.\n"


def wait_until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not done() and time.monotonic() < until:
        time.sleep(0.1)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_end_from_outside_waits_for_what_has_begun_and_loses_no_result(
    folder: Path, number: int, status: int
) -> None:
    names = ("acme", "busy", "later")
    (folder / "three.yaml").write_text(
        "".join(f"- {{name: {name}, account_id: {'a' * 32}}}\n" for name in names)
    )
    (folder / "bin").mkdir()
    pulumi = folder / "bin" / "pulumi"
    pulumi.write_text(f"""#!/bin/sh
        case "$*" in
            *version*) echo 3.259.0;;
            *busy*) touch {folder}/begun; while ! test -e {folder}/go; do sleep 0.1; done;;
        esac
    """)
    pulumi.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{pulumi.parent}:/bin:/usr/bin",
        "PULUMI_BACKEND_URL": "postgres://db/state",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "TMPDIR": str(folder),
    }
    common = ["three.yaml", "--program", "project", "--workers", "1", "--json"]
    said = folder / "stderr"
    with (
        said.open("w") as stderr,
        subprocess.Popen(
            [*CLI, "cancel", *common],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as run,
    ):
        wait_until(lambda: (folder / "begun").exists() or run.poll() is not None)
        run.send_signal(number)
        wait_until(lambda: "Interrupted" in said.read_text() or run.poll() is not None)
        (folder / "go").touch()
        printed, _ = run.communicate()
    assert "Interrupted: waiting for the stacks that have begun.\n" in said.read_text()
    assert run.returncode == status
    results = json.loads(printed)["stacks"]
    assert [result["name"] for result in results] == [*names]
    assert [result["error"] for result in results] == [None, None, "interrupted before it began"]
    assert not [*folder.glob("cloudflare-access-stacks-*")]
