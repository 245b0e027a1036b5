"""The routes of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses

if TYPE_CHECKING:
    from ...calls.call import Handler

ROUTES: dict[str, Handler] = {
    "GET    {scope}/access/apps/{app_id}/policies": responses.list_policies,
    "POST   {scope}/access/apps/{app_id}/policies": responses.create_policy,
    "GET    {scope}/access/apps/{app_id}/policies/{policy_id}": responses.get_policy,
    "PUT    {scope}/access/apps/{app_id}/policies/{policy_id}": responses.update_policy,
    "DELETE {scope}/access/apps/{app_id}/policies/{policy_id}": responses.delete_policy,
    "PUT    {account}/access/apps/{app_id}/policies/{policy_id}/make_reusable": (
        responses.make_reusable
    ),
}
