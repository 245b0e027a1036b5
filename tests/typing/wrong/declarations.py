"""What a checker has to report of declarations: each line is right but for one thing."""

from __future__ import annotations

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import grants, rules, scopes, types

all_ = [rules.everyone()]
staff = cloudflare.AccessGroup("staff", name="Staff", include=all_)
app = cloudflare.AccessApplication("app", domain="app.example.com")

cloudflare.AccessGroup("a", include=all_)  # wrong: no name
cloudflare.AccessGroup("a", name="A")  # wrong: nobody is in it
cloudflare.AccessGroup("a", name="A", includes=all_)  # wrong: a word misspelt
cloudflare.AccessGroup("a", name=1, include=all_)  # wrong: no text
cloudflare.AccessGroup("a", name="A", include=rules.everyone())  # wrong: no list
cloudflare.AccessGroup("a", name="A", include=["ada@example.com"])  # wrong: no rule
cloudflare.AccessGroup("a", name="A", include=[{"mail": {"mail": "a@b.io"}}])  # wrong: no selector
cloudflare.AccessGroup("a", name="A", include=[{"email": {"mail": "a@b.io"}}])  # wrong: no field
cloudflare.AccessGroup("a", name="A", include=[{"email": {}}])  # wrong: no address
cloudflare.AccessGroup("a", name="A", include=all_, adopt=3)  # wrong: neither a word nor an id
cloudflare.AccessGroup("a", name="A", include=all_, opts={"protect": True})  # wrong: no options

cloudflare.AccessPolicy("p", name="P", decision="alow", include=all_)  # wrong: no such decision
cloudflare.AccessPolicy(
    "p",
    name="P",
    decision="allow",
    include=all_,
    approval_groups=[{"x": 1}],  # wrong
)
cloudflare.AccessPolicy("p", name="P", decision="allow", include=all_, mfa_config={"x": 1})  # wrong
cloudflare.AccessPolicy("p", name="P", decision="deny", include=all_, zone_id="…")  # wrong: none

cloudflare.AccessApplication("x", type="self-hosted", domain="x.example.com")  # wrong: no such type
cloudflare.AccessApplication("x", session_duration=24)  # wrong: no text
cloudflare.AccessApplication("x", destinations=[{"url": "x.example.com"}])  # wrong: no such key
cloudflare.AccessApplication("x", destinations=[{"type": "publik", "uri": "x"}])  # wrong: no type
cloudflare.AccessApplication("x", destinations=[{"uri": 1}])  # wrong: no text
cloudflare.AccessApplication("x", destinations={"uri": "x.example.com"})  # wrong: no list
cloudflare.AccessApplication("x", destinations=[{"overrides": [{"behaviour": "public"}]}])  # wrong
cloudflare.AccessApplication("x", cors_headers={"allowed_methods": ["FETCH"]})  # wrong: no method
cloudflare.AccessApplication("x", cors_headers={"max_age": "600"})  # wrong: no number
cloudflare.AccessApplication("x", saas_app={"auth_type": "ldap"})  # wrong: no such type
cloudflare.AccessApplication("x", saas_app={"scopes": ["phone"]})  # wrong: no such scope
cloudflare.AccessApplication("x", scim_config={"idp_uid": "…"})  # wrong: no remote_uri
cloudflare.AccessApplication("x", landing_page_design={"colour": "#fff"})  # wrong: no such key
cloudflare.AccessApplication("x", oauth_configuration={"grants": {}})  # wrong: no such key
cloudflare.AccessApplication("x", target_criteria=[{"port": "22", "protocol": "SSH"}])  # wrong
cloudflare.AccessApplication("x", footer_links=[{"name": "Help"}])  # wrong: no url
cloudflare.AccessApplication("x", policies=[{"precedence": 1}])  # wrong: no id
cloudflare.AccessApplication("x", policies=[{"name": "P", "decision": "allow"}])  # wrong: no id

cloudflare.AccessApplicationPolicies("l", application=app, policies=[{"name": "P"}])  # wrong
cloudflare.AccessApplicationPolicy(
    "o",
    application=app,
    precedence="1",  # wrong: no number
    name="P",
    decision="deny",
    include=all_,
)
one: types.OwnedPolicy = {"name": "P", "decision": "deny", "includes": all_}  # wrong: misspelt
two: types.OwnedPolicy = {"name": "P", "decision": "deny"}  # wrong: for nobody
cloudflare.ProtectedApplication(
    "x",
    domain="x",
    policies=[{"name": "P", "decision": "no", "include": all_}],  # wrong
)
cloudflare.ProtectedApplication("x", domane="x", policies=[])  # wrong: misspelt
cloudflare.ProtectedApplication("x", policies=[], saas_app={"auth": "oidc"})  # wrong: no such key
cloudflare.PolicySet("s", policies=[], applications={"x": {"domane": "x"}})  # wrong: misspelt

cloudflare.ResourceGroup("r", name="R", scope={"object": []})  # wrong: misspelt
cloudflare.ResourceGroup("r", name="R", scope=["…"])  # wrong: no scope
cloudflare.UserGroup("u", name="U", policies=[rules.everyone()])  # wrong: a rule is no grant
cloudflare.UserGroup("u", name="U", policies=grants.allow("Zone Read", on="…"))  # wrong: no list
grants.allow("Zone Read")  # wrong: on nothing
grants.allow("Zone Read", on=3)  # wrong: no resource group
scopes.zones(3)  # wrong: no zone
rules.user_risk_score(["extreme"])  # wrong: no such score
rules.okta("devs")  # wrong: no identity provider
cloudflare.UserGroupMembers("m", group="…", members="ada@example.com", max_removals="1")  # wrong
cloudflare.UserGroupMember("m", group="…")  # wrong: nobody
cloudflare.SsoConnector("s")  # wrong: no domain
cloudflare.SsoConnectorActivation("s", connector="…", wait_seconds="10m")  # wrong: no number
cloudflare.Team("t", name="T")  # wrong: nobody
cloudflare.Team("t", name="T", people=[], grants=[rules.everyone()])  # wrong: a rule is no grant
cloudflare.AccesGroup("a", name="A", include=all_)  # wrong: misspelt
pulumi.export("staff", staff.identifier)  # wrong: no such output
