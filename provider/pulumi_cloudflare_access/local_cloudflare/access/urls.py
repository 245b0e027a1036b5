"""All routes of Access, and the kinds that can be seeded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .app_policies import urls as app_policies
from .apps import urls as apps
from .custom_pages import urls as custom_pages
from .exceptions import NotEnabledError
from .groups import urls as groups
from .identity_providers import urls as identity_providers
from .organizations import urls as organizations
from .policies import urls as policies
from .service_tokens import urls as service_tokens
from .tags import urls as tags

if TYPE_CHECKING:
    from ..calls.call import Answer, Call, Handler
    from ..world.world import Backend

_ROUTES: dict[str, Handler] = (
    groups.ROUTES
    | policies.ROUTES
    | apps.ROUTES
    | app_policies.ROUTES
    | identity_providers.ROUTES
    | organizations.ROUTES
    | service_tokens.ROUTES
    | tags.ROUTES
    | custom_pages.ROUTES
)


def _where_enabled(handler: Handler) -> Handler:
    def handle(call: Call) -> Answer:
        if not call.world.switches.zero_trust:
            raise NotEnabledError
        return handler(call)

    return handle


ROUTES: dict[str, Handler] = {route: _where_enabled(handler) for route, handler in _ROUTES.items()}

KINDS: tuple[type[Backend], ...] = (
    groups.BACKEND,
    policies.BACKEND,
    apps.BACKEND,
    identity_providers.BACKEND,
    organizations.BACKEND,
    service_tokens.BACKEND,
    tags.BACKEND,
    custom_pages.BACKEND,
)
