"""What nobody declares stays; a first declaration replaces nothing that no preview has shown."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from harness.fields import FIRST, UNDECLARED, Person, told, written
from harness.local import reset
from harness.plugin import CallFailed, Kept, Plugin
from pulumi_cloudflare_access import LocalCloudflare, rules

NOTE = "__undeclared"
APP = "access_application"
WIKI: dict[str, Any] = {"type": "self_hosted", "name": "Wiki", "domain": "wiki.example.com"}
SAAS: dict[str, Any] = {"type": "saas", "name": "Wiki"}
STAFF: dict[str, Any] = {
    "name": "Staff",
    "decision": "allow",
    "include": [rules.email_domain("example.com")],
}
KEEP_OUT: dict[str, Any] = {"name": "Keep out", "decision": "deny", "include": [rules.everyone()]}


@pytest.fixture
def cloudflare(shared: tuple[LocalCloudflare, Plugin]) -> LocalCloudflare:
    cloudflare, _ = shared
    reset(cloudflare)
    return cloudflare


@pytest.fixture
def plugin(shared: tuple[LocalCloudflare, Plugin], cloudflare: LocalCloudflare) -> Plugin:
    del cloudflare
    _, plugin = shared
    told(plugin)
    plugin.progress.clear()
    return plugin


@pytest.fixture
def person(cloudflare: LocalCloudflare) -> Person:
    return Person(cloudflare, "apps")


def refreshed(plugin: Plugin, kept: Kept) -> Kept:
    found = plugin.refresh(kept)
    assert found
    return found


def refused(plugin: Plugin, cloudflare: LocalCloudflare, kind: str, wish: Any, was: Kept) -> str:
    """Return why an update is refused; nothing was sent."""
    before = len(written(cloudflare))
    with pytest.raises(CallFailed) as caught:
        plugin.up(kind, wish, was=was)
    assert len(written(cloudflare)) == before
    assert "Nothing was sent. Run pulumi refresh" in str(caught.value)
    return str(caught.value)


# --------------------------------------------------------------------------------- policies


@pytest.fixture
def deny(cloudflare: LocalCloudflare) -> str:
    return str(Person(cloudflare, "policies").make(KEEP_OUT)["id"])


def test_a_policy_that_somebody_has_attached_is_named_before_a_list_replaces_it(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person, deny: str
) -> None:
    staff = plugin.up("access_policy", STAFF).id
    made = plugin.up(APP, WIKI)
    person.write(made.id, {**WIKI, "policies": [deny]})
    wish = {**WIKI, "policies": [staff]}
    error = refused(plugin, cloudflare, APP, wish, made)
    assert f"no preview has shown it: policies: {FIRST}: - Keep out" in error
    assert "was changed" not in error, "nobody changed what is declared"
    told(plugin)

    seen = refreshed(plugin, made)
    assert (seen.did, told(plugin)) == ("same", [])
    assert plugin.progress == [f"{UNDECLARED}: policies: + Keep out"]
    # A preview says it, and sends nothing.
    plugin.diff(seen, plugin.check(APP, wish, seen.inputs, seen.urn))
    assert told(plugin) == [f"policies: {FIRST}: - Keep out"]
    changed = plugin.up(APP, wish, was=seen)
    assert [policy["name"] for policy in person.look(made.id)["policies"]] == ["Staff"]
    assert (changed.did, NOTE in changed.outputs) == ("update", False)


def test_what_is_attached_after_the_refresh_is_refused_again(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person, deny: str
) -> None:
    staff = plugin.up("access_policy", STAFF).id
    made = plugin.up(APP, WIKI)
    person.write(made.id, {**WIKI, "policies": [deny]})
    seen = refreshed(plugin, made)
    another = Person(cloudflare, "policies").make({**KEEP_OUT, "name": "Nor these"})["id"]
    person.write(made.id, {**WIKI, "policies": [deny, another]})
    error = refused(plugin, cloudflare, APP, {**WIKI, "policies": [staff]}, seen)
    assert "- Keep out, - Nor these" in error


def test_the_note_is_encrypted_and_holds_names_nowhere_in_clear(
    plugin: Plugin, person: Person, deny: str
) -> None:
    made = plugin.up(APP, WIKI)
    assert NOTE not in made.outputs
    person.write(made.id, {**WIKI, "policies": [deny]})
    seen = refreshed(plugin, made)
    note = seen.outputs[NOTE]
    # What the engine takes for a secret, it encrypts.
    assert note["4dabf18193072939515e22adb298388d"] == "1b47061264138c4ac30d75fd1eb44270"
    assert json.loads(note["value"])["policies"]["Keep out"] == {"id": deny}
    others = {name: value for name, value in seen.outputs.items() if name != NOTE}
    assert "Keep out" not in str(others)
    assert NOTE not in seen.inputs


# ------------------------------------------------------------------------------- older states


def older(kept: Kept) -> Kept:
    """Return a state as a version without notes has left it."""
    return replace(kept, outputs={k: v for k, v in kept.outputs.items() if k != NOTE})


def test_of_a_state_without_a_note_only_what_is_equal_or_nothing_new_goes_on(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    made = plugin.up(APP, WIKI)
    person.write(made.id, {**WIKI, "custom_deny_message": "No.", "session_duration": "24h"})
    state = older(refreshed(plugin, made))
    told(plugin)
    equals: list[dict[str, Any]]
    equals = [{"custom_deny_message": "No."}, {"session_duration": "8h"}, {"tags": []}]
    for equal in equals:
        assert plugin.up(APP, {**WIKI, **equal}, was=state).did == "update"
        person.write(made.id, {**WIKI, "custom_deny_message": "No.", "session_duration": "24h"})
    assert told(plugin) == []
    wish = {**WIKI, "custom_deny_message": "Sorry."}
    assert "'No.' -> 'Sorry.'" in refused(plugin, cloudflare, APP, wish, state)
    told(plugin)
    # The first look notes it, and says it once.
    plugin.progress.clear()
    seen = refreshed(plugin, state)
    assert (seen.did, told(plugin)) == ("same", [])
    assert plugin.progress == [f"{UNDECLARED}: custom_deny_message: nothing -> 'No.'"]
    assert plugin.up(APP, wish, was=seen).did == "update"


def test_an_older_state_that_lacks_what_answers_leave_out_heals_quietly(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    cloudflare.switches.empty_values = "omitted"
    declared = {**WIKI, "skip_interstitial": False}
    made = plugin.up(APP, declared)
    outputs = {k: v for k, v in made.outputs.items() if k != "skip_interstitial"}
    seen = refreshed(plugin, replace(made, outputs=outputs))
    assert (seen.did, told(plugin)) == ("same", [])
    assert seen.outputs["skip_interstitial"] is False
    assert plugin.up(APP, declared, was=seen).did == "same"
    person.write(made.id, {**WIKI, "skip_interstitial": True})
    assert refreshed(plugin, seen).did == "drift"


# ------------------------------------------------------------------------ in objects and lists

CLAIM = {"name": "department", "scope": "profile"}
OIDC = {"auth_type": "oidc", "custom_claims": [CLAIM], "scopes": ["openid"]}
INSIDE: list[tuple[dict[str, Any], str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    # What it is of, which field, what is declared, what somebody adds, what is declared then.
    (
        SAAS,
        "saas_app",
        OIDC,
        {**OIDC, "group_filter_regex": "^wiki-"},
        {**OIDC, "group_filter_regex": ".*"},
    ),
    (
        SAAS,
        "saas_app",
        OIDC,
        {**OIDC, "custom_claims": [{**CLAIM, "required": True}]},
        {**OIDC, "custom_claims": [{**CLAIM, "required": False}]},
    ),
    (
        WIKI,
        "oauth_configuration",
        {"enabled": True},
        {"enabled": True, "grant": {"session_duration": "12h"}},
        {"enabled": True, "grant": {"session_duration": "1h"}},
    ),
    (
        WIKI,
        "oauth_configuration",
        {"enabled": True},
        {"enabled": True, "dynamic_client_registration": {"enabled": True}},
        {"enabled": True, "dynamic_client_registration": {"allowed_uris": ["https://a.io/*"]}},
    ),
    (
        {"type": "app_launcher"},
        "landing_page_design",
        {"title": "Hello"},
        {"title": "Hello", "message": "Mind the gap"},
        {"title": "Hello", "message": "Mind the step"},
    ),
]


@pytest.mark.parametrize(("base", "field", "declared", "added", "then"), INSIDE)
def test_inside_an_object_it_is_likewise(
    base: dict[str, Any],
    field: str,
    declared: Any,
    added: Any,
    then: Any,
    *,
    plugin: Plugin,
    cloudflare: LocalCloudflare,
    person: Person,
) -> None:
    made = plugin.up(APP, {**base, field: declared})
    told(plugin)
    person.write(made.id, {**base, field: added})
    wish = {**base, field: then}
    assert FIRST in refused(plugin, cloudflare, APP, wish, made)
    # What is there already is nothing new.
    before = len(written(cloudflare))
    equal = plugin.up(APP, {**base, field: added}, was=made)
    assert (equal.did, len(written(cloudflare)), told(plugin)) == ("update", before, [])
    seen = refreshed(plugin, made)
    assert (seen.did, told(plugin)) == ("same", [])
    [message] = plugin.progress
    assert message.startswith(f"{UNDECLARED}: {field}")
    assert plugin.up(APP, wish, was=seen).did == "update"
    [warning] = told(plugin)
    assert warning.startswith(field)
    assert FIRST in warning


# ---------------------------------------------------------------------------- every other kind


def test_a_group_is_made_the_default_unseen_by_nobody(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    staff = {"name": "Staff", "include": [rules.everyone()]}
    made = plugin.up("access_group", staff)
    Person(cloudflare, "groups").write(made.id, {**staff, "is_default": True})
    wish = {**staff, "is_default": False}
    error = refused(plugin, cloudflare, "access_group", wish, made)
    assert f"is_default: {FIRST}: True -> False" in error
    told(plugin)
    seen = refreshed(plugin, made)
    plugin.up("access_group", wish, was=seen)
    assert told(plugin) == [f"is_default: {FIRST}: True -> False"]


def test_in_a_zone_it_is_likewise(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    zone = {"zone_id": cloudflare.zone_id}
    person = Person(cloudflare, "apps", f"zones/{cloudflare.zone_id}")
    made = plugin.up(APP, {**WIKI, **zone})
    person.write(made.id, {**WIKI, "enable_binding_cookie": True})
    wish = {**WIKI, **zone, "enable_binding_cookie": False}
    assert f"enable_binding_cookie: {FIRST}" in refused(plugin, cloudflare, APP, wish, made)


def test_the_language_of_a_connector_is_told_too(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    declared = {"email_domain": "example.com"}
    made = plugin.up("sso_connector", declared)
    where = f"/accounts/{cloudflare.account_id}/sso_connectors/{made.id}"
    Person(cloudflare, "apps").patch(where, {"use_fedramp_language": True})
    wish = {**declared, "use_fedramp_language": False}
    told_ = f"use_fedramp_language: {FIRST}: True -> False"
    assert told_ in refused(plugin, cloudflare, "sso_connector", wish, made)


def test_the_fields_of_one_policy_of_an_application_are_told_too(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    app = person.make(WIKI)["id"]
    policies = Person(cloudflare, f"apps/{app}/policies")
    declared = {"application": app, "precedence": 5, **STAFF}
    made = plugin.up("access_application_policy", declared)
    policies.write(made.id, {**STAFF, "precedence": 5, "isolation_required": True})
    wish = {**declared, "isolation_required": False}
    error = refused(plugin, cloudflare, "access_application_policy", wish, made)
    assert f"isolation_required: {FIRST}: True -> False" in error


def test_what_is_asked_of_people_by_a_policy_of_a_list_is_drift(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    app = person.make(WIKI)["id"]
    policies = Person(cloudflare, f"apps/{app}/policies")
    declared = {"application": app, "policies": [STAFF, KEEP_OUT]}
    made = plugin.up("access_application_policies", declared)
    [there] = [one for one in policies.look() if one["name"] == "Staff"]
    body = {**STAFF, "precedence": there["precedence"], "mfa_config": {"mfa_disabled": True}}
    policies.write(there["id"], body)
    wish = {**declared, "policies": [{**STAFF, "include": [rules.everyone()]}, KEEP_OUT]}
    error = refused(plugin, cloudflare, "access_application_policies", wish, made)
    assert "Staff.mfa_config" in error
    told(plugin)
    drifted = refreshed(plugin, made)
    assert drifted.did == "drift"
    assert drifted.inputs["policies"]["Staff"]["mfa_config"] == {"mfa_disabled": True}
    told(plugin)
    plugin.up("access_application_policies", declared, was=drifted)
    assert "mfa_disabled" not in str(policies.look())


def test_what_comes_in_a_declared_entry_is_told_as_that(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    app = person.make(WIKI)["id"]
    policies = Person(cloudflare, f"apps/{app}/policies")
    kind = "access_application_policies"
    made = plugin.up(kind, {"application": app, "policies": [STAFF, KEEP_OUT]})
    [there] = [one for one in policies.look() if one["name"] == "Staff"]
    for before, after in ("nothing", "'100h'"), ("'100h'", "'200h'"):
        body = {**STAFF, "precedence": there["precedence"], "session_duration": after.strip("'")}
        policies.write(there["id"], body)
        plugin.progress.clear()
        made = refreshed(plugin, made)
        change = f"Staff.session_duration: {before} -> {after}"
        assert (made.did, plugin.progress) == ("same", [f"{UNDECLARED}: policies: {change}"])


def test_an_object_that_is_only_read_has_no_note(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    app = person.make({**WIKI, "custom_deny_message": "No."})["id"]
    found = plugin.get(APP, app, {"account_id": cloudflare.account_id})
    assert NOTE not in found.outputs
    assert found.outputs["custom_deny_message"] == "No."


# ----------------------------------------------------------------------- what is false or empty


def test_no_falsehood_of_an_answer_is_sent_back_that_nobody_declares(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    """Without WARP sessions, an account refuses even the word."""
    cloudflare.switches.warp_sessions = False
    made = plugin.up(APP, WIKI)
    assert person.look(made.id)["allow_authenticate_via_warp"] is False
    changed = plugin.up(APP, {**WIKI, "name": "Docs"}, was=made)
    body = written(cloudflare)[-1]["body"]
    assert "allow_authenticate_via_warp" not in body
    assert not [name for name, value in body.items() if value is False or value in ("", [])]
    assert refreshed(plugin, changed).did == "same"
    assert told(plugin) == []
    there = person.make({**WIKI, "domain": "docs.example.com"})["id"]
    more = {**WIKI, "domain": "docs.example.com", "name": "Docs", "adopt": there}
    adopted = plugin.up(APP, {**more, "adopt_changes": True}, name="adopted")
    assert adopted.id == there
    assert "allow_authenticate_via_warp" not in written(cloudflare)[-1]["body"]


def test_a_falsehood_is_sent_where_it_is_not_what_nothing_means(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    made = plugin.up(APP, WIKI)
    hidden = {"app_launcher_visible": False, "http_only_cookie_attribute": False}
    off = {"oauth_configuration": {"enabled": False}}
    person.write(made.id, {**WIKI, **hidden, **off})
    plugin.up(APP, {**WIKI, "name": "Docs"}, was=made)
    body = written(cloudflare)[-1]["body"]
    assert {name: body[name] for name in hidden} == hidden
    assert body["oauth_configuration"]["enabled"] is False


def test_what_is_declared_empty_for_the_first_time_is_sent_once(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    """Only the API knows whether a field that it leaves out means the same."""
    cloudflare.switches.empty_values = "omitted"
    made = plugin.up(APP, WIKI)
    wish = {**WIKI, "allow_authenticate_via_warp": False}
    changed = plugin.up(APP, wish, was=made)
    assert written(cloudflare)[-1]["body"]["allow_authenticate_via_warp"] is False
    before = len(written(cloudflare))
    again = refreshed(plugin, changed)
    assert plugin.up(APP, wish, was=again).did == "same"
    assert (len(written(cloudflare)), told(plugin)) == (before, [])


def test_a_user_group_without_policies_may_have_none_in_its_answer(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.empty_values = "omitted"
    for declared in ({"name": "Nobody"}, {"name": "No one", "policies": []}):
        made = plugin.up("user_group", declared, name=str(declared["name"]))
        seen = refreshed(plugin, made)
        assert (seen.did, told(plugin)) == ("same", [])
        assert plugin.up("user_group", declared, was=seen).did == "same"
        renamed = {**declared, "name": f"Really {declared['name']}"}
        assert plugin.up("user_group", renamed, was=seen).did == "update"
        assert told(plugin) == []
