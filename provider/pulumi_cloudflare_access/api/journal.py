"""Creates under way on this machine, so that a run that is killed leaves nothing that nobody has.

Pulumi saves an object's id after the call that made it. A run that is killed in between has made
something that no state knows, and Cloudflare's creates have no idempotency keys. So each is noted
here before it is sent and again when it is answered. The next create of the same resource of the
same stack, in the same backend, takes over what it finds noted.

A note goes when the engine ends its plugin in an orderly way: by then the state has the object,
and whoever loses it from there (`pulumi state delete`) does not want it back unasked. Where Pulumi
saves the state only after that (PULUMI_SKIP_CHECKPOINTS), the note stays and says so: nothing is
taken over, and the object is not forgotten either.

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
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ..process import engine_watch, plugin, state_backend
from .lag import RECENT
from .machine import cache_folder, machine_key

# Seconds. After a week, whoever missed the object has made another.
STALE = 7 * 86_400.0
# Seconds that it is known which resource has made an object, once its run has ended: longer than
# any request of another run may have been under way meanwhile.
CLAIMED = 600.0
SKIP_CHECKPOINTS = "PULUMI_SKIP_CHECKPOINTS"
ENDED = "ended"


@dataclass(frozen=True)
class Note:
    """One create: where, a hash of what was asked, who had its name before, and what it made.

    `time` is by this machine's clock, `skew` what Cloudflare's is ahead of it, where that is known.
    `ended`: the run that made it has ended in an orderly way, and the state may have it or not.
    """

    where: str
    asked: str
    before: tuple[str, ...] = ()
    time: float = 0.0
    skew: float | None = None
    id: str = ""
    ended: bool = False


class Journal:
    """The notes of one address, over all runs on this machine. Thread-safe.

    Every note is two files at most, each written once: `<resource>` before the request,
    `<resource>.<object>` after its answer. A run that is killed at any moment leaves notes behind
    that are right, or one that cannot be read, whose request was not sent. What the state has by
    now is in a folder of its own, for some minutes: Cloudflare may not show it yet, and it is no
    other run's.

    `backend` returns what tells one stack from another of the same name; it may raise
    UnknownBackendError.
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
        # The notes whose create the engine has the answer of.
        self._answered: list[str] = []
        # Of earlier runs; those at the same time have other resources.
        self._notes: dict[str, list[Path]] = {}
        self._made: dict[str, Path] = {}
        self._recent: dict[str, Path] = {}
        with contextlib.suppress(OSError):
            self._read_folders()
        engine_watch.at_orderly_end(self.end)

    def notes_of(self, resource: str, where: str) -> list[Note]:
        """Return what earlier runs have noted of a resource and nobody saw in the state.

        The newest comes first.
        """
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
        """Note a create that is about to be sent. `cloudflares` is Cloudflare's time, if known."""
        with self._working():
            now = time.time()
            skew = None if cloudflares is None else cloudflares - now
            note = Note(where, self.hash_of(body), tuple(before), now, skew)
            self._write(self._name(resource), note)

    def made(self, resource: str, where: str, kind: str, id_: str) -> None:
        """Note what it has made."""
        with self._working():
            name, object_ = self._name(resource), self._hash(kind, id_)
            made = f"{name}.{object_}"
            self._write(made, Note(where, "", (), time.time(), id=id_))
            self._own_made[object_] = self._folder / made
            _forget(self._folder / name)
            plugin.current_operation().after_answer(lambda: self._answered.append(made))

    def refused(self, resource: str) -> None:
        """Forget a create that has surely made nothing, or has been accounted for."""
        with self._working():
            _forget(self._folder / self._name(resource))

    def saved(self, kind: str, id_: str) -> bool:
        """Let nobody take over an object any more that a state has.

        Tell whether its creation was just now, so that Cloudflare may not show it yet.
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
        """Forget the creation of an object that is deleted, or that another resource has now."""
        places = [place for place in (self._made, self._recent, self._own_made) if place]
        if not places:
            return
        object_ = self._hash(kind, id_)
        for file in filter(None, [place.pop(object_, None) for place in places]):
            with contextlib.suppress(OSError):
                _forget(file)

    def is_anothers(self, resource: str, kind: str, id_: str) -> bool:
        """Tell whether a run on this machine has made the object of another resource."""
        with contextlib.suppress(OSError):
            own = self._name(resource)
            files = self._files_of(self._hash(kind, id_))
            return any(file.name.partition(".")[0] != own for file in files)
        return False

    def end(self) -> None:
        """Leave nothing to take over: the engine has ended this run in an orderly way."""
        unsaved = os.environ.get(SKIP_CHECKPOINTS, "").strip().lower() not in {"", "0", "false"}
        for name in self._answered:
            with contextlib.suppress(OSError):
                file = self._folder / name
                if unsaved:
                    # Pulumi saves its state only now. Should that fail, the object is told of.
                    file.rename(file.with_name(f"{name}.{ENDED}"))
                else:
                    self._set_aside(file)
        self._answered.clear()

    def hash_of(self, body: Mapping[str, Any]) -> str:
        """Stand for what was asked."""
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
            # Nobody's: no run takes over what may be another stack's.
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


def _entries(folder: Path, oldest: float) -> Iterator[Path]:
    """Return the files of a folder by name, and remove those that say nothing any more."""
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
