"""A program that gets in with a service token, whose secret is rotated once a month."""

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

MONTH = "2027-01"
token = cloudflare.ServiceToken(
    "ci",
    name="CI",
    duration="2160h",
    rotate_when=MONTH,
    previous_client_secret_expires_at="24h",
    refresh_when=MONTH,
)
machines = cloudflare.AccessPolicy(
    "machines", name="CI", decision="non_identity", include=[rules.service_token(token)]
)
cloudflare.AccessApplication("api", name="API", domain="api.example.com", policies=[machines])
# What the program sends as CF-Access-Client-Id and CF-Access-Client-Secret.
pulumi.export("client_id", token.client_id)
pulumi.export("client_secret", token.client_secret)
