from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from local_cloudflare.documented import CLASSES, request
from local_cloudflare.test_local_policies import GOOD, MISSING, errors, made, refusal

if TYPE_CHECKING:
    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

APP = {"type": "self_hosted", "domain": "app.example.com"}
OIDC = {"type": "saas", "saas_app": {"auth_type": "oidc", "redirect_uris": ["https://x.example"]}}
SCIM = {"idp_uid": MISSING, "remote_uri": "https://scim.example.com"}
TARGET = {"port": 22, "protocol": "SSH", "target_attributes": {"hostname": ["a", "b"]}}
INFRASTRUCTURE = {"type": "infrastructure", "target_criteria": [TARGET]}


@pytest.fixture(params=["account", "zone"])
def apps(request: pytest.FixtureRequest, cloudflare: LocalCloudflare) -> str:
    if request.param == "account":
        return f"/accounts/{cloudflare.account_id}/access/apps"
    return f"/zones/{cloudflare.zone_id}/access/apps"


def test_an_application_is_created_read_replaced_and_deleted(
    http: httpx.Client, apps: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    body = APP | {
        "name": "Admin",
        "session_duration": "30m",
        "app_launcher_visible": False,
        "cors_headers": {"allowed_methods": ["GET"], "max_age": -1},
    }
    defaults = {
        "auto_redirect_to_identity": False,
        "destinations": [{"type": "public", "uri": "app.example.com"}],
        "enable_binding_cookie": False,
        "http_only_cookie_attribute": True,
        "policies": [],
        "self_hosted_domains": ["app.example.com"],
        "tags": [],
        "use_clientless_isolation_app_launcher_url": False,
    }
    app = made(http.post(apps, json=body))
    made_here = {key: app[key] for key in ("id", "aud", "created_at", "updated_at")}
    assert app == body | defaults | made_here
    one = f"{apps}/{app['id']}"
    assert http.get(one).json()["result"] == app
    assert http.get(apps).json()["result"] == [app]
    replaced = http.put(one, json=APP).json()["result"]
    back = {"session_duration": "24h", "app_launcher_visible": True}
    assert replaced == APP | defaults | back | made_here | {"updated_at": replaced["updated_at"]}
    deleted = http.delete(one)
    assert deleted.status_code == 202
    assert deleted.json()["result"] == {"id": app["id"]}
    assert http.get(apps).json()["result"] == []


def test_ids_and_audiences_look_like_those_of_access(http: httpx.Client, apps: str) -> None:
    app = made(http.post(apps, json=APP))
    assert re.fullmatch(r"[0-9a-f]{64}", app["aud"])
    assert app["uid"] == app["id"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", app["created_at"])


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE"])
def test_an_application_of_another_scope_is_not_found(
    http: httpx.Client, account: str, cloudflare: LocalCloudflare, verb: str
) -> None:
    app = made(http.post(f"{account}/access/apps", json=APP))
    elsewhere = f"/zones/{cloudflare.zone_id}/access/apps/{app['id']}"
    response = http.request(verb, elsewhere, json=APP if verb == "PUT" else None)
    assert response.status_code == 404
    assert errors(response) == [(12135, "access.api.error.not_found")]


DURATION = "should be a duration like 2h45m, in ns, us, µs, ms, s, m, h"
DESTINATIONS = (
    "public, private, via_mcp_server_portal, worker, preview_worker, all_workers,"
    " all_preview_workers"
)
SCHEMES = "httpbasic, oauthbearertoken, oauth2, access_service_token"

REFUSED: list[tuple[Any, str]] = [
    ({}, "app type is missing or invalid"),
    ({"type": "website"}, "app type is missing or invalid"),
    ({"type": []}, "app type is missing or invalid"),
    ([], "body should be an object"),
    ({"type": "self_hosted"}, "domain field should not be empty"),
    ({"type": "ssh"}, "domain field should not be empty"),
    (APP | {"domain": ""}, "domain field should not be empty"),
    (APP | {"domain": 1}, "domain field should be a string"),
    (
        APP | {"domain": "https://example.com"},
        "domain field should be a host name, with or without a path",
    ),
    (APP | {"id": MISSING}, "unknown field id"),
    (APP | {"aud": "x"}, "unknown field aud"),
    (APP | {"saas_app": {}}, "unknown field saas_app"),
    (APP | {"session_duration": "1d"}, f"session_duration field {DURATION}"),
    (APP | {"tags": ["nowhere"]}, "tags contain a tag that does not exist"),
    (
        APP | {"auto_redirect_to_identity": True, "allowed_idps": ["a", "b"]},
        "auto_redirect_to_identity requires exactly one of allowed_idps",
    ),
    (
        APP | {"domain": "example.com/a", "oauth_configuration": {}},
        "domain can not have a path if oauth is configured",
    ),
    (
        APP | {"cors_headers": {"max_age": 86401}},
        "cors_headers.max_age field should be at most 86400",
    ),
    (APP | {"cors_headers": {"origins": []}}, "unknown field cors_headers.origins"),
    (
        APP | {"destinations": [{"type": "x", "uri": "example.com"}]},
        f"destinations.0.type field should be one of {DESTINATIONS}",
    ),
    (
        APP | {"destinations": [{"type": "public", "uri": "a.example.com", "cidr": "::/0"}]},
        "unknown field destinations.0.cidr",
    ),
    (
        APP | {"destinations": [{"type": "private", "cidr": "10.0.0.0/33"}]},
        "destinations.0.cidr field should be an IP address or CIDR block",
    ),
    (
        APP | {"destinations": [{"type": "private", "port_range": "ssh"}]},
        "destinations.0.port_range field should be a port or a range of ports",
    ),
    (APP | {"scim_config": {"remote_uri": "x"}}, "scim_config.idp_uid field should not be empty"),
    (
        APP | {"scim_config": SCIM | {"authentication": {"scheme": "httpbasic", "user": "x"}}},
        "password is a required field",
    ),
    (
        APP | {"scim_config": SCIM | {"authentication": [{"scheme": "no"}]}},
        f"scim_config.authentication.0.scheme field should be one of {SCHEMES}",
    ),
    (
        {"type": "saas", "saas_app": {"redirect_uris": []}},
        "unknown field saas_app.redirect_uris",
    ),
    (
        {"type": "saas", "saas_app": {"auth_type": "oidc", "access_token_lifetime": "25h"}},
        "saas_app.access_token_lifetime field should be at most 24h",
    ),
    (
        {"type": "saas", "saas_app": {"auth_type": "oidc", "client_secret": "********"}},
        "saas_app.client_secret field should not be a masked value",
    ),
    ({"type": "infrastructure"}, "target_criteria field should not be empty"),
    (
        INFRASTRUCTURE | {"target_criteria": [TARGET | {"include": {}}]},
        "target_criteria should have target_attributes or rules, not both",
    ),
    (
        INFRASTRUCTURE | {"target_criteria": [{"port": 22, "protocol": "SSH"}]},
        "target_criteria should have target_attributes or include",
    ),
    (
        INFRASTRUCTURE | {"target_criteria": [TARGET | {"protocol": "RDP"}]},
        "target_criteria.0.protocol field should be one of SSH",
    ),
    (INFRASTRUCTURE | {"session_duration": "1h"}, "unknown field session_duration"),
    (
        APP | {"scim_config": SCIM | {"mappings": [{"schema": "urn:example:Printer"}]}},
        "scim_config.mappings.0.schema field has an invalid SCIM schema in mappings",
    ),
    ({"type": "warp", "tags": []}, "unknown field tags"),
    ({"type": "app_launcher", "domain": "x.example.com"}, "unknown field domain"),
]


@pytest.mark.parametrize(("body", "detail"), REFUSED)
def test_a_body_that_is_wrong_is_refused(
    http: httpx.Client, apps: str, body: Any, detail: str
) -> None:
    assert refusal(http.post(apps, json=body)) == detail
    assert http.get(apps).json()["result"] == []


def test_all_mistakes_are_told_at_once(http: httpx.Client, apps: str) -> None:
    body = {
        "type": "self_hosted",
        "tags": "x",
        "cors_headers": {"max_age": "1", "other": 1},
        "policies": [GOOD | {"include": [{"emial": {}}]}],
        "other": 1,
    }
    response = http.post(apps, json=body)
    assert [error["source"]["pointer"] for error in response.json()["errors"]] == [
        "/tags",
        "/cors_headers/max_age",
        "/cors_headers/other",
        "/policies/0/include/0/emial",
        "/domain",
        "/other",
    ]


@pytest.mark.parametrize("kind", CLASSES)
def test_a_type_cannot_change(http: httpx.Client, account: str, kind: str) -> None:
    apps = f"{account}/access/apps"
    app = made(http.post(apps, json={"type": "bookmark"} if kind != "bookmark" else APP))
    body = {key: value for key, value in request(kind).items() if key != "tags"}
    response = http.put(f"{apps}/{app['id']}", json=body)
    assert refusal(response) == "app type can not be changed"


def test_one_place_has_one_application(
    http: httpx.Client, account: str, cloudflare: LocalCloudflare
) -> None:
    apps, in_zone = f"{account}/access/apps", f"/zones/{cloudflare.zone_id}/access/apps"
    one, two, workers = *PUBLIC, {"type": "all_workers"}
    app = made(http.post(apps, json=APP | {"destinations": [one, two, workers]}))
    taken = [(11010, "access.api.error.application_already_exists")]
    for body in (
        APP,
        APP | {"domain": "APP.example.com"},
        APP | {"domain": "b.example.com/x"},
        PLACELESS | {"self_hosted_domains": ["c.example.com", "b.example.com/x"]},
        PLACELESS | {"destinations": [{"type": "public", "uri": "c.example.com"}, workers]},
    ):
        for where in (apps, in_zone):
            response = http.post(where, json=body)
            assert response.status_code == 409
            assert errors(response) == taken
    other = made(http.post(in_zone, json=APP | {"domain": "c.example.com"}))
    moved = http.put(f"{in_zone}/{other['id']}", json=APP)
    assert (moved.status_code, errors(moved)) == (409, taken)
    assert http.put(f"{apps}/{app['id']}", json=APP).status_code == 200
    assert http.put(f"{in_zone}/{other['id']}", json=APP | {"domain": "b.example.com/x"}).is_success


def test_other_accounts_may_have_the_same_place(
    http: httpx.Client, account: str, cloudflare: LocalCloudflare
) -> None:
    made(http.post(f"{account}/access/apps", json=APP))
    cloudflare.seed({"accounts": {cloudflare.add_account().id: {"access/apps": [APP]}}})


@pytest.mark.parametrize("kind", ["app_launcher", "warp", "biso"])
def test_every_account_has_one_of_these_under_a_name_of_its_own(
    http: httpx.Client, apps: str, kind: str
) -> None:
    app = made(http.post(apps, json={"type": kind}))
    assert app["name"] in ("App Launcher", "Warp Login App", "Clientless Web Isolation")
    assert app["domain"].startswith("authdomain.cloudflareaccess.com")
    again = http.post(apps, json={"type": kind})
    assert again.status_code == 409


def test_a_zones_application_is_in_the_zone(
    http: httpx.Client, cloudflare: LocalCloudflare
) -> None:
    apps = f"/zones/{cloudflare.zone_id}/access/apps"
    for domain in ("example.org", "badexample.com"):
        refused = http.post(apps, json=APP | {"domain": domain})
        assert refusal(refused) == "domain does not belong to zone"
    made(http.post(apps, json=APP | {"domain": "example.com/path"}))


ONE, TWO = "app.example.com", "b.example.com/x"
PUBLIC = [{"type": "public", "uri": ONE}, {"type": "public", "uri": TWO}]
PRIVATE = {"type": "private", "cidr": "10.1.0.0/16", "port_range": "443"}
WORKERS = [{"type": "worker", "worker_id": "w"}, {"type": "preview_worker", "worker_id": "w"}]
PLACELESS = {"type": "self_hosted"}


def where(app: dict[str, Any]) -> tuple[Any, ...]:
    """Return where an application is, in all three ways."""
    uris = [place.get("uri") or place["type"] for place in app["destinations"]]
    return app.get("domain"), sorted(app["self_hosted_domains"]), sorted(uris)


@pytest.mark.parametrize("type_", ["self_hosted", "ssh", "vnc", "mcp_portal"])
@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize(
    ("said", "is_at"),
    [
        ({"domain": ONE}, (ONE, [ONE], [ONE])),
        ({"self_hosted_domains": [TWO, ONE]}, (TWO, [ONE, TWO], [ONE, TWO])),
        ({"destinations": PUBLIC}, (ONE, [ONE, TWO], [ONE, TWO])),
        ({"destinations": [PRIVATE, PUBLIC[1]]}, (TWO, [TWO], [TWO, "private"])),
        ({"destinations": [PRIVATE]}, (None, [], ["private"])),
        ({"destinations": WORKERS}, (None, [], ["preview_worker", "worker"])),
        ({"domain": TWO, "destinations": PUBLIC}, (TWO, [ONE, TWO], [ONE, TWO])),
        ({"domain": TWO, "self_hosted_domains": [ONE, TWO]}, (TWO, [ONE, TWO], [ONE, TWO])),
        # With destinations, `self_hosted_domains` are ignored: documented.
        ({"self_hosted_domains": [ONE], "destinations": PUBLIC[1:]}, (TWO, [TWO], [TWO])),
    ],
)
def test_each_way_to_say_where_it_is_fills_the_others_in(
    http: httpx.Client,
    apps: str,
    *,
    cloudflare: LocalCloudflare,
    type_: str,
    plain: Any,
    said: dict[str, Any],
    is_at: Any,
) -> None:
    cloudflare.switches.plain = plain
    app = made(http.post(apps, json={"type": type_, **said}))
    assert where(app) == is_at
    one = f"{apps}/{app['id']}"
    assert where(http.get(one).json()["result"]) == is_at
    # What an update leaves out is not kept: each time, all is derived anew.
    assert where(http.put(one, json={"type": type_, "domain": ONE}).json()["result"]) == (
        *(ONE, [ONE]),
        [ONE],
    )
    assert where(http.put(one, json={"type": type_, **said}).json()["result"]) == is_at


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ({"domain": "c.example.com", "destinations": PUBLIC}, "destinations"),
        ({"domain": ONE, "destinations": PUBLIC[1:]}, "destinations"),
        ({"domain": ONE, "destinations": [PRIVATE]}, "destinations"),
        ({"domain": "b.example.com", "self_hosted_domains": [ONE, TWO]}, "self_hosted_domains"),
        (
            {"domain": ONE, "self_hosted_domains": [ONE], "destinations": PUBLIC[1:]},
            "destinations",
        ),
    ],
)
def test_a_domain_is_one_of_the_places(
    http: httpx.Client, apps: str, said: dict[str, Any], detail: str
) -> None:
    refused = http.post(apps, json=PLACELESS | said)
    assert refusal(refused) == f"domain not included in {detail}"
    assert errors(refused)[0][0] == 12130
    app = made(http.post(apps, json=APP))
    assert refusal(http.put(f"{apps}/{app['id']}", json=PLACELESS | said)) == (
        f"domain not included in {detail}"
    )
    in_other_letters = {"domain": "APP.example.com", "self_hosted_domains": [ONE.title(), TWO]}
    assert http.put(f"{apps}/{app['id']}", json=PLACELESS | in_other_letters).is_success


