"""Resource groups through the plugin's own gRPC."""

from __future__ import annotations

import itertools
import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from harness.fields import Person, shuffled, told, written
from harness.local import config_for, reset, strict
from harness.plugin import CallFailed, CheckFailed, Kept, Plugin
from harness.sockets import Scripted, answer, envelope
from pulumi_cloudflare_access import LocalCloudflare, scopes

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = "resource_group"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
ACCOUNT, ZONE = "com.cloudflare.api.account.", "com.cloudflare.api.account.zone."
BUCKET = "com.cloudflare.edge.r2.bucket.logs"
ID = "13f8d65290b24279ba6f44721b3eaad5"
SHOP, BLOG = "23f8d65290b24279ba6f44721b3eaad5", "33f8d65290b24279ba6f44721b3eaad5"
CANARY = "canary-0123456789"
# Every position of the switches that change what is said of a resource group.
POSITIONS = [
    dict(zip(("iam_meta", "resource_group_scope", "plain"), values, strict=True))
    for values in itertools.product(("named", "key_value"), ("array", "object"), (False, True))
]
positions = pytest.mark.parametrize("position", POSITIONS, ids=json.dumps)


@contextmanager
def another(config: dict[str, str]) -> Iterator[Plugin]:
    """Run another plugin process: another run of the program."""
    with Plugin(config, os.environ) as plugin:
        yield plugin


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[LocalCloudflare, Plugin]]:
    with strict(zone_id=SHOP) as cloudflare, another(config_for(cloudflare)) as plugin:
        cloudflare.add_zone(BLOG)
        yield cloudflare, plugin


@pytest.fixture
def cloudflare(shared: tuple[LocalCloudflare, Plugin]) -> LocalCloudflare:
    cloudflare, _ = shared
    reset(cloudflare)
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
    return Person(cloudflare, "iam/resource_groups")


def declared(*objects: Any, name: str = "Production", **more: Any) -> dict[str, Any]:
    return {"name": name, "scope": {"objects": list(objects)}, **more}


def zone(id_: str, name: str | None = None) -> dict[str, Any]:
    named = {} if name is None else {"label": name}
    return {"key": f"{ZONE}{id_}", **named}


def held(cloudflare: LocalCloudflare) -> list[dict[str, Any]]:
    """Return what was sent of the objects in the last write."""
    objects: list[dict[str, Any]] = written(cloudflare)[-1]["body"]["scope"]["objects"]
    return objects


def seeded(cloudflare: LocalCloudflare, *objects: str, **fields: Any) -> str:
    scope = {
        "key": f"{ACCOUNT}{cloudflare.account_id}",
        "objects": [{"key": key} for key in objects],
    }
    group = {"name": "Production", "scope": scope, **fields}
    [made] = cloudflare.seed({"iam/resource_groups": [group]})["iam/resource_groups"]
    return str(made["id"])


def built_in(plugin: Plugin, cloudflare: LocalCloudflare) -> Kept:
    """Return the group that Cloudflare has made for the whole account, as a state could have it."""
    [whole] = [
        group
        for group in Person(cloudflare, "iam/resource_groups").look()
        if group["name"] == f"{ACCOUNT}{cloudflare.account_id}"
    ]
    found = plugin.get(KIND, whole["id"], {})
    outputs = {name: value for name, value in found.outputs.items() if name != "__external"}
    inputs = {name: outputs[name] for name in ("name", "scope", "account_id")}
    return Kept(found.urn, KIND, found.id, inputs, outputs)


# ------------------------------------------------------------------------------------------- life


