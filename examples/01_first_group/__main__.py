"""Two Access groups: everyone at example.com, and the engineers among them."""

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

staff = cloudflare.AccessGroup(
    "staff",
    name="Staff",
    include=[rules.email_domain("example.com")],
)
engineers = cloudflare.AccessGroup(
    "engineers",
    name="Engineers",
    include=[rules.email("ada@example.com"), rules.email("grace@example.com")],
    require=[rules.group(staff), rules.geo("DE")],
)
pulumi.export("engineers", engineers.id)
