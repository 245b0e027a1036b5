"""What a program says of a live object: plain values, references and calls of this package.

Each value is written as Python, by the standard library's own syntax trees, and can be evaluated in
this process: so what a generated program says is checked before it is written.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..access import rules
from ..access.rules import BY_WIRE, RULES, Selector
from ..fields.keyed import Keyed
from ..fields.shapes import (
    EXTRA,
    KeyedShape,
    MapShape,
    NestedShape,
    OneOrManyShape,
    OrderedShape,
    Shape,
    Values,
)
from ..iam import grants, scopes
from ..iam.people import EMAIL, People, PersonShape
from ..iam.scopes import ACCOUNT, EVERYTHING, KEY, ZONE
from ..iam.scopes import Objects as ScopeObjects
from ..program.references import ID, References, in_order

MODULES = {"rules": rules, "grants": grants, "scopes": scopes}
_GRANT = {"access", "permission_groups", "resource_groups"}


@dataclass(frozen=True)
class Ref:
    """A reference to an object, by its id."""

    id: str


@dataclass(frozen=True)
class Call:
    """A call of a function of this package, such as `rules.email`."""

    function: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


# ------------------------------------------------------------------------------ from a live object


def written(shape: Shape, value: Any, account: str) -> Any:  # noqa: PLR0911 - a table of shapes
    """Return what a program writes for a value in the form of the state."""
    match shape:
        case KeyedShape(keyed) if isinstance(value, Mapping):
            return _entries(keyed, value, account)
        case PersonShape():
            return value.get(EMAIL) or value[ID]
        case NestedShape() if isinstance(value, Mapping):
            if _is_scope(shape):
                return _scope(value, account)
            return _object(shape, value, account)
        case OrderedShape(item) if isinstance(value, list):
            return [written(item, one, account) for one in value]
        case OneOrManyShape(item):
            many = isinstance(value, list)
            return (
                [written(item, one, account) for one in value]
                if many
                else written(item, value, account)
            )
        case MapShape(item) if isinstance(value, Mapping):
            return {name: written(item, one, account) for name, one in value.items()}
    return value


def _object(shape: NestedShape, value: Mapping[str, Any], account: str) -> Any:
    found = {
        name: written(shape.fields[name].shape, inner, account)
        for name, inner in value.items()
        if name in shape.fields and name != EXTRA and inner is not None
        if not (shape.fields[name].goes_without_saying(inner) and inner in ([], {}, None))
    }
    if found.keys() == _GRANT:
        on = found["resource_groups"]
        target = on[0] if len(on) == 1 else on
        args = tuple(found["permission_groups"])
        return Call(f"grants.{found['access']}", args, {"on": target})
    return found


def _entries(keyed: Keyed, value: Mapping[str, Any], account: str) -> list[Any]:
    ordered = in_order(value)
    pairs = ordered if "order" in value else sorted(value.items())
    entries = [entry for _, entry in pairs]
    if keyed is RULES:
        return [_rule(entry) for entry in entries]
    if keyed.item is not None:
        return [written(keyed.item, entry, account) for entry in entries]
    if isinstance(keyed, People):
        return [entry.get(EMAIL) or entry[ID] for entry in entries]
    if isinstance(keyed, Values):
        return [keyed.to_wire(entry) for entry in entries]
    if isinstance(keyed, References) or all(isinstance(e, Mapping) and ID in e for e in entries):
        return [_reference(entry) for entry in entries]
    return [keyed.to_wire(entry) for entry in entries]


def _reference(entry: Mapping[str, Any]) -> Any:
    reference = Ref(str(entry[ID]))
    place = entry.get("precedence")
    return reference if place is None else {ID: reference, "precedence": place}


def _is_scope(shape: NestedShape) -> bool:
    inner = shape.fields.get("objects")
    return inner is not None and isinstance(getattr(inner.shape, "keyed", None), ScopeObjects)


def _scope(value: Mapping[str, Any], account: str) -> Call:
    keys = sorted(str(one[KEY]) for one in value["objects"].values())
    own = {"key": value["key"]} if value.get("key") not in {None, f"{ACCOUNT}{account}"} else {}
    zones = [key.removeprefix(ZONE) for key in keys if key.startswith(ZONE)]
    if keys == [EVERYTHING] and not own:
        return Call("scopes.account")
    if len(zones) == len(keys) and not own and all(len(one) == 32 for one in zones):  # noqa: PLR2004 - an id
        return Call("scopes.zones", tuple(map(Ref, zones)))
    return Call("scopes.objects", tuple(keys), own)


def _rule(entry: Any) -> Call:
    held = {name: inner for name, inner in entry.items() if name not in {"of", "raw"}}
    (wire, value), *more = held.items()
    selector = BY_WIRE.get(wire)
    if more or selector is None or entry.get("raw") or not isinstance(value, Mapping):
        return Call("rules.raw", (held,))
    value = {name: inner for name, inner in selector.renamed(value).items() if inner != ""} | {
        f.name: value[f.name] for f in selector.fields if f.required and f.name in value
    }
    if selector.unknown(value):
        return Call("rules.raw", (held,))
    return _said(selector, value)


def _said(selector: Selector, value: Mapping[str, Any]) -> Call:
    """Write a rule as its function has it, whose parameters are the selector's fields."""
    args, kwargs, left = [], {}, dict(value)
    references = {one.name for one in selector.fields if one.labelled}
    for parameter in inspect.signature(getattr(rules, selector.name)).parameters.values():
        if parameter.name == "label":
            continue
        by_name = next((n for n in (parameter.name, f"{parameter.name}_id") if n in left), None)
        required = parameter.default is parameter.empty
        name = by_name or next(
            (f.name for f in selector.fields if f.name in left and required), None
        )
        if name is None:
            continue
        inner = left.pop(name)
        is_reference = name in references and "Reference" in str(parameter.annotation)
        said = Ref(str(inner)) if is_reference else inner
        if parameter.kind is parameter.KEYWORD_ONLY:
            kwargs[parameter.name] = said
        else:
            args.append(said)
    return Call(f"rules.{selector.name}", tuple(args), kwargs)


