"""Decodes requests about identity providers, asks the backend, encodes answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from ...calls.paging import page
from ..shapes import MASK
from .models import IdentityProviderBackend

if TYPE_CHECKING:
    from ...calls.call import Call
    from ...world.world import World

PER_PAGE = 200

_SECRETS = {"client_secret", "secret"}


def list_identity_providers(call: Call) -> Answer:
    """Answer one page of the identity providers."""
    backend = call.of(IdentityProviderBackend)
    providers = backend.list_identity_providers(scim_enabled=call.query.get("scim_enabled"))
    show = partial(_shown, call.world)
    total = len(backend.identity_providers)
    return page(call, providers, show, per_page=PER_PAGE, total=total)


def get_identity_provider(call: Call) -> Answer:
    """Answer one identity provider."""
    backend = call.of(IdentityProviderBackend)
    provider = backend.get_identity_provider(call.ids["identity_provider_id"])
    return Answer(result=_shown(call.world, provider))


def _shown(world: World, provider: dict[str, Any]) -> dict[str, Any]:
    # That secrets are redacted is documented for SCIM; how, and for `config`, is not.
    shown = {
        key: {name: MASK if name in _SECRETS else inner for name, inner in value.items()}
        if isinstance(value, dict)
        else value
        for key, value in provider.items()
    }
    return world.with_more(shown)
