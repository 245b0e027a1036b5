"""Tags."""

from __future__ import annotations

from typing import Any, ClassVar

from ...world.world import AccountBackend


class TagBackend(AccountBackend):
    """The tags of one account."""

    collection: ClassVar[str] = "access/tags"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.names: set[str] = set()

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Keep a tag."""
        self.names.add(item["name"])
        return item

    def has(self, object_id: str) -> bool:
        """Tell whether there is a tag of this name."""
        return object_id in self.names
