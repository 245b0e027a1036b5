"""Strict reading of a request body: every mistake is noted, then all are refused at once.

The words are Cloudflare's where they are known ("include field should not be empty"); the
others are not documented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ..world.world import UNDOCUMENTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..world.switches import Switches
    from .exceptions import InvalidBodyError


class Checker:
    """Takes the fields of an object one by one, and refuses what is left over."""

    refusal: ClassVar[type[InvalidBodyError]]
    """How this part of the API says that a body is wrong."""

    def __init__(self, body: Any, switches: Switches | None = None) -> None:
        self.mistakes: list[tuple[str, str]] = []
        self.unknown = switches.unknown_fields if switches else "refuse"
        """What becomes of fields that nobody knows."""
        self.foreign = switches.foreign_fields if switches else "refuse"
        """What becomes of fields that other types of the object have."""
        if not isinstance(body, dict):
            raise self.refusal(("", "body should be an object"))
        self._left = dict(body)

    def __contains__(self, field: str) -> bool:
        """Tell whether a field is there that nobody took yet."""
        return field in self._left

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

    def flag(self, field: str, *, default: bool = False) -> bool:
        """Return a field that may be a boolean, and else is the default."""
        value = self._left.pop(field, default)
        if not isinstance(value, bool):
            self.refuse(f"/{field}", f"{field} field should be a boolean")
        return bool(value)

    def choice(self, field: str, *choices: str) -> str:
        """Return a field that may be one of these strings, and else is the first of them."""
        value = self._left.pop(field, choices[0])
        if value not in choices:
            self.refuse(f"/{field}", f"{field} field should be one of {', '.join(choices)}")
        return str(value)

    def items(self, field: str, *, required: bool) -> list[Any]:
        """Return a field that may be a list, and must have something in it if required."""
        value = self._left.pop(field, [])
        if not isinstance(value, list):
            self.refuse(f"/{field}", f"{field} field should be a list")
            return []
        if required and not value:
            self.refuse(f"/{field}", f"{field} field should not be empty")
        return value

    def take(self, field: str) -> Any:
        """Return a field as it is, or None."""
        return self._left.pop(field, None)

    def strange(self, pointer: str, left: Mapping[str, Any], of: str = "") -> dict[str, Any]:
        """Return those fields of an object that nobody knows and that are to be kept."""
        if self.unknown == "keep":
            return {field: value for field, value in left.items() if field != UNDOCUMENTED}
        if self.unknown == "refuse":
            for field in left:
                # What answers have, a request may have too.
                if field != UNDOCUMENTED:
                    where = f"{pointer}/{field}"
                    name = f"{of}.{field}" if of else where.removeprefix("/").replace("/", ".")
                    self.refuse(where, f"unknown field {name}")
        return {}

    def drop_foreign(self, fields: Iterable[str]) -> None:
        """Drop those of the fields that are left: another type has them, and they are ignored."""
        if self.foreign == "ignore":
            for field in fields:
                self._left.pop(field, None)

    def rest(self) -> dict[str, Any]:
        """Return the fields that nobody took, if they are to be kept."""
        left, self._left = self._left, {}
        return self.strange("", left)

    def done(self) -> None:
        """Refuse everything that is wrong, fields that nobody took included."""
        self.rest()
        if self.mistakes:
            raise self.refusal(*self.mistakes)
