"""All routes of IAM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .members import urls as members
from .permission_groups import urls as permission_groups
from .resource_groups import urls as resource_groups
from .roles import urls as roles
from .sso_connectors import urls as sso_connectors
from .user_group_members import urls as user_group_members
from .user_groups import urls as user_groups

if TYPE_CHECKING:
    from ..calls.call import Handler
    from ..world.world import Backend

ROUTES: dict[str, Handler] = (
    members.ROUTES
    | permission_groups.ROUTES
    | resource_groups.ROUTES
    | roles.ROUTES
    | sso_connectors.ROUTES
    | user_group_members.ROUTES
    | user_groups.ROUTES
)

KINDS: tuple[type[Backend], ...] = (
    members.BACKEND,
    permission_groups.BACKEND,
    resource_groups.BACKEND,
    roles.BACKEND,
    sso_connectors.BACKEND,
    user_groups.BACKEND,
)
