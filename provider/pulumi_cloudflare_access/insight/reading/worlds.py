"""Reads worlds, before and after a change, from Pulumi's documents and the account's objects.

`read` takes a document of any kind. An incomplete document is refused. Values that a complete
document does not contain are unknowns, and are noted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..world import World
from . import kinds
from .build import Builder
from .documents import parse, read_document, read_pack
from .objects import objects
from .overlay import laid_over
from .references import References, When
from .resources import Document, Kind, Note
from .snapshot import snapshot_objects

__all__ = ["Note", "Worlds", "from_pack", "read", "read_snapshot", "worlds_of"]


@dataclass(frozen=True, slots=True)
class Worlds:
    """Everything that decides who gets in, before and after a change."""

    old: World
    new: World
    kind: Kind
    """What was read. In a `refresh`, `new` is Cloudflare's side; in a `state`, both are equal."""
    notes: tuple[Note, ...] = ()
    """What the input does not tell."""
    left_out: tuple[str, ...] = ()
    """The URNs of resources that the program declares and this run leaves out (`--target`)."""
    stack: str = ""
    """`project/stack`, or empty if the input does not say."""


def read(
    document: Any,
    *,
    state: Any = None,
    snapshot: Any = None,
    access_protection: bool | None = None,
) -> Worlds:
    """Read worlds from a preview, the engine's events, or an exported stack.

    `document` is the text of the document, or the parsed JSON. `state` is the exported stack from
    before the preview: it completes a preview without unchanged resources, and its plain-text
    secrets are used. `snapshot` has the account's objects, for those that the stack does not
    manage. `access_protection` says whether the account blocks places that no application guards;
    None if that is not known. Raises InputError.
    """
    parsed = parse(document) if isinstance(document, str) else document
    began = parse(state) if isinstance(state, str) else state
    beneath = parse(snapshot) if isinstance(snapshot, str) else snapshot
    return worlds_of(
        read_document(parsed, state=began),
        snapshot=beneath,
        access_protection=access_protection,
    )


def from_pack(
    resources: Iterable[Mapping[str, Any]],
    export: Mapping[str, Any],
    *,
    snapshot: Any = None,
    access_protection: bool | None = None,
) -> Worlds:
    """Read worlds from the resources that the engine passes to a policy pack.

    `export` is the exported stack from before the update. The other arguments and the errors are
    those of `read`.
    """
    document = read_pack(resources, export)
    return worlds_of(document, snapshot=snapshot, access_protection=access_protection)


def read_snapshot(snapshot: Any, *, access_protection: bool | None = None) -> World:
    """Read the world of an account. Arguments and errors are those of `read`."""
    parsed = parse(snapshot) if isinstance(snapshot, str) else snapshot
    document = Document("state", ())
    return worlds_of(document, snapshot=parsed, access_protection=access_protection).new


def worlds_of(
    document: Document, *, snapshot: Any = None, access_protection: bool | None = None
) -> Worlds:
    """Build the worlds of a document."""
    beneath = [] if snapshot is None else snapshot_objects(snapshot)
    notes: list[Note] = list(document.notes)

    def world(when: When, deleted: Iterable[str] = ()) -> World:
        references = References(document.resources, when)
        managed = list(objects(document, when, notes))
        found = laid_over(managed, beneath, document, references)
        return Builder(
            found, references, when, notes, deleted=deleted, access_protection=access_protection
        ).world()

    old = world("old")
    new = old if document.kind == "state" else world("new", _deleted(document))
    left_out = tuple(document.left_out)
    return Worlds(old, new, document.kind, _once(notes), left_out, _stack(document))


def _stack(document: Document) -> str:
    for resource in document.resources:
        # urn:pulumi:STACK::PROJECT::TYPE::NAME
        stack, _, rest = resource.urn.removeprefix("urn:pulumi:").partition("::")
        project = rest.partition("::")[0]
        if project:
            return f"{project}/{stack}"
    return ""


def _once(notes: Sequence[Note]) -> tuple[Note, ...]:
    return tuple(dict.fromkeys(notes))


def _deleted(document: Document) -> list[str]:
    """Return the URNs and ids by which others may still refer to deleted groups and policies."""
    found = []
    for resource in document.resources:
        if kinds.kind_of(resource.type) in {kinds.GROUP, kinds.POLICY} and resource.old is not None:
            if resource.new is None:
                found += [resource.urn, resource.old.id]
            elif resource.replaced:
                found.append(resource.old.id)
    return found
