"""Resource groups and user groups through the real engine: what a preview shows, what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.fields import Person

if TYPE_CHECKING:
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

PROGRAM = """
from pulumi_cloudflare_access import grants, scopes

production = cloudflare.ResourceGroup(
    "production", name="Production zones", scope=scopes.zones({"shop.example.com": "ZONE"})
)
whole = cloudflare.ResourceGroup("whole", name="Everything", scope=scopes.account())
cloudflare.UserGroup(
    "ops",
    name="Operators",
    policies=[
        grants.allow("Zone Read", "DNS Read", on=production),
        grants.deny("billing_write", on=[whole, production]),
    ],
)
"""
LOAD_BALANCER = "6d7f2f5f5b1d4a0e9081fdc98d432fd1"
DNS = "allow DNS Read, Zone Read on Production zones"
BILLING = "deny billing_write on Everything, Production zones"


def test_rights_are_shown_in_words_given_kept_and_taken_away(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    program = PROGRAM.replace("ZONE", cloudflare.zone_id)
    stack.program(program)
    preview = stack.preview("--diff").text
    assert [
        shown for shown in (DNS, BILLING, "zone shop.example.com") if shown not in preview
    ] == []
    assert cloudflare.requests == []

    stack.up()
    groups = Person(cloudflare, "iam/user_groups")
    [made] = groups.look()
    assert sorted(policy["access"] for policy in made["policies"]) == ["allow", "deny"]
    assert stack.settled()
    assert set(stack.state()["ops"]["inputs"]["policies"]) == {DNS, BILLING}

    # Another order, and the other form of a scope, are no change.
    cloudflare.switches.resource_group_scope = "object"
    cloudflare.switches.iam_meta = "key_value"
    shuffled = program.replace('"Zone Read", "DNS Read"', '"DNS Read", "Zone Read"')
    stack.program(shuffled.replace("[whole, production]", "[production, whole]"))
    assert stack.settled()

    granted = {"access": "allow", "permission_groups": [{"id": LOAD_BALANCER}]}
    whole = stack.state()["whole"]["id"]
    groups.write(made["id"], {"policies": [{**granted, "resource_groups": [{"id": whole}]}]})
    refreshed = stack.refresh().text
    assert "policies: + allow Load Balancer on Everything" in refreshed
    assert f"policies: - {DNS}" in refreshed
    stack.up()
    assert stack.settled()

    # A renamed resource group is one change: what refers to it means the same.
    renamed = program.replace('"Production zones"', '"Live zones"')
    stack.program(renamed)
    assert stack.plan().changed() == {"production": "update"}
    stack.up()
    assert stack.settled()

    stack.program(renamed.replace('grants.deny("billing_write", on=[whole, production]),', ""))
    plan = stack.plan()
    assert plan.changed() == {"ops": "update"}
    assert plan.paths("ops") == {f'policies["{BILLING.replace("Production", "Live")}"]': "delete"}
    stack.up()
    assert [policy["access"] for policy in groups.look(made["id"])["policies"]] == ["allow"]

    # The user group goes before what it refers to: the local Cloudflare refuses the other order.
    stack.destroy()
    assert groups.look() == []
    assert stack.state() == {}


def test_a_misspelt_permission_group_stops_the_update_before_it_is_sent(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    program = PROGRAM.replace("ZONE", cloudflare.zone_id)
    stack.program(program.replace("Zone Read", "Zone Raed"))
    assert "error" not in stack.preview().text
    refused = stack.up(ok=False).text
    assert (
        'error: LookUpError: policies["allow DNS Read, Zone Raed on Production zones"]: no'
        in refused
    )
    assert 'the nearest: "Zone Read"' in refused
    assert Person(cloudflare, "iam/user_groups").look() == []

    looked_up = 'read = cloudflare.get_permission_group(name="Zone Read")\n'
    program = program.replace("production = ", f"{looked_up}production = ", 1)
    stack.program(program.replace('"Zone Read",', "read,"))
    stack.up()
    assert stack.settled()
    assert DNS in stack.state()["ops"]["inputs"]["policies"]
