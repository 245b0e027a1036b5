"""What time it is and how to wait, so that tests can have a time of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime


@dataclass(frozen=True)
class Clock:
    """Seconds since 1970 (`now`), seconds that are never put back (`ticks`), and a way to wait."""

    now: Callable[[], float] = time.time
    ticks: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Skew:
    """How many seconds Cloudflare's clock is ahead of this machine's. Thread-safe.

    Answers tell the second that they were written in, so each narrows it down.
    """

    def __init__(self) -> None:
        self._least, self._most = float("-inf"), float("inf")
        self._lock = threading.Lock()

    def told(self, date: str | None, sent: float, received: float) -> None:
        """Heed the `Date` of an answer, and when by this machine's clock it was on its way."""
        try:
            second = parsedate_to_datetime(date or "").timestamp()
        except ValueError:
            return
        least, most = second - received, second + 1.0 - sent
        with self._lock:
            self._least, self._most = max(self._least, least), min(self._most, most)
            if self._least > self._most:
                # One of the clocks has been set.
                self._least, self._most = least, most

    @property
    def seconds(self) -> float | None:
        """The middle of what it can be; None: no answer has told."""
        with self._lock:
            known = self._most < float("inf")
            return (self._least + self._most) / 2 if known else None
