"""The fields of policies besides their name, decision and rules.

Written from Cloudflare's OpenAPI document and its Python SDK. Comments mark what only the SDK has.
"""

from __future__ import annotations

from typing import Final

from ..shapes import Choice, Flag, ListOf, Number, Object, Text, duration

DECISIONS: Final = ("allow", "deny", "non_identity", "bypass")

MFA_DURATION = Text(canonical=duration(units="m|h", most="720h"))


def mfa_config(*authenticators: str) -> Object:
    """Return the settings of multi-factor authentication."""
    return Object(
        {
            "allowed_authenticators?": ListOf(Choice(authenticators)),
            "mfa_disabled": Flag(default=False),  # also answered if it was not sent
            "session_duration?": MFA_DURATION,
        }
    )


MFA = mfa_config("totp", "biometrics", "security_key")
# The first two are the SDK's, the last Terraform's.
INFRASTRUCTURE_MFA = mfa_config("piv_key", "ssh_fido2_key", "ssh_piv_key")

_FORMATS = ListOf(Choice(("text", "file")))  # `file` is the SDK's

SETTINGS = Object(
    {
        "approval_groups?": ListOf(
            Object(
                {
                    "approvals_needed": Number(least=0, whole=False),
                    "email_addresses?": ListOf(Text()),
                    "email_list_uuid?": Text(),
                }
            )
        ),
        "approval_required": Flag(default=False, seen_omitted=True),
        "connection_rules?": Object(
            {
                "rdp?": Object(
                    {
                        "allowed_clipboard_local_to_remote_formats?": _FORMATS,
                        "allowed_clipboard_remote_to_local_formats?": _FORMATS,
                    }
                )
            }
        ),
        "isolation_required": Flag(default=False, seen_omitted=True),
        "mfa_config?": MFA,
        "purpose_justification_prompt?": Text(),
        "purpose_justification_required": Flag(default=False, seen_omitted=True),
        # Empty: the application's. The switch policy_session decides what a missing one means.
        "session_duration?": Text(canonical=duration(), empty=True),
    }
)

# An infrastructure application's own: the SDK's.
INFRASTRUCTURE_SETTINGS = Object(
    {
        "connection_rules?": Object(
            {"ssh?": Object({"usernames": ListOf(Text()), "allow_email_alias?": Flag()})}
        ),
        "mfa_config?": INFRASTRUCTURE_MFA,
    }
)
