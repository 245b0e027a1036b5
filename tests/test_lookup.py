"""Look-ups as functions: what they find, what they refuse, and what they ask the API for."""

from __future__ import annotations

import contextvars
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pulumi
import pytest
from pulumi.runtime import settings

import pulumi_cloudflare_access as cloudflare
from harness.program import resolved
from pulumi_cloudflare_access import LookUpError, rules
from pulumi_cloudflare_access.api.client import Client
from pulumi_cloudflare_access.errors import DeclarationError, DeniedError, SettingsError
from pulumi_cloudflare_access.program.references import POLICIES, refer_all
from pulumi_cloudflare_access.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_cloudflare_access import LocalCloudflare
    from pulumi_cloudflare_access.local_cloudflare import Account

EVERYONE: dict[str, Any] = {"everyone": {}}
IDS = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(10)]
SEED: dict[str, Any] = {
    "access/groups": [
        {
            "id": IDS[0],
            "name": "Staff",
            "include": [EVERYONE],
            "require": [{"geo": {"country_code": "DE"}}],
        },
        {"id": IDS[1], "name": "Twins", "include": [EVERYONE]},
        {"id": IDS[2], "name": "Twins", "include": [EVERYONE]},
    ],
    "access/policies": [
        {"id": IDS[3], "name": "Allow staff", "decision": "allow", "include": [EVERYONE]}
    ],
    "access/identity_providers": [
        {
            "id": IDS[4],
            "name": "Entra",
            "type": "azureAD",
            "config": {"client_secret": "hush", "client_id": "c"},
        }
    ],
    "access/service_tokens": [{"id": IDS[5], "name": "Robot", "client_id": "robot.access"}],
    "access/apps": [
        {
            "id": IDS[6],
            "type": "self_hosted",
            "name": "Wiki",
            "domain": "wiki.example.com",
            "tags": [],
            "policies": [{"id": IDS[3], "precedence": 1}],
        }
    ],
}


@pytest.fixture(autouse=True)
def program(program: LocalCloudflare) -> LocalCloudflare:
    """Be a program with objects to look up."""
    program.seed(SEED)
    return program


def asked(local: LocalCloudflare) -> list[str]:
    """Return what was asked for, without the account or zone and the page."""
    paths = [request["path"].partition("?")[0] for request in local.requests]
    return [path[path.index("access/") :] for path in paths]


# ------------------------------------------------------------------------------------- one object


@pytest.mark.parametrize(
    ("look_up", "name", "id_", "facts"),
    [
        (cloudflare.get_access_group, "Staff", IDS[0], {"include": [EVERYONE], "exclude": []}),
        (cloudflare.get_access_policy, "Allow staff", IDS[3], {"decision": "allow"}),
        (cloudflare.get_identity_provider, "Entra", IDS[4], {"type": "azureAD"}),
        (cloudflare.get_service_token, "Robot", IDS[5], {"client_id": "robot.access"}),
        (cloudflare.get_access_application, "Wiki", IDS[6], {"domain": "wiki.example.com"}),
    ],
)
def test_an_object_is_found_by_its_name_and_by_its_id_with_one_request(
    program: LocalCloudflare,
    look_up: Callable[..., Any],
    name: str,
    id_: str,
    facts: dict[str, Any],
) -> None:
    program.switches.plain = True
    found = look_up(name=name)
    assert found == look_up(id=id_)
    assert {key: getattr(found, key) for key in facts} == facts
    assert (found.id, found.name, found.account_id, found.zone_id) == (
        id_,
        name,
        program.account_id,
        None,
    )
    assert len(program.requests) == 1


def test_an_application_is_found_by_its_domain() -> None:
    found = cloudflare.get_access_application(domain="wiki.example.com")
    assert [policy["id"] for policy in found.policies] == [IDS[3]]
    assert found.aud


def test_no_secret_of_an_identity_provider_comes_along() -> None:
    assert cloudflare.get_identity_provider(name="Entra").config == {"client_id": "c"}


def test_what_is_found_does_not_change_with_the_order_of_the_answer(
    program: LocalCloudflare,
) -> None:
    many = [{"email": {"email": f"{name}@example.com"}} for name in "cab"]
    program.seed({"access/groups": [{"name": "Many", "include": many}]})
    include = cloudflare.get_access_group(name="Many").include
    assert [rule["email"]["email"][0] for rule in include] == ["a", "b", "c"]


def test_nothing_found_names_the_nearest() -> None:
    with pytest.raises(LookUpError) as refused:
        cloudflare.get_access_group(name="staf")
    assert str(refused.value).startswith('no Access group has the name "staf" in account ')
    assert '; the nearest: "Staff" (test_lookup.py:' in str(refused.value)


