"""The clock of the local Cloudflare, which tests can advance and stop."""

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
    """Seconds since the start. Rate limits, lags, expirations and faults go by this clock.

    The times in answers advance with it. Waits (latency, slow answers, drips) are in real time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moved_on = 0.0
        self._start: float | None = time.monotonic()
        """The monotonic time at which this clock was at zero; None while it is stopped."""
        self._stood_at = 0.0

    def now(self) -> float:
        """Return the seconds that have passed, including those of `advance`."""
        with self._lock:
            return self._now()

    def time(self) -> datetime:
        """Return the time for answers: the real time plus the seconds of `advance`."""
        with self._lock:
            return datetime.now(UTC) + timedelta(seconds=self._moved_on)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Make `time_now` use this clock inside the block."""
        before = _serving.set(self)
        try:
            yield
        finally:
            _serving.reset(before)

    def advance(self, seconds: float) -> None:
        """Advance the clock. Raises ValueError for negative seconds."""
        if seconds < 0:
            raise ValueError(f"a clock cannot go back: {seconds}")
        with self._lock:
            self._moved_on += seconds
            self._stood_at += seconds
            if self._start is not None:
                self._start -= seconds

    def stop(self) -> None:
        """Stop the clock. From now on, only `advance` moves it."""
        with self._lock:
            self._stood_at, self._start = self._now(), None

    def run(self) -> None:
        """Let the clock run again."""
        with self._lock:
            if self._start is None:
                self._start = time.monotonic() - self._stood_at

    @property
    def running(self) -> bool:
        """Whether the clock runs."""
        return self._start is not None

    def _now(self) -> float:
        return self._stood_at if self._start is None else time.monotonic() - self._start


_serving: ContextVar[Clock] = ContextVar("serving")


def time_now() -> datetime:
    """Return the time by the clock of the request that is being answered."""
    clock = _serving.get(None)
    return clock.time() if clock else datetime.now(UTC)
