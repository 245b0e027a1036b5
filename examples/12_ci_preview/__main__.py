"""An application, and who may use it, previewed for every pull request."""

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

staff = cloudflare.AccessGroup("staff", name="Staff", include=[rules.email_domain("example.com")])
engineers = cloudflare.AccessGroup(
    "engineers",
    name="Engineers",
    include=[rules.email("ada@example.com")],
    require=[rules.group(staff)],
)
allow = cloudflare.AccessPolicy(
    "engineers", name="Engineers", decision="allow", include=[rules.group(engineers)]
)
cloudflare.AccessApplication("wiki", name="Wiki", domain="wiki.example.com", policies=[allow])
