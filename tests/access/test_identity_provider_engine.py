"""An identity provider through the real engine: named before it exists, its secrets hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

SECRET, OTHER = "Tr0ub4dor-and-3", "Correct-horse-4"
PROGRAM = """
entra = cloudflare.IdentityProvider(
    "entra",
    name="Entra",
    type="azureAD",
    config={"client_id": "c", "client_secret": "Tr0ub4dor-and-3", "directory_id": "d"},
    scim_config={"enabled": True},
)
cloudflare.AccessGroup(
    "staff",
    name="Staff",
    include=[
        rules.azure_ad("1", identity_provider=entra),
        rules.login_method(entra),
        rules.okta("Devs", identity_provider=entra.id),
    ],
)
tag = cloudflare.AccessTag("tag", name="engineers")
page = cloudflare.CustomPage("page", name="No", type="forbidden", custom_html="<h1>No</h1>")
cloudflare.AccessApplication(
    "app", domain="a.example.com", allowed_idps=[entra], tags=[tag, "old"], custom_pages=[page]
)
pulumi.export("secret", entra.scim_secret)
pulumi.export("config", entra.config)
"""


def test_a_provider_is_referred_to_before_it_exists_and_shows_no_secret(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    cloudflare.seed({"access/tags": [{"name": "old"}]})
    stack.program(PROGRAM)
    plan = stack.plan()
    made = ("test-dev", "entra", "staff", "app", "tag", "page")
    assert plan.changed() == dict.fromkeys(made, "create")
    inputs = {name: plan.steps()[name]["newState"]["inputs"] for name in ("entra", "staff", "app")}
    assert [*inputs["app"]["allowed_idps"]] == ["Entra"]
    assert sorted(inputs["app"]["tags"]) == ["engineers", "old"]
    assert len(inputs["app"]["custom_pages"]) == 1
    assert all("Entra" in key or "not known yet" in key for key in inputs["staff"]["include"])
    # All but the secret is shown.
    assert inputs["entra"]["config"]["directory_id"] == "d"
    said = [plan.text, stack.preview("--diff").text, stack.up("--diff").text]
    assert stack.settled()

    stack.program(PROGRAM.replace(SECRET, OTHER).replace('"d"', '"e"'))
    plan = stack.plan()
    assert plan.changed() == {"entra": "update"}
    assert plan.paths("entra") == {
        "config.client_secret": "update",
        "config.directory_id": "update",
    }
    said += [plan.text, stack.preview("--diff").text, stack.up("--diff").text]
    assert stack.settled()
    exported = stack.pulumi("stack", "export", "--stack", "dev").text
    said += [exported, stack.refresh("--diff").text]
    shown = stack.pulumi("stack", "output", "--json", "--show-secrets", "--stack", "dev").text
    assert OTHER in shown
    assert '"directory_id": "e"' in exported
    said.append(stack.destroy("--diff").text)
    assert not any(secret in text for secret in (SECRET, OTHER) for text in said)
    assert cloudflare.requests[-1]["status"] < 400
