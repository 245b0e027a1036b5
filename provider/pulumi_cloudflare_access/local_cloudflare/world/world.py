"""Accounts and zones, their objects and credentials, and the source of ids and of random order."""

from __future__ import annotations

import hashlib
import random
import string
import uuid
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from .clock import Clock
    from .switches import Switches

UNDOCUMENTED = "local_cloudflare"
"""An undocumented field, because Cloudflare's answers may get new fields any day."""

Item = TypeVar("Item")
Kept = TypeVar("Kept", bound="Backend")

_TOKEN = string.ascii_letters + string.digits


class Backend:
    """The objects of one kind in one account or zone, and how that kind behaves."""

    collection: ClassVar[str]
    """The path of the kind below its account or zone, such as `access/groups`."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.world = scope.world

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Add an object as a create would. It may have an `id`."""
        raise NotImplementedError

    def rules(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every Access rule in objects of this kind, with the object's id."""
        yield from ()

    def has(self, object_id: str) -> bool:
        """Tell whether an object with this id exists."""
        raise NotImplementedError

    def attached(self) -> Iterator[str]:
        """Yield the id of every reusable Access policy that an object of this kind uses."""
        yield from ()

    def identity_providers_used(self) -> Iterator[str]:
        """Yield the id of every identity provider that this kind uses, its rules aside."""
        yield from ()

    def granted_on(self) -> Iterator[str]:
        """Yield the id of every resource group that an IAM policy of this kind names."""
        yield from ()


@dataclass(kw_only=True, eq=False)
class Scope:
    """An account or a zone."""

    id: str
    name: str
    world: World = field(repr=False)
    if TYPE_CHECKING:

        @property
        def account(self) -> Account:
            """The account itself, or the account of a zone."""

    _kept: dict[type[Backend], Backend] = field(default_factory=dict, init=False, repr=False)

    def of(self, kind: type[Kept]) -> Kept:
        """Return the backend of a kind for this account or zone."""
        if kind not in self._kept:
            self._kept[kind] = kind(self)
        kept = self._kept[kind]
        assert isinstance(kept, kind)  # noqa: S101  (the dictionary's type cannot say it)
        return kept

    def rules(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every Access rule in this account or zone, with the id of its object."""
        for backend in self._kept.values():
            yield from backend.rules()

    def has(self, collection: str, object_id: str) -> bool:
        """Tell whether a collection has an object with this id."""
        return self.of(self.world.kinds[collection]).has(object_id)

    def attached(self) -> Iterator[str]:
        """Yield the id of a reusable Access policy for every object that uses it."""
        for backend in self._kept.values():
            yield from backend.attached()

    def identity_providers_used(self) -> Iterator[str]:
        """Yield the id of an identity provider for every object that uses it, rules aside."""
        for backend in self._kept.values():
            yield from backend.identity_providers_used()

    def granted_on(self) -> Iterator[str]:
        """Yield the id of every resource group that an IAM policy of this account names."""
        for backend in self._kept.values():
            yield from backend.granted_on()

    def clear(self) -> None:
        """Remove every object."""
        self._kept.clear()


@dataclass(kw_only=True, eq=False)
class Account(Scope):
    """An account, its zones and its credentials."""

    token: str = field(repr=False)
    email: str
    api_key: str = field(repr=False)
    token_id: str
    zones: list[Zone] = field(default_factory=list, init=False)

    @property
    def account(self) -> Account:
        """The account itself."""
        return self


@dataclass(kw_only=True, eq=False)
class Zone(Scope):
    """A zone of an account. It has the account's credentials."""

    account: Account = field(repr=False)


class AccountBackend(Backend):
    """The backend of a kind that only accounts have."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        if not isinstance(scope, Account):
            raise ValueError(f"{self.collection} are an account's")  # noqa: TRY004  (of a seed)
        self.account = scope


class World:
    """All accounts and zones by id. The same `seed` gives the same ids and the same order."""

    def __init__(
        self,
        switches: Switches,
        seed: int | None,
        kinds: Iterable[type[Backend]],
        clock: Clock,
    ) -> None:
        self.clock = clock
        self.switches = switches
        self.kinds = {kind.collection: kind for kind in kinds}
        self.accounts: dict[str, Account] = {}
        self.zones: dict[str, Zone] = {}
        # Separate generators, so that a read does not change the ids of later objects.
        self._ids = random.Random(seed)  # noqa: S311  (nothing here is a secret)
        self._order = random.Random(seed)  # noqa: S311  (nothing here is a secret)
        self._rays = random.Random(seed)  # noqa: S311  (nothing here is a secret)

    def add_account(
        self,
        account_id: str | None = None,
        *,
        name: str | None = None,
        token: str | None = None,
        email: str | None = None,
        api_key: str | None = None,
    ) -> Account:
        """Add an account. What is not given is generated."""
        account = Account(
            id=account_id or self.new_hex(32),
            name=name or f"Account {len(self.accounts) + 1}",
            world=self,
            token=token or "".join(self._ids.choices(_TOKEN, k=40)),
            email=email or f"admin{len(self.accounts) + 1}@example.com",
            api_key=api_key or self.new_hex(37),
            token_id=self.new_hex(32),
        )
        self.accounts[account.id] = account
        return account

    def add_zone(
        self, account: Account, zone_id: str | None = None, name: str | None = None
    ) -> Zone:
        """Add a zone to an account."""
        number = len(self.zones) + 1
        zone = Zone(
            id=zone_id or self.new_hex(32),
            name=name or ("example.com" if number == 1 else f"example{number}.com"),
            world=self,
            account=account,
        )
        self.zones[zone.id] = zone
        account.zones.append(zone)
        return zone

    def clear(self) -> None:
        """Remove every object. Accounts, zones and credentials stay."""
        for scope in [*self.accounts.values(), *self.zones.values()]:
            scope.clear()

    def new_uuid(self) -> str:
        """Return an id for a new Access object."""
        return str(uuid.UUID(int=self._ids.getrandbits(128), version=4))

    def new_hex(self, digits: int) -> str:
        """Return an id for any other new object, or a key."""
        return f"{self._ids.getrandbits(4 * digits):0{digits}x}"

    @staticmethod
    def hex_of(*names: str) -> str:
        """Return the id of a built-in object: always the same for the same names."""
        return hashlib.blake2s("\0".join(names).encode(), digest_size=16).hexdigest()

    def new_ray(self) -> str:
        """Return a ray id, for the header `cf-ray`."""
        return f"{self._rays.getrandbits(64):016x}-LCL"

    def in_any_order(self, items: Sequence[Item]) -> list[Item]:
        """Return the items of an unordered list in the order for an answer."""
        if self.switches.plain:
            return list(items)
        return self._order.sample(items, len(items))

    def with_more(self, shown: dict[str, Any]) -> dict[str, Any]:
        """Return an object for an answer, perhaps with an undocumented field."""
        return shown | {UNDOCUMENTED: True} if self.switches.undocumented_fields else shown

    def without_empty(
        self,
        shown: dict[str, Any],
        defaults: Mapping[str, Any] = MappingProxyType({}),
        seen_omitted: Container[str] = (),
    ) -> dict[str, Any]:
        """Return an object for an answer, without false and empty values (switch `empty_values`).

        `seen_omitted` are the fields that live answers leave out if they are false or empty. With
        `omitted`, a field whose default is neither false nor empty is never left out.
        """
        switch = self.switches.empty_values
        return {
            name: value
            for name, value in shown.items()
            if not (value is None or value is False or value in ("", [], {}))
            or switch == "answered"
            or (name not in seen_omitted if switch == "as_seen" else defaults.get(name))
        }
