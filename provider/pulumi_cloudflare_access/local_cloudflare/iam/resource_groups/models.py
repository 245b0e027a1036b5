"""Resource groups, and how they behave."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ...world.world import AccountBackend
from ..checks import Checker
from ..exceptions import ConflictError, NonEditableError, NotFoundError

if TYPE_CHECKING:
    from ...world.world import Scope

ACCOUNT = "com.cloudflare.api.account."
ZONE = "com.cloudflare.api.account.zone."

_KEY = re.compile(r"com\.cloudflare(\.[\w*-]+)+")


@dataclass(frozen=True, kw_only=True)
class Strange:
    """Unknown fields of a group, of its scope, and of the scope's objects by key."""

    group: dict[str, Any] = field(default_factory=dict)
    scope: dict[str, Any] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ResourceGroup:
    """A set of objects of an account. `objects` are their keys, or `*` for all."""

    id: str
    name: str
    key: str
    objects: list[str]
    editable: bool = True
    strange: Strange = field(default_factory=Strange)


class ResourceGroupBackend(AccountBackend):
    """The resource groups of one account. Their names need not be unique."""

    collection: ClassVar[str] = "iam/resource_groups"

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self._made: dict[str, ResourceGroup] = {}

    @property
    def resource_groups(self) -> dict[str, ResourceGroup]:
        """All groups by id: Cloudflare's own, then the others, oldest first."""
        return {group.id: group for group in self._built_in()} | self._made

    def _built_in(self) -> list[ResourceGroup]:
        # Seen live as `com.cloudflare.api.account.*`. It is not documented which ones there are.
        whole = f"{ACCOUNT}{self.account.id}"
        scopes = {whole: "*"} | {
            f"{ZONE}{zone.id}": f"{ZONE}{zone.id}" for zone in self.account.zones
        }
        return [
            ResourceGroup(
                id=self.world.hex_of("resource group", self.account.id, name),
                name=name,
                key=whole,
                objects=[objects],
                editable=False,
            )
            for name, objects in scopes.items()
        ]

    def list_resource_groups(
        self, *, group_id: str | None = None, name: str | None = None
    ) -> list[ResourceGroup]:
        """Return the groups with this id and name."""
        return [
            group
            for group in self.resource_groups.values()
            if (group_id is None or group.id == group_id) and (name is None or group.name == name)
        ]

    def create_resource_group(self, body: Any, group_id: str | None = None) -> ResourceGroup:
        """Create a group."""
        fields = self._checked(body, required=True)
        group = ResourceGroup(id=group_id or self.world.new_hex(32), **fields)
        self._made[group.id] = group
        return group

    def get_resource_group(self, group_id: str) -> ResourceGroup:
        """Return the group with this id."""
        group = self.find(group_id)
        if group is None:
            raise NotFoundError("resource group")
        return group

    def find(self, group_id: str) -> ResourceGroup | None:
        """Return the group with this id, if there is one."""
        built_in = (group for group in self._built_in() if group.id == group_id)
        return self._made.get(group_id) or next(built_in, None)

    def update_resource_group(self, group_id: str, body: Any) -> ResourceGroup:
        """Replace the name or the scope of a group, or both."""
        group = self._editable(group_id)
        group = replace(group, **self._checked(body, required=False))
        self._made[group_id] = group
        return group

    def delete_resource_group(self, group_id: str) -> None:
        """Delete a group. Not documented: it is refused if a policy uses the group."""
        self._editable(group_id)
        in_use = group_id in self.scope.granted_on()
        if in_use and self.world.switches.delete_in_use == "refuse":
            raise ConflictError("resource group is in use")
        del self._made[group_id]

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Add a group as a create would. It may have an `id`."""
        body = dict(item)
        group_id = body.pop("id", None)
        if group_id in self.resource_groups:
            raise ValueError(f"there is a resource group {group_id} already")
        group = self.create_resource_group(body, group_id)
        kept = {name: value for name, value in vars(group).items() if name != "strange"}
        return kept | group.strange.group

    def _editable(self, group_id: str) -> ResourceGroup:
        group = self.get_resource_group(group_id)
        if not group.editable:
            raise NonEditableError
        return group

    def _checked(self, body: Any, *, required: bool) -> dict[str, Any]:
        check = Checker(body, self.world.switches)
        fields: dict[str, Any] = {}
        if required or "name" in check:
            fields["name"] = check.text("name")
        strange = Strange()
        if required or "scope" in check:
            scope = check.take("scope")
            fields |= self._checked_scope(check, scope)
            strange = self._strange(check, scope)
        fields["strange"] = replace(strange, group=check.rest())
        check.done()
        return fields

    @staticmethod
    def _strange(check: Checker, scope: Any) -> Strange:
        if not isinstance(scope, dict) or not isinstance(scope.get("objects"), list):
            return Strange()
        objects = [item for item in scope["objects"] if isinstance(item, dict) and "key" in item]

        def left(pointer: str, item: dict[str, Any], *known: str) -> dict[str, Any]:
            return check.strange(pointer, {k: v for k, v in item.items() if k not in known})

        found = {str(item["key"]): left("/scope/objects", item, "key") for item in objects}
        return Strange(scope=left("/scope", scope, "key", "objects"), objects=found)

    def _checked_scope(self, check: Checker, scope: Any) -> dict[str, Any]:
        if not isinstance(scope, dict):
            check.refuse("/scope", "scope field should be an object with a key and objects")
            return {}
        key, objects = scope.get("key"), scope.get("objects")
        if not isinstance(key, str) or not self._is_known(key, ACCOUNT, {self.account.id}):
            check.refuse("/scope/key", "scope.key should be the key of this account")
        if not isinstance(objects, list) or not objects:
            check.refuse("/scope/objects", "scope.objects should be a list that is not empty")
            return {}
        zones = {zone.id for zone in self.account.zones}
        keys = [item.get("key") if isinstance(item, dict) else None for item in objects]
        for index, value in enumerate(keys):
            pointer = f"/scope/objects/{index}"
            if not isinstance(value, str):
                check.refuse(pointer, "scope.objects should be of objects with a key")
            elif value != "*" and not self._is_known(value, ZONE, zones):
                check.refuse(f"{pointer}/key", f"{value} is no object of this account")
        return {"key": key, "objects": list(dict.fromkeys(keys))}

    @staticmethod
    def _is_known(key: str, prefix: str, ids: set[str]) -> bool:
        # Other keys are accepted as they are, because there is no list of them. `…zone.*` means
        # all zones of the account, as in Cloudflare's token policies.
        head, _, object_id = key.rpartition(".")
        if f"{head}." == prefix:
            return object_id in ids or object_id == "*"
        return _KEY.fullmatch(key) is not None
