"""Everything of Access that a program may write, in the forms that it may write it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules, types

config = pulumi.Config()

# ------------------------------------------------------------------------------- rules, groups

staff = cloudflare.AccessGroup("staff", name="Staff", include=[rules.email_domain("example.com")])
later = pulumi.Output.from_input("ada@example.com")
engineers = cloudflare.AccessGroup(
    "engineers",
    name=pulumi.Output.concat("Engineers of ", staff.name),
    include=[
        rules.email(later),
        rules.group(staff),
        rules.group(staff.id),
        rules.group("a7f0ee2c-6f2c-4b63-9a1c-0ed0a9b1fd0b", label="Old"),
        {"email": {"email": "grace@example.com"}},
        {"github-organization": {"name": "example", "identity_provider_id": "…"}},
        {"azureAD": {"id": "…", "identity_provider_id": "…"}},
        {"everyone": {}},
        rules.raw({"shoe_size": {"size": 44}}),
        rules.user_risk_score(["low", "medium"]),
        pulumi.Output.from_input(rules.everyone()),
    ],
    require=pulumi.Output.from_input([rules.geo("DE")]),
    adopt=True,
    opts=pulumi.ResourceOptions(protect=True),
)
one: types.Rule = rules.ip("203.0.113.0/24")
many: list[types.Rule] = [one, rules.certificate()]
cloudflare.AccessGroup("office", name="Office", include=many)

# -------------------------------------------------------------------------------- applications

idp = cloudflare.get_identity_provider(name="Entra")
allow = cloudflare.AccessPolicy(
    "allow",
    name="Allow",
    decision="allow",
    include=[rules.login_method(idp)],
    session_duration="same_as_application",
    approval_required=True,
    approval_groups=[{"approvals_needed": 1, "email_addresses": ["boss@example.com", later]}],
    mfa_config={"allowed_authenticators": ["totp", "security_key"], "session_duration": "12h"},
    connection_rules={"rdp": {"allowed_clipboard_local_to_remote_formats": ["text"]}},
)
wiki = cloudflare.AccessApplication(
    "wiki",
    name="Wiki",
    destinations=[
        {"type": "public", "uri": "wiki.example.com"},
        {"uri": "docs.example.com", "overrides": [{"behavior": "public", "path_pattern": "/p/*"}]},
        {"type": "private", "cidr": "10.0.0.0/24", "l4_protocol": "tcp", "port_range": None},
    ],
    policies=[allow, allow.id, {"id": allow, "precedence": 3}],
    allowed_idps=[idp, "ea85612a-29c8-46c2-bacb-669d65136971"],
    cors_headers={"allow_all_origins": True, "allowed_methods": ["GET", "POST"], "max_age": 600},
    oauth_configuration={"grant": {"access_token_lifetime": "15m"}, "enabled": True},
    scim_config={
        "remote_uri": "https://wiki.example.com/scim",
        "idp_uid": idp.id,
        "authentication": [
            {"scheme": "httpbasic", "user": "u", "password": config.require_secret("scim")},
        ],
        "mappings": [{"schema": "urn:ietf:params:scim:schemas:core:2.0:User"}],
    },
    landing_page_design=None,
    tags=["internal"],
)
cloudflare.AccessApplication(
    "saas",
    type="saas",
    saas_app={
        "auth_type": "oidc",
        "redirect_uris": ["https://saas.example.com/callback"],
        "grant_types": ["authorization_code"],
        "custom_claims": [{"name": "team", "source": {"name": "dept", "name_by_idp": {"x": "y"}}}],
        "scopes": ["openid", "email"],
    },
)
cloudflare.AccessApplication(
    "servers",
    type="infrastructure",
    name="Servers",
    target_criteria=[{"port": 22, "protocol": "SSH", "target_attributes": {"hostname": ["a"]}}],
)
deny: types.OwnedPolicy = {
    "name": "Not from KP",
    "decision": "deny",
    "include": [rules.geo("KP")],
    "session_duration": None,
}
cloudflare.AccessApplicationPolicies(
    "wiki", application=cloudflare.AccessApplication("w", domain="w.example.com"), policies=[deny]
)
cloudflare.AccessApplicationPolicy(
    "one",
    application=cloudflare.get_access_application(domain="grafana.example.com"),
    precedence=1,
    **deny,
)


def from_elsewhere() -> dict[str, Any]:
    """Return what nobody can check, a file's content for example."""
    return {"name": "A", "decision": "allow", "include": [rules.everyone()]}


def also(policy: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return likewise."""
    return policy


mixed = [from_elsewhere(), from_elsewhere()]
cloudflare.AccessApplicationPolicies("unchecked", application="…", policies=mixed)
cloudflare.AccessPolicy("unchecked", **from_elsewhere())
cloudflare.ProtectedApplication(
    "console",
    domain="console.example.com",
    destinations=[from_elsewhere()],
    saas_app=also(from_elsewhere()),
    policies=[deny, from_elsewhere(), also(from_elsewhere())],
)
cloudflare.ProtectedApplication("shared", domain="s.example.com", policies=[allow, allow.id])
owned = cloudflare.ProtectedApplication("who", domain="who.example.com", policies=[deny])
the_set = cloudflare.PolicySet(
    "set",
    policies=[deny, allow],
    applications={"wiki": {"domain": "wiki.example.com", "session_duration": "24h"}},
)
cloudflare.AccessApplication("more", domain="more.example.com", policies=the_set.policies)

# ------------------------------------------------------------------------------------- outputs

aud: pulumi.Output[str] = wiki.aud
name: pulumi.Output[str | None] = wiki.name
kind: pulumi.Output[str] = wiki.type
secret: pulumi.Output[str | None] = wiki.client_secret
places: pulumi.Output[list[str]] = wiki.destinations.apply(
    lambda found: [one.get("uri", "") for one in (found or {}).values()]
)
order: pulumi.Output[object] = wiki.policies.apply(lambda found: found and found["order"])
auth: pulumi.Output[str | None] = wiki.saas_app.apply(
    lambda app: app.get("sso_endpoint") if app else None
)
emails: pulumi.Output[list[str]] = engineers.include.apply(
    lambda held: [rule["email"]["email"] for rule in held.values() if "email" in rule]
)
made: pulumi.Output[str] = engineers.created_at
count: pulumi.Output[int] = allow.app_count
part: pulumi.Output[str] = owned.application.aud
by_name: cloudflare.AccessPolicy = the_set.by_name["Not from KP"]

# ------------------------------------------------------------------------------------ look-ups

found = cloudflare.get_access_application(domain="wiki.example.com")
uris: list[str] = [place["uri"] for place in found.destinations if "uri" in place]
decisions: list[str] = [policy.get("decision", "") for policy in found.policies]
methods = found.cors_headers.get("allowed_methods", ()) if found.cors_headers else ()
group = cloudflare.get_access_group(name="Staff")
domains: list[str] = [
    rule["email_domain"]["domain"] for rule in group.include if "email_domain" in rule
]
cloudflare.get_access_groups_output().apply(lambda groups: [one.name for one in groups])
external = cloudflare.AccessGroup.get("theirs", "a7f0ee2c-6f2c-4b63-9a1c-0ed0a9b1fd0b")
pulumi.export("theirs", external.name)
