"""Components take over what exists already, by the real engine: all of their parts, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.stack import Stack
from harness.team import Team as People
from harness.team import email

if TYPE_CHECKING:
    from pathlib import Path

    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

PROGRAM = """
from pulumi_cloudflare_access import grants, scopes

def staff(email):
    return {{"name": "Staff", "decision": "allow", "include": [rules.email(email)]}}

cloudflare.ProtectedApplication(
    "wiki", name="Wiki", domain="wiki.example.com", policies=[staff("{staff}")]{more})
cloudflare.PolicySet("set", policies=[staff("{shared}")]{more}, applications={{
    "shop": dict(name="Shop", domain="shop.example.com"{more})}})
cloudflare.Team("team", name="Engineers", people=[{people}], guests=["bob@x.org"], grants=[
    grants.allow("Zone Read", on=scopes.zones({{"shop": "{zone}"}}))]{more})
"""
PARTS = {
    "wiki-application",
    "wiki-policies",
    "set-Staff",
    "set-shop",
    "team-access",
    "team-shop",
    "team-rights",
    "team-members",
}


def program(cloudflare: LocalCloudflare, more: str, *people: str, staff: str, shared: str) -> str:
    return PROGRAM.format(
        people=", ".join(f'"{email(name)}"' for name in people),
        more=more,
        staff=email(staff),
        shared=email(shared),
        zone=cloudflare.zone_id,
    )


def written(cloudflare: LocalCloudflare) -> list[str]:
    return [f"{r['method']} {r['path']}" for r in cloudflare.requests if r["method"] != "GET"]


def test_parts_are_taken_over_as_they_are_and_as_they_are_declared_once_that_is_accepted(
    stack: Stack, tmp_path: Path, cloudflare: LocalCloudflare
) -> None:
    people = People(cloudflare)
    people.invite("ada", "grace")
    stack.program(program(cloudflare, "", "ada", "grace", staff="ada", shared="ada"))
    stack.up()
    state = stack.state()
    ids = {name: state[name]["id"] for name in PARTS}
    cloudflare.app.requests.clear()

    # Another project, which is to have the same objects, and has seen none of them.
    other = Stack(tmp_path / "other", cloudflare)
    other.program(program(cloudflare, ", adopt=True", "ada", staff="eve", shared="ada"))
    refused = other.up("--continue-on-error", ok=False).text
    access, members, policies = (
        next(
            line
            for line in refused.splitlines()
            if line.lstrip().startswith("error:") and told in line
        )
        for told in ("Access group", "user group", "has policies already")
    )
    assert "would change: include: - email grace@example.com. Declare what is there" in access
    assert "- grace@example.com" in members
    assert "would change: policies: Staff.include: - email ada@example.com;" in policies
    assert written(cloudflare) == []

    # What was taken over in that run stays so.
    other.program(program(cloudflare, ", adopt=True", "ada", "grace", staff="ada", shared="ada"))
    other.up()
    assert written(cloudflare) == []
    state = other.state()
    assert {name: state[name]["id"] for name in PARTS} == ids
    assert other.settled()

    # How they came here is history.
    other.program(program(cloudflare, "", "ada", "grace", staff="ada", shared="ada"))
    assert other.plan().changed() == {}

    third = Stack(tmp_path / "third", cloudflare)
    accepted = ", adopt=True, adopt_changes=True"
    third.program(program(cloudflare, accepted, "grace", staff="eve", shared="eve"))
    third.up()
    state = third.state()
    assert {name: state[name]["id"] for name in PARTS} == ids
    assert people.members(ids["team-rights"]) == ["grace"]
    assert "POST" not in {r["method"] for r in cloudflare.requests}
    assert third.settled()
