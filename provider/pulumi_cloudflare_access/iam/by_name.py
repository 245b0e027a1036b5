"""References to objects that a program may call by their names: Cloudflare's own catalogues.

What a program writes stays as it is written. The id, once it is known, stands beside the name in
the outputs, and decides what is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..fields.keyed import NOT_KNOWN_YET, UNKNOWN, Keyed, Mistake, Named
from ..fields.model import unknown_keys
from ..program.references import ID, LABEL, OF, References

NAME = "name"
_AN_ID = re.compile(r"[0-9a-f]{32}")


class ByName(References):
    """An unordered list of references, each a name, an id, or what a look-up found.

    Each is an object with its id on the wire. `what` is what messages call one of them, `named` the
    words by which a program may call it.
    """

    of_what = "objects"

    def __init__(self, what: str, named: str) -> None:
        super().__init__()
        self._what = what
        self._named = named

    def read(self, entry: Any, path: str) -> tuple[Named, list[Mistake]]:
        """Accept a name or an id, or what `refer` wrote down."""
        if isinstance(entry, str):
            entry = {ID if entry == UNKNOWN or _AN_ID.fullmatch(entry) else NAME: entry}
        given = entry if isinstance(entry, Mapping) else {}
        if ID in given and NAME not in given:
            return super().read(given, path)
        name = given.get(NAME)
        if not isinstance(name, str) or not name.strip():
            told = f"must be {self._named}, or what a look-up found"
            return Named("", {}), [Mistake(path, told)]
        if unknown := unknown_keys(given, (NAME, ID, LABEL, OF), path, of=self._what):
            return Named("", {}), unknown
        kept = {key: given[key] for key in (NAME, ID) if given.get(key) is not None}
        return Named(name.replace(UNKNOWN, NOT_KNOWN_YET), kept), []

    def canonical(self, entry: Any) -> str:
        """Compare by id, or by the name while no id is known."""
        if isinstance(entry, Mapping) and ID not in entry:
            return str(entry.get(NAME))
        return super().canonical(entry)

    def to_wire(self, entry: Any) -> Any:
        """Send the id, in an object."""
        return {ID: entry[ID]}

    def without_ids(self, entries: Any) -> list[str]:
        """Return the names that have no id beside them yet."""
        return [entry[NAME] for entry in _of(entries) if NAME in entry and ID not in entry]

    def ids_in(self, entries: Any) -> dict[str, str]:
        """Return the ids of the names that have one."""
        return {entry[NAME]: entry[ID] for entry in _of(entries) if NAME in entry and ID in entry}

    def identified(self, entries: Any, ids: Mapping[str, str]) -> Any:
        """Put ids beside the names. What is then the same twice is there once."""

        def with_id(entry: Any) -> Any:
            known = ids.get(entry[NAME]) if NAME in entry and ID not in entry else None
            return entry if known is None else {**entry, ID: known}

        return self._each(entries, with_id)

    def as_written(self, entries: Any) -> Any:
        """Take the ids away again that stand beside names."""
        return self._each(entries, lambda entry: {NAME: entry[NAME]} if NAME in entry else entry)

    def _each(self, entries: Any, change: Callable[[Any], Any]) -> Any:
        if not isinstance(entries, Mapping):
            return entries
        return once(self, {key: change(entry) for key, entry in entries.items()})


def _of(entries: Any) -> list[Mapping[str, Any]]:
    # Maps come from the engine in any order.
    return [entry for _, entry in sorted(entries.items())] if isinstance(entries, Mapping) else []


def once(keyed: Keyed, entries: Any) -> Any:
    """Leave out of a map what means the same as another entry."""
    if not isinstance(entries, Mapping):
        return entries
    seen: dict[str, str] = {}
    for key, entry in sorted(entries.items()):
        meant = keyed.canonical(entry)
        # Two things that are not known yet need not be the same thing.
        seen.setdefault(f"{key} {meant}" if UNKNOWN in meant else meant, key)
    return {key: entries[key] for key in seen.values()}
