"""Comparisons while a run goes on: resource by resource, as a plugin process sees them checked.

The engine checks what others refer to first. So when an application, or its list of policies, is
checked, the rules of all that it refers to are known, before and after. Noting a resource costs
nothing but a comparison of its inputs; nothing is read before something has changed, and then what
lies around one application, not the whole stack.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from .reading import kinds
from .reading.resources import Resource, Side

if TYPE_CHECKING:
    from .comparison import PlaceChange
    from .reading.around import Around

_MOST_RIVALS: Final = 10


class Run:
    """What has been seen of one run."""

    def __init__(self) -> None:
        self._resources: dict[str, Resource] = {}
        self._waiting: dict[str, None] = {}
        self._around: Around | None = None
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

        `old` is None for one that is not in the state. `id_` is its id, where it is known; what is
        learnt later is noted by another call.
        """
        if kinds.kind_of(type_) is None:
            return
        known = self._resources.get(urn)
        if old is None and known is not None and known.old is not None:
            # What is replaced is checked again as something new; the state has it all the same.
            old, id_ = known.old.inputs, id_ or known.old.id
        before = None if old is None else Side(old, id=id_)
        after = Side(new, id=id_, dependencies=dependencies or {})
        changed = (
            frozenset(name for name in {*old, *new} if old.get(name) != new.get(name))
            if old is not None
            else frozenset(new)
        )
        self._has_changes |= bool(changed) or old is None
        self._resources[urn] = Resource(urn, type_, before, after, changed)
        self._waiting[urn] = None

    def inputs_before(self, urn: str) -> Mapping[str, Any]:
        """Return the inputs that the state has of a resource that has been seen."""
        known = self._resources.get(urn)
        return (known and known.old and known.old.inputs) or {}

    def compared(self, urn: str, id_: str, new: Mapping[str, Any]) -> None:
        """Note the id of a resource that has been seen, and the inputs that an update would send.

        They are not those of the check where the program ignores some of their changes.
        """
        known = self._resources.get(urn)
        if known is None or known.old is None or known.new is None or known.old.inputs is None:
            return
        if known.old.id == id_ and known.new.inputs == new:
            return
        self.seen(urn, known.type, known.old.inputs, new, id_=id_)

    def changes(self, urn: str, *, limit: int | None = None) -> list[PlaceChange]:
        """Return what changes where an application answers that has been seen, with its policies.

        `urn`: of the application, of its list of policies, or of one of them. What has not been
        seen, deletions among it, counts as it is not known. `limit`: how many nodes a diagram may
        have.
        """
        if not self._has_changes or urn not in self._resources:
            return []
        # Only a change is worth the time that these take to load.
        from .comparison import Comparer, Verdict  # noqa: PLC0415
        from .diagram import NODE_LIMIT  # noqa: PLC0415
        from .reading.around import Around  # noqa: PLC0415
        from .reading.worlds import worlds_of  # noqa: PLC0415

        if self._around is None:
            self._around = Around()
        for waiting in self._waiting:
            self._around.add(self._resources[waiting])
        self._waiting.clear()
        found: list[PlaceChange] = []
        for application in self._around.applications_of(urn):
            if self._around.rivals(application) > _MOST_RIVALS:
                # All of them would have to be read for each, and little would be known.
                continue
            document = self._around.of(application)
            if any(one.changed or one.old is None for one in document.resources):
                worlds = worlds_of(document)
                comparer = Comparer(worlds.old, worlds.new, limit=limit or NODE_LIMIT)
                compared = comparer.compare((application,))
                found += [one for one in compared.places if one.verdict is not Verdict.SAME]
        return found
