"""What a resource group holds: functions for programs, and how its objects are kept.

    scope=scopes.account()
    scope=scopes.zones(shop, {"blog.example.com": "023e105f4ecef8ad9ca31a8372d0c353"})
    scope=scopes.objects("com.cloudflare.edge.r2.bucket.…")

State and previews hold the objects as a map, keyed by what a person would call them: `everything`,
`zone shop`, else the object's own key. The keys are a contract with users and frozen by tests.
Beside its `key`, an object may hold `of`, the URN of the zone's resource; it is never sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import pulumi

from ..fields.keyed import NOT_KNOWN_YET, NOTHING_KNOWN, UNKNOWN, Keyed, Mistake, Named, Reading
from ..fields.model import unknown_keys
from ..program.references import ID, LABEL, MISTAKE, OF, ZONES, Reference, refer
from ..text.nearest import quoted_value

if TYPE_CHECKING:
    from .. import types

Scope: TypeAlias = "types.Scope"
"""What the functions of this module make, and what a program may write as a dictionary."""

KEY = "key"
ACCOUNT = "com.cloudflare.api.account."
ZONE = "com.cloudflare.api.account.zone."
EVERYTHING = "*"


def account() -> Scope:
    """Hold the whole account, and what is added to it later."""
    return objects(EVERYTHING)


def zones(*zones: Reference | Mapping[str, Reference]) -> Scope:
    """Hold these zones.

    :param zones: Each is the zone's resource, its id, or a dictionary of names to zones or ids,
        which keys of the state then have.
    """
    held: list[types.ScopeObject] = []
    for zone in zones:
        if isinstance(zone, Mapping):
            held += [{**_zone(one), "label": name} for name, one in zone.items()]
        else:
            held.append(_zone(zone))
    return {"objects": held}


def objects(*keys: pulumi.Input[str], key: pulumi.Input[str] | None = None) -> Scope:
    """Hold objects of any kind.

    :param keys: Their keys, such as `com.cloudflare.edge.r2.bucket.<id>`, or `*` for everything.
    :param key: The scope's own key. Default: the account's.
    """
    held: list[types.ScopeObject] = [{"key": one} for one in keys]
    return {"objects": held} if key is None else {"key": key, "objects": held}


def _zone(zone: Reference) -> types.ScopeObject:
    known = refer(zone, ZONES)
    known = dict(known) if isinstance(known, Mapping) else {ID: known}
    id_ = known.pop(ID)
    key = pulumi.Output.concat(ZONE, id_) if _is_later(id_) else f"{ZONE}{id_}"
    return cast("types.ScopeObject", {KEY: key, **known})


def _is_later(id_: Any) -> bool:
    return isinstance(id_, pulumi.Output)


class Objects(Keyed):
    """The objects of a scope, as `Keyed` wants them."""

    of_what = "keys of objects"

    def read(self, entry: Any, path: str) -> tuple[Named, list[Mistake]]:
        """Accept what the functions of this module make, and what the API does."""
        if entry == UNKNOWN:
            return Named(NOT_KNOWN_YET, {KEY: entry}), []
        if not isinstance(entry, Mapping) or not isinstance(entry.get(KEY), str):
            told = "must be an object of a scope; scopes.zones(…) makes them"
            return Named("", {}), [Mistake(path, told)]
        if entry.get(MISTAKE):
            return Named("", {}), [Mistake(path, str(entry[MISTAKE]))]
        if unknown := unknown_keys(entry, (KEY, LABEL, OF), path, of="an object of a scope"):
            return Named("", {}), unknown
        key = entry[KEY]
        if reason := _wrong(key):
            return Named("", {}), [Mistake(f"{path}.{KEY}", reason)]
        kept = {name: entry[name] for name in (KEY, OF) if entry.get(name) is not None}
        return Named(_called(key, entry.get(LABEL), zone=OF in entry), kept), []

    def canonical(self, entry: Any) -> str:
        """Compare by key."""
        return str(entry.get(KEY)) if isinstance(entry, Mapping) else str(entry)

    def to_wire(self, entry: Any) -> Any:
        """Send the key."""
        return {KEY: entry[KEY]}

    def matches(self, entry: Any, answer: Any, reading: Reading = NOTHING_KNOWN) -> bool:
        """Compare keys."""
        del reading
        return self.canonical(entry) == self.canonical(answer)

    def over(self, value: Mapping[str, Any], there: list[Any], was: Mapping[str, Any]) -> list[Any]:
        """Write every object with the fields that nobody knows of the one that is there."""
        del was
        held = {self.canonical(item): item for item in there}
        sent = (self.to_wire(value[key]) for key in sorted(value))
        return [{**held.get(one[KEY], {}), **one} for one in sent]

    def unknown(self, items: list[Any], path: str) -> Iterator[str]:
        """Name what an object has beside its key."""
        for item in items:
            yield from (f"{path}.{name}" for name in item if name != KEY)

    def from_wire(self, answer: Any, reading: Reading) -> Named:
        """Call an object that nobody declared by its zone's id, or its own key."""
        key = self.canonical(answer)
        return Named(_called(key, reading.name_of(key.removeprefix(ZONE))), {KEY: key})


def _called(key: str, label: Any, *, zone: bool = False) -> str:
    if key == EVERYTHING:
        return "everything"
    if key == UNKNOWN:
        return f"{'zone ' if zone else ''}{label or NOT_KNOWN_YET}"
    if key.startswith(ZONE):
        return f"zone {label or key.removeprefix(ZONE)}"
    return str(label or key)


def words(key: str) -> str:
    """Write the key of an object as a sentence has it; in angle brackets, what it is called."""
    return _called(key, None) if not key.startswith("<") else key.strip("<>")


def _wrong(key: str) -> str | None:
    if not key:
        return "must not be empty"
    zone = key.removeprefix(ZONE)
    # All zones, and parts of zones: Cloudflare's documents have them for tokens.
    if zone != key and not re.fullmatch(r"\*|[0-9A-Fa-f]{32}(\.[\w.*-]+)?", zone):
        return (
            f"{quoted_value(key)} names no zone's id, 32 hexadecimal digits; pass the zone itself "
            "or its id"
        )
    return None
