"""Decodes requests about identity providers, calls the backend, encodes answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from ...calls.paging import page
from ..shapes import MASK
from .fields import WITH_REDIRECT
from .models import IdentityProviderBackend

if TYPE_CHECKING:
    from ...calls.call import Call
    from ...world.world import World

PER_PAGE = 200

_SECRETS = {"client_secret", "secret"}
# Lists whose order matters, so that they are not shuffled.
_IN_ORDER = {"idp_public_certs"}


def list_identity_providers(call: Call) -> Answer:
    """Answer one page of the identity providers."""
    backend = call.of(IdentityProviderBackend)
    providers = backend.list_identity_providers(scim_enabled=call.query.get("scim_enabled"))
    show = partial(_shown, call.world)
    total = len(backend.identity_providers)
    return page(call, providers, show, per_page=PER_PAGE, total=total)


def create_identity_provider(call: Call) -> Answer:
    """Answer the new identity provider, and this once a secret that was made for SCIM."""
    provider, is_new = call.of(IdentityProviderBackend).create_identity_provider(call.body)
    return Answer(result=_shown(call.world, provider, with_scim=is_new), status=201)


def get_identity_provider(call: Call) -> Answer:
    """Answer one identity provider."""
    backend = call.of(IdentityProviderBackend)
    return Answer(result=_shown(call.world, backend.get_identity_provider(_id(call))))


def update_identity_provider(call: Call) -> Answer:
    """Answer the identity provider as it is now, and a secret that this has made for SCIM."""
    backend = call.of(IdentityProviderBackend)
    provider, is_new = backend.update_identity_provider(_id(call), call.body)
    return Answer(result=_shown(call.world, provider, with_scim=is_new))


def delete_identity_provider(call: Call) -> Answer:
    """Answer the id of the deleted object."""
    call.of(IdentityProviderBackend).delete_identity_provider(_id(call))
    return Answer(result={"id": _id(call)}, status=202)


def _id(call: Call) -> str:
    return call.ids["identity_provider_id"]


def _shown(world: World, provider: dict[str, Any], *, with_scim: bool = False) -> dict[str, Any]:
    # Documented for SCIM: secrets are redacted. How, and whether in `config`, is not documented.
    shown = {
        key: {name: _inner(world, name, inner) for name, inner in value.items()}
        if isinstance(value, dict)
        else value
        for key, value in provider.items()
    }
    if with_scim:
        shown["scim_config"]["secret"] = provider["scim_config"]["secret"]
    if provider["type"] in WITH_REDIRECT and not world.switches.plain:
        # Seen live, and documented of no request.
        url = "https://example.cloudflareaccess.com/cdn-cgi/access/callback"
        shown["config"] = {"redirect_url": url, **shown["config"]}
    return world.with_more(shown)


def _inner(world: World, name: str, value: Any) -> Any:
    if name in _SECRETS:
        return MASK
    return world.in_any_order(value) if isinstance(value, list) and name not in _IN_ORDER else value
