"""Every look-up of IAM that takes Outputs, in real previews: of what is known, and what is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import pulumi_cloudflare_access as package

if TYPE_CHECKING:
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

ZONE_READ = "c8fed203ed3043cba015a93ad1616f1f"
ADMINISTRATOR = "3536bcfad5faccb999b47003c79917fb"
PRODUCTION, OPS, ADA, SSO, SHOP = ("a" * 32, "b" * 32, "c" * 32, "d" * 32, "e" * 32)
ENGINEERS = {"name": "Engineers", "members": ["ada@example.com"], "id": OPS}
SEED: dict[str, Any] = {
    "members": [{"id": ADA, "email": "ada@example.com"}],
    "iam/user_groups": [ENGINEERS],
    "sso_connectors": [{"id": SSO, "email_domain": "example.com", "status": "verified"}],
    "zones": {SHOP: {"name": "shop.example.net"}},
}
# By what each is asked for, and what is exported of the answer.
LOOK_UPS = {
    "get_account_member_output": ('email={of}("Ada@example.com")', "found.id", ADA),
    "get_account_members_output": ("account_id={of}(ACCOUNT)", "found[0].id", ADA),
    "get_account_role_output": ('name={of}("Account Administrator")', "found.id", ADMINISTRATOR),
    "get_account_roles_output": (
        "account_id={of}(ACCOUNT)",
        '[one.id for one in found if one.name == "Account Administrator"][0]',
        ADMINISTRATOR,
    ),
    "get_permission_group_output": ('name={of}("Zone Read")', "found.id", ZONE_READ),
    "get_permission_groups_output": ('name={of}("Zone Read")', "found[0].id", ZONE_READ),
    "get_resource_group_output": ('name={of}("Production")', "found.id", PRODUCTION),
    "get_resource_groups_output": ('name={of}("Production")', "found[0].id", PRODUCTION),
    "get_sso_connector_output": ('email_domain={of}("Example.com")', "found.id", SSO),
    "get_sso_connectors_output": ("account_id={of}(ACCOUNT)", "found[0].id", SSO),
    "get_user_group_output": ('name={of}("Engineers")', "found.id", OPS),
    "get_user_group_members_output": ("group={of}(OPS)", "found[0].id", ADA),
    "get_user_groups_output": ("account_id={of}(ACCOUNT)", "found[0].id", OPS),
    "get_zone_output": ('name={of}("shop.example.net")', "found.id", SHOP),
    "get_zones_output": (
        "account_id={of}(ACCOUNT)",
        '[one.id for one in found if one.name == "shop.example.net"][0]',
        SHOP,
    ),
}
# `known` is so in a preview already; `later` depends on an object that is only made by the update.
HELPERS = """
ACCOUNT, OPS = "{account}", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
group = cloudflare.AccessGroup("group", name="G", include=[rules.everyone()])
known = Output.from_input
later = lambda value: group.created_at.apply(lambda _: value)
"""


@pytest.fixture(autouse=True)
def _seeded(cloudflare: LocalCloudflare) -> None:
    key = f"com.cloudflare.api.account.{cloudflare.account_id}"
    scope = {"key": key, "objects": [{"key": "*"}]}
    cloudflare.seed(SEED)
    cloudflare.seed(
        {"iam/resource_groups": [{"id": PRODUCTION, "name": "Production", "scope": scope}]}
    )


def program(cloudflare: LocalCloudflare, of: str) -> str:
    lines = [
        f'pulumi.export("{name}", cloudflare.{name}({asked.format(of=of)})'
        f".apply(lambda found: {shown}))"
        for name, (asked, shown, _) in LOOK_UPS.items()
    ]
    return "\n".join([HELPERS.format(account=cloudflare.account_id), *lines])


def shown(text: str) -> dict[str, str]:
    """Return the outputs that a preview prints."""
    return dict(re.findall(r"^ +\+? ?(get_\w+_output) *: (.*)$", text, re.MULTILINE))


def test_no_look_up_of_iam_is_left_out() -> None:
    homes = package._HOME  # noqa: SLF001 - where each public name is found
    theirs = {n for n, home in homes.items() if ".iam" in home and n.endswith("_output")}
    assert theirs == set(LOOK_UPS)


def test_what_is_known_is_looked_up_in_the_preview(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    stack.program(program(cloudflare, "known"))
    found = shown(stack.preview().text)
    assert found == {name: f'"{id_}"' for name, (_, _, id_) in LOOK_UPS.items()}
    assert {asked["method"] for asked in cloudflare.requests} == {"GET"}


def test_what_is_not_known_yet_is_looked_up_by_the_update_alone(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    stack.program(program(cloudflare, "later"))
    found = shown(stack.preview().text)
    assert found == dict.fromkeys(LOOK_UPS, "[unknown]")
    assert cloudflare.requests == []
    stack.up()
    assert stack.outputs() == {name: id_ for name, (_, _, id_) in LOOK_UPS.items()}
    assert stack.plan().changed() == {}


def test_members_are_looked_up_in_the_account_of_a_group_that_was_found_later(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    other = cloudflare.add_account(token=cloudflare.token)
    theirs = {
        "members": [{"email": "eve@example.org"}],
        "iam/user_groups": [{"name": "Theirs", "members": ["eve@example.org"]}],
    }
    cloudflare.seed({"accounts": {other.id: theirs}})
    stack.program(f"""
    there = Output.from_input("{other.id}")
    found = cloudflare.get_user_group_output(name="Theirs", account_id=there)
    members = cloudflare.get_user_group_members_output(group=found)
    pulumi.export("get_members_output", members.apply(lambda all: all[0].email))
    """)
    assert shown(stack.preview().text) == {"get_members_output": '"eve@example.org"'}


def test_what_is_looked_up_later_stands_where_a_reference_is_due(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    other = cloudflare.add_account(token=cloudflare.token)
    theirs = {"email_domain": "example.org", "status": "verified"}
    cloudflare.seed({"accounts": {other.id: {"sso_connectors": [theirs]}}})
    stack.program(f"""
    there = Output.from_input("{other.id}")
    found = cloudflare.get_sso_connector_output(email_domain="example.org", account_id=there)
    cloudflare.SsoConnectorActivation("sso", connector=found)
    """)
    plan = stack.plan()
    assert plan.steps()["sso"]["newState"]["inputs"]["account_id"] == other.id
    assert "everyone @example.org then logs in" in plan.warnings("sso")[0]
    stack.up()
    assert stack.settled()
