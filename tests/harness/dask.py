"""A Dask cluster of separate processes: a scheduler and workers, one stack at a time each."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.processes import engines, kill_all_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Seconds. Processes that are not up by then, on the busiest machine, will not come.
PATIENCE = 120.0


class Cluster:
    """The processes. Each worker is the head of a group, which the Pulumi that it runs is in."""

    def __init__(self, address: str, workers: list[subprocess.Popen[bytes]]) -> None:
        self.address = address
        self.workers = workers

    def kill_whoever_runs(self, stack: str) -> None:
        """Kill the worker that is at this stack, and all that it has started, as a crash would."""
        (worker,) = [worker for worker in self.workers if engines(stack, worker.pid)]
        kill_all_of(worker.pid)
        worker.wait()
        self.workers.remove(worker)


@contextmanager
def cluster(folder: Path, environment: Mapping[str, str], *, workers: int) -> Iterator[Cluster]:
    """Run a scheduler and its workers, each with this environment."""
    file = folder / "scheduler.json"
    connected = ["--scheduler-file", str(file), "--host", "127.0.0.1", "--no-dashboard"]
    with ExitStack() as cleanup:

        def start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
            log = cleanup.enter_context((folder / f"{arguments[-1]}.log").open("wb"))
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *connected, *arguments],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            cleanup.callback(_end, process)
            return process

        scheduler = start("dask_scheduler", "--port", "0")
        until = time.monotonic() + PATIENCE
        while not (address := _address(file)):
            assert scheduler.poll() is None, (folder / "0.log").read_text()
            assert time.monotonic() < until, "the scheduler did not start"
            time.sleep(0.1)
        one_each = ["--nthreads", "1", "--no-nanny", "--local-directory", str(folder), "--name"]
        started = [start("dask_worker", *one_each, f"worker-{n}") for n in range(workers)]
        yield Cluster(address, started)


def _address(file: Path) -> str | None:
    try:
        found: dict[str, Any] = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        return None
    return str(found["address"])


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        kill_all_of(process.pid)
    process.wait()
