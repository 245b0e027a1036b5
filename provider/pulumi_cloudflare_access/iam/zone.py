"""Zones: domains whose DNS is at Cloudflare. Looked up by name, so that programs need no ids.

https://developers.cloudflare.com/api/resources/zones/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..engine.collection import Collection, Scope
from ..program.lookup import Lookup
from ..program.references import ZONES, Found


class _OfAllAccounts(Collection):
    """A list of all that the credentials reach; a parameter chooses the account."""

    def path_in(self, scope: Scope) -> str:
        del scope
        return f"/{self.path}"

    def query_in(self, scope: Scope) -> Mapping[str, str]:
        return {"account.id": scope.id}


@dataclass(frozen=True, kw_only=True)
class GetZoneResult(Found):
    """A zone that exists, whose `name` is its domain.

    `status` is `active` once Cloudflare answers for the domain; `type` is `full` or `partial`, as
    to who has its DNS.
    """

    referred = ZONES

    status: str | None = None
    type: str | None = None
    paused: bool | None = None
    name_servers: Sequence[str] = field(default_factory=list)
    created_on: str | None = None
    modified_on: str | None = None


_lookup = Lookup(GetZoneResult, _OfAllAccounts("zone", "zones", "Zone", 50, ("account",)))
get_zone = _lookup.get
get_zone_output = _lookup.get_output
get_zones = _lookup.get_all
get_zones_output = _lookup.get_all_output
