"""Access applications: what is protected, and how people log in to it.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/

Who gets in is said by policies: reusable ones are attached here, in `policies`; those that the
application owns are in application_policies.py.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

import pulumi
from pydantic import Field, model_validator

from ..errors import DeclarationError
from ..keyed import UNKNOWN, Mistake
from ..lifecycle import Lifecycle
from ..lookup import ScopedLookup
from ..model import (
    Decides,
    Default,
    Inputs,
    NotSent,
    State,
    Stays,
    Unanswered,
    objects,
    one_or_many,
)
from ..references import (
    APPLICATIONS,
    IDENTITY_PROVIDERS,
    POLICIES,
    Found,
    InOrder,
    Reference,
    References,
    refer_all,
)
from ..resource import Resource
from ..shapes import TextShape, Values
from .application_types import (
    BUILT_IN,
    WITH_DOMAIN,
    Type,
    concerns_of_type,
    mistakes_of_type,
)
from .policy import Duration, MfaConfig, one_of

# The two ways to say where else an application is; Cloudflare derives each from the other.
PLACES = ("destinations", "self_hosted_domains")

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

    behavior: Literal["public"] | None = None
    path_pattern: str | None = None


def _path(override: Mapping[str, Any]) -> str:
    return f"{override.get('behavior')} {override.get('path_pattern')}"


class Destination(Inputs):
    """One place that the application protects."""

    type: (
        Literal[
            "public",
            "private",
            "via_mcp_server_portal",
            "worker",
            "preview_worker",
            "all_workers",
            "all_preview_workers",
        ]
        | None
    ) = None
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

    lifetime: Annotated[str, Field(pattern=r"^(?:\d+(?:\.\d+)?[mhd])+$")] | None = None


class SaasApp(Inputs):
    """A SaaS application that logs in through Access, by SAML or OIDC."""

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
    access_token_lifetime: Duration | None = None
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

    hostname: Strings = None


class TargetRule(Inputs):
    """Targets by their tags and attributes."""

    tags: dict[str, Strings] | None = None
    target_attributes: TargetHosts | None = None


class TargetCriterion(Inputs):
    """Which infrastructure targets, by which protocol and port."""

    port: int
    protocol: str
    target_attributes: dict[str, Strings] | None = None
    include: TargetRule | None = None
    require: TargetRule | None = None
    exclude: TargetRule | None = None


def _criterion(criterion: Mapping[str, Any]) -> str:
    attributes = criterion.get("target_attributes")
    targets = [
        f"{name} {', '.join(values) if isinstance(values, Mapping) else values}"
        for name, values in sorted(attributes.items() if isinstance(attributes, Mapping) else ())
    ]
    return " ".join([str(criterion.get("protocol")), str(criterion.get("port")), *targets])


def attached(answered: Any) -> list[Any]:
    """Return the reusable policies among those of an answer, in order."""
    policies = [one for one in answered or () if isinstance(one, str) or one.get("reusable")]
    if all(isinstance(one, Mapping) and "precedence" in one for one in policies):
        policies.sort(key=lambda policy: int(policy["precedence"]))
    return policies


class AttachedPolicies(InOrder):
    """The reusable policies of an application; those that it owns are not declared here."""

    def answer(self, items: Any, known: Any, name_of: Any) -> dict[str, Any]:
        """Leave out the policies that the application owns."""
        return super().answer(attached(items), known, name_of)


class AccessApplicationInputs(Inputs):
    """What a program may ask of an application."""

    account_id: str | None = None
    zone_id: str | None = None
    type: Type
    name: str | None = None
    domain: Address = None
    destinations: Annotated[Any, objects(Destination, _place)] = None
    self_hosted_domains: Annotated[Any, Values(canonical=address)] = None
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
    """What we keep of an answer besides what was declared.

    From `client_id` on, it is what a SaaS application has to be told of Access.
    """

    aud: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    public_key: str | None = None
    idp_entity_id: str | None = None
    sso_endpoint: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _told(cls, answer: Any) -> Any:
        saas = answer.get("saas_app")
        made = ("client_id", "client_secret", "public_key", "idp_entity_id", "sso_endpoint")
        return answer | {n: saas.get(n) for n in made} if isinstance(saas, Mapping) else answer


class AccessApplicationProvider(Lifecycle):
    """Where applications live and what they need."""

    kind = "access_application"
    what = "Access application"
    collection = "access/apps"
    quota = 500
    inputs = AccessApplicationInputs
    state = AccessApplicationState
    natural_key = "domain"
    needs = "Access: Apps and Policies"
    replaced_by = frozenset({"type"})
    # Cloudflare shows it once, in the answer to the request that made it.
    kept_from_create = frozenset({"client_secret"})

    @classmethod
    def unique(cls, declared: Mapping[str, Any]) -> str | None:
        """Have one application in a place. A bookmark only points to one."""
        return None if declared.get("type") == "bookmark" else "domain"

    def mistakes_in(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what the API refuses, and what would shut everybody out."""
        mistakes = mistakes_of_type(declared)
        type_, places = declared.get("type"), [name for name in PLACES if declared.get(name)]
        if type_ in WITH_DOMAIN and not declared.get("domain") and not places:
            mistakes.append(Mistake("domain", f"is required for type {type_}"))
        idps = declared.get("allowed_idps")
        redirects = declared.get("auto_redirect_to_identity") is True
        if redirects and idps != UNKNOWN and len(idps or ()) != 1:
            told = "needs exactly one identity provider in allowed_idps"
            mistakes.append(Mistake("auto_redirect_to_identity", told))
        if declared.get("policies") == {} and declared.get("allow_no_policies") is not True:
            told = (
                "none lets nobody in: leave it out to keep what is attached, or say so with "
                "allow_no_policies=True"
            )
            mistakes.append(Mistake("policies", told))
        return mistakes

    def concerns(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what becomes reachable without Access, and of a replacement that cannot be."""
        yield from concerns_of_type(declared)
        before, after = _places(was), _places(declared)
        if not any(UNKNOWN in place for place in after):
            for place in sorted(before - after):
                yield f"{place} becomes reachable without Access"
        decisive = [name for name in ("account_id", "zone_id", "type") if name in {*was, *declared}]
        moved = [name for name in decisive if was.get(name) != declared.get(name)]
        shared = sorted(before & after)
        if moved and shared:
            yield (
                f"a change of {moved[0]} needs a new application, and Cloudflare refuses a second "
                f"one on {shared[0]} (409): move this one to another domain first, or delete it in "
                "an up of its own, which leaves the domain without Access meanwhile"
            )

    def deleted(self, declared: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what nothing protects any more."""
        for place in sorted(_places(declared)):
            yield f"{place} is now reachable without Access"

    def _body(
        self,
        declared: Mapping[str, Any],
        *,
        there: Mapping[str, Any] | None = None,
        was: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Write a request whose parts fit each other, and what is there."""
        there, was = there or {}, was or {}
        body = super()._body(declared, there=there, was=was)
        if declared.get("type") in BUILT_IN:
            body = {k: v for k, v in body.items() if k in declared or k not in {"name", "domain"}}
        carried = {name: body.pop(name, []) for name in PLACES if name not in declared}
        if not any(name in props for name in PLACES for props in (declared, was)):
            body |= _moved(carried, there.get("domain"), body.get("domain"))
        policies = [one for one in attached(there.get("policies")) if isinstance(one, Mapping)]
        if policies and body.get("policies") == [policy["id"] for policy in policies]:
            # Their places too: those that the application owns may be in between.
            body["policies"] = [
                {name: policy[name] for name in ("id", "precedence") if name in policy}
                for policy in policies
            ]
        _complete(body.get("scim_config"))
        return body


def _moved(
    carried: Mapping[str, list[Any]], old: str | None, new: str | None
) -> dict[str, list[Any]]:
    """Say where else an application is, its domain's new name in place of the old.

    Said once: Cloudflare derives the other way. Both, carried over, would bring an old domain back.
    """
    said = next((name for name in PLACES if carried[name]), None)
    if said is None:
        return {}
    places = carried[said]
    if old is None or (new is not None and address(new) == address(old)):
        return {said: places}
    there = [place for place in places if _uri(place) == address(old)]
    others = [place for place in places if place not in there]
    if new is not None:
        others += [{**p, "uri": new} if isinstance(p, Mapping) else new for p in there]
    return {said: others}


def _uri(place: Any) -> str | None:
    uri = place.get("uri") if isinstance(place, Mapping) else place
    return None if uri is None else address(uri)


def _complete(scim: Any) -> None:
    """Refuse to lose SCIM credentials: an update replaces everything, and no answer has them."""
    given = scim.get("authentication") if isinstance(scim, Mapping) else None
    many = given if isinstance(given, list) else [given] if given else []
    if any(SCIM_SECRETS.get(one.get("scheme"), "scheme") not in one for one in many):
        raise DeclarationError(
            "this application has SCIM credentials, which Cloudflare never tells, and an update "
            "would lose them: nothing was sent; declare scim_config with its authentication"
        )


def _places(declared: Mapping[str, Any]) -> set[str]:
    """Return what an application protects, as people say it. A bookmark protects nothing."""
    if declared.get("type") == "bookmark":
        return set()
    said = [declared.get("domain"), *(_entries(declared.get("self_hosted_domains")).values())]
    for key, place in _entries(declared.get("destinations")).items():
        said.append(place.get("uri") or key if isinstance(place, Mapping) else place)
    return {address(str(place)) for place in said if place}


def _entries(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    return {value: value} if value == UNKNOWN else {}


class AccessApplication(Resource, module="cloudflare", name="AccessApplication"):
    """Something behind Access, under an account or a zone.

    `policies` attaches reusable policies, in order; left out, an update never changes which
    policies the application has. `adopt=True` takes over the application on this domain.
    `saas_app`, `scim_config` and the other objects are plain dictionaries, as Cloudflare spells
    them. What was declared and no longer is goes back to the API's default, `policies` excepted.
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
    public_key: pulumi.Output[str | None]
    idp_entity_id: pulumi.Output[str | None]
    sso_endpoint: pulumi.Output[str | None]
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
        policies: Sequence[Reference] | pulumi.Output[Sequence[str | Found]] | None = None,
        allow_no_policies: bool | None = None,
        allowed_idps: Sequence[Reference] | pulumi.Output[Sequence[str | Found]] | None = None,
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


@dataclass(frozen=True, kw_only=True)
class GetAccessApplicationResult(Found):
    """An application that exists, with its policies, its own and the attached, in their order.

    What its type does not have is None, or an empty list. Its secrets stay at Cloudflare.
    """

    referred = APPLICATIONS
    in_order = frozenset(
        {"footer_links", "policies", "scim_config.authentication", "scim_config.mappings"}
    )

    type: str = ""
    domain: str | None = None
    aud: str | None = None
    destinations: Sequence[Mapping[str, Any]] = field(default_factory=list)
    self_hosted_domains: Sequence[str] = field(default_factory=list)
    policies: Sequence[Mapping[str, Any]] = field(default_factory=list)
    allowed_idps: Sequence[str] = field(default_factory=list)
    auto_redirect_to_identity: bool | None = None
    session_duration: str | None = None
    app_launcher_visible: bool | None = None
    logo_url: str | None = None
    tags: Sequence[str] = field(default_factory=list)
    allow_authenticate_via_warp: bool | None = None
    allow_iframe: bool | None = None
    cors_headers: Mapping[str, Any] | None = None
    custom_deny_message: str | None = None
    custom_deny_url: str | None = None
    custom_non_identity_deny_url: str | None = None
    custom_pages: Sequence[str] = field(default_factory=list)
    eager_redirect_cookie_setting: bool | None = None
    enable_binding_cookie: bool | None = None
    http_only_cookie_attribute: bool | None = None
    mfa_config: Mapping[str, Any] | None = None
    oauth_configuration: Mapping[str, Any] | None = None
    options_preflight_bypass: bool | None = None
    path_cookie_attribute: bool | None = None
    read_service_tokens_from_header: str | None = None
    same_site_cookie_attribute: str | None = None
    scim_config: Mapping[str, Any] | None = None
    service_auth_401_redirect: bool | None = None
    skip_interstitial: bool | None = None
    use_clientless_isolation_app_launcher_url: bool | None = None
    saas_app: Mapping[str, Any] | None = None
    app_launcher_logo_url: str | None = None
    bg_color: str | None = None
    footer_links: Sequence[Mapping[str, Any]] = field(default_factory=list)
    header_bg_color: str | None = None
    landing_page_design: Mapping[str, Any] | None = None
    skip_app_launcher_login_page: bool | None = None
    target_criteria: Sequence[Mapping[str, Any]] = field(default_factory=list)
    created_at: str | None = None
    updated_at: str | None = None


class _ApplicationLookup(ScopedLookup[GetAccessApplicationResult]):
    """Applications may have no name, and are found by their domain too."""

    def get(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Cloudflare's name for it
        domain: str | None = None,
        account_id: str | None = None,
        zone_id: str | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> GetAccessApplicationResult:
        """Find the one application with this name, id or domain; else it is a LookUpError."""
        asked = {"id": id, "name": name, "domain": domain}
        return self._get(asked, {"account_id": account_id, "zone_id": zone_id}, opts)

    def get_output(
        self,
        *,
        name: pulumi.Input[str] | None = None,
        id: pulumi.Input[str] | None = None,  # noqa: A002 - Cloudflare's name for it
        domain: pulumi.Input[str] | None = None,
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> pulumi.Output[GetAccessApplicationResult]:
        """Find the one application with this name, id or domain, once these are known."""
        asked = {"id": id, "name": name, "domain": domain}
        return self._get_output(asked, {"account_id": account_id, "zone_id": zone_id}, opts)


_lookup = _ApplicationLookup(GetAccessApplicationResult, AccessApplicationProvider)
get_access_application = _lookup.get
get_access_application_output = _lookup.get_output
get_access_applications = _lookup.get_all
get_access_applications_output = _lookup.get_all_output
