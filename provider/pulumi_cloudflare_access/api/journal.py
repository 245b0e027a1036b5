"""Creates under way on this machine, so that a run that is killed leaves nothing that nobody has.

Pulumi saves an object's id after the call that made it. A run that is killed in between has made
something that no state knows, and Cloudflare's creates have no idempotency keys. So each is noted
here before it is sent and again when it is answered; the note goes when a later run finds the id
in the state. The next create of the same resource takes over what it finds noted.

A note is a small file in the user's cache folder. It holds no value of a declaration: what was
asked is a hash under a key that never leaves the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from .machine import cache_folder, machine_key

# Seconds. After a week, whoever missed the object has made another.
STALE = 7 * 86_400.0


@dataclass(frozen=True)
class Note:
    """One create: where, a hash of what was asked, who had its name before, and what it made."""

    where: str
    asked: str
    before: tuple[str, ...] = ()
    time: float = 0.0
    id: str = ""


class Journal:
    """The notes of one address, over all runs on this machine. Thread-safe.

    Every note is two files at most, each written once: `<resource>` before the request,
    `<resource>.<object>` after its answer. A run that is killed at any moment leaves notes behind
    that are right, or one that cannot be read, whose request was not sent.
    """

    def __init__(self, address: str, warn: Callable[[str], None]) -> None:
        self._address = address
        self._warn = warn
        self._folder: Path | None = None
        self._key = b""
        # Of earlier runs, by the object that they made. Runs at the same time have others.
        self._made: dict[str, Path] = {}
        self._own: set[str] = set()
        with self._working():
            self._folder = cache_folder("journal")
            self._key = machine_key()
            self._made = dict(self._read_folder())

    def note_of(self, resource: str, where: str) -> Note | None:
        """Return what an earlier run has noted of a resource and never saw in the state."""
        name = self._hash(resource)
        if self._folder is None or name in self._own:
            return None
        # The one that knows what was made says more.
        for file in (*sorted(self._folder.glob(f"{name}.*")), self._folder / name):
            note = _read(file)
            if note and note.where == where:
                return note
        return None

    def begin(
        self, resource: str, where: str, body: Mapping[str, Any], before: Iterator[str]
    ) -> None:
        """Note a create that is about to be sent."""
        note = Note(where, self.hash_of(body), tuple(before), time.time())
        self._write(self._hash(resource), note)

    def made(self, resource: str, where: str, kind: str, id_: str) -> None:
        """Note what it has made."""
        name = self._hash(resource)
        self._write(f"{name}.{self._hash(kind, id_)}", Note(where, "", (), time.time(), id_))
        self._remove(name)

    def refused(self, resource: str) -> None:
        """Forget a create that has surely made nothing."""
        self._remove(self._hash(resource))

    def saved(self, kind: str, id_: str) -> None:
        """Forget the creation of an object that the state knows."""
        if self._made:
            file = self._made.pop(self._hash(kind, id_), None)
            if file is not None:
                self._remove(file.name)
                self._remove(file.name.partition(".")[0])

    def hash_of(self, body: Mapping[str, Any]) -> str:
        """Stand for what was asked."""
        return self._hash(json.dumps(body, sort_keys=True))

    def _hash(self, *of: str) -> str:
        text = "\n".join((self._address, *of))
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:24]

    def _read_folder(self) -> Iterator[tuple[str, Path]]:
        assert self._folder is not None  # noqa: S101 - only called where there is one
        for entry in os.scandir(self._folder):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - entry.stat().st_mtime > STALE:
                    Path(entry.path).unlink()
                elif "." in entry.name:
                    yield entry.name.partition(".")[2], Path(entry.path)

    def _write(self, name: str, note: Note) -> None:
        self._own.add(name.partition(".")[0])
        with self._working():
            if self._folder is not None:
                content = json.dumps(asdict(note)).encode()
                flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
                descriptor = os.open(self._folder / name, flags, 0o600)
                try:
                    os.write(descriptor, content)
                finally:
                    os.close(descriptor)

    def _remove(self, name: str) -> None:
        with self._working():
            if self._folder is not None:
                (self._folder / name).unlink(missing_ok=True)

    @contextlib.contextmanager
    def _working(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._folder = None
            self._warn(
                f"the user's cache folder cannot be used ({error.strerror}): should this run be "
                "killed, the next one cannot take over what it has made"
            )


def _read(file: Path) -> Note | None:
    try:
        note = Note(**json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return replace(note, before=tuple(note.before))
