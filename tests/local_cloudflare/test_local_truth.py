"""What live answers were seen to be, by default; where sources disagree, both, by a switch.

Most of it is what the acceptance tests of Terraform's provider assert, which run live.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cloudflare as sdk
import httpx
import pytest

from local_cloudflare.iam import policy as grant
from local_cloudflare.iam import result, scope, whole
from local_cloudflare.test_local_policies import EVERYONE, GOOD, MISSING, errors, made, refusal
from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

if TYPE_CHECKING:
    from collections.abc import Iterator

FIVE_MINUTES = "5m"
APP = {"type": "self_hosted", "domain": "app.example.com"}


@pytest.fixture
def cloudflare() -> Iterator[LocalCloudflare]:
    """Serve a local Cloudflare as anybody gets it: the tests' usual one is stricter."""
    with LocalCloudflare() as cloudflare:
        yield cloudflare


@pytest.fixture
def apps(account: str) -> str:
    return f"{account}/access/apps"


def test_the_official_sdk_reads_all_of_iam_in_strict_mode(cloudflare: LocalCloudflare) -> None:
    """Of a resource group's scope it knows the object; the reference pages have an array."""
    of = {"account_id": cloudflare.account_id}
    client: Any = sdk.Cloudflare(
        api_token=cloudflare.token,
        base_url=cloudflare.base_url,
        _strict_response_validation=True,
        max_retries=0,
    )
    with client:
        ada, *_ = cloudflare.seed({"members": [{"email": "ada@example.com"}]})["members"]
        zones = client.iam.resource_groups.create(name="All", scope=scope(cloudflare), **of)
        assert zones.scope.objects[0].key == "*"
        staff = client.iam.user_groups.create(name="Staff", policies=[grant(zones.id)], **of)
        [kept] = staff.policies
        assert kept.resource_groups[0].scope.key == zones.scope.key
        client.iam.user_groups.members.create(staff.id, members=[{"id": ada["id"]}], **of)
        client.iam.sso.create(email_domain="example.com", **of)
        assert client.iam.user_groups.create(name="Nobody", **of).policies is None
        read = [
            *client.iam.permission_groups.list(**of),
            *client.iam.resource_groups.list(**of),
            *client.iam.user_groups.list(**of),
            *client.iam.user_groups.members.list(staff.id, **of),
            *client.iam.sso.list(**of),
            *client.accounts.members.list(**of),
        ]
        assert {"Staff", "Nobody", "All"} <= {getattr(it, "name", None) for it in read}
        cloudflare.switches.resource_group_scope = "array"
        with pytest.raises(sdk.APIResponseValidationError):
            client.iam.resource_groups.get(zones.id, **of)


@pytest.mark.parametrize("switch", ["as_seen", "answered"])
def test_what_is_false_or_nothing_is_left_out_where_live_answers_leave_it_out(
    cloudflare: LocalCloudflare, http: httpx.Client, account: str, switch: Any
) -> None:
    cloudflare.switches.empty_values = switch
    false = dict.fromkeys(
        ("approval_required", "isolation_required", "purpose_justification_required"), False
    )
    app = made(
        http.post(f"{account}/access/apps", json=APP | {"policies": [GOOD | false | {"name": "x"}]})
    )
    policies = [
        made(http.post(f"{account}/access/policies", json=GOOD | false)),
        made(http.post(f"{account}/access/apps/{app['id']}/policies", json=GOOD)),
        *app["policies"],
    ]
    is_answered = switch == "answered"
    for policy in policies:
        assert {name for name in false if name in policy} == (set(false) if is_answered else set())
        assert policy["exclude"] == policy["require"] == []
    assert ("path_cookie_attribute" in app) is is_answered
    assert app["enable_binding_cookie"] is app["auto_redirect_to_identity"] is False
    group = result(http.post(f"{account}/iam/user_groups", json={"name": "Nobody"}))
    assert group.get("policies") == ([] if is_answered else None)
    true = http.post(f"{account}/access/policies", json=GOOD | dict.fromkeys(false, True))
    assert {name for name in false if made(true).get(name)} == set(false)