def test_the_account_is_filled_in_and_objects_are_called_by_their_names(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    group = plugin.up(KIND, declared(zone(SHOP, "shop.example.com"), zone(BLOG), {"key": BUCKET}))
    key = f"{ACCOUNT}{cloudflare.account_id}"
    request = cloudflare.requests[-1]
    assert request["path"] == f"/accounts/{cloudflare.account_id}/iam/resource_groups"
    assert request["body"] == {
        "name": "Production",
        "scope": {
            "key": key,
            "objects": [{"key": BUCKET}, {"key": f"{ZONE}{BLOG}"}, {"key": f"{ZONE}{SHOP}"}],
        },
    }
    assert group.inputs == {
        "account_id": cloudflare.account_id,
        "name": "Production",
        "scope": {
            "key": key,
            "objects": {
                BUCKET: {"key": BUCKET},
                f"zone {BLOG}": {"key": f"{ZONE}{BLOG}"},
                "zone shop.example.com": {"key": f"{ZONE}{SHOP}"},
            },
        },
    }
    assert group.outputs == {**group.inputs, "meta": {"editable": "true"}, "__version": 1}


@positions
def test_a_resource_group_lives(
    position: dict[str, Any], plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    for name, value in position.items():
        setattr(cloudflare.switches, name, value)

    def quiet(kept: Kept, program: dict[str, Any]) -> Kept:
        before = len(written(cloudflare))
        again = plugin.up(KIND, shuffled(program), was=kept)
        refreshed = plugin.refresh(again)
        assert refreshed
        assert (again.did, refreshed.did, told(plugin)) == ("same", "same", [])
        assert (refreshed.inputs, refreshed.outputs) == (again.inputs, again.outputs)
        assert plugin.up(KIND, program, was=refreshed).did == "same"
        assert len(written(cloudflare)) == before
        return refreshed

    three = declared(zone(SHOP, "shop"), zone(BLOG), {"key": BUCKET})
    made = quiet(plugin.up(KIND, three), three)
    assert made.outputs["meta"] == {"editable": "true"}

    two = declared(zone(SHOP, "shop"), {"key": BUCKET}, name="Shop")
    changed = plugin.up(KIND, two, was=made)
    assert (changed.did, changed.id) == ("update", made.id)
    assert held(cloudflare) == [{"key": BUCKET}, {"key": f"{ZONE}{SHOP}"}]
    changed = quiet(changed, two)

    key = f"{ACCOUNT}{cloudflare.account_id}"
    objects = [{"key": "*"}, {"key": BUCKET}]
    person.write(made.id, {"name": "Mine", "scope": {"key": key, "objects": objects}})
    drifted = plugin.refresh(changed)
    assert drifted
    assert drifted.did == "drift"
    assert told(plugin) == [
        (
            "changed at Cloudflare: name: 'Shop' -> 'Mine'; scope.objects: - zone shop; "
            "scope.objects: + everything"
        )
    ]
    repaired = plugin.up(KIND, two, was=drifted)
    assert repaired.did == "update"
    assert held(cloudflare) == [{"key": BUCKET}, {"key": f"{ZONE}{SHOP}"}]
    repaired = quiet(repaired, two)

    plugin.destroy(repaired)
    assert not person.has(made.id)
    assert plugin.refresh(repaired) is None
    assert told(plugin) == ["gone from Cloudflare"]
    plugin.destroy(repaired)


def test_the_whole_account_is_everything(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    group = plugin.up(KIND, {"name": "All", "scope": scopes.account()})
    assert held(cloudflare) == [{"key": "*"}]
    assert list(group.inputs["scope"]["objects"]) == ["everything"]


def test_another_name_for_a_zone_is_no_change(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    group = plugin.up(KIND, declared(zone(SHOP, "shop"), zone(BLOG, "blog")))
    again = plugin.up(KIND, declared(zone(SHOP, "store"), zone(BLOG, "blog")), was=group)
    assert again.did == "same"
    # Nor is it noise beside a real one.
    changed = plugin.up(KIND, declared(zone(SHOP, "store")), was=group)
    assert list(changed.inputs["scope"]["objects"]) == ["zone shop"]
    assert len(written(cloudflare)) == 2


def test_the_key_is_the_programs_where_it_gives_one(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    key = "com.cloudflare.something.new"
    scope = scopes.objects(BUCKET, key=key)
    group = plugin.up(KIND, {"name": "N", "scope": scope})
    assert written(cloudflare)[-1]["body"]["scope"] == {"key": key, "objects": [{"key": BUCKET}]}
    assert plugin.up(KIND, {"name": "N", "scope": scope}, was=group).did == "same"
    updated = plugin.up(KIND, declared({"key": BUCKET}, name="N"), was=group)
    assert updated.did == "update"
    assert updated.outputs["scope"]["key"] == f"{ACCOUNT}{cloudflare.account_id}"


def test_what_is_not_known_yet_is_no_mistake(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    inputs = plugin.check(KIND, declared({"key": "*"}, account_id=UNKNOWN))
    assert inputs["scope"]["key"] == UNKNOWN
    unknown = declared({"key": UNKNOWN, "label": "shop", "of": "urn:pulumi:a::b::c::shop"})
    assert list(plugin.check(KIND, unknown)["scope"]["objects"]) == ["zone shop"]
    assert plugin.check(KIND, {"name": "N", "scope": UNKNOWN})["scope"] == UNKNOWN
    assert cloudflare.requests == []


def test_a_change_that_no_preview_has_shown_is_not_undone_but_named(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    group = plugin.up(KIND, declared(zone(SHOP)))
    key = f"{ACCOUNT}{cloudflare.account_id}"
    scope = {"key": key, "objects": [{"key": "*"}]}
    person.write(group.id, {"name": "Production", "scope": scope})
    before = len(written(cloudflare))
    with pytest.raises(CallFailed, match=r"^DriftError: .*scope\.objects: \+ everything"):
        plugin.up(KIND, declared(zone(SHOP), name="New"), was=group)
    assert len(written(cloudflare)) == before


def test_another_account_is_another_group(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    group = plugin.up(KIND, declared({"key": "*"}))
    other = cloudflare.add_account(token=cloudflare.token)
    inputs = plugin.check(KIND, declared({"key": "*"}, account_id=other.id), group.inputs)
    assert inputs["scope"]["key"] == f"{ACCOUNT}{other.id}"
    assert plugin.diff(group, inputs) == ("UNKNOWN", ["account_id"])


# -------------------------------------------------------------------------------------------- get


@positions
def test_a_group_that_the_stack_does_not_own_is_read_with_all_its_fields(
    position: dict[str, Any], plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    for name, value in position.items():
        setattr(cloudflare.switches, name, value)
    id_ = seeded(cloudflare, f"{ZONE}{SHOP}", BUCKET)
    found = plugin.get(KIND, id_, {})
    assert found.outputs["name"] == "Production"
    assert found.outputs["meta"] == {"editable": "true"}
    assert found.outputs["scope"]["key"] == f"{ACCOUNT}{cloudflare.account_id}"
    assert set(found.outputs["scope"]["objects"]) == {BUCKET, f"zone {SHOP}"}


def answered(scope: Any) -> dict[str, Any]:
    """Read a group whose answer has this scope."""
    with Scripted(answer(envelope({"id": ID, "name": "N", "scope": scope}))) as server:
        config = {
            "cloudflare:apiToken": CANARY,
            "cloudflare:baseUrl": server.base_url,
            "cloudflare-access:allowLoopback": "true",
        }
        with another(config) as plugin:
            return plugin.get(KIND, ID, {"account_id": SHOP}).outputs


def test_a_list_of_scopes_that_are_one_is_one() -> None:
    one, two = {"key": "a", "objects": [{"key": "*"}]}, {"key": "a", "objects": [{"key": "b"}]}
    assert answered([one, two])["scope"] == {
        "key": "a",
        "objects": {"b": {"key": "b"}, "everything": {"key": "*"}},
    }


@pytest.mark.parametrize(
    "scope",
    [
        [{"key": "a", "objects": [{"key": "*"}]}, {"key": "b", "objects": [{"key": "*"}]}],
        [],
        {"key": "a", "objects": "*"},
        {"key": "a", "objects": None},
        {"key": "a"},
        [5],
    ],
)
def test_a_scope_that_cannot_be_kept_whole_is_an_error_and_no_smaller_one(scope: Any) -> None:
    with pytest.raises(CallFailed, match=r"^UnusableAnswerError: "):
        answered(scope)


# ------------------------------------------------------------------------------------------ adopt


@positions
@pytest.mark.parametrize("by", ["name", "id"])
def test_a_group_that_is_as_declared_is_adopted_and_not_written(
    by: str, position: dict[str, Any], plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    for name, value in position.items():
        setattr(cloudflare.switches, name, value)
    id_ = seeded(cloudflare, f"{ZONE}{SHOP}", BUCKET)
    program = declared({"key": BUCKET}, zone(SHOP), adopt=id_ if by == "id" else True)
    group = plugin.up(KIND, program, name=f"by {by}")
    assert (group.id, written(cloudflare)) == (id_, [])
    assert plugin.up(KIND, program, was=group).did == "same"


def test_a_group_that_differs_is_adopted_with_its_changes_where_they_are_accepted(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    id_ = seeded(cloudflare, "*")
    program = declared(zone(SHOP), adopt=True)
    told_ = rf"would change: scope\.objects: - everything; scope\.objects: \+ zone {SHOP}\."
    with pytest.raises(CallFailed, match=told_):
        plugin.up(KIND, program)
    assert written(cloudflare) == []
    assert plugin.up(KIND, {**program, "adopt_changes": True}).id == id_
    assert held(cloudflare) == [{"key": f"{ZONE}{SHOP}"}]


def test_one_of_several_groups_of_a_name_must_be_chosen(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    ids = sorted([seeded(cloudflare, "*"), seeded(cloudflare, "*")])
    with pytest.raises(CallFailed, match=rf"2 resource groups are called .*\({ids[0]}, {ids[1]}\)"):
        plugin.up(KIND, declared({"key": "*"}, adopt=True))
    assert plugin.up(KIND, declared({"key": "*"}, adopt=ids[1])).id == ids[1]


# --------------------------------------------------------------------------- Cloudflare's own ones

OWN = "it is Cloudflare's own, and nobody can change it; refer to it with get_resource_group or"


@pytest.mark.parametrize("meta", ["named", "key_value"])
@pytest.mark.parametrize("by", ["name", "id"])
def test_a_group_of_cloudflares_own_is_not_adopted(
    by: str, meta: Any, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.iam_meta = meta
    own = built_in(plugin, cloudflare)
    program = {**own.inputs, "adopt": own.id if by == "id" else True}
    with pytest.raises(CallFailed, match=rf"^AdoptionError: resource group .*: {OWN}"):
        plugin.up(KIND, program)
    with pytest.raises(CallFailed, match=OWN):
        plugin.up(KIND, {**program, "adopt_changes": True, "scope": scopes.zones(SHOP)})
    assert written(cloudflare) == []


def test_a_group_of_cloudflares_own_that_a_state_has_is_neither_changed_nor_destroyed(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    own = built_in(plugin, cloudflare)
    assert plugin.refresh(own)
    with pytest.raises(CallFailed, match=rf"-> 422: .*; {OWN}"):
        plugin.up(KIND, {**own.inputs, "name": "Mine"}, was=own)
    with pytest.raises(CallFailed, match=rf"-> 422: .*; {OWN}"):
        plugin.destroy(own)
    assert [request["method"] for request in written(cloudflare)] == ["PUT", "DELETE"]


# ------------------------------------------------------------------------------------------ in use


def used(cloudflare: LocalCloudflare, group: Kept) -> None:
    """Have a user group whose policies apply to a group, and one whose do not."""
    policy = {
        "access": "allow",
        "permission_groups": [{"id": "c8fed203ed3043cba015a93ad1616f1f"}],
        "resource_groups": [{"id": group.id}],
    }
    groups = [{"name": "Ops", "policies": [policy]}, {"name": "Staff"}]
    cloudflare.seed({"iam/user_groups": groups})


def test_a_group_that_is_still_used_is_an_error_that_names_its_users(
    cloudflare: LocalCloudflare,
) -> None:
    with another(config_for(cloudflare)) as plugin:
        group = plugin.up(KIND, declared({"key": "*"}))
        used(cloudflare, group)
        with pytest.raises(CallFailed, match=r'^ConflictError: .*in use by user group "Ops" \('):
            plugin.destroy(group)


def test_a_group_that_the_api_deletes_under_its_users_is_a_warning_that_names_them(
    cloudflare: LocalCloudflare, person: Person
) -> None:
    cloudflare.switches.delete_in_use = "allow"
    with another(config_for(cloudflare)) as plugin:
        group = plugin.up(KIND, declared({"key": "*"}))
        used(cloudflare, group)
        plugin.destroy(group)
        [warning] = told(plugin)
    assert 'is deleted, and was still used by user group "Ops" (' in warning
    assert not person.has(group.id)


def test_who_uses_a_group_is_asked_once_for_all_that_are_deleted(
    cloudflare: LocalCloudflare,
) -> None:
    with another(config_for(cloudflare)) as plugin:
        groups = [plugin.up(KIND, declared({"key": "*"}, name=n), name=n) for n in "abc"]
        policy = {
            "access": "allow",
            "permission_groups": ["Zone Read"],
            "resource_groups": [groups[1].id, groups[2].id],
        }
        user = plugin.up("user_group", {"name": "Ops", "policies": [policy]})
        plugin.destroy(groups[0])
        plugin.destroy(user)
        plugin.destroy(groups[1])
        plugin.destroy(groups[2])
        assert told(plugin) == []
    lists = [r for r in cloudflare.requests if "/iam/user_groups?" in r["path"]]
    # One before the first is made, one before the first is deleted.
    assert len(lists) == 2


# --------------------------------------------------------------------------------------- mistakes


NOTHING = "must hold at least one object: the API refuses a resource group of nothing"
NO_ZONE = "names no zone's id, 32 hexadecimal digits; pass the zone itself or its id"
NO_OBJECT = "must be an object of a scope; scopes.zones(…) makes them"


@pytest.mark.parametrize(
    ("program", "reasons"),
    [
        ({}, ["name: is required", "scope: is required"]),
        ({"name": "N", "scope": {}}, ["scope.objects: is required"]),
        (declared(), [f"scope.objects: {NOTHING}"]),
        (
            declared(zone("shop.example.com"), "x", nmae="N"),
            [
                f'scope.objects[0].key: "{zone("shop.example.com")["key"]}" {NO_ZONE}',
                f"scope.objects[1]: {NO_OBJECT}",
                'nmae: is not a field; "name"?',
            ],
        ),
        (
            {"name": "N", "scope": {"objects": [{"key": "*"}], "kee": "x"}},
            ['scope.kee: is not a field; "key"?'],
        ),
        (declared({"key": "*"}, zone_id=SHOP), ["zone_id: is not a field"]),
    ],
)
def test_all_mistakes_come_at_once_each_with_its_path(
    program: dict[str, Any], reasons: list[str], plugin: Plugin
) -> None:
    with pytest.raises(CheckFailed) as caught:
        plugin.check(KIND, program)
    assert caught.value.reasons == reasons


@pytest.mark.parametrize(
    "scope",
    [
        CANARY,
        [CANARY],
        {"objects": CANARY},
        {"objects": [CANARY]},
        {"objects": [{"key": f"{ZONE}{CANARY}"}]},
        {"objects": [{"key": "*"}], f"{CANARY} @": 1},
        {"objects": [{"key": "*"}], "key": [CANARY]},
    ],
)
def test_no_message_about_a_secret_holds_it(scope: Any, plugin: Plugin) -> None:
    with pytest.raises(CheckFailed) as caught:
        plugin.check(KIND, {"name": "N", "scope": scope, "__secret": ["scope"]})
    assert CANARY not in "".join(caught.value.reasons)


def test_a_preview_needs_no_credentials() -> None:
    with another({"cloudflare-access:accountId": SHOP}) as plugin:
        inputs = plugin.check(KIND, declared({"key": "*"}))
        kept = Kept("urn:pulumi:dev::test::x::thing", KIND, ID, inputs, inputs)
        assert plugin.diff(kept, inputs) == ("NONE", [])
        with pytest.raises(CallFailed, match=r"^SettingsError: no Cloudflare credentials"):
            plugin.up(KIND, declared({"key": "*"}))
