"""Types of values: how they are checked, in which form they are stored, how answers show them.

Tables of fields are made of these. Lists come back in any order unless their order matters.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from ..world.world import World
    from .checks import Checker

MASK = "********"
"""The text in place of a secret in answers. How Cloudflare masks is not documented."""

_ABSENT: Any = object()


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Accepts any value."""

    default: Any = None
    """The stored and answered value of a field that was not sent."""

    seen_omitted: bool = False
    """Live answers leave the field out if it is false or empty."""

    def keep(self, check: Checker, pointer: str, value: Any) -> Any:
        """Return a value in its stored form. Mistakes are left in the checker."""
        del check, pointer
        return value

    def show(self, world: World, value: Any) -> Any:
        """Return a stored value in the form of answers."""
        del world
        return value


@dataclass(frozen=True, kw_only=True)
class Flag(Shape):
    """A boolean."""

    def keep(self, check: Checker, pointer: str, value: Any) -> Any:
        """Return the boolean."""
        if not isinstance(value, bool):
            _refuse(check, pointer, "should be a boolean")
        return value


@dataclass(frozen=True, kw_only=True)
class Number(Shape):
    """A number between `least` and `most`. It must be an integer if `whole`."""

    least: int | None = None
    most: int | None = None
    whole: bool = True

    def keep(self, check: Checker, pointer: str, value: Any) -> Any:
        """Return the number."""
        kinds = int if self.whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            _refuse(check, pointer, "should be an integer" if self.whole else "should be a number")
        elif self.least is not None and value < self.least:
            _refuse(check, pointer, f"should be at least {self.least}")
        elif self.most is not None and value > self.most:
            _refuse(check, pointer, f"should be at most {self.most}")
        return value


@dataclass(frozen=True, kw_only=True)
class Text(Shape):
    """A string that is not empty."""

    canonical: Callable[[str], str] = str
    """Returns the stored form, or raises ValueError with the API's words."""

    secret: Literal["client_secret", "scim_secrets"] | None = None
    """For a secret: the switch that says how it comes back."""

    empty: bool | None = None
    """Whether an optional text may be empty; None: it may if it has no canonical form."""

    @property
    def may_be_empty(self) -> bool:
        """Whether it may be empty, if the field is optional."""
        has_form = self.canonical is not str or self.secret is not None
        return not has_form if self.empty is None else self.empty

    def keep(self, check: Checker, pointer: str, value: Any) -> Any:
        """Return the string in its canonical form."""
        if not isinstance(value, str):
            _refuse(check, pointer, "should be a string")
        elif not value:
            _refuse(check, pointer, "should not be empty")
        elif self.secret and value == MASK:
            _refuse(check, pointer, "should not be a masked value")
        else:
            try:
                return self.canonical(value)
            except ValueError as error:
                _refuse(check, pointer, str(error))
        return value

    def show(self, world: World, value: Any) -> Any:
        """Return the string, unless it is a secret."""
        if not self.secret:
            return value
        return MASK if getattr(world.switches, self.secret) == "masked" else _ABSENT


@dataclass(frozen=True)
class Choice(Shape):
    """One of a few strings."""

    choices: tuple[str, ...]

    def keep(self, check: Checker, pointer: str, value: Any) -> Any:
        """Return the string."""
        if value not in self.choices:
            _refuse(check, pointer, f"should be one of {', '.join(self.choices)}")
        return value


@dataclass(frozen=True)
class ListOf(Shape):
    """A list of one kind of value."""

    item: Shape
    ordered: bool = field(default=False, kw_only=True)
    """The order matters and is kept."""
    alphabetical: bool = field(default=False, kw_only=True)
    """Answers have the items in alphabetical order."""

    def keep(self, check: Checker, pointer: str, value: Any) -> Any:
        """Return the list of stored items."""
        if not isinstance(value, list):
            _refuse(check, pointer, "should be a list")
            return value
        return [
            self.item.keep(check, f"{pointer}/{index}", item) for index, item in enumerate(value)
        ]

    def show(self, world: World, value: Any) -> Any:
        """Return the items, in any order unless the order matters or is alphabetical."""
        if self.alphabetical:
            items = sorted(value)
        else:
            items = value if self.ordered else world.in_any_order(value)
        return [self.item.show(world, item) for item in items]


@dataclass(frozen=True)
class MapOf(Shape):
    """An object with free keys."""

    item: Shape

    def keep(self, check: Checker, pointer: str, value: Any) -> Any:
        """Return the map of stored items."""
        if not isinstance(value, dict):
            _refuse(check, pointer, "should be an object")
            return value
        return {key: self.item.keep(check, f"{pointer}/{key}", item) for key, item in value.items()}

    def show(self, world: World, value: Any) -> Any:
        """Return the items."""
        return {key: self.item.show(world, item) for key, item in value.items()}


