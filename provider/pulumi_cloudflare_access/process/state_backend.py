"""Which backend holds the state of the current stack, as far as a plugin process can know.

Pulumi does not tell a plugin. So this module looks where the CLI does: at PULUMI_BACKEND_URL, the
project's `backend.url`, and the login in Pulumi's home, in this order. Two spellings of the same
place give the same result; if the place is not certain, there is none (UnknownBackendError).
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

DEFAULT_CLOUD = "https://api.pulumi.com"
PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
DEFAULT_PORTS = {"https": 443, "http": 80, "postgres": 5432, "postgresql": 5432}
# By the beginning of an address's scheme: the variables that also say where the place is.
PLACES = {
    "azblob": ("AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_DOMAIN"),
    "gs": ("STORAGE_EMULATOR_HOST",),
    "postgres": ("PGHOST", "PGPORT", "PGDATABASE", "PGUSER"),
    "s3": ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"),
}
# The parameters, in small letters, of an address that say how to connect and not where to.
HOW = frozenset(
    {
        "anonymous",
        "application_name",
        "awssdk",
        "connect_timeout",
        "disable_https",
        "disablessl",
        "no_tmp_dir",
        "profile",
        "region",
        "request_checksum_calculation",
        "s3forcepathstyle",
        "sslcert",
        "sslkey",
        "sslmode",
        "sslrootcert",
        "use_path_style",
    }
)


class UnknownBackendError(Exception):
    """It is not certain where the state is; the text says why."""


def backend_of(environment: Mapping[str, str], folder: Path) -> str:
    """Return the address of the backend, in one spelling and without a password.

    :param environment: The environment variables of the plugin.
    :param folder: The folder that the plugin runs in: that of the program.

    Raises UnknownBackendError.
    """
    address = environment.get("PULUMI_BACKEND_URL") or _of_project(environment, folder)
    if not address:
        address = _of_login(environment)
    try:
        return _canonical(address.strip(), environment)
    except ValueError:
        raise UnknownBackendError("the backend's address is no URL") from None


def _of_project(environment: Mapping[str, str], folder: Path) -> str:
    """Return the `backend.url` of the project that the program belongs to, or ""."""
    for above in (folder, *folder.parents):
        for file in (above / name for name in PROJECT_FILES):
            with contextlib.suppress(FileNotFoundError):
                project = _read_project(file)
                # Folders of a program may hold other projects; the engine says which one runs.
                if environment.get("PULUMI_PROJECT", project.get("name")) == project.get("name"):
                    return _text((project.get("backend") or {}).get("url"))
    return ""


def _read_project(file: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - slow to load, and needed only without PULUMI_BACKEND_URL

    try:
        project = yaml.safe_load(file.read_bytes())
    except FileNotFoundError:
        raise
    except (OSError, yaml.YAMLError):
        raise UnknownBackendError(f"{file.name} cannot be read") from None
    if not isinstance(project, dict) or not isinstance(project.get("backend") or {}, dict):
        raise UnknownBackendError(f"{file.name} is not a Pulumi project")
    return project


def _of_login(environment: Mapping[str, str]) -> str:
    """Return the address that `pulumi login` has stored, or the one that Pulumi uses without it."""
    named = environment.get("PULUMI_CREDENTIALS_PATH") or environment.get("PULUMI_HOME")
    file = _absolute(Path(named) if named else _home(environment) / ".pulumi") / "credentials.json"
    try:
        credentials = json.loads(file.read_bytes())
        current = _text(credentials.get("current"))
    except FileNotFoundError:
        current = ""
    except (OSError, ValueError, AttributeError):
        raise UnknownBackendError("Pulumi's credentials.json cannot be read") from None
    if current:
        return current
    if address := environment.get("PULUMI_API"):
        return address
    if environment.get("PULUMI_ACCESS_TOKEN"):
        return DEFAULT_CLOUD
    raise UnknownBackendError("there is neither PULUMI_BACKEND_URL nor a login")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _canonical(address: str, environment: Mapping[str, str]) -> str:
    scheme, separator, rest = address.partition("://")
    if not separator:
        raise UnknownBackendError("the backend's address is no URL")
    scheme = scheme.lower()
    if scheme == "file":
        return f"file://{_folder(rest.partition('?')[0], environment)}"
    parts = urlsplit(f"{scheme}://{rest}")
    told = [f"{scheme}://{_host(parts)}/{parts.path.strip('/')}"]
    query = [(k, v) for k, v in parse_qsl(parts.query) if k.lower() not in HOW]
    told += [f"{key}={value.partition('://')[2] or value}" for key, value in sorted(query)]
    for begins, names in PLACES.items():
        if scheme.startswith(begins):
            told += [f"{name}={environment[name]}" for name in names if environment.get(name)]
    return " ".join(told)


def _host(parts: SplitResult) -> str:
    """Return user, host and port, without the password, which does not say where the place is."""
    user = f"{unquote(parts.username)}@" if parts.username else ""
    port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    return f"{user}{(parts.hostname or '').lower()}{f':{port}' if port else ''}"


def _folder(path: str, environment: Mapping[str, str]) -> str:
    """Return the absolute path of a folder, with links resolved."""
    if path == "~" or path.startswith("~/"):
        path = str(_home(environment) / path[2:])
    return _as_stored(os.path.realpath(_absolute(Path(unquote(path)))))


def _absolute(path: Path) -> Path:
    return path if path.is_absolute() else _engines_folder() / path


def _as_stored(path: str) -> str:
    """Return a path spelled as the file system stores it, if that ignores case (macOS)."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl  # noqa: PLC0415 - not every system has it

        get_path = getattr(fcntl, "F_GETPATH")  # noqa: B009 - of macOS alone
        descriptor = os.open(path, os.O_RDONLY)
        try:
            stored: bytes = fcntl.fcntl(descriptor, get_path, bytes(1024))
            return os.fsdecode(stored.rstrip(b"\0"))
        finally:
            os.close(descriptor)
    return path


