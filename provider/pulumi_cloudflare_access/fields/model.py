"""What a program may ask for, what we keep of an answer, and the facts about each field.

`Inputs` forbids what it does not know; `State` leaves behind what it does not manage. A fact about
a field that is not its type (an unordered list, what the API makes of its absence) stands beside
the type, in its annotation, and is read here once. A type that is itself an `Inputs`, or a list of
them, is compared and written field by field: what a program does not declare of an object stays as
it is.
"""

from __future__ import annotations

import difflib
import functools
import json
import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from ..text.secret_words import known
from .keyed import NOT_KNOWN_YET, UNKNOWN, Keyed, Mistake
from .shapes import (
    Field,
    KeyedShape,
    MapShape,
    NestedShape,
    Objects,
    OneOrManyShape,
    OrderedShape,
    Shape,
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


class State(BaseModel):
    """What we keep of an answer besides what was declared."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")


UNITS = ("ns", "us", "µs", "ms", "s", "m", "h")


def duration(*units: str, or_: str | None = None) -> AfterValidator:
    """Have a text be a duration in the API's notation, or the one word that stands for one."""
    one = rf"\d+(?:\.\d+)?(?:{'|'.join(units or UNITS)})"
    word = f', or "{or_}"' if or_ else ""
    told = f"must be a duration such as 30m or 2h45m, in {', '.join(units or UNITS)}{word}"

    def check(value: str) -> str:
        if value != or_ and not re.fullmatch(f"(?:{one})+", value, re.ASCII):
            raise ValueError(told)
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
    return {
        info.alias or name: _field(info.alias or name, info.annotation, info.metadata)
        for name, info in inputs.model_fields.items()
    }


# What stands in an annotation, and what a `Field` calls it.
_FLAGS = {
    Unanswered: "unanswered",
    AlwaysManaged: "always_managed",
    NotSent: "not_sent",
    Stays: "stays",
    Decides: "decides",
}


def _field(name: str, annotation: Any, metadata: Iterable[Any]) -> Field:
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
        known.allow(get_args(annotation))
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
    inputs: type[Inputs], fields: Mapping[str, Field], declared: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Mistake]]:
    """Check a declaration: what the state will hold of it, and every mistake in it.

    A value that is not known yet is not validated; everything around it is.
    """
    checked, mistakes = NestedShape(fields).check(declared, "")
    # What check has taken out of the declaration is there all the same: an empty list, say.
    whole = {**{name: {} for name in declared if name in fields}, **checked}
    try:
        inputs.model_validate_json(json.dumps(whole))
    except ValidationError as error:
        mistakes += [
            _mistake(wrong, fields)
            for wrong in error.errors(include_url=False, include_context=False)
            if wrong["input"] != UNKNOWN or wrong["type"] == "extra_forbidden"
        ]
    return checked, mistakes


def nearest(word: str, known: Iterable[str]) -> str:
    """Write '; "email"?' for a word that is almost a known one, else nothing."""
    close = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f'; "{close[0]}"?' if close else ""


# What could be a name of a field. Anything else may be a value in the wrong place, perhaps secret.
_A_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")


def quoted(word: Any) -> str:
    """Write a key that a program used, if it can be shown."""
    return f'"{word}"' if isinstance(word, str) and _A_NAME.fullmatch(word) else "this key"


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
    return part if _A_NAME.fullmatch(part) else "…"


def _mistake(wrong: Any, fields: Mapping[str, Field]) -> Mistake:
    *above, last = wrong["loc"] or ("",)  # of the object as a whole
    path = "".join(
        f"[{part}]" if isinstance(part, int) else f".{_shown(part)}" for part in wrong["loc"]
    ).lstrip(".")
    reason = {
        "missing": "is required",
        "extra_forbidden": f"is not a field{nearest(str(last), _names_at(fields, above))}",
        "string_type": "must be a string",
        "bool_type": "must be true or false",
        "int_type": "must be a whole number",
        "int_from_float": "must be a whole number",
    }.get(wrong["type"], wrong["msg"].removeprefix("Value error, "))
    return Mistake(path, reason)


def _names_at(fields: Mapping[str, Field], path: Iterable[Any]) -> Iterable[str]:
    """Return the names of the fields of an object inside a declaration."""
    for part in path:
        shape = fields[part].shape if part in fields else None
        if isinstance(shape, OrderedShape):
            shape = shape.item
        if isinstance(shape, NestedShape):
            fields = shape.fields
    return fields


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
        lambda entry: key(entry).replace(UNKNOWN, NOT_KNOWN_YET),
    )


def one_or_many(inputs: type[Inputs]) -> OneOrManyShape:
    """Describe an object, or a list of such objects whose order means something."""
    fields = fields_of(inputs)
    return OneOrManyShape(
        shape_of(inputs), lambda declared: check(inputs, fields, declared), inputs
    )
