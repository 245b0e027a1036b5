"""Runs operations on many stacks of one program, through any executor."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import (
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    as_completed,
)
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..errors import SettingsError
from ..text.nearest import nearest
from .accounts import Account, check_accounts
from .program import Program, read_project
from .progress import Reporter
from .results import Interrupted, Operation, Results, StackResult
from .worker import Job, without_secrets, work

# Each running stack is a Pulumi CLI, a plugin and, in a preview or an up, a program. They often
# wait for the API, so that two stacks keep one core busy.
PER_CORE = 2


@dataclass(frozen=True, init=False)
class Stacks:
    """One program and the accounts that it runs for, with one stack for each account.

        stacks = Stacks("./infra", read_accounts("accounts.yaml"))
        results = stacks.up()
        results = stacks.retry(results)      # the failed ones again, with the same options

    `program` is a project's folder, or a function.
    `accounts` are `Account`s, or maps with the same keys.
    `project` is the project's name, which only a function needs.
    `backend` is the URL of the state backend: `file://…`, `postgres://…` or any other of Pulumi's.
    Without it, PULUMI_BACKEND_URL, the project or `pulumi login` decides.
    `secrets_provider` is used for new stacks, as in `pulumi stack init`.
    `machines` is the number of machines (or containers) that run the executor's workers and share
    no cache folder. Each uses that fraction of the rate limit of a credential.
    `quiet` shows no progress.
    The constructor raises SettingsError for arguments that cannot be used.

    Every operation takes an `executor` of the kind of `concurrent.futures`. Its workers need this
    package, the Pulumi CLI, and the environment variables for tokens and the passphrase. Without an
    executor, `max_workers` threads of this process are used (default: two for each core); they only
    wait, because every stack runs in processes of its own.

    An operation raises SettingsError if it cannot begin. An error in one stack is part of that
    stack's result and does not stop the others. Ctrl-C raises Interrupted, with the results so far.
    """

    accounts: tuple[Account, ...]
    program: Program
    backend: str = field(repr=False)
    secrets_provider: str | None
    machines: int
    quiet: bool

    def __init__(
        self,
        program: Callable[[], Any] | str | Path,
        accounts: Iterable[Account | Mapping[str, Any]],
        *,
        project: str | None = None,
        backend: str | None = None,
        secrets_provider: str | None = None,
        machines: int = 1,
        quiet: bool = False,
    ) -> None:
        checked = check_accounts(accounts)
        sent = Program.of(program, project)
        where = _absolute(backend) if backend else _own_backend(sent)
        if urlsplit(where).scheme in {"postgres", "postgresql"}:
            _check_names(account.name for account in checked)
        if machines < 1:
            raise SettingsError("machines must be 1 or more")
        for name, value in {
            "accounts": checked,
            "program": sent,
            "backend": where,
            "secrets_provider": secrets_provider,
            "machines": machines,
            "quiet": quiet,
        }.items():
            object.__setattr__(self, name, value)

    def only(self, names: Iterable[str]) -> Stacks:
        """Return only the stacks with these names. Raises SettingsError for an unknown name."""
        wanted = set(names)
        names = [account.name for account in self.accounts]
        unknown = sorted(wanted - {*names})
        if unknown:
            told = ", ".join(f"{name}{nearest(name, names)}" for name in unknown)
            raise SettingsError(f"there is no account named {told}")
        return self._with(account for account in self.accounts if account.name in wanted)

    def preview(
        self,
        *,
        refresh: bool = False,
        executor: Executor | None = None,
        max_workers: int | None = None,
    ) -> Results:
        """Return what an up would change. A stack that does not exist is created, empty.

        `refresh` updates the state from Cloudflare first.
        """
        return self._all("preview", executor, max_workers, refresh=refresh)

    def up(
        self,
        *,
        refresh: bool = False,
        executor: Executor | None = None,
        max_workers: int | None = None,
    ) -> Results:
        """Apply the program to every account. `refresh` updates the state from Cloudflare first.

        Without `refresh`, only the program and the state are compared, so that changes made outside
        Pulumi stay. If the program changes an object that was also changed outside Pulumi, nothing
        is overwritten and the stack fails.
        """
        return self._all("up", executor, max_workers, refresh=refresh)

    def refresh(
        self,
        *,
        clear_pending_creates: bool = False,
        executor: Executor | None = None,
        max_workers: int | None = None,
    ) -> Results:
        """Update every state to what Cloudflare has.

        `clear_pending_creates` removes pending creates of a killed run from the state.
        """
        return self._all(
            "refresh", executor, max_workers, clear_pending_creates=clear_pending_creates
        )

    def drift(self, *, executor: Executor | None = None, max_workers: int | None = None) -> Results:
        """Return where Cloudflare differs from the state, and change neither.

        This is the preview of a refresh. The program is not run.
        """
        return self._all("drift", executor, max_workers)

    def destroy(
        self,
        *,
        refresh: bool = False,
        remove: bool = False,
        executor: Executor | None = None,
        max_workers: int | None = None,
    ) -> Results:
        """Delete all resources of the stacks.

        `refresh` updates the state from Cloudflare first; `remove` removes the empty stacks, too.
        """
        return self._all("destroy", executor, max_workers, refresh=refresh, remove=remove)

    def cancel(
        self, *, executor: Executor | None = None, max_workers: int | None = None
    ) -> Results:
        """Remove the locks of a killed run.

        A run that is still going loses its lock, too, and its state may then be overwritten.
        """
        return self._all("cancel", executor, max_workers)

    def retry(
        self,
        results: Results,
        *,
        executor: Executor | None = None,
        max_workers: int | None = None,
        **options: bool,
    ) -> Results:
        """Run the operation again for the stacks that failed, and return the results of all.

        `options` replace options of the earlier run, for example `refresh=True`.
        """
        if results.ok:
            return results
        operation = getattr(self.only(results.failed), results.operation)
        options = {**results.options, **options}
        newer = operation(executor=executor, max_workers=max_workers, **options)
        return results.updated(newer)

    def _with(self, accounts: Iterable[Account]) -> Stacks:
        fewer = object.__new__(Stacks)
        for entry in dataclasses.fields(self):
            object.__setattr__(fewer, entry.name, getattr(self, entry.name))
        object.__setattr__(fewer, "accounts", tuple(accounts))
        return fewer

    def _all(
        self,
        operation: Operation,
        executor: Executor | None,
        max_workers: int | None,
        **options: bool,
    ) -> Results:
        jobs = [
            Job(
                operation=operation,
                account=account,
                program=self.program,
                backend=self.backend,
                secrets_provider=self.secrets_provider,
                machines=self.machines,
                options=options,
            )
            for account in self.accounts
        ]
        with Reporter(operation, len(jobs), quiet=self.quiet) as reporter:
            if executor is not None:
                found, whole = _through(executor, jobs, reporter)
            else:
                with ThreadPoolExecutor(max_workers or _workers(len(jobs))) as own:
                    found, whole = _through(own, jobs, reporter)
        every = tuple(found.get(job.account.name) or _not_begun(job, executor) for job in jobs)
        results = Results(operation, every, options)
        if not whole:
            raise Interrupted(results)
        return results


def _through(
    executor: Executor, jobs: Sequence[Job], reporter: Reporter
) -> tuple[dict[str, StackResult], bool]:
    """Run the jobs. Return the results by stack, and whether all ran.

    After an interrupt, these are the results of the stacks that had begun, and False.
    """
    results: dict[str, StackResult] = {}
    futures: dict[Future[StackResult], Job] = {}

    def collect(some: Iterable[Future[StackResult]]) -> None:
        for future in as_completed(some):
            result = _result(future, futures[future])
            if result.name not in results:
                results[result.name] = result
                reporter.ended(result)

    try:
        for job in jobs:
            futures[_submit(executor, job)] = job
        collect(futures)
    except KeyboardInterrupt:
        # Cancel first: a stack that ends meanwhile must not make room for another one.
        begun = [future for future in futures if not future.cancel()]
        reporter.interrupted()
        # A Ctrl-C reaches the engines on this machine, too: they end soon.
        collect(begun)
        return results, False
    return results, True


def _submit(executor: Executor, job: Job) -> Future[StackResult]:
    try:
        return executor.submit(work, job)
    except Exception as error:  # noqa: BLE001 - whatever an executor raises
        none: Future[StackResult] = Future()
        name = type(error).__name__
        none.set_result(_failed(job, f"the executor did not accept the job ({name}): {error}"))
        return none


def _result(future: Future[StackResult], job: Job) -> StackResult:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - whatever an executor raises
        name = type(error).__name__
        reason = f"the worker was lost ({name}): what it had begun may or may not be done"
        if isinstance(error, BrokenProcessPool):
            reason += "; the executor cannot be used any more"
        return _failed(job, f"{reason}. Run it again: {error}".removesuffix(": "))


def _not_begun(job: Job, executor: Executor | None) -> StackResult:
    if executor is None or isinstance(executor, ThreadPoolExecutor | ProcessPoolExecutor):
        return _failed(job, "interrupted before it began")
    # Dask does not tell whether a worker had begun a cancelled job.
    return _failed(job, "interrupted: if a worker had begun it, it ends there by itself")


def _failed(job: Job, error: str) -> StackResult:
    return StackResult(
        name=job.account.name,
        account_id=job.account.account_id,
        operation=job.operation,
        error=without_secrets(error, job),
    )


def _workers(stacks: int) -> int:
    return max(1, min(stacks, PER_CORE * (os.cpu_count() or 1)))


def _own_backend(program: Program) -> str:
    """Return the backend that Pulumi uses on this machine: workers elsewhere may use another."""
    given = os.environ.get("PULUMI_BACKEND_URL")
    if given:
        return _absolute(given)
    if program.folder is not None:
        folder = Path(program.folder)
        of_project = (read_project(folder).get("backend") or {}).get("url")
        if of_project:
            # Pulumi runs in the project's folder, and takes a relative path from there.
            return _absolute(of_project, folder)
    return _absolute(_logged_in_to())


def _logged_in_to() -> str:
    import json  # noqa: PLC0415 - only this function needs them
    import subprocess  # noqa: PLC0415

    try:
        said = subprocess.run(
            ["pulumi", "whoami", "--verbose", "--json", "--non-interactive"],  # noqa: S607
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
        return str(json.loads(said.stdout)["url"])
    except FileNotFoundError:
        raise SettingsError("the pulumi command is not on the PATH") from None
    except (subprocess.CalledProcessError, ValueError, KeyError):
        raise SettingsError(
            "no backend: pass backend= (--backend), set PULUMI_BACKEND_URL, or run pulumi login"
        ) from None


def _absolute(backend: str, base: Path = Path()) -> str:
    """Return a backend's URL with an absolute path, if it is a folder's relative to `base`."""
    try:
        scheme = urlsplit(backend).scheme
    except ValueError:
        raise SettingsError("the backend's address is not a URL") from None
    if not scheme:
        raise SettingsError("the backend's address has no scheme: file://… or postgres://…")
    if scheme != "file":
        return backend
    path, _, query = backend.removeprefix("file://").partition("?")
    absolute = (base / Path(path).expanduser()).absolute()
    return f"file://{absolute}" + (f"?{query}" if query else "")


def _check_names(names: Iterable[str]) -> None:
    """Refuse names that Pulumi confuses in PostgreSQL, where its search takes `_` as a wildcard.

    One stack would see the other's lock, and some commands of the CLI panic.
    """
    given = list(names)
    for name in given:
        pattern = re.compile(re.escape(name).replace("_", "."))
        for other in given:
            if pattern.match(other) and not other.startswith(name):
                raise SettingsError(
                    f"{name} and {other}: with state in PostgreSQL, Pulumi takes the _ in a "
                    "stack's name as a wildcard, and would find the other. Rename one of them"
                )
