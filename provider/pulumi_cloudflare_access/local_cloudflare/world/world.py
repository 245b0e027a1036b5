"""Everything there is: accounts, zones, and the randomness that ids and order come from."""

from __future__ import annotations

import hashlib
import random
import string
import uuid
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from .checks import UNDOCUMENTED
from .scopes import Account, Scope, Zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .clock import Clock
    from .scopes import Backend
    from .switches import Switches

Item = TypeVar("Item")

_TOKEN = string.ascii_letters + string.digits


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

    def plant(self, document: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        """Keep what a document holds, and return it as it is kept.

        A key is a collection (`access/groups`), with a list of objects for `scope`; or
        `accounts` or `zones`, with one such document for each id. New ids are added.
        """
        planted: dict[str, Any] = {}
        for key, value in document.items():
            if key == "accounts":
                planted[key] = {
                    name: self.plant(part, self.accounts.get(name) or self.add_account(name))
                    for name, part in value.items()
                }
            elif key == "zones":
                planted[key] = {
                    name: self.plant(part, self.zones.get(name) or self._zone_of(scope, name))
                    for name, part in value.items()
                }
            elif key in self.kinds:
                backend = scope.of(self.kinds[key])
                planted[key] = [backend.plant(item) for item in value]
            else:
                known = ", ".join(["accounts", "zones", *self.kinds])
                raise ValueError(f"cannot seed {key!r}: there are {known}")
        return planted

    def _zone_of(self, scope: Scope, zone_id: str) -> Zone:
        account = scope if isinstance(scope, Account) else next(iter(self.accounts.values()))
        return self.add_zone(account, zone_id)

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
        self, shown: dict[str, Any], defaults: Mapping[str, Any] = MappingProxyType({})
    ) -> dict[str, Any]:
        """Return an object as an answer may hold it: without what is false or empty.

        What has a default that is neither is there in any case.
        """
        if self.switches.empty_values == "answered":
            return shown
        return {
            name: value
            for name, value in shown.items()
            if defaults.get(name) or not (value is None or value is False or value in ("", [], {}))
        }
