"""What a program may ask for, what we keep of an answer, and the facts about each field.

`Inputs` forbids what it does not know; `State` leaves behind what it does not manage. A fact about
a field that is not its type (an unordered list, what the API makes of its absence) stands beside
the type, in its annotation, and is read here once. A type that is itself an `Inputs`, or a list of
them, is compared and written field by field: what a program does not declare of an object stays as
it is.
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
    """What a field goes back to when a program no longer declares it, and what no answer means."""

    value: Any


@dataclass(frozen=True)
class LeftOut:
    """What an answer without the field says.

    A request without it may mean something else: what is there and nobody declares is then sent.
    """

    value: Any


@dataclass(frozen=True)
class FilledIn:
    """What the API makes of a field that no request has: one of these.

    So they say nothing about the object. Undeclared, the field is not managed in any object.
    """

    values: tuple[Any, ...]


@dataclass(frozen=True)
class AnsweredAs:
    """Only an answer of this type says anything about the field; any other is ignored."""

    type: type


@dataclass(frozen=True)
class Unanswered:
    """The API never says what the field is: a secret, or something it does not return."""


@dataclass(frozen=True)
class AlwaysManaged:
    """Undeclared means empty, not "whatever is there"."""


@dataclass(frozen=True)
class NotEmpty:
    """The API refuses an empty list."""

    because: str


@dataclass(frozen=True)
class Meant:
    """Words that people have for a value, and what the API calls it."""

    words: Mapping[str, str]


@dataclass(frozen=True)
class NotSent:
    """A word to this package, not to the API: never sent, and no change by itself."""


@dataclass(frozen=True)
class Stays:
    """A program that no longer declares the field leaves it as it is."""


@dataclass(frozen=True)
class PartOf:
    """The object that this one is a part of, in the path of every request.

    A program passes the resource, its id, or what a look-up found.
    """


@dataclass(frozen=True)
class ByConstructor:
    """The constructor says it: it is no argument of a program's."""


@dataclass(frozen=True)
class Always:
    """An output that is there whatever happened, not only if the API says it."""


@dataclass(frozen=True)
class Decides:
    """A change of this field makes another kind of object of the one it is in.

    What was there and nobody declares is then not carried over: it would not fit.
    """


class Inputs(BaseModel):
    """What a program may ask for."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    whole: ClassVar[bool] = False
    """It decides who gets in, or what is asked of them: what nobody declares of it is none of it.

    So it is compared with all its fields, and written without those that the program leaves out.
    """
    made: ClassVar[frozenset[str]] = frozenset()
    """What the API's answers have and its requests may not. What else is unknown is kept."""

    extra: dict[str, Any] | None = None
    """Fields, and values of closed lists, that this package does not know: sent, compared and shown
    as any other.
    """


class State(BaseModel):
    """What we keep of an answer besides what was declared."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")


# Where an object is, its path says.
IN_THE_PATH = frozenset({"account_id", "zone_id"})

UNITS = ("ns", "us", "µs", "ms", "s", "m", "h")


def duration(*units: str, or_: str | None = None) -> AfterValidator:
    """Have a text be a duration in the API's notation, or the one word that stands for one."""
    one = rf"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:{'|'.join(units or UNITS)})"
    right = re.compile(rf"\+?(?:0|(?:{one})+)")
    word = f', or "{or_}"' if or_ else ""
    told = f"must be a duration such as 30m or 2h45m, in {', '.join(units or UNITS)}{word}"

    def check(value: str) -> str:
        # There are two signs for micro that look the same.
        if value != or_ and not right.fullmatch(value.replace("\u03bc", "\u00b5")):
            raise ValueError(f"{quoted_value(value)} {told}")
        return value

    return AfterValidator(check)


Duration = Annotated[str, duration()]


@functools.cache
def shape_of(inputs: type[Inputs]) -> NestedShape:
    """Return the shape of an object whose fields a model describes."""
    return NestedShape(fields_of(inputs), inputs.whole, inputs.made)


