"""SSO connectors, and how they behave.

A verification is pending until a zone here has the TXT record that it needs, a control call changes
its status, or the time in `Switches` has passed. The error codes of this API are not documented.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ...dns.records import models as dns
from ...world.world import AccountBackend
from ..checks import Checker, now
from ..exceptions import ConflictError, InvalidRequestError, NotFoundError

if TYPE_CHECKING:
    from ...world.world import Scope, World

STATUSES = ("awaiting", "pending", "failed", "verified")

_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")

# Some public e-mail domains. Cloudflare's own list is not documented.
_PUBLIC = re.compile(
    r"(163|aol|fastmail|gmail|googlemail|hotmail|icloud|live|mail|me|msn|outlook|protonmail|qq"
    r"|yahoo|ymail|zoho)\.com|gmx\.(com|de|net)|mail\.ru|proton\.me|web\.de|yandex\.(com|ru)"
    r"|.+\.edu"
)


@dataclass(frozen=True, kw_only=True)
class SsoConnector:
    """An e-mail domain, the status of its verification, and whether SSO is enabled for it."""

    id: str
    email_domain: str
    enabled: bool
    use_fedramp_language: bool
    code: str
    status: str
    pending_since: float
    created_on: str
    updated_on: str
    strange: dict[str, Any] = field(default_factory=dict)
    """Unknown fields, as they were sent."""

    def kept(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {name: it for name, it in vars(self).items() if name != "strange"} | self.strange


class SsoConnectorBackend(AccountBackend):
    """The SSO connectors of one account, one for a domain."""

    collection: ClassVar[str] = "sso_connectors"

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self._connectors: dict[str, SsoConnector] = {}

    def list_sso_connectors(self) -> list[SsoConnector]:
        """Return all connectors, with their current status."""
        return [self.get_sso_connector(connector_id) for connector_id in self._connectors]

    def create_sso_connector(self, body: Any, connector_id: str | None = None) -> SsoConnector:
        """Create a connector, and begin its verification unless the body says otherwise."""
        check = Checker(body, self.world.switches)
        domain = check.text("email_domain").lower()
        begin = check.flag("begin_verification", default=True)
        fedramp = check.flag("use_fedramp_language")
        # Terraform sends it with a create. Documented: an unverified domain cannot be enabled.
        if check.flag("enabled"):
            check.refuse("/enabled", "SSO connector is not verified")
        if domain and not _DOMAIN.fullmatch(domain):
            check.refuse("/email_domain", "email_domain field should be a domain")
        if _PUBLIC.fullmatch(domain):
            check.refuse("/email_domain", f"{domain} is a public e-mail domain")
        strange = check.rest()
        check.done()
        if any(other.email_domain == domain for other in self._connectors.values()):
            raise ConflictError(f"an SSO connector for {domain} already exists")
        time = now()
        return self._keep(
            SsoConnector(
                id=connector_id or self.world.new_hex(32),
                email_domain=domain,
                enabled=False,
                use_fedramp_language=fedramp,
                code=f"cloudflare_dashboard_sso={self.world.new_hex(32)}",
                status="pending" if begin else "awaiting",
                pending_since=self.world.clock.now(),
                created_on=time,
                updated_on=time,
                strange=strange,
            )
        )

    def get_sso_connector(self, connector_id: str) -> SsoConnector:
        """Return the connector with this id, with its current status."""
        if connector_id not in self._connectors:
            raise NotFoundError("SSO connector")
        connector = self._connectors[connector_id]
        if connector.status == "pending" and (end := self._end(connector)):
            connector = self._keep(replace(connector, status=end))
        return connector

    def update_sso_connector(self, connector_id: str, body: Any) -> SsoConnector:
        """Enable or disable a connector, or change its FedRAMP language."""
        connector = self.get_sso_connector(connector_id)
        check = Checker(body, self.world.switches)
        enabled = check.flag("enabled", default=connector.enabled)
        fedramp = check.flag("use_fedramp_language", default=connector.use_fedramp_language)
        strange = connector.strange | check.rest()
        check.done()
        if enabled and not connector.enabled:
            self._check_may_be_enabled(connector)
        return self._keep(
            replace(
                connector,
                enabled=enabled,
                use_fedramp_language=fedramp,
                updated_on=now(),
                strange=strange,
            )
        )

    def delete_sso_connector(self, connector_id: str) -> None:
        """Delete a connector. One that is enabled is refused."""
        if self.get_sso_connector(connector_id).enabled:
            raise InvalidRequestError(("", "SSO connector is enabled"))
        del self._connectors[connector_id]

    def begin_verification(self, connector_id: str) -> None:
        """Set the verification to pending, unless it has succeeded already."""
        if self.get_sso_connector(connector_id).status != "verified":
            self.move_on(connector_id, "pending")

    def move_on(self, connector_id: str, status: str) -> SsoConnector:
        """Set the status of a connector's verification. Raises ValueError for another status."""
        connector = self.get_sso_connector(connector_id)
        if status not in STATUSES:
            raise ValueError(f"status is one of {', '.join(STATUSES)}, not {status!r}")
        return self._keep(replace(connector, status=status, pending_since=self.world.clock.now()))

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Add a connector as a create would. It may have `id`, `status` and `enabled`."""
        body = dict(item)
        connector_id, status = body.pop("id", None), body.pop("status", None)
        enabled = body.pop("enabled", False)
        if connector_id in self._connectors:
            raise ValueError(f"there is an SSO connector {connector_id} already")
        connector = self.create_sso_connector(body, connector_id)
        if status is not None:
            connector = self.move_on(connector.id, status)
        return self._keep(replace(connector, enabled=bool(enabled))).kept()

    def _end(self, connector: SsoConnector) -> str | None:
        """Return how a pending verification has ended by now, or None."""
        if dns.says(self.world, connector.email_domain, connector.code):
            return "verified"
        switches = self.world.switches
        ends = {"verified": switches.sso_verified_after, "failed": switches.sso_failed_after}
        passed = self.world.clock.now() - connector.pending_since
        due = [(after, end) for end, after in ends.items() if after is not None and after <= passed]
        return min(due)[1] if due else None

    def _check_may_be_enabled(self, connector: SsoConnector) -> None:
        if connector.status != "verified":
            raise InvalidRequestError(("/enabled", "SSO connector is not verified"))
        domain = connector.email_domain
        if any(
            other.email_domain == domain and other.enabled
            for account in self.world.accounts.values()
            for other in account.of(SsoConnectorBackend).list_sso_connectors()
        ):
            raise InvalidRequestError(("/enabled", f"{domain} is enabled in another account"))

    def _keep(self, connector: SsoConnector) -> SsoConnector:
        self._connectors[connector.id] = connector
        return connector


def move_on(world: World, connector_id: str, status: str) -> dict[str, Any]:
    """Set the status of a connector's verification, in any account. Raises LookupError."""
    for account in world.accounts.values():
        backend = account.of(SsoConnectorBackend)
        if any(it.id == connector_id for it in backend.list_sso_connectors()):
            return backend.move_on(connector_id, status).kept()
    raise LookupError(f"no account has an SSO connector {connector_id}")
