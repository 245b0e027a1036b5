"""Which URLs, which handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses

if TYPE_CHECKING:
    from ..calls.call import Handler

ROUTES: dict[str, Handler] = {
    "GET zones": responses.list_zones,
    "GET zones/{zone_id}": responses.get_zone,
}
