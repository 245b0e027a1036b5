"""Tags, and how they behave."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ...world.world import AccountBackend
from ..apps.models import AppBackend
from ..checks import Checker, now
from ..exceptions import ConflictError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...world.world import Scope


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A name that applications can have."""

    name: str
    created_at: str
    updated_at: str


class TagBackend(AccountBackend):
    """The tags of one account, by name."""

    collection: ClassVar[str] = "access/tags"

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.tags: dict[str, Tag] = {}

    def list_tags(self) -> list[Tag]:
        """Return the tags in alphabetical order."""
        return [self.tags[name] for name in sorted(self.tags)]

    def create_tag(self, body: Any) -> Tag:
        """Create a tag."""
        name = self._checked(body)
        if name in self.tags:
            raise ConflictError("tag already exists")
        time = now()
        self.tags[name] = Tag(name=name, created_at=time, updated_at=time)
        return self.tags[name]

    def get_tag(self, name: str) -> Tag:
        """Return the tag with this name."""
        if name not in self.tags:
            raise NotFoundError
        return self.tags[name]

    def update_tag(self, name: str, body: Any) -> Tag:
        """Rename a tag, also in applications that have it."""
        tag = replace(self.get_tag(name), name=self._checked(body), updated_at=now())
        if tag.name != name and tag.name in self.tags:
            raise ConflictError("tag already exists")
        del self.tags[name]
        self.tags[tag.name] = tag
        for apps in self._apps():
            apps.retag(name, tag.name)
        return tag

    def delete_tag(self, name: str) -> None:
        """Delete a tag, also from applications that have it."""
        self.get_tag(name)
        del self.tags[name]
        for apps in self._apps():
            apps.retag(name, None)

    def app_count(self, name: str) -> int:
        """Return how many applications have a tag."""
        return sum(
            name in app.fields.get("tags", [])
            for backend in self._apps()
            for app in backend.apps.values()
        )

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Add a tag as a create would."""
        return dict(vars(self.create_tag(item)))

    def has(self, object_id: str) -> bool:
        """Tell whether there is a tag of this name."""
        return object_id in self.tags

    def _checked(self, body: Any) -> str:
        check = Checker(body, self.world.switches)
        name = check.text("name")
        # Requests may contain these fields of answers.
        for field in ("app_count", "created_at", "updated_at"):
            check.take(field)
        check.done()
        return name

    def _apps(self) -> Iterator[AppBackend]:
        for scope in (self.account, *self.account.zones):
            yield scope.of(AppBackend)
