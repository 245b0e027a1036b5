"""The members of user groups through the plugin's gRPC: everybody as a set, or one by one."""

from __future__ import annotations

import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from harness.local import config_for, reset
from harness.plugin import UNKNOWN, CallFailed, CheckFailed, Kept, Plugin
from harness.team import Team, email, ids, member_id
from pulumi_cloudflare_access import LocalCloudflare
from pulumi_cloudflare_access.local_cloudflare import faults

if TYPE_CHECKING:
    pass

ALL, ONE = "user_group_members", "user_group_member"


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
    return plugin


@pytest.fixture
def team(cloudflare: LocalCloudflare) -> Team:
    team = Team(cloudflare)
    team.invite("ada", "bob", "eve", "zoe")
    team.invite("pat", status="pending")
    return team


def people(group: str, *names: str, **more: Any) -> dict[str, Any]:
    return {"group": group, "members": [*map(email, names)], **more}


def one(group: str, name: str, **more: Any) -> dict[str, Any]:
    return {"group": group, "member": email(name), **more}


def told(plugin: Plugin) -> list[str]:
    warnings = list(plugin.warnings)
    plugin.engine.warnings.clear()
    return warnings


# ------------------------------------------------------------------------------------ everybody


def test_people_are_added_by_address_and_running_again_sends_nothing(
    plugin: Plugin, team: Team
) -> None:
    group = team.group()
    made = plugin.up(ALL, people(group, "bob", "ada"))
    assert made.id == group
    assert team.written() == [("PUT", ids(["ada", "bob"]))]
    assert made.inputs["members"] == {
        "ada@example.com": {"email": "ada@example.com"},
        "bob@example.com": {"email": "bob@example.com"},
    }
    assert plugin.up(ALL, people(group, "ada", "bob"), was=made).did == "same"
    assert team.asked() == []
    assert told(plugin) == []


def test_outputs_say_who_has_which_id_and_who_has_not_accepted_yet(
    plugin: Plugin, team: Team
) -> None:
    made = plugin.up(ALL, people(team.group(), "ada", "pat"))
    assert made.outputs["members"] == {
        f"{name}@example.com": {"email": email(name), "id": member_id(name), "status": status}
        for name, status in (("ada", "accepted"), ("pat", "pending"))
    }


def test_check_and_diff_ask_nothing(plugin: Plugin, team: Team) -> None:
    made = plugin.up(ALL, people(team.group(), "ada"))
    team.asked()
    inputs = plugin.check(ALL, people(made.id, "eve", "nobody"), made.inputs)
    assert plugin.diff(made, inputs) == ("UNKNOWN", [])
    assert team.asked() == []


@pytest.mark.parametrize("switch", ["array", "object"])
def test_a_refresh_is_quiet_whatever_the_order_and_the_shape(
    switch: Any, plugin: Plugin, team: Team
) -> None:
    team.cloudflare.switches.added_members = switch
    team.cloudflare.switches.member_email = switch == "array"
    group = team.group()
    declared = people(group, "ada", "bob", "eve")
    made = plugin.up(ALL, declared)
    single = plugin.up(ONE, one(group, "zoe"), name="zoe")
    team.take_out(group, "zoe")
    for _ in range(3):
        random.shuffle(declared["members"])
        refreshed = plugin.refresh(made)
        assert refreshed
        assert (refreshed.did, refreshed.outputs) == ("same", made.outputs)
        assert plugin.up(ALL, declared, was=refreshed).did == "same"
    team.add(group, "zoe")
    again = plugin.refresh(single)
    assert again
    assert (again.did, again.outputs) == ("same", single.outputs)
    assert plugin.up(ONE, one(group, "zoe"), was=again).did == "same"
    assert told(plugin) == []


def test_a_change_is_one_put_and_resolves_whom_it_does_not_know(plugin: Plugin, team: Team) -> None:
    made = plugin.up(ALL, people(team.group(), "ada", "bob"))
    team.asked()
    changed = plugin.up(ALL, people(made.id, "ada", "eve"), was=made)
    assert changed.did == "update"
    assert team.written() == [("PUT", ids(["ada", "eve"]))]
    assert sorted(changed.outputs["members"]) == ["ada@example.com", "eve@example.com"]
    assert told(plugin) == []


def test_addresses_are_compared_in_lower_case_and_kept_as_written(
    plugin: Plugin, team: Team
) -> None:
    group = team.group()
    made = plugin.up(ALL, {"group": group, "members": ["Ada@Example.com", "ada@example.com"]})
    assert made.inputs["members"] == {"ada@example.com": {"email": "Ada@Example.com"}}
    assert team.written() == [("PUT", ids(["ada"]))]
    assert plugin.up(ALL, people(group, "ada"), was=made).did == "same"
    refreshed = plugin.refresh(made)
    assert refreshed
    assert (refreshed.did, refreshed.inputs) == ("same", made.inputs)


def test_an_address_and_an_id_of_one_person_are_one_person(plugin: Plugin, team: Team) -> None:
    group, by_id = team.group(), member_id("ada")
    made = plugin.up(ALL, {"group": group, "members": [by_id, email("ada"), email("bob")]})
    assert team.written() == [("PUT", ids(["ada", "bob"]))]
    for members in ([email("ada"), email("bob")], [by_id, member_id("bob")]):
        kept = plugin.up(ALL, {"group": group, "members": members}, was=made)
        assert kept.did == "same"
    by_ids = plugin.up(ALL, {"group": group, "members": [by_id, email("bob"), email("eve")]}, made)
    assert team.written() == [("PUT", ids(["ada", "bob", "eve"]))]
    refreshed = plugin.refresh(by_ids)
    assert refreshed
    assert (refreshed.did, refreshed.inputs) == ("same", by_ids.inputs)
    assert told(plugin) == []


