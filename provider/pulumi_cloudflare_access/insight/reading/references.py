"""Resolves references: to the resource with a URN, else to the object with an id.

A new resource has no id in a preview. A reference to it has its URN in `of`. Without `of`, the
dependencies of the property decide, if there is exactly one new resource of the right kind among
them. Any other reference is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from .kinds import PARTS, kind_of
from .resources import Resource, Side

When = Literal["old", "new"]


class References:
    """The keys for ids and URNs, at one moment."""

    def __init__(self, resources: Sequence[Resource], when: When) -> None:
        self._renamed: Final = {one.old_urn: one.urn for one in resources if one.old_urn}
        self._ids: Final[dict[str, str]] = {}
        self._new: Final[dict[str, str | None]] = {}
        for resource in resources:
            before = resource.old.id if resource.old else ""
            id_ = before if when == "old" else resource.id_after
            if id_ and kind_of(resource.type) not in PARTS:
                self._ids[id_] = resource.urn
            if resource.new is not None and not resource.id_after:
                self._new[resource.urn] = kind_of(resource.type)

    def urn(self, urn: str) -> str:
        """Return the current URN of a resource that may have been renamed."""
        return self._renamed.get(urn, urn)

    def with_id(self, id_: str) -> str:
        """Return the key of the object with an id: its resource's URN, else the id."""
        return self._ids.get(id_, id_)

    def key(self, value: Any, of: Any, kind: str, dependencies: Sequence[str]) -> str | None:
        """Return the key of the object that a reference means, or None if it is not known.

        `value` is the id, `of` the URN, if the reference has them. `dependencies` are the URNs that
        the property depends on.
        """
        if isinstance(of, str):
            return self.urn(of)
        if isinstance(value, str) and value:
            return self.with_id(value)
        new = {urn for urn in map(self.urn, dependencies) if self._new.get(urn) == kind}
        return new.pop() if len(new) == 1 else None

    def id(self, value: Any, of: Any, kind: str, dependencies: Sequence[str]) -> str | None:
        """Return the id of an object, else its URN. For kinds that decide nothing themselves."""
        if isinstance(value, str) and value:
            return value
        return self.key(None, of, kind, dependencies)


def dependencies_of(side: Side, name: str) -> Sequence[str]:
    """Return the URNs that a top-level property depends on."""
    found = side.dependencies.get(name)
    return list(found) if isinstance(found, Sequence) and not isinstance(found, str) else []
