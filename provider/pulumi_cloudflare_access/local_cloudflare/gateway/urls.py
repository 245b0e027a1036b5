"""Which URLs, which handler: the tables of all of Gateway, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lists import urls as lists

if TYPE_CHECKING:
    from ..calls.call import Handler
    from ..world.world import Backend

ROUTES: dict[str, Handler] = lists.ROUTES

KINDS: tuple[type[Backend], ...] = (lists.BACKEND,)
