"""Account members, invited and removed, through the plugin's own gRPC."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from harness.fields import Person, told, written
from harness.local import config_for, reset, strict
from harness.nursery import Nursery
from harness.plugin import CallFailed, CheckFailed, Plugin
from pulumi_cloudflare_access import LocalCloudflare, grants

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = "account_member"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
ADMINISTRATOR = "3536bcfad5faccb999b47003c79917fb"
READ_ONLY, ANALYTICS = "Administrator Read Only", "Analytics"
PRODUCTION = "13f8d65290b24279ba6f44721b3eaad5"
# Untyped: programs write what `refer` writes.
ON = {"id": PRODUCTION, "label": "Production zones"}
allow: Any = grants.allow
READ = allow("Zone Read", on=ON)
READ_KEY = "allow Zone Read on Production zones"
ADA = {"email": "Ada@example.com", "roles": [READ_ONLY]}
ONESELF = "is the member whose credentials these are: removing yourself would lock you out"


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[LocalCloudflare, Plugin]]:
    with (
        strict() as cloudflare,
        Nursery(os.environ) as nursery,
        Plugin(config_for(cloudflare), os.environ, nursery=nursery) as plugin,
    ):
        yield cloudflare, plugin


@pytest.fixture
def cloudflare(shared: tuple[LocalCloudflare, Plugin]) -> LocalCloudflare:
    cloudflare, _ = shared
    reset(cloudflare)
    key = f"com.cloudflare.api.account.{cloudflare.account_id}"
    scope = {"key": key, "objects": [{"key": "*"}]}
    cloudflare.seed(
        {"iam/resource_groups": [{"id": PRODUCTION, "name": "Production zones", "scope": scope}]}
    )
    return cloudflare


@pytest.fixture
def plugin(shared: tuple[LocalCloudflare, Plugin], cloudflare: LocalCloudflare) -> Plugin:
    del cloudflare
    _, plugin = shared
    plugin.restart()
    told(plugin)
    return plugin


@pytest.fixture
def person(cloudflare: LocalCloudflare) -> Person:
    """Introduce somebody who edits by hand at Cloudflare."""
    return Person(cloudflare, "members")


def roles_of(answer: dict[str, Any]) -> list[str]:
    return sorted(role["name"] for role in answer["roles"])


@pytest.mark.parametrize("member_email", [True, False])
@pytest.mark.parametrize("role_policies", [True, False])
def test_somebody_is_invited_by_the_names_of_roles_and_it_is_quiet_then(
    plugin: Plugin,
    cloudflare: LocalCloudflare,
    person: Person,
    member_email: bool,  # noqa: FBT001 - a switch
    role_policies: bool,  # noqa: FBT001 - a switch
) -> None:
    cloudflare.switches.set({"member_email": member_email, "member_role_policies": role_policies})
    made = plugin.up(KIND, ADA)
    [(body)] = [one["body"] for one in written(cloudflare)]
    assert body == {"email": "Ada@example.com", "roles": body["roles"]}
    assert roles_of(person.look(made.id)) == [READ_ONLY]
    assert made.inputs["roles"] == {READ_ONLY: {"name": READ_ONLY}}
    assert made.outputs["roles"] == {READ_ONLY: {"name": READ_ONLY, "id": body["roles"][0]}}
    assert (made.outputs["status"], made.outputs["email"]) == ("pending", "Ada@example.com")
    assert plugin.up(KIND, ADA, was=made).did == "same"
    assert plugin.up(KIND, {**ADA, "email": "ada@EXAMPLE.com"}, was=made).did == "same"
    plugin.restart()
    refreshed = plugin.refresh(made)
    assert refreshed
    assert (refreshed.did, refreshed.inputs) == ("same", made.inputs)
    assert told(plugin) == []


def test_an_invitation_that_is_accepted_is_no_change(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.seed({"members": [{"email": "ada@example.com", "status": "accepted"}]})
    made = plugin.up(KIND, {**ADA, "adopt": True, "adopt_changes": True})
    pending = {**made.outputs, "status": "pending"}
    refreshed = plugin.refresh(type(made)(made.urn, KIND, made.id, made.inputs, pending))
    assert refreshed
    assert (refreshed.did, refreshed.outputs["status"]) == ("same", "accepted")


def test_roles_change_in_place_and_become_policies_and_roles_again(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    made = plugin.up(KIND, ADA)
    plugin.restart()
    more = plugin.up(KIND, {**ADA, "roles": [READ_ONLY, ADMINISTRATOR]}, was=made)
    assert more.did == "update"
    body = written(cloudflare)[-1]["body"]
    assert {frozenset(role) for role in body["roles"]} == {frozenset({"id"})}
    assert body.keys() == {"roles"}
    assert roles_of(person.look(made.id)) == ["Account Administrator", READ_ONLY]
    by_policy = plugin.up(KIND, {"email": ADA["email"], "policies": [READ]}, was=more)
    assert by_policy.did == "update"
    assert written(cloudflare)[-1]["body"].keys() == {"policies"}
    assert list(by_policy.outputs["policies"]) == [READ_KEY]
    assert "roles" not in by_policy.outputs
    assert person.look(made.id)["roles"] == []
    plugin.restart()
    assert plugin.refresh(by_policy).did == "same"  # type: ignore[union-attr]
    back = plugin.up(KIND, ADA, was=by_policy)
    assert (back.did, back.id) == ("update", made.id)
    assert roles_of(person.look(made.id)) == [READ_ONLY]
    assert told(plugin) == []


def test_drift_of_roles_is_named_and_refused_until_a_preview_shows_it(
    plugin: Plugin, person: Person
) -> None:
    made = plugin.up(KIND, ADA)
    person.write(made.id, {"roles": [{"id": ADMINISTRATOR}]})
    plugin.restart()
    with pytest.raises(CallFailed, match="roles: \\+ Account Administrator"):
        plugin.up(KIND, {**ADA, "roles": [ANALYTICS]}, was=made)
    drifted = plugin.refresh(made)
    assert drifted
    assert drifted.did == "drift"
    [warning] = told(plugin)
    assert warning == (
        "changed at Cloudflare: roles: - Administrator Read Only; roles: + Account Administrator"
    )
    repaired = plugin.up(KIND, ADA, was=drifted)
    assert repaired.did == "update"
    assert roles_of(person.look(made.id)) == [READ_ONLY]


def test_another_address_is_another_person(plugin: Plugin, person: Person) -> None:
    made = plugin.up(KIND, ADA)
    other = plugin.up(KIND, {**ADA, "email": "grace@example.com"}, was=made)
    assert other.did == "replace"
    assert [one["user"]["email"] for one in person.look()] == ["grace@example.com"]


def test_who_is_removed_elsewhere_is_gone(plugin: Plugin, person: Person) -> None:
    made = plugin.up(KIND, ADA)
    person.delete(made.id)
    plugin.restart()
    assert plugin.refresh(made) is None
    plugin.destroy(made)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"email": "ada"}, 'email: "ada" is no e-mail address'),
    ({"email": f"{'a' * 80}@example.com"}, "has 92 characters, and Cloudflare takes 90 at most"),
    ({"roles": None}, "roles: pass either roles or policies"),
    ({"policies": [READ]}, "policies: pass either roles or policies"),
    ({"roles": []}, "roles: must hold at least one role"),
    ({"roles": [7]}, "roles[0]: must be an account role's name or id, or what a look-up found"),
    ({"roles": None, "policies": []}, "policies: must hold at least one policy"),
    ({"rolls": [READ_ONLY]}, 'rolls: is not a field; "roles"?'),
]


@pytest.mark.parametrize(("change", "reason"), WRONG)
def test_what_cannot_be_is_refused_in_the_preview(
    plugin: Plugin, change: dict[str, Any], reason: str
) -> None:
    declared = {name: value for name, value in {**ADA, **change}.items() if value is not None}
    with pytest.raises(CheckFailed) as failed:
        plugin.check(KIND, declared)
    assert any(reason in one for one in failed.value.reasons), failed.value.reasons


def test_what_is_not_known_yet_is_no_mistake(plugin: Plugin) -> None:
    assert plugin.check(KIND, {"email": UNKNOWN, "roles": UNKNOWN})["email"] == UNKNOWN
    assert plugin.check(KIND, {"email": "a@example.com", "policies": UNKNOWN})


def test_a_role_that_does_not_exist_is_named_with_the_nearest(plugin: Plugin) -> None:
    with pytest.raises(CallFailed) as failed:
        plugin.up(KIND, {**ADA, "roles": ["Analytic", "Nothing at all"]})
    assert 'roles["Analytic"]: no account role has the name "Analytic"' in str(failed.value)
    assert '"Analytics"' in str(failed.value)
    assert 'roles["Nothing at all"]' in str(failed.value)


def test_a_group_of_a_policy_that_does_not_exist_is_named(plugin: Plugin) -> None:
    nowhere = "33f8d65290b24279ba6f44721b3eaad5"
    policies = [grants.allow("Zone Read", on=nowhere)]
    with pytest.raises(CallFailed, match=f"resource_groups: there is no {nowhere} in account"):
        plugin.up(KIND, {"email": "ada@example.com", "policies": policies})


# ----------------------------------------------------------------------------- who is there already


def test_who_is_a_member_already_is_named_and_can_be_adopted(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    [seeded] = cloudflare.seed({"members": [{"email": "ada@example.com"}]})["members"]
    with pytest.raises(CallFailed) as failed:
        plugin.up(KIND, ADA)
    assert f"is in account {cloudflare.account_id} already ({seeded['id']}, accepted)" in str(
        failed.value
    )
    assert "adopt=True" in str(failed.value)
    with pytest.raises(CallFailed, match=f"roles: \\+ {READ_ONLY}"):
        plugin.up(KIND, {**ADA, "adopt": True})
    adopted = plugin.up(KIND, {**ADA, "adopt": True, "adopt_changes": True})
    assert adopted.id == seeded["id"]
    assert roles_of(person.look(adopted.id)) == [READ_ONLY]
    plugin.restart()
    assert plugin.up(KIND, {**ADA, "adopt": seeded["id"]}, name="again").id == seeded["id"]


def test_get_reads_a_member_with_everything(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    made = plugin.up(KIND, ADA)
    cloudflare.switches.member_email = False
    found = plugin.get(KIND, made.id, {"account_id": cloudflare.account_id})
    assert found.outputs["email"] == "ada@example.com"
    assert list(found.outputs["roles"]) == [READ_ONLY]
    assert found.outputs["status"] == "pending"


def test_somebody_is_added_without_an_invitation_where_the_account_may(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    declared = {**ADA, "send_invitation": False}
    cloudflare.switches.direct_members = "refuse"
    with pytest.raises(CallFailed, match="leave out send_invitation=False"):
        plugin.up(KIND, declared)
    assert person.look() == []
    cloudflare.switches.direct_members = "accept"
    made = plugin.up(KIND, declared)
    assert made.outputs["status"] == "accepted"
    assert plugin.up(KIND, ADA, was=made).did == "same"


# ------------------------------------------------------------------------------------- oneself


def test_removing_oneself_is_refused_before_the_delete_is_sent(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    cloudflare.switches.user_tokens = True
    mine, hers = (
        plugin.up(KIND, {**ADA, "email": email}, name=email)
        for email in (cloudflare.email.upper(), "ada@example.com")
    )
    with pytest.raises(CallFailed, match=ONESELF):
        plugin.destroy(mine)
    assert [one["method"] for one in written(cloudflare)].count("DELETE") == 0
    plugin.destroy(hers)
    assert [one["id"] for one in person.look()] == [mine.id]


def test_an_accounts_own_token_belongs_to_nobody(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    made = plugin.up(KIND, {**ADA, "email": cloudflare.email})
    plugin.destroy(made)
    assert written(cloudflare)[-1]["method"] == "DELETE"


def test_with_an_api_key_a_replacement_of_oneself_is_refused_in_the_preview(
    cloudflare: LocalCloudflare,
) -> None:
    config = config_for(cloudflare)
    del config["cloudflare:apiToken"]
    keys = {"cloudflare:email": cloudflare.email, "cloudflare:apiKey": cloudflare.api_key}
    with Plugin(config | keys, os.environ) as plugin:
        made = plugin.up(KIND, {**ADA, "email": cloudflare.email})
        with pytest.raises(CheckFailed, match=ONESELF):
            plugin.up(KIND, ADA, was=made)
        with pytest.raises(CallFailed, match=ONESELF):
            plugin.destroy(made)
        assert [one["method"] for one in written(cloudflare)].count("DELETE") == 0
