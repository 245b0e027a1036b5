"""Zero Trust lists, and how they behave."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ...calls import checks
from ...world.clock import time_now
from ...world.world import AccountBackend
from ..exceptions import DuplicateItemError, InvalidRequestError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...world.world import Scope

TYPES = ("SERIAL", "URL", "DOMAIN", "EMAIL", "IP", "CATEGORY", "LOCATION", "DEVICE", "AAGUID")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
# What answers have, and requests may have too.
_MADE = ("id", "count", "created_at", "updated_at")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One value, and what somebody has noted about it."""

    value: str
    description: str
    created_at: str


@dataclass(frozen=True, kw_only=True)
class ZeroTrustList:
    """Values of one type, each once."""

    id: str
    name: str
    type: str
    description: str
    items: dict[str, Item]
    created_at: str
    updated_at: str
    strange: dict[str, Any] = field(default_factory=dict)
    """What nobody knows."""


class Checker(checks.Checker):
    """Refuses what is wrong as Gateway does."""

    refusal: ClassVar[type[InvalidRequestError]] = InvalidRequestError


class ListBackend(AccountBackend):
    """The lists of one account."""

    collection: ClassVar[str] = "gateway/lists"

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.lists: dict[str, ZeroTrustList] = {}

    def list_lists(self, type_: str | None = None) -> list[ZeroTrustList]:
        """Return the lists of this type, oldest first."""
        return [one for one in self.lists.values() if type_ in (None, one.type)]

    def create_list(self, body: Any, list_id: str | None = None) -> ZeroTrustList:
        """Keep a new list."""
        check = Checker(body, self.world.switches)
        for name in _MADE:
            check.take(name)
        type_ = str(check.take("type"))
        if type_ not in TYPES:
            check.refuse("/type", f"type field should be one of {', '.join(TYPES)}")
        name, description = check.text("name"), _description(check)
        items = self._items(check, "items", type_)
        strange = check.rest()
        check.done()
        time = _now()
        made = ZeroTrustList(
            id=list_id or self.world.new_uuid(),
            name=name,
            type=type_,
            description=description,
            items=self._appended({}, items),
            created_at=time,
            updated_at=time,
            strange=strange,
        )
        self.lists[made.id] = made
        return made

    def get_list(self, list_id: str) -> ZeroTrustList:
        """Return the list with this id."""
        if list_id not in self.lists:
            raise NotFoundError
        return self.lists[list_id]

    def update_list(self, list_id: str, body: Any) -> ZeroTrustList:
        """Change what a list is called; items that are sent are all there are from then on.

        An empty list of items leaves them as they are, as the documents say.
        """
        there = self.get_list(list_id)
        check = Checker(body, self.world.switches)
        for name in _MADE:
            check.take(name)
        if check.take("type") not in (None, there.type):
            check.refuse("/type", "type of a list cannot be changed")
        name, description = check.text("name"), _description(check)
        items = self._items(check, "items", there.type)
        strange = check.rest()
        check.done()
        return self._keep(
            replace(
                there,
                name=name,
                description=description,
                items=self._appended({}, items) if items else there.items,
                strange=strange,
            )
        )

    def edit_list(self, list_id: str, body: Any) -> ZeroTrustList:
        """Remove values, then append others."""
        there = self.get_list(list_id)
        check = Checker(body, self.world.switches)
        removed = check.items("remove", required=False)
        if not all(isinstance(value, str) for value in removed):
            check.refuse("/remove", "remove field should be of strings")
        appended = self._items(check, "append", there.type)
        check.done()
        gone = {_canonical(str(value)) for value in removed}
        left = {key: item for key, item in there.items.items() if key not in gone}
        return self._keep(replace(there, items=self._appended(left, appended)))

    def delete_list(self, list_id: str) -> None:
        """Forget a list."""
        self.get_list(list_id)
        del self.lists[list_id]

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Keep a list as it would be after a creation."""
        if item.get("id") in self.lists:
            raise ValueError(f"there is a list {item['id']} already")
        made = self.create_list(item, item.get("id"))
        shown = {name: value for name, value in vars(made).items() if name != "strange"}
        return shown | {"items": [vars(one) for one in made.items.values()]}

    def has(self, object_id: str) -> bool:
        """Tell whether there is a list with this id."""
        return object_id in self.lists

    def _keep(self, changed: ZeroTrustList) -> ZeroTrustList:
        self.lists[changed.id] = replace(changed, updated_at=_now())
        return self.lists[changed.id]

    def _items(self, check: Checker, field_: str, type_: str) -> list[Item]:
        found = []
        for index, item in enumerate(check.items(field_, required=False)):
            pointer = f"/{field_}/{index}"
            left = dict(item) if isinstance(item, dict) else {}
            value, description = left.pop("value", None), left.pop("description", None)
            left.pop("created_at", None)
            if not isinstance(value, str) or not _is_right(type_, value):
                check.refuse(f"{pointer}/value", f"value should be right for {type_}")
            if description is not None and not isinstance(description, str):
                check.refuse(f"{pointer}/description", "description should be a string")
            check.strange(pointer, left, "item")
            value = str(value).lower() if type_ == "EMAIL" else str(value)
            found.append(Item(value=value, description=description or "", created_at=_now()))
        return found

    def _appended(self, there: dict[str, Item], items: Iterable[Item]) -> dict[str, Item]:
        found = dict(there)
        for item in items:
            key = _canonical(item.value)
            if key in found and self.world.switches.list_duplicates == "refuse":
                raise DuplicateItemError(item.value)
            found.setdefault(key, item)
        return found


def _description(check: Checker) -> str:
    value = check.take("description")
    if value is not None and not isinstance(value, str):
        check.refuse("/description", "description field should be a string")
    return value if isinstance(value, str) else ""


def _is_right(type_: str, value: str) -> bool:
    if type_ == "EMAIL":
        return bool(_EMAIL.fullmatch(value))
    return bool(value.strip()) and (type_ != "IP" or _canonical(value) != value or _is_ip(value))


def _is_ip(value: str) -> bool:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def _canonical(value: str) -> str:
    """Write an address as a range; other values are themselves."""
    return str(ipaddress.ip_network(value, strict=False)) if _is_ip(value) else value


def _now() -> str:
    return time_now().strftime("%Y-%m-%dT%H:%M:%SZ")
