"""Results, and how the engine's events become them."""

from __future__ import annotations

import io
import json
import pickle
from typing import Any

import pytest
from pulumi.automation import EngineEvent
from pulumi.runtime.rpc import UNKNOWN
from rich.console import Console

from insight.told import recording
from pulumi_cloudflare_access.stacks import Change, Results, StackResult
from pulumi_cloudflare_access.stacks.events import SIGNATURE, Heard

GROUP = "pulumi-python:dynamic/cloudflare:AccessGroup"
URN = f"urn:pulumi:dev::infra::{GROUP}::staff"
STACK = "urn:pulumi:dev::infra::pulumi:pulumi:Stack::infra-dev"
CHANGE = Change(name="staff", type=GROUP, urn=URN, action="update", details=("+ include.everyone",))


def result(name: str, **more: Any) -> StackResult:
    return StackResult(name=name, account_id="0" * 32, operation="up", **more)


RESULTS = Results(
    "up",
    (
        result("same", unchanged=2),
        result("changed", changes=(CHANGE,), outputs={"a": 1}, warnings=("mind",), duration=1.25),
        result("failed", error="engineers: no\n  because", locked=True),
    ),
)


def step(op: str, urn: str = URN, type_: str = GROUP, **more: Any) -> EngineEvent:
    metadata = {"op": op, "urn": urn, "type": type_, "provider": "", "old": None, "new": None}
    event = {"sequence": 0, "timestamp": 0, "resOutputsEvent": {"metadata": metadata | more}}
    return EngineEvent.from_json(event)


def said(severity: str, message: str, urn: str = "") -> EngineEvent:
    told = {"severity": severity, "message": message, "color": "never", "urn": urn}
    return EngineEvent.from_json({"sequence": 0, "timestamp": 0, "diagnosticEvent": told})


def heard(*events: EngineEvent, operation: Any = "up") -> Heard:
    listener = Heard(operation)
    for event in events:
        listener.hear(event)
    return listener


OURS = "urn:pulumi:one::p::pulumi-python:dynamic/cloudflare:AccessApplicationPolicies::who"
THEIRS = "urn:pulumi:one::p::cloudflare:index/zone:Zone::zone"
ATTACHED = "drift: reusable policies are attached to the application too"


@pytest.mark.parametrize("operation", ["drift", "refresh"])
def test_whatever_a_refresh_of_ours_warns_of_is_drift(operation: Any) -> None:
    listener = heard(
        said("warning", ATTACHED, OURS),
        said("warning", ATTACHED, OURS),
        said("warning", ATTACHED, THEIRS),
        said("warning", "Cloudflare says: this API is deprecated", f"{OURS}-2"),
        said("warning", "a plugin is old"),
        operation=operation,
    )
    (change,) = listener.changes()
    assert (change.name, change.kind) == ("who", "AccessApplicationPolicies")
    assert (change.action, change.details) == ("undeclared", (ATTACHED,))
    told = StackResult(name="a", account_id="", operation=operation, changes=(change,))
    assert told.summary == "1 with something that is not declared"
    assert Results(operation, (told,)).changed == ("a",)


def test_what_an_up_warns_of_is_no_change() -> None:
    assert heard(said("warning", ATTACHED, OURS)).changes() == ()


def test_what_a_refresh_changes_in_the_state_is_told_once() -> None:
    warned = said("warning", "changed at Cloudflare: policies: + Mallory", OURS)
    (change,) = heard(step("update", urn=OURS), warned, operation="drift").changes()
    assert change.action == "update"


def test_results_tell_what_failed_changed_and_is_locked() -> None:
    assert not RESULTS.ok
    assert RESULTS.failed == ("failed",)
    assert RESULTS.changed == ("changed",)
    assert RESULTS.locked == ("failed",)
    assert RESULTS["changed"].outputs == {"a": 1}
    with pytest.raises(KeyError):
        RESULTS["elsewhere"]


def test_results_can_be_sent_and_written() -> None:
    assert pickle.loads(pickle.dumps(RESULTS)) == RESULTS  # noqa: S301
    written = json.loads(RESULTS.to_json())
    assert [stack["ok"] for stack in written["stacks"]] == [True, True, False]
    assert written["stacks"][1]["changes"][0]["details"] == ["+ include.everyone"]


def test_later_results_take_the_place_of_earlier_ones() -> None:
    newer = RESULTS.updated(Results("up", (result("failed"),)))
    assert newer.ok
    assert [stack.name for stack in newer] == ["same", "changed", "failed"]


def test_the_summary_has_a_line_for_each_stack_and_one_for_all() -> None:
    lines = RESULTS.text().splitlines()
    assert lines[0].endswith("nothing to do  (0.0 s)")
    assert lines[1].endswith("1 updated  (1.2 s)")
    assert lines[2].endswith("failed: engineers: no  (0.0 s)")
    assert lines[3] == "up: 3 stacks, 1 changed, 1 failed"
    assert Results("up", (result("one"),)).total == "1 stack, 0 changed, 0 failed"
    assert list(RESULTS.details()) == [
        "changed: update staff (AccessGroup): + include.everyone",
        "changed: warning: mind",
        "failed: error: engineers: no\n      because",
    ]


