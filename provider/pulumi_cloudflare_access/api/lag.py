"""Cloudflare's lag: for a few seconds after a write, a read may not see it.

If this process or the state knows of a recent write to an object, an answer that says the object is
gone, or that is older than the write, is not believed at once: the object is read again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from ..errors import NotFoundError

T = TypeVar("T")

# Seconds between reads: ten in all.
PAUSES = (0.25, 0.5, 1.0, 2.0, 3.0, 3.25)
# Seconds for which a write counts as recent: the lag, and the difference between two clocks.
RECENT = 30.0
# Seconds. The answers to a write and to a read round their time stamps differently.
ROUNDING = 1.0
# Cloudflare's fields for the times of the creation and of the last change.
CREATED = ("created_at", "created_on")
STAMPS = ("updated_at", "modified_on", "updated_on", *CREATED)


class Writes:
    """Recent writes: which objects, and Cloudflare's time stamps of them. Thread-safe."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._stamps: dict[str, datetime] = {}

    def wrote(self, id_: str, answer: Mapping[str, Any]) -> None:
        """Remember a write by this process, with the time stamps in its answer."""
        self._until[id_] = time.monotonic() + RECENT
        for stamp in _stamps(answer):
            self._stamps[id_] = max(stamp, self._stamps.get(id_, stamp))

    def known(self, id_: str, state: Mapping[str, Any]) -> None:
        """Remember a recent write by another process, if the state's time stamps show one."""
        stamps = list(_stamps(state))
        if stamps and abs((datetime.now(UTC) - max(stamps)).total_seconds()) < RECENT:
            self.wrote(id_, state)

    def deleted(self, id_: str) -> None:
        """Forget the writes to an object that was deleted: a 404 is right from now on."""
        self._until.pop(id_, None)
        self._stamps.pop(id_, None)

    def is_recent(self, id_: str) -> bool:
        """Tell whether the object was written so recently that a 404 may be lag."""
        return time.monotonic() < self._until.get(id_, 0.0)

    def is_old(self, id_: str, answer: Mapping[str, Any]) -> bool:
        """Tell whether an answer is older than a recent write."""
        stamp = self._stamps.get(id_)
        if stamp is None or not self.is_recent(id_):
            return False
        return any((stamp - told).total_seconds() > ROUNDING for told in _latest(answer))

    def patiently(
        self, id_: str, ask: Callable[[], dict[str, Any]], sleep: Callable[[float], None]
    ) -> dict[str, Any]:
        """Read an object until the answer shows its last write, for ten seconds at most.

        `ask` sends the request. Returns or raises as its last call does.
        """
        for pause in PAUSES:
            try:
                answer = ask()
            except NotFoundError:
                if not self.is_recent(id_):
                    raise
            else:
                if not self.is_old(id_, answer):
                    return answer
            sleep(pause)
        return ask()


def created_at(answer: Mapping[str, Any]) -> float | None:
    """Return when an object was created, in seconds since 1970, by Cloudflare's clock.

    None if the answer has no such time stamp.
    """
    return min((stamp.timestamp() for stamp in _stamps(answer, CREATED)), default=None)


def _stamps(props: Mapping[str, Any], names: Iterable[str] = STAMPS) -> Iterator[datetime]:
    for name in names:
        try:
            stamp = datetime.fromisoformat(str(props.get(name)))
        except ValueError:
            continue
        yield stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)


def _latest(props: Mapping[str, Any]) -> Iterable[datetime]:
    return sorted(_stamps(props))[-1:]