def test_null_is_as_good_as_nothing_everywhere(
    cloudflare: LocalCloudflare, http: httpx.Client, account: str, apps: str
) -> None:
    reusable = made(http.post(f"{account}/access/policies", json=GOOD | {"exclude": None}))
    own = GOOD | {"name": "own", "precedence": None, "session_duration": None}
    body = APP | {"policies": [own, {"id": reusable["id"], "precedence": None}]}
    app = made(http.post(apps, json=body | {"destinations": None, "nobody_knows": None}))
    assert len(app["policies"]) == 2
    kept = http.put(f"{apps}/{app['id']}", json=APP | {"policies": None}).json()["result"]
    assert [it["id"] for it in kept["policies"]] == [it["id"] for it in app["policies"]]
    rule = {"email": {"email": "a@example.com", "nobody_knows": None}, "group": None}
    group = {"name": "x", "include": [rule], "require": None, "is_default": None}
    assert made(http.post(f"{account}/access/groups", json=group))["include"] == [
        {"email": {"email": "a@example.com"}}
    ]
    granted = {"name": "Staff", "policies": [grant(whole(http, account)) | {"id": None}]}
    staff = result(http.post(f"{account}/iam/user_groups", json=granted))
    one = f"{account}/iam/user_groups/{staff['id']}"
    assert result(http.put(one, json={"name": "People", "policies": None}))["policies"]
    everything = {"name": "All", "scope": scope(cloudflare)}
    all_of_it = result(http.post(f"{account}/iam/resource_groups", json=everything))
    one = f"{account}/iam/resource_groups/{all_of_it['id']}"
    assert result(http.put(one, json={"name": "x", "scope": None}))["name"] == "x"


FOREIGN: list[tuple[dict[str, Any], str]] = [
    (APP | {"saas_app": {"auth_type": "saml"}, "bg_color": "#000"}, "unknown field saas_app"),
    ({"type": "bookmark", "domain": "x.org", "mfa_config": {}}, "unknown field mfa_config"),
    ({"type": "warp", "allow_authenticate_via_warp": False}, "unknown field allow_auth"),
    (
        {"type": "saas", "saas_app": {"auth_type": "saml", "redirect_uris": ["x"]}},
        "unknown field saas_app.redirect_uris",
    ),
    (
        APP | {"destinations": [{"type": "public", "uri": "app.example.com", "port_range": "1"}]},
        "unknown field destinations.0.port_range",
    ),
    (
        APP
        | {
            "scim_config": {
                "idp_uid": "x",
                "remote_uri": "https://x.org",
                "authentication": {"scheme": "oauthbearertoken", "token": "t", "user": "u"},
            }
        },
        "unknown field scim_config.authentication.user",
    ),
    (APP | {"policies": [GOOD | {"connection_rules": {"ssh": {"usernames": []}}}]}, ""),
    (
        {
            "type": "infrastructure",
            "target_criteria": [{"port": 22, "protocol": "SSH", "target_attributes": {}}],
            "policies": [GOOD | {"approval_required": True}],
        },
        "unknown field approval_required",
    ),
]


@pytest.mark.parametrize(("body", "detail"), [it for it in FOREIGN if it[1]])
def test_fields_of_other_types_are_ignored_or_refused(
    cloudflare: LocalCloudflare, http: httpx.Client, apps: str, body: Any, detail: str
) -> None:
    app = made(http.post(apps, json=body))
    name = detail.removeprefix("unknown field ").rpartition(".")[2]
    assert f'"{name}' not in http.get(f"{apps}/{app['id']}").text
    cloudflare.switches.foreign_fields = "refuse"
    [(_, message)] = errors(http.put(f"{apps}/{app['id']}", json=body))[:1]
    assert detail in message
    assert "unknown field" in errors(http.post(apps, json=APP | {"nobody_knows": 1}))[0][1]


TAKEN: list[dict[str, Any]] = [
    {"type": "saas", "session_duration": "24h", "allow_authenticate_via_warp": True},
    {"type": "dash_sso", "session_duration": "24h", "allow_authenticate_via_warp": False},
    {"type": "mcp_portal", "self_hosted_domains": ["p.example.com"]},
    {"type": "warp", "name": "Warp Login App", "session_duration": "0"},
    {"type": "app_launcher", "name": "Ours"},
    {"type": "self_hosted", "destinations": [{"uri": "a.example.com"}]},
    {"type": "bookmark"},
    {"type": "proxy_endpoint"},
    APP | {"session_duration": ".5h"},
    APP | {"session_duration": "1.h5\u03bcs"},
    APP | {"session_duration": "+5\u00b5s"},
    APP | {"auto_redirect_to_identity": True},
    APP | {"policies": [GOOD, GOOD]},
]


@pytest.mark.parametrize("body", TAKEN, ids=str)
def test_what_live_programs_send_is_taken(
    cloudflare: LocalCloudflare, http: httpx.Client, apps: str, body: Any
) -> None:
    cloudflare.switches.foreign_fields = "refuse"
    app = made(http.post(apps, json=body))
    if "session_duration" in body:
        assert app["session_duration"] == body["session_duration"]
    assert http.put(f"{apps}/{app['id']}", json=body).status_code == 200


