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
    """Run one program for many accounts, with one stack for each.

    \b
        cloudflare-access stacks preview accounts.yaml --program ./infra
        cloudflare-access stacks drift   accounts.yaml --program ./infra --json > drift.json
        cloudflare-access stacks up      accounts.yaml --program ./infra --yes

    ACCOUNTS is a YAML file with a list of accounts. Each has a name and an account_id, and may have
    api_token_env and config. The exit status is 1 if a stack failed, 3 if drift found a difference,
    130 if the run was interrupted (143 by a SIGTERM).
    """  # noqa: D301  (click's \b: it keeps the lines after it as they are)


Command = Callable[..., None]
Option = Callable[[Command], Command]


def _operation(*options: Option) -> Callable[[Command], click.Command]:
    """Return a decorator that adds the common options and these to an operation."""

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
    click.option("--project", help="The project's name, if PROGRAM is a function."),
    click.option("--backend", help="The URL of the state backend. Default: the one Pulumi uses."),
    click.option("--secrets-provider", help="For new stacks, as for pulumi stack init."),
    click.option("--only", multiple=True, metavar="NAME", help="Only this stack; may be repeated."),
    click.option(
        "--failed-in",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Only the stacks that failed in an earlier run; FILE is its --json output.",
    ),
    click.option("--workers", type=click.IntRange(1), help="How many stacks run at once here."),
    click.option("--dask", metavar="ADDRESS", help="Run on the workers of this Dask scheduler."),
    click.option(
        "--machines",
        type=click.IntRange(1),
        default=1,
        help="On how many machines the workers are: they share the rate limit.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print the results as JSON."),
    click.option("--quiet", is_flag=True, help="Show no progress."),
)
_YES = click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
_REFRESH = click.option("--refresh", is_flag=True, help="Refresh the state from Cloudflare first.")


@_operation(_REFRESH)
def preview(**given: Any) -> None:
    """Show what an up would change."""
    _run("preview", **given)


@_operation(_REFRESH, _YES)
def up(*, yes: bool, **given: Any) -> None:
    """Apply the program to every account."""
    _run("up", ask=None if yes else "Make {} as the program says?", **given)


@_operation(
    click.option(
        "--clear-pending-creates",
        is_flag=True,
        help="Remove pending creates of a killed run from the state.",
    )
)
def refresh(**given: Any) -> None:
    """Update every state to what Cloudflare has."""
    _run("refresh", **given)


@_operation()
def drift(**given: Any) -> None:
    """Show where Cloudflare differs from the state, and change neither."""
    _run("drift", **given)


@_operation(
    _REFRESH,
    click.option("--remove", is_flag=True, help="Remove the empty stacks from the backend, too."),
    _YES,
)
def destroy(*, yes: bool, **given: Any) -> None:
    """Delete all resources of the stacks."""
    _run("destroy", ask=None if yes else "Delete everything in {}?", **given)


@_operation()
def cancel(**given: Any) -> None:
    """Remove the locks of a killed run. Make sure that it has ended."""
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
        raise click.UsageError("--workers is for this machine; with --dask, leave it out")
    interrupted = INTERRUPTED

    def terminate(number: int, _frame: object) -> None:
        nonlocal interrupted
        interrupted = SIGNALLED + number
        raise KeyboardInterrupt

    # Otherwise this process would end at once, with engines still running and their stacks locked.
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
        echo("Interrupted. Stacks that had begun end by themselves. Run it again.", err=True)
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
    """Return the path of a folder as it is, or import the function `module:name`."""
    module, colon, name = given.partition(":")
    if not colon or Path(given).exists():
        return given
    if not module or not name:
        raise SettingsError(f"--program {given}: must be a folder or module:function")
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
        raise SettingsError(f"--program {given}: is not a function")
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
        raise SettingsError(f"--dask {address}: no scheduler answers ({error})") from None
    with client:
        if not client.scheduler_info()["workers"]:
            echo("The scheduler has no worker yet: waiting for one.", err=True)
        yield client.get_executor()
