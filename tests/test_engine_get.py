"""Objects that a stack reads and does not own, through the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.colleague import Colleague
    from harness.stack import Stack

pytestmark = pytest.mark.engine

GET = """
found = cloudflare.AccessGroup.get("found", "{id}")
for output in ("name", "include", "exclude", "require", "is_default", "account_id", "created_at"):
    pulumi.export(output, getattr(found, output))
cloudflare.AccessGroup("mine", name="Mine", include=[rules.group(found)])
"""


def test_what_is_found_has_all_its_fields_and_can_be_referred_to(
    stack: Stack, colleague: Colleague
) -> None:
    id_ = colleague.make(
        "Found",
        {"email": {"email": "ada@example.com"}},
        require=[{"geo": {"country_code": "DE"}}],
        is_default=True,
    )
    stack.program(GET.format(id=id_))
    stack.up()
    outputs = stack.outputs()
    assert outputs.pop("created_at")
    assert outputs == {
        "name": "Found",
        "include": {"email ada@example.com": {"email": {"email": "ada@example.com"}}},
        "exclude": {},
        "require": {"geo DE": {"geo": {"country_code": "DE"}}},
        "is_default": True,
        "account_id": stack.config["cloudflare-access:accountId"],
    }
    assert colleague.members("Mine") == {id_}

    # Whoever owns it may change it: that is no drift of this stack.
    colleague.let_in("Found", "eve@example.com")
    colleague.look_away()
    assert "warning" not in stack.refresh().text
    plan = stack.plan()
    assert plan.changed() == {"found": "read"}
    assert "unknown" not in stack.preview("--diff").text
    stack.up()
    assert len(stack.outputs()["include"]) == 2
    stack.destroy()
    assert set(colleague.groups()) == {"Found"}
    assert colleague.written() == ["DELETE"]


def test_what_is_not_there_is_an_error_and_no_dead_reference(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program(GET.format(id="00000000-0000-4000-8000-000000000000"))
    for run in (stack.preview(ok=False), stack.up(ok=False)):
        assert run.status != 0
        assert "NotFoundError: GET /accounts/" in run.text
        assert "/access/groups/00000000-0000-4000-8000-000000000000 -> 404" in run.text
        assert "Traceback" not in run.text
    assert colleague.groups() == {}