def test_nothing_found_and_nothing_near_says_how_many_there_are(program: LocalCloudflare) -> None:
    with pytest.raises(LookUpError, match=r"and none of its 1 has one like it "):
        cloudflare.get_service_token(name="Zebra")
    with pytest.raises(LookUpError, match=f"in zone {program.zone_id}, which has none at all "):
        cloudflare.get_service_token(name="Robot", zone_id=program.zone_id)


def test_several_are_an_error_with_their_ids() -> None:
    with pytest.raises(LookUpError) as refused:
        cloudflare.get_access_group(name="Twins")
    assert (
        str(refused.value)
        .partition(" (")[0]
        .endswith(f"and only one Access group can be meant: pass id=, one of {IDS[1]}, {IDS[2]}")
    )


@pytest.mark.parametrize("by", [{}, {"id": IDS[0], "name": "Staff"}])
def test_a_look_up_is_by_exactly_one_thing(by: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError, match=r"one Access group by exactly one of id, name "):
        cloudflare.get_access_group(**by)


def test_account_and_zone_are_one_too_many(program: LocalCloudflare) -> None:
    with pytest.raises(DeclarationError, match="account_id or zone_id, not both"):
        cloudflare.get_access_groups(account_id=program.account_id, zone_id=program.zone_id)


def test_an_object_of_a_zone_says_so(program: LocalCloudflare) -> None:
    program.seed(
        {"zones": {program.zone_id: {"access/groups": [{"name": "Z", "include": [EVERYONE]}]}}}
    )
    found = cloudflare.get_access_group(name="Z", zone_id=program.zone_id)
    assert (found.account_id, found.zone_id) == (None, program.zone_id)


# -------------------------------------------------------------------------------------- all objects


def test_all_objects_come_by_name() -> None:
    assert [group.name for group in cloudflare.get_access_groups()] == ["Staff", "Twins", "Twins"]
    assert [one.name for one in cloudflare.get_access_policies()] == ["Allow staff"]
    assert [one.name for one in cloudflare.get_access_applications()] == ["Wiki"]
    assert [one.name for one in cloudflare.get_identity_providers()] == ["Entra"]
    assert [one.name for one in cloudflare.get_service_tokens()] == ["Robot"]


def test_a_list_of_many_pages_is_read_to_its_end(program: LocalCloudflare) -> None:
    more = [
        {"name": f"Policy {number}", "decision": "allow", "include": [EVERYONE]}
        for number in range(250)
    ]
    program.seed({"access/policies": more})
    assert len(cloudflare.get_access_policies()) == 251
    assert cloudflare.get_access_policy(name="Policy 249").decision == "allow"
    assert asked(program) == ["access/policies"] * 3


def test_threads_wait_for_one_list(program: LocalCloudflare) -> None:
    program.switches.latency = 0.05
    ready = threading.Barrier(16)

    def look_up(number: int) -> str:
        ready.wait()
        return cloudflare.get_access_group(id=IDS[number % 3]).name

    with ThreadPoolExecutor(16) as threads:
        contexts = [contextvars.copy_context() for _ in range(16)]
        found = [threads.submit(context.run, look_up, n) for n, context in enumerate(contexts)]
        assert {one.result() for one in found} == {"Staff", "Twins"}
    assert asked(program) == ["access/groups"]


def test_each_account_and_zone_has_a_list_of_its_own(program: LocalCloudflare) -> None:
    cloudflare.get_access_groups()
    cloudflare.get_access_groups(account_id=program.account_id)
    cloudflare.get_access_groups(zone_id=program.zone_id)
    cloudflare.get_access_groups(zone_id=program.zone_id)
    assert len(program.requests) == 2


def test_a_list_that_failed_is_asked_for_again(program: LocalCloudflare) -> None:
    pulumi.runtime.set_config("cloudflare-access:accountId", program.add_account().id)
    for _ in range(2):
        with pytest.raises(DeniedError, match=r'lacks the permission "Access: .* Read"'):
            cloudflare.get_access_groups()
    assert len(program.requests) == 2


def test_two_programs_of_one_process_each_read_their_own_list(program: LocalCloudflare) -> None:
    def run() -> int:
        settings.set_root_resource(pulumi.ComponentResource("a:b:C", "root"))
        return len(cloudflare.get_access_groups()) + len(cloudflare.get_access_groups())

    for _ in range(2):
        contextvars.copy_context().run(run)
    assert asked(program) == ["access/groups"] * 2


