"""What a program may declare, what the state keeps of an answer, and the facts about each field.

`Inputs` forbids unknown fields; `State` ignores them. Facts about a field besides its type (that a
list is unordered, what the API makes of its absence) stand in its annotation and are read here
once. A field whose type is itself an `Inputs`, or a list of them, is compared and written field by
field: fields of it that a program does not declare stay as they are.
"""

from __future__ import annotations

import functools
import json
import re
import types
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from ..text.nearest import (
    is_a_name,
    kind_of,
    nearest,
    nearest_of,
    not_known,
    quoted,
    quoted_value,
)
from ..text.secret_words import known
from .extra import Spread
from .keyed import NOT_KNOWN_YET, UNKNOWN, Keyed, Mistake
from .shapes import (
    EXTRA,
    ExtraField,
    ExtraShape,
    Field,
    KeyedShape,
    MapShape,
    NestedShape,
    Objects,
    OneOrManyShape,
    OrderedShape,
    Shape,
    WordShape,
)


@dataclass(frozen=True)
class Default:
    """The value that a field is reset to when a program no longer declares it.

    An answer without the field means this value, too, unless `LeftOut` says otherwise.
    """

    value: Any


@dataclass(frozen=True)
class LeftOut:
    """The value that an answer without the field means.

    A request without the field may mean something else. So this value is sent even if the program
    does not declare the field.
    """

    value: Any


@dataclass(frozen=True)
class FilledIn:
    """The values that the API may fill in where a request leaves the field out.

    Such a value is no change by anybody. If the program does not declare the field, it is not
    managed, not even in objects that are compared whole (`Inputs.whole`).
    """

    values: tuple[Any, ...]


@dataclass(frozen=True)
class AnsweredAs:
    """Answers of any other type are ignored, as if the API had not returned the field."""

    type: type


@dataclass(frozen=True)
class AnsweredInside:
    """Where an answer has the field that it has not at its top: in the object of this name."""

    name: str


@dataclass(frozen=True)
class Unanswered:
    """The API never returns the field: it is a secret, or it is write-only."""


@dataclass(frozen=True)
class AlwaysManaged:
    """Not declared means empty. Other fields, if not declared, stay as they are."""


@dataclass(frozen=True)
class NotEmpty:
    """The API refuses an empty list."""

    because: str
    """The message: why, and what to do instead."""


@dataclass(frozen=True)
class Meant:
    """Words from Cloudflare's dashboard and documents, and the API's word for each."""

    words: Mapping[str, str]


@dataclass(frozen=True)
class NotSent:
    """An option of this package, unknown to the API: never sent, and no change by itself."""


@dataclass(frozen=True)
class Trigger:
    """Never sent, but a change of it is an update: something is done anew."""


@dataclass(frozen=True)
class Stays:
    """When a program no longer declares the field, it stays as it is and is not reset."""


@dataclass(frozen=True)
class PartOf:
    """The field is the parent object's id, which is in the path of every request.

    A program passes the parent resource, its id, or the result of a look-up.
    """


@dataclass(frozen=True)
class ByConstructor:
    """The constructor fills the field in: programs have no argument for it."""


@dataclass(frozen=True)
class Always:
    """An output that every state has, even if the API does not return it."""


@dataclass(frozen=True)
class Decides:
    """The field says of which kind the object around it is, as `type` does.

    When it changes, the undeclared fields of the live object are not carried over: they would not
    fit the new kind.
    """


class Inputs(BaseModel):
    """What a program may declare of one kind of object."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    whole: ClassVar[bool] = False
    """Undeclared fields of the object are compared, too, and are removed by an update.

    For objects that decide who gets in, or what is required of them.
    """
    made: ClassVar[frozenset[str]] = frozenset()
    """Fields that the API sets itself, and that a request must not contain."""

    extra: dict[str, Any] | None = None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class State(BaseModel):
    """The computed outputs: fields of an answer that the state keeps, besides the declared ones."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")


# These are part of the request's path, never of its body.
IN_THE_PATH = frozenset({"account_id", "zone_id"})

UNITS = ("ns", "us", "µs", "ms", "s", "m", "h")


def duration(*units: str, or_: str | None = None) -> AfterValidator:
    """Return a validator for texts that are durations in the API's notation, such as `2h45m`.

    `units` are the units that the field takes; without any, all of `UNITS`. `or_` is a word that
    the field takes in place of a duration.
    """
    one = rf"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:{'|'.join(units or UNITS)})"
    right = re.compile(rf"\+?(?:0|(?:{one})+)")
    word = f', or "{or_}"' if or_ else ""
    told = f"must be a duration such as 30m or 2h45m, in {', '.join(units or UNITS)}{word}"

    def check(value: str) -> str:
        # Unicode has two micro signs that look the same.
        if value != or_ and not right.fullmatch(value.replace("\u03bc", "\u00b5")):
            raise ValueError(f"{quoted_value(value)} {told}")
        return value

    return AfterValidator(check)


