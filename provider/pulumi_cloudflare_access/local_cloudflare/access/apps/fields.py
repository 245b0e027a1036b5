"""The fields of applications, by type.

Written from Cloudflare's OpenAPI document of 2026. Since that puts all types into one schema, also
from the document of 2024 and from the Python SDK. Only the SDK has `eager_redirect_cookie_setting`,
overrides of destinations, Workers as destinations, target criteria with rules, Access service
tokens for SCIM, and `required` in attributes and claims. Only Terraform's acceptance tests have
sessions and WARP of SaaS applications, `self_hosted_domains` of MCP portals, the names of built-in
applications, the default `5m` for OIDC tokens, public destinations without a type, and the fields
that answers leave out (`seen_omitted`). Defaults are the documented ones. A field without a default
is not answered unless it was sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ..policies.fields import INFRASTRUCTURE_MFA, MFA
from ..rules import network
from ..shapes import (
    Choice,
    Flag,
    ListOf,
    MapOf,
    Number,
    Object,
    OneOrMany,
    Shape,
    Tagged,
    Text,
    duration,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def _address(value: str) -> str:
    # In lower case up to the path: not documented.
    host, slash, path = value.partition("/")
    if not host or re.search(r"[\s@?#:]", value):
        raise ValueError("should be a host name, with or without a path")
    return host.lower() + slash + path


def _ports(value: str) -> str:
    if not re.fullmatch(r"\d{1,5}(-\d{1,5})?", value, re.ASCII):
        raise ValueError("should be a port or a range of ports")
    return value


def _one_format(criterion: Mapping[str, Any]) -> str | None:
    legacy = "target_attributes" in criterion
    by_rules = {"include", "require", "exclude"} & criterion.keys()
    if legacy and by_rules:
        return "target_criteria should have target_attributes or rules, not both"
    if not legacy and "include" not in criterion:
        return "target_criteria should have target_attributes or include"
    return None


def _target_criteria(protocol: str) -> ListOf:
    attributes = MapOf(ListOf(Text()))
    rule = Object(
        {"tags?": attributes, "target_attributes?": Object({"hostname?": ListOf(Text())})}
    )
    return ListOf(
        Object(
            {
                "port": Number(least=1, most=65535),
                "protocol": Choice((protocol,)),
                "target_attributes?": attributes,
                "include?": rule,
                "require?": rule,
                "exclude?": rule,
            },
            rule=_one_format,
        )
    )


_ADDRESS = Text(canonical=_address)
_OVERRIDES = ListOf(Object({"behavior": Choice(("public",)), "path_pattern": Text()}))
_WORKER = Object({"worker_id": Text(), "overrides?": _OVERRIDES})
_ALL_WORKERS = Object({"overrides?": _OVERRIDES})

_DESTINATIONS = ListOf(
    Tagged(
        "type",
        {
            "public": Object({"uri": _ADDRESS, "overrides?": _OVERRIDES}),
            "private": Object(
                {
                    "cidr?": Text(canonical=network),
                    "hostname?": _ADDRESS,
                    "l4_protocol?": Choice(("tcp", "udp")),
                    "port_range?": Text(canonical=_ports),
                    "vnet_id?": Text(),
                }
            ),
            "via_mcp_server_portal": Object({"mcp_server_id": Text()}),
            "worker": _WORKER,
            "preview_worker": _WORKER,
            "all_workers": _ALL_WORKERS,
            "all_preview_workers": _ALL_WORKERS,
        },
        otherwise="public",
    ),
    default=[],
)

_METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")

_CORS_HEADERS = Object(
    {
        "allow_all_headers?": Flag(),
        "allow_all_methods?": Flag(),
        "allow_all_origins?": Flag(),
        "allow_credentials?": Flag(),
        "allowed_headers?": ListOf(Text()),
        "allowed_methods?": ListOf(Choice(_METHODS)),
        "allowed_origins?": ListOf(Text()),
        "max_age?": Number(least=-1, most=86400, whole=False),
    }
)

_OAUTH = Object(
    {
        "dynamic_client_registration?": Object(
            {
                "allow_any_on_localhost?": Flag(),
                "allow_any_on_loopback?": Flag(),
                "allowed_uris?": ListOf(Text()),
                "enabled?": Flag(),
            }
        ),
        "enabled": Flag(default=True),
        "grant?": Object(
            {
                "access_token_lifetime?": Text(canonical=duration()),
                "session_duration?": Text(canonical=duration()),
            }
        ),
    }
)

_SCIM_SECRET = Text(secret="scim_secrets")  # noqa: S106  (the name of a switch)


def _scheme(fields: Mapping[str, Shape]) -> Object:
    # The words are from live answers, in Terraform's acceptance tests.
    return Object(fields, missing="{name} is a required field")


def _schema(value: str) -> str:
    # The allowed schemas are not documented. These are RFC 7643's for people and groups.
    if value not in _SCHEMAS:
        raise ValueError("has an invalid SCIM schema in mappings")
    return value


_SCHEMAS = {
    "urn:ietf:params:scim:schemas:core:2.0:User",
    "urn:ietf:params:scim:schemas:core:2.0:Group",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
}

_SCIM = Object(
    {
        "idp_uid": Text(),
        "remote_uri": Text(),
        "authentication?": OneOrMany(
            Tagged(
                "scheme",
                {
                    "httpbasic": _scheme({"user": Text(), "password": _SCIM_SECRET}),
                    "oauthbearertoken": _scheme({"token": _SCIM_SECRET}),
                    "oauth2": _scheme(
                        {
                            "authorization_url": Text(),
                            "client_id": Text(),
                            "client_secret": _SCIM_SECRET,
                            "scopes?": ListOf(Text()),
                            "token_url": Text(),
                        }
                    ),
                    "access_service_token": _scheme(
                        {"client_id": Text(), "client_secret": _SCIM_SECRET}
                    ),
                },
            )
        ),
        "deactivate_on_delete?": Flag(),
        "enabled?": Flag(),
        "mappings?": ListOf(
            Object(
                {
                    "schema": Text(canonical=_schema),
                    "enabled?": Flag(),
                    "filter?": Text(),
                    "operations?": Object(
                        {"create?": Flag(), "delete?": Flag(), "update?": Flag()}
                    ),
                    "strictness?": Choice(("strict", "passthrough")),
                    "transform_jsonata?": Text(),
                }
            ),
            ordered=True,
        ),
    }
)

_NAME_FORMAT = "urn:oasis:names:tc:SAML:2.0:attrname-format:"

_SAML = Object(
    {
        "consumer_service_url?": Text(),
        "custom_attributes?": ListOf(
            Object(
                {
                    "friendly_name?": Text(),
                    "name?": Text(),
                    "name_format?": Choice(
                        tuple(_NAME_FORMAT + name for name in ("unspecified", "basic", "uri"))
                    ),
                    "required?": Flag(),
                    "source?": Object(
                        {
                            "name?": Text(),
                            "name_by_idp?": ListOf(
                                Object({"idp_id?": Text(), "source_name?": Text()})
                            ),
                        }
                    ),
                }
            )
        ),
        "default_relay_state?": Text(),
        "idp_entity_id?": Text(),
        "name_id_format?": Choice(("id", "email")),
        "name_id_transform_jsonata?": Text(),
        "public_key?": Text(),
        "saml_attribute_transform_jsonata?": Text(),
        "sp_entity_id?": Text(),
        "sso_endpoint?": Text(),
    }
)

_OIDC = Object(
    {
        "access_token_lifetime": Text(
            default="5m", canonical=duration(units="m|h", least="1m", most="24h")
        ),
        "allow_pkce_without_client_secret?": Flag(seen_omitted=True),
        "app_launcher_url?": Text(),
        "client_id?": Text(),
        "client_secret?": Text(secret="client_secret"),  # noqa: S106  (the name of a switch)
        "custom_claims?": ListOf(
            Object(
                {
                    "name?": Text(),
                    "required?": Flag(),
                    "scope?": Choice(("groups", "profile", "email", "openid")),
                    "source?": Object({"name?": Text(), "name_by_idp?": MapOf(Text())}),
                }
            )
        ),
        "grant_types?": ListOf(
            Choice(
                (
                    "authorization_code",
                    "authorization_code_with_pkce",
                    "refresh_tokens",
                    "hybrid",
                    "implicit",
                )
            )
        ),
        "group_filter_regex?": Text(),
        "hybrid_and_implicit_options?": Object(
            {
                "return_access_token_from_authorization_endpoint?": Flag(),
                "return_id_token_from_authorization_endpoint?": Flag(),
            }
        ),
        "public_key?": Text(),
        "redirect_uris?": ListOf(Text()),
        "refresh_token_options?": Object(
            {"lifetime?": Text(canonical=duration(units="m|h|d", least="1m"))}
        ),
        "scopes?": ListOf(Choice(("openid", "groups", "email", "profile"))),
    }
)

# Answers also have `created_at` and `updated_at` in it, which requests must not have.
_SAAS_APP = Tagged("auth_type", {"saml": _SAML, "oidc": _OIDC}, otherwise="saml")

_LOGIN: dict[str, Shape] = {
    "allowed_idps?": ListOf(Text()),
    "auto_redirect_to_identity": Flag(default=False),
    "custom_pages?": ListOf(Text()),
}

_DENIED: dict[str, Shape] = {
    "custom_deny_url?": Text(),
    "custom_non_identity_deny_url?": Text(),
}

_SESSION: dict[str, Shape] = {"session_duration": Text(default="24h", canonical=duration())}

_TAGS: dict[str, Shape] = {"tags": ListOf(Text(), alphabetical=True, default=[])}

_TILE: dict[str, Shape] = {
    "app_launcher_visible": Flag(default=True),
    "logo_url?": Text(),
    "name?": Text(),
    **_TAGS,
}

_DOMAINS: dict[str, Shape] = {"self_hosted_domains": ListOf(_ADDRESS, default=[])}

_FEATURE: dict[str, Shape] = {**_LOGIN, **_DENIED, **_SESSION}

# These two also have a route of their own.
SETTINGS: Final[Mapping[str, Shape]] = {"allow_iframe?": Flag(), "skip_interstitial?": Flag()}

_SELF_HOSTED: dict[str, Shape] = {
    **_FEATURE,
    **_TILE,
    **SETTINGS,
    "allow_authenticate_via_warp?": Flag(),
    "cors_headers?": _CORS_HEADERS,
    "custom_deny_message?": Text(),
    "destinations": _DESTINATIONS,
    "domain?": _ADDRESS,
    "eager_redirect_cookie_setting?": Flag(),
    "enable_binding_cookie": Flag(default=False),
    "http_only_cookie_attribute": Flag(default=True),
    "mfa_config?": MFA,
    "oauth_configuration?": _OAUTH,
    "options_preflight_bypass?": Flag(),
    "path_cookie_attribute": Flag(default=False, seen_omitted=True),
    "read_service_tokens_from_header?": Text(),
    "same_site_cookie_attribute?": Text(),
    "scim_config?": _SCIM,
    **_DOMAINS,
    "service_auth_401_redirect?": Flag(),
    "use_clientless_isolation_app_launcher_url": Flag(default=False),
}

_SAAS: dict[str, Shape] = {
    **_LOGIN,
    **_SESSION,
    **_TILE,
    "allow_authenticate_via_warp?": Flag(),
    "saas_app?": _SAAS_APP,
    "scim_config?": _SCIM,
}

_MCP: dict[str, Shape] = {
    **_FEATURE,
    **_TAGS,
    "allow_authenticate_via_warp?": Flag(),
    "custom_deny_message?": Text(),
    "destinations": _DESTINATIONS,
    "http_only_cookie_attribute": Flag(default=True),
    "logo_url?": Text(),
    "name?": Text(),
    "oauth_configuration?": _OAUTH,
    "options_preflight_bypass?": Flag(),
    "same_site_cookie_attribute?": Text(),
    "scim_config?": _SCIM,
}

# A name can be sent for these, but does not change.
_BUILT_IN: dict[str, Shape] = {**_FEATURE, "name?": Text()}

_APP_LAUNCHER: dict[str, Shape] = {
    **_BUILT_IN,
    "app_launcher_logo_url?": Text(),
    "bg_color?": Text(),
    "footer_links?": ListOf(Object({"name": Text(), "url": Text()}), ordered=True),
    "header_bg_color?": Text(),
    "landing_page_design?": Object(
        {
            "button_color?": Text(),
            "button_text_color?": Text(),
            "image_url?": Text(),
            "message?": Text(),
            "title?": Text(),
        }
    ),
    "skip_app_launcher_login_page": Flag(default=False),
}

TYPES: Final[Mapping[str, Object]] = {
    "self_hosted": Object(_SELF_HOSTED),
    "saas": Object(_SAAS),
    "ssh": Object(_SELF_HOSTED),
    "vnc": Object(_SELF_HOSTED),
    "app_launcher": Object(_APP_LAUNCHER),
    "warp": Object(_BUILT_IN),
    "biso": Object(_BUILT_IN),
    "bookmark": Object({**_TILE, "domain?": Text()}),
    "dash_sso": Object(_SAAS),  # only the type's name is documented
    "infrastructure": Object(
        {
            "mfa_config?": INFRASTRUCTURE_MFA,
            "name?": Text(),
            "target_criteria": _target_criteria("SSH"),
        }
    ),
    "rdp": Object({**_SELF_HOSTED, "target_criteria": _target_criteria("RDP")}),
    "mcp": Object(_MCP),
    "mcp_portal": Object({**_MCP, "domain?": _ADDRESS, **_DOMAINS}),
    "proxy_endpoint": Object({**_FEATURE, "domain?": _ADDRESS, "name?": Text()}),
}

# Every account can have these three, at fixed domains and under names that no request can change.
BUILT_IN: Final[Mapping[str, Mapping[str, str]]] = {
    "app_launcher": {"name": "App Launcher", "domain": "authdomain.cloudflareaccess.com"},
    "biso": {
        "name": "Clientless Web Isolation",
        "domain": "authdomain.cloudflareaccess.com/browser",
    },
    "warp": {"name": "Warp Login App", "domain": "authdomain.cloudflareaccess.com/warp"},
}

TIED: Final = {"self_hosted", "ssh", "vnc", "rdp", "mcp_portal"}
"""Types whose `domain`, `self_hosted_domains` and `destinations` are three forms of one thing."""

ANY_TYPE: Final = {name.rstrip("?") for shape in TYPES.values() for name in shape.fields}
"""The fields of all types together."""
