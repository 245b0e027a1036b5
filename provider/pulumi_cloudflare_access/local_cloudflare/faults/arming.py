"""The faults that are armed, which requests they strike, and the record of those that struck."""

from __future__ import annotations

import itertools
import random
import re
import threading
from typing import TYPE_CHECKING, Any, Self

from .fault import Fault, Hold, Refuse, When

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..world.clock import Clock

_ROUTE = re.compile(r"(\*|[A-Z]+(?:,[A-Z]+)*) +(/\S*|\*\*)")
_READS = {"GET", "HEAD", "OPTIONS"}


class Route:
    """A pattern for requests: `POST /accounts/*/access/groups`.

    The path is the part after `/client/v4`, without a query. `*` is one segment, and `**` any
    number of segments. The method is one, or several as in `PUT,DELETE`, or `*` for all.
    """

    def __init__(self, text: str) -> None:
        matched = _ROUTE.fullmatch(text)
        if matched is None:
            raise ValueError(f"{text!r} is no route, such as 'POST /accounts/*/access/groups'")
        self.text = text
        verbs, path = matched.groups()
        self._verbs = None if verbs == "*" else set(verbs.split(","))
        wild = {"*": "[^/]+", "**": ".*"}
        parts = re.split(r"(\*\*|\*)", path)
        self._path = re.compile("".join(wild.get(part) or re.escape(part) for part in parts))

    def matches(self, method: str, path: str) -> bool:
        """Tell whether a request matches."""
        in_verbs = self._verbs is None or method in self._verbs
        return in_verbs and self._path.fullmatch(path) is not None


class Armed:
    """An armed fault. As a context manager, it is lifted at the end."""

    def __init__(self, faults: Faults, number: int, route: Route, fault: Fault, when: When) -> None:
        self.id = number
        self.route = route.text
        self.fault = fault
        self.when = when
        self._faults = faults
        self._route = route
        self._random = random.Random(when.seed)  # noqa: S311  (nothing here is a secret)
        self._ends = None if when.lasting is None else faults.clock.now() + when.lasting
        self._matched = 0
        self._held: list[Strike] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.lift()

    def __str__(self) -> str:
        return " ".join(filter(None, [self.route, str(self.fault), str(self.when)]))

    @property
    def fired(self) -> list[dict[str, Any]]:
        """The requests that it struck, oldest first: `id`, `fault`, `method`, `path`, `nth`."""
        return [entry for entry in self._faults.all_fired() if entry["id"] == self.id]

    @property
    def held(self) -> int:
        """The number of requests that it holds."""
        with self._faults.changed:
            return len(self._held)

    def wait(self, times: int = 1, *, timeout: float = 60) -> None:
        """Wait until it has struck that many times. Requests to be held are held by then.

        `timeout` is in real seconds. Raises TimeoutError.
        """
        with self._faults.changed:
            if not self._faults.changed.wait_for(lambda: len(self.fired) >= times, timeout):
                raise TimeoutError(f"{self} struck {len(self.fired)} times in {timeout} seconds")

    def release(self) -> None:
        """Let the held requests go on. Later requests are held again."""
        self._let_go(dropped=False)

    def drop(self) -> None:
        """Close the connections of the held requests. Those held "before" are never carried out."""
        self._let_go(dropped=True)

    def lift(self) -> None:
        """Disarm it, and let the held requests go on. The record of strikes stays."""
        self._faults.remove(self)
        self.release()

    def meets(self, method: str, path: str) -> int | None:
        """Count a request, and return its number if the fault strikes it, else None."""
        reads = method in _READS
        if self.fault.strikes == ("writes" if reads else "reads"):
            return None
        if not self._route.matches(method, path):
            return None
        if self._ends is not None and self._faults.clock.now() >= self._ends:
            return None
        self._matched += 1
        return self._matched if self._is_turn() else None

    def _is_turn(self) -> bool:
        when = self.when
        first = when.nth or 1
        # `nth` alone means that one request only.
        last = first + when.times - 1 if when.times else when.nth
        if self._matched < first or (last and self._matched > last):
            return False
        return when.probability is None or self._random.random() < when.probability

    def hold(self, strike: Strike, seconds: float | None) -> None:
        """Hold a request until it is released. Raises ConnectionAbortedError if it is dropped."""
        faults = self._faults
        with faults.changed:
            self._held.append(strike)
            strike.record()
            faults.changed.wait_for(lambda: strike not in self._held or faults.closing(), seconds)
            if strike.dropped or faults.closing():
                raise ConnectionAbortedError("dropped while it was held")
            if strike in self._held:
                self._held.remove(strike)

    def _let_go(self, *, dropped: bool) -> None:
        with self._faults.changed:
            for strike in self._held:
                strike.dropped = dropped
            self._held.clear()
            self._faults.changed.notify_all()


