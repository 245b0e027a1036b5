"""What a program may say of an Access application: its fields, and the objects in them.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/methods/create/
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ..fields.keyed import UNKNOWN, Mistake
from ..fields.model import (
    Decides,
    Default,
    Duration,
    Inputs,
    LeftOut,
    NotSent,
    Stays,
    Unanswered,
    duration,
    objects,
    one_or_many,
)
from ..fields.shapes import TextShape, Values
from ..program.references import InOrder, References
from ..text.spelling import text_of
from .application_types import Type
from .policy import MfaConfig, one_of

Strings = Annotated[Any, Values()]


def address(value: str) -> str:
    """Write a host name, with or without a path, as Cloudflare answers it."""
    host, slash, path = value.partition("/")
    return host.lower() + slash + path


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        return value


Address = Annotated[str | None, TextShape(address)]


class Override(Inputs):
    """A path of a destination that is treated in another way."""

    whole = True

    behavior: Literal["public"] | None = None
    path_pattern: str | None = None


def _path(override: Mapping[str, Any]) -> str:
    return f"{override.get('behavior')} {override.get('path_pattern')}"


class Destination(Inputs):
    """One place that the application protects."""

    whole = True

    type: Annotated[
        Literal[
            "public",
            "private",
            "via_mcp_server_portal",
            "worker",
            "preview_worker",
            "all_workers",
            "all_preview_workers",
        ]
        | None,
        Default("public"),
    ] = None
    uri: Address = None
    cidr: Annotated[str | None, TextShape(_network)] = None
    hostname: Address = None
    l4_protocol: Literal["tcp", "udp"] | None = None
    port_range: str | None = None
    vnet_id: str | None = None
    mcp_server_id: str | None = None
    worker_id: str | None = None
    overrides: Annotated[Any, objects(Override, _path)] = None


def _place(destination: Mapping[str, Any]) -> str:
    said = (destination.get(name) for name in Destination.model_fields)
    return " ".join(text for text in said if isinstance(text, str) and text)


class CorsHeaders(Inputs):
    """Cross-origin requests that are let through to the application."""

    whole = True

    allow_all_headers: bool | None = None
    allow_all_methods: bool | None = None
    allow_all_origins: bool | None = None
    allow_credentials: bool | None = None
    allowed_headers: Strings = None
    allowed_methods: Annotated[
        Any,
        one_of("GET", "POST", "HEAD", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"),
    ] = None
    allowed_origins: Strings = None
    max_age: Annotated[int | None, Field(ge=-1, le=86400)] = None


class ClientRegistration(Inputs):
    """Which OAuth clients may register themselves."""

    whole = True

    allow_any_on_localhost: bool | None = None
    allow_any_on_loopback: bool | None = None
    allowed_uris: Strings = None
    enabled: bool | None = None


class Grant(Inputs):
    """How long OAuth tokens live."""

    access_token_lifetime: Duration | None = None
    session_duration: Duration | None = None


class OauthConfiguration(Inputs):
    """OAuth for clients of the application."""

    dynamic_client_registration: ClientRegistration | None = None
    # A request without it enables it; answers leave out what is false.
    enabled: Annotated[bool | None, Default(value=True), LeftOut(value=False)] = None
    grant: Grant | None = None


class ScimAuthentication(Inputs):
    """How Cloudflare logs in where it provisions users. Never answered in clear."""

    scheme: Annotated[
        Literal["httpbasic", "oauthbearertoken", "oauth2", "access_service_token"], Decides()
    ]
    user: str | None = None
    password: Annotated[str | None, Unanswered()] = None
    token: Annotated[str | None, Unanswered()] = None
    authorization_url: str | None = None
    token_url: str | None = None
    client_id: str | None = None
    client_secret: Annotated[str | None, Unanswered()] = None
    scopes: Strings = None

    @model_validator(mode="after")
    def _whole(self) -> ScimAuthentication:
        secret = SCIM_SECRETS[self.scheme]
        if getattr(self, secret) is None:
            raise ValueError(f"needs a {secret} with scheme {self.scheme}")
        return self


# Which field of each scheme Cloudflare never answers.
SCIM_SECRETS = {
    "httpbasic": "password",
    "oauthbearertoken": "token",
    "oauth2": "client_secret",
    "access_service_token": "client_secret",
}


class ScimOperations(Inputs):
    """Which changes of users a mapping is for."""

    create: bool | None = None
    delete: bool | None = None
    update: bool | None = None


class ScimMapping(Inputs):
    """How one kind of object is provisioned."""

    schema_: Annotated[str, Decides()] = Field(alias="schema")
    enabled: bool | None = None
    filter: str | None = None
    operations: ScimOperations | None = None
    strictness: Literal["strict", "passthrough"] | None = None
    transform_jsonata: str | None = None


class ScimConfig(Inputs):
    """Provisioning of users into the application."""

    remote_uri: str
    idp_uid: str
    authentication: Annotated[Any, one_or_many(ScimAuthentication)] = None
    deactivate_on_delete: bool | None = None
    enabled: bool | None = None
    mappings: list[ScimMapping] | None = None


class SourceByProvider(Inputs):
    """The name of an attribute at one identity provider."""

    idp_id: str | None = None
    source_name: str | None = None


def _source(source: Mapping[str, Any]) -> str:
    return f"{source.get('source_name')} at {source.get('idp_id')}"


class AttributeSource(Inputs):
    """Where the value of a SAML attribute comes from."""

    name: str | None = None
    name_by_idp: Annotated[Any, objects(SourceByProvider, _source)] = None


class CustomAttribute(Inputs):
    """An attribute of SAML assertions."""

    friendly_name: str | None = None
    name: str | None = None
    name_format: str | None = None
    required: bool | None = None
    source: AttributeSource | None = None


class ClaimSource(Inputs):
    """Where the value of an OIDC claim comes from."""

    name: str | None = None
    name_by_idp: dict[str, str] | None = None


class CustomClaim(Inputs):
    """A claim of OIDC tokens."""

    name: str | None = None
    required: bool | None = None
    scope: Literal["groups", "profile", "email", "openid"] | None = None
    source: ClaimSource | None = None


def _name(attribute: Mapping[str, Any]) -> str:
    return str(attribute.get("name") or attribute.get("friendly_name"))


class ImplicitOptions(Inputs):
    """Which tokens the authorization endpoint gives."""

    return_access_token_from_authorization_endpoint: bool | None = None
    return_id_token_from_authorization_endpoint: bool | None = None


class RefreshTokenOptions(Inputs):
    """How long refresh tokens live."""

    lifetime: Annotated[str, duration("m", "h", "d")] | None = None


class SaasApp(Inputs):
    """A SaaS application that logs in through Access, by SAML or OIDC."""

    made = frozenset({"client_id", "client_secret", "public_key", "created_at", "updated_at"})

    auth_type: Annotated[Literal["saml", "oidc"] | None, Decides()] = None
    consumer_service_url: str | None = None
    custom_attributes: Annotated[Any, objects(CustomAttribute, _name)] = None
    default_relay_state: str | None = None
    idp_entity_id: str | None = None
    name_id_format: Literal["id", "email"] | None = None
    name_id_transform_jsonata: str | None = None
    saml_attribute_transform_jsonata: str | None = None
    sp_entity_id: str | None = None
    sso_endpoint: str | None = None
    access_token_lifetime: Annotated[str, duration("m", "h")] | None = None
    allow_pkce_without_client_secret: bool | None = None
    app_launcher_url: str | None = None
    custom_claims: Annotated[Any, objects(CustomClaim, _name)] = None
    grant_types: Annotated[
        Any,
        one_of(
            "authorization_code",
            "authorization_code_with_pkce",
            "refresh_tokens",
            "hybrid",
            "implicit",
        ),
    ] = None
    group_filter_regex: str | None = None
    hybrid_and_implicit_options: ImplicitOptions | None = None
    redirect_uris: Strings = None
    refresh_token_options: RefreshTokenOptions | None = None
    scopes: Annotated[Any, one_of("openid", "groups", "email", "profile")] = None


class FooterLink(Inputs):
    """A link at the foot of the launcher's login page."""

    name: str
    url: str


