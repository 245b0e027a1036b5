"""Who may use the console."""

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

cloudflare.ProtectedApplication(
    "console",
    name="Console",
    domain="console.example.com",
    policies=[
        {"name": "Contractors", "decision": "deny", "include": [rules.email_domain("x.org")]},
        {"name": "Staff", "decision": "allow", "include": [rules.email_domain("example.com")]},
    ],
)
