"""The 26 rule selectors: what the functions build, what keys say, what is refused."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from harness.golden import keys_in
from pulumi_cloudflare_access import AccessGroup, IdentityProvider, ZeroTrustList, rules
from pulumi_cloudflare_access.access.rules import BY_WIRE, RULES, SELECTORS
from pulumi_cloudflare_access.fields.keyed import NOTHING_KNOWN, Reading
from pulumi_cloudflare_access.gateway.zero_trust_list import GetZeroTrustListResult

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
ID = "aa0a4aab-672b-4bdb-bc33-a59f1130a11f"
OTHER = "bb0a4aab-672b-4bdb-bc33-a59f1130a11f"
IDP = "ea85612a-29c8-46c2-bacb-669d65136971"
ACCOUNT = "699d98642c564d2e855e9661899b7252"
THROUGH = {"identity_provider_id": IDP}
GOLDEN = Path(__file__).with_name("rule_keys.golden.txt")


def mistakes(*declared: Any) -> list[str]:
    _, wrong = RULES.check(list(declared), "include")
    return [str(mistake) for mistake in wrong]


def arranged(*declared: Any) -> dict[str, Any]:
    keyed, wrong = RULES.check(list(declared), "include")
    assert wrong == []
    assert isinstance(keyed, dict)
    return keyed


# ------------------------------------------------------------------------- functions for programs

BUILT: list[tuple[Any, dict[str, Any]]] = [
    (rules.email("a@b.io"), {"email": {"email": "a@b.io"}}),
    (rules.email_list(ID), {"email_list": {"id": ID}}),
    (rules.email_domain("b.io"), {"email_domain": {"domain": "b.io"}}),
    (rules.everyone(), {"everyone": {}}),
    (rules.ip("10.0.0.0/8"), {"ip": {"ip": "10.0.0.0/8"}}),
    (rules.ip_list(ID), {"ip_list": {"id": ID}}),
    (rules.certificate(), {"certificate": {}}),
    (rules.group(ID), {"group": {"id": ID}}),
    (rules.azure_ad(ID, IDP), {"azureAD": {"id": ID, **THROUGH}}),
    (
        rules.github_organization("acme", IDP),
        {"github-organization": {"name": "acme", **THROUGH}},
    ),
    (
        rules.github_organization("acme", IDP, team="core"),
        {"github-organization": {"name": "acme", "team": "core", **THROUGH}},
    ),
    (rules.gsuite("devs@b.io", IDP), {"gsuite": {"email": "devs@b.io", **THROUGH}}),
    (rules.okta("devs", IDP), {"okta": {"name": "devs", **THROUGH}}),
    (
        rules.saml("role", "dev", IDP),
        {"saml": {"attribute_name": "role", "attribute_value": "dev", **THROUGH}},
    ),
    (rules.saml("role", "dev"), {"saml": {"attribute_name": "role", "attribute_value": "dev"}}),
    (rules.service_token(ID), {"service_token": {"token_id": ID}}),
    (rules.any_valid_service_token(), {"any_valid_service_token": {}}),
    (
        rules.external_evaluation("https://e.io", "https://e.io/keys"),
        {"external_evaluation": {"evaluate_url": "https://e.io", "keys_url": "https://e.io/keys"}},
    ),
    (rules.geo("NL"), {"geo": {"country_code": "NL"}}),
    (rules.auth_method("mfa"), {"auth_method": {"auth_method": "mfa"}}),
    (rules.device_posture(ID), {"device_posture": {"integration_uid": ID}}),
    (
        rules.device_posture(ID, account_id=ACCOUNT),
        {"device_posture": {"integration_uid": ID, "account_id": ACCOUNT}},
    ),
    (
        rules.auth_context(ID, "c1", IDP),
        {"auth_context": {"id": ID, "ac_id": "c1", **THROUGH}},
    ),
    (rules.common_name("laptop"), {"common_name": {"common_name": "laptop"}}),
    (rules.login_method(IDP), {"login_method": {"id": IDP}}),
    (
        rules.oidc("team", "core", IDP),
        {"oidc": {"claim_name": "team", "claim_value": "core", **THROUGH}},
    ),
    (rules.linked_app_token(ID), {"linked_app_token": {"app_uid": ID}}),
    (rules.user_risk_score(["low"]), {"user_risk_score": {"user_risk_score": ["low"]}}),
    (rules.cloudflare_account_member(), {"cloudflare_account_member": {}}),
    (
        rules.cloudflare_account_member(ACCOUNT),
        {"cloudflare_account_member": {"account_id": ACCOUNT}},
    ),
]


@pytest.mark.parametrize(("built", "wire"), BUILT, ids=[json.dumps(wire) for _, wire in BUILT])
def test_a_function_builds_the_documented_rule_which_is_sent_as_it_is(
    built: dict[str, Any], wire: dict[str, Any]
) -> None:
    assert built == wire
    assert RULES.request(arranged(built)) == [wire]


def test_every_selector_of_the_table_has_a_function_and_an_example_here() -> None:
    assert {next(iter(wire)) for _, wire in BUILT} == set(BY_WIRE)
    assert [s.name for s in SELECTORS if not callable(getattr(rules, s.name))] == []
    assert len(SELECTORS) == 26


def test_what_raw_is_given_is_sent_untouched() -> None:
    rule = {"okta": {"email": "Devs", "connection_id": IDP, "since": 42.0, "x": None}}
    assert RULES.request(arranged(rules.raw(rule))) == [rule]


def test_a_label_is_shown_and_never_sent() -> None:
    keyed = arranged(rules.group(ID, label="Engineers"))
    assert list(keyed) == ["group Engineers"]
    assert RULES.request(keyed) == [{"group": {"id": ID}}]


# ------------------------------------------------------------------------------ resources as values


class _Mocks(mocks.Mocks):
    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        return ID, args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return args.args, None


@pytest.fixture
def program() -> None:
    """Be a Pulumi program, with Pulumi's own mocks for an engine."""
    mocks.set_mocks(_Mocks(), preview=False)


