"""Which URLs, which handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import CustomPageBackend as BACKEND  # noqa: N814  (every kind's table has this name)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

_ALL = "{account}/access/custom_pages"
_ONE = f"{_ALL}/{{custom_page_id}}"
ROUTES: dict[str, Handler] = {
    f"GET    {_ALL}": responses.list_custom_pages,
    f"POST   {_ALL}": responses.create_custom_page,
    f"GET    {_ONE}": responses.get_custom_page,
    f"PUT    {_ONE}": responses.update_custom_page,
    f"DELETE {_ONE}": responses.delete_custom_page,
}
