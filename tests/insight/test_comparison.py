"""Comparisons of random worlds, held to the reference, to their own words, and to a SAT solver."""

from __future__ import annotations

import random
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight import generate
from insight.accounts import (
    EVERYONE,
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
from insight.reference import outcomes
from insight.test_semantics import APP, EACH_TIME, at
from pulumi_cloudflare_access.insight import (
    Certainty,
    Outcome,
    People,
    Person,
    PlaceChange,
    Verdict,
    compare,
)
from pulumi_cloudflare_access.insight.boxes import boxes_of
from pulumi_cloudflare_access.insight.characters import shown
from pulumi_cloudflare_access.insight.circuit import decide
from pulumi_cloudflare_access.insight.comparison import Comparer
from pulumi_cloudflare_access.insight.fingerprints import Fingerprints, Interner
from pulumi_cloudflare_access.insight.formulas import Formulas
from pulumi_cloudflare_access.insight.questions import answer
from pulumi_cloudflare_access.insight.world import World
from pulumi_cloudflare_access.text import spelling

X = "app.example.com"


def one(old: World, new: World, people: list[Person] | None = None) -> PlaceChange:
    (change,) = compare(old, new, people).places
    return change


def have_the_same_fingerprints(old: World, new: World) -> bool:
    interner = Interner()
    before, after = Fingerprints(old, interner), Fingerprints(new, interner)
    return all(before.application(key) == after.application(key) for key in old.applications)


@EACH_TIME
@given(st.randoms(use_true_random=False))
def test_a_comparison_of_random_worlds_holds(rnd: random.Random) -> None:
    before = generate.world(rnd)
    after = generate.changed(rnd, before)
    old, new = generate.read(before), generate.read(after)
    asked = [generate.request(rnd, unknown=rnd.choice((0.0, 0.4))) for _ in range(6)]
    people = People(generate.subject(request, str(n)) for n, request in enumerate(asked))
    change = compare(old, new, people).places[0]

    # No request gains or loses of whom the verdict says that nobody does.
    for n, request in enumerate(asked):
        found = outcomes(
            request, lambda e: (e.gets_in("app", before), e.gets_in("app", after)), before, after
        )
        gains, losses = {w and not o for o, w in found}, {o and not w for o, w in found}
        for difference, values in ((change.gains, gains), (change.losses, losses)):
            assert difference or values == {False}
            who = people.subjects[n]
            assert (who in difference.known.surely) == (values == {True})
            assert (who in difference.known.possibly) == (len(values) == 2)

    # A witness is let in by one world and not by the other, whatever is unknown, if that is said.
    for difference, inside, outside in ((change.gains, new, old), (change.losses, old, new)):
        if not difference:
            continue
        assert difference.witness
        for world_, wanted in ((inside, Outcome.YES), (outside, Outcome.NO)):
            given_ = answer(world_, difference.witness.subject, APP)
            assert given_.outcome is wanted
        if difference.certainty is Certainty.SURELY:
            assert not difference.witness.assuming

    if change.verdict is Verdict.SAME:
        assert not change.gains
        assert not change.losses
        assert not change.how
    # What has the same fingerprint is the same; what is named the same was compared.
    if have_the_same_fingerprints(old, new):
        assert change.verdict is Verdict.SAME


@EACH_TIME
@given(st.randoms(use_true_random=False))
def test_words_say_all_of_a_set_and_a_solver_agrees(rnd: random.Random) -> None:
    before = generate.world(rnd)
    after = generate.changed(rnd, before)
    old, new = generate.read(before), generate.read(after)
    formulas = Formulas([(old, at), (new, at)])
    diagram = formulas.diagram
    had, has = formulas.nodes
    decided = decide((old, at), (new, at))
    assert decided
    for node, (box, unsure) in (
        (diagram.but(has, had), decided.gain),
        (diagram.but(had, has), decided.loss),
    ):
        boxes = boxes_of(diagram, node, limit=1_000)
        whole = diagram.any_of((), [diagram.conjunction(one_.items()) for one_ in boxes.boxes])
        assert boxes.complete
        assert whole == node
        assert (box is None) == (node == 0)
        if box is not None and not unsure:
            # Somebody of whom it is sure; a solver does not look for ever.
            assert diagram.surely(node)


# ----------------------------------------------------------------------------------- single changes


def test_an_or_of_an_attribute_and_its_opposite_is_no_condition() -> None:
    """Values of yes, no and depends would say: depends."""
    laptop = posture("managed")
    both = world(
        {X: [allow(domain("a.b"), require=[laptop]), allow(domain("a.b"), exclude=[laptop])]}
    )
    plain = world({X: [allow(domain("a.b"))]})
    assert one(both, plain).verdict is Verdict.SAME
    assert answer(both, Person("x@a.b"), _answering(both)).outcome is Outcome.YES


def _answering(account: World):  # type: ignore[no-untyped-def]  # noqa: ANN202
    from pulumi_cloudflare_access.insight.places import directory  # noqa: PLC0415

    return directory(account).find(X)


def test_a_requirement_dropped_is_wider_although_another_one_depends() -> None:
    laptop = posture("managed")
    before = world({X: [allow(domain("a.b"), require=[laptop, country("DE")])]})
    after = world({X: [allow(domain("a.b"), require=[laptop])]})
    change = one(before, after)
    assert change.verdict is Verdict.WIDER
    assert change.gains.who.text == 'anyone @a.b, passing device posture "managed", not from DE'


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (email("Ada@a.b"), "ada@a.b"),
        (domain("a.b"), "anyone @a.b"),
        (EVERYONE, "anyone who logs in"),
        (country("DE"), "anyone who logs in, from DE"),
        (ip("192.0.2.0/24"), "anyone who logs in, from 192.0.2.0/24"),
        (okta("eng"), "anyone who logs in, in Okta group eng via okta-1"),
        (posture("disk"), 'anyone who logs in, passing device posture "disk"'),
        ({"login_method": {"id": "i"}}, "anyone who logs in, logged in through i"),
        (
            {"auth_method": {"auth_method": "mfa"}},
            "anyone who logs in, with authentication method mfa",
        ),
        ({"certificate": {}}, "anyone who logs in, with a valid client certificate"),
        ({"common_name": {"common_name": "c"}}, "anyone who logs in, with client certificate c"),
        ({"email_list": {"id": "l"}}, 'anyone who logs in, in list "l"'),
        ({"ip_list": {"id": "l"}}, 'anyone who logs in, from IP list "l"'),
        (
            {"user_risk_score": {"user_risk_score": ["low", "medium"]}},
            "anyone who logs in, with risk score low or medium",
        ),
        (
            {"saml": {"attribute_name": "dep", "attribute_value": "hr"}},
            "anyone who logs in, with SAML dep=hr",
        ),
        (
            {"github-organization": {"name": "acme", "team": "core", "identity_provider_id": "g"}},
            "anyone who logs in, in GitHub acme via g, in GitHub acme/core via g",
        ),
        (
            {"azureAD": {"id": "1234", "identity_provider_id": "e"}},
            "anyone who logs in, in Entra group 1234 via e",
        ),
        (
            {"gsuite": {"email": "Eng@a.b", "identity_provider_id": "g"}},
            "anyone who logs in, in Google group eng@a.b via g",
        ),
        (
            {"oidc": {"claim_name": "c", "claim_value": "v", "identity_provider_id": "o"}},
            "anyone who logs in, with claim c=v via o",
        ),
        (
            {"auth_context": {"id": "i", "ac_id": "c1", "identity_provider_id": "e"}},
            "anyone who logs in, with authentication context i/c1 via e",
        ),
        (
            {"external_evaluation": {"evaluate_url": "https://e.x", "keys_url": "https://k.x"}},
            "anyone who logs in, let in by external evaluation https://e.x",
        ),
        (
            {"cloudflare_account_member": {"account_id": "abc"}},
            "anyone who logs in, being a member of account abc",
        ),
        (group("g"), 'anyone who logs in, if group "g" matches (not known here)'),
    ],
)
def test_every_selector_is_said_in_words(rule: dict[str, object], text: str) -> None:
    change = one(world({X: []}), world({X: [allow(rule)]}))
    assert change.verdict is Verdict.WIDER
    assert change.gains.who.text == text