# ----------------------------------------------------------------------------- into a declaration


def evaluated(value: Any) -> Any:
    """Return what the constructor of a resource gets, every reference as an id."""
    match value:
        case Ref(id_):
            return id_
        case Call(function, args, kwargs):
            module, _, name = function.partition(".")
            call = getattr(MODULES[module], name)
            return call(*map(evaluated, args), **{k: evaluated(v) for k, v in kwargs.items()})
        case Mapping():
            return {key: evaluated(inner) for key, inner in value.items()}
        case list() | tuple():
            return [evaluated(inner) for inner in value]
    return value


def references(value: Any) -> Iterator[str]:
    """Return the ids that a value refers to."""
    match value:
        case Ref(id_):
            yield id_
        case Call(_, args, kwargs):
            for inner in (*args, *kwargs.values()):
                yield from references(inner)
        case Mapping():
            for inner in value.values():
                yield from references(inner)
        case list() | tuple():
            for inner in value:
                yield from references(inner)


# ------------------------------------------------------------------------------------ into Python

Name = Callable[[str], ast.expr]
"""Returns the expression that refers to an id."""


def expression(value: Any, name: Name) -> ast.expr:
    """Return the Python for a value."""
    match value:
        case ast.expr():
            return value
        case Ref(id_):
            return name(id_)
        case Call(function, args, kwargs):
            return call(
                function,
                [expression(inner, name) for inner in args],
                {key: expression(inner, name) for key, inner in kwargs.items()},
            )
        case Mapping():
            keys: list[ast.expr | None] = [ast.Constant(key) for key in value]
            return ast.Dict(keys, [expression(inner, name) for inner in value.values()])
        case list() | tuple():
            return ast.List([expression(inner, name) for inner in value], ast.Load())
    return ast.Constant(value)


def call(function: str, args: list[ast.expr], kwargs: Mapping[str, ast.expr]) -> ast.expr:
    """Return the Python for a call."""
    keywords = [ast.keyword(name, value) for name, value in kwargs.items()]
    return ast.Call(dotted(function), args, keywords)


def dotted(path: str) -> ast.expr:
    """Return the Python for a name with dots."""
    first, *rest = path.split(".")
    node: ast.expr = ast.Name(first, ast.Load())
    for one in rest:
        node = ast.Attribute(node, one, ast.Load())
    return node
