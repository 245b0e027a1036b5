"""What a program may say of an Access application: its fields, and the objects in them.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/methods/create/
"""

from __future__ import annotations

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
from ..fields.networks import network
from ..fields.shapes import TextShape, Values
from ..program.references import ID, OF, InOrder, Names, References
from ..text.spelling import text_of
from .application_types import Type
from .policy_fields import MfaConfig, one_of

Strings = Annotated[Any, Values()]


def address(value: str) -> str:
    """Write a host name, with or without a path, as Cloudflare answers it."""
    host, slash, path = value.partition("/")
    return host.lower() + slash + path


Address = Annotated[str | None, TextShape(address)]


class Override(Inputs):
    """A path of a destination that is treated in another way."""

    whole = True

    behavior: Literal["public"] | None = None
    """What happens on the path: `public` lets everybody reach it without a login."""
    path_pattern: str | None = None
    """The paths that this is for, such as `/health` or `/assets/*`."""


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
    """What kind of place it is: a public host name, a private address, an MCP server behind a
    portal, or Workers.
    """
    uri: Address = None
    """Of a public destination: the host name, with or without a path, `*` for any part of it."""
    cidr: Annotated[str | None, TextShape(network)] = None
    """Of a private destination: its addresses, such as `10.0.0.0/24`. One address is a /32."""
    hostname: Address = None
    """Of a private destination: the host name (SNI) of its HTTPS server."""
    l4_protocol: Literal["tcp", "udp"] | None = None
    """Of a private destination: `tcp` or `udp`. Left out, both match."""
    port_range: str | None = None
    """Of a private destination: one port or a range, such as `443` or `8000-8999`. Left out, all.
    """
    vnet_id: str | None = None
    """Of a private destination: the id of its virtual network. Left out, all match."""
    mcp_server_id: str | None = None
    """Of type `via_mcp_server_portal`: the id of the MCP server."""
    worker_id: str | None = None
    """Of type `worker` or `preview_worker`: the id of the Worker."""
    overrides: Annotated[Any, objects(Override, _path)] = None
    """Paths of the destination that are treated in another way, in any order."""


def _place(destination: Mapping[str, Any]) -> str:
    said = (destination.get(name) for name in Destination.model_fields)
    return " ".join(text for text in said if isinstance(text, str) and text)


