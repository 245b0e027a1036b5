"""People log in with Okta, and a group there is let in."""

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

config = pulumi.Config()
okta = cloudflare.IdentityProvider(
    "okta",
    name="Okta",
    type="okta",
    config={
        "client_id": "0oa1b2c3d4",
        "client_secret": config.get_secret("oktaSecret") or "only-at-the-local-cloudflare",
        "okta_account": "https://example.okta.com",
    },
)
engineers = cloudflare.AccessPolicy(
    "engineers",
    name="Engineers",
    decision="allow",
    include=[rules.okta("Engineers", identity_provider=okta)],
)
cloudflare.AccessApplication(
    "wiki", name="Wiki", domain="wiki.example.com", policies=[engineers], allowed_idps=[okta]
)