def test_what_a_look_up_found_needs_no_list(plugin: Plugin, team: Team) -> None:
    found = {"id": member_id("ada"), "email": email("ada")}
    group = team.group()
    made = plugin.up(ALL, {"group": group, "members": [found]})
    where = f"iam/user_groups/{group}/members"
    assert team.asked() == [f"GET {where}", f"PUT {where}"]
    assert plugin.up(ALL, people(group, "ada"), was=made).did == "same"


def test_who_is_no_member_of_the_account_is_named_before_anything_is_sent(
    plugin: Plugin, team: Team
) -> None:
    group = team.group("ada")
    strangers = people(group, "ada", "eva", "x", adopt=True, adopt_changes=True)
    strangers["members"].append("f" * 32)
    with pytest.raises(CallFailed) as failed:
        plugin.up(ALL, strangers)
    said = str(failed.value)
    assert 'members["eva@example.com"]: no account member has the email "eva@example.com"' in said
    assert 'the nearest: "eve@example.com"' in said
    assert 'members["x@example.com"]: no account member' in said
    assert f'has the id "{"f" * 32}"' in said
    assert team.written() == []
    with pytest.raises(CallFailed, match='member: no account member has the email "eva@ex'):
        plugin.up(ONE, one(group, "eva"))
    assert team.written() == []


def test_who_was_invited_since_the_list_was_read_is_found(plugin: Plugin, team: Team) -> None:
    group = team.group()
    made = plugin.up(ALL, people(group, "ada"))
    team.invite("new")
    changed = plugin.up(ALL, people(group, "ada", "new"), was=made)
    assert changed.outputs["members"]["new@example.com"]["id"] == member_id("new")
    assert team.members(group) == ["ada", "new"]


def test_the_list_of_the_account_is_read_once_for_all_groups_and_kinds(
    team: Team, cloudflare: LocalCloudflare
) -> None:
    team.invite(*(f"p{n:03}" for n in range(120)))
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        for number in range(3):
            plugin.up(ALL, people(team.group(), f"p{number:03}"), name=f"all{number}")
            plugin.up(ONE, one(team.group(), f"p{number:03}"), name=f"one{number}")
    # 125 members, 50 on a page.
    assert team.asked().count("GET members") == 3


def test_a_group_of_nobody_is_refused_unless_that_is_meant(plugin: Plugin, team: Team) -> None:
    group = team.group()
    with pytest.raises(CheckFailed) as failed:
        plugin.up(ALL, people(group))
    assert failed.value.reasons == [
        "members: nobody would be in the group: if that is meant, say allow_empty=True"
    ]
    made = plugin.up(ALL, people(group, allow_empty=True))
    assert team.written() == []
    made = plugin.up(ALL, people(group, "ada", allow_empty=True), was=made)
    team.written()
    made = plugin.up(ALL, people(group, allow_empty=True), was=made)
    assert team.written() == [("PUT", [])]
    refreshed = plugin.refresh(made)
    assert refreshed
    assert (refreshed.did, refreshed.outputs) == ("same", made.outputs)
    plugin.destroy(made)
    assert team.written() == []


def test_more_removals_than_allowed_are_refused_in_the_preview_and_named(
    plugin: Plugin, team: Team
) -> None:
    group = team.group()
    made = plugin.up(ALL, people(group, "ada", "bob", "eve", max_removals=1))
    team.asked()
    with pytest.raises(CheckFailed) as failed:
        plugin.check(ALL, people(group, "ada", max_removals=1), made.inputs, made.urn)
    assert failed.value.reasons == [
        "members: 2 would leave the group (bob@example.com, eve@example.com), and max_removals is 1"
    ]
    with pytest.raises(CheckFailed, match="3 would leave"):
        plugin.check(ALL, people("f" * 32, "ada", max_removals=1), made.inputs, made.urn)
    assert team.asked() == []
    # A limit is a word to us: it changes nothing, and is heeded when it is given.
    assert plugin.up(ALL, people(group, "ada", "bob", "eve"), was=made).did == "same"
    changed = plugin.up(ALL, people(group, "ada", max_removals=2), was=made)
    assert (changed.did, team.members(group)) == ("update", ["ada"])


@pytest.mark.parametrize("new", [UNKNOWN, member_id("eve")])
def test_who_is_not_known_in_the_preview_may_be_the_one_who_seems_to_leave(
    new: str, plugin: Plugin, team: Team
) -> None:
    group = team.group()
    made = plugin.up(ALL, people(group, "ada", "eve", max_removals=0))
    members = [email("ada"), new]
    plugin.check(ALL, {"group": group, "members": members, "max_removals": 0}, made.inputs)
    with pytest.raises(CheckFailed, match="2 would leave"):
        plugin.check(ALL, {"group": group, "members": [new], "max_removals": 0}, made.inputs)
    # Who it really is, is seen before anything is sent.
    team.written()
    members = [email("ada"), member_id("bob")]
    with pytest.raises(CallFailed, match=r"1 would leave the group.*eve@example.com.*is 0"):
        plugin.up(ALL, {"group": group, "members": members, "max_removals": 0}, was=made)
    assert team.written() == []


def test_a_removal_is_checked_again_when_a_group_is_taken_over(plugin: Plugin, team: Team) -> None:
    group = team.group("ada", "bob", "eve")
    adopt = {"adopt": True, "adopt_changes": True, "max_removals": 1}
    with pytest.raises(CallFailed, match=r"2 would leave the group.*bob@example.com, eve@ex"):
        plugin.up(ALL, people(group, "ada", **adopt))
    assert team.written() == []


