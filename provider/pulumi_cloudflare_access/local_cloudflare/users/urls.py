"""The routes of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses

if TYPE_CHECKING:
    from ..calls.call import Handler

ROUTES: dict[str, Handler] = {"GET user": responses.get_user}
