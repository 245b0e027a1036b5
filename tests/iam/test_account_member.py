"""Look-ups of account members, and of who is in a user group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pytest

import pulumi_cloudflare_access as cloudflare
from harness.program import resolved
from harness.team import Team, email, member_id
from pulumi_cloudflare_access import LookUpError
from pulumi_cloudflare_access.errors import DeclarationError, NotFoundError

if TYPE_CHECKING:
    from pulumi_cloudflare_access import LocalCloudflare


@pytest.fixture(autouse=True)
def team(program: LocalCloudflare) -> Team:
    team = Team(program)
    team.invite("ada", "bob")
    team.invite("pat", status="pending")
    return team


@pytest.mark.parametrize("has_email", [True, False])
@pytest.mark.parametrize("by", [{"email": "Ada@Example.com"}, {"id": member_id("ada")}])
def test_a_member_is_found_by_address_and_id(
    by: dict[str, Any], team: Team, *, has_email: bool
) -> None:
    team.cloudflare.switches.member_email = has_email
    found = cloudflare.get_account_member(**by)
    assert (found.id, found.email, found.name) == (member_id("ada"), email("ada"), email("ada"))
    assert (found.status, found.account_id) == ("accepted", team.cloudflare.account_id)
    assert found.two_factor_authentication_enabled is False
    assert resolved(cloudflare.get_account_member_output(**by)) == found


def test_what_is_known_of_a_member_is_there(team: Team) -> None:
    grant = {
        "access": "allow",
        "permission_groups": [{"id": "c8fed203ed3043cba015a93ad1616f1f"}],
        "resource_groups": [{"id": resource_group(team.cloudflare)}],
    }
    user = {"first_name": "Eve", "last_name": "Moneypenny"}
    eve = {"email": email("eve"), "user": user, "policies": [grant]}
    team.cloudflare.seed({"members": [eve]})
    found = cloudflare.get_account_member(email=email("eve"))
    assert (found.first_name, found.last_name) == ("Eve", "Moneypenny")
    assert found.policies[0]["permission_groups"][0]["name"] == "Zone Read"


def resource_group(cloudflare: LocalCloudflare) -> str:
    scope = {
        "key": f"com.cloudflare.api.account.{cloudflare.account_id}",
        "objects": [{"key": "*"}],
    }
    group = {"name": "Everything", "scope": scope}
    return str(cloudflare.seed({"iam/resource_groups": [group]})["iam/resource_groups"][0]["id"])


def test_all_members_come_by_address_from_every_page_read_once(team: Team) -> None:
    team.invite(*(f"p{number:03}" for number in range(120)))
    team.asked()
    found = cloudflare.get_account_members()
    assert [one.email for one in found] == sorted(one.email for one in found)
    assert (len(found), len(team.asked())) == (123, 3)
    assert {one.email for one in found if one.status == "pending"} == {email("pat")}
    cloudflare.get_account_member(email=email("p007"))
    assert resolved(cloudflare.get_account_members_output()) == found
    assert team.asked() == []


def test_who_is_no_member_is_told_with_the_nearest(team: Team) -> None:
    with pytest.raises(LookUpError) as failed:
        cloudflare.get_account_member(email="adda@example.com")
    assert str(failed.value).startswith(
        f'no account member has the email "adda@example.com" in account '
        f'{team.cloudflare.account_id}; the nearest: "ada@example.com"'
    )
    with pytest.raises(LookUpError, match='no account member has the id "ffff'):
        cloudflare.get_account_member(id="f" * 32)
    with pytest.raises(DeclarationError, match="by exactly one of id, email"):
        cloudflare.get_account_member()


@pytest.mark.parametrize("by", ["id", "result"])
def test_who_is_in_a_group_is_told_by_address(by: str, team: Team) -> None:
    names = [f"p{number:04}" for number in range(600)]
    team.invite(*names)
    id_ = team.group("pat", *names)
    group = id_ if by == "id" else cloudflare.get_user_group(id=id_)
    team.asked()
    found = cloudflare.get_user_group_members(group=group)
    assert [one.email for one in found] == [*map(email, [*names, "pat"])]
    assert (found[-1].id, found[-1].status) == (member_id("pat"), "pending")
    assert len(team.asked()) == 2
    assert resolved(cloudflare.get_user_group_members_output(group=group)) == found
    later: Any = pulumi.Output.from_input(group)
    assert resolved(cloudflare.get_user_group_members_output(group=later)) == found
    assert team.asked() == []


def test_a_group_that_is_none_is_told(team: Team) -> None:
    with pytest.raises(NotFoundError, match="user group not found"):
        cloudflare.get_user_group_members(group="f" * 32)
    with pytest.raises(DeclarationError, match='group: "a/b" is no id'):
        cloudflare.get_user_group_members(group="a/b")
    later: Any = pulumi.Output.from_input("f" * 32)
    with pytest.raises(DeclarationError, match="use get_user_group_members_output"):
        cloudflare.get_user_group_members(group=later)
    group = cloudflare.AccessGroup("g", name="G", include=[{"everyone": {}}])
    with pytest.raises(DeclarationError, match="AccessGroup is not a user group"):
        cloudflare.get_user_group_members_output(group=group)
    assert team.cloudflare.requests[-1]["status"] == 404
