"""What runs in a worker, wherever that is: one operation on one stack, with the Pulumi CLI there.

Everything that the stack needs is made here, for this one operation, in a temporary folder: its
config, the interpreter, the backend. The user's project folder is read, never written to. Nothing
is raised: what went wrong is part of the result.
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
# Two first commands on an empty database both make its table, and one of them fails.
NEW_TABLE = "failed to create table"
ATTEMPTS = 5
# Who holds a stack, as Pulumi's own backends tell it.
HOLDER = re.compile(r"created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)")
# Where secrets are: of the environment, and of the query of a backend's address.
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
    """One operation on one stack. Holds names of secrets; of the backend's URL, the secret too."""

    operation: Operation
    account: Account
    program: Program
    backend: str = field(repr=False)
    secrets_provider: str | None = None
    machines: int = 1
    caller: str = field(default_factory=socket.gethostname)
    options: Mapping[str, bool] = field(default_factory=dict)
    # No job equals another: Dask would answer with what came of the earlier one.
    run: str = field(default_factory=lambda: uuid4().hex)

    @property
    def is_asking(self) -> bool:
        """Whether Cloudflare is certainly asked something, for which a token is needed."""
        return self.operation in {"up", "refresh", "destroy", "drift"}


def work(job: Job) -> StackResult:
    """Do it, and say what came of it."""
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
        # Only a preview and an up make a stack. One that is destroyed already is no failure; one
        # that cannot be looked at is: the backend may be the wrong one.
        missing = True
        if job.operation != "destroy":
            error = f"there is no stack {job.account.name} in this backend: up makes it"
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
    """Give this thread an event loop while the SDK loads: older ones (3.216) ask for one then."""
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
            # Read everything, keep nothing: the state stays as it is.
            stack.preview_refresh(**told)
        case "destroy":
            stack.destroy(refresh=refresh, show_secrets=False, **told)
            if job.options.get("remove"):
                # `destroy(remove=True)` would take the user's own config file with it.
                stack.workspace.remove_stack(stack.name, preserve_config=True)
        case "cancel":
            stack.cancel()


# ------------------------------------------------------------------------------- what a stack needs


def _check_surroundings(job: Job) -> None:
    """Raise SettingsError where this worker cannot do the job, before anything is begun."""
    host = socket.gethostname()
    if not shutil.which("pulumi"):
        raise SettingsError(f"there is no pulumi on the PATH of {host}")
    if urlsplit(job.backend).scheme == "file" and host != job.caller:
        # It would find an empty folder and make everything a second time.
        raise SettingsError(
            f"the state is in a folder of {job.caller}, and this worker is {host}: with workers "
            "on other machines, keep it in PostgreSQL (postgres://…)"
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
            "the state's secrets are encrypted with it (an empty one encrypts nothing)"
        )


def _stack_settings(job: Job, project: Path) -> dict[str, Any]:
    """Return the stack's settings: the project's own file for it, if any, and the account's."""
    own = stack_file(project, job.account.name)
    settings = read_yaml(own) if own.is_file() else {}
    config = {**(settings.get("config") or {}), **job.account.stack_config()}
    if job.machines > 1:
        config[RATE] = _share(config.get(RATE), read_project(project), job.machines)
    return {**settings, "config": config}


def _share(given: Any, project: Mapping[str, Any], machines: int) -> str:
    """Divide what the stack may ask in 5 minutes, or what Cloudflare allows it, by the machines."""
    if given is None:
        config = project.get("config")
        given = config.get(RATE) if isinstance(config, Mapping) else None
    if isinstance(given, Mapping):
        given = given.get("value", given.get("default"))
    try:
        allowed = REQUESTS_PER_5_MINUTES if given is None else int(given)
        return str(max(1, allowed // machines))
    except (TypeError, ValueError):
        raise SettingsError(f"{RATE} must be a whole number to be shared by machines") from None


def _write(path: Path, settings: Mapping[str, Any]) -> None:
    import yaml  # noqa: PLC0415 - see program.py

    from .pulumi_yaml import Dumper  # noqa: PLC0415 - loads yaml

    path.write_text(yaml.dump(dict(settings), Dumper=Dumper))


def _environment(job: Job) -> dict[str, str]:
    found = {
        "PULUMI_BACKEND_URL": job.backend,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # Config files here live as long as one operation: what the state is encrypted with is told
        # by the state. Without this, each run would make up a new key.
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        # For programs without a virtualenv of their own, and for the plugin.
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
    """Return the Automation API's classes without the commands whose answers nobody here needs.

    An up is four commands otherwise: the others read its outputs, secrets in clear, and the whole
    history. A selection is a file in the user's Pulumi home that nothing here reads.
    """
    from datetime import UTC, datetime  # noqa: PLC0415

    from pulumi import automation  # noqa: PLC0415 - see above

    class Workspace(automation.LocalWorkspace):
        def select_stack(self, stack_name: str) -> None:
            """Leave it: every command names its stack."""

        def stack_outputs(self, stack_name: str) -> automation.OutputMap:
            """Leave them: the engine's events have them, secrets masked."""
            del stack_name
            return {}

    class Stack(automation.Stack):
        def info(self, show_secrets: bool = True) -> automation.UpdateSummary:  # noqa: FBT001, FBT002 - the SDK's
            """Leave it: the engine's events say what happened."""
            del show_secrets
            return automation.UpdateSummary("update", datetime.now(UTC), "", {}, {}, "succeeded")

    return Workspace, Stack


def _stack(job: Job, project: Path) -> automation.Stack:
    # `Stack.select` makes none but the SDK's own.
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
    """Make the stack: in an empty project of that name, for it leaves a file behind."""
    empty = folder / "empty"
    empty.mkdir()
    _write(empty / "Pulumi.yaml", {"name": job.program.project, "runtime": "python"})
    provider = ["--secrets-provider", job.secrets_provider] if job.secrets_provider else []
    command = _command(str(shutil.which("pulumi")))
    name = job.account.name
    command.run(["stack", "init", name, "--no-select", *provider], str(empty), _environment(job))


# ----------------------------------------------------------------------------------- what is told


def _held(name: str, text: str) -> str:
    """Say who holds the stack and what to do about it."""
    by = "; ".join(
        f"{user}@{host}, process {pid}, since {since}"
        for user, host, pid, since in HOLDER.findall(text)
    )
    return (
        f"locked by another run ({by or 'Pulumi does not say which'}). Wait for its end, then "
        "retry. If that process was killed, remove what it left, then retry: "
        f"cloudflare-access stacks cancel ACCOUNTS --program PROGRAM --only {name}, "
        "which is pulumi cancel"
    )


def _stderr(text: str) -> str:
    """Take what a failed command said to people out of what the Automation API makes of it."""
    said = text.partition("\n stderr: ")[2].strip() or text.strip()
    return said.removeprefix("error: ")


def without_secrets(text: str, job: Job) -> str:
    """Put "[secret]" in place of every secret that this process knows of."""
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
