"""Unordered lists of the API, kept as maps from a readable key to the entry.

The API returns arrays in any order, and the engine compares lists by position: one inserted rule
would show as five changed lines. Programs write lists. `check` turns them into maps. The state and
the preview hold the maps, and requests hold lists again, sorted by key. Two maps are equal when
their entries are; keys are not compared.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from ..text.spelling import UNKNOWN_VALUES, as_key, key_of

# What the engine puts where a value is not known yet (pulumi.runtime.rpc.UNKNOWN; importing it
# would make this module as heavy as the SDK).
UNKNOWN = UNKNOWN_VALUES[0]
NOT_KNOWN_YET = "(not known yet)"


@dataclass(frozen=True)
class Reading:
    """What is needed to read an answer, apart from the answer itself."""

    name_of: Callable[[str], str | None] = lambda _: None
    """Returns the name of the object with this id, or None if this process has not seen it."""
    account: str | None = None
    """The object's account. None: the object is in a zone, and the zone's account is unknown."""


NOTHING_KNOWN = Reading()
"""Reads an answer without names of objects and without an account."""


@dataclass(frozen=True)
class Mistake:
    """One mistake in a declaration.

    A value that may be secret is removed from the reason before a message shows it
    (`text.nearest.without_values`).
    """

    path: str
    """Where: `include[0].email`."""
    reason: str
    """What is wrong, and what to do."""

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True)
class Named:
    """An entry and the key it wishes for. `Keyed.arrange` numbers equal wishes."""

    key: str
    entry: Any

    def spelled(self) -> Named:
        """Return it with the dangerous characters of its key spelled: names are anybody's data."""
        return Named(key_of(self.key), self.entry)


