"""Identity providers."""

from __future__ import annotations

from typing import Any, ClassVar

from ...world.world import Backend
from ..checks import Checker
from ..exceptions import NotFoundError
from ..shapes import Choice, Flag, Object, Shape, Text

_FIELDS = Object(
    {
        "name": Text(),
        "type": Choice(
            (
                "onetimepin",
                "azureAD",
                "saml",
                "centrify",
                "cloudflare",  # the SDK's
                "facebook",
                "github",
                "google-apps",
                "google",
                "linkedin",
                "oidc",
                "okta",
                "onelogin",
                "pingone",
                "yandex",
            )
        ),
        "config": Shape(default={}),
        "scim_config?": Object(
            {
                "enabled": Flag(default=False),
                "identity_update_behavior": Text(default="no_action"),
                "scim_base_url?": Text(),
                "seat_deprovision": Flag(default=False),
                "secret?": Text(),
                "user_deprovision": Flag(default=False),
            }
        ),
    }
)


class IdentityProviderBackend(Backend):
    """The identity providers of one account or zone."""

    collection: ClassVar[str] = "access/identity_providers"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.identity_providers: dict[str, dict[str, Any]] = {}

    def list_identity_providers(self, *, scim_enabled: str | None = None) -> list[dict[str, Any]]:
        """Return the identity providers, all or those with SCIM, oldest first."""
        return [
            provider
            for provider in self.identity_providers.values()
            if scim_enabled != "true" or provider.get("scim_config", {}).get("enabled")
        ]

    def get_identity_provider(self, identity_provider_id: str) -> dict[str, Any]:
        """Return the identity provider with this id."""
        if identity_provider_id not in self.identity_providers:
            raise NotFoundError
        return self.identity_providers[identity_provider_id]

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Keep an identity provider, with the `id` it is given, if any."""
        check = Checker(item)
        given = check.take("id")
        fields = _FIELDS.take(check)
        check.done()
        if given in self.identity_providers:
            raise ValueError(f"there is an identity provider {given} already")
        provider = {"id": given or self.world.new_uuid(), **fields}
        self.identity_providers[provider["id"]] = provider
        return provider

    def has(self, object_id: str) -> bool:
        """Tell whether there is an identity provider with this id."""
        return object_id in self.identity_providers
