"""Many stacks from one program, through any executor."""

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

# Every stack under way is a Pulumi CLI, a plugin and, in a preview or an up, a program: two at a
# time keep a core busy while they wait for the API.
PER_CORE = 2


@dataclass(frozen=True, init=False)
class Stacks:
    """One program and the accounts it runs for, a stack each.

        stacks = Stacks("./infra", read_accounts("accounts.yaml"))
        results = stacks.up()
        results = stacks.retry(results)      # those that failed, again, in the same way

    `program` is a project's folder, or a function, which needs `project`, the name that its stacks
    are kept under. `backend` is where the state is: `file://…`, `postgres://…` or any other of
    Pulumi's; left out, what PULUMI_BACKEND_URL, the project or `pulumi login` says.
    `secrets_provider` is for stacks yet to be made, as for `pulumi stack init`. `machines` is how
    many machines (or containers) the executor's workers are on that share no cache folder: each
    asks that part of what Cloudflare allows one credential. `quiet` tells no progress.

    Each operation takes an `executor`, any of `concurrent.futures`'s kind, whose workers have this
    package, the Pulumi CLI and the variables that hold tokens and passphrase; without one, threads
    of this process. Stacks are processes of their own in any case: threads merely wait for them.
    An operation raises SettingsError where it cannot begin; what goes wrong in a stack is in its
    result, and does not stop the others. Ctrl-C raises Interrupted, which has the results.
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
        """Return these stacks without those that are not named. Raises SettingsError."""
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
        """Say what an up would do. A stack that there is not yet is made, empty."""
        return self._all("preview", executor, max_workers, refresh=refresh)

    def up(
        self,
        *,
        refresh: bool = False,
        executor: Executor | None = None,
        max_workers: int | None = None,
    ) -> Results:
        """Make every account as the program says; `refresh` looks at Cloudflare first.

        Without it, program and state are compared: what somebody else changed is not put right.
        Where the program changes that object too, it is not overwritten either: the stack fails.
        """
        return self._all("up", executor, max_workers, refresh=refresh)

    def refresh(
        self,
        *,
        clear_pending_creates: bool = False,
        executor: Executor | None = None,
        max_workers: int | None = None,
    ) -> Results:
        """Bring every state up to what is there.

        `clear_pending_creates` forgets the creates that a killed run left under way.
        """
        return self._all(
            "refresh", executor, max_workers, clear_pending_creates=clear_pending_creates
        )

    def drift(self, *, executor: Executor | None = None, max_workers: int | None = None) -> Results:
        """Say what is other at Cloudflare than in the state, and change neither.

        It is the preview of a refresh. What the program says plays no part.
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
        """Delete everything that the stacks hold; with `remove` the empty stacks, too."""
        return self._all("destroy", executor, max_workers, refresh=refresh, remove=remove)

    def cancel(
        self, *, executor: Executor | None = None, max_workers: int | None = None
    ) -> Results:
        """Remove the locks that a killed run left.

        A run that is still alive loses its lock as well, and its state may be overwritten.
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
        """Do what failed again, in the same way, and return all results, old and new.

        `options` are the operation's own, where they are to be others than they were.
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
    """Return what came of each stack, and True; interrupted, of each that had begun, and False."""
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
        reporter.interrupted()
        # Of a Ctrl-C the engines here have heard as well, and end soon.
        collect([future for future in futures if not future.cancel()])
        return results, False
    return results, True


def _submit(executor: Executor, job: Job) -> Future[StackResult]:
    try:
        return executor.submit(work, job)
    except Exception as error:  # noqa: BLE001 - whatever an executor raises
        none: Future[StackResult] = Future()
        name = type(error).__name__
        none.set_result(_failed(job, f"the executor did not take it ({name}): {error}"))
        return none


def _result(future: Future[StackResult], job: Job) -> StackResult:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - whatever an executor raises
        name = type(error).__name__
        reason = f"its worker did not come back ({name}): what it had begun may or may not be done"
        if isinstance(error, BrokenProcessPool):
            reason += "; the executor is of no further use"
        return _failed(job, f"{reason}. Run it again: {error}".removesuffix(": "))


def _not_begun(job: Job, executor: Executor | None) -> StackResult:
    if executor is None or isinstance(executor, ThreadPoolExecutor | ProcessPoolExecutor):
        return _failed(job, "interrupted before it began")
    # Dask cancels what a worker is at just like what none is at.
    return _failed(job, "interrupted: where a worker had begun it, that ends there by itself")


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
    """Find the backend that Pulumi would use here: workers elsewhere have other settings."""
    given = os.environ.get("PULUMI_BACKEND_URL")
    if given:
        return _absolute(given)
    if program.folder is not None:
        folder = Path(program.folder)
        of_project = (read_project(folder).get("backend") or {}).get("url")
        if of_project:
            # Pulumi takes it from where it is run, which is there.
            return _absolute(of_project, folder)
    return _absolute(_logged_in_to())


def _logged_in_to() -> str:
    import json  # noqa: PLC0415 - for this alone, as all below
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
        raise SettingsError("there is no pulumi on the PATH") from None
    except (subprocess.CalledProcessError, ValueError, KeyError):
        raise SettingsError(
            "no backend: pass backend= (--backend), set PULUMI_BACKEND_URL, or run pulumi login"
        ) from None


def _absolute(backend: str, base: Path = Path()) -> str:
    """Write a folder's address, relative to `base`, so that it means the same from everywhere."""
    try:
        scheme = urlsplit(backend).scheme
    except ValueError:
        raise SettingsError("the backend's address is no URL") from None
    if not scheme:
        raise SettingsError("the backend's address has no scheme: file://… or postgres://…")
    if scheme != "file":
        return backend
    path, _, query = backend.removeprefix("file://").partition("?")
    absolute = (base / Path(path).expanduser()).absolute()
    return f"file://{absolute}" + (f"?{query}" if query else "")


def _check_names(names: Iterable[str]) -> None:
    """Refuse names that PostgreSQL mixes up: Pulumi searches there with `_` for any character.

    A stack sees the other's lock then, and some commands of the CLI panic.
    """
    given = list(names)
    for name in given:
        pattern = re.compile(re.escape(name).replace("_", "."))
        for other in given:
            if pattern.match(other) and not other.startswith(name):
                raise SettingsError(
                    f"{name} and {other}: with state in PostgreSQL, Pulumi takes the _ in one "
                    "stack's name for any character and finds the other. Name one without it"
                )
