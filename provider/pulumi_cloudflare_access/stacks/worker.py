"""Runs in a worker, on any machine: one operation on one stack, with that machine's Pulumi CLI.

The stack's config, interpreter and backend are set up for this one operation, in a temporary
folder. The user's project folder is only read. Errors are not raised; they are part of the result.
"""

from __future__ import annotations

import asyncio
import functools
import os
import re
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_plus, urlsplit
from uuid import uuid4

from ..errors import SettingsError
from ..settings import LOCAL_OVERRIDE, REQUESTS_PER_5_MINUTES
from .accounts import Account
from .program import Program, read_project, read_yaml, stack_file
from .results import Operation, StackResult

if TYPE_CHECKING:
    from pulumi import automation

    from .events import Heard

RATE = "cloudflare-access:requestsPer5Minutes"
PASSPHRASES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
# Two first commands on an empty database both try to create its table, and one fails with this.
NEW_TABLE = "failed to create table"
ATTEMPTS = 5
# The holder of a lock, in a message of Pulumi's own backends.
HOLDER = re.compile(r"created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)")
# Environment variables that hold secrets, and names of secrets in a backend URL's query.
VARIABLES = (
    "CLOUDFLARE_API_TOKEN",
    "CLOUDFLARE_API_KEY",
    "PGPASSWORD",
    "PULUMI_ACCESS_TOKEN",
    PASSPHRASES[0],
)
SECRET_NAME = re.compile("password|secret|token|sas|key", re.IGNORECASE)
# Shorter strings would blank out half of any message and hide nothing.
SHORTEST_SECRET = 4


@dataclass(frozen=True, kw_only=True)
class Job:
    """One operation on one stack. It holds no secrets, except in the backend's URL."""

    operation: Operation
    account: Account
    program: Program
    backend: str = field(repr=False)
    secrets_provider: str | None = None
    machines: int = 1
    caller: str = field(default_factory=socket.gethostname)
    options: Mapping[str, bool] = field(default_factory=dict)
    # Makes every job unique: Dask returns the earlier result for an equal job.
    run: str = field(default_factory=lambda: uuid4().hex)

    @property
    def is_asking(self) -> bool:
        """Whether the operation surely sends requests, and so needs a token."""
        return self.operation in {"up", "refresh", "destroy", "drift"}


def work(job: Job) -> StackResult:
    """Run a job, and return its result."""
    with _event_loop():
        from pulumi import automation  # noqa: PLC0415 - importing this package must stay cheap

        from .events import Heard  # noqa: PLC0415 - knows Pulumi's own events

    began = time.monotonic()
    heard = Heard(job.operation)
    error, locked, missing = None, False, False
    try:
        with TemporaryDirectory(prefix="cloudflare-access-stacks-") as folder:
            _operate(job, Path(folder), heard)
    except automation.StackNotFoundError:
        # Only a preview and an up create a stack. For a destroy, a missing stack is no failure. For
        # the others it is: the backend may be the wrong one.
        missing = True
        if job.operation != "destroy":
            error = f"this backend has no stack {job.account.name}: up creates it"
    except automation.ConcurrentUpdateError as failed:
        error, locked = _held(job.account.name, str(failed)), True
    except automation.CommandError as failed:
        error = heard.error() or _stderr(str(failed))
    except SettingsError as failed:
        error = str(failed)
    except Exception as failed:  # noqa: BLE001 - it is this stack's result, and no other's
        error = f"{type(failed).__name__}: {failed}"
    hide = functools.partial(_hide, secrets=_secrets(job))
    return StackResult(
        name=job.account.name,
        account_id=job.account.account_id,
        operation=job.operation,
        changes=heard.changes(),
        unchanged=heard.unchanged,
        outputs=heard.outputs,
        access=() if error is not None else tuple(map(hide, heard.access())),
        warnings=tuple(map(hide, heard.warnings)),
        error=None if error is None else hide(error),
        locked=locked,
        missing=missing,
        duration=time.monotonic() - began,
        host=socket.gethostname(),
    )


