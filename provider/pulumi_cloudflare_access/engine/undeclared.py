"""What an object has that its program does not declare: noted, and told before it is replaced.

A field that a program declares for the first time replaces what somebody may have set. So outputs
hold what the last create, update or refresh has seen of the fields that nobody declares, and a
preview says what of it a declaration replaces. What no preview can have shown is not replaced.

The note is one text in JSON, encrypted by the engine: names of other objects, and fields that were
secret before they were given up, are in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..fields.keyed import Reading
from ..fields.shapes import (
    MISSING,
    SILENT,
    Field,
    KeyedShape,
    NestedShape,
    OneOrManyShape,
    OrderedShape,
    Shape,
    paired,
)
from ..process import plugin

NOTE = "__undeclared"


def written(rest: Mapping[str, Any]) -> dict[str, Any]:
    """Write the note, an output of its own. There is none where there is nothing to note."""
    return {NOTE: plugin.secret(json.dumps(rest, sort_keys=True))} if rest else {}


def noted(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Read the note of earlier outputs."""
    text = plugin.plain(outputs.get(NOTE))
    found = json.loads(text) if isinstance(text, str) else {}
    return found if isinstance(found, dict) else {}


# --------------------------------------------------------------------------------- what is there


def rest(shape: Shape, there: Any, declared: Any, reading: Reading) -> Any:
    """Read what an answer has that the declaration has not, in the form of the state.

    What goes without saying is left out. MISSING: there is nothing.
    """
    found: dict[str, Any] = {}
    match shape:
        case NestedShape() if isinstance(there, Mapping):
            known = declared if isinstance(declared, Mapping) else {}
            for name, field in shape.fields.items():
                if name in known or not shape.compares(field):
                    found[name] = _rest_of(field, there, known.get(name, MISSING), reading)
        case KeyedShape() if shape.keyed.item and isinstance(there, list):
            entries = _entries(declared)
            for place, key in paired(shape.keyed.item, entries, there, reading).items():
                found[key] = rest(shape.keyed.item, there[place], entries[key], reading)
        case OrderedShape(item) if isinstance(there, list) and isinstance(declared, list):
            numbered = dict(enumerate(declared))
            for place, number in paired(item, numbered, there, reading).items():
                found[str(number)] = rest(item, there[place], declared[number], reading)
        case OneOrManyShape(one) if there is not None:
            return rest(OrderedShape(one), _list(there), _list(declared), reading)
        case _:
            return MISSING
    return {name: left for name, left in found.items() if left is not MISSING} or MISSING


def _rest_of(field: Field, there: Mapping[str, Any], declared: Any, reading: Reading) -> Any:
    if field.not_sent or field.unanswered:
        return MISSING
    if declared is not MISSING:
        return rest(field.shape, there.get(field.name), declared, reading)
    if field.always_managed:
        return MISSING
    found = field.answer(there, MISSING, reading)
    is_said = found is not MISSING and found is not SILENT
    return found if is_said and not field.goes_without_saying(found) else MISSING


def _entries(declared: Any) -> dict[str, Any]:
    """Return the entries of a map that check has made, without the line of their order."""
    if not isinstance(declared, Mapping):
        return {}
    return {key: entry for key, entry in declared.items() if isinstance(entry, Mapping)}


def beside(shape: Shape, before: Any, declared: Any, now: Any) -> Any:
    """Return an earlier rest that has the entries which a later one has: they are declared.

    So that what has come in an entry is told, and not that the entry has.
    """
    before, now = (one if isinstance(one, Mapping) else {} for one in (before, now))
    match shape:
        case NestedShape() if isinstance(declared, Mapping):
            known = {n: f.shape for n, f in shape.fields.items() if n in declared and n in now}
            inner = {n: beside(s, before.get(n), declared[n], now[n]) for n, s in known.items()}
            return {**before, **inner}
        case KeyedShape() if shape.keyed.item:
            entries = _entries(declared)
            inner = {
                key: beside(shape.keyed.item, before.get(key), entry, now[key])
                for key, entry in entries.items()
                if key in now
            }
            return {**before, **inner}
    return before


