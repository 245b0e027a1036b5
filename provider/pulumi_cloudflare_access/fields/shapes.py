"""How the values of a field are checked, compared, read from an answer and written into a request.

The type of a field decides its shape: a plain value (`Shape`), a text with a canonical form, one of
a set of words, an unordered list kept as a map, an object with fields of its own, a map with free
keys, or a list whose order matters. Fields of an object that a program does not declare are not
compared, and stay as they are.

Throughout, `there` is the live value at Cloudflare, `was` is the value declared before, and `form`
is a declared value whose spelling, order and keys an answer is read in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ..errors import UnusableAnswerError
from ..text.nearest import nearest_of, not_known, quoted_value
from ..text.spelling import shown
from .keyed import (
    NOT_KNOWN_YET,
    NOTHING_KNOWN,
    UNKNOWN,
    Keyed,
    Mistake,
    Named,
    Reading,
    with_keys_spelled,
)
from .loose import includes, laid_over
from .loose import is_nothing as _is_nothing

EXTRA = "extra"
"""The name of the field, in every object, that holds the fields that this package does not know."""


class _Nothing:
    """A marker that no JSON value equals."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


MISSING: Any = _Nothing("MISSING")
"""The field is not declared, or the live object does not have it."""
SILENT: Any = _Nothing("SILENT")
"""The answer says nothing about the field: neither its value nor that it has none."""


class Shape:
    """How the values of a field are checked, compared, read and written.

    This base class takes values as they are.
    """

    def check(self, value: Any, path: str) -> tuple[Any, list[Mistake]]:
        """Turn a program's value into the form of the state, and collect its mistakes."""
        del path
        return whole_numbers(value), []

    def same(self, one: Any, other: Any) -> bool:
        """Tell whether two declared values mean the same."""
        return bool(one == other)

    def meaning(self, value: Any) -> Any:
        """Return the canonical form: equal for two values exactly when they mean the same."""
        return whole_numbers(value)

    def is_nothing(self, value: Any) -> bool:
        """Tell whether a value is equivalent to leaving the field out.

        The API's answers leave out false and empty values, some always and some at times. A zero
        is no such value: `max_age: 0` is not the same as no `max_age`.
        """
        return value is MISSING or value is None or value is False or value in ("", [], {})

    def keep_keys(self, new: Any, old: Any) -> Any:
        """Return the new value, with its unchanged parts in their old keys and form."""
        del old
        return new

    def with_keys_spelled(self, value: Any) -> Any:
        """Return a value of the state, with keys from earlier versions spelled as they are now."""
        return value

    def both(self, old: Any, new: Any) -> Any:
        """Merge two declared values into the form for an answer that may match either of them."""
        del old
        return new

    def request(self, value: Any, there: Any = None, was: Any = None) -> Any:
        """Return the value for a request. Undeclared parts of the live value `there` are kept."""
        del there, was
        return whole_numbers(value)

    def carried(self, value: Any) -> Any:
        """Return an undeclared live value in the form that a request needs."""
        return self.request(self.answer(value, MISSING, NOTHING_KNOWN))

    def unknown(self, value: Any, path: str) -> Iterator[str]:
        """Return the paths of fields in an answer that this package does not know."""
        del value, path
        return iter(())

    def concerns(self, value: Any, path: str) -> Iterator[str]:
        """Warn about parts of a checked value that this package does not know but sends."""
        del value, path
        return iter(())

    def extras(self, value: Any, path: str) -> Iterator[str]:
        """Return the paths of the unknown fields that the program declares with `extra`."""
        del value, path
        return iter(())

    def is_kin(self, value: Any, there: Any, *, is_namesake: bool) -> bool:
        """Tell whether the entry `value` of a list may be a changed version of the live `there`.

        `is_namesake`: the two have the same key. Here, that decides.
        """
        del value, there
        return is_namesake

    def answer(self, value: Any, form: Any, reading: Reading) -> Any:
        """Read a value of an answer, in the form of the declared value `form`."""
        del form, reading
        return value

    def answerable(self, value: Any) -> Any:
        """Return a declared value without the fields that no answer contains, such as secrets."""
        return value

    def changes(self, path: str, old: Any, new: Any) -> list[str]:
        """List the changes between two different values, one line each."""
        return [f"{path}: {_shown(old)} -> {_shown(new)}"]


@dataclass(frozen=True)
class TextShape(Shape):
    """A text that the API returns in canonical form. Programs may write it in another form."""

    canonical: Callable[[str], str]

    def same(self, one: Any, other: Any) -> bool:
        """Compare canonical forms."""
        return bool(self.meaning(one) == self.meaning(other))

    def meaning(self, value: Any) -> Any:
        """Return the canonical form."""
        return self.canonical(value) if isinstance(value, str) and value != UNKNOWN else value

    def keep_keys(self, new: Any, old: Any) -> Any:
        """Return the old form if the text means the same."""
        return old if self.same(new, old) else new

    def answer(self, value: Any, form: Any, reading: Reading) -> Any:
        """Return the program's form if the text means the same."""
        del reading
        return form if isinstance(form, str) and self.same(value, form) else value


