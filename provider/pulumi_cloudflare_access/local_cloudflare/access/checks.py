"""How Access reads a request body, and writes the time."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from ..calls import checks
from ..world.clock import time_now
from .exceptions import InvalidRequestError


class Checker(checks.Checker):
    """Refuses what is wrong as Access does."""

    refusal: ClassVar[type[InvalidRequestError]] = InvalidRequestError

    def hand_to(self, other: Checker, pointer: str) -> None:
        """Give every mistake to the checker of a body that this one is a part of."""
        self.rest()
        for where, detail in self.mistakes:
            other.refuse(f"{pointer}{where}", detail)


def now(later: timedelta = timedelta()) -> str:
    """Return the time, or a later one, as Access writes it: to the second."""
    return (time_now() + later).strftime("%Y-%m-%dT%H:%M:%SZ")