def test_a_thread_without_its_program_never_gets_a_list_of_an_earlier_one(
    program: LocalCloudflare, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in program.environment.items():
        # All that such a thread knows.
        monkeypatch.setenv(name, value)
    roots = []

    def run() -> None:
        roots.append(pulumi.ComponentResource("a:b:C", "root"))
        settings.set_root_resource(roots[-1])
        with ThreadPoolExecutor(1) as threads:
            threads.submit(cloudflare.get_access_groups).result()

    for _ in range(2):
        contextvars.copy_context().run(run)
    assert asked(program) == ["access/groups"] * 2


@pytest.mark.parametrize("scope", ["account_id", "zone_id"])
def test_an_empty_scope_is_not_the_default_one(program: LocalCloudflare, scope: str) -> None:
    with pytest.raises(DeclarationError, match=f"{scope} is empty"):
        cloudflare.get_access_groups(
            account_id="" if scope == "account_id" else None,
            zone_id="" if scope == "zone_id" else None,
        )
    assert program.requests == []


def test_a_provider_of_an_empty_account_or_token_is_not_the_default_one(
    program: LocalCloudflare,
) -> None:
    for empty in (
        cloudflare.Cloudflare("account", account_id=""),
        cloudflare.Cloudflare("token", api_token=""),
        cloudflare.Cloudflare("variable", api_token_env=""),
    ):
        with pytest.raises(SettingsError, match="is empty"):
            cloudflare.get_access_groups(opts=pulumi.InvokeOptions(provider=empty))
    assert program.requests == []


# ---------------------------------------------------------------------------------------- settings


def test_missing_credentials_are_an_error_that_names_both_places(
    program: LocalCloudflare,
) -> None:
    pulumi.runtime.set_all_config({})
    with pytest.raises(SettingsError, match=r"cloudflare:apiToken.*CLOUDFLARE_API_TOKEN"):
        cloudflare.get_access_group(name="Staff")
    assert program.requests == []


def test_a_missing_account_is_an_error_that_names_every_place() -> None:
    pulumi.runtime.set_all_config({"cloudflare:apiToken": "t"})
    told = r"account_id=.*cloudflare-access:accountId.*CLOUDFLARE_ACCOUNT_ID"
    with pytest.raises(SettingsError, match=told):
        cloudflare.get_access_group(name="Staff")


def test_the_local_override_beats_the_config(
    program: LocalCloudflare, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = {
        "base_url": program.base_url,
        "account_id": program.account_id,
        "token": program.token,
    }
    monkeypatch.setenv("CLOUDFLARE_ACCESS_LOCAL", json.dumps(local))
    pulumi.runtime.set_all_config({"cloudflare:apiToken": "the real one"})
    real = cloudflare.Cloudflare("real", api_token=pulumi.Output.secret("the real one"))
    assert cloudflare.get_access_group(name="Staff").id == IDS[0]
    by_provider = pulumi.InvokeOptions(provider=real)
    assert cloudflare.get_access_group(name="Staff", opts=by_provider).id == IDS[0]


@pytest.fixture
def eu(program: LocalCloudflare) -> Account:
    """Return a second account, with a token of its own and a group of the same name."""
    account = program.add_account()
    document = {"access/groups": [{"id": IDS[8], "name": "Staff", "include": [EVERYONE]}]}
    program.seed({"accounts": {account.id: document}})
    return account


def test_an_explicit_provider_has_its_own_account_and_token(
    eu: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CF_EU_TOKEN", eu.token)
    for there in (
        cloudflare.Cloudflare("plain", account_id=eu.id, api_token=eu.token),
        cloudflare.Cloudflare("named", account_id=eu.id, api_token_env="CF_EU_TOKEN"),  # noqa: S106 - a name
    ):
        opts = pulumi.InvokeOptions(provider=there)
        assert cloudflare.get_access_group(name="Staff", opts=opts).id == IDS[8]
        parent = pulumi.ComponentResource(
            "a:b:C", "parent", opts=pulumi.ResourceOptions(providers=[there])
        )
        opts = pulumi.InvokeOptions(parent=parent)
        assert cloudflare.get_access_group(name="Staff", opts=opts).id == IDS[8]
    assert cloudflare.get_access_group(name="Staff").id == IDS[0]


def test_a_token_that_is_known_later_is_for_the_output_variant(
    program: LocalCloudflare, eu: Account
) -> None:
    token = pulumi.Output.secret(eu.token)
    there = cloudflare.Cloudflare("eu", account_id=eu.id, api_token=token)
    opts = pulumi.InvokeOptions(provider=there)
    with pytest.raises(SettingsError) as refused:
        cloudflare.get_access_group(name="Staff", opts=opts)
    assert str(refused.value).partition(" (")[0] == (
        'api_token of the provider "eu" is an Output, known later: use the look-up whose name ends '
        "in _output, or give the provider api_token_env="
    )
    assert program.requests == []
    found = cloudflare.get_access_group_output(name="Staff", opts=opts)
    assert resolved(found).id == IDS[8]
    assert not resolved(pulumi.Output.from_input(found.is_secret()))


def test_a_provider_that_is_not_ours_is_refused() -> None:
    other = pulumi.ProviderResource("pulumi-python", "other", {})
    with pytest.raises(DeclarationError, match=r"make it with Cloudflare\(…\)"):
        cloudflare.get_access_groups(opts=pulumi.InvokeOptions(provider=other))


# ---------------------------------------------------------------------------------------- later


def test_an_output_is_for_the_output_variant() -> None:
    name: Any = pulumi.Output.from_input("Staff")
    with pytest.raises(DeclarationError, match=r"name must be a string.*_output"):
        cloudflare.get_access_group(name=name)
    assert resolved(cloudflare.get_access_group_output(name=name)).id == IDS[0]


def test_many_look_ups_known_later_share_one_list(program: LocalCloudflare) -> None:
    found = [
        cloudflare.get_access_group_output(id=pulumi.Output.from_input(id_)).name
        for id_ in IDS[:3] * 5
    ]
    assert set(resolved(pulumi.Output.all(*found))) == {"Staff", "Twins"}
    assert asked(program) == ["access/groups"]


def test_every_kind_can_be_looked_up_later(program: LocalCloudflare) -> None:
    policies = resolved(cloudflare.get_access_policies_output(account_id=program.account_id))
    assert [policy.id for policy in policies] == [IDS[3]]
    assert resolved(cloudflare.get_access_policy_output(name="Allow staff")).id == IDS[3]
    wiki = cloudflare.get_access_application_output(
        domain=pulumi.Output.from_input("wiki.example.com")
    )
    assert resolved(wiki).id == IDS[6]
    assert len(resolved(cloudflare.get_access_groups_output())) == 3
    assert len(resolved(cloudflare.get_access_groups_output(zone_id=program.zone_id))) == 0


def test_a_mistake_of_a_later_look_up_comes_out_of_the_output() -> None:
    with pytest.raises(LookUpError, match="has the name"):
        resolved(cloudflare.get_identity_provider_output(name="Entrada y salida"))


def test_what_is_looked_up_after_something_is_read_after_it(program: LocalCloudflare) -> None:
    cloudflare.get_access_groups()
    made = pulumi.ComponentResource("a:b:C", "made")
    program.seed({"access/groups": [{"name": "New", "include": [EVERYONE]}]})
    opts = pulumi.InvokeOutputOptions(depends_on=[made])
    assert resolved(cloudflare.get_access_group_output(name="New", opts=opts)).name == "New"


# ------------------------------------------------------------------------------ as what is due


def test_what_is_found_stands_where_its_id_is_due_under_its_name() -> None:
    rule = rules.group(cloudflare.get_access_group(name="Staff"))
    assert rule == {"group": {"id": IDS[0]}, "label": "Staff"}
    via: Any = rules.saml("a", "b", cloudflare.get_identity_provider(name="Entra"))
    assert via["via"] == "Entra"
    token = rules.service_token(cloudflare.get_service_token(name="Robot"))
    assert token == {"service_token": {"token_id": IDS[5]}, "label": "Robot"}


def test_what_is_found_later_stands_there_too() -> None:
    later = cloudflare.get_access_group_output(name="Staff")
    assert resolved(pulumi.Output.from_input(rules.group(later))) == {"group": {"id": IDS[0]}}
    policies = refer_all([cloudflare.get_access_policy_output(name="Allow staff")], POLICIES)
    assert resolved(policies[0]) == {"id": IDS[3], "label": "Allow staff"}
    assert resolved(refer_all(cloudflare.get_access_policies_output(), POLICIES)) == [
        {"id": IDS[3], "label": "Allow staff"}
    ]


def test_what_is_found_is_refused_where_another_kind_is_due() -> None:
    rule: Any = rules.group(cloudflare.get_access_policy(name="Allow staff"))
    assert rule["_mistake"] == (
        "a reusable Access policy is not an Access group; pass an Access group or its id"
    )


# ------------------------------------------------------------------------------------- messages


def test_what_cloudflare_says_to_a_program_goes_where_the_program_says() -> None:
    envelope = {
        "success": True,
        "errors": [],
        "messages": [{"code": 1, "message": "soon gone"}],
        "result": {"id": "x"},
    }
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=envelope))
    said: list[str] = []
    Client(Settings(api_key="k", email="e"), transport, said.append).get("/x", permission="X")
    assert said == ["Cloudflare says: soon gone (code 1)"]