@dataclass(frozen=True)
class WordShape(Shape):
    """One of a set of words. Cloudflare may know more of them than this package.

    A word that is almost a known one is refused as a slip. `meant` maps words from Cloudflare's
    dashboard and documents to the API's words: they are refused, too, and the message names the
    API's word.
    """

    words: tuple[str, ...]
    meant: Mapping[str, str]

    def __hash__(self) -> int:
        return hash(self.words)

    def check(self, value: Any, path: str) -> tuple[Any, list[Mistake]]:
        """Refuse a slip. A word that may be new is accepted."""
        told = self.mistake(value)
        return value, [Mistake(path, told)] if told else []

    def mistake(self, value: Any) -> str | None:
        """Return what is wrong with a word, or None."""
        choices = f"one of {', '.join(self.words)}"
        if not isinstance(value, str):
            return f"is {quoted_value(value)}, and must be {choices}"
        if value == UNKNOWN or value in self.words:
            return None
        meant = self.meant.get(value.lower()) or nearest_of(value, self.words)
        if meant:
            return (
                f'{quoted_value(value)} is not a value that Cloudflare takes; say "{meant}" '
                f"({choices}; a new one that is {not_known()} goes into {EXTRA}={{…}})"
            )
        return None if value.strip() else f"is empty, and must be {choices}"

    def concerns(self, value: Any, path: str) -> Iterator[str]:
        """Warn about a word that may be new."""
        if isinstance(value, str) and value != UNKNOWN and value not in self.words:
            yield (
                f"{path}: {quoted_value(value)} is {not_known()}, and is sent as it is; fields "
                f"that come with it go into {EXTRA}={{…}}"
            )

    def is_new(self, value: Any) -> bool:
        """Return whether a value is a word that may be new."""
        is_text = isinstance(value, str) and value != UNKNOWN
        return is_text and value not in self.words and self.mistake(value) is None


@dataclass(frozen=True)
class ExtraShape(Shape):
    """The unknown fields of an object (`extra`): compared and sent as they are."""

    def check(self, value: Any, path: str) -> tuple[Any, list[Mistake]]:
        """Accept any object."""
        if value == UNKNOWN:
            return value, []
        if not isinstance(value, Mapping):
            told = f'is {quoted_value(value)}, and must be a dictionary such as {{"field": …}}'
            return {}, [Mistake(path, told)]
        ours = [name for name in value if name.startswith("__")]
        wrong = [Mistake(path, "has a name that begins with __, which Pulumi keeps for itself")]
        return whole_numbers({n: v for n, v in value.items() if v is not None}), ours and wrong

    def is_nothing(self, value: Any) -> bool:
        """Tell whether all of its fields are false or empty."""
        if not isinstance(value, Mapping):
            return super().is_nothing(value)
        return all(map(is_nothing_at_all, value.values()))

    def same(self, one: Any, other: Any) -> bool:
        """Compare field by field."""
        return bool(self.meaning(one) == self.meaning(other))

    def meaning(self, value: Any) -> Any:
        """Leave out the fields that are false or empty."""
        if not isinstance(value, Mapping):
            return value
        return whole_numbers({n: v for n, v in value.items() if not is_nothing_at_all(v)})

    def both(self, old: Any, new: Any) -> Any:
        """Return the fields of both; the new value wins."""
        if not isinstance(old, Mapping) or not isinstance(new, Mapping):
            return new
        return {**old, **new}

    def changes(self, path: str, old: Any, new: Any) -> list[str]:
        """List the changed fields."""
        if UNKNOWN in (old, new):
            return super().changes(path, old, new)
        before, after = (
            whole_numbers(value) if isinstance(value, Mapping) else {} for value in (old, new)
        )
        return [
            f"{path}.{name}: {_shown(was)} -> {_shown(now)}"
            for name in sorted({*before, *after})
            for was, now in [(before.get(name, MISSING), after.get(name, MISSING))]
            if was != now and not (is_nothing_at_all(was) and is_nothing_at_all(now))
        ]

    def extras(self, value: Any, path: str) -> Iterator[str]:
        """Name the fields."""
        above = path.removesuffix(EXTRA)
        yield from (f"{above}{name}" for name in (value if isinstance(value, Mapping) else ()))


@dataclass(frozen=True)
class KeyedShape(Shape):
    """An unordered list, kept as a map."""

    keyed: Keyed

    def check(self, value: Any, path: str) -> tuple[Any, list[Mistake]]:
        """Turn the list into the map."""
        return self.keyed.check(whole_numbers(value), path)

    def same(self, one: Any, other: Any) -> bool:
        """Compare the entries, without their keys. MISSING equals an empty map."""
        return self.keyed.same(*({} if value is MISSING else value for value in (one, other)))

    def meaning(self, value: Any) -> Any:
        """Return the canonical forms of the entries, without their keys."""
        return self.keyed.meanings(value) if isinstance(value, Mapping) else value

    def keep_keys(self, new: Any, old: Any) -> Any:
        """Return the map, with unchanged entries under their old keys."""
        return self.keyed.keep_keys(new, old)

    def with_keys_spelled(self, value: Any) -> Any:
        """Spell the dangerous characters in keys from earlier versions."""
        return self.keyed.with_keys_spelled(value) if isinstance(value, Mapping) else value

    def both(self, old: Any, new: Any) -> Any:
        """Return the entries of both, so that a field that an entry lost is noticed."""
        whole = not isinstance(self.keyed, Objects)
        if whole or not isinstance(old, Mapping) or not isinstance(new, Mapping):
            return new
        return self.keyed.arrange((Named(key, entry) for key, entry in old.items()), new)

    def request(self, value: Any, there: Any = None, was: Any = None) -> Any:
        """Return the list. Each entry keeps the undeclared fields of its live counterpart."""
        if isinstance(there, list):
            return self.keyed.over(value, there, was if isinstance(was, Mapping) else {})
        return self.keyed.request(value)

    def carried(self, value: Any) -> Any:
        """Return the live entries in the form that a request needs."""
        return self.keyed.carried(value)

    def unknown(self, value: Any, path: str) -> Iterator[str]:
        """Return the paths of the unknown fields of every entry."""
        return self.keyed.unknown(value, path) if isinstance(value, list) else iter(())

    def concerns(self, value: Any, path: str) -> Iterator[str]:
        """Warn entry by entry."""
        return self.keyed.concerns(value, path) if isinstance(value, Mapping) else iter(())

    def extras(self, value: Any, path: str) -> Iterator[str]:
        """Return the paths in every entry."""
        if self.keyed.item and isinstance(value, Mapping):
            for entry in value.values():
                yield from self.keyed.item.extras(entry, path)

    def answer(self, value: Any, form: Any, reading: Reading) -> Any:
        """Read the list into a map. Entries that `form` has keep their keys."""
        known = form if isinstance(form, Mapping) else {}
        return self.keyed.answer(value, known, reading)

    def changes(self, path: str, old: Any, new: Any) -> list[str]:
        """List the removed and the added entries."""
        if UNKNOWN in (old, new):
            return super().changes(path, old, new)
        before, after = ({} if value is MISSING else value for value in (old, new))
        changes = [f"{path}: {change}" for change in self.keyed.changes(before, after)]
        # An empty list where nothing was declared before: it removes all live entries.
        return changes if before or after else super().changes(path, old, new)


