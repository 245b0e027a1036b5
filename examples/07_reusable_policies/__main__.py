"""Two policies that three applications share."""

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

staff = cloudflare.PolicySet(
    "staff",
    policies=[
        {"name": "Not from KP", "decision": "deny", "include": [rules.geo("KP")]},
        {"name": "Staff", "decision": "allow", "include": [rules.email_domain("example.com")]},
    ],
    applications={
        "wiki": {"name": "Wiki", "domain": "wiki.example.com"},
        "grafana": {"name": "Grafana", "domain": "grafana.example.com"},
    },
)
cloudflare.AccessApplication(
    "shop", name="Shop", domain="shop.example.com", policies=staff.policies
)
pulumi.export("staff", staff.by_name["Staff"].id)