@pytest.mark.parametrize(
    ("policies", "text"),
    [
        ([bypass(EVERYONE)], "anyone, without a login"),
        ([bypass(ip("192.0.2.0/24"))], "anyone, from 192.0.2.0/24, without a login"),
        ([service_auth(token("t"))], 'service token "t"'),
        ([service_auth({"any_valid_service_token": {}})], "any service token"),
        ([service_auth({"linked_app_token": {"app_uid": "a"}})], 'an OAuth token of "a"'),
        (
            [service_auth(EVERYONE, exclude=[token("t")])],
            'anyone without service token "t", without a login',
        ),
        ([allow(domain("a.b"), exclude=[email("x@a.b")])], "anyone @a.b except x@a.b"),
        ([deny(domain("a.b")), allow(EVERYONE)], "anyone except @a.b"),
        (
            [deny(domain("a.b"), exclude=[email("x@a.b")]), allow(EVERYONE)],
            "anyone except @a.b (but x@a.b)",
        ),
        (
            [deny(country("KP"), country("RU")), allow(domain("a.b"))],
            "anyone @a.b, not from KP or RU",
        ),
        ([deny(ip("10.0.0.0/8")), allow(domain("a.b"))], "anyone @a.b, not from 10.0.0.0/8"),
        (
            [allow(ip("10.0.0.0/8"), exclude=[ip("10.0.0.0/9")])],
            "anyone who logs in, from 10.128.0.0/9",
        ),
        ([allow(email("a@b.c"), email("d@e.f"), email("g@h.i"))], "a@b.c, d@e.f or g@h.i"),
        ([allow(ip("2001:db8::/32"))], "anyone who logs in, from 2001:db8::/32"),
    ],
)
def test_what_policies_come_to_is_said_in_words(
    policies: list[dict[str, object]], text: str
) -> None:
    change = one(world({X: []}), world({X: policies}))
    assert change.gains.who.text == text