@dataclass(frozen=True)
class NestedShape(Shape):
    """An object with fields of its own."""

    fields: Mapping[str, Field]
    whole: bool = False
    """Undeclared fields are compared, too, and are left out of requests (`Inputs.whole`)."""
    made: frozenset[str] = frozenset()
    """Fields that the API sets itself and that a request must not contain."""
    top: bool = False
    """This is the whole request body. Undeclared fields that are false or empty are not sent:
    not every account may send every field (`allow_authenticate_via_warp`).
    """

    def check(self, value: Any, path: str) -> tuple[Any, list[Mistake]]:
        """Check field by field. A field that is None counts as not declared."""
        if not isinstance(value, Mapping):
            return super().check(value, path)
        checked, mistakes = {}, []
        for name, inner in value.items():
            if inner is None:
                continue
            field = self.fields.get(name, _UNKNOWN_FIELD)
            where = f"{path}.{name}".lstrip(".")
            found, wrong = field.shape.check(inner, where)
            if field.not_empty and not found and not wrong:
                wrong = [Mistake(where, field.not_empty)]
            if found or not field.always_managed:
                checked[name] = found
            mistakes += wrong
        return checked, mistakes

    def same(self, one: Any, other: Any) -> bool:
        """Compare field by field."""
        if not isinstance(one, Mapping) or not isinstance(other, Mapping):
            return one is other or one == other
        return all(
            field.same(one.get(name, MISSING), other.get(name, MISSING))
            for name, field in self.fields.items()
        )

    def meaning(self, value: Any) -> Any:
        """Return the canonical forms of the fields. Leave out those that equal their absence."""
        if not isinstance(value, Mapping):
            return value
        return {
            name: self.fields[name].meaning(inner)
            for name, inner in value.items()
            if name in self.fields and not self.fields[name].same(inner, MISSING)
        }

    def is_nothing(self, value: Any) -> bool:
        """Tell whether every known field is empty. A field that holds its default is not empty."""
        if not isinstance(value, Mapping):
            return super().is_nothing(value)
        return all(
            self.fields[name].shape.is_nothing(inner)
            for name, inner in value.items()
            if name in self.fields
        )

    def keep_keys(self, new: Any, old: Any) -> Any:
        """Return the object, with unchanged parts in their old keys and form."""
        if not isinstance(new, Mapping) or not isinstance(old, Mapping):
            return new
        return {
            name: self.fields[name].shape.keep_keys(value, old[name])
            if name in self.fields and name in old
            else value
            for name, value in new.items()
        }

    def with_keys_spelled(self, value: Any) -> Any:
        """Spell keys field by field."""
        if not isinstance(value, Mapping):
            return value
        return {
            name: self.fields[name].shape.with_keys_spelled(inner) if name in self.fields else inner
            for name, inner in value.items()
        }

    def both(self, old: Any, new: Any) -> Any:
        """Return the fields of both; the new form wins."""
        if not isinstance(old, Mapping) or not isinstance(new, Mapping):
            return new
        return both(self.fields, old, new)

    def request(self, value: Any, there: Any = None, was: Any = None) -> Any:
        """Return the declared fields, over the undeclared fields of the live object."""
        if not isinstance(value, Mapping):
            return value
        if self._is_another(value, there):
            there = None
        return write(self, value, there, was)

    def carried(self, value: Any) -> Any:
        """Return all fields of the live object, unknown ones included."""
        if not isinstance(value, Mapping):
            return value
        sent = {name: field.carried(value) for name, field in self.fields.items()}
        return {n: v for n, v in sent.items() if v is not MISSING} | self.strange(value)

    def unknown(self, value: Any, path: str) -> Iterator[str]:
        """Return the paths of the unknown fields of the object and of the objects inside it."""
        if not isinstance(value, Mapping):
            return
        for name in sorted(self.strange(value)):
            yield f"{path}.{name}".lstrip(".")
        for name, field in self.fields.items():
            if not field.not_sent:
                yield from field.shape.unknown(value.get(name), f"{path}.{name}".lstrip("."))

    def concerns(self, value: Any, path: str) -> Iterator[str]:
        """Warn field by field."""
        if isinstance(value, Mapping):
            for name, field in self.fields.items():
                if name in value:
                    yield from field.shape.concerns(value[name], f"{path}.{name}".lstrip("."))

    def extras(self, value: Any, path: str) -> Iterator[str]:
        """Return the paths in this object and in the objects inside it."""
        if isinstance(value, Mapping):
            for name, field in self.fields.items():
                yield from field.shape.extras(value.get(name), f"{path}.{name}".lstrip("."))

    def compares(self, field: Field) -> bool:
        """Tell whether a field is compared even if undeclared. An update then removes it."""
        return self.whole and not field.filled_in

    def strange(self, there: Mapping[str, Any]) -> dict[str, Any]:
        """Return the unknown fields of a live object. Names that begin with "__" are our own."""
        return {
            name: value
            for name, value in there.items()
            if value is not None
            and name not in self.fields
            and name not in self.made
            and not name.startswith("__")
        }

    def answer(self, value: Any, form: Any, reading: Reading) -> Any:
        """Read the fields that the declaration `form` has, or all fields if it is no object.

        If the object is compared whole, undeclared fields that somebody has set are read, too.
        """
        if not isinstance(value, Mapping):
            return value
        found = {}
        for name, field in self.fields.items():
            known = form.get(name, MISSING) if isinstance(form, Mapping) else MISSING
            undeclared = isinstance(form, Mapping) and known is MISSING
            if undeclared and not (field.always_managed or self.compares(field)):
                continue
            answered = field.answer(value, known, reading)
            answered = known if answered is SILENT else answered
            if answered is MISSING or (undeclared and field.goes_without_saying(answered)):
                continue
            if answered or not field.always_managed:
                found[name] = answered
        return found

    def changes(self, path: str, old: Any, new: Any) -> list[str]:
        """List the changed fields."""
        if not isinstance(old, Mapping) or not isinstance(new, Mapping):
            return super().changes(path, old, new)
        return [
            change
            for name, field in self.fields.items()
            if not field.same(was := old.get(name, MISSING), now := new.get(name, MISSING))
            for change in field.shape.changes(f"{path}.{name}", was, now)
        ]

    def answerable(self, value: Any) -> Any:
        """Leave out the fields that no answer contains."""
        if not isinstance(value, Mapping):
            return value
        return {
            name: self.fields[name].shape.answerable(inner) if name in self.fields else inner
            for name, inner in value.items()
            if not (name in self.fields and self.fields[name].unanswered)
        }

    def is_kin(self, value: Any, there: Any, *, is_namesake: bool) -> bool:
        """Compare the deciding fields, such as `type`. Without any, go by the key."""
        deciding = [name for name, field in self.fields.items() if field.decides]
        if not deciding or not isinstance(value, Mapping) or not isinstance(there, Mapping):
            return is_namesake
        return all(value.get(name) == there.get(name) for name in deciding)

    def _is_another(self, value: Mapping[str, Any], there: Any) -> bool:
        """Tell whether a deciding field differs. The live object's other fields do not fit then."""
        return isinstance(there, Mapping) and any(
            field.decides and name in value and there.get(name) not in (None, value[name])
            for name, field in self.fields.items()
        )


