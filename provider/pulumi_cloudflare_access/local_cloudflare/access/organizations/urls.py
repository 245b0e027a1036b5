"""Which URLs, which handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import OrganizationBackend as BACKEND  # noqa: N814  (every table's name for it)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

ROUTES: dict[str, Handler] = {
    "GET {scope}/access/organizations": responses.get_organization,
    "PUT {scope}/access/organizations": responses.update_organization,
}
