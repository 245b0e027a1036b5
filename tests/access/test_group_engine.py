"""Access groups through the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.stack import Stack

pytestmark = pytest.mark.engine

TWO = """
staff = cloudflare.AccessGroup("staff", name="Staff", include=[rules.email_domain("example.com")])
engineers = cloudflare.AccessGroup(
    "engineers",
    name="Engineers",
    include=[rules.email("ada@example.com"), rules.group(staff), rules.ip("203.0.113.7")],
    require=[rules.geo("de")],
)
pulumi.export("id", engineers.id)
"""


def test_a_second_up_has_nothing_to_do(stack: Stack) -> None:
    stack.program(TWO)
    stack.up()
    assert stack.plan().changed() == {}


def test_one_rule_more_is_one_changed_path(stack: Stack) -> None:
    stack.program(TWO)
    stack.up()
    stack.program(TWO.replace("include=[rules.email(", 'include=[rules.email("bob@example.com"), rules.email('))
    plan = stack.plan()
    assert plan.changed() == {"engineers": "update"}
    assert plan.paths("engineers") == {'include["email bob@example.com"]': "add"}