@dataclass(frozen=True)
class MapShape(Shape):
    """An object whose keys the program chooses."""

    item: Shape

    def check(self, value: Any, path: str) -> tuple[Any, list[Mistake]]:
        """Check value by value."""
        if not isinstance(value, Mapping):
            return super().check(value, path)
        checked = {key: self.item.check(inner, f"{path}.{key}") for key, inner in value.items()}
        mistakes = [mistake for _, wrong in checked.values() for mistake in wrong]
        return {key: found for key, (found, _) in checked.items()}, mistakes

    def same(self, one: Any, other: Any) -> bool:
        """Compare the values under every key."""
        if not isinstance(one, Mapping) or not isinstance(other, Mapping):
            return one is other or one == other
        return one.keys() == other.keys() and all(self.item.same(one[k], other[k]) for k in one)

    def meaning(self, value: Any) -> Any:
        """Return the canonical forms of the values."""
        if not isinstance(value, Mapping):
            return value
        return {key: self.item.meaning(inner) for key, inner in value.items()}

    def keep_keys(self, new: Any, old: Any) -> Any:
        """Return the map, with unchanged values in their old form."""
        if not isinstance(new, Mapping) or not isinstance(old, Mapping):
            return new
        return {
            key: self.item.keep_keys(inner, old[key]) if key in old else inner
            for key, inner in new.items()
        }

    def with_keys_spelled(self, value: Any) -> Any:
        """Spell its keys, and the keys inside its values."""
        if not isinstance(value, Mapping):
            return value
        spelled = with_keys_spelled(value)
        return {key: self.item.with_keys_spelled(inner) for key, inner in spelled.items()}

    def request(self, value: Any, there: Any = None, was: Any = None) -> Any:
        """Return all of it: keys that the program does not declare are removed."""
        del there, was
        if not isinstance(value, Mapping):
            return value
        return {key: self.item.request(inner) for key, inner in value.items()}

    def carried(self, value: Any) -> Any:
        """Return all of it."""
        if not isinstance(value, Mapping):
            return value
        return {key: self.item.carried(inner) for key, inner in value.items()}

    def concerns(self, value: Any, path: str) -> Iterator[str]:
        """Warn value by value."""
        for key, inner in (value if isinstance(value, Mapping) else {}).items():
            yield from self.item.concerns(inner, f"{path}.{key}")

    def answer(self, value: Any, form: Any, reading: Reading) -> Any:
        """Read all of it, each value in its form."""
        if not isinstance(value, Mapping):
            return value
        forms = form if isinstance(form, Mapping) else {}
        return {
            key: self.item.answer(inner, forms.get(key), reading) for key, inner in value.items()
        }


