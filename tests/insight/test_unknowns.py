"""What no document says, and what was not read: never a guess, always named."""

from __future__ import annotations

from pathlib import Path

import pytest

from insight.accounts import (
    ACCOUNT,
    EVERYONE,
    allow,
    asks,
    bypass,
    deny,
    domain,
    email,
    group,
    ip,
    service_auth,
    snapshot,
    world,
)
from pulumi_cloudflare_access.insight import (
    UNDOCUMENTED,
    Certainty,
    Outcome,
    Person,
    Verdict,
    can,
    compare,
    compare_rights,
    findings,
    read_snapshot,
)
from pulumi_cloudflare_access.insight.subjects import Service
from pulumi_cloudflare_access.insight.world import Right, Rights, UserGroup, World

X = "app.example.com"


def depends(account: World, who: str, on: str, where: str = X) -> None:
    answer = can(account, who, where)
    assert answer.outcome is Outcome.DEPENDS
    assert any(on in one for one in answer.on), answer.on


@pytest.mark.parametrize("section", ["include", "require", "exclude"])
@pytest.mark.parametrize("decision", ["bypass", "non_identity"])
def test_a_rule_about_an_identity_before_a_login_is_unknown(section: str, decision: str) -> None:
    """BEFORE_LOGIN: `exclude email` in a bypass would look safe."""
    rule = email("mallory@x.y")
    asked = asks(EVERYONE, **{section: [rule]}) if section != "include" else asks(rule)
    account = world({X: [{"name": "p", "decision": decision, **asked}]})
    for who in ("mallory@x.y", "ada@x.y"):
        depends(account, who, "e-mail mallory@x.y")
    assert "before-login" in {finding.code for finding in findings(account)}


def test_the_same_unknown_before_and_after_is_no_change() -> None:
    before = world({X: [bypass(EVERYONE, exclude=[email("m@x.y")])]})
    after = world({X: [bypass(EVERYONE, exclude=[email("m@x.y")], name="renamed")]})
    (change,) = compare(before, after).places
    assert change.verdict is Verdict.SAME


def test_a_rule_about_a_group_that_was_not_read_may_match_anybody() -> None:
    account = world({X: [deny(email("eve@x.y")), allow(group("elsewhere"))]})
    depends(account, "ada@x.y", 'group "elsewhere"')
    assert can(account, "eve@x.y", X).outcome is Outcome.NO


def test_a_deleted_group_is_not_known_to_match_nobody() -> None:
    """MISSING_GROUP."""
    account = world({X: [allow(group("g"))]}, {"g": asks(domain("x.y"))})
    without = World(
        applications=account.applications, policies=account.policies, deleted=frozenset({"g"})
    )
    depends(without, "ada@x.y", "does not document whom group")
    (change,) = compare(account, without).places
    assert change.gains.certainty is change.losses.certainty is Certainty.POSSIBLY


def test_everything_that_refers_to_a_circle_of_groups_is_unknown() -> None:
    """CYCLE: found before anything is evaluated."""
    groups = {
        "a": asks(group("b"), email("a@x.y")),
        "b": asks(group("a")),
        "above": asks(domain("x.y"), exclude=[group("a")]),
        "beside": asks(email("ada@x.y")),
    }
    account = world({X: [allow(email("ada@x.y"), group("above")), allow(group("beside"))]}, groups)
    assert can(account, "ada@x.y", X)  # by the second policy, whatever the first is
    depends(account, "a@x.y", "circle")
    (found,) = [one for one in findings(account) if one.code == "cycle"]
    assert found.text == "includes itself: a -> b -> a"


def test_a_circle_that_changes_is_another_unknown() -> None:
    def account(*more: dict[str, object]) -> World:
        return world({X: [allow(group("a"))]}, {"a": asks(group("a"), *more)})

    (same,) = compare(account(email("a@x.y")), account(email("a@x.y"))).places
    (other,) = compare(account(email("a@x.y")), account(email("b@x.y"))).places
    assert same.verdict is Verdict.SAME
    assert other.verdict is Verdict.UNDECIDED


def test_a_group_of_another_account_or_zone_is_unknown() -> None:
    """OTHER_SCOPE."""
    one, other = "a0" * 16, "b1" * 16
    accounts = snapshot({X: [allow(group("g"))]})["accounts"]
    accounts[other] = {"access/groups": [{"id": "g", "name": "g", **asks(domain("x.y"))}]}
    assert one in accounts
    depends(read_snapshot({"accounts": accounts}), "ada@x.y", "another account or zone")


def test_policies_of_one_precedence_may_come_in_any_order() -> None:
    """PRECEDENCE_TIE."""
    account = world({X: [allow(email("ada@x.y"), precedence=1), deny(domain("x.y"), precedence=1)]})
    depends(account, "ada@x.y", "decided first")
    assert can(account, "bob@x.y", X).outcome is Outcome.NO
    assert "precedence-tie" in {finding.code for finding in findings(account)}
    alike = world({X: [allow(email("a@x.y"), precedence=1), allow(domain("x.y"), precedence=1)]})
    assert can(alike, "a@x.y", X)


