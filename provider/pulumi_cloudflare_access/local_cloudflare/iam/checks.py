"""How IAM checks request bodies and writes times."""

from __future__ import annotations

from typing import ClassVar

from ..calls import checks
from ..world.clock import time_now
from .exceptions import InvalidRequestError


class Checker(checks.Checker):
    """Refuses bodies with the errors of IAM."""

    refusal: ClassVar[type[InvalidRequestError]] = InvalidRequestError


def now() -> str:
    """Return the time as in IAM's examples: with four decimals."""
    return f"{time_now():%Y-%m-%dT%H:%M:%S.%f}"[:-2] + "Z"