@dataclass(frozen=True)
class OrderedShape(Shape):
    """A list whose order matters."""

    item: Shape

    def check(self, value: Any, path: str) -> tuple[Any, list[Mistake]]:
        """Check entry by entry."""
        if not isinstance(value, list):
            return super().check(value, path)
        checked, mistakes = [], []
        for index, inner in enumerate(value):
            entry, wrong = self.item.check(inner, f"{path}[{index}]")
            checked.append(entry)
            mistakes += wrong
        return checked, mistakes

    def same(self, one: Any, other: Any) -> bool:
        """Compare entry by entry."""
        if not isinstance(one, list) or not isinstance(other, list):
            return one is other or one == other
        return len(one) == len(other) and all(map(self.item.same, one, other))

    def meaning(self, value: Any) -> Any:
        """Return the canonical forms of the entries, in their order."""
        return list(map(self.item.meaning, value)) if isinstance(value, list) else value

    def answerable(self, value: Any) -> Any:
        """Leave out the fields of entries that no answer contains."""
        return list(map(self.item.answerable, value)) if isinstance(value, list) else value

    def with_keys_spelled(self, value: Any) -> Any:
        """Spell keys entry by entry."""
        return list(map(self.item.with_keys_spelled, value)) if isinstance(value, list) else value

    def both(self, old: Any, new: Any) -> Any:
        """Merge entry by entry."""
        if not isinstance(old, list) or not isinstance(new, list):
            return new
        before = [*old, *[{}] * len(new)]
        return [self.item.both(*pair) for pair in zip(before, new, strict=False)]

    def request(self, value: Any, there: Any = None, was: Any = None) -> Any:
        """Return the list. Each entry keeps the undeclared fields of its live counterpart."""
        if not isinstance(value, list):
            return value
        there, was = (other if isinstance(other, list) else [] for other in (there, was))
        written = over(self.item, _numbered(value), there, _numbered(was))
        return [written[place] for place in range(len(value))]

    def carried(self, value: Any) -> Any:
        """Return the live entries, in their order."""
        return list(map(self.item.carried, value)) if isinstance(value, list) else value

    def unknown(self, value: Any, path: str) -> Iterator[str]:
        """Return the paths of the unknown fields of every entry."""
        for inner in value if isinstance(value, list) else ():
            yield from self.item.unknown(inner, path)

    def concerns(self, value: Any, path: str) -> Iterator[str]:
        """Warn entry by entry."""
        for index, inner in enumerate(value if isinstance(value, list) else ()):
            yield from self.item.concerns(inner, f"{path}[{index}]")

    def extras(self, value: Any, path: str) -> Iterator[str]:
        """Return the paths in every entry."""
        for inner in value if isinstance(value, list) else ():
            yield from self.item.extras(inner, path)

    def answer(self, value: Any, form: Any, reading: Reading) -> Any:
        """Read the list, each entry in the form of its declared counterpart."""
        if not isinstance(value, list):
            return value
        forms = self._forms(value, form if isinstance(form, list) else [])
        return [self.item.answer(inner, f, reading) for inner, f in zip(value, forms, strict=True)]

    def _forms(self, values: list[Any], forms: list[Any]) -> list[Any]:
        """Return the form for each entry: its declared counterpart, or None for a new entry."""
        if len(forms) == len(values):
            return forms
        known = paired(self.item, _numbered(forms), values)
        return [forms[known[place]] if place in known else None for place in range(len(values))]


