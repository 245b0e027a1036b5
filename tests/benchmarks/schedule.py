"""How long the pace makes 5,000 requests take, in virtual time: the same in every run."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from harness.clock import VirtualTime, shortest
from pulumi_cloudflare_access.api.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUESTS, QUOTA, WORKERS, LATENCY = 5_000, 1_200, 16, 0.15


def schedule() -> Iterator[Figure]:
    """Pace 5,000 requests, and compare with the least that the quota lets them take."""
    time = VirtualTime(threads=WORKERS)
    began = time.now
    with tempfile.TemporaryDirectory() as folder:
        pace = Pace(QUOTA, lambda: Path(folder, "pace"), clock=time.clock)

        def ask(_: int) -> None:
            turn = pace.wait()
            time.sleep(LATENCY)
            pace.answered(turn, {})

        time.run(ask, range(REQUESTS))
    least = shortest(REQUESTS, quota=QUOTA, workers=WORKERS, latency=LATENCY)
    yield Figure("5,000 requests: the least that the rate limit lets them take", least, "s")
    yield Figure("5,000 requests: our schedule", time.now - began, "s")
    ratio = (time.now - began) / least
    yield Figure.at_most("5,000 requests: our schedule, to the least", ratio, "times", 1.03)