def test_addresses_are_compared_in_lower_case() -> None:
    """EMAIL_CASE."""
    account = world({X: [allow(email("Ada@Example.com"), domain("Example.ORG"))]})
    assert can(account, "aDA@example.COM", X)
    assert can(account, "eve@example.org", X)
    assert can(account, "ada+b@example.com", X).outcome is Outcome.NO


def test_who_is_let_in_before_a_login_is_not_asked_for_one() -> None:
    """FIRST_BYPASS: a deny further down does not take it back."""
    account = world({X: [deny(EVERYONE), bypass(ip("192.0.2.0/24"))]})
    assert can(account, Service("x", addresses=("192.0.2.1",)), X)
    assert can(account, Person("a@b.c", addresses=("192.0.2.1",)), X)


def test_nothing_is_said_of_types_that_guard_no_hostname() -> None:
    """OTHER_TYPES; a SaaS application is the way in itself."""
    launcher = world({X: {"type": "app_launcher", "policies": [allow(domain("x.y"))]}})
    (change,) = compare(launcher, world({})).places
    assert change.verdict is Verdict.UNDECIDED
    assert any("without app_launcher" in one for one in change.unknowns)
    saas = world({X: {"type": "saas", "policies": [allow(domain("x.y"))]}})
    (change,) = compare(saas, world({})).places
    assert change.verdict is Verdict.NARROWER
    assert change.certain


def test_a_denied_right_is_shown_beside_an_allowed_one() -> None:
    """IAM_DENY."""
    allowed, denied = Right("allow", "DNS Write", "Zone"), Right("deny", "DNS Write", "Zone")
    one = UserGroup("g", "Ops", frozenset({allowed}), frozenset({"ada@x.y"}))
    two = UserGroup("g", "Ops", frozenset({allowed, denied}), frozenset({"ada@x.y"}))
    before, after = (World(rights=Rights({"g": group_})) for group_ in (one, two))
    (change,) = compare_rights(before, after).people
    assert (change.gained, change.lost) == (frozenset({denied}), frozenset())


def test_a_policy_without_a_session_duration_has_the_application_s() -> None:
    """POLICY_SESSION."""
    short = world({X: {"session_duration": "30m", "policies": [allow(domain("x.y"))]}})
    assert "policy-session" in {finding.code for finding in findings(short)}
    (change,) = compare(short, world({X: []})).places
    assert change.losses.sessions == "30m"


def test_every_undocumented_behaviour_has_a_test() -> None:
    names = ("test_unknowns", "test_places", "test_documented")
    text = "".join(Path(__file__).with_name(f"{name}.py").read_text() for name in names)
    for document in UNDOCUMENTED.values():
        assert document.code.upper().replace("-", "_") in text, document.code


# ------------------------------------------------------------------------------- what was not read


def test_a_selector_that_this_version_does_not_know_may_match_anybody() -> None:
    account = world({X: [allow({"shoe_size": {"size": "42"}}), deny(EVERYONE)]})
    depends(account, "ada@x.y", '{"shoe_size":{"size":"42"}}')


def test_a_field_that_this_version_does_not_know_may_narrow_a_rule() -> None:
    rule = {"okta": {"name": "eng", "identity_provider_id": "o", "depth": "2"}}
    depends(world({X: [allow(rule)]}), "ada@x.y", "depth")


def test_two_unknowns_of_one_rule_are_one() -> None:
    strange = {"shoe_size": {"size": "42"}}
    account = world({X: [allow(strange), allow(EVERYONE, exclude=[strange])]})
    assert can(account, "ada@x.y", X)


def test_the_contents_of_a_list_are_not_known_unless_they_are_given() -> None:
    rule = {"email_list": {"id": "l"}}
    depends(world({X: [allow(rule)]}), "ada@x.y", 'list "l"')
    lists = [{"id": "l", "name": "People", "type": "EMAIL", "items": [{"value": "Ada@x.y"}]}]
    account = world({X: [allow(rule)]}, more={"gateway/lists": lists})
    assert can(account, "ada@x.y", X)
    assert can(account, "eve@x.y", X).outcome is Outcome.NO


def test_external_evaluation_is_never_known() -> None:
    rule = {"external_evaluation": {"evaluate_url": "https://e.example", "keys_url": "https://k"}}
    account = world({X: [allow(domain("x.y"), require=[rule])]})
    depends(account, "ada@x.y", "external evaluation https://e.example")
    assert can(account, "ada@z.y", X).outcome is Outcome.NO


def test_whatever_is_known_of_somebody_is_taken_as_a_fact() -> None:
    rule = {"cloudflare_account_member": {"account_id": ACCOUNT}}
    account = world({X: [allow(rule)]})
    atom = ("cloudflare_account_member", ACCOUNT)
    assert can(account, Person("a@x.y", facts={atom: True}), X)
    assert can(account, Person("a@x.y", facts={atom: False}), X).outcome is Outcome.NO


def test_a_rule_without_an_account_is_of_its_objects_own() -> None:
    account = world({X: [allow({"cloudflare_account_member": {}})]})
    atom = ("cloudflare_account_member", ACCOUNT)
    assert can(account, Person("a@x.y", facts={atom: True}), X)


def test_service_auth_asks_no_login_of_people_either() -> None:
    account = world({X: [service_auth(ip("192.0.2.0/24"))]})
    assert can(account, Person("a@x.y", addresses=("192.0.2.1",)), X)
