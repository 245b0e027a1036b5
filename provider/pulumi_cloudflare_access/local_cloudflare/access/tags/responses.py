"""Decodes requests about tags, calls the backend, encodes answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from ...calls.paging import page
from .models import TagBackend

if TYPE_CHECKING:
    from ...calls.call import Call
    from .models import Tag

PER_PAGE = 1000


def list_tags(call: Call) -> Answer:
    """Answer one page of the tags."""
    tags = call.of(TagBackend).list_tags()
    return page(call, tags, partial(_shown, call), per_page=PER_PAGE, total=len(tags))


def create_tag(call: Call) -> Answer:
    """Answer the new tag."""
    return Answer(result=_shown(call, call.of(TagBackend).create_tag(call.body)), status=201)


def get_tag(call: Call) -> Answer:
    """Answer one tag."""
    return Answer(result=_shown(call, call.of(TagBackend).get_tag(call.ids["tag_name"])))


def update_tag(call: Call) -> Answer:
    """Answer the tag as it is now."""
    tag = call.of(TagBackend).update_tag(call.ids["tag_name"], call.body)
    return Answer(result=_shown(call, tag))


def delete_tag(call: Call) -> Answer:
    """Answer the name of the deleted tag."""
    call.of(TagBackend).delete_tag(call.ids["tag_name"])
    return Answer(result={"name": call.ids["tag_name"]}, status=202)


def _shown(call: Call, tag: Tag) -> dict[str, Any]:
    app_count = call.of(TagBackend).app_count(tag.name)
    return call.world.with_more({**vars(tag), "app_count": app_count})