RULES: list[dict[str, Any]] = [
    {"geo": {"country_code": "T1"}},
    {"saml": {"attribute_name": "a", "attribute_value": "b"}},
    {"device_posture": {"integration_uid": "test-device-posture-uid"}},
    {"ip_list": {"id": "offices"}},
    {"service_token": {"token_id": "a token"}},
    {"okta": {"name": "a", "identity_provider_id": "okta"}},
]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_rules_that_live_programs_send_are_taken(
    http: httpx.Client, account: str, rule: Any
) -> None:
    group = made(http.post(f"{account}/access/groups", json={"name": "x", "include": [rule]}))
    assert group["include"] == [rule]


@pytest.mark.parametrize("address", ["fe80::1%eth0", "192.0.2.0/255.255.255.0", "10.0.0.0/+8"])
def test_what_is_no_network_is_refused(http: httpx.Client, account: str, address: str) -> None:
    group = {"name": "x", "include": [{"ip": {"ip": address}}]}
    assert refusal(http.post(f"{account}/access/groups", json=group)) == (
        "ip.ip should be an IP address or CIDR block"
    )
    destinations = [{"type": "private", "cidr": address}]
    body = {"type": "self_hosted", "destinations": destinations}
    assert refusal(http.post(f"{account}/access/apps", json=body)) == (
        "destinations.0.cidr field should be an IP address or CIDR block"
    )


def test_all_zones_are_a_scope(
    cloudflare: LocalCloudflare, http: httpx.Client, account: str
) -> None:
    body = {"name": "x", "scope": scope(cloudflare, "com.cloudflare.api.account.zone.*")}
    assert result(http.post(f"{account}/iam/resource_groups", json=body))["scope"] == body["scope"]


def test_a_place_is_answered_in_all_three_ways_also_plainly(
    cloudflare: LocalCloudflare, http: httpx.Client, apps: str
) -> None:
    cloudflare.switches.plain = True
    public = [{"type": "public", "uri": "app.example.com"}]
    tied = {
        "domain": "app.example.com",
        "destinations": public,
        "self_hosted_domains": ["app.example.com"],
    }
    for name, said in tied.items():
        app = made(http.post(apps, json={"type": "self_hosted", name: said}))
        assert {place: app[place] for place in tied} == tied
        http.delete(f"{apps}/{app['id']}")


def test_a_host_outside_the_accounts_zones_is_taken_or_refused(
    cloudflare: LocalCloudflare, http: httpx.Client, apps: str
) -> None:
    elsewhere = {"type": "self_hosted", "domain": "app.elsewhere.org/x"}
    http.delete(f"{apps}/{made(http.post(apps, json=elsewhere))['id']}")
    cloudflare.switches.foreign_domains = "refuse"
    assert refusal(http.post(apps, json=elsewhere)) == "domain does not belong to zone"
    mixed = [{"uri": "app.example.com"}, {"uri": "app.elsewhere.org"}]
    for fields in (
        {"destinations": mixed},
        {"self_hosted_domains": ["app.example.com", "notexample.com"]},
    ):
        refused = http.post(apps, json={"type": "self_hosted"} | fields)
        assert refusal(refused) == "domain does not belong to zone"
    private = [{"type": "private", "hostname": "db.internal"}]
    made(http.post(apps, json={"type": "self_hosted", "domain": "a.example.com"}))
    made(http.post(apps, json={"type": "self_hosted", "destinations": private}))
    made(http.post(apps, json={"type": "bookmark", "domain": "elsewhere.org"}))
    cloudflare.add_zone(name="elsewhere.org")
    made(http.post(apps, json=elsewhere))


CORS: list[tuple[dict[str, Any], str | None]] = [
    ({"allow_all_origins": True}, "access.api.error.invalid_cors_methods"),
    ({"allowed_origins": ["https://x.org"]}, "access.api.error.invalid_cors_methods"),
    (
        {"allow_all_methods": True, "allow_all_origins": True, "allow_credentials": True},
        "access.api.error.invalid_cors_credentials",
    ),
    (
        {"allowed_methods": ["GET"], "allowed_origins": ["*"], "allow_credentials": True},
        "access.api.error.invalid_cors_credentials",
    ),
    ({"allow_all_methods": True, "allow_all_origins": True}, None),
    (
        {
            "allowed_methods": ["GET"],
            "allowed_origins": ["https://x.org"],
            "allow_credentials": True,
        },
        None,
    ),
]