def test_whom_somebody_added_since_is_not_taken_out_but_named(plugin: Plugin, team: Team) -> None:
    group = team.group()
    made = plugin.up(ALL, people(group, "ada", "bob"))
    team.add(group, "eve")
    team.written()
    with pytest.raises(CallFailed) as failed:
        plugin.up(ALL, people(group, "ada"), was=made)
    assert "no preview has shown it: members: + eve@example.com. Nothing was sent" in str(
        failed.value
    )
    assert (team.written(), team.members(group)) == ([], ["ada", "bob", "eve"])
    refreshed = plugin.refresh(made)
    assert refreshed
    assert refreshed.did == "drift"
    assert told(plugin) == ["changed at Cloudflare: members: + eve@example.com"]
    assert refreshed.inputs["members"]["eve@example.com"] == {"email": "eve@example.com"}
    plugin.up(ALL, people(group, "ada"), was=refreshed)
    assert team.members(group) == ["ada"]


def test_whom_somebody_took_out_since_is_not_put_back_but_named(plugin: Plugin, team: Team) -> None:
    group = team.group()
    made = plugin.up(ALL, people(group, "ada", "bob"))
    team.take_out(group, "bob")
    with pytest.raises(CallFailed, match=r"members: - bob@example.com\. Nothing was sent"):
        plugin.up(ALL, people(group, "ada", "bob", "eve"), was=made)
    refreshed = plugin.refresh(made)
    assert refreshed
    assert refreshed.did == "drift"
    assert told(plugin) == ["changed at Cloudflare: members: - bob@example.com"]
    plugin.up(ALL, people(group, "ada", "bob"), was=refreshed)
    assert team.members(group) == ["ada", "bob"]


def test_what_somebody_did_that_the_program_wants_anyway_needs_no_refresh(
    plugin: Plugin, team: Team
) -> None:
    group = team.group()
    made = plugin.up(ALL, people(group, "ada", "bob"))
    team.add(group, "eve")
    team.take_out(group, "bob")
    team.written()
    changed = plugin.up(ALL, people(group, "ada", "eve"), was=made)
    assert (changed.did, team.written()) == ("update", [])
    assert sorted(changed.outputs["members"]) == ["ada@example.com", "eve@example.com"]


def test_even_overwriting_takes_out_nobody_whom_no_preview_has_named(
    team: Team, cloudflare: LocalCloudflare
) -> None:
    config = config_for(cloudflare, onDrift="overwrite")
    group = team.group()
    with Plugin(config, os.environ) as plugin:
        made = plugin.up(ALL, people(group, "ada", "bob"))
        team.add(group, "eve")
        for members in (["ada"], ["ada", "zoe"], ["zoe"]):
            made = plugin.up(ALL, people(group, *members), was=made)
            assert team.members(group) == sorted([*members, "eve"])
            assert sorted(made.outputs["members"]) == [*map(email, sorted(members))]
            [warning] = told(plugin)
            assert warning.startswith("eve@example.com stay in the group: somebody has added them")
        refreshed = plugin.refresh(made)
        assert refreshed
        made = plugin.up(ALL, people(group, "zoe"), was=refreshed)
        assert team.members(group) == ["zoe"]


def test_a_group_of_many_is_read_to_its_last_page(plugin: Plugin, team: Team) -> None:
    names = [f"p{number:04}" for number in range(1200)]
    team.invite(*names)
    group = team.group(*names)
    team.asked()
    made = plugin.up(ALL, people(group, *names, adopt=True))
    assert team.written() == []
    changed = plugin.up(ALL, people(group, *names[1:], "ada"), was=made)
    assert team.written() == [("PUT", ids([*names[1:], "ada"]))]
    assert len(changed.outputs["members"]) == 1200
    team.add(group, names[0])
    refreshed = plugin.refresh(changed)
    assert refreshed
    assert told(plugin) == ["changed at Cloudflare: members: + p0000@example.com"]


def test_a_group_that_has_members_is_taken_over_where_nobody_leaves_it(
    plugin: Plugin, team: Team
) -> None:
    group = team.group("ada")
    made = plugin.up(ALL, people(group, "ada", "bob"))
    assert (made.did, team.members(group)) == ("create", ["ada", "bob"])


def test_a_group_that_has_other_members_is_taken_over_only_where_that_is_accepted(
    plugin: Plugin, team: Team
) -> None:
    group = team.group("ada", "eve")
    with pytest.raises(CallFailed, match=r"would change: members: - eve@example\.com\. Declare"):
        plugin.up(ALL, people(group, "ada", "bob"))
    with pytest.raises(CallFailed, match=r"change: members: - eve@example.com; members: \+ bob@"):
        plugin.up(ALL, people(group, "ada", "bob", adopt=True))
    assert team.written() == []
    plugin.up(ALL, people(group, "ada", "bob", adopt=True, adopt_changes=True))
    assert team.members(group) == ["ada", "bob"]


def test_a_group_that_is_as_declared_is_adopted_and_not_written(plugin: Plugin, team: Team) -> None:
    group = team.group("ada", "bob")
    made = plugin.up(ALL, people(group, "ada", "bob", adopt=True))
    assert (made.id, team.written()) == (group, [])
    assert plugin.up(ALL, people(group, "ada", "bob", adopt=True), was=made).did == "same"
    assert plugin.up(ALL, people(group, "ada", "bob"), was=made).did == "same"
    assert told(plugin) == []


def test_an_empty_group_is_adopted_by_adding_to_it(plugin: Plugin, team: Team) -> None:
    group = team.group()
    plugin.up(ALL, people(group, "ada", adopt=True))
    assert team.members(group) == ["ada"]


def test_a_group_that_was_made_a_moment_ago_is_waited_for(plugin: Plugin, team: Team) -> None:
    team.cloudflare.switches.new_user_group_misses = 2
    for kind, declared in ((ALL, people), (ONE, one)):
        group = team._ask("POST", "iam/user_groups", {"name": kind})["id"]  # noqa: SLF001
        plugin.up(kind, declared(group, "ada"), name=kind)
        assert team.members(group) == ["ada"]


def test_a_group_that_is_not_there_is_an_error(plugin: Plugin) -> None:
    with pytest.raises(CallFailed, match="404: user group not found"):
        plugin.up(ALL, people("f" * 32, "ada"))


