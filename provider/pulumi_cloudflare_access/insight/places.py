"""Places: which application answers where, before and after a change.

The application with the most specific place answers, and nothing is inherited from less specific
ones. Where two places overlap and neither contains the other, Cloudflare does not document which
application answers: either may.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from weakref import WeakKeyDictionary

from .addresses import interval_of
from .characters import shown
from .errors import UnknownPlaceError
from .patterns import Pattern, Region, Url, in_common, regions
from .semantics import CLOSED, Answering
from .world import BOOKMARK, GUARDING, SAAS, Application, Destination, World

PUBLIC: Final = "public"
PRIVATE: Final = "private"
MCP: Final = "mcp"
WORKER: Final = "worker"
PREVIEW_WORKER: Final = "preview_worker"
APPLICATION: Final = "application"


@dataclass(frozen=True, slots=True)
class Place:
    """One place, and which application answers there in each world.

    `kind` is the kind of its destination, or `application`. `name` is for people. `url` is an
    example URL, or None if the place has none.
    """

    kind: str
    name: str
    url: str | None
    answering: tuple[Answering, ...]


def destinations_of(application: Application) -> tuple[Destination, ...]:
    """Return the destinations that an application guards.

    Only some types guard hostnames. A bookmark guards nothing. An application of another type, or
    whose destinations are not known, is a place of its own.
    """
    if application.type == BOOKMARK:
        return ()
    if application.type in GUARDING and application.destinations:
        return application.destinations
    return (Destination(APPLICATION, application.key),)


def places(*worlds: World, only: Iterable[str] | None = None) -> list[Place]:
    """Return every place of the worlds, with the application that answers there in each.

    `only` are keys of applications: only the places where one of them answers are returned.
    """
    asked = None if only is None else frozenset(only)
    held = [_held(world) for world in worlds]
    found = [
        *_public(held, asked),
        *_private(held),
        *_workers(held),
        *_servers(held),
        *_themselves(worlds, held),
    ]
    if asked is None:
        return found
    return [
        place
        for place in found
        if any(asked.intersection(answering.keys) for answering in place.answering)
    ]


@dataclass(frozen=True, slots=True)
class _Held:
    """The applications of one world by destination, and their public paths."""

    keys: Mapping[Destination, Sequence[str]]
    public: Mapping[tuple[Destination, str], Sequence[str]]
    """The paths that are open to everyone, by destination and application."""


def _held(world: World) -> _Held:
    held: dict[Destination, list[str]] = {}
    public: dict[tuple[Destination, str], list[str]] = {}
    for key, application in world.applications.items():
        for destination in dict.fromkeys(map(_canonical, destinations_of(application))):
            held.setdefault(destination, []).append(key)
        for one in application.public_paths:
            public.setdefault((_canonical(one.destination), key), []).append(one.path)
    return _Held(held, public)


def _canonical(destination: Destination) -> Destination:
    if destination.kind != PUBLIC:
        return destination
    return Destination(PUBLIC, str(Pattern.of(destination.value)))


def _of_kind(held: Sequence[_Held], kind: str) -> list[Destination]:
    """Return the destinations of one kind, of all worlds."""
    return list(dict.fromkeys(one for world in held for one in world.keys if one.kind == kind))


# ------------------------------------------------------------------------------ hostnames and paths


def _public(held: Sequence[_Held], asked: frozenset[str] | None) -> list[Place]:
    by_pattern = {Pattern.of(one.value): one for one in _of_kind(held, PUBLIC)}
    near = _near(by_pattern, held, asked)
    found: dict[tuple[str, tuple[Answering, ...]], Place] = {}
    for region in regions([*near, *_public_paths(near, by_pattern, held)]):
        winners = [_winners(region, by_pattern, world) for world in held]
        # Only the public paths of the answering applications are part of the name.
        count = {path for won in winners for one in won for path in one.public}
        covering = [pattern for pattern in region.matching if pattern in by_pattern]
        if covering:
            name = " and ".join(sorted(map(str, _most_specific({*covering, *count}))))
            answering = tuple(_answering(name, won) for won in winners)
            place = Place(PUBLIC, name, str(region.url), answering)
            found.setdefault((name, answering), place)
    return list(found.values())


def _near(
    by_pattern: Mapping[Pattern, Destination], held: Sequence[_Held], asked: frozenset[str] | None
) -> list[Pattern]:
    """Return the patterns that may overlap with those of the requested applications."""
    if asked is None:
        return list(by_pattern)
    own = [
        pattern
        for pattern, destination in by_pattern.items()
        if any(asked.intersection(world.keys.get(destination, ())) for world in held)
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


def _public_paths(
    patterns: Iterable[Pattern], by_pattern: Mapping[Pattern, Destination], held: Sequence[_Held]
) -> Iterator[Pattern]:
    """Yield the paths that are open to everyone, as patterns."""
    for pattern in patterns:
        for world in held:
            for key in world.keys.get(by_pattern[pattern], ()):
                for path in world.public.get((by_pattern[pattern], key), ()):
                    yield Pattern.only(pattern.labels, path)


@dataclass(frozen=True, slots=True)
class _Winner:
    """An application that may answer, its name among rivals, and its matching public paths."""

    key: str
    rival: str
    public: tuple[Pattern, ...]


def _winners(
    region: Region, by_pattern: Mapping[Pattern, Destination], held: _Held
) -> list[_Winner]:
    there = [one for one in region.matching if one in by_pattern and by_pattern[one] in held.keys]
    found = []
    for pattern in sorted(_most_specific(there), key=str):
        destination = by_pattern[pattern]
        for key in held.keys[destination]:
            paths = [
                Pattern.only(pattern.labels, path)
                for path in held.public.get((destination, key), ())
            ]
            public = tuple(path for path in paths if path in region.matching)
            found.append(_Winner(key, _rival(key, pattern, held.keys[destination]), public))
    return found


def _answering(name: str, winners: Sequence[_Winner]) -> Answering:
    return Answering(
        name,
        tuple(one.key for one in winners),
        tuple(one.rival for one in winners),
        public=_flags([bool(one.public) for one in winners]),
    )


def _flags(flags: Sequence[bool]) -> tuple[bool, ...]:
    return tuple(flags) if any(flags) else ()


def _rival(key: str, pattern: Pattern, sharing: Sequence[str]) -> str:
    """Return the name among rivals: the place, with the application if several share it."""
    return str(pattern) if len(sharing) == 1 else f"{pattern} of {key}"


def _most_specific(patterns: Iterable[Pattern]) -> list[Pattern]:
    """Return the patterns that do not strictly contain another one."""
    given = list(patterns)
    return [
        one
        for one in given
        if not any(one is not two and one.covers(two) and not two.covers(one) for two in given)
    ]


# -------------------------------------------------------------------------------------- the others


def _private(held: Sequence[_Held]) -> list[Place]:
    """Return private destinations. If two overlap, it is not documented which one answers."""
    found = []
    for destination in _of_kind(held, PRIVATE):
        name = _private_name(destination)
        answering = []
        for world in held:
            private = [one for one in world.keys if one.kind == PRIVATE]
            around = [one for one in private if _includes(one, destination)]
            pairs = [(key, _private_name(one)) for one in around for key in world.keys[one]]
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
    """Tell whether one private destination contains another."""
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


def _workers(held: Sequence[_Held]) -> Iterator[Place]:
    """Yield Workers and their previews. The narrower destination answers."""
    named = {one.value for kind in (WORKER, PREVIEW_WORKER) for one in _of_kind(held, kind)}
    for worker in sorted(named):
        called = f"Worker {worker}" if worker else "every other Worker"
        production = [Destination(WORKER, worker), Destination(WORKER, "")]
        previews = [
            Destination(PREVIEW_WORKER, worker),
            *([Destination(WORKER, worker)] if worker else []),
            Destination(PREVIEW_WORKER, ""),
            Destination(WORKER, ""),
        ]
        yield from _of_worker(called, production, held)
        yield from _of_worker(f"previews of {called}", previews, held)


def _of_worker(called: str, order: Sequence[Destination], held: Sequence[_Held]) -> Iterator[Place]:
    """Yield the places of a Worker: its paths that are open to everyone, and the rest.

    `order` are the destinations that may answer, the narrowest first.
    """
    first = [next((one for one in order if one in world.keys), None) for world in held]
    pairs = [
        [(key, world.public.get((one, key), ())) for key in world.keys[one]] if one else []
        for world, one in zip(held, first, strict=True)
    ]
    if not any(pairs):
        return
    everything = Pattern((called,), "/*")
    paths = {path for there in pairs for _, public in there for path in public}
    for region in regions([everything, *(Pattern.only((called,), path) for path in paths)]):
        name = " and ".join(sorted(map(str, _most_specific(region.matching))))
        name = name.replace(f"{called}/", f"{called} /")
        answering = []
        for there in pairs:
            keys = tuple(key for key, _ in there)
            flags = [
                any(Pattern.only((called,), path) in region.matching for path in public)
                for _, public in there
            ]
            answering.append(Answering(name, keys, keys, public=_flags(flags)))
        yield Place(WORKER, name, None, tuple(answering))


def _servers(held: Sequence[_Held]) -> Iterator[Place]:
    """Yield MCP servers behind a portal. What holds without an application is not documented."""
    for destination in _of_kind(held, MCP):
        name = f"MCP server {destination.value}"
        keys = [tuple(world.keys.get(destination, ())) for world in held]
        yield Place(MCP, name, None, tuple(Answering(name, one, one, "") for one in keys))


def _themselves(worlds: Sequence[World], held: Sequence[_Held]) -> list[Place]:
    """Return the applications that have no address, each as a place of its own."""
    found = []
    for destination in _of_kind(held, APPLICATION):
        having = [world.applications.get(destination.value) for world in worlds]
        application = next(one for one in reversed(having) if one is not None)
        name = f'{application.type} "{application.name}"'
        # Without a SaaS application there is no way in. For other types, it is not documented.
        unguarded = CLOSED if application.type == SAAS else ""
        answering = tuple(
            Answering(name, tuple(world.keys.get(destination, ())), (), unguarded) for world in held
        )
        found.append(Place(APPLICATION, name, None, answering))
    return found


# ------------------------------------------------------------------------------------- finding one


class Directory:
    """Finds the places of one world by URL or by name."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._held = _held(world)
        self._patterns = {Pattern.of(one.value): one for one in _of_kind([self._held], PUBLIC)}
        paths = _public_paths(self._patterns, self._patterns, [self._held])
        self._all = {*self._patterns, *paths}

    def find(self, text: str) -> Answering:
        """Return what answers at a URL, at a named place, or for an application's name.

        Raises UnknownPlaceError, which names the nearest place.
        """
        called = text.strip().lower()
        # A URL has no spaces, so a text with spaces can only be the name of a place.
        found = self._named(called) if " " in called else None
        return found or self._at(Url.of(text)) or self._named(called) or self._of_name(text)

    def within(self, text: str) -> list[Answering]:
        """Return what answers at a place and at every part of it, unguarded parts included.

        For the name of an application: every place where it answers. Raises UnknownPlaceError.
        """
        called = text.strip().lower()
        covered = [] if " " in called else self._covered(Pattern.of(text))
        if covered:
            return covered
        named = [place for place in self._places if _is_within(place.name.lower(), called)]
        keys = self._keys_of(called)
        if not named and len(keys) == 1:
            named = [place for place in self._places if keys[0] in place.answering[0].keys]
        return [place.answering[0] for place in named] or [self.find(text)]

    def _covered(self, asked: Pattern) -> list[Answering]:
        """Return what answers in every part of a pattern; empty if no application does."""
        near = [one for one in self._all if in_common(one.labels, asked.labels)]
        found: dict[Answering, None] = {}
        for region in regions([*near, asked]):
            if asked in region.matching:
                winners = _winners(region, self._patterns, self._held)
                count = {path for one in winners for path in one.public}
                covering = {one for one in region.matching if one in self._patterns} | {asked}
                name = " and ".join(sorted(map(str, _most_specific(covering | count))))
                found[_answering(name, winners)] = None
        return list(found) if any(one.keys for one in found) else []

    def _at(self, url: Url) -> Answering | None:
        matching = frozenset(pattern for pattern in self._all if pattern.matches(url))
        winners = _winners(Region(url, matching), self._patterns, self._held)
        return _answering(str(url), winners) if winners else None

    def _named(self, called: str) -> Answering | None:
        for place in self._places:
            if place.name.lower() == called:
                return place.answering[0]
        return None

    def _keys_of(self, called: str) -> list[str]:
        return [one.key for one in self._world.applications.values() if called in _called(one)]

    def _of_name(self, text: str) -> Answering:
        keys = self._keys_of(text.strip().lower())
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


def _is_within(name: str, called: str) -> bool:
    """Tell whether a place has this name, or is a path of the Worker with this name."""
    return name == called or name.startswith(f"{called} /")


def _called(application: Application) -> set[str]:
    key = application.key.lower()
    return {application.name.lower(), key, key.rpartition("::")[2]}


_directories: WeakKeyDictionary[World, Directory] = WeakKeyDictionary()


def directory(world: World) -> Directory:
    """Return the directory of a world, built once."""
    found = _directories.get(world)
    if found is None:
        found = _directories[world] = Directory(world)
    return found
