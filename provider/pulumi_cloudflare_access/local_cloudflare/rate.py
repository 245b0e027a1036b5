"""How much of the rate limit is left: 1200 requests in any five minutes, for each credential.

Counted and told in every answer, not enforced yet.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

QUOTA = 1200
WINDOW = 300.0


class RateLimit:
    """A sliding window for each caller."""

    def __init__(self) -> None:
        self._times: defaultdict[Hashable, deque[float]] = defaultdict(deque)

    def headers(self, caller: Hashable) -> dict[str, str]:
        """Count one request, and say what is left and when the next one comes back."""
        now = time.monotonic()
        times = self._times[caller]
        times.append(now)
        while times[0] <= now - WINDOW:
            times.popleft()
        remaining = max(0, QUOTA - len(times))
        reset = math.ceil(times[0] + WINDOW - now)
        return {
            "Ratelimit": f'"default";r={remaining};t={reset}',
            "Ratelimit-Policy": f'"default";q={QUOTA};w={WINDOW:.0f}',
        }
