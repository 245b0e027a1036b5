"""What `extra={…}` of a declaration says, put where it belongs.

It holds fields that this package does not know, and values of known fields that it does not know.
What it says of a known object goes into that object's own `extra`; a value of a known field takes
the place of what the program says of it, and nobody validates it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .keyed import NOTHING_KNOWN, Mistake
from .shapes import (
    EXTRA,
    MISSING,
    Field,
    KeyedShape,
    NestedShape,
    OneOrManyShape,
    OrderedShape,
    Values,
    WordShape,
)

MADE = "is made by Cloudflare, and no request has it"
_IN_A_LIST = (
    "declare it by its own argument: a field of an entry that this package does not know goes into "
    "the entry's own extra={…}"
)


@dataclass
class Spread:
    """A declaration in which `extra` stands where it belongs."""

    declared: dict[str, Any]
    trusted: dict[tuple[str, ...], Any] = field(default_factory=dict)
    """Values that are taken as they are, by their places."""
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def of(
        cls, shape: NestedShape, declared: Mapping[str, Any], above: tuple[str, ...] = ()
    ) -> Spread:
        """Read the `extra` of an object and of those inside it."""
        spread = cls(dict(declared))
        spread._take(shape, above)
        for name, one in shape.fields.items():
            value = spread.declared.get(name)
            if isinstance(one.shape, NestedShape) and isinstance(value, Mapping):
                inside = cls.of(one.shape, value, (*above, name))
                spread.declared[name] = inside.declared
                spread.trusted |= inside.trusted
                spread.mistakes += inside.mistakes
        return spread

    def with_trusted(self, checked: dict[str, Any]) -> dict[str, Any]:
        """Return what check has made of the declaration, with the values taken as they are."""
        for (*above, name), value in self.trusted.items():
            inner = checked
            for part in above:
                inner[part] = dict(inner.get(part) or {})
                inner = inner[part]
            inner[name] = value
        return checked

    def _take(self, shape: NestedShape, above: tuple[str, ...]) -> None:
        given = self.declared.get(EXTRA)
        if given is not None and not isinstance(given, Mapping):
            return
        self.declared.pop(EXTRA, None)
        left = {}
        if _says_what_is_new(shape, self.declared):
            # What comes with a new word is new, too.
            unknown = [name for name in self.declared if name not in shape.fields]
            left = {name: self.declared.pop(name) for name in unknown}
        for name, value in (given or {}).items():
            one, where = shape.fields.get(name), ".".join((*above, EXTRA, str(name)))
            if name in shape.made or name == EXTRA:
                self.mistakes.append(Mistake(where, MADE))
            elif one is None:
                left[name] = value
            elif value is not None:
                self._put(one, value, (*above, name), where)
        if left:
            self.declared[EXTRA] = left

    def _put(self, one: Field, value: Any, place: tuple[str, ...], where: str) -> None:
        """Put a value of a known field into its place."""
        *_, name = place
        match one.shape:
            case NestedShape() if isinstance(value, Mapping):
                inner = self.declared.get(name)
                inner = inner if isinstance(inner, Mapping) else {}
                had = inner.get(EXTRA)
                more = {**(had if isinstance(had, Mapping) else {}), **value}
                self.declared[name] = {**inner, EXTRA: more}
            case KeyedShape(Values()) if isinstance(value, list):
                self.declared.pop(name, None)
                self.trusted[place] = one.shape.answer(value, MISSING, NOTHING_KNOWN)
            case KeyedShape() | OrderedShape() | OneOrManyShape():
                self.mistakes.append(Mistake(where, _IN_A_LIST))
            case _:
                self.declared.pop(name, None)
                self.trusted[place] = value


def _says_what_is_new(shape: NestedShape, declared: Mapping[str, Any]) -> bool:
    """Return whether one of an object's words is none that this package knows."""
    return any(
        isinstance(one.shape, WordShape) and one.shape.is_new(declared.get(name))
        for name, one in shape.fields.items()
    )
