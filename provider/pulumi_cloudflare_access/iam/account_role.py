"""Account roles: what a member of an account can be. Looked up; nobody but Cloudflare makes any.

https://developers.cloudflare.com/api/resources/accounts/subresources/roles/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..engine.collection import Scope
from ..program.lookup import Lookup
from ..program.references import ACCOUNT_ROLES, Found
from . import listings


@dataclass(frozen=True, kw_only=True)
class GetAccountRoleResult(Found):
    """An account role; `permissions` say of each area of Cloudflare what it may read and write."""

    referred = ACCOUNT_ROLES

    description: str = ""
    permissions: Mapping[str, Any] = field(default_factory=dict)


_lookup = Lookup(GetAccountRoleResult, listings.ACCOUNT_ROLES)
get_account_role = _lookup.get
get_account_role_output = _lookup.get_output
get_account_roles = _lookup.get_all
get_account_roles_output = _lookup.get_all_output


class RoleNames:
    """The roles of one account, by their names."""

    def __init__(self, where: Scope, answers: Iterable[Mapping[str, Any]]) -> None:
        self._listed = _lookup.listed(where, answers)

    def id_of(self, name: str) -> str:
        """Return the id of the role with this name. Or a LookUpError."""
        found = _lookup.choose(self._listed, name, "name", remedy="write its id, one of")
        return str(found["id"])
