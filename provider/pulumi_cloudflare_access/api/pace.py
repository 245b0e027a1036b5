"""The pace: never more requests than Cloudflare lets one credential send.

https://developers.cloudflare.com/fundamentals/api/reference/limits/

1,200 requests in any five minutes; whoever sends one more is refused everything for the next five.
So a request waits here until it may be sent, counted over all threads and all processes of this
machine that use the same credential: a log of the requests that still count, in a small file. What
Cloudflare's answers say (`Ratelimit`, `Ratelimit-Policy`, `retry-after`) can only lower the pace.

A request arrives at some moment between its being sent and its being answered, so it counts until
a window after its answer: however slow the network, Cloudflare never sees one too many.

pyrate-limiter (4.4) keeps such a log in SQLite, but counts from the sending, is shared by threads
or by processes and not by both, sleeps on the real clock alone, and heeds nothing that answers say.
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
"""How many requests in how many seconds."""

# Seconds. An answer that takes longer is given up; after that its request has surely arrived.
LONGEST_ANSWER = 60.0
# Seconds; the fraction is what two clocks that NTP keeps right may drift apart in that time.
WINDOW = 300.0
DRIFT = 0.15
# What Cloudflare allows one address, whatever the credential.
PER_ADDRESS: Window = (200, 1.0)
# Seconds. Shorter waits are nobody's business.
WORTH_SAYING = 3.0
# Seconds between looks at the log: an answer may have made room, in this process or another.
LOOK_AGAIN = 1.0
# Seconds. A lock is held for less than a thousandth of this, unless its holder has been stopped.
LONGEST_LOCK = 1.0
# Seconds after which nothing in a file counts any more.
STALE = 86_400.0


def pace_of(settings: Settings, clock: Clock, say: Say, warn: Say) -> Pace:
    """Return the pace of these settings' credential, shared with every process of this machine."""
    quota = settings.quota
    if quota is None:
        return Pace(None, clock=clock, say=say, warn=warn)
    also = () if settings.is_on_this_machine else (PER_ADDRESS,)
    return Pace(quota, lambda: _file_of(settings), also=also, clock=clock, say=say, warn=warn)


