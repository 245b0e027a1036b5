"""Three applications: one shares its policy, one has a list of its own, one a single policy."""

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules, types

staff = cloudflare.AccessGroup("staff", name="Staff", include=[rules.email_domain("example.com")])
admins = cloudflare.AccessGroup(
    "admins", name="Admins", include=[rules.email("ada@example.com")], require=[rules.group(staff)]
)
allow = cloudflare.AccessPolicy(
    "allow", name="Staff", decision="allow", include=[rules.group(staff)]
)
wiki = cloudflare.AccessApplication(
    "wiki", name="Wiki", domain="wiki.example.com", policies=[allow], session_duration="24h"
)
zone = pulumi.Config().get("zoneId")  # in that zone instead of the account
console = cloudflare.AccessApplication("console", domain="console.example.com", zone_id=zone)
policies: list[types.OwnedPolicy] = [
    {"name": "Nobody from abroad", "decision": "deny", "include": [rules.geo("KP")]},
    {"name": "Admins", "decision": "allow", "include": [rules.email("ada@example.com")]},
]
cloudflare.AccessApplicationPolicies("console", application=console, policies=policies)
status = cloudflare.AccessApplication("status", domain="status.example.com")
token = [rules.any_valid_service_token()]
cloudflare.AccessApplicationPolicy(
    "bot", application=status, precedence=1, name="Bot", decision="non_identity", include=token
)
