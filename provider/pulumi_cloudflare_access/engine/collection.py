"""Where objects live: an account or a zone, and the collection there that lists a kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Scope:
    """Where an object lives: an account or a zone, and the collection there, if not its kind's."""

    kind: str
    id: str
    collection: str = ""

    @property
    def field(self) -> str:
        """The input that names it."""
        return f"{self.kind}_id"

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Collection(Protocol):
    """Where the objects of a kind are listed."""

    @property
    def collection(self) -> str:
        """The path below the account or the zone."""

    @property
    def permission(self) -> str:
        """The token permission, without its Read or Write."""

    @property
    def per_page(self) -> int | None:
        """How many a page of the list may hold; None: the list has no pages."""
