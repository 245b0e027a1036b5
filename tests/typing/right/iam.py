"""Everything of IAM that a program may write."""

from __future__ import annotations

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import grants, rules, scopes, types

zone = pulumi.Config().require("zoneId")
production = cloudflare.ResourceGroup(
    "production", name="Production", scope=scopes.zones({"shop": zone}, zone)
)
cloudflare.ResourceGroup("all", name="All", scope=scopes.account())
cloudflare.ResourceGroup(
    "plain", name="Plain", scope={"objects": [{"key": f"com.cloudflare.api.account.zone.{zone}"}]}
)
bucket = scopes.objects(production.id.apply(lambda id_: f"com.cloudflare.edge.r2.bucket.{id_}"))
cloudflare.ResourceGroup("bucket", name="Bucket", scope=bucket)
policies: list[types.Grant] = [
    grants.allow("Zone Read", "DNS Read", on=production),
    grants.deny("DNS Write", on=[production, production.id]),
    {"access": "allow", "permission_groups": ["Zone Read"], "resource_groups": [production]},
]
operators = cloudflare.UserGroup("operators", name="Operators", policies=policies)
ada = cloudflare.get_account_member(email="ada@example.com")
cloudflare.UserGroupMembers(
    "operators", group=operators, members=["grace@example.com", ada], max_removals=1
)
roles: list[str] = [role.get("name", "") for role in ada.roles]
rights_of_ada: list[str] = [policy["access"] for policy in ada.policies]
theirs = cloudflare.get_user_group(name="Theirs")
one = cloudflare.UserGroupMember("ada", group=theirs, member=ada)
stays: pulumi.Output[bool] = one.preexisting
address: pulumi.Output[str] = one.member.apply(lambda person: person.get("email", ""))
rights: pulumi.Output[list[str]] = operators.policies.apply(
    lambda held: [policy["access"] for policy in (held or {}).values()]
)
names: list[str] = [
    group.get("name", "") for policy in theirs.policies for group in policy["permission_groups"]
]
keys: list[str] = [
    held["key"]
    for held in cloudflare.get_resource_group(name="Production").scope.get("objects", ())
]
connector = cloudflare.SsoConnector("staff", email_domain="example.com", verification_trigger=3)
record: pulumi.Output[str] = connector.txt_value
activation = cloudflare.SsoConnectorActivation(
    "staff", connector=connector, trigger=record, wait_seconds=1200
)
pulumi.export("enabled", activation.enabled)
team = cloudflare.Team(
    "team",
    name="Team",
    people=["ada@example.com"],
    guests=[pulumi.Output.from_input("bob@example.org")],
    require=[rules.auth_method("mfa")],
    grants=[grants.allow("Zone Read", on=scopes.zones({"shop": zone}))],
)
members: cloudflare.UserGroupMembers | None = team.members
cloudflare.AccessGroup("more", name="More", include=[rules.group(team.access_group)])
eu = cloudflare.Cloudflare("eu", account_id="…", api_token_env="CF_EU_TOKEN")
cloudflare.AccessGroup(
    "eu", name="EU", include=[rules.everyone()], opts=pulumi.ResourceOptions(provider=eu)
)
