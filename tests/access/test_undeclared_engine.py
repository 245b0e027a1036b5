"""What nobody declares, through the real engine: noted unseen by any diff, told before it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.fields import FIRST, UNDECLARED, Person

if TYPE_CHECKING:
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

PROGRAM = """
staff = cloudflare.AccessPolicy("staff", name="Staff", decision="allow",
                                include=[rules.email_domain("example.com")]{policy})
cloudflare.AccessApplication("wiki", name="Wiki", domain="wiki.example.com"{application})
"""
WIKI = {"type": "self_hosted", "name": "Wiki", "domain": "wiki.example.com"}
DENY = {"name": "Keep out", "decision": "deny", "include": [{"everyone": {}}]}


def test_what_somebody_has_set_is_no_diff_and_is_told_before_a_declaration_replaces_it(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    apps, policies = Person(cloudflare, "apps"), Person(cloudflare, "policies")
    stack.program(PROGRAM.format(policy=', session_duration="same_as_application"', application=""))
    stack.up()
    state = stack.state()
    assert state["staff"]["inputs"]["session_duration"] == "same_as_application"
    app = state["wiki"]["id"]
    deny = policies.make(DENY)["id"]
    apps.write(app, {**WIKI, "policies": [deny]})

    # Unseen, nothing is replaced.
    wish = PROGRAM.format(policy="", application=", policies=[staff], skip_interstitial=False")
    stack.program(wish)
    refused = stack.up(ok=False).text
    assert f"no preview has shown it: policies: {FIRST}: - Keep out. Nothing was sent" in refused

    # A refresh is no change, says it once, and the state has it by then, encrypted.
    said = stack.refresh().text
    assert f"{UNDECLARED}: policies: + Keep out" in said
    assert "2 unchanged" in said or "3 unchanged" in said
    note = stack.state()["wiki"]["outputs"]["__undeclared"]
    assert "ciphertext" in note
    assert "Keep out" not in stack.pulumi("stack", "export").text
    assert UNDECLARED not in stack.refresh().text

    plan = stack.plan()
    assert plan.warnings("wiki") == [f"policies: {FIRST}: - Keep out"]
    assert plan.changed() == {"wiki": "update"}
    stack.up()
    assert [policy["name"] for policy in apps.look(app)["policies"]] == ["Staff"]
    assert stack.settled()
