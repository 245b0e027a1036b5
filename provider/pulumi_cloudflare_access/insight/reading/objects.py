"""Cloudflare's objects with the API's field names, whatever document they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ..unknowns import AFTER_CHANGE, BEFORE_CHANGE
from .destinations import DOMAIN, KEPT, kept, noted
from .kinds import APPLICATION, in_api_form, is_of_another_version, kind_of, property_of
from .references import When, dependencies_of
from .resources import Document, Note, Resource, Side
from .values import SECRET, opened, secret_properties, text

ADOPT: Final = "adopt"
ADOPT_CHANGES: Final = "adopt_changes"
POLICIES: Final = "policies"


@dataclass(frozen=True, slots=True)
class Object:
    """One object, before or after the change."""

    key: str
    """The URN of its resource, else its id."""
    kind: str
    id: str
    """Empty if it is not known yet."""
    name: str
    fields: Mapping[str, Any] | None
    """None: the object exists, but its fields were not read."""
    secrets: frozenset[str] = frozenset()
    """The top-level fields that contain a secret."""
    unsettled: frozenset[str] | None = frozenset()
    """The top-level fields whose hidden values may change; None: all may."""
    dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The URNs that each top-level field depends on."""
    is_new: bool = False
    """The change creates it."""
    is_managed: bool = True
    """A resource manages it; False if the program only reads it."""

    @property
    def is_read(self) -> bool:
        """Whether its fields were read."""
        return self.fields is not None

    @property
    def told(self) -> Mapping[str, Any]:
        """Its fields, with those that contain a secret replaced by SECRET."""
        fields = self.fields or {}
        if not self.secrets:
            return fields
        return {name: SECRET if name in self.secrets else fields[name] for name in fields}

    @property
    def scope(self) -> str:
        """Its account or zone, as "account ID" or "zone ID"; empty if not known."""
        fields = self.fields or {}
        for name in ("zone", "account"):
            id_ = text(fields.get(f"{name}_id"))
            if id_:
                return f"{name} {id_}"
        return ""

    def mark(self, name: str, when: When) -> str:
        """Return a mark that distinguishes a hidden value before and after the change.

        Empty if the value of the field does not change.
        """
        if self.unsettled is not None and name not in self.unsettled:
            return ""
        return BEFORE_CHANGE if when == "old" else AFTER_CHANGE


def objects(document: Document, when: When, notes: list[Note]) -> Iterator[Object]:
    """Yield the objects of a document at one moment, and note what it lacks."""
    for resource in document.resources:
        kind = kind_of(resource.type)
        if kind is None:
            if when == "new" and resource.new and is_of_another_version(resource.type):
                told = f"is a {resource.type.rpartition(':')[2]}, which this version does not know"
                notes.append(Note("not-known", resource.urn, told))
            continue
        found = _at(resource, kind, when, notes)
        if found is not None:
            yield found


def _at(resource: Resource, kind: str, when: When, notes: list[Note]) -> Object | None:
    side = resource.old if when == "old" else resource.new
    exists = _exists_already(resource)
    if when == "old" and side is None and exists:
        # Pulumi adopts an existing object, so it existed before the change.
        side = resource.new
        if exists == ADOPT_CHANGES:
            told = "is taken over with adopt_changes: what it was before is not in this preview"
            notes.append(Note("adopted", resource.urn, told))
            return Object(resource.urn, kind, "", resource.name, None)
        told = "is taken over: it was at Cloudflare before, as it is declared"
        notes.append(Note("adopted", resource.urn, told))
    if side is None:
        return None
    properties = _properties(resource, side)
    id_ = side.id or (resource.id_after if when == "new" else "")
    if properties is None:
        told = "is read for the first time: what is in it is not in this input"
        if when == "new":
            notes.append(Note("first-read", resource.urn, told))
        return Object(resource.urn, kind, id_, resource.name, None)
    fields = {name: opened(value) for name, value in in_api_form(resource.type, properties).items()}
    if kind == APPLICATION and when == "new" and POLICIES not in fields and resource.old:
        # An update that no longer declares policies keeps the attached ones.
        before = in_api_form(resource.type, resource.old.inputs or {})
        fields |= {POLICIES: opened(before[POLICIES])} if POLICIES in before else {}
    if kind == APPLICATION and (there := _noted(resource, side)) is not None:
        fields[KEPT] = there
    secrets = _api_names(resource, secret_properties(properties))
    return Object(
        key=resource.urn,
        kind=kind,
        id=id_,
        name=("" if "name" in secrets else text(fields.get("name"))) or resource.name,
        fields=fields,
        secrets=secrets,
        unsettled=None if resource.changed is None else _api_names(resource, resource.changed),
        dependencies={
            name: dependencies_of(side, property_of(resource.type, name)) for name in fields
        },
        is_new=resource.old is None and not exists,
        is_managed=not side.external,
    )


def _noted(resource: Resource, side: Side) -> list[dict[str, Any]] | None:
    """Return the undeclared destinations: those noted now, else those noted before."""
    for one in (side, resource.old):
        for held in (one.outputs, one.inputs) if one is not None else ():
            found = noted(held or {})
            if found is not None and one is not None:
                return kept(found, opened((one.inputs or {}).get(DOMAIN)))
    return None


def _api_names(resource: Resource, names: Iterable[str]) -> frozenset[str]:
    return frozenset(in_api_form(resource.type, dict.fromkeys(names, "")))


def _exists_already(resource: Resource) -> str:
    """Return how Pulumi adopts an existing object: ADOPT, ADOPT_CHANGES, or empty if not."""
    if resource.old is not None or resource.new is None:
        return ""
    inputs = resource.new.inputs or {}
    if resource.imported:
        return ADOPT
    if inputs.get(ADOPT):
        return ADOPT_CHANGES if inputs.get(ADOPT_CHANGES) else ADOPT
    return ""


def _properties(resource: Resource, side: Side) -> Mapping[str, Any] | None:
    """Return the properties of a resource: its inputs, or its outputs if it is only read."""
    if not side.external:
        return side.inputs
    if side.outputs is not None:
        return side.outputs
    before = resource.old
    return before.outputs if before is not None and before.id in {"", side.id} else None
