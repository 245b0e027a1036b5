"""Places, not applications: which application answers where, before a change and after it.

More specific places win, and nothing is inherited from what they win over. Where two overlap and
neither is part of the other, no document says which wins: either may.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias
from weakref import WeakKeyDictionary

from .addresses import interval_of
from .characters import shown
from .errors import UnknownPlaceError
from .patterns import Pattern, Region, Url, regions
from .semantics import CLOSED, Answering
from .world import BOOKMARK, GUARDING, SAAS, Application, Destination, World

PUBLIC: Final = "public"
PRIVATE: Final = "private"
WORKER: Final = "worker"
PREVIEW_WORKER: Final = "preview_worker"
APPLICATION: Final = "application"

_Held: TypeAlias = Mapping[Destination, Sequence[str]]
"""Which applications have which destination."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place, and which application answers there in each of several worlds.

    `name` is what people call it, `url` an example of it, if it has one.
    """

    kind: str
    name: str
    url: str | None
    answering: tuple[Answering, ...]


def destinations_of(application: Application) -> tuple[Destination, ...]:
    """Return what an application stands before.

    Only some types guard hostnames. A bookmark guards nothing. The others stand for themselves, and
    so does one whose places are not known.
    """
    if application.type == BOOKMARK:
        return ()
    if application.type in GUARDING and application.destinations:
        return application.destinations
    return (Destination(APPLICATION, application.key),)


def places(*worlds: World, only: Iterable[str] | None = None) -> list[Place]:
    """Return every place of several worlds, with what answers there in each.

    `only`: the keys of the applications whose places are asked for; those that overlap them count.
    """
    asked = None if only is None else frozenset(only)
    held = [_held(world) for world in worlds]
    found = [
        *_public(held, asked),
        *_private(held),
        *_workers(held),
        *_themselves(worlds, held),
    ]
    if asked is None:
        return found
    return [
        place
        for place in found
        if any(asked.intersection(answering.keys) for answering in place.answering)
    ]


def _held(world: World) -> _Held:
    held: dict[Destination, list[str]] = {}
    for application in world.applications.values():
        for destination in dict.fromkeys(destinations_of(application)):
            held.setdefault(_canonical(destination), []).append(application.key)
    return held


def _canonical(destination: Destination) -> Destination:
    if destination.kind != PUBLIC:
        return destination
    return Destination(PUBLIC, str(Pattern.of(destination.value)))


def _of_kind(held: Sequence[_Held], kind: str) -> list[Destination]:
    """Return the destinations of one kind, of all worlds."""
    return list(dict.fromkeys(one for world in held for one in world if one.kind == kind))


# ------------------------------------------------------------------------------ hostnames and paths


def _public(held: Sequence[_Held], asked: frozenset[str] | None) -> list[Place]:
    by_pattern = {Pattern.of(one.value): one for one in _of_kind(held, PUBLIC)}
    found: dict[tuple[str, tuple[Answering, ...]], Place] = {}
    for region in regions(_near(by_pattern, held, asked)):
        name = " and ".join(sorted(map(str, _most_specific(region.matching))))
        answering = tuple(_answering(name, region, by_pattern, world) for world in held)
        if any(one.keys for one in answering):
            place = Place(PUBLIC, name, str(region.url), answering)
            found.setdefault((name, answering), place)
    return list(found.values())


def _near(
    by_pattern: Mapping[Pattern, Destination], held: Sequence[_Held], asked: frozenset[str] | None
) -> list[Pattern]:
    """Return the patterns that can have something in common with those that are asked for."""
    if asked is None:
        return list(by_pattern)
    own = [
        pattern
        for pattern, destination in by_pattern.items()
        if any(asked.intersection(world.get(destination, ())) for world in held)
    ]
    lengths = {len(pattern.labels) for pattern in own}
    hosts = {pattern.labels for pattern in own}
    wild = any("*" in label for labels in hosts for label in labels)
    return [
        pattern
        for pattern in by_pattern
        if len(pattern.labels) in lengths
        and (wild or pattern.labels in hosts or any("*" in label for label in pattern.labels))
    ]


def _answering(
    name: str, region: Region, by_pattern: Mapping[Pattern, Destination], held: _Held
) -> Answering:
    there = [pattern for pattern in region.matching if by_pattern[pattern] in held]
    winners = sorted(_most_specific(there), key=str)
    pairs = [(key, pattern) for pattern in winners for key in held[by_pattern[pattern]]]
    return Answering(
        name,
        tuple(key for key, _ in pairs),
        tuple(_rival(key, pattern, held[by_pattern[pattern]]) for key, pattern in pairs),
    )


def _rival(key: str, pattern: Pattern, sharing: Sequence[str]) -> str:
    """Name what may win: a place; the application too, where several have the same place."""
    return str(pattern) if len(sharing) == 1 else f"{pattern} of {key}"


def _most_specific(patterns: Iterable[Pattern]) -> list[Pattern]:
    """Return the patterns that are no wider than any other."""
    given = list(patterns)
    return [
        one
        for one in given
        if not any(one is not two and one.covers(two) and not two.covers(one) for two in given)
    ]


# -------------------------------------------------------------------------------------- the others


def _private(held: Sequence[_Held]) -> list[Place]:
    """Return private destinations. Which of two that overlap wins is not documented."""
    found = []
    for destination in _of_kind(held, PRIVATE):
        name = _private_name(destination)
        answering = []
        for world in held:
            around = [one for one in world if one.kind == PRIVATE and _includes(one, destination)]
            pairs = [(key, _private_name(one)) for one in around for key in world[one]]
            keys, rivals = [key for key, _ in pairs], [rival for _, rival in pairs]
            answering.append(Answering(name, tuple(keys), tuple(rivals)))
        found.append(Place(PRIVATE, name, None, tuple(answering)))
    return found


def _private_name(destination: Destination) -> str:
    words = [destination.value]
    words += [f"port {destination.ports}"] if destination.ports else []
    words += [destination.protocol] if destination.protocol else []
    words += [f"in network {destination.network}"] if destination.network else []
    return " ".join(words)


def _includes(outer: Destination, inner: Destination) -> bool:
    """Tell whether one private destination holds all of another."""
    if outer == inner:
        return True
    for one, two in ((outer.protocol, inner.protocol), (outer.network, inner.network)):
        if one not in {"", two}:
            return False
    if outer.ports and not _within(_span(inner.ports), _span(outer.ports)):
        return False
    if outer.value == inner.value:
        return True
    try:
        return _within(interval_of(inner.value), interval_of(outer.value))
    except ValueError:
        return False


def _span(ports: str) -> tuple[int, int]:
    first, _, last = ports.partition("-")
    try:
        return int(first), int(last or first)
    except ValueError:
        return 0, 65_535


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _workers(held: Sequence[_Held]) -> list[Place]:
    """Return Workers and their previews: the narrower destination answers."""
    named = {one.value for kind in (WORKER, PREVIEW_WORKER) for one in _of_kind(held, kind)}
    found = []
    for worker in sorted(named):
        called = f"Worker {worker}" if worker else "every other Worker"
        production = [Destination(WORKER, worker), Destination(WORKER, "")]
        previews = [
            Destination(PREVIEW_WORKER, worker),
            *([Destination(WORKER, worker)] if worker else []),
            Destination(PREVIEW_WORKER, ""),
            Destination(WORKER, ""),
        ]
        for name, order in ((called, production), (f"previews of {called}", previews)):
            answering = tuple(_first(name, order, world) for world in held)
            if any(one.keys for one in answering):
                found.append(Place(WORKER, name, None, answering))
    return found


def _first(name: str, order: Iterable[Destination], held: _Held) -> Answering:
    keys = next((tuple(held[one]) for one in order if one in held), ())
    return Answering(name, keys, keys)


def _themselves(worlds: Sequence[World], held: Sequence[_Held]) -> list[Place]:
    """Return the applications that have no address."""
    found = []
    for destination in _of_kind(held, APPLICATION):
        having = [world.applications.get(destination.value) for world in worlds]
        application = next(one for one in reversed(having) if one is not None)
        name = f'{application.type} "{application.name}"'
        # A SaaS application is the way in; what the others come to, no document says.
        unguarded = CLOSED if application.type == SAAS else ""
        answering = tuple(
            Answering(name, tuple(world.get(destination, ())), (), unguarded) for world in held
        )
        found.append(Place(APPLICATION, name, None, answering))
    return found


# ------------------------------------------------------------------------------------- finding one


class Directory:
    """The places of one world, to be found by what people call them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._held = _held(world)
        self._patterns = {Pattern.of(one.value): one for one in _of_kind([self._held], PUBLIC)}

    def find(self, text: str) -> Answering:
        """Return what answers at a URL, at a place, or by an application's own policies.

        Raises UnknownPlaceError, naming the nearest.
        """
        url = Url.of(text)
        matching = frozenset(pattern for pattern in self._patterns if pattern.matches(url))
        if matching:
            return _answering(str(url), Region(url, matching), self._patterns, self._held)
        called = text.strip().lower()
        for place in self._places:
            if place.name.lower() == called:
                return place.answering[0]
        keys = [one.key for one in self._world.applications.values() if called in _called(one)]
        if len(keys) == 1:
            return Answering(text, (keys[0],), (keys[0],))
        if keys:
            raise UnknownPlaceError(f'{len(keys)} applications are called "{text}". Name a place.')
        raise UnknownPlaceError(self._nearest(text))

    @cached_property
    def _places(self) -> list[Place]:
        return places(self._world)

    def _nearest(self, text: str) -> str:
        names = [place.name for place in self._places]
        names += [application.name for application in self._world.applications.values()]
        message = f'No application of this input guards "{text}".'
        close = difflib.get_close_matches(text, names, n=1, cutoff=0.5)
        if close:
            return f'{message} The nearest is "{shown(close[0])}".'
        return message if names else f"{message} There are no applications in it."


def _called(application: Application) -> set[str]:
    key = application.key.lower()
    return {application.name.lower(), key, key.rpartition("::")[2]}


_directories: WeakKeyDictionary[World, Directory] = WeakKeyDictionary()


def directory(world: World) -> Directory:
    """Return the directory of a world, made once."""
    found = _directories.get(world)
    if found is None:
        found = _directories[world] = Directory(world)
    return found
