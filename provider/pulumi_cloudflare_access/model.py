"""What a program may ask for, what we keep of an answer, and the facts about each field.

`Inputs` forbids what it does not know; `State` leaves behind what it does not manage. A fact about
a field that is not its type (an unordered list, what the API makes of its absence) stands beside
the type, in its annotation, and is read here once.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from .errors import UnusableAnswerError
from .keyed import UNKNOWN, Keyed, Mistake, NameOf

MISSING: Any = object()


@dataclass(frozen=True)
class Default:
    """What a field goes back to when a program no longer declares it."""

    value: Any


@dataclass(frozen=True)
class AnsweredAs:
    """Only an answer of this type says anything about the field; any other is ignored."""

    type: type


@dataclass(frozen=True)
class AlwaysManaged:
    """Undeclared means empty, not "whatever is there"."""


@dataclass(frozen=True)
class NotEmpty:
    """The API refuses an empty list."""

    because: str


class Inputs(BaseModel):
    """What a program may ask for."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)


class State(BaseModel):
    """What we keep of an answer besides what was declared."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")


@dataclass(frozen=True)
class Field:
    """The facts about one field of a kind."""

    name: str
    keyed: Keyed | None = None
    default: Any = MISSING
    answered_as: type | None = None
    always_managed: bool = False
    not_empty: str | None = None

    def same(self, one: Any, other: Any) -> bool:
        """Tell whether two declarations of the field mean the same. MISSING is none."""
        if self.keyed:
            return self.keyed.same({} if one is MISSING else one, {} if other is MISSING else other)
        return one is other or (one is not MISSING and other is not MISSING and one == other)

    def request(self, value: Any) -> Any:
        """Write a declaration as the API wants it."""
        return self.keyed.request(value) if self.keyed else whole_numbers(value)

    def answer(self, answer: Mapping[str, Any], form: Any, name_of: NameOf) -> Any:
        """Read the field of an answer, an unordered list in the form it is known in.

        MISSING: the answer says nothing of it. Raises UnusableAnswerError for what cannot be meant.
        """
        value = answer.get(self.name)
        if self.keyed:
            # An empty list is sometimes null.
            items = [] if value is None and not self.not_empty else value
            if not isinstance(items, list) or not all(isinstance(i, dict) and i for i in items):
                raise UnusableAnswerError(f"an answer whose {self.name} is no list of objects")
            return self.keyed.answer(items, form if isinstance(form, Mapping) else {}, name_of)
        wrong_type = self.answered_as and not isinstance(value, self.answered_as)
        return MISSING if value is None or wrong_type else value

    def changes(self, old: Any, new: Any) -> list[str]:
        """Say what changed between two declarations that do not mean the same."""
        if self.keyed and UNKNOWN not in (old, new):
            old, new = ({} if value is MISSING else value for value in (old, new))
            return [f"{self.name}: {change}" for change in self.keyed.changes(old, new)]
        return [f"{self.name}: {_shown(old)} -> {_shown(new)}"]


def fields_of(inputs: type[Inputs]) -> dict[str, Field]:
    """Read the facts that stand in a model's annotations."""
    found = {}
    for name, info in inputs.model_fields.items():
        facts: dict[str, Any] = {}
        for fact in info.metadata:
            if isinstance(fact, Keyed):
                facts["keyed"] = fact
            elif isinstance(fact, Default):
                facts["default"] = fact.value
            elif isinstance(fact, AnsweredAs):
                facts["answered_as"] = fact.type
            elif isinstance(fact, AlwaysManaged):
                facts["always_managed"] = True
            elif isinstance(fact, NotEmpty):
                facts["not_empty"] = fact.because
        found[name] = Field(name, **facts)
    return found


def check(
    inputs: type[Inputs], fields: Mapping[str, Field], declared: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Mistake]]:
    """Check a declaration: what the state will hold of it, and every mistake in it.

    A value that is not known yet is not validated; everything around it is.
    """
    checked, mistakes = {}, []
    for name, value in declared.items():
        field = fields.get(name)
        if field and field.keyed:
            checked[name], wrong = field.keyed.check(whole_numbers(value), name)
            mistakes += wrong
            if not checked[name] and not wrong:
                if field.not_empty:
                    mistakes.append(Mistake(name, field.not_empty))
                del checked[name]
        else:
            checked[name] = whole_numbers(value)
    try:
        inputs.model_validate({**{name: {} for name in declared if name in fields}, **checked})
    except ValidationError as error:
        mistakes += [
            _mistake(wrong, fields)
            for wrong in error.errors(include_url=False, include_context=False)
            if wrong["input"] != UNKNOWN or wrong["type"] == "extra_forbidden"
        ]
    return checked, mistakes


def whole_numbers(value: Any) -> Any:
    """Turn the engine's numbers, floats all of them, back into what the program wrote."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: whole_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [whole_numbers(inner) for inner in value]
    return value


def nearest(word: str, known: Iterable[str]) -> str:
    """Write '; "email"?' for a word that is almost a known one, else nothing."""
    close = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f'; "{close[0]}"?' if close else ""


# What could be a name of a field. Anything else may be a value in the wrong place, perhaps secret.
_A_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")


def quoted(word: Any) -> str:
    """Write a key that a program used, if it can be shown."""
    return f'"{word}"' if isinstance(word, str) and _A_NAME.fullmatch(word) else "this key"


def _mistake(wrong: Any, fields: Mapping[str, Field]) -> Mistake:
    *_, last = wrong["loc"]
    path = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in wrong["loc"]
    ).lstrip(".")
    reason = {
        "missing": "is required",
        "extra_forbidden": f"is not a field{nearest(str(last), fields)}",
        "string_type": "must be a string",
        "bool_type": "must be true or false",
        "int_type": "must be a whole number",
        "int_from_float": "must be a whole number",
    }.get(wrong["type"], wrong["msg"].removeprefix("Value error, "))
    return Mistake(path, reason)


def _shown(value: Any) -> str:
    if value is MISSING:
        return "nothing"
    return "not known yet" if value == UNKNOWN else repr(value)
