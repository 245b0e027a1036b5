"""What a plugin process knows beyond one call is one object."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pulumi_cloudflare_access
from pulumi_cloudflare_access.engine import run

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(pulumi_cloudflare_access.__file__).parent
ROOMS = ("engine", "access", "iam", "process")
CONTAINERS = {"dict", "set", "list", "Counter", "defaultdict", "deque", "Lock", "RLock"}
# What is no knowledge of a run: caches of what never changes, and the process itself.
OTHERS = {
    "engine/schema.py: _sent",
    "process/plugin.py: _widening",
    "process/engine_watch.py: _starting",
}


def containers_of(text: str) -> Iterator[str]:
    """Name what a module keeps: containers that it makes empty, and locks."""
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value:
            targets, value = [statement.target], statement.value
        else:
            continue
        is_empty = (isinstance(value, ast.Dict) and not value.keys) or (
            isinstance(value, ast.List) and not value.elts
        )
        called = value.func if isinstance(value, ast.Call) else None
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if is_empty or (name in CONTAINERS and isinstance(value, ast.Call) and not value.args):
            yield from (ast.unparse(target) for target in targets)


def test_no_module_keeps_what_a_run_knows() -> None:
    kept = {
        f"{path.relative_to(PACKAGE).as_posix()}: {name}"
        for room in ROOMS
        for path in sorted((PACKAGE / room).glob("*.py"))
        for name in containers_of(path.read_text("utf-8"))
    }
    assert kept == OTHERS


@pytest.mark.parametrize(
    "text",
    [
        "_seen: dict[str, str] = {}",
        "_seen = set()",
        "_lock = threading.Lock()",
        "_counts = collections.Counter()",
    ],
)
def test_a_container_of_a_module_is_found(text: str) -> None:
    assert len([*containers_of(text)]) == 1


@pytest.mark.parametrize("text", ["NAMES = {'a': 1}", "_WORDS = frozenset()", "_x = list(y)"])
def test_a_table_is_none(text: str) -> None:
    assert [*containers_of(text)] == []


def test_another_run_shares_nothing_with_the_one_before() -> None:
    before = run.be(run.Run())
    before.owners.adopted["x"] = "urn"
    before.deletions.gone("x")
    after = run.be(run.Run())
    assert run.current() is after
    for field in dataclasses.fields(run.Run):
        assert getattr(after, field.name) is not getattr(before, field.name), field.name
    for field in dataclasses.fields(run.Owners):
        assert getattr(after.owners, field.name) is not getattr(before.owners, field.name)
    assert after.owners.adopted == {}


def test_a_run_that_goes_on_knows_what_it_knew() -> None:
    before = run.be(run.Run())
    run.current().names["x"] = "Staff"
    run.be(run.Run())
    assert run.current().names == {}
    run.be(before)
    assert run.current().names == {"x": "Staff"}
