"""What the options of a component say reaches each of its parts, by the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.colleague import Colleague

if TYPE_CHECKING:
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

HEAD = """
eu = cloudflare.Cloudflare("eu", account_id="{account}", api_token_env="CF_EU_TOKEN")
first = cloudflare.AccessGroup("first", name="First", include=[rules.everyone()])
allow = {{"name": "Staff", "decision": "allow", "include": [rules.everyone()]}}
"""
# Every component, with as many sorts of parts as it has.
ALL = """
cloudflare.ProtectedApplication(
    "{0}wiki", name="Wiki", domain="wiki.example.com", policies=[allow], opts={1})
cloudflare.PolicySet("{0}set", policies=[allow], opts={2}, applications={{
    "shop": {{"name": "Shop", "domain": "shop.example.com"}}}})
cloudflare.Team("{0}team", name="Engineers", people=["ada@example.com"], user_group=True, opts={3})
"""
PARTS = {
    "wiki-application": "AccessApplication",
    "wiki-policies": "AccessApplicationPolicies",
    "set-Staff": "AccessPolicy",
    "set-shop": "AccessApplication",
    "team-access": "AccessGroup",
    "team-rights": "UserGroup",
    "team-members": "UserGroupMembers",
}


def test_provider_protection_dependencies_and_aliases_reach_the_parts(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    eu = cloudflare.add_account()
    cloudflare.seed({"accounts": {eu.id: {"members": [{"email": "ada@example.com"}]}}})
    stack.environment["CF_EU_TOKEN"] = eu.token
    head = HEAD.format(account=eu.id)
    options = "ResourceOptions(provider=eu, protect=True, depends_on={})"
    each = [options.format(on) for on in ("first", "[first]", "Output.from_input([first])")]
    stack.program(head + ALL.format("", *each))
    stack.up()
    state = stack.state()
    for part, kind in PARTS.items():
        kept = state[part]
        assert kept["type"] == f"pulumi-python:dynamic/cloudflare:{kind}"
        assert kept["protect"] is True
        assert kept["provider"].split("::")[-2] == "eu", part
        assert kept["inputs"]["account_id"] == eu.id
        assert state["first"]["urn"] in kept["dependencies"], part
        assert state[part.partition("-")[0]]["urn"] == kept["parent"]
    assert set(Colleague(cloudflare, f"accounts/{eu.id}", eu.token).groups()) == {"Engineers"}
    refused = stack.destroy(ok=False)
    assert "protect" in refused.text

    # Renamed: the parts go by their component's name.
    renamed = "ResourceOptions(provider=eu, aliases=[pulumi.Alias(name='{}')])"
    stack.program(head + ALL.format("the-", *map(renamed.format, ("wiki", "set", "team"))))
    stack.up()
    after = stack.state()
    assert {after[f"the-{part}"]["id"] for part in PARTS} == {state[p]["id"] for p in PARTS}
    assert [r["path"] for r in cloudflare.requests if r["method"] == "DELETE"] == []
    stack.destroy()
    assert stack.state() == {}


def test_a_set_of_policies_is_attached_everywhere_and_changed_once(stack: Stack) -> None:
    program = """
    deny = {{"name": "Not Eve", "decision": "deny", "include": [rules.email("eve@example.com")]}}
    allow = {{"name": "Staff", "decision": "allow", "include": [rules.email_domain("{domain}")]}}
    shared = cloudflare.PolicySet("staff", policies=[{policies}], applications={{
        name: {{"name": name, "domain": f"{{name}}.example.com"}} for name in ("wiki", "shop")}})
    cloudflare.AccessApplication("own", domain="own.example.com", policies=shared.policies)
    """
    stack.program(program.format(domain="example.com", policies="allow"))
    stack.up()
    assert stack.settled()

    stack.program(program.format(domain="example.org", policies="allow"))
    plan = stack.plan()
    assert plan.changed() == {"staff-Staff": "update"}

    stack.program(program.format(domain="example.com", policies="deny, allow"))
    plan = stack.plan()
    assert plan.changed() == {
        "staff-Not Eve": "create",
        "staff-wiki": "update",
        "staff-shop": "update",
        "own": "update",
    }
    assert plan.paths("own") == {'policies["Not Eve"]': "add", "policies.order": "update"}
    stack.up()
    stack.program(program.format(domain="example.com", policies="allow"))
    stack.up()
    assert "staff-Not Eve" not in stack.state()
    stack.destroy()
    assert stack.state() == {}
