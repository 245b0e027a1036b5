"""Decodes requests about service tokens, calls the backend, encodes answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from ...calls.paging import page
from .models import ServiceTokenBackend, shown

if TYPE_CHECKING:
    from ...calls.call import Call
    from .models import ServiceToken

PER_PAGE = 1000


def list_service_tokens(call: Call) -> Answer:
    """Answer one page of the service tokens."""
    backend = call.of(ServiceTokenBackend)
    tokens = backend.list_service_tokens(
        name=call.query.get("name"), search=call.query.get("search")
    )
    total = len(backend.service_tokens)
    return page(call, tokens, lambda token: _shown(call, token), per_page=PER_PAGE, total=total)


def create_service_token(call: Call) -> Answer:
    """Answer the new service token with its secret, only this once."""
    token = call.of(ServiceTokenBackend).create_service_token(call.body)
    return Answer(result=_with_secret(call, token), status=201)


def get_service_token(call: Call) -> Answer:
    """Answer one service token."""
    return Answer(result=_shown(call, call.of(ServiceTokenBackend).get_service_token(_id(call))))


def update_service_token(call: Call) -> Answer:
    """Answer the service token as it is now, with its secret if that is new."""
    token, is_new = call.of(ServiceTokenBackend).update_service_token(_id(call), call.body)
    return Answer(result=_with_secret(call, token) if is_new else _shown(call, token))


def refresh_service_token(call: Call) -> Answer:
    """Answer the service token as it is now."""
    token = call.of(ServiceTokenBackend).refresh_service_token(_id(call))
    return Answer(result=_shown(call, token))


def rotate_service_token(call: Call) -> Answer:
    """Answer the service token with its new secret, only this once."""
    token = call.of(ServiceTokenBackend).rotate_service_token(_id(call), call.body)
    answer = _with_secret(call, token)
    # The documented answer does not have it.
    answer.pop("expires_at", None)
    return Answer(result=answer)


def delete_service_token(call: Call) -> Answer:
    """Answer the deleted token."""
    token = call.of(ServiceTokenBackend).delete_service_token(_id(call))
    return Answer(result=_shown(call, token))


def _id(call: Call) -> str:
    return call.ids["service_token_id"]


def _shown(call: Call, token: ServiceToken) -> dict[str, Any]:
    return call.world.with_more(shown(token))


def _with_secret(call: Call, token: ServiceToken) -> dict[str, Any]:
    return _shown(call, token) | {"client_secret": token.secret}
