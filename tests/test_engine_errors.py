"""What goes wrong, through the real engine: one clean line, under the resource that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.colleague import Colleague
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

URN = "urn:pulumi:dev::test::pulumi-python:dynamic/cloudflare:AccessGroup::"
GROUP = 'cloudflare.AccessGroup("{name}", name="A", include=[rules.everyone()]{more})\n'


def test_an_api_out_of_reach_is_one_line_and_the_next_up_goes_on(
    stack: Stack, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    stack.program(GROUP.format(name="a", more=""))
    impatient = {**stack.config, "cloudflare-access:deadline": "1"}
    stack.configure({**impatient, "cloudflare:baseUrl": "http://127.0.0.1:9/client/v4"})
    refused = stack.up(ok=False)
    assert refused.status != 0
    (line,) = {
        line.strip() for line in refused.text.splitlines() if line.startswith("    error: U")
    }
    assert line.startswith("error: UnreachableError: GET /client/v4/accounts/")
    assert "cannot reach 127.0.0.1:9" in line
    assert "Traceback" not in refused.text

    stack.configure(impatient)
    stack.up()
    assert set(colleague.groups()) == {"A"}

    # Nor is a server that has gone away taken for a deletion.
    cloudflare.stop()
    assert "UnreachableError: GET " in stack.refresh(ok=False).text
    assert "a" in stack.state()


def test_an_address_elsewhere_is_refused_before_anything_is_sent(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program(GROUP.format(name="a", more=""))
    stack.configure({**stack.config, "cloudflare-access:allowLoopback": "false"})
    colleague.look_away()
    assert "error: SettingsError: cloudflare:baseUrl is on this machine" in stack.up(ok=False).text
    stack.configure(
        {**stack.config, "cloudflare:baseUrl": "https://api.cloudflare.com.example.net"}
    )
    assert "the token is sent to https://api.cloudflare.com alone" in stack.up(ok=False).text
    assert colleague.written() == []


THEIRS = """
from pulumi import dynamic

class Theirs(dynamic.ResourceProvider):
    def create(self, props):
        import time
        time.sleep(1)  # until after our own error in the same process
        raise RuntimeError("a mistake of theirs")

class Their(dynamic.Resource):
    def __init__(self, name):
        super().__init__(Theirs(), name, {})

Their("their")
"""


def test_errors_show_no_traceback_and_other_providers_of_the_program_keep_theirs(
    stack: Stack, colleague: Colleague
) -> None:
    colleague.make("A", {"email": {"email": "ada@example.com"}})
    stack.program(THEIRS + GROUP.format(name="ours", more=", adopt=True"))
    refused = stack.up("--continue-on-error", ok=False)
    ours, theirs = (
        refused.text.partition(f"({name}):\n")[2].partition("\n\n")[0] for name in ("ours", "their")
    )
    [_, ours] = ours.splitlines()
    assert ours.startswith("    error: AdoptionError: Access group")
    assert "RuntimeError: a mistake of theirs" in theirs
    assert "Traceback (most recent call last)" in theirs
    assert "in create" in theirs


def test_a_warning_stands_under_the_resource_that_it_is_about(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program(GROUP.format(name="a", more="").replace("A", "A group", 0))
    stack.up()
    colleague.edit("A", require=[{"geo": {"country_code": "DE"}}])
    said = [
        event
        for event in stack.plan("--refresh").events()["diagnostics"]
        if event["severity"] == "warning"
    ]
    assert {(event["urn"], event["message"]) for event in said} == {
        (f"{URN}a", "warning: changed at Cloudflare: require: + geo DE\n")
    }
