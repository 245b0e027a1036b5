"""A team's rights: what its members may do, and on which zones."""

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import grants, scopes

zone = pulumi.Config().require("zoneId")
production = cloudflare.ResourceGroup(
    "production", name="Production zones", scope=scopes.zones({"example.com": zone})
)
operators = cloudflare.UserGroup(
    "operators",
    name="Operators",
    policies=[
        grants.allow("Zone Read", "DNS Read", on=production),
        grants.deny("DNS Write", on=production),
    ],
)
pulumi.export("operators", operators.id)