class LandingPageDesign(Inputs):
    """How the launcher's login page looks."""

    button_color: str | None = None
    button_text_color: str | None = None
    image_url: str | None = None
    message: str | None = None
    title: str | None = None


class TargetHosts(Inputs):
    """Targets by their names."""

    whole = True

    hostname: Strings = None


class TargetRule(Inputs):
    """Targets by their tags and attributes."""

    whole = True

    tags: dict[str, Strings] | None = None
    target_attributes: TargetHosts | None = None


class TargetCriterion(Inputs):
    """Which infrastructure targets, by which protocol and port."""

    whole = True

    port: int
    protocol: str
    target_attributes: dict[str, Strings] | None = None
    include: TargetRule | None = None
    require: TargetRule | None = None
    exclude: TargetRule | None = None


def _criterion(criterion: Mapping[str, Any]) -> str:
    attributes = criterion.get("target_attributes")
    targets = [
        f"{text_of(name)} {_hosts(values)}"
        for name, values in sorted(attributes.items() if isinstance(attributes, Mapping) else ())
    ]
    return " ".join([str(criterion.get("protocol")), str(criterion.get("port")), *targets])


def _hosts(values: Any) -> str:
    return ", ".join(map(text_of, values)) if isinstance(values, Mapping) else str(values)


def attached(answered: Any) -> list[Any]:
    """Return the reusable policies among those of an answer, in order."""
    policies = [one for one in answered or () if isinstance(one, str) or one.get("reusable")]
    if all(isinstance(one, Mapping) and "precedence" in one for one in policies):
        policies.sort(key=lambda policy: int(policy["precedence"]))
    return policies


