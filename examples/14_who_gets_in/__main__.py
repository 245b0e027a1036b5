"""Two applications, and statements about them that every preview proves."""

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

partners = cloudflare.AccessGroup(
    "partners", name="Partners", include=[rules.email_domain("partner.example")]
)
engineers = cloudflare.AccessGroup(
    "engineers",
    name="Engineers",
    include=[rules.email_domain("example.com"), rules.group(partners)],
)
allow = cloudflare.AccessPolicy(
    "engineers", name="Engineers", decision="allow", include=[rules.group(engineers)]
)
hr = cloudflare.AccessPolicy(
    "hr", name="HR", decision="allow", include=[rules.email("hr@example.com")]
)
cloudflare.AccessApplication("wiki", name="Wiki", domain="wiki.example.com", policies=[allow])
cloudflare.AccessApplication("payroll", name="Payroll", domain="payroll.example.com", policies=[hr])
