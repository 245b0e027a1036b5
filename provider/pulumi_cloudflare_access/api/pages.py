"""Lists that a process has read once and keeps true with its own writes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import CloudflareError

# How often a list is read that came back shorter than it says it is: it changed while it was read.
READINGS = 2


@dataclass(frozen=True)
class Page:
    """One page of a list. `total` is how many objects the whole list says it has; None: unsaid."""

    items: list[dict[str, Any]]
    total: int | None = None


class Snapshot:
    """All objects of one collection, as this process knows them. Thread-safe.

    Read on first use, page by page; other threads wait for that one list. What this process then
    writes or deletes is kept up to date here. What others write is not: a snapshot may say who
    refers to an object, never that one is gone.
    """

    def __init__(self, read: Callable[[], Iterator[Page]]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._pages: Iterator[Page] | None = None
        self._total: int | None = None
        self._left = 1  # pages, as far as is known
        self._turned = 0  # pages
        self._asked = 0  # for one object
        self._counting = threading.Lock()
        self._refused = False
        self._occasions: set[str] = set()
        self._listed: dict[str, dict[str, Any]] = {}
        self._written: dict[str, dict[str, Any] | None] = {}

    def objects(self, occasion: str = "") -> list[dict[str, Any]]:
        """Return every object, reading of the list what nobody has read for this occasion."""
        with self._lock:
            if occasion not in self._occasions:
                self._occasions.add(occasion)
                if len(self._occasions) > 1:
                    self._pages = None
            return self._whole()

    def anew(self) -> list[dict[str, Any]]:
        """Return every object as Cloudflare lists them now."""
        with self._lock:
            self._pages = None
            return self._whole()

    def find(self, id_: str) -> dict[str, Any] | None:
        """Return an object as the list has it; None: ask for it by itself.

        The first page costs what one object costs. The others are read once as many objects have
        been asked for as the list has pages: never more than twice the requests of the best choice.
        """
        # Who waits for the lock has asked, too.
        with self._counting:
            self._asked += 1
        with self._lock:
            if self._refused or id_ in self._written:
                return None
            try:
                self._start()
                while id_ not in self._listed and 0 < self._left <= self._asked - self._turned:
                    self._turn()
            except CloudflareError:
                # Objects may be had one by one where their list cannot.
                self._refused = True
            return self._listed.get(id_)

    def forget(self) -> None:
        """Read the list again when it is next needed: something was not in it that may be there."""
        with self._lock:
            self._pages = None

    def wrote(self, id_: str, made: dict[str, Any]) -> None:
        """Remember what a write made of an object."""
        with self._lock:
            self._written[id_] = made

    def deleted(self, id_: str) -> None:
        """Forget an object."""
        with self._lock:
            self._written[id_] = None

    def _whole(self) -> list[dict[str, Any]]:
        for _ in range(READINGS):
            self._start()
            while self._left:
                self._turn()
            if self._total is None or len(self._listed) >= self._total:
                break
            # Something was made or deleted between two pages, and others moved past.
            self._pages = None
        together = {**self._listed, **self._written}
        return [found for found in together.values() if found is not None]

    def _start(self) -> None:
        if self._pages is None:
            self._pages, self._turned, self._left, self._listed = self._read(), 0, 1, {}
            self._turn()

    def _turn(self) -> None:
        """Read the next page."""
        assert self._pages is not None  # noqa: S101 - `_start` comes first
        try:
            page = next(self._pages, Page([]))
        except CloudflareError:
            # Whoever asks next begins again.
            self._pages = None
            raise
        self._turned += 1
        self._listed |= {str(found["id"]): found for found in page.items}
        if not page.items:
            self._left = 0
        elif page.total is None:
            self._left = 1
        else:
            self._total = page.total
            self._left = -(-max(0, page.total - len(self._listed)) // len(page.items))
