from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local_cloudflare.samples import EXAMPLE_GROUP, ID, IDENTITY_PROVIDER, RULES, RULES_IN_2024

if TYPE_CHECKING:
    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

OLDER_SAML = {"saml": {"attribute_name": "group", "attribute_value": "devs"}}


def selector(rule: dict[str, Any]) -> str:
    return next(iter(rule))


def send(http: httpx.Client, cloudflare: LocalCloudflare, rule: Any) -> httpx.Response:
    groups = f"/accounts/{cloudflare.account_id}/access/groups"
    return http.post(groups, json={"name": "x", "include": [rule]})


def kept(http: httpx.Client, cloudflare: LocalCloudflare, rule: Any) -> Any:
    response = send(http, cloudflare, rule)
    assert response.status_code == 201, response.text
    return response.json()["result"]["include"][0]


@pytest.fixture(autouse=True)
def _plain(cloudflare: LocalCloudflare) -> None:
    cloudflare.switches.plain = True
    cloudflare.seed({"access/groups": [EXAMPLE_GROUP]})


def test_there_are_26_selectors() -> None:
    assert len({selector(rule) for rule in RULES}) == 26


@pytest.mark.parametrize("rule", RULES, ids=selector)
def test_every_selector_comes_back_as_it_was_sent(
    http: httpx.Client, cloudflare: LocalCloudflare, rule: dict[str, Any]
) -> None:
    assert kept(http, cloudflare, rule) == rule


@pytest.mark.parametrize("rule", RULES_IN_2024, ids=selector)
def test_the_older_spelling_is_taken_and_answered_in_the_older_mode(
    http: httpx.Client, cloudflare: LocalCloudflare, rule: dict[str, Any]
) -> None:
    cloudflare.switches.identity_provider_field = "connection_id"
    assert kept(http, cloudflare, rule) == rule


def test_the_older_spelling_is_answered_in_the_newer_one(
    http: httpx.Client, cloudflare: LocalCloudflare
) -> None:
    older = {"okta": {"email": "devs@example.com", "connection_id": IDENTITY_PROVIDER}}
    newer = {"okta": {"name": "devs@example.com", "identity_provider_id": IDENTITY_PROVIDER}}
    assert kept(http, cloudflare, older) == newer
    cloudflare.switches.identity_provider_field = "connection_id"
    assert kept(http, cloudflare, newer) == older


def test_saml_needs_no_identity_provider(http: httpx.Client, cloudflare: LocalCloudflare) -> None:
    assert kept(http, cloudflare, OLDER_SAML) == OLDER_SAML


CANONICAL: list[tuple[Any, Any]] = [
    ({"ip": {"ip": "1.2.3.4"}}, {"ip": {"ip": "1.2.3.4/32"}}),
    ({"ip": {"ip": "10.1.2.3/8"}}, {"ip": {"ip": "10.0.0.0/8"}}),
    ({"ip": {"ip": "2001:0DB8::0001"}}, {"ip": {"ip": "2001:db8::1/128"}}),
    ({"email": {"email": "Ada@Example.COM"}}, {"email": {"email": "ada@example.com"}}),
    ({"email_domain": {"domain": "Example.COM"}}, {"email_domain": {"domain": "example.com"}}),
    ({"geo": {"country_code": "nl"}}, {"geo": {"country_code": "NL"}}),
    (
        {"gsuite": {"email": "Devs@Example.com", "identity_provider_id": IDENTITY_PROVIDER}},
        {"gsuite": {"email": "devs@example.com", "identity_provider_id": IDENTITY_PROVIDER}},
    ),
]


@pytest.mark.parametrize(("sent", "canonical"), CANONICAL)
def test_values_are_kept_in_canonical_form(
    http: httpx.Client, cloudflare: LocalCloudflare, sent: Any, canonical: Any
) -> None:
    assert kept(http, cloudflare, sent) == canonical