class Pace:
    """The requests of one credential. Thread-safe.

    `quota` is how many may be sent in five minutes; None: only a lock-out is waited for. `file`
    says where the log is that other processes share; None: there are no others.
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
        # What Cloudflare has told of windows of its own.
        self._told: list[Window] = []
        self._clock = clock or Clock()
        self._say = say
        self._warn = warn
        self._lock = threading.Lock()
        # Of this process alone, where a file cannot be had.
        self._memory = array("d", [0.0])
        self._announced = 0.0

    def wait(self, check: Callable[[], None] = lambda: None) -> int:
        """Wait until one more request may be sent, and count it.

        Returns its number in the log, for `answered` or `unsent`. Raises what `check` raises: it is
        called as long as there is no room.
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
        """Count a request from now on, when it has surely arrived; heed what its answer says."""
        if not self._quota:
            return
        policy = headers.get("ratelimit-policy")
        if policy is not None:
            self._told = list(_told_windows(policy))
        left = list(_told_remaining(headers.get("ratelimit", "")))
        self._look(lambda log: self._settle(log, number, left))

    def unsent(self, number: int) -> None:
        """Take a request back that never left this machine."""
        if self._quota:
            self._look(lambda log: log.put(number, 0.0))

    def lock_out(self, seconds: float) -> None:
        """Let every process that uses this credential wait, no longer than a window."""
        self._look(lambda log: log.lock_out(log.now + min(seconds, WINDOW)))

    def _take(self, log: _Log) -> tuple[int | None, float]:
        free = log.free([*self._own, *self._told])
        if free > log.now:
            # A request under way counts for longer than its answer will take.
            return None, min(free, log.now + WINDOW + DRIFT)
        return (log.add(log.now + LONGEST_ANSWER + WINDOW + DRIFT) if self._quota else 0), free

    def _settle(self, log: _Log, number: int, left: Iterable[tuple[int, float]]) -> None:
        log.put(number, log.now + WINDOW + DRIFT)
        for remaining, seconds in left:
            # Somebody elsewhere has used what this log takes to be free.
            for _ in range((self._quota or 0) - log.active() - remaining):
                log.add(log.now + min(seconds, WINDOW))

    def _announce(self, until: float, now: float) -> None:
        """Say that all wait and until when: once, not once a thread."""
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
        """Work on the log, which is nobody else's meanwhile."""
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
    """Until when each request counts, in seconds since 1970; first, until when all are refused.

    No entry depends on another, and each is written by itself: a process that is killed in the
    middle of anything leaves a log behind that is right.
    """

    def __init__(self, moments: array[float], now: float, descriptor: int | None = None) -> None:
        self._moments = moments
        self._descriptor = descriptor
        self.now = now
        # In order, and kept so: at 1,200 entries everything else here costs next to nothing.
        self._order = sorted(moments[1:])
        # A clock that was put back, or a file that holds nonsense: nobody waits for years. What is
        # no number makes the sum one too.
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
        """Return how many requests count."""
        return len(self._order) - bisect.bisect_right(self._order, self.now)

    def free(self, windows: Iterable[Window]) -> float:
        """Say when there is room for one more request in every window, and no lock-out."""
        active = self.active()
        rooms = [
            self._order[-requests] - (WINDOW - seconds)
            for requests, seconds in windows
            if active >= requests
        ]
        return max(self.locked_out_until, 0.0, *rooms)

    def add(self, until: float) -> int:
        """Count one more request; return its number."""
        free = self._order and self._order[0] <= self.now
        number = self._moments.index(self._order[0], 1) if free else len(self._moments)
        self.put(number, until)
        return number

    def put(self, number: int, until: float) -> None:
        """Say until when a request counts."""
        if number < len(self._moments):
            del self._order[bisect.bisect_left(self._order, self._moments[number])]
            self._moments[number] = until
        else:
            # The next one, unless somebody has removed the file meanwhile.
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
# What some systems have, others need, and the rest do without.
NEITHER_LINK_NOR_TEXT = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def _file_of(settings: Settings) -> Path:
    """Return the file of these settings' credential. Its name is a hash, and tells nothing."""
    credential = settings.api_token or f"{settings.email} {settings.api_key}"
    named = f"{urlsplit(settings.base_url).netloc} {credential}"
    digest = hmac.new(machine_key(), named.encode(), hashlib.sha256).hexdigest()
    return cache_folder("pace") / f"{digest[:16]}.pace"


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[int]:
    """Open and lock. Opened anew each time: a fork, or a file removed meanwhile, does no harm."""
    # The system gives the lock back when its holder is killed; one that is stopped keeps it.
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
    """Remove the files of tokens that are not used any more."""
    for file in [*folder.glob("*.pace"), *folder.glob("*.lock")]:
        with contextlib.suppress(OSError):
            if time.time() - file.stat().st_mtime > STALE:
                file.unlink()


# ------------------------------------------------------------------------------------- what is told

# Longer numbers are no numbers of requests or seconds.
PARAMETER = re.compile(r";\s*([a-z]+)\s*=\s*(\d{1,9})(?!\d)")


def _told_windows(policy: str) -> Iterator[Window]:
    """Read `Ratelimit-Policy: "burst";q=100;w=60`: quotas, and their windows in seconds."""
    for item in policy.split(","):
        told = dict(PARAMETER.findall(item))
        if "q" in told and "w" in told and 0 < int(told["w"]) <= WINDOW:
            yield max(1, int(told["q"])), float(told["w"])


def _told_remaining(limit: str) -> Iterator[tuple[int, float]]:
    """Read `Ratelimit: "default";r=50;t=30`: requests that remain, for so many seconds."""
    for item in limit.split(","):
        told = dict(PARAMETER.findall(item))
        if "r" in told and "t" in told:
            yield int(told["r"]), float(told["t"])
