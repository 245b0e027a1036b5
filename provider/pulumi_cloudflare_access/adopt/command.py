"""The command `cloudflare-access adopt`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from ..engine.collection import Scope
from ..errors import CloudflareError, SettingsError
from ..process.pulumi_cli import PulumiCli
from ..settings import NO_ACCOUNT, Settings
from ..text.outlet import agreed, clean, echo
from .account import Catalogue, Reading, Wanted
from .check import Checked, before_import, check, import_arguments, not_empty, with_adopt
from .classes import class_name, resources
from .drift import find_drift
from .import_file import OLDEST_CLI, SKIP_CHECKPOINTS
from .live import Live, tokens_named
from .matching import Outcome
from .peers import PULUMI, TERRAFORM, Peer, read_peer, removal, stays
from .project import Project, require_empty, require_ruff, write_project

FAILED, DRIFTED = 1, 3


@click.group()
def adopt() -> None:
    """Take over a live account into Pulumi, exactly: nothing is sent but reads.

    \b
        cloudflare-access adopt new infra       # a program for the account
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


# ----------------------------------------------------------------------------------- a new project


@adopt.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--account-id", metavar="ID", help="The account; CLOUDFLARE_ACCOUNT_ID if left out.")
@click.option("--zone-id", "zones", multiple=True, metavar="ID", help="A zone, too; repeatable.")
@click.option("--only", multiple=True, metavar="KIND", help="Such as AccessGroup; repeatable.")
@click.option("--match", metavar="GLOB", help="Objects with such names alone, and their parts.")
@click.option("--lookups", is_flag=True, help="Look up what is only referred to.")
@click.option(
    "--from-terraform",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="STATE",
    help="Take what this Terraform state has, under its names: `terraform state pull`.",
)
@click.option(
    "--from-pulumi",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="EXPORT",
    help="Take what pulumi_cloudflare has in this stack: `pulumi stack export`.",
)
@click.option("--protect", is_flag=True, help="Have Pulumi refuse to destroy any of it.")
def new(folder: Path, **given: Any) -> None:
    """Read an account and write a Pulumi project that declares all of it, in DIR.

    \b
        cloudflare-access adopt new infra --account-id 023e105f4ecef8ad9ca31a8372d0c353
        cloudflare-access adopt new groups --only AccessGroup --match 'Team *'

    Credentials come from the environment: CLOUDFLARE_API_TOKEN, or a key and an e-mail address. A
    token that reads is enough, and nothing else is sent. No secret is written, nor a placeholder
    for one: what is left out is listed.
    """  # noqa: D301  (this backslash is one: it keeps click from filling the lines after it)
    with _refusing():
        peer = _peer(given.pop("from_terraform"), given.pop("from_pulumi"))
        for line in _new(folder, peer, **given):
            echo(line)


def _peer(terraform: Path | None, pulumi: Path | None) -> Peer | None:
    if terraform is not None and pulumi is not None:
        raise SettingsError("--from-terraform or --from-pulumi, not both")
    if terraform is not None:
        return read_peer(terraform, TERRAFORM)
    return None if pulumi is None else read_peer(pulumi, PULUMI)


def _new(
    folder: Path,
    peer: Peer | None,
    *,
    account_id: str | None,
    zones: tuple[str, ...],
    only: tuple[str, ...],
    match: str | None,
    lookups: bool,
    protect: bool,
) -> Iterator[str]:
    require_ruff()
    require_empty(folder)
    names = None if peer is None else peer.names([*resources()])
    config = {} if account_id is None else {"cloudflare-access:accountId": account_id}
    settings = Settings.read(config.get)
    if settings.account_id is None:
        raise SettingsError(NO_ACCOUNT)
    wanted = Wanted(_kinds(only), match, names)
    scopes = [Scope("account", settings.account_id), *(Scope("zone", zone) for zone in zones)]
    live = Live(settings)
    reading = Reading(live, scopes, wanted)
    with Console(stderr=True).status("Reading the account …") as status:
        objects = reading.objects(lambda what: status.update(f"Reading the account: {clean(what)}"))
    project = Project(objects, Catalogue(live, scopes), lookups=lookups, protect=protect)
    write_project(folder, project, settings.account_id, objects, reading.left_out)
    if peer is not None:
        name, text = removal(peer)
        (folder / name).write_text(text, encoding="utf-8")
    yield f"{len(objects)} objects are declared in {folder}"
    yield from (f"  {told}" for told in reading.left_out.values())
    for one in objects:
        yield from (f"  {one.text or one.kind} ({one.id}): {told}" for told in one.left_out)
    for id_ in sorted({*(names or {})} - {one.id for one in objects}):
        yield f"  {id_}: is in the other tool's state, and not among what was read"
    if peer is not None:
        yield from (f"  {told}" for told in stays(peer))
        yield f"{removal(peer)[0]} says how the other tool lets go of them, and in which order"
    yield "Next, in that folder: pulumi stack init, then: cloudflare-access adopt run"
    yield "From then on, a destroy of the stack deletes the live objects."


def _kinds(only: tuple[str, ...]) -> frozenset[str]:
    """Return kinds by the names of their classes. Raises SettingsError."""
    known = {class_name(kind): kind for kind in resources()}
    for name in only:
        if name not in known:
            raise SettingsError(f'--only: "{name}" is not one of {", ".join(sorted(known))}')
    return frozenset(known[name] for name in only)


# -------------------------------------------------------------------------------------------- drift


@click.command()
@click.option("--stack", "stacks", multiple=True, metavar="STACK", help="A stack; repeatable.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="The project's folder.",
)
@click.option("--json", "is_json", is_flag=True, help="Answer in JSON.")
def drift(stacks: tuple[str, ...], folder: Path, *, is_json: bool) -> None:
    """Say what differs from the state, and what exists that no given stack manages.

    \b
        cloudflare-access drift --stack production --stack staging

    The status is 0 if there is nothing, 3 if there is something, 1 if a state or an account cannot
    be read.
    """  # noqa: D301  (this backslash is one: it keeps click from filling the lines after it)
    with _refusing():
        found = find_drift([PulumiCli(folder, stack) for stack in stacks or (None,)])
    if is_json:
        echo(found.as_json())
    else:
        for line in found.lines():
            echo(line)
    is_there = bool(found.changes or found.strays)
    sys.exit(DRIFTED if is_there else FAILED if found.unread else 0)
