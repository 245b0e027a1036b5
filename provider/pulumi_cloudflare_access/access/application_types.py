"""Which type of application takes which field.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/methods/create/
has one shape of a request for each type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from ..fields.keyed import Mistake

Type = Literal[
    "self_hosted", "saas", "ssh", "vnc", "app_launcher", "warp", "biso", "bookmark", "dash_sso",
    "infrastructure", "rdp", "mcp", "mcp_portal", "proxy_endpoint",
]  # fmt: skip

# Every account has these at one place, under a name that answers have and requests may not.
BUILT_IN = frozenset({"app_launcher", "biso", "warp"})
# Of which an account has one, and what that is.
ONE_OF_ITS_KIND = {
    "app_launcher": "the account's App Launcher",
    "biso": "the account's permissions for browser isolation",
    "dash_sso": "the account's single sign-on to the dashboard",
    "warp": "the account's permissions to enroll devices",
}
BROWSED = frozenset({"self_hosted", "ssh", "vnc", "rdp"})
MCP = frozenset({"mcp", "mcp_portal"})
LOGIN = BROWSED | MCP | BUILT_IN | {"proxy_endpoint"}
# Types that are reached by a name of their own.
WITH_DOMAIN = BROWSED | {"bookmark", "proxy_endpoint"}
# Types whose domain, self_hosted_domains and destinations say one thing in three ways: places.py.
TIED = BROWSED | {"mcp_portal"}
WITH_DESTINATIONS = BROWSED | MCP
# Types that nothing is decided for: what is in no need of a login, and what others decide.
WITHOUT_POLICIES = frozenset({"bookmark"})
NEEDS_TARGETS = frozenset({"infrastructure", "rdp"})

TAKEN_BY: dict[str, frozenset[str]] = {
    "allow_authenticate_via_warp": BROWSED | MCP | {"saas"},
    "allow_iframe": BROWSED,
    "allowed_idps": LOGIN | {"saas"},
    "app_launcher_logo_url": frozenset({"app_launcher"}),
    "app_launcher_visible": BROWSED | {"saas", "bookmark"},
    "auto_redirect_to_identity": LOGIN | {"saas"},
    "bg_color": frozenset({"app_launcher"}),
    "cors_headers": BROWSED,
    "custom_deny_message": BROWSED | MCP,
    "custom_deny_url": LOGIN,
    "custom_non_identity_deny_url": LOGIN,
    "custom_pages": LOGIN | {"saas"},
    "destinations": BROWSED | MCP,
    "domain": WITH_DOMAIN | {"mcp_portal"},
    "eager_redirect_cookie_setting": BROWSED,
    "enable_binding_cookie": BROWSED,
    "footer_links": frozenset({"app_launcher"}),
    "header_bg_color": frozenset({"app_launcher"}),
    "http_only_cookie_attribute": BROWSED | MCP,
    "landing_page_design": frozenset({"app_launcher"}),
    "logo_url": BROWSED | MCP | {"saas", "bookmark"},
    "mfa_config": BROWSED | {"infrastructure"},
    "name": BROWSED | MCP | {"saas", "bookmark", "infrastructure", "proxy_endpoint"},
    "oauth_configuration": BROWSED | MCP,
    "options_preflight_bypass": BROWSED | MCP,
    "path_cookie_attribute": BROWSED,
    "read_service_tokens_from_header": BROWSED,
    "saas_app": frozenset({"saas"}),
    "same_site_cookie_attribute": BROWSED | MCP,
    "scim_config": BROWSED | MCP | {"saas"},
    "self_hosted_domains": TIED,
    "service_auth_401_redirect": BROWSED,
    "session_duration": LOGIN | {"saas"},
    "skip_app_launcher_login_page": frozenset({"app_launcher"}),
    "skip_interstitial": BROWSED,
    "tags": BROWSED | MCP | {"saas", "bookmark"},
    "target_criteria": NEEDS_TARGETS,
    "use_clientless_isolation_app_launcher_url": BROWSED,
}
# Only the name of dash_sso is documented; Terraform has it beside saas.
LIKE = {"dash_sso": "saas"}
# Documented for every type, dash_sso included, or a word to this package: no matter here.
KNOWN = frozenset[str]().union(*TAKEN_BY.values())
# What a type is all about. Of the others, the documents may not say everything.
OWN = ("saas_app", "target_criteria")
# What live applications of types have been seen to take, though no document says so.
SEEN: Mapping[str, frozenset[str]] = {
    "name": KNOWN,
    **dict.fromkeys(
        (
            *("allow_iframe", "cors_headers", "enable_binding_cookie", "path_cookie_attribute"),
            *("read_service_tokens_from_header", "service_auth_401_redirect", "skip_interstitial"),
        ),
        frozenset({"mcp_portal"}),
    ),
}


def takes(type_: Any, name: str) -> bool:
    """Tell whether a type of application has a field, as far as is known."""
    type_ = LIKE.get(type_, type_)
    return name not in TAKEN_BY or type_ not in KNOWN or type_ in TAKEN_BY[name]


def mistakes_of_type(declared: Mapping[str, Any]) -> list[Mistake]:
    """Say what a type lacks, and what makes it another type."""
    type_ = declared.get("type")
    mistakes = [
        Mistake(name, f"is for type {' or '.join(sorted(TAKEN_BY[name]))}, and this is {type_}")
        for name in OWN
        if name in declared and type_ in KNOWN - TAKEN_BY[name]
    ]
    if type_ == "saas" and not declared.get("saas_app"):
        told = 'is required for type saas: {"auth_type": "oidc", …} or {"auth_type": "saml", …}'
        mistakes.append(Mistake("saas_app", told))
    if type_ in NEEDS_TARGETS and not declared.get("target_criteria"):
        mistakes.append(Mistake("target_criteria", f"is required for type {type_}"))
    return mistakes


def concerns_of_type(declared: Mapping[str, Any]) -> Iterator[str]:
    """Say what Cloudflare may leave out of an application of this type."""
    type_ = declared.get("type")
    for name, types in TAKEN_BY.items():
        seen = SEEN.get(name, frozenset())
        types |= {like for like, one in LIKE.items() if one in types}
        if name in declared and name not in OWN and type_ in KNOWN - types - seen:
            yield f"{name}: Cloudflare documents none for type {type_}, and may ignore it"
