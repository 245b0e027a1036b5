"""The command `cloudflare-access stacks`."""

from __future__ import annotations

import functools
import importlib
import json
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from ..errors import SettingsError
from ..text.nearest import nearest
from ..text.outlet import echo
from .accounts import read_accounts
from .results import Interrupted, Results
from .run import Stacks

FAILED, DRIFTED = 1, 3
SIGNALLED = 128
INTERRUPTED = SIGNALLED + signal.SIGINT


@click.group()
def stacks() -> None:
    """Run one program for many accounts, a stack each.

    \b
        cloudflare-access stacks preview accounts.yaml --program ./infra
        cloudflare-access stacks drift   accounts.yaml --program ./infra --json > drift.json
        cloudflare-access stacks up      accounts.yaml --program ./infra --yes

    ACCOUNTS is a YAML file: a list, each with name, account_id and, if need be, api_token_env and
    config. The status is 1 if any stack failed, 3 if a drift was found, 130 if
    the run was interrupted (143 by a SIGTERM).
    """  # noqa: D301  (this backslash is one: it keeps click from filling the lines after it)


Command = Callable[..., None]
Option = Callable[[Command], Command]


def _operation(*options: Option) -> Callable[[Command], click.Command]:
    """Give an operation the arguments that all have, and its own."""

    def decorate(command: Command) -> click.Command:
        for option in reversed((*_COMMON, *options)):
            command = option(command)
        return stacks.command()(command)

    return decorate


