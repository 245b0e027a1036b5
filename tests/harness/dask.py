"""A Dask cluster of separate processes: a scheduler and workers, one stack at a time each."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Seconds. Processes that are not up by then, on the busiest machine, will not come.
PATIENCE = 120.0


class Cluster:
    """The processes. Each is the head of a group: killed, it takes its Pulumi with it."""

    def __init__(self, address: str, workers: list[subprocess.Popen[bytes]]) -> None:
        self.address = address
        self.workers = workers

    def kill_whoever_runs(self, stack: str) -> None:
        """Kill the worker that is at this stack, and all that it has started, as a crash would."""
        groups = {group_of(pid) for pid, words in processes() if {"--event-log", stack} <= {*words}}
        (worker,) = [worker for worker in self.workers if worker.pid in groups]
        os.killpg(worker.pid, signal.SIGKILL)
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
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def group_of(pid: int) -> int | None:
    """Return the process group, None for a process that has ended meanwhile."""
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def processes() -> Iterator[tuple[int, list[str]]]:
    """List what runs on this machine, other checkouts' tests included: ids and command lines."""
    listed = subprocess.run(
        ["ps", "-eww", "-o", "pid=,args="], capture_output=True, text=True, check=True
    )
    for line in listed.stdout.splitlines():
        pid, *words = line.split()
        yield int(pid), words
