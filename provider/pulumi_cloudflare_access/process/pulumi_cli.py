"""Runs the Pulumi CLI, for the commands of this package."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import SettingsError


def cli_version() -> tuple[int, ...]:
    """Return the version of the Pulumi CLI on the PATH, as (major, minor, patch).

    Raises SettingsError if there is none, or its version cannot be read.
    """
    run = subprocess.run(  # noqa: S603 - the user's own Pulumi
        [_pulumi(), "version"], capture_output=True, text=True, check=False
    )
    numbers = re.match(r"v?(\d+)\.(\d+)\.(\d+)", run.stdout.strip())
    if numbers is None:
        raise SettingsError("`pulumi version` does not print a version")
    return tuple(map(int, numbers.groups()))


def _pulumi() -> str:
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise SettingsError("the pulumi command is not on the PATH")
    return pulumi


class PulumiCli:
    """One stack of a project.

    :param folder: The folder of the project.
    :param stack: The name of the stack. Default: the one that is selected in the folder.

    Every method that runs the CLI raises SettingsError if it is not on the PATH.
    """

    def __init__(self, folder: Path, stack: str | None = None) -> None:
        self.folder = folder
        self.stack = stack

    def command(self, *arguments: str) -> list[str]:
        """Return a command for the stack: the arguments and `--stack`, without `pulumi` itself."""
        stack = () if self.stack is None else ("--stack", self.stack)
        return [*arguments, *stack]

    def json(self, *arguments: str) -> Any:
        """Run a command and return the JSON that it prints.

        Raises SettingsError with the command's own message if it fails or prints none.
        """
        run = self._run([*self.command(*arguments), "--non-interactive"])
        begin = run.stdout.find("{")
        try:
            said = json.loads(run.stdout[begin:]) if begin >= 0 else None
        except ValueError:
            said = None
        if run.returncode or said is None:
            raise SettingsError(f"pulumi {' '.join(arguments)} failed:", *_reason(run, said))
        return said

    def shown(self, *arguments: str, environment: Mapping[str, str] | None = None) -> int:
        """Run a command whose output people see, and return its exit status.

        :param environment: Variables to set, besides those of this process.
        """
        run = subprocess.run(  # noqa: S603 - the user's own Pulumi
            [_pulumi(), *self.command(*arguments)],
            cwd=self.folder,
            env={**os.environ, **(environment or {})},
            check=False,
        )
        return run.returncode

    def config(self) -> dict[str, str]:
        """Return the stack's config by key, with secrets in clear. Raises SettingsError."""
        found = self.json("config", "--json", "--show-secrets")
        return {key: one["value"] for key, one in found.items() if one.get("value") is not None}

    def _run(self, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - the user's own Pulumi
            [_pulumi(), *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


def _reason(run: subprocess.CompletedProcess[str], said: Any) -> list[str]:
    diagnostics = said.get("diagnostics") if isinstance(said, dict) else None
    told = [one["message"].strip() for one in diagnostics or () if one.get("severity") == "error"]
    text = "\n".join(told) or run.stderr.strip() or f"status {run.returncode}"
    return text.splitlines()