# ------------------------------------------------------------------------------ what is replaced


def replaced(shape: Shape, old: Any, new: Any, there: Any, known: Any = None) -> Any:
    """Return a declaration as it would be with what it replaces by a first declaration.

    `there` is the rest that is there beside the old declaration, `known` what a preview has told of
    it: that is not counted.
    """
    if not isinstance(new, (Mapping, list)) or not isinstance(there, Mapping):
        return new
    told = known if isinstance(known, Mapping) else {}
    match shape:
        case NestedShape() if isinstance(new, Mapping):
            before = old if isinstance(old, Mapping) else {}
            found = dict(new)
            for name in (name for name in shape.fields if name in new and name in there):
                field = shape.fields[name]
                if name in before:
                    inner = (before[name], new[name], there[name], told.get(name))
                    found[name] = replaced(field.shape, *inner)
                    continue
                is_there = _within(field.shape, there[name], new[name])
                is_known = name in told and field.same(
                    is_there, _within(field.shape, told[name], new[name])
                )
                if not is_known and not field.same(is_there, new[name]):
                    found[name] = is_there
            return found
        case KeyedShape() if shape.keyed.item and isinstance(new, Mapping):
            before = _entries(old)
            return {
                key: replaced(shape.keyed.item, before[key], entry, there[key], told.get(key))
                if key in before and key in there
                else entry
                for key, entry in new.items()
            }
        case OrderedShape(item) | OneOrManyShape(item):
            olds, news = _list(old), _list(new)
            changed = [
                replaced(item, olds[n], entry, there[str(n)], told.get(str(n)))
                if n < len(olds) and str(n) in there
                else entry
                for n, entry in enumerate(news)
            ]
            return changed if isinstance(new, list) else changed[0]
    return new


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _within(shape: Shape, value: Any, form: Any) -> Any:
    """Leave out of an object what a declaration does not say: that stays as it is."""
    if not isinstance(value, Mapping) or not isinstance(form, Mapping):
        return value
    match shape:
        case NestedShape() if not shape.whole:
            return {
                name: _within(shape.fields[name].shape, value[name], form[name])
                for name in form
                if name in value and name in shape.fields
            }
        case KeyedShape() if shape.keyed.item:
            return {
                key: _within(shape.keyed.item, entry, form.get(key, MISSING))
                for key, entry in value.items()
            }
    return value


# --------------------------------------------------------------------------- declared, or not


def declared_fields(shape: Shape, declared: Any) -> Any:
    """Return which fields a declaration has, down to the last: what says nothing is one too."""
    match shape:
        case NestedShape() if isinstance(declared, Mapping):
            return {
                name: declared_fields(shape.fields[name].shape, value)
                for name, value in declared.items()
                if name in shape.fields and _counts(shape.fields[name])
            }
        case KeyedShape() if shape.keyed.item:
            item = shape.keyed.item
            entries = _entries(declared).values()
            said = ([item.meaning(entry), declared_fields(item, entry)] for entry in entries)
            return sorted(json.dumps(one, sort_keys=True) for one in said)
        case OrderedShape(item) | OneOrManyShape(item) if isinstance(declared, (list, Mapping)):
            return [declared_fields(item, entry) for entry in _list(declared)]
    return None


def is_unsaid(shape: Shape, declared: Any, was: Any, there: Any) -> bool:
    """Return whether a field is declared for the first time that says nothing, as the answer does.

    An answer that leaves a field out may mean what the program says; only the API knows. So it is
    told.
    """
    if not isinstance(shape, NestedShape) or not isinstance(declared, Mapping):
        return False
    was = was if isinstance(was, Mapping) else {}
    there = there if isinstance(there, Mapping) else {}
    return any(
        is_unsaid(field.shape, declared[name], was[name], there.get(name))
        if name in was
        else field.shape.is_nothing(declared[name]) and there.get(name) is None
        for name, field in shape.fields.items()
        if name in declared and _counts(field) and not field.unanswered
    )


def _counts(field: Field) -> bool:
    return not (field.not_sent or field.always_managed)
