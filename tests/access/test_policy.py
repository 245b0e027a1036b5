"""Reusable policies through the plugin's own gRPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from harness.plugin import CallFailed, CheckFailed
from pulumi_cloudflare_access import rules

if TYPE_CHECKING:
    from harness.plugin import Plugin
    from pulumi_cloudflare_access import LocalCloudflare

KIND = "access_policy"
ADA, EVE = (rules.email(f"{name}@example.com") for name in ("ada", "eve"))
STAFF: dict[str, Any] = {"name": "Staff", "decision": "allow", "include": [ADA]}


def asked(cloudflare: LocalCloudflare) -> list[str]:
    return [request["method"] for request in cloudflare.requests]


def ask(cloudflare: LocalCloudflare, verb: str, path: str, body: Any = None) -> Any:
    answer = httpx.Client(
        transport=httpx.WSGITransport(app=cloudflare.app),
        base_url=cloudflare.base_url,
        headers={"Authorization": f"Bearer {cloudflare.token}"},
    ).request(verb, f"accounts/{cloudflare.account_id}/access/{path}", json=body)
    assert answer.is_success, answer.text
    return answer.json()["result"]


def attached(cloudflare: LocalCloudflare, *ids: str) -> str:
    body = {"type": "self_hosted", "name": "Wiki", "domain": "wiki.example.com", "policies": ids}
    return str(ask(cloudflare, "POST", "apps", body)["id"])


def test_a_policy_is_made_kept_changed_and_removed(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    made = plugin.up(KIND, {**STAFF, "session_duration": "1h", "approval_required": True})
    assert plugin.up(KIND, made.inputs, was=made).did == "same"
    assert made.outputs["app_count"] == 0
    changed = plugin.up(KIND, {**STAFF, "exclude": [EVE]}, was=made)
    assert changed.did == "update"
    found = ask(cloudflare, "GET", f"policies/{made.id}")
    assert not found.get("approval_required")
    assert found.get("session_duration") != "1h"
    refreshed = plugin.refresh(changed)
    assert refreshed
    assert (refreshed.did, refreshed.inputs) == ("same", changed.inputs)
    plugin.destroy(changed)
    assert plugin.refresh(changed) is None


def test_a_warning_does_not_tell_what_the_program_keeps_secret(plugin: Plugin) -> None:
    people = {"email": {"email": "whistleblower@example.com"}}
    plugin.check(
        KIND, {"name": "P", "decision": "bypass", "include": [people], "__secret": ["include"]}
    )
    [told] = plugin.warnings
    assert told.startswith("include: [secret] never matches under bypass, which is decided")


def test_nor_in_which_form_it_stands_in_the_state(plugin: Plugin) -> None:
    countries = [{"geo": {"country_code": code}} for code in ("ch", "li")]
    plugin.check(KIND, {**STAFF, "require": countries, "__secret": ["require"]})
    [told] = plugin.warnings
    assert told.startswith("require: [secret] and [secret] matches nobody")


def test_where_a_policy_is_attached_is_no_change_of_it(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    made = plugin.up(KIND, STAFF)
    attached(cloudflare, made.id)
    refreshed = plugin.refresh(made)
    assert refreshed
    assert (refreshed.did, refreshed.outputs["app_count"]) == ("same", 1)
    assert plugin.up(KIND, STAFF, was=refreshed).did == "same"
    assert plugin.warnings == []


def test_a_policy_that_is_attached_is_not_deleted_and_the_applications_are_named(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    made = plugin.up(KIND, STAFF)
    attached(cloudflare, made.id)
    with pytest.raises(CallFailed, match=r'in use by Access application "Wiki" \('):
        plugin.destroy(made)
    assert asked(cloudflare).count("DELETE") == 1


def test_a_policy_that_is_detached_meanwhile_is_deleted(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    made = plugin.up(KIND, STAFF)
    app = attached(cloudflare, made.id)
    body = {"type": "self_hosted", "domain": "wiki.example.com", "policies": []}
    ask(cloudflare, "PUT", f"apps/{app}", body)
    plugin.destroy(made)
    assert ask(cloudflare, "GET", "policies") == []


@pytest.mark.parametrize("changes", [0, 1])
def test_a_policy_that_an_application_owns_is_made_reusable_where_it_is(
    changes: int, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    app = attached(cloudflare)
    owned = ask(cloudflare, "POST", f"apps/{app}/policies", {**STAFF, "precedence": 7})
    declared = {**STAFF, "adopt": owned["id"]}
    if changes:
        declared |= {"exclude": [EVE], "adopt_changes": True}
    made = plugin.up(KIND, declared)
    assert made.id == owned["id"]
    [policy] = ask(cloudflare, "GET", f"apps/{app}/policies")
    assert (policy["id"], policy["precedence"], policy["reusable"]) == (made.id, 7, True)
    assert len(policy["exclude"]) == changes
    assert plugin.warnings == []


def test_a_policy_whose_adoption_is_refused_stays_the_applications_own(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    app = attached(cloudflare)
    owned = ask(cloudflare, "POST", f"apps/{app}/policies", {**STAFF, "precedence": 7})
    with pytest.raises(CallFailed, match=r"^AdoptionError: .*would change: exclude: \+ email eve"):
        plugin.up(KIND, {**STAFF, "exclude": [EVE], "adopt": owned["id"]})
    [policy] = ask(cloudflare, "GET", f"apps/{app}/policies")
    assert (policy["id"], policy.get("reusable", False)) == (owned["id"], False)
    assert ask(cloudflare, "GET", "policies") == []


def test_a_policy_that_is_nowhere_cannot_be_adopted(plugin: Plugin) -> None:
    with pytest.raises(CallFailed, match=r"^NotFoundError: "):
        plugin.up(KIND, {**STAFF, "adopt": "ea85612a-29c8-46c2-bacb-669d65136971"})


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"include": []}, "include: must hold at least one rule"),
        ({"include": [rules.linked_app_token("x")]}, "include: linked_app_token"),
        ({"decision": "block"}, "decision: "),
        ({"session_duration": "1 day"}, "session_duration: "),
        ({"precedence": 1}, "precedence: is not a field"),
        ({"zone_id": "z"}, "zone_id: is not a field"),
    ],
)
def test_what_the_api_refuses_is_refused_before_anything_is_sent(
    fields: dict[str, Any], reason: str, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    with pytest.raises(CheckFailed) as caught:
        plugin.check(KIND, {**STAFF, **fields})
    assert any(told.startswith(reason) for told in caught.value.reasons), caught.value.reasons
    assert asked(cloudflare) == []


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ({"decision": "bypass", "include": [rules.everyone()]}, "bypass for everyone"),
        ({"include": [rules.any_valid_service_token()]}, "never matches under allow"),
        ({"decision": "bypass"}, "never matches under bypass"),
        ({"require": [rules.geo("de"), rules.geo("fr")]}, "require"),
    ],
)
def test_what_hardly_anyone_means_is_a_warning(
    fields: dict[str, Any], warning: str, plugin: Plugin
) -> None:
    plugin.check(KIND, {**STAFF, **fields})
    assert any(warning in told for told in plugin.warnings), plugin.warnings


def test_who_uses_the_policies_that_are_deleted_is_read_once(
    plugin: Plugin, later: Plugin, cloudflare: LocalCloudflare
) -> None:
    made = [plugin.up(KIND, {**STAFF, "name": f"Staff {n}"}, name=f"{n}") for n in range(3)]
    cloudflare.app.requests.clear()
    for policy in made:
        later.destroy(policy)
    assert asked(cloudflare) == ["GET", "DELETE", "DELETE", "DELETE"]
