"""The clock and how to wait, as a value, so that tests can run on virtual time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime


@dataclass(frozen=True)
class Clock:
    """A clock: `now` in seconds since 1970, `ticks` in monotonic seconds, and a way to wait."""

    now: Callable[[], float] = time.time
    ticks: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Skew:
    """By how many seconds Cloudflare's clock is ahead of this machine's. Thread-safe.

    The `Date` header of an answer is exact to the second. Each answer narrows the estimate down.
    """

    def __init__(self) -> None:
        self._least, self._most = float("-inf"), float("inf")
        self._lock = threading.Lock()

    def told(self, date: str | None, sent: float, received: float) -> None:
        """Take in the `Date` header of one answer.

        `sent` and `received` are this machine's times of the request and the answer, in seconds
        since 1970. A header that is missing or unreadable is ignored.
        """
        try:
            second = parsedate_to_datetime(date or "").timestamp()
        except ValueError:
            return
        least, most = second - received, second + 1.0 - sent
        with self._lock:
            self._least, self._most = max(self._least, least), min(self._most, most)
            if self._least > self._most:
                # One of the two clocks was set in the meantime: start again.
                self._least, self._most = least, most

    @property
    def seconds(self) -> float | None:
        """The best estimate, or None before the first answer."""
        with self._lock:
            known = self._most < float("inf")
            return (self._least + self._most) / 2 if known else None
