"""What a document of Pulumi's says of one resource, before a change and after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Kind = Literal["preview", "refresh", "destroy", "state"]
"""What a document is of. In a refresh, "after" is what Cloudflare says."""

OPERATIONS: Final = frozenset(
    (
        "same", "create", "update", "delete", "replace", "create-replacement", "delete-replaced",
        "read", "read-replacement", "refresh", "discard", "discard-replaced",
        "remove-pending-replace", "import", "import-replacement",
    )
)  # fmt: skip
REPLACING: Final = frozenset(
    ("replace", "create-replacement", "delete-replaced", "read-replacement", "import-replacement")
)
GONE: Final = frozenset(("delete", "delete-replaced", "discard", "discard-replaced"))


@dataclass(frozen=True, slots=True)
class Side:
    """A resource at one moment. Inputs of None: not in the document."""

    inputs: Mapping[str, Any] | None
    outputs: Mapping[str, Any] | None = None
    id: str = ""
    dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    external: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource. No side: it is not there at that moment.

    `changed` are the top-level properties that the engine says change; None: it does not say.
    `replaced`: another object takes its place, with another id. `imported`: it exists already, and
    the state does not have it yet. `old_urn`: what it was called, where it is renamed.
    `component`: it is none of Cloudflare's objects, and has no id.
    """

    urn: str
    type: str
    old: Side | None
    new: Side | None
    changed: frozenset[str] | None = frozenset()
    old_urn: str = ""
    replaced: bool = False
    imported: bool = False
    component: bool = False

    @property
    def id_after(self) -> str:
        """The id after the change; empty: not known yet."""
        if self.new is None or self.new.id or self.replaced:
            return self.new.id if self.new else ""
        return self.old.id if self.old else ""

    def joined(self, later: Resource) -> Resource:
        """Join two steps of one resource: a replacement has several in an event stream."""
        known = self.changed is not None and later.changed is not None
        return Resource(
            self.urn,
            later.type or self.type,
            self.old or later.old,
            later.new or self.new,
            (self.changed or frozenset()) | (later.changed or frozenset()) if known else None,
            self.old_urn or later.old_urn,
            replaced=self.replaced or later.replaced,
            imported=self.imported or later.imported,
        )

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a document cannot tell, and where."""

    code: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """What was read of a document: resources, and what it leaves out."""

    kind: Kind
    resources: Sequence[Resource]
    notes: Sequence[Note] = ()
    left_out: Sequence[str] = ()
    """URNs of resources of the program that this run leaves out."""


def side_of(state: Mapping[str, Any] | None) -> Side | None:
    """Read one side of a step, or a resource of an export."""
    if state is None:
        return None
    inputs, outputs = state.get("inputs"), state.get("outputs")
    dependencies = state.get("propertyDependencies")
    return Side(
        inputs=inputs if isinstance(inputs, Mapping) else None,
        outputs=outputs if isinstance(outputs, Mapping) and outputs else None,
        id=str(state.get("id") or ""),
        dependencies=dependencies if isinstance(dependencies, Mapping) else {},
        external=bool(state.get("external")),
    )
