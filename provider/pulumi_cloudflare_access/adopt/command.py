"""The command `cloudflare-access adopt`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ..errors import CloudflareError, SettingsError
from ..process.pulumi_cli import PulumiCli
from ..text.outlet import agreed, echo
from .check import Checked, before_import, check, import_arguments, not_empty, with_adopt
from .import_file import OLDEST_CLI, SKIP_CHECKPOINTS
from .live import tokens_named
from .matching import Outcome

FAILED = 1


@click.group()
def adopt() -> None:
    """Take over a live account into Pulumi, exactly: nothing is sent but reads.

    \b
        cloudflare-access adopt check           # in any project: what is exact, what would change
        cloudflare-access adopt run             # check, import, and the preview that proves it

    The status is 0 if everything is exact, 1 if anything would change or cannot be compared.
    """  # noqa: D301  (this backslash is one: it keeps click from filling the lines after it)


@contextmanager
def _refusing() -> Iterator[None]:
    """End the command with one message for what is wrong."""
    try:
        yield
    except CloudflareError as error:
        echo(f"Error: {error}", err=True)
        sys.exit(FAILED)


def _pairs(option: str, form: str, values: tuple[str, ...]) -> dict[str, str]:
    """Read what an option pairs. Raises SettingsError."""
    pairs = dict(value.rpartition("=")[::2] for value in values)
    if not all((*pairs, *pairs.values())):
        raise SettingsError(f"{option} must be {form}")
    return pairs


def _tokens(values: tuple[str, ...]) -> dict[str, str]:
    """Return the tokens of providers. Raises SettingsError, which shows none."""
    pairs = _pairs("--token-env", "PROVIDER=VARIABLE", values)
    if not all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) for name in pairs.values()):
        raise SettingsError("--token-env must be PROVIDER=VARIABLE: a variable's name, no token")
    return tokens_named(pairs)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.option("--stack", metavar="STACK", help="The stack, if not the selected one."),
            click.option(
                "--dir",
                "folder",
                type=click.Path(exists=True, file_okay=False, path_type=Path),
                default=Path(),
                metavar="DIR",
                help="The project's folder.",
            ),
            click.option(
                "--id",
                "ids",
                multiple=True,
                metavar="CLASS::NAME=ID",
                help="Which object a resource is, such as AccessGroup::staff=6f1e…; may be "
                "repeated. adopt.json says it, too.",
            ),
            click.option(
                "--token-env",
                "tokens",
                multiple=True,
                metavar="PROVIDER=VARIABLE",
                help="The variable that holds the token of an explicit provider whose token the "
                "program passes: previews hide it. May be repeated.",
            ),
            click.option("--every", is_flag=True, help="List the exact ones one by one, too."),
        )
    ):
        command = option(command)
    return command


def _checked(
    stack: str | None, folder: Path, ids: tuple[str, ...], tokens: tuple[str, ...]
) -> Checked:
    named = _pairs("--id", "CLASS::NAME=ID", ids)
    return check(PulumiCli(folder, stack), named, _tokens(tokens))


def _print(checked: Checked, *, every: bool) -> None:
    for line in checked.lines(every=every):
        echo(line)


@adopt.command(name="check")
@_options
def check_(*, every: bool, **given: Any) -> None:
    """Compare what the program would create with the live account.

    Writes import.json for what is exact, and says what to run then. It runs `pulumi preview` and
    reads the account; nothing changes.
    """
    with _refusing():
        checked = _checked(**given)
    _print(checked, every=every)
    commands = [*checked.commands()]
    if commands:
        echo("\nNext:")
    for command in commands:
        echo(f"  {command}")
    sys.exit(0 if checked.is_exact else FAILED)


@adopt.command()
@_options
@click.option("--yes", is_flag=True, help="Do not ask.")
def run(*, every: bool, yes: bool, **given: Any) -> None:
    """Check, import what is exact, and prove by a preview that nothing is left to do.

    Nothing is imported if anything would change. Cloudflare is sent nothing but reads. After it,
    `pulumi destroy` deletes the live objects: they are the stack's then.
    """
    with _refusing():
        checked = _checked(**given)
        _print(checked, every=every)
        exact = checked.found.of(Outcome.EXACT)
        if not checked.is_exact:
            raise SettingsError("nothing was imported: first make the program say what is there")
        if checked.version < OLDEST_CLI:
            raise SettingsError(f"nothing was imported: {'; '.join(checked.commands())}")
        if not exact:
            echo("Nothing is left to import.")
        else:
            stack = checked.cli.stack or "the selected stack"
            told = f"Import {len(exact)} live objects into {stack}? A destroy deletes them then."
            if not yes and not agreed(told):
                raise SettingsError("nothing was imported")
            _import(checked)
        left = not_empty(checked)
    for line in left:
        echo(f"  {line}")
    echo("The preview is not empty." if left else "The preview is empty.")
    for command in with_adopt(checked):
        echo(f"  {command}")
    sys.exit(FAILED if left else 0)


def _import(checked: Checked) -> None:
    for arguments in (*before_import(checked), import_arguments(checked)):
        environment = SKIP_CHECKPOINTS if arguments[0] == "import" else {}
        status = checked.cli.shown(*arguments, "--yes", environment=environment)
        if status:
            raise SettingsError(
                f"pulumi {arguments[0]} ended with status {status}: what it had imported is kept, "
                "and running this again goes on"
            )
