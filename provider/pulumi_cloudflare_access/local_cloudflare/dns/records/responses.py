"""Decodes requests about DNS records, calls the backend, encodes answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from ...calls.paging import page
from .models import RecordBackend

if TYPE_CHECKING:
    from ...calls.call import Call
    from ...world.world import World
    from .models import Record

PER_PAGE = 100


def list_records(call: Call) -> Answer:
    """Answer one page of the records."""
    backend = call.of(RecordBackend)
    found = backend.list_records(name=call.query.get("name"), content=call.query.get("content"))
    if call.query.get("type", "TXT") != "TXT":
        found = []
    show = partial(_shown, call.world)
    return page(call, found, show, per_page=PER_PAGE, total=len(backend.records))


def create_record(call: Call) -> Answer:
    """Answer the new record."""
    return Answer(result=_shown(call.world, call.of(RecordBackend).create_record(call.body)))


def get_record(call: Call) -> Answer:
    """Answer one record."""
    record = call.of(RecordBackend).get_record(call.ids["record_id"])
    return Answer(result=_shown(call.world, record))


def replace_record(call: Call) -> Answer:
    """Answer the record as it is now."""
    record = call.of(RecordBackend).replace_record(call.ids["record_id"], call.body)
    return Answer(result=_shown(call.world, record))


def edit_record(call: Call) -> Answer:
    """Answer the record as it is now."""
    record = call.of(RecordBackend).edit_record(call.ids["record_id"], call.body)
    return Answer(result=_shown(call.world, record))


def delete_record(call: Call) -> Answer:
    """Answer the id of the deleted object."""
    call.of(RecordBackend).delete_record(call.ids["record_id"])
    return Answer(result={"id": call.ids["record_id"]})


def _shown(world: World, record: Record) -> dict[str, Any]:
    answer = {
        **vars(record),
        "type": "TXT",
        "proxiable": False,
        "proxied": False,
        "settings": {},
        "meta": {},
        "tags": [],
    }
    return world.with_more(answer)
