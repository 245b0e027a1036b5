"""All routes of DNS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .records import urls as records

if TYPE_CHECKING:
    from ..calls.call import Handler
    from ..world.world import Backend

ROUTES: dict[str, Handler] = records.ROUTES

KINDS: tuple[type[Backend], ...] = (records.BACKEND,)
