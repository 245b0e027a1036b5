"""The rate limit: requests wait here so that one credential never exceeds Cloudflare's limit.

https://developers.cloudflare.com/fundamentals/api/reference/limits/

The limit is 1,200 requests in any five minutes. After one request too many, Cloudflare refuses all
requests for five minutes (a lock-out). So a request waits here until it may be sent. Requests are
counted over all threads and processes of this machine that use the same credential, in a log in a
small file. What answers say (`Ratelimit`, `Ratelimit-Policy`, `retry-after`) can only lower the
pace.

A request reaches Cloudflare at some time between its sending and its answer. So it counts until one
window after its answer: however slow the network is, Cloudflare never sees one request too many.

pyrate-limiter (4.4) keeps such a log in SQLite, but it counts from the sending, is shared between
threads or processes but not both, sleeps on the real clock only, and ignores what answers say.
"""

from __future__ import annotations

import bisect
import contextlib
import functools
import hashlib
import hmac
import math
import os
import re
import struct
import threading
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from ..settings import Settings
from .clock import Clock
from .machine import cache_folder, machine_key

T = TypeVar("T")
Say = Callable[[str], None]
Window = tuple[int, float]
"""A number of requests, and the seconds within which they may be sent."""

# Seconds. The time-out of an answer. By then, its request has surely arrived.
LONGEST_ANSWER = 60.0
# Seconds. DRIFT is how far two clocks that NTP keeps right may drift apart in one window.
WINDOW = 300.0
DRIFT = 0.15
# Cloudflare's limit for one IP address, whatever the credential.
PER_ADDRESS: Window = (200, 1.0)
# Seconds. Shorter waits are not reported.
WORTH_SAYING = 3.0
# Seconds between looks at the log: an answer may have made room, here or in another process.
LOOK_AGAIN = 1.0
# Seconds to wait for the file's lock. It is held for less than a thousandth of this, unless the
# process that holds it is suspended.
LONGEST_LOCK = 1.0
# Seconds after which a file is removed: nothing in it counts any more.
STALE = 86_400.0


def pace_of(settings: Settings, clock: Clock, say: Say, warn: Say) -> Pace:
    """Return the rate limit of a credential, shared with all processes of this machine."""
    quota = settings.quota
    if quota is None:
        return Pace(None, clock=clock, say=say, warn=warn)
    also = () if settings.is_on_this_machine else (PER_ADDRESS,)
    return Pace(quota, lambda: _file_of(settings), also=also, clock=clock, say=say, warn=warn)


