"""The command `cloudflare-access`."""

from __future__ import annotations

import errno
import re
import shutil
import signal
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, cast

import click

from .text.outlet import clean, echo

if TYPE_CHECKING:
    from collections.abc import Callable

    from .local_cloudflare import LocalCloudflare
    from .local_cloudflare.faults.notation import Order

_NAMES = ("base_url", "account_id", "zone_id", "token", "email", "api_key")


class _Commands(click.Group):
    """Loads what not every command needs when it is asked for."""

    later: ClassVar = {
        "adopt": (".adopt.command", "adopt"),
        "drift": (".adopt.command", "drift"),
        "stacks": (".stacks.command", "stacks"),
        "report": (".report.command", "report"),
        "drift-report": (".report.command", "drift_report"),
        "can": (".report.command", "can_"),
        "who-can": (".report.command", "who_can_"),
        "what-can": (".report.command", "what_can_"),
        "explain": (".report.command", "explain_"),
        "prove": (".report.command", "prove"),
        "snapshot": (".report.command", "snapshot"),
        "policy-pack": (".report.command", "policy_pack"),
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name them all."""
        return sorted([*super().list_commands(ctx), *self.later])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find one."""
        if cmd_name in self.later:
            home, name = self.later[cmd_name]
            return cast(click.Command, getattr(import_module(home, __package__), name))
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pulumi-cloudflare-access", prog_name="cloudflare-access")
def main() -> None:
    """Cloudflare Access and IAM as code, for Pulumi."""


def _ids(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if not re.fullmatch(r"[0-9a-f]{32}", value):
            raise click.BadParameter(f"{value!r} is not 32 hexadecimal digits")
    return values


def _faults(_: click.Context, __: click.Parameter, lines: tuple[str, ...]) -> tuple[Order, ...]:
    if not lines:
        return ()
    from .local_cloudflare.faults.notation import parsed  # noqa: PLC0415  (no other command needs it)

    try:
        return tuple(map(parsed, lines))
    except ValueError as error:
        raise click.BadParameter(clean(str(error))) from None


def _seeds(
    _: click.Context, __: click.Parameter, texts: tuple[str, ...]
) -> tuple[int | None, tuple[Any, ...]]:
    numbers = [int(text) for text in texts if text.isdecimal()]
    if len(numbers) > 1:
        raise click.BadParameter("there can be one number only")
    documents = [_document(text) for text in texts if not text.isdecimal()]
    return (numbers[0] if numbers else None), tuple(documents)


def _document(path: str) -> tuple[str, Any]:
    import yaml  # noqa: PLC0415  (no other command needs it)

    try:
        with click.open_file(path) as file:
            return path, yaml.safe_load(file)
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise click.BadParameter(clean(f"{path}: neither YAML nor JSON: {error}")) from None


def _switches(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> dict[str, Any]:
    if not texts:
        return {}
    from .local_cloudflare.world.switches import parsed  # noqa: PLC0415  (no other command needs it)

    try:
        return dict(map(parsed, texts))
    except ValueError as error:
        raise click.BadParameter(clean(str(error))) from None


def _limits(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each limit of the local Cloudflare."""
    for name, objects in {
        "--max-groups": "Groups that an account or a zone can have.",
        "--max-applications": "Applications that an account or a zone can have.",
        "--max-policies": "Reusable policies that an account can have.",
        "--max-rules": "Rules that a group can have.",
    }.items():
        command = click.option(name, type=click.IntRange(0), help=objects)(command)
    return command


@main.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Where to listen; a free port if left out.",
)
@click.option(
    "--latency-ms", type=click.FloatRange(0), default=0, help="Milliseconds that a request takes."
)
@click.option(
    "--seed",
    "seeds",
    multiple=True,
    callback=_seeds,
    metavar="FILE|NUMBER",
    help="A file (YAML or JSON) with objects to begin with; a number: same ids, same order.",
)
@click.option("--plain", is_flag=True, help="Answer in the order things were sent.")
@click.option("--strict", is_flag=True, help="Enforce the rate limit: 1200 requests in 5 minutes.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    callback=_faults,
    metavar="LINE",
    help="What is to go wrong, such as 'POST /accounts/*/access/groups status=503 nth=2'.",
)
@click.option(
    "--switch",
    "switches",
    multiple=True,
    callback=_switches,
    metavar="NAME=VALUE",
    help="What it is to do differently, such as delete_in_use=allow; may be repeated.",
)
@_limits
@click.option("--proxy", is_flag=True, help="Let faults that are armed later cut connections, too.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
@click.option(
    "--account", "accounts", multiple=True, callback=_ids, metavar="ID", help="An account to have."
)
@click.option("--zone", "zones", multiple=True, callback=_ids, metavar="ID", help="A zone to have.")
@click.option("--keep-backend", is_flag=True, help="COMMAND uses your own Pulumi backend.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def local(
    *,
    port: int,
    latency_ms: float,
    seeds: tuple[int | None, tuple[tuple[str, Any], ...]],
    plain: bool,
    strict: bool,
    faults: tuple[Order, ...],
    switches: dict[str, Any],
    max_groups: int | None,
    max_applications: int | None,
    max_policies: int | None,
    max_rules: int | None,
    proxy: bool,
    as_json: bool,
    accounts: tuple[str, ...],
    zones: tuple[str, ...],
    keep_backend: bool,
    command: tuple[str, ...],
) -> None:
    """Serve a local Cloudflare until stopped, or while COMMAND runs against it.

    \b
        cloudflare-access local
        cloudflare-access local -- pulumi up

    It listens on 127.0.0.1 only and keeps nothing. COMMAND gets a Pulumi backend of its own, in a
    temporary folder, with the stack `local` where it names no other; its exit status is ours.
    """  # noqa: D301  (this backslash is one: it keeps click from filling the lines after it)
    if command and not shutil.which(command[0]):
        _fail(f"command not found: {command[0]}", 127)
    from .local_cloudflare.http.run import run, stopping  # noqa: PLC0415  (no other command needs it)

    if not command:
        # Blocked before there is a thread, so that only the wait below gets them.
        signal.pthread_sigmask(signal.SIG_BLOCK, stopping())
    limits = {
        "max_groups": max_groups,
        "max_applications": max_applications,
        "max_policies": max_policies,
        "max_rules": max_rules,
    }
    cloudflare = _local_cloudflare(
        accounts,
        zones,
        switches | {name: limit for name, limit in limits.items() if limit is not None},
        port=port,
        latency=latency_ms / 1000,
        seed=seeds[0],
        documents=seeds[1],
        plain=plain,
        strict=strict,
        proxy=proxy or any(order.fault.by_proxy for order in faults),
    )
    if cloudflare.app.has_proxy:
        _say(f"control routes    {cloudflare.control_url}")
    armed = [cloudflare.app.arm(*order) for order in faults]
    try:
        if command:
            _say(_json(cloudflare) if as_json else f"local Cloudflare  {cloudflare.base_url}")
            status = run(command, _json(cloudflare), keep_backend=keep_backend, say=_say)
            for fault in armed:
                _say(f"struck {len(fault.fired)} x: {fault}")
            sys.exit(status)
        _print(cloudflare, as_json=as_json)
        signal.sigwait(stopping())
    except subprocess.CalledProcessError as failed:
        _fail(f"{' '.join(failed.cmd)}: {failed.stderr.strip()}", failed.returncode)
    finally:
        cloudflare.stop()


def _local_cloudflare(
    accounts: tuple[str, ...],
    zones: tuple[str, ...],
    switches: dict[str, Any],
    *,
    port: int,
    documents: tuple[tuple[str, Any], ...],
    **options: Any,
) -> LocalCloudflare:
    try:
        from .local_cloudflare import LocalCloudflare  # noqa: PLC0415  (an extra brings Werkzeug)
    except ModuleNotFoundError as missing:
        if str(missing.name).partition(".")[0] != "werkzeug":
            raise
        _fail("the local Cloudflare needs Werkzeug: pip install 'pulumi-cloudflare-access[local]'")
    cloudflare = LocalCloudflare(
        port=port,
        **options,
        account_id=accounts[0] if accounts else None,
        zone_id=zones[0] if zones else None,
    )
    cloudflare.switches.set(switches)
    for account in accounts[1:]:
        # One token for all of them: one is all that is printed.
        cloudflare.add_account(
            account,
            token=cloudflare.token,
            email=cloudflare.email,
            api_key=cloudflare.api_key,
        )
    for zone in zones[1:]:
        cloudflare.add_zone(zone)
    for path, document in documents:
        try:
            cloudflare.seed(document)
        except ValueError as error:
            _fail(f"{path}: {error}")
    try:
        cloudflare.start()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "it is taken; without --port a free one is used" if taken else error.strerror
        _fail(f"cannot listen on port {port}: {reason}")
    return cloudflare


def _print(cloudflare: LocalCloudflare, *, as_json: bool) -> None:
    if as_json:
        click.echo(_json(cloudflare))
    elif sys.stdout.isatty():
        _print_table(cloudflare)
    else:
        for name in _NAMES:
            click.echo(f"{name:<10} {getattr(cloudflare, name)}")
    sys.stdout.flush()


def _print_table(cloudflare: LocalCloudflare) -> None:
    from rich.console import Console  # noqa: PLC0415  (slow, and of no use in pipes)
    from rich.table import Table  # noqa: PLC0415

    table = Table(show_header=False, title="A Cloudflare API on this machine", title_justify="left")
    for name in _NAMES:
        table.add_row(f"[bold]{name.replace('_', ' ')}", getattr(cloudflare, name))
    console = Console()
    console.print(table)
    console.print("For `pulumi` in another shell, and Ctrl-C to stop:", style="dim")
    click.echo(f"export CLOUDFLARE_ACCESS_LOCAL='{_json(cloudflare)}'")


def _say(line: str) -> None:
    echo(line, err=True)


def _json(cloudflare: LocalCloudflare) -> str:
    return cloudflare.environment["CLOUDFLARE_ACCESS_LOCAL"]


def _fail(message: str, exit_code: int = 1) -> NoReturn:
    _say(f"Error: {message}")
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
