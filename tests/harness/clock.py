"""Time that passes only when everybody waits, so that hours are tested in a moment."""

from __future__ import annotations

import heapq
import itertools
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from pulumi_cloudflare_access.api.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

A = TypeVar("A")


class VirtualTime:
    """A clock for so many threads: once all of them sleep, it goes on to the first one's waking.

    They wake one at a time, in order: what they do is the same in every run. Other clocks `follow`
    this one: they are told how many seconds have passed.
    """

    def __init__(
        self,
        threads: int = 1,
        now: float = 1_000_000.0,
        follow: Callable[[float], object] = lambda _: None,
    ) -> None:
        self.now = now
        self._follow = follow
        self.slept: list[float] = []
        self.clock = Clock(now=lambda: self.now, ticks=lambda: self.now, sleep=self.sleep)
        self._threads = self._awake = threads
        self._asleep: list[tuple[float, int, threading.Event]] = []
        self._number = itertools.count()
        self._lock = threading.Lock()

    def sleep(self, seconds: float) -> None:
        """Wait until the others have waited as long."""
        woken = threading.Event()
        with self._lock:
            self.slept.append(seconds)
            heapq.heappush(self._asleep, (self.now + seconds, next(self._number), woken))
            self._awake -= 1
            self._go_on()
        woken.wait()

    def _go_on(self) -> None:
        if self._awake == 0 and self._asleep:
            when, _, woken = heapq.heappop(self._asleep)
            passed = max(0.0, when - self.now)
            self.now += passed
            self._follow(passed)
            self._awake += 1
            woken.set()

    def run(self, work: Callable[[A], object], items: Iterable[A]) -> None:
        """Work on the items in all threads."""
        todo = iter(list(items))

        def worker() -> None:
            try:
                # All begin asleep, and so one after the other.
                self.sleep(0.0)
                for item in todo:
                    work(item)
            finally:
                with self._lock:
                    self._awake -= 1
                    self._go_on()

        with ThreadPoolExecutor(self._threads) as pool:
            for done in [pool.submit(worker) for _ in range(self._threads)]:
                done.result()


def shortest(requests: int, *, quota: int, workers: int, latency: float) -> float:
    """Return the least seconds that so many requests take, with a quota for any five minutes."""
    windows = (requests - 1) // quota
    return windows * 300.0 + math.ceil((requests - quota * windows) / workers) * latency
