"""Comparisons while a run goes on, as a plugin process sees it."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from insight.told import recording
from pulumi_cloudflare_access.insight import PlaceChange, Run, Verdict, compare, read
from pulumi_cloudflare_access.insight.reading.around import Around
from pulumi_cloudflare_access.insight.reading.resources import Resource, side_of
from pulumi_cloudflare_access.insight.reading.values import UNKNOWN_VALUE

PREVIEW = recording("sources")["preview"]
APPLICATION = "pulumi-python:dynamic/cloudflare:AccessApplication"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a sign
# The account is no preview; the failed one has no answer; a display hides what a plugin sees.
CHANGES = recording("changes").keys() - {"account", "failed", "secret"}


def checked(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the steps of what a plugin process checks: no `.get`, no deletion."""
    for step in copy.deepcopy(document["steps"]):
        new = step.get("newState")
        if new is not None and "inputs" in new and not new.get("external"):
            yield step


def run(
    steps: Iterable[dict[str, Any]], *, dependencies: bool = True
) -> tuple[Run, list[tuple[str, list[PlaceChange]]]]:
    """See what the engine has checked, in its order; ask after every resource."""
    seen, found = Run(), []
    for step in steps:
        new, old = step["newState"], step.get("oldState")
        seen.seen(
            step["urn"],
            new["type"],
            old["inputs"] if old else None,
            new["inputs"],
            id_=(old or {}).get("id", ""),
            dependencies=new.get("propertyDependencies") if dependencies else None,
        )
        found.append((step["urn"], seen.changes(step["urn"])))
    return seen, found


def in_words(changes: Iterable[PlaceChange]) -> dict[str, Any]:
    """Return what is said of each place; in the end, if it is said twice.

    Who is in a group of others, which a program only looks up, no plugin process sees.
    """
    return {
        one.name: (one.verdict,)
        if "lab." in one.name
        else (one.verdict, one.gains.who.text, one.losses.who.text)
        for one in changes
    }


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_what_is_said_resource_by_resource_is_what_the_whole_preview_says(name: str) -> None:
    document = recording("changes")[name]
    _, found = run(checked(document))
    worlds = read(copy.deepcopy(document))
    deleted = {step["urn"] for step in document["steps"] if step["op"] == "delete"}
    whole = [
        one
        for one in compare(worlds.old, worlds.new).changes
        if deleted.isdisjoint(one.place.answering[0].keys)
    ]
    told = in_words(place for _, changes in found for place in changes)
    assert told == in_words(whole)


def test_a_secret_is_compared_and_not_said() -> None:
    """A plugin process has secrets in plain."""
    steps = list(checked(recording("changes")["contractor"]))
    for step in steps:
        if step["urn"].endswith("AccessGroup::board"):
            for state, address in (("oldState", "ceo"), ("newState", "cfo")):
                rule = {"email": {"email": f"{address}@example.com"}}
                step[state]["inputs"]["include"] = {SIGNATURE: SECRET, "value": {"rule": rule}}
    _, found = run(steps)
    (change,) = [one for _, changes in found for one in changes if "payroll" in one.name]
    assert (change.verdict, change.certain) == (Verdict.BOTH, True)
    assert "ceo@" not in repr(change)
    assert "cfo@" not in repr(change)


def test_only_what_lies_around_an_application_is_read() -> None:
    """Of dozens of applications, a change of one reads what decides about that one."""
    around = Around()
    for copied in range(5):
        text = json.dumps(list(checked(PREVIEW)))
        text = text.replace("dev::test", f"dev::test{copied}").replace("example", f"e{copied}")
        for step in json.loads(text.replace("-0000-4000-8000-", f"-000{copied}-4000-8000-")):
            state = step["newState"]
            old, new = side_of(step.get("oldState")), side_of(state)
            around.add(Resource(step["urn"], state["type"], old, new))

    def read_(name: str) -> set[str]:
        urn = f"urn:pulumi:dev::test3::{APPLICATION}::{name}"
        return {one.urn.rpartition("::")[2] for one in around.of(urn).resources}

    assert read_("console") == {"console", "contractors", "everyone", "staff"}
    assert read_("salaries") == {"salaries", "other", "loop"}
    # Their places overlap.
    assert read_("narrow") == {"narrow", "wide", "everyone", "staff", "deny", "allow"} | {
        "engineers", "partners",
    }  # fmt: skip


@pytest.mark.parametrize(("applications", "verdict"), [(1, Verdict.GUARDED), (2, None)])
def test_a_list_of_an_application_without_an_id_belongs_to_the_only_new_one(
    applications: int, verdict: Verdict | None
) -> None:
    """What depends on what, a check is not told."""
    seen = Run()
    for n in range(applications):
        new = {"name": f"New {n}", "domain": f"new{n}.example.com", "type": "self_hosted"}
        seen.seen(f"urn::{APPLICATION}::{n}", APPLICATION, None, new)
    rule: dict[str, Any] = {"everyone": {"everyone": {}}}
    policies = {"All": {"name": "All", "decision": "bypass", "include": rule}}
    inputs = {"application": UNKNOWN_VALUE, "policies": policies}
    seen.seen("urn::list", f"{APPLICATION}Policies", None, inputs)
    changes = seen.changes("urn::list")
    assert [one.verdict for one in changes] == ([verdict] if verdict else [])
    (last,) = seen.changes(f"urn::{APPLICATION}::{applications - 1}")
    assert last.verdict is Verdict.GUARDED
    assert ("the policies of" in str(last.unknowns)) == (applications > 1)


def test_a_list_of_policies_says_it_for_its_application() -> None:
    seen, found = run(checked(PREVIEW))
    urn = next(urn for urn, _ in found if urn.endswith("AccessApplicationPolicies::salaries"))
    (change,) = seen.changes(urn)
    assert (change.name, change.verdict) == ("salaries.example.com", Verdict.BOTH)
    group = next(urn for urn, _ in found if urn.endswith("AccessGroup::partners"))
    assert seen.changes(group) == []
    assert seen.changes("urn of nothing") == []


def test_nothing_is_loaded_or_read_before_something_has_changed() -> None:
    program = """
import sys
from pulumi_cloudflare_access.insight.incremental import Run
run = Run()
inputs = {"name": "g", "include": {"everyone": {"everyone": {}}}}
token = "pulumi-python:dynamic/cloudflare:AccessApplication"
run.seen("urn", token, inputs, dict(inputs), id_="1")
assert run.changes("urn") == []
loaded = [name for name in sys.modules if name.startswith("pulumi_cloudflare_access.insight.")]
assert not {"comparison", "diagram", "build"} & {name.rpartition(".")[2] for name in loaded}, loaded
"""
    subprocess.run([sys.executable, "-c", program], check=True)
