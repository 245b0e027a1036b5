from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

EVERYONE: dict[str, Any] = {"everyone": {}}
GOOD = {"name": "Engineers", "decision": "allow", "include": [EVERYONE]}
MISSING = "11111111-1111-4111-8111-111111111111"
LINKED = {"linked_app_token": {"app_uid": MISSING}}


def errors(response: httpx.Response) -> list[tuple[int, str]]:
    return [(error["code"], error["message"]) for error in response.json()["errors"]]


def refusal(response: httpx.Response) -> str:
    [(code, message)] = errors(response)
    assert (response.status_code, code) == (400, 12130)
    return message.removeprefix("access.api.error.invalid_request: ")


def made(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 201, response.text
    result: dict[str, Any] = response.json()["result"]
    return result


@pytest.fixture
def policies(account: str) -> str:
    return f"{account}/access/policies"


def test_a_policy_is_created_read_replaced_and_deleted(
    http: httpx.Client, policies: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    whole = GOOD | {
        "exclude": [{"geo": {"country_code": "NL"}}],
        "require": [EVERYONE],
        "approval_required": True,
        "approval_groups": [{"approvals_needed": 1, "email_addresses": ["a@b.c"]}],
        "connection_rules": {
            "rdp": {
                "allowed_clipboard_local_to_remote_formats": ["text", "file"],
                "allowed_clipboard_remote_to_local_formats": ["text"],
            }
        },
        "isolation_required": True,
        "mfa_config": {
            "allowed_authenticators": ["totp"],
            "mfa_disabled": False,
            "session_duration": "0m",
        },
        "purpose_justification_required": True,
        "purpose_justification_prompt": "Why?",
        "session_duration": "1h30m",
    }
    policy = made(http.post(policies, json=whole))
    assert policy == whole | {
        "id": policy["id"],
        "reusable": True,
        "app_count": 0,
        "created_at": policy["created_at"],
        "updated_at": policy["created_at"],
    }
    one = f"{policies}/{policy['id']}"
    assert http.get(one).json()["result"] == policy
    replaced = http.put(one, json=GOOD).json()["result"]
    assert replaced == GOOD | {
        "id": policy["id"],
        "exclude": [],
        "require": [],
        "session_duration": "24h",
        "reusable": True,
        "app_count": 0,
        "created_at": policy["created_at"],
        "updated_at": replaced["updated_at"],
    }
    deleted = http.delete(one)
    assert deleted.status_code == 202
    assert deleted.json()["result"] == {"id": policy["id"]}
    assert http.get(policies).json()["result"] == []


def test_a_session_of_null_is_the_default(http: httpx.Client, policies: str) -> None:
    policy = made(http.post(policies, json=GOOD | {"session_duration": None}))
    assert policy["session_duration"] == "24h"


def test_zones_have_no_reusable_policies(http: httpx.Client, cloudflare: LocalCloudflare) -> None:
    answer = http.get(f"/zones/{cloudflare.zone_id}/access/policies")
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["code"] == 7003
    with pytest.raises(ValueError, match="access/policies are an account's"):
        cloudflare.seed({"zones": {cloudflare.zone_id: {"access/policies": [GOOD]}}})


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE"])
def test_a_policy_that_is_not_there_is_not_found(
    http: httpx.Client, policies: str, verb: str
) -> None:
    response = http.request(verb, f"{policies}/{MISSING}", json=GOOD if verb == "PUT" else None)
    assert response.status_code == 404
    assert errors(response) == [(12135, "access.api.error.not_found")]


REFUSED: list[tuple[Any, str]] = [
    (GOOD | {"include": []}, "include field should not be empty"),
    (GOOD | {"name": ""}, "name field should not be empty"),
    (GOOD | {"decision": "block"}, "unrecognized policy decision"),
    ({"name": "x", "include": [EVERYONE]}, "unrecognized policy decision"),
    (GOOD | {"precedence": 1}, "unknown field precedence"),
    (GOOD | {"reusable": True}, "unknown field reusable"),
    (GOOD | {"include": [{"emial": {}}]}, "unknown selector emial"),
    (
        GOOD | {"include": [LINKED]},
        "linked_app_token can only be used with decisions non_identity and bypass",
    ),
    (
        GOOD | {"decision": "deny", "require": [LINKED]},
        "linked_app_token can only be used with decisions non_identity and bypass",
    ),
    (
        GOOD | {"session_duration": "1 day"},
        "session_duration field should be a duration like 2h45m, in ns, us, µs, ms, s, m, h",
    ),
    (GOOD | {"session_duration": 24}, "session_duration field should be a string"),
    (GOOD | {"approval_required": "yes"}, "approval_required field should be a boolean"),
    (
        GOOD | {"approval_groups": [{}]},
        "approval_groups.0.approvals_needed field should not be empty",
    ),
    (
        GOOD | {"approval_groups": [{"approvals_needed": -1}]},
        "approval_groups.0.approvals_needed field should be at least 0",
    ),
    (
        GOOD | {"mfa_config": {"allowed_authenticators": ["sms"]}},
        "mfa_config.allowed_authenticators.0 field should be one of totp, biometrics, security_key",
    ),
    (
        GOOD | {"mfa_config": {"session_duration": "721h"}},
        "mfa_config.session_duration field should be at most 720h",
    ),
    (
        GOOD | {"mfa_config": {"session_duration": "30s"}},
        "mfa_config.session_duration field should be a duration like 2h45m, in m, h",
    ),
    (GOOD | {"connection_rules": {"ssh": {}}}, "unknown field connection_rules.ssh"),
]


@pytest.mark.parametrize(("body", "detail"), REFUSED)
def test_a_body_that_is_wrong_is_refused(
    http: httpx.Client, policies: str, body: Any, detail: str
) -> None:
    assert refusal(http.post(policies, json=body)) == detail
    one = f"{policies}/{made(http.post(policies, json=GOOD))['id']}"
    assert refusal(http.put(one, json=body)) == detail


@pytest.mark.parametrize("decision", ["non_identity", "bypass"])
def test_a_linked_application_is_for_two_decisions(
    http: httpx.Client, policies: str, decision: str
) -> None:
    made(http.post(policies, json=GOOD | {"decision": decision, "include": [LINKED]}))


def test_a_group_that_a_policy_names_is_there_and_in_use(
    http: httpx.Client, account: str, policies: str
) -> None:
    groups = f"{account}/access/groups"
    group = made(http.post(groups, json={"name": "x", "include": [EVERYONE]}))
    rule = {"group": {"id": group["id"]}}
    refused = http.post(policies, json=GOOD | {"require": [{"group": {"id": MISSING}}]})
    assert errors(refused) == [(11020, "access.api.error.failed_to_load_group")]
    policy = made(http.post(policies, json=GOOD | {"require": [rule]}))
    in_use = http.delete(f"{groups}/{group['id']}")
    assert in_use.status_code == 409
    assert errors(in_use) == [(12132, "access.api.error.conflict: group is in use")]
    http.delete(f"{policies}/{policy['id']}")
    assert http.delete(f"{groups}/{group['id']}").status_code == 202


def test_other_references_are_checked_if_told_so(
    http: httpx.Client, policies: str, cloudflare: LocalCloudflare
) -> None:
    seed = cloudflare.seed(
        {
            "access/identity_providers": [{"name": "Okta", "type": "okta"}],
            "access/service_tokens": [{"name": "CI"}],
            "access/apps": [{"type": "bookmark"}],
        }
    )
    provider, token, app = (
        seed[f"access/{kind}"][0]["id"] for kind in ("identity_providers", "service_tokens", "apps")
    )

    def rules(provider: str, token: str, app: str) -> list[Any]:
        return [
            {"login_method": {"id": provider}},
            {"okta": {"name": "staff", "identity_provider_id": provider}},
            {"service_token": {"token_id": token}},
            {"linked_app_token": {"app_uid": app}},
        ]

    body = GOOD | {"decision": "bypass"}
    made(http.post(policies, json=body | {"include": rules(MISSING, MISSING, MISSING)}))
    cloudflare.switches.check_references = True
    made(http.post(policies, json=body | {"include": rules(provider, token, app)}))
    for rule in rules(MISSING, MISSING, MISSING):
        refused = http.post(policies, json=body | {"include": [rule]})
        assert refused.status_code == 400
        assert errors(refused) == [(11020, "access.api.error.failed_to_load_group")]


def test_an_attached_policy_stays_and_counts_its_applications(
    http: httpx.Client, account: str, policies: str, cloudflare: LocalCloudflare
) -> None:
    policy = made(http.post(policies, json=GOOD))
    one = f"{policies}/{policy['id']}"
    apps = [f"{account}/access/apps", f"/zones/{cloudflare.zone_id}/access/apps"]
    made_apps = [
        made(
            http.post(
                app,
                json={
                    "type": "self_hosted",
                    "domain": f"{number}.example.com",
                    "policies": [policy["id"]],
                },
            )
        )
        for number, app in enumerate(apps)
    ]
    assert http.get(one).json()["result"]["app_count"] == 2
    refused = http.delete(one)
    assert refused.status_code == 409
    assert errors(refused) == [
        (12132, "access.api.error.conflict: policy is attached to an application")
    ]
    for apps_here, app in zip(apps, made_apps, strict=True):
        http.delete(f"{apps_here}/{app['id']}")
    assert http.get(one).json()["result"]["app_count"] == 0
    assert http.delete(one).status_code == 202


def test_a_change_of_a_policy_reaches_its_applications(
    http: httpx.Client, account: str, policies: str
) -> None:
    policy = made(http.post(policies, json=GOOD))
    app = made(
        http.post(f"{account}/access/apps", json={"type": "bookmark", "policies": [policy["id"]]})
    )
    http.put(f"{policies}/{policy['id']}", json=GOOD | {"name": "Staff"})
    answer = http.get(f"{account}/access/apps/{app['id']}").json()["result"]
    assert [entry["name"] for entry in answer["policies"]] == ["Staff"]


def test_an_account_holds_500_policies(
    http: httpx.Client, policies: str, cloudflare: LocalCloudflare
) -> None:
    assert cloudflare.switches.max_policies == 500
    cloudflare.switches.max_policies = 1
    made(http.post(policies, json=GOOD))
    assert refusal(http.post(policies, json=GOOD)) == "at most 1 policies are allowed"


def test_a_long_list_comes_in_pages(http: httpx.Client, policies: str) -> None:
    ids = [made(http.post(policies, json=GOOD))["id"] for _ in range(3)]
    answer = http.get(policies, params={"page": 2, "per_page": 2}).json()
    assert [policy["id"] for policy in answer["result"]] == ids[2:]
    assert http.get(policies).json()["result_info"]["per_page"] == 100


def test_a_seeded_policy_keeps_its_id(cloudflare: LocalCloudflare) -> None:
    [policy] = cloudflare.seed({"access/policies": [GOOD | {"id": MISSING}]})["access/policies"]
    assert (policy["id"], policy["name"], policy["session_duration"]) == (
        MISSING,
        "Engineers",
        "24h",
    )
    with pytest.raises(ValueError, match=f"there is a policy {MISSING} already"):
        cloudflare.seed({"access/policies": [GOOD | {"id": MISSING}]})
