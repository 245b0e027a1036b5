"""Questions about single people and about everybody: can, who_can, what_can, explain, prove."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight import generate
from insight.accounts import (
    EVERYONE,
    OKTA,
    allow,
    asks,
    bypass,
    country,
    deny,
    domain,
    email,
    group,
    ip,
    okta,
    posture,
    service_auth,
    token,
    world,
)
from insight.reference import Evaluation, outcomes
from insight.test_semantics import EACH_TIME
from pulumi_cloudflare_access import insight
from pulumi_cloudflare_access.insight import InsightError, Outcome, People, Person, Service

X = "app.example.com"


# ----------------------------------------------------------------------------------- single people


def test_an_answer_says_what_it_depends_on() -> None:
    account = world({X: [allow(domain("a.b"), require=[country("DE"), posture("disk")])]})
    answer = insight.can(account, "ada@a.b", X)
    assert answer.outcome is Outcome.DEPENDS
    assert answer.on == ("the country", 'device posture "disk"')
    assert not answer
    known = Person("ada@a.b", countries=frozenset({"DE"}))
    assert insight.can(account, known, X).on == ('device posture "disk"',)
    assert (
        insight.can(account, Person("ada@a.b", countries=frozenset({"FR"})), X).outcome
        is Outcome.NO
    )


def test_an_answer_depends_only_if_some_completion_differs() -> None:
    laptop = posture("managed")
    account = world(
        {X: [allow(domain("a.b"), require=[laptop]), allow(domain("a.b"), exclude=[laptop])]}
    )
    assert insight.can(account, "ada@a.b", X).outcome is Outcome.YES
    several = Person("ada@a.b", countries=frozenset({"DE", "FR"}))
    either = world(
        {X: [allow(domain("a.b"), require=[group("g")])]}, {"g": asks(country("DE"), country("FR"))}
    )
    assert insight.can(either, several, X).outcome is Outcome.YES


@pytest.mark.parametrize(
    ("addresses", "outcome"),
    [
        (("192.0.2.7",), Outcome.YES),
        (("192.0.2.0/25", "192.0.2.200"), Outcome.YES),
        (("192.0.2.7", "203.0.113.1"), Outcome.DEPENDS),
        (("192.0.0.0/16",), Outcome.DEPENDS),
        (("203.0.113.0/24",), Outcome.NO),
        (("2001:db8::1",), Outcome.NO),
        (None, Outcome.DEPENDS),
    ],
)
def test_somebody_may_come_from_several_addresses(
    addresses: tuple[str, ...] | None, outcome: Outcome
) -> None:
    account = world({X: [bypass(ip("192.0.2.0/24"))]})
    assert insight.can(account, Person("a@b.c", addresses=addresses), X).outcome is outcome
    assert insight.can(account, Service("s", addresses=addresses), X).outcome is outcome


def test_groups_of_any_provider_may_be_known() -> None:
    account = world({X: [allow(okta("eng"))]})
    everywhere = Person(
        "a@b.c", groups={"": frozenset({"eng"})}, identity_providers=frozenset({OKTA})
    )
    assert insight.can(account, everywhere, X)
    nowhere = Person("a@b.c", groups={"": frozenset()})
    assert insight.can(account, nowhere, X).outcome is Outcome.NO
    elsewhere = Person("a@b.c", groups={"other": frozenset()}, identity_providers=frozenset({OKTA}))
    assert insight.can(account, elsewhere, X).outcome is Outcome.DEPENDS


def test_whoever_is_in_a_team_is_in_its_organization() -> None:
    rule = {"github-organization": {"name": "acme", "identity_provider_id": "gh"}}
    account = world({X: [allow(rule)]})
    person = Person(
        "a@b.c", identity_providers=frozenset({"gh"}), groups={"gh": frozenset({"acme/core"})}
    )
    assert insight.can(account, person, X)
    # Only GitHub has teams: a group of Okta's may have a slash in its name.
    account = world({X: [allow(okta("acme"))]})
    person = Person(
        "a@b.c", identity_providers=frozenset({OKTA}), groups={OKTA: frozenset({"acme/core"})}
    )
    assert insight.can(account, person, X).outcome is Outcome.NO


def test_who_can_and_what_can() -> None:
    account = world(
        {
            "a.example.com": [deny(email("eve@a.b")), allow(domain("a.b"))],
            "b.example.com": [allow(domain("a.b"), require=[country("DE")])],
            "c.example.com": [bypass(EVERYONE)],
        }
    )
    people: list[Person | Service] = [
        Person("ada@a.b"),
        Person("eve@a.b"),
        Person("x@y.z"),
        Service("ci"),
    ]
    who = insight.who_can(account, "a.example.com", people)
    assert [one.name for one in who.surely] == ["ada@a.b"]
    assert who.possibly == ()
    who = insight.who_can(account, "b.example.com", People(people))
    assert [one.name for one in who.possibly] == ["ada@a.b", "eve@a.b"]
    what = {name: answer.outcome for name, answer in insight.what_can(account, "eve@a.b").items()}
    assert what == {
        "a.example.com": Outcome.NO,
        "b.example.com": Outcome.DEPENDS,
        "c.example.com": Outcome.YES,
    }
    cells = insight.everybody(account, People(people))
    assert cells["c.example.com"] == (0b1111, 0b1111)


def test_an_explanation_follows_groups_down_to_the_rule() -> None:
    groups = {
        "partners": asks(domain("partner.example"), require=[okta("partners")]),
        "engineers": asks(group("partners")),
    }
    account = world(
        {X: [deny(country("KP"), name="Countries"), allow(group("engineers"), name="Eng")]}, groups
    )
    who = Person(
        "a@partner.example", groups={OKTA: frozenset({"partners"})}, countries=frozenset({"DE"})
    )
    explanation = insight.explain(account, who, X)
    assert explanation.text.splitlines() == [
        f'a@partner.example may get in at {X}: "{X}": it depends on policy "Eng"',
        '  "Countries" (Block): not matched by country KP',
        (
            '  "Eng" (Allow): perhaps matched by group "engineers" <- group "partners" <- '
            "e-mail domain partner.example"
        ),
        "  depends on the identity provider",
    ]
    step = explanation.steps[1]
    assert [(link.kind, link.key) for link in step.chain] == [
        ("group", "engineers"),
        ("group", "partners"),
        ("rule", ""),
    ]


@pytest.mark.parametrize(
    ("policies", "who", "told"),
    [
        ([], "a@b.c", "has no policies"),
        ([deny(domain("b.c"), name="No")], "a@b.c", '"No" (Block): matched by e-mail domain b.c'),
        (
            [allow(domain("b.c"), exclude=[email("a@b.c")], name="Yes")],
            "a@b.c",
            '"Yes" (Allow): excluded by e-mail a@b.c',
        ),
        (
            [allow(domain("b.c"), require=[domain("x.y")], name="Yes")],
            "a@b.c",
            '"Yes" (Allow): misses e-mail domain x.y',
        ),
        (
            [allow(email("1@b.c"), email("2@b.c"), email("3@b.c"), email("4@b.c"), name="Few")],
            "a@b.c",
            '"Few" (Allow): not matched by e-mail 1@b.c or e-mail 2@b.c or e-mail 3@b.c or others',
        ),
    ],
)
def test_an_explanation_says_what_decides(
    policies: list[dict[str, object]], who: str, told: str
) -> None:
    assert told in insight.explain(world({X: policies}), who, X).text


def test_an_explanation_says_who_cannot_log_in() -> None:
    providers = [{"id": OKTA, "name": "Okta", "type": "okta"}]
    account = world(
        {X: {"allowed_idps": [OKTA], "policies": [allow(EVERYONE)]}},
        more={"access/identity_providers": providers},
    )
    who = Person("a@b.c", identity_providers=frozenset({"pin"}))
    assert "logs in only through Okta" in insight.explain(account, who, X).text
    service = insight.explain(account, Service("ci"), X)
    assert "no Bypass or Service Auth policy matches" in service.text


@EACH_TIME
@given(st.randoms(use_true_random=False))
def test_can_says_what_every_completion_comes_to(rnd: random.Random) -> None:
    wire = generate.world(rnd)
    request = generate.request(rnd, unknown=0.4)
    account = generate.read(wire)

    def gets_in(evaluation: Evaluation) -> bool:
        return evaluation.gets_in("app", wire)

    found = outcomes(request, gets_in, wire)
    wanted = Outcome.DEPENDS if len(found) == 2 else Outcome.YES if True in found else Outcome.NO
    who = generate.subject(request, "a service")
    explanation = insight.explain(account, who, "app.example.com")
    assert explanation.answer.outcome is wanted
    assert insight.can(account, who, "app.example.com").outcome is wanted
    # What it depends on is named, and something is named.
    assert bool(explanation.answer.on) == (wanted is Outcome.DEPENDS)


# ---------------------------------------------------------------------------------- for everybody

PAYROLL = world(
    {
        "payroll.example.com": [deny(country("KP")), allow(domain("example.com"), group("hr"))],
        "wiki.example.com": [allow(domain("example.com"), group("hr"), exclude=[country("KP")])],
        "open.example.com": [allow(domain("example.com")), service_auth(token("ci"))],
    },
    {"hr": asks(email("hr@example.com"))},
)


def test_nobody_outside_a_domain_gets_in() -> None:
    proof = insight.only(PAYROLL, "payroll.example.com", "@example.com")
    assert proof
    assert proof.outcome is Outcome.YES


def test_a_statement_that_does_not_hold_names_who_breaks_it() -> None:
    proof = insight.only(PAYROLL, "open.example.com", "@example.com")
    assert proof.outcome is Outcome.NO
    assert proof.who.text == 'service token "ci"'
    assert proof.witness
    assert insight.can(PAYROLL, proof.witness.subject, "open.example.com")
    assert proof.because
    allowed = ("@example.com", {"service_token": {"token_id": "ci"}})
    assert insight.only(PAYROLL, "open.example.com", *allowed)


def test_a_statement_may_name_a_group_by_its_name() -> None:
    assert insight.only(PAYROLL, "payroll.example.com", "@example.com", {"group": {"id": "hr"}})
    proof = insight.only(PAYROLL, "payroll.example.com", {"group": {"id": "hr"}})
    assert proof.outcome is Outcome.NO
    with pytest.raises(InsightError, match='No group is called "hrr"'):
        insight.only(PAYROLL, "payroll.example.com", {"group": {"id": "hrr"}})


def test_a_statement_that_depends_on_what_is_not_known_says_so() -> None:
    account = world({X: [allow(group("elsewhere"))]})
    proof = insight.only(account, X, "@a.b")
    assert proof.outcome is Outcome.DEPENDS
    assert 'if group "elsewhere" matches (not known here)' in proof.who.text


@pytest.mark.parametrize("given_", ["example.com", "", "@", {"email": {}}, {}, {"a": {}, "b": {}}])
def test_a_statement_about_nobody_is_refused(given_: str | dict[str, object]) -> None:
    with pytest.raises(InsightError):
        insight.only(PAYROLL, "payroll.example.com", given_)


def test_two_places_are_proved_to_let_in_the_same_people() -> None:
    here, there = insight.equivalent(PAYROLL, "payroll.example.com", PAYROLL, "wiki.example.com")
    assert here
    assert there
    here, there = insight.equivalent(PAYROLL, "payroll.example.com", PAYROLL, "open.example.com")
    assert here.outcome is Outcome.YES
    assert there.who.text in {
        'anyone @example.com, from KP; service token "ci"',
        'service token "ci"; anyone @example.com, from KP',
    }


def test_who_gets_in_is_said_in_words() -> None:
    assert (
        insight.audience(PAYROLL, "payroll.example.com").text == "anyone @example.com, not from KP"
    )


def test_policies_that_never_decide_are_found() -> None:
    account = world(
        {
            X: [
                allow(domain("a.b")),
                deny(email("eve@a.b"), name="Too late"),
                allow(EVERYONE, require=[country("DE"), country("FR")], name="Nobody"),
                allow(group("unknown"), name="Who knows"),
            ]
        }
    )
    application = account.applications[f"app {X}"]
    names = [account.policies[key].name for key in insight.never_decide(account, application)]
    assert names == ["Too late", "Nobody"]
    codes = {(one.code, one.where) for one in insight.findings(account)}
    assert {("never-decides", "Too late"), ("never-matches", "Nobody")} <= codes


@EACH_TIME
@given(st.randoms(use_true_random=False))
def test_a_proof_by_a_solver_says_what_a_diagram_says(rnd: random.Random) -> None:
    account = generate.read(generate.world(rnd))
    statements: list[Any] = ["@a.example", "eve@b.example", {"geo": {"country_code": "DE"}}]
    statement = rnd.sample(statements, 2)
    exact = insight.only(account, "app.example.com", *statement)
    solved = insight.only(account, "app.example.com", *statement, limit=1)
    assert bool(exact) == bool(solved)
    if exact.outcome is Outcome.NO:
        assert solved.outcome in {Outcome.NO, Outcome.DEPENDS}
    else:
        assert solved.outcome is exact.outcome
