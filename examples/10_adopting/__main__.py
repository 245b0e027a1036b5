"""A group that somebody has made by hand, taken over, and an application for it."""

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

engineers = cloudflare.AccessGroup(
    "engineers",
    name="Engineers",
    include=[rules.email("ada@example.com"), rules.email("grace@example.com")],
    adopt=True,
)
cloudflare.ProtectedApplication(
    "console",
    name="Console",
    domain="console.example.com",
    policies=[
        {"name": "Engineers", "decision": "allow", "include": [rules.group(engineers)]},
    ],
)
pulumi.export("engineers", engineers.id)
