"""The resources in Pulumi's documents, before and after a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Kind = Literal["preview", "refresh", "destroy", "state"]
"""What a document describes. In a refresh, "after" is Cloudflare's side."""

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
    """A resource before or after the change.

    `inputs` is None if the document does not have them. `dependencies` are the URNs that each
    property depends on. `external`: the program only reads it.
    """

    inputs: Mapping[str, Any] | None
    outputs: Mapping[str, Any] | None = None
    id: str = ""
    dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    external: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource, before and after the change."""

    urn: str
    type: str
    """The type token."""
    old: Side | None
    """None: it does not exist before the change."""
    new: Side | None
    """None: it does not exist after the change."""
    changed: frozenset[str] | None = frozenset()
    """The top-level properties that change, according to the engine; None: it does not say."""
    old_urn: str = ""
    """The URN before, if the resource is renamed."""
    replaced: bool = False
    """Another object takes its place, with another id."""
    imported: bool = False
    """The object exists, but the state does not have it yet."""
    component: bool = False
    """It is a component: not an object at Cloudflare, and without an id."""

    @property
    def id_after(self) -> str:
        """The id after the change; empty if it is not known yet."""
        if self.new is None or self.new.id or self.replaced:
            return self.new.id if self.new else ""
        return self.old.id if self.old else ""

    def joined(self, later: Resource) -> Resource:
        """Join two steps of one resource. In an event stream, a replacement has several steps."""
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
    """Something that a document does not tell. `where` is the URN of a resource or a name."""

    code: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read: its resources, and notes about what it leaves out."""

    kind: Kind
    resources: Sequence[Resource]
    notes: Sequence[Note] = ()
    left_out: Sequence[str] = ()
    """URNs of resources of the program that this run leaves out."""


def side_of(state: Mapping[str, Any] | None) -> Side | None:
    """Return one side of a step, or a resource of an exported stack."""
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
