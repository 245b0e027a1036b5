"""Comparisons while a run goes on, as a plugin process sees it."""

from __future__ import annotations

import copy
import subprocess
import sys
from typing import Any

from insight.told import recording
from pulumi_cloudflare_access.insight import Run, Verdict, compare, read

PREVIEW = recording("sources")["preview"]


def run(*, until: str | None = None) -> tuple[Run, list[tuple[str, list[Any]]]]:
    """See what the engine has checked, in its order; ask after every resource."""
    seen, found = Run(), []
    for step in copy.deepcopy(PREVIEW["steps"]):
        new, old = step.get("newState"), step.get("oldState")
        if new is None or "inputs" not in new or new.get("external"):
            continue
        seen.seen(
            step["urn"],
            new["type"],
            old["inputs"] if old else None,
            new["inputs"],
            id_=(old or {}).get("id", ""),
            dependencies=new.get("propertyDependencies"),
        )
        found.append((step["urn"], seen.changes(step["urn"])))
        if step["urn"] == until:
            break
    return seen, found


def test_an_application_says_what_changes_when_it_is_checked() -> None:
    _, found = run()
    told = {
        place.name: (place.verdict, place.gains.who.text)
        for _, changes in found
        for place in changes
    }
    worlds = read(copy.deepcopy(PREVIEW))
    # `.get` is not checked, and deletions are not seen.
    whole = {
        one.name: (one.verdict, one.gains.who.text)
        for one in compare(worlds.old, worlds.new).changes
    }
    del whole["old.example.com"]
    assert told == whole


def test_a_list_of_policies_says_it_for_its_application() -> None:
    seen, found = run()
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
