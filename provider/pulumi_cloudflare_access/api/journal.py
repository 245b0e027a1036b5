"""The journal of creates on this machine, so that a killed run does not leave orphaned objects.

Pulumi saves the id of an object after the call that created it. If the run is killed in between,
the object exists and no state knows it; Cloudflare's creates have no idempotency keys. So each
create is noted here before it is sent, and again when it is answered. The next create of the same
resource, of the same stack in the same backend, finds the note and takes the object over.

A note is removed when the engine shuts its plugin down in an orderly way: by then the object is in
the state. A user who later removes it from there (`pulumi state delete`) does not want it to be
taken over. With PULUMI_SKIP_CHECKPOINTS, Pulumi saves the state only after the shutdown. Then the
note stays, marked as `ended`: the object is not taken over, but a later create mentions it.

A note is a small file in the user's cache folder. It contains no value of the declaration, only a
hash of the request body, under a key that never leaves the folder.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import hmac
import json
import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ..process import engine_watch, plugin, state_backend
from .lag import RECENT
from .machine import cache_folder, machine_key

# Seconds after which a note is deleted. After a week, nobody waits for the object any more.
STALE = 7 * 86_400.0
# Seconds for which the creator of an object stays known after its run: longer than any request of
# another run that began before may take.
CLAIMED = 600.0
SKIP_CHECKPOINTS = "PULUMI_SKIP_CHECKPOINTS"
ENDED = "ended"


@dataclass(frozen=True)
class Note:
    """One create."""

    where: str
    """The path of the request."""
    asked: str
    """A hash of the request body."""
    before: tuple[str, ...] = ()
    """The ids of the objects that had the same name before."""
    time: float = 0.0
    """When it was noted, by this machine's clock, in seconds since 1970."""
    skew: float | None = None
    """By how many seconds Cloudflare's clock was ahead, if known."""
    id: str = ""
    """The id of the created object, once the create is answered."""
    ended: bool = False
    """The run ended in an orderly way, and the state may or may not have the object."""


