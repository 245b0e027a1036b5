"""Groups, and how they behave."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

from ...world.world import Backend
from .. import references, rules
from ..checks import Checker, now
from ..exceptions import ConflictError, NotFoundError, TooManyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..rules import Rule


@dataclass(frozen=True, kw_only=True)
class Group:
    """A named set of rules."""

    id: str
    name: str
    include: list[Rule]
    exclude: list[Rule]
    require: list[Rule]
    is_default: bool
    strange: dict[str, Any]
    """Unknown fields, as they were sent."""
    created_at: str
    updated_at: str


class GroupBackend(Backend):
    """The groups of one account or zone. Their names need not be unique."""

    collection: ClassVar[str] = "access/groups"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.groups: dict[str, Group] = {}

    def list_groups(self, *, name: str | None = None, search: str | None = None) -> list[Group]:
        """Return the groups with this name, or whose name contains `search`, oldest first."""
        return [
            group
            for group in self.groups.values()
            if (name is None or group.name == name)
            and (search is None or search.casefold() in group.name.casefold())
        ]

    def create_group(self, body: Any, group_id: str | None = None) -> Group:
        """Create a group."""
        fields = self._checked(body)
        limit = self.world.switches.max_groups
        if limit is not None and len(self.groups) >= limit:
            raise TooManyError(f"at most {limit} groups are allowed")
        time = now()
        group = Group(
            id=group_id or self.world.new_uuid(), created_at=time, updated_at=time, **fields
        )
        self.groups[group.id] = group
        return group

    def get_group(self, group_id: str) -> Group:
        """Return the group with this id."""
        if group_id not in self.groups:
            raise NotFoundError
        return self.groups[group_id]

    def update_group(self, group_id: str, body: Any) -> Group:
        """Replace a group, except for its id and creation time."""
        group = self.get_group(group_id)
        group = replace(group, updated_at=now(), **self._checked(body))
        self.groups[group_id] = group
        return group

    def delete_group(self, group_id: str) -> None:
        """Delete a group, unless another object refers to it."""
        self.get_group(group_id)
        in_use = any(
            owner != group_id and rule.get("group", {}).get("id") == group_id
            for owner, rule in self.scope.rules()
        )
        if in_use and self.world.switches.delete_in_use == "refuse":
            raise ConflictError("group is in use")
        del self.groups[group_id]

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Add a group as a create would. It may have an `id`."""
        body = dict(item)
        group_id = body.pop("id", None)
        if group_id in self.groups:
            raise ValueError(f"there is a group {group_id} already")
        group = self.create_group(body, group_id)
        kept = {name: value for name, value in vars(group).items() if name != "strange"}
        return kept | group.strange

    def has(self, object_id: str) -> bool:
        """Tell whether a group with this id exists."""
        return object_id in self.groups

    def rules(self) -> Iterator[tuple[str, Rule]]:
        """Yield the rules of every group, with its id."""
        for group in self.groups.values():
            for rule in (*group.include, *group.exclude, *group.require):
                yield group.id, rule

    def _checked(self, body: Any) -> dict[str, Any]:
        check = Checker(body, self.world.switches)
        sections: dict[str, list[Rule]] = {
            "include": rules.checked(check, "include", self.scope, required=True),
            "exclude": rules.checked(check, "exclude", self.scope),
            "require": rules.checked(check, "require", self.scope),
        }
        fields: dict[str, Any] = {
            "name": check.text("name"),
            "is_default": check.flag("is_default"),
        }
        if sum(map(len, sections.values())) > self.world.switches.max_rules:
            check.refuse(
                "", f"at most {self.world.switches.max_rules} rules are allowed in a group"
            )
        fields["strange"] = check.rest()
        check.done()
        references.check(self.scope, chain(*sections.values()))
        return fields | sections
