"""Strict reading of a request body: every mistake is noted, then all are refused at once.

The words are Cloudflare's where they are known ("include field should not be empty"); the
others are not documented.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .exceptions import InvalidRequestError


class Checker:
    """Takes the fields of an object one by one, and refuses what is left over."""

    def __init__(self, body: Any) -> None:
        self.mistakes: list[tuple[str, str]] = []
        if not isinstance(body, dict):
            raise InvalidRequestError(("", "body should be an object"))
        self._left = dict(body)

    def refuse(self, pointer: str, detail: str) -> None:
        """Note a mistake."""
        self.mistakes.append((pointer, detail))

    def text(self, field: str) -> str:
        """Return a field that must be a string, and not an empty one."""
        value = self._left.pop(field, "")
        if not isinstance(value, str):
            self.refuse(f"/{field}", f"{field} field should be a string")
        elif not value:
            self.refuse(f"/{field}", f"{field} field should not be empty")
        return str(value)

    def flag(self, field: str) -> bool:
        """Return a field that may be a boolean, and else is false."""
        value = self._left.pop(field, False)
        if not isinstance(value, bool):
            self.refuse(f"/{field}", f"{field} field should be a boolean")
        return bool(value)

    def items(self, field: str, *, required: bool) -> list[Any]:
        """Return a field that may be a list, and must have something in it if required."""
        value = self._left.pop(field, [])
        if not isinstance(value, list):
            self.refuse(f"/{field}", f"{field} field should be a list")
            return []
        if required and not value:
            self.refuse(f"/{field}", f"{field} field should not be empty")
        return value

    def done(self) -> None:
        """Refuse everything that is wrong, fields that nobody took included."""
        for field in self._left:
            self.refuse(f"/{field}", f"unknown field {field}")
        if self.mistakes:
            raise InvalidRequestError(*self.mistakes)


def now() -> str:
    """Return the time as Access writes it: to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