class Journal:
    """The notes for one API address, of all runs on this machine. Thread-safe.

    A create has at most two files, each written once: `<resource>` before the request, and
    `<resource>.<object>` after its answer. A run that is killed at any moment leaves correct notes
    behind, or one unreadable note whose request was not sent. Notes of objects that the state has
    by now are moved to a second folder for some minutes: Cloudflare's lists may not show the object
    yet, and other runs must not take it for theirs.

    `backend` returns the state backend's address, which distinguishes stacks of the same name; it
    may raise UnknownBackendError. `warn` shows a warning.
    """

    def __init__(
        self,
        address: str,
        warn: Callable[[str], None],
        backend: Callable[[], str] = state_backend.backend,
    ) -> None:
        self._address = address
        self._warn = warn
        self._backend_of = backend
        self._usable = True
        self._own: set[str] = set()
        self._own_made: dict[str, Path] = {}
        # The notes of this run whose create has been reported to the engine.
        self._answered: list[str] = []
        # The notes of earlier runs. Runs at the same time create other resources.
        self._notes: dict[str, list[Path]] = {}
        self._made: dict[str, Path] = {}
        self._recent: dict[str, Path] = {}
        with contextlib.suppress(OSError):
            self._read_folders()
        engine_watch.at_orderly_end(self.end)

    def notes_of(self, resource: str, where: str) -> list[Note]:
        """Return the notes of earlier runs for a resource that no state had since, newest first."""
        name = self._name(resource) if self._notes else ""
        if name in self._own:
            return []
        notes = filter(None, map(_read, self._notes.get(name, ())))
        here = (note for note in notes if note.where == where)
        return sorted(here, key=lambda note: note.time, reverse=True)

    def begin(
        self,
        resource: str,
        where: str,
        body: Mapping[str, Any],
        before: Iterable[str],
        cloudflares: float | None = None,
    ) -> None:
        """Note a create that is about to be sent.

        `before` are the ids of the objects that have the same name already. `cloudflares` is
        Cloudflare's time, in seconds since 1970, if known.
        """
        with self._working():
            now = time.time()
            skew = None if cloudflares is None else cloudflares - now
            note = Note(where, self.hash_of(body), tuple(before), now, skew)
            self._write(self._name(resource), note)

    def made(self, resource: str, where: str, kind: str, id_: str) -> None:
        """Note the id of the created object."""
        with self._working():
            name, object_ = self._name(resource), self._hash(kind, id_)
            made = f"{name}.{object_}"
            self._write(made, Note(where, "", (), time.time(), id=id_))
            self._own_made[object_] = self._folder / made
            _forget(self._folder / name)
            plugin.current_operation().after_answer(lambda: self._answered.append(made))

    def refused(self, resource: str) -> None:
        """Remove the note of a create that surely failed, or whose object has been found."""
        with self._working():
            _forget(self._folder / self._name(resource))

    def saved(self, kind: str, id_: str) -> bool:
        """Note that a state has the object, so that no create takes it over.

        Returns whether the object was created so recently that Cloudflare may not show it yet.
        """
        if not (self._made or self._recent):
            return False
        object_ = self._hash(kind, id_)
        file = self._made.pop(object_, None)
        if file is not None:
            with contextlib.suppress(OSError):
                self._recent[object_] = self._set_aside(file)
                _forget(file.with_name(file.name.partition(".")[0]))
        recent = self._recent.get(object_)
        note = _read(recent) if recent else None
        return note is not None and abs(time.time() - note.time) < RECENT

    def gone(self, kind: str, id_: str) -> None:
        """Forget the creation of an object that was deleted or belongs to another resource now."""
        places = [place for place in (self._made, self._recent, self._own_made) if place]
        if not places:
            return
        object_ = self._hash(kind, id_)
        for file in filter(None, [place.pop(object_, None) for place in places]):
            with contextlib.suppress(OSError):
                _forget(file)

    def is_anothers(self, resource: str, kind: str, id_: str) -> bool:
        """Tell whether a run on this machine created the object for another resource."""
        with contextlib.suppress(OSError):
            own = self._name(resource)
            files = self._files_of(self._hash(kind, id_))
            return any(file.name.partition(".")[0] != own for file in files)
        return False

    def end(self) -> None:
        """Close the notes of this run: the engine shuts the plugin down in an orderly way."""
        unsaved = os.environ.get(SKIP_CHECKPOINTS, "").strip().lower() not in {"", "0", "false"}
        for name in self._answered:
            with contextlib.suppress(OSError):
                file = self._folder / name
                if unsaved:
                    # Pulumi saves its state only now. If that fails, a later create mentions it.
                    file.rename(file.with_name(f"{name}.{ENDED}"))
                else:
                    self._set_aside(file)
        self._answered.clear()

    def hash_of(self, body: Mapping[str, Any]) -> str:
        """Return a hash of a request body."""
        return self._hash(json.dumps(body, sort_keys=True))

    def _name(self, resource: str) -> str:
        return self._hash(self._backend, state_backend.stack_owner(), resource)

    def _hash(self, *of: str) -> str:
        text = "\n".join((self._address, *of))
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:24]

    @functools.cached_property
    def _backend(self) -> str:
        try:
            return self._backend_of()
        except state_backend.UnknownBackendError as error:
            self._warn(
                f"it cannot be told where Pulumi keeps this stack's state ({error}): should this "
                "run be killed, the next one cannot take over what it has made. Set "
                "PULUMI_BACKEND_URL to an absolute address"
            )
            # A backend of its own, so that no run takes over an object of another stack.
            return uuid.uuid4().hex

    @functools.cached_property
    def _key(self) -> bytes:
        return machine_key()

    @functools.cached_property
    def _folder(self) -> Path:
        return cache_folder("journal")

    @functools.cached_property
    def _recent_folder(self) -> Path:
        return cache_folder("recent")

    def _read_folders(self) -> None:
        for entry in _entries(self._folder, STALE):
            resource, made, *_ = [*entry.name.split("."), ""]
            self._notes.setdefault(resource, []).append(entry)
            if made:
                self._made[made] = entry
        for entry in _entries(self._recent_folder, CLAIMED):
            self._recent[entry.name.partition(".")[2]] = entry

    def _files_of(self, object_: str) -> Iterator[Path]:
        yield from self._folder.glob(f"*.{object_}*")
        yield from self._recent_folder.glob(f"*.{object_}")

    def _set_aside(self, file: Path) -> Path:
        return file.rename(self._recent_folder / file.name.removesuffix(f".{ENDED}"))

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
        """Go on without notes if they cannot be written, and warn once."""
        try:
            yield
        except OSError as error:
            if self._usable:
                self._usable = False
                self._warn(
                    f"the user's cache folder cannot be used ({error.strerror}): should this run "
                    "be killed, the next one cannot take over what it has made"
                )


class NoJournal(Journal):
    """The journal of a command that makes nothing: it notes nothing, and forgets nothing."""

    def __init__(self) -> None:
        """Touch no file: what runs have noted is theirs."""

    def notes_of(self, resource: str, where: str) -> list[Note]:
        """Return nothing: nothing is to be taken over."""
        del resource, where
        return []

    def begin(self, *_: Any, **__: Any) -> None:
        """Note nothing."""

    def made(self, *_: Any) -> None:
        """Note nothing."""

    def refused(self, resource: str) -> None:
        """Forget nothing."""

    def saved(self, kind: str, id_: str) -> bool:
        """Set nothing aside."""
        del kind, id_
        return False

    def gone(self, kind: str, id_: str) -> None:
        """Forget nothing."""

    def is_anothers(self, resource: str, kind: str, id_: str) -> bool:
        """Know of no other run."""
        del resource, kind, id_
        return False

    def end(self) -> None:
        """Leave everything as it is."""

    def hash_of(self, body: Mapping[str, Any]) -> str:
        """Stand for nothing."""
        del body
        return ""


def _entries(folder: Path, oldest: float) -> Iterator[Path]:
    """Return the files of a folder, by name, and remove those older than `oldest` seconds."""
    for entry in sorted(folder.iterdir()):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - entry.stat().st_mtime > oldest:
                entry.unlink()
            else:
                yield entry


def _forget(file: Path) -> None:
    file.unlink(missing_ok=True)


def _read(file: Path) -> Note | None:
    try:
        note = Note(**json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    ended = file.name.endswith(f".{ENDED}")
    return replace(note, before=tuple(note.before), ended=ended)
