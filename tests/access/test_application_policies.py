"""An application's own policies through the plugin's gRPC: all of them as a list, or one by one."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access import evaluator
from harness.fields import written
from harness.local import config_for, reset
from harness.plugin import UNKNOWN, CallFailed, CheckFailed, Kept, Plugin
from pulumi_cloudflare_access import LocalCloudflare, rules
from pulumi_cloudflare_access.local_cloudflare.access.apps.models import AppBackend

if TYPE_CHECKING:
    pass

LIST = "access_application_policies"
ONE = "access_application_policy"
REUSABLE = "access_policy"
Policy = dict[str, Any]
ADA, EVE, BOB = (rules.email(f"{name}@example.com") for name in ("ada", "eve", "bob"))
STAFF: Policy = {"name": "Staff", "decision": "allow", "include": [ADA, BOB]}
NOT_EVE: Policy = {"name": "Not Eve", "decision": "deny", "include": [EVE]}
GUESTS: Policy = {"name": "Guests", "decision": "allow", "include": [rules.everyone()]}
THREE = [STAFF, NOT_EVE, GUESTS]


class Application:
    """One application at Cloudflare, and a colleague who edits its policies by hand."""

    def __init__(self, cloudflare: LocalCloudflare, domain: str = "app.example.com") -> None:
        self.cloudflare = cloudflare
        self._http = httpx.Client(
            transport=httpx.WSGITransport(app=cloudflare.app),
            base_url=cloudflare.base_url,
            headers={"Authorization": f"Bearer {cloudflare.token}"},
        )
        self._apps = f"accounts/{cloudflare.account_id}/access/apps"
        self.id: str = self.ask("POST", "", {"type": "self_hosted", "domain": domain})["id"]

    def ask(self, verb: str, path: str, body: Any = None) -> Any:
        answer = self._http.request(verb, f"{self._apps}{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()["result"]

    def policies(self) -> list[Policy]:
        found: list[Policy] = self.ask("GET", f"/{self.id}/policies")
        return found

    def names(self) -> list[str]:
        return [policy["name"] for policy in self.policies()]

    def make(self, policy: Policy, **more: Any) -> Policy:
        made: Policy = self.ask("POST", f"/{self.id}/policies", {**policy, **more})
        return made

    def edit(self, name: str, **fields: Any) -> None:
        self.cloudflare.switches.plain = True
        policy = next(policy for policy in self.policies() if policy["name"] == name)
        self.cloudflare.switches.plain = False
        kept = ("name", "decision", "include", "exclude", "require", "precedence")
        body = {key: policy[key] for key in kept} | fields
        self.ask("PUT", f"/{self.id}/policies/{policy['id']}", body)

    def declare(self, *policies: Policy, **more: Any) -> dict[str, Any]:
        return {"application": self.id, "policies": list(policies), **more}

    def one(self, policy: Policy, precedence: int, **more: Any) -> dict[str, Any]:
        return {"application": self.id, **policy, "precedence": precedence, **more}


@pytest.fixture
def cloudflare(shared: tuple[LocalCloudflare, Plugin]) -> LocalCloudflare:
    cloudflare, _ = shared
    cloudflare.app.requests = []
    reset(cloudflare)
    cloudflare.switches.max_applications = None
    return cloudflare


@pytest.fixture
def plugin(shared: tuple[LocalCloudflare, Plugin], cloudflare: LocalCloudflare) -> Plugin:
    del cloudflare
    _, plugin = shared
    plugin.engine.warnings.clear()
    return plugin


@pytest.fixture
def app(cloudflare: LocalCloudflare) -> Application:
    application = Application(cloudflare)
    cloudflare.app.requests.clear()
    return application


def writes(cloudflare: LocalCloudflare) -> list[str]:
    """Return the verbs of all writes since the last time."""
    verbs = [r["method"] for r in cloudflare.requests if r["method"] != "GET"]
    cloudflare.app.requests.clear()
    return verbs


# ------------------------------------------------------------------------------------ the list


def test_a_list_is_made_in_order_and_running_again_sends_nothing(
    plugin: Plugin, app: Application
) -> None:
    made = plugin.up(LIST, app.declare(*THREE))
    assert made.id == app.id
    assert app.names() == ["Staff", "Not Eve", "Guests"]
    assert made.outputs["ids"] == {policy["name"]: policy["id"] for policy in app.policies()}
    assert made.inputs["policies"]["order"] == "Staff > Not Eve > Guests"
    writes(app.cloudflare)
    assert plugin.up(LIST, app.declare(*THREE), was=made).did == "same"
    assert writes(app.cloudflare) == []
    assert plugin.warnings == []


def test_an_empty_list_is_told_and_one_that_is_not_known_yet_is_not_taken_for_one(
    plugin: Plugin, app: Application
) -> None:
    made = plugin.up(LIST, app.declare(*THREE))
    plugin.check(LIST, {"application": app.id, "policies": UNKNOWN}, made.inputs, made.urn)
    assert plugin.warnings == []
    plugin.check(LIST, app.declare(), made.inputs, made.urn)
    assert plugin.warnings == ["no policies: nobody gets in any more"]


@pytest.mark.parametrize("turn", range(3))
def test_a_refresh_is_quiet_however_the_server_shuffles(
    turn: int, plugin: Plugin, app: Application
) -> None:
    policy = {**STAFF, "include": [ADA, EVE, BOB, rules.ip("203.0.113.7")], "exclude": [BOB, EVE]}
    made = plugin.up(LIST, app.declare(NOT_EVE, {**policy, "name": f"{turn}"}))
    refreshed = plugin.refresh(made)
    assert refreshed
    assert (refreshed.did, refreshed.inputs) == ("same", made.inputs)
    assert plugin.warnings == []


def test_a_reorder_works_in_one_up(plugin: Plugin, app: Application) -> None:
    made = plugin.up(LIST, app.declare(*THREE))
    changed = plugin.up(LIST, app.declare(*THREE[::-1]), was=made)
    assert changed.did == "update"
    assert app.names() == ["Guests", "Not Eve", "Staff"]
    assert changed.outputs["ids"].keys() == made.outputs["ids"].keys()
    assert plugin.warnings == []


def test_an_insertion_is_one_request_and_two_paths(plugin: Plugin, app: Application) -> None:
    made = plugin.up(LIST, app.declare(*THREE))
    writes(app.cloudflare)
    more = plugin.up(LIST, app.declare(STAFF, {**GUESTS, "name": "More"}, *THREE[1:]), was=made)
    assert writes(app.cloudflare) == ["POST"]
    assert app.names() == ["Staff", "More", "Not Eve", "Guests"]
    before, now = made.inputs["policies"], more.inputs["policies"]
    assert {key for key in now if now[key] != before.get(key)} == {"More", "order"}


def test_a_changed_rule_is_one_nested_path(plugin: Plugin, app: Application) -> None:
    made = plugin.up(LIST, app.declare(*THREE))
    writes(app.cloudflare)
    changed = plugin.up(LIST, app.declare({**STAFF, "include": [ADA, BOB, EVE]}, *THREE[1:]), made)
    assert writes(app.cloudflare) == ["PUT"]
    before, now = made.inputs["policies"], changed.inputs["policies"]
    assert now.pop("Staff")["include"] == {
        **before.pop("Staff")["include"],
        "email eve@example.com": EVE,
    }
    assert now == before


def test_another_label_or_another_spelling_inside_a_policy_is_no_change(
    plugin: Plugin, app: Application
) -> None:
    group: dict[str, Any] = {
        "id": "aa0a4aab-672b-4bdb-bc33-a59f1130a11f",
        "name": "X",
        "include": [ADA],
    }
    other: dict[str, Any] = {
        "id": "0b0a4aab-672b-4bdb-bc33-a59f1130a11f",
        "name": "Y",
        "include": [ADA],
    }
    app.cloudflare.seed({"access/groups": [group, other]})

    def staff(label: str, email: str) -> Policy:
        include = [rules.group(group["id"], label=label), rules.group(other["id"], label="M")]
        return {**STAFF, "include": [*include, rules.email(email)]}

    made = plugin.up(LIST, app.declare(staff("A", "ada@example.com"), NOT_EVE))
    writes(app.cloudflare)
    again = plugin.up(LIST, app.declare(staff("Z", "Ada@Example.com"), NOT_EVE), was=made)
    assert again.did == "same"
    changed = plugin.up(
        LIST, app.declare(staff("Z", "Ada@Example.com"), {**NOT_EVE, "include": [BOB]}), was=made
    )
    assert changed.inputs["policies"]["Staff"] == made.inputs["policies"]["Staff"]


def test_drift_is_shown_as_what_somebody_changed_and_put_right(
    plugin: Plugin, app: Application
) -> None:
    made = plugin.up(LIST, app.declare(*THREE))
    app.edit("Staff", exclude=[BOB])
    app.edit("Guests", include=[BOB])
    found = plugin.refresh(made)
    assert found
    assert found.did == "drift"
    assert found.inputs["policies"] == {
        **made.inputs["policies"],
        "Staff": {**made.inputs["policies"]["Staff"], "exclude": {"email bob@example.com": BOB}},
        "Guests": {
            **made.inputs["policies"]["Guests"],
            "include": {"email bob@example.com": BOB},
        },
    }
    plugin.up(LIST, app.declare(*THREE), was=found)
    assert app.policies()[0]["exclude"] == []
    assert list(app.policies()[2]["include"][0]) == ["everyone"]


@pytest.mark.parametrize("edit", ["policy", "new", "order"])
def test_a_change_that_no_preview_has_shown_is_refused(
    edit: str, plugin: Plugin, app: Application
) -> None:
    made = plugin.up(LIST, app.declare(*THREE))
    if edit == "policy":
        app.edit("Not Eve", include=[BOB])
    elif edit == "new":
        app.make({**GUESTS, "name": "Foreign"})
    else:
        app.edit("Staff", precedence=99)
    before = app.policies()
    with pytest.raises(CallFailed, match=r"^DriftError: .*no preview has shown"):
        plugin.up(LIST, app.declare({**STAFF, "include": [ADA]}, *THREE[1:]), was=made)
    after = app.policies()
    assert [(p["id"], p["updated_at"]) for p in after] == [
        (p["id"], p["updated_at"]) for p in before
    ]


def test_a_field_that_is_no_longer_declared_goes_back_to_its_default(
    plugin: Plugin, app: Application
) -> None:
    special = {**STAFF, "session_duration": "1h", "approval_required": True}
    special["approval_groups"] = [{"approvals_needed": 1, "email_addresses": ["a@b.io"]}]
    made = plugin.up(LIST, app.declare(special, NOT_EVE))
    default = app.make({**GUESTS, "name": "Fresh"})
    app.ask("DELETE", f"/{app.id}/policies/{default['id']}")
    changed = plugin.up(LIST, app.declare(STAFF, NOT_EVE), was=made)
    assert changed.did == "update"
    found = app.policies()[0]
    for field in ("session_duration", "approval_required"):
        assert found.get(field) == default.get(field)
    assert not found.get("approval_groups")
    assert "session_duration" not in changed.outputs["policies"]["Staff"]
    assert plugin.warnings == []


def test_what_nobody_declares_of_a_policy_stays(plugin: Plugin, app: Application) -> None:
    made = plugin.up(LIST, app.declare(STAFF))
    app.edit("Staff", session_duration="2h")
    assert plugin.up(LIST, app.declare({**STAFF, "include": [EVE]}), was=made).did == "update"
    assert app.policies()[0]["session_duration"] == "2h"


def test_an_edit_by_hand_is_told_with_the_policy_and_the_person(
    plugin: Plugin, app: Application
) -> None:
    made = plugin.up(LIST, app.declare(*THREE))
    app.edit("Not Eve", include=[EVE, rules.email("mallory@example.net")], precedence=900)
    app.make({**GUESTS, "name": "Foreign"}, precedence=901)
    changes = (
        "policies: + Foreign",
        "policies: Not Eve.include: + email mallory@example.net",
        "policies: order: Staff > Not Eve > Guests -> Staff > Guests > Not Eve > Foreign",
    )
    with pytest.raises(CallFailed) as refused:
        plugin.up(LIST, app.declare(STAFF), was=made)
    assert f"no preview has shown it: {'; '.join(changes)}. Nothing was sent" in str(refused.value)
    plugin.engine.warnings.clear()
    plugin.refresh(made)
    assert plugin.warnings == [f"changed at Cloudflare: {'; '.join(changes)}"]


def test_a_creation_that_was_cut_short_is_gone_on_with(plugin: Plugin, app: Application) -> None:
    app.make(NOT_EVE, precedence=20)
    app.make(STAFF, precedence=10)
    writes(app.cloudflare)
    plugin.up(LIST, app.declare(*THREE))
    assert writes(app.cloudflare) == ["POST"]
    assert app.names() == ["Staff", "Not Eve", "Guests"]


def test_policies_that_nobody_declares_are_told_and_stay_unless_that_is_accepted(
    plugin: Plugin, app: Application
) -> None:
    app.make({**GUESTS, "name": "Foreign"})
    app.make({**STAFF, "include": [EVE]})
    with pytest.raises(CallFailed) as refused:
        plugin.up(LIST, app.declare(*THREE))
    assert (
        "AdoptionError: the application has policies already, which would change: "
        "policies: - Foreign; policies: + Not Eve; policies: + Guests; "
        "policies: Staff.include: - email eve@example.com; "
        "policies: Staff.include: + email ada@example.com; policies: Staff.include: + email "
        "bob@example.com. Declare what is there, or accept these changes with adopt=True and "
        "adopt_changes=True"
    ) in str(refused.value)
    with pytest.raises(CallFailed, match=r"^AdoptionError: .*policies: - Foreign"):
        plugin.up(LIST, app.declare(*THREE, adopt=True))
    assert app.names() == ["Foreign", "Staff"]
    plugin.up(LIST, app.declare(*THREE, adopt=True, adopt_changes=True))
    assert app.names() == ["Staff", "Not Eve", "Guests"]


def test_policies_in_another_order_are_foreign(plugin: Plugin, app: Application) -> None:
    app.make(GUESTS)
    app.make(STAFF)
    with pytest.raises(CallFailed, match=r"^AdoptionError: .*order: Guests > Staff"):
        plugin.up(LIST, app.declare(*THREE))


def test_policies_that_no_run_of_this_program_began_with_are_foreign_though_all_stay(
    plugin: Plugin, app: Application
) -> None:
    app.make(NOT_EVE)
    app.make(STAFF)
    writes(app.cloudflare)
    with pytest.raises(CallFailed) as refused:
        plugin.up(LIST, app.declare(GUESTS, NOT_EVE, STAFF))
    told = "policies: + Guests; policies: order: Not Eve > Staff -> Guests > Not Eve > Staff. Decla"
    assert f"which would change: {told}" in str(refused.value)
    assert writes(app.cloudflare) == []
    # What is declared, and nothing else, may be taken as it is.
    assert plugin.up(LIST, app.declare(NOT_EVE, STAFF)).outputs["ids"].keys() == {
        "Not Eve",
        "Staff",
    }
    assert writes(app.cloudflare) == []


def test_no_name_of_a_foreign_policy_hides_that_it_changes(
    plugin: Plugin, app: Application
) -> None:
    app.make({**STAFF, "name": "+ staff", "include": [EVE]})
    with pytest.raises(CallFailed, match=r"^AdoptionError: .*\+ staff.include: - email eve@"):
        plugin.up(LIST, app.declare({**GUESTS, "name": "+ staff"}))


def test_two_policies_of_one_name_at_cloudflare_become_one(
    plugin: Plugin, app: Application
) -> None:
    app.make(STAFF)
    app.make({**STAFF, "include": [EVE]})
    plugin.up(LIST, app.declare(*THREE, adopt=True, adopt_changes=True))
    assert app.names() == ["Staff", "Not Eve", "Guests"]


def test_two_policies_of_one_name_are_two(
    plugin: Plugin, app: Application, cloudflare: LocalCloudflare
) -> None:
    """At Cloudflare, names need not be unique: the order tells two of one name apart."""
    other = {**NOT_EVE, "name": "Staff"}
    made = plugin.up(LIST, app.declare(other, STAFF, GUESTS))
    assert app.names() == ["Staff", "Staff", "Guests"]
    assert [policy["decision"] for policy in app.policies()] == ["deny", "allow", "allow"]
    ids = [policy["id"] for policy in app.policies()]
    assert made.outputs["ids"] == {"Staff": ids[0], "Staff (2)": ids[1], "Guests": ids[2]}
    writes(cloudflare)
    assert plugin.up(LIST, app.declare(other, STAFF, GUESTS), was=made).did == "same"
    refreshed = plugin.refresh(made)
    assert refreshed
    assert refreshed.did == "same"

    # One of them changes: the other stays as it is.
    wider = {**STAFF, "include": [ADA, BOB, rules.email("cy@example.com")]}
    changed = plugin.up(LIST, app.declare(other, wider, GUESTS), was=made)
    assert writes(cloudflare) == ["PUT"]
    assert [policy["id"] for policy in app.policies()] == ids
    # The first goes.
    left = plugin.up(LIST, app.declare(wider, GUESTS), was=changed)
    assert writes(cloudflare) == ["DELETE"]
    assert [policy["id"] for policy in app.policies()] == ids[1:]
    assert plugin.up(LIST, app.declare(wider, GUESTS), was=left).did == "same"
    plugin.destroy(left)
    assert app.names() == []


def test_two_policies_of_one_name_are_adopted_and_watched(
    plugin: Plugin, app: Application, cloudflare: LocalCloudflare
) -> None:
    deny = app.make({**NOT_EVE, "name": "Staff"})
    app.make(STAFF)
    writes(cloudflare)
    declared = app.declare({**NOT_EVE, "name": "Staff"}, STAFF, adopt=True)
    made = plugin.up(LIST, declared)
    assert writes(cloudflare) == []
    where = f"/{app.id}/policies/{deny['id']}"
    wider = {"name": "Staff", "decision": "deny", "include": [EVE, BOB], "precedence": 1}
    app.ask("PUT", where, wider)
    drifted = plugin.refresh(made)
    assert drifted
    assert drifted.did == "drift"
    app.ask("DELETE", where)
    gone = plugin.refresh(made)
    assert gone
    assert gone.did == "drift"
    plugin.up(LIST, declared, was=gone)
    assert [policy["decision"] for policy in app.policies()] == ["deny", "allow"]


def test_policies_whose_names_look_like_a_second_one_are_themselves(
    plugin: Plugin, app: Application
) -> None:
    numbered = {**GUESTS, "name": "Staff (2)"}
    policies = [STAFF, numbered, {**NOT_EVE, "name": "Staff"}]
    made = plugin.up(LIST, app.declare(*policies))
    assert app.names() == ["Staff", "Staff (2)", "Staff"]
    assert {*made.outputs["ids"]} == {"Staff", "Staff (2)", "Staff (3)"}
    assert made.outputs["ids"]["Staff (2)"] == app.policies()[1]["id"]
    assert plugin.up(LIST, app.declare(*policies), was=made).did == "same"
    turned = plugin.up(LIST, app.declare(*reversed(policies)), was=made)
    assert [policy["decision"] for policy in app.policies()] == ["deny", "allow", "allow"]
    assert plugin.up(LIST, app.declare(*reversed(policies)), was=turned).did == "same"


@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(["Staff", "Guests"]),
                st.sampled_from(["allow", "deny"]),
                st.sets(st.sampled_from(["ada", "bob", "eve"]), min_size=1),
            ),
            min_size=1,
            max_size=4,
            unique_by=lambda one: (one[0], one[1], tuple(sorted(one[2]))),
        ),
        min_size=2,
        max_size=4,
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_whatever_is_declared_of_policies_of_one_name_is_there(
    plugin: Plugin, cloudflare: LocalCloudflare, programs: list[Any]
) -> None:
    reset(cloudflare)
    app = Application(cloudflare)
    was: Kept | None = None
    for program in programs:
        policies = [
            {
                "name": name,
                "decision": decision,
                "include": [rules.email(f"{who}@example.com") for who in sorted(people)],
            }
            for name, decision, people in program
        ]
        was = plugin.up(LIST, app.declare(*policies), was=was)
        there = [
            (
                policy["name"],
                policy["decision"],
                {rule["email"]["email"].split("@")[0] for rule in policy["include"]},
            )
            for policy in app.policies()
        ]
        assert there == program
        assert plugin.up(LIST, app.declare(*policies), was=was).did == "same"
        refreshed = plugin.refresh(was)
        assert refreshed
        assert refreshed.did == "same"
    assert was
    plugin.destroy(was)
    assert app.names() == []


def test_a_destroy_lets_nobody_in_meanwhile_and_leaves_nothing(
    plugin: Plugin, app: Application
) -> None:
    made = plugin.up(LIST, app.declare(*THREE))
    plugin.destroy(made)
    assert app.names() == []
    plugin.destroy(made)
    app.ask("DELETE", f"/{app.id}")
    plugin.destroy(made)
    assert plugin.refresh(made) is None


def test_a_list_under_another_resource_name_is_not_deleted_with_the_old_one(
    plugin: Plugin, app: Application
) -> None:
    old = plugin.up(LIST, app.declare(*THREE), name="old")
    plugin.up(LIST, app.declare(*THREE), name="new")
    plugin.destroy(old)
    assert app.names() == ["Staff", "Not Eve", "Guests"]
    called = f"the list of policies of the Access application {app.id}"
    assert plugin.warnings == [f"{called} stays: new has adopted it"]


def test_a_list_that_was_emptied_and_gets_another_name_is_not_deleted_with_the_old_one(
    plugin: Plugin, app: Application
) -> None:
    old = plugin.up(LIST, app.declare(*THREE), name="old")
    for policy in app.policies():
        app.ask("DELETE", f"/{app.id}/policies/{policy['id']}")
    plugin.up(LIST, app.declare(*THREE), name="new")
    plugin.destroy(old)
    assert app.names() == ["Staff", "Not Eve", "Guests"]
    stay = '"Staff" (allow), "Not Eve" (deny), "Guests" (allow)'
    told = f"stay in the application, because they are not this list's: {stay}"
    assert plugin.warnings == [told]


KEEP_OUT: Policy = {**NOT_EVE, "name": "By hand"}


def test_a_policy_that_a_refresh_has_found_is_not_deleted_with_the_list(
    plugin: Plugin, app: Application
) -> None:
    made = plugin.up(LIST, app.declare(*THREE))
    app.make(KEEP_OUT)
    found = plugin.refresh(made)
    assert found
    assert found.did == "drift"
    # Once more: what is in the state by now is still nobody's of this program.
    plugin.restart()
    again = plugin.refresh(found)
    assert again
    assert again.did == "same"
    plugin.warnings.clear()
    plugin.destroy(again)
    assert app.names() == ["By hand"]
    told = 'stay in the application, because they are not this list\'s: "By hand" (deny)'
    assert plugin.warnings == [told]


def test_a_policy_that_a_refresh_has_found_and_the_program_declares_goes_with_the_list(
    plugin: Plugin, app: Application
) -> None:
    made = plugin.up(LIST, app.declare(*THREE))
    app.make(KEEP_OUT)
    found = plugin.refresh(made)
    before = len(written(app.cloudflare))
    noted = plugin.up(LIST, app.declare(*THREE, KEEP_OUT), was=found)
    assert (noted.did, len(written(app.cloudflare))) == ("update", before)
    assert plugin.up(LIST, app.declare(*THREE, KEEP_OUT), was=noted).did == "same"
    plugin.destroy(noted)
    assert app.names() == []


def test_a_state_from_before_deletes_what_it_holds(plugin: Plugin, app: Application) -> None:
    made = plugin.up(LIST, app.declare(*THREE))
    outputs = {name: value for name, value in made.outputs.items() if name != "__declared"}
    plugin.destroy(replace(made, outputs=outputs))
    assert app.names() == []


def test_a_list_can_be_read_that_another_stack_owns(plugin: Plugin, app: Application) -> None:
    app.make(STAFF)
    found = plugin.get(LIST, app.id, {})
    assert found.outputs["policies"]["order"] == "Staff"
    assert found.outputs["application"] == app.id


@pytest.mark.parametrize(
    ("policies", "reason"),
    [
        ([{**STAFF, "include": []}], "policies[0].include: must hold at least one rule"),
        ([{**STAFF, "decision": "alow"}], "policies[0].decision: "),
        ([{**STAFF, "precedence": 4}], "policies[0].precedence: is not a field"),
        (
            [{**STAFF, "require": [rules.linked_app_token("x")]}],
            "policies[0].require: linked_app_token",
        ),
    ],
)
def test_mistakes_in_a_list_have_their_path(
    policies: list[Policy], reason: str, plugin: Plugin, app: Application
) -> None:
    with pytest.raises(CheckFailed) as caught:
        plugin.check(LIST, app.declare(*policies))
    assert any(told.startswith(reason) for told in caught.value.reasons), caught.value.reasons


def test_the_map_that_ignore_changes_hands_back_is_accepted(
    plugin: Plugin, app: Application
) -> None:
    made = plugin.up(LIST, app.declare(*THREE))
    again = {**app.declare(), "policies": made.inputs["policies"]}
    assert plugin.up(LIST, again, was=made).inputs == made.inputs


DENY, ORDER = ("policies", "Not Eve"), ("policies", "order")


def test_an_ignored_policy_that_nobody_declares_stays_in_its_place(
    plugin: Plugin, app: Application
) -> None:
    made = plugin.up(LIST, app.declare(STAFF, GUESTS))
    app.make(NOT_EVE, precedence=11)
    app.edit("Staff", precedence=12)
    found = plugin.refresh(made)
    plugin.engine.warnings.clear()
    assert found
    same = plugin.up(LIST, app.declare(STAFF, GUESTS), found, ignore_changes=[DENY])
    assert (same.did, plugin.warnings) == ("same", [])
    # The state has the engine's inputs from now on: the policy, and no word on its place.
    assert same.inputs["policies"]["order"] == "Staff > Guests"
    more = {**GUESTS, "name": "More"}
    changed = plugin.up(LIST, app.declare(STAFF, GUESTS, more), same, ignore_changes=[DENY])
    assert app.names() == ["Not Eve", "Staff", "Guests", "More"]
    assert changed.outputs["policies"]["order"] == "Not Eve > Staff > Guests > More"
    assert plugin.warnings == []
    refreshed = plugin.refresh(changed)
    assert refreshed
    assert refreshed.did == "same"
    # The whole list put back, as the engine does it before check, is no change either.
    whole = {**app.declare(), "policies": changed.inputs["policies"]}
    assert "Not Eve" not in whole["policies"]["order"]
    assert plugin.up(LIST, whole, changed).did == "same"


@pytest.mark.parametrize(
    "declared",
    [
        # Before the new one, or behind it?
        [{**NOT_EVE, "name": "Nobody"}, GUESTS],
        [{**GUESTS, "name": "Early"}, STAFF, GUESTS],
        # It was between the two.
        [GUESTS, STAFF],
    ],
)
def test_an_ignored_policy_whose_place_nobody_knows_is_refused_in_the_preview(
    declared: list[Policy], plugin: Plugin, app: Application
) -> None:
    before = THREE if declared[0] == GUESTS else [NOT_EVE, STAFF, GUESTS]
    made = plugin.up(LIST, app.declare(*before))
    with pytest.raises(CallFailed) as refused:
        plugin.up(LIST, app.declare(*declared), made, ignore_changes=[DENY])
    assert str(refused.value).startswith(
        'DeclarationError: policies: ignore_changes leaves "Not Eve" without a place, which '
        "neither the order nor the state tells: declare it there (changes of what it says stay "
        "ignored), and do not ignore the order"
    )
    writes(app.cloudflare)
    kept = plugin.up(LIST, app.declare(NOT_EVE, *declared), made, ignore_changes=[DENY])
    assert (
        app.names()
        == names_of([NOT_EVE, *declared])
        == kept.inputs["policies"]["order"].split(" > ")
    )


def test_a_new_policy_has_a_place_though_the_order_is_ignored(
    plugin: Plugin, app: Application
) -> None:
    made = plugin.up(LIST, app.declare(STAFF, GUESTS))
    with pytest.raises(CallFailed, match='leaves "Not Eve" without a place, which neither'):
        plugin.up(LIST, app.declare(NOT_EVE, STAFF, GUESTS), made, ignore_changes=[ORDER])
    assert app.names() == ["Staff", "Guests"]


def test_a_refresh_goes_on_where_an_ignored_policy_has_gone(
    plugin: Plugin, app: Application
) -> None:
    made = plugin.up(LIST, app.declare(NOT_EVE, STAFF))
    same = plugin.up(LIST, app.declare(STAFF), made, ignore_changes=[DENY])
    app.ask("DELETE", f"/{app.id}/policies/{made.outputs['ids']['Not Eve']}")
    plugin.restart()
    found = plugin.refresh(same)
    assert found
    assert found.did == "drift"
    again = plugin.up(LIST, app.declare(STAFF), found, ignore_changes=[DENY])
    assert (again.did, app.names()) == ("same", ["Staff"])


@pytest.mark.parametrize("name", ["Contractors >", "> Contractors", ">", "a > > b", "order", "A >"])
def test_no_name_of_a_policy_changes_the_order(name: str, plugin: Plugin, app: Application) -> None:
    first = {**NOT_EVE, "name": name}
    made = plugin.up(LIST, app.declare(first, {**GUESTS, "name": "A"}, {**STAFF, "name": "All"}))
    assert app.names() == [name, "A", "All"]
    refreshed = plugin.refresh(made)
    assert refreshed
    assert refreshed.did == "same"


def test_the_order_in_a_state_is_read_whatever_its_keys_end_in(
    plugin: Plugin, app: Application
) -> None:
    first, last = {**NOT_EVE, "name": "A >"}, {**STAFF, "name": "> B"}
    made = plugin.up(LIST, app.declare(first, {**GUESTS, "name": "A"}, last))

    def as_once(props: dict[str, Any]) -> dict[str, Any]:
        policies = {entry["name"]: entry for k, entry in props["policies"].items() if k != "order"}
        return {**props, "policies": {**policies, "order": "A > > A > > B"}}

    once = replace(made, inputs=as_once(made.inputs), outputs=as_once(made.outputs))
    refreshed = plugin.refresh(once)
    assert refreshed
    assert (refreshed.did, plugin.warnings) == ("same", [])
    assert plugin.up(LIST, app.declare(first, {**GUESTS, "name": "A"}, last), once).did == "same"
    plugin.up(LIST, app.declare(first, {**GUESTS, "name": "A", "include": [BOB]}, last), once)
    assert app.names() == ["A >", "A", "> B"]


# ------------------------------------------------------------------------------- made reusable


def adopt(plugin: Plugin, policy: Policy, id_: str) -> Kept:
    return plugin.up(REUSABLE, {**policy, "adopt": id_}, name="shared")


def test_policies_made_reusable_outlive_the_list_that_had_them(
    cloudflare: LocalCloudflare, app: Application
) -> None:
    with Plugin(config_for(cloudflare), os.environ) as before:
        made = before.up(LIST, app.declare(STAFF, GUESTS))
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        shared = adopt(plugin, STAFF, made.outputs["ids"]["Staff"])
        plugin.destroy(made)
    assert shared.id == made.outputs["ids"]["Staff"]
    assert [(policy["id"], policy["reusable"]) for policy in app.policies()] == [(shared.id, True)]


@pytest.mark.parametrize("first", ["adoption", "list"])
def test_a_policy_made_reusable_and_taken_off_the_list_stays(
    first: str, cloudflare: LocalCloudflare, app: Application
) -> None:
    with Plugin(config_for(cloudflare), os.environ) as before:
        made = before.up(LIST, app.declare(*THREE))
    id_ = made.outputs["ids"]["Staff"]
    rest = app.declare(NOT_EVE, {**GUESTS, "include": [BOB]}, __claimed=[id_])
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        if first == "adoption":
            adopt(plugin, STAFF, id_)
        changed = plugin.up(LIST, rest, was=made)
        assert "__claimed" not in changed.inputs
        assert changed.outputs["ids"].keys() == {"Not Eve", "Guests"}
        if first == "list":
            adopt(plugin, STAFF, id_)
        refreshed = plugin.refresh(changed)
        assert refreshed
        assert (refreshed.did, plugin.warnings) == ("same", [])
        plugin.up(LIST, app.declare({**GUESTS, "include": [BOB]}, NOT_EVE), was=refreshed)
    assert [(p["name"], p["reusable"]) for p in app.policies()] == [
        ("Staff", True),
        ("Guests", False),
        ("Not Eve", False),
    ]


def test_a_reusable_policy_is_not_moved_to_make_room(
    cloudflare: LocalCloudflare, app: Application
) -> None:
    for place, policy in enumerate(THREE, start=1):
        app.make(policy, precedence=place)
    with Plugin(config_for(cloudflare), os.environ) as before:
        made = before.up(LIST, app.declare(*THREE))
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        for name, policy in [("Staff", STAFF), ("Guests", GUESTS)]:
            plugin.up(REUSABLE, {**policy, "adopt": made.outputs["ids"][name]}, name=name)
        made = plugin.up(LIST, app.declare(NOT_EVE), was=made)
    writes(cloudflare)
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        told = (
            r"^DeclarationError: reusable policies are attached to this application \(Staff, Gues"
        )
        with pytest.raises(CallFailed, match=told):
            plugin.up(LIST, app.declare({**GUESTS, "name": "More"}, NOT_EVE), was=made)
        assert writes(cloudflare) == []
        plugin.up(LIST, app.declare(NOT_EVE, {**GUESTS, "name": "More"}), was=made)
    assert app.names() == ["Staff", "Not Eve", "Guests", "More"]


def test_a_policy_cannot_be_adopted_and_stay_in_the_list(
    cloudflare: LocalCloudflare, app: Application
) -> None:
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        made = plugin.up(LIST, app.declare(*THREE))
        claimed = app.declare(STAFF, GUESTS, __claimed=[made.outputs["ids"]["Staff"]])
        with pytest.raises(CallFailed, match=r"it cannot stay in this list"):
            plugin.up(LIST, claimed, was=made)


@pytest.mark.parametrize("more", [[], [GUESTS]])
def test_a_policy_of_the_list_that_is_adopted_is_told_in_the_preview(
    more: list[Policy], cloudflare: LocalCloudflare, app: Application
) -> None:
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        made = plugin.up(LIST, app.declare(STAFF, NOT_EVE))
    id_ = made.outputs["ids"]["Staff"]
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        declared = app.declare(STAFF, NOT_EVE, *more, __claimed=[id_])
        inputs = plugin.check(LIST, declared, made.inputs, made.urn)
        told = f'"Staff" \\({id_}\\) is adopted as a reusable policy: it cannot stay in this list'
        with pytest.raises(CallFailed, match=told):
            plugin.diff(made, inputs)
        other = Application(cloudflare, "other.example.com")
        inputs = plugin.check(LIST, {**declared, "application": other.id}, made.inputs, made.urn)
        assert plugin.diff(made, inputs)[1] == ["application"]


def test_a_single_policy_that_is_adopted_as_reusable_is_told_in_the_preview(
    cloudflare: LocalCloudflare, app: Application
) -> None:
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        made = plugin.up(ONE, app.one(STAFF, 5))
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        inputs = plugin.check(ONE, app.one(STAFF, 5, __claimed=[made.id]), made.inputs, made.urn)
        with pytest.raises(CallFailed, match=f"{made.id}\\) is adopted as a reusable policy: take"):
            plugin.diff(made, inputs)
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        # A list elsewhere is told too of what single policies adopt: their own is theirs.
        plugin.check(LIST, app.declare(NOT_EVE, __claimed=[made.id]))
        assert plugin.up(ONE, app.one(STAFF, 5), made).did == "same"


def test_a_single_policy_that_has_become_reusable_is_not_said_to_be_gone(
    cloudflare: LocalCloudflare, app: Application
) -> None:
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        made = plugin.up(ONE, app.one(STAFF, 5))
        adopt(plugin, STAFF, made.id)
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        now = (
            "reusable by now, and no longer the application's own: take it out of the program, or "
        )
        with pytest.raises(CallFailed, match=f"^DriftError: .*{made.id}\\) is {now}"):
            plugin.up(ONE, app.one(STAFF, 6), made)
        assert plugin.refresh(made) is None
        assert plugin.warnings == [f"{now}the next up makes a second one"]


def test_a_single_policy_made_reusable_is_not_deleted_even_a_run_later(
    cloudflare: LocalCloudflare, app: Application
) -> None:
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        made = plugin.up(ONE, app.one(STAFF, 5))
        adopt(plugin, STAFF, made.id)
    with Plugin(config_for(cloudflare), os.environ) as plugin:
        assert plugin.refresh(made) is None
        plugin.destroy(made)
    assert [(policy["id"], policy["precedence"]) for policy in app.policies()] == [(made.id, 5)]


def test_reusable_policies_that_somebody_attaches_are_told(
    plugin: Plugin, app: Application
) -> None:
    made = plugin.up(LIST, app.declare(NOT_EVE, STAFF))
    bypass = {"name": "All", "decision": "bypass", "include": [rules.everyone()]}
    reusable = plugin.up(REUSABLE, bypass)
    # A list without the application's own would lose them.
    own = [made.outputs["ids"][policy["name"]] for policy in (NOT_EVE, STAFF)]
    policies = [*own, reusable.id]
    body = {"type": "self_hosted", "domain": "app.example.com", "policies": policies}
    app.ask("PUT", f"/{app.id}", body)
    # As a new run finds it, when it refreshes and when it does not.
    plugin.restart()
    plugin.engine.warnings.clear()
    refreshed = plugin.refresh(made)
    assert refreshed
    order = [f"{name} (reusable, bypass)" if name == "All" else name for name in app.names()]
    both = (
        "drift: reusable policies are attached to the application too, and "
        f"of all, the first that matches decides: {' > '.join(order)}"
    )
    assert "All (reusable, bypass)" in both
    assert (refreshed.did, plugin.warnings) == ("same", [both])
    plugin.engine.warnings.clear()
    plugin.up(LIST, app.declare(NOT_EVE, {**STAFF, "include": [ADA]}), was=made)
    assert plugin.warnings == [both]


def test_a_list_is_not_made_beside_reusable_policies(plugin: Plugin, app: Application) -> None:
    adopt(plugin, STAFF, app.make(STAFF)["id"])
    with pytest.raises(
        CallFailed, match=r"^DeclarationError: reusable policies are attached.*Staff"
    ):
        plugin.up(LIST, app.declare(GUESTS))


# ---------------------------------------------------------------------------------------- one


def test_one_policy_lives_beside_others(plugin: Plugin, app: Application) -> None:
    app.make(GUESTS, precedence=7)
    made = plugin.up(ONE, app.one(STAFF, 1))
    assert plugin.up(ONE, app.one(STAFF, 1), was=made).did == "same"
    assert [(p["name"], p["precedence"]) for p in app.policies()] == [("Staff", 1), ("Guests", 7)]
    moved = plugin.up(ONE, app.one({**STAFF, "include": [EVE]}, 9), was=made)
    assert (moved.did, moved.id) == ("update", made.id)
    assert app.names() == ["Guests", "Staff"]
    refreshed = plugin.refresh(moved)
    assert refreshed
    assert (refreshed.did, refreshed.inputs) == ("same", moved.inputs)
    plugin.destroy(moved)
    plugin.destroy(moved)
    assert app.names() == ["Guests"]
    assert plugin.refresh(moved) is None
    assert plugin.warnings == ["gone from Cloudflare"]


@pytest.mark.parametrize("place", [0, -1])
def test_a_place_before_the_first_is_a_mistake(
    place: int, plugin: Plugin, app: Application
) -> None:
    with pytest.raises(CheckFailed) as caught:
        plugin.check(ONE, app.one(STAFF, place))
    told = "precedence: must be 1 or more: Cloudflare takes 0 for none, and puts the policy last"
    assert caught.value.reasons == [told]


@pytest.mark.parametrize("reading", ["first", "last"])
def test_a_state_with_place_0_is_refreshed_moved_and_destroyed(
    reading: Any, plugin: Plugin, app: Application
) -> None:
    app.make(GUESTS, precedence=7)
    made = plugin.up(ONE, app.one(STAFF, 1))
    app.cloudflare.switches.precedence_zero = reading
    app.edit("Staff", precedence=0)
    # As an older version has left it.
    outputs = {**made.outputs, "precedence": 0}
    older = replace(made, inputs={**made.inputs, "precedence": 0}, outputs=outputs)
    found = plugin.refresh(older)
    assert found
    assert found.did == ("same" if reading == "first" else "drift")
    plugin.up(ONE, app.one(STAFF, 1), was=found)
    assert [(p["name"], p["precedence"]) for p in app.policies()] == [("Staff", 1), ("Guests", 7)]
    plugin.destroy(older)
    assert app.names() == ["Guests"]


@pytest.mark.parametrize("verb", ["create", "update"])
def test_a_taken_place_names_who_has_it(verb: str, plugin: Plugin, app: Application) -> None:
    holder = app.make(GUESTS, precedence=7)
    was = plugin.up(ONE, app.one(STAFF, 3)) if verb == "update" else None
    with pytest.raises(CallFailed) as caught:
        plugin.up(ONE, app.one(STAFF, 7), was=was)
    assert f'precedence 7 is taken by "Guests" ({holder["id"]})' in str(caught.value)


def test_drift_of_one_policy_is_shown_refused_and_put_right(
    plugin: Plugin, app: Application
) -> None:
    made = plugin.up(ONE, app.one(STAFF, 3))
    app.edit("Staff", include=[EVE], precedence=4)
    with pytest.raises(CallFailed, match=r"^DriftError: Access application policy \"Staff\""):
        plugin.up(ONE, app.one({**STAFF, "exclude": [BOB]}, 3), was=made)
    found = plugin.refresh(made)
    assert found
    assert (found.did, found.inputs["precedence"]) == ("drift", 4)
    plugin.up(ONE, app.one(STAFF, 3), was=found)
    assert app.policies()[0]["precedence"] == 3


def test_a_field_of_one_policy_goes_back_to_its_default(plugin: Plugin, app: Application) -> None:
    made = plugin.up(ONE, app.one({**STAFF, "approval_required": True}, 1))
    assert app.policies()[0]["approval_required"] is True
    plugin.up(ONE, app.one(STAFF, 1), was=made)
    assert not app.policies()[0].get("approval_required")


@pytest.mark.parametrize("by", ["name", "id"])
def test_one_policy_is_adopted(by: str, plugin: Plugin, app: Application) -> None:
    id_ = app.make(STAFF, precedence=3)["id"]
    declared = app.one(STAFF, 4, adopt=True if by == "name" else id_)
    with pytest.raises(CallFailed, match=r"^AdoptionError: .*precedence: 3 -> 4"):
        plugin.up(ONE, declared)
    made = plugin.up(ONE, {**declared, "adopt_changes": True})
    assert (made.id, app.policies()[0]["precedence"]) == (id_, 4)
    assert writes(app.cloudflare) == ["POST", "PUT"]


def test_a_reusable_policy_of_that_name_is_not_adopted(plugin: Plugin, app: Application) -> None:
    id_ = app.make(STAFF, precedence=3)["id"]
    adopt(plugin, STAFF, id_)
    assert plugin.up(ONE, app.one(STAFF, 4, adopt=True)).id != id_


def test_one_policy_moves_to_another_application_by_replacement(
    plugin: Plugin, app: Application
) -> None:
    other = Application(app.cloudflare, "other.example.com")
    made = plugin.up(ONE, app.one(STAFF, 1))
    assert plugin.up(ONE, other.one(STAFF, 1), was=made).did == "replace"
    assert (app.names(), other.names()) == ([], ["Staff"])


def test_one_policy_that_is_replaced_in_its_place_says_what_to_do(
    plugin: Plugin, app: Application
) -> None:
    made = plugin.up(ONE, app.one(STAFF, 3))
    plugin.restart()
    # The engine's own wish: `replace_on_changes`, say.
    changed = plugin.check(ONE, app.one({**STAFF, "include": [EVE]}, 3), made.inputs, made.urn)
    plugin.diff(made, changed)
    told = (
        "precedence 3 is taken by the very policy that this one is to replace: with delete_before"
    )
    with pytest.raises(CallFailed, match=told):
        plugin.create(ONE, changed, made.urn)
    assert [policy["id"] for policy in app.policies()] == [made.id]


def test_one_policy_is_read_in_its_application(plugin: Plugin, app: Application) -> None:
    id_ = app.make(STAFF, precedence=3)["id"]
    found = plugin.get(ONE, id_, {"application": app.id})
    assert (found.outputs["name"], found.outputs["precedence"]) == ("Staff", 3)
    with pytest.raises(CallFailed, match="names no application"):
        plugin.get(ONE, id_, {})


@pytest.mark.parametrize("field", [{"precedence": -1}, {"precedence": 1.5}, {"application": "a/b"}])
def test_mistakes_in_one_policy(field: dict[str, Any], plugin: Plugin, app: Application) -> None:
    with pytest.raises(CheckFailed) as caught:
        plugin.check(ONE, {**app.one(STAFF, 1), **field})
    assert caught.value.reasons[0].startswith(next(iter(field)))


@pytest.mark.parametrize("known", ["account_id", "zone_id", None])
def test_the_scope_of_a_new_application_may_not_be_known_yet(
    known: str | None, plugin: Plugin, app: Application
) -> None:
    scope = {"account_id": UNKNOWN, "zone_id": UNKNOWN}
    if known:
        scope[known] = "abc0" * 8
    inputs = plugin.check(LIST, {**app.declare(STAFF), **scope, "application": UNKNOWN})
    assert inputs[known or "account_id"] == scope[known or "account_id"]
    assert len({"account_id", "zone_id"} & inputs.keys()) == 1


# ------------------------------------------------ no moment is weaker than both lists

PEOPLE = ["ada", "bob", "eve", None]
PLACES = ["203.0.113.1", "203.0.113.2"]
VISITORS = list(product(PEOPLE, PLACES))


def decided(policies: list[Policy]) -> list[evaluator.Outcome]:
    """Evaluate a list anew, by api.md §9: two passes, the first match decides, else nobody."""
    return [_decided(policies, visitor) for visitor in VISITORS]


def _decided(policies: list[Policy], visitor: tuple[str | None, str]) -> evaluator.Outcome:
    person, _ = visitor
    for policy in policies:
        # Before anyone has logged in nothing is known of the person.
        early = policy["decision"] in {"bypass", "non_identity"}
        if early and _matches(policy, (None, visitor[1])):
            return evaluator.outcome(_asked(policy))
    for policy in policies:
        if person and policy["decision"] in {"allow", "deny"} and _matches(policy, visitor):
            return evaluator.outcome(_asked(policy))
    return evaluator.DENIED


def _asked(policy: Policy) -> Policy:
    """Say what a policy asks in the words of the evaluator."""
    settings = policy["settings"]
    mfa = settings.get("mfa_config") or {}
    return {
        "decision": policy["decision"],
        "approval": "any" if settings.get("approval_required") else None,
        "isolation": settings.get("isolation_required"),
        "session": settings.get("session_duration"),
        "mfa": "disabled" if mfa.get("mfa_disabled") else "key" if mfa else None,
    }


def _matches(policy: Policy, visitor: tuple[str | None, str]) -> bool:
    person, place = visitor

    def holds(rule: Any) -> bool:
        if "email" in rule:
            return bool(rule["email"]["email"] == f"{person}@example.com")
        if "ip" in rule:
            return bool(rule["ip"]["ip"] == f"{place}/32")
        return "everyone" in rule

    return (
        any(map(holds, policy["include"]))
        and all(map(holds, policy["require"]))
        and not any(map(holds, policy["exclude"]))
    )


class Watch(list[Any]):
    """The server's own log of requests, with what the application's policies are after each."""

    def __init__(self, cloudflare: LocalCloudflare, application: str) -> None:
        super().__init__()
        self._policies = cloudflare.account.of(AppBackend).get_app(application).policies
        self.states: list[list[Policy]] = []
        self.refused: list[Any] = []
        self.cut_off_after = -1
        self.lost: dict[str, Any] = {}

    def append(self, request: Any) -> None:
        super().append(request)
        if request["method"] == "GET":
            return
        if request["status"] >= 400 and not self.is_deleted_again(request):
            self.refused.append(request)
        self.states.append(self.now())
        if len(self.states) == self.cut_off_after:
            self.lost = request
            raise RuntimeError("the answer is lost")

    def is_deleted_again(self, request: Any) -> bool:
        """Tell whether this is the second attempt at what was deleted and not answered."""
        return bool(request["status"] == 404 and request == {**self.lost, "status": 404})

    def now(self) -> list[Policy]:
        return [vars(placed.policy.content) for placed in self._policies.list_policies()]

    def hold_against(self, old: list[Policy], new: list[Policy]) -> None:
        either = list(zip(decided(old), decided(new), strict=True))
        for state in self.states:
            for now, (before, after) in zip(decided(state), either, strict=True):
                assert evaluator.no_weaker(now, before) or evaluator.no_weaker(now, after)
        assert self.refused == []


conditions = st.lists(
    st.sampled_from(
        [*(rules.email(f"{p}@example.com") for p in PEOPLE if p)]
        + [rules.ip(place) for place in PLACES]
        + [rules.everyone()]
    ),
    max_size=2,
    unique_by=str,
)
demands: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "approval_required": st.just(value=True),
        "isolation_required": st.booleans(),
        "session_duration": st.sampled_from(["30m", "24h"]),
        "mfa_config": st.sampled_from(
            [{"mfa_disabled": True}, {"allowed_authenticators": ["security_key"]}]
        ),
    },
)
policies = st.builds(
    lambda name, decision, include, exclude, require, demands: {
        "name": name,
        "decision": decision,
        "include": include or [rules.everyone()],
        "exclude": exclude,
        "require": require,
        **(demands if decision == "allow" else {}),
    },
    st.sampled_from([f"policy {n}" for n in range(12)]),
    st.sampled_from(["allow", "deny", "deny", "allow", "bypass", "non_identity"]),
    conditions,
    conditions,
    conditions,
    demands,
)
lists = st.lists(policies, max_size=10, unique_by=lambda policy: str(policy["name"]))


EDITS = ("insert", "delete", "swap", "reverse", "decide", "other", "rename", "ask")
BASIS = ("name", "decision", "include", "exclude", "require")


@st.composite
def edits(draw: st.DrawFn) -> tuple[list[Policy], list[Policy]]:
    """Draw a list and what a person may make of it, or any other list."""
    old = draw(lists)
    new = [dict(policy) for policy in old]
    for _ in range(draw(st.integers(1, 3))):
        edit = draw(st.sampled_from(EDITS))
        if edit == "insert" and len(new) < 10:
            policy = draw(policies)
            if policy["name"] not in {p["name"] for p in new}:
                new.insert(draw(st.integers(0, len(new))), policy)
        elif edit == "other":
            new = [dict(policy) for policy in draw(lists)]
        elif edit == "reverse":
            new.reverse()
        elif new and edit != "insert":
            _edit(draw, edit, new, *(draw(st.integers(0, len(new) - 1)) for _ in range(2)))
    return old, new


def _edit(draw: st.DrawFn, edit: str, new: list[Policy], one: int, two: int) -> None:
    if edit == "delete":
        del new[one]
    elif edit == "swap":
        new[one], new[two] = new[two], new[one]
    elif edit == "rename":
        free = {f"policy {n}" for n in range(24)} - {policy["name"] for policy in new}
        new[one]["name"] = min(free)
    elif edit == "ask" and new[one]["decision"] == "allow":
        new[one] = {name: new[one][name] for name in BASIS} | draw(demands)
    else:
        new[one]["decision"] = draw(st.sampled_from(["allow", "deny", "bypass"]))


FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_domains = (f"app{n}.example.com" for n in range(100_000))


def watched(cloudflare: LocalCloudflare) -> tuple[Application, Watch]:
    cloudflare.app.requests = []
    application = Application(cloudflare, next(_domains))
    watch = Watch(cloudflare, application.id)
    cloudflare.app.requests = watch
    return application, watch


def names_of(policies: list[Policy]) -> list[str]:
    return [policy["name"] for policy in policies]


@given(edits())
@FEW
def test_no_moment_is_weaker_than_both_lists(
    cloudflare: LocalCloudflare, plugin: Plugin, lists: tuple[list[Policy], list[Policy]]
) -> None:
    old, new = lists
    app, watch = watched(cloudflare)
    made = plugin.up(LIST, app.declare(*old))
    first = watch.now()
    watch.hold_against([], first)
    watch.states.clear()
    changed = plugin.up(LIST, app.declare(*new), was=made)
    watch.hold_against(first, watch.now())
    assert names_of(watch.now()) == names_of(new)
    watch.states.clear()
    assert plugin.up(LIST, app.declare(*new), was=changed).did == "same"
    refreshed = plugin.refresh(changed)
    assert refreshed
    assert refreshed.did == "same"
    last = watch.now()
    plugin.destroy(changed)
    watch.hold_against(last, [])
    assert watch.now() == []


@given(edits(), st.integers(1, 25))
@FEW
def test_a_run_that_dies_anywhere_is_gone_on_with_by_the_next(
    cloudflare: LocalCloudflare,
    plugin: Plugin,
    lists: tuple[list[Policy], list[Policy]],
    step: int,
) -> None:
    old, new = lists
    app, watch = watched(cloudflare)
    watch.cut_off_after = step
    try:
        made = plugin.up(LIST, app.declare(*old))
    except CallFailed:
        made = plugin.up(LIST, app.declare(*old))
    first = watch.now()
    watch.hold_against([], first)
    watch.states.clear()
    watch.cut_off_after = step
    try:
        plugin.up(LIST, app.declare(*new), was=made)
    except CallFailed:
        plugin.up(LIST, app.declare(*new), was=made)
    assert names_of(watch.now()) == names_of(new)
    watch.hold_against(first, watch.now())
