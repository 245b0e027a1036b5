"""Lists of addresses and ranges, which a policy asks for: one entry more is one request."""

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules, types

people: list[str | types.ListItem] = [
    *("ada@example.com", "grace@example.com"),
    {"value": "bob@example.org", "description": "Auditor until May"},
]
customers = cloudflare.ZeroTrustList("customers", name="Customers", type="EMAIL", items=people)
offices = cloudflare.ZeroTrustList(
    "offices", name="Offices", type="IP", items=["203.0.113.0/24", "2001:db8::/32"]
)
policy: types.OwnedPolicy = {
    "name": "Customers from an office",
    "decision": "allow",
    "include": [rules.email_list(customers)],
    "require": [rules.ip_list(offices)],
}
cloudflare.ProtectedApplication(
    "portal", name="Portal", domain="portal.example.com", policies=[policy]
)
pulumi.export("customers", customers.id)
