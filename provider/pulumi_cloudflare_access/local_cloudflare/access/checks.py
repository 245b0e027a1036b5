"""How Access checks request bodies and writes times."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from ..calls import checks
from ..world.clock import time_now
from .exceptions import InvalidRequestError


class Checker(checks.Checker):
    """Refuses bodies with the errors of Access."""

    refusal: ClassVar[type[InvalidRequestError]] = InvalidRequestError

    def hand_to(self, other: Checker, pointer: str) -> None:
        """Pass every mistake to the checker of the body that contains this one."""
        self.rest()
        for where, detail in self.mistakes:
            other.refuse(f"{pointer}{where}", detail)


def now(later: timedelta = timedelta()) -> str:
    """Return the time, or a time `later`, as Access writes it: to the second."""
    return (time_now() + later).strftime("%Y-%m-%dT%H:%M:%SZ")