def bridged(token: str, name: str = "theirs") -> pulumi.CustomResource:
    """Make a resource of the bridged provider's type."""
    return pulumi.CustomResource(f"cloudflare:index/{token[0].lower()}{token[1:]}:{token}", name)


def resolved(rule: Any) -> dict[str, Any]:
    found: list[Any] = []

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def run() -> pulumi.Output[None]:
        return pulumi.Output.from_input(rule).apply(found.append)

    run()
    keyed: dict[str, Any] = arranged(*found)
    return keyed


def refused(rule: Any) -> list[str]:
    """Return the mistakes of a rule with Outputs."""
    found: list[Any] = []

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def run() -> pulumi.Output[None]:
        return pulumi.Output.from_input(rule).apply(found.append)

    run()
    return mistakes(*found)


@pytest.mark.usefixtures("program")
def test_a_group_of_this_program_is_referred_to_by_its_name_at_cloudflare() -> None:
    group = AccessGroup("engineers", name="Engineers", include=[rules.everyone()])
    [(key, entry)] = resolved(rules.group(group)).items()
    assert key == "group Engineers"
    assert entry["group"] == {"id": ID}
    assert entry["of"].endswith("cloudflare:AccessGroup::engineers")


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize(
    "function",
    [
        lambda idp: rules.okta("devs", idp),
        lambda idp: rules.azure_ad(OTHER, idp),
        lambda idp: rules.saml("role", "dev", idp),
        rules.login_method,
    ],
)
def test_a_rule_says_of_which_resource_its_identity_provider_is(function: Any) -> None:
    pin = IdentityProvider("pin", name="PIN", type="onetimepin")
    [entry] = resolved(function(pin)).values()
    assert entry["of"].endswith("cloudflare:IdentityProvider::pin")


