"""Reads the input of a report from files: previews, event streams, exported stacks, snapshots."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ..errors import SettingsError
from ..insight import InputError, Worlds, read, read_snapshot
from ..insight.reading.documents import parse

STDIN: Final = "-"


def read_worlds(
    name: str,
    *,
    state: str | None = None,
    snapshot: str | None = None,
    access_protection: bool | None = None,
) -> Worlds:
    """Read worlds from a file, or from standard input ("-").

    `state` is a file with the exported stack from before the preview, and `snapshot` a file with
    the account's snapshot. `access_protection` is as for `insight.read`. Raises SettingsError,
    which names the file.
    """
    try:
        document = parse(_text(name))
        if isinstance(document, Mapping) and "accounts" in document:
            return _of_account(document, access_protection)
        return read(
            document,
            state=None if state is None else read_json(state),
            snapshot=None if snapshot is None else read_json(snapshot),
            access_protection=access_protection,
        )
    except InputError as error:
        raise SettingsError(f"{called(name)}: {error}") from None


def called(name: str) -> str:
    """Return the name of a file for messages."""
    return "standard input" if name == STDIN else name


def _of_account(document: Any, access_protection: bool | None) -> Worlds:  # noqa: FBT001
    world = read_snapshot(document, access_protection=access_protection)
    return Worlds(world, world, "state")


def read_json(name: str) -> Any:
    """Read a JSON file that completes another. Raises SettingsError, which names the file."""
    try:
        return parse(_text(name))
    except InputError as error:
        raise SettingsError(f"{called(name)}: {error}") from None


def _text(name: str) -> str:
    """Return the text of a file: UTF-8, or UTF-16 as shells on Windows write it."""
    try:
        data = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
    except OSError as error:
        raise SettingsError(f"{name}: {error.strerror}") from None
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise SettingsError(f"{called(name)}: is not UTF-8; save it as such") from None
