"""Objects that exist already, through the real engine: taken over as declared, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.colleague import Colleague
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

ADA, MALLORY = ({"email": {"email": f"{name}"}} for name in ("ada@example.com", "mallory@x.org"))


def program(name: str = "engineers", *, adopt: object = True, more: str = "") -> str:
    return f"""
cloudflare.AccessGroup(
    "{name}", name="Engineers", include=[rules.email("Ada@example.com")], adopt={adopt!r}{more}
)
"""


def urn(name: str) -> str:
    return f"urn:pulumi:dev::test::pulumi-python:dynamic/cloudflare:AccessGroup::{name}"


def test_an_equal_object_is_taken_over_untouched_and_keeps_its_id_for_good(
    stack: Stack, colleague: Colleague
) -> None:
    id_ = colleague.make("Engineers", ADA)
    colleague.look_away()
    stack.program(program())
    stack.up()
    assert colleague.written() == []
    assert stack.state()["engineers"]["id"] == id_

    # How it came here is history: no word of it is ever a difference, and none is in the state.
    assert "adopt" not in stack.state()["engineers"]["inputs"]
    for text in (program(adopt=None), program(adopt=id_), program()):
        refreshed = stack.refresh()
        assert "adopt" not in refreshed.text
        assert "unchanged" in refreshed.text
        stack.program(text)
        assert stack.plan().changed() == {}
        assert "adopt" not in stack.up("--diff", "--expect-no-changes").text
    assert stack.settled()
    stack.destroy()
    assert colleague.groups() == {}


def test_where_there_is_nothing_to_adopt_by_name_it_is_made(
    stack: Stack, colleague: Colleague
) -> None:
    colleague.make("Engineer", ADA)
    stack.program(program())
    stack.up()
    assert set(colleague.groups()) == {"Engineer", "Engineers"}


def test_a_different_object_is_refused_with_its_differences_until_they_are_accepted(
    stack: Stack, colleague: Colleague
) -> None:
    id_ = colleague.make("Engineers", ADA, MALLORY, exclude=[{"geo": {"country_code": "FR"}}])
    colleague.look_away()
    stack.program(program())
    refused = stack.up(ok=False)
    assert (
        f'error: AdoptionError: Access group "Engineers" ({id_}) exists and is not what the '
        "program declares, which would change: include: - email mallory@x.org; exclude: - geo FR. "
        "Declare what is there, or accept these changes with adopt_changes=True" in refused.text
    )
    assert colleague.written() == []

    stack.program(program(more=", adopt_changes=True"))
    stack.up()
    assert colleague.written() == ["PUT"]
    assert colleague.members("Engineers") == {"ada@example.com"}
    assert colleague.group("Engineers")["id"] == id_
    assert stack.settled()


def test_of_several_with_one_name_the_program_says_which_by_its_id(
    stack: Stack, colleague: Colleague
) -> None:
    ids = sorted([colleague.make("Engineers", ADA), colleague.make("Engineers", ADA)])
    colleague.look_away()
    stack.program(program())
    refused = stack.up(ok=False)
    assert '2 Access groups are called "Engineers" in account' in refused.text
    assert f'choose one with adopt="<id>" ({ids[0]}, {ids[1]})' in refused.text

    stack.program(program(adopt=ids[1]))
    stack.up()
    assert stack.state()["engineers"]["id"] == ids[1]
    assert colleague.written() == []

    stack.program(
        program(adopt=ids[1]) + program("nobody", adopt="00000000-0000-4000-8000-000000000000")
    )
    refused = stack.up(ok=False)
    assert "error: NotFoundError: GET /accounts/" in refused.text
    assert colleague.written() == []


def test_a_replacement_does_not_lose_the_object_that_it_adopts(
    stack: Stack, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    stack.program(program())
    stack.up()
    # The engine asks no diff under --replace: nobody says which object is the old one.
    said = stack.up("--replace", urn("engineers")).text
    assert set(colleague.groups()) == {"Engineers"}
    id_ = colleague.group("Engineers")["id"]
    assert f"({id_}) stays: engineers has adopted it" in said
    assert stack.state()["engineers"]["id"] == id_

    # Where the diff asks for it, the old object is known, and is not the one that is adopted.
    zone = f', zone_id="{cloudflare.zone_id}"'
    zones = type(colleague)(cloudflare, f"zones/{cloudflare.zone_id}")
    there = zones.make("Engineers", ADA)
    stack.program(program(more=zone))
    stack.up()
    assert stack.state()["engineers"]["id"] == zones.group("Engineers")["id"] == there
    assert colleague.groups() == {}


def test_a_resource_that_is_renamed_in_the_program_hands_its_object_on(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program(program())
    stack.up()
    id_ = colleague.group("Engineers")["id"]
    stack.program(program("developers"))
    said = stack.up().text
    assert f'Access group "Engineers" ({id_}) stays: developers has adopted it' in said
    assert colleague.group("Engineers")["id"] == id_
    assert stack.state()["developers"]["id"] == id_
    assert "engineers" not in stack.state()
    assert stack.settled()


def test_one_object_is_not_adopted_twice_by_one_program(stack: Stack, colleague: Colleague) -> None:
    id_ = colleague.make("Engineers", ADA)
    colleague.look_away()
    stack.program(program("one") + program("two"))
    refused = stack.preview(ok=False)
    assert refused.status != 0
    assert 'adopt: "one" adopts this object already: one object, one resource' in refused.text

    # By name here and by id there: only the API knows that it is one object.
    stack.program(program("one") + program("two", adopt=id_))
    refused = stack.up(ok=False)
    assert "already: one object, one resource" in refused.text
    assert colleague.written() == []


def test_what_a_first_run_adopted_a_second_run_does_not_delete_with_the_old_resource(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program(program())
    stack.up()
    id_ = colleague.group("Engineers")["id"]
    stack.program(program("developers"))
    stack.up("--target", urn("developers"))
    assert stack.state()["developers"]["id"] == stack.state()["engineers"]["id"] == id_

    stack.up()
    assert colleague.group("Engineers")["id"] == id_
    assert "engineers" not in stack.state()
    stack.destroy()
    assert colleague.groups() == {}
