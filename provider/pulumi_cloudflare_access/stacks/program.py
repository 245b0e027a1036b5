"""The program that runs for every account: a project folder, or a function.

In the worker, a function becomes a project. So every stack runs in its own Python process, whatever
the executor. That is needed because Pulumi's SDK keeps its settings for the life of a process, and
because a module that reads config on import would pass one account's values to the next.
"""

from __future__ import annotations

import inspect
import json
import os
import pickle
import re
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import SettingsError

PROJECT_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
MAIN = "from pulumi_cloudflare_access.stacks.program import run\n\nrun(__file__)\n"
PICKLED, SURROUNDINGS = "program.pickle", "program.json"


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program to send to a worker: the path of a folder, or a pickled function."""

    project: str
    folder: str | None = None
    function: bytes | None = field(default=None, repr=False)
    # Of the process that the function comes from: its import path, its working folder, and its
    # Python version, which pickled functions depend on.
    path: tuple[str, ...] = ()
    cwd: str = ""
    python: tuple[int, ...] = sys.version_info[:2]

    @classmethod
    def of(cls, program: Callable[[], Any] | str | Path, project: str | None) -> Program:
        """Return a program from the user's arguments. Raises SettingsError."""
        if callable(program):
            return cls._of_function(program, project)
        folder = Path(program).absolute()
        name = read_project(folder).get("name")
        if not isinstance(name, str):
            raise SettingsError(f"{folder}: Pulumi.yaml has no name")
        if project not in {None, name}:
            raise SettingsError(
                f"project is {project}, but the project in {folder} is {name}: leave project out"
            )
        return cls(project=name, folder=str(folder))

    @classmethod
    def _of_function(cls, function: Callable[[], Any], project: str | None) -> Program:
        import cloudpickle  # type: ignore[import-untyped]  # noqa: PLC0415 - no folder needs it

        if project is None or not PROJECT_NAME.fullmatch(project):
            raise SettingsError(
                "a function needs a project name for its stacks: pass project= or --project "
                "(letters, digits, _ . and -)"
            )
        if inspect.iscoroutinefunction(function):
            raise SettingsError("the program must be a plain function, not a coroutine")
        try:
            # Functions of modules are pickled by name; others (in a script, nested) by value.
            pickled = cloudpickle.dumps(function)
        except Exception as error:  # noqa: BLE001 - pickling raises anything
            raise SettingsError(
                f"the program cannot be sent to the workers ({type(error).__name__}: {error}). "
                "Use a function at the top level of a module, or a project folder"
            ) from None
        return cls(
            project=project, function=pickled, path=tuple(_import_path()), cwd=str(Path.cwd())
        )

    def lay_out(self, folder: Path) -> Path:
        """Return the project's folder on this machine. For a function, it is written to `folder`.

        Raises SettingsError if this machine does not have the project, or another Python version.
        """
        if self.folder is not None:
            here = read_project(Path(self.folder)).get("name")
            if here != self.project:
                raise SettingsError(f"{self.folder} is the project {here} here, not {self.project}")
            return Path(self.folder)
        if sys.version_info[:2] != self.python:
            ours, theirs = (".".join(map(str, v)) for v in (sys.version_info[:2], self.python))
            raise SettingsError(
                f"the program comes from Python {theirs}, and this worker has {ours}: a function "
                "needs the same version everywhere"
            )
        assert self.function is not None  # noqa: S101 - the other of two
        project = {"name": self.project, "runtime": "python"}
        (folder / "Pulumi.yaml").write_text(json.dumps(project))
        (folder / "__main__.py").write_text(MAIN)
        (folder / PICKLED).write_bytes(self.function)
        (folder / SURROUNDINGS).write_text(json.dumps({"cwd": self.cwd}))
        return folder


def read_project(folder: Path) -> dict[str, Any]:
    """Read a project's Pulumi.yaml. Raises SettingsError."""
    return read_yaml(_project_file(folder))


def stack_file(folder: Path, stack: str) -> Path:
    """Return the path of a stack's settings file, whether or not the file exists."""
    file = _project_file(folder)
    project = read_yaml(file)
    config = project.get("config")
    # A `config` that names a folder is the old form of stackConfigDir.
    within = project.get("stackConfigDir") or (config if isinstance(config, str) else "")
    return folder / within / f"Pulumi.{stack}{file.suffix}"


def _project_file(folder: Path) -> Path:
    found = next((folder / name for name in PROJECT_FILES if (folder / name).is_file()), None)
    if found is None:
        raise SettingsError(f"{folder} is not a Pulumi project: it has no Pulumi.yaml")
    return found


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that contains a map. Raises SettingsError."""
    import yaml  # noqa: PLC0415 - a Pulumi run needs it, importing this package does not

    from .pulumi_yaml import Loader  # noqa: PLC0415 - loads yaml

    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a safe one
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    if not isinstance(found or {}, dict):
        raise SettingsError(f"{path}: must be a map of keys and values")
    return found or {}


def run(main: str) -> None:
    """Run the pickled function in the folder of `main`. For the `__main__.py` of its project."""
    beside = Path(main).parent
    cwd = json.loads((beside / SURROUNDINGS).read_text())["cwd"]
    if Path(cwd).is_dir():
        os.chdir(cwd)
    pickle.loads((beside / PICKLED).read_bytes())()  # noqa: S301 - written by us, for us


def _import_path() -> list[str]:
    """Return the parts of sys.path that another interpreter would lack, such as PYTHONPATH."""
    own = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders = [str(Path(entry).absolute()) for entry in sys.path if not entry.endswith(".zip")]
    return [
        folder
        for folder in dict.fromkeys(folders)
        if Path(folder).is_dir() and not any(Path(folder).is_relative_to(path) for path in own)
    ]