class Pace:
    """The rate limit of one credential. Thread-safe.

    `quota` is the number of requests in five minutes; with None, requests only wait for lock-outs.
    `file` returns the log that other processes share; None if there are none. `also` are further
    windows to keep. `say` shows that requests wait, and `warn` shows warnings.
    """

    def __init__(
        self,
        quota: int | None,
        file: Callable[[], Path] | None = None,
        *,
        also: Iterable[Window] = (),
        clock: Clock | None = None,
        say: Say = lambda _: None,
        warn: Say = lambda _: None,
    ) -> None:
        self._quota = quota
        self._file = file and functools.cache(file)
        self._own = [(quota, WINDOW), *also] if quota else []
        # The windows in the last answer's `Ratelimit-Policy`.
        self._told: list[Window] = []
        self._clock = clock or Clock()
        self._say = say
        self._warn = warn
        self._lock = threading.Lock()
        # The log of this process alone, if no file can be used.
        self._memory = array("d", [0.0])
        self._announced = 0.0

    def wait(self, check: Callable[[], None] = lambda: None) -> int:
        """Wait until one more request may be sent, and count it.

        Returns its number in the log, for `answered` or `unsent`. `check` is called again and again
        while it waits; what it raises ends the wait.
        """
        while True:
            number, until = self._look(self._take)
            if number is not None:
                return number
            check()
            now = self._clock.now()
            self._announce(until, now)
            self._clock.sleep(max(0.0, min(until - now, LOOK_AGAIN)))

    def answered(self, number: int, headers: Mapping[str, str]) -> None:
        """Let the window of a request begin now, and take in the answer's rate limit headers."""
        if not self._quota:
            return
        policy = headers.get("ratelimit-policy")
        if policy is not None:
            self._told = list(_told_windows(policy))
        left = list(_told_remaining(headers.get("ratelimit", "")))
        self._look(lambda log: self._settle(log, number, left))

    def unsent(self, number: int) -> None:
        """Remove a request that never left this machine from the log."""
        if self._quota:
            self._look(lambda log: log.put(number, 0.0))

    def lock_out(self, seconds: float) -> None:
        """Make all processes with this credential wait for `seconds`, one window at most."""
        self._look(lambda log: log.lock_out(log.now + min(seconds, WINDOW)))

    def _take(self, log: _Log) -> tuple[int | None, float]:
        free = log.free([*self._own, *self._told])
        if free > log.now:
            # Requests under way are logged as if their answers took the longest time.
            return None, min(free, log.now + WINDOW + DRIFT)
        return (log.add(log.now + LONGEST_ANSWER + WINDOW + DRIFT) if self._quota else 0), free

    def _settle(self, log: _Log, number: int, left: Iterable[tuple[int, float]]) -> None:
        log.put(number, log.now + WINDOW + DRIFT)
        for remaining, seconds in left:
            # Another machine has used requests that this log counts as free.
            for _ in range((self._quota or 0) - log.active() - remaining):
                log.add(log.now + min(seconds, WINDOW))

    def _announce(self, until: float, now: float) -> None:
        """Report the wait, once for all threads."""
        with self._lock:
            if until - now < WORTH_SAYING or until < self._announced + WORTH_SAYING:
                return
            self._announced = until
        when = f"until {datetime.fromtimestamp(until).astimezone():%H:%M:%S}"
        if self._look(lambda log: log.locked_out_until > log.now):
            self._warn(
                f"Cloudflare refuses whatever this token asks for {when}: its rate limit was "
                "exceeded. Every run on this machine waits, then goes on. If other machines or "
                "other tokens of the same user are at work, give each run its share with "
                "cloudflare-access:requestsPer5Minutes"
            )
        else:
            self._say(
                f"waiting {when} for Cloudflare's rate limit: {self._quota:,} in five minutes, "
                "over all requests with this token"
            )

    def _look(self, work: Callable[[_Log], T]) -> T:
        """Call `work` with the log, locked against other threads and processes."""
        with self._lock:
            if self._file:
                try:
                    with _opened(file := self._file()) as descriptor:
                        moments = _read(file, descriptor)
                        return work(_Log(moments, self._clock.now(), descriptor))
                except OSError as error:
                    self._file = None
                    self._warn(
                        f"the user's cache folder cannot be used ({error.strerror}): other runs on "
                        "this machine with the same token are not counted towards its rate limit"
                    )
            return work(_Log(self._memory, self._clock.now()))


class _Log:
    """The log: for each request, until when it counts, in seconds since 1970.

    Entry 0 is the end of the lock-out. Entries are independent and are written one by one, so that
    a process that is killed at any moment leaves a correct log behind.
    """

    def __init__(self, moments: array[float], now: float, descriptor: int | None = None) -> None:
        self._moments = moments
        self._descriptor = descriptor
        self.now = now
        # Sorted once and kept sorted: sorting is the only costly step at 1,200 entries.
        self._order = sorted(moments[1:])
        # After a clock was put back, or with a damaged file, nobody must wait for years. (A NaN
        # makes the sum a NaN.)
        latest = now + LONGEST_ANSWER + WINDOW + DRIFT
        if not (max([moments[0], *self._order[-1:]]) <= latest and math.isfinite(sum(moments))):
            for number, moment in enumerate(moments):
                self._moments[number] = moment if moment <= latest else now + WINDOW
                self._write(number)
            self._order = sorted(moments[1:])

    @property
    def locked_out_until(self) -> float:
        return self._moments[0]

    def lock_out(self, until: float) -> None:
        self._moments[0] = max(self._moments[0], until)
        self._write(0)

    def active(self) -> int:
        """Return the number of requests that count now."""
        return len(self._order) - bisect.bisect_right(self._order, self.now)

    def free(self, windows: Iterable[Window]) -> float:
        """Return when every window has room for one more request and no lock-out is on."""
        active = self.active()
        rooms = [
            self._order[-requests] - (WINDOW - seconds)
            for requests, seconds in windows
            if active >= requests
        ]
        return max(self.locked_out_until, 0.0, *rooms)

    def add(self, until: float) -> int:
        """Count one more request, and return its number."""
        free = self._order and self._order[0] <= self.now
        number = self._moments.index(self._order[0], 1) if free else len(self._moments)
        self.put(number, until)
        return number

    def put(self, number: int, until: float) -> None:
        """Set until when a request counts."""
        if number < len(self._moments):
            del self._order[bisect.bisect_left(self._order, self._moments[number])]
            self._moments[number] = until
        else:
            # The next entry. (Its number is too large if the file was removed in the meantime.)
            number = len(self._moments)
            self._moments.append(until)
        bisect.insort(self._order, until)
        self._write(number)

    def _write(self, number: int) -> None:
        if self._descriptor is not None:
            at = len(MAGIC) + number * ENTRY.size
            _write(self._descriptor, at, ENTRY.pack(self._moments[number]))


