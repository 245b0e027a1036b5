"""Whether a value is of a type, as a type checker would have it: down to the last key."""

from __future__ import annotations

import collections.abc
import typing
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from pulumi_cloudflare_access import types
from pulumi_cloudflare_access.program.references import Found, KeyOrValueIsWrong

# What annotations name that `types.py` does not hold, and what an Input may be besides.
NAMES = {**vars(types), "types": types, "pulumi": pulumi, "Literal": typing.Literal, "Any": Any}
NAMES |= {name: getattr(collections.abc, name) for name in ("Mapping", "Sequence", "Awaitable")}
NAMES["Reference"] = str | pulumi.CustomResource | Found
# Of types that are known by now, unlike the strings that `|` would have.
_ATTACHED = (NAMES["Reference"], types.AttachedPolicy, types.Unchecked)
NAMES["Attached"] = typing.Union[_ATTACHED]  # noqa: UP007 - as above


# No plain value is one of these.
LATER = {pulumi.Output, collections.abc.Awaitable, pulumi.CustomResource, Found}


def misfits(value: Any, type_: str, path: str = "") -> list[str]:
    """Say what in a value is not as a type, written as in an annotation, has it."""
    return [*_misfits(value, eval(type_, NAMES), path)]  # noqa: S307 - our own annotations


def _misfits(  # noqa: C901, PLR0912 - a table of forms
    value: Any, hint: Any, path: str
) -> Iterator[str]:
    if isinstance(hint, str):
        hint = eval(hint, NAMES)  # noqa: S307 - likewise
    if isinstance(hint, typing.ForwardRef) and hint.__forward_arg__.startswith("Output["):
        # In the definition of pulumi.Input.
        hint = pulumi.Output
    if isinstance(hint, typing.ForwardRef):
        hint = eval(hint.__forward_arg__, NAMES)  # noqa: S307 - likewise
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return
    if origin in {typing.Required, typing.NotRequired}:
        yield from _misfits(value, inner[0], path)
    elif typing.is_typeddict(hint):
        yield from _of_object(value, hint, path)
    elif origin is typing.Union or type(hint).__name__ == "UnionType":
        yield from _of_one(value, inner, path)
    elif origin is typing.Literal:
        if value not in inner:
            yield f"{path}: {value!r} is none of {inner}"
    elif origin is collections.abc.Mapping:
        if not isinstance(value, Mapping) or inner[1] is KeyOrValueIsWrong:
            yield f"{path}: no map that is checked"
        else:
            for key, one in value.items():
                yield from _misfits(one, inner[1], f"{path}[{key}]")
    elif origin is collections.abc.Sequence:
        if not isinstance(value, (list, tuple)):
            yield f"{path}: no list"
        else:
            for n, one in enumerate(value):
                yield from _misfits(one, inner[0], f"{path}[{n}]")
    elif origin in LATER or hint in LATER:
        yield f"{path}: no {hint}"
    elif not _is_a(value, hint):
        yield f"{path}: {value!r} is no {hint}"


def _is_a(value: Any, hint: type[Any] | None) -> bool:
    if hint is None or hint is type(None):
        return value is None
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return type(value) is hint


def _of_object(value: Any, hint: Any, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{path}: no object"
        return
    hints = {
        field: eval(one.__forward_arg__, NAMES)  # noqa: S307 - as above
        if isinstance(one, typing.ForwardRef)
        else one
        for field, one in hint.__annotations__.items()
    }
    for name, one in value.items():
        if name not in hints:
            yield f"{path}.{name}: is not a key of {hint.__name__}"
        else:
            yield from _misfits(one, hints[name], f"{path}.{name}")
    required = {n for n, h in hints.items() if typing.get_origin(h) is typing.Required}
    for name in sorted(required - value.keys()):
        yield f"{path}.{name}: is missing in {hint.__name__}"


def _of_one(value: Any, hints: tuple[Any, ...], path: str) -> Iterator[str]:
    """Fit one of several; of those that do not, tell of the one that comes nearest."""
    told = [[*_misfits(value, hint, path)] for hint in hints]
    if all(told):
        # What goes wrong deepest inside is what was meant.
        yield from max(told, key=lambda found: max(len(one.partition(": ")[0]) for one in found))
