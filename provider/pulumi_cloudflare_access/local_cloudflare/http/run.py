"""Runs a command against a local Cloudflare, with a Pulumi backend of its own.

The command gets `CLOUDFLARE_ACCESS_LOCAL`, which overrides every other setting. Unless it is to
keep its backend, it also gets an empty one in a temporary folder. As an empty backend has no stack,
a command that does not name one gets the stack `local`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

OVERRIDE = "CLOUDFLARE_ACCESS_LOCAL"
STACK = "local"

_PROJECTS = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")


def run(
    command: Sequence[str], override: str, *, keep_backend: bool, say: Callable[[str], None]
) -> int:
    """Run a command to its end, and return its exit status as a shell would.

    `override` is the value of CLOUDFLARE_ACCESS_LOCAL. `say` shows where the backend is.
    """
    environment = os.environ | {OVERRIDE: override}
    with _Relay() as relay, ExitStack() as stack:
        if not keep_backend:
            folder = stack.enter_context(TemporaryDirectory(prefix="cloudflare-access-"))
            environment["PULUMI_BACKEND_URL"] = Path(folder).as_uri()
            if not {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & set(environment):
                environment["PULUMI_CONFIG_PASSPHRASE"] = ""
            say(f"Pulumi backend    {environment['PULUMI_BACKEND_URL']}")
            project = _project_without_stack(command)
            if project:
                stack.enter_context(_stack(project, environment))
                environment["PULUMI_STACK"] = STACK
        status = relay.run(command, environment)
    return 128 - status if status < 0 else status


def stopping() -> set[signal.Signals]:
    """Return the signals that are to end this process; under `nohup`, not the hang-up."""
    hang_up = {signal.SIGHUP} if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN else set()
    return {signal.SIGINT, signal.SIGTERM} | hang_up


class _Relay:
    """Passes signals on to a command, so that it ends in its own way before the clean-up."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._starting = False
        self._early: list[int] = []

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._receive) for number in stopping()}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def run(self, command: Sequence[str], environment: dict[str, str]) -> int:
        self._starting = True
        self._child = subprocess.Popen(command, env=environment)  # noqa: S603  (the user's own)
        for number in self._early:
            self._child.send_signal(number)
        return self._child.wait()

    def _receive(self, number: int, _: FrameType | None) -> None:
        if not self._starting:
            raise SystemExit(128 + number)
        # Ctrl-C reaches the command anyway, and Pulumi takes a second one for "end at once".
        if number == signal.SIGINT and _in_foreground():
            return
        if self._child is None:
            self._early.append(number)
        else:
            self._child.send_signal(number)


def _in_foreground() -> bool:
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    finally:
        os.close(terminal)


def _project_without_stack(command: Sequence[str]) -> Path | None:
    """Return the project file of a `pulumi` command that does not name a stack, else None."""
    words = command[1:] if Path(command[0]).name == "pulumi" else ()
    named = any(word.startswith(("--stack", "-s")) for word in words)
    if named or "PULUMI_STACK" in os.environ or not shutil.which("pulumi"):
        return None
    start = _working_folder(command)
    files = (folder / name for folder in (start, *start.parents) for name in _PROJECTS)
    return next(filter(Path.is_file, files), None)


def _working_folder(command: Sequence[str]) -> Path:
    if Path(command[0]).name == "pulumi":
        for word, following in zip(command, [*command[1:], ""], strict=True):
            if word in ("-C", "--cwd"):
                return Path(following).absolute()
            if word.startswith("--cwd="):
                return Path(word.removeprefix("--cwd=")).absolute()
    return Path.cwd()


@contextmanager
def _stack(project: Path, environment: dict[str, str]) -> Iterator[None]:
    """Create the stack `local` for a project, and restore its settings file afterwards."""
    settings = project.with_name(f"Pulumi.{STACK}{project.suffix}")
    before = settings.read_bytes() if settings.exists() else None
    try:
        subprocess.run(  # noqa: S603  (nothing of it comes from elsewhere)
            ["pulumi", "stack", "init", STACK, "--no-select", "--non-interactive"],  # noqa: S607
            cwd=project.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
        yield
    finally:
        if before is None:
            settings.unlink(missing_ok=True)
        elif settings.read_bytes() != before:
            settings.write_bytes(before)
