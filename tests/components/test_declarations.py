"""What components refuse before anything is declared, and that they take what their parts take."""

from __future__ import annotations

import inspect
from typing import Any

import pulumi
import pytest

import pulumi_cloudflare_access as cloudflare
from harness import documents
from harness.program import resolved
from pulumi_cloudflare_access import grants, rules, scopes
from pulumi_cloudflare_access.access.policy import AccessPolicyInputs
from pulumi_cloudflare_access.types import ApplicationArguments

ZONE, OTHER = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
STAFF: dict[str, Any] = {
    "name": "Staff",
    "decision": "allow",
    "include": [rules.email_domain("example.com")],
}


def refused(component: Any, **arguments: Any) -> str:
    with pytest.raises(pulumi.RunError) as error:
        component("it", **arguments)
    return str(error.value)


def team(**arguments: Any) -> str:
    return refused(cloudflare.Team, name="Engineers", **arguments)


def test_an_application_is_declared_with_every_argument_that_it_has() -> None:
    taken = inspect.signature(cloudflare.AccessApplication).parameters
    assert set(taken) - {"resource_name", "policies", "opts"} == set(
        ApplicationArguments.__annotations__
    )


def test_a_policy_of_a_set_has_every_field_that_a_reusable_policy_has() -> None:
    taken = set(inspect.signature(cloudflare.AccessPolicy).parameters)
    rest = {"resource_name", "account_id", "adopt", "adopt_changes", "opts"}
    assert taken - rest == set(AccessPolicyInputs.model_fields) - {"account_id"}


def test_own_and_reusable_policies_in_one_application_are_refused_with_their_places() -> None:
    assert refused(cloudflare.ProtectedApplication, policies=[STAFF, ZONE, STAFF]) == (
        'ProtectedApplication "it": policies: [0], [2] would be the application\'s own, [1] '
        "reusable, and nothing would declare in which order both kinds decide: make an "
        "AccessPolicy of each, or of none"
    )


def test_a_reference_with_a_precedence_is_no_policy_to_make() -> None:
    placed = [{"id": ZONE, "precedence": 2}, {"id": OTHER, "precedence": 1}]
    mixed = refused(cloudflare.ProtectedApplication, policies=[*placed, STAFF])
    assert "policies: [2] would be the application's own, [0], [1] reusable" in mixed
    said = refused(cloudflare.PolicySet, policies=[*placed, {}])
    assert said.startswith('PolicySet "it": policies[2].decision: is required; policies[2].include')


def test_all_mistakes_in_a_set_of_policies_are_told_at_once() -> None:
    misspelt = {"name": "Staff", "desicion": "allow", "include": []}
    said = refused(
        cloudflare.PolicySet,
        policies=[STAFF, ZONE, misspelt, {**STAFF, "name": None}],
        applications={"wiki": {"domian": "wiki.example.com"}},
    )
    assert said == (
        'PolicySet "it": policies[2]: "desicion" is not a field; "decision"?; '
        "policies[2].decision: is required; "
        "policies[3].name: must be a string: it identifies the policy in the set; "
        'policies: 2 are called "Staff": a name identifies; '
        'applications["wiki"]: "domian" is not a field; "domain"?'
    )


def test_one_person_twice_in_a_team_is_refused_in_whichever_list() -> None:
    said = team(people=["ada@example.com", "ADA@example.com"], guests=["Ada@example.com"])
    assert said == (
        'Team "it": people[1]: ADA@example.com is people[0] already; '
        "guests[0]: Ada@example.com is people[0] already"
    )


def test_what_is_given_for_a_part_that_is_left_out_is_refused() -> None:
    said = team(people=[], guests=["bob@example.com"], require=[], access_group=False)
    assert said == 'Team "it": guests: is of no use with access_group=False'
    said = team(people=[], grants=[grants.allow("Zone Read", on=ZONE)], user_group=False)
    assert said == 'Team "it": grants: is of no use with user_group=False'
    limits: dict[str, Any] = {"max_removals": 0, "allow_empty": True}
    told = "is of no use without a user group (grants, or user_group=True, make one)"
    assert team(people=[], **limits) == f'Team "it": max_removals: {told}; allow_empty: {told}'
    said = team(people=[], user_group=False, max_removals=pulumi.Output.from_input(1))
    assert said == 'Team "it": max_removals: is of no use with user_group=False'


def test_who_is_invited_must_be_known_while_the_program_runs() -> None:
    later: Any = pulumi.Output.from_input("ada@example.com")
    said = team(people=[later, "grace@example.com"], invite=True)
    assert said == 'Team "it": people[0]: must be a plain e-mail address with invite=True'
    said = team(people=pulumi.Output.from_input(["ada@example.com"]), invite=True)
    assert said == 'Team "it": people: must be a plain list with invite=True'
    said = team(people=[], invite=True, account_id=pulumi.Output.from_input(ZONE))
    assert said == 'Team "it": account_id: must be a plain id with invite=True'
    assert (
        team(people=[], roles=["Billing"]) == 'Team "it": roles: is of no use without invite=True'
    )


