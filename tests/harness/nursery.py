"""Plugin processes at the price of a fork, for tests that need a new one for every run.

A plugin process forgets nothing while it lives, and the engine starts one for each operation; so
does a test that runs one program after another. Starting Python costs half a second each time, so
one process loads everything, runs nothing, and forks: what is forked is `python -m pulumi.dynamic`.
"""

from __future__ import annotations

import gc
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Nursery:
    """Where plugin processes come from."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-u", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(environment),
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def start(self, engine: str, cache: str) -> tuple[int, Callable[[], None]]:
        """Start a plugin process for the engine at this address: its port, and its end."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{engine} {cache}\n")
        self._process.stdin.flush()
        read = self._process.stdout.readline
        process, port = int(read()), int(read())

        def kill() -> None:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

        return port, kill


def _serve() -> None:
    # What the first request would load, and what any plugin does.
    import grpc  # noqa: F401, PLC0415 - loaded here so that no child has to
    import pulumi.dynamic  # noqa: F401, PLC0415 - likewise

    from pulumi_cloudflare_access import kinds  # noqa: PLC0415 - likewise
    from pulumi_cloudflare_access.api import client  # noqa: F401, PLC0415 - likewise

    for kind in kinds.KINDS:
        kinds.load(kind)
    gc.freeze()
    for line in sys.stdin:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if os.fork() == 0:
            print(os.getpid())
            threading.Thread(target=_die_with, args=(os.getppid(),), daemon=True).start()
            engine, os.environ["XDG_CACHE_HOME"] = line.split()
            sys.argv = ["pulumi.dynamic", engine]
            runpy.run_module("pulumi.dynamic", run_name="__main__")


def _die_with(parent: int) -> None:
    """Outlive nobody, however the tests end."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    _serve()