_COMMON: tuple[Option, ...] = (
    click.argument("accounts", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    click.option(
        "--program",
        required=True,
        metavar="PROGRAM",
        help="A Pulumi project's folder, or a function: module:name.",
    ),
    click.option("--project", help="The name that a function's stacks are kept under."),
    click.option("--backend", help="Where the state is, if not where Pulumi has it anyway."),
    click.option("--secrets-provider", help="For stacks yet to be made; as for pulumi stack init."),
    click.option("--only", multiple=True, metavar="NAME", help="These alone; may be repeated."),
    click.option(
        "--failed-in",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Those alone that failed in an earlier run, by its --json.",
    ),
    click.option("--workers", type=click.IntRange(1), help="How many stacks at once, here."),
    click.option("--dask", metavar="ADDRESS", help="On the workers of a Dask cluster."),
    click.option(
        "--machines",
        type=click.IntRange(1),
        default=1,
        help="On how many machines those workers are: they share the rate limit.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print the results as JSON."),
    click.option("--quiet", is_flag=True, help="Tell no progress."),
)
_YES = click.option("--yes", is_flag=True, help="Do not ask.")
_REFRESH = click.option("--refresh", is_flag=True, help="Look at Cloudflare first.")


@_operation(_REFRESH)
def preview(**given: Any) -> None:
    """Say what an up would do."""
    _run("preview", **given)


@_operation(_REFRESH, _YES)
def up(*, yes: bool, **given: Any) -> None:
    """Make every account as the program says."""
    _run("up", ask=None if yes else "Make {} as the program says?", **given)


@_operation(
    click.option(
        "--clear-pending-creates",
        is_flag=True,
        help="Forget the creates that a killed run left under way.",
    )
)
def refresh(**given: Any) -> None:
    """Bring every state up to what is at Cloudflare."""
    _run("refresh", **given)


@_operation()
def drift(**given: Any) -> None:
    """Say what is other at Cloudflare than in the state, and change neither."""
    _run("drift", **given)


@_operation(
    _REFRESH,
    click.option("--remove", is_flag=True, help="Remove the empty stacks, too."),
    _YES,
)
def destroy(*, yes: bool, **given: Any) -> None:
    """Delete everything that the stacks hold."""
    _run("destroy", ask=None if yes else "Delete everything in {}?", **given)


@_operation()
def cancel(**given: Any) -> None:
    """Remove the locks that a killed run left. Be sure that it is dead."""
    _run("cancel", **given)


def _run(
    operation: str,
    *,
    accounts: Path,
    only: tuple[str, ...],
    failed_in: Path | None,
    workers: int | None,
    dask: str | None,
    as_json: bool,
    program: str,
    ask: str | None = None,
    project: str | None,
    backend: str | None,
    secrets_provider: str | None,
    machines: int,
    quiet: bool,
    **options: bool,
) -> None:
    if dask and workers:
        raise click.UsageError("--workers is for this machine: with --dask, its own workers count")
    interrupted = INTERRUPTED

    def terminate(number: int, _frame: object) -> None:
        nonlocal interrupted
        interrupted = SIGNALLED + number
        raise KeyboardInterrupt

    # Else this process would end at once, and leave each engine running, its stack locked.
    signal.signal(signal.SIGTERM, terminate)
    try:
        chosen = Stacks(
            _program(program),
            read_accounts(accounts),
            project=project,
            backend=backend,
            secrets_provider=secrets_provider,
            machines=machines,
            quiet=quiet,
        )
        if only or failed_in:
            chosen = chosen.only([*only, *(_failed(failed_in) if failed_in else ())])
        if ask and chosen.accounts:
            names = ", ".join(account.name for account in chosen.accounts)
            click.confirm(ask.format(names), abort=True, err=True)
        with _executor(dask) as executor:
            all_of_them = functools.partial(getattr(chosen, operation), **options)
            results = all_of_them(executor=executor, max_workers=workers)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    except Interrupted as some:
        _print(some.results, as_json=as_json)
        sys.exit(interrupted)
    except KeyboardInterrupt:
        echo("Interrupted. What had begun ends by itself; run it again.", err=True)
        sys.exit(interrupted)
    _print(results, as_json=as_json)
    sys.exit(
        FAILED if not results.ok else DRIFTED if operation == "drift" and results.changed else 0
    )


def _print(results: Results, *, as_json: bool) -> None:
    if as_json:
        click.echo(results.to_json())
        return
    for line in results.details():
        echo(line)
    if sys.stdout.isatty():
        Console().print(results.table())
    else:
        echo(results.text())


def _program(given: str) -> Any:
    """Return a folder's path, or the function that `module:name` names."""
    module, colon, name = given.partition(":")
    if not colon or Path(given).exists():
        return given
    if not module or not name:
        raise SettingsError(f"--program {given}: a folder or module:function is due")
    sys.path.insert(0, str(Path.cwd()))
    try:
        home = importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"--program {given}: {error} (looked for in {Path.cwd()}, too)"
        ) from None
    except Exception as error:  # noqa: BLE001 - it is the user's, and may raise anything
        raise SettingsError(f"--program {given}: {type(error).__name__}: {error}") from None
    if not hasattr(home, name):
        raise SettingsError(f"--program {given}: {module} has no {name}{nearest(name, vars(home))}")
    found = getattr(home, name)
    if not callable(found):
        raise SettingsError(f"--program {given}: is no function")
    return found


def _failed(path: Path) -> list[str]:
    try:
        found = json.loads(path.read_text())["stacks"]
        return [result["name"] for result in found if not result["ok"]]
    except (OSError, ValueError, KeyError, TypeError):
        raise SettingsError(f"{path} is not what an earlier run printed with --json") from None


@contextmanager
def _executor(address: str | None) -> Iterator[Executor | None]:
    if address is None:
        yield None
        return
    try:
        from dask.distributed import Client  # noqa: PLC0415 - an extra brings it
    except ModuleNotFoundError:
        raise SettingsError(
            "--dask needs Dask: pip install 'pulumi-cloudflare-access[dask]'"
        ) from None
    try:
        client: Any = Client(address)  # type: ignore[no-untyped-call]  # Dask has types, not here
    except (OSError, ValueError) as error:
        raise SettingsError(f"--dask {address}: no scheduler answers there ({error})") from None
    with client:
        if not client.scheduler_info()["workers"]:
            echo("No worker is there yet: waiting for one.", err=True)
        yield client.get_executor()