def test_the_table_says_the_same() -> None:
    console = Console(file=io.StringIO(), width=120)
    console.print(RESULTS.table())
    drawn = console.file.getvalue()  # type: ignore[attr-defined]
    assert all(told in drawn for told in ("1 updated", "failed: engineers: no", "3 stacks"))


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        ("preview", "1 to update"),
        ("up", "1 updated"),
        ("drift", "1 changed at Cloudflare"),
        ("refresh", "1 changed at Cloudflare"),
    ],
)
def test_a_change_is_told_as_the_operation_means_it(operation: Any, told: str) -> None:
    one = StackResult(name="a", account_id="", operation=operation, changes=(CHANGE,))
    assert one.summary == told


def test_a_step_becomes_a_change_with_its_paths() -> None:
    difference = {
        'include["email a@b.c"]': {"diffKind": "add", "inputDiff": True},
        "name": {"diffKind": "update", "inputDiff": True},
        # What one run notes for the next.
        "__members": {"diffKind": "update", "inputDiff": True},
    }
    listener = heard(step("update", detailedDiff=difference), step("same", URN + "2"))
    (change,) = listener.changes()
    assert (change.name, change.action, change.kind) == ("staff", "update", "AccessGroup")
    assert change.details == ('+ include["email a@b.c"]', "~ name")
    assert listener.unchanged == 1


def test_a_replacement_is_one_change() -> None:
    difference = {"account_id": {"diffKind": "update-replace", "inputDiff": True}}
    steps = ("create-replacement", "replace", "delete-replaced")
    (change,) = heard(*(step(op, detailedDiff=difference) for op in steps)).changes()
    assert (change.action, change.details) == ("replace", ("~ account_id",))


def test_what_is_pulumis_own_is_no_change_and_a_secret_output_is_masked() -> None:
    secret = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}
    new = {"type": "", "urn": STACK, "outputs": {"a": [secret], "b": 1}, "inputs": {}}
    new |= {"id": "", "parent": "", "provider": ""}
    listener = heard(
        step("create", STACK, "pulumi:pulumi:Stack", new=new),
        step("create", "urn:x", "pulumi:providers:pulumi-python"),
    )
    assert listener.changes() == ()
    assert listener.outputs == {"a": ["[secret]"], "b": 1}


def test_what_a_preview_cannot_know_yet_is_told_in_words() -> None:
    new = {"type": "", "urn": STACK, "outputs": {"id": UNKNOWN, "all": [UNKNOWN, 1]}, "inputs": {}}
    new |= {"id": "", "parent": "", "provider": ""}
    listener = heard(step("create", STACK, "pulumi:pulumi:Stack", new=new))
    assert listener.outputs == {"id": "[unknown]", "all": ["[unknown]", 1]}


def test_errors_and_warnings_stand_with_the_resource_they_are_about() -> None:
    listener = heard(
        said("error", "POST: 400\n", URN),
        said("error", "POST: 400", URN),
        said("error", "the program is broken", STACK),
        said("error", "update failed"),
        said("warning", "gone from Cloudflare", URN),
        said("debug", "nothing", URN),
    )
    assert listener.error() == "staff: POST: 400\nthe program is broken"
    assert listener.warnings == ["staff: gone from Cloudflare"]


def test_what_a_killed_run_left_is_told_in_two_lines_not_in_a_page() -> None:
    text = (
        "Attempting to deploy or update resources with 1 pending operations from previous "
        f"deployment.\n  * {URN}, interrupted while creating\nThese resources are in an unknown …"
    )
    (warning,) = heard(said("warning", text)).warnings
    assert warning.startswith("a run was killed in the middle of this: staff, interrupted while")
    told = "stacks refresh ACCOUNTS --program PROGRAM --clear-pending-creates --only dev"
    assert warning.endswith(told)


# ------------------------------------------------------------------------------------- who gets in


def heard_of(operation: Any, events: list[dict[str, Any]]) -> Heard:
    heard = Heard(operation)
    for event in events:
        heard.hear(EngineEvent.from_json({"sequence": 0, "timestamp": 0, **event}))
    return heard


def test_a_preview_says_who_gains_and_who_loses_access() -> None:
    events = recording("sources")["events"]
    told = heard_of("preview", events).access()
    assert len(told) == 3
    assert "Console (console.example.com): + pat@example.com, through Staff" in told
    assert told[-1].endswith("more changes of who gets in")
    assert not any("ceo@" in line or "cfo@" in line for line in told)
    assert heard_of("up", events).access() == ()


def test_a_drift_says_who_got_in_behind_pulumi_s_back() -> None:
    steps = recording("drift")["refresh"]["steps"]
    events = [
        {
            "resOutputsEvent": {
                "metadata": {
                    "op": step["op"],
                    "urn": step["urn"],
                    "type": (step.get("newState") or step["oldState"])["type"],
                    "old": step.get("oldState"),
                    "new": step.get("newState"),
                    "diffs": step.get("diffReasons"),
                }
            }
        }
        for step in steps
    ]
    (line,) = heard_of("drift", events).access()
    assert line.startswith("narrow.wide.example.com and 1 more: + friend@elsewhere.example, in")
    assert heard_of("drift", [one for one in events if "partners" not in str(one)]).access() == ()


def test_lines_about_who_gets_in_are_told_with_their_stack() -> None:
    one = result("one", access=("Wiki: + \x1b[31meve@example.com",))
    assert list(Results("preview", (one,)).details()) == [
        "one: who gets in: Wiki: + <U+001B>[31meve@example.com"
    ]