PRECEDENCE = "precedence"
A_PRECEDENCE = "must be a whole number, at least 1"
SOME_PRECEDENCES = (
    "some have a precedence and some have none ({}): give all of them one, or none, and the order "
    "of the list decides"
)


class AttachedPolicies(InOrder):
    """The reusable policies of an application; those that it owns are not declared here.

    The list's order decides, or the precedences that all of its entries have. The state holds the
    order alone.
    """

    def __init__(self) -> None:
        super().__init__(
            References(
                hint=", and a precedence if all of the list have one. What the policy says is "
                "declared by an AccessPolicy"
            )
        )

    def check(self, value: Any, path: str) -> tuple[Any, list[Mistake]]:
        """Turn a list into the map, in the order of its precedences where it has any."""
        if not isinstance(value, list):
            return super().check(value, path)
        entries = [dict(entry) if isinstance(entry, Mapping) else entry for entry in value]
        placed = [
            entry.pop(PRECEDENCE, None) if isinstance(entry, dict) else None for entry in entries
        ]
        if all(place is None for place in placed):
            return super().check(entries, path)
        # Its mistakes name the places of the program's own list.
        _, mistakes = super().check(entries, path)
        mistakes += _wrong_precedences(placed, path)
        if mistakes:
            return value, mistakes
        if UNKNOWN in placed:
            return UNKNOWN, []
        order = sorted(range(len(placed)), key=lambda index: int(placed[index] or 0))
        return super().check([entries[index] for index in order], path)

    def answer(self, items: Any, known: Any, reading: Any) -> dict[str, Any]:
        """Leave out the policies that the application owns."""
        return super().answer(attached(items), known, reading)


def _wrong_precedences(placed: list[Any], path: str) -> list[Mistake]:
    """Say which precedences decide nothing."""
    lacking = ", ".join(f"[{index}]" for index, place in enumerate(placed) if place is None)
    mistakes = [Mistake(path, SOME_PRECEDENCES.format(lacking))] if lacking else []
    first: dict[int, int] = {}
    for index, place in enumerate(placed):
        where = f"{path}[{index}].{PRECEDENCE}"
        if place is None or place == UNKNOWN:
            continue
        if type(place) is not int or place < 1:
            mistakes.append(Mistake(where, A_PRECEDENCE))
        elif first.setdefault(place, index) != index:
            mistakes.append(Mistake(where, f"{place} is the precedence of [{first[place]}] too"))
    return mistakes


class AccessApplicationInputs(Inputs):
    """What a program may ask of an application."""

    account_id: str | None = None
    zone_id: str | None = None
    type: Type
    name: str | None = None
    domain: Address = None
    destinations: Annotated[Any, objects(Destination, _place)] = None
    self_hosted_domains: Annotated[Any, Values(canonical=address)] = None
    policies: Annotated[Any, AttachedPolicies(), Stays()] = None
    allow_no_policies: Annotated[bool | None, NotSent()] = None
    allowed_idps: Annotated[Any, References(), Default([])] = None
    auto_redirect_to_identity: Annotated[bool | None, Default(value=False)] = None
    session_duration: Annotated[Duration | None, Default("24h")] = None
    app_launcher_visible: Annotated[bool | None, Default(value=True)] = None
    allow_authenticate_via_warp: bool | None = None
    allow_iframe: bool | None = None
    cors_headers: CorsHeaders | None = None
    custom_deny_message: str | None = None
    custom_deny_url: str | None = None
    custom_non_identity_deny_url: str | None = None
    custom_pages: Strings = None
    eager_redirect_cookie_setting: bool | None = None
    enable_binding_cookie: Annotated[bool | None, Default(value=False)] = None
    http_only_cookie_attribute: Annotated[bool | None, Default(value=True)] = None
    logo_url: str | None = None
    mfa_config: MfaConfig | None = None
    oauth_configuration: OauthConfiguration | None = None
    options_preflight_bypass: bool | None = None
    path_cookie_attribute: Annotated[bool | None, Default(value=False)] = None
    read_service_tokens_from_header: str | None = None
    same_site_cookie_attribute: str | None = None
    scim_config: ScimConfig | None = None
    service_auth_401_redirect: bool | None = None
    skip_interstitial: bool | None = None
    tags: Annotated[Any, Values(), Default([])] = None
    use_clientless_isolation_app_launcher_url: Annotated[bool | None, Default(value=False)] = None
    saas_app: SaasApp | None = None
    app_launcher_logo_url: str | None = None
    bg_color: str | None = None
    footer_links: list[FooterLink] | None = None
    header_bg_color: str | None = None
    landing_page_design: LandingPageDesign | None = None
    skip_app_launcher_login_page: Annotated[bool | None, Default(value=False)] = None
    target_criteria: Annotated[Any, objects(TargetCriterion, _criterion)] = None