Duration = Annotated[str, duration()]


@functools.cache
def whole_of(inputs: type[Inputs]) -> str | None:
    """Return the field that names the object which this one is a part of; None: it is no part."""
    for name, info in inputs.model_fields.items():
        if any(isinstance(fact, PartOf) for fact in info.metadata):
            return name
    return None


@functools.cache
def shape_of(inputs: type[Inputs]) -> NestedShape:
    """Return the shape of an object whose fields a model describes."""
    return NestedShape(fields_of(inputs), inputs.whole, inputs.made)


@functools.cache
def fields_of(inputs: type[Inputs]) -> dict[str, Field]:
    """Return the fields of a model, with the facts from its annotations, by their API names."""
    fields = {
        info.alias or name: _field(info.alias or name, info.annotation, info.metadata)
        for name, info in inputs.model_fields.items()
        if name != EXTRA
    }
    # Last: known fields are shown, compared and written before it.
    is_answered = not any(isinstance(f, Unanswered) for f in inputs.model_fields[EXTRA].metadata)
    return fields | {EXTRA: ExtraField(EXTRA, ExtraShape(), unanswered=not is_answered)}


# Markers in annotations, and the flag of `Field` that each sets.
_FLAGS = {
    Unanswered: "unanswered",
    AlwaysManaged: "always_managed",
    NotSent: "not_sent",
    Stays: "stays",
    Decides: "decides",
}


def _field(name: str, annotation: Any, metadata: Iterable[Any]) -> Field:  # noqa: C901 - a table
    facts: dict[str, Any] = {"shape": _shape(annotation)}
    for fact in metadata:
        match fact:
            case Keyed():
                facts["shape"] = KeyedShape(fact)
            case Shape():
                facts["shape"] = fact
            case Default(value):
                facts["default"] = value
            case LeftOut(value):
                facts["left_out"] = value
            case FilledIn(values):
                facts["filled_in"] = values
            case Meant(words):
                facts["shape"] = replace(facts["shape"], meant=words)
            case AnsweredAs(kind):
                facts["answered_as"] = kind
            case AnsweredInside(name_):
                facts["inside"] = name_
            case NotEmpty(because):
                facts["not_empty"] = because
            case Trigger():
                facts |= {"trigger": True, "unanswered": True}
            case _ if type(fact) in _FLAGS:
                facts[_FLAGS[type(fact)]] = True
    return Field(name, **facts)


def _shape(annotation: Any) -> Shape:
    if get_origin(annotation) in {Union, types.UnionType}:
        (annotation,) = [kind for kind in get_args(annotation) if kind is not type(None)][:1]
    if get_origin(annotation) is Literal:
        # Words of the API are not secret, even if a program declares one in a secret field.
        words = get_args(annotation)
        known.allow(words)
        return WordShape(words, {})
    if get_origin(annotation) is Annotated:
        kind, *metadata = get_args(annotation)
        return _field("", kind, metadata).shape
    if isinstance(annotation, type) and issubclass(annotation, Inputs):
        return shape_of(annotation)
    if get_origin(annotation) is dict:
        return MapShape(_shape(get_args(annotation)[1]))
    if get_origin(annotation) is list:
        return OrderedShape(_shape(get_args(annotation)[0]))
    return Shape()


def check(
    inputs: type[Inputs],
    fields: Mapping[str, Field],
    declared: Mapping[str, Any],
    made: Collection[str] = (),
) -> tuple[dict[str, Any], list[Mistake]]:
    """Check a declaration. Return it in the form of the state, and all its mistakes.

    Two things are not validated: values that are unknown in a preview, and values that `extra`
    gives for known fields, which may be new at Cloudflare. `made` are fields that only Cloudflare
    sets, besides those in `inputs.made`.
    """
    shape = NestedShape(fields, made=inputs.made | IN_THE_PATH | {*made})
    spread = Spread.of(shape, declared)
    declared, mistakes = spread.declared, [*spread.mistakes]
    checked, wrong = shape.check(declared, "")
    mistakes += wrong
    # `check` leaves out an empty list, for example; a required field is not missing then.
    whole = {**{name: {} for name in declared if name in fields}, **checked}
    try:
        inputs.model_validate_json(json.dumps(whole))
    except ValidationError as error:
        mistakes += [
            _mistake(wrong, shape)
            for wrong in error.errors(include_url=False)
            if (wrong["input"] != UNKNOWN or wrong["type"] == "extra_forbidden")
            # WordShape has checked words already.
            and wrong["type"] != "literal_error"
            and tuple(wrong["loc"]) not in spread.trusted
        ]
    return spread.with_trusted(checked), mistakes


