"""Look-ups of IAM: what they find in either form of an answer, what they refuse and warn of."""

from __future__ import annotations

import itertools
import json
import math
from typing import TYPE_CHECKING, Any

import pulumi
import pytest

import pulumi_cloudflare_access as cloudflare
from harness.program import resolved
from harness.sockets import Scripted, answer, envelope
from pulumi_cloudflare_access import LookUpError

if TYPE_CHECKING:
    from pulumi_cloudflare_access import LocalCloudflare

ACCOUNT, ZONE = "com.cloudflare.api.account", "com.cloudflare.api.account.zone"
ZONE_READ = "c8fed203ed3043cba015a93ad1616f1f"
LOAD_BALANCER = "6d7f2f5f5b1d4a0e9081fdc98d432fd1"
PRODUCTION = "13f8d65290b24279ba6f44721b3eaad5"
# Every position of the switches that change what look-ups of IAM get.
POSITIONS = [
    dict(zip(("iam_meta", "iam_result_info", "resource_group_scope"), values, strict=True))
    for values in itertools.product(("named", "key_value"), (True, False), ("array", "object"))
]
positions = pytest.mark.parametrize("position", POSITIONS, ids=json.dumps)


@pytest.fixture(autouse=True)
def program(program: LocalCloudflare) -> LocalCloudflare:
    """Be a program in an account with a resource group and a user group."""
    shop = {"key": f"{ZONE}.{program.zone_id}"}
    scope = {
        "key": f"{ACCOUNT}.{program.account_id}",
        "objects": [shop, {"key": "com.cloudflare.x.1"}],
    }
    policy = {
        "access": "allow",
        "permission_groups": [{"id": ZONE_READ}],
        "resource_groups": [{"id": PRODUCTION}],
    }
    program.seed(
        {
            "iam/resource_groups": [
                {"id": PRODUCTION, "name": "Production", "scope": scope},
                {"name": "Twins", "scope": {**scope, "objects": [shop]}},
                {"name": "Twins", "scope": {**scope, "objects": [{"key": "*"}]}},
            ],
            "iam/user_groups": [{"name": "Ops", "policies": [policy]}, {"name": "Staff"}],
        }
    )
    return program


def switch(program: LocalCloudflare, position: dict[str, Any]) -> None:
    for name, value in position.items():
        setattr(program.switches, name, value)


def asked(program: LocalCloudflare) -> list[str]:
    paths = [request["path"].partition("?")[0] for request in program.requests]
    return [path[path.index("iam/") :] for path in paths]


# ----------------------------------------------------------------------------- permission groups


@positions
@pytest.mark.parametrize(
    "by", [{"name": "Load Balancer"}, {"label": "load_balancer_admin"}, {"id": LOAD_BALANCER}]
)
def test_a_permission_group_is_found_by_name_label_and_id(
    by: dict[str, Any], position: dict[str, Any], program: LocalCloudflare
) -> None:
    switch(program, position)
    found = cloudflare.get_permission_group(**by)
    assert (found.id, found.name, found.label) == (
        LOAD_BALANCER,
        "Load Balancer",
        "load_balancer_admin",
    )
    assert found.account_id == program.account_id
    assert found.meta["label"] == found.label
    assert resolved(cloudflare.get_permission_group_output(**by)) == found


def test_all_that_meta_says_is_there() -> None:
    found = cloudflare.get_permission_group(id=ZONE_READ)
    assert found.meta == {
        "label": "zone_read",
        "scopes": ZONE,
        "category": "Zone & DNS",
        "description": "Grants read access to Zone",
        "deprecated": "false",
        "editable": "false",
        "visibility": "public",
    }
    assert (found.scopes, found.category, found.description, found.visibility) == (
        ZONE,
        "Zone & DNS",
        "Grants read access to Zone",
        "public",
    )
    assert (found.deprecated, found.editable, found.eol_at) == (False, False, None)


@positions
def test_the_whole_catalogue_is_read_once(
    position: dict[str, Any], program: LocalCloudflare
) -> None:
    switch(program, position)
    found = cloudflare.get_permission_groups()
    assert len(found) > 300
    assert [one.name for one in found] == sorted(one.name for one in found)
    pages = len(program.requests)
    each = math.ceil(len(found) / 50) + (not position["iam_result_info"])
    assert len({request["path"] for request in program.requests}) == each
    # Without its length, a list ends with an empty page, and is read until it stays as it is.
    assert pages == (each if position["iam_result_info"] else 2 * each)
    cloudflare.get_permission_group(name="Zone Read")
    assert len(program.requests) == pages


def test_permission_groups_of_one_name_or_label_are_found_together() -> None:
    name = "Access: Apps and Policies Read"
    found = cloudflare.get_permission_groups(name=name)
    assert {one.scopes for one in found} == {ACCOUNT, ZONE}
    assert cloudflare.get_permission_groups(label="access_apps_and_policies_read") == found
    assert cloudflare.get_permission_groups(id=found[0].id) == found[:1]
    assert resolved(cloudflare.get_permission_groups_output(name=name)) == found
    assert cloudflare.get_permission_groups(name="Zone Raed") == []


@positions
def test_an_unknown_permission_group_is_an_error_with_the_nearest(
    position: dict[str, Any], program: LocalCloudflare
) -> None:
    switch(program, position)
    with pytest.raises(LookUpError) as refused:
        cloudflare.get_permission_group(name="Zone Raed")
    assert str(refused.value).startswith('no permission group has the name "Zone Raed" in account')
    assert '; the nearest: "Zone Read"' in str(refused.value)
    with pytest.raises(
        LookUpError, match=r'has the label "zone_raed" .*; the nearest: "zone_read"'
    ):
        cloudflare.get_permission_group(label="zone_raed")


