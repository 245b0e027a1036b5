"""Lists that a process has read once and keeps true with its own writes."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import CloudflareError, UnusableAnswerError

# How often a list is read that changed while it was read.
READINGS = 4


@dataclass(frozen=True)
class Page:
    """One page of a list. `total` is how many objects the whole list says it has; None: unsaid."""

    items: list[dict[str, Any]]
    total: int | None = None


class Snapshot:
    """All objects of one collection, as this process knows them. Thread-safe.

    Read on first use, page by page; other threads wait for that one list, and get its failure. What
    this process then writes or deletes is kept up to date here. What others write is not: a
    snapshot may say who refers to an object, never that one is gone. `ticks` are seconds.
    """

    def __init__(
        self, read: Callable[[], Iterator[Page]], ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._ticks = ticks
        self._order = itertools.count()
        self._lock = threading.Lock()
        self._reading: _Reading | None = None
        self._failures: list[CloudflareError] = []
        self._asked = 0  # for one object
        self._counting = threading.Lock()
        self._refused = False
        self._occasions: set[str] = set()
        self._written: dict[str, dict[str, Any] | None] = {}

    def objects(self, occasion: str = "") -> list[dict[str, Any]]:
        """Return every object, reading of the list what nobody has read for this occasion.

        Raises UnusableAnswerError if the list changes faster than it can be read.
        """
        with self._turn():
            if occasion not in self._occasions:
                self._occasions.add(occasion)
                if len(self._occasions) > 1:
                    self._reading = None
            return self._whole()

    def recent(self, seconds: float) -> list[dict[str, Any]]:
        """Return every object, of a list that is no older than so many seconds for each page.

        Whoever makes one object after the other so lists what is there now and then, and sends
        next to no more requests for it. Raises as `objects` does.
        """
        with self._turn():
            self._occasions.add("")
            self._drop_older(seconds)
            return self._whole()

    def anew(self) -> list[dict[str, Any]]:
        """Return every object as Cloudflare lists them now. Raises as `objects` does.

        Of those who ask at the same time, one reads for all.
        """
        asked = next(self._order)
        with self._turn():
            self._drop_before(asked)
            return self._whole()

    def listed(self) -> list[dict[str, Any]]:
        """Return the objects that Cloudflare lists now, and no others. Raises as `objects` does.

        What this process has made, and somebody has deleted since, is not among them.
        """
        asked = next(self._order)
        with self._turn():
            self._drop_before(asked)
            self._whole()
            return list(self._begun().listed.values())

    def find(self, id_: str, seconds: float = float("inf")) -> dict[str, Any] | None:
        """Return an object as the list has it; None: ask for it by itself.

        The first page costs what one object costs. The others are read once as many objects have
        been asked for as the list has pages: never more than twice the requests of the best choice.
        The list is no older than so many seconds for each page.
        """
        # Who waits for the lock has asked, too.
        with self._counting:
            self._asked += 1
        with self._lock:
            if self._refused or id_ in self._written:
                return None
            self._drop_older(seconds)
            try:
                reading = self._begun()
                while id_ not in reading.listed and 0 < reading.left <= self._asked - reading.read:
                    reading.turn()
            except CloudflareError:
                # Objects may be had one by one where their list cannot.
                self._refused, self._reading = True, None
                return None
            return reading.listed.get(id_)

    def forget(self) -> None:
        """Read the list again when it is next needed: something was not in it that may be there."""
        with self._lock:
            self._reading = None

    def wrote(self, id_: str, made: dict[str, Any]) -> None:
        """Remember what a write made of an object."""
        with self._lock:
            self._written[id_] = made

    def deleted(self, id_: str) -> None:
        """Forget an object."""
        with self._lock:
            self._written[id_] = None

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for the others; one failure is everybody's, or each would try as long again."""
        before = len(self._failures)
        with self._lock:
            if len(self._failures) > before:
                raise self._failures[-1].copy()
            try:
                yield
            except CloudflareError as error:
                # Whoever asks next begins again.
                self._reading = None
                self._failures.append(error.copy())
                raise

    def _whole(self) -> list[dict[str, Any]]:
        before: _Reading | None = None
        for _ in range(READINGS):
            reading = self._begun()
            while reading.left:
                reading.turn()
            if reading.holds or reading.holds_together(before):
                reading.holds = True
                together = {**reading.listed, **self._written}
                return [found for found in together.values() if found is not None]
            before, self._reading = reading, None
        raise UnusableAnswerError(
            f"a list changes faster than it can be read ({reading}): run it again"
        )

    def _begun(self) -> _Reading:
        if self._reading is None:
            self._reading = _Reading(self._read(), next(self._order), self._ticks())
            self._reading.turn()
        return self._reading

    def _drop_before(self, asked: int) -> None:
        self._occasions.add("")
        if self._reading is not None and self._reading.number < asked:
            self._reading = None

    def _drop_older(self, seconds: float) -> None:
        reading = self._reading
        if reading and self._ticks() - reading.began > seconds * (reading.read + reading.left):
            self._reading = None


class _Reading:
    """One reading of a list, as far as it has come."""

    def __init__(self, pages: Iterator[Page], number: int, began: float) -> None:
        self._pages = pages
        self.number = number
        self.began = began
        self._totals: set[int | None] = set()
        self._filled = 0  # pages that hold something
        self.listed: dict[str, dict[str, Any]] = {}
        self.read = 0  # pages
        self.left = 1  # pages, as far as is known
        self.holds = False  # together, as somebody has found

    def turn(self) -> None:
        """Read the next page."""
        page = next(self._pages, Page([]))
        self.read += 1
        self.listed |= {str(found["id"]): found for found in page.items}
        if page.items or self.read == 1:
            self._totals.add(page.total)
            self._filled += 1
        if not page.items:
            self.left = 0
        elif page.total is None:
            self.left = 1
        else:
            self.left = -(-max(0, page.total - len(self.listed)) // len(page.items))

    def holds_together(self, before: _Reading | None) -> bool:
        """Tell whether nothing was made or deleted between two pages, moving others past them.

        It holds what it says; or, where it says nothing or counts wrongly, what it held `before`.
        """
        if len(self._totals) > 1:
            return False
        if self._totals == {len(self.listed)} or (self._totals == {None} and self._filled == 1):
            return True
        return before is not None and before.listed.keys() == self.listed.keys()

    def __str__(self) -> str:
        return f"{len(self.listed)} objects, read {READINGS} times"