LIST_MISTAKES: list[tuple[Any, str, str, Any]] = [
    (rules.email_list, "IP", "EMAIL", lambda one: one),
    (rules.ip_list, "EMAIL", "IP", lambda one: one),
    (rules.email_list, "URL", "EMAIL", lambda one: one.id),
    (rules.ip_list, "DOMAIN", "IP", lambda one: {"id": one}),
]


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize(("function", "type_", "due", "given"), LIST_MISTAKES)
def test_a_list_of_another_type_is_refused(function: Any, type_: Any, due: str, given: Any) -> None:
    [wrong] = refused(function(given(ZeroTrustList("office", name="Office", type=type_))))
    name = function.__name__
    told = f"ZeroTrustList office is of type {type_}; pass a Zero Trust list of type {due}"
    assert wrong == f"include[0].{name}: {told}"
    # Of the right type, and of one that is not known yet, nothing is said.
    for right in (due, pulumi.Output.from_input(due)):
        made: Any = right
        assert refused(function(given(ZeroTrustList("other", name="Other", type=made)))) == []


@pytest.mark.parametrize(
    ("function", "type_", "due"),
    [(rules.email_list, "IP", "EMAIL"), (rules.ip_list, "SERIAL", "IP")],
)
def test_a_list_of_another_type_that_a_look_up_has_found_is_refused(
    function: Any, type_: str, due: str
) -> None:
    found = GetZeroTrustListResult(id=ID, name="Office", type=type_)
    told = f'"Office" is of type {type_}; pass a Zero Trust list of type {due}'
    assert mistakes(function(found)) == [f"include[0].{function.__name__}: {told}"]
    assert mistakes(function(GetZeroTrustListResult(id=ID, name="Office", type=due))) == []


@pytest.mark.usefixtures("program")
def test_a_label_that_is_given_wins_over_the_resources_name() -> None:
    group = AccessGroup("engineers", name="Engineers", include=[rules.everyone()])
    assert list(resolved(rules.group(group, label="Devs"))) == ["group Devs"]


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize(
    ("function", "token", "key"),
    [
        (rules.group, "ZeroTrustAccessGroup", "group theirs"),
        (rules.login_method, "ZeroTrustAccessIdentityProvider", "login_method theirs"),
        (rules.service_token, "ZeroTrustAccessServiceToken", "service_token theirs"),
        (rules.email_list, "ZeroTrustList", "email_list theirs"),
        (rules.ip_list, "ZeroTrustList", "ip_list theirs"),
        (rules.device_posture, "ZeroTrustDevicePostureRule", "device_posture theirs"),
        (rules.linked_app_token, "ZeroTrustAccessApplication", "linked_app_token theirs"),
        (lambda idp: rules.okta("devs", idp), "AccessIdentityProvider", "okta devs via theirs"),
        (
            lambda idp: rules.azure_ad(ID, idp, label="Devs"),
            "AccessIdentityProvider",
            "azure_ad Devs via theirs",
        ),
    ],
)
def test_the_bridged_providers_resources_are_referred_to_by_their_names(
    function: Any, token: str, key: str
) -> None:
    assert list(resolved(function(bridged(token)))) == [key]


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize(
    ("function", "what"),
    [
        (rules.group, "group: Record is not an Access group; pass an Access group or its id"),
        (
            lambda idp: rules.okta("devs", idp),
            "okta: Record is not an identity provider; pass an identity provider or its id",
        ),
    ],
)
def test_a_resource_of_the_wrong_kind_is_named(function: Any, what: str) -> None:
    rule = function(bridged("Record"))
    assert mistakes(rule) == [f"include[0].{what}"]


# ------------------------------------------------------------------------------------------ keys


@pytest.mark.parametrize(("declared", "keys"), keys_in(GOLDEN))
def test_keys_are_as_the_golden_file_has_them_whatever_the_order(
    declared: list[Any], keys: list[str]
) -> None:
    for order in itertools.permutations(declared):
        assert list(arranged(*order)) == keys


def test_the_golden_file_has_every_selector() -> None:
    written = {
        key
        for declared, _ in keys_in(GOLDEN)
        for rule in declared
        if rule != UNKNOWN
        for key in rule
    }
    assert set(BY_WIRE) - written == set()


def test_numbers_go_by_what_the_entries_mean_and_not_by_their_place() -> None:
    one, two = rules.group(ID, label="Engineers"), rules.group(OTHER, label="Engineers")
    for order in ([one, two], [two, one]):
        keyed = arranged(*order)
        assert keyed["group Engineers"]["group"] == {"id": ID}
        assert keyed["group Engineers (2)"]["group"] == {"id": OTHER}