@dataclass(frozen=True)
class Object(Shape):
    """An object with these fields and no others. A question mark: the field is optional."""

    fields: Mapping[str, Shape]
    rule: Callable[[Mapping[str, Any]], str | None] = field(
        default=lambda _: None, kw_only=True, repr=False
    )
    """Returns what is wrong with the fields together, or None."""
    missing: str = field(default="{where} field should not be empty", kw_only=True)
    """Cloudflare's words for a missing field. `where` is its path, `name` only its name."""

    def keep(self, check: Checker, pointer: str, value: Any) -> Any:
        """Return the stored fields, with defaults filled in."""
        if not isinstance(value, dict):
            _refuse(check, pointer, "should be an object")
            return value
        left = dict(value)
        kept = {}
        for name, shape in self.fields.items():
            key = name.rstrip("?")
            may_be_empty = isinstance(shape, Text) and shape.may_be_empty
            if name.endswith("?") and may_be_empty and left.get(key) == "":
                kept[key] = left.pop(key)
            elif key in left:
                kept[key] = shape.keep(check, f"{pointer}/{key}", left.pop(key))
            elif shape.default is not None:
                kept[key] = copy.deepcopy(shape.default)
            elif not name.endswith("?"):
                where = f"{pointer}/{key}"
                check.refuse(where, self.missing.format(where=_words(where), name=key))
        kept |= check.strange(pointer, left)
        if wrong := self.rule(kept):
            check.refuse(pointer, wrong)
        return kept

    @property
    def names(self) -> set[str]:
        """The names of the fields."""
        return {name.rstrip("?") for name in self.fields}

    def take(self, check: Checker) -> dict[str, Any]:
        """Return the stored fields of a whole body. Unknown fields stay in the checker."""
        names = [name.rstrip("?") for name in self.fields]
        kept: dict[str, Any] = self.keep(
            check, "", {name: check.take(name) for name in names if name in check}
        )
        return kept

    def show(self, world: World, value: Any) -> Any:
        """Return the fields in the form of answers, perhaps with one that nobody sent."""
        shapes = {name.rstrip("?"): shape for name, shape in self.fields.items()}
        # Unknown fields are answered as they were sent.
        shown = {k: shapes[k].show(world, v) if k in shapes else v for k, v in value.items()}
        shown = {key: item for key, item in shown.items() if item is not _ABSENT}
        defaults = {key: shape.default for key, shape in shapes.items()}
        seen_omitted = {key for key, shape in shapes.items() if shape.seen_omitted}
        return world.with_more(world.without_empty(shown, defaults, seen_omitted))


@dataclass(frozen=True)
class Tagged(Shape):
    """One of several objects. The field `tag` says which one."""

    tag: str
    objects: Mapping[str, Object]
    otherwise: str | None = field(default=None, kw_only=True)
    """The tag of an object without that field."""

    def keep(self, check: Checker, pointer: str, value: Any) -> Any:
        """Return the stored object, with its tag."""
        if not isinstance(value, dict):
            _refuse(check, pointer, "should be an object")
            return value
        left = dict(value)
        tag = left.pop(self.tag, self.otherwise)
        if not isinstance(tag, str) or tag not in self.objects:
            _refuse(check, f"{pointer}/{self.tag}", f"should be one of {', '.join(self.objects)}")
            return value
        if check.foreign == "ignore":
            of_others = {name for other in self.objects.values() for name in other.names}
            left = {k: v for k, v in left.items() if k not in of_others - self.objects[tag].names}
        return {self.tag: tag} | self.objects[tag].keep(check, pointer, left)

    def show(self, world: World, value: Any) -> Any:
        """Return the object in the form of answers, with its tag."""
        left = dict(value)
        tag = left.pop(self.tag)
        return {self.tag: tag} | self.objects[tag].show(world, left)


@dataclass(frozen=True)
class OneOrMany(Shape):
    """A value, or a list of such values whose order matters."""

    item: Shape

    def keep(self, check: Checker, pointer: str, value: Any) -> Any:
        """Return the value or the list."""
        return self._one_or_many(value).keep(check, pointer, value)

    def show(self, world: World, value: Any) -> Any:
        """Return the value or the list."""
        return self._one_or_many(value).show(world, value)

    def _one_or_many(self, value: Any) -> Shape:
        return ListOf(self.item, ordered=True) if isinstance(value, list) else self.item


_SECONDS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "\u03bcs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
}
# Unicode has two micro signs that look the same. Go accepts both.
_UNIT = "ns|us|µs|\u03bcs|ms|s|m|h"
_NUMBER = r"(?:\d+\.?\d*|\.\d+)"


def duration(
    *, units: str = _UNIT, least: str | None = None, most: str | None = None
) -> Callable[[str], str]:
    """Return a function that checks durations such as `300ms` or `2h45m`, as Go parses them.

    `units` are alternatives for a pattern; `least` and `most` are durations.
    """
    pattern = re.compile(rf"0|\+?({_NUMBER}({units}))+", re.ASCII)

    def canonical(value: str) -> str:
        if not pattern.fullmatch(value):
            known = ", ".join(unit for unit in units.split("|") if unit != "\u03bcs")
            raise ValueError(f"should be a duration like 2h45m, in {known}")
        if least and seconds(value) < seconds(least):
            raise ValueError(f"should be at least {least}")
        if most and seconds(value) > seconds(most):
            raise ValueError(f"should be at most {most}")
        return value

    return canonical


def seconds(value: str) -> float:
    """Return the seconds of a duration."""
    parts = re.findall(rf"({_NUMBER})({_UNIT}|d)", value)
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _refuse(check: Checker, pointer: str, wrong: str) -> None:
    check.refuse(pointer, f"{_words(pointer)} field {wrong}")


def _words(pointer: str) -> str:
    return pointer.removeprefix("/").replace("/", ".")
