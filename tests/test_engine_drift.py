"""What somebody changes by hand, through the real engine: shown, refused, repaired, never overrun."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.colleague import Colleague
    from harness.stack import Stack

pytestmark = pytest.mark.engine

GROUP = """
cloudflare.AccessGroup(
    "engineers",
    name="{name}",
    include=[rules.email("ada@example.com"), rules.email("grace@example.com")],
)
"""
PLAIN = GROUP.format(name="Engineers")
RENAMED = GROUP.format(name="Developers")


def test_a_refresh_names_the_person_who_was_let_in_and_an_up_puts_it_right(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program(PLAIN)
    stack.up()
    colleague.let_in("Engineers", "mallory@example.net")
    colleague.look_away()
    assert not stack.settled()

    said = stack.refresh().text
    assert "changed at Cloudflare: include: + email mallory@example.net" in said
    assert "1 updated" in said
    assert stack.plan().paths("engineers") == {'include["email mallory@example.net"]': "delete"}
    assert colleague.written() == []

    stack.up()
    assert colleague.members("Engineers") == {"ada@example.com", "grace@example.com"}
    assert stack.settled()


def test_an_update_refuses_to_undo_what_no_preview_has_shown(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program(PLAIN)
    stack.up()
    colleague.let_in("Engineers", "mallory@example.net")
    colleague.look_away()

    stack.program(RENAMED)
    refused = stack.up(ok=False)
    assert refused.status != 0
    group = colleague.group("Engineers")
    assert (
        f'error: DriftError: Access group "Engineers" ({group["id"]}) was changed at Cloudflare, '
        "and no preview has shown it: include: + email mallory@example.net. Nothing was sent. "
        "Run pulumi refresh" in refused.text
    )
    assert "Traceback" not in refused.text
    assert colleague.written() == []

    # After a look at it, the same program goes through.
    stack.refresh()
    stack.up()
    assert colleague.members("Developers") == {"ada@example.com", "grace@example.com"}


def test_an_update_goes_through_where_drift_is_what_was_wished_for_or_is_to_be_overwritten(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program(PLAIN)
    stack.up()
    colleague.edit("Engineers", name="Developers")
    colleague.look_away()
    stack.program(RENAMED)
    stack.up()
    assert colleague.written() == []
    assert stack.plan().changed() == {}

    colleague.let_in("Developers", "mallory@example.net")
    stack.program(PLAIN)
    stack.configure({**stack.config, "cloudflare-access:onDrift": "overwrite"})
    stack.up()
    assert colleague.members("Engineers") == {"ada@example.com", "grace@example.com"}


def test_what_somebody_deleted_is_missed_by_a_refresh_and_made_again(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program(PLAIN)
    stack.up()
    colleague.delete("Engineers")

    # An update does not make it again behind a preview that says "update".
    stack.program(RENAMED)
    refused = stack.up(ok=False)
    assert "is gone: run pulumi refresh, and the next up makes it again" in refused.text
    assert colleague.groups() == {}

    said = stack.refresh().text
    assert "gone from Cloudflare" in said
    assert "1 deleted" in said
    assert stack.plan().changed() == {"engineers": "create"}
    stack.up()
    assert set(colleague.groups()) == {"Developers"}

    # Gone already is deleted.
    colleague.delete("Developers")
    stack.destroy()
    assert stack.state() == {}


def test_a_wrong_account_is_never_taken_for_a_deletion(stack: Stack, colleague: Colleague) -> None:
    stack.program(PLAIN)
    stack.up()
    exported = stack.pulumi("stack", "export", "--stack", "dev").text
    wrong = "0" * 32
    account = stack.config["cloudflare-access:accountId"]
    (stack.project / "wrong.json").write_text(exported.replace(account, wrong))
    stack.pulumi("stack", "import", "--stack", "dev", "--file", "wrong.json")
    refused = stack.refresh(ok=False)
    assert refused.status != 0
    assert "error: WrongPathError: GET /accounts/000000" in refused.text or (
        "error: DeniedError: GET /accounts/000000" in refused.text
    )
    assert set(stack.state()) >= {"engineers"}
    assert set(colleague.groups()) == {"Engineers"}
