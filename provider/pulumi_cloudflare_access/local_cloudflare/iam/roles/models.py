"""Roles: those that every account has, and those that a seed adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ...world.world import AccountBackend, World
from ..exceptions import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...world.world import Scope

AREAS = (
    *("analytics", "billing", "cache_purge", "dns", "dns_records", "lb"),
    *("logs", "organization", "ssl", "waf", "zone_settings", "zones"),
)

# Name: description, areas that it reads, areas that it reads and writes.
_ROLES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "Account Administrator": ("Administrative access to the entire Account", (), AREAS),
    "Super Administrator - All Privileges": ("Can edit anything, members included", (), AREAS),
    "Minimal Account Access": ("Can view account, and nothing else", (), ()),
    "Administrator Read Only": ("Can access the full account in read-only mode", AREAS, ()),
    "Analytics": ("Can read Analytics", ("analytics",), ()),
    "Audit Logs Viewer": ("Can view Audit Logs", ("logs", "organization"), ()),
    "Billing": ("Can edit the account's billing profile and subscriptions", (), ("billing",)),
    "Cache Purge": ("Can purge the edge cache", ("zones",), ("cache_purge",)),
    "Cloudflare Access": ("Can edit Cloudflare Access policies", ("zones",), ("organization",)),
    "DNS": ("Can edit DNS records", ("zones",), ("dns", "dns_records")),
    "Firewall": ("Can edit WAF, IP Firewall and Zone Lockdown settings", ("zones",), ("waf",)),
    "Load Balancer": ("Can edit Load Balancers, Pools, Origins", ("zones",), ("lb",)),
    "Log Share": ("Can edit Log Share configuration", (), ("logs",)),
    "Log Share Reader": ("Can read Enterprise Log Share", ("logs",), ()),
    "SSL/TLS, Caching, Performance, Page Rules, and Customization": (
        "Can edit most zone settings",
        ("zones",),
        ("ssl", "zone_settings", "cache_purge"),
    ),
}

# The id in the example of the reference page.
_IDS = {"Account Administrator": "3536bcfad5faccb999b47003c79917fb"}


@dataclass(frozen=True, kw_only=True)
class Role:
    """A named set of permissions."""

    id: str
    name: str
    description: str
    permissions: Mapping[str, Mapping[str, bool]]


class RoleBackend(AccountBackend):
    """The roles of one account."""

    collection: ClassVar[str] = "roles"

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        roles = (_role(name, *fields) for name, fields in _ROLES.items())
        self.roles = {role.id: role for role in roles}

    def get_role(self, role_id: str) -> Role:
        """Return the role with this id."""
        if role_id not in self.roles:
            raise NotFoundError("role")
        return self.roles[role_id]

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Add a role with a `name`, and perhaps `id`, `description` and `permissions`."""
        role = Role(
            id=item.get("id") or self.world.new_hex(32),
            name=item["name"],
            description=item.get("description", ""),
            permissions=item.get("permissions", {}),
        )
        if role.id in self.roles:
            raise ValueError(f"there is a role {role.id} already")
        self.roles[role.id] = role
        return dict(vars(role))


def _role(name: str, description: str, reads: tuple[str, ...], writes: tuple[str, ...]) -> Role:
    return Role(
        id=_IDS.get(name) or World.hex_of("role", name),
        name=name,
        description=description,
        permissions={
            area: {"read": area in reads + writes, "write": area in writes} for area in AREAS
        },
    )
