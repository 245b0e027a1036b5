"""Accounts and zones, what each keeps, who may touch it; and where ids and order come from."""

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
"""A field that answers may have, as they may have new ones any day."""

Item = TypeVar("Item")
Kept = TypeVar("Kept", bound="Backend")

_TOKEN = string.ascii_letters + string.digits


class Backend:
    """What one account or zone keeps of one kind of object, and how that kind behaves."""

    collection: ClassVar[str]
    """Where the kind is found below its account or zone, such as `access/groups`."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.world = scope.world

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Keep an object as it would be after a creation, with the `id` it is given, if any."""
        raise NotImplementedError

    def rules(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every Access rule that this kind holds, with the id of the object it is in."""
        yield from ()

    def has(self, object_id: str) -> bool:
        """Tell whether there is an object with this id."""
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
            """Return the account that this is, or is a part of."""

    _kept: dict[type[Backend], Backend] = field(default_factory=dict, init=False, repr=False)

    def of(self, kind: type[Kept]) -> Kept:
        """Return what is kept here of a kind."""
        if kind not in self._kept:
            self._kept[kind] = kind(self)
        kept = self._kept[kind]
        assert isinstance(kept, kind)  # noqa: S101  (the dictionary's type cannot say it)
        return kept

    def rules(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every Access rule in this account or zone, with the id of the object it is in."""
        for backend in self._kept.values():
            yield from backend.rules()

    def has(self, collection: str, object_id: str) -> bool:
        """Tell whether there is an object of a kind here, by where the kind is found."""
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
        """Forget every object."""
        self._kept.clear()


@dataclass(kw_only=True, eq=False)
class Account(Scope):
    """An account, its zones, and the credentials that open it."""

    token: str = field(repr=False)
    email: str
    api_key: str = field(repr=False)
    token_id: str
    zones: list[Zone] = field(default_factory=list, init=False)

    @property
    def account(self) -> Account:
        """Return this very account, as a zone returns its own."""
        return self


@dataclass(kw_only=True, eq=False)
class Zone(Scope):
    """A zone of an account; opened by the account's credentials."""

    account: Account = field(repr=False)


class AccountBackend(Backend):
    """What one account keeps of a kind that zones do not have."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        if not isinstance(scope, Account):
            raise ValueError(f"{self.collection} are an account's")  # noqa: TRY004  (of a seed)
        self.account = scope


class World:
    """Accounts and zones, by id; the same ones in the same order for the same seed."""

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
        # Apart from each other, so that a request that only reads moves no id.
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
        """Add an account; whatever is not given is made up."""
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
        """Forget every object; accounts, zones and credentials stay."""
        for scope in [*self.accounts.values(), *self.zones.values()]:
            scope.clear()

    def new_uuid(self) -> str:
        """Return the id of a new Access object."""
        return str(uuid.UUID(int=self._ids.getrandbits(128), version=4))

    def new_hex(self, digits: int) -> str:
        """Return an id of any other object, or a key."""
        return f"{self._ids.getrandbits(4 * digits):0{digits}x}"

    @staticmethod
    def hex_of(*names: str) -> str:
        """Return the id of what is there from the beginning: always the same one."""
        return hashlib.blake2s("\0".join(names).encode(), digest_size=16).hexdigest()

    def new_ray(self) -> str:
        """Return what Cloudflare's support asks for."""
        return f"{self._rays.getrandbits(64):016x}-LCL"

    def in_any_order(self, items: Sequence[Item]) -> list[Item]:
        """Return the items as an answer may hold them where order means nothing."""
        if self.switches.plain:
            return list(items)
        return self._order.sample(items, len(items))

    def with_more(self, shown: dict[str, Any]) -> dict[str, Any]:
        """Return an object as an answer may hold it: with a field that nobody documented."""
        return shown | {UNDOCUMENTED: True} if self.switches.undocumented_fields else shown

    def without_empty(
        self,
        shown: dict[str, Any],
        defaults: Mapping[str, Any] = MappingProxyType({}),
        seen_omitted: Container[str] = (),
    ) -> dict[str, Any]:
        """Return an object as an answer may hold it: without what is false or empty.

        `seen_omitted` are the fields that live answers leave out then. Where all of them are left
        out, what has a default that is neither is there in any case.
        """
        switch = self.switches.empty_values
        return {
            name: value
            for name, value in shown.items()
            if not (value is None or value is False or value in ("", [], {}))
            or switch == "answered"
            or (name not in seen_omitted if switch == "as_seen" else defaults.get(name))
        }
