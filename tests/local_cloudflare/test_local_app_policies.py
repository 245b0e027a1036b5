from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from local_cloudflare.test_local_policies import EVERYONE, GOOD, MISSING, errors, made, refusal

if TYPE_CHECKING:
    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

_numbers = itertools.count()


@pytest.fixture(params=["account", "zone"])
def apps(request: pytest.FixtureRequest, cloudflare: LocalCloudflare) -> str:
    if request.param == "account":
        return f"/accounts/{cloudflare.account_id}/access/apps"
    return f"/zones/{cloudflare.zone_id}/access/apps"


@pytest.fixture
def reusable(http: httpx.Client, account: str) -> list[str]:
    return [
        made(http.post(f"{account}/access/policies", json=GOOD | {"name": name}))["id"]
        for name in ("A", "B")
    ]


def create(http: httpx.Client, apps: str, **fields: Any) -> str:
    body = {"type": "self_hosted", "domain": f"{next(_numbers)}.example.com"}
    return f"{apps}/{made(http.post(apps, json=body | fields))['id']}"


def put(http: httpx.Client, app: str, **fields: Any) -> httpx.Response:
    domain = http.get(app).json()["result"]["domain"]
    return http.put(app, json={"type": "self_hosted", "domain": domain} | fields)


def places(http: httpx.Client, app: str) -> list[tuple[str, int, bool]]:
    listed = http.get(f"{app}/policies").json()["result"]
    assert http.get(app).json()["result"]["policies"] is not None
    expanded = http.get(app).json()["result"]["policies"]
    assert [policy["id"] for policy in expanded] == [policy["id"] for policy in listed]
    return [(policy["name"], policy["precedence"], policy["reusable"]) for policy in listed]


def own(http: httpx.Client, app: str, name: str, **fields: Any) -> str:
    policy_id: str = made(http.post(f"{app}/policies", json=GOOD | {"name": name} | fields))["id"]
    return policy_id