def test_a_set_that_is_gone_leaves_the_state_and_is_not_updated(plugin: Plugin, team: Team) -> None:
    group = team.group()
    made = plugin.up(ALL, people(group, "ada"))
    team.drop(group)
    with pytest.raises(CallFailed, match="is gone: run pulumi refresh"):
        plugin.up(ALL, people(group, "ada", "bob"), was=made)
    assert plugin.refresh(made) is None
    plugin.destroy(made)


def test_a_destroy_takes_out_whom_the_state_names_and_nobody_else(
    plugin: Plugin, team: Team
) -> None:
    group = team.group()
    made = plugin.up(ALL, people(group, "ada", "bob"))
    plugin.restart()
    plugin.destroy(made)
    assert team.members(group) == []
    assert told(plugin) == []
    made = plugin.up(ALL, people(group, "ada", "bob"), name="again")
    team.add(group, "eve")
    plugin.restart()
    plugin.destroy(made)
    assert team.members(group) == ["eve"]
    [warning] = told(plugin)
    assert warning.startswith("eve@example.com stay in the group")


def test_a_set_under_another_resource_name_is_not_cleared_with_the_old_one(
    plugin: Plugin, team: Team
) -> None:
    group = team.group()
    made = plugin.up(ALL, people(group, "ada"), name="before")
    plugin.restart()
    plugin.up(ALL, people(group, "ada"), name="after")
    plugin.destroy(made)
    assert team.members(group) == ["ada"]
    assert "stays: after has adopted it" in told(plugin)[0]


def test_another_group_is_a_replacement(plugin: Plugin, team: Team) -> None:
    one_group, other = team.group(), team.group()
    made = plugin.up(ALL, people(one_group, "ada"))
    plugin.restart()
    moved = plugin.up(ALL, people(other, "ada"), was=made)
    assert (moved.did, moved.id) == ("replace", other)
    assert (team.members(one_group), team.members(other)) == ([], ["ada"])


def test_a_set_that_another_stack_owns_is_read(plugin: Plugin, team: Team) -> None:
    group = team.group("ada", "pat")
    found = plugin.get(ALL, group, {"account_id": team.cloudflare.account_id})
    assert found.outputs["group"] == group
    assert {key: one["status"] for key, one in found.outputs["members"].items()} == {
        "ada@example.com": "accepted",
        "pat@example.com": "pending",
    }
    with pytest.raises(CallFailed, match="404"):
        plugin.get(ALL, "f" * 32, {"account_id": team.cloudflare.account_id})


def test_an_address_that_is_somebody_elses_by_now_is_drift(plugin: Plugin, team: Team) -> None:
    group = team.group()
    made = plugin.up(ALL, people(group, "ada", "bob"))
    team.leave("ada")
    team.cloudflare.seed({"members": [{"email": email("ada"), "id": "a" * 32}]})
    team._ask("POST", f"iam/user_groups/{group}/members", [{"id": "a" * 32}])  # noqa: SLF001
    with pytest.raises(
        CallFailed, match=r"members: - ada@example.com; members: \+ ada@example.com"
    ):
        plugin.up(ALL, people(group, "ada", "bob", "eve"), was=made)
    refreshed = plugin.refresh(made)
    assert refreshed
    # The same address: for the program, the same person, whose new id is taken over.
    assert refreshed.outputs["members"]["ada@example.com"]["id"] == "a" * 32


def test_who_has_left_the_account_meanwhile_is_named(
    team: Team, cloudflare: LocalCloudflare
) -> None:
    group = team.group()
    with Plugin(config_for(cloudflare, onDrift="overwrite"), os.environ) as plugin:
        made = plugin.up(ALL, people(group, "ada", "bob"))
        team.leave("ada")
        with pytest.raises(
            CallFailed, match=r"no longer in account .*: ada@example.com; run pulumi"
        ):
            plugin.up(ALL, people(group, "ada", "bob", "eve"), was=made)
    assert team.members(group) == ["bob"]


@pytest.mark.parametrize("kind", [ALL, ONE])
def test_a_group_of_the_identity_providers_is_nobody_elses_to_change(
    kind: str, plugin: Plugin, team: Team
) -> None:
    group = team.group("bob", scim=True)
    declared = one(group, "ada") if kind == ONE else people(group, "ada", "bob")
    with pytest.raises(CallFailed, match="an identity provider manages this group through SCIM"):
        plugin.up(kind, declared)
    # It can be looked after all the same, as it is.
    declared = one(group, "bob") if kind == ONE else people(group, "bob", adopt=True)
    kept = plugin.up(kind, declared)
    assert plugin.up(kind, declared, was=kept).did == "same"


@pytest.mark.parametrize(
    ("declared", "mistake"),
    [
        (
            {"members": ["ada"]},
            'members[0]: "ada" must be an e-mail address or the id',
        ),
        (
            {"members": [email("ada"), 7]},
            "members[1]: is a number, and must be an e-mail address",
        ),
        ({"members": [f"{'a' * 90}@example.com"]}, 'members[0]: "aaa'),
        ({"members": [{"id": "F" * 32}]}, 'members[0]: "FFF'),
        ({"members": "ada@example.com"}, "members: must be a list"),
        ({}, "members: is required"),
        ({"members": [email("ada")], "group": "a/b"}, 'group: "a/b" is no id of a user group'),
        ({"members": [email("ada")], "max_removals": -1}, "max_removals: "),
        (
            {"members": [email("ada")], "allow_empty": "yes"},
            "allow_empty: is a text, and must be true",
        ),
        ({"members": [email("ada")], "zone_id": "f" * 32}, "zone_id: is not a field"),
    ],
)
def test_mistakes_have_their_path(declared: Any, mistake: str, plugin: Plugin) -> None:
    with pytest.raises(CheckFailed) as failed:
        plugin.check(ALL, {"group": "f" * 32, **declared})
    [reason] = failed.value.reasons
    assert reason.startswith(mistake)


