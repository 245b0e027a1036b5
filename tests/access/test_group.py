"""Access groups through the plugin's own gRPC."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pulumi.dynamic
import pytest
from google.protobuf import struct_pb2
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2

from harness.colleague import Colleague
from harness.local import config_for, reset, strict
from harness.plugin import CallFailed, CheckFailed, Kept, Plugin
from harness.sockets import Scripted, answer, envelope, nobody
from pulumi_cloudflare_access import LocalCloudflare, rules
from pulumi_cloudflare_access.local_cloudflare import faults
from pulumi_cloudflare_access.text.nearest import quoted_value

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = "access_group"
EVERYONE: dict[str, Any] = {"everyone": {}}
ADA = {"email": {"email": "ada@example.com"}}
EVE = {"email": {"email": "eve@example.com"}}
ENGINEERS = {"name": "Engineers", "include": [ADA]}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
ID = "aa0a4aab-672b-4bdb-bc33-a59f1130a11f"
IDP = "ea85612a-29c8-46c2-bacb-669d65136971"
ACCOUNT = "699d98642c564d2e855e9661899b7252"
CANARY = "canary-0123456789"

# One of each selector, in forms that the API changes.
EACH: list[Any] = [
    rules.email("Ada@Example.com"),
    rules.email_list(ID),
    rules.email_domain("Example.COM"),
    rules.everyone(),
    rules.ip("203.0.113.7"),
    rules.ip_list(ID),
    rules.certificate(),
    rules.group(ID, label="Base"),
    rules.azure_ad(ID, IDP),
    rules.github_organization("acme", IDP, team="core"),
    rules.gsuite("Devs@example.com", IDP),
    rules.okta("devs", IDP),
    rules.saml("role", "dev", IDP),
    rules.service_token(ID),
    rules.any_valid_service_token(),
    rules.external_evaluation("https://e.example", "https://e.example/keys"),
    rules.geo("nl"),
    rules.auth_method("mfa"),
    rules.device_posture(ID, account_id=ACCOUNT),
    rules.auth_context(ID, "c1", IDP),
    rules.common_name("laptop"),
    rules.login_method(IDP),
    rules.oidc("team", "core", IDP),
    rules.linked_app_token(ID),
    rules.user_risk_score(["low", "unscored", "high"]),
    rules.cloudflare_account_member(ACCOUNT),
]


@contextmanager
def another(config: dict[str, str]) -> Iterator[Plugin]:
    """Run another plugin process: another run of the program."""
    with Plugin(config, os.environ) as plugin:
        yield plugin


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[LocalCloudflare, Plugin]]:
    """Start one process of each for all tests here: starting takes longer than a test."""
    with strict() as cloudflare, Plugin(config_for(cloudflare), os.environ) as plugin:
        # The first create of a process looks what is there; tests count what comes after.
        plugin.up(KIND, {"name": "First", "include": [EVERYONE]}, name="first")
        yield cloudflare, plugin


@pytest.fixture
def cloudflare(shared: tuple[LocalCloudflare, Plugin]) -> LocalCloudflare:
    cloudflare, _ = shared
    reset(cloudflare)
    return cloudflare


@pytest.fixture
def plugin(shared: tuple[LocalCloudflare, Plugin], cloudflare: LocalCloudflare) -> Plugin:
    del cloudflare
    _, plugin = shared
    plugin.engine.warnings.clear()
    plugin.engine.urns.clear()
    return plugin


def asked(cloudflare: LocalCloudflare) -> list[str]:
    return [request["method"] for request in cloudflare.requests]


def reasons(plugin: Plugin, declared: dict[str, Any], olds: Any = None) -> list[str]:
    """Return what check finds wrong."""
    with pytest.raises(CheckFailed) as caught:
        plugin.check(KIND, declared, olds)
    assert set(caught.value.properties) == {""}
    return caught.value.reasons


# ------------------------------------------------------------------------------ create, no change


def test_running_twice_asks_for_nothing(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    group = plugin.up(KIND, ENGINEERS)
    again = plugin.up(KIND, ENGINEERS, was=group)
    assert again.did == "same"
    assert asked(cloudflare) == ["POST"]


def test_a_group_is_created_with_every_section_and_kept_with_what_was_declared(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    group = plugin.up(KIND, {**ENGINEERS, "require": [{"geo": {"country_code": "nl"}}]})
    [request] = cloudflare.requests
    assert request["path"] == f"/accounts/{cloudflare.account_id}/access/groups"
    assert request["body"] == {
        "name": "Engineers",
        "include": [ADA],
        "exclude": [],
        "require": [{"geo": {"country_code": "nl"}}],
    }
    assert group.inputs == {
        "name": "Engineers",
        "include": {"email ada@example.com": ADA},
        "require": {"geo NL": {"geo": {"country_code": "nl"}}},
        "account_id": cloudflare.account_id,
    }
    assert set(group.outputs) == {*group.inputs, "created_at", "updated_at", "__version"}


def test_another_order_is_no_change(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    group = plugin.up(KIND, {**ENGINEERS, "include": [ADA, EVE, EVERYONE]})
    again = plugin.up(KIND, {**ENGINEERS, "include": [EVERYONE, EVE, ADA]}, was=group)
    assert (again.did, again.inputs) == ("same", group.inputs)
    assert asked(cloudflare) == ["POST"]


def test_another_label_is_no_change(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    cloudflare.seed({"access/groups": [{"id": ID, "name": "Base", "include": [EVERYONE]}]})
    group = plugin.up(KIND, {"name": "X", "include": [rules.group(ID, label="Base")]})
    again = plugin.up(KIND, {"name": "X", "include": [rules.group(ID, label="New")]}, was=group)
    assert again.did == "same"
    assert list(again.inputs["include"]) == ["group New"]
    assert asked(cloudflare) == ["POST"]


def is_quiet(plugin: Plugin, group: Kept, declared: dict[str, Any]) -> bool:
    """Tell whether a second preview, a refresh and a preview after it find nothing."""
    refreshed = plugin.refresh(group)
    assert refreshed
    runs = [plugin.up(KIND, declared, was=was).did for was in (group, refreshed)]
    assert [refreshed.did, *runs, plugin.warnings] == ["same", "same", "same", []]
    return refreshed.inputs == {k: v for k, v in group.inputs.items() if k != "adopt"}


@pytest.mark.parametrize("field", ["identity_provider_id", "connection_id"])
@pytest.mark.parametrize("rule", EACH, ids=lambda rule: next(iter(rule)))
def test_a_rule_stays_as_declared_whatever_form_the_api_gives_it(
    rule: Any, field: Any, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.identity_provider_field = field
    cloudflare.seed({"access/groups": [{"id": ID, "name": "Base", "include": [EVERYONE]}]})
    declared = {"name": "X", "include": [rule, EVE], "exclude": [rule], "require": [rule]}
    created = plugin.up(KIND, declared)
    assert is_quiet(plugin, created, declared)
    renamed = {**declared, "name": "Y"}
    updated = plugin.up(KIND, renamed, was=created)
    assert updated.did == "update"
    assert is_quiet(plugin, updated, renamed)
    wire = {key: value for key, value in rule.items() if key != "label"}
    planted(cloudflare, name="Z", include=[EVE, wire], exclude=[wire], require=[wire])
    there = {**declared, "name": "Z", "adopt": True}
    adopted = plugin.up(KIND, there, name="adopted")
    assert is_quiet(plugin, adopted, there)
    assert asked(cloudflare).count("PUT") == 1


@pytest.mark.parametrize("answered", ["bool", "rules", "absent"])
@pytest.mark.parametrize("declared", [{}, {"is_default": False}, {"is_default": True}])
def test_is_default_is_quiet_however_the_api_answers_it(
    declared: dict[str, bool], answered: Any, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.is_default = answered
    program = {**ENGINEERS, "require": EACH[:3], **declared}
    cloudflare.seed({"access/groups": [{"id": ID, "name": "Base", "include": [EVERYONE]}]})
    group = plugin.up(KIND, program)
    refreshed = plugin.refresh(group)
    assert refreshed
    assert refreshed.did == "same"
    assert plugin.up(KIND, program, was=refreshed).did == "same"
    assert plugin.warnings == []


def test_a_saml_rule_needs_no_identity_provider_where_the_api_needs_none(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.identity_provider_field = "connection_id"
    group = plugin.up(KIND, {"name": "X", "include": [rules.saml("role", "dev")]})
    refreshed = plugin.refresh(group)
    assert refreshed
    assert refreshed.did == "same"


def test_a_rule_that_nobody_knows_yet_is_sent_and_stays(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.accept_unknown_selectors = True
    declared = {"name": "X", "include": [rules.raw({"shoe_size": {"eu": 42, "kids": False}})]}
    group = plugin.up(KIND, declared)
    assert cloudflare.requests[0]["body"]["include"] == [{"shoe_size": {"eu": 42, "kids": False}}]
    refreshed = plugin.refresh(group)
    assert refreshed
    assert refreshed.did == "same"
    assert plugin.up(KIND, declared, was=refreshed).did == "same"


# ---------------------------------------------------------------------------------------- update


def test_an_update_reads_the_group_and_writes_it(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    group = plugin.up(KIND, ENGINEERS)
    updated = plugin.up(KIND, {**ENGINEERS, "include": [ADA, EVE]}, was=group)
    assert updated.did == "update"
    assert asked(cloudflare) == ["POST", "GET", "PUT"]
    assert cloudflare.requests[-1]["body"]["include"] == [ADA, EVE]


def test_what_nobody_declares_stays_when_something_else_is_updated(
    plugin: Plugin, colleague: Colleague
) -> None:
    group = plugin.up(KIND, ENGINEERS)
    colleague.edit("Engineers", is_default=True)
    refreshed = plugin.refresh(group)
    assert refreshed
    assert refreshed.did == "same"
    plugin.up(KIND, {**ENGINEERS, "name": "Developers"}, was=refreshed)
    assert colleague.group("Developers")["is_default"] is True


@pytest.mark.parametrize("answered", ["bool", "rules", "absent"])
def test_a_field_that_is_declared_no_longer_goes_back_to_the_default(
    answered: Any, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.is_default = answered
    group = plugin.up(KIND, {**ENGINEERS, "exclude": [EVE], "is_default": True})
    updated = plugin.up(KIND, ENGINEERS, was=group)
    defaults = {"exclude": [], "require": [], "is_default": False}
    assert cloudflare.requests[-1]["body"] == {**ENGINEERS, **defaults}
    assert not {"is_default", "exclude"} & set(updated.outputs)
    assert plugin.up(KIND, ENGINEERS, was=updated).did == "same"


def test_a_change_that_no_preview_has_shown_is_not_undone_but_named(
    plugin: Plugin, colleague: Colleague
) -> None:
    group = plugin.up(KIND, ENGINEERS)
    colleague.let_in("Engineers", "eve@example.com")
    colleague.look_away()
    with pytest.raises(CallFailed) as caught:
        plugin.up(KIND, {**ENGINEERS, "name": "Developers"}, was=group)
    assert str(caught.value).startswith(f'DriftError: Access group "Engineers" ({group.id}) was')
    assert "include: + email eve@example.com" in str(caught.value)
    assert "pulumi refresh" in str(caught.value)
    assert colleague.written() == []


def test_a_change_that_is_what_the_program_wants_anyway_needs_no_refresh(
    plugin: Plugin, colleague: Colleague
) -> None:
    group = plugin.up(KIND, ENGINEERS)
    colleague.let_in("Engineers", "eve@example.com")
    colleague.look_away()
    updated = plugin.up(KIND, {**ENGINEERS, "include": [ADA, EVE]}, was=group)
    assert updated.did == "update"
    assert colleague.written() == []
    assert plugin.up(KIND, {**ENGINEERS, "include": [ADA, EVE]}, was=updated).did == "same"


def test_a_stack_may_choose_to_overwrite_what_no_preview_has_shown(
    cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    with another(config_for(cloudflare, onDrift="overwrite")) as plugin:
        group = plugin.up(KIND, ENGINEERS)
        colleague.let_in("Engineers", "eve@example.com")
        plugin.up(KIND, {**ENGINEERS, "is_default": True}, was=group)
    assert colleague.members("Engineers") == {"ada@example.com"}


def test_a_group_that_is_gone_is_not_updated(plugin: Plugin, colleague: Colleague) -> None:
    group = plugin.up(KIND, ENGINEERS)
    colleague.delete("Engineers")
    with pytest.raises(CallFailed, match=r"^DriftError: .* is gone: run pulumi refresh"):
        plugin.up(KIND, {**ENGINEERS, "name": "Developers"}, was=group)


# -------------------------------------------------------------------------------- refresh and get


def test_a_refresh_shows_what_somebody_changed_and_the_next_run_puts_it_right(
    plugin: Plugin, colleague: Colleague
) -> None:
    group = plugin.up(KIND, ENGINEERS)
    colleague.let_in("Engineers", "eve@example.com")
    refreshed = plugin.refresh(group)
    assert refreshed
    assert refreshed.did == "drift"
    assert refreshed.inputs["include"] == {
        "email ada@example.com": ADA,
        "email eve@example.com": EVE,
    }
    [warning] = plugin.warnings
    assert "+ email eve@example.com" in warning
    assert plugin.up(KIND, ENGINEERS, was=refreshed).did == "update"
    assert colleague.members("Engineers") == {"ada@example.com"}


def test_a_group_that_was_deleted_elsewhere_leaves_the_state(
    plugin: Plugin, colleague: Colleague
) -> None:
    group = plugin.up(KIND, ENGINEERS)
    colleague.delete("Engineers")
    assert plugin.refresh(group) is None
    assert plugin.warnings == ["gone from Cloudflare"]
    assert plugin.engine.urns == [group.urn]


def test_an_account_that_is_not_there_is_an_error_and_no_deletion(plugin: Plugin) -> None:
    group = plugin.up(KIND, ENGINEERS)
    lost = {**group.outputs, "account_id": ACCOUNT}
    moved = Kept(group.urn, KIND, group.id, group.inputs, lost)
    with pytest.raises(CallFailed, match=r"^WrongPathError: .*7003"):
        plugin.refresh(moved)


def test_a_group_that_the_stack_does_not_own_is_read_with_all_its_fields(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.seed({"access/groups": [{"id": ID, **ENGINEERS, "exclude": [EVE]}]})
    found = plugin.get(KIND, ID, {"account_id": cloudflare.account_id})
    assert found.id == ID
    assert {"created_at", "updated_at"} < set(found.outputs)
    assert found.outputs["name"] == "Engineers"
    assert found.outputs["include"] == {"email ada@example.com": ADA}
    assert found.outputs["exclude"] == {"email eve@example.com": EVE}
    assert found.outputs["is_default"] is False


@pytest.mark.parametrize("id_", [IDP, "../apps", "a/b", "a?b", "..", "a b"])
def test_a_group_that_is_not_there_cannot_be_read(id_: str, plugin: Plugin) -> None:
    with pytest.raises(CallFailed, match=r"^(NotFoundError|DeclarationError): "):
        plugin.get(KIND, id_, {})


@pytest.mark.parametrize("include", [None, {}, "x", [None], ["x"], [[ADA]], [{}], [ADA, 1]])
def test_an_answer_without_a_list_of_rules_is_an_error_and_no_empty_group(include: Any) -> None:
    group = {"id": ID, "name": "Engineers", "include": include}
    with Scripted(answer(envelope(group))) as server:
        config = {
            "cloudflare:apiToken": CANARY,
            "cloudflare:baseUrl": server.base_url,
            "cloudflare-access:allowLoopback": "true",
        }
        with another(config) as plugin, pytest.raises(CallFailed, match=r"^UnusableAnswerError"):
            plugin.get(KIND, ID, {"account_id": ACCOUNT})


@pytest.mark.parametrize("section", [None, []])
def test_an_empty_section_may_be_null_in_an_answer(section: Any) -> None:
    group = {"id": ID, **ENGINEERS, "exclude": section, "require": section}
    with Scripted(answer(envelope(group))) as server:
        config = {
            "cloudflare:apiToken": CANARY,
            "cloudflare:baseUrl": server.base_url,
            "cloudflare-access:allowLoopback": "true",
        }
        with another(config) as plugin:
            found = plugin.get(KIND, ID, {"account_id": ACCOUNT})
    assert found.outputs["include"] == {"email ada@example.com": ADA}
    assert not found.outputs.get("exclude")
    assert not found.outputs.get("require")


# ---------------------------------------------------------------------------------------- delete


def test_a_group_that_is_gone_already_is_deleted(plugin: Plugin, colleague: Colleague) -> None:
    group = plugin.up(KIND, ENGINEERS)
    colleague.delete("Engineers")
    plugin.destroy(group)
    assert plugin.warnings == []


def used(cloudflare: LocalCloudflare, plugin: Plugin) -> Kept:
    """Make a group that another one uses."""
    group = plugin.up(KIND, ENGINEERS)
    user = {"name": "Everybody", "include": [{"group": {"id": group.id}}]}
    cloudflare.seed({"access/groups": [user]})
    return group


def test_a_group_that_is_still_used_is_an_error_that_names_its_user_at_once(
    cloudflare: LocalCloudflare,
) -> None:
    with another(config_for(cloudflare)) as plugin:
        group = used(cloudflare, plugin)
        named = r'in use by Access group "Everybody" \([0-9a-f-]{36}\)\. Remove the reference'
        with pytest.raises(CallFailed, match=rf"^ConflictError: .*it is still {named}"):
            plugin.destroy(group)
    assert asked(cloudflare).count("DELETE") == 1


def test_a_group_whose_user_is_being_deleted_waits_for_that(
    cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    with another(config_for(cloudflare)) as plugin, ThreadPoolExecutor() as pool:
        group = plugin.up(KIND, ENGINEERS)
        rule = {"group": {"id": group.id}}
        user = plugin.up(KIND, {"name": "Everybody", "include": [rule]}, name="user")
        path = f"DELETE /accounts/*/access/groups/{user.id}"
        with cloudflare.fault(path, faults.Hold("before"), times=1) as held:
            leaving = pool.submit(plugin.destroy, user)
            held.wait()
            before = asked(cloudflare).count("DELETE")
            going = pool.submit(plugin.destroy, group)
            while asked(cloudflare).count("DELETE") == before:
                time.sleep(0.01)
            assert not going.done()
        leaving.result()
        going.result()
    assert colleague.groups() == {}


def test_a_group_that_the_api_deletes_under_its_users_is_a_warning_that_names_them(
    cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    cloudflare.switches.delete_in_use = "allow"
    with another(config_for(cloudflare)) as plugin:
        group = used(cloudflare, plugin)
        plugin.destroy(group)
        [warning] = plugin.warnings
    assert 'is deleted, and was still used by Access group "Everybody" (' in warning
    assert list(colleague.groups()) == ["Everybody"]


# ----------------------------------------------------------------------------------------- scope


def test_a_move_to_a_zone_replaces_the_group(
    plugin: Plugin, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    group = plugin.up(KIND, ENGINEERS)
    moved = plugin.up(KIND, {**ENGINEERS, "zone_id": cloudflare.zone_id}, was=group)
    assert moved.did == "replace"
    assert "account_id" not in moved.outputs
    assert list(Colleague(cloudflare, f"zones/{cloudflare.zone_id}").groups()) == ["Engineers"]
    assert colleague.groups() == {}


def test_settings_that_name_another_account_do_not_move_everything(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    group = plugin.up(KIND, ENGINEERS)
    cloudflare.add_account("other")
    with another({**config_for(cloudflare), "cloudflare-access:accountId": "other"}) as moved:
        [reason] = reasons(moved, ENGINEERS, group.inputs)
        assert reason.startswith("account_id: the settings say other, and this Access group lives")
        asked_for = moved.up(KIND, {**ENGINEERS, "account_id": cloudflare.account_id}, was=group)
    assert asked_for.did == "same"


def test_account_and_zone_together_are_refused(plugin: Plugin) -> None:
    assert reasons(plugin, {**ENGINEERS, "account_id": "a", "zone_id": "z"}) == [
        "zone_id: pass one of account_id and zone_id, not both"
    ]


def test_neither_account_nor_zone_is_refused_with_the_places_to_say_it() -> None:
    with another({}) as plugin:
        [reason] = reasons(plugin, ENGINEERS)
    assert "account_id= (or zone_id=)" in reason
    assert "cloudflare-access:accountId" in reason
    assert "CLOUDFLARE_ACCOUNT_ID" in reason


def test_a_preview_needs_no_credentials() -> None:
    with another({"cloudflare-access:accountId": ACCOUNT}) as plugin:
        inputs = plugin.check(KIND, ENGINEERS)
        kept = Kept("urn:pulumi:dev::test::x::thing", KIND, ID, inputs, inputs)
        assert plugin.diff(kept, inputs) == ("NONE", [])
        with pytest.raises(CallFailed, match=r"^SettingsError: no Cloudflare credentials"):
            plugin.up(KIND, ENGINEERS)


@pytest.mark.parametrize("id_", ["a/b", "..", "", "a?b", "ä b", "a" * 65])
def test_an_account_that_cannot_be_one_never_reaches_a_url(id_: str, plugin: Plugin) -> None:
    declared = {**ENGINEERS, "account_id": id_ or "/"}
    assert reasons(plugin, declared) == [
        (
            f"account_id: {quoted_value(id_ or '/')} is no id of an account: that is 32 "
            "hexadecimal digits, in the dashboard's address"
        )
    ]


# ----------------------------------------------------------------------------------------- adopt


def planted(cloudflare: LocalCloudflare, **fields: Any) -> str:
    [group] = cloudflare.seed({"access/groups": [{**ENGINEERS, **fields}]})["access/groups"]
    return str(group["id"])


def test_adopting_what_is_not_there_creates_it(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    plugin.up(KIND, {**ENGINEERS, "adopt": True})
    assert asked(cloudflare) == ["GET", "POST"]


@pytest.mark.parametrize("by", ["name", "id"])
def test_a_group_that_is_as_declared_is_adopted_and_not_written(
    by: str, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    id_ = planted(cloudflare)
    group = plugin.up(KIND, {**ENGINEERS, "adopt": id_ if by == "id" else True})
    assert group.id == id_
    assert asked(cloudflare) == ["GET"]


@pytest.mark.parametrize("adopt", [True, False, ID, None])
def test_how_a_group_came_here_is_never_a_change(
    adopt: Any, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    planted(cloudflare)
    group = plugin.up(KIND, {**ENGINEERS, "adopt": True})
    later = ENGINEERS if adopt is None else {**ENGINEERS, "adopt": adopt}
    assert plugin.up(KIND, later, was=group).did == "same"


def test_a_group_that_differs_is_not_adopted_and_the_differences_are_listed(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    id_ = planted(cloudflare, include=[EVE])
    with pytest.raises(CallFailed) as caught:
        plugin.up(KIND, {**ENGINEERS, "adopt": True})
    assert str(caught.value).startswith(f'AdoptionError: Access group "Engineers" ({id_}) exists')
    assert "include: - email eve@example.com; include: + email ada@example.com" in str(caught.value)
    assert "adopt_changes=True" in str(caught.value)
    assert asked(cloudflare) == ["GET"]


def test_a_group_that_differs_is_adopted_with_its_changes_where_they_are_accepted(
    plugin: Plugin, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    id_ = planted(cloudflare, include=[EVE], is_default=True)
    group = plugin.up(KIND, {**ENGINEERS, "adopt": True, "adopt_changes": True})
    assert group.id == id_
    assert asked(cloudflare) == ["GET", "PUT"]
    assert colleague.members("Engineers") == {"ada@example.com"}
    assert colleague.group("Engineers")["is_default"] is True


def test_one_of_several_groups_of_a_name_must_be_chosen(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    ids = sorted([planted(cloudflare), planted(cloudflare)])
    with pytest.raises(CallFailed) as caught:
        plugin.up(KIND, {**ENGINEERS, "adopt": True})
    assert "AdoptionError: 2 Access groups are called" in str(caught.value)
    assert ", ".join(ids) in str(caught.value)
    assert plugin.up(KIND, {**ENGINEERS, "adopt": ids[1]}).id == ids[1]


def test_a_group_that_is_not_there_cannot_be_adopted_by_its_id(plugin: Plugin) -> None:
    with pytest.raises(CallFailed, match=r"^NotFoundError: .*without adopt, a new one is made"):
        plugin.up(KIND, {**ENGINEERS, "adopt": IDP})


def test_a_group_is_adopted_once(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    planted(cloudflare)
    plugin.up(KIND, {**ENGINEERS, "adopt": True}, name="one")
    with pytest.raises(CallFailed, match=r"^AdoptionError: .*one.* already: one object, one res"):
        plugin.up(KIND, {**ENGINEERS, "adopt": True}, name="two")


def test_a_replacement_does_not_adopt_its_own_old_object(
    plugin: Plugin, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    old = plugin.up(KIND, {**ENGINEERS, "adopt": True})
    plugin.diff(old, old.inputs)
    inputs = plugin.check(KIND, {**ENGINEERS, "adopt": True}, None, old.urn)
    new = plugin.create(KIND, inputs, old.urn)
    plugin.destroy(old)
    assert new.id != old.id
    assert colleague.group("Engineers")["id"] == new.id
    assert "POST" in asked(cloudflare)


def test_a_group_that_another_resource_has_adopted_is_not_deleted(
    cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    id_ = planted(cloudflare)
    with another(config_for(cloudflare)) as before:
        old = before.up(KIND, {**ENGINEERS, "adopt": True}, name="old")
    with another(config_for(cloudflare)) as plugin:
        new = plugin.up(KIND, {**ENGINEERS, "adopt": id_}, name="new")
        plugin.destroy(old)
        [warning] = plugin.warnings
    assert new.id == id_
    assert warning == f'Access group "Engineers" ({id_}) stays: new has adopted it'
    assert list(colleague.groups()) == ["Engineers"]


@pytest.mark.parametrize(
    ("adoption", "reason"),
    [
        ({"adopt": 5}, "adopt: must be True or the id of an existing object"),
        ({"adopt": True, "adopt_changes": "yes"}, "adopt_changes: must be True or False"),
        ({"adopt_changes": True}, "adopt_changes: says nothing without adopt"),
    ],
)
def test_an_adoption_that_says_nothing_is_refused(
    adoption: dict[str, Any], reason: str, plugin: Plugin
) -> None:
    assert reasons(plugin, {**ENGINEERS, **adoption}) == [reason]


# -------------------------------------------------------------------------------------- mistakes


def test_a_group_of_nobody_is_refused(plugin: Plugin) -> None:
    nobody = "include: must hold at least one rule: the API refuses a group of nobody"
    assert reasons(plugin, {"name": "X", "include": []}) == [nobody]
    assert reasons(plugin, {"name": "X"}) == ["include: is required"]


def test_all_mistakes_come_at_once_each_with_its_path(plugin: Plugin) -> None:
    declared = {
        "nmae": "X",
        "include": [EVERYONE, ADA, {"ip": {"ip": "x"}}],
        "exclude": [{"emial": {}}],
        "is_default": "yes",
        "account_id": "a",
        "zone_id": "z",
        "adopt_changes": True,
        "__mistakes": ["import_: cannot"],
    }
    assert sorted(reasons(plugin, declared)) == [
        "adopt_changes: says nothing without adopt",
        'exclude[0]: "emial" is not a selector; "email"? (rules.raw sends what nobody knows yet)',
        "import_: cannot",
        'include[2].ip.ip: "x" is no IP address and no CIDR range such as 203.0.113.0/24',
        "is_default: is a text, and must be true or false",
        "name: is required",
        'nmae: is not a field; "name"?',
        "zone_id: pass one of account_id and zone_id, not both",
    ]


@pytest.mark.parametrize("field", ["name", "include", "exclude", "is_default", "account_id"])
def test_what_is_not_known_yet_is_no_mistake(field: str, plugin: Plugin) -> None:
    inputs = plugin.check(KIND, {**ENGINEERS, field: UNKNOWN})
    assert inputs[field] == UNKNOWN


def test_an_unknown_field_is_one_even_when_its_value_is_not_known_yet(plugin: Plugin) -> None:
    assert reasons(plugin, {**ENGINEERS, "nmae": UNKNOWN}) == ['nmae: is not a field; "name"?']


# What each field must not be, with a secret in it.
WRONG: dict[str, list[Any]] = {
    "name": [{"x": CANARY}, [CANARY]],
    "include": [
        CANARY,
        [CANARY],
        [{f"{CANARY} @": {}}],
        [{"email": CANARY}],
        [{"email": {f"{CANARY} @": "x"}}],
        [{"email": {"email": CANARY}}],
        [{"email": {"email": [CANARY]}}],
        [{"ip": {"ip": CANARY}}],
        [{"email_domain": {"domain": f"@{CANARY}"}}],
        [{"geo": {"country_code": CANARY}}],
        [{"group": {"id": CANARY}}],
        [{"external_evaluation": {"evaluate_url": CANARY, "keys_url": CANARY}}],
        [{"user_risk_score": {"user_risk_score": [CANARY]}}],
    ],
    "exclude": [CANARY, [{"email": {"email": CANARY}}]],
    "require": [CANARY, [{"email": {"email": CANARY}}]],
    "is_default": [CANARY],
    "account_id": [f"{CANARY}/x", [CANARY]],
    "zone_id": [f"{CANARY}/x", [CANARY]],
    "adopt": [[CANARY]],
    "adopt_changes": [CANARY],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in WRONG.items() for value in values]
)
def test_no_message_about_a_secret_holds_it(field: str, value: Any, plugin: Plugin) -> None:
    declared = {**ENGINEERS, field: value, "__secret": [field]}
    assert CANARY not in "".join(reasons(plugin, declared))
    assert CANARY not in "".join(plugin.warnings)


def test_what_the_api_says_about_a_secret_is_blanked_out(
    plugin: Plugin, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    secret = {"email": {"email": f"{CANARY}@example.com"}}
    declared = {"name": CANARY, "include": [secret], "__secret": ["name", "include"]}
    cloudflare.switches.max_groups = 0
    with pytest.raises(CallFailed) as refused:
        plugin.up(KIND, declared)
    cloudflare.switches.max_groups = None
    group = plugin.up(KIND, declared)
    colleague.edit(CANARY, name="X", include=[EVE, {"email": {"email": f"x{CANARY}@b.io"}}])
    with pytest.raises(CallFailed) as drift:
        plugin.up(KIND, {**declared, "is_default": True}, was=group)
    assert plugin.refresh(group)
    assert CANARY not in "".join([str(refused.value), str(drift.value), *plugin.warnings])


def test_a_secret_name_is_in_no_key_of_what_refers_to_the_object(
    plugin: Plugin, colleague: Colleague
) -> None:
    quiet = plugin.up(KIND, {**ENGINEERS, "name": CANARY, "__secret": ["name"]}, name="quiet")
    group = plugin.up(KIND, ENGINEERS)
    colleague.edit("Engineers", include=[ADA, {"group": {"id": quiet.id}}])
    found = plugin.refresh(group)
    assert found
    assert found.inputs["include"].keys() == {"email ada@example.com", f"group {quiet.id}"}
    assert CANARY not in "".join(plugin.warnings)


def test_what_was_secret_and_is_no_longer_declared_is_not_told_either(
    plugin: Plugin, colleague: Colleague
) -> None:
    group = plugin.up(KIND, {**ENGINEERS, "exclude": [EVE], "__secret": ["exclude"]})
    colleague.edit("Engineers", exclude=[EVE, ADA])
    with pytest.raises(CallFailed, match=r": exclude: changed \(it is secret\)\. "):
        plugin.up(KIND, ENGINEERS, was=group)


# ------------------------------------------------------------------------- errors on their way out


def test_a_token_that_nobody_issued_is_rejected_itself(
    cloudflare: LocalCloudflare,
) -> None:
    stranger = {**config_for(cloudflare), "cloudflare:apiToken": CANARY}
    with another(stranger) as plugin, pytest.raises(CallFailed) as caught:
        plugin.up(KIND, ENGINEERS)
    assert str(caught.value).startswith("DeniedError: GET /accounts/")
    assert "the token itself is rejected: it is wrong, expired or revoked" in str(caught.value)
    assert "It comes from the stack config cloudflare:apiToken" in str(caught.value)
    assert CANARY not in str(caught.value)


def test_a_cloudflare_that_cannot_be_reached_is_one_line(cloudflare: LocalCloudflare) -> None:
    with nobody() as port:
        nowhere = {
            **config_for(cloudflare),
            "cloudflare:baseUrl": f"http://127.0.0.1:{port}",
            "cloudflare-access:deadline": "1",
        }
        with another(nowhere) as plugin, pytest.raises(CallFailed) as caught:
            plugin.up(KIND, ENGINEERS)
    assert str(caught.value).startswith("UnreachableError: GET /accounts/")
    assert f"cannot reach 127.0.0.1:{port}" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_base_url_elsewhere_is_refused_before_anything_is_sent() -> None:
    elsewhere = {"cloudflare:baseUrl": "https://evil.example", "cloudflare:apiToken": CANARY}
    with another(elsewhere) as plugin, pytest.raises(CallFailed) as caught:
        plugin.up(KIND, ENGINEERS)
    assert str(caught.value).startswith("SettingsError: cloudflare:baseUrl is https://evil.example")


def test_an_error_that_nobody_foresaw_is_one_line_without_any_value(plugin: Plugin) -> None:
    group = plugin.up(KIND, ENGINEERS)
    broken = Kept(group.urn, KIND, group.id, group.inputs, {**group.outputs, "include": CANARY})
    with pytest.raises(CallFailed) as caught:
        plugin.up(KIND, {**ENGINEERS, "name": "Developers"}, was=broken)
    assert str(caught.value).startswith("CloudflareError: a mistake in pulumi-cloudflare-access")
    assert len(str(caught.value).splitlines()) == 1
    assert CANARY not in str(caught.value)


def test_another_providers_errors_keep_their_tracebacks(plugin: Plugin) -> None:
    # Inside a function, so that it is pickled by value as a program's own providers are.
    class Theirs(pulumi.dynamic.ResourceProvider):
        def create(self, props: Any) -> Any:
            raise ValueError(f"theirs: {sorted(props)}")

    pickled = struct_pb2.Struct()
    pickled.update({"__provider": serialize_provider(Theirs())})
    request = provider_pb2.CreateRequest(urn="urn:pulumi:a::b::c::d", properties=pickled)
    for _ in range(3):
        with pytest.raises(CallFailed) as ours:
            plugin.get(KIND, IDP, {})
        with pytest.raises(CallFailed) as theirs:
            plugin.call("Create", request)  # a provider that is not ours
        assert len(str(ours.value).splitlines()) == 1
        assert "Traceback (most recent call last)" in str(theirs.value)
        assert "ValueError: theirs" in str(theirs.value)


def test_what_is_only_read_can_still_be_adopted(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    id_ = planted(cloudflare)
    plugin.get(KIND, id_, {}, name="found")
    assert plugin.up(KIND, {**ENGINEERS, "adopt": True}).id == id_