def test_an_owned_policy_is_created_read_replaced_and_deleted(
    http: httpx.Client, apps: str, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.plain = True
    app = create(http, apps)
    policy = made(http.post(f"{app}/policies", json=GOOD | {"precedence": 0}))
    assert policy == GOOD | {
        "id": policy["id"],
        "exclude": [],
        "require": [],
        "session_duration": "24h",
        "precedence": 0,
        "reusable": False,
        "created_at": policy["created_at"],
        "updated_at": policy["created_at"],
    }
    one = f"{app}/policies/{policy['id']}"
    assert http.get(one).json()["result"] == policy
    replaced = http.put(one, json=GOOD | {"name": "Staff", "precedence": 7}).json()["result"]
    assert (replaced["name"], replaced["precedence"]) == ("Staff", 7)
    deleted = http.delete(one)
    assert deleted.status_code == 202
    assert deleted.json()["result"] == {"id": policy["id"]}
    assert places(http, app) == []


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE"])
def test_a_policy_of_another_application_is_not_found(
    http: httpx.Client, apps: str, verb: str
) -> None:
    policy = own(http, create(http, apps), "x")
    body = GOOD if verb == "PUT" else None
    for path in (f"{create(http, apps)}/policies/{policy}", f"{apps}/{MISSING}/policies/{policy}"):
        response = http.request(verb, path, json=body)
        assert response.status_code == 404
        assert errors(response) == [(12135, "access.api.error.not_found")]


def test_a_precedence_can_be_taken_once(http: httpx.Client, apps: str) -> None:
    app = create(http, apps)
    own(http, app, "first", precedence=0)
    second = own(http, app, "second", precedence=1)
    taken = "policy precedences must be unique"
    assert refusal(http.post(f"{app}/policies", json=GOOD | {"precedence": 1})) == taken
    one = f"{app}/policies/{second}"
    assert refusal(http.put(one, json=GOOD | {"precedence": 0})) == taken
    assert http.put(one, json=GOOD | {"name": "second", "precedence": 1}).status_code == 200
    assert places(http, app) == [("first", 0, False), ("second", 1, False)]


def test_without_a_precedence_a_new_policy_comes_last_and_an_old_one_stays(
    http: httpx.Client, apps: str
) -> None:
    app = create(http, apps)
    first = own(http, app, "first")
    own(http, app, "second", precedence=9)
    own(http, app, "third")
    assert http.put(f"{app}/policies/{first}", json=GOOD).status_code == 200
    assert [(name, place) for name, place, _ in places(http, app)] == [
        ("Engineers", 1),
        ("second", 9),
        ("third", 10),
    ]


@pytest.mark.parametrize(
    ("precedence", "detail"),
    [
        (-1, "precedence field should be at least 0"),
        (1.5, "precedence field should be an integer"),
        ("1", "precedence field should be an integer"),
    ],
)
def test_a_precedence_is_a_number_from_0(
    http: httpx.Client, apps: str, precedence: Any, detail: str
) -> None:
    policies = f"{create(http, apps)}/policies"
    assert refusal(http.post(policies, json=GOOD | {"precedence": precedence})) == detail


def test_a_bare_reusable_id_is_no_policy(
    http: httpx.Client, apps: str, reusable: list[str]
) -> None:
    policies = f"{create(http, apps)}/policies"
    for body in ({"id": reusable[0]}, {"id": reusable[0], "precedence": 1}):
        assert refusal(http.post(policies, json=body)) == "unrecognized policy decision"


def test_reusable_policies_are_attached_in_order(
    http: httpx.Client, apps: str, reusable: list[str]
) -> None:
    first, second = reusable
    app = create(http, apps, policies=[second, first])
    assert places(http, app) == [("B", 1, True), ("A", 2, True)]
    put(http, app, policies=[{"id": first, "precedence": 0}, {"id": second}])
    assert places(http, app) == [("A", 0, True), ("B", 1, True)]
    put(http, app, policies=[first])
    assert places(http, app) == [("A", 1, True)]
    put(http, app, policies=[])
    assert places(http, app) == []


@pytest.mark.parametrize("absent", [{}, {"policies": None}])
def test_a_put_without_policies_changes_none(
    http: httpx.Client, apps: str, reusable: list[str], absent: dict[str, None]
) -> None:
    app = create(http, apps, policies=reusable)
    own(http, app, "own", precedence=0)
    assert put(http, app, **absent).status_code == 200
    assert places(http, app) == [("own", 0, False), ("A", 1, True), ("B", 2, True)]


def test_owned_policies_that_a_list_leaves_out_are_collected(
    http: httpx.Client, apps: str, reusable: list[str], cloudflare: LocalCloudflare
) -> None:
    first, second = reusable
    app = create(http, apps)
    kept, lost = own(http, app, "kept", precedence=1), own(http, app, "lost", precedence=2)
    put(http, app, policies=[second, {"id": kept, "precedence": 7}, first])
    assert places(http, app) == [("B", 1, True), ("kept", 7, False), ("A", 8, True)]
    assert http.get(f"{app}/policies/{lost}").status_code == 404
    put(http, app, policies=[])
    assert places(http, app) == []
    cloudflare.switches.collect_dropped_policies = False
    mine = own(http, app, "mine", precedence=1)
    put(http, app, policies=reusable)
    assert places(http, app) == [("mine", 1, False), ("A", 2, True), ("B", 3, True)]
    put(http, app, policies=[first, mine])
    assert places(http, app) == [("A", 1, True), ("mine", 2, False)]


def test_policies_of_both_kinds_are_one_list(
    http: httpx.Client, apps: str, reusable: list[str], cloudflare: LocalCloudflare
) -> None:
    first, second = reusable
    # As in Terraform's acceptance test: two of its own around a reusable one.
    own_1, own_2 = GOOD | {"name": "x", "precedence": 2}, GOOD | {"name": "y"}
    both = [own_1, {"id": first, "precedence": 4}, own_2]
    app = create(http, apps, policies=both)
    assert places(http, app) == [("x", 2, False), ("A", 4, True), ("y", 5, False)]
    ids = [policy["id"] for policy in http.get(f"{app}/policies").json()["result"]]
    put(http, app, policies=[ids[2], second, ids[0]])
    assert places(http, app) == [("y", 1, False), ("B", 2, True), ("x", 3, False)]
    cloudflare.switches.mixed_policies = "refuse"
    exclusive = "reusable and inline policies are mutually exclusive"
    for policies in (both, [ids[2], second]):
        assert refusal(put(http, app, policies=policies)) == exclusive
    assert (
        refusal(http.post(apps, json={"type": "vnc", "domain": "x.example.com", "policies": both}))
        == exclusive
    )


def test_inline_policies_are_owned_and_replaced_by_the_next_ones(
    http: httpx.Client, apps: str
) -> None:
    app = create(http, apps, policies=[GOOD | {"name": "x"}, GOOD | {"name": "y"}])
    assert places(http, app) == [("x", 1, False), ("y", 2, False)]
    ids = [policy["id"] for policy in http.get(f"{app}/policies").json()["result"]]
    put(http, app, policies=[GOOD | {"name": "z"}, GOOD | {"name": "xx", "id": ids[0]}])
    assert places(http, app) == [("z", 1, False), ("xx", 2, False)]
    assert http.get(f"{app}/policies").json()["result"][1]["id"] == ids[0]
    assert http.get(f"{app}/policies/{ids[1]}").status_code == 404


def test_policies_of_an_application_are_refused_for_many_reasons(
    http: httpx.Client, apps: str, reusable: list[str], cloudflare: LocalCloudflare
) -> None:
    first, second = reusable
    app = create(http, apps, policies=[first])
    mine = own(http, app, "own", precedence=5)
    unknown = "policies contain a policy that does not exist"
    unique = "policy precedences must be unique"
    for policies, detail in (
        ([MISSING], unknown),
        ([mine, mine], "policies contain a policy more than once"),
        ([GOOD | {"id": MISSING}], unknown),
        ([first, first], "policies contain a policy more than once"),
        (
            [{"id": first, "precedence": 2}, {"id": second, "precedence": 2}],
            unique,
        ),
        ([{"id": first, "precedence": 5}, {"id": mine, "precedence": 5}], unique),
        ([{"precedence": 1}], "id field should not be empty"),
        ([7], "policies should be ids or objects"),
        ("x", "policies field should be a list"),
        ([{"id": first, "account_id": "x"}], "account_id field should be the id of this account"),
        ([GOOD | {"decision": "x"}], "unrecognized policy decision"),
        ([GOOD | {"x": 1}], "unknown field x"),
    ):
        assert refusal(put(http, app, policies=policies)) == detail
    assert places(http, app) == [("A", 1, True), ("own", 5, False)]
    right = {"id": first, "account_id": cloudflare.account_id}
    assert put(http, app, policies=[right]).status_code == 200


def test_a_policy_of_another_account_cannot_be_attached(
    http: httpx.Client, apps: str, cloudflare: LocalCloudflare
) -> None:
    other = cloudflare.add_account()
    seed = {"accounts": {other.id: {"access/policies": [GOOD | {"id": MISSING}]}}}
    cloudflare.seed(seed)
    body = {"type": "self_hosted", "domain": "x.example.com", "policies": [MISSING]}
    assert refusal(http.post(apps, json=body)) == "policies contain a policy that does not exist"
    assert http.get(apps).json()["result"] == []


@pytest.mark.parametrize("verb", ["PUT", "DELETE"])
def test_a_reusable_policy_is_read_but_not_written_at_the_application(
    http: httpx.Client, apps: str, reusable: list[str], verb: str
) -> None:
    app = create(http, apps, policies=reusable)
    one = f"{app}/policies/{reusable[0]}"
    assert http.get(one).json()["result"]["reusable"] is True
    response = http.request(verb, one, json=GOOD if verb == "PUT" else None)
    assert refusal(response) == "policy is reusable: its route is access/policies"


def test_an_owned_policy_becomes_reusable_where_it_is(http: httpx.Client, account: str) -> None:
    app = create(http, f"{account}/access/apps")
    own(http, app, "before")
    policy = own(http, app, "mine")
    answer = http.put(f"{app}/policies/{policy}/make_reusable")
    assert answer.status_code == 200
    assert [entry["id"] for entry in answer.json()["result"]] == [policy]
    assert places(http, app) == [("before", 1, False), ("mine", 2, True)]
    shared = http.get(f"{account}/access/policies/{policy}").json()["result"]
    assert (shared["name"], shared["reusable"], shared["app_count"]) == ("mine", True, 1)
    again = http.put(f"{app}/policies/{policy}/make_reusable")
    assert refusal(again) == "policy is reusable: its route is access/policies"
    http.delete(app)
    assert http.get(f"{account}/access/policies/{policy}").status_code == 200


def test_nothing_becomes_reusable_in_a_zone(
    http: httpx.Client, cloudflare: LocalCloudflare
) -> None:
    app = create(http, f"/zones/{cloudflare.zone_id}/access/apps")
    answer = http.put(f"{app}/policies/{own(http, app, 'x')}/make_reusable")
    assert answer.json()["errors"][0]["code"] == 7003


def test_owned_policies_go_with_their_application(http: httpx.Client, apps: str) -> None:
    app = create(http, apps)
    groups = apps.replace("apps", "groups")
    group = made(http.post(groups, json={"name": "x", "include": [EVERYONE]}))["id"]
    own(http, app, "x", include=[{"group": {"id": group}}])
    assert http.delete(f"{groups}/{group}").status_code == 409
    assert http.delete(app).status_code == 202
    assert http.delete(f"{groups}/{group}").status_code == 202


def test_a_group_of_the_account_cannot_be_named_in_the_zones_policies(
    http: httpx.Client, account: str, cloudflare: LocalCloudflare
) -> None:
    group = made(http.post(f"{account}/access/groups", json={"name": "x", "include": [EVERYONE]}))
    app = create(http, f"/zones/{cloudflare.zone_id}/access/apps")
    body = GOOD | {"include": [{"group": {"id": group["id"]}}]}
    loaded = [(11020, "access.api.error.failed_to_load_group")]
    assert errors(http.post(f"{app}/policies", json=body)) == loaded
    assert errors(put(http, app, policies=[body])) == loaded


def test_policies_of_infrastructure_are_of_their_own_kind(
    http: httpx.Client, account: str, reusable: list[str]
) -> None:
    apps = f"{account}/access/apps"
    target = {"port": 22, "protocol": "SSH", "target_attributes": {"hostname": ["a"]}}
    body = {"type": "infrastructure", "target_criteria": [target]}
    policy = GOOD | {
        "connection_rules": {"ssh": {"usernames": ["root"], "allow_email_alias": True}},
        "mfa_config": {"allowed_authenticators": ["piv_key"]},
    }
    app = made(http.post(apps, json=body | {"policies": [policy]}))
    [shown] = app["policies"]
    assert shown["connection_rules"]["ssh"]["usernames"] == ["root"]
    assert "session_duration" not in shown
    assert refusal(http.post(apps, json=body | {"policies": reusable[:1]})) == (
        "infrastructure applications can only have policies of their own"
    )
    policies = f"{apps}/{app['id']}/policies"
    assert refusal(http.post(policies, json=policy | {"decision": "deny"})) == (
        "infrastructure applications can only have decision allow"
    )
    assert refusal(http.post(policies, json=policy | {"session_duration": "1h"})) == (
        "unknown field session_duration"
    )
    assert refusal(http.put(f"{policies}/{shown['id']}/make_reusable")) == (
        "policies of infrastructure applications stay theirs"
    )


def test_a_long_list_comes_in_pages_and_in_order(http: httpx.Client, apps: str) -> None:
    app = create(http, apps)
    for precedence in (3, 1, 2):
        own(http, app, str(precedence), precedence=precedence)
    answer = http.get(f"{app}/policies", params={"page": 1, "per_page": 2}).json()
    assert [policy["name"] for policy in answer["result"]] == ["1", "2"]
    assert http.get(f"{app}/policies").json()["result_info"]["per_page"] == 200