def test_a_domain_has_to_be_there_if_told_so(
    http: httpx.Client, apps: str, cloudflare: LocalCloudflare
) -> None:
    assert refusal(http.post(apps, json=PLACELESS)) == "domain field should not be empty"
    cloudflare.switches.require_domain = True
    for said in ({"destinations": PUBLIC}, {"self_hosted_domains": [ONE]}):
        refused = http.post(apps, json=PLACELESS | said)
        assert refusal(refused) == "domain field should not be empty"
    made(http.post(apps, json=APP))


def test_a_field_of_another_type_is_ignored_if_told_so(
    http: httpx.Client, apps: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.foreign_fields = "ignore"
    app = made(http.post(apps, json=INFRASTRUCTURE | {"session_duration": "1h", "domain": ONE}))
    assert not {"session_duration", "domain"} & app.keys()
    launcher = made(http.post(apps, json={"type": "app_launcher", "name": "x", "domain": ONE}))
    assert launcher["name"] == "App Launcher"
    assert refusal(http.post(apps, json=APP | {"domian": ONE})) == "unknown field domian"


def test_values_are_kept_in_canonical_form(http: httpx.Client, apps: str) -> None:
    public = {"type": "public", "uri": "App.Example.com/Path"}
    private = {"type": "private", "cidr": "10.5.0.3"}
    app = made(http.post(apps, json=PLACELESS | {"destinations": [public, private]}))
    assert app["domain"] == "app.example.com/Path"
    assert {place.get("cidr") for place in app["destinations"]} == {"10.5.0.3/32", None}


def test_the_secret_of_an_oidc_application_is_told_once(
    http: httpx.Client, apps: str, cloudflare: LocalCloudflare
) -> None:
    app = made(http.post(apps, json=OIDC))
    one = f"{apps}/{app['id']}"
    assert re.fullmatch("[0-9a-f]{64}", app["saas_app"]["client_secret"])
    client_id = app["saas_app"]["client_id"]

    def told() -> list[Any]:
        answers = [http.get(one), http.put(one, json=OIDC)]
        shown = [answer.json()["result"]["saas_app"] for answer in answers]
        assert {saas_app["client_id"] for saas_app in shown} == {client_id}
        return [saas_app.get("client_secret") for saas_app in shown]

    assert told() == [None, None]
    cloudflare.switches.client_secret = "masked"  # noqa: S105  (how, not what)
    assert told() == ["********", "********"]


def test_a_given_secret_is_taken_and_kept(
    http: httpx.Client, apps: str, cloudflare: LocalCloudflare
) -> None:
    given = {"auth_type": "oidc", "client_id": "mine", "client_secret": "my own"}
    app = made(http.post(apps, json=OIDC | {"saas_app": given}))
    assert app["saas_app"]["client_secret"] == "my own"  # noqa: S105  (it opens nothing)
    again = http.put(f"{apps}/{app['id']}", json=OIDC).json()["result"]
    assert again["saas_app"]["client_id"] == "mine"
    assert cloudflare.requests[-1]["status"] == 200


@pytest.mark.parametrize(
    ("authentication", "secret"),
    [
        ({"scheme": "httpbasic", "user": "x", "password": "s3cret"}, "password"),
        ({"scheme": "oauthbearertoken", "token": "s3cret"}, "token"),
        (
            {"scheme": "access_service_token", "client_id": "x", "client_secret": "s3cret"},
            "client_secret",
        ),
    ],
)
def test_scim_credentials_never_come_back(
    http: httpx.Client,
    apps: str,
    cloudflare: LocalCloudflare,
    authentication: dict[str, str],
    secret: str,
) -> None:
    body = APP | {"scim_config": SCIM | {"authentication": [authentication]}}
    created = http.post(apps, json=body)
    [shown] = made(created)["scim_config"]["authentication"]
    assert shown[secret] == "********"
    assert "s3cret" not in created.text
    cloudflare.switches.scim_secrets = "absent"
    answer = http.get(apps).json()["result"][0]["scim_config"]["authentication"][0]
    assert answer.keys() - {"local_cloudflare"} == authentication.keys() - {secret}


def test_a_saml_application_gets_what_its_service_needs(http: httpx.Client, apps: str) -> None:
    app = made(http.post(apps, json={"type": "saas", "saas_app": {"sp_entity_id": "x"}}))
    saas_app = app["saas_app"]
    assert saas_app["auth_type"] == "saml"
    assert saas_app["sso_endpoint"].startswith(saas_app["idp_entity_id"])
    assert saas_app["created_at"] == app["created_at"]
    again = http.put(
        f"{apps}/{app['id']}", json={"type": "saas", "saas_app": {"sp_entity_id": "y"}}
    ).json()["result"]["saas_app"]
    assert again["sso_endpoint"] == saas_app["sso_endpoint"]


def test_the_tokens_of_an_application_can_be_revoked(http: httpx.Client, apps: str) -> None:
    app = made(http.post(apps, json=APP))
    revoked = http.post(f"{apps}/{app['id']}/revoke_tokens")
    assert (revoked.status_code, revoked.json()["result"]) == (202, {})
    assert http.get(f"{apps}/{app['id']}").json()["result"]["updated_at"] == app["updated_at"]


def test_settings_are_replaced_by_a_put_and_changed_by_a_patch(
    http: httpx.Client, apps: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    app = made(http.post(apps, json=APP | {"name": "Admin", "allow_iframe": True}))
    one = f"{apps}/{app['id']}"
    both = {"allow_iframe": True, "skip_interstitial": False}
    patched = http.patch(f"{one}/settings", json={"skip_interstitial": False})
    assert (patched.status_code, patched.json()["result"]) == (202, both)
    assert http.get(one).json()["result"].items() >= (both | {"name": "Admin"}).items()
    put = http.put(f"{one}/settings", json={"skip_interstitial": True})
    assert (put.status_code, put.json()["result"]) == (202, {"skip_interstitial": True})
    there = http.get(one).json()["result"]
    assert (there["skip_interstitial"], there["name"]) == (True, "Admin")
    assert "allow_iframe" not in there


@pytest.mark.parametrize("verb", ["PUT", "PATCH"])
def test_settings_that_are_wrong_or_not_of_the_type_are_refused(
    http: httpx.Client, apps: str, verb: str
) -> None:
    def refused(app: dict[str, Any], body: Any) -> str:
        return refusal(http.request(verb, f"{apps}/{app['id']}/settings", json=body))

    app, saas = made(http.post(apps, json=APP)), made(http.post(apps, json=OIDC))
    assert refused(app, []) == "body should be an object"
    assert refused(app, {"allow_iframe": "yes"}) == "allow_iframe field should be a boolean"
    assert refused(app, {"name": "x"}) == "unknown field name"
    assert refused(saas, {"allow_iframe": True}) == "unknown field allow_iframe"


def test_a_policy_check_tells_what_there_is_and_makes_nobody_up(
    http: httpx.Client, apps: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    rules = {"include": [{"email": {"email": "ada@example.com"}}, {"everyone": {}}]}
    app = made(
        http.post(
            apps,
            json=APP
            | {"name": "Admin", "domain": "app.example.com/admin", "policies": [GOOD | rules]},
        )
    )
    checked = http.get(f"{apps}/{app['id']}/user_policy_checks").json()["result"]
    policy = {
        "decision": "allow",
        "precedence": 1,
        "include": [{"_type": "email", "email": "ada@example.com"}, {"_type": "everyone"}],
        "exclude": [],
        "require": [],
    }
    assert checked["app_state"] == {
        "app_uid": app["id"],
        "aud": app["aud"],
        "name": "Admin",
        "hostname": "app.example.com",
        "policies": [policy],
    }
    assert checked["user_identity"] == {}


@pytest.mark.parametrize(
    ("verb", "route"),
    [
        ("POST", "revoke_tokens"),
        ("PUT", "settings"),
        ("PATCH", "settings"),
        ("GET", "user_policy_checks"),
    ],
)
def test_what_is_below_an_application_that_is_not_there_is_not_found(
    http: httpx.Client, apps: str, verb: str, route: str
) -> None:
    answer = http.request(verb, f"{apps}/{MISSING}/{route}", json={})
    assert (answer.status_code, errors(answer)[0][0]) == (404, 12135)


def test_tags_are_seeded_first(http: httpx.Client, apps: str, cloudflare: LocalCloudflare) -> None:
    cloudflare.seed({"access/tags": [{"name": "engineers"}]})
    assert made(http.post(apps, json=APP | {"tags": ["engineers"]}))["tags"] == ["engineers"]


def test_identity_providers_are_checked_if_told_so(
    http: httpx.Client, account: str, cloudflare: LocalCloudflare
) -> None:
    apps = f"{account}/access/apps"
    seed = cloudflare.seed({"access/identity_providers": [{"name": "OTP", "type": "onetimepin"}]})
    known = seed["access/identity_providers"][0]["id"]
    made(http.post(apps, json=APP | {"allowed_idps": [MISSING]}))
    cloudflare.switches.check_references = True
    unknown = "application names an identity provider that does not exist"
    other = APP | {"domain": "b.example.com"}
    assert refusal(http.post(apps, json=other | {"allowed_idps": [MISSING]})) == unknown
    assert refusal(http.post(apps, json=other | {"scim_config": SCIM})) == unknown
    made(http.post(apps, json=other | {"allowed_idps": [known]}))


def test_lists_are_filtered(http: httpx.Client, apps: str) -> None:
    for name, domain in (("Wiki", "wiki.example.com"), ("wiki 2", "two.example.com")):
        made(http.post(apps, json={"type": "self_hosted", "name": name, "domain": domain}))
    aud = made(http.post(apps, json=INFRASTRUCTURE | {"name": "Hosts"}))["aud"]

    def names(**query: str) -> list[str]:
        return [app["name"] for app in http.get(apps, params=query).json()["result"]]

    assert names() == ["Wiki", "wiki 2", "Hosts"]
    assert names(name="wiki") == ["Wiki", "wiki 2"]
    assert names(name="Wiki", exact="true") == ["Wiki"]
    assert names(domain="two.example.com", exact="true") == ["wiki 2"]
    assert names(search="EXAMPLE") == ["Wiki", "wiki 2"]
    assert names(aud=aud) == ["Hosts"]
    assert names(target_attributes="hostname=b") == ["Hosts"]
    assert names(target_attributes="hostname=c") == []
    info = http.get(apps, params={"name": "Wiki"}).json()["result_info"]
    assert (info["per_page"], info["total_count"]) == (1000, 3)


def test_an_account_holds_500_applications(
    http: httpx.Client, apps: str, cloudflare: LocalCloudflare
) -> None:
    assert cloudflare.switches.max_applications == 500
    cloudflare.switches.max_applications = 1
    made(http.post(apps, json={"type": "bookmark"}))
    refused = http.post(apps, json={"type": "bookmark"})
    assert refusal(refused) == "at most 1 applications are allowed"


LETTERS = list("abcdef")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (APP | {"allowed_idps": LETTERS}, ["allowed_idps"]),
        (APP | {"custom_pages": LETTERS}, ["custom_pages"]),
        (APP | {"cors_headers": {"allowed_headers": LETTERS}}, ["cors_headers", "allowed_headers"]),
        (
            {"type": "saas", "saas_app": {"auth_type": "oidc", "redirect_uris": LETTERS}},
            ["saas_app", "redirect_uris"],
        ),
    ],
)
def test_lists_come_back_in_any_order(
    http: httpx.Client, apps: str, body: Any, path: list[str]
) -> None:
    one = f"{apps}/{made(http.post(apps, json=body))['id']}"

    def shown() -> tuple[str, ...]:
        value = http.get(one).json()["result"]
        for step in path:
            value = value[step]
        return tuple(value)

    orders = {shown() for _ in range(20)}
    assert len(orders) > 1
    assert {tuple(sorted(order)) for order in orders} == {tuple(LETTERS)}


def test_lists_whose_order_means_something_keep_it(http: httpx.Client, account: str) -> None:
    links = [{"name": letter, "url": f"https://{letter}.example"} for letter in LETTERS]
    schemas = [f"urn:ietf:params:scim:schemas:core:2.0:{kind}" for kind in ("User", "Group")]
    mappings = [{"schema": schema} for schema in schemas * 3]
    apps = f"{account}/access/apps"
    launcher = made(http.post(apps, json={"type": "app_launcher", "footer_links": links}))
    assert [link["name"] for link in launcher["footer_links"]] == LETTERS
    app = made(http.post(apps, json=APP | {"scim_config": SCIM | {"mappings": mappings}}))
    assert [mapping["schema"] for mapping in app["scim_config"]["mappings"]] == schemas * 3


def test_a_seeded_application_keeps_its_id_and_audience(
    http: httpx.Client, account: str, cloudflare: LocalCloudflare
) -> None:
    seed = {
        "access/policies": [GOOD | {"id": MISSING}],
        "access/apps": [APP | {"id": MISSING, "aud": "a" * 64, "policies": [MISSING]}],
    }
    [app] = cloudflare.seed(seed)["access/apps"]
    assert (app["id"], app["aud"], app["domain"]) == (MISSING, "a" * 64, "app.example.com")
    assert app["policies"][0]["reusable"] is True
    assert http.get(f"{account}/access/apps/{MISSING}").json()["result"]["aud"] == "a" * 64
    with pytest.raises(ValueError, match=f"there is an application {MISSING} already"):
        cloudflare.seed({"access/apps": [APP | {"id": MISSING}]})