class CorsHeaders(Inputs):
    """Cross-origin requests that are let through to the application."""

    whole = True

    allow_all_headers: bool | None = None
    """Allow every request header."""
    allow_all_methods: bool | None = None
    """Allow every method."""
    allow_all_origins: bool | None = None
    """Allow every origin."""
    allow_credentials: bool | None = None
    """Allow requests that carry cookies, authorization headers or client certificates."""
    allowed_headers: Strings = None
    """The request headers that are allowed."""
    allowed_methods: Annotated[
        Any,
        one_of("GET", "POST", "HEAD", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"),
    ] = None
    """The methods that are allowed."""
    allowed_origins: Strings = None
    """The origins that are allowed, such as `https://example.com`."""
    max_age: Annotated[int | None, Field(ge=-1, le=86400)] = None
    """How many seconds a browser may keep the answer to a preflight request: -1 to 86400."""


def cors_mistakes(headers: Any) -> list[Mistake]:
    """Say what Cloudflare refuses of CORS headers (12057), each right by itself."""
    if not isinstance(headers, Mapping):
        return []
    origins, methods = (
        any(headers.get(name) for name in (f"allow_all_{what}", f"allowed_{what}"))
        for what in ("origins", "methods")
    )
    listed = headers.get("allowed_origins")
    everybody = headers.get("allow_all_origins") or (isinstance(listed, Mapping) and "*" in listed)
    told = []
    if origins and not methods:
        told.append("origins without methods: add allowed_methods, or allow_all_methods=True")
    if everybody and headers.get("allow_credentials") is True:
        told.append(
            "credentials from any origin, which no browser takes: name the origins in "
            "allowed_origins, or leave allow_credentials out"
        )
    return [Mistake("cors_headers", f"Cloudflare refuses {one} (12057)") for one in told]


class ClientRegistration(Inputs):
    """Which OAuth clients may register themselves."""

    whole = True

    allow_any_on_localhost: bool | None = None
    """Let any client register whose redirect URIs are on `localhost`."""
    allow_any_on_loopback: bool | None = None
    """Let any client register whose redirect URIs are on `127.0.0.1`."""
    allowed_uris: Strings = None
    """The redirect URIs that clients may register: `https`, `/*` at the end for all paths below."""
    enabled: bool | None = None
    """Whether clients may register themselves."""


class OauthGrant(Inputs):
    """How long OAuth tokens live."""

    access_token_lifetime: Duration | None = None
    """How long an access token is valid, such as `15m`."""
    session_duration: Duration | None = None
    """How long a client stays logged in, such as `24h`."""


class OauthConfiguration(Inputs):
    """OAuth for clients of the application."""

    dynamic_client_registration: ClientRegistration | None = None
    """Which OAuth clients may register themselves."""
    # A request without it enables it; answers leave out what is false.
    enabled: Annotated[bool | None, Default(value=True), LeftOut(value=False)] = None
    """Whether Access handles OAuth for the application."""
    grant: OauthGrant | None = None
    """How long OAuth tokens live."""


class ScimAuthentication(Inputs):
    """How Cloudflare logs in where it provisions users. Never answered in clear."""

    scheme: Annotated[
        Literal["httpbasic", "oauthbearertoken", "oauth2", "access_service_token"], Decides()
    ]
    """How Cloudflare logs in at the application's SCIM service."""
    user: str | None = None
    """Of scheme `httpbasic`: the user's name."""
    password: Annotated[str | None, Unanswered()] = None
    """Of scheme `httpbasic`: the password, a secret."""
    token: Annotated[str | None, Unanswered()] = None
    """Of scheme `oauthbearertoken`: the token, a secret."""
    authorization_url: str | None = None
    """Of scheme `oauth2`: the URL that gives the authorization code."""
    token_url: str | None = None
    """Of scheme `oauth2`: the URL that gives the token."""
    client_id: str | None = None
    """Of schemes `oauth2` and `access_service_token`: the client's id."""
    client_secret: Annotated[str | None, Unanswered()] = None
    """Of schemes `oauth2` and `access_service_token`: the client's secret."""
    scopes: Strings = None
    """Of scheme `oauth2`: the scopes to ask for, in any order."""

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
    """Whether the mapping is for users that are created."""
    delete: bool | None = None
    """Whether the mapping is for users that are deleted."""
    update: bool | None = None
    """Whether the mapping is for users that are changed."""


class ScimMapping(Inputs):
    """How one kind of object is provisioned."""

    schema_: Annotated[str, Decides()] = Field(alias="schema")
    """The SCIM schema of the objects, such as `urn:ietf:params:scim:schemas:core:2.0:User`."""
    enabled: bool | None = None
    """Whether the mapping is in force."""
    filter: str | None = None
    """A SCIM filter (RFC 7644, 3.4.2.2): only objects that match are provisioned."""
    operations: ScimOperations | None = None
    """Which changes the mapping is for."""
    strictness: Literal["strict", "passthrough"] | None = None
    """`strict` removes values that the schema does not know, `passthrough` sends them."""
    transform_jsonata: str | None = None
    """A JSONata expression that changes the object before it is sent."""


class ScimConfig(Inputs):
    """Provisioning of users into the application."""

    remote_uri: str
    """The base URL of the application's SCIM service."""
    idp_uid: str
    """The id of the identity provider whose users are provisioned."""
    authentication: Annotated[Any, one_or_many(ScimAuthentication)] = None
    """How Cloudflare logs in there: one way, or a list of them whose order counts."""
    deactivate_on_delete: bool | None = None
    """Set a deleted user's `active` to false instead of deleting it at the application."""
    enabled: bool | None = None
    """Whether users are provisioned."""
    mappings: list[ScimMapping] | None = None
    """How each kind of object is provisioned, in order."""


class SourceByProvider(Inputs):
    """The name of an attribute at one identity provider."""

    idp_id: str | None = None
    """The id of the identity provider."""
    source_name: str | None = None
    """What that provider calls the attribute."""


def _source(source: Mapping[str, Any]) -> str:
    return f"{source.get('source_name')} at {source.get('idp_id')}"


class AttributeSource(Inputs):
    """Where the value of a SAML attribute comes from."""

    name: str | None = None
    """What identity providers call the attribute."""
    name_by_idp: Annotated[Any, objects(SourceByProvider, _source)] = None
    """What single identity providers call it, in any order."""


class CustomAttribute(Inputs):
    """An attribute of SAML assertions."""

    friendly_name: str | None = None
    """The SAML FriendlyName of the attribute."""
    name: str | None = None
    """The name of the attribute in the assertion."""
    name_format: str | None = None
    """The SAML NameFormat, such as `urn:oasis:names:tc:SAML:2.0:attrname-format:basic`."""
    required: bool | None = None
    """Refuse the login of a person who has no value of it."""
    source: AttributeSource | None = None
    """Where the value comes from."""


class ClaimSource(Inputs):
    """Where the value of an OIDC claim comes from."""

    name: str | None = None
    """What identity providers call the claim."""
    name_by_idp: dict[str, str] | None = None
    """What single identity providers call it, by the provider's id."""


class CustomClaim(Inputs):
    """A claim of OIDC tokens."""

    name: str | None = None
    """The name of the claim in the token."""
    required: bool | None = None
    """Refuse the login of a person who has no value of it."""
    scope: Literal["groups", "profile", "email", "openid"] | None = None
    """The scope that the claim comes with."""
    source: ClaimSource | None = None
    """Where the value comes from."""


def _name(attribute: Mapping[str, Any]) -> str:
    return str(attribute.get("name") or attribute.get("friendly_name"))


class ImplicitOptions(Inputs):
    """Which tokens the authorization endpoint gives."""

    return_access_token_from_authorization_endpoint: bool | None = None
    """Return an access token from the authorization endpoint."""
    return_id_token_from_authorization_endpoint: bool | None = None
    """Return an id token from the authorization endpoint."""


class RefreshTokenOptions(Inputs):
    """How long refresh tokens live."""

    lifetime: Annotated[str, duration("m", "h", "d")] | None = None
    """How long a refresh token is valid, in m, h or d, such as `90d`; more than 1m."""


class SaasApp(Inputs):
    """A SaaS application that logs in through Access, by SAML or OIDC."""

    made = frozenset({"client_id", "client_secret", "public_key", "created_at", "updated_at"})

    auth_type: Annotated[Literal["saml", "oidc"] | None, Decides()] = None
    """Whether people log in by SAML or by OIDC. A change makes another kind of application of it.
    """
    consumer_service_url: str | None = None
    """SAML: the URL at which the application takes assertions."""
    custom_attributes: Annotated[Any, objects(CustomAttribute, _name)] = None
    """SAML: further attributes of the assertion, in any order."""
    default_relay_state: str | None = None
    """SAML: where a person lands who starts from the App Launcher."""
    idp_entity_id: str | None = None
    """SAML: the entity id of Access. Cloudflare makes one."""
    name_id_format: Literal["id", "email"] | None = None
    """SAML: what the NameID is, the person's id or e-mail address."""
    name_id_transform_jsonata: str | None = None
    """SAML: a JSONata expression that makes the NameID; it wins over `name_id_format`."""
    saml_attribute_transform_jsonata: str | None = None
    """SAML: a JSONata expression that makes the attributes of the assertion."""
    sp_entity_id: str | None = None
    """SAML: the entity id of the application."""
    sso_endpoint: str | None = None
    """SAML: where the application sends people to log in. Cloudflare makes one."""
    access_token_lifetime: Annotated[str, duration("m", "h")] | None = None
    """OIDC: how long an access token is valid, in m or h, 1m to 24h."""
    allow_pkce_without_client_secret: bool | None = None
    """OIDC: take PKCE (`authorization_code_with_pkce`) without the client secret."""
    app_launcher_url: str | None = None
    """OIDC: where the application's tile in the App Launcher leads."""
    custom_claims: Annotated[Any, objects(CustomClaim, _name)] = None
    """OIDC: further claims of the tokens, in any order."""
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
    """OIDC: the flows that the application may use, in any order."""
    group_filter_regex: str | None = None
    """OIDC: a regular expression; only groups that match are told to the application."""
    hybrid_and_implicit_options: ImplicitOptions | None = None
    """OIDC: which tokens the authorization endpoint returns."""
    redirect_uris: Strings = None
    """OIDC: the URLs that codes and tokens may be sent to, in any order."""
    refresh_token_options: RefreshTokenOptions | None = None
    """OIDC: how long refresh tokens live."""
    scopes: Annotated[Any, one_of("openid", "groups", "email", "profile")] = None
    """OIDC: what the application may ask about a person, in any order."""


class FooterLink(Inputs):
    """A link at the foot of the launcher's login page."""

    name: str
    """The text of the link."""
    url: str
    """Where the link leads."""


class LandingPageDesign(Inputs):
    """How the launcher's login page looks."""

    button_color: str | None = None
    """The colour of the log-in button, such as `#f38020`."""
    button_text_color: str | None = None
    """The colour of the text on the button, such as `#ffffff`."""
    image_url: str | None = None
    """The URL of the picture."""
    message: str | None = None
    """The text below the title."""
    title: str | None = None
    """The title of the page."""


class TargetHosts(Inputs):
    """Targets by their names."""

    whole = True

    hostname: Strings = None
    """The host names of the targets, in any order."""


class TargetRule(Inputs):
    """Targets by their tags and attributes."""

    whole = True

    tags: dict[str, Strings] | None = None
    """Tags of the targets: a name, and the values that match."""
    target_attributes: TargetHosts | None = None
    """Attributes of the targets."""


class TargetCriterion(Inputs):
    """Which infrastructure targets, by which protocol and port."""

    whole = True

    port: int
    """The port at which the targets are reached."""
    protocol: str
    """The protocol by which they are reached: `SSH` or `RDP`."""
    target_attributes: dict[str, Strings] | None = None
    """Attributes of the targets, such as `hostname`, and the values that match."""
    include: TargetRule | None = None
    """Targets match that one of these describes."""
    require: TargetRule | None = None
    """Targets match only if all of these describe them."""
    exclude: TargetRule | None = None
    """Targets do not match that one of these describes."""


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
                "declared by an AccessPolicy",
                instead=" of an AccessPolicy. Policies that are the application's own, "
                '{"name": …, "decision": …}, are declared by ProtectedApplication or '
                "AccessApplicationPolicies",
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
        twice = _listed_twice(entries, path)
        if all(place is None for place in placed):
            checked, mistakes = super().check(entries, path)
            return (value, [*mistakes, *twice]) if twice else (checked, mistakes)
        # Its mistakes name the places of the program's own list.
        _, mistakes = super().check(entries, path)
        mistakes += [*_wrong_precedences(placed, path), *twice]
        if mistakes:
            return value, mistakes
        if UNKNOWN in placed:
            return UNKNOWN, []
        order = sorted(range(len(placed)), key=lambda index: int(placed[index] or 0))
        return super().check([entries[index] for index in order], path)

    def answer(self, items: Any, known: Any, reading: Any) -> dict[str, Any]:
        """Leave out the policies that the application owns."""
        return super().answer(attached(items), known, reading)


def _listed_twice(entries: list[Any], path: str) -> list[Mistake]:
    """Say which policies have two places: by their ids, or by their resources."""
    mistakes: list[Mistake] = []
    first: dict[Any, int] = {}
    for index, entry in enumerate(entries):
        said = entry if isinstance(entry, Mapping) else {ID: entry}
        known = {name for name in map(said.get, (ID, OF)) if isinstance(name, str)} - {UNKNOWN}
        if before := {first[name] for name in known & first.keys()}:
            told = (
                f"is [{min(before)}] again: a policy decides once, in its first place. Take one out"
            )
            mistakes.append(Mistake(f"{path}[{index}]", told))
        first |= {name: index for name in known if name not in first}
    return mistakes


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
    """What kind of application it is."""
    name: str | None = None
    """What people see in the App Launcher and in the dashboard."""
    domain: Address = None
    """The host name of the application, with or without a path, such as `wiki.example.com/docs`."""
    destinations: Annotated[Any, objects(Destination, _place)] = None
    """The places that the application protects, in any order; the first public one is its domain.
    """
    self_hosted_domains: Annotated[Any, Values(canonical=address)] = None
    """The public places of the application, an older way to say `destinations`."""
    policies: Annotated[Any, AttachedPolicies(), Stays()] = None
    """The reusable policies that decide who gets in, in order: the first that matches decides. An
    entry is a policy, its id, or `{"id": …, "precedence": …}`; those that the application owns
    are declared by `AccessApplicationPolicies`.
    """
    allow_no_policies: Annotated[bool | None, NotSent()] = None
    """Accept `policies=[]`, which lets nobody in."""
    allowed_idps: Annotated[Any, References(), Default([])] = None
    """The identity providers that people may log in with, in any order; none: all of the account.
    """
    auto_redirect_to_identity: Annotated[bool | None, Default(value=False)] = None
    """Skip the choice of an identity provider. `allowed_idps` must then name exactly one."""
    session_duration: Annotated[Duration | None, Default("24h")] = None
    """How long a login lasts, such as `30m`, `24h` or `2h45m`; `0s` asks at every request."""
    app_launcher_visible: Annotated[bool | None, Default(value=True)] = None
    """Show the application in the App Launcher."""
    allow_authenticate_via_warp: bool | None = None
    """Let people in by the session of their WARP client."""
    allow_iframe: bool | None = None
    """Let other sites show the application in a frame."""
    cors_headers: CorsHeaders | None = None
    """How cross-origin requests are answered. Excludes `options_preflight_bypass`."""
    custom_deny_message: str | None = None
    """What people read who are refused."""
    custom_deny_url: str | None = None
    """Where people are sent whom an identity rule refuses."""
    custom_non_identity_deny_url: str | None = None
    """Where people are sent whom another rule refuses (address, device, country)."""
    custom_pages: Annotated[Any, Names()] = None
    """The ids of custom pages to show, in any order."""
    eager_redirect_cookie_setting: bool | None = None
    """Set the application's cookie already while the login redirects."""
    enable_binding_cookie: Annotated[bool | None, Default(value=False)] = None
    """Bind the login to the browser by a second cookie."""
    http_only_cookie_attribute: Annotated[bool | None, Default(value=True)] = None
    """Keep the cookie from scripts of the page (HttpOnly)."""
    logo_url: str | None = None
    """The URL of the picture in the App Launcher."""
    mfa_config: MfaConfig | None = None
    """Which second factor Cloudflare itself asks for."""
    oauth_configuration: OauthConfiguration | None = None
    """OAuth for clients of the application, such as MCP clients."""
    options_preflight_bypass: bool | None = None
    """Let OPTIONS requests through to the application without a login."""
    path_cookie_attribute: Annotated[bool | None, Default(value=False)] = None
    """Limit the cookie to the application's path, instead of its host name."""
    read_service_tokens_from_header: str | None = None
    """The name of one header that carries a service token, instead of two."""
    same_site_cookie_attribute: str | None = None
    """The cookie's SameSite attribute: `none`, `lax` or `strict`."""
    scim_config: ScimConfig | None = None
    """Provisioning of users into the application. Secret as a whole."""
    service_auth_401_redirect: bool | None = None
    """Answer 401 instead of a login page where a Service Auth policy refuses."""
    skip_interstitial: bool | None = None
    """Log in through cloudflared without a click."""
    tags: Annotated[Any, Names(), Default([])] = None
    """The names of tags that the App Launcher filters by, in any order. The tags must exist."""
    use_clientless_isolation_app_launcher_url: Annotated[bool | None, Default(value=False)] = None
    """Open the application in an isolated browser from the App Launcher."""
    saas_app: SaasApp | None = None
    """Of type `saas`: how people log in to the SaaS application, by SAML or OIDC."""
    app_launcher_logo_url: str | None = None
    """Of type `app_launcher`: the URL of the picture in the head of the page."""
    bg_color: str | None = None
    """Of type `app_launcher`: the page's background colour, such as `#f5f5f5`."""
    footer_links: list[FooterLink] | None = None
    """Of type `app_launcher`: the links at the foot of the login page, in order."""
    header_bg_color: str | None = None
    """Of type `app_launcher`: the background colour of the page's head."""
    landing_page_design: LandingPageDesign | None = None
    """Of type `app_launcher`: how the login page looks."""
    skip_app_launcher_login_page: Annotated[bool | None, Default(value=False)] = None
    """Of type `app_launcher`: go on to the identity provider without the login page."""
    target_criteria: Annotated[Any, objects(TargetCriterion, _criterion)] = None
    """Of types `infrastructure` and `rdp`, which need it: the targets, in any order."""
