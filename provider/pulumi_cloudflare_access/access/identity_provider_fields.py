"""The fields of identity providers: which type takes what, and what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from ..fields.keyed import UNKNOWN, Mistake
from ..fields.model import Default, Inputs, Stays, Unanswered, objects
from ..fields.shapes import Values

Strings = Annotated[Any, Values()]
Type = Literal[
    "onetimepin",
    "azureAD",
    "google",
    "google-apps",
    "okta",
    "github",
    "saml",
    "oidc",
    "onelogin",
    "centrify",
    "facebook",
    "linkedin",
    "yandex",
    "pingone",
    "cloudflare",
]
SECRET = "client_secret"  # noqa: S105 - what it is called


class HeaderAttribute(Inputs):
    """An attribute that the callback of Access answers as a header."""

    attribute_name: str | None = None
    """What the provider calls the attribute."""
    header_name: str | None = None
    """The header that has it."""


def _header(attribute: Mapping[str, Any]) -> str:
    return f"{attribute.get('attribute_name')} as {attribute.get('header_name')}"


class IdentityProviderConfig(Inputs):
    """How Access talks to a provider. Which fields there are depends on the type."""

    made = frozenset({"redirect_url"})

    client_id: str | None = None
    """The id of the OAuth client."""
    client_secret: Annotated[str | None, Unanswered(), Stays()] = None
    """The secret of the OAuth client. Secret."""
    claims: Strings = None
    """Further claims of the provider's, for rules and tokens, in any order."""
    email_claim_name: str | None = None
    """The claim that has the e-mail address."""
    directory_id: str | None = None
    """Of type `azureAD`: the id of the directory (tenant)."""
    conditional_access_enabled: bool | None = None
    """Of type `azureAD`: load authentication contexts."""
    support_groups: bool | None = None
    """Of type `azureAD`: load groups."""
    prompt: Literal["login", "select_account", "none", "consent"] | None = None
    """What people are asked when they log in: `login`, `select_account` or `none` of type
    `azureAD`; `consent`, `select_account` or `none` of type `google-apps`.
    """
    apps_domain: str | None = None
    """Of type `google-apps`: the domain of the workspace."""
    use_login_hint: bool | None = None
    """Of type `google-apps`: tell Google the e-mail address of an earlier login."""
    okta_account: str | None = None
    """Of type `okta`: the URL of the account."""
    authorization_server_id: str | None = None
    """Of type `okta`: the id of the authorization server."""
    onelogin_account: str | None = None
    """Of type `onelogin`: the URL of the account."""
    ping_env_id: str | None = None
    """Of type `pingone`: the id of the environment."""
    centrify_account: str | None = None
    """Of type `centrify`: the URL of the account."""
    centrify_app_id: str | None = None
    """Of type `centrify`: the id of the application."""
    auth_url: str | None = None
    """Of type `oidc`: the authorization endpoint."""
    token_url: str | None = None
    """Of type `oidc`: the token endpoint."""
    certs_url: str | None = None
    """Of type `oidc`: where the keys are (`jwks_uri`)."""
    scopes: Strings = None
    """Of type `oidc`: the OAuth scopes to ask for, in any order."""
    pkce_enabled: bool | None = None
    """Of type `oidc`: use PKCE."""
    issuer_url: str | None = None
    """Of type `saml`: the issuer, the provider's entity id."""
    sso_target_url: str | None = None
    """Of type `saml`: where authentication requests go."""
    idp_public_certs: list[str] | None = None
    """Of type `saml`: the certificates that verify signatures."""
    attributes: Strings = None
    """Of type `saml`: attributes for tokens and rules, in any order."""
    email_attribute_name: str | None = None
    """Of type `saml`: the attribute that has the e-mail address."""
    header_attributes: Annotated[Any, objects(HeaderAttribute, _header)] = None
    """Of type `saml`: attributes that the callback answers as headers, in any order."""
    sign_request: bool | None = None
    """Of type `saml`: sign authentication requests."""
    force_authn: bool | None = None
    """Of type `saml`: have people log in again each time."""
    enable_encryption: bool | None = None
    """Of type `saml`: assertions are encrypted, for which `saml_certificate_set_id` is needed."""
    max_sso_url_length: int | None = None
    """Of type `saml`: the longest URL of a login that the provider takes."""
    restrict_to_account_members: bool | None = None
    """Of type `cloudflare`: only members of the account may log in."""


