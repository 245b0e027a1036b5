"""The rate limit: 1200 requests in any five minutes for each user, and the lock-out above it.

https://developers.cloudflare.com/fundamentals/api/reference/limits/

Every answer has the count in its headers. The limit is only enforced with the switch `strict`.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from ..world.clock import Clock

WINDOW = 300.0
LOCK_OUT = 300.0


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """The allowance of a user after a request has been counted."""

    quota: int
    remaining: int
    reset: int
    """Seconds until more requests are allowed."""
    refused: bool = False

    def headers(self) -> dict[str, str]:
        """Return the headers of the answer, with `Retry-After` if the request is refused."""
        told = {
            "Ratelimit": f'"default";r={self.remaining};t={self.reset}',
            "Ratelimit-Policy": f'"default";q={self.quota};w={WINDOW:.0f}',
        }
        return told | {"Retry-After": str(self.reset)} if self.refused else told


@dataclass
class _Record:
    times: deque[float] = field(default_factory=deque)
    locked_until: float = -math.inf


class RateLimit:
    """A sliding window for each user, and a lock-out for users who exceed it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._users: defaultdict[Hashable, _Record] = defaultdict(_Record)

    def count(self, user: Hashable, quota: int, *, strict: bool) -> Allowance:
        """Count one request. If `strict`, one too many locks the user out for five minutes."""
        now = self._clock.now()
        record = self._users[user]
        times = record.times
        while times and times[0] <= now - WINDOW:
            times.popleft()
        if strict and now >= record.locked_until and len(times) >= quota:
            record.locked_until = now + LOCK_OUT
        if strict and now < record.locked_until:
            wait = math.ceil(record.locked_until - now)
            return Allowance(quota=quota, remaining=0, reset=wait, refused=True)
        times.append(now)
        return Allowance(
            quota=quota,
            remaining=max(0, quota - len(times)),
            reset=math.ceil(times[0] + WINDOW - now),
        )

    def reset(self) -> None:
        """Clear all counts."""
        self._users.clear()