REFUSED: list[tuple[Any, str, str]] = [
    ({}, "include rule should be an object with one selector", ""),
    ("everyone", "include rule should be an object with one selector", ""),
    (
        {"everyone": {}, "certificate": {}},
        "include rule should be an object with one selector",
        "",
    ),
    ({"emails": {"email": "a@b.c"}}, "unknown selector emails", "/emails"),
    ({"email": "a@b.c"}, "email should be an object", "/email"),
    ({"email": {}}, "email.email is required", "/email/email"),
    ({"email": {"email": 7}}, "email.email should be a string", "/email/email"),
    ({"email": {"email": None}}, "email.email is required", "/email/email"),
    ({"email": {"email": ""}}, "email.email should not be empty", "/email/email"),
    ({"email": {"email": "ada"}}, "email.email should be an e-mail address", "/email/email"),
    (
        {"email": {"email": "a@b.c", "name": "Ada"}},
        "unknown field email.name",
        "/email/name",
    ),
    ({"everyone": {"else": 1}}, "unknown field everyone.else", "/everyone/else"),
    (
        {"email_domain": {"domain": "@example.com"}},
        "email_domain.domain should be a domain",
        "/email_domain/domain",
    ),
    (
        {"ip": {"ip": "1.2.3.4/33"}},
        "ip.ip should be an IP address or CIDR block",
        "/ip/ip",
    ),
    (
        {"geo": {"country_code": "NLD"}},
        "geo.country_code should be a country code of two letters",
        "/geo/country_code",
    ),
    ({"ip_list": {"id": ""}}, "ip_list.id should not be empty", "/ip_list/id"),
    (
        {"device_posture": {"integration_uid": ID, "account_id": "me"}},
        "device_posture.account_id should be an account id",
        "/device_posture/account_id",
    ),
    (
        {"user_risk_score": {"user_risk_score": []}},
        "user_risk_score.user_risk_score should be a list that is not empty",
        "/user_risk_score/user_risk_score",
    ),
    (
        {"user_risk_score": {"user_risk_score": ["severe"]}},
        "user_risk_score.user_risk_score should be of low, medium, high and unscored",
        "/user_risk_score/user_risk_score",
    ),
    (
        {"okta": {"name": "a", "email": "a", "identity_provider_id": IDENTITY_PROVIDER}},
        "unknown field okta.email",
        "/okta/email",
    ),
]


@pytest.mark.parametrize(("rule", "detail", "pointer"), REFUSED)
def test_a_rule_that_is_wrong_is_refused(
    http: httpx.Client, cloudflare: LocalCloudflare, rule: Any, detail: str, pointer: str
) -> None:
    response = send(http, cloudflare, rule)
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["code"], error["message"], error["source"]["pointer"]) == (
        12130,
        f"access.api.error.invalid_request: {detail}",
        f"/include/0{pointer}",
    )


@pytest.mark.parametrize("rule", RULES, ids=selector)
def test_no_selector_takes_a_field_it_does_not_know(
    http: httpx.Client, cloudflare: LocalCloudflare, rule: dict[str, Any]
) -> None:
    [(name, fields)] = rule.items()
    response = send(http, cloudflare, {name: fields | {"tomorrow": True}})
    assert response.json()["errors"][0]["message"].endswith(f"unknown field {name}.tomorrow")


def test_rules_of_tomorrow_are_taken_if_told_so(
    http: httpx.Client, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.accept_unknown_selectors = True
    for rule in (
        {"phase_of_the_moon": {"phase": "full"}},
        {"phase_of_the_moon": ["full"]},
        {"email": {"email": "ada@example.com", "verified": True}},
    ):
        assert kept(http, cloudflare, rule) == rule


def test_levels_come_back_in_any_order(http: httpx.Client, cloudflare: LocalCloudflare) -> None:
    cloudflare.switches.plain = False
    levels = ["low", "medium", "high", "unscored"]
    rule = {"user_risk_score": {"user_risk_score": levels}}
    orders = {
        tuple(kept(http, cloudflare, rule)["user_risk_score"]["user_risk_score"]) for _ in range(20)
    }
    assert len(orders) > 1
    assert {tuple(sorted(order)) for order in orders} == {tuple(sorted(levels))}
