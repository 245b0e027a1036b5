"""Pulumi's resource options, through the real engine: they work as in its handbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.colleague import Colleague
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

PAIR = """
staff = cloudflare.AccessGroup("staff", name="Staff", include=[rules.email_domain("example.com")])
cloudflare.AccessGroup(
    "engineers",
    name="Engineers",
    include=[{rules}],
    opts=ResourceOptions(ignore_changes={ignored!r}),
)
"""


def test_an_ignored_list_or_an_ignored_rule_stays_as_it_is(
    stack: Stack, colleague: Colleague
) -> None:
    ada, eve = 'rules.email("ada@example.com")', 'rules.email("eve@example.com")'
    stack.program(PAIR.format(rules=f"{ada}, rules.group(staff)", ignored=[]))
    stack.up()
    before = colleague.members("Engineers")

    stack.program(PAIR.format(rules=eve, ignored=["include"]))
    assert stack.plan().changed() == {}

    # By its key, as the preview shows it. A rule that is gone from the program stays there.
    stack.program(PAIR.format(rules=f"{ada}, {eve}", ignored=['include["group Staff"]']))
    assert stack.plan().paths("engineers") == {'include["email eve@example.com"]': "add"}
    stack.up()
    assert colleague.members("Engineers") == {*before, "eve@example.com"}
    assert stack.settled()


OPTIONS = """
cloudflare.AccessGroup(
    "{name}", name="Kept", include=[rules.everyone()], opts=ResourceOptions({options}), {more}
)
"""


def test_protected_renamed_and_retained_objects_stay(
    stack: Stack, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    stack.program(OPTIONS.format(name="kept", options="protect=True", more=""))
    stack.up()
    id_ = colleague.group("Kept")["id"]
    refused = stack.destroy(ok=False)
    assert "protect" in refused.text
    assert colleague.group("Kept")["id"] == id_

    renamed = 'aliases=[pulumi.Alias(name="kept")]'
    stack.program(OPTIONS.format(name="new", options=renamed, more=""))
    assert set(stack.plan().changed().values()) <= {"update"}
    stack.up()
    assert stack.state()["new"]["id"] == id_

    # Renamed once more and moved in one step: the old object goes, and nobody has adopted it.
    renamed = 'aliases=[pulumi.Alias(name="new")]'
    zone = f'zone_id="{cloudflare.zone_id}"'
    stack.program(OPTIONS.format(name="newer", options=renamed, more=zone))
    assert "stays" not in stack.up().text
    zones = type(colleague)(cloudflare, f"zones/{cloudflare.zone_id}")
    assert colleague.groups() == {}
    assert set(zones.groups()) == {"Kept"}

    stack.program(OPTIONS.format(name="newer", options="retain_on_delete=True", more=zone))
    stack.up()
    stack.destroy()
    assert set(zones.groups()) == {"Kept"}
    assert stack.state() == {}


def test_a_change_that_the_program_calls_a_replacement_leaves_one_object(
    stack: Stack, colleague: Colleague
) -> None:
    options = 'replace_on_changes=["name"]'
    stack.program(OPTIONS.format(name="kept", options=options, more="adopt=True"))
    stack.up()
    old = colleague.group("Kept")["id"]
    text = OPTIONS.format(name="kept", options=options, more="adopt=True")
    stack.program(text.replace('"Kept"', '"Other"'))
    assert stack.plan().changed() == {"kept": "replace"}
    stack.up()
    assert set(colleague.groups()) == {"Other"}
    assert colleague.group("Other")["id"] != old


def test_a_group_that_others_still_use_is_deleted_last_or_not_at_all(
    stack: Stack, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    stack.program(PAIR.format(rules="rules.group(staff)", ignored=[]))
    stack.up()
    # The user of it goes away in the same run.
    stack.program("")
    stack.up()
    assert colleague.groups() == {}

    alone = PAIR.partition("cloudflare.AccessGroup(\n")[0]
    stack.program(alone)
    stack.up()
    colleague.make("Foreign", {"group": {"id": colleague.group("Staff")["id"]}})
    refused = stack.destroy(ok=False)
    assert 'it is still in use by Access group "Foreign" (' in refused.text
    assert "error: ConflictError: DELETE /accounts/" in refused.text
    assert set(colleague.groups()) == {"Staff", "Foreign"}

    # Whether Cloudflare refuses is not documented. Where it does not, there is a warning.
    cloudflare.switches.delete_in_use = "allow"
    said = stack.destroy().text
    assert 'is deleted, and was still used by Access group "Foreign" (' in said
