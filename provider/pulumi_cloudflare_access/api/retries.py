"""When to ask again, and when to give up.

Only what does no harm twice is asked again once a byte of it was sent. A 429 promises that nothing
was done: it is waited out for every verb, once. A 409 is an answer. Waits are drawn from all of a
growing span (full jitter), so that runs that failed together do not come back together.

tenacity's `stop_after_delay` reads the real clock, and time spent waiting for the rate limit must
not count: a loop of our own.
"""

from __future__ import annotations

import random

from ..errors import (
    ApiError,
    CloudflareError,
    EndedError,
    LostAnswerError,
    NoAnswerError,
    RateLimitError,
    UnreachableError,
    UnusableAnswerError,
)
from .clock import Clock

# Seconds: the first wait at most, and the longest.
FIRST_WAIT, LONGEST_WAIT = 0.5, 8.0
# Seconds from the first failure: what passes (Cloudflare restarts something, a connection breaks),
# and what may never (no network, somebody's log-in page in the place of the API).
PATIENCE, SHORT_PATIENCE = 60.0, 15.0

TOO_SLOW, TOO_MANY, SERVERS_FAULT = 408, 429, 500
REDIRECTS = range(300, 400)
# A gateway's, and Cloudflare's own for a server behind it.
TIME_OUTS = frozenset({504, 524})


class Tries:
    """The attempts at one request.

    `deadline` is in seconds, over all of them and what was `spent` before; an `idempotent` request
    may be sent again whatever became of the last attempt; one that reads leaves nothing behind that
    may have been done.
    """

    def __init__(
        self, clock: Clock, deadline: float, spent: float, *, idempotent: bool, reading: bool
    ) -> None:
        self._clock = clock
        self._deadline = deadline
        self._spent = spent
        self._idempotent = idempotent
        self._reading = reading
        self._began = clock.ticks()
        self._failed_at: float | None = None
        self._locked_out = False
        self.count = 0
        self.may_be_done = False
        """An attempt has failed, and may have done what was asked for all the same."""

    def took(self) -> float:
        """Return the seconds that have been spent, waits for the rate limit apart."""
        return self._clock.ticks() - self._began

    def left(self) -> float:
        """Return the seconds until the deadline."""
        return self._deadline - self._spent - self.took()

    def begin(self, *, waited: float) -> None:
        """Count one more, and leave the wait for the rate limit before it out of all times."""
        self.count += 1
        self._began += waited
        if self._failed_at is not None:
            self._failed_at += waited

    def again(self, error: CloudflareError) -> None:
        """Wait for the next attempt, or raise what there is to say at the end."""
        may_be_done = leaves_open(error) and not self._reading
        self.may_be_done |= may_be_done
        lost = may_be_done and not self._idempotent
        wait = None if lost else self._wait(error)
        if wait is not None and wait < self.left():
            self._clock.sleep(wait)
            return
        in_time = wait is None and self.left() > 0
        broken = isinstance(error, UnreachableError) and not error.late
        last = LostAnswerError(str(error), under_way=not broken) if lost else error
        last.tried = self._report(open_=may_be_done, in_time=in_time)
        last.may_be_done = self.may_be_done
        raise last from None

    def _wait(self, error: CloudflareError) -> float | None:
        """Return the seconds to wait before the next attempt; None: there is none."""
        told = error.retry_after if isinstance(error, ApiError) else None
        if told is not None and isinstance(error, RateLimitError):
            # All threads and processes wait for that, before they send anything. Once: after that,
            # somebody else uses up what there is.
            first, self._locked_out = not self._locked_out, True
            return 0.0 if first else None
        now = self._clock.ticks()
        self._failed_at = now if self._failed_at is None else self._failed_at
        span = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (self.count - 1))
        wait = random.uniform(0.0, span)  # noqa: S311 - no secret
        wait = max(wait, min(told or 0.0, LONGEST_WAIT))
        return wait if now + wait < self._failed_at + _patience(error) else None

    def _report(self, *, open_: bool, in_time: bool) -> str:
        """Say what is not known, what was tried, how often and how long."""
        told = ""
        if open_:
            told = ": it may or may not have been done"
        elif self.may_be_done:
            told = "; an earlier attempt may have done it"
        if self.count > 1 or not in_time:
            times = "once" if self.count == 1 else f"{self.count} times"
            told += f"; tried {times} in {self.took():.1f} s"
        if not in_time:
            told += f", then cloudflare-access:deadline ({self._deadline:g} s) was over"
        return told


def _patience(error: CloudflareError) -> float:
    """Return the seconds from the first failure in which this one is worth another attempt."""
    if isinstance(error, UnreachableError):
        if isinstance(error, EndedError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return 0.0
        return PATIENCE if error.sent else SHORT_PATIENCE
    status = error.status if isinstance(error, (ApiError, UnusableAnswerError)) else 0
    if isinstance(error, ApiError) and status == SERVERS_FAULT:
        # What Cloudflare itself calls an internal error may be a wrong id in a rule.
        return SHORT_PATIENCE
    if status >= SERVERS_FAULT or status in {TOO_SLOW, TOO_MANY}:
        return PATIENCE
    if isinstance(error, UnusableAnswerError) and status not in REDIRECTS:
        return SHORT_PATIENCE
    return 0.0


def took_too_long(error: CloudflareError) -> bool:
    """Tell whether there was no whole answer in time, as this machine or a gateway found."""
    if isinstance(error, (ApiError, UnusableAnswerError)):
        return error.status in TIME_OUTS
    return isinstance(error, UnreachableError) and error.late


def leaves_open(error: CloudflareError) -> bool:
    """Tell whether what was asked for may have been done all the same."""
    if isinstance(error, UnreachableError):
        return error.sent
    if isinstance(error, ApiError):
        return error.status == TOO_SLOW or error.status >= SERVERS_FAULT
    return isinstance(error, NoAnswerError)
