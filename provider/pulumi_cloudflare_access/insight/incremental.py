"""Comparisons while a run goes on: resource by resource, as a plugin process sees them checked.

The engine checks what others refer to first. So when an application, or its list of policies, is
checked, the rules of all that it refers to are known, before and after. Noting a resource costs
nothing but a comparison of its inputs; nothing is read before something has changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from .reading import kinds
from .reading.resources import Document, Resource, Side

if TYPE_CHECKING:
    from .comparison import PlaceChange
    from .world import Application

_PLACED: Final = frozenset((kinds.APPLICATION, kinds.POLICY_LIST, kinds.OWNED_POLICY))


class Run:
    """What has been seen of one run."""

    def __init__(self) -> None:
        self._resources: dict[str, Resource] = {}
        self._has_changes = False

    def seen(
        self,
        urn: str,
        type_: str,
        old: Mapping[str, Any] | None,
        new: Mapping[str, Any],
        *,
        id_: str = "",
        dependencies: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Note a resource: its inputs in the state, and those that check returns.

        `old` is None for one that is not in the state. `id_` is its id, where it is known.
        """
        before = None if old is None else Side(old, id=id_)
        after = Side(new, id=id_, dependencies=dependencies or {})
        changed = (
            frozenset(name for name in {*old, *new} if old.get(name) != new.get(name))
            if old is not None
            else frozenset(new)
        )
        self._has_changes |= bool(changed)
        self._resources[urn] = Resource(urn, type_, before, after, changed)

    def changes(self, urn: str) -> list[PlaceChange]:
        """Return what changes where an application answers that has been seen, with its policies.

        `urn`: of the application, of its list of policies, or of one of them. What has not been
        seen, deletions among it, counts as it is not known.
        """
        resource = self._resources.get(urn)
        if not self._has_changes or resource is None:
            return []
        if kinds.kind_of(resource.type) not in _PLACED:
            return []
        # Only a change is worth the time that these take to load.
        from .comparison import Comparer, Verdict  # noqa: PLC0415
        from .reading.worlds import worlds_of  # noqa: PLC0415

        worlds = worlds_of(Document("preview", list(self._resources.values())))
        key = self._application_of(resource, worlds.new.applications)
        if key is None:
            return []
        compared = Comparer(worlds.old, worlds.new).compare((key,))
        return [place for place in compared.places if place.verdict is not Verdict.SAME]

    def _application_of(
        self, resource: Resource, applications: Mapping[str, Application]
    ) -> str | None:
        """Return the application that a resource is, or belongs to."""
        if resource.urn in applications:
            return resource.urn
        for key, application in applications.items():
            if any(str(step).startswith(resource.urn) for step in application.policies):
                return key
        return None
