"""The same team in two accounts, each with a token of its own."""

import pulumi

import pulumi_cloudflare_access as cloudflare

config = pulumi.Config()
eu = cloudflare.Cloudflare(
    "eu", account_id=config.require("euAccountId"), api_token_env="CF_EU_TOKEN"
)
for name, provider in (("here", None), ("eu", eu)):
    team = cloudflare.Team(
        f"engineers-{name}",
        name="Engineers",
        people=["ada@example.com", "grace@example.com"],
        opts=pulumi.ResourceOptions(provider=provider),
    )
    pulumi.export(name, team.access_group.account_id)
