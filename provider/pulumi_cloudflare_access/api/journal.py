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
import functools
import hashlib
import hmac
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from .lag import RECENT
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
        self._usable = True
        self._own: set[str] = set()
        # Of earlier runs; those at the same time have other resources.
        self._notes: dict[str, list[Path]] = {}
        self._made: dict[str, Path] = {}
        with contextlib.suppress(OSError):
            self._read_folder()

    def notes_of(self, resource: str, where: str) -> list[Note]:
        """Return what earlier runs have noted of a resource and nobody saw in the state.

        The newest comes first.
        """
        name = self._hash(resource) if self._notes else ""
        if name in self._own:
            return []
        notes = filter(None, map(_read, self._notes.get(name, ())))
        here = (note for note in notes if note.where == where)
        return sorted(here, key=lambda note: note.time, reverse=True)

    def begin(
        self, resource: str, where: str, body: Mapping[str, Any], before: Iterable[str]
    ) -> None:
        """Note a create that is about to be sent."""
        with self._working():
            note = Note(where, self.hash_of(body), tuple(before), time.time())
            self._write(self._hash(resource), note)

    def made(self, resource: str, where: str, kind: str, id_: str) -> None:
        """Note what it has made."""
        with self._working():
            name = self._hash(resource)
            made = f"{name}.{self._hash(kind, id_)}"
            self._write(made, Note(where, "", (), time.time(), id_))
            _forget(self._folder / name)

    def refused(self, resource: str) -> None:
        """Forget a create that has surely made nothing."""
        with self._working():
            _forget(self._folder / self._hash(resource))

    def saved(self, kind: str, id_: str) -> bool:
        """Forget the creation of an object that the state knows.

        Tell whether it was just now, so that Cloudflare may not show it yet. As long as that, the
        note stays: other processes ask, too.
        """
        file = self._made.get(self._hash(kind, id_)) if self._made else None
        note = _read(file) if file else None
        if note and abs(time.time() - note.time) < RECENT:
            return True
        self.gone(kind, id_)
        return False

    def gone(self, kind: str, id_: str) -> None:
        """Forget the creation of an object that is deleted, or of which nothing is left to do."""
        file = self._made.pop(self._hash(kind, id_), None) if self._made else None
        if file is not None:
            with contextlib.suppress(OSError):
                _forget(file)
                _forget(file.with_suffix(""))

    def hash_of(self, body: Mapping[str, Any]) -> str:
        """Stand for what was asked."""
        return self._hash(json.dumps(body, sort_keys=True))

    def _hash(self, *of: str) -> str:
        text = "\n".join((self._address, *of))
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:24]

    @functools.cached_property
    def _key(self) -> bytes:
        return machine_key()

    @functools.cached_property
    def _folder(self) -> Path:
        return cache_folder("journal")

    def _read_folder(self) -> None:
        for entry in sorted(self._folder.iterdir()):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - entry.stat().st_mtime > STALE:
                    entry.unlink()
                    continue
                resource, _, made = entry.name.partition(".")
                self._notes.setdefault(resource, []).append(entry)
                if made:
                    self._made[made] = entry

    def _write(self, name: str, note: Note) -> None:
        self._own.add(name.partition(".")[0])
        content = json.dumps(asdict(note)).encode()
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        descriptor = os.open(self._folder / name, flags, 0o600)
        try:
            os.write(descriptor, content)
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def _working(self) -> Iterator[None]:
        """Go on without notes where none can be written, and say so once."""
        try:
            yield
        except OSError as error:
            if self._usable:
                self._usable = False
                self._warn(
                    f"the user's cache folder cannot be used ({error.strerror}): should this run "
                    "be killed, the next one cannot take over what it has made"
                )


def _forget(file: Path) -> None:
    file.unlink(missing_ok=True)


def _read(file: Path) -> Note | None:
    try:
        note = Note(**json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return replace(note, before=tuple(note.before))