@contextmanager
def _event_loop() -> Iterator[None]:
    """Give this thread an event loop while the SDK is imported: older SDKs (3.216) need one."""
    if "pulumi" in sys.modules or threading.current_thread() is threading.main_thread():
        yield
        return
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def _operate(job: Job, folder: Path, heard: Heard) -> None:
    _check_surroundings(job)
    program = folder / "program"
    program.mkdir()
    project = job.program.lay_out(program)
    config = folder / f"Pulumi.{job.account.name}.yaml"
    settings = _stack_settings(job, project)
    stack = _stack(job, project)
    _check_passphrase(job, settings)
    for attempt in range(1, ATTEMPTS + 1):
        _write(config, settings)
        try:
            _run(job, stack, str(config), heard)
        except Exception as error:
            from pulumi import automation  # noqa: PLC0415 - see above

            making = job.operation in {"preview", "up"}
            if isinstance(error, automation.StackNotFoundError) and making and attempt < ATTEMPTS:
                _make_stack(job, folder)
            elif NEW_TABLE in str(error) and attempt < ATTEMPTS:
                time.sleep(0.1 * attempt)
            else:
                raise
        else:
            return


def _run(job: Job, stack: automation.Stack, config: str, heard: Heard) -> None:
    told: dict[str, Any] = {"config_file": config, "color": "never", "on_event": heard.hear}
    refresh = job.options.get("refresh") or None
    match job.operation:
        case "preview":
            stack.preview(refresh=refresh, **told)
        case "up":
            stack.up(refresh=refresh, show_secrets=False, **told)
        case "refresh":
            clear = job.options.get("clear_pending_creates") or None
            stack.refresh(clear_pending_creates=clear, show_secrets=False, **told)
        case "drift":
            # A refresh that is not saved: the state stays as it is.
            stack.preview_refresh(**told)
        case "destroy":
            stack.destroy(refresh=refresh, show_secrets=False, **told)
            if job.options.get("remove"):
                # `destroy(remove=True)` would also delete the user's config file.
                stack.workspace.remove_stack(stack.name, preserve_config=True)
        case "cancel":
            stack.cancel()


# ------------------------------------------------------------------------------- what a stack needs


def _check_surroundings(job: Job) -> None:
    """Raise SettingsError if this worker cannot do the job, before anything is begun."""
    host = socket.gethostname()
    if not shutil.which("pulumi"):
        raise SettingsError(f"the pulumi command is not on the PATH of {host}")
    if urlsplit(job.backend).scheme == "file" and host != job.caller:
        # It would find an empty folder, and create everything a second time.
        raise SettingsError(
            f"the state is in a folder of {job.caller}, but this worker runs on {host}: for "
            "workers on other machines, keep the state in PostgreSQL (postgres://…)"
        )
    variable = job.account.api_token_env
    if variable and job.is_asking and not {variable, LOCAL_OVERRIDE} & {*os.environ}:
        raise SettingsError(f"the environment of {host} has no {variable}, this account's token")


def _check_passphrase(job: Job, settings: Mapping[str, Any]) -> None:
    hosted = urlsplit(job.backend).scheme in {"http", "https"}
    elsewhere = job.secrets_provider or settings.get("secretsprovider")
    if not hosted and not elsewhere and not {*PASSPHRASES} & {*os.environ}:
        raise SettingsError(
            f"the environment of {socket.gethostname()} has neither {' nor '.join(PASSPHRASES)}: "
            "the state's secrets are encrypted with the passphrase. Set one of them (an empty "
            "passphrase protects nothing)"
        )


def _stack_settings(job: Job, project: Path) -> dict[str, Any]:
    """Return the stack's settings: the project's file for the stack, with the account's config."""
    own = stack_file(project, job.account.name)
    settings = read_yaml(own) if own.is_file() else {}
    config = {**(settings.get("config") or {}), **job.account.stack_config()}
    if job.machines > 1:
        config[RATE] = _share(config.get(RATE), read_project(project), job.machines)
    return {**settings, "config": config}


