"""What a Zero Trust list holds: values, each with what somebody has noted about it.

    items:
      203.0.113.0/24: {value: 203.0.113.0/24, description: Office}
      ada@example.com: {value: Ada@example.com}

State and previews hold a map keyed by the value: one that is added is one path.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ..fields import networks
from ..fields.keyed import (
    NOT_KNOWN_YET,
    NOTHING_KNOWN,
    UNKNOWN,
    Keyed,
    Mistake,
    Named,
    Reading,
)
from ..fields.model import unknown_keys
from ..text.nearest import quoted_value

VALUE, DESCRIPTION = "value", "description"

Item = Mapping[str, Any]


def canonical_value(value: Any) -> str:
    """Write a value in its one form: e-mail addresses in lower case, IP addresses as ranges."""
    text = str(value)
    return text.lower() if "@" in text else networks.network(text)


def wire(item: Item) -> dict[str, str]:
    """Write an item as the API wants it."""
    described = {DESCRIPTION: item[DESCRIPTION]} if item.get(DESCRIPTION) else {}
    return {VALUE: item[VALUE], **described}


def by_value(items: Collection[Item]) -> dict[str, Item]:
    """Return items by their canonical values."""
    return {canonical_value(item.get(VALUE)): item for item in items}


def twice(items: Any) -> Iterator[str]:
    """Say which values a declaration has twice, with different descriptions."""
    seen: dict[str, str] = {}
    for item in items.values() if isinstance(items, Mapping) else ():
        value = canonical_value(item.get(VALUE)) if isinstance(item, Mapping) else UNKNOWN
        if value in seen and UNKNOWN not in value:
            yield value
        seen[value] = value


class ListItems(Keyed):
    """The items of a list, in any order."""

    of_what = "items"

    def read(self, entry: Any, path: str) -> tuple[Named, list[Mistake]]:
        """Accept a value, or an object that has one."""
        if isinstance(entry, str):
            entry = {VALUE: entry}
        if not isinstance(entry, Mapping) or not isinstance(entry.get(VALUE), str):
            told = f'is {quoted_value(entry)}, and must be a text or {{"{VALUE}": …}}'
            return Named("", {}), [Mistake(path, told)]
        if unknown := unknown_keys(entry, (VALUE, DESCRIPTION), path, of="an item"):
            return Named("", {}), unknown
        if not entry[VALUE].strip():
            return Named("", {}), [Mistake(f"{path}.{VALUE}", "is empty")]
        if not isinstance(entry.get(DESCRIPTION, ""), str | None):
            return Named("", {}), [Mistake(f"{path}.{DESCRIPTION}", "must be a text")]
        item = {name: entry[name] for name in (VALUE, DESCRIPTION) if entry.get(name)}
        return Named(self._key(item), item), []

    @staticmethod
    def _key(item: Item) -> str:
        return canonical_value(item[VALUE]).replace(UNKNOWN, NOT_KNOWN_YET)

    def canonical(self, entry: Any) -> str:
        """Compare by the value and the description."""
        if not isinstance(entry, Mapping):
            return str(entry)
        return json.dumps([self.gist(entry), entry.get(DESCRIPTION) or ""])

    def gist(self, entry: Any) -> str:
        """Write the value."""
        return canonical_value(entry.get(VALUE)) if isinstance(entry, Mapping) else str(entry)

    def gists(self, answer: Any, reading: Reading = NOTHING_KNOWN) -> Collection[str]:
        """Return the value."""
        del reading
        return (self.gist(answer),)

    def to_wire(self, entry: Any) -> Any:
        """Send the value and the description."""
        return wire(entry)

    def matches(self, entry: Any, answer: Any, reading: Reading = NOTHING_KNOWN) -> bool:
        """Compare values and descriptions."""
        del reading
        return self.canonical(entry) == self.canonical(answer)

    def from_wire(self, answer: Any, reading: Reading) -> Named:
        """Read an item that nobody declared."""
        del reading
        item = {name: answer[name] for name in (VALUE, DESCRIPTION) if answer.get(name)}
        return Named(self._key(item), item)

    def answer(
        self, items: Sequence[Any], known: Mapping[str, Any], reading: Reading
    ) -> dict[str, Any]:
        """Read the items of an answer. A value that is known keeps its key and its spelling."""
        keys = {self.gist(entry): key for key, entry in known.items()}
        kept: dict[str, Any] = {}
        foreign = []
        for item in items:
            read = self.from_wire(item, reading)
            key = keys.get(self.gist(item))
            if key is None or key in kept:
                foreign.append(read.spelled())
            else:
                kept[key] = {**read.entry, VALUE: known[key][VALUE]}
        return self.arrange(foreign, kept)

    def changes(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
        """Say which values have gone and come, and whose description changed."""
        before, after = (
            {self.gist(one): (key, one) for key, one in of.items()} for of in (old, new)
        )
        gone = [f"- {before[value][0]}" for value in sorted(before.keys() - after.keys())]
        come = [f"+ {after[value][0]}" for value in sorted(after.keys() - before.keys())]
        described = [
            f"{after[value][0]}: {DESCRIPTION}: {_noted(before[value][1])} -> {_noted(entry)}"
            for value, (_, entry) in sorted(after.items())
            if value in before and self.canonical(before[value][1]) != self.canonical(entry)
        ]
        return gone + come + described


def _noted(entry: Any) -> str:
    return quoted_value(entry.get(DESCRIPTION) if isinstance(entry, Mapping) else entry)
