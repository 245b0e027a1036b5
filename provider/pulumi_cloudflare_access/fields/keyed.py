"""Unordered lists of the API, kept as maps keyed by what a person would call the entry.

Arrays come back from the API in any order and the engine compares lists by position: one inserted
rule would show as five changed lines. Programs write lists; `check` turns them into maps, state and
preview hold the maps, requests hold lists again, sorted by key. Equality never looks at keys.
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
    """What reading an answer takes besides the answer."""

    name_of: Callable[[str], str | None] = lambda _: None
    """Returns what an object is called at Cloudflare, if this process has seen it."""
    account: str | None = None
    """The account that the object is in. None: it is in a zone, whose account is not known."""


NOTHING_KNOWN = Reading()


@dataclass(frozen=True)
class Mistake:
    """What is wrong, and where in the declaration. Never holds a value: it could be secret."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True)
class Named:
    """One entry and the key it would like to have: what a person would call it, as it is."""

    key: str
    entry: Any

    def spelled(self) -> Named:
        """Spell what a key must not hold: what an entry is called may be anybody's data."""
        return Named(key_of(self.key), self.entry)


class Keyed(ABC):
    """How the entries of one kind of list are named, compared, checked and sent."""

    of_what: ClassVar[str] = "objects"
    """What messages call the entries of an answer."""

    @property
    def item(self) -> Any:
        """The shape of the entries, if they are objects with fields of their own."""
        return None

    def may_be(self, answered: Any) -> bool:
        """Tell whether this can be an entry of an answer at all."""
        return isinstance(answered, dict) and bool(answered)

    @abstractmethod
    def read(self, entry: Any, path: str) -> tuple[Named, list[Mistake]]:
        """Read one entry as a program wrote it: its key, its form in the state, its mistakes."""

    @abstractmethod
    def canonical(self, entry: Any) -> str:
        """Write an entry so that two are equal exactly when they mean the same."""

    @abstractmethod
    def to_wire(self, entry: Any) -> Any:
        """Write an entry as the API wants it."""

    @abstractmethod
    def matches(self, entry: Any, answer: Any, reading: Reading = NOTHING_KNOWN) -> bool:
        """Tell whether an entry of an answer is this one, whatever the API added to it."""

    def gist(self, entry: Any) -> str:
        """Write what an entry has in common with every answer that matches it: where to look."""
        return self.canonical(entry)

    def gists(self, answer: Any, reading: Reading = NOTHING_KNOWN) -> Collection[str]:
        """Return the gists of all entries that an answer may match."""
        del reading
        return (self.gist(answer),)

    @abstractmethod
    def from_wire(self, answer: Any, reading: Reading) -> Named:
        """Read an entry of an answer that nobody declared."""

    def in_form(self, answer: Any, form: Any, reading: Reading) -> Any:
        """Read an entry of an answer that goes by a key that is known, and has changed."""
        del form
        return self.from_wire(answer, reading).entry

    def keep_form(self, new: Any, old: Any) -> Any:
        """Give what did not change inside an entry, which did, the form that it had."""
        del old
        return new

    def as_it_was(self, new: Any, old: Any) -> Any:
        """Give an entry that did not change the form that it had."""
        del new
        return old

    def in_place(self, value: Any, was: Any, ignored: Collection[str]) -> tuple[Any, list[str]]:
        """Put entries that have lost their places where they were; return those left over too."""
        del was, ignored
        return value, []

    def inside(self, key: str, old: Any, new: Any) -> list[str]:
        """Say what changed in an entry that goes by the key that it had."""
        del old, new
        return [f"- {key}", f"+ {key}"]

    def check(self, value: Any, path: str) -> tuple[Any, list[Mistake]]:
        """Turn what a program wrote into the map, and collect its mistakes."""
        if value == UNKNOWN:
            return value, []
        if isinstance(value, Mapping):
            pairs: Iterable[tuple[str | None, Any]] = value.items()
        elif isinstance(value, Sequence) and not isinstance(value, str):
            pairs = ((None, entry) for entry in value)
        else:
            return value, [Mistake(path, "must be a list")]
        named, mistakes = self._read_all(pairs, path)
        # An entry that is wrong may have no canonical form, and the map will not be used.
        return (value if mistakes else self.arrange(named)), mistakes

    def _read_all(
        self, pairs: Iterable[tuple[str | None, Any]], path: str
    ) -> tuple[list[Named], list[Mistake]]:
        """Read the entries of a list, or of a map: those have keys."""
        named, mistakes, is_right = [], [], []
        for index, (key, entry) in enumerate(pairs):
            read, wrong = self.read(entry, f"{path}[{index}]")
            mistakes += wrong
            named.append(Named(as_key(key), read.entry) if key else read.spelled())
            is_right.append(not wrong or key is None)
        if mistakes and not any(is_right):
            # No map that check has made: one entry, without the brackets.
            mistakes = [Mistake(path, "must be a list")]
        return named, mistakes

    def arrange(
        self, entries: Iterable[Named], kept: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Give every entry a key of its own; entries that mean the same are one.

        `kept` are entries that keep the keys they have. Two that would like the same key are
        numbered, by what they mean and not by their place in the list.
        """
        keyed = dict(kept or {})
        seen = {self.canonical(entry) for entry in keyed.values()}
        ranked = sorted((self._rank(named) for named in entries), key=lambda one: one[:3])
        wished = {as_key(key) for key, *_ in ranked}
        for key, canonical, _, entry in ranked:
            # Two things that are not known yet need not be the same thing.
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
        """Give every entry that did not change the key and the form it had."""
        if new == old or not isinstance(new, Mapping) or not isinstance(old, Mapping):
            return new
        had = self._meanings(old)
        kept, others = {}, []
        for key, entry in new.items():
            canonical = self.canonical(entry)
            before = had.get(canonical)
            # Two things that are not known yet need not be the same thing.
            if before is None or UNKNOWN in canonical:
                others.append(Named(key, entry))
            else:
                kept[before] = self.as_it_was(entry, old[before])
        return self.arrange(others, kept)

    def with_keys_spelled(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return a map of the state with the keys that it would have now."""
        return {key: self.inside_spelled(entry) for key, entry in with_keys_spelled(value).items()}

    def inside_spelled(self, entry: Any) -> Any:
        """Return an entry whose own maps have the keys that they would have now."""
        return entry

    def request(self, value: Mapping[str, Any]) -> list[Any]:
        """Write the map as the list the API wants, in an order that never varies."""
        return [self.to_wire(value[key]) for key in sorted(value)]

    def over(self, value: Mapping[str, Any], there: list[Any], was: Mapping[str, Any]) -> list[Any]:
        """Write the list over the one that is there: what nobody declares of an entry stays."""
        del there, was
        return self.request(value)

    def carried(self, items: list[Any]) -> list[Any]:
        """Write the entries of an answer, which nobody declares, as the API wants them back."""
        return self.request(self.answer(items, {}, NOTHING_KNOWN))

    def unknown(self, items: list[Any], path: str) -> Iterator[str]:
        """Name the fields of an answer's entries that this package does not know."""
        del items, path
        return iter(())

    def concerns(self, value: Mapping[str, Any], path: str) -> Iterator[str]:
        """Say what of a checked map this package does not know, and sends as it is."""
        del value, path
        return iter(())

    def answer(
        self, items: Sequence[Any], known: Mapping[str, Any], reading: Reading
    ) -> dict[str, Any]:
        """Read the list of an answer; entries that are known keep their keys and their form."""
        # Comparing everything with everything would take minutes where a long list has changed.
        left: dict[str, dict[str, Any]] = {}
        for key in sorted(known, key=lambda key: (-len(self.canonical(known[key])), key)):
            # Those that say the most come first: they match the least.
            left.setdefault(self.gist(known[key]), {})[key] = known[key]
        kept: dict[str, Any] = {}
        matched: dict[str, dict[str, Any]] = {}
        foreign = []
        # What says no more than its declaration is it, before what says more.
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
        """Read an entry of an answer that is another one's like, and says more."""
        return self.from_wire(answer, reading)

    def is_twice(self, item: Any, other: Any) -> bool:
        """Tell whether two entries of an answer say the same, all of it."""
        one, two = (self.from_wire(answer, NOTHING_KNOWN).entry for answer in (item, other))
        return self.canonical(one) == self.canonical(two)

    def changes(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
        """Say what has gone and what has come, by key."""
        before, after = self._meanings(old), self._meanings(new)
        gone = sorted(key for meaning, key in before.items() if meaning not in after)
        come = sorted(key for meaning, key in after.items() if meaning not in before)
        return [f"- {key}" for key in gone] + [f"+ {key}" for key in come]

    def meanings(self, value: Any) -> list[str]:
        """Write what the entries mean, without their keys."""
        return sorted(self._meanings(value))

    def _meanings(self, value: Any) -> dict[str, str]:
        return {self.canonical(entry): key for key, entry in (value or {}).items()}


_encode = json.JSONEncoder(sort_keys=True).encode


def _length(item: Any) -> tuple[int, str]:
    written = _encode(item)
    return len(written), written


def free_key(key: str, taken: Mapping[str, Any], wished: Collection[str]) -> str:
    """Return the key, with a number where it is taken: one that makes nobody else's key of it."""
    number, free = 1, key
    while free in taken or (number > 1 and free in wished):
        number += 1
        free = f"{key} ({number})"
    return free


def with_keys_spelled(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Return a map of the state, in its order, with the keys that it would have now.

    States of earlier versions have keys that hold names as they are.
    """
    if all(as_key(key) == key for key in entries):
        return dict(entries)
    taken = {key: key for key in entries if as_key(key) == key}
    for key in entries.keys() - taken.keys():
        taken[free_key(as_key(key), taken, ())] = key
    now = {key: spelled for spelled, key in taken.items()}
    return {now[key]: entry for key, entry in entries.items()}