@pytest.mark.parametrize(
    "declared", [{"members": UNKNOWN}, {"members": [UNKNOWN, UNKNOWN]}, {"group": UNKNOWN}]
)
def test_what_is_not_known_yet_is_no_mistake(declared: Any, plugin: Plugin) -> None:
    plugin.check(ALL, {"group": "f" * 32, "members": [email("ada")], **declared})


def test_no_message_about_secret_members_names_them(plugin: Plugin, team: Team) -> None:
    group = team.group()
    made = plugin.up(ALL, people(group, "ada", "bob", __secret=["members"]))
    team.add(group, "eve")
    with pytest.raises(CallFailed, match=r"members: changed \(it is secret\)"):
        plugin.up(ALL, people(group, "ada", __secret=["members"]), was=made)
    with pytest.raises(CallFailed) as failed:
        plugin.up(ALL, people(team.group(), "nobody", __secret=["members"]), name="other")
    assert "nobody@example" not in str(failed.value)
    secret = people(group, "ada", max_removals=0, __secret=["members"])
    with pytest.raises(CheckFailed) as refused:
        plugin.check(ALL, secret, made.inputs)
    assert refused.value.reasons == [
        "members: 1 would leave the group ([secret]), and max_removals is 0"
    ]
    team.add(group, "zoe")
    with Plugin(config_for(team.cloudflare), os.environ) as later:
        single = later.up(ONE, one(group, "zoe", __secret=["member"]))
    plugin.destroy(single)
    assert told(plugin) == [
        f"[secret] in user group {group} stays: it was there before this resource"
    ]


NAMES = ("ada", "bob", "eve", "pat", "zoe")
WHO = {form: name for name in NAMES for form in (email(name), member_id(name))}


def named(inputs: dict[str, Any]) -> set[str]:
    """Return who stands in the inputs that a preview compares."""
    return {WHO[key] for key in inputs.get("members", {})}


def unless_unseen(plugin: Plugin, declared: dict[str, Any], was: Kept) -> Kept | None:
    """Run the update; None: refused, for what no preview has shown."""
    try:
        return plugin.up(ALL, declared, was=was)
    except CallFailed as failed:
        if "no preview has shown it" in str(failed):
            return None
        raise


@pytest.mark.parametrize("on_drift", ["refuse", "overwrite"])
def test_whatever_happens_nobody_is_taken_out_whom_no_preview_has_named(
    on_drift: str, team: Team, cloudflare: LocalCloudflare
) -> None:
    chance = random.Random(7)  # noqa: S311 - the same days again, and no secret
    taken_out = refused = 0
    with Plugin(config_for(cloudflare, onDrift=on_drift), os.environ) as plugin:
        for number in range(60):
            group = team.group()
            kept = plugin.up(ALL, people(group, allow_empty=True), name=f"set{number}")
            for _ in range(8):
                for name in chance.sample(NAMES, chance.choice([0, 0, 1, 2])):
                    here = name in team.members(group)
                    team.take_out(group, name) if here else team.add(group, name)
                if chance.random() < 0.3:
                    kept = plugin.refresh(kept) or kept
                wish = chance.sample(NAMES, chance.randint(0, 5))
                forms = [chance.choice([email, member_id])(name) for name in wish]
                declared = {"group": group, "members": forms, "allow_empty": True}
                before = set(team.members(group))
                shown = named(kept.inputs) - named(plugin.check(ALL, declared, kept.inputs))
                done = unless_unseen(plugin, declared, kept)
                after = set(team.members(group))
                if done is None:
                    assert after == before
                    refused += 1
                    continue
                kept = done
                assert before - after <= shown
                assert named(kept.outputs) == set(wish)
                if kept.did == "update":
                    assert set(wish) <= after
                    assert on_drift == "overwrite" or after == set(wish)
                taken_out += len(before - after)
    assert taken_out > 100
    assert bool(refused) is (on_drift == "refuse")


# ----------------------------------------------------------------------------------- one by one


def test_one_person_is_added_beside_others_and_taken_out_alone(plugin: Plugin, team: Team) -> None:
    group = team.group("bob")
    made = plugin.up(ONE, one(group, "ada"))
    assert made.id == f"{group}/{member_id('ada')}"
    assert team.written() == [("POST", ids(["ada"]))]
    assert made.outputs["member"] == {
        "email": email("ada"),
        "id": member_id("ada"),
        "status": "accepted",
    }
    assert made.outputs["preexisting"] is False
    assert plugin.up(ONE, one(group, "ada"), was=made).did == "same"
    by_id = {"group": group, "member": member_id("ada")}
    assert plugin.up(ONE, by_id, was=made).did == "same"
    assert team.asked() == []
    team.add(group, "eve")
    plugin.restart()
    plugin.destroy(made)
    assert team.written() == [("DELETE", None)]
    assert team.members(group) == ["bob", "eve"]
    assert told(plugin) == []


def test_who_was_in_the_group_before_stays_in_it(plugin: Plugin, team: Team) -> None:
    group = team.group("ada", "bob")
    made = plugin.up(ONE, one(group, "ada"))
    assert made.outputs["preexisting"] is True
    refreshed = plugin.refresh(made)
    assert refreshed
    assert (refreshed.did, refreshed.outputs) == ("same", made.outputs)
    # In a run of its own: in the run that has found the person there, it stays in any case.
    with Plugin(config_for(team.cloudflare), os.environ) as later:
        later.destroy(refreshed)
        [warning] = told(later)
    assert (team.written(), team.members(group)) == ([], ["ada", "bob"])
    assert warning.endswith("stays: it was there before this resource")
    assert warning.startswith("ada@example.com in user group")


