"""A service token through the real engine: rotated in one `up`, its secrets in no output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

PROGRAM = """
token = cloudflare.ServiceToken(
    "ci",
    name="CI",
    duration="{duration}",
    rotate_when="{month}",
    previous_client_secret_expires_at="24h",
)
cloudflare.AccessPolicy(
    "machines", name="CI", decision="non_identity", include=[rules.service_token(token)]
)
pulumi.export("client_id", token.client_id)
pulumi.export("client_secret", token.client_secret)
"""


def secrets(stack: Stack) -> tuple[str, str]:
    shown = stack.pulumi("stack", "output", "--json", "--show-secrets", "--stack", "dev").text
    found = json.loads(shown)
    return found["client_id"], found["client_secret"]


def test_a_secret_is_rotated_in_one_up_and_both_are_good_and_neither_is_shown(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    program = PROGRAM.format(duration="8760h", month="2027-01")
    stack.program(program)
    plan = stack.plan()
    # In the preview of its creation, the rule refers to it.
    [rule] = plan.steps()["machines"]["newState"]["inputs"]["include"]
    assert rule == "service_token CI"
    said = [stack.up().text]
    client, old = secrets(stack)
    assert cloudflare.accepts_service_token(client, old)
    assert stack.settled()

    stack.program(program.replace("2027-01", "2027-02"))
    plan = stack.plan()
    assert plan.changed() == {"ci": "update"}
    assert plan.paths("ci") == {"rotate_when": "update"}
    [told] = plan.warnings("ci")
    assert "the one so far is accepted for another 24h" in told
    said += [plan.text, stack.up("--diff").text]
    assert secrets(stack)[0] == client
    new = secrets(stack)[1]
    assert new != old
    assert cloudflare.accepts_service_token(client, new)
    assert cloudflare.accepts_service_token(client, old)
    assert stack.settled()

    # Thirty days before the end, a preview and a refresh say so.
    soon = PROGRAM.format(duration="480h", month="2027-02")
    stack.program(soon)
    stack.up()
    [told] = stack.plan().warnings("ci")
    assert told.startswith("expires on ")
    refreshed = stack.refresh("--diff")
    assert "expires on " in refreshed.text
    said += [refreshed.text, stack.pulumi("stack", "export", "--stack", "dev").text]
    assert secrets(stack)[1] == new
    said.append(stack.destroy().text)
    assert not any(secret in text for secret in (old, new) for text in said)
    assert "ciphertext" in said[-2]
