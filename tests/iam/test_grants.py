"""The policies of IAM: what the functions build, what keys say, what is the same and what wrong."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from harness.golden import keys_in
from harness.program import Mocks, resolved
from pulumi_cloudflare_access import (
    GetPermissionGroupResult,
    GetResourceGroupResult,
    ResourceGroup,
    UserGroup,
    grants,
    scopes,
)
from pulumi_cloudflare_access.iam.grants import POLICIES
from pulumi_cloudflare_access.text.nearest import not_known

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
READ, WRITE = "c8fed203ed3043cba015a93ad1616f1f", "82e64a83756745bbbb1c9c2701bf816b"
ON, OTHER = "6d7f2f5f5b1d4a0e9081fdc98d432fd1", "13f8d65290b24279ba6f44721b3eaad5"
# Untyped: programs may be wrong.
allow: Any = grants.allow
deny: Any = grants.deny
GOLDEN = Path(__file__).with_name("policy_keys.golden.txt")


def arranged(*declared: Any) -> dict[str, Any]:
    keyed, wrong = POLICIES.check(list(declared), "policies")
    assert wrong == []
    assert isinstance(keyed, dict)
    return keyed


def mistakes(*declared: Any) -> list[str]:
    _, wrong = POLICIES.check(list(declared), "policies")
    return [str(mistake) for mistake in wrong]


# ------------------------------------------------------------------------- functions for programs


def test_a_function_builds_a_policy_as_cloudflare_spells_it() -> None:
    built = allow("Zone Read", READ, on=ON)
    assert built == {
        "access": "allow",
        "permission_groups": ["Zone Read", READ],
        "resource_groups": [ON],
    }
    assert deny("Zone Read", READ, on=[ON]) == {**built, "access": "deny"}


@pytest.fixture
def program() -> None:
    """Be a Pulumi program, with Pulumi's own mocks for an engine."""
    mocks.set_mocks(Mocks(ON), preview=False)


def kept(*policies: Any) -> dict[str, Any]:
    """Return the policies of a user group as its check would keep them."""
    group = UserGroup("group", name="G", policies=list(policies))
    return arranged(*resolved(group.policies))


@pytest.mark.usefixtures("program")
def test_a_resource_group_of_this_program_is_called_by_its_name_at_cloudflare() -> None:
    production = ResourceGroup("prod", name="Production zones", scope=scopes.account())
    [(key, policy)] = kept(allow("Zone Read", "DNS", on=production)).items()
    assert key == "allow DNS, Zone Read on Production zones"
    [held] = policy["resource_groups"].values()
    assert held["id"] == ON
    assert held["of"].endswith("cloudflare:ResourceGroup::prod")


@pytest.mark.usefixtures("program")
def test_what_look_ups_found_is_called_by_its_name_and_compared_by_its_id() -> None:
    read = GetPermissionGroupResult(id=READ, name="Zone Read")
    on = GetResourceGroupResult(id=ON, name="Production")
    policies = kept(allow(read, on=on))
    assert list(policies) == ["allow Zone Read on Production"]
    later = allow(pulumi.Output.from_input(read), on=pulumi.Output.from_input([on]))
    assert kept(later) == policies
    assert POLICIES.same(policies, arranged(allow(READ, on=ON)))


@pytest.mark.usefixtures("program")
def test_policies_may_be_known_later_all_of_them() -> None:
    policies: Any = pulumi.Output.from_input([{"access": "allow", "resource_groups": [ON]}])
    group = UserGroup("group", name="G", policies=policies)
    assert resolved(group.policies) == [{"access": "allow", "resource_groups": [ON]}]


@pytest.mark.usefixtures("program")
def test_what_is_of_the_wrong_kind_is_named() -> None:
    group = UserGroup("other", name="Other")
    told = "AccessGroup is not a resource group; pass a resource group or its id"
    wrong = grants.refer_in([allow(GetResourceGroupResult(id=ON, name="P"), on=group)])
    assert mistakes(*wrong) == [
        (
            "policies[0].permission_groups[0]: a resource group is not a permission group; pass a "
            "permission group or its id"
        ),
        f"policies[0].resource_groups[0]: {told.replace('AccessGroup', 'UserGroup')}",
    ]


