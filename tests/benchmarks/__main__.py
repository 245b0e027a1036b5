"""`make bench`: run all benchmarks, or those whose names are given."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from benchmarks import calls, counts, engine, insights, processes, schedule
from benchmarks.figures import Figure, keep, table
from benchmarks.page import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
FIGURES = ROOT / "build" / "bench.json"
PAGE = ROOT / "docs" / "figures.md"
# The quick ones first.
BENCHMARKS: dict[str, Callable[[], Iterator[Figure]]] = {
    "pickle": processes.pickled,
    "import": processes.imported,
    "start": processes.started,
    "calls": calls.checks,
    "rules": calls.changed_rules,
    "schedule": schedule.schedule,
    "insight": insights.all_of_them,
    "refresh": calls.refresh,
    "creates": calls.creates,
    "requests": counts.requests,
    "overhead": engine.overhead,
    "up": engine.ups,
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([*BENCHMARKS]))
@click.option("--to", type=click.Path(path_type=Path), default=FIGURES, help="The file they go to.")
@click.option("--docs", is_flag=True, help="Write the figures there are into the page instead.")
def main(names: tuple[str, ...], to: Path, *, docs: bool) -> None:
    """Measure what this package costs.

    Prints a table, and keeps the figures beside those of earlier runs. The exit status is 1 if a
    benchmark broke or a bar is missed.
    """
    if docs:
        PAGE.write_text(written(PAGE.read_text(), to))
        return
    # Users have compiled modules.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    figures: list[Figure] = []
    console, progress = Console(), Console(stderr=True)
    for name in names or BENCHMARKS:
        began = time.monotonic()
        progress.print(f"{name} …", end=" ")
        found = measured(name, BENCHMARKS[name])
        keep(found, to)
        figures += found
        progress.print(f"{time.monotonic() - began:.0f} s")
    console.print(table(figures))
    sys.exit(any(figure.holds is False for figure in figures))


def measured(name: str, benchmark: Callable[[], Iterator[Figure]]) -> list[Figure]:
    """Run one benchmark. One that breaks does not take the others' figures with it."""
    figures = []
    try:
        # Stacks print what is said to them; what failed says it in its error, too.
        with contextlib.redirect_stdout(io.StringIO()):
            for figure in benchmark():
                figures.append(figure)  # noqa: PERF402 - what was measured before it broke counts
    except Exception:  # noqa: BLE001 - likewise
        traceback.print_exc()
        figures.append(Figure(name, None, "", "runs", holds=False))
    return figures


if __name__ == "__main__":
    main()