# ----------------------------------------------------------------------------------------- the file

MAGIC = b"pace 01\n"
ENTRY = struct.Struct("=d")
# Bytes: more entries than anyone's quota.
LARGEST = 1 << 20
# Flags of os.open that exist on some systems only.
NEITHER_LINK_NOR_TEXT = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def _file_of(settings: Settings) -> Path:
    """Return the log file of a credential. Its name is a hash that reveals nothing."""
    credential = settings.api_token or f"{settings.email} {settings.api_key}"
    named = f"{urlsplit(settings.base_url).netloc} {credential}"
    digest = hmac.new(machine_key(), named.encode(), hashlib.sha256).hexdigest()
    return cache_folder("pace") / f"{digest[:16]}.pace"


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[int]:
    """Open and lock the file, anew each time: a fork or a removed file then does no harm."""
    # The system releases the lock of a killed process, but not of a suspended one: hence the
    # time-out, after which the file is used without the lock.
    lock = FileLock(file.with_suffix(".lock"), mode=0o600)
    with contextlib.suppress(Timeout):
        lock.acquire(LONGEST_LOCK, poll_interval=0.0005)
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | NEITHER_LINK_NOR_TEXT, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
    finally:
        lock.release()


def _read(file: Path, descriptor: int) -> array[float]:
    content = os.read(descriptor, LARGEST)
    if not content:
        _tidy(file.parent)
    if not content.startswith(MAGIC):
        os.ftruncate(descriptor, 0)
        _write(descriptor, 0, MAGIC)
    entries = content[len(MAGIC) :] if content.startswith(MAGIC) else b""
    moments = array("d", entries[: len(entries) // ENTRY.size * ENTRY.size])
    return moments or array("d", [0.0])


def _write(descriptor: int, at: int, content: bytes) -> None:
    os.lseek(descriptor, at, os.SEEK_SET)
    os.write(descriptor, content)


def _tidy(folder: Path) -> None:
    """Remove the files of credentials that are not used any more."""
    for file in [*folder.glob("*.pace"), *folder.glob("*.lock")]:
        with contextlib.suppress(OSError):
            if time.time() - file.stat().st_mtime > STALE:
                file.unlink()


# -------------------------------------------------------------------------------------- the headers

# Numbers with more than nine digits are ignored: they cannot be requests or seconds.
PARAMETER = re.compile(r";\s*([a-z]+)\s*=\s*(\d{1,9})(?!\d)")


def _told_windows(policy: str) -> Iterator[Window]:
    """Parse `Ratelimit-Policy: "burst";q=100;w=60`: quotas, and their windows in seconds."""
    for item in policy.split(","):
        told = dict(PARAMETER.findall(item))
        if "q" in told and "w" in told and 0 < int(told["w"]) <= WINDOW:
            yield max(1, int(told["q"])), float(told["w"])


def _told_remaining(limit: str) -> Iterator[tuple[int, float]]:
    """Parse `Ratelimit: "default";r=50;t=30`: remaining requests, and for how many seconds."""
    for item in limit.split(","):
        told = dict(PARAMETER.findall(item))
        if "r" in told and "t" in told:
            yield int(told["r"]), float(told["t"])