def test_all_of_a_difference_is_said_the_widest_condition_first() -> None:
    policies = [
        allow(email("x@y.z")),
        allow(domain("a.b"), require=[country("DE")]),
        allow(country("FR")),
    ]
    change = one(world({X: []}), world({X: policies}))
    assert [condition.text for condition in change.gains.who.conditions] == [
        "anyone who logs in, from FR",
        "anyone @a.b, from DE",
        "x@y.z",
    ]
    assert change.gains.who.complete


def test_a_name_cannot_act_on_a_terminal() -> None:
    nasty = "\x1b[31mOkta\u202e\n"
    providers = [{"id": "i", "name": nasty, "type": "okta"}]
    account = world(
        {X: [allow({"login_method": {"id": "i"}})]}, more={"access/identity_providers": providers}
    )
    text = one(world({X: []}), account).gains.who.text
    assert text == "anyone who logs in, logged in through <U+001B>[31mOkta<U+202E><U+000A>"
    texts = map(chr, range(sys.maxunicode + 1))
    emoji = (
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "1\ufe0f\u20e3",
        "a\u200db",
        "\u2764\ufe0f",
    )
    assert [one for one in (*texts, *emoji) if shown(one) != spelling.shown(one)] == []


# ------------------------------------------------------------------------------------ how, and when


def test_what_is_asked_otherwise_is_told_facet_by_facet() -> None:
    before = world({X: [allow(domain("a.b"))]})
    after = world(
        {
            X: [
                allow(
                    domain("a.b"),
                    isolation_required=True,
                    purpose_justification_required=True,
                    mfa_config={"allowed_authenticators": ["security_key", "totp"]},
                    approval_required=True,
                    approval_groups=[
                        {"approvals_needed": 2, "email_addresses": ["B@c.d", "a@c.d"]}
                    ],
                    session_duration="1h30m",
                )
            ]
        }
    )
    change = one(before, after)
    assert change.verdict is Verdict.HOW
    told = {how.facet: (how.before, how.after, how.less) for how in change.how}
    assert told == {
        "approval": ("", "2 of a@c.d, b@c.d", False),
        "justification": ("", "yes", False),
        "isolation": ("", "yes", False),
        "mfa": ("", "security_key, totp", False),
        "session": ("24h", "1h30m", False),
    }
    back = {how.facet: how.less for how in one(after, before).how}
    assert set(back.values()) == {True}


