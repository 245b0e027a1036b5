"""When to send a request again, and when to give up.

Once a byte was sent, only idempotent requests are sent again. A 429 promises that nothing was done:
every request waits for its end, once. A 409 is final. Waits are random within a growing span (full
jitter), so that runs that failed together do not retry together.

tenacity is not used: its `stop_after_delay` reads the real clock, and waits for the rate limit must
not count.
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

# Seconds: the longest first wait, and the longest wait of all.
FIRST_WAIT, LONGEST_WAIT = 0.5, 8.0
# Seconds of retries after the first failure: for failures that usually pass (Cloudflare restarts a
# server, a connection breaks), and for those that may not (no network, a log-in page in place of
# the API).
PATIENCE, SHORT_PATIENCE = 60.0, 15.0

TOO_SLOW, TOO_MANY, SERVERS_FAULT = 408, 429, 500
REDIRECTS = range(300, 400)
# A gateway's time-out, and Cloudflare's own for a server behind it.
TIME_OUTS = frozenset({504, 524})


class Tries:
    """The attempts at one request.

    `deadline` is the time for all attempts, in seconds, of which the operation has `spent` some on
    earlier requests. `idempotent`: the request may be sent again whatever became of the last
    attempt. `reading`: the request changes nothing.
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
        """An attempt failed, but Cloudflare may have carried it out."""

    def took(self) -> float:
        """Return the seconds spent so far, without waits for the rate limit."""
        return self._clock.ticks() - self._began

    def left(self) -> float:
        """Return the seconds until the deadline."""
        return self._deadline - self._spent - self.took()

    def begin(self, *, waited: float) -> None:
        """Count one more attempt. The seconds `waited` for the rate limit are excluded."""
        self.count += 1
        self._began += waited
        if self._failed_at is not None:
            self._failed_at += waited

    def again(self, error: CloudflareError) -> None:
        """Wait until the next attempt is due, or raise the final error."""
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
        """Return the seconds to wait before the next attempt, or None if there is no other."""
        told = error.retry_after if isinstance(error, ApiError) else None
        if told is not None and isinstance(error, RateLimitError):
            # The rate limit makes all threads and processes wait for that time. Once: a second 429
            # means that somebody else uses up the limit.
            first, self._locked_out = not self._locked_out, True
            return 0.0 if first else None
        now = self._clock.ticks()
        self._failed_at = now if self._failed_at is None else self._failed_at
        span = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (self.count - 1))
        wait = random.uniform(0.0, span)  # noqa: S311 - no secret
        wait = max(wait, min(told or 0.0, LONGEST_WAIT))
        return wait if now + wait < self._failed_at + _patience(error) else None

    def _report(self, *, open_: bool, in_time: bool) -> str:
        """Return the end of the message: whether it may have been done, the attempts, the time."""
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
    """Return for how many seconds after the first failure this error is worth a retry."""
    if isinstance(error, UnreachableError):
        if isinstance(error, EndedError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return 0.0
        return PATIENCE if error.sent else SHORT_PATIENCE
    status = error.status if isinstance(error, (ApiError, UnusableAnswerError)) else 0
    if isinstance(error, ApiError) and status == SERVERS_FAULT:
        # Cloudflare answers 500 for some mistakes of the caller, such as a wrong id in a rule.
        return SHORT_PATIENCE
    if status >= SERVERS_FAULT or status in {TOO_SLOW, TOO_MANY}:
        return PATIENCE
    if isinstance(error, UnusableAnswerError) and status not in REDIRECTS:
        return SHORT_PATIENCE
    return 0.0


def took_too_long(error: CloudflareError) -> bool:
    """Tell whether the request timed out, here or at a gateway."""
    if isinstance(error, (ApiError, UnusableAnswerError)):
        return error.status in TIME_OUTS
    return isinstance(error, UnreachableError) and error.late


def leaves_open(error: CloudflareError) -> bool:
    """Tell whether Cloudflare may have carried the request out in spite of the error."""
    if isinstance(error, UnreachableError):
        return error.sent
    if isinstance(error, ApiError):
        return error.status == TOO_SLOW or error.status >= SERVERS_FAULT
    return isinstance(error, NoAnswerError)
