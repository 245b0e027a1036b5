"""Adoption: what it finds, what it costs, and that it leaves nothing behind in the state."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from harness.fields import Person, told
from harness.live import Live
from harness.local import config_for, strict
from harness.plugin import CallFailed, CheckFailed, Kept, Plugin
from pulumi_cloudflare_access import LocalCloudflare, rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

APP = "access_application"
GROUP = "access_group"
INCLUDE = [rules.email("ada@example.com")]
PUBLIC = [{"type": "public", "uri": "wiki.example.com"}, {"type": "private", "cidr": "10.0.0.0/8"}]
PRIVATE = [{"type": "private", "cidr": "10.1.0.0/16", "l4_protocol": "tcp", "port_range": "443"}]
SAAS = {"type": "saas", "name": "Wiki", "saas_app": {"auth_type": "oidc", "scopes": ["openid"]}}
MEMBERS = {"group": "0" * 32, "members": ["ada@example.com"], "adopt": True}
WIKI = {"type": "self_hosted", "name": "Wiki"}


@pytest.fixture
def cloudflare() -> Iterator[LocalCloudflare]:
    with strict() as cloudflare:
        yield cloudflare


@pytest.fixture
def person(cloudflare: LocalCloudflare) -> Person:
    return Person(cloudflare, "apps")


def sent(cloudflare: LocalCloudflare) -> list[str]:
    return [asked["method"] for asked in cloudflare.requests]


# ------------------------------------------------------------------------------------ what it finds

FOUND: dict[str, dict[str, Any]] = {
    "by its name": SAAS,
    "by its type, a launcher": {"type": "app_launcher"},
    "by its type, enrolment": {"type": "warp"},
    "by its first public place": {**WIKI, "destinations": PUBLIC},
    "by its first listed place": {**WIKI, "self_hosted_domains": ["wiki.example.com"]},
    "by its only private place": {**WIKI, "destinations": PRIVATE},
    "by its domain, a bookmark": {"type": "bookmark", "name": "W", "domain": "wiki.example.com"},
}


@pytest.mark.parametrize("declared", FOUND.values(), ids=FOUND)
def test_an_application_is_found_by_what_it_has(
    declared: dict[str, Any], plugin: Plugin, person: Person, cloudflare: LocalCloudflare
) -> None:
    person.make({**WIKI, "domain": "docs.example.com"})
    there = person.make(declared)["id"]
    before = len(cloudflare.requests)
    assert plugin.up(APP, {**declared, "adopt": True}).id == there
    assert sent(cloudflare)[before:] == ["GET"]


def test_where_nothing_is_found_one_is_made(plugin: Plugin, person: Person) -> None:
    for declared in (SAAS, {"type": "warp"}, {**WIKI, "destinations": PUBLIC}):
        plugin.up(APP, {**declared, "adopt": True}, name=str(declared["type"]))
    assert sorted(app["type"] for app in person.look()) == ["saas", "self_hosted", "warp"]


def test_of_several_of_a_name_the_program_says_which(plugin: Plugin, person: Person) -> None:
    ids = sorted(person.make(SAAS)["id"] for _ in range(2))
    with pytest.raises(CallFailed, match='2 Access applications are called "Wiki" in') as refused:
        plugin.up(APP, {**SAAS, "adopt": True})
    assert ", ".join(ids) in str(refused.value)


def test_what_has_nothing_to_be_found_by_is_told_in_the_preview(plugin: Plugin) -> None:
    with pytest.raises(CheckFailed, match=r'by its type, .* its places or its name.*adopt="<id>"'):
        plugin.check(APP, {"type": "saas", "saas_app": SAAS["saas_app"], "adopt": True})


# -------------------------------------------------------------------- never in the way of a change


@pytest.mark.parametrize("adopt", [True, "id"])
def test_no_word_of_an_adoption_stands_in_the_way_of_a_later_change(
    adopt: Any, plugin: Plugin, person: Person
) -> None:
    there = person.make({**WIKI, "domain": "wiki.example.com"})["id"]
    left = {"adopt": there if adopt == "id" else True, "adopt_changes": True}
    app = plugin.up(APP, {**WIKI, "domain": "wiki.example.com", **left})
    # The natural key goes, is another, or is another object's.
    moved = plugin.up(APP, {**WIKI, "destinations": PUBLIC, **left}, was=app)
    person.make({**WIKI, "domain": "other.example.com"})
    again = plugin.up(APP, {**WIKI, "domain": "docs.example.com", **left}, was=moved)
    last = plugin.up(APP, {**SAAS, "name": "X", "adopt_changes": True}, was=again)
    assert (moved.id, moved.did, again.id, again.did) == (there, "update", there, "update")
    assert last.did == "replace"


def test_a_replacement_is_made_though_what_was_adopted_long_ago_is_gone(
    plugin: Plugin, later: Plugin, person: Person
) -> None:
    left = {"adopt": person.make(SAAS)["id"]}
    first = plugin.up(APP, {**SAAS, **left})
    second = later.up(APP, {**WIKI, "domain": "a.example.com", **left}, was=first)
    third = later.up(APP, {**SAAS, **left}, was=second)
    assert (second.did, third.did) == ("replace", "replace")
    assert [one["id"] for one in person.look()] == [third.id]


def test_two_that_adopt_the_same_by_now_are_no_mistake_of_the_one_that_the_state_has(
    plugin: Plugin,
) -> None:
    group = plugin.up(GROUP, {"name": "Staff", "include": INCLUDE})
    wrong = {"__adoption_mistakes": ['adopt: "other" adopts this object already']}
    assert plugin.up(GROUP, {"name": "Staff", "include": INCLUDE, **wrong}, was=group).did == "same"
    with pytest.raises(CheckFailed, match="adopts this object already"):
        plugin.check(GROUP, {"name": "Staff", "include": INCLUDE, **wrong})


def test_a_preview_says_that_what_it_calls_a_creation_is_an_adoption(plugin: Plugin) -> None:
    id_ = "ea85612a-29c8-46c2-bacb-669d65136971"
    staff = {"name": "Staff", "include": INCLUDE}
    for kind, declared, said in (
        (GROUP, {**staff, "adopt": True}, 'the existing Access group called "Staff", or makes'),
        (GROUP, {**staff, "adopt": id_}, f"takes over Access group {id_}"),
        (APP, {"type": "warp", "adopt": True}, "the existing Access application of type warp, or"),
        ("user_group_members", MEMBERS, "the existing members of the user group, or makes"),
    ):
        plugin.check(kind, declared)
        assert said in plugin.engine.progress[-1]
    said_before = len(plugin.engine.progress)
    group = plugin.up(GROUP, staff)
    plugin.check(GROUP, {**staff, "adopt": True}, group.inputs, group.urn)
    assert len(plugin.engine.progress) == said_before


# --------------------------------------------------------------------------------- nothing is left


def test_the_state_holds_no_word_of_an_adoption(plugin: Plugin, later: Plugin) -> None:
    declared = {"name": "Staff", "include": INCLUDE}
    left = {"adopt": True, "adopt_changes": True}
    group = plugin.up(GROUP, {**declared, **left})
    assert not {*left} & group.inputs.keys()
    assert not {*left} & group.outputs.keys()
    refreshed = later.refresh(group)
    assert refreshed
    assert (refreshed.did, refreshed.inputs) == ("same", group.inputs)
    for program in (declared, {**declared, **left}):
        assert later.check(GROUP, program, group.inputs, group.urn) == group.inputs


def test_a_state_that_holds_one_keeps_it_unseen(plugin: Plugin, later: Plugin) -> None:
    declared = {"name": "Staff", "include": INCLUDE}
    made = plugin.up(GROUP, declared)
    old = replace(made, inputs={**made.inputs, "adopt": made.id, "adopt_changes": True})
    refreshed = later.refresh(old)
    assert refreshed
    assert (refreshed.did, refreshed.inputs) == ("same", old.inputs)
    assert later.up(GROUP, declared, was=refreshed).did == "same"
    assert later.up(GROUP, {**declared, "name": "All"}, was=refreshed).did == "update"


# ---------------------------------------------------------------------- what stands in the way, 409


@pytest.mark.parametrize(
    "declared",
    [
        {"domain": "wiki.example.com"},
        {"self_hosted_domains": ["new.example.com", "wiki.example.com"]},
        {"destinations": [{"type": "public", "uri": "wiki.example.com"}]},
        {"destinations": [*PRIVATE, {"type": "all_workers"}]},
    ],
    ids=str,
)
def test_a_conflict_names_the_application_in_the_way_whatever_says_the_place(
    declared: dict[str, Any], plugin: Plugin, person: Person
) -> None:
    destinations = [{"type": "public", "uri": "x.example.com"}, PUBLIC[0], {"type": "all_workers"}]
    there = person.make({**WIKI, "name": "By hand", "destinations": destinations})["id"]
    with pytest.raises(CallFailed, match="409") as refused:
        plugin.up(APP, {**WIKI, **declared})
    assert f'"By hand" ({there}): take it over with adopt="{there}"' in str(refused.value)
    # A move to that place likewise.
    app = plugin.up(APP, {**WIKI, "domain": "docs.example.com"})
    with pytest.raises(CallFailed, match="409") as refused:
        plugin.up(APP, {**WIKI, **declared}, was=app)
    assert f'in the way is "By hand" ({there})' in str(refused.value)


def test_a_conflict_with_another_resource_names_that_and_offers_no_adoption(
    plugin: Plugin,
) -> None:
    there = plugin.up(APP, {**WIKI, "domain": "wiki.example.com"}, name="one").id
    with pytest.raises(CallFailed, match="409") as refused:
        plugin.up(APP, {**WIKI, "destinations": PUBLIC}, name="two")
    assert f'"Wiki" ({there}), which one has' in str(refused.value)
    assert "take it over" not in str(refused.value)


def test_a_conflict_names_what_an_account_has_in_the_place_of_a_zone_and_the_other_way_round(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    zone = {"zone_id": cloudflare.zone_id}
    there = plugin.up(APP, {**WIKI, "domain": "wiki.example.com"}, name="one").id
    with pytest.raises(CallFailed, match="409") as refused:
        plugin.up(APP, {**WIKI, **zone, "domain": "wiki.example.com"}, name="two")
    where = f"in account {cloudflare.account_id}"
    assert f'in the way is "Wiki" ({there}), which one has, {where}' in str(refused.value)
    # A move to a place that the zone has likewise.
    there = plugin.up(APP, {**WIKI, **zone, "domain": "docs.example.com"}, name="two").id
    app = plugin.up(APP, {**WIKI, "domain": "other.example.com"}, name="three")
    with pytest.raises(CallFailed, match="409") as refused:
        plugin.up(APP, {**WIKI, "self_hosted_domains": ["docs.example.com"]}, was=app)
    where = f"in zone {cloudflare.zone_id}"
    assert f'in the way is "Wiki" ({there}), which two has, {where}' in str(refused.value)


# ------------------------------------------------------------------------------------ what it costs


def test_adoption_by_id_is_served_from_lists(cloudflare: LocalCloudflare) -> None:
    objects = Live(
        groups=40, policies=40, applications=40, lists=20, singles=20, user_groups=8
    ).made_in(cloudflare)
    config = config_for(cloudflare)

    def adopt(plugin: Plugin, one: tuple[int, tuple[str, Mapping[str, Any]]]) -> Kept:
        number, (kind, declared) = one
        return plugin.up(kind, declared, name=f"{kind}-{number}")

    with Plugin(config, os.environ) as plugin, ThreadPoolExecutor(16) as pool:
        kept = [*pool.map(lambda one: adopt(plugin, one), enumerate(objects))]
        assert told(plugin) == []
    assert len(kept) == len(objects) == 176
    # A list of each kind and of people, one for each set of members; and that of applications
    # again for those who ask for it as it is now.
    assert {*sent(cloudflare)} == {"GET"}
    assert len(sent(cloudflare)) <= 5 + 8 + 20


def test_what_a_list_has_of_an_object_that_differs_is_looked_at_again(
    plugin: Plugin, person: Person, cloudflare: LocalCloudflare
) -> None:
    first = person.make({**WIKI, "domain": "a.example.com"})
    second = person.make({**WIKI, "domain": "b.example.com"})
    plugin.up(APP, {**WIKI, "domain": "a.example.com", "adopt": first["id"]}, name="a")
    # Since the list was read, somebody has made it what the program declares, and more.
    person.write(second["id"], {**WIKI, "name": "Docs", "domain": "b.example.com", "tags": []})
    asked = len(cloudflare.requests)
    docs = {**WIKI, "name": "Docs", "domain": "b.example.com", "adopt": second["id"]}
    assert plugin.up(APP, docs, name="b").id == second["id"]
    assert sent(cloudflare)[asked:] == ["GET"]
