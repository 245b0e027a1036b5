"""Lists that a process has read once and keeps true with its own writes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any


class Snapshot:
    """All objects of one collection, as this process knows them.

    Read on first use; other threads wait for that one list. What this process then writes or
    deletes is kept up to date here. What others write is not: a snapshot may say who refers to an
    object, never that one is gone.
    """

    def __init__(self, read: Callable[[], Iterable[dict[str, Any]]]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._objects: dict[str, dict[str, Any]] | None = None

    def objects(self) -> list[dict[str, Any]]:
        """Return every object, reading the list if nobody has."""
        with self._lock:
            if self._objects is None:
                self._objects = {str(found["id"]): found for found in self._read()}
            return list(self._objects.values())

    def forget(self) -> None:
        """Read the list again when it is next needed: something was not in it that may be there."""
        with self._lock:
            self._objects = None

    def wrote(self, id_: str, made: dict[str, Any]) -> None:
        """Remember what a write made of an object."""
        with self._lock:
            if self._objects is not None:
                self._objects[id_] = made

    def deleted(self, id_: str) -> None:
        """Forget an object."""
        with self._lock:
            if self._objects is not None:
                self._objects.pop(id_, None)
