"""Cloudflare's lag: for a few seconds after a write, a read may not see it.

What this process has written, or what the state says was written just now, is not believed to be
gone, or to be as it was before, until it has been asked for again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from ..errors import NotFoundError

T = TypeVar("T")

# Seconds between looks: ten in all.
PAUSES = (0.25, 0.5, 1.0, 2.0, 3.0, 3.25)
# Seconds that a write is recent for: the lag, and what two clocks may differ by.
RECENT = 30.0
# Seconds. Answers to a write and to a read do not round in the same way.
ROUNDING = 1.0
# What Cloudflare calls the moments of its own writes, and of the first one.
CREATED = ("created_at", "created_on")
STAMPS = ("updated_at", "modified_on", "updated_on", *CREATED)


class Writes:
    """What was written when, by Cloudflare's stamps where they are known. Thread-safe."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._stamps: dict[str, datetime] = {}

    def wrote(self, id_: str, answer: Mapping[str, Any]) -> None:
        """Remember a write of this process."""
        self._until[id_] = time.monotonic() + RECENT
        for stamp in _stamps(answer):
            self._stamps[id_] = max(stamp, self._stamps.get(id_, stamp))

    def known(self, id_: str, state: Mapping[str, Any]) -> None:
        """Remember what the state says, if it was written just now, by another process."""
        stamps = list(_stamps(state))
        if stamps and abs((datetime.now(UTC) - max(stamps)).total_seconds()) < RECENT:
            self.wrote(id_, state)

    def deleted(self, id_: str) -> None:
        """Forget what was written: it is gone, and a 404 says so."""
        self._until.pop(id_, None)
        self._stamps.pop(id_, None)

    def is_recent(self, id_: str) -> bool:
        """Tell whether a 404 may yet be Cloudflare's lag."""
        return time.monotonic() < self._until.get(id_, 0.0)

    def is_old(self, id_: str, answer: Mapping[str, Any]) -> bool:
        """Tell whether an answer is older than a write just now."""
        stamp = self._stamps.get(id_)
        if stamp is None or not self.is_recent(id_):
            return False
        return any((stamp - told).total_seconds() > ROUNDING for told in _latest(answer))

    def patiently(
        self, id_: str, ask: Callable[[], dict[str, Any]], sleep: Callable[[float], None]
    ) -> dict[str, Any]:
        """Ask for an object until the answer can be believed, or ten seconds have passed."""
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
    """Return when an object was made, by Cloudflare's clock; None: the answer does not tell."""
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
