"""Reads a snapshot of an account: the objects that decide who gets in, without credentials.

A snapshot completes what a stack manages (`report --snapshot`), or is itself the input of a report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ..api.client import Client
from ..errors import ApiError, SettingsError
from ..settings import NO_ACCOUNT, Settings
from ..text.outlet import echo

_APPS: Final = "access/apps"
_LISTS: Final = "gateway/lists"
_GROUPS: Final = "Access: Organizations, Identity Providers, and Groups"
_POLICIES: Final = "Access: Apps and Policies"
_ACCOUNT: Final = "Account Settings"
# The collections, the permission for each, and the page size; None for a list without pages.
_DECIDING: Final[Mapping[str, tuple[str, int | None]]] = {
    "access/groups": (_GROUPS, 1000),
    "access/policies": (_POLICIES, 100),
    _APPS: (_POLICIES, 1000),
}
_OF_ZONES: Final = ("access/groups", _APPS)
# Optional: without the permission for these, rules show ids instead of names, and rights are not
# compared.
_BESIDE: Final[Mapping[str, tuple[str, int | None]]] = {
    "access/identity_providers": (_GROUPS, 1000),
    "access/service_tokens": ("Access: Service Tokens", 1000),
    _LISTS: ("Zero Trust", None),
    "devices/posture": ("Zero Trust", None),
    "iam/user_groups": (_ACCOUNT, 500),
    "iam/resource_groups": (_ACCOUNT, None),
    "members": (_ACCOUNT, 50),
}
# Fields that may contain credentials.
_LEFT_OUT: Final = frozenset(("saas_app", "scim_config", "config", "client_secret", "client_id"))
_WITH_ITEMS: Final = frozenset(("EMAIL", "IP"))


def read_account(
    settings: Settings, zones: Iterable[str], warn: Callable[[str], None]
) -> dict[str, Any]:
    """Read the objects of an account and of zones that decide who gets in.

    `zones` are ids. `warn` is called for each optional collection that cannot be read. Raises
    CloudflareError if groups, policies or applications cannot be read.
    """
    account = settings.account_id
    if account is None:
        raise SettingsError(NO_ACCOUNT)
    client = Client(settings, warn=warn, say=warn)
    try:
        reading = _Reading(client, warn)
        held = reading.collections(f"/accounts/{account}", _DECIDING)
        held |= reading.beside(f"/accounts/{account}")
        of_zones = {path: _DECIDING[path] for path in _OF_ZONES}
        found = {zone: reading.collections(f"/zones/{zone}", of_zones) for zone in zones}
        return {"accounts": {account: {**held, "zones": found}}}
    finally:
        client.close()


class _Reading:
    """Reads the collections of one account."""

    def __init__(self, client: Client, warn: Callable[[str], None]) -> None:
        self._client = client
        self._warn = warn

    def collections(
        self, scope: str, wanted: Mapping[str, tuple[str, int | None]]
    ) -> dict[str, list[Any]]:
        """Read required collections."""
        found = {path: self._list(f"{scope}/{path}", *how) for path, how in wanted.items()}
        found[_APPS] = [self._with_policies(scope, app) for app in found[_APPS]]
        return found

    def beside(self, scope: str) -> dict[str, list[Any]]:
        """Read the optional collections, as far as the token allows."""
        found = {}
        for path, (permission, per_page) in _BESIDE.items():
            try:
                objects = self._list(f"{scope}/{path}", permission, per_page)
                if path == _LISTS:
                    objects = [self._with_items(f"{scope}/{path}", one) for one in objects]
                found[path] = objects
            except ApiError as error:
                self._warn(f"{path} is not in the snapshot: {error}")
        return found

    def _list(self, where: str, permission: str, per_page: int | None) -> list[Any]:
        answers = self._client.list(where, per_page=per_page, permission=permission)
        return [
            {name: value for name, value in one.items() if name not in _LEFT_OUT} for one in answers
        ]

    def _with_policies(self, scope: str, app: dict[str, Any]) -> dict[str, Any]:
        """Add an application's policies if the list leaves them out."""
        if "policies" in app:
            return app
        where = f"{scope}/{_APPS}/{app['id']}/policies"
        return {**app, "policies": self._list(where, _POLICIES, 1000)}

    def _with_items(self, where: str, one: dict[str, Any]) -> dict[str, Any]:
        """Add the entries of a list that rules can refer to."""
        if str(one.get("type", "")).upper() not in _WITH_ITEMS:
            return one
        return {**one, "items": self._items(f"{where}/{one['id']}/items")}

    def _items(self, where: str) -> list[Any]:
        return self._client.list(
            where, per_page=1000, permission="Zero Trust Read", id_field="value"
        )


def warn(told: str) -> None:
    """Print a warning to standard error."""
    echo(f"warning: {told}", err=True)
