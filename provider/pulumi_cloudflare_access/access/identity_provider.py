"""Identity providers: where people log in.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/identity_providers/

Cloudflare never tells the secret of a provider's OAuth client: its answers have a mask. A mask is
compared with nothing. An update that says nothing of the secret sends the one of the state; where
the state has none, it sends the mask back as it is, as Terraform's provider did: then Cloudflare
keeps the secret that it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import pulumi
from pydantic import model_validator

from ..engine.adoption import ADOPT
from ..engine.collection import Scope
from ..engine.deletion import User
from ..engine.lifecycle import ResourceLifecycle
from ..errors import ApiError
from ..fields.keyed import UNKNOWN, Mistake
from ..fields.model import Default, Inputs, State
from ..program.lookup import ScopedLookup
from ..program.references import IDENTITY_PROVIDERS, Found
from ..program.resource import Resource
from . import listings
from .identity_provider_fields import (
    SECRET,
    IdentityProviderConfig,
    IdentityProviderScim,
    Type,
    has_secret,
    mistakes_of_type,
    scim_mistakes,
)
from .referrers import referrers_in_rules

if TYPE_CHECKING:
    from .. import types

IN_CONFIG = f"config.{SECRET}"
NAMES_OF_ID = ("identity_provider_id", "connection_id")


class IdentityProviderInputs(Inputs):
    """What a program may ask of an identity provider."""

    made = frozenset({"read_only", "saml_certificate_set"})

    account_id: str | None = None
    zone_id: str | None = None
    name: str
    """What people see on the login page."""
    type: Type
    """The kind of provider."""
    config: IdentityProviderConfig | None = None
    """How Access talks to it. Its `client_secret` is kept secret."""
    scim_config: Annotated[IdentityProviderScim | None, Default({"enabled": False})] = None
    """Provisioning of people and groups by the provider."""
    saml_certificate_set_id: str | None = None
    """Of type `saml`: the certificates that assertions are encrypted with."""


class IdentityProviderState(State):
    """What we keep of an answer besides what was declared."""

    scim_base_url: str | None = None
    """Where the provider sends its people and groups, once SCIM is enabled."""
    scim_secret: str | None = None
    """The token that it sends them with. Secret. Cloudflare tells it once, when SCIM is enabled for
    the first time.
    """

    @model_validator(mode="before")
    @classmethod
    def _flattened(cls, answer: Mapping[str, Any]) -> dict[str, Any]:
        scim = answer.get("scim_config")
        scim = scim if isinstance(scim, Mapping) else {}
        told = {"scim_base_url": scim.get("scim_base_url"), "scim_secret": scim.get("secret")}
        return {**answer, **told}


class IdentityProviderProvider(ResourceLifecycle):
    """Where identity providers live and what they need."""

    kind = "identity_provider"
    display_name = listings.IDENTITY_PROVIDERS.display_name
    collection = listings.IDENTITY_PROVIDERS
    inputs = IdentityProviderInputs
    state = IdentityProviderState
    replaced_by = frozenset({"type"})
    always_secret = frozenset({IN_CONFIG})
    create_only_outputs = frozenset({"scim_secret"})

    def validate(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what the type lacks or does not take."""
        return [*mistakes_of_type(declared), *scim_mistakes(declared.get("scim_config"))]

    def validate_run(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[Mistake]:
        """Refuse a new provider without the secret that its type needs."""
        if olds or news.get(ADOPT) or not has_secret(news.get("type")) or _declares_secret(news):
            return []
        return [Mistake(IN_CONFIG, f"is required for type {news['type']}")]

    def adoption_warnings(self, declared: Mapping[str, Any]) -> Iterator[str]:
        """Say that nobody knows the secret of the provider that exists."""
        if has_secret(declared.get("type")):
            sent = (
                "the declared one is sent with the next change"
                if _declares_secret(declared)
                else "updates keep it"
            )
            yield (
                f"{IN_CONFIG}: Cloudflare never tells the secret that it has, so that it is not "
                f"compared; it stays as it is, and {sent}"
            )

    def update_warnings(self, was: Mapping[str, Any], declared: Mapping[str, Any]) -> Iterator[str]:
        """Say what becomes of a secret that the program does not declare."""
        if not has_secret(declared.get("type")) or _declares_secret(declared):
            return
        if _declares_secret(was):
            yield (
                f"{IN_CONFIG}: no longer declared: Cloudflare keeps the secret, and the state "
                "forgets it"
            )
        elif self._differences(was, declared):
            yield (
                f"{IN_CONFIG} is not declared: the update sends the mask of Cloudflare's answer in "
                "its place, by which Cloudflare keeps the secret. Declare it to be sure"
            )

    def create_only_outputs_in(self, answer: Mapping[str, Any]) -> Iterator[str]:
        """Name the token that Cloudflare makes where SCIM is enabled."""
        if (answer.get("scim_config") or {}).get("enabled"):
            yield "scim_secret"

    def regain_output(self, declared: Mapping[str, Any]) -> str:
        """Say how to have another token made; the provider itself stays."""
        del declared
        return (
            "have a new one made in the dashboard, or by a POST to the provider's "
            "/refresh_scim_secret"
        )

    def referrers(self, id_: str, scope: Scope, *, anew: bool = False) -> Iterator[User]:
        """Return the rules and the applications that name this provider."""
        yield from referrers_in_rules(
            id_,
            scope,
            lambda of: self._all(scope, of, anew=anew),
            lambda rule: any(id_ in _providers(*one) for one in rule.items()),
            lambda app: (
                id_ in (app.get("allowed_idps") or ())
                or (app.get("scim_config") or {}).get("idp_uid") == id_
            ),
        )

    def explain_refusal(
        self, error: ApiError, scope: Scope, declared: Mapping[str, Any]
    ) -> str | None:
        """Say what helps where Cloudflare does not take its own mask."""
        del scope
        masked = has_secret(declared.get("type")) and not _declares_secret(declared)
        if masked and any("mask" in reason.message for reason in error.reasons):
            return f"declare {IN_CONFIG}: nothing was changed"
        return None

    def request_body(
        self,
        declared: Mapping[str, Any],
        *,
        there: Mapping[str, Any] | None = None,
        was: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Keep the secret: the declared one, else that of the state, else what the mask means."""
        body = super().request_body(declared, there=there, was=was)
        config = {**(body.get("config") or {})}
        for held in (was, there):
            if SECRET not in config and (secret := _config(held).get(SECRET)):
                config[SECRET] = secret
        # It is required, and may be empty.
        return body | {"config": config}


def _config(held: Mapping[str, Any] | None) -> Mapping[str, Any]:
    config = (held or {}).get("config")
    return config if isinstance(config, Mapping) else {}


def _declares_secret(declared: Mapping[str, Any]) -> bool:
    """Tell whether there is a secret, as far as that is known."""
    return declared.get("config") == UNKNOWN or bool(_config(declared).get(SECRET))


def _providers(selector: str, fields: Any) -> set[Any]:
    """Return the providers that a rule names."""
    if not isinstance(fields, Mapping):
        return set()
    names = (*NAMES_OF_ID, "id") if selector == "login_method" else NAMES_OF_ID
    return {fields.get(name) for name in names}


class IdentityProvider(Resource, module="cloudflare", name="IdentityProvider"):
    """A way to log in, under an account or a zone.

    `config` has the fields of its type. `client_secret` in it is kept secret: in the state, in
    previews and in messages. Cloudflare never tells it: what somebody changes of it is no drift.
    `scim_config={"enabled": True}` has Cloudflare make `scim_secret`, a secret output that it tells
    once. Rules and applications take the provider where an identity provider is due.
    `adopt=True` takes over the provider of this name, with the secret that it has.
    """

    lifecycle = IdentityProviderProvider
    secret_outputs: ClassVar[frozenset[str]] = frozenset({"scim_secret"})

    account_id: pulumi.Output[str | None]
    zone_id: pulumi.Output[str | None]
    name: pulumi.Output[str]
    type: pulumi.Output[str]
    saml_certificate_set_id: pulumi.Output[str | None]
    scim_base_url: pulumi.Output[str | None]
    """Where the provider sends its people and groups, once SCIM is enabled."""
    scim_secret: pulumi.Output[str | None]
    """The token that it sends them with. Secret. Cloudflare tells it once, when SCIM is enabled for
    the first time.
    """
    if TYPE_CHECKING:
        config: pulumi.Output[types.IdentityProviderConfigOutput | None]
        scim_config: pulumi.Output[types.IdentityProviderScimOutput | None]
        extra: pulumi.Output[Mapping[str, Any] | None]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        type: pulumi.Input[types.IdentityProviderType],  # noqa: A002 - Cloudflare's name for it
        config: pulumi.Input[types.IdentityProviderConfig | types.Unchecked] | None = None,
        scim_config: pulumi.Input[types.IdentityProviderScim | types.Unchecked] | None = None,
        saml_certificate_set_id: pulumi.Input[str] | None = None,
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a way to log in, under an account or a zone.

        :param resource_name: The name of the resource in the program and in the state.
        :param name: What people see on the login page. Required. API: `name`.
        :param type: The kind of provider. Required. API: `type`. A change replaces the object.
        :param config: How Access talks to it. Its `client_secret` is kept secret. Left out, it is
            not managed. API: `config`.
        :param scim_config: Provisioning of people and groups by the provider. Default: `{'enabled':
            False}`. API: `scim_config`.
        :param saml_certificate_set_id: Of type `saml`: the certificates that assertions are
            encrypted with. Left out, it is not managed. API: `saml_certificate_set_id`.
        :param extra: Fields, and values of closed lists, that this package does not know. They are
            sent, compared and shown like all others. Default: none. API: each by its own name.
        :param account_id: The id of the account that it is in. Default: the one in the settings. A
            change replaces the object. In the API, it is in the path.
        :param zone_id: The id of the zone that it is in, instead of an account. A change replaces
            the object. In the API, it is in the path.
        :param adopt: `True` takes over an object that exists, found by its name; an id takes over
            the one with that id; `False` makes another one, whatever exists. Default: one is made.
        :param adopt_changes: Let an adoption change what differs. Default: what differs is an
            error.
        :param opts: Pulumi's options for the resource.
        """
        self._declare(locals())


# What `config` may hold, over all types. Anything else could be a secret: it stays at Cloudflare.
CONFIG = frozenset({
    "apps_domain", "attributes", "auth_url", "authorization_server_id", "centrify_account",
    "centrify_app_id", "certs_url", "claims", "client_id", "conditional_access_enabled",
    "directory_id", "email_attribute_name", "email_claim_name", "enable_encryption", "force_authn",
    "header_attributes", "idp_public_certs", "issuer_url", "max_sso_url_length", "okta_account",
    "onelogin_account", "ping_env_id", "pkce_enabled", "prompt", "redirect_url",
    "restrict_to_account_members", "scopes", "sign_request", "sso_target_url", "support_groups",
    "token_url", "use_login_hint",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class GetIdentityProviderResult(Found):
    """An identity provider that exists, without its secrets."""

    referred = IDENTITY_PROVIDERS

    type: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    scim_config: Mapping[str, Any] | None = None
    read_only: bool | None = None
    saml_certificate_set: Mapping[str, Any] | None = None
    saml_certificate_set_id: str | None = None


class _IdentityProviderLookup(ScopedLookup[GetIdentityProviderResult]):
    def understood(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        config = answer.get("config") or {}
        return {**answer, "config": {k: inner for k, inner in config.items() if k in CONFIG}}


_lookup = _IdentityProviderLookup(GetIdentityProviderResult, listings.IDENTITY_PROVIDERS)
get_identity_provider = _lookup.get
get_identity_provider_output = _lookup.get_output
get_identity_providers = _lookup.get_all
get_identity_providers_output = _lookup.get_all_output