def test_what_is_no_list_is_refused_where_one_is_due() -> None:
    wiki, shared = cloudflare.ProtectedApplication, cloudflare.PolicySet
    for one in (STAFF, None, "id", iter([STAFF])):
        assert refused(wiki, policies=one) == (
            'ProtectedApplication "it": policies: must be a list'
        )
        assert refused(shared, policies=one) == 'PolicySet "it": policies: must be a list'
    said = refused(shared, policies=[], applications=[{"domain": "wiki.example.com"}])
    assert said == 'PolicySet "it": applications: must be a dictionary, a name for each'
    said = refused(shared, policies=[], applications={"wiki": "wiki.example.com"})
    assert said == 'PolicySet "it": applications["wiki"]: must be a dictionary'
    granted: Any = grants.allow("Zone Read", on=ZONE)
    assert team(people="ada@example.com", guests="bob@x.org", grants=granted) == (
        'Team "it": people: must be a list; guests: must be a list; grants: must be a list'
    )


def test_a_misspelt_argument_of_an_application_is_named_with_the_nearest() -> None:
    said = refused(cloudflare.ProtectedApplication, policies=[STAFF, ZONE], domian="a.example.com")
    assert said.startswith('ProtectedApplication "it": "domian" is not an argument; "domain"?; ')
    assert "nothing would declare in which order both kinds decide" in said


def test_a_team_that_would_give_nothing_is_refused() -> None:
    for user_group in (None, False):
        assert team(people=["ada@example.com"], access_group=False, user_group=user_group) == (
            'Team "it": gives nothing: access_group=False, and no user group (grants, or '
            "user_group=True, make one)"
        )


def test_zones_that_cannot_be_told_apart_are_refused() -> None:
    one, other = (scopes.zones({"shop": zone}) for zone in (ZONE, OTHER))
    told = 'grants[1]: "shop" is the name of another zone'
    assert told in team(
        people=[], grants=[grants.allow("Zone Read", on=one), grants.deny("DNS Write", on=[other])]
    )
    later = [scopes.zones({"shop": pulumi.Output.from_input(ZONE)}) for _ in range(2)]
    assert told in team(people=[], grants=[grants.allow("Zone Read", on=on) for on in later])
    said = team(
        people=[],
        grants=[grants.allow("Zone Read", on=scopes.zones(pulumi.Output.from_input(ZONE)))],
    )
    assert "grants[0]: a zone whose id is not known yet needs a name" in said


def test_objects_of_two_scopes_that_cannot_be_told_apart_are_refused() -> None:
    bucket = "com.cloudflare.edge.r2.bucket.a"
    mine, theirs = (f"com.cloudflare.api.account.{number * 32}" for number in "12")
    later = pulumi.Output.from_input(theirs)
    for held in ("*", bucket):
        for key in (theirs, later, None):
            on = [scopes.objects(held, key=mine), scopes.objects(held, key=key)]
            said = team(people=[], grants=[grants.allow("Zone Read", on=[one]) for one in on])
            called = "everything" if held == "*" else bucket
            assert said == (
                f'Team "it": grants[1]: "{called}" is held by a scope with another key already: '
                "make a ResourceGroup of each, and name them here"
            )


@pytest.mark.usefixtures("program")
def test_an_object_of_one_scope_in_several_grants_is_one_resource_group() -> None:
    key = "com.cloudflare.api.account." + "1" * 32
    later = scopes.objects("*", key=pulumi.Output.from_input(key))
    for n, on in enumerate([[scopes.objects("*", key=key)] * 2, [later] * 2, [scopes.account()]]):
        made = cloudflare.Team(
            f"team{n}",
            name="Team",
            people=[],
            allow_empty=True,
            grants=[grants.allow("Zone Read", on=one) for one in on],
        )
        assert list(made.resource_groups) == ["everything"]


def test_grants_that_are_none_are_refused() -> None:
    assert "grants[0]: must be what grants.allow" in team(people=[], grants=["Zone Read"])


@pytest.mark.usefixtures("program")
def test_the_guides_team_is_what_can_be_declared() -> None:
    names: dict[str, Any] = {}
    exec(documents.program(documents.ROOT / "docs/guides/teams.md"), names)  # noqa: S102 - our own
    assert list(names["team"].resource_groups) == ["shop"]
    assert resolved(names["team"].access_group.include)[-1] == {
        "email": {"email": "bob@example.org"}
    }
    assert resolved(names["team"].members.members) == ["ada@example.com", "grace@example.com"]


@pytest.mark.usefixtures("program")
def test_parts_are_called_by_names_that_a_terminal_can_show() -> None:
    policy = {**STAFF, "name": "\x1b[31mStaff\u202e"}
    made = cloudflare.PolicySet("set", policies=[policy]).by_name[policy["name"]]
    assert made.pulumi_resource_name == "set-<U+001B>[31mStaff<U+202E>"
