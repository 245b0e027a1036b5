"""Every example of Cloudflare's documents, in the words of the API.

POL https://developers.cloudflare.com/cloudflare-one/access-controls/policies/
COM …/policies/common-policies/, GRP …/policies/groups/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from insight.accounts import (
    EVERYONE,
    OKTA,
    PIN,
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
from pulumi_cloudflare_access.insight import (
    Outcome,
    Person,
    Service,
    Subject,
    can,
    explain,
    findings,
)
from pulumi_cloudflare_access.insight.questions import answer
from pulumi_cloudflare_access.insight.semantics import Answering
from pulumi_cloudflare_access.insight.world import World

X = "app.example.com"


def person(address: str, **known: object) -> Person:
    """Return a person of whom everything is known that is not said otherwise."""
    countries = frozenset({str(known.pop("country", "PT"))})
    addresses = (str(known.pop("ip", "203.0.113.9")),)
    plain = Person(
        address,
        identity_providers=frozenset({OKTA}),
        groups={OKTA: frozenset()},
        countries=countries,
        addresses=addresses,
        authentication_methods=frozenset(),
        certificate="",
    )
    return replace(plain, **known)  # type: ignore[arg-type]


def with_token(name: str, token_: str, **known: tuple[str, ...]) -> Service:
    """Return a service that presents a service token."""
    return Service(name, token_, **known)  # type: ignore[arg-type]


def assert_access(account: World, inside: Sequence[Subject], outside: Sequence[Subject]) -> None:
    for who in inside:
        assert can(account, who, X).outcome is Outcome.YES, explain(account, who, X).text
    for who in outside:
        assert can(account, who, X).outcome is Outcome.NO, explain(account, who, X).text


def test_allow_lets_in_a_domain() -> None:
    """POL, Allow: anyone @example.com; COM, Allow employees by email domain."""
    account = world({X: [allow(domain("example.com"), domain("example.co.uk"))]})
    assert_access(
        account,
        [person("ada@example.com"), person("ada@example.co.uk")],
        [person("ada@sub.example.com"), person("ada@notexample.com"), Service("ci")],
    )


def test_require_and_exclude_narrow_an_allow() -> None:
    """POL, Allow: from Portugal with @team.com, except user-1 and user-2."""
    users = [email("user-1@team.com"), email("user-2@team.com")]
    account = world({X: [allow(country("PT"), require=[domain("team.com")], exclude=users)]})
    assert_access(
        account,
        [person("ada@team.com", country="PT")],
        [
            person("ada@team.com", country="ES"),
            person("ada@other.com", country="PT"),
            person("user-1@team.com", country="PT"),
            person("user-2@team.com", country="PT"),
        ],
    )


def test_block_spares_whom_it_excludes_and_gives_nothing() -> None:
    """POL, Block; COM, Block requests from high-risk countries, with an IP list."""
    lists = [
        {"id": "corp", "name": "Corporate", "type": "IP", "items": [{"value": "192.0.2.0/24"}]}
    ]
    block = deny(country("RU"), exclude=[{"ip_list": {"id": "corp"}}])
    account = world({X: [block, allow(domain("example.com"))]}, more={"gateway/lists": lists})
    assert_access(
        account,
        [person("ada@example.com"), person("ada@example.com", country="RU", ip="192.0.2.7")],
        [person("ada@example.com", country="RU"), person("ada@other.com")],
    )
    # "Users who do not match a Block policy will still be denied access."
    assert_access(
        world({X: [block]}, more={"gateway/lists": lists}), [], [person("ada@example.com")]
    )


def test_bypass_for_everyone_needs_no_login() -> None:
    """POL, Bypass; COM, Bypass a public endpoint: at its path alone."""
    account = world(
        {"app.example.com/oauth/callback": [bypass(EVERYONE)], X: [allow(domain("a.b"))]}
    )
    for who in (person("zed@x.y"), Service("a webhook")):
        assert can(account, who, "app.example.com/oauth/callback")
        assert can(account, who, X).outcome is Outcome.NO
    assert "open-to-everyone" in {finding.code for finding in findings(account)}


def test_service_auth_takes_a_valid_certificate() -> None:
    """POL, Service Auth; COM, Authenticate a service using mutual TLS."""
    account = world({X: [service_auth({"certificate": {}})]})
    assert_access(
        account,
        [Service("api", certificate="api-client.example.com")],
        [Service("x", certificate="")],
    )
    named = world({X: [service_auth({"common_name": {"common_name": "api-client.example.com"}})]})
    assert_access(
        named,
        [Service("api", certificate="api-client.example.com")],
        [Service("other", certificate="other.example.com")],
    )


def test_a_service_token_with_a_required_range() -> None:
    """COM, Authenticate a service using a service token, from 192.0.2.0/24."""
    account = world({X: [service_auth(token("mine"), require=[ip("192.0.2.0/24")])]})
    assert_access(
        account,
        [with_token("ci", "mine", addresses=("192.0.2.9",))],
        [
            with_token("ci", "mine", addresses=("203.0.113.9",)),
            with_token("ci", "another", addresses=("192.0.2.9",)),
            person("ada@example.com", ip="192.0.2.9"),
        ],
    )


def test_two_countries_required_are_nobody() -> None:
    """POL, Require rules with OR operators: "Therefore, nobody will have access"."""
    cloudflare, contractors = domain("cloudflare.com"), domain("contractors.com")
    both = [country("US"), country("PT"), cloudflare, contractors]
    account = world({X: [allow(EVERYONE, require=both)]})
    assert_access(
        account,
        [],
        [person(f"ada@{d}", country=c) for d in ("cloudflare.com", "x.y") for c in ("US", "PT")],
    )
    assert "never-matches" in {finding.code for finding in findings(account)}


def test_a_group_makes_an_or_of_what_is_required() -> None:
    """POL, the solution: a group of countries; COM, Allow employees from specific countries."""
    account = world(
        {
            X: [
                allow(
                    domain("cloudflare.com"),
                    domain("contractors.com"),
                    require=[group("countries")],
                    exclude=[email("user-1@cloudflare.com")],
                )
            ]
        },
        {"countries": asks(country("US"), country("PT"))},
    )
    assert_access(
        account,
        [person("ada@cloudflare.com", country="US"), person("ada@contractors.com", country="PT")],
        [
            person("ada@cloudflare.com", country="ES"),
            person("ada@other.com", country="US"),
            person("user-1@cloudflare.com", country="US"),
        ],
    )


def test_ranges_that_a_group_requires_are_all_required() -> None:
    """GRP: "the policy will require traffic to originate from all ranges"."""
    ranges = [ip("192.0.2.0/24"), ip("198.51.100.0/24")]
    account = world(
        {X: [allow(domain("a.b"), require=[group("ips")])]}, {"ips": asks(EVERYONE, require=ranges)}
    )
    assert_access(
        account, [], [person("x@a.b", ip="192.0.2.1"), person("x@a.b", ip="198.51.100.1")]
    )


def test_posture_is_required_as_a_whole() -> None:
    """COM, Require device posture for sensitive applications."""
    checks = [posture("gateway"), posture("os"), posture("disk"), posture("firewall")]
    account = world({X: [allow(okta("Full-Time Employees"), require=checks)]})
    passing = dict.fromkeys(("gateway", "os", "disk", "firewall"), True)
    groups = {OKTA: frozenset({"Full-Time Employees"})}
    assert_access(
        account,
        [person("a@b.c", groups=groups, posture=passing)],
        [
            person("a@b.c", groups=groups, posture={**passing, "disk": False}),
            person("a@b.c", posture=passing),
        ],
    )


def test_an_authentication_method_is_required() -> None:
    """COM, Identity provider-based MFA."""
    account = world(
        {X: [allow(okta("Employees"), require=[{"auth_method": {"auth_method": "hwk"}}])]}
    )
    groups = {OKTA: frozenset({"Employees"})}
    assert_access(
        account,
        [person("a@b.c", groups=groups, authentication_methods=frozenset({"hwk", "pwd"}))],
        [person("a@b.c", groups=groups, authentication_methods=frozenset({"pwd"}))],
    )


def test_a_one_time_pin_for_contractors() -> None:
    """COM, Allow contractor access with email-based authentication, and its caution."""
    login = {"login_method": {"id": PIN}}
    account = world({X: [allow(domain("contractor-a.com"), require=[login])]})
    assert_access(
        account,
        [person("a@contractor-a.com", identity_providers=frozenset({PIN}))],
        [person("a@contractor-a.com"), person("a@x.y", identity_providers=frozenset({PIN}))],
    )
    providers = [{"id": PIN, "name": "One-time PIN", "type": "onetimepin"}]
    careless = world({X: [allow(login)]}, more={"access/identity_providers": providers})
    assert "every-email" in {finding.code for finding in findings(careless)}
    assert_access(careless, [person("anyone@x.y", identity_providers=frozenset({PIN}))], [])


def test_high_risk_users_are_excluded() -> None:
    """COM, Exclude high-risk users: "users with Low or Medium scores can access"; RISK_LEVELS."""
    high = {"user_risk_score": {"user_risk_score": ["high"]}}
    account = world({X: [allow(domain("example.com"), exclude=[high])]})
    assert_access(
        account,
        [person("a@example.com", risk=level) for level in ("low", "medium", "unscored")],
        [person("a@example.com", risk="high")],
    )
    assert "risk-levels" in {finding.code for finding in findings(account)}


def test_the_documented_order_of_policies() -> None:
    """POL: A, B (Block), C (Service Auth), D (Bypass), E are evaluated C, D, A, B, E."""
    policies = [
        allow(email("a@x.y"), name="A"),
        deny(domain("x.y"), name="B"),
        service_auth(ip("192.0.2.0/24"), name="C"),
        bypass(ip("198.51.100.0/24"), name="D"),
        allow(EVERYONE, name="E"),
    ]
    account = world({X: policies})
    deciding = {
        "C": person("a@x.y", ip="192.0.2.1"),
        "D": person("b@x.y", ip="198.51.100.1"),
        "A": person("a@x.y"),
        "B": person("b@x.y"),
        "E": person("c@elsewhere.z"),
    }
    for name, who in deciding.items():
        explanation = explain(account, who, X)
        order = [step.policy for step in explanation.steps]
        assert order == list("CDABE")[: "CDABE".index(name) + 1]
        assert explanation.answer.outcome is (Outcome.NO if name == "B" else Outcome.YES)


def test_the_first_policy_that_matches_decides() -> None:
    both = [allow(email("a@x.y")), deny(domain("x.y"))]
    assert_access(world({X: both}), [person("a@x.y")], [person("b@x.y")])
    assert_access(world({X: both[::-1]}), [], [person("a@x.y"), person("b@x.y")])


def test_an_application_without_policies_lets_nobody_in() -> None:
    assert_access(world({X: []}), [], [person("a@x.y"), Service("ci")])


# ----------------------------------------------------------------------------------------- logins


def test_only_some_identity_providers_may_be_used() -> None:
    account = world({X: {"allowed_idps": [OKTA], "policies": [allow(EVERYONE)]}})
    assert_access(
        account, [person("a@x.y")], [person("a@x.y", identity_providers=frozenset({PIN}))]
    )


def test_groups_hold_only_in_a_login_through_their_provider() -> None:
    """OTP: "will no longer evaluate the user's IdP group memberships"."""
    account = world({X: [allow(okta("eng"))]})
    groups = {OKTA: frozenset({"eng"})}
    assert_access(
        account,
        [person("a@x.y", groups=groups)],
        [person("a@x.y", groups=groups, identity_providers=frozenset({PIN}))],
    )


def test_a_device_login_may_stand_in_for_one() -> None:
    fields = {
        "allowed_idps": [OKTA],
        "allow_authenticate_via_warp": True,
        "policies": [allow(EVERYONE)],
    }
    account = world({X: fields})
    answer_ = can(account, person("a@x.y", identity_providers=frozenset({PIN})), X)
    assert answer_.outcome is Outcome.DEPENDS
    assert "Cloudflare One Client" in answer_.on[0]


def test_a_service_token_under_allow_matches_nobody() -> None:
    """POL: "Requires the Service Auth action"."""
    account = world({X: [allow(token("mine")), deny({"any_valid_service_token": {}})]})
    assert_access(account, [], [with_token("ci", "mine"), person("a@x.y")])
    assert [f.code for f in findings(account)].count("service-rule") == 2


def test_a_request_with_a_service_token_is_never_a_login() -> None:
    """TOK, strict_service_token_auth: such a request gets in by Service Auth and Bypass alone."""
    account = world({X: [allow(EVERYONE), service_auth(token("mine"))]})
    assert_access(account, [with_token("ci", "mine")], [with_token("ci", "other")])


def test_whoever_reaches_a_linked_application_reaches_this_one() -> None:
    """LINK: an OAuth token of application A is asked at B."""
    linked = {"linked_app_token": {"app_uid": "app a.example.com"}}
    account = world({"a.example.com": [allow(EVERYONE)], X: [service_auth(linked)]})
    assert_access(
        account,
        [Service("agent", linked_application="app a.example.com")],
        [Service("agent"), person("a@x.y")],
    )
    (found,) = [one for one in findings(account) if one.code == "linked-application"]
    assert "a.example.com" in found.text


def test_infrastructure_takes_allow_alone() -> None:
    fields = {"type": "infrastructure", "policies": [bypass(EVERYONE), allow(domain("a.b"))]}
    account = world({X: fields})
    assert_access(account, [person("x@a.b")], [person("x@c.d"), Service("ci")])
    assert "infrastructure" in {finding.code for finding in findings(account)}


@pytest.mark.parametrize("protection", [None, True, False])
def test_what_no_application_guards(*, protection: bool | None) -> None:
    """RAP: open, unless the account requires Access protection."""
    account = world({}, protection=protection)
    wanted = {None: Outcome.DEPENDS, True: Outcome.NO, False: Outcome.YES}[protection]
    assert answer(account, Service("anyone"), Answering(X, ())).outcome is wanted