def test_terms_that_change_for_some_are_told_for_those() -> None:
    strict = allow(domain("a.b"), require=[country("DE")], isolation_required=True)
    before = world({X: [allow(domain("a.b"))]})
    after = world({X: [strict, allow(domain("a.b"))]})
    change = one(before, after)
    assert change.verdict is Verdict.HOW
    (how,) = change.how
    assert (how.facet, how.who.text) == ("isolation", "anyone @a.b, from DE")


def test_the_application_s_terms_are_those_of_policies_that_say_nothing() -> None:
    off = {"mfa_config": {"mfa_disabled": True}}
    mfa = {"mfa_config": {"allowed_authenticators": ["totp"]}}
    before = world({X: {"policies": [allow(domain("a.b"))], "session_duration": "8h"}})
    after = world({X: {"policies": [allow(domain("a.b"))], "session_duration": "2h", **mfa}})
    told = {how.facet: (how.before, how.after) for how in one(before, after).how}
    assert told == {"session": ("8h", "2h"), "mfa": ("", "totp")}
    without = world(
        {X: {"policies": [allow(domain("a.b"), **off)], "session_duration": "2h", **mfa}}
    )
    (how,) = one(after, without).how
    assert (how.before, how.after, how.less) == ("totp", "off", True)


def test_who_loses_access_keeps_a_session_as_long_as_the_policy_said() -> None:
    policies = [
        allow(domain("a.b"), session_duration="1h"),
        allow(domain("c.d"), session_duration="6h"),
    ]
    assert one(world({X: policies}), world({X: []})).losses.sessions == "6h"
    assert one(world({X: policies}), world({X: policies[1:]})).losses.sessions == "1h"
    at_once = [service_auth(token("t"))]
    assert one(world({X: at_once}), world({X: []})).losses.sessions is None


# ------------------------------------------------------------------------------------------- limits


def wide(*, changed: bool = False) -> World:
    """Return policies whose diagram is large: every pair of checks lets somebody in."""
    checks = [posture(f"c{n}") for n in range(14)]
    policies = [
        allow(
            okta(f"g{n}"),
            require=[check, checks[(n * 5 + 3) % 14]],
            exclude=[checks[(n * 3 + 1) % 14]],
        )
        for n, check in enumerate(checks)
    ]
    if changed:
        policies[7] = {**policies[7], "require": policies[7]["require"][:1]}
    return world({X: policies})


def test_what_is_too_large_for_a_diagram_is_decided_by_a_solver() -> None:
    comparer = Comparer(wide(), wide(changed=True), People([Person("x@y.z")]), limit=40)
    (change,) = comparer.compare().places
    assert change.too_large
    assert (change.verdict, change.certain) == (Verdict.WIDER, True)
    assert change.gains.witness
    assert (
        answer(wide(changed=True), change.gains.witness.subject, _answering(wide())).outcome
        is Outcome.YES
    )
    assert not change.gains.known.exact
    exact = one(wide(), wide(changed=True))
    assert (exact.verdict, exact.too_large) == (Verdict.WIDER, False)


def test_without_a_solver_it_is_undecided_and_said_to_be_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pysat.solvers", None)
    (change,) = Comparer(wide(), wide(changed=True), None, limit=40).compare().places
    assert (change.verdict, change.certain, change.too_large) == (Verdict.UNDECIDED, False, True)


def test_only_the_places_of_some_applications_are_compared() -> None:
    before = world({"a.example.com": [], "b.example.com": [], "*.example.com": []})
    after = world(
        {"a.example.com": [allow(domain("a.b"))], "b.example.com": [allow(domain("a.b"))]}
    )
    found = compare(before, after, only=["app a.example.com"])
    assert [(place.name, place.verdict) for place in found.places] == [
        ("a.example.com", Verdict.WIDER)
    ]


def test_a_group_with_another_name_and_the_same_rules_is_no_change() -> None:
    before = world({X: [allow(group("one"))]}, {"one": asks(domain("a.b"), email("x@y.z"))})
    after = world({X: [allow(group("two"))]}, {"two": asks(email("x@y.z"), domain("a.b"))})
    assert have_the_same_fingerprints(before, after)
    assert one(before, after).verdict is Verdict.SAME
