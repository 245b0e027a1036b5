"""Comparisons during a run: resource by resource, as the engine has a plugin process check them.

The engine checks a resource after those that it refers to. So when an application or its list of
policies is checked, everything that it refers to is known, before and after. Noting a resource only
compares its inputs. Only when something has changed are resources read, and then only those around
one application, not the whole stack.
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
    """The resources of one run, as far as they have been seen."""

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
        """Note a resource: its inputs in the state (`old`), and those that check returns (`new`).

        `old` is None for a resource that is not in the state. `id_` is its id, if known. `type_` is
        the type token. `dependencies` are the URNs that each input depends on. Call it again when
        more is known.
        """
        if kinds.kind_of(type_) is None:
            return
        known = self._resources.get(urn)
        if old is None and known is not None and known.old is not None:
            # A replaced resource is checked again as a new one, but the state has it.
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
        """Return the state's inputs of a resource that has been seen; empty if there are none."""
        known = self._resources.get(urn)
        return (known and known.old and known.old.inputs) or {}

    def compared(self, urn: str, id_: str, new: Mapping[str, Any]) -> None:
        """Note the id of a resource that has been seen, and the inputs that an update would send.

        These differ from the checked inputs if the program uses `ignore_changes`.
        """
        known = self._resources.get(urn)
        if known is None or known.old is None or known.new is None or known.old.inputs is None:
            return
        if known.old.id == id_ and known.new.inputs == new:
            return
        self.seen(urn, known.type, known.old.inputs, new, id_=id_)

    def changes(self, urn: str, *, limit: int | None = None) -> list[PlaceChange]:
        """Return the changes at the places of an application.

        `urn` is that of the application, of its list of policies, or of one of its policies. Any
        resource that has not been seen counts as unknown; deletions are never seen. `limit` is the
        number of nodes that a decision diagram may have (default: NODE_LIMIT).
        """
        if not self._has_changes or urn not in self._resources:
            return []
        # Imported only when something changes: they take time to load.
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
                # Too many new applications: each would need all of them, and little would be known.
                continue
            document = self._around.of(application)
            if any(one.changed or one.old is None for one in document.resources):
                worlds = worlds_of(document)
                comparer = Comparer(worlds.old, worlds.new, limit=limit or NODE_LIMIT)
                compared = comparer.compare((application,))
                found += [one for one in compared.places if one.verdict is not Verdict.SAME]
        return found
