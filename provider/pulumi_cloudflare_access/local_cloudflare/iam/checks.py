"""How IAM reads a request body, and writes the time."""

from __future__ import annotations

from typing import ClassVar

from ..calls import checks
from ..world.clock import time_now
from .exceptions import InvalidRequestError


class Checker(checks.Checker):
    """Refuses what is wrong as IAM does."""

    refusal: ClassVar[type[InvalidRequestError]] = InvalidRequestError


def now() -> str:
    """Return the time as the examples of IAM have it: with four decimals."""
    return f"{time_now():%Y-%m-%dT%H:%M:%S.%f}"[:-2] + "Z"
