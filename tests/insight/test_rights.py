"""Rights of IAM: gained and lost, per person where members are known."""

from __future__ import annotations

from typing import Any

from pulumi_cloudflare_access.insight import compare_rights, read, read_snapshot
from pulumi_cloudflare_access.insight.reading.resources import Document, Resource, Side
from pulumi_cloudflare_access.insight.reading.worlds import worlds_of

OURS = "pulumi-python:dynamic/cloudflare:"
URN = f"urn:pulumi:dev::test::{OURS}"


def resource(
    kind: str,
    name: str,
    old: dict[str, Any] | None,
    new: dict[str, Any] | None,
    *,
    id_: str = "",
    dependencies: dict[str, list[str]] | None = None,
) -> Resource:
    sides = [
        None if one is None else Side(one, id=id_, dependencies=dependencies or {})
        for one in (old, new)
    ]
    return Resource(f"{URN}{kind}::{name}", f"{OURS}{kind}", sides[0], sides[1], changed=None)


def granted(*permissions: str, access: str = "allow") -> dict[str, Any]:
    policy = {
        "access": access,
        "permission_groups": {name: {"name": name} for name in permissions},
        "resource_groups": {"Zones": {"id": "rg", "of": f"{URN}ResourceGroup::zones"}},
    }
    return {"name": "Operators", "policies": {f"{access} {permissions}": policy}}


def members(*people: str) -> dict[str, Any]:
    return {"group": "ug", "members": {one: {"email": one} for one in people}}


def test_rights_and_members_that_change_are_told_person_by_person() -> None:
    document = Document(
        "preview",
        [
            resource(
                "UserGroup", "ops", granted("DNS Read"), granted("DNS Read", "DNS Write"), id_="ug"
            ),
            resource(
                "UserGroupMembers",
                "ops",
                members("Ada@x.y", "bob@x.y"),
                members("ada@x.y", "eve@x.y"),
                id_="ug",
            ),
            resource("ResourceGroup", "zones", {"name": "Zones"}, {"name": "Zones"}, id_="rg"),
        ],
    )
    worlds = worlds_of(document)
    compared = compare_rights(worlds.old, worlds.new)
    told = {
        one.who: (
            sorted(right.permission for right in one.gained),
            sorted(right.permission for right in one.lost),
            one.joined,
            one.left,
        )
        for one in compared.people
    }
    assert told == {
        "ada@x.y": (["DNS Write"], [], (), ()),
        "bob@x.y": ([], ["DNS Read"], (), ("Operators",)),
        "eve@x.y": (["DNS Read", "DNS Write"], [], ("Operators",), ()),
    }
    (group,) = compared.groups
    assert [(one.permission, one.resource) for one in group.gained] == [("DNS Write", "Zones")]
    assert group.members_known


def test_single_members_of_a_new_group_are_found_by_their_dependency() -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    member = {"group": unknown, "member": {"email": "ada@x.y"}}
    document = Document(
        "preview",
        [
            resource("UserGroup", "ops", None, granted("DNS Read")),
            resource(
                "UserGroupMember",
                "ada",
                None,
                member,
                dependencies={"group": [f"{URN}UserGroup::ops"]},
            ),
        ],
    )
    worlds = worlds_of(document)
    (change,) = compare_rights(worlds.old, worlds.new).people
    assert (change.who, change.joined) == ("ada@x.y", ("Operators",))


def test_a_group_whose_members_are_not_known_is_told_by_itself() -> None:
    hidden = {"group": "ug", "members": "[secret]"}
    document = Document(
        "preview",
        [
            resource("UserGroup", "ops", granted("DNS Read"), granted("DNS Write"), id_="ug"),
            resource("UserGroupMembers", "ops", hidden, hidden, id_="ug"),
        ],
    )
    worlds = worlds_of(document)
    compared = compare_rights(worlds.old, worlds.new)
    assert compared.people == ()
    (group,) = compared.groups
    assert not group.members_known


def test_members_with_rights_of_their_own_are_read_from_an_account() -> None:
    rights = [
        {
            "access": "allow",
            "permission_groups": [{"id": "1", "name": "Admin"}],
            "resource_groups": [{"id": "2"}],
        }
    ]
    member = {"id": "m", "user": {"email": "Ada@x.y"}, "policies": rights}
    before = read_snapshot({"accounts": {"a": {"members": [{**member, "policies": []}]}}})
    after = read_snapshot({"accounts": {"a": {"members": [member]}}})
    (change,) = compare_rights(before, after).people
    assert change.who == "ada@x.y"
    assert [right.permission for right in change.gained] == ["Admin"]


def test_nothing_changes_without_rights() -> None:
    worlds = read({"steps": [], "changeSummary": {}})
    assert not compare_rights(worlds.old, worlds.new)
