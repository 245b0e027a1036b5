"""The same groups in every account, each with its own domain."""

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

domain = pulumi.Config().get("domain") or "example.com"
staff = cloudflare.AccessGroup("staff", name="Staff", include=[rules.email_domain(domain)])
cloudflare.AccessGroup(
    "security",
    name="Security",
    include=[rules.email(f"security@{domain}")],
    require=[rules.group(staff)],
)
pulumi.export("staff", staff.id)
