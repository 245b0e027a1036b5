"""Which resources decide about one application: the least that has to be read to compare it.

It, what it refers to, what belongs to it, the applications whose places overlap with its own, and
all of theirs. Each resource is looked at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ..patterns import Labels, Pattern, in_common
from ..places import PUBLIC, destinations_of
from . import kinds
from .resources import Document, Resource
from .worlds import worlds_of

_PARTS_OF_APPLICATIONS: Final = frozenset((kinds.POLICY_LIST, kinds.OWNED_POLICY))


class Around:
    """What lies around the applications of some resources, which may become more."""

    def __init__(self) -> None:
        self._resources: Final[dict[str, Resource]] = {}
        self._number: Final[dict[str, int]] = {}
        self._by_id: Final[dict[str, str]] = {}
        self._refers_to: Final[dict[str, frozenset[str]]] = {}
        self._parts: Final[dict[str, list[str]]] = {}
        self._orphans: Final[dict[str, None]] = {}
        self._new_applications: Final[dict[str, None]] = {}
        self._places: Final[dict[str, frozenset[Labels]]] = {}
        self._at: Final[dict[Labels, dict[str, None]]] = {}

    def add(self, resource: Resource) -> None:
        """Look at a resource, behind those that it refers to; again, when more is known of it."""
        urn, kind = resource.urn, kinds.kind_of(resource.type)
        if urn in self._resources:
            self._forget(urn)
        self._resources[urn] = resource
        self._number.setdefault(urn, len(self._number))
        for side in (resource.old, resource.new):
            if side is not None and side.id and kind not in kinds.PARTS:
                self._by_id[side.id] = urn
        self._refers_to[urn] = frozenset(self._references(resource)) - {urn}
        if kind in _PARTS_OF_APPLICATIONS:
            applications = self.applications_of(urn)
            for application in applications:
                self._parts.setdefault(application, []).append(urn)
            if not applications:
                self._orphans[urn] = None
        elif kind == kinds.APPLICATION:
            if not resource.id_after:
                self._new_applications[urn] = None
            self._places[urn] = _labels_of(resource)
            for labels in self._places[urn]:
                self._at.setdefault(labels, {})[urn] = None

    def _forget(self, urn: str) -> None:
        for parts in self._parts.values():
            if urn in parts:
                parts.remove(urn)
        self._orphans.pop(urn, None)
        self._new_applications.pop(urn, None)
        for labels in self._places.pop(urn, ()):
            self._at[labels].pop(urn, None)

    def _references(self, resource: Resource) -> Iterator[str]:
        for side in (resource.old, resource.new):
            if side is None:
                continue
            for text in _texts((side.inputs, dict(side.dependencies))):
                urn = self._by_id.get(text, text)
                if urn in self._resources:
                    yield urn

    def applications_of(self, urn: str) -> list[str]:
        """Return the application that a resource is, or those that it may belong to."""
        kind = kinds.kind_of(self._resources[urn].type)
        if kind == kinds.APPLICATION:
            return [urn]
        if kind not in _PARTS_OF_APPLICATIONS:
            return []
        named = [
            one
            for one in self._refers_to[urn]
            if kinds.kind_of(self._resources[one].type) == kinds.APPLICATION
        ]
        new = list(self._new_applications)
        return named or (new if len(new) == 1 else [])

    def rivals(self, application: str) -> int:
        """Count the new applications that may have what belongs to nobody knows which of them."""
        is_one = bool(self._orphans) and application in self._new_applications
        return len(self._new_applications) if is_one else 0

    def of(self, application: str) -> Document:
        """Return what decides where an application answers, as a document of a preview."""
        applications = {application, *self._overlapping(application)}
        if self._orphans and application in self._new_applications:
            # Whose they are is not known: all that they could belong to has to be seen.
            applications |= self._new_applications.keys()
        waiting = [*applications]
        if not applications.isdisjoint(self._new_applications):
            # What belongs to a new application, and nobody knows to which.
            waiting += self._orphans
        waiting += [part for one in applications for part in self._parts.get(one, ())]
        found = dict.fromkeys(waiting)
        while waiting:
            for urn in self._refers_to[waiting.pop()]:
                if urn not in found:
                    found[urn] = None
                    waiting.append(urn)
        in_order = sorted(found, key=self._number.__getitem__)
        return Document("preview", [self._resources[urn] for urn in in_order])

    def _overlapping(self, application: str) -> Iterator[str]:
        """Return the applications some of whose places may be some of these."""
        for labels in self._places[application]:
            for other, there in self._at.items():
                if in_common(labels, other):
                    yield from there


def _labels_of(resource: Resource) -> frozenset[Labels]:
    """Return the hostnames of an application before and after; other places by their kind."""
    worlds = worlds_of(Document("preview", [resource]))
    return frozenset(
        Pattern.of(one.value).labels if one.kind == PUBLIC else ("", one.kind)
        for world in (worlds.old, worlds.new)
        for application in world.applications.values()
        for one in destinations_of(application)
    )


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _texts(inner)
