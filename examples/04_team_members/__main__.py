"""A team: who is in it, what it may do and where, and what it may use."""

import pulumi
from account_member import AccountMember  # in a stack of yours: from pulumi_cloudflare import …

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import grants, rules, scopes

shop = scopes.zones({"shop": pulumi.Config().require("zoneId")})
invited = [AccountMember(name, email=f"{name}@example.com") for name in ("ada", "grace")]
team = cloudflare.Team(
    "operators",
    name="Operators",
    people=[person.email for person in invited],
    guests=["bob@example.org"],
    grants=[grants.allow("Zone Read", "DNS Read", on=shop), grants.deny("DNS Write", on=shop)],
    max_removals=1,
)
cloudflare.ProtectedApplication(
    "console",
    name="Console",
    domain="console.example.com",
    policies=[{"name": "Team", "decision": "allow", "include": [rules.group(team.access_group)]}],
)
pulumi.export("operators", team.user_group.id)
