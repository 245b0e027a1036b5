"""The routes of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import AppBackend as BACKEND  # noqa: N814  (every kind's table has this name)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

ROUTES: dict[str, Handler] = {
    "GET    {scope}/access/apps": responses.list_apps,
    "POST   {scope}/access/apps": responses.create_app,
    "GET    {scope}/access/apps/{app_id}": responses.get_app,
    "PUT    {scope}/access/apps/{app_id}": responses.update_app,
    "DELETE {scope}/access/apps/{app_id}": responses.delete_app,
    "POST   {scope}/access/apps/{app_id}/revoke_tokens": responses.revoke_tokens,
    "PUT    {scope}/access/apps/{app_id}/settings": responses.update_settings,
    "PATCH  {scope}/access/apps/{app_id}/settings": responses.edit_settings,
    "GET    {scope}/access/apps/{app_id}/user_policy_checks": responses.list_user_policy_checks,
}
