"""The routes of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import SsoConnectorBackend as BACKEND  # noqa: N814  (every kind's table has this name)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

ONE = "{account}/sso_connectors/{sso_connector_id}"

ROUTES: dict[str, Handler] = {
    "GET    {account}/sso_connectors": responses.list_sso_connectors,
    "POST   {account}/sso_connectors": responses.create_sso_connector,
    f"GET    {ONE}": responses.get_sso_connector,
    f"PATCH  {ONE}": responses.update_sso_connector,
    f"DELETE {ONE}": responses.delete_sso_connector,
    f"POST   {ONE}/begin_verification": responses.begin_verification,
}
