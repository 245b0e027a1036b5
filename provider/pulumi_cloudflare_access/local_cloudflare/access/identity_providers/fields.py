"""The fields of identity providers, as Cloudflare's documents have them."""

from __future__ import annotations

from ..shapes import Choice, Flag, ListOf, Number, Object, Shape, Text

_ID: dict[str, Shape] = {"client_id": Text()}
_CLAIMS = {"claims?": ListOf(Text()), "email_claim_name?": Text(empty=True)}
_PKCE = {"pkce_enabled?": Flag()}
SECRET = "client_secret"  # noqa: S105  (the name of a field)
_HEADER = Object({"attribute_name?": Text(), "header_name?": Text()})

CONFIGS: dict[str, dict[str, Shape]] = {
    "onetimepin": {},
    "azureAD": {
        **_ID,
        **_CLAIMS,
        "directory_id": Text(),
        "conditional_access_enabled?": Flag(default=False),
        "prompt?": Choice(("login", "select_account", "none")),
        "support_groups?": Flag(default=False),
    },
    "google": {**_ID, **_CLAIMS},
    "google-apps": {
        **_ID,
        **_CLAIMS,
        "apps_domain": Text(),
        "prompt?": Choice(("none", "consent", "select_account")),
        "use_login_hint?": Flag(),
    },
    "okta": {
        **_ID,
        **_CLAIMS,
        "okta_account": Text(),
        "authorization_server_id?": Text(empty=True),
    },
    "github": _ID,
    "saml": {
        "issuer_url": Text(),
        "sso_target_url": Text(),
        "idp_public_certs": ListOf(Text(), ordered=True),
        "attributes?": ListOf(Text()),
        "email_attribute_name?": Text(empty=True),
        "enable_encryption?": Flag(),
        "force_authn?": Flag(),
        "header_attributes?": ListOf(_HEADER),
        "max_sso_url_length?": Number(least=1),
        "sign_request?": Flag(default=False),
    },
    "oidc": {
        **_ID,
        **_CLAIMS,
        **_PKCE,
        "auth_url": Text(),
        "token_url": Text(),
        "certs_url": Text(),
        "scopes?": ListOf(Text()),
    },
    "onelogin": {**_ID, **_CLAIMS, "onelogin_account": Text()},
    "centrify": {**_ID, **_CLAIMS, "centrify_account": Text(), "centrify_app_id": Text()},
    "facebook": _ID,
    "linkedin": _ID,
    "yandex": _ID,
    "pingone": {**_ID, **_CLAIMS, "ping_env_id": Text()},
    "cloudflare": {"restrict_to_account_members?": Flag(default=False)},
}
"""By type, without the secret: what the developer documents say is required, and what else."""
WITHOUT_SECRET = frozenset({"onetimepin", "saml", "cloudflare"})
# Live answers of these tell where the provider has to send people back to.
WITH_REDIRECT = frozenset({"onetimepin", "saml"})

SCIM = Object(
    {
        "enabled": Flag(default=False),
        "identity_update_behavior": Choice(
            ("automatic", "reauth", "no_action"), default="no_action"
        ),
        "group_member_deprovision?": Flag(),  # of 2024
        "seat_deprovision": Flag(default=False),
        "user_deprovision": Flag(default=False),
        # Made by Cloudflare, and taken back without a word.
        "scim_base_url?": Text(),
        "secret?": Text(),
    },
    rule=lambda kept: (
        "seat_deprovision needs user_deprovision"
        if kept.get("seat_deprovision") and not kept.get("user_deprovision")
        else None
    ),
)
REST = {
    "name": Text(),
    "type": Choice(tuple(CONFIGS)),
    "scim_config?": SCIM,
    "saml_certificate_set_id?": Text(),
}
