"""Lists that a process reads once and keeps up to date with its own writes."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import CloudflareError, UnusableAnswerError

# How often a list is read before giving up, if it changes while it is read.
READINGS = 4


@dataclass(frozen=True)
class Page:
    """One page of a list. `total` is the size of the whole list; None if the API does not say."""

    items: list[dict[str, Any]]
    total: int | None = None


class Snapshot:
    """All objects of one list, as this process knows them. Thread-safe.

    The list is read on first use, page by page. Other threads wait for it, and get the same error
    if it fails. Later writes and deletes by this process are applied to it; writes by others are
    not. So a snapshot may tell which objects refer to another one, but never that an object is
    gone. `ticks` is a monotonic clock, in seconds.
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
        """Return every object. The list is read again for each new `occasion`, once for each.

        Raises UnusableAnswerError if the list changes faster than it can be read.
        """
        with self._turn():
            if occasion not in self._occasions:
                self._occasions.add(occasion)
                if len(self._occasions) > 1:
                    self._reading = None
            return self._whole()

    def recent(self, seconds: float) -> list[dict[str, Any]]:
        """Return every object, from a reading no older than `seconds` times the number of pages.

        A caller that creates many objects one by one thus reads the list now and then, at the cost
        of few requests. Raises as `objects` does.
        """
        with self._turn():
            self._occasions.add("")
            self._drop_older(seconds)
            return self._whole()

    def anew(self) -> list[dict[str, Any]]:
        """Return every object, from a reading that begins after this call.

        Threads that call at the same time share one reading. Raises as `objects` does.
        """
        asked = next(self._order)
        with self._turn():
            self._drop_before(asked)
            return self._whole()

    def listed(self) -> list[dict[str, Any]]:
        """Return the objects that Cloudflare lists now, without this process's own writes.

        Objects that this process created and somebody deleted since are not among them. Raises as
        `objects` does.
        """
        asked = next(self._order)
        with self._turn():
            self._drop_before(asked)
            self._whole()
            return list(self._begun().listed.values())

    def find(self, id_: str, seconds: float = float("inf")) -> dict[str, Any] | None:
        """Return an object from the shared list, or None if it must be fetched by id.

        The first page is read at once: it costs one request, as the object would. More pages are
        read only when the number of objects asked for reaches the number of pages. So this sends at
        most twice the requests of the best choice. The reading is no older than `seconds` times the
        number of pages.
        """
        # Counted before the lock: threads that wait for it count, too.
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
                # The token may be allowed to read the objects but not the list.
                self._refused, self._reading = True, None
                return None
            return reading.listed.get(id_)

    def forget(self) -> None:
        """Read the list again on its next use: an object that it lacks may exist by now."""
        with self._lock:
            self._reading = None

    def wrote(self, id_: str, made: dict[str, Any]) -> None:
        """Apply a create or an update by this process."""
        with self._lock:
            self._written[id_] = made

    def deleted(self, id_: str) -> None:
        """Apply a delete by this process."""
        with self._lock:
            self._written[id_] = None

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Take the lock. Threads that waited get the error of a failed reading as their own."""
        before = len(self._failures)
        with self._lock:
            if len(self._failures) > before:
                raise self._failures[-1].copy()
            try:
                yield
            except CloudflareError as error:
                # The next caller begins again.
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
    """One reading of a list, perhaps not finished. `number` orders readings and callers."""

    def __init__(self, pages: Iterator[Page], number: int, began: float) -> None:
        self._pages = pages
        self.number = number
        self.began = began
        self._totals: set[int | None] = set()
        self._filled = 0  # pages that are not empty
        self.listed: dict[str, dict[str, Any]] = {}
        self.read = 0  # pages read
        self.left = 1  # pages left, as far as is known
        self.holds = False  # found to be consistent

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
        """Tell whether the reading is consistent: no object was missed between two pages.

        It is if it has as many objects as the list says it has, or, where the list does not say or
        counts wrongly, if it has the same objects as the reading `before`.
        """
        if len(self._totals) > 1:
            return False
        if self._totals == {len(self.listed)} or (self._totals == {None} and self._filled == 1):
            return True
        return before is not None and before.listed.keys() == self.listed.keys()

    def __str__(self) -> str:
        return f"{len(self.listed)} objects, read {READINGS} times"
