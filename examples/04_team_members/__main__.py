"""A team: who is in it, what it may do, and where."""

import pulumi
from account_member import AccountMember  # in a stack of yours: from pulumi_cloudflare import …

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import grants, scopes

zone = pulumi.Config().require("zoneId")
invited = [AccountMember(name, email=f"{name}@example.com") for name in ("ada", "grace")]
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
members = cloudflare.UserGroupMembers(
    "operators", group=operators, members=[person.email for person in invited], max_removals=1
)
pulumi.export("operators", members.members)