@functools.cache
def fields_of(inputs: type[Inputs]) -> dict[str, Field]:
    """Read the facts that stand in a model's annotations."""
    fields = {
        info.alias or name: _field(info.alias or name, info.annotation, info.metadata)
        for name, info in inputs.model_fields.items()
        if name != EXTRA
    }
    # Last, so that it comes behind what has a name.
    is_answered = not any(isinstance(f, Unanswered) for f in inputs.model_fields[EXTRA].metadata)
    return fields | {EXTRA: ExtraField(EXTRA, ExtraShape(), unanswered=not is_answered)}


# What stands in an annotation, and what a `Field` calls it.
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
            case NotEmpty(because):
                facts["not_empty"] = because
            case _ if type(fact) in _FLAGS:
                facts[_FLAGS[type(fact)]] = True
    return Field(name, **facts)


def _shape(annotation: Any) -> Shape:
    if get_origin(annotation) in {Union, types.UnionType}:
        (annotation,) = [kind for kind in get_args(annotation) if kind is not type(None)][:1]
    if get_origin(annotation) is Literal:
        # Words of the API, which are no secrets wherever they stand.
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
    """Check a declaration: what the state will hold of it, and every mistake in it.

    A value that is not known yet is not validated; everything around it is. Nor is what `extra`
    says of a field that this package knows: it may be a value that is new. `made` are fields that
    only Cloudflare writes, besides those that `inputs` names.
    """
    shape = NestedShape(fields, made=inputs.made | IN_THE_PATH | {*made})
    spread = Spread.of(shape, declared)
    declared, mistakes = spread.declared, [*spread.mistakes]
    checked, wrong = shape.check(declared, "")
    mistakes += wrong
    # What check has taken out of the declaration is there all the same: an empty list, say.
    whole = {**{name: {} for name in declared if name in fields}, **checked}
    try:
        inputs.model_validate_json(json.dumps(whole))
    except ValidationError as error:
        mistakes += [
            _mistake(wrong, shape)
            for wrong in error.errors(include_url=False)
            if (wrong["input"] != UNKNOWN or wrong["type"] == "extra_forbidden")
            # A word has been checked by its shape.
            and wrong["type"] != "literal_error"
            and tuple(wrong["loc"]) not in spread.trusted
        ]
    return spread.with_trusted(checked), mistakes


def unknown_keys(
    entry: Mapping[str, Any], known: Iterable[str], path: str, *, of: str, hint: str = ""
) -> list[Mistake]:
    """Refuse the keys of a program's object that say nothing here: dropped, they would mislead.

    `known` are the keys that `of` may have; `hint` says what to do instead.
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
    *above, last = wrong["loc"] or ("",)  # of the object as a whole
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


# What a validator finds, in words of ours. None of its own are ever shown.
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
    """Say what is wrong with a value. The value itself is shown where it is no text."""
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
    """Return the shape of an object inside a declaration."""
    for part in path:
        inner = shape.fields[part].shape if part in shape.fields else None
        if isinstance(inner, OrderedShape):
            inner = inner.item
        if isinstance(inner, NestedShape):
            shape = inner
    return shape


def objects(inputs: type[Inputs], key: Callable[[Mapping[str, Any]], str]) -> Objects:
    """Describe an unordered list of objects, each called by what `key` makes of it.

    Raises TypeError for objects with a field that no answer has: nothing would tell two of them
    apart that differ in it alone.
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
    """Write what an entry has beside what this package knows, for its key."""
    extra = entry.get(EXTRA)
    pairs = sorted(extra.items()) if isinstance(extra, Mapping) else ()
    return "".join(f" {name}={json.dumps(value, sort_keys=True)}" for name, value in pairs)


def one_or_many(inputs: type[Inputs]) -> OneOrManyShape:
    """Describe an object, or a list of such objects whose order means something."""
    fields = fields_of(inputs)
    return OneOrManyShape(
        shape_of(inputs), lambda declared: check(inputs, fields, declared), inputs
    )