def test_who_was_in_the_group_before_can_be_taken_over(plugin: Plugin, team: Team) -> None:
    group = team.group("ada")
    made = plugin.up(ONE, one(group, "ada", adopt=True), name="taken")
    assert (made.outputs["preexisting"], team.written()) == (False, [])
    refreshed = plugin.refresh(made)
    assert refreshed
    assert refreshed.outputs == made.outputs
    with Plugin(config_for(team.cloudflare), os.environ) as later:
        later.destroy(refreshed)
    assert team.members(group) == []


def test_one_person_who_left_is_missed(plugin: Plugin, team: Team) -> None:
    group = team.group()
    made = plugin.up(ONE, one(group, "ada"))
    team.take_out(group, "ada")
    # A process that has just added the person would wait: a list may lag behind.
    with Plugin(config_for(team.cloudflare), os.environ) as later:
        assert later.refresh(made) is None
        assert told(later) == ["gone from Cloudflare"]
    plugin.destroy(made)
    assert team.members(group) == []


def test_another_person_or_group_is_a_replacement(plugin: Plugin, team: Team) -> None:
    group, other = team.group(), team.group()
    made = plugin.up(ONE, one(group, "ada"))
    plugin.restart()
    made = plugin.up(ONE, one(group, "pat"), was=made)
    assert (made.did, team.members(group)) == ("replace", ["pat"])
    assert made.outputs["member"]["status"] == "pending"
    plugin.restart()
    made = plugin.up(ONE, one(other, "pat"), was=made)
    assert (made.did, team.members(group), team.members(other)) == ("replace", [], ["pat"])


def test_one_person_under_another_resource_name_is_not_taken_out_with_the_old_one(
    plugin: Plugin, team: Team
) -> None:
    group = team.group()
    made = plugin.up(ONE, one(group, "ada"), name="before")
    plugin.restart()
    plugin.up(ONE, one(group, "ada", adopt=True), name="after")
    plugin.destroy(made)
    assert team.members(group) == ["ada"]


def test_one_member_that_another_stack_owns_is_read(plugin: Plugin, team: Team) -> None:
    group = team.group("ada")
    scope = {"account_id": team.cloudflare.account_id}
    found = plugin.get(ONE, f"{group}/{member_id('ada')}", scope)
    assert (found.outputs["group"], found.outputs["member"]["email"]) == (group, email("ada"))
    assert "preexisting" not in found.outputs
    with pytest.raises(CallFailed, match="must be <id of the user group>/<id of the account"):
        plugin.get(ONE, group, scope)
    with pytest.raises(CallFailed, match="404"):
        plugin.get(ONE, f"{group}/{member_id('bob')}", scope)


@pytest.mark.parametrize(
    ("declared", "mistake"),
    [
        (
            {"member": "ada"},
            'member: "ada" must be an e-mail address or the id',
        ),
        ({"member": None}, "member: is required"),
        ({"member": email("ada"), "members": []}, 'members: is not a field; "member"?'),
    ],
)
def test_mistakes_in_one_member(declared: Any, mistake: str, plugin: Plugin) -> None:
    with pytest.raises(CheckFailed) as failed:
        plugin.check(ONE, {"group": "f" * 32, **declared})
    [reason] = failed.value.reasons
    assert reason.startswith(mistake)


def test_an_address_that_changed_at_cloudflare_is_shown_as_another_person(
    plugin: Plugin, team: Team
) -> None:
    group = team.group()
    single = plugin.up(ONE, one(group, "ada"))
    everybody = plugin.up(ALL, people(group, "ada"))
    team.leave("ada")
    team.cloudflare.seed({"members": [{"email": "lovelace@example.com", "id": member_id("ada")}]})
    team.add(group, "ada")
    refreshed = plugin.refresh(single)
    assert refreshed
    assert refreshed.did == "drift"
    assert plugin.refresh(everybody)
    assert told(plugin) == [
        "changed at Cloudflare: member: ada@example.com -> lovelace@example.com",
        "changed at Cloudflare: members: - ada@example.com; members: + lovelace@example.com",
    ]


def test_a_refresh_of_many_single_people_reads_the_list_of_their_group(
    team: Team, cloudflare: LocalCloudflare
) -> None:
    names = [f"p{number:02}" for number in range(30)]
    team.invite(*names)
    group = team.group()
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        made = [plugin.up(ONE, one(group, name), name=name) for name in names]
    team.take_out(group, "p07")
    team.asked()
    with Plugin(config_for(cloudflare), os.environ) as later:
        refreshed = [later.refresh(kept) for kept in made]
    assert [kept for kept in refreshed if kept is None] == [None]
    where = f"GET iam/user_groups/{group}/members"
    assert team.asked() == [where, f"{where}/{member_id('p07')}"]


# -------------------------------------------------------------------- one resource after another


def declared_as(kind: str, group: str, name: str) -> dict[str, Any]:
    return people(group, name) if kind == ALL else one(group, name)


@pytest.mark.parametrize("kind", [ALL, ONE])
def test_whom_a_renamed_resource_has_put_back_is_not_taken_out_with_the_old_one(
    kind: str, plugin: Plugin, team: Team
) -> None:
    group = team.group()
    before = plugin.up(kind, declared_as(kind, group, "ada"), name="before")
    team.take_out(group, "ada")
    plugin.restart()
    after = plugin.up(kind, declared_as(kind, group, "ada"), name="after")
    plugin.destroy(before)
    assert team.members(group) == ["ada"]
    assert "stays: after has adopted it" in told(plugin)[-1]
    assert after.outputs.get("preexisting", False) is False


def test_single_members_who_become_a_set_stay(plugin: Plugin, team: Team) -> None:
    group = team.group()
    singles = [plugin.up(ONE, one(group, name), name=name) for name in ("ada", "bob", "eve")]
    plugin.restart()
    made = plugin.up(ALL, people(group, "ada", "bob", "eve"), name="everybody")
    for single in singles:
        plugin.destroy(single)
    assert team.members(group) == ["ada", "bob", "eve"]
    assert len(made.outputs["members"]) == 3
    assert [said.partition(" in ")[0] for said in told(plugin)] == [
        *map(email, team.members(group))
    ]
    plugin.restart()
    plugin.destroy(made)
    assert team.members(group) == []


