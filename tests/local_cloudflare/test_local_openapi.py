"""What the local Cloudflare answers, held against Cloudflare's own OpenAPI text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from local_cloudflare.answers import Answers
from local_cloudflare.samples import EXAMPLE_GROUP, IN_2024, NOW, RULES, RULES_IN_2024, openapi
from pulumi_cloudflare_access.local_cloudflare.http.urls import routes

if TYPE_CHECKING:
    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

VERBS = ("get", "post", "put", "patch", "delete")


@pytest.mark.parametrize("name", [NOW, IN_2024])
def test_every_documented_route_is_one_here(name: str) -> None:
    here = routes().bind("")
    missing = [
        f"{verb} {path}"
        for path, operations in openapi(name)["paths"].items()
        for verb in operations
        if verb in VERBS and not here.test(re.sub(r"[{}]", "", path), verb.upper())
    ]
    assert missing == []


# The request of the reference page, and of every selector's example.
DOCUMENTED = [
    {
        "name": "Allow devs",
        "include": [{"group": {"id": EXAMPLE_GROUP["id"]}}],
        "exclude": [{"certificate": {}}],
        "require": [{"certificate": {}}],
        "is_default": False,
    },
    {"name": "Allow devs", "include": RULES, "exclude": RULES, "require": RULES},
    {"name": "Allow devs", "include": RULES_IN_2024},
]


@pytest.fixture(params=["account", "zone"])
def route(request: pytest.FixtureRequest) -> str:
    return f"/{request.param}s/{{{request.param}_id}}/access/groups"


@pytest.fixture
def groups(cloudflare: LocalCloudflare, route: str) -> str:
    cloudflare.switches.is_default = "rules"
    cloudflare.seed(
        {
            "access/groups": [EXAMPLE_GROUP],
            "zones": {cloudflare.zone_id: {"access/groups": [EXAMPLE_GROUP]}},
        }
    )
    return route.format(account_id=cloudflare.account_id, zone_id=cloudflare.zone_id)


@pytest.mark.parametrize("body", DOCUMENTED)
def test_documented_requests_get_the_documented_answers(
    http: httpx.Client, cloudflare: LocalCloudflare, groups: str, route: str, body: Any
) -> None:
    if body["include"] is RULES_IN_2024:
        # Its `saml` has no identity provider.
        cloudflare.switches.identity_provider_field = "connection_id"
        answers = Answers(IN_2024)
    else:
        answers = Answers(NOW)
    created = http.post(groups, json=body)
    assert created.status_code == 201, created.text
    answers.check("POST", route, created)
    one = f"{groups}/{created.json()['result']['id']}"
    answers.check("GET", f"{route}/{{group_id}}", http.get(one))
    answers.check("PUT", f"{route}/{{group_id}}", http.put(one, json=body))
    answers.check("GET", route, http.get(groups))
    answers.check("DELETE", f"{route}/{{group_id}}", http.delete(one))


def test_a_plain_answer_has_every_documented_property_and_no_other(
    http: httpx.Client, cloudflare: LocalCloudflare, groups: str, route: str
) -> None:
    cloudflare.switches.plain = True
    answers = Answers(NOW, exact=True)
    created = http.post(groups, json=DOCUMENTED[1])
    answers.check("POST", route, created)
    answers.check("GET", route, http.get(groups))
    one = f"{groups}/{created.json()['result']['id']}"
    answers.check("GET", f"{route}/{{group_id}}", http.get(one))
    answers.check("PUT", f"{route}/{{group_id}}", http.put(one, json=DOCUMENTED[1]))
    answers.check("DELETE", f"{route}/{{group_id}}", http.delete(one))


@pytest.mark.parametrize("name", [NOW, IN_2024])
def test_refusals_are_the_documented_ones(
    http: httpx.Client, groups: str, route: str, name: str
) -> None:
    answers = Answers(name)
    answers.check("POST", route, http.post(groups, json={"include": []}))
    answers.check("POST", route, http.post(groups, content=b"x"))
    answers.check("GET", f"{route}/{{group_id}}", http.get(f"{groups}/x"))
    answers.check("DELETE", f"{route}/{{group_id}}", http.delete(f"{groups}/{EXAMPLE_GROUP['id']}"))
    answers.check("GET", route, http.get(groups, headers={"Authorization": ""}))


@pytest.mark.parametrize("path", ["/user/tokens/verify", "/accounts/{account_id}/tokens/verify"])
def test_a_token_is_verified_as_documented(
    http: httpx.Client, cloudflare: LocalCloudflare, path: str
) -> None:
    Answers(NOW).check("GET", path, http.get(path.format(account_id=cloudflare.account_id)))