@pytest.mark.parametrize(("headers", "word"), CORS)
def test_cors_headers_that_browsers_refuse_are_refused(
    http: httpx.Client, apps: str, headers: Any, word: str | None
) -> None:
    answer = http.post(apps, json=APP | {"cors_headers": headers})
    assert answer.status_code == (400 if word else 201)
    assert errors(answer) == ([(12057, word)] if word else [])


SCHEMES = [
    ({"scheme": "httpbasic", "user": "u"}, "password is a required field"),
    ({"scheme": "oauthbearertoken"}, "token is a required field"),
    (
        {"scheme": "oauth2", "authorization_url": "a", "client_id": "b", "client_secret": "c"},
        "token_url is a required field",
    ),
]


@pytest.mark.parametrize(("authentication", "detail"), SCHEMES)
def test_credentials_of_scim_are_whole(
    http: httpx.Client, apps: str, authentication: Any, detail: str
) -> None:
    scim = {"idp_uid": "x", "remote_uri": "y", "authentication": authentication}
    assert refusal(http.post(apps, json=APP | {"scim_config": scim})) == detail


def test_mappings_of_scim_have_a_known_schema(http: httpx.Client, apps: str) -> None:
    scim = {"idp_uid": "x", "remote_uri": "https://x.org"}
    user = "urn:ietf:params:scim:schemas:core:2.0:User"
    taken = scim | {"mappings": [{"schema": user}]}
    made(http.post(apps, json=APP | {"scim_config": taken}))
    wrong = scim | {"mappings": [{"schema": user.removeprefix("urn:")}]}
    body = {"type": "saas", "saas_app": {}, "scim_config": wrong}
    assert "invalid SCIM schema in mappings" in refusal(http.post(apps, json=body))


def test_answers_fill_in_what_live_answers_fill_in(
    http: httpx.Client, account: str, apps: str
) -> None:
    app = made(http.post(apps, json=APP | {"mfa_config": {"session_duration": "1h"}}))
    assert app["mfa_config"] == {"session_duration": "1h", "mfa_disabled": False}
    mfa = {"mfa_config": {"allowed_authenticators": ["totp"]}}
    policy = made(http.post(f"{account}/access/policies", json=GOOD | mfa))
    assert policy["mfa_config"]["mfa_disabled"] is False
    oidc = {"type": "saas", "saas_app": {"auth_type": "oidc"}}
    assert made(http.post(apps, json=oidc))["saas_app"]["access_token_lifetime"] == FIVE_MINUTES
    saml = made(http.post(apps, json={"type": "saas", "saas_app": {}}))
    assert "access_token_lifetime" not in saml["saas_app"]


def test_tags_have_routes_and_an_order(http: httpx.Client, account: str, apps: str) -> None:
    tags = f"{account}/access/tags"
    for name in ("ccc", "aaa", "bbb"):
        assert made(http.post(tags, json={"name": name}))["name"] == name
    assert [(code, message) for code, message in errors(http.post(tags, json={"name": "aaa"}))] == [
        (12132, "access.api.error.conflict: tag already exists")
    ]
    app = made(http.post(apps, json=APP | {"tags": ["ccc", "aaa"]}))
    assert app["tags"] == ["aaa", "ccc"]
    listed = http.get(tags).json()["result"]
    assert [(tag["name"], tag["app_count"]) for tag in listed] == [
        ("aaa", 1),
        ("bbb", 0),
        ("ccc", 1),
    ]
    assert http.put(f"{tags}/aaa", json={"name": "zzz"}).json()["result"]["name"] == "zzz"
    assert http.get(f"{apps}/{app['id']}").json()["result"]["tags"] == ["ccc", "zzz"]
    gone = http.delete(f"{tags}/ccc")
    assert (gone.status_code, gone.json()["result"]) == (202, {"name": "ccc"})
    assert http.get(f"{apps}/{app['id']}").json()["result"]["tags"] == ["zzz"]
    assert http.get(f"{tags}/ccc").status_code == 404
    refused = http.post(apps, json=APP | {"domain": "b.example.com", "tags": ["ccc"]})
    assert refusal(refused) == "tags contain a tag that does not exist"