class IdentityProviderScim(Inputs):
    """Provisioning of people and groups by the provider."""

    made = frozenset({"secret", "scim_base_url"})

    enabled: Annotated[bool | None, Default(value=False)] = None
    """Let the provider tell Access of its people and groups."""
    identity_update_behavior: Annotated[
        Literal["automatic", "reauth", "no_action"] | None, Default("no_action")
    ] = None
    """What a change does to a person who is logged in: `automatic` changes the identity, `reauth`
    asks for a new login when groups change, `no_action` does nothing.
    """
    user_deprovision: Annotated[bool | None, Default(value=False)] = None
    """End the sessions of a person who is taken out at the provider."""
    group_member_deprovision: Annotated[bool | None, Default(value=False)] = None
    """End the sessions of a person who is put into a group at the provider, or taken out of one."""
    seat_deprovision: Annotated[bool | None, Default(value=False)] = None
    """Take the seat of such a person, too. It needs `user_deprovision`."""


_CLIENT = ("client_id", SECRET)
_CLAIMS = ("claims", "email_claim_name")
_SAML = (
    *("attributes", "email_attribute_name", "header_attributes", "sign_request", "force_authn"),
    *("enable_encryption", "max_sso_url_length"),
)
# What each type needs, and what else it takes.
FIELDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "onetimepin": ((), ()),
    "azureAD": (
        (*_CLIENT, "directory_id"),
        (*_CLAIMS, "conditional_access_enabled", "support_groups", "prompt"),
    ),
    "google": (_CLIENT, _CLAIMS),
    "google-apps": ((*_CLIENT, "apps_domain"), (*_CLAIMS, "prompt", "use_login_hint")),
    "okta": ((*_CLIENT, "okta_account"), (*_CLAIMS, "authorization_server_id")),
    "github": (_CLIENT, ()),
    "saml": (("issuer_url", "sso_target_url", "idp_public_certs"), _SAML),
    "oidc": (
        (*_CLIENT, "auth_url", "token_url", "certs_url"),
        (*_CLAIMS, "scopes", "pkce_enabled"),
    ),
    "onelogin": ((*_CLIENT, "onelogin_account"), _CLAIMS),
    "centrify": ((*_CLIENT, "centrify_account", "centrify_app_id"), _CLAIMS),
    "facebook": (_CLIENT, ()),
    "linkedin": (_CLIENT, ()),
    "yandex": (_CLIENT, ()),
    "pingone": ((*_CLIENT, "ping_env_id"), _CLAIMS),
    "cloudflare": ((), ("restrict_to_account_members",)),
}
PROMPTS = {
    "azureAD": ("login", "select_account", "none"),
    "google-apps": ("none", "consent", "select_account"),
}
assert FIELDS.keys() == set(get_args(Type))  # noqa: S101 - the two tables are one


def has_secret(type_: Any) -> bool:
    """Tell whether a provider of this type has an OAuth client with a secret."""
    return SECRET in FIELDS.get(str(type_), ((), ()))[0]


def mistakes_of_type(declared: Mapping[str, Any]) -> list[Mistake]:
    """Return what a type needs and is not there, and what it does not take.

    The secret aside: a provider that exists keeps its own.
    """
    type_, config = declared.get("type"), declared.get("config") or {}
    if type_ not in FIELDS or not isinstance(config, Mapping):
        return []
    needs, takes = FIELDS[str(type_)]
    mistakes = [
        Mistake(f"config.{name}", f"is required for type {type_}")
        for name in needs
        if name != SECRET and not config.get(name)
    ]
    for name in config:
        of = [one for one, fields in FIELDS.items() if name in (*fields[0], *fields[1])]
        if of and name not in (*needs, *takes):
            told = f"is for type {' or '.join(of)}, and this is {type_}"
            mistakes.append(Mistake(f"config.{name}", told))
    prompt, prompts = config.get("prompt"), PROMPTS.get(str(type_), ())
    known = {word for words in PROMPTS.values() for word in words}
    if prompts and prompt in known and prompt not in prompts:
        told = f'"{prompt}" is none of type {type_}; there are {", ".join(prompts)}'
        mistakes.append(Mistake("config.prompt", told))
    return mistakes


def scim_mistakes(scim: Any) -> list[Mistake]:
    """Return what Cloudflare refuses of SCIM."""
    if not isinstance(scim, Mapping) or scim.get("seat_deprovision") is not True:
        return []
    if scim.get("user_deprovision") in (True, UNKNOWN):
        return []
    told = "is taken together with user_deprovision=True only"
    return [Mistake("scim_config.seat_deprovision", told)]
