"""A team: who is in it, what it may do and where, and what it may use."""

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import grants, rules, scopes

shop = scopes.zones({"shop": pulumi.Config().require("zoneId")})
team = cloudflare.Team(
    "operators",
    name="Operators",
    people=["ada@example.com", "grace@example.com"],
    guests=["bob@example.org"],
    invite=True,
    grants=[grants.allow("Zone Read", "DNS Read", on=shop), grants.deny("DNS Write", on=shop)],
    max_removals=1,
)
cloudflare.AccountMember("auditor", email="judy@example.net", roles=["Administrator Read Only"])
cloudflare.ProtectedApplication(
    "console",
    name="Console",
    domain="console.example.com",
    policies=[{"name": "Team", "decision": "allow", "include": [rules.group(team.access_group)]}],
)
pulumi.export("operators", team.user_group.id)
