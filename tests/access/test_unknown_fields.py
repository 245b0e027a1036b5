"""What this package does not know of an object is told by name, and kept by every update."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from harness.fields import Person, told, written
from harness.local import reset
from harness.plugin import CallFailed, Kept, Plugin
from harness.strange import NEW, holds, with_new
from pulumi_cloudflare_access import LocalCloudflare, rules

IDP = "ea85612a-29c8-46c2-bacb-669d65136971"
ADA: Any = rules.email("ada@example.com")
EVE: Any = rules.email("eve@example.com")
OKTA: Any = rules.okta("staff", IDP)
NEWS = "holds fields that this package does not know: "


@pytest.fixture
def cloudflare(shared: tuple[LocalCloudflare, Plugin]) -> LocalCloudflare:
    cloudflare, _ = shared
    reset(cloudflare)
    cloudflare.switches.unknown_fields = "keep"
    return cloudflare


@pytest.fixture
def plugin(shared: tuple[LocalCloudflare, Plugin], cloudflare: LocalCloudflare) -> Plugin:
    del cloudflare
    _, plugin = shared
    told(plugin)
    plugin.progress.clear()
    return plugin


POLICY: dict[str, Any] = {
    "name": "Staff",
    "decision": "allow",
    "include": [ADA, OKTA],
    "approval_groups": [{"approvals_needed": 1, "email_addresses": ["ada@example.com"]}],
    "mfa_config": {"session_duration": "5m"},
}
APP: dict[str, Any] = {
    "type": "self_hosted",
    "name": "Wiki",
    "domain": "wiki.example.com",
    "destinations": [
        {"type": "public", "uri": "wiki.example.com"},
        {"type": "private", "cidr": "10.0.0.0/8"},
    ],
    "cors_headers": {"max_age": 60},
    "oauth_configuration": {"enabled": True, "grant": {"session_duration": "12h"}},
    "scim_config": {
        "remote_uri": "https://wiki.example.com/scim",
        "idp_uid": IDP,
        "authentication": {"scheme": "httpbasic", "user": "u", "password": "correct horse"},
        "mappings": [{"schema": "urn:ietf:params:scim:schemas:core:2.0:User", "enabled": True}],
    },
}
SAAS: dict[str, Any] = {
    "type": "saas",
    "name": "Wiki",
    "saas_app": {
        "auth_type": "saml",
        "sp_entity_id": "wiki",
        "custom_attributes": [{"name": "department", "source": {"name": "dept"}}],
    },
}


@dataclass(frozen=True)
class Case:
    """One kind of object: what is declared, what changes, and where unknown fields are."""

    kind: str
    collection: str
    declared: Mapping[str, Any]
    change: Mapping[str, Any]
    names: tuple[str, ...]


def account_key(cloudflare: LocalCloudflare) -> str:
    return f"com.cloudflare.api.account.{cloudflare.account_id}"


POLICY_NAMES = (
    "approval_groups.new",
    "include.email.new",
    "include.okta.new",
    "mfa_config.new",
    "new",
)
CASES = [
    Case(
        "access_group",
        "groups",
        {"name": "Staff", "include": [ADA, OKTA], "exclude": [EVE]},
        {"exclude": []},
        ("exclude.email.new", "include.email.new", "include.okta.new", "new"),
    ),
    Case("access_policy", "policies", POLICY, {"decision": "deny"}, POLICY_NAMES),
    Case(
        "access_application",
        "apps",
        APP,
        {"name": "Docs"},
        (
            "cors_headers.new",
            "destinations.new",
            "new",
            "oauth_configuration.grant.new",
            "oauth_configuration.new",
            "scim_config.authentication.new",
            "scim_config.mappings.new",
            "scim_config.new",
        ),
    ),
    Case(
        "access_application",
        "apps",
        SAAS,
        {"name": "Docs"},
        (
            "new",
            "saas_app.custom_attributes.new",
            "saas_app.custom_attributes.source.new",
            "saas_app.new",
        ),
    ),
    Case(
        "resource_group",
        "iam/resource_groups",
        {"name": "All", "scope": {"objects": [{"key": "*"}]}},
        {"name": "Everything"},
        ("new", "scope.new", "scope.objects.new"),
    ),
    Case("user_group", "iam/user_groups", {"name": "Admins"}, {"name": "Root"}, ("new",)),
]
IDS = [f"{case.kind}-{case.declared.get('type', '')}".strip("-") for case in CASES]


def body_of(case: Case, cloudflare: LocalCloudflare) -> dict[str, Any]:
    """Return what a person would send for what a program declares."""
    body = {name: value for name, value in case.declared.items() if name != "adopt"}
    if case.kind == "resource_group":
        body["scope"] = {**body["scope"], "key": account_key(cloudflare)}
    return body


@pytest.mark.parametrize(
    ("case", "scope_is"),
    [
        pytest.param(case, scope_is, id=f"{id_}-{scope_is}")
        for case, id_ in zip(CASES, IDS, strict=True)
        for scope_is in (("array", "object") if case.kind == "resource_group" else ("object",))
    ],
)
def test_what_nobody_knows_is_told_once_and_kept_by_every_update(
    case: Case, scope_is: Any, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.resource_group_scope = scope_is
    person = Person(cloudflare, case.collection)
    made = plugin.up(case.kind, case.declared)
    grown = with_new(body_of(case, cloudflare))
    person.write(made.id, grown)
    seen = plugin.refresh(made)
    assert seen
    assert (seen.did, told(plugin)) == ("same", [f"{NEWS}{', '.join(case.names)}; they are kept"])
    again = plugin.refresh(seen)
    assert again
    assert (again.did, told(plugin), again.outputs) == ("same", [], seen.outputs)
    assert plugin.up(case.kind, case.declared, was=again).did == "same"

    changed = plugin.up(case.kind, {**case.declared, **case.change}, was=again)
    assert changed.did == "update"
    body = written(cloudflare)[-1]["body"]
    kept = {name: value for name, value in grown.items() if name not in case.change}
    if case.kind == "resource_group":
        assert holds(body["scope"], grown["scope"])
    assert holds(body, {**kept, NEW: grown[NEW]})
    quiet = plugin.refresh(changed)
    assert quiet
    assert (quiet.did, told(plugin)) == ("same", [])


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_an_adoption_tells_of_it_and_keeps_it(
    case: Case, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    person = Person(cloudflare, case.collection)
    grown = with_new(body_of(case, cloudflare))
    there = person.make(grown)
    before = len(written(cloudflare))
    adopted = plugin.up(case.kind, {**case.declared, "adopt": there["id"]})
    assert (adopted.id, len(written(cloudflare))) == (there["id"], before)
    assert told(plugin) == [f"{NEWS}{', '.join(case.names)}; they are kept"]
    plugin.up(case.kind, {**case.declared, **case.change, "adopt": there["id"]}, was=adopted)
    assert holds(written(cloudflare)[-1]["body"][NEW], grown[NEW])
    assert told(plugin) == []


def test_an_adoption_that_changes_something_keeps_it_too(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    person = Person(cloudflare, "groups")
    grown = with_new({"name": "Staff", "include": [ADA, OKTA]})
    there = person.make(grown)
    declared = {"name": "Staff", "include": [OKTA, EVE], "adopt": True, "adopt_changes": True}
    plugin.up("access_group", declared)
    body = written(cloudflare)[-1]["body"]
    assert body[NEW] == grown[NEW]
    assert holds(body["include"], [grown["include"][1], EVE])
    assert there["id"] in written(cloudflare)[-1]["path"]


def test_what_the_api_itself_adds_to_a_new_object_is_no_news(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.undocumented_fields = True
    made = plugin.up("access_group", {"name": "Staff", "include": [ADA, OKTA]})
    refreshed = plugin.refresh(made)
    assert refreshed
    assert (refreshed.did, told(plugin)) == ("same", [])
    changed = plugin.up("access_group", {"name": "Staff", "include": [OKTA]}, was=refreshed)
    assert changed.did == "update"
    assert (told(plugin), plugin.progress) == ([], [])


# ------------------------------------------------------------------------- policies of applications


def application(cloudflare: LocalCloudflare) -> str:
    app = {"type": "self_hosted", "name": "Wiki", "domain": "wiki.example.com"}
    return str(Person(cloudflare, "apps").make(app)["id"])


def test_a_policy_of_an_application_keeps_what_nobody_knows(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    app = application(cloudflare)
    person = Person(cloudflare, f"apps/{app}/policies")
    declared = {"application": app, "precedence": 5, **POLICY}
    made = plugin.up("access_application_policy", declared)
    grown = with_new({**POLICY, "precedence": 5})
    person.write(made.id, grown)
    seen = plugin.refresh(made)
    assert seen
    names = ", ".join(POLICY_NAMES)
    assert (seen.did, told(plugin)) == ("same", [f"{NEWS}{names}; they are kept"])
    plugin.up("access_application_policy", {**declared, "include": [OKTA, EVE]}, was=seen)
    body = written(cloudflare)[-1]["body"]
    assert body[NEW] == grown[NEW]
    assert holds(body["include"], [grown["include"][1], EVE])


def test_the_policies_of_a_list_keep_what_nobody_knows(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    app = application(cloudflare)
    person = Person(cloudflare, f"apps/{app}/policies")
    other = {"name": "Guests", "decision": "deny", "include": [EVE]}
    made = plugin.up(
        "access_application_policies", {"application": app, "policies": [POLICY, other]}
    )
    there = {policy["name"]: policy for policy in person.look()}
    place = {"precedence": there["Staff"]["precedence"]}
    grown = with_new({**POLICY, **place})
    person.write(there["Staff"]["id"], grown)
    seen = plugin.refresh(made)
    assert seen
    names = ", ".join(f"policies.{name}" for name in POLICY_NAMES)
    assert (seen.did, told(plugin)) == ("same", [f"{NEWS}{names}; they are kept"])
    changed = {**POLICY, "include": [OKTA]}
    for policies in ([changed, other], [other, changed], [{**other, "name": "Eve"}, changed]):
        declared = {"application": app, "policies": policies}
        seen = plugin.up("access_application_policies", declared, was=seen)
        assert seen.did == "update"
        [staff] = [policy for policy in person.look() if policy["name"] == "Staff"]
        assert staff[NEW] == grown[NEW]
        assert holds(staff["include"], [grown["include"][1]])


def test_a_policy_of_a_user_group_keeps_what_nobody_knows(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    person = Person(cloudflare, "iam/user_groups")
    scope = {"key": account_key(cloudflare), "objects": [{"key": "*"}]}
    everything = Person(cloudflare, "iam/resource_groups").make({"name": "All", "scope": scope})
    one, two = (group["id"] for group in Person(cloudflare, "iam/permission_groups").look()[:2])

    def policy(access: str, of: str) -> dict[str, Any]:
        groups = {"permission_groups": [{"id": of}], "resource_groups": [{"id": everything["id"]}]}
        return {"access": access, **groups}

    declared = {"name": "Admins", "policies": [policy("allow", one)]}
    made = plugin.up("user_group", declared)
    strange = {**policy("allow", one), NEW: [1]}
    person.write(made.id, {**declared, "policies": [strange]})
    seen = plugin.refresh(made)
    assert seen
    assert (seen.did, told(plugin)) == ("same", [f"{NEWS}policies.{NEW}; they are kept"])
    more = {**declared, "policies": [*declared["policies"], policy("deny", two)]}
    changed = plugin.up("user_group", more, was=seen)
    assert holds(person.look(changed.id)["policies"], [{"access": "allow", NEW: [1]}])
    quiet = plugin.refresh(changed)
    assert quiet
    assert (quiet.did, told(plugin)) == ("same", [])


# --------------------------------------------------------------------------------------- rules


@pytest.fixture
def group(plugin: Plugin) -> Kept:
    return plugin.up("access_group", {"name": "Staff", "include": [OKTA, ADA]})


def test_a_rule_keeps_what_nobody_knows_when_its_neighbour_changes(
    group: Kept, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    deep = {"okta": {**OKTA["okta"], "depth": 2}}
    Person(cloudflare, "groups").write(group.id, {"name": "Staff", "include": [deep, ADA]})
    seen = plugin.refresh(group)
    assert seen
    assert told(plugin) == [f"{NEWS}include.okta.depth; they are kept"]
    plugin.up("access_group", {"name": "Staff", "include": [OKTA, EVE]}, was=seen)
    assert holds(written(cloudflare)[-1]["body"]["include"], [deep, EVE])


def test_a_rule_that_changes_itself_is_another_one(
    group: Kept, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    deep = {"okta": {**OKTA["okta"], "depth": 2}}
    Person(cloudflare, "groups").write(group.id, {"name": "Staff", "include": [deep, ADA]})
    guests = rules.okta("guests", IDP)
    plugin.up("access_group", {"name": "Staff", "include": [guests, ADA]}, was=group)
    assert "depth" not in str(written(cloudflare)[-1]["body"])


def test_of_two_rules_that_differ_in_what_nobody_knows_each_keeps_its_own(
    group: Kept, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    deep = {"okta": {**OKTA["okta"], "depth": 2}}
    person = Person(cloudflare, "groups")
    person.write(group.id, {"name": "Staff", "include": [deep, OKTA, ADA]})
    drifted = plugin.refresh(group)
    assert drifted
    assert drifted.did == "drift", "the second rule is one more"
    told(plugin)
    raw = {"name": "Staff", "include": [rules.raw(deep), OKTA, EVE]}
    both = plugin.up("access_group", raw, was=drifted)
    sent = written(cloudflare)[-1]["body"]["include"]
    assert holds(sent, [deep, EVE])
    assert sum("okta" in rule for rule in sent) == 2
    plugin.up("access_group", {"name": "Staff", "include": [OKTA, EVE]}, was=both)
    assert "depth" not in str(written(cloudflare)[-1]["body"]), "what was declared goes"


BOTH = {"email": {"email": "ada@example.com"}, "geo": {"country_code": "DE"}}


def test_a_rule_with_two_selectors_is_another_rule_and_can_be_declared(
    group: Kept, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.accept_unknown_selectors = True
    person = Person(cloudflare, "groups")
    person.write(group.id, {"name": "Staff", "include": [OKTA, BOTH]})
    with pytest.raises(CallFailed, match="no preview has shown it: include: "):
        plugin.up("access_group", {"name": "Other", "include": [OKTA, ADA]}, was=group)
    drifted = plugin.refresh(group)
    assert drifted
    assert drifted.did == "drift"
    key = "email ada@example.com & geo DE"
    assert drifted.inputs["include"][key] == {**BOTH, "raw": True}
    told(plugin)
    kept = {"name": "Staff", "include": [OKTA, rules.raw(BOTH)]}
    same = plugin.up("access_group", kept, was=drifted)
    assert same.did == "same"
    plugin.up("access_group", {**kept, "name": "Other"}, was=drifted)
    assert holds(written(cloudflare)[-1]["body"]["include"], [BOTH, OKTA])


def test_an_adoption_names_a_rule_with_two_selectors(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.accept_unknown_selectors = True
    there = Person(cloudflare, "groups").make({"name": "Staff", "include": [BOTH]})
    told_ = r"include: - email ada@example\.com & geo DE; include: \+ email ada@example\.com"
    with pytest.raises(CallFailed, match=told_):
        plugin.up("access_group", {"name": "Staff", "include": [ADA], "adopt": there["id"]})
    declared = {"name": "Staff", "include": [rules.raw(BOTH)], "adopt": there["id"]}
    assert plugin.up("access_group", declared).id == there["id"]
