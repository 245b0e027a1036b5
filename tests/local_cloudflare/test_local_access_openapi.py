"""Applications and policies, held against Cloudflare's own OpenAPI text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local_cloudflare.answers import Answers
from local_cloudflare.documented import (
    CLASSES,
    example,
    fields,
    paths,
    paths_of,
    request,
)
from local_cloudflare.samples import EXAMPLE_GROUP, ID, IN_2024, NOW, RULES, openapi

if TYPE_CHECKING:
    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

POLICY = {
    "name": "Allow devs",
    "decision": "allow",
    "include": [{"email": {"email": "test@example.com"}}],
}

SEED = {
    "access/groups": [EXAMPLE_GROUP],
    "access/tags": [{"name": "engineers"}],
    "access/policies": [POLICY | {"id": ID}],
    "access/identity_providers": [
        {
            "name": "Entra",
            "type": "azureAD",
            "config": {
                "client_id": "an id",
                "client_secret": "a secret",
                "claims": ["custom"],
                "email_claim_name": "email",
                "conditional_access_enabled": True,
                "directory_id": "a directory",
                "prompt": "login",
                "support_groups": True,
            },
            "scim_config": {"enabled": True, "scim_base_url": "https://x.example", "secret": "s"},
        }
    ],
    "access/service_tokens": [{"name": "CI", "last_seen_at": "2026-01-02T03:04:05Z"}],
}


class Routes:
    """The routes of an account or a zone, in the document and here."""

    def __init__(self, cloudflare: LocalCloudflare, parent: str) -> None:
        self.documented = f"/{parent}s/{{{parent}_id}}/access"
        self.here = f"/{parent}s/{getattr(cloudflare, f'{parent}_id')}/access"


@pytest.fixture(params=["account", "zone"])
def routes(request: pytest.FixtureRequest, cloudflare: LocalCloudflare) -> Routes:
    cloudflare.switches.plain = True
    in_zone = {key: value for key, value in SEED.items() if key not in ACCOUNT_ONLY}
    cloudflare.seed(SEED | {"zones": {cloudflare.zone_id: in_zone}})
    return Routes(cloudflare, request.param)


ACCOUNT_ONLY = {"access/tags", "access/policies"}


def merged() -> Answers:
    """Return what is promised, without constants that are left of only one of several types."""
    answers = Answers(NOW)
    schemas = answers.components["schemas"]
    scim = schemas["accessScimConfig"]["properties"]["authentication"]
    for schema in (
        schemas["accessDestinations"]["items"]["properties"]["type"],
        schemas["accessMfaConfig"]["properties"]["allowed_authenticators"]["items"],
        schemas["accessProtocolInfraApp"],
        scim["properties"]["scheme"],
    ):
        del schema["enum"]
    return answers


VARIANTS = [
    *((kind, "oidc", "oauth2") for kind in CLASSES),
    ("saas", "saml", "httpbasic"),
    ("saas", "saml", "oauthbearertoken"),
]


@pytest.mark.parametrize(("kind", "auth_type", "scheme"), VARIANTS)
def test_every_documented_application_gets_the_documented_answers(
    http: httpx.Client, routes: Routes, kind: str, auth_type: str, scheme: str
) -> None:
    answers = merged()
    apps, one = f"{routes.here}/apps", f"{routes.documented}/apps/{{app_id}}"
    body = request(kind, auth_type, scheme)
    if kind != "infrastructure":
        body["policies"] = [{"id": ID, "precedence": 0}]
    created = http.post(apps, json=body)
    assert created.status_code == 201, created.text
    answers.check("POST", f"{routes.documented}/apps", created)
    app = f"{apps}/{created.json()['result']['id']}"
    answers.check("GET", one, http.get(app))
    answers.check("PUT", one, http.put(app, json=body))
    answers.check("GET", f"{routes.documented}/apps", http.get(apps))
    answers.check("DELETE", one, http.delete(app))


@pytest.mark.parametrize("kind", CLASSES)
def test_a_type_takes_the_documented_fields_and_no_others(
    http: httpx.Client, routes: Routes, kind: str
) -> None:
    properties = openapi(NOW)["components"]["schemas"]["accessAppRequest"]["properties"]
    body: dict[str, Any] = {name: {} for name in [*properties, "eager_redirect_cookie_setting"]}
    refused = http.post(f"{routes.here}/apps", json=body | {"type": kind}).json()["errors"]
    unknown = {
        error["source"]["pointer"].removeprefix("/")
        for error in refused
        if "unknown field" in error["message"]
    }
    # Terraform's tests send a name, too, with what has a name of Cloudflare's.
    named = {"name"} if kind in ("app_launcher", "biso", "warp") else set()
    assert body.keys() - unknown == fields(kind) | named


# What the newer documents took from these types.
DROPPED_SINCE_2024 = {
    "warp": {
        "app_launcher_logo_url",
        "bg_color",
        "footer_links",
        "header_bg_color",
        "landing_page_design",
        "skip_app_launcher_login_page",
        "scim_config",
        "domain",
    },
    "app_launcher": {"scim_config", "domain"},
    "bookmark": {"scim_config"},
}
DROPPED_SINCE_2024["biso"] = DROPPED_SINCE_2024["warp"]


# The older document does not always mark them as such.
ONLY_IN_ANSWERS = {"created_at", "id", "updated_at"}


def in_2024() -> list[Any]:
    document = openapi(IN_2024)
    found = {}
    for schema in ("access_app_request", "access_apps"):
        for alternative in document["components"]["schemas"][schema]["anyOf"]:
            body = example(document, alternative)
            found[schema, body["type"]] = body
    return [pytest.param(body, id=" ".join(key)) for key, body in found.items()]


@pytest.mark.parametrize("body", in_2024())
def test_the_examples_of_2024_are_taken(http: httpx.Client, routes: Routes, body: Any) -> None:
    dropped = DROPPED_SINCE_2024.get(body["type"], set()) | ONLY_IN_ANSWERS
    kept = {name: value for name, value in body.items() if name not in dropped}
    if "policies" in kept:
        kept["policies"] = [ID]
    if "saas_app" in kept:
        # Custom attributes were one object with a map in it; they are two lists since.
        dropped = ONLY_IN_ANSWERS | {"custom_attributes"}
        kept["saas_app"] = {
            name: value for name, value in kept["saas_app"].items() if name not in dropped
        }
    if "cors_headers" in kept:
        # Made of the schema, not its example; seen live: not for everybody.
        kept["cors_headers"]["allow_credentials"] = False
    created = http.post(f"{routes.here}/apps", json=kept)
    assert created.status_code == 201, created.text


def test_a_documented_reusable_policy_gets_the_documented_answers(
    http: httpx.Client, cloudflare: LocalCloudflare
) -> None:
    cloudflare.seed(SEED)
    document, answers = openapi(NOW), Answers(NOW)
    body = example(document, document["components"]["schemas"]["accessPolicyReq"])
    body |= {"decision": "non_identity", "include": RULES, "exclude": RULES, "require": RULES}
    policies = f"/accounts/{cloudflare.account_id}/access/policies"
    documented = "/accounts/{account_id}/access/policies"
    created = http.post(policies, json=body)
    assert created.status_code == 201, created.text
    answers.check("POST", documented, created)
    policy = f"{policies}/{created.json()['result']['id']}"
    answers.check("GET", f"{documented}/{{policy_id}}", http.get(policy))
    answers.check("PUT", f"{documented}/{{policy_id}}", http.put(policy, json=body))
    answers.check("GET", documented, http.get(policies))
    answers.check("DELETE", f"{documented}/{{policy_id}}", http.delete(policy))


def test_a_documented_policy_of_an_application_gets_the_documented_answers(
    http: httpx.Client, routes: Routes
) -> None:
    document, answers = openapi(NOW), Answers(NOW)
    apps = f"{routes.here}/apps"
    app = http.post(apps, json={"type": "self_hosted", "domain": "example.com"}).json()["result"]
    policies = f"{apps}/{app['id']}/policies"
    documented = f"{routes.documented}/apps/{{app_id}}/policies"
    body = example(document, document["components"]["schemas"]["accessAppPolicyRequest"])
    # Contradiction C7: this schema has neither name, decision nor rules. The text of 2024 requires
    # them, the SDK sends them, and nothing could be kept without.
    refused = http.post(policies, json=body)
    assert [error["source"]["pointer"] for error in refused.json()["errors"]] == [
        "/include",
        "/name",
        "/decision",
    ]
    created = http.post(policies, json=body | POLICY)
    assert created.status_code == 201, created.text
    answers.check("POST", documented, created)
    one, documented_one = (
        f"{policies}/{created.json()['result']['id']}",
        f"{documented}/{{policy_id}}",
    )
    answers.check("GET", documented_one, http.get(one))
    answers.check("PUT", documented_one, http.put(one, json=body | POLICY))
    answers.check("GET", documented, http.get(policies))
    if routes.here.startswith("/accounts"):
        answers.check("PUT", f"{documented_one}/make_reusable", http.put(f"{one}/make_reusable"))
        one = f"{policies}/{http.post(policies, json=POLICY).json()['result']['id']}"
    answers.check("DELETE", documented_one, http.delete(one))


@pytest.mark.parametrize("name", ["identity_providers", "service_tokens"])
def test_what_is_only_read_gets_the_documented_answers(
    http: httpx.Client, routes: Routes, name: str
) -> None:
    answers = Answers(NOW)
    objects, documented = f"{routes.here}/{name}", f"{routes.documented}/{name}"
    listed = http.get(objects)
    answers.check("GET", documented, listed)
    one = f"{objects}/{listed.json()['result'][0]['id']}"
    answers.check("GET", f"{documented}/{{{name[:-1]}_id}}", http.get(one))


@pytest.mark.parametrize("name", [NOW, IN_2024])
def test_refusals_are_the_documented_ones(http: httpx.Client, routes: Routes, name: str) -> None:
    answers = Answers(name)
    apps, documented = f"{routes.here}/apps", f"{routes.documented}/apps"
    answers.check("POST", documented, http.post(apps, json={}))
    answers.check("GET", f"{documented}/{{app_id}}", http.get(f"{apps}/x"))
    policies = f"{apps}/x/policies"
    answers.check("POST", f"{documented}/{{app_id}}/policies", http.post(policies, json={}))


# Of a person who logs in, and of how that goes; nobody can log in here.
NOBODY = {
    "app_state.status",
    *(
        f"user_identity.{name}"
        for name in (
            *("account_id", "device_sessions", "email", "geo", "geo.country", "iat", "id"),
            *("is_gateway", "is_warp", "name", "user_uuid", "version"),
        )
    ),
}


@pytest.mark.parametrize("name", [NOW, IN_2024])
def test_a_policy_check_gets_the_documented_answer_about_nobody(
    http: httpx.Client, routes: Routes, name: str
) -> None:
    answers = Answers(name)
    body = {
        "type": "self_hosted",
        "name": "Test App",
        "domain": "example.com",
        "policies": [POLICY],
    }
    app = http.post(f"{routes.here}/apps", json=body).json()["result"]
    checked = http.get(f"{routes.here}/apps/{app['id']}/user_policy_checks")
    one = f"{routes.documented}/apps/{{app_id}}/user_policy_checks"
    answers.check("GET", one, checked)
    answers.check("GET", one, http.get(f"{routes.here}/apps/{ID}/user_policy_checks"))
    if name == IN_2024:
        return
    schema = answers.document["components"]["schemas"]["accessPolicyCheckResponse"]
    known = paths(answers.document, schema["properties"]["result"])
    occurring = set(paths_of(checked.json()["result"], known))
    assert occurring - known == set()
    assert known - occurring == NOBODY
    example = schema["properties"]["result"]["properties"]["app_state"]["properties"]["policies"]
    [documented], [shown] = example["example"], checked.json()["result"]["app_state"]["policies"]
    assert documented.keys() - shown.keys() == {"status"}
    assert shown["include"] == [{"_type": "email", "email": "test@example.com"}]


# Seen live only, or in the SDK only.
OUTSIDE = {
    "accessAppResponse": {"policies.reusable"},
    "accessAppPolicyResponse": {"reusable"},
    "accessServiceTokens": {"enabled"},
}


def test_every_documented_property_occurs_in_some_answer_and_no_other_in_any(
    http: httpx.Client, routes: Routes
) -> None:
    document = openapi(NOW)
    policy = example(document, document["components"]["schemas"]["accessPolicyReq"]) | POLICY
    # What is false is not answered.
    policy |= {"isolation_required": True}
    apps = f"{routes.here}/apps"
    for kind, auth_type, scheme in VARIANTS:
        body = request(kind, auth_type, scheme)
        for place in ("destinations", "self_hosted_domains"):
            body.pop(place, None)
        if "domain" in body:
            body["domain"] = f"{kind}.example.com"
        if kind != "infrastructure":
            body["policies"] = [{"precedence": 0, **policy}]
        answer = http.post(apps, json=body)
        assert answer.status_code == 201, answer.text
    whole = request("self_hosted")
    # The document's example of destinations leaves these two out.
    whole["destinations"].append({"type": "private", "l4_protocol": "tcp", "vnet_id": ID})
    app = http.post(apps, json=whole | {"policies": [policy]}).json()["result"]
    secret = http.post(apps, json=request("saas")).json()["result"]
    answers: dict[str, list[Any]] = {
        "accessAppResponse": [*http.get(apps).json()["result"], secret],
        "accessAppPolicyResponse": http.get(f"{apps}/{app['id']}/policies").json()["result"],
        "accessIdentityProviders": http.get(f"{routes.here}/identity_providers").json()["result"],
        "accessServiceTokens": http.get(f"{routes.here}/service_tokens").json()["result"],
    }
    if routes.here.startswith("/accounts"):
        http.post(f"{routes.here}/policies", json=policy)
        listed = http.get(f"{routes.here}/policies").json()["result"]
        answers["accessReusablePolicyResp"] = listed
    for name, shown in answers.items():
        known = paths(document, document["components"]["schemas"][name])
        known = {path for path in known if not _in_a_rule(path)}
        occurring = {path for path in paths_of(shown, known) if not _in_a_rule(path)}
        assert occurring - known == OUTSIDE.get(name, set()), name
        assert known <= occurring, (name, known - occurring)


def _in_a_rule(path: str) -> bool:
    return any(f"{section}." in path for section in ("include", "exclude", "require"))
