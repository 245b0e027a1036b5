"""Access groups through the real engine: what a program does to them, and what a preview shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.colleague import Colleague
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

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


def test_what_is_declared_is_made_then_left_alone_and_in_the_end_removed(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program(TWO)
    plan = stack.plan()
    assert plan.changed() == {"test-dev": "create", "staff": "create", "engineers": "create"}
    assert colleague.groups() == {}

    stack.up()
    staff = colleague.group("Staff")["id"]
    assert colleague.members("Engineers") == {"ada@example.com", staff, "203.0.113.7/32"}
    assert colleague.members("Engineers", "require") == {"DE"}
    assert stack.outputs() == {"id": colleague.group("Engineers")["id"]}

    colleague.look_away()
    assert stack.plan().changed() == {}
    assert "3 unchanged" in stack.up().text
    assert "3 unchanged" in stack.refresh().text
    assert stack.plan().changed() == {}
    assert colleague.written() == []

    # The engine deletes what refers to others first: the local Cloudflare refuses the other order.
    stack.destroy()
    assert colleague.written() == ["DELETE", "DELETE"]
    assert colleague.groups() == {}
    assert stack.state() == {}


def test_each_rule_that_comes_or_goes_is_one_changed_path_and_the_order_is_none(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program(TWO)
    stack.up()

    stack.program(TWO.replace("rules.ip(", 'rules.email("bob@x.org"), rules.ip('))
    plan = stack.plan()
    assert plan.changed() == {"engineers": "update"}
    assert plan.paths("engineers") == {'include["email bob@x.org"]': "add"}

    stack.program(TWO.replace(', rules.ip("203.0.113.7")', ""))
    plan = stack.plan()
    assert plan.changed() == {"engineers": "update"}
    assert plan.paths("engineers") == {'include["ip 203.0.113.7/32"]': "delete"}

    stack.program(
        TWO.replace(
            'rules.email("ada@example.com"), rules.group(staff), rules.ip("203.0.113.7")',
            'rules.ip("203.0.113.7/32"), rules.group(staff), rules.email("Ada@Example.com")',
        )
    )
    assert stack.plan().changed() == {}

    stack.program(TWO.replace('rules.geo("de")', 'rules.geo("fr")').replace("Engineers", "Devs"))
    assert stack.plan().paths("engineers") == {
        "name": "update",
        'require["geo DE"]': "delete",
        'require["geo FR"]': "add",
    }
    stack.up()
    assert colleague.members("Devs", "require") == {"FR"}
    assert set(colleague.groups()) == {"Staff", "Devs"}


def test_a_group_that_others_refer_to_is_renamed_in_one_change(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program(TWO)
    stack.up()
    staff = colleague.group("Staff")["id"]

    stack.program(TWO.replace('"Staff"', '"Everybody"'))
    plan = stack.plan()
    assert plan.changed() == {"staff": "update"}
    assert plan.paths("staff") == {"name": "update"}

    stack.up()
    assert colleague.group("Everybody")["id"] == staff
    assert stack.plan().changed() == {}
    assert "3 unchanged" in stack.refresh().text
    assert stack.plan().changed() == {}

    # The next real change of the one that refers to it is not made noisy by the new name either.
    stack.program(TWO.replace('"Staff"', '"Everybody"').replace("ada@", "eve@"))
    assert stack.plan().paths("engineers") == {
        'include["email ada@example.com"]': "delete",
        'include["email eve@example.com"]': "add",
    }


def test_a_group_that_moves_from_the_account_to_a_zone_is_replaced(
    stack: Stack, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    program = 'cloudflare.AccessGroup("g", name="G", include=[rules.everyone()]{scope})'
    stack.program(program.format(scope=""))
    stack.up()

    stack.program(program.format(scope=f', zone_id="{cloudflare.zone_id}"'))
    plan = stack.plan()
    assert plan.changed() == {"g": "replace"}
    assert set(plan.steps()["g"]["replaceReasons"]) == {"account_id", "zone_id"}
    stack.up()
    assert colleague.groups() == {}
    zones = type(colleague)(cloudflare, f"zones/{cloudflare.zone_id}")
    assert set(zones.groups()) == {"G"}

    # The zone is read from the state: a destroy needs no account, and no program.
    stack.configure({k: v for k, v in stack.config.items() if k != "cloudflare-access:accountId"})
    stack.destroy()
    assert zones.groups() == {}


def test_a_field_that_is_no_longer_declared_goes_back_to_the_default(
    stack: Stack, colleague: Colleague
) -> None:
    program = 'cloudflare.AccessGroup("g", name="G", include=[rules.everyone()]{more})'
    stack.program(program.format(more=', is_default=True, exclude=[rules.geo("FR")]'))
    stack.up()
    assert colleague.group("G")["is_default"] is True

    stack.program(program.format(more=""))
    assert stack.plan().paths("g") == {"is_default": "delete", "exclude": "delete"}
    stack.up()
    assert colleague.group("G")["is_default"] is False
    assert colleague.members("G", "exclude") == set()

    # What was never declared is somebody else's business: it stays, and is no difference.
    colleague.edit("G", is_default=True)
    assert "2 unchanged" in stack.refresh().text
    stack.program(program.format(more=', require=[rules.geo("DE")]'))
    stack.up()
    assert colleague.group("G")["is_default"] is True
