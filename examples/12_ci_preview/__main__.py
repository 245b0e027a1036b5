"""Two groups, previewed for every pull request."""

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

staff = cloudflare.AccessGroup("staff", name="Staff", include=[rules.email_domain("example.com")])
cloudflare.AccessGroup(
    "engineers",
    name="Engineers",
    include=[rules.email("ada@example.com")],
    require=[rules.group(staff)],
)
