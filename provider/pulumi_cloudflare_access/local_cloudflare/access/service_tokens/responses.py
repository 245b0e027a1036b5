"""Decodes requests about service tokens, asks the backend, encodes answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...calls.call import Answer
from ...calls.paging import page
from .models import ServiceTokenBackend

if TYPE_CHECKING:
    from ...calls.call import Call

PER_PAGE = 1000


def list_service_tokens(call: Call) -> Answer:
    """Answer one page of the service tokens."""
    backend = call.of(ServiceTokenBackend)
    tokens = backend.list_service_tokens(
        name=call.query.get("name"), search=call.query.get("search")
    )
    total = len(backend.service_tokens)
    return page(call, tokens, call.world.with_more, per_page=PER_PAGE, total=total)


def get_service_token(call: Call) -> Answer:
    """Answer one service token."""
    token = call.of(ServiceTokenBackend).get_service_token(call.ids["service_token_id"])
    return Answer(result=call.world.with_more(token))