class Keyed(ABC):
    """How the entries of one kind of list are keyed, compared, checked and sent.

    An entry has two forms: the one in the state ("entry") and the API's ("answer", "wire").
    """

    of_what: ClassVar[str] = "objects"
    """The plural noun for the entries of an answer, for messages."""

    @property
    def item(self) -> Any:
        """The `Shape` of the entries if they are objects with fields of their own, else None."""
        return None

    def may_be(self, answered: Any) -> bool:
        """Tell whether a value has the type that an entry of an answer has."""
        return isinstance(answered, dict) and bool(answered)

    @abstractmethod
    def read(self, entry: Any, path: str) -> tuple[Named, list[Mistake]]:
        """Read one entry of a program. Return its wished key, its state form and its mistakes."""

    @abstractmethod
    def canonical(self, entry: Any) -> str:
        """Return the canonical form: two entries have the same one exactly when they are equal."""

    @abstractmethod
    def to_wire(self, entry: Any) -> Any:
        """Return an entry of the state in the form that a request needs."""

    @abstractmethod
    def matches(self, entry: Any, answer: Any, reading: Reading = NOTHING_KNOWN) -> bool:
        """Tell whether an entry of an answer is this entry, perhaps with fields the API added."""

    def gist(self, entry: Any) -> str:
        """Return the bucket key of an entry: `answer` compares only entries of one bucket.

        Every answer that `matches` the entry must have this string among its `gists`.
        """
        return self.canonical(entry)

    def gists(self, answer: Any, reading: Reading = NOTHING_KNOWN) -> Collection[str]:
        """Return the bucket keys of all entries that an answer may match."""
        del reading
        return (self.gist(answer),)

    @abstractmethod
    def from_wire(self, answer: Any, reading: Reading) -> Named:
        """Read an entry of an answer that no program declares."""

    def in_form(self, answer: Any, form: Any, reading: Reading) -> Any:
        """Read a changed entry of an answer in the form of its earlier entry, `form`."""
        del form
        return self.from_wire(answer, reading).entry

    def keep_form(self, new: Any, old: Any) -> Any:
        """Return a changed entry, with its unchanged parts in their old form."""
        del old
        return new

    def as_it_was(self, new: Any, old: Any) -> Any:
        """Return an unchanged entry in its old form."""
        del new
        return old

    def in_place(self, value: Any, was: Any, ignored: Collection[str]) -> tuple[Any, list[str]]:
        """Restore the positions of entries that `ignore_changes` keeps, where the order matters.

        `was` is the old map, and `ignored` the keys that the engine puts back. Returns the map, and
        the keys of the entries whose position is ambiguous. Here, the order does not matter.
        """
        del was, ignored
        return value, []

    def inside(self, key: str, old: Any, new: Any) -> list[str]:
        """List the changes inside an entry that kept its key, one line each."""
        del old, new
        return [f"- {key}", f"+ {key}"]

    def check(self, value: Any, path: str) -> tuple[Any, list[Mistake]]:
        """Turn a program's list into the map, and collect its mistakes.

        An unknown value (in a preview) is returned as it is, as is a list with mistakes. A map
        that an earlier check returned is accepted, and its entries keep their keys.
        """
        if value == UNKNOWN:
            return value, []
        if isinstance(value, Mapping):
            pairs: Iterable[tuple[str | None, Any]] = value.items()
        elif isinstance(value, Sequence) and not isinstance(value, str):
            pairs = ((None, entry) for entry in value)
        else:
            return value, [Mistake(path, "must be a list")]
        named, mistakes = self._read_all(pairs, path)
        # A wrong entry may have no canonical form, and the engine stops at the mistakes anyway.
        return (value if mistakes else self.arrange(named)), mistakes

    def _read_all(
        self, pairs: Iterable[tuple[str | None, Any]], path: str
    ) -> tuple[list[Named], list[Mistake]]:
        """Read (key, entry) pairs. The key is None if they come from a list."""
        named, mistakes, is_right = [], [], []
        for index, (key, entry) in enumerate(pairs):
            read, wrong = self.read(entry, f"{path}[{index}]")
            mistakes += wrong
            named.append(Named(as_key(key), read.entry) if key else read.spelled())
            is_right.append(not wrong or key is None)
        if mistakes and not any(is_right):
            # Not a map from an earlier check, but one entry that the program wrote without a list.
            mistakes = [Mistake(path, "must be a list")]
        return named, mistakes

    def arrange(
        self, entries: Iterable[Named], kept: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return a map that gives every entry a key of its own. Equal entries become one.

        `kept` are entries that keep the keys they have. Entries that wish for the same key are
        numbered, in the order of their canonical forms and not of their positions in the list.
        """
        keyed = dict(kept or {})
        seen = {self.canonical(entry) for entry in keyed.values()}
        ranked = sorted((self._rank(named) for named in entries), key=lambda one: one[:3])
        wished = {as_key(key) for key, *_ in ranked}
        for key, canonical, _, entry in ranked:
            # Two unknown values may become different ones.
            if canonical in seen and UNKNOWN not in canonical:
                continue
            seen.add(canonical)
            keyed[free_key(as_key(key), keyed, wished)] = entry
        return dict(sorted(keyed.items()))

    def _rank(self, named: Named) -> tuple[str, str, str, Any]:
        """Return the key that an entry would like, what it means, its form, and the entry."""
        return named.key, self.canonical(named.entry), _encode(named.entry), named.entry

    def same(self, one: Any, other: Any) -> bool:
        """Tell whether two maps hold the same entries, whatever their keys."""
        if UNKNOWN in (one, other):
            return bool(one == other)
        return self._meanings(one).keys() == self._meanings(other).keys()

    def keep_keys(self, new: Any, old: Any) -> Any:
        """Return the new map, with every unchanged entry under its old key and in its old form."""
        if new == old or not isinstance(new, Mapping) or not isinstance(old, Mapping):
            return new
        had = self._meanings(old)
        kept, others = {}, []
        for key, entry in new.items():
            canonical = self.canonical(entry)
            before = had.get(canonical)
            # Two unknown values may become different ones.
            if before is None or UNKNOWN in canonical:
                others.append(Named(key, entry))
            else:
                kept[before] = self.as_it_was(entry, old[before])
        return self.arrange(others, kept)

    def with_keys_spelled(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return a map of the state, with keys from earlier versions spelled as they are now."""
        return {key: self.inside_spelled(entry) for key, entry in with_keys_spelled(value).items()}

    def inside_spelled(self, entry: Any) -> Any:
        """Return an entry, with the keys of maps inside it spelled as they are now."""
        return entry

    def request(self, value: Mapping[str, Any]) -> list[Any]:
        """Return the list for a request, sorted by key."""
        return [self.to_wire(value[key]) for key in sorted(value)]

    def over(self, value: Mapping[str, Any], there: list[Any], was: Mapping[str, Any]) -> list[Any]:
        """Return the list for a request, with the undeclared fields of the live entries `there`.

        `was` is the map that was declared before.
        """
        del there, was
        return self.request(value)

    def carried(self, items: list[Any]) -> list[Any]:
        """Return undeclared entries of an answer in the form that a request needs."""
        return self.request(self.answer(items, {}, NOTHING_KNOWN))

    def unknown(self, items: list[Any], path: str) -> Iterator[str]:
        """Return the paths of fields, in entries of an answer, that this package does not know."""
        del items, path
        return iter(())

    def concerns(self, value: Mapping[str, Any], path: str) -> Iterator[str]:
        """Warn about values of a checked map that this package does not know but sends."""
        del value, path
        return iter(())

    def answer(
        self, items: Sequence[Any], known: Mapping[str, Any], reading: Reading
    ) -> dict[str, Any]:
        """Read the list of an answer into a map. Entries that match one of `known` keep its key."""
        # Bucketed by gist: comparing every pair would take minutes for a long list that changed.
        left: dict[str, dict[str, Any]] = {}
        for key in sorted(known, key=lambda key: (-len(self.canonical(known[key])), key)):
            # Entries with the most fields first: they match the fewest answers.
            left.setdefault(self.gist(known[key]), {})[key] = known[key]
        kept: dict[str, Any] = {}
        matched: dict[str, dict[str, Any]] = {}
        foreign = []
        # Shortest first: an answer that equals a declaration goes before one with more fields.
        for item in sorted(items, key=_length):
            gists = self.gists(item, reading)
            likely = ((gist, key) for gist in gists for key in left.get(gist, ()))
            found = next(
                ((gist, k) for gist, k in likely if self.matches(known[k], item, reading)), None
            )
            if found is not None:
                gist, key = found
                kept[key] = left[gist].pop(key)
                matched.setdefault(gist, {})[key] = item
                continue
            twins = [
                twin
                for gist in gists
                for key, twin in matched.get(gist, {}).items()
                if self.matches(known[key], item, reading)
            ]
            if not any(self.is_twice(item, twin) for twin in twins):
                read = self.apart if twins else self.from_wire
                foreign.append(read(item, reading).spelled())
        return self.arrange(foreign, kept)

    def apart(self, answer: Any, reading: Reading) -> Named:
        """Read an entry that matches a declared one which another entry has matched already.

        It differs from that other entry in something that the declaration does not name.
        """
        return self.from_wire(answer, reading)

    def is_twice(self, item: Any, other: Any) -> bool:
        """Tell whether two entries of an answer are equal in all their fields."""
        one, two = (self.from_wire(answer, NOTHING_KNOWN).entry for answer in (item, other))
        return self.canonical(one) == self.canonical(two)

    def changes(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
        """List the keys of removed entries (`- key`), then of added ones (`+ key`)."""
        before, after = self._meanings(old), self._meanings(new)
        gone = sorted(key for meaning, key in before.items() if meaning not in after)
        come = sorted(key for meaning, key in after.items() if meaning not in before)
        return [f"- {key}" for key in gone] + [f"+ {key}" for key in come]

    def meanings(self, value: Any) -> list[str]:
        """Return the canonical forms of the entries, sorted."""
        return sorted(self._meanings(value))

    def _meanings(self, value: Any) -> dict[str, str]:
        return {self.canonical(entry): key for key, entry in (value or {}).items()}


_encode = json.JSONEncoder(sort_keys=True).encode


def _length(item: Any) -> tuple[int, str]:
    written = _encode(item)
    return len(written), written


def free_key(key: str, taken: Mapping[str, Any], wished: Collection[str]) -> str:
    """Return the key, numbered if it is taken. The numbered key is neither taken nor wished for."""
    number, free = 1, key
    while free in taken or (number > 1 and free in wished):
        number += 1
        free = f"{key} ({number})"
    return free


def with_keys_spelled(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Return a map of the state, in its order, with its keys spelled as they are now.

    States of earlier versions have keys in which dangerous characters are not spelled.
    """
    if all(as_key(key) == key for key in entries):
        return dict(entries)
    taken = {key: key for key in entries if as_key(key) == key}
    for key in entries.keys() - taken.keys():
        taken[free_key(as_key(key), taken, ())] = key
    now = {key: spelled for spelled, key in taken.items()}
    return {now[key]: entry for key, entry in entries.items()}
