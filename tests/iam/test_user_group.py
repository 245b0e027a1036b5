"""User groups and their policies through the plugin's own gRPC."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from harness.fields import Life, Person, shuffled, told, written
from harness.local import config_for, reset, strict
from harness.plugin import CallFailed, CheckFailed, Kept, Plugin
from harness.sockets import Scripted, answer, envelope, refused
from pulumi_cloudflare_access import LocalCloudflare, grants
from pulumi_cloudflare_access.local_cloudflare import faults
from pulumi_cloudflare_access.local_cloudflare.iam.permission_groups.models import (
    PermissionGroupBackend,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = "user_group"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
ACCOUNT = "com.cloudflare.api.account."
ZONE_READ = "c8fed203ed3043cba015a93ad1616f1f"
MAGIC = "82e64a83756745bbbb1c9c2701bf816b"
LOAD_BALANCER = "6d7f2f5f5b1d4a0e9081fdc98d432fd1"
PRODUCTION, STAGING = "13f8d65290b24279ba6f44721b3eaad5", "23f8d65290b24279ba6f44721b3eaad5"
NOBODY = "33f8d65290b24279ba6f44721b3eaad5"
CANARY = "canary-0123456789"
# Every position of the switches that change what is said or taken of a user group.
SWITCHES: dict[str, tuple[Any, ...]] = {
    "iam_meta": ("named", "key_value"),
    "resource_group_scope": ("array", "object"),
    "iam_result_info": (True, False),
    "accept_policy_ids": (False, True),
    "plain": (False, True),
}
POSITIONS = [
    dict(zip(SWITCHES, values, strict=True)) for values in itertools.product(*SWITCHES.values())
]
positions = pytest.mark.parametrize("position", POSITIONS, ids=json.dumps)

# Untyped: programs may be wrong.
allow: Any = grants.allow
deny: Any = grants.deny
ON = {"id": PRODUCTION, "label": "Production zones"}
READ = allow("Zone Read", on=ON)
NO_DNS = deny("dns_write", LOAD_BALANCER, on=[ON, STAGING])
READ_KEY = "allow Zone Read on Production zones"
NO_DNS_KEY = f"deny {LOAD_BALANCER}, dns_write on {STAGING}, Production zones"


@contextmanager
def another(config: dict[str, str]) -> Iterator[Plugin]:
    """Run another plugin process: another run of the program."""
    with Plugin(config, os.environ) as plugin:
        yield plugin


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[LocalCloudflare, Plugin]]:
    with strict() as cloudflare, another(config_for(cloudflare)) as plugin:
        yield cloudflare, plugin


@pytest.fixture
def cloudflare(shared: tuple[LocalCloudflare, Plugin]) -> LocalCloudflare:
    cloudflare, _ = shared
    reset(cloudflare)
    scope = {"key": f"{ACCOUNT}{cloudflare.account_id}", "objects": [{"key": "*"}]}
    named = {PRODUCTION: "Production zones", STAGING: "Staging"}
    groups = [{"id": id_, "name": name, "scope": scope} for id_, name in named.items()]
    cloudflare.seed({"iam/resource_groups": groups})
    return cloudflare


@pytest.fixture
def plugin(shared: tuple[LocalCloudflare, Plugin], cloudflare: LocalCloudflare) -> Plugin:
    del cloudflare
    _, plugin = shared
    told(plugin)
    return plugin


@pytest.fixture
def person(cloudflare: LocalCloudflare) -> Person:
    """Introduce somebody who edits by hand at Cloudflare."""
    return Person(cloudflare, "iam/user_groups")


def ops(*policies: Any, name: str = "Ops", **more: Any) -> dict[str, Any]:
    return {"name": name, "policies": list(policies), **more}


def wire(access: str, permission_groups: list[str], on: list[str]) -> dict[str, Any]:
    """Write a policy as the API has it."""
    return {
        "access": access,
        "permission_groups": [{"id": id_} for id_ in permission_groups],
        "resource_groups": [{"id": id_} for id_ in on],
    }


def sent(cloudflare: LocalCloudflare) -> list[dict[str, Any]]:
    """Return the policies of the last write, their groups sorted."""
    policies: list[dict[str, Any]] = written(cloudflare)[-1]["body"]["policies"]
    return policies


def pages(cloudflare: LocalCloudflare) -> list[str]:
    """Return the pages of the catalogue of permission groups that were asked for."""
    asked = [request["path"] for request in cloudflare.requests]
    return [path for path in asked if "/iam/permission_groups" in path]


def id_of(cloudflare: LocalCloudflare, label: str) -> str:
    """Return the id of the permission group with this label."""
    catalogue = cloudflare.account.of(PermissionGroupBackend)
    [group] = catalogue.list_permission_groups(label=label)
    return group.id


# ----------------------------------------------------------------------------- create, no change


def test_a_group_is_created_with_ids_and_kept_as_it_was_written(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    group = plugin.up(KIND, ops(READ, NO_DNS))
    dns_write = id_of(cloudflare, "dns_write")
    request = written(cloudflare)[-1]
    assert request["path"] == f"/accounts/{cloudflare.account_id}/iam/user_groups"
    assert request["body"] == {
        "name": "Ops",
        "policies": [
            wire("allow", [ZONE_READ], [PRODUCTION]),
            wire("deny", [LOAD_BALANCER, dns_write], [STAGING, PRODUCTION]),
        ],
    }
    assert group.inputs == {
        "account_id": cloudflare.account_id,
        "name": "Ops",
        "policies": {
            READ_KEY: {
                "access": "allow",
                "permission_groups": {"Zone Read": {"name": "Zone Read"}},
                "resource_groups": {"Production zones": {"id": PRODUCTION}},
            },
            NO_DNS_KEY: {
                "access": "deny",
                "permission_groups": {
                    LOAD_BALANCER: {"id": LOAD_BALANCER},
                    "dns_write": {"name": "dns_write"},
                },
                "resource_groups": {
                    "Production zones": {"id": PRODUCTION},
                    STAGING: {"id": STAGING},
                },
            },
        },
    }
    outputs = json.loads(json.dumps(group.inputs))
    granted = outputs["policies"]
    granted[READ_KEY]["permission_groups"]["Zone Read"]["id"] = ZONE_READ
    granted[NO_DNS_KEY]["permission_groups"]["dns_write"]["id"] = dns_write
    times = {name: group.outputs[name] for name in ("created_on", "modified_on")}
    assert all(times.values())
    assert group.outputs == {**outputs, **times, "__version": 1}
    assert told(plugin) == []


def test_running_twice_asks_for_nothing(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    group = plugin.up(KIND, ops(READ, NO_DNS))
    before = len(cloudflare.requests)
    assert plugin.up(KIND, ops(NO_DNS, READ), was=group).did == "same"
    assert len(cloudflare.requests) == before


def test_the_catalogue_is_read_once_in_a_process_and_only_for_names(
    cloudflare: LocalCloudflare,
) -> None:
    with another(config_for(cloudflare)) as plugin:
        plugin.up(KIND, ops(allow(ZONE_READ, on=ON), name="By ids"), name="ids")
        assert pages(cloudflare) == []
        inputs = plugin.check(KIND, ops(READ))
        assert cloudflare.requests[-1]["method"] == "POST"
        group = plugin.up(KIND, ops(READ), name="names")
        assert group.inputs == inputs
        read = pages(cloudflare)
        assert len(read) == len(set(read)) > 5
        plugin.up(KIND, ops(NO_DNS, name="Others"), name="others")
        plugin.up(KIND, ops(READ, NO_DNS), was=group)
        assert pages(cloudflare) == read


def test_threads_wait_for_one_catalogue(cloudflare: LocalCloudflare) -> None:
    cloudflare.switches.latency = 0.02
    with another(config_for(cloudflare)) as plugin, ThreadPoolExecutor(4) as threads:
        programs = [ops(READ, name=f"Ops {number}") for number in range(4)]
        made = [threads.submit(plugin.up, KIND, p, name=p["name"]) for p in programs]
        assert len({one.result().id for one in made}) == 4
    read = pages(cloudflare)
    assert len(read) == len(set(read)) > 5


def test_a_group_without_policies_gives_nothing(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    group = plugin.up(KIND, {"name": "Ops"})
    assert written(cloudflare)[-1]["body"] == {"name": "Ops", "policies": []}
    assert "policies" not in group.outputs
    assert plugin.up(KIND, ops(), was=group).did == "same"


# --------------------------------------------------------------------------------------- switches

ONE = [
    wire("allow", [ZONE_READ, LOAD_BALANCER], [PRODUCTION]),
    wire("deny", [MAGIC], [STAGING, PRODUCTION]),
]
TWO = [wire("allow", [ZONE_READ], [PRODUCTION, STAGING])]


@positions
def test_policies_live(
    position: dict[str, Any], plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    for name, value in position.items():
        setattr(cloudflare.switches, name, value)
    Life(KIND, {"name": "Ops"}, "policies", ONE, TWO, []).lived(plugin, cloudflare, person)


@positions
def test_names_and_any_order_stay_quiet_whatever_the_form_of_the_answers(
    position: dict[str, Any], plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    for name, value in position.items():
        setattr(cloudflare.switches, name, value)
    program = ops(READ, NO_DNS, allow("Billing Read", "zone_read", on=[STAGING, ON]))
    kept = plugin.up(KIND, program)
    for _ in range(3):
        before = len(written(cloudflare))
        policies = random.sample(shuffled(program)["policies"], 3)
        refreshed = plugin.refresh(kept)
        assert refreshed
        again = plugin.up(KIND, ops(*policies), was=refreshed)
        assert (refreshed.did, again.did, told(plugin)) == ("same", "same", [])
        assert (refreshed.inputs, refreshed.outputs) == (kept.inputs, kept.outputs)
        assert again.inputs == kept.inputs
        assert len(written(cloudflare)) == before
    changed = plugin.up(KIND, ops(READ, NO_DNS, name="Operators"), was=kept)
    body = written(cloudflare)[-1]["body"]
    assert (changed.did, body["name"]) == ("update", "Operators")
    assert [sorted(policy) for policy in body["policies"]] == [
        ["access", "permission_groups", "resource_groups"]
    ] * 2
    assert told(plugin) == []


# --------------------------------------------------------------------------------- names and ids


def test_what_is_known_of_a_name_is_not_asked_for_again(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    group = plugin.up(KIND, ops(READ))
    read = pages(cloudflare)
    with another(config_for(cloudflare)) as later:
        updated = later.up(KIND, ops(READ, allow(LOAD_BALANCER, on=ON)), was=group)
    assert updated.did == "update"
    assert pages(cloudflare) == read


def test_another_word_for_the_same_permission_group_is_never_sent(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    group = plugin.up(KIND, ops(READ))
    before = len(written(cloudflare))
    by_id = plugin.up(KIND, ops(allow(ZONE_READ, on=ON)), was=group)
    assert (by_id.did, list(by_id.inputs["policies"])) == (
        "same",
        [f"allow {ZONE_READ} on Production zones"],
    )
    # What a new word means is not known before it is looked up.
    by_label = plugin.up(KIND, ops(allow("zone_read", on=ON)), was=by_id)
    assert by_label.did == "update"
    assert len(written(cloudflare)) == before
    assert plugin.up(KIND, ops(allow("zone_read", on=ON)), was=by_label).did == "same"


def test_a_permission_group_that_cloudflare_renames_is_no_change(
    cloudflare: LocalCloudflare,
) -> None:
    with another(config_for(cloudflare)) as plugin:
        group = plugin.up(KIND, ops(READ))
    catalogue = cloudflare.account.of(PermissionGroupBackend).permission_groups
    there = catalogue[ZONE_READ]
    catalogue[ZONE_READ] = dataclasses.replace(there, name="Zones: Read", meta={"label": "zr"})
    try:
        with another(config_for(cloudflare)) as later:
            refreshed = later.refresh(group)
            assert refreshed
            assert (refreshed.did, refreshed.inputs) == ("same", group.inputs)
            assert later.up(KIND, ops(READ), was=refreshed).did == "same"
            changed = later.up(KIND, ops(READ, NO_DNS), was=refreshed)
            assert sent(cloudflare)[0] == wire("allow", [ZONE_READ], [PRODUCTION])
            assert told(later) == []
            with pytest.raises(CallFailed, match=r'^LookUpError: .*"Zone Read"'):
                later.up(KIND, ops(READ, name="Else"), name="else")
            assert changed.did == "update"
    finally:
        catalogue[ZONE_READ] = there


def test_unknown_and_ambiguous_names_are_errors_all_at_once_before_anything_is_sent(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    apps = "Access: Apps and Policies Read"
    with pytest.raises(CallFailed) as caught:
        plugin.up(KIND, ops(allow("Zone Raed", on=ON), deny(apps, "Zone Read", on=ON)))
    said = str(caught.value)
    where = f"in account {cloudflare.account_id}"
    assert said.startswith(f'LookUpError: policies["deny {apps}, Zone Read on Production zones"]: ')
    assert '; policies["allow Zone Raed on Production zones"]: no permission group has' in said
    assert f'no permission group has the name or label "Zone Raed" {where}; the nearest: "Z' in said
    assert f'2 have the name or label "{apps}" {where}, and' in said
    assert " only one permission group can be meant: write its id, one of " in said
    assert "(scopes com.cloudflare.api.account.zone, label access_apps_and_policies_read)" in said
    assert written(cloudflare) == []
    group = plugin.up(KIND, ops(READ))
    before = len(written(cloudflare))
    with pytest.raises(CallFailed, match=r'^LookUpError: .*"Zone Raed"'):
        plugin.up(KIND, ops(READ, allow("Zone Raed", on=ON)), was=group)
    assert len(written(cloudflare)) == before


def test_a_permission_group_that_ends_is_a_warning(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    group = plugin.up(KIND, ops(allow("Mirage Read", on=ON)))
    id_ = id_of(cloudflare, "mirage_read")
    assert told(plugin) == [
        (
            f'permission group "Mirage Read" ({id_}) is deprecated and ended on 2025-09-15: choose '
            "another"
        )
    ]
    plugin.up(KIND, ops(allow("Mirage Read", on=ON), READ), was=group)
    assert told(plugin) == []


@pytest.mark.parametrize(
    ("policy", "missing"),
    [
        (allow(NOBODY, on=ON), "permission_groups"),
        (allow("Zone Read", on=NOBODY), "resource_groups"),
    ],
)
def test_an_id_that_is_not_there_is_told_with_its_place(
    policy: Any, missing: str, cloudflare: LocalCloudflare
) -> None:
    with another(config_for(cloudflare)) as plugin, pytest.raises(CallFailed) as caught:
        plugin.up(KIND, ops(READ, policy))
    assert "-> 400: Policy validation failed (code 400); policies[" in str(caught.value)
    told_ = f'"].{missing}: there is no {NOBODY} in account {cloudflare.account_id} [ray '
    assert str(caught.value).count("there is no") == 1
    assert told_ in str(caught.value)


NOTHING_YET = answer(envelope([]))


def test_a_refusal_is_told_even_if_nobody_can_say_what_it_means() -> None:
    taken = refused({"code": 409, "message": "user group name already exists"})
    denied = refused({"code": 10000, "message": "Authentication error"})
    answers = (NOTHING_YET, answer(taken, "409 Conflict"), answer(denied, "403 Forbidden"))
    with Scripted(*answers) as server:
        config = {
            "cloudflare:apiToken": CANARY,
            "cloudflare:baseUrl": server.base_url,
            "cloudflare-access:accountId": PRODUCTION,
            "cloudflare-access:allowLoopback": "true",
        }
        with another(config) as plugin, pytest.raises(CallFailed) as caught:
            plugin.up(KIND, ops())
    assert str(caught.value).startswith("ConflictError: POST ")


# ------------------------------------------------------------------------------------------ drift


def test_a_policy_that_somebody_changes_is_named_before_and_after(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    group = plugin.up(KIND, ops(READ, NO_DNS))
    dns_write = id_of(cloudflare, "dns_write")
    theirs = [
        wire("allow", [ZONE_READ, LOAD_BALANCER], [PRODUCTION]),
        wire("deny", [dns_write, LOAD_BALANCER], [PRODUCTION, STAGING]),
    ]
    person.write(group.id, {"policies": theirs})
    refreshed = plugin.refresh(group)
    assert refreshed
    assert refreshed.did == "drift"
    assert told(plugin) == [
        (
            f"changed at Cloudflare: policies: - {READ_KEY}; "
            "policies: + allow Load Balancer, Zone Read on Production zones"
        )
    ]
    # What did not change is as the program wrote it.
    assert refreshed.inputs["policies"][NO_DNS_KEY] == group.inputs["policies"][NO_DNS_KEY]
    repaired = plugin.up(KIND, ops(READ, NO_DNS), was=refreshed)
    assert (repaired.did, repaired.inputs) == ("update", group.inputs)
    assert sent(cloudflare)[0] == wire("allow", [ZONE_READ], [PRODUCTION])
    assert told(plugin) == []


def test_a_policy_on_a_resource_group_that_is_gone_is_a_policy_on_nothing(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.delete_in_use = "allow"
    group = plugin.up(KIND, ops(READ))
    Person(cloudflare, "iam/resource_groups").delete(PRODUCTION)
    refreshed = plugin.refresh(group)
    assert refreshed
    assert told(plugin) == [
        f"changed at Cloudflare: policies: - {READ_KEY}; policies: + allow Zone Read on nothing"
    ]


def test_what_no_preview_has_shown_is_not_undone(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    group = plugin.up(KIND, ops(READ))
    policies = [wire("allow", [ZONE_READ], [PRODUCTION]), wire("deny", [ZONE_READ], [STAGING])]
    person.write(group.id, {"policies": policies})
    before = len(written(cloudflare))
    with pytest.raises(CallFailed, match=r"^DriftError: .*policies: \+ deny Zone Read on Staging"):
        plugin.up(KIND, ops(READ, name="New"), was=group)
    assert len(written(cloudflare)) == before
    # It is what is wished for: nothing is to do.
    wished = ops(READ, deny("Zone Read", on=STAGING))
    assert plugin.up(KIND, wished, was=group).did == "update"
    assert len(written(cloudflare)) == before


def test_what_somebody_changes_while_the_catalogue_is_read_is_not_undone(
    cloudflare: LocalCloudflare, person: Person
) -> None:
    with another(config_for(cloudflare)) as plugin:
        group = plugin.up(KIND, ops(READ))
        plugin.restart()
        looking = cloudflare.fault(
            "GET /accounts/*/iam/permission_groups", faults.Hold("before"), nth=1
        )
        with looking, ThreadPoolExecutor(1) as pool:
            changing = pool.submit(plugin.up, KIND, ops(READ, NO_DNS), group)
            looking.wait()
            person.write(group.id, {"policies": [wire("deny", [ZONE_READ], [STAGING])]})
            before = len(written(cloudflare))
            looking.lift()
            with pytest.raises(CallFailed, match=r"policies: \+ deny Zone Read on Staging"):
                changing.result()
    assert len(written(cloudflare)) == before


@pytest.mark.parametrize("hole", [None, "x", [5], [{}]])
@pytest.mark.parametrize("field", ["policies", "permission_groups", "resource_groups"])
def test_an_answer_that_cannot_be_meant_is_an_error_and_no_smaller_group(
    field: str, hole: Any
) -> None:
    policy = {**wire("allow", [ZONE_READ], [PRODUCTION]), field: hole}
    group = {"id": NOBODY, "name": "Ops", "policies": [policy]}
    if field == "policies":
        group["policies"] = hole
    with Scripted(answer(envelope(group))) as server:
        config = {
            "cloudflare:apiToken": CANARY,
            "cloudflare:baseUrl": server.base_url,
            "cloudflare-access:allowLoopback": "true",
        }
        with another(config) as plugin:
            if (field, hole) == ("policies", None):
                # An empty list is sometimes null.
                found = plugin.get(KIND, NOBODY, {"account_id": PRODUCTION})
                assert found.outputs["policies"] == {}
                return
            with pytest.raises(CallFailed, match=r"^UnusableAnswerError: "):
                plugin.get(KIND, NOBODY, {"account_id": PRODUCTION})


# ------------------------------------------------------------------------------------ adopt and get


def test_a_group_is_adopted_by_the_names_of_its_permission_groups(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    policy = wire("allow", [ZONE_READ], [PRODUCTION])
    [there] = cloudflare.seed({"iam/user_groups": [ops(policy)]})["iam/user_groups"]
    with pytest.raises(CallFailed, match=r"would change: policies: - allow Zone Read on Prod"):
        plugin.up(KIND, ops(NO_DNS, adopt=True), name="other")
    group = plugin.up(KIND, ops(READ, adopt=True))
    assert (group.id, written(cloudflare)) == (there["id"], [])
    assert group.outputs["policies"][READ_KEY]["permission_groups"] == {
        "Zone Read": {"name": "Zone Read", "id": ZONE_READ}
    }
    assert plugin.up(KIND, ops(READ, adopt=True), was=group).did == "same"


def test_a_group_that_declares_no_policies_does_not_take_over_one_that_has_some(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    policy = wire("allow", [ZONE_READ], [PRODUCTION])
    [there] = cloudflare.seed({"iam/user_groups": [ops(policy)]})["iam/user_groups"]
    with pytest.raises(CallFailed, match=r"would change: policies: - allow Zone Read on Prod"):
        plugin.up(KIND, {"name": "Ops", "adopt": there["id"]})
    program = {"name": "Ops", "adopt": there["id"], "adopt_changes": True}
    assert plugin.up(KIND, program).id == there["id"]
    assert sent(cloudflare) == []


def test_a_group_that_the_stack_does_not_own_is_read_with_all_its_fields(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    policy = wire("allow", [ZONE_READ], [PRODUCTION])
    [there] = cloudflare.seed({"iam/user_groups": [ops(policy)]})["iam/user_groups"]
    found = plugin.get(KIND, there["id"], {})
    assert found.outputs["policies"] == {
        READ_KEY: {
            "access": "allow",
            "permission_groups": {"Zone Read": {"id": ZONE_READ}},
            "resource_groups": {"Production zones": {"id": PRODUCTION}},
        }
    }
    assert {"created_on", "modified_on"} < set(found.outputs)


# --------------------------------------------------------------------------------------- refusals


def test_a_name_that_is_taken_offers_to_take_the_group_over(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    [there] = cloudflare.seed({"iam/user_groups": [ops()]})["iam/user_groups"]
    has = f'user group {there["id"]} has the name "Ops" already'
    with pytest.raises(CallFailed) as caught:
        plugin.up(KIND, ops(READ))
    assert str(caught.value).startswith("ConflictError: POST ")
    assert f"; {has}: take it over with adopt=True, or choose another [ray" in str(caught.value)
    other = plugin.up(KIND, ops(READ, name="Others"))
    with pytest.raises(CallFailed, match=rf"^ConflictError: PUT .*; {has}: choose another \[ray"):
        plugin.up(KIND, ops(READ), was=other)


def test_a_name_that_another_resource_of_the_program_has_is_not_offered(plugin: Plugin) -> None:
    plugin.up(KIND, ops(READ), name="one")
    with pytest.raises(CallFailed, match=r'has the name "Ops" already: choose another \[ray'):
        plugin.up(KIND, ops(READ), name="two")


SCIM = "an identity provider manages this group through SCIM"


def from_scim(plugin: Plugin, cloudflare: LocalCloudflare) -> Kept:
    """Adopt a group that an identity provider keeps."""
    group = {**ops(wire("allow", [ZONE_READ], [PRODUCTION])), "scim": True}
    [there] = cloudflare.seed({"iam/user_groups": [group]})["iam/user_groups"]
    return plugin.up(KIND, ops(READ, adopt=there["id"]))


@pytest.mark.parametrize("scim_policies", ["refuse", "allow"])
@pytest.mark.parametrize(
    "program",
    [ops(READ, name="New"), ops(READ, NO_DNS), ops(READ, NO_DNS, name="New"), None],
    ids=["name", "policies", "both", "destroy"],
)
def test_what_is_refused_for_a_group_that_scim_manages_is_refused_with_that_reason(
    program: Any, scim_policies: Any, cloudflare: LocalCloudflare, person: Person
) -> None:
    cloudflare.switches.scim_policies = scim_policies
    with another(config_for(cloudflare)) as plugin:
        group = from_scim(plugin, cloudflare)
    before = person.look(group.id)["modified_on"]
    with another(config_for(cloudflare)) as plugin:
        if (program, scim_policies) == (ops(READ, NO_DNS), "allow"):
            assert plugin.up(KIND, program, was=group).did == "update"
            assert len(sent(cloudflare)) == 2
            return
        with pytest.raises(CallFailed, match=SCIM) as caught:
            plugin.destroy(group) if program is None else plugin.up(KIND, program, was=group)
    assert "user group is managed by SCIM (code 400); " in str(caught.value)
    # The one refused request is all there was.
    assert len(written(cloudflare)) == 1
    assert person.look(group.id)["modified_on"] == before


def test_what_is_allowed_and_denied_at_once_is_a_warning(plugin: Plugin) -> None:
    plugin.check(KIND, ops(READ, deny("Zone Read", on=PRODUCTION)))
    assert told(plugin) == [
        f"{READ_KEY}, and deny Zone Read on {PRODUCTION}: which of the two wins is not documented"
    ]


@pytest.mark.parametrize("policies", [UNKNOWN, [UNKNOWN], [allow(UNKNOWN, on=UNKNOWN)]])
def test_what_is_not_known_yet_is_no_mistake(
    policies: Any, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    group = plugin.up(KIND, ops(READ))
    before = len(cloudflare.requests)
    inputs = plugin.check(KIND, {"name": "Ops", "policies": policies}, group.inputs)
    assert UNKNOWN in json.dumps(inputs["policies"])
    assert plugin.diff(group, inputs)[0] != "NONE"
    assert len(cloudflare.requests) == before


WRONG: list[Any] = [
    CANARY,
    [CANARY],
    [{f"{CANARY} @": 1}],
    [allow({CANARY: 1}, on=CANARY)],
    [allow([CANARY], on=[[CANARY]])],
    [{**READ, "access": CANARY}],
]


@pytest.mark.parametrize("policies", WRONG)
def test_no_message_about_a_secret_holds_it(policies: Any, plugin: Plugin) -> None:
    said = plugin.warnings
    try:
        plugin.check(KIND, {"name": "Ops", "policies": policies, "__secret": ["policies"]})
    except CheckFailed as failed:
        said = [*said, *failed.reasons]
    assert said
    assert CANARY not in "".join(said)


def test_a_secret_name_of_a_permission_group_is_blanked_out(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    with pytest.raises(CallFailed) as caught:
        plugin.up(KIND, ops(allow(CANARY, on=ON), __secret=["policies"]))
    assert str(caught.value).startswith("LookUpError: ")
    assert CANARY not in str(caught.value)
    assert written(cloudflare) == []


def test_a_preview_needs_no_credentials() -> None:
    with another({"cloudflare-access:accountId": PRODUCTION}) as plugin:
        inputs = plugin.check(KIND, ops(READ))
        kept = Kept("urn:pulumi:dev::test::x::thing", KIND, NOBODY, inputs, inputs)
        assert plugin.diff(kept, inputs) == ("NONE", [])
        with pytest.raises(CallFailed, match=r"^SettingsError: no Cloudflare credentials"):
            plugin.up(KIND, ops(READ))
