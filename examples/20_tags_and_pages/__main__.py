"""An application with a tag, and a page of your own for those who are refused."""

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

refused = cloudflare.CustomPage(
    "refused",
    name="Refused",
    type="identity_denied",
    custom_html="<h1>Not yet</h1><p>Ask it@example.com for access.</p>",
)
docs = cloudflare.AccessTag("docs", name="docs")
staff = cloudflare.AccessPolicy(
    "staff", name="Staff", decision="allow", include=[rules.email_domain("example.com")]
)
cloudflare.AccessApplication(
    "wiki",
    name="Wiki",
    domain="wiki.example.com",
    policies=[staff],
    tags=[docs],
    custom_pages=[refused],
)