def _home(environment: Mapping[str, str]) -> Path:
    """Return the user's home as Pulumi's CLI finds it: by the system's list of users first."""
    with contextlib.suppress(ImportError, KeyError):
        import pwd  # noqa: PLC0415 - not every system has it

        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    return Path(environment.get("HOME") or "/")


def _engines_folder() -> Path:
    """Return the folder that the engine runs in, to which an address may be relative.

    The plugin itself runs in the program's folder, which may be another.
    """
    engine = _engine()
    try:
        return Path(f"/proc/{engine}/cwd").readlink()
    except OSError:
        told = _run("lsof", "-a", "-p", str(engine), "-d", "cwd", "-Fn")
    if found := re.search(r"^n(/.*)$", told, re.MULTILINE):
        return Path(found[1])
    raise UnknownBackendError("the backend's address is relative, to a folder that is not known")


def _engine() -> int:
    """Return the id of the engine's process: the parent of our process group's leader."""
    leader = os.getpgrp()
    if leader == os.getpid():
        return os.getppid()
    with contextlib.suppress(ValueError):
        return int(_run("ps", "-o", "ppid=", "-p", str(leader)))
    raise UnknownBackendError("the backend's address is relative, and the engine is not found")


def _run(*words: str) -> str:
    try:
        return subprocess.run(  # noqa: S603 - no word of it is anybody else's
            words, capture_output=True, text=True, check=False, timeout=10
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


@functools.cache
def backend() -> str:
    """Return the backend of this plugin process. Raises UnknownBackendError."""
    return backend_of(os.environ, Path.cwd())


_organization = ""


def belongs_to(organization: str) -> None:
    """Note the organization of the current stack: one backend (Pulumi Cloud) can hold several."""
    global _organization  # noqa: PLW0603 - a plugin process is at one stack
    _organization = organization


def stack_owner() -> str:
    """Return the organization of the current stack; "" if the program has not told it."""
    return _organization
