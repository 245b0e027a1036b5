"""The wiki, and who may use it: all of the staff but Eve, and nobody without a second factor."""

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

wiki = cloudflare.ProtectedApplication(
    "wiki",
    name="Wiki",
    domain="wiki.example.com",
    session_duration="24h",
    policies=[
        {"name": "Not Eve", "decision": "deny", "include": [rules.email("eve@example.com")]},
        {
            "name": "Staff",
            "decision": "allow",
            "include": [rules.email_domain("example.com")],
            "require": [rules.auth_method("mfa")],
        },
    ],
)
pulumi.export("aud", wiki.application.aud)
