"""The resources that decide about one application: the least that must be read to compare it.

These are the application, the resources that it refers to, its own policies, the applications whose
places overlap with its places, and all of theirs. Each resource is examined once.
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
    """An index from applications to the resources that decide about them."""

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
        """Add a resource, after those that it refers to; or replace it when more is known."""
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
        """Return the application that a resource is or belongs to; empty if it is not known."""
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
        """Return how many new applications may own the policies whose application is not known.

        0 if there are no such policies, or if `application` is not new.
        """
        is_one = bool(self._orphans) and application in self._new_applications
        return len(self._new_applications) if is_one else 0

    def of(self, application: str) -> Document:
        """Return the resources that decide at the places of an application, as a preview."""
        applications = {application, *self._overlapping(application)}
        if self._orphans and application in self._new_applications:
            # Orphans may belong to any new application, so all of these are needed.
            applications |= self._new_applications.keys()
        waiting = [*applications]
        if not applications.isdisjoint(self._new_applications):
            # Parts of a new application that do not say which one.
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
        """Yield the applications whose places may overlap with those of an application."""
        for labels in self._places[application]:
            for other, there in self._at.items():
                if in_common(labels, other):
                    yield from there


def _labels_of(resource: Resource) -> frozenset[Labels]:
    """Return the hostnames of an application, before and after; of other places, the kind."""
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
