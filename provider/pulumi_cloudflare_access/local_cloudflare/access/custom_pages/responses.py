"""Decodes requests about custom pages, asks the backend, encodes answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from ...calls.paging import page
from .models import CustomPageBackend

if TYPE_CHECKING:
    from ...calls.call import Call

PER_PAGE = 1000


def list_custom_pages(call: Call) -> Answer:
    """Answer one page of the pages, without their HTML."""
    pages = call.of(CustomPageBackend).list_custom_pages()
    return page(call, pages, partial(_without_html, call), per_page=PER_PAGE, total=len(pages))


def create_custom_page(call: Call) -> Answer:
    """Answer the new page, without its HTML."""
    made = call.of(CustomPageBackend).create_custom_page(call.body)
    return Answer(result=_without_html(call, made), status=201)


def get_custom_page(call: Call) -> Answer:
    """Answer one page, and its HTML."""
    return Answer(result=_shown(call, call.of(CustomPageBackend).get_custom_page(_id(call))))


def update_custom_page(call: Call) -> Answer:
    """Answer the page as it is now, without its HTML."""
    changed = call.of(CustomPageBackend).update_custom_page(_id(call), call.body)
    return Answer(result=_without_html(call, changed))


def delete_custom_page(call: Call) -> Answer:
    """Answer the id of what was deleted."""
    call.of(CustomPageBackend).delete_custom_page(_id(call))
    return Answer(result={"id": _id(call)}, status=202)


def _id(call: Call) -> str:
    return call.ids["custom_page_id"]


def _shown(call: Call, held: dict[str, Any]) -> dict[str, Any]:
    app_count = call.of(CustomPageBackend).app_count(held["uid"])
    return call.world.with_more({**held, "app_count": app_count})


def _without_html(call: Call, held: dict[str, Any]) -> dict[str, Any]:
    shown = _shown(call, held)
    html = shown.pop("custom_html")
    if "{{" in html and "}}" not in html:
        # Seen of nobody: the SDK has such findings, and says that they are advice.
        finding = {"tier": "liquid", "message": "a tag that is not closed", "ref": "{{"}
        return {**shown, "warnings": [finding]}
    return shown
