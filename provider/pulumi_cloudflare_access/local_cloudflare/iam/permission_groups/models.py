"""Permission groups: the catalogue, and what a seed adds to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ...world.world import AccountBackend
from ..exceptions import NotFoundError
from .catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...world.world import Scope


@dataclass(frozen=True, kw_only=True)
class PermissionGroup:
    """A named set of permissions. Names and labels need not be unique."""

    id: str
    name: str
    meta: Mapping[str, str]


class PermissionGroupBackend(AccountBackend):
    """The permission groups that one account can use."""

    collection: ClassVar[str] = "iam/permission_groups"

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.permission_groups = {entry["id"]: PermissionGroup(**entry) for entry in catalogue()}

    def list_permission_groups(
        self, *, group_id: str | None = None, name: str | None = None, label: str | None = None
    ) -> list[PermissionGroup]:
        """Return the groups with this id, name and label, in the catalogue's order."""
        return [
            group
            for group in self.permission_groups.values()
            if (group_id is None or group.id == group_id)
            and (name is None or group.name == name)
            and (label is None or group.meta.get("label") == label)
        ]

    def get_permission_group(self, group_id: str) -> PermissionGroup:
        """Return the group with this id."""
        if group_id not in self.permission_groups:
            raise NotFoundError("permission group")
        return self.permission_groups[group_id]

    def find(self, group_id: str) -> PermissionGroup | None:
        """Return the group with this id, if there is one."""
        return self.permission_groups.get(group_id)

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Add a group with a `name`, and perhaps `meta` and `id`, to the catalogue."""
        group = PermissionGroup(
            id=item.get("id") or self.world.new_hex(32),
            name=item["name"],
            meta=item.get("meta", {}),
        )
        if group.id in self.permission_groups:
            raise ValueError(f"there is a permission group {group.id} already")
        self.permission_groups[group.id] = group
        return dict(vars(group))
