"""The time by which the local Cloudflare counts: it passes by itself, and tests can move it."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Clock:
    """Seconds since the start. What is due after a time is due by this clock.

    What answers say of the time moves on with it. Waiting is real and not by this clock: latency,
    slow answers, and drips take their time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moved_on = 0.0
        self._start: float | None = time.monotonic()
        """When it would have been zero; None while it stands."""
        self._stood_at = 0.0

    def now(self) -> float:
        """Return the seconds that have passed, those that it was moved on included."""
        with self._lock:
            return self._now()

    def time(self) -> datetime:
        """Return what time answers say it is: later than it is by what was moved on."""
        with self._lock:
            return datetime.now(UTC) + timedelta(seconds=self._moved_on)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Have what is done meanwhile be done by this clock."""
        before = _serving.set(self)
        try:
            yield
        finally:
            _serving.reset(before)

    def advance(self, seconds: float) -> None:
        """Let so much time have passed; a `ValueError` if it would go back."""
        if seconds < 0:
            raise ValueError(f"a clock cannot go back: {seconds}")
        with self._lock:
            self._moved_on += seconds
            self._stood_at += seconds
            if self._start is not None:
                self._start -= seconds

    def stop(self) -> None:
        """Stand still: from now on only `advance` moves it."""
        with self._lock:
            self._stood_at, self._start = self._now(), None

    def run(self) -> None:
        """Pass by itself again."""
        with self._lock:
            if self._start is None:
                self._start = time.monotonic() - self._stood_at

    @property
    def running(self) -> bool:
        """Whether it passes by itself."""
        return self._start is not None

    def _now(self) -> float:
        return self._stood_at if self._start is None else time.monotonic() - self._start


_serving: ContextVar[Clock] = ContextVar("serving")


def time_now() -> datetime:
    """Return what time it is for whoever is being served."""
    clock = _serving.get(None)
    return clock.time() if clock else datetime.now(UTC)
