"""Strict checks of a request body. Mistakes are collected, and then refused together.

The words are Cloudflare's where they are known ("include field should not be empty"). The others
are not documented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ..world.world import UNDOCUMENTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..world.switches import Switches
    from .exceptions import InvalidBodyError


class Checker:
    """Takes the fields of an object one by one, and refuses the remaining ones."""

    refusal: ClassVar[type[InvalidBodyError]]
    """The error of this part of the API for a wrong body."""

    def __init__(self, body: Any, switches: Switches | None = None) -> None:
        self.mistakes: list[tuple[str, str]] = []
        self.unknown = switches.unknown_fields if switches else "refuse"
        """What happens to unknown fields."""
        self.foreign = switches.foreign_fields if switches else "refuse"
        """What happens to fields that only other types of the object have."""
        if not isinstance(body, dict):
            raise self.refusal(("", "body should be an object"))
        self._left = dict(body)

    def __contains__(self, field: str) -> bool:
        """Tell whether a field is there and has not been taken yet."""
        return field in self._left

    def refuse(self, pointer: str, detail: str) -> None:
        """Note a mistake."""
        self.mistakes.append((pointer, detail))

    def text(self, field: str) -> str:
        """Take a field that must be a string and not empty."""
        value = self._left.pop(field, "")
        if not isinstance(value, str):
            self.refuse(f"/{field}", f"{field} field should be a string")
        elif not value:
            self.refuse(f"/{field}", f"{field} field should not be empty")
        return str(value)

    def flag(self, field: str, *, default: bool = False) -> bool:
        """Take an optional boolean."""
        value = self._left.pop(field, default)
        if not isinstance(value, bool):
            self.refuse(f"/{field}", f"{field} field should be a boolean")
        return bool(value)

    def choice(self, field: str, *choices: str) -> str:
        """Take an optional field that is one of these strings. The first is the default."""
        value = self._left.pop(field, choices[0])
        if value not in choices:
            self.refuse(f"/{field}", f"{field} field should be one of {', '.join(choices)}")
        return str(value)

    def items(self, field: str, *, required: bool) -> list[Any]:
        """Take a list, which must not be empty if it is required."""
        value = self._left.pop(field, [])
        if not isinstance(value, list):
            self.refuse(f"/{field}", f"{field} field should be a list")
            return []
        if required and not value:
            self.refuse(f"/{field}", f"{field} field should not be empty")
        return value

    def take(self, field: str) -> Any:
        """Take a field as it is; None if it is not there."""
        return self._left.pop(field, None)

    def strange(self, pointer: str, left: Mapping[str, Any], of: str = "") -> dict[str, Any]:
        """Return the unknown fields of an object that are to be kept, or refuse them."""
        if self.unknown == "keep":
            return {field: value for field, value in left.items() if field != UNDOCUMENTED}
        if self.unknown == "refuse":
            for field in left:
                # Requests may contain this field of answers.
                if field != UNDOCUMENTED:
                    where = f"{pointer}/{field}"
                    name = f"{of}.{field}" if of else where.removeprefix("/").replace("/", ".")
                    self.refuse(where, f"unknown field {name}")
        return {}

    def drop_foreign(self, fields: Iterable[str]) -> None:
        """Drop remaining fields that only other types have, if these are to be ignored."""
        if self.foreign == "ignore":
            for field in fields:
                self._left.pop(field, None)

    def rest(self) -> dict[str, Any]:
        """Return the remaining fields if they are to be kept, or refuse them."""
        left, self._left = self._left, {}
        return self.strange("", left)

    def done(self) -> None:
        """Raise the refusal if there are any mistakes, remaining fields included."""
        self.rest()
        if self.mistakes:
            raise self.refusal(*self.mistakes)
