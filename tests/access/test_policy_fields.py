"""Every field of reusable policies: one life each."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from harness.fields import ABSENT, Life, Person, described, holds, meant, told, written
from harness.local import config_for, reset
from harness.plugin import CallFailed, CheckFailed, Plugin
from local_cloudflare.documented import paths
from local_cloudflare.samples import NOW, openapi
from pulumi_cloudflare_access import LocalCloudflare, rules
from pulumi_cloudflare_access.access.policy import AccessPolicyInputs
from pulumi_cloudflare_access.fields.model import fields_of

if TYPE_CHECKING:
    pass

KIND = "access_policy"
ID = "aa0a4aab-672b-4bdb-bc33-a59f1130a11f"
ADA, EVE = rules.email("ada@example.com"), rules.email("eve@example.com")
BASE = {"name": "Allow staff", "decision": "allow", "include": [ADA]}

GROUPS = [
    {"approvals_needed": 1, "email_addresses": ["Ada@Example.com", "eve@example.com"]},
    {"approvals_needed": 2, "email_list_uuid": ID},
]
MFA = {
    "allowed_authenticators": ["totp", "biometrics", "security_key"],
    "mfa_disabled": False,
    "session_duration": "30m",
}
RDP = {
    "allowed_clipboard_local_to_remote_formats": ["text", "file"],
    "allowed_clipboard_remote_to_local_formats": ["text"],
}
# Two values of every field, and what an answer has of it when it is no longer declared.
VALUES: dict[str, tuple[Any, Any, Any]] = {
    "approval_groups": (GROUPS, GROUPS[:1], []),
    "approval_required": (True, False, False),
    "connection_rules": (
        {"rdp": RDP},
        {"rdp": {"allowed_clipboard_local_to_remote_formats": ["text"]}},
        ABSENT,
    ),
    "exclude": ([EVE, rules.geo("nl")], [EVE], []),
    "isolation_required": (True, False, False),
    "mfa_config": (MFA, {"mfa_disabled": True}, ABSENT),
    "purpose_justification_prompt": ("Why?", "What for?", ABSENT),
    "purpose_justification_required": (True, False, False),
    "require": ([rules.geo("nl"), rules.auth_method("mfa")], [rules.geo("de")], []),
    "session_duration": ("30m", "2h45m", "24h"),
}
# Every policy has these: they change, and cannot be removed.
REQUIRED: dict[str, tuple[Any, Any]] = {
    "name": ("Allow staff", "Allow everybody"),
    "decision": ("allow", "deny"),
    "include": ([ADA, EVE, rules.ip("203.0.113.7")], [EVE]),
}


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
    return plugin


@pytest.mark.parametrize("field", VALUES)
def test_a_field_lives(field: str, plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    one, other, absent = VALUES[field]
    person = Person(cloudflare, "policies")
    Life(KIND, BASE, field, one, other, absent).lived(plugin, cloudflare, person)


# These two are managed whether they are declared or not.
OPTIONAL = sorted(VALUES.keys() - {"exclude", "require"})


@pytest.mark.parametrize("field", OPTIONAL)
def test_no_first_declaration_replaces_unseen_what_somebody_has_set(
    field: str, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    one, other, absent = VALUES[field]
    person = Person(cloudflare, "policies")
    Life(KIND, BASE, field, one, other, absent).first_declared(plugin, cloudflare, person)


@pytest.mark.parametrize("field", OPTIONAL)
def test_somebody_else_s_value_is_overwritten_where_that_is_asked_for(
    field: str, cloudflare: LocalCloudflare
) -> None:
    one, other, _ = VALUES[field]
    config = config_for(cloudflare) | {"cloudflare-access:onDrift": "overwrite"}
    with Plugin(config, os.environ) as plugin:
        made = plugin.up(KIND, BASE)
        person = Person(cloudflare, "policies")
        person.write(made.id, {**BASE, field: one})
        changed = plugin.up(KIND, {**BASE, field: other}, was=made)
        assert changed.did == "update"
        assert holds(person.look(made.id).get(field), other)


EMPTY: dict[str, Any] = {
    "approval_required": False,
    "approval_groups": [],
    "purpose_justification_required": False,
    "purpose_justification_prompt": "",
    "isolation_required": False,
    "exclude": [],
    "require": [],
}


@pytest.mark.parametrize("field", EMPTY)
def test_what_answers_leave_out_when_it_is_empty_is_no_drift(
    field: str, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    if field in {"exclude", "require"}:
        # Managed from the first: there is no later declaration.
        Life(KIND, BASE, field, EMPTY[field], None).quiet_without_empty(plugin, cloudflare)
        return
    life = Life(KIND, BASE, field, *VALUES[field])
    life.is_empty_quietly(plugin, cloudflare, Person(cloudflare, "policies"), EMPTY[field])


EMPTY_OBJECTS: dict[str, Any] = {
    "mfa_config": {"mfa_disabled": False, "session_duration": "5m"},
    "connection_rules": {
        "rdp": {
            "allowed_clipboard_local_to_remote_formats": [],
            "allowed_clipboard_remote_to_local_formats": ["text"],
        }
    },
    "approval_groups": [{"approvals_needed": 0, "email_addresses": [], "email_list_uuid": ID}],
}


@pytest.mark.parametrize("field", EMPTY_OBJECTS)
def test_what_is_empty_inside_an_object_is_no_drift_either(
    field: str, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    Life(KIND, BASE, field, EMPTY_OBJECTS[field], None).quiet_without_empty(plugin, cloudflare)


# What a program declares of a part that decides who gets in, and what somebody adds to it.
ADDED: dict[str, tuple[Any, Any]] = {
    "an e-mail list of an approval group": (
        {"approval_groups": [{"approvals_needed": 1, "email_addresses": ["ada@example.com"]}]},
        {
            "approval_groups": [
                {
                    "approvals_needed": 1,
                    "email_addresses": ["ada@example.com"],
                    "email_list_uuid": ID,
                }
            ]
        },
    ),
    "addresses of an approval group": (
        {"approval_groups": [{"approvals_needed": 1, "email_list_uuid": ID}]},
        {
            "approval_groups": [
                {
                    "approvals_needed": 1,
                    "email_addresses": ["ada@example.com"],
                    "email_list_uuid": ID,
                }
            ]
        },
    ),
    "MFA that is disabled": (
        {"mfa_config": {"session_duration": "30m"}},
        {"mfa_config": {"session_duration": "30m", "mfa_disabled": True}},
    ),
    "an authenticator": (
        {"mfa_config": {"session_duration": "30m"}},
        {"mfa_config": {"session_duration": "30m", "allowed_authenticators": ["totp"]}},
    ),
    "a session of MFA": (
        {"mfa_config": {"allowed_authenticators": ["totp"]}},
        {"mfa_config": {"allowed_authenticators": ["totp"], "session_duration": "720h"}},
    ),
    "a way out of a connection": (
        {"connection_rules": {"rdp": {"allowed_clipboard_local_to_remote_formats": ["text"]}}},
        {
            "connection_rules": {
                "rdp": {
                    "allowed_clipboard_local_to_remote_formats": ["text"],
                    "allowed_clipboard_remote_to_local_formats": ["text", "file"],
                }
            }
        },
    ),
}


@pytest.mark.parametrize("what", ADDED)
def test_a_part_that_decides_what_is_asked_of_people_is_compared_whole(
    what: str, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    declared, there = ({**BASE, **part} for part in ADDED[what])
    [field] = ADDED[what][0]
    person = Person(cloudflare, "policies")
    made = plugin.up(KIND, declared)
    person.write(made.id, there)
    before = len(written(cloudflare))
    with pytest.raises(CallFailed, match=f"no preview has shown it: {field}"):
        plugin.up(KIND, {**declared, "name": "Other"}, was=made)
    assert len(written(cloudflare)) == before
    another = person.make(there)["id"]
    with pytest.raises(CallFailed, match=f"would change: {field}"):
        plugin.up(KIND, {**declared, "adopt": another}, name="adopting")
    drifted = plugin.refresh(made)
    assert drifted
    [warning] = told(plugin)
    assert (drifted.did, warning.startswith(f"changed at Cloudflare: {field}")) == ("drift", True)
    # Seen by then, it goes.
    plugin.up(KIND, declared, was=drifted)
    assert meant(written(cloudflare)[-1]["body"][field]) == meant(declared[field])
    due = {"mfa_disabled": False, **declared[field]} if field == "mfa_config" else declared[field]
    assert meant(person.look(made.id)[field]) == meant(due)


@pytest.mark.parametrize("field", REQUIRED)
def test_a_field_that_every_policy_has_changes_and_comes_back(
    field: str, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    one, other = REQUIRED[field]
    person = Person(cloudflare, "policies")
    made = plugin.up(KIND, {**BASE, field: one})
    changed = plugin.up(KIND, {**BASE, field: other}, was=made)
    assert (changed.did, changed.id) == ("update", made.id)
    before = person.look(made.id)[field]
    person.write(made.id, {**BASE, field: one})
    drifted = plugin.refresh(changed)
    assert drifted
    assert drifted.did == "drift"
    assert told(plugin)[-1].startswith(f"changed at Cloudflare: {field}: ")
    repaired = plugin.up(KIND, {**BASE, field: other}, was=drifted)
    assert person.look(made.id)[field] == before
    refreshed = plugin.refresh(repaired)
    assert refreshed
    assert (refreshed.did, told(plugin)) == ("same", [])
    without = {name: value for name, value in BASE.items() if name != field}
    with pytest.raises(CheckFailed, match=f"{field}: is required"):
        plugin.up(KIND, without, was=refreshed)


def test_how_many_applications_have_it_is_an_output_and_never_a_change(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    made = plugin.up(KIND, BASE)
    assert made.outputs["app_count"] == 0
    apps = Person(cloudflare, "apps")
    apps.make({"type": "self_hosted", "domain": "a.example.com", "policies": [made.id]})
    refreshed = plugin.refresh(made)
    assert refreshed
    assert (refreshed.did, refreshed.outputs["app_count"]) == ("same", 1)
    assert plugin.up(KIND, BASE, was=refreshed).did == "same"
    assert told(plugin) == []


# Only of policies that an infrastructure application owns, and only in the SDK.
ONLY_OURS = {
    "account_id",
    "connection_rules.ssh",
    "connection_rules.ssh.usernames",
    "connection_rules.ssh.allow_email_alias",
}


def test_every_documented_field_is_a_field_here() -> None:
    document = openapi(NOW)
    route = document["paths"]["/accounts/{account_id}/access/policies"]["post"]
    schema = route["requestBody"]["content"]["application/json"]["schema"]
    sections = ("include.", "exclude.", "require.")
    known = {path for path in paths(document, schema) if not path.startswith(sections)}
    ours = described(fields_of(AccessPolicyInputs))
    assert known <= ours
    assert ours - known == ONLY_OURS
    assert ours.isdisjoint({"app_count", "reusable", "created_at", "updated_at"})


def test_every_field_has_a_life() -> None:
    assert fields_of(AccessPolicyInputs).keys() == {*VALUES, *REQUIRED, "account_id", "extra"}


# ------------------------------------------------------------------- what hardly anyone means

TOKEN, GEO = rules.service_token(ID), [rules.geo("nl"), rules.geo("de")]
BEFORE = "which is decided before anyone has logged in"
PEOPLE = "people have no service token; use decision non_identity"
BOTH = "a request comes from one country; for one or the other, require a group that includes both"
MEANT = [
    (
        {"decision": "bypass", "include": [rules.everyone()]},
        ["bypass for everyone: no login and no log, for anyone on the internet"],
    ),
    ({"decision": "allow", "include": [rules.everyone()]}, []),
    ({"decision": "bypass", "include": [rules.ip("203.0.113.7")]}, []),
    (
        {"decision": "bypass", "include": [ADA]},
        [f"include: email ada@example.com never matches under bypass, {BEFORE}"],
    ),
    (
        {"decision": "non_identity", "include": [TOKEN], "exclude": [rules.email_domain("x.org")]},
        [f"exclude: email_domain x.org never matches under non_identity, {BEFORE}"],
    ),
    (
        {"decision": "allow", "include": [ADA], "require": [TOKEN]},
        [f"require: service_token {ID} never matches under allow: {PEOPLE}"],
    ),
    (
        {"decision": "deny", "include": [rules.any_valid_service_token()]},
        [f"include: any_valid_service_token never matches under deny: {PEOPLE}"],
    ),
    ({"decision": "non_identity", "include": [TOKEN]}, []),
    (
        {"decision": "allow", "include": [ADA], "require": GEO},
        [f"require: geo DE and geo NL matches nobody, {BOTH}"],
    ),
    ({"decision": "allow", "include": GEO}, []),
    ({"decision": "non_identity", "include": [rules.linked_app_token(ID)]}, []),
    ({"decision": "bypass", "include": [rules.linked_app_token(ID)]}, []),
]


@pytest.mark.parametrize(("said", "warnings"), MEANT)
def test_what_hardly_anyone_means_is_warned_of(
    said: dict[str, Any], warnings: list[str], plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    del cloudflare
    plugin.check(KIND, {"name": "P", **said})
    assert told(plugin) == warnings


@pytest.mark.parametrize("decision", ["allow", "deny"])
@pytest.mark.parametrize("section", ["include", "exclude", "require"])
def test_a_linked_app_token_under_a_decision_about_people_is_an_error(
    decision: str, section: str, plugin: Plugin
) -> None:
    said = {"name": "P", "decision": decision, "include": [ADA]}
    said[section] = [rules.linked_app_token(ID)]
    with pytest.raises(CheckFailed) as caught:
        plugin.check(KIND, said)
    told_ = f"{section}: linked_app_token works under non_identity and bypass alone"
    assert caught.value.reasons == [told_]


def test_a_policy_for_nobody_is_an_error(plugin: Plugin) -> None:
    with pytest.raises(CheckFailed) as caught:
        plugin.check(KIND, {"name": "P", "decision": "allow", "include": []})
    assert caught.value.reasons == [
        "include: must hold at least one rule: the API refuses a policy for nobody"
    ]