def test_the_official_sdk_drives_every_route_of_tags(cloudflare: LocalCloudflare) -> None:
    of = {"account_id": cloudflare.account_id}
    client: Any = sdk.Cloudflare(api_token=cloudflare.token, base_url=cloudflare.base_url)
    with client:
        tags = client.zero_trust.access.tags
        assert tags.create(name="engineers", **of).name == "engineers"
        assert tags.update("engineers", name="staff", **of).name == "staff"
        assert tags.get("staff", **of).name == "staff"
        assert [tag.name for tag in tags.list(**of)] == ["staff"]
        assert tags.delete("staff", **of).name == "staff"


@pytest.mark.parametrize("switch", ["one_provider", "one_allowed"])
def test_a_redirect_needs_one_place_to_go(
    cloudflare: LocalCloudflare, http: httpx.Client, apps: str, switch: Any
) -> None:
    cloudflare.switches.auto_redirect = switch
    words = "auto_redirect_to_identity requires exactly one of allowed_idps"
    redirecting = APP | {"auto_redirect_to_identity": True}

    def outcome(**fields: Any) -> str | None:
        answer = http.post(apps, json=redirecting | fields)
        if answer.status_code != 201:
            return refusal(answer)
        http.delete(f"{apps}/{answer.json()['result']['id']}")
        return None

    assert outcome(allowed_idps=["a"]) is None
    assert outcome(allowed_idps=["a", "b"]) == words
    cloudflare.seed({"access/identity_providers": [{"name": "Code", "type": "onetimepin"}]})
    assert outcome() == (None if switch == "one_provider" else words)
    cloudflare.seed({"access/identity_providers": [{"name": "Okta", "type": "okta"}]})
    assert outcome() == words


def test_a_new_sso_connector_may_say_that_it_is_not_enabled(
    http: httpx.Client, account: str
) -> None:
    body = {"email_domain": "a.example.com", "begin_verification": False, "enabled": False}
    made_ = result(http.post(f"{account}/sso_connectors", json=body))
    assert made_["updated_on"] == made_["created_on"]
    assert made_["enabled"] is False
    changed = {"use_fedramp_language": True, "enabled": None}
    one = f"{account}/sso_connectors/{made_['id']}"
    assert result(http.patch(one, json=changed))["use_fedramp_language"] is True


KEPT: dict[str, dict[str, Any]] = {
    "sso_connectors": {"email_domain": "example.com"},
    "members": {"email": "ada@example.com", "policies": []},
}


@pytest.mark.parametrize("collection", KEPT)
@pytest.mark.parametrize("switch", ["refuse", "ignore", "keep"])
def test_what_nobody_knows_is_refused_taken_or_kept_in_these_too(
    cloudflare: LocalCloudflare, http: httpx.Client, account: str, collection: str, switch: Any
) -> None:
    cloudflare.switches.unknown_fields = switch
    answer = http.post(f"{account}/{collection}", json=KEPT[collection] | {"new": {"a": 1}})
    assert answer.is_success is (switch != "refuse")
    if answer.is_success:
        one = result(http.get(f"{account}/{collection}/{answer.json()['result']['id']}"))
        assert one.get("new") == ({"a": 1} if switch == "keep" else None)


def test_where_nobody_has_switched_zero_trust_on_access_answers_nothing(
    cloudflare: LocalCloudflare, http: httpx.Client, account: str
) -> None:
    cloudflare.switches.zero_trust = False
    for answer in (
        http.get(f"{account}/access/groups"),
        http.post(f"{account}/access/apps", json=APP),
        http.get(f"{account}/access/identity_providers/{MISSING}"),
    ):
        assert [code for code, _ in errors(answer)] == [9999]
    assert http.get(f"{account}/iam/user_groups").status_code == 200
    cloudflare.switches.zero_trust = True
    assert http.get(f"{account}/access/groups").status_code == 200


def test_an_update_that_drops_own_policies_collects_them(
    cloudflare: LocalCloudflare, http: httpx.Client, account: str, apps: str
) -> None:
    reusable = made(http.post(f"{account}/access/policies", json=GOOD | {"include": [EVERYONE]}))
    mixed = [GOOD | {"name": "own"}, {"id": reusable["id"]}]
    for collect, left in ((True, ["Engineers"]), (False, ["Engineers", "own"])):
        cloudflare.switches.collect_dropped_policies = collect
        one = f"{apps}/{made(http.post(apps, json=APP | {'policies': mixed}))['id']}"
        put = http.put(one, json=APP | {"policies": [reusable["id"]]}).json()["result"]
        assert sorted(policy["name"] for policy in put["policies"]) == left
        http.delete(one)
    cloudflare.switches.mixed_policies = "refuse"
    assert "mutually exclusive" in refusal(http.post(apps, json=APP | {"policies": mixed}))