def unknown_keys(
    entry: Mapping[str, Any], known: Iterable[str], path: str, *, of: str, hint: str = ""
) -> list[Mistake]:
    """Return a mistake for every unknown key of a program's object. Dropping it would mislead.

    `known` are the keys that are allowed, `of` names the object in the message, and `hint` is
    added to the list of allowed keys.
    """
    known = list(known)
    told = f"; it may have {', '.join(known)}{hint}"
    return [
        Mistake(path, f"{quoted(key)} is not a key of {of}{nearest(str(key), known)}{told}")
        for key, value in entry.items()
        if key not in known and value is not None
    ]


def _shown(part: str) -> str:
    return part if is_a_name(part) else "…"


def _mistake(wrong: Any, shape: NestedShape) -> Mistake:
    *above, last = wrong["loc"] or ("",)  # empty for the object as a whole
    path = "".join(
        f"[{part}]" if isinstance(part, int) else f".{_shown(part)}" for part in wrong["loc"]
    ).lstrip(".")
    if wrong["type"] == "extra_forbidden":
        of = _object_at(shape, above)
        near = nearest_of(str(last), of.fields)
        told = f'is not a field; "{near}"?' if near else "is not a field"
        if not near and last not in of.made:
            told = f"is a field {not_known()}: {EXTRA}={{{_key(last)}: …}} sends it all the same"
        return Mistake(path, told)
    return Mistake(path, _reason(wrong))


def _key(name: Any) -> str:
    return quoted(name) if is_a_name(name) else "…"


# pydantic's error types, in our words. Its own messages are never shown.
_REASONS = {
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "list_type": "a list",
    "dict_type": "a dictionary",
    "model_type": "a dictionary",
    "model_attributes_type": "a dictionary",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def _reason(wrong: Any) -> str:
    """Return what is wrong with a value. Only numbers are quoted: a text may be secret."""
    kind, value = wrong["type"], wrong["input"]
    if kind == "missing":
        return "is required"
    if kind == "value_error":
        return str(wrong["msg"].removeprefix("Value error, "))
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return f"is {value}, and must be {words} {wrong['ctx'][bound]:g}"
    due = _REASONS.get(kind)
    if due is None:
        return f"is {_a_kind(value)}, which cannot be"
    shown = str(value) if isinstance(value, (int, float)) else _a_kind(value)
    return f"is {shown}, and must be {due}"


def _a_kind(value: Any) -> str:
    return "nothing" if value is None else f"a {kind_of(value)}"


def _object_at(shape: NestedShape, path: Iterable[Any]) -> NestedShape:
    """Return the shape of the object at a path inside a declaration."""
    for part in path:
        inner = shape.fields[part].shape if part in shape.fields else None
        if isinstance(inner, OrderedShape):
            inner = inner.item
        if isinstance(inner, NestedShape):
            shape = inner
    return shape


def objects(inputs: type[Inputs], key: Callable[[Mapping[str, Any]], str]) -> Objects:
    """Describe an unordered list of objects. `key` returns the readable key of an object.

    Raises TypeError if the API does not return one of the object's fields: two objects that differ
    in that field alone could not be told apart.
    """
    unanswered = [name for name, field in fields_of(inputs).items() if field.unanswered]
    if unanswered:
        raise TypeError(f"{inputs.__name__}: no answer has {', '.join(unanswered)}")
    return Objects(
        inputs,
        lambda declared: check(inputs, fields_of(inputs), declared),
        lambda: shape_of(inputs),
        lambda entry: (key(entry) + _extra_in_words(entry)).replace(UNKNOWN, NOT_KNOWN_YET),
    )


def _extra_in_words(entry: Mapping[str, Any]) -> str:
    """Return the unknown fields of an entry, as the end of its key."""
    extra = entry.get(EXTRA)
    pairs = sorted(extra.items()) if isinstance(extra, Mapping) else ()
    return "".join(f" {name}={json.dumps(value, sort_keys=True)}" for name, value in pairs)


def one_or_many(inputs: type[Inputs]) -> OneOrManyShape:
    """Describe an object, or a list of such objects whose order means something."""
    fields = fields_of(inputs)
    return OneOrManyShape(
        shape_of(inputs), lambda declared: check(inputs, fields, declared), inputs
    )
