"""The Zero Trust organization: taken over, changed, and left as it is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import cloudflare as sdk
import httpx
import pytest

import pulumi_cloudflare_access as package
from harness.fields import told, written
from harness.local import config_for, reset, strict
from harness.nursery import Nursery
from harness.plugin import CallFailed, CheckFailed, Plugin
from harness.program import resolved
from pulumi_cloudflare_access import LocalCloudflare

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = "access_organization"
DOMAIN = "authdomain.cloudflareaccess.com"
ADOPT = {"adopt": True, "adopt_changes": True}
WISH = {
    "session_duration": "12h",
    "login_design": {"header_text": "Welcome", "background_color": "#f6f6f6"},
    "deny_unmatched_requests_exempted_zone_names": ["b.example.com", "a.example.com"],
}


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[LocalCloudflare, Plugin]]:
    with (
        strict() as cloudflare,
        Nursery(os.environ) as nursery,
        Plugin(config_for(cloudflare), os.environ, nursery=nursery) as plugin,
    ):
        yield cloudflare, plugin


@pytest.fixture
def cloudflare(shared: tuple[LocalCloudflare, Plugin]) -> LocalCloudflare:
    reset(shared[0])
    return shared[0]


@pytest.fixture
def plugin(shared: tuple[LocalCloudflare, Plugin], cloudflare: LocalCloudflare) -> Plugin:
    del cloudflare
    shared[1].restart()
    told(shared[1])
    return shared[1]


def ask(cloudflare: LocalCloudflare, body: Any = None, scope: str = "") -> dict[str, Any]:
    """Read or change the organization by hand."""
    where = f"{scope or f'accounts/{cloudflare.account_id}'}/access/organizations"
    with httpx.Client(
        transport=httpx.WSGITransport(app=cloudflare.app),
        base_url=cloudflare.base_url,
        headers={"Authorization": f"Bearer {cloudflare.token}"},
    ) as http:
        answer = http.put(where, json=body) if body else http.get(where)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()["result"]
        return found


def test_it_is_taken_over_changed_and_quiet_then(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    with pytest.raises(CallFailed) as refused:
        plugin.up(KIND, {**WISH, "adopt": True})
    assert "session_duration: '24h' -> '12h'" in str(refused.value)
    assert written(cloudflare) == []
    made = plugin.up(KIND, {**WISH, **ADOPT})
    assert made.id == cloudflare.account_id
    assert ask(cloudflare)["session_duration"] == "12h"
    assert ask(cloudflare)["auth_domain"] == DOMAIN
    assert plugin.up(KIND, WISH, was=made).did == "same"
    plugin.restart()
    refreshed = plugin.refresh(made)
    assert refreshed
    assert (refreshed.did, refreshed.inputs) == ("same", made.inputs)


def test_what_is_as_declared_is_taken_over_without_a_write(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    made = plugin.up(KIND, {"session_duration": "24h", "adopt": True})
    assert written(cloudflare) == []
    assert made.outputs["session_duration"] == "24h"


def test_a_change_and_what_is_no_longer_declared(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    made = plugin.up(KIND, {**WISH, **ADOPT})
    design = {"login_design": {"header_text": "Hello"}}
    changed = plugin.up(KIND, design, was=made)
    assert changed.did == "update"
    there = ask(cloudflare)
    assert there["login_design"]["header_text"] == "Hello"
    # What no program declares any more stays as it is.
    assert there["session_duration"] == "12h"
    assert "session_duration" not in changed.outputs


def test_drift_is_named_and_not_undone_unseen(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    made = plugin.up(KIND, {**WISH, **ADOPT})
    ask(cloudflare, {"session_duration": "1h"})
    plugin.restart()
    with pytest.raises(CallFailed, match="session_duration: '12h' -> '1h'"):
        plugin.up(KIND, {**WISH, "session_duration": "6h"}, was=made)
    drifted = plugin.refresh(made)
    assert drifted
    assert drifted.did == "drift"
    assert told(plugin) == ["changed at Cloudflare: session_duration: '12h' -> '1h'"]
    assert plugin.up(KIND, WISH, was=drifted).did == "update"
    assert ask(cloudflare)["session_duration"] == "12h"


def test_a_destroy_leaves_it_and_says_so(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    made = plugin.up(KIND, {**WISH, **ADOPT})
    before = len(written(cloudflare))
    plugin.restart()
    told(plugin)
    plugin.destroy(made)
    assert len(written(cloudflare)) == before
    assert ask(cloudflare)["session_duration"] == "12h"
    [warning] = told(plugin)
    assert "stays as it is at Cloudflare" in warning


def test_a_preview_says_what_a_change_does_to_everybody(plugin: Plugin) -> None:
    there = {"auth_domain": DOMAIN, "adopt": True}
    made = plugin.up(KIND, there)
    moved = {"auth_domain": "acme.cloudflareaccess.com", "deny_unmatched_requests": True}
    plugin.diff(made, plugin.check(KIND, moved, made.inputs, made.urn))
    warnings = told(plugin)
    assert any("everybody logs in at acme.cloudflareaccess.com" in one for one in warnings)
    assert any("refuses every request to a host" in one for one in warnings)


def test_a_zone_has_one_of_its_own(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    declared = {"zone_id": cloudflare.zone_id, "name": "Shop", **ADOPT}
    made = plugin.up(KIND, declared)
    assert made.id == cloudflare.zone_id
    assert ask(cloudflare, scope=f"zones/{cloudflare.zone_id}")["name"] == "Shop"
    assert ask(cloudflare)["name"] == "Example"


def test_get_reads_everything(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    scope = {"account_id": cloudflare.account_id}
    found = plugin.get(KIND, cloudflare.account_id, scope)
    assert (found.outputs["name"], found.outputs["auth_domain"]) == ("Example", DOMAIN)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"session_duration": "a day"}, "session_duration: "),
        ({"warp_auth_session_duration": "30s"}, "warp_auth_session_duration: "),
        ({"login_design": {"colour": "red"}}, "login_design.colour: is a field"),
        ({"mfa_config": {"allowed_authenticators": ["totpp"]}}, 'say "totp"'),
    ],
)
def test_what_cannot_be_is_refused_in_the_preview(
    plugin: Plugin, change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(CheckFailed) as failed:
        plugin.check(KIND, change)
    assert any(reason in one for one in failed.value.reasons), failed.value.reasons


def test_without_zero_trust_nothing_is_taken_over(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.zero_trust = False
    with pytest.raises(CallFailed, match="Access is not enabled"):
        plugin.up(KIND, {**WISH, **ADOPT})


def test_it_is_looked_up(program: LocalCloudflare) -> None:
    found = package.get_access_organization()
    assert (found.name, found.auth_domain) == ("Example", DOMAIN)
    assert (found.session_duration, found.account_id) == ("24h", program.account_id)
    assert resolved(package.get_access_organization_output()) == found
    assert package.get_access_organization(zone_id=program.zone_id).zone_id == program.zone_id


def test_the_sdk_reads_and_changes_it(program: LocalCloudflare) -> None:
    with sdk.Cloudflare(
        api_token=program.token, base_url=program.base_url, max_retries=0
    ) as client:
        organizations: Any = client.zero_trust.organizations
        of = {"account_id": program.account_id}
        assert organizations.list(**of).auth_domain == DOMAIN
        changed = organizations.update(session_duration="1h", is_ui_read_only=True, **of)
        assert (changed.session_duration, changed.name) == ("1h", "Example")
        with pytest.raises(sdk.BadRequestError):
            organizations.update(session_duration="long", **of)
