"""Zero Trust lists through the plugin's own gRPC."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from harness.fields import Person, told, written
from harness.local import config_for, reset, strict
from harness.nursery import Nursery
from harness.plugin import CallFailed, CheckFailed, Plugin
from pulumi_cloudflare_access import LocalCloudflare
from pulumi_cloudflare_access.local_cloudflare import faults

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = "zero_trust_list"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
ADA, GRACE = "ada@example.com", "grace@example.com"
BOB = {"value": "bob@example.org", "description": "Auditor until May"}
STAFF = {"name": "Staff", "type": "EMAIL", "items": ["Ada@example.com", BOB]}
MANY = [f"person-{number}@example.com" for number in range(5_000)]


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


@pytest.fixture
def person(cloudflare: LocalCloudflare) -> Person:
    """Introduce somebody who edits by hand at Cloudflare."""
    return Person(cloudflare, "gateway/lists")


def held(person: Person, id_: str) -> dict[str, str]:
    """Return the values of a list with their descriptions."""
    items = person.look(f"{id_}/items?per_page=1000")
    return {item["value"]: item.get("description", "") for item in items}


def sent(cloudflare: LocalCloudflare) -> list[tuple[str, Any]]:
    """Return the writes since the last time."""
    found = [(one["method"], one["body"]) for one in written(cloudflare)]
    cloudflare.app.requests.clear()
    return found


@pytest.mark.parametrize("list_items", ["flat", "nested"])
def test_a_list_is_made_with_its_values_and_it_is_quiet_then(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person, list_items: str
) -> None:
    cloudflare.switches.set({"list_items": list_items})
    made = plugin.up(KIND, STAFF)
    assert sent(cloudflare) == [
        ("POST", {"name": "Staff", "type": "EMAIL", "items": [{"value": "Ada@example.com"}, BOB]})
    ]
    assert person.look(made.id)["count"] == 2
    assert made.inputs["items"] == {ADA: {"value": "Ada@example.com"}, BOB["value"]: BOB}
    assert (made.outputs["items"], made.outputs["count"]) == (made.inputs["items"], 2)
    assert plugin.up(KIND, STAFF, was=made).did == "same"
    plugin.restart()
    refreshed = plugin.refresh(made)
    assert refreshed
    assert (refreshed.did, refreshed.inputs) == ("same", made.inputs)
    assert told(plugin) == []


def test_of_five_thousand_addresses_one_more_is_one_request_with_that_one(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    declared = {"name": "All", "type": "EMAIL", "items": MANY}
    made = plugin.up(KIND, declared)
    assert [warning for warning in told(plugin) if "5,000 values" in warning]
    plugin.restart()
    sent(cloudflare)
    more = plugin.up(KIND, {**declared, "items": [*MANY[1:], ADA]}, was=made)
    assert more.did == "update"
    reads = [one["path"] for one in cloudflare.requests if one["method"] == "GET"]
    assert len(reads) == 1 + len(MANY) // 1000
    assert sent(cloudflare) == [
        ("PATCH", {"append": [{"value": ADA}], "remove": ["person-0@example.com"]})
    ]
    assert person.look(made.id)["count"] == 5_000
    assert more.outputs["items"].keys() == {*MANY[1:], ADA}
    plugin.restart()
    refreshed = plugin.refresh(more)
    assert refreshed
    assert refreshed.did == "same"


def test_a_description_changes_in_one_request_with_all_values(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    made = plugin.up(KIND, STAFF)
    sent(cloudflare)
    until_june = {**BOB, "description": "Auditor until June"}
    changed = plugin.up(KIND, {**STAFF, "items": [ADA, until_june, GRACE]}, was=made)
    assert [verb for verb, _ in sent(cloudflare)] == ["PUT"]
    assert held(person, made.id) == {ADA: "", BOB["value"]: "Auditor until June", GRACE: ""}
    assert changed.outputs["count"] == 3


def test_a_name_changes_alone_and_values_do(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    made = plugin.up(KIND, {**STAFF, "description": "Everybody"})
    sent(cloudflare)
    renamed = plugin.up(KIND, {**STAFF, "name": "People", "description": "Everybody"}, was=made)
    assert sent(cloudflare) == [("PUT", {"name": "People", "description": "Everybody"})]
    empty = plugin.up(KIND, {"name": "People", "type": "EMAIL", "items": []}, was=renamed)
    assert [verb for verb, _ in sent(cloudflare)] == ["PUT", "PATCH"]
    assert held(person, made.id) == {}
    assert "description" not in person.look(made.id)
    assert plugin.refresh(empty).did == "same"  # type: ignore[union-attr]


def test_values_that_nobody_declares_are_left_to_others(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    made = plugin.up(KIND, {"name": "Staff", "type": "EMAIL"})
    person.patch(f"{person.path}/{made.id}", {"append": [{"value": GRACE}]})
    plugin.restart()
    assert plugin.refresh(made).did == "same"  # type: ignore[union-attr]
    sent(cloudflare)
    renamed = plugin.up(KIND, {"name": "People", "type": "EMAIL"}, was=made)
    assert sent(cloudflare) == [("PUT", {"name": "People"})]
    assert held(person, renamed.id) == {GRACE: ""}


def test_no_longer_declared_values_stay(plugin: Plugin, person: Person) -> None:
    made = plugin.up(KIND, STAFF)
    without = plugin.up(KIND, {"name": "Staff", "type": "EMAIL"}, was=made)
    assert "items" not in without.outputs
    assert held(person, made.id).keys() == {ADA, BOB["value"]}


def test_first_declared_values_do_not_replace_others_unseen(plugin: Plugin, person: Person) -> None:
    made = plugin.up(KIND, {"name": "Staff", "type": "EMAIL"})
    person.patch(f"{person.path}/{made.id}", {"append": [{"value": GRACE}]})
    plugin.restart()
    with pytest.raises(CallFailed, match=f"items: .*- {GRACE}"):
        plugin.up(KIND, STAFF, was=made)
    assert held(person, made.id) == {GRACE: ""}


def test_drift_names_values_and_descriptions_and_no_update_undoes_it_unseen(
    plugin: Plugin, person: Person
) -> None:
    made = plugin.up(KIND, STAFF)
    items = [{"value": GRACE}, {"value": ADA, "description": "Founder"}]
    person.write(made.id, {"name": "Staff", "items": items})
    plugin.restart()
    with pytest.raises(CallFailed, match=f"items: \\+ {GRACE}"):
        plugin.up(KIND, {**STAFF, "items": [ADA]}, was=made)
    drifted = plugin.refresh(made)
    assert drifted
    assert drifted.did == "drift"
    [warning] = told(plugin)
    assert warning == (
        "changed at Cloudflare: items: - bob@example.org; items: + grace@example.com; "
        'items: ada@example.com: description: nothing -> "Founder"'
    )
    repaired = plugin.up(KIND, STAFF, was=drifted)
    assert repaired.did == "update"
    assert held(person, made.id) == {ADA: "", BOB["value"]: BOB["description"]}


def test_another_type_is_another_list(plugin: Plugin, person: Person) -> None:
    made = plugin.up(KIND, STAFF)
    serials = {"name": "Staff", "type": "SERIAL", "items": ["C02XYZ"]}
    other = plugin.up(KIND, serials, was=made)
    assert other.did == "replace"
    assert [one["type"] for one in person.look()] == ["SERIAL"]


def test_a_range_is_the_same_however_it_is_written(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    declared = {"name": "Offices", "type": "IP", "items": ["203.0.113.7", "2001:DB8::/32"]}
    made = plugin.up(KIND, declared)
    assert sorted(made.inputs["items"]) == ["2001:db8::/32", "203.0.113.7/32"]
    sent(cloudflare)
    same = {**declared, "items": ["2001:db8:0::/32", "203.0.113.7/32"]}
    assert plugin.up(KIND, same, was=made).did == "same"
    assert sent(cloudflare) == []


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"items": ["ada"]}, 'items["ada"]: "ada" is no e-mail address'),
    ({"type": "IP", "items": ["1.2.3"]}, "is no IP address and no CIDR range"),
    ({"items": [BOB, {"value": "BOB@example.org"}]}, "is in the list twice"),
    ({"items": [7]}, 'items[0]: is a number, and must be a text or {"value": …}'),
    ({"items": [{"value": ADA, "comment": "x"}]}, '"comment" is not a key of an item'),
    ({"items": [""]}, "items[0].value: is empty"),
    ({"type": "EMAILS"}, 'say "EMAIL"'),
    ({"name": None}, "name: is required"),
]


@pytest.mark.parametrize(("change", "reason"), WRONG)
def test_what_cannot_be_is_refused_in_the_preview(
    plugin: Plugin, change: dict[str, Any], reason: str
) -> None:
    declared = {name: value for name, value in {**STAFF, **change}.items() if value is not None}
    with pytest.raises(CheckFailed) as failed:
        plugin.check(KIND, declared)
    assert any(reason in one for one in failed.value.reasons), failed.value.reasons


def test_what_is_not_known_yet_is_no_mistake(plugin: Plugin) -> None:
    assert plugin.check(KIND, {**STAFF, "items": UNKNOWN})["items"] == UNKNOWN
    unknown = plugin.check(KIND, {**STAFF, "items": [UNKNOWN, {"value": UNKNOWN}, ADA]})
    assert len(unknown["items"]) == 3


def test_a_new_type_is_sent_as_it_is_with_a_warning(plugin: Plugin) -> None:
    assert plugin.check(KIND, {"name": "New", "type": "FINGERPRINT"})["type"] == "FINGERPRINT"
    assert [warning for warning in told(plugin) if "FINGERPRINT" in warning]


# ----------------------------------------------------------------------- adopted, read, lost, used


def test_a_list_is_adopted_by_name_if_its_values_are_declared(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    there = {**STAFF, "items": [{"value": ADA}, BOB]}
    [seeded] = cloudflare.seed({"gateway/lists": [there]})["gateway/lists"]
    with pytest.raises(CallFailed, match=f"items: - {BOB['value']}"):
        plugin.up(KIND, {**STAFF, "items": [ADA], "adopt": True})
    adopted = plugin.up(KIND, {**STAFF, "adopt": True})
    assert adopted.id == seeded["id"]
    assert sent(cloudflare) == []
    plugin.restart()
    fewer = {**STAFF, "items": [ADA], "adopt": seeded["id"], "adopt_changes": True}
    assert plugin.up(KIND, fewer, name="again").id == seeded["id"]
    assert sent(cloudflare) == [("PATCH", {"remove": [BOB["value"]]})]


def test_get_reads_a_list_with_its_values(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    made = plugin.up(KIND, STAFF)
    found = plugin.get(KIND, made.id, {"account_id": cloudflare.account_id})
    assert found.outputs["items"].keys() == {ADA, BOB["value"]}
    assert (found.outputs["type"], found.outputs["count"]) == ("EMAIL", 2)


@pytest.mark.parametrize("effect", [True, False])
@pytest.mark.parametrize("list_duplicates", ["ignore", "refuse"])
def test_values_whose_answer_is_lost_are_looked_at_before_they_are_sent_again(
    plugin: Plugin,
    cloudflare: LocalCloudflare,
    person: Person,
    effect: bool,  # noqa: FBT001 - a parameter
    list_duplicates: str,
) -> None:
    cloudflare.switches.set({"list_duplicates": list_duplicates})
    made = plugin.up(KIND, STAFF)
    lost = faults.Status(502, body="html", effect=effect)
    with cloudflare.fault("PATCH /accounts/*/gateway/lists/*", lost, times=1) as struck:
        changed = plugin.up(KIND, {**STAFF, "items": [ADA, GRACE]}, was=made)
        assert struck.fired
    assert held(person, made.id) == {ADA: "", GRACE: ""}
    assert changed.outputs["items"].keys() == {ADA, GRACE}


def test_a_list_that_rules_name_is_deleted_and_they_are_told(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    made = plugin.up(KIND, STAFF)
    rule = {"email_list": {"id": made.id}}
    group = {"name": "Staff", "include": [{"everyone": {}}], "exclude": [rule]}
    cloudflare.seed({"access/groups": [group]})
    plugin.restart()
    plugin.destroy(made)
    assert person.look() == []
    assert any('still used by Access group "Staff"' in warning for warning in told(plugin))


def test_a_list_that_is_gone_leaves_the_state(plugin: Plugin, person: Person) -> None:
    made = plugin.up(KIND, STAFF)
    person.delete(made.id)
    plugin.restart()
    assert plugin.refresh(made) is None
    plugin.destroy(made)
