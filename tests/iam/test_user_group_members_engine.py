"""Members of user groups through the real engine: what previews say, and what becomes of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.team import Team, ids, member_id
from pulumi_cloudflare_access.local_cloudflare import faults

if TYPE_CHECKING:
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

GROUP = 'staff = cloudflare.UserGroup("staff", name="Staff")\n'
EVERYBODY = 'cloudflare.UserGroupMembers("who", group=staff, members=[{}])\n'
ONE = 'cloudflare.UserGroupMember("{0}", group=staff, member="{0}@example.com")\n'


@pytest.fixture
def team(cloudflare: LocalCloudflare) -> Team:
    team = Team(cloudflare)
    team.invite("ada", "bob", "eve")
    team.invite("pat", status="pending")
    return team


def everybody(*names: str) -> str:
    return EVERYBODY.format(", ".join(f'"{name}@example.com"' for name in names))


def test_a_set_is_made_changed_missed_repaired_and_goes_with_its_group(
    stack: Stack, team: Team
) -> None:
    stack.program(GROUP + everybody("bob", "ada", "pat"))
    assert stack.plan().changed() == {"test-dev": "create", "staff": "create", "who": "create"}
    assert team.asked() == []
    stack.up()
    group = stack.state()["staff"]["id"]
    people = stack.state()["who"]["outputs"]["members"]
    assert people["pat@example.com"] == {
        "email": "pat@example.com",
        "id": member_id("pat"),
        "status": "pending",
    }
    assert stack.settled()

    stack.program(GROUP + everybody("pat", "eve", "ada"))
    team.asked()
    plan = stack.plan()
    assert plan.changed() == {"who": "update"}
    assert plan.paths("who") == {
        'members["bob@example.com"]': "delete",
        'members["eve@example.com"]': "add",
    }
    shown = stack.preview("--diff").text
    assert "+ eve@example.com: {" in shown
    assert "- bob@example.com: {" in shown
    assert team.asked() == []
    stack.up()
    assert team.members(group) == ["ada", "eve", "pat"]

    team.add(group, "bob")
    run = stack.refresh()
    assert "changed at Cloudflare: members: + bob@example.com" in run.text
    assert stack.plan().paths("who") == {'members["bob@example.com"]': "delete"}
    stack.up()
    assert team.members(group) == ["ada", "eve", "pat"]
    assert stack.settled()

    team.asked()
    stack.destroy()
    assert [asked for asked in team.asked() if asked.startswith("DELETE")] == [
        f"DELETE iam/user_groups/{group}"
    ]
    assert stack.state() == {}


def test_of_1200_people_a_preview_names_the_two_who_change(stack: Stack, team: Team) -> None:
    names = [f"p{number:04}" for number in range(1200)]
    team.invite(*names)
    group = team.group(*names)
    program = (
        'names = [f"p{{number:04}}@example.com" for number in range({0}, 1200)] + [{1}]\n'
        'cloudflare.UserGroupMembers("who", group="{2}", members=names, max_removals=1,\n'
        "    adopt=True)\n"
    )
    stack.program(program.format(0, "", group))
    stack.up()
    assert team.written() == []
    assert stack.settled()

    stack.program(program.format(1, '"ada@example.com"', group))
    assert stack.plan().paths("who") == {
        'members["ada@example.com"]': "add",
        'members["p0000@example.com"]': "delete",
    }
    stack.up()
    assert team.written() == [("PUT", ids([*names[1:], "ada"]))]
    stack.program(program.format(3, '"ada@example.com"', group))
    run = stack.preview(ok=False)
    assert run.status != 0
    assert (
        "members: 2 would leave the group (p0001@example.com, p0002@example.com), and "
        "max_removals is 1"
    ) in run.text
    assert team.written() == []


def test_single_people_are_added_beside_others_who_stay(stack: Stack, team: Team) -> None:
    group = team.group("bob", "eve")
    refer = f'staff = "{group}"\n'
    stack.program(refer + ONE.format("ada") + ONE.format("bob"))
    stack.up()
    assert team.members(group) == ["ada", "bob", "eve"]
    assert stack.settled()
    state = stack.state()
    assert state["ada"]["id"] == f"{group}/{member_id('ada')}"
    assert [state[name]["outputs"]["preexisting"] for name in ("ada", "bob")] == [False, True]

    team.take_out(group, "ada")
    run = stack.refresh()
    assert "gone from Cloudflare" in run.text
    stack.up()
    assert team.members(group) == ["ada", "bob", "eve"]

    stack.program(refer + ONE.format("ada").replace("ada@", "pat@") + ONE.format("bob"))
    assert stack.plan().changed() == {"ada": "replace"}
    stack.up()
    assert team.members(group) == ["bob", "eve", "pat"]
    run = stack.destroy()
    assert "bob@example.com in user group" in run.text
    assert "stays: it was there before this resource" in run.text
    assert team.members(group) == ["bob", "eve"]


def test_a_group_goes_from_single_people_to_a_set_and_back_and_keeps_everybody(
    stack: Stack, team: Team
) -> None:
    group = team.group("eve")
    refer = f'staff = "{group}"\n'
    alone = ONE.replace(")", ", adopt=True)")
    names = ("ada", "bob", "eve")
    stack.program(refer + "".join(map(ONE.format, names)))
    run = stack.up()
    assert "eve@example.com in user group" in run.text
    assert "was there already: it stays when this resource goes" in run.text

    # The set is so slow that taking people out one by one could overtake it.
    stack.program(refer + everybody(*names, "pat"))
    slow = team.cloudflare.fault("PUT /accounts/*/iam/user_groups/*/members", faults.Slow(1))
    with slow as armed:
        stack.up()
    assert armed.fired
    assert team.members(group) == [*names, "pat"]
    assert stack.settled()

    stack.program(refer + "".join(map(alone.format, names)))
    run = stack.up()
    assert "ada@example.com, bob@example.com, eve@example.com stay in the group" in run.text
    assert team.members(group) == [*names]
    assert stack.settled()
    stack.program(refer + "".join(map(alone.format, names[:1])))
    stack.up()
    assert team.members(group) == ["ada"]


def test_somebody_preexisting_is_taken_over_by_a_replacement(stack: Stack, team: Team) -> None:
    group = team.group("ada")
    refer = f'staff = "{group}"\n'
    stack.program(refer + ONE.format("ada"))
    stack.up()
    assert stack.state()["ada"]["outputs"]["preexisting"] is True
    stack.program(refer + ONE.replace(")", ", adopt=True)").format("ada"))
    assert stack.plan().changed() == {}
    stack.up("--replace", stack.state()["ada"]["urn"])
    assert stack.state()["ada"]["outputs"]["preexisting"] is False
    assert team.members(group) == ["ada"]
    assert stack.settled()
    stack.destroy()
    assert team.members(group) == []


def test_mistakes_together_are_found_in_the_preview(stack: Stack, team: Team) -> None:
    stack.program(GROUP + everybody("ada") + ONE.format("bob"))
    run = stack.preview(ok=False)
    assert 'group: "who" says who all of its members are already' in run.text
    stack.program(GROUP + ONE.format("bob") + everybody("ada"))
    run = stack.preview(ok=False)
    assert 'group: "bob" adds a member to it, whom this set would take out' in run.text
    by_id = ONE.format("bob").replace('"bob"', '"rob"', 1).replace("staff", "staff.id")
    stack.program(GROUP + ONE.format("bob") + by_id)
    run = stack.preview(ok=False)
    assert 'member: "bob" has this person in the group already' in run.text
    stack.program(
        'staff = cloudflare.AccessGroup("staff", name="S", include=[rules.everyone()])\n'
        + everybody("ada")
    )
    run = stack.preview(ok=False)
    assert "group: AccessGroup is not a user group" in run.text
    assert team.asked() == []


def test_what_look_ups_find_can_be_members(stack: Stack, team: Team) -> None:
    old = team.group("ada", "pat")
    stack.program(
        GROUP
        + f"""
old = cloudflare.get_user_group_members(group="{old}")
eve = cloudflare.get_account_member_output(email="EVE@example.com")
who = cloudflare.UserGroupMembers("who", group=staff, members=[*old, eve])
pulumi.export("pending", [one.email for one in old if one.status == "pending"])
pulumi.export("late", cloudflare.get_user_group_members_output(
    group=staff, opts=pulumi.InvokeOutputOptions(depends_on=[who])
).apply(lambda found: [one.name for one in found]))
"""
    )
    stack.up()
    group = stack.state()["staff"]["id"]
    assert team.members(group) == ["ada", "eve", "pat"]
    assert stack.outputs() == {
        "pending": ["pat@example.com"],
        "late": ["ada@example.com", "eve@example.com", "pat@example.com"],
    }
    # Who gets in by a look-up and who by the address is the same person.
    stack.program(GROUP + everybody("pat", "eve", "ada"))
    assert stack.plan().changed() == {}
    assert stack.settled()