def test_an_ambiguous_permission_group_is_an_error_with_what_tells_them_apart() -> None:
    name = "Access: Apps and Policies Read"
    ids = {one.scopes: one.id for one in cloudflare.get_permission_groups(name=name)}
    with pytest.raises(LookUpError) as refused:
        cloudflare.get_permission_group(name=name)
    said = str(refused.value)
    assert said.startswith(f'2 have the name "{name}" in account ')
    assert ", and only one permission group can be meant: pass id=, one of " in said
    for scopes, id_ in ids.items():
        assert f"{id_} (scopes {scopes}, label access_apps_and_policies_read)" in said


def test_an_ambiguous_permission_group_is_told_by_its_label_where_that_is_all_there_is(
    program: LocalCloudflare,
) -> None:
    program.switches.iam_meta = "key_value"
    with pytest.raises(LookUpError, match=r"\(label access_apps_and_policies_read\), "):
        cloudflare.get_permission_group(name="Access: Apps and Policies Read")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Mirage Read", "is deprecated and ended on 2025-09-15: choose another"),
        ("Constellation Read", "is deprecated and ends on 2032-12-31: choose another"),
        ("Pub and Sub Read", "is deprecated: choose another"),
        ("Zone Read", None),
        ("Old", "ended on 2020-01-01: choose another"),
        ("New", None),
        ("Odd", None),
    ],
)
def test_a_permission_group_that_ends_is_a_warning(
    name: str, told: str | None, program: LocalCloudflare, caplog: pytest.LogCaptureFixture
) -> None:
    ends = {"Old": "2020-01-01", "New": "2999-01-01T00:00:00Z", "Odd": "some day"}
    seeded = [{"name": key, "meta": {"eol_at": eol_at}} for key, eol_at in ends.items()]
    program.seed({"iam/permission_groups": seeded})
    cloudflare.get_permission_groups(name=name)
    assert caplog.messages == []
    found = cloudflare.get_permission_group(name=name)
    resolved(cloudflare.get_permission_group_output(id=found.id))
    called = f'permission group "{name}" ({found.id})'
    assert caplog.messages == ([f"{called} {told}"] * 2 if told else [])


# ------------------------------------------------------------------------------- resource groups


@positions
def test_a_resource_group_is_found_with_one_scope(
    position: dict[str, Any], program: LocalCloudflare
) -> None:
    switch(program, position)
    program.switches.plain = True
    found = cloudflare.get_resource_group(name="Production")
    assert found == cloudflare.get_resource_group(id=PRODUCTION)
    assert found == resolved(cloudflare.get_resource_group_output(id=PRODUCTION))
    assert found.scope == {
        "key": f"{ACCOUNT}.{program.account_id}",
        "objects": [{"key": f"{ZONE}.{program.zone_id}"}, {"key": "com.cloudflare.x.1"}],
    }
    assert (found.meta, found.editable) == ({"editable": "true"}, True)
    own = cloudflare.get_resource_group(name=f"{ACCOUNT}.{program.account_id}")
    assert (own.meta, own.editable) == ({"editable": "false"}, False)
    assert asked(program) == ["iam/resource_groups"]


def test_resource_groups_of_one_name_are_found_together_and_never_by_chance(
    program: LocalCloudflare,
) -> None:
    twins = cloudflare.get_resource_groups(name="Twins")
    assert len(twins) == 2
    assert cloudflare.get_resource_groups(id=twins[1].id) == twins[1:]
    assert len(cloudflare.get_resource_groups()) == 5
    assert resolved(cloudflare.get_resource_groups_output(name="Nobody")) == []
    with pytest.raises(LookUpError) as refused:
        cloudflare.get_resource_group(name="Twins")
    for twin in twins:
        assert f"{twin.id} ({twin.scope['objects'][0]['key']})" in str(refused.value)
    assert asked(program) == ["iam/resource_groups"]


@pytest.mark.parametrize("empty", [None, []])
def test_an_empty_list_may_be_null(empty: Any) -> None:
    with Scripted(answer(envelope(empty))) as server:
        pulumi.runtime.set_config("cloudflare:baseUrl", server.base_url)
        assert cloudflare.get_resource_groups() == []


# ----------------------------------------------------------------------------------- user groups


@positions
def test_a_user_group_is_found_with_its_policies(
    position: dict[str, Any], program: LocalCloudflare
) -> None:
    switch(program, position)
    program.switches.plain = True
    found = cloudflare.get_user_group(name="Ops")
    assert found == cloudflare.get_user_group(id=found.id)
    assert found == resolved(cloudflare.get_user_group_output(name="Ops"))
    assert found.created_on
    assert found.modified_on
    [policy] = found.policies
    assert policy["access"] == "allow"
    assert [group["meta"]["label"] for group in policy["permission_groups"]] == ["zone_read"]
    [on] = policy["resource_groups"]
    assert on["scope"] == cloudflare.get_resource_group(id=PRODUCTION).scope
    assert [one.name for one in cloudflare.get_user_groups()] == ["Ops", "Staff"]
    assert [one.name for one in resolved(cloudflare.get_user_groups_output())] == ["Ops", "Staff"]
    assert cloudflare.get_user_group(name="Staff").policies == []
