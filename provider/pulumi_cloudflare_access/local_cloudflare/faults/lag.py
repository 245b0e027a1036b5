"""The lag: reads that do not see a write yet."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..world.clock import Clock
    from ..world.world import World
    from .arming import Strike


@dataclass(frozen=True, kw_only=True)
class _Write:
    """A write that some reads do not see yet."""

    strike: Strike
    collection: str
    item: str
    world: World
    """The world before the write."""
    until: float

    def hides_from(self, path: str) -> bool:
        """Tell whether reads of a path do not see it yet."""
        return path in (self.collection, self.item) or path.startswith(f"{self.item}/")


class Lags:
    """The writes that lag, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._writes: list[_Write] = []

    def begin(
        self, strike: Strike, seconds: float, *, path: str, result: Any, before: World
    ) -> None:
        """Hide a write from reads for that many seconds."""
        created = strike.method == "POST" and isinstance(result, dict) and "id" in result
        item = f"{path}/{result['id']}" if created else path
        self._writes.append(
            _Write(
                strike=strike,
                collection=item.rpartition("/")[0],
                item=item,
                world=before,
                until=self._clock.now() + seconds,
            )
        )

    def world(self, method: str, path: str) -> World | None:
        """Return the older world that a read sees, or None if it sees the current one."""
        if not self._writes or method != "GET":
            return None
        now = self._clock.now()
        self._writes = [write for write in self._writes if write.until > now]
        for write in self._writes:
            if write.hides_from(path):
                write.strike.record(method=method, path=path)
                return write.world
        return None

    def clear(self) -> None:
        """Let reads see every write."""
        self._writes.clear()


def snapshot(world: World) -> World:
    """Return a copy of the world. It shares the clock and the switches."""
    shared = (world.clock, world.switches)
    return copy.deepcopy(world, {id(part): part for part in shared})
