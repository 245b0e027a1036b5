"""The routes of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import responses
from .models import RecordBackend as BACKEND  # noqa: N814  (every kind's table has this name)

if TYPE_CHECKING:
    from ...calls.call import Handler

__all__ = ["BACKEND", "ROUTES"]

ROUTES: dict[str, Handler] = {
    "GET    {zone}/dns_records": responses.list_records,
    "POST   {zone}/dns_records": responses.create_record,
    "GET    {zone}/dns_records/{record_id}": responses.get_record,
    "PUT    {zone}/dns_records/{record_id}": responses.replace_record,
    "PATCH  {zone}/dns_records/{record_id}": responses.edit_record,
    "DELETE {zone}/dns_records/{record_id}": responses.delete_record,
}