def test_a_set_that_becomes_single_members_leaves_them_in(plugin: Plugin, team: Team) -> None:
    group = team.group()
    everybody = plugin.up(ALL, people(group, "ada", "bob", "zoe"), name="everybody")
    team.add(group, "eve")
    plugin.restart()
    singles = [plugin.up(ONE, one(group, name, adopt=True), name=name) for name in ("ada", "bob")]
    told(plugin)
    plugin.destroy(everybody)
    # Zoe is declared no longer.
    assert team.members(group) == ["ada", "bob", "eve"]
    assert told(plugin) == [
        "ada@example.com, bob@example.com stay in the group: they are in it one by one now",
        "eve@example.com stay in the group: somebody has added them since the last refresh",
    ]
    plugin.restart()
    for single in singles:
        plugin.destroy(single)
    assert team.members(group) == ["eve"]


@pytest.mark.parametrize("refresh", [False, True])
def test_who_is_in_a_group_anew_stays_where_a_later_run_deletes_what_was_before(
    plugin: Plugin, team: Team, *, refresh: bool
) -> None:
    group, other = team.group(), team.group()
    single = plugin.up(ONE, one(group, "ada"), name="single")
    everybody = plugin.up(ALL, people(other, "bob"), name="everybody")
    plugin.restart()
    anew = plugin.up(ALL, people(group, "ada"), name="anew")
    alone = plugin.up(ONE, one(other, "bob"), name="alone")
    # The first run has ended before it came to deleting anything.
    plugin.restart()
    if refresh:
        for kept in (single, everybody, anew, alone):
            plugin.refresh(kept)
    assert plugin.up(ALL, people(group, "ada"), was=anew).did == "same"
    assert plugin.up(ONE, one(other, "bob"), was=alone).did == "same"
    plugin.destroy(single)
    plugin.destroy(everybody)
    assert (team.members(group), team.members(other)) == (["ada"], ["bob"])


def test_who_is_in_the_group_without_this_stack_is_told_to_stay(plugin: Plugin, team: Team) -> None:
    group = team.group("ada")
    plugin.up(ONE, one(group, "ada"))
    [warning] = told(plugin)
    assert warning == (
        f"ada@example.com in user group {group} was there already: it stays when this resource "
        "goes. If it is to go with it, give the resource adopt=True and run pulumi up --replace; "
        "one that was renamed keeps what it had by aliases"
    )


@pytest.mark.parametrize("name", ["before", "after"], ids=["up --replace", "renamed"])
def test_whom_the_new_resource_will_not_take_out_is_told_when_the_old_one_goes(
    name: str, plugin: Plugin, team: Team
) -> None:
    group = team.group()
    before = plugin.up(ONE, one(group, "ada"), name="before")
    plugin.restart()
    after = plugin.up(ONE, one(group, "ada"), name=name)
    assert after.outputs["preexisting"] is True
    told(plugin)
    plugin.destroy(before)
    [warning] = told(plugin)
    assert warning == (
        f"ada@example.com in user group {group} stays: {name} has it, but as preexisting, and will "
        "not take it out either. If it is to, give the resource adopt=True and run pulumi up "
        "--replace"
    )
    # It is as the message says.
    plugin.restart()
    again = plugin.up(ONE, one(group, "ada", adopt=True), name=name)
    plugin.destroy(after)
    assert (again.outputs["preexisting"], team.members(group)) == (False, ["ada"])
    plugin.restart()
    plugin.destroy(again)
    assert team.members(group) == []


@pytest.mark.parametrize("kind", [ALL, ONE])
def test_whom_this_stack_is_seen_to_have_added_is_not_called_preexisting(
    kind: str, plugin: Plugin, team: Team
) -> None:
    group = team.group()
    before = plugin.up(kind, declared_as(kind, group, "ada"), name="before")
    plugin.restart()
    # As `up --refresh` does, in one process.
    plugin.refresh(before)
    after = plugin.up(ONE, one(group, "ada"), name="after")
    plugin.destroy(before)
    assert (after.outputs["preexisting"], team.members(group)) == (False, ["ada"])
    plugin.restart()
    plugin.destroy(after)
    assert team.members(group) == []


def test_single_members_that_change_places_stay_what_they_were(plugin: Plugin, team: Team) -> None:
    group = team.group("eve")
    names = ["ada", "bob", "eve"]
    before = [plugin.up(ONE, one(group, name), name=f"m{n}") for n, name in enumerate(names)]
    plugin.restart()
    # Named by their index in a list, whose first person is gone: each takes the place before.
    for n, kept in enumerate(before[1:], start=1):
        plugin.diff(kept, plugin.check(ONE, one(group, names[n - 1]), kept.inputs, kept.urn))
    after = [plugin.up(ONE, one(group, names[n + 1]), name=f"m{n}") for n in range(2)]
    for kept in before:
        plugin.destroy(kept)
    assert team.members(group) == ["bob", "eve"]
    assert [kept.outputs["preexisting"] for kept in after] == [False, True]


# ------------------------------------------------------------------------------ when it goes wrong

MEMBERS = "/accounts/*/iam/user_groups/*/members"


@pytest.mark.parametrize("effect", [True, False])
def test_a_set_whose_answer_is_lost_is_looked_at_before_it_is_sent_again(
    plugin: Plugin, team: Team, *, effect: bool
) -> None:
    group = team.group()
    made = plugin.up(ALL, people(group, "ada", "bob"))
    lost = team.cloudflare.fault(f"PUT {MEMBERS}", faults.Status(503, effect=effect), times=1)
    looking = team.cloudflare.fault(f"GET {MEMBERS}", faults.Hold("before"), nth=2)
    with lost, looking, ThreadPoolExecutor(1) as pool:
        changing = pool.submit(plugin.up, ALL, people(group, "ada", "zoe"), made)
        looking.wait()
        looking.lift()
        changed = changing.result()
    assert team.members(group) == ["ada", "zoe"]
    assert sorted(changed.outputs["members"]) == ["ada@example.com", "zoe@example.com"]
    assert told(plugin) == []