@dataclass(frozen=True)
class OneOrManyShape(Shape):
    """An object, or a list of objects whose order matters. One object equals a list of one."""

    one: NestedShape
    check_one: Callable[[Mapping[str, Any]], tuple[dict[str, Any], list[Mistake]]]
    model: Any

    def check(self, value: Any, path: str) -> tuple[Any, list[Mistake]]:
        """Check the object, or entry by entry."""
        if value == UNKNOWN:
            return value, []
        if not isinstance(value, list):
            return self._check_one(value, path, "must be an object or a list of objects")
        checked, mistakes = [], []
        for index, inner in enumerate(value):
            entry, wrong = self._check_one(inner, f"{path}[{index}]", "must be an object")
            checked.append(entry)
            mistakes += wrong
        return checked, mistakes

    def _check_one(self, value: Any, path: str, due: str) -> tuple[Any, list[Mistake]]:
        if value == UNKNOWN:
            return value, []
        if not isinstance(value, Mapping):
            return value, [Mistake(path, due)]
        checked, mistakes = self.check_one(value)
        return checked, [Mistake(f"{path}.{m.path}".rstrip("."), m.reason) for m in mistakes]

    def same(self, one: Any, other: Any) -> bool:
        """Compare entry by entry."""
        ones, others = _many(one), _many(other)
        return len(ones) == len(others) and all(map(self.one.same, ones, others))

    def meaning(self, value: Any) -> Any:
        """Return the canonical forms of the entries, in their order."""
        return list(map(self.one.meaning, _many(value)))

    def is_nothing(self, value: Any) -> bool:
        """Tell whether there is no entry, or a single empty one."""
        entries = [] if value is MISSING or value is None else _many(value)
        return not entries or (len(entries) == 1 and self.one.is_nothing(entries[0]))

    def keep_keys(self, new: Any, old: Any) -> Any:
        """Return the value, with unchanged entries in their old form."""
        if isinstance(new, list) or isinstance(old, list):
            if not self.same(new, old):
                return new
            pairs = zip(_many(new), _many(old), strict=True)
            return _as(old, [self.one.keep_keys(*pair) for pair in pairs])
        return self.one.keep_keys(new, old)

    def answerable(self, value: Any) -> Any:
        """Leave out the fields of entries that no answer contains."""
        return list(map(self.one.answerable, _many(value)))

    def with_keys_spelled(self, value: Any) -> Any:
        """Spell keys entry by entry."""
        spelled = list(map(self.one.with_keys_spelled, _many(value)))
        return _as(value, spelled)

    def both(self, old: Any, new: Any) -> Any:
        """Merge entry by entry; the new form wins."""
        olds, news = _many(old), _many(new)
        olds = [*olds, *[{}] * len(news)]
        return _as(new, [self.one.both(*pair) for pair in zip(olds, news, strict=False)])

    def request(self, value: Any, there: Any = None, was: Any = None) -> Any:
        """Return it with the undeclared fields of the live value, be that one object or a list."""
        if isinstance(value, list):
            there, was = (None if other is None else _many(other) for other in (there, was))
            return OrderedShape(self.one).request(value, there, was)
        return self.one.request(value, _only(there), _only(was))

    def carried(self, value: Any) -> Any:
        """Return the live value: an object or a list, as it is there."""
        return _as(value, list(map(self.one.carried, _many(value))))

    def unknown(self, value: Any, path: str) -> Iterator[str]:
        """Return the paths of the unknown fields of every entry."""
        for inner in _many(value):
            yield from self.one.unknown(inner, path)

    def concerns(self, value: Any, path: str) -> Iterator[str]:
        """Warn entry by entry."""
        for inner in _many(value):
            yield from self.one.concerns(inner, path)

    def extras(self, value: Any, path: str) -> Iterator[str]:
        """Return the paths in every entry."""
        for inner in _many(value):
            yield from self.one.extras(inner, path)

    def answer(self, value: Any, form: Any, reading: Reading) -> Any:
        """Read the entries, each in the form of its declared counterpart."""
        forms = [] if form in (MISSING, None) else _many(form)
        read = OrderedShape(self.one).answer(_many(value), forms, reading)
        return _as(form if len(read) == 1 and forms else value, read)

    def changes(self, path: str, old: Any, new: Any) -> list[str]:
        """List the changed entries, or the numbers of entries if these differ."""
        if MISSING in (old, new) or UNKNOWN in (old, new):
            return super().changes(path, old, new)
        olds, news = _many(old), _many(new)
        if len(olds) != len(news):
            return [f"{path}: {len(olds)} -> {len(news)} entries"]
        if len(olds) == 1:
            return self.one.changes(path, olds[0], news[0])
        return [
            change
            for index, (was, now) in enumerate(zip(olds, news, strict=True))
            if not self.one.same(was, now)
            for change in self.one.changes(f"{path}[{index}]", was, now)
        ]


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _only(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return value[0] if len(value) == 1 else None


def _numbered(entries: list[Any]) -> dict[int, Any]:
    return dict(enumerate(entries))


K = TypeVar("K", str, int)


def paired(
    item: Shape, entries: Mapping[K, Any], there: list[Any], reading: Reading = NOTHING_KNOWN
) -> dict[int, K]:
    """Match the entries of an answer with known ones: the position in the answer -> the key."""
    found: dict[int, K] = {}
    for key in _most_first(item, entries):
        fitting = (n for n, one in enumerate(there) if _is_that(item, entries[key], one, reading))
        place = next((n for n in fitting if n not in found), None)
        if place is not None:
            found[place] = key
    return found


def over(
    item: Shape, value: Mapping[K, Any], there: list[Any], was: Mapping[K, Any]
) -> dict[K, Any]:
    """Return the entries for a request, with the undeclared fields of their live counterparts.

    The counterpart of an entry is the live entry that equals it, else the live entry that it is a
    changed version of (`Shape.is_kin`).
    """
    had = paired(item, was, there)
    # A live entry that was never declared is removed: nothing of it is to be kept.
    left = [n for n in range(len(there)) if n in had or not was]
    places: dict[K, int] = {}
    for key in _most_first(item, value):
        fitting = [n for n in left if _is_that(item, value[key], there[n])]
        if fitting:
            places[key] = next((n for n in fitting if had.get(n) == key), fitting[0])
            left.remove(places[key])
    for key in sorted(value.keys() - places.keys()):
        changed = (
            n for n in left if item.is_kin(value[key], there[n], is_namesake=had.get(n) == key)
        )
        if (place := next(changed, None)) is not None:
            places[key] = place
            left.remove(place)
    found = {key: (there[n], was[had[n]] if n in had else None) for key, n in places.items()}
    return {key: item.request(entry, *found.get(key, ())) for key, entry in value.items()}


def _most_first(item: Shape, entries: Mapping[K, Any]) -> list[K]:
    """Return the keys, those of the longest entries first: these match the fewest answers.

    Fields that no answer contains do not count, because they cannot tell two answers apart.
    """

    def length(key: K) -> tuple[int, K]:
        shown = item.answerable(entries[key])
        return -len(json.dumps(item.meaning(shown), sort_keys=True)), key

    return sorted(entries, key=length)


def _is_that(item: Shape, entry: Any, answered: Any, reading: Reading = NOTHING_KNOWN) -> bool:
    return item.same(entry, item.answer(answered, entry, reading))


def _as(form: Any, entries: list[Any]) -> Any:
    return entries if isinstance(form, list) else entries[0]


@dataclass(frozen=True)
class Field:
    """The facts about one field. `model.py` explains each, at the annotation that it comes from."""

    name: str
    shape: Shape = Shape()  # noqa: RUF009 - it has no state
    default: Any = MISSING
    left_out: Any = MISSING
    filled_in: tuple[Any, ...] = ()
    answered_as: type | None = None
    unanswered: bool = False
    always_managed: bool = False
    not_empty: str | None = None
    not_sent: bool = False
    trigger: bool = False
    stays: bool = False
    decides: bool = False
    inside: str | None = None

    def found_in(self, answer: Mapping[str, Any]) -> Any:
        """Return what an answer says of the field, as it says it; None: it says nothing."""
        value = answer.get(self.name)
        beside = answer.get(self.inside) if value is None and self.inside else None
        return beside.get(self.name) if isinstance(beside, Mapping) else value

    @property
    def keyed(self) -> Keyed | None:
        """How the entries are kept, if the field is an unordered list; else None."""
        return self.shape.keyed if isinstance(self.shape, KeyedShape) else None

    def same(self, one: Any, other: Any) -> bool:
        """Tell whether two declared values of the field mean the same. MISSING: not declared."""
        if one is other or self.not_sent or one == other:
            return True
        one, other = self._meant(one), self._meant(other)
        nothing = self.shape.is_nothing(one), self.shape.is_nothing(other)
        return all(nothing) if any(nothing) else self.shape.same(one, other)

    def meaning(self, value: Any) -> Any:
        """Return the canonical form of a declared value; None for one that equals its absence."""
        return None if self.shape.is_nothing(value) else self.shape.meaning(value)

    def _meant(self, value: Any) -> Any:
        return self.default if value is MISSING or value is None else value

    def is_idle(self, value: Any) -> bool:
        """Tell whether no program needs to declare a value: it is empty, or the API fills it in."""
        written = self.shape.is_nothing(value) or bool(self.filled_in)
        return written and self.goes_without_saying(value)

    def goes_without_saying(self, value: Any) -> bool:
        """Tell whether a value is the one that the API gives a field that was never sent."""
        return self.same(value, MISSING) or any(self.same(value, one) for one in self.filled_in)

    def answer(self, answer: Mapping[str, Any], form: Any, reading: Reading) -> Any:
        """Read the field from an answer, in the form of its declared value `form`.

        Returns MISSING if the live object does not have the field, and SILENT if the answer does
        not tell. Raises UnusableAnswerError for a value that the field cannot have.
        """
        value = self.found_in(answer)
        if (
            self.not_sent
            or self.unanswered
            or (self.answered_as and not isinstance(value, self.answered_as))
        ):
            return SILENT
        if self.keyed:
            expected = self.always_managed or self.not_empty
            if value is None and form in (MISSING, None) and not expected:
                return MISSING
            # An empty list is sometimes null.
            items = [] if value is None and not self.not_empty else value
            if not isinstance(items, list) or not all(map(self.keyed.may_be, items)):
                raise UnusableAnswerError(
                    f"an answer whose {self.name} is no list of {self.keyed.of_what}"
                )
            return self.shape.answer(items, form, reading)
        if form is MISSING or form is None:
            return self.left_out if value is None else self.shape.answer(value, form, reading)
        absent = self._meant(self.left_out)
        found = absent if value is None else self.shape.answer(value, form, reading)
        # Several values mean "nothing" (null, false, ""): keep the one that the program uses.
        return form if self.shape.is_nothing(found) and self.same(found, form) else found

    def carried(self, there: Mapping[str, Any]) -> Any:
        """Return the undeclared live value for a request, or MISSING if nothing is to be sent."""
        found = self.answer(there, MISSING, NOTHING_KNOWN)
        if found is MISSING or found is SILENT:
            return MISSING
        if there.get(self.name) is None:
            return self.shape.request(found)
        return self.shape.carried(there[self.name])

    def is_empty(self, value: Any) -> bool:
        """Tell whether a value is false or empty, and leaving the field out means the same."""
        empty = value is False or value in ("", [], {})
        return empty and self.left_out is MISSING and self.same(value, MISSING)

    def changes(self, old: Any, new: Any) -> list[str]:
        """List the changes between two different declared values, one line each."""
        return self.shape.changes(self.name, old, new)


class ExtraField(Field):
    """The field `extra`: the fields of an object that this package does not know."""

    def answer(self, answer: Mapping[str, Any], form: Any, reading: Reading) -> Any:
        """Read the declared ones. An answer may leave out fields that are false or empty."""
        del reading
        if self.unanswered:
            return SILENT
        if not isinstance(form, Mapping):
            return MISSING
        found = {
            name: value if includes(answer.get(name), value) else answer.get(name)
            for name, value in form.items()
        }
        return {name: value for name, value in found.items() if value is not None}

    def carried(self, there: Mapping[str, Any]) -> Any:
        """Return MISSING: `write` keeps the unknown fields of the live object."""
        del there
        return MISSING


_UNKNOWN_FIELD = Field("")


def write(shape: NestedShape, declared: Mapping[str, Any], there: Any, was: Any) -> dict[str, Any]:
    """Build a request body: the declared fields over the undeclared fields of the live object.

    A field that is no longer declared is reset to its default; without a default it is left out,
    and the API decides. Unknown fields of the live object stay as they are, unless `extra` declared
    them before and no longer does.
    """
    is_there = isinstance(there, Mapping)
    there = there if is_there else {}
    was = was if isinstance(was, Mapping) else {}
    body = {}
    for name, field in shape.fields.items():
        if field.not_sent or field.trigger or isinstance(field, ExtraField):
            continue
        value = MISSING
        if name in declared:
            value = field.shape.request(declared[name], there.get(name), was.get(name))
        elif field.always_managed:
            value = [] if field.keyed else field.default
        elif name in was and not field.stays:
            value = field.default
        elif is_there and not shape.compares(field):
            value = field.carried(there)
            if shape.top and value is not MISSING and field.is_empty(value):
                continue
        if value is not MISSING:
            body[name] = value
    extra, had = (_extra_of(of) for of in (declared, was))
    strange = {n: v for n, v in shape.strange(there).items() if n in extra or n not in had}
    return body | strange | {n: laid_over(v, there.get(n)) for n, v in extra.items()}


def _extra_of(declared: Mapping[str, Any]) -> Mapping[str, Any]:
    extra = declared.get(EXTRA)
    return whole_numbers(extra) if isinstance(extra, Mapping) else {}


def both(
    fields: Mapping[str, Field], old: Mapping[str, Any], new: Mapping[str, Any]
) -> dict[str, Any]:
    """Merge two declarations into the form for an answer that may match either: fields of both.

    A field that no answer contains keeps its old value, and is left out if it had none.
    """
    form = {}
    for name, field in fields.items():
        before, after = old.get(name, MISSING), new.get(name, MISSING)
        if field.unanswered or after is MISSING:
            form[name] = before
        else:
            form[name] = after if before is MISSING else field.shape.both(before, after)
    return {name: value for name, value in form.items() if value is not MISSING}


def whole_numbers(value: Any) -> Any:
    """Turn floats without a fraction into integers: the engine passes every number as a float."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: whole_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [whole_numbers(inner) for inner in value]
    return value


def is_nothing_at_all(value: Any) -> bool:
    """Return whether a value is MISSING, false or empty."""
    return value is MISSING or _is_nothing(value)


def _shown(value: Any) -> str:
    if value is MISSING:
        return "nothing"
    if value == {}:
        return "none"
    if value == UNKNOWN:
        return "not known yet"
    # Spell dangerous characters before repr() escapes them in its own way.
    return repr(shown(value) if isinstance(value, str) else value)


class Values(Keyed):
    """An unordered list of strings. The canonical form of a string is its key.

    `is_right` returns what is wrong with a string, or None. `canonical` returns its canonical form.
    `choices` are the only strings that are allowed, if the list is closed. `word` is the set of
    words, for strings that are words of the API; it replaces `is_right` and `choices`.
    """

    of_what = "strings"

    def __init__(
        self,
        is_right: Callable[[str], str | None] = lambda _: None,
        canonical: Callable[[str], str] = str,
        choices: tuple[str, ...] = (),
        word: WordShape | None = None,
    ) -> None:
        self.choices = word.words if word else choices
        self._is_right = word.mistake if word else is_right
        self._canonical = canonical
        self._word = word

    def concerns(self, value: Mapping[str, Any], path: str) -> Iterator[str]:
        """Warn about the words that may be new."""
        for entry in value.values() if self._word else ():
            yield from self._word.concerns(entry, path) if self._word else ()

    def may_be(self, answered: Any) -> bool:
        """Tell whether it is a string."""
        return isinstance(answered, str)

    def read(self, entry: Any, path: str) -> tuple[Named, list[Mistake]]:
        """Check one string. Its canonical form is its key."""
        if not isinstance(entry, str):
            return Named("", ""), [Mistake(path, "must be a string")]
        reason = None if entry == UNKNOWN else self._is_right(entry)
        return Named(self.canonical(entry), entry), [Mistake(path, reason)] if reason else []

    def canonical(self, entry: Any) -> str:
        """Return the canonical form."""
        return str(entry) if entry == UNKNOWN else self._canonical(str(entry))

    def to_wire(self, entry: Any) -> Any:
        """Send the string as the program wrote it."""
        return entry

    def matches(self, entry: Any, answer: Any, reading: Reading = NOTHING_KNOWN) -> bool:
        """Compare canonical forms."""
        del reading
        return self.canonical(entry) == self.canonical(answer)

    def from_wire(self, answer: Any, reading: Reading) -> Named:
        """Take the string as it is answered."""
        del reading
        return Named(self.canonical(answer), answer)


class Objects(Keyed):
    """An unordered list of objects. `key` returns the readable key of an object."""

    def __init__(
        self,
        model: Any,
        check: Callable[[Mapping[str, Any]], tuple[dict[str, Any], list[Mistake]]],
        shape: Callable[[], NestedShape],
        key: Callable[[Mapping[str, Any]], str],
    ) -> None:
        self.model = model
        """The model of the objects. Generated types are made from it."""
        self._check = check
        self._shape = shape
        self._key = key

    @property
    def shape(self) -> NestedShape:
        """The shape of each object."""
        return self._shape()

    item = shape

    def read(self, entry: Any, path: str) -> tuple[Named, list[Mistake]]:
        """Check one object."""
        if entry == UNKNOWN:
            return Named(NOT_KNOWN_YET, entry), []
        if not isinstance(entry, Mapping):
            return Named("", {}), [Mistake(path, "must be an object")]
        checked, mistakes = self._check(entry)
        wrong = [Mistake(f"{path}.{mistake.path}", mistake.reason) for mistake in mistakes]
        return Named("" if wrong else self._key(checked), checked), wrong

    def gist(self, entry: Any) -> str:
        """Return one bucket for all: an answer may have fields that its declaration does not."""
        del entry
        return ""

    def keep_form(self, new: Any, old: Any) -> Any:
        """Return the object, with unchanged parts in their old form."""
        return self.shape.keep_keys(new, old)

    def inside_spelled(self, entry: Any) -> Any:
        """Spell the keys of its fields."""
        return self.shape.with_keys_spelled(entry)

    def as_it_was(self, new: Any, old: Any) -> Any:
        """Return the object in its old form, with the fields that are new in it."""
        return self.keep_form(new, old)

    def inside(self, key: str, old: Any, new: Any) -> list[str]:
        """List the changed fields of the object."""
        return self.shape.changes(key, old, new)

    def canonical(self, entry: Any) -> str:
        """Return the canonical form, as JSON."""
        return json.dumps(self.shape.meaning(entry), sort_keys=True)

    def to_wire(self, entry: Any) -> Any:
        """Return the object for a request."""
        return self.shape.request(entry)

    def over(self, value: Mapping[str, Any], there: list[Any], was: Mapping[str, Any]) -> list[Any]:
        """Return the list. Each object keeps the undeclared fields of its live counterpart."""
        written = over(self.shape, value, there, was)
        return [written[key] for key in sorted(written)]

    def carried(self, items: list[Any]) -> list[Any]:
        """Return all fields of every live object, unknown ones included."""
        return list(map(self.shape.carried, items))

    def concerns(self, value: Mapping[str, Any], path: str) -> Iterator[str]:
        """Warn object by object."""
        for entry in value.values():
            yield from self.shape.concerns(entry, path)

    def unknown(self, items: list[Any], path: str) -> Iterator[str]:
        """Return the paths of the unknown fields of every object."""
        for item in items:
            yield from self.shape.unknown(item, path)

    def matches(self, entry: Any, answer: Any, reading: Reading = NOTHING_KNOWN) -> bool:
        """Compare the declared fields."""
        shape = self.shape
        return isinstance(answer, Mapping) and shape.same(
            entry, shape.answer(answer, entry, reading)
        )

    def from_wire(self, answer: Any, reading: Reading) -> Named:
        """Read all fields of an undeclared object that somebody has set."""
        whole = self.shape.answer(answer, None, reading)
        fields = self.shape.fields
        entry = {name: value for name, value in whole.items() if not fields[name].is_idle(value)}
        return Named(self._key(entry), entry)

    def in_form(self, answer: Any, form: Any, reading: Reading) -> Any:
        """Read the fields that the earlier object `form` has."""
        return self.shape.answer(answer, form, reading)