class Strike:
    """One request that a fault strikes."""

    def __init__(self, armed: Armed, faults: Faults, *, method: str, path: str, nth: int) -> None:
        self.armed = armed
        self.fault = armed.fault
        self.method = method
        self.path = path
        self.dropped = False
        self._nth = nth
        self._faults = faults

    def record(self, method: str = "", path: str = "") -> None:
        """Record the strike, for this request or for the given one."""
        entry = {
            "id": self.armed.id,
            "fault": str(self.fault),
            "method": method or self.method,
            "path": path or self.path,
            "nth": self._nth,
        }
        with self._faults.changed:
            self._faults.fired.append(entry)
            self._faults.changed.notify_all()

    def hold(self, seconds: float | None = None) -> None:
        """Hold the request until the test releases it, or for that many seconds."""
        self.armed.hold(self, seconds)


class Faults:
    """The faults of one local Cloudflare."""

    def __init__(self, clock: Clock, closing: Callable[[], bool]) -> None:
        self.clock = clock
        self.closing = closing
        self.changed = threading.Condition(threading.RLock())
        self.fired: list[dict[str, Any]] = []
        self.armed: list[Armed] = []
        self._numbers = itertools.count(1)

    def arm(self, route: str, fault: Fault, when: When) -> Armed:
        """Arm a fault. Raises ValueError for an invalid route."""
        with self.changed:
            armed = Armed(self, next(self._numbers), Route(route), fault, when)
            # A new list, because `meet` reads it without the lock.
            self.armed = [*self.armed, armed]
        return armed

    def meet(self, method: str, path: str, *, at_proxy: bool) -> Strike | None:
        """Return the strike on a request, or None. Of several faults, the first one strikes."""
        if not self.armed:
            return None
        with self.changed:
            met: Strike | None = None
            for armed in self.armed:
                if armed.fault.by_proxy is not at_proxy:
                    continue
                nth = armed.meets(method, path)
                if nth is not None and met is None:
                    met = Strike(armed, self, method=method, path=path, nth=nth)
            # Faults that hold a request record the strike once they hold it.
            if met is not None and not isinstance(met.fault, Hold | Refuse):
                met.record()
            return met

    def all_fired(self) -> list[dict[str, Any]]:
        """Return all strikes so far."""
        with self.changed:
            return list(self.fired)

    def remove(self, armed: Armed) -> None:
        """Disarm a fault, if it is still armed."""
        with self.changed:
            self.armed = [other for other in self.armed if other is not armed]

    def find(self, number: str) -> Armed:
        """Return the armed fault with this id. Raises LookupError if there is none."""
        for armed in self.armed:
            if str(armed.id) == number:
                return armed
        raise LookupError(f"no fault {number} is armed")

    def lift(self) -> None:
        """Disarm all faults, and let the held requests go on."""
        for armed in self.armed:
            armed.lift()

    def reset(self) -> None:
        """Disarm all faults, drop the held requests, and clear the record of strikes."""
        with self.changed:
            for armed in self.armed:
                armed.drop()
            self.armed = []
            self.fired.clear()

    def wake(self) -> None:
        """Wake the held requests, so that they notice that the server is closing."""
        with self.changed:
            self.changed.notify_all()