@pytest.mark.parametrize("effect", [True, False])
def test_whom_somebody_adds_while_an_answer_is_lost_stays(
    plugin: Plugin, team: Team, *, effect: bool
) -> None:
    group = team.group()
    made = plugin.up(ALL, people(group, "ada", "bob"))
    lost = team.cloudflare.fault(f"PUT {MEMBERS}", faults.Status(503, effect=effect), times=1)
    looking = team.cloudflare.fault(f"GET {MEMBERS}", faults.Hold("before"), nth=2)
    with lost, looking, ThreadPoolExecutor(1) as pool:
        changing = pool.submit(plugin.up, ALL, people(group, "ada", "zoe"), made)
        looking.wait()
        team.add(group, "eve")
        looking.lift()
        changed = changing.result()
    assert team.members(group) == ["ada", "eve", "zoe"]
    assert sorted(changed.outputs["members"]) == ["ada@example.com", "zoe@example.com"]
    [warning] = told(plugin)
    assert warning.startswith("eve@example.com stay in the group: somebody has added them")


def test_whom_somebody_adds_while_a_new_persons_id_is_looked_up_is_not_taken_out(
    team: Team, cloudflare: LocalCloudflare
) -> None:
    group = team.group()
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        made = plugin.up(ALL, people(group, "ada", "bob"))
        plugin.restart()
        looking = cloudflare.fault("GET /accounts/*/members", faults.Hold("before"), nth=1)
        with looking, ThreadPoolExecutor(1) as pool:
            changing = pool.submit(plugin.up, ALL, people(group, "ada", "zoe"), made)
            looking.wait()
            team.add(group, "eve")
            looking.lift()
            with pytest.raises(
                CallFailed, match=r"members: \+ eve@example\.com\. Nothing was sent"
            ):
                changing.result()
    assert team.members(group) == ["ada", "bob", "eve"]


@pytest.mark.parametrize(("times", "has_info"), [(1, True), (1, False), (30, True)])
@pytest.mark.parametrize(
    ("lie", "hidden"),
    [
        (faults.ShortPage(), 499),
        (faults.ChangedWhilePaging("removed"), 500),
        (faults.ChangedWhilePaging("inserted"), 519),
    ],
    ids=str,
)
def test_a_list_that_hides_somebody_takes_nobody_out(
    lie: Any, hidden: int, times: int, plugin: Plugin, team: Team, *, has_info: bool
) -> None:
    names = [f"p{number:04}" for number in range(520)]
    team.invite(*names)
    group = team.group()
    team.cloudflare.switches.iam_result_info = has_info
    stranger = names.pop(hidden)
    made = plugin.up(ALL, people(group, *names))
    team.add(group, stranger)
    told_so = rf"members: \+ {stranger}@example.com" if times == 1 else "nothing was sent"
    team.written()
    with (
        team.cloudflare.fault(f"GET {MEMBERS}", lie, times=times) as armed,
        pytest.raises(CallFailed, match=told_so),
    ):
        plugin.up(ALL, people(group, *names[1:]), was=made)
    assert armed.fired
    assert team.written() == []


def test_a_list_that_does_not_say_how_long_it_is_is_read_twice(plugin: Plugin, team: Team) -> None:
    group = team.group("ada", "bob")
    made = plugin.up(ALL, people(group, "ada", "bob", adopt=True))
    team.add(group, "eve")
    team.cloudflare.switches.iam_result_info = False
    # Eve would be the first on the second page, and moves to the end of the first one.
    team.cloudflare.switches.largest_page = 2
    lie = team.cloudflare.fault(f"GET {MEMBERS}", faults.ChangedWhilePaging("removed"), times=1)
    with lie as armed, pytest.raises(CallFailed, match=r"members: \+ eve@example\.com"):
        plugin.up(ALL, people(group, "ada"), was=made)
    assert armed.fired
    assert team.written() == []


# --------------------------------------------------------------------------------- two at a time

PAUSE = 0.002
"""Seconds in the middle of each write at Cloudflare, in which others are served."""


def test_two_stacks_that_add_to_one_group_lose_nobody(team: Team) -> None:
    names = [f"p{number:02}" for number in range(20)]
    team.invite(*names)
    team.cloudflare.switches.member_writes_pause = PAUSE
    config = config_for(team.cloudflare)
    with (
        Plugin(config, os.environ) as here,
        Plugin(config, os.environ) as there,
        ThreadPoolExecutor(2) as pool,
    ):
        for trial in range(100):
            group = team.group()
            start = threading.Barrier(2, timeout=60)

            def add(plugin: Plugin, names: list[str]) -> None:
                start.wait()  # noqa: B023 - each trial waits for its own
                for name in names:
                    plugin.up(ONE, one(group, name), name=name)  # noqa: B023 - likewise

            done = [pool.submit(add, here, names[:10]), pool.submit(add, there, names[10:])]
            for one_of_both in done:
                one_of_both.result()
            assert team.members(group) == names, f"trial {trial}"
        assert told(here) == told(there) == []


def test_two_who_read_the_set_and_write_it_back_lose_people(team: Team) -> None:
    names = [f"p{number:02}" for number in range(20)]
    team.invite(*names)
    team.cloudflare.switches.member_writes_pause = PAUSE
    group, both_have_read = team.group(), threading.Barrier(2, timeout=60)

    def add(names: list[str]) -> None:
        for name in names:
            there = team.members(group)
            both_have_read.wait()
            team.put(group, *there, name)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(add, names[:10]), pool.submit(add, names[10:])]:
            done.result()
    assert len(team.members(group)) == 10