# ------------------------------------------------------------------------------------------ keys


@pytest.mark.parametrize(("declared", "keys"), keys_in(GOLDEN))
def test_keys_are_as_the_golden_file_has_them_whatever_the_order(
    declared: list[Any], keys: list[str]
) -> None:
    for order in itertools.permutations(declared):
        for policies in zip(*map(_shuffled, order), strict=False):
            assert list(arranged(*policies)) == keys


def _shuffled(policy: Any) -> list[Any]:
    """Return a policy with its lists in every order."""
    if not isinstance(policy, dict):
        return [policy] * 2
    fields = ("permission_groups", "resource_groups")
    orders = [
        list(itertools.permutations(policy[field]))
        if isinstance(policy[field], list)
        else [policy[field]]
        for field in fields
    ]
    return [
        {
            **policy,
            **{
                f: list(o) if isinstance(o, tuple) else o for f, o in zip(fields, pair, strict=True)
            },
        }
        for pair in itertools.product(*orders)
    ]


SAME = [
    (allow("A", "B", on=[ON, OTHER]), allow("B", "A", on=[OTHER, ON])),
    (allow(READ, on=ON), allow({"id": READ, "label": "Zone Read"}, on=ON)),
    (allow(READ, on=ON), allow({"id": READ, "name": "Zone Read"}, on=ON)),
    (allow("A", on=ON), allow("A", on={"id": ON, "of": "urn:x", "label": "P"})),
]
DIFFERENT = [
    (allow("A", on=ON), deny("A", on=ON)),
    (allow("A", on=ON), allow("a", on=ON)),
    (allow("A", on=ON), allow("A", "B", on=ON)),
    (allow("A", on=ON), allow("A", on=[ON, OTHER])),
    (allow(READ, on=ON), allow(WRITE, on=ON)),
    (allow("A", on=UNKNOWN), allow("A", on=ON)),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_to_write_a_policy_are_the_same_and_are_kept_once(one: Any, other: Any) -> None:
    assert POLICIES.same(arranged(one), arranged(other))
    assert len(arranged(one, other)) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_policies_that_differ_in_meaning_are_two(one: Any, other: Any) -> None:
    assert not POLICIES.same(arranged(one), arranged(other))
    assert len(POLICIES.changes(arranged(one), arranged(other))) == 2
    assert len(arranged(one, other)) == 2


def test_a_map_is_taken_as_check_gave_it() -> None:
    keyed = arranged(allow({"id": READ, "label": "Zone Read"}, "DNS", on=ON))
    assert POLICIES.check(keyed, "policies") == (keyed, [])


def test_a_policy_that_did_not_change_keeps_its_key_when_another_does() -> None:
    before = arranged(allow("A", on={"id": ON, "label": "Prod"}), deny("B", on=ON))
    after = arranged(allow("A", on={"id": ON, "label": "New"}), deny("C", on=ON))
    assert list(POLICIES.keep_keys(after, before)) == ["allow A on Prod", f"deny C on {ON}"]


# --------------------------------------------------------------------------------- names and ids


def test_ids_come_beside_the_names_and_go_again() -> None:
    policies = arranged(allow("Zone Read", WRITE, on=ON))
    assert grants.unidentified(policies) == {"Zone Read": next(iter(policies))}
    with_ids = grants.identified(policies, {"Zone Read": READ, "Other": WRITE})
    assert grants.unidentified(with_ids) == {}
    assert grants.ids_in(with_ids) == {"Zone Read": READ}
    assert POLICIES.same(with_ids, arranged(allow(READ, WRITE, on=ON)))
    assert POLICIES.request(with_ids) == [
        {
            "access": "allow",
            "permission_groups": [{"id": WRITE}, {"id": READ}],
            "resource_groups": [{"id": ON}],
        }
    ]
    assert grants.as_written(with_ids) == policies


def test_what_is_the_same_once_its_id_is_known_is_there_once() -> None:
    ids = {"Zone Read": READ, "zone_read": READ}
    policies = arranged(allow("Zone Read", "zone_read", on=ON), allow("zone_read", on=ON))
    assert len(policies) == 2
    identified = grants.identified(policies, ids)
    [policy] = identified.values()
    assert len(policy["permission_groups"]) == 1
    # The engine's maps have no order: which one stays must not depend on it.
    turned = {
        key: {**policies[key], "permission_groups": dict(reversed(granted.items()))}
        for key in reversed(policies)
        if (granted := policies[key]["permission_groups"])
    }
    assert grants.identified(turned, ids) == identified


def test_what_is_not_known_yet_is_left_alone() -> None:
    assert grants.identified(UNKNOWN, {}) == UNKNOWN
    assert grants.as_written(UNKNOWN) == UNKNOWN
    two = arranged(allow("A", on=UNKNOWN), allow("A", on=UNKNOWN), UNKNOWN)
    assert len(two) == 3
    assert grants.identified(two, {"A": READ}).keys() == two.keys()
    later = arranged({**allow(on=ON), "permission_groups": UNKNOWN})
    assert grants.identified(later, {}) == later
    assert list(grants.contradictions(two)) == []


# -------------------------------------------------------------------------------------- mistakes

A_NAME = "must be a permission group's name, label or id, or what a look-up found"
AN_ID = "is no id of a resource group; pass the resource group itself or its id"
AT_LEAST_ONE = "must hold at least one: the API refuses a policy of nothing"
WRONG: list[tuple[Any, list[str]]] = [
    ("x", ["policies[0]: must be an object"]),
    (
        {"access": "allow"},
        ["policies[0].permission_groups: is required", "policies[0].resource_groups: is required"],
    ),
    ({**allow("A", on=ON), "acess": "x"}, ['policies[0].acess: is not a field; "access"?']),
    (
        {**allow("A", on=ON), "access": "permit"},
        [
            (
                'policies[0].access: "permit" is not a value that Cloudflare takes; say "allow" '
                f"(one of allow, deny; a new one that is {not_known()} goes into extra={{…}})"
            )
        ],
    ),
    (
        allow(on=[]),
        [
            f"policies[0].permission_groups: {AT_LEAST_ONE}",
            f"policies[0].resource_groups: {AT_LEAST_ONE}",
        ],
    ),
    (
        allow("", {"name": 5}, on="Production"),
        [
            f"policies[0].permission_groups[0]: {A_NAME}",
            f"policies[0].permission_groups[1]: {A_NAME}",
            f'policies[0].resource_groups[0]: "Production" {AN_ID}',
        ],
    ),
    (
        allow(5, on=[5]),
        [
            f"policies[0].permission_groups[0]: {A_NAME}",
            "policies[0].resource_groups[0]: is a number, and must be a resource or its id",
        ],
    ),
    (
        allow("A", on=scopes.zones("0" * 32)),
        [
            (
                "policies[0].resource_groups[0]: is a scope: make a ResourceGroup of it, or a "
                "Team, which takes scopes here"
            )
        ],
    ),
]


@pytest.mark.parametrize(("policy", "told"), WRONG)
def test_what_is_wrong_is_told_with_its_place(policy: Any, told: list[str]) -> None:
    assert mistakes(policy) == told


def test_what_is_allowed_and_denied_at_once_is_told() -> None:
    policies = arranged(
        allow("A", "B", on=[ON, OTHER]),
        deny("B", "C", on=ON),
        deny("A", on=READ),
    )
    assert list(grants.contradictions(policies)) == [
        (
            f"allow A, B on {OTHER}, {ON}, and deny B, C on {ON}: which of the two wins is not "
            "documented"
        )
    ]
