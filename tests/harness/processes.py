"""What runs on this machine, other checkouts' tests included, and the end of some of it."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """One process: its id, its parent's, its group's, and its command line."""

    pid: int
    parent: int
    group: int
    words: tuple[str, ...]


def processes() -> list[Process]:
    """List them all."""
    listed = subprocess.run(
        ["ps", "-eww", "-o", "pid=,ppid=,pgid=,args="], capture_output=True, text=True, check=True
    )
    lines = (line.split() for line in listed.stdout.splitlines())
    return [
        Process(int(pid), int(parent), int(group), tuple(words))
        for pid, parent, group, *words in lines
    ]


def engines(stack: str, group: int) -> list[int]:
    """Return the Pulumi CLIs that are at this stack, of one process group."""
    return [
        process.pid
        for process in processes()
        if {"--event-log", stack} <= {*process.words} and process.group == group
    ]


def kill_all_of(pid: int) -> None:
    """Kill a process and all that it has started, as the end of a machine would.

    A plugin has a group of its own, and outlives an engine that is killed.
    """
    every = processes()
    doomed = [pid]
    for parent in doomed:
        doomed += [process.pid for process in every if process.parent == parent]
    for each in doomed:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
