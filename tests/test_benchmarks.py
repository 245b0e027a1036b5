"""The benchmarks' harness: what it prints, what it writes. What they measure is not tested."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.__main__ import measured
from benchmarks.figures import Figure, keep

TESTS = Path(__file__).resolve().parent


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        env={**os.environ, "PYTHONPATH": str(TESTS), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_benchmark_prints_a_table_and_writes_its_figures(tmp_path: Path) -> None:
    file = tmp_path / "build" / "bench.json"
    run = bench("pickle", "--to", str(file))
    assert run.returncode == 0, run.stderr
    assert "the provider in a resource's state" in run.stdout
    [figure] = json.loads(file.read_text())
    assert [*figure] == ["name", "value", "unit", "bar", "holds"]
    assert (figure["unit"], figure["bar"], figure["holds"]) == ("bytes", "≤ 200", True)
    assert 0 < figure["value"] <= 200


def test_a_benchmark_that_there_is_not_is_refused_with_the_names_of_those_there_are() -> None:
    run = bench("pickel")
    assert run.returncode == 2
    assert "'pickle'" in run.stderr


def test_a_bar_says_whether_it_holds() -> None:
    assert Figure.at_most("a", 1.0, "s", 1).holds is True
    assert Figure.at_most("a", 1.1, "s", 1).holds is False
    assert Figure.at_least("a", 0.9, "s", 1).holds is False
    assert Figure.at_least("a", 0.9, "s", 1).bar == "≥ 1"


def test_figures_of_earlier_runs_stay_until_they_are_measured_anew(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    keep([Figure("a", 1.0, "s"), Figure("b", 2.0, "s")], file)
    keep([Figure("b", 3.0, "s"), Figure("c", 4.0, "s")], file)
    found = {figure["name"]: figure["value"] for figure in json.loads(file.read_text())}
    assert found == {"a": 1.0, "b": 3.0, "c": 4.0}


def test_a_benchmark_that_breaks_keeps_what_it_had_measured_and_misses_its_bar() -> None:
    def breaks():  # type: ignore[no-untyped-def]  # noqa: ANN202
        yield Figure("a", 1.0, "s")
        raise RuntimeError("no more")

    first, broken = measured("slow", breaks)
    assert first.value == 1.0
    assert (broken.name, broken.value, broken.holds) == ("slow", None, False)
