"""What is settled before anything runs, and what a worker says no to. No engine."""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from harness.accounts_program import program
from pulumi_cloudflare_access.errors import SettingsError
from pulumi_cloudflare_access.stacks import Interrupted, Results, Stacks
from pulumi_cloudflare_access.stacks.program import Program
from pulumi_cloudflare_access.stacks.worker import (
    PASSPHRASES,
    Job,
    _held,
    _secrets,
    _stack_settings,
    work,
)

ACCOUNTS = [{"name": name, "account_id": digit * 32} for name, digit in (("a", "1"), ("b", "2"))]
RATE = "cloudflare-access:requestsPer5Minutes"


def stacks(given: Any = program, **more: Any) -> Stacks:
    settings: dict[str, Any] = {"project": "p", "backend": "file:///state", "quiet": True}
    return Stacks(given, more.pop("accounts", ACCOUNTS), **{**settings, **more})


def job(folder: Path, **more: Any) -> Job:
    (account, _) = stacks().accounts
    settings: dict[str, Any] = {
        "operation": "up",
        "account": account,
        "program": Program.of(folder, None),
        "backend": "file:///state",
    }
    return Job(**{**settings, **more})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: infra\nruntime: python\n")
    return tmp_path


def put_in_place_of_pulumi(script: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a shell script on the PATH, alone but for what it needs itself, and a passphrase."""
    folder.mkdir()
    pulumi = folder / "pulumi"
    pulumi.write_text(f'#!/bin/sh\ncase "$*" in *version*) echo 3.259.0; exit;; esac\n{script}\n')
    pulumi.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/bin{os.pathsep}/usr/bin")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")


class Here(Executor):
    """Runs nothing: keeps what it is given, or fails at it."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.jobs: list[Any] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        del fn, kwargs
        self.jobs += args
        future: Future[Any] = Future()
        future.set_exception(self.error)
        return future


class Keeping(Executor):
    """Holds every future, as a notebook or a traceback may."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.futures.append(self.executor.submit(fn, *args, **kwargs))
        return self.futures[-1]


def test_a_job_can_be_sent_and_shows_no_password() -> None:
    executor = Here(RuntimeError("gone"))
    stacks(backend="postgres://me:hunter22@db/state").up(executor=executor)
    (sent, _) = executor.jobs
    assert pickle.loads(pickle.dumps(sent)) == sent  # noqa: S301
    assert "hunter22" not in repr(sent)
    assert _secrets(sent) >= {"hunter22"}
    assert "hunter22" not in repr(stacks(backend="postgres://me:hunter22@db/state"))


def test_a_worker_that_does_not_come_back_is_a_result_and_no_end() -> None:
    results = stacks().up(executor=Here(RuntimeError("gone")))
    assert results.failed == ("a", "b")
    assert "the worker was lost (RuntimeError)" in str(results["a"].error)


def test_an_executor_that_takes_nothing_more_is_a_result_and_no_end() -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    results = stacks().up(executor=executor)
    assert results.failed == ("a", "b")
    told = str(results["b"].error)
    assert told.startswith("the executor did not accept the job (RuntimeError): cannot schedule")


def test_an_interrupted_run_has_results() -> None:
    class Interrupting(Here):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            if self.jobs:
                raise KeyboardInterrupt
            return super().submit(fn, *args, **kwargs)

    with pytest.raises(KeyboardInterrupt) as interrupt:
        stacks().up(refresh=True, executor=Interrupting(RuntimeError("gone")))
    assert isinstance(interrupt.value, Interrupted)
    results = interrupt.value.results
    assert (results.operation, results.options) == ("up", {"refresh": True})
    assert "RuntimeError" in str(results["a"].error)
    assert str(results["b"].error).startswith("interrupted")


def test_what_did_not_fail_is_not_done_again() -> None:
    executor = Here(RuntimeError("gone"))
    every = stacks()
    failed = every.only(["b"]).up(executor=executor)
    executor.jobs.clear()
    every.retry(failed, executor=executor)
    assert [sent.account.name for sent in executor.jobs] == ["b"]


def test_what_failed_is_done_again_in_the_same_way() -> None:
    """A repair that became a plain up would find nothing to do, and say that all is well."""
    executor = Here(RuntimeError("gone"))
    every = stacks()

    def again(results: Results, **options: bool) -> tuple[Results, Any]:
        executor.jobs.clear()
        newer = every.retry(results, executor=executor, **options)
        return newer, [sent.options for sent in executor.jobs]

    repaired = every.up(refresh=True, executor=executor)
    repaired, sent = again(repaired)
    assert sent == [{"refresh": True}] * 2
    destroyed = every.destroy(remove=True, executor=executor)
    assert again(destroyed)[1] == [{"refresh": False, "remove": True}] * 2
    refreshed = every.refresh(clear_pending_creates=True, executor=executor)
    assert again(refreshed)[1] == [{"clear_pending_creates": True}] * 2

    # Unless told otherwise, and then for the next time, too.
    plain, sent = again(repaired, refresh=False)
    assert sent == again(plain)[1] == [{"refresh": False}] * 2
    with pytest.raises(TypeError, match="refesh"):
        again(repaired, refesh=True)
    with pytest.raises(TypeError, match="refresh"):
        again(every.drift(executor=executor), refresh=True)


def test_no_stacks_at_all_are_nothing_to_do() -> None:
    nothing = stacks().only([])
    for executor in (None, Here(RuntimeError("gone"))):
        assert nothing.up(executor=executor).text() == "up: 0 stacks, 0 changed, 0 failed"


def test_dask_gives_no_earlier_runs_answer(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes every call for a pure function's, and has its result as long as anybody holds it."""
    dask = pytest.importorskip("distributed", reason="Dask is not installed: the extra brings it")
    every = stacks(project, project=None)
    own: dict[str, Any] = {"dashboard_address": None, "local_directory": str(project / "dask")}
    with dask.Client(processes=False, n_workers=1, threads_per_worker=1, **own) as client:
        executor = Keeping(client.get_executor())
        monkeypatch.setenv("PATH", "")
        assert every.cancel(executor=executor).failed == ("a", "b")
        put_in_place_of_pulumi("exit", project / "bin", monkeypatch)
        assert every.cancel(executor=executor).failed == ()


def test_a_program_within_another_function_can_be_sent(tmp_path: Path) -> None:
    there = tmp_path / "there"
    mark = tmp_path / "mark"

    def inner() -> None:
        mark.write_text(str(Path.cwd()))

    there.mkdir()
    Program.of(inner, "p").lay_out(there)
    subprocess.run([sys.executable, there / "__main__.py"], check=True, cwd=there)
    assert mark.read_text() == str(Path.cwd())


@pytest.mark.parametrize(
    ("given", "more", "told"),
    [
        (program, {"project": None}, "a function needs a project name"),
        (program, {"project": "a b"}, "a function needs a project name"),
        (program, {"machines": 0}, "machines must be 1 or more"),
        (program, {"backend": "somewhere"}, "has no scheme"),
        ("/nowhere", {}, "/nowhere is not a Pulumi project"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_begins(given: Any, more: Any, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        stacks(given, **more)


def test_a_coroutine_and_what_cannot_be_pickled_are_refused() -> None:
    async def coroutine() -> None:
        """Wait for nothing."""

    connection = socket.socket()
    with connection, pytest.raises(SettingsError, match="cannot be sent to the workers"):
        stacks(lambda: connection)
    with pytest.raises(SettingsError, match="not a coroutine"):
        stacks(coroutine)


def test_a_folder_has_its_projects_name(project: Path) -> None:
    assert stacks(project, project=None).program.project == "infra"
    with pytest.raises(SettingsError, match="project is other, but"):
        stacks(project, project="other")


def test_nobody_unknown_is_chosen() -> None:
    assert [account.name for account in stacks().only(["b"]).accounts] == ["b"]
    with pytest.raises(SettingsError, match="no account named c, d"):
        stacks().only(["d", "a", "c"])


@pytest.mark.parametrize("names", [("eu_1", "eu-1"), ("a_b", "axb-2")])
def test_names_that_postgresql_mixes_up_are_refused_there(names: tuple[str, str]) -> None:
    accounts = [{"name": name, "account_id": "1" * 32} for name in names]
    stacks(accounts=accounts)
    for given in (accounts, accounts[::-1]):
        with pytest.raises(SettingsError, match="takes the _ in a stack's name"):
            stacks(accounts=given, backend="postgres://db/state")
    apart = [{"name": name, "account_id": "1" * 32} for name in ("a_b", "a_b_c", "ab")]
    stacks(accounts=apart, backend="postgres://db/state")


def test_a_folders_address_means_the_same_from_everywhere() -> None:
    assert stacks(backend="file://state").backend == f"file://{Path.cwd()}/state"
    assert stacks(backend="file://~/state").backend == f"file://{Path.home()}/state"


def test_the_backend_is_settled_here_and_not_by_each_worker(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    with (project / "Pulumi.yaml").open("a") as file:
        file.write("backend: {url: 'file:///project/state'}\n")
    assert stacks(project, project=None, backend=None).backend == "file:///project/state"
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///environment/state")
    assert stacks(project, project=None, backend=None).backend == "file:///environment/state"


def test_an_address_in_the_project_is_relative_to_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for Pulumi, which is run there: in another folder, there would be an empty state."""
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    with (project / "Pulumi.yaml").open("a") as file:
        file.write("backend: {url: 'file://./state'}\n")
    monkeypatch.chdir("/")
    assert stacks(project, project=None, backend=None).backend == f"file://{project}/state"
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file://state")
    assert stacks(project, project=None, backend=None).backend == "file:///state"


def test_the_projects_own_settings_of_a_stack_are_kept(project: Path) -> None:
    own = "encryptionsalt: v1:abc\nconfig:\n  infra:a: 1\n  cloudflare-access:accountId: old\n"
    (project / "Pulumi.a.yaml").write_text(own)
    settings = _stack_settings(job(project), project)
    assert settings["encryptionsalt"] == "v1:abc"
    assert settings["config"] == {"infra:a": 1, "cloudflare-access:accountId": "1" * 32}


@pytest.mark.parametrize(
    ("file", "more", "own"),
    [
        ("Pulumi.yml", "", "Pulumi.a.yml"),
        ("Pulumi.yaml", "stackConfigDir: configs", "configs/Pulumi.a.yaml"),
        # As it was written before there was stackConfigDir.
        ("Pulumi.yaml", "config: configs", "configs/Pulumi.a.yaml"),
    ],
)
def test_they_are_where_pulumi_has_them(tmp_path: Path, file: str, more: str, own: str) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / file).write_text(f"name: infra\nruntime: python\n{more}\n")
    (tmp_path / own).write_text("config: {'infra:a': own}\n")
    config = _stack_settings(job(tmp_path, machines=4), tmp_path)["config"]
    assert (config["infra:a"], config[RATE]) == ("own", "300")


@pytest.mark.parametrize(
    ("of_stack", "of_project", "share"),
    [("", "", "300"), (f"config: {{'{RATE}': 100}}", "", "25"), ("", f"{{'{RATE}': 40}}", "10")],
)
def test_machines_share_what_may_be_asked(
    project: Path, of_stack: str, of_project: str, share: str
) -> None:
    (project / "Pulumi.a.yaml").write_text(of_stack)
    with (project / "Pulumi.yaml").open("a") as file:
        file.write(f"config: {of_project}\n")
    alone, shared = (_stack_settings(job(project, machines=n), project)["config"] for n in (1, 4))
    assert shared[RATE] == share
    assert alone.get(RATE) == (100 if of_stack else None)


def test_a_worker_without_what_it_needs_says_so_and_does_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = socket.gethostname()
    monkeypatch.setenv("PATH", "")
    assert work(job(project)).error == f"the pulumi command is not on the PATH of {host}"
    put_in_place_of_pulumi("exit", project / "bin", monkeypatch)
    monkeypatch.delenv("CLOUDFLARE_ACCESS_LOCAL", raising=False)
    for name in PASSPHRASES:
        monkeypatch.delenv(name, raising=False)
    assert "this worker runs on" in str(work(job(project, caller="elsewhere")).error)
    assert "has neither PULUMI_CONFIG_PASSPHRASE nor" in str(work(job(project)).error)
    (named,) = stacks(accounts=[{**ACCOUNTS[0], "api_token_env": "NO_SUCH_TOKEN"}]).accounts
    told = work(job(project, account=named)).error
    assert told == f"the environment of {host} has no NO_SUCH_TOKEN, this account's token"


def test_two_first_commands_on_an_empty_database_do_not_stop_each_other(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL may refuse one of two that make the table; the next try finds it made."""
    script = f"""
        echo . >> {project}/tries
        test "$(wc -l < {project}/tries)" -ge 3 && exit
        echo "error: failed to create table pulumi_state: pq: duplicate key value" >&2
        exit 255
    """
    put_in_place_of_pulumi(script, project / "bin", monkeypatch)
    assert work(job(project, operation="cancel", backend="postgres://db/state")).error is None
    assert (project / "tries").read_text().count(".") == 3


@pytest.mark.parametrize(
    "backend",
    [
        "postgres://me:hunter22@127.0.0.1:1/db",
        "postgres://me:hunter%32%32@127.0.0.1:1/db?sslmode=disable",
        "postgres://me@127.0.0.1:1/db?sslmode=disable&password=hunter22",
        "postgres://me@127.0.0.1:1/db?PassWord=hunter%322",
        "azblob://state?sas_token=hunter22",
    ],
)
def test_whatever_fails_no_password_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    """In the address or beside it, as it stands there or as it is meant."""
    monkeypatch.setenv("PGPASSWORD", "opensesame")
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "pul-0123456789")
    lines = (backend, unquote(backend), "opensesame", "pul-0123456789")
    put_in_place_of_pulumi(
        "\n".join([*(f"echo 'error: no way: {line}' >&2" for line in lines), "exit 255"]),
        project / "bin",
        monkeypatch,
    )
    sent = job(project, operation="cancel", backend=backend)
    lost = Here(RuntimeError(" ".join(lines)))
    (gone, _) = stacks(backend=backend).cancel(executor=lost)
    for told in (str(work(sent).error), str(gone.error)):
        assert told.count("[secret]") == 4
        assert not [line for line in lines if line in told]
        assert "hunter" not in told


@pytest.mark.parametrize("operation", ["drift", "refresh", "cancel", "destroy"])
def test_a_stack_that_is_not_in_the_backend_is_not_one_that_is_as_it_should_be(
    project: Path, monkeypatch: pytest.MonkeyPatch, operation: Any
) -> None:
    """With a wrong backend, a nightly drift over every account found none, and was green."""
    script = "echo \"error: no stack named 'a' found\" >&2; exit 255"
    put_in_place_of_pulumi(script, project / "bin", monkeypatch)
    (named,) = stacks(accounts=[{**ACCOUNTS[0], "api_token_env": "HOME"}]).accounts
    result = work(job(project, operation=operation, account=named))
    assert result.missing
    if operation == "destroy":
        assert (result.error, result.summary) == (None, "no such stack")
    else:
        assert result.error == "this backend has no stack a: up creates it"


def test_a_function_from_another_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"comes from Python 3\.9, and this worker has 3\."):
        Program(project="p", function=b"", python=(3, 9)).lay_out(tmp_path)


def test_whoever_holds_a_stack_is_named_with_the_remedy() -> None:
    told = _held(
        "a", "… locked by 1 lock(s) …\n  x: created by ada@mac (pid 7) at 2026-01-01T00:00"
    )
    assert "ada@mac, process 7, since 2026-01-01T00:00" in told
    assert "cloudflare-access stacks cancel ACCOUNTS --program PROGRAM --only a, " in told


def test_importing_loads_neither_pulumi_nor_what_few_need() -> None:
    heavy = "'pulumi', 'grpc', 'httpx', 'cloudpickle', 'distributed', 'yaml'"
    code = (
        "import sys, pulumi_cloudflare_access.cli; "
        "assert 'pulumi_cloudflare_access.stacks' not in sys.modules; "
        f"import pulumi_cloudflare_access.stacks; print({{{heavy}}} & {{*sys.modules}})"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
