"""Access applications: what is protected, and how people log in to it.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/

Who gets in is said by policies: reusable ones are attached here, in `policies`; those that the
application owns are in application_policies.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

import pulumi
from pydantic import Field, model_validator

from ..keyed import UNKNOWN, Mistake
from ..lifecycle import Lifecycle
from ..model import Default, Inputs, NotSent, State, Stays, Unanswered, objects
from ..references import IDENTITY_PROVIDERS, POLICIES, InOrder, Reference, References, refer_all
from ..resource import Resource
from ..shapes import Values
from .policy import Duration, MfaConfig, one_of

Type = Literal[
    "self_hosted", "saas", "ssh", "vnc", "app_launcher", "warp", "biso", "bookmark", "dash_sso",
    "infrastructure", "rdp", "mcp", "mcp_portal", "proxy_endpoint",
]  # fmt: skip
# Types that are reached by a name of their own.
WITH_DOMAIN = frozenset({"self_hosted", "ssh", "vnc", "rdp", "bookmark", "proxy_endpoint"})

Strings = Annotated[Any, Values()]


class Destination(Inputs):
    """One place that the application protects."""

    type: Literal["public", "private", "via_mcp_server_portal"] | None = None
    uri: str | None = None
    cidr: str | None = None
    hostname: str | None = None
    l4_protocol: Literal["tcp", "udp"] | None = None
    port_range: str | None = None
    vnet_id: str | None = None
    mcp_server_id: str | None = None


def _place(destination: Mapping[str, Any]) -> str:
    return " ".join(
        str(destination[name]) for name in Destination.model_fields if destination.get(name)
    )


class CorsHeaders(Inputs):
    """Cross-origin requests that are let through to the application."""

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
    enabled: bool | None = None
    grant: Grant | None = None


class ScimAuthentication(Inputs):
    """How Cloudflare logs in where it provisions users. Never answered in clear."""

    scheme: Literal["httpbasic", "oauthbearertoken", "oauth2", "access_service_token"]
    user: str | None = None
    password: Annotated[str | None, Unanswered()] = None
    token: Annotated[str | None, Unanswered()] = None
    authorization_url: str | None = None
    token_url: str | None = None
    client_id: str | None = None
    client_secret: Annotated[str | None, Unanswered()] = None
    scopes: Strings = None


class ScimOperations(Inputs):
    """Which changes of users a mapping is for."""

    create: bool | None = None
    delete: bool | None = None
    update: bool | None = None


class ScimMapping(Inputs):
    """How one kind of object is provisioned."""

    schema_: str = Field(alias="schema")
    enabled: bool | None = None
    filter: str | None = None
    operations: ScimOperations | None = None
    strictness: Literal["strict", "passthrough"] | None = None
    transform_jsonata: str | None = None


class ScimConfig(Inputs):
    """Provisioning of users into the application."""

    remote_uri: str
    idp_uid: str
    authentication: ScimAuthentication | None = None
    deactivate_on_delete: bool | None = None
    enabled: bool | None = None
    mappings: list[ScimMapping] | None = None


class SourceByProvider(Inputs):
    """The name of an attribute at one identity provider."""

    idp_id: str | None = None
    source_name: str | None = None


class Source(Inputs):
    """Where the value of an attribute or claim comes from."""

    name: str | None = None
    # A list for SAML attributes, an object for OIDC claims.
    name_by_idp: list[SourceByProvider] | dict[str, str] | None = None


class CustomAttribute(Inputs):
    """An attribute of SAML assertions."""

    friendly_name: str | None = None
    name: str | None = None
    name_format: str | None = None
    required: bool | None = None
    source: Source | None = None


class CustomClaim(Inputs):
    """A claim of OIDC tokens."""

    name: str | None = None
    required: bool | None = None
    scope: Literal["groups", "profile", "email", "openid"] | None = None
    source: Source | None = None


class ImplicitOptions(Inputs):
    """Which tokens the authorization endpoint gives."""

    return_access_token_from_authorization_endpoint: bool | None = None
    return_id_token_from_authorization_endpoint: bool | None = None


class RefreshTokenOptions(Inputs):
    """How long refresh tokens live."""

    lifetime: Duration | None = None


class SaasApp(Inputs):
    """A SaaS application that logs in through Access, by SAML or OIDC."""

    auth_type: Literal["saml", "oidc"] | None = None
    consumer_service_url: str | None = None
    custom_attributes: list[CustomAttribute] | None = None
    default_relay_state: str | None = None
    idp_entity_id: str | None = None
    name_id_format: Literal["id", "email"] | None = None
    name_id_transform_jsonata: str | None = None
    saml_attribute_transform_jsonata: str | None = None
    sp_entity_id: str | None = None
    sso_endpoint: str | None = None
    access_token_lifetime: Duration | None = None
    allow_pkce_without_client_secret: bool | None = None
    app_launcher_url: str | None = None
    custom_claims: list[CustomClaim] | None = None
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


class TargetCriterion(Inputs):
    """Which infrastructure targets, by which protocol and port."""

    port: int
    protocol: str
    target_attributes: dict[str, Any]


def _criterion(criterion: Mapping[str, Any]) -> str:
    return (
        f"{criterion.get('protocol')} {criterion.get('port')} {criterion.get('target_attributes')}"
    )


class AttachedPolicies(InOrder):
    """The reusable policies of an application; those that it owns are not declared here."""

    def answer(self, items: Any, known: Any, name_of: Any) -> dict[str, Any]:
        """Leave out the policies that the application owns."""
        reusable = [item for item in items if isinstance(item, str) or item.get("reusable")]
        return super().answer(reusable, known, name_of)


class AccessApplicationInputs(Inputs):
    """What a program may ask of an application."""

    account_id: str | None = None
    zone_id: str | None = None
    type: Type
    name: str | None = None
    domain: str | None = None
    destinations: Annotated[Any, objects(Destination, _place), Default([])] = None
    self_hosted_domains: Annotated[Any, Values(canonical=str.lower), Default([])] = None
    policies: Annotated[Any, AttachedPolicies(References()), Stays()] = None
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


class AccessApplicationState(State):
    """What we keep of an answer besides what was declared."""

    aud: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    client_id: str | None = None
    client_secret: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _credentials(cls, answer: Any) -> Any:
        saas = answer.get("saas_app")
        return {**answer, **saas} if isinstance(saas, Mapping) else answer


class AccessApplicationProvider(Lifecycle):
    """Where applications live and what they need."""

    kind = "access_application"
    what = "Access application"
    collection = "access/apps"
    inputs = AccessApplicationInputs
    state = AccessApplicationState
    natural_key = "domain"
    needs = "Access: Apps and Policies"
    replaced_by = frozenset({"type"})
    # Cloudflare shows it once, in the answer to the request that made it.
    kept_from_create = frozenset({"client_secret"})

    def mistakes_in(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what the API refuses, and what would shut everybody out."""
        mistakes = []
        if declared.get("type") in WITH_DOMAIN and not declared.get("domain"):
            mistakes.append(Mistake("domain", f"is required for type {declared['type']}"))
        idps = declared.get("allowed_idps")
        if declared.get("auto_redirect_to_identity") is True and idps != UNKNOWN:
            if len(idps or ()) != 1:
                told = "needs exactly one identity provider in allowed_idps"
                mistakes.append(Mistake("auto_redirect_to_identity", told))
        if declared.get("policies") == {} and declared.get("allow_no_policies") is not True:
            told = (
                "none lets nobody in: leave it out to keep what is attached, or allow_no_policies"
            )
            mistakes.append(Mistake("policies", f"{told}=True"))
        return mistakes

    def concerns(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what becomes reachable without Access, and of a replacement that cannot be."""
        if not was:
            return
        for place in sorted(_places(was) - _places(declared)):
            yield f"{place} becomes reachable without Access"
        moved = [
            name
            for name in ("account_id", "zone_id", "type")
            if was.get(name) != declared.get(name)
        ]
        if moved and was.get("domain") == declared.get("domain"):
            yield (
                f"a change of {moved[0]} needs a new application, and Cloudflare refuses a second one "
                f"on {was.get('domain')} (409): give it another domain first, or delete the old one "
                "in an up of its own, which leaves the domain without Access meanwhile"
            )

    def _body(
        self,
        declared: Mapping[str, Any],
        *,
        there: Mapping[str, Any] | None = None,
        was: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Say where the application is once: Cloudflare derives the other two ways of saying it.

        What it derived is not carried over, or a domain that the program took away would stay.
        """
        body = super()._body(declared, there=there, was=was)
        if "destinations" in declared or "self_hosted_domains" not in declared:
            said, derived = "destinations", "self_hosted_domains"
        else:
            said, derived = "self_hosted_domains", "destinations"
        if derived not in declared:
            body.pop(derived, None)
        if said not in declared and there and there.get("domain") != body.get("domain"):
            moved = {there.get("domain"): body.get("domain")}
            body[said] = [
                {**place, "uri": moved.get(place.get("uri"), place.get("uri"))}
                if place.get("uri")
                else place
                for place in body.get(said) or ()
            ]
        return body

    def deleted(self, props: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what nothing protects any more."""
        for place in sorted(_places(props)):
            yield f"{place} is now reachable without Access"


def _places(declared: Mapping[str, Any]) -> set[str]:
    """Return what an application protects, as people say it."""
    destinations = declared.get("destinations")
    domains = declared.get("self_hosted_domains")
    uris = [
        str(entry.get("uri") or key)
        for key, entry in (destinations.items() if isinstance(destinations, Mapping) else ())
        if isinstance(entry, Mapping)
    ]
    more = list(domains) if isinstance(domains, Mapping) else []
    return {place for place in (declared.get("domain"), *uris, *more) if place and place != UNKNOWN}


class AccessApplication(Resource, module="cloudflare", name="AccessApplication"):
    """Something behind Access, under an account or a zone.

    `policies` attaches reusable policies, in order; left out, an update never changes which policies
    the application has. `adopt=True` takes over the application on this domain. `saas_app`,
    `scim_config` and the other objects are plain dictionaries, as Cloudflare spells them.
    """

    lifecycle = AccessApplicationProvider
    secret_inputs: ClassVar[frozenset[str]] = frozenset({"scim_config"})
    secret_outputs: ClassVar[frozenset[str]] = frozenset({"client_secret", "scim_config"})

    account_id: pulumi.Output[str | None]
    zone_id: pulumi.Output[str | None]
    name: pulumi.Output[str]
    domain: pulumi.Output[str]
    aud: pulumi.Output[str]
    client_id: pulumi.Output[str | None]
    client_secret: pulumi.Output[str | None]
    created_at: pulumi.Output[str]
    updated_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        type: pulumi.Input[str] = "self_hosted",  # noqa: A002 - Cloudflare's name for it
        name: pulumi.Input[str] | None = None,
        domain: pulumi.Input[str] | None = None,
        destinations: pulumi.Input[Sequence[Mapping[str, Any]]] | None = None,
        self_hosted_domains: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        policies: Sequence[Reference] | pulumi.Output[Sequence[str]] | None = None,
        allow_no_policies: bool | None = None,
        allowed_idps: Sequence[Reference] | pulumi.Output[Sequence[str]] | None = None,
        auto_redirect_to_identity: pulumi.Input[bool] | None = None,
        session_duration: pulumi.Input[str] | None = None,
        app_launcher_visible: pulumi.Input[bool] | None = None,
        allow_authenticate_via_warp: pulumi.Input[bool] | None = None,
        allow_iframe: pulumi.Input[bool] | None = None,
        cors_headers: pulumi.Input[Mapping[str, Any]] | None = None,
        custom_deny_message: pulumi.Input[str] | None = None,
        custom_deny_url: pulumi.Input[str] | None = None,
        custom_non_identity_deny_url: pulumi.Input[str] | None = None,
        custom_pages: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        eager_redirect_cookie_setting: pulumi.Input[bool] | None = None,
        enable_binding_cookie: pulumi.Input[bool] | None = None,
        http_only_cookie_attribute: pulumi.Input[bool] | None = None,
        logo_url: pulumi.Input[str] | None = None,
        mfa_config: pulumi.Input[Mapping[str, Any]] | None = None,
        oauth_configuration: pulumi.Input[Mapping[str, Any]] | None = None,
        options_preflight_bypass: pulumi.Input[bool] | None = None,
        path_cookie_attribute: pulumi.Input[bool] | None = None,
        read_service_tokens_from_header: pulumi.Input[str] | None = None,
        same_site_cookie_attribute: pulumi.Input[str] | None = None,
        scim_config: pulumi.Input[Mapping[str, Any]] | None = None,
        service_auth_401_redirect: pulumi.Input[bool] | None = None,
        skip_interstitial: pulumi.Input[bool] | None = None,
        tags: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        use_clientless_isolation_app_launcher_url: pulumi.Input[bool] | None = None,
        saas_app: pulumi.Input[Mapping[str, Any]] | None = None,
        app_launcher_logo_url: pulumi.Input[str] | None = None,
        bg_color: pulumi.Input[str] | None = None,
        footer_links: pulumi.Input[Sequence[Mapping[str, Any]]] | None = None,
        header_bg_color: pulumi.Input[str] | None = None,
        landing_page_design: pulumi.Input[Mapping[str, Any]] | None = None,
        skip_app_launcher_login_page: pulumi.Input[bool] | None = None,
        target_criteria: pulumi.Input[Sequence[Mapping[str, Any]]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        policies = refer_all(policies, POLICIES)
        allowed_idps = refer_all(allowed_idps, IDENTITY_PROVIDERS)
        self._declare(locals())
