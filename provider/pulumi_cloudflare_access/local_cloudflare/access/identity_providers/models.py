"""Identity providers, and how they behave."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

from ...world.world import Backend
from ..checks import Checker
from ..exceptions import ConflictError, NotFoundError
from ..shapes import MASK, Object, Shape, Text
from .fields import CONFIGS, REST, SECRET, WITH_REDIRECT, WITHOUT_SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ANY = Object(REST | {"config": Shape(default={})})


class IdentityProviderBackend(Backend):
    """The identity providers of one account or zone. Their names need not be unique."""

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

    def create_identity_provider(self, body: Any) -> tuple[dict[str, Any], bool]:
        """Create an identity provider. Also return whether that generated a SCIM secret."""
        fields = self._checked(body)
        provider = {"id": self.world.new_uuid(), **fields}
        self.identity_providers[provider["id"]] = provider
        return provider, self._provision(provider, {})

    def get_identity_provider(self, identity_provider_id: str) -> dict[str, Any]:
        """Return the identity provider with this id."""
        if identity_provider_id not in self.identity_providers:
            raise NotFoundError
        return self.identity_providers[identity_provider_id]

    def update_identity_provider(
        self, identity_provider_id: str, body: Any
    ) -> tuple[dict[str, Any], bool]:
        """Replace an identity provider's fields; return it, and whether SCIM has a new secret."""
        before = self.get_identity_provider(identity_provider_id)
        provider = {"id": identity_provider_id, **self._checked(body, before)}
        self.identity_providers[identity_provider_id] = provider
        return provider, self._provision(provider, before)

    def delete_identity_provider(self, identity_provider_id: str) -> None:
        """Delete an identity provider, unless a rule or an application refers to it."""
        self.get_identity_provider(identity_provider_id)
        used = chain(self._in_rules(), self.scope.identity_providers_used())
        in_use = identity_provider_id in used
        if in_use and self.world.switches.delete_in_use == "refuse":
            raise ConflictError("identity provider is in use")
        del self.identity_providers[identity_provider_id]

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Add an identity provider. It may have an `id` and any `config`."""
        check = Checker(item)
        given = check.take("id")
        fields = _ANY.take(check)
        check.done()
        if given in self.identity_providers:
            raise ValueError(f"there is an identity provider {given} already")
        provider = {"id": given or self.world.new_uuid(), **fields}
        self.identity_providers[provider["id"]] = provider
        return provider

    def has(self, object_id: str) -> bool:
        """Tell whether an identity provider with this id exists."""
        return object_id in self.identity_providers

    def _checked(self, body: Any, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Check the body of a request and return its fields.

        `before` is the identity provider to replace, if any; its secret is kept if the body has
        none.
        """
        body = dict(body) if isinstance(body, dict) else body
        if isinstance(body, dict):
            for made in ("id", "read_only", "saml_certificate_set"):
                body.pop(made, None)
        type_ = body.get("type") if isinstance(body, dict) else None
        check = Checker(body, self.world.switches)
        known = dict(CONFIGS.get(str(type_), {}))
        if type_ in CONFIGS and type_ not in WITHOUT_SECRET:
            known[f"{SECRET}?" if before else SECRET] = Text()
        if type_ in WITH_REDIRECT:
            known["redirect_url?"] = Text()
        kept = before.get("config", {}).get(SECRET) if before else None
        config = check.take("config")
        if before and isinstance(config, dict):
            config = self._with_secret(check, config, kept)
        others = {name.rstrip("?") for fields in CONFIGS.values() for name in fields} | {SECRET}
        if check.foreign == "ignore" and isinstance(config, dict):
            own = {name.rstrip("?") for name in known}
            config = {name: v for name, v in config.items() if name in own or name not in others}
        fields = Object(REST).take(check)
        if config is None:
            check.refuse("/config", "config field should not be empty")
        else:
            fields["config"] = Object(known).keep(check, "/config", config)
        fields |= check.rest()
        check.done()
        return fields

    def _with_secret(self, check: Checker, config: dict[str, Any], kept: Any) -> dict[str, Any]:
        """Return the config with the secret that the switch `identity_provider_secrets` keeps."""
        masked = config.get(SECRET) == MASK
        if self.world.switches.identity_provider_secrets == "mask_keeps":
            return config | {SECRET: kept} if masked and kept else config
        if masked:
            check.refuse(f"/config/{SECRET}", f"config.{SECRET} field should not be a masked value")
        return config if SECRET in config or kept is None else config | {SECRET: kept}

    def _provision(self, provider: dict[str, Any], before: Mapping[str, Any]) -> bool:
        """Add a secret and a URL when SCIM is first enabled; return whether they are new."""
        scim, had = provider.get("scim_config"), before.get("scim_config") or {}
        if scim is None:
            return False
        scim.pop("secret", None)
        scim |= {name: had[name] for name in ("secret", "scim_base_url") if name in had}
        if not scim["enabled"] or "secret" in scim:
            return False
        scim["secret"] = self.world.new_hex(64)
        scim["scim_base_url"] = (
            f"https://example.cloudflareaccess.com/populations/{provider['id']}/scim/v2"
        )
        return True

    def _in_rules(self) -> Iterator[str]:
        for _, rule in self.scope.rules():
            for selector, fields in rule.items():
                if isinstance(fields, dict):
                    yield str(fields.get("identity_provider_id"))
                    yield str(fields.get("id")) if selector == "login_method" else ""
