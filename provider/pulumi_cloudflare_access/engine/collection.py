"""Where objects live: an account or a zone, and the collection there that lists a kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote


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


@dataclass(frozen=True)
class Collection:
    """Where the objects of a kind are listed. Two with different names are two lists."""

    display_name: str
    """What messages call an object of it."""
    path: str
    """The path below the account or the zone."""
    permission: str
    """The token permission, without its Read or Write."""
    per_page: int | None = 1000
    """How many objects a page of the list may hold. None: the list has no pages."""
    scopes: tuple[str, ...] = ("account", "zone")
    """What the collection may be in."""
    id_field: str = "id"
    """The field of an answer that identifies an object. Answers have it as their `id`, too."""

    def path_in(self, scope: Scope) -> str:
        """Return the API's path of the list."""
        return path_of(scope, self.path)

    def query_in(self, scope: Scope) -> Mapping[str, str]:  # noqa: ARG002 - for lists of all scopes
        """Return parameters that have the API list what is in a scope. Default: the path does."""
        return {}


def path_of(scope: Scope, path: str) -> str:
    """Return the API's path of what is below an account or a zone."""
    return f"/{scope.kind}s/{quote(scope.id, safe='')}/{path}"