def _share(given: Any, project: Mapping[str, Any], machines: int) -> str:
    """Return one machine's share of the stack's rate limit (default: Cloudflare's), as config."""
    if given is None:
        config = project.get("config")
        given = config.get(RATE) if isinstance(config, Mapping) else None
    if isinstance(given, Mapping):
        given = given.get("value", given.get("default"))
    try:
        allowed = REQUESTS_PER_5_MINUTES if given is None else int(given)
        return str(max(1, allowed // machines))
    except (TypeError, ValueError):
        raise SettingsError(f"{RATE} must be a whole number, to be divided by machines") from None


def _write(path: Path, settings: Mapping[str, Any]) -> None:
    import yaml  # noqa: PLC0415 - see program.py

    from .pulumi_yaml import Dumper  # noqa: PLC0415 - loads yaml

    path.write_text(yaml.dump(dict(settings), Dumper=Dumper))


def _environment(job: Job) -> dict[str, str]:
    found = {
        "PULUMI_BACKEND_URL": job.backend,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # The config file exists for one operation only, so the encryption settings come from the
        # state. Without this, each run would generate a new key.
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        # For programs without their own virtualenv, and for the plugin.
        "PULUMI_PYTHON_CMD": sys.executable,
    }
    if job.program.path:
        own = os.environ.get("PYTHONPATH")
        found["PYTHONPATH"] = os.pathsep.join([*job.program.path, *([own] if own else [])])
    return found


# ------------------------------------------------------------------------------- the Automation API


@functools.cache
def _command(_path: str) -> automation.PulumiCommand:
    from pulumi import automation  # noqa: PLC0415 - see above

    return automation.PulumiCommand()


@functools.cache
def _lean() -> tuple[type[automation.LocalWorkspace], type[automation.Stack]]:
    """Return the Automation API's classes without the CLI commands that are not needed here.

    Otherwise an up runs three more commands, which read its outputs with secrets in plain text, the
    whole history, and write the selected stack to the user's Pulumi home.
    """
    from datetime import UTC, datetime  # noqa: PLC0415

    from pulumi import automation  # noqa: PLC0415 - see above

    class Workspace(automation.LocalWorkspace):
        def select_stack(self, stack_name: str) -> None:
            """Do nothing: every command names its stack."""

        def stack_outputs(self, stack_name: str) -> automation.OutputMap:
            """Return nothing: the engine's events have the outputs, with secrets masked."""
            del stack_name
            return {}

    class Stack(automation.Stack):
        def info(self, show_secrets: bool = True) -> automation.UpdateSummary:  # noqa: FBT001, FBT002 - the SDK's
            """Return an empty summary: the engine's events say what happened."""
            del show_secrets
            return automation.UpdateSummary("update", datetime.now(UTC), "", {}, {}, "succeeded")

    return Workspace, Stack


def _stack(job: Job, project: Path) -> automation.Stack:
    # `Stack.select` only returns the SDK's own class.
    from pulumi.automation._stack import StackInitMode  # noqa: PLC0415 - see above

    workspace, stack = _lean()
    return stack(
        job.account.name,
        workspace(
            work_dir=str(project),
            env_vars=_environment(job),
            pulumi_command=_command(str(shutil.which("pulumi"))),
        ),
        StackInitMode.SELECT,
    )


def _make_stack(job: Job, folder: Path) -> None:
    """Create the stack from an empty project of the same name, as the command writes a file."""
    empty = folder / "empty"
    empty.mkdir()
    _write(empty / "Pulumi.yaml", {"name": job.program.project, "runtime": "python"})
    provider = ["--secrets-provider", job.secrets_provider] if job.secrets_provider else []
    command = _command(str(shutil.which("pulumi")))
    name = job.account.name
    command.run(["stack", "init", name, "--no-select", *provider], str(empty), _environment(job))


# -------------------------------------------------------------------------------------- messages


def _held(name: str, text: str) -> str:
    """Return the message for a locked stack: who holds it, and what to do."""
    by = "; ".join(
        f"{user}@{host}, process {pid}, since {since}"
        for user, host, pid, since in HOLDER.findall(text)
    )
    return (
        f"locked by another run ({by or 'Pulumi does not say which'}). Wait until it ends, then "
        "retry. If that process was killed, remove its lock, then retry: "
        f"cloudflare-access stacks cancel ACCOUNTS --program PROGRAM --only {name}, "
        "which is pulumi cancel"
    )


def _stderr(text: str) -> str:
    """Return the error output of a failed command, from the Automation API's long message."""
    said = text.partition("\n stderr: ")[2].strip() or text.strip()
    return said.removeprefix("error: ")


def without_secrets(text: str, job: Job) -> str:
    """Replace every secret of the job that this process knows with "[secret]"."""
    return _hide(text, _secrets(job))


def _hide(text: str, secrets: set[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return text


def _secrets(job: Job) -> set[str]:
    values = {os.environ.get(name, "") for name in (job.account.api_token_env or "", *VARIABLES)}
    try:
        backend = urlsplit(job.backend)
        written = {backend.password or "", *_secrets_of_query(backend.query)}
    except ValueError:
        written = {job.backend}
    values |= written | {*map(unquote, written)} | {*map(unquote_plus, written)}
    return {value for value in values if len(value) >= SHORTEST_SECRET}


def _secrets_of_query(query: str) -> Iterator[str]:
    for given in query.split("&"):
        name, _, value = given.partition("=")
        if SECRET_NAME.search(name):
            yield value
