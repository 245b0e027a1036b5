"""How IAM reads a request body, and writes the time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from .. import checks
from .exceptions import InvalidRequestError


class Checker(checks.Checker):
    """Refuses what is wrong as IAM does."""

    refusal: ClassVar[type[InvalidRequestError]] = InvalidRequestError


def now() -> str:
    """Return the time as the examples of IAM have it: with four decimals."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-2] + "Z"
