"""What a reference means: the resource that it names, else the object that has its id.

A new resource has no id in a preview. A reference to one holds `of`, its URN; where it does not,
the property that the reference is in depends on the resource, and if it depends on exactly one new
resource of the right kind, that is the one. Anything else is not known, and said so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from .kinds import PARTS, kind_of
from .resources import Resource, Side

When = Literal["old", "new"]


class References:
    """Which key an id or a URN stands for, at one moment."""

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
        """Return the present URN of a resource."""
        return self._renamed.get(urn, urn)

    def with_id(self, id_: str) -> str:
        """Return the key of what has an id: its resource's URN, else the id."""
        return self._ids.get(id_, id_)

    def key(self, value: Any, of: Any, kind: str, dependencies: Sequence[str]) -> str | None:
        """Return the key of what a reference means; None: nobody can say."""
        if isinstance(of, str):
            return self.urn(of)
        if isinstance(value, str) and value:
            return self.with_id(value)
        new = {urn for urn in map(self.urn, dependencies) if self._new.get(urn) == kind}
        return new.pop() if len(new) == 1 else None

    def id(self, value: Any, of: Any, kind: str, dependencies: Sequence[str]) -> str | None:
        """Return what to call an object that decides nothing itself: its id, else its URN."""
        if isinstance(value, str) and value:
            return value
        return self.key(None, of, kind, dependencies)


def dependencies_of(side: Side, name: str) -> Sequence[str]:
    """Return the URNs that a top-level property depends on."""
    found = side.dependencies.get(name)
    return list(found) if isinstance(found, Sequence) and not isinstance(found, str) else []