SAME = [
    (rules.email("Ada@Example.com"), rules.email("ada@example.com")),
    (rules.email_domain("Example.com"), rules.email_domain("example.com")),
    (rules.geo("nl"), rules.geo("NL")),
    (rules.ip("203.0.113.7"), rules.ip("203.0.113.7/32")),
    (rules.ip("203.0.113.7/24"), rules.ip("203.0.113.0/24")),
    (rules.ip("2001:DB8:0::1"), rules.ip("2001:db8::1/128")),
    (rules.user_risk_score(["low", "high"]), rules.user_risk_score(["high", "low", "low"])),
    ({"okta": {"email": "devs", "connection_id": IDP}}, rules.okta("devs", IDP)),
    ({"azureAD": {"id": ID, "connection_id": IDP}}, rules.azure_ad(ID, IDP)),
    (rules.group(ID, label="Engineers"), rules.group(ID)),
    ({**rules.group(ID), "of": "urn:pulumi:a"}, {**rules.group(ID), "of": "urn:pulumi:b"}),
    # States of older versions do not say of which resource the identity provider is.
    ({**rules.okta("devs", IDP), "of": "urn:pulumi:a"}, rules.okta("devs", IDP)),
    (rules.raw({"geo": {"country_code": "nl"}}), rules.geo("NL")),
    (rules.raw({"x": {"n": 1.0}}), rules.raw({"x": {"n": 1}})),
]
DIFFERENT = [
    (rules.okta("Devs", IDP), rules.okta("devs", IDP)),
    (rules.okta("devs", IDP), rules.okta("devs", ID)),
    (rules.saml("role", "dev"), rules.saml("role", "dev", IDP)),
    (rules.github_organization("a", IDP), rules.github_organization("a", IDP, team="b")),
    (rules.group(ID, label="Engineers"), rules.group(OTHER, label="Engineers")),
    (rules.email_list(ID), rules.ip_list(ID)),
    (rules.raw({"email": {"email": "a@b.io", "until": "2030"}}), rules.email("a@b.io")),
    (rules.group(UNKNOWN), rules.group(ID)),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_to_write_a_rule_are_the_same_rule_and_are_kept_once(one: Any, other: Any) -> None:
    assert RULES.same(arranged(one), arranged(other))
    assert RULES.changes(arranged(one), arranged(other)) == []
    assert len(arranged(one, other)) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_rules_that_differ_in_meaning_are_two(one: Any, other: Any) -> None:
    assert not RULES.same(arranged(one), arranged(other))
    assert len(RULES.changes(arranged(one), arranged(other))) == 2
    assert len(arranged(one, other)) == 2


def test_two_rules_that_are_not_known_yet_stay_two() -> None:
    unknown = rules.group(UNKNOWN, label="Engineers")
    assert list(arranged(unknown, unknown)) == ["group Engineers", "group Engineers (2)"]


def test_a_map_is_taken_as_check_gave_it() -> None:
    keyed = arranged(rules.group(ID, label="Engineers"), rules.email("a@b.io"))
    assert RULES.check(keyed, "include") == (keyed, [])


def test_a_rule_that_did_not_change_keeps_its_key_when_another_does() -> None:
    before = arranged(rules.group(ID, label="Engineers"), rules.email("a@b.io"))
    after = arranged(rules.group(ID, label="Developers"), rules.email("z@b.io"))
    assert list(RULES.keep_keys(after, before)) == ["email z@b.io", "group Engineers"]


def test_a_new_rule_does_not_take_the_key_of_one_that_stays() -> None:
    before = arranged(rules.group(OTHER, label="Engineers"))
    after = arranged(rules.group(ID, label="Engineers"), rules.group(OTHER, label="Engineers"))
    kept = RULES.keep_keys(after, before)
    assert kept["group Engineers"]["group"] == {"id": OTHER}
    assert kept["group Engineers (2)"]["group"] == {"id": ID}


# --------------------------------------------------------------------------------------- answers


@pytest.mark.parametrize(
    ("declared", "answered"),
    [
        (rules.email("Ada@B.io"), {"email": {"email": "ada@b.io", "new": 1}}),
        (rules.ip("10.0.0.1"), {"ip": {"ip": "10.0.0.1/32"}}),
        (rules.okta("devs", IDP), {"okta": {"email": "devs", "connection_id": IDP}}),
        ({"okta": {"email": "devs", "connection_id": IDP}}, {"okta": {"name": "devs", **THROUGH}}),
        (
            rules.device_posture(ID),
            {"device_posture": {"integration_uid": ID, "account_id": ACCOUNT}},
        ),
        (
            rules.cloudflare_account_member(),
            {"cloudflare_account_member": {"account_id": ACCOUNT}},
        ),
        (
            rules.user_risk_score(["low", "high"]),
            {"user_risk_score": {"user_risk_score": ["high", "low"]}},
        ),
        (rules.raw({"x": {"a": [1, 2]}}), {"x": {"a": [2, 1], "b": 1}}),
        (rules.raw({"x": 1}), {"x": 1}),
    ],
)
def test_a_rule_is_known_again_whatever_the_api_made_of_its_form(
    declared: Any, answered: Any
) -> None:
    known = arranged(declared)
    assert RULES.answer([answered], known, Reading(account=ACCOUNT)) == known


@pytest.mark.parametrize(
    ("declared", "answered", "key"),
    [
        (rules.email("a@b.io"), {"email": {"email": "z@b.io"}}, "email z@b.io"),
        (
            rules.github_organization("a", IDP),
            {"github-organization": {"name": "a", "team": "b", **THROUGH}},
            f"github_organization a/b via {IDP}",
        ),
        (
            rules.device_posture(ID, account_id=ACCOUNT),
            {"device_posture": {"integration_uid": ID, "account_id": "x"}},
            f"device_posture {ID} in x",
        ),
        (
            rules.device_posture(ID),
            {"device_posture": {"integration_uid": ID, "account_id": "x"}},
            f"device_posture {ID} in x",
        ),
        (
            rules.cloudflare_account_member(),
            {"cloudflare_account_member": {"account_id": "x"}},
            "cloudflare_account_member of x",
        ),
        (rules.raw({"x": {"a": 1}}), {"x": {"a": 2}}, "x a=2"),
        (rules.raw({"x": 1}), {"x": 2}, "x 2"),
        (rules.raw({"x": 1}), {"y": {}}, "y"),
    ],
)
def test_a_rule_that_is_not_the_declared_one_is_read_as_a_new_one(
    declared: Any, answered: Any, key: str
) -> None:
    for reading in (NOTHING_KNOWN, Reading(account="own")):
        assert list(RULES.answer([answered], arranged(declared), reading)) == [key]


def test_the_rule_that_says_more_finds_its_answer_first() -> None:
    any_account, one_account = rules.device_posture(ID), rules.device_posture(ID, account_id="x")
    known = arranged(any_account, one_account)
    filled_in = {"device_posture": {"integration_uid": ID, "account_id": "own"}}
    for order in itertools.permutations([filled_in, one_account]):
        assert RULES.answer(list(order), known, Reading(account="own")) == known


def test_the_own_account_is_the_one_of_a_rule_that_names_none() -> None:
    own = Reading(account=ACCOUNT)
    for silent_rule, explicit_rule in (
        (rules.cloudflare_account_member(), rules.cloudflare_account_member(ACCOUNT)),
        (rules.device_posture(ID), rules.device_posture(ID, account_id=ACCOUNT)),
    ):
        silent, explicit = arranged(silent_rule), arranged(explicit_rule)
        for answered in (RULES.request(silent), RULES.request(explicit)):
            for known in (silent, explicit):
                assert RULES.answer(answered, known, own) == known
            # What somebody adds reads as a program would write it.
            assert RULES.same(RULES.answer(answered, {}, own), silent)


@pytest.mark.parametrize("order", [1, -1])
def test_a_rule_for_another_account_is_not_taken_for_the_one_that_is_declared(order: int) -> None:
    known = arranged(rules.cloudflare_account_member())
    answered = [{"cloudflare_account_member": {"account_id": one}} for one in ("other", "own")]
    own = Reading(account="own")
    found = RULES.answer(answered[::order], known, own)
    assert len(found) == 2
    assert not RULES.same(found, known)
    # An answer that has the same rule twice has it once.
    assert RULES.answer([answered[1], answered[1]], known, own) == known


def test_a_foreign_rule_is_labelled_by_the_name_of_what_it_refers_to() -> None:
    names = {ID: "Engineers", IDP: "Entra"}
    answered = [{"group": {"id": ID}}, {"azureAD": {"id": OTHER, "connection_id": IDP}}]
    assert RULES.answer(answered, {}, Reading(names.get)) == {
        "group Engineers": {"group": {"id": ID}},
        f"azure_ad {OTHER} via Entra": {"azureAD": {"id": OTHER, **THROUGH}},
    }


def test_a_foreign_rule_that_nobody_knows_is_kept_as_it_came() -> None:
    answered = [{"shoe_size": {"size": 42}}]
    keyed = RULES.answer(answered, {}, NOTHING_KNOWN)
    assert keyed == {"shoe_size size=42": {"shoe_size": {"size": 42}, "raw": True}}
    assert RULES.request(keyed) == answered


# -------------------------------------------------------------------------------------- mistakes

ONE_EACH = "a rule has exactly one, write one rule each"
SEE_RAW = "(rules.raw sends what nobody knows yet)"
WRONG: list[tuple[Any, ...]] = [
    ({}, "include[0]: is empty: a rule has exactly one selector"),
    ("ada", 'include[0]: is "ada", and must be a rule, such as rules.email("ada@example.com")'),
    (None, 'include[0]: is nothing, and must be a rule, such as rules.email("ada@example.com")'),
    (
        {"email": {"email": "a@b.io"}, "everyone": {}},
        f'include[0]: has 2 selectors ("email", "everyone"): {ONE_EACH}',
    ),
    (
        {"email_domains": {"domain": "b.io"}},
        f'include[0]: "email_domains" is not a selector; "email_domain"? {SEE_RAW}',
    ),
    (
        {"azure_ad": {"id": ID}},
        (
            f'include[0]: "azure_ad" is not a selector; say rules.azure_ad(group_id, '
            f'identity_provider), which Cloudflare spells "azureAD" {SEE_RAW}'
        ),
    ),
    (
        {"shoe_size": {}},
        f'include[0]: "shoe_size" is not a selector {SEE_RAW}',
    ),
    (
        {"a secret @ value": {}},
        f"include[0]: this key is not a selector {SEE_RAW}",
    ),
    (
        {"email": {"emial": "a@b.io"}},
        'include[0].email: "emial" is not a field of email; "email"? (email has email)',
        "include[0].email.email: is required",
    ),
    (
        {"everyone": {"x": 1}},
        'include[0].everyone: "x" is not a field of everyone (everyone has no fields)',
    ),
    (
        {"email": "a@b.io"},
        'include[0].email: is "a@b.io", and must be an object: say rules.email("a@b.io")',
    ),
    (
        {"email": ["a@b.io"]},
        'include[0].email: is a list: say rules.email("a@b.io"), one rule each',
    ),
    (
        {"okta": {"name": ID, "identity_provider_id": "staff"}},
        (
            'include[0].okta.identity_provider_id: "staff" is no id: the arguments are in the '
            "wrong order, rules.okta(name, identity_provider)"
        ),
    ),
    (
        rules.gsuite(ID, "staff@b.io"),
        (
            'include[0].gsuite.identity_provider_id: "staff@b.io" is no id: the arguments are in '
            "the wrong order, rules.gsuite(email, identity_provider)"
        ),
    ),
    ({"email": {"email": None}}, "include[0].email.email: is required"),
    ({"email": {"email": 5}}, "include[0].email.email: must be a string"),
    (
        {"email": {"email": ["a", {}]}},
        'include[0].email.email: is a list: say rules.email("a"), one rule each',
    ),
    (rules.email("ada"), 'include[0].email.email: "ada" is no e-mail address'),
    (
        rules.email("ada@b.io, eve@b.io"),
        'include[0].email.email: "ada@b.io, eve@b.io" is no e-mail address',
    ),
    (
        rules.email_domain("@b.io"),
        'include[0].email_domain.domain: "@b.io" has an @: say the domain alone, "b.io"',
    ),
    (rules.email_domain("b.io/x"), 'include[0].email_domain.domain: "b.io/x" is no domain'),
    (
        rules.ip("300.0.0.0/8"),
        'include[0].ip.ip: "300.0.0.0/8" is no IP address and no CIDR range such as 203.0.113.0/24',
    ),
    (
        rules.ip("10.0.0.0/33"),
        'include[0].ip.ip: "10.0.0.0/33" is no IP address and no CIDR range such as 203.0.113.0/24',
    ),
    (
        rules.geo("NLD"),
        'include[0].geo.country_code: "NLD" is no two-letter country code such as DE (ISO 3166-1)',
    ),
    (
        rules.external_evaluation("e.io", "https://e.io/keys"),
        (
            "include[0].external_evaluation.evaluate_url: is no URL such as "
            "https://example.com/evaluate"
        ),
    ),
    (
        rules.group("Engineers"),
        (
            'include[0].group.id: "Engineers" is no id of an Access group; pass the group itself '
            "or its id"
        ),
    ),
    (rules.okta("devs", ""), "include[0].okta.identity_provider_id: must not be empty"),
    ({"okta": {"name": "devs"}}, "include[0].okta.identity_provider_id: is required"),
    (
        {"okta": {"name": "devs", "email": "devs", **THROUGH}},
        "include[0].okta.email: is an older name of name: pass one of them",
    ),
    (
        rules.user_risk_score(["low", "extreme"]),  # type: ignore[list-item]
        (
            'include[0].user_risk_score.user_risk_score[1]: "extreme" must be one of low, medium, '
            "high, unscored (rules.raw sends a new one)"
        ),
    ),
    (
        rules.user_risk_score([]),
        "include[0].user_risk_score.user_risk_score: must be a list of at least one",
    ),
    (
        {"user_risk_score": {"user_risk_score": [{}, 1]}},
        "include[0].user_risk_score.user_risk_score[0]: must be a string",
        "include[0].user_risk_score.user_risk_score[1]: must be a string",
    ),
]


@pytest.mark.parametrize(
    ("rule", "said"), [(rule, said) for rule, *said in WRONG], ids=[said for _, said, *_ in WRONG]
)
def test_a_mistake_is_named_by_its_path(rule: Any, said: list[str]) -> None:
    assert mistakes(rule) == said


def test_all_mistakes_are_named_together_each_with_its_place() -> None:
    right, wrong = rules.everyone(), rules.email("ada")
    assert mistakes(right, wrong, rules.ip("x"), right, wrong) == [
        'include[1].email.email: "ada" is no e-mail address',
        'include[2].ip.ip: "x" is no IP address and no CIDR range such as 203.0.113.0/24',
        'include[4].email.email: "ada" is no e-mail address',
    ]


@pytest.mark.parametrize("value", [5, "ada@example.com", True])
def test_what_is_no_list_is_named(value: Any) -> None:
    assert [str(mistake) for mistake in RULES.check(value, "include")[1]] == [
        "include: must be a list"
    ]


@pytest.mark.parametrize("selector", SELECTORS, ids=lambda selector: selector.name)
def test_what_is_not_known_yet_is_no_mistake(selector: Any) -> None:
    unknown = {field.name: UNKNOWN for field in selector.fields}
    assert mistakes({selector.wire: unknown}, {selector.wire: UNKNOWN}) == []


@pytest.mark.parametrize("selector", SELECTORS, ids=lambda selector: selector.name)
def test_what_is_required_is_missed(selector: Any) -> None:
    assert mistakes({selector.wire: {}}) == [
        f"include[0].{selector.wire}.{field.name}: is required"
        for field in selector.fields
        if field.required
    ]
