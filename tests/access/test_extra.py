"""`extra={…}`: what this package does not know yet can be declared all the same."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

import pulumi_cloudflare_access as access
from harness.fields import Person, told, written
from harness.plugin import CallFailed, CheckFailed
from pulumi_cloudflare_access import rules
from pulumi_cloudflare_access.program.resource import Resource

if TYPE_CHECKING:
    from harness.account import Account
    from harness.plugin import Plugin
    from pulumi_cloudflare_access import LocalCloudflare

ADA: Any = rules.email("ada@example.com")
GROUP: dict[str, Any] = {"name": "Staff", "include": [ADA]}
POLICY: dict[str, Any] = {"name": "Staff", "decision": "allow", "include": [ADA]}
APP: dict[str, Any] = {"type": "self_hosted", "name": "Wiki", "domain": "wiki.example.com"}
KINDS = [
    ("access_group", "groups", GROUP),
    ("access_policy", "policies", POLICY),
    ("access_application", "apps", APP),
    ("user_group", "iam/user_groups", {"name": "Staff"}),
]


@pytest.fixture
def cloudflare(account: Account) -> LocalCloudflare:
    cloudflare: LocalCloudflare = account.cloudflare
    cloudflare.switches.unknown_fields = "keep"
    return cloudflare


def test_every_resource_takes_extra() -> None:
    """There is a way out everywhere."""
    kinds = [getattr(access, name) for name in access.__all__]
    for kind in filter(_is_resource, kinds):
        assert "extra" in inspect.signature(kind.__init__).parameters, kind


def _is_resource(one: Any) -> bool:
    return isinstance(one, type) and issubclass(one, Resource)


@pytest.mark.parametrize(("kind", "collection", "base"), KINDS, ids=[kind for kind, *_ in KINDS])
def test_an_unknown_field_is_sent_shown_compared_and_given_up(
    kind: str,
    collection: str,
    base: dict[str, Any],
    shared_plugin: Plugin,
    cloudflare: LocalCloudflare,
) -> None:
    """It is a field like any other."""
    plugin, person = shared_plugin, Person(cloudflare, collection)
    made = plugin.up(kind, {**base, "extra": {"new_field": {"depth": 3}, "flag": True}})
    assert written(cloudflare)[-1]["body"]["new_field"] == {"depth": 3}
    assert (
        made.inputs["extra"] == made.outputs["extra"] == {"new_field": {"depth": 3}, "flag": True}
    )
    assert told(plugin) == []
    assert (
        plugin.up(kind, {**base, "extra": {"new_field": {"depth": 3}, "flag": True}}, was=made).did
        == "same"
    )
    refreshed = plugin.refresh(made)
    assert refreshed
    assert refreshed.did == "same"

    there = person.look(made.id)
    sent = {name: value for name, value in there.items() if name in {*base, "new_field", "flag"}}
    person.write(made.id, {**sent, "new_field": {"depth": 5}})
    drifted = plugin.refresh(made)
    assert drifted
    assert drifted.did == "drift"
    assert any("extra.new_field: {'depth': 3} -> {'depth': 5}" in one for one in told(plugin))

    changed = plugin.up(kind, {**base, "extra": {"new_field": {"depth": 7}}}, was=drifted)
    assert changed.did == "update"
    body = written(cloudflare)[-1]["body"]
    assert body["new_field"] == {"depth": 7}
    assert "flag" not in body
    without = plugin.up(kind, base, was=changed)
    assert without.did == "update"
    assert "new_field" not in person.look(made.id)


def test_extra_reaches_into_known_objects(
    shared_plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    """An object inside has its own, whichever way the program says it."""
    plugin = shared_plugin
    inside = {**APP, "cors_headers": {"max_age": 60}, "extra": {"cors_headers": {"vary": "Origin"}}}
    made = plugin.up("access_application", inside)
    assert written(cloudflare)[-1]["body"]["cors_headers"] == {"max_age": 60, "vary": "Origin"}
    own = {**APP, "cors_headers": {"max_age": 60, "extra": {"vary": "Origin"}}}
    assert plugin.up("access_application", own, was=made).did == "same"
    gone = plugin.up("access_application", {**APP, "cors_headers": {"max_age": 60}}, was=made)
    assert gone.did == "update"
    assert "vary" not in written(cloudflare)[-1]["body"]["cors_headers"]


def test_a_word_that_looks_like_a_slip_is_refused_and_extra_sends_it(
    shared_plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    """A value of a closed list may be new; one that is almost a known one hardly is."""
    del cloudflare
    plugin = shared_plugin
    with pytest.raises(CheckFailed, match=r'"allows" .*say "allow".*extra='):
        plugin.check("access_policy", {**POLICY, "decision": "allows"})
    checked = plugin.check("access_policy", {**POLICY, "extra": {"decision": "allows"}})
    assert checked["decision"] == "allows"
    assert "extra" not in checked
    cors = {"cors_headers": {"allow_all_origins": True, "allowed_methods": ["GETS"]}}
    with pytest.raises(CheckFailed, match=r'cors_headers.allowed_methods\[0\]: "GETS" .*say "GET"'):
        plugin.check("access_application", {**APP, **cors})
    checked = plugin.check("access_application", {**APP, "extra": cors})
    assert checked["cors_headers"]["allowed_methods"] == {"GETS": "GETS"}


NEW: list[tuple[str, dict[str, Any], str]] = [
    ("access_application", {**APP, "type": "quantum"}, "type"),
    ("access_policy", {**POLICY, "decision": "challenge"}, "decision"),
    (
        "access_application",
        {"type": "self_hosted", "destinations": [{"type": "satellite", "orbit": "low"}]},
        "destinations.type",
    ),
    (
        "access_application",
        {
            **APP,
            "scim_config": {
                "remote_uri": "https://x.example.com",
                "idp_uid": "ea85612a-29c8-46c2-bacb-669d65136971",
                "authentication": {"scheme": "spiffe", "trust": "example.com"},
            },
        },
        "scim_config.authentication.scheme",
    ),
    ("access_policy", {**POLICY, "mfa_config": {"allowed_authenticators": ["palm"]}}, "palm"),
]


@pytest.mark.parametrize(("kind", "declared", "where"), NEW, ids=[where for *_, where in NEW])
def test_a_new_word_is_a_warning(
    kind: str,
    declared: dict[str, Any],
    where: str,
    shared_plugin: Plugin,
    cloudflare: LocalCloudflare,
) -> None:
    """It names `extra` and the version; fields that come with it are taken."""
    del cloudflare
    checked = shared_plugin.check(kind, declared)
    [warning] = [one for one in told(shared_plugin) if "not known to version" in one]
    assert where in warning
    assert "extra={" in warning
    assert checked


def test_an_unknown_field_says_extra_and_guesses_only_what_is_near(
    shared_plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    """A guess leads astray where nothing is near."""
    del cloudflare
    with pytest.raises(CheckFailed, match=r"new_field: is a field not known to version") as refused:
        shared_plugin.check("access_group", {**GROUP, "new_field": 1})
    assert "zone_id" not in str(refused.value)
    with pytest.raises(CheckFailed, match=r'excludes: is not a field; "exclude"[?]$'):
        shared_plugin.check("access_group", {**GROUP, "excludes": []})


@pytest.mark.parametrize("name", ["id", "account_id", "created_at"])
def test_what_cloudflare_makes_is_not_extra(
    name: str, shared_plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    """No request has it."""
    del cloudflare
    with pytest.raises(CheckFailed, match=r"made by Cloudflare"):
        shared_plugin.check("access_group", {**GROUP, "extra": {name: 5}})


@pytest.mark.parametrize("value", [5, ["a"], "text"])
def test_extra_is_a_dictionary(value: Any, shared_plugin: Plugin, account: Account) -> None:
    """Anything else is told."""
    del account
    with pytest.raises(CheckFailed, match=r"extra: is .*must be a dictionary"):
        shared_plugin.check("access_group", {**GROUP, "extra": value})


def test_what_the_answer_does_not_tell_is_no_change_for_ever(
    shared_plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    """It is said once, and the next preview is quiet; gone later, it is drift."""
    plugin, declared = shared_plugin, {**GROUP, "extra": {"new_field": 3}}
    cloudflare.switches.unknown_fields = "ignore"
    made = plugin.up("access_group", declared)
    [warning] = told(plugin)
    assert "answer does not have new_field" in warning
    assert plugin.up("access_group", declared, was=made).did == "same"
    refreshed = plugin.refresh(made)
    assert refreshed
    assert refreshed.did == "same"
    assert told(plugin) == []
    cloudflare.switches.unknown_fields = "keep"
    again = plugin.up("access_group", {**declared, "name": "All"}, was=made)
    Person(cloudflare, "groups").write(again.id, {"name": "All", "include": [ADA]})
    drifted = plugin.refresh(again)
    assert drifted
    assert drifted.did == "drift"


def test_a_first_declaration_of_what_somebody_has_set_is_told(
    shared_plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    """What no preview has shown is not replaced."""
    plugin, person = shared_plugin, Person(cloudflare, "groups")
    made = plugin.up("access_group", GROUP)
    person.write(made.id, {"name": "Staff", "include": [ADA], "new_field": 5})
    declared = {**GROUP, "extra": {"new_field": 7}}
    with pytest.raises(CallFailed, match=r"extra.new_field: declared for the first time"):
        plugin.up("access_group", declared, was=made)
    refreshed = plugin.refresh(made)
    assert refreshed
    told(plugin)
    assert plugin.up("access_group", declared, was=refreshed).did == "update"
    assert any("extra.new_field: declared for the first time" in one for one in told(plugin))
    assert person.look(made.id)["new_field"] == 7
