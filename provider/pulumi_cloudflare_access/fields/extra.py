"""The argument `extra={…}` of a declaration: moves its entries to the fields that they are for.

`extra` holds fields that this package does not know, and unknown values of known fields. An entry
for a nested object is merged into that object's own `extra`. A value for a known field replaces the
value that the program passes for the field, and is not validated.
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
    """A declaration whose `extra` entries have been moved to the fields that they are for."""

    declared: dict[str, Any]
    trusted: dict[tuple[str, ...], Any] = field(default_factory=dict)
    """Values of known fields that are not validated. The key is the path of the field."""
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def of(
        cls, shape: NestedShape, declared: Mapping[str, Any], above: tuple[str, ...] = ()
    ) -> Spread:
        """Move the entries of `extra`, in this object and in the objects nested inside it.

        `above` is the path of the object inside the declaration.
        """
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
        """Write the unvalidated values into a checked declaration, in place, and return it."""
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
        if _has_new_word(shape, self.declared):
            # A word that is new at Cloudflare may come with fields that are new, too.
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
        """Move one entry of `extra` to the known field that it is for."""
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


def _has_new_word(shape: NestedShape, declared: Mapping[str, Any]) -> bool:
    """Return whether a field of the object holds a word that may be new at Cloudflare."""
    return any(
        isinstance(one.shape, WordShape) and one.shape.is_new(declared.get(name))
        for name, one in shape.fields.items()
    )
