"""What somebody has clicked together, as a program: `cloudflare-access adopt new` writes such."""

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

staff = cloudflare.AccessGroup("staff", name="Staff", include=[rules.email_domain("example.com")])
allow_staff = cloudflare.AccessPolicy(
    "allow-staff", name="Allow staff", decision="allow", include=[rules.group(staff)]
)
cloudflare.AccessApplication(
    "wiki", name="Wiki", domain="wiki.example.com", policies=[allow_staff], session_duration="8h"
)
cloudflare.ProtectedApplication(
    "console",
    name="Console",
    domain="console.example.com",
    policies=[
        {
            "name": "Staff at home",
            "decision": "allow",
            "include": [rules.group(staff)],
            "require": [rules.geo("DE")],
        },
    ],
)
