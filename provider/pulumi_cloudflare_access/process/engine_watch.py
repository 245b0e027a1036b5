"""The life of the plugin process: it ends with the engine that started it.

Pulumi ends a plugin in an orderly way: it interrupts it (SIGINT) once the last step is over, and
Python then runs what `at_orderly_end` was given. An engine that is killed ends nothing: the process
would go on with what it has begun, hours later if the rate limit says so, and no state would ever
hold what it makes.

The engine holds the other end of the plugin's standard input, writes nothing there, and keeps it
open for as long as it lives. The system closes it whatever ends the engine. A debugger, a stopped
engine, `nohup` or a parent process with the id 1 change nothing about that.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import stat
import struct
import sys
import threading
import time
from collections.abc import Callable

STDIN = 0
# Seconds between looks where somebody has written to the standard input, which the engine never
# does: what was written stays unread, and would wake the watch at once.
LOOK_AGAIN = 1.0


def is_plugin() -> bool:
    """Tell whether this is a plugin process, and not a program or a test."""
    return hasattr(sys.modules["__main__"], "DynamicResourceProviderServicer")


class EngineWatch:
    """Whoever holds the other end of a pipe, and whether it is alive. Thread-safe."""

    def __init__(self, descriptor: int = STDIN) -> None:
        # A plugin that was started by hand for a debugger has a terminal, a file or nothing there.
        # Windows cannot poll a pipe: there, what an engine that is killed leaves under way goes on.
        if not hasattr(select, "poll") or not _is_pipe(descriptor):
            self.is_watching = False
            return
        # One of our own: the user's providers, in the same process, may close theirs.
        self._descriptor = os.dup(descriptor)
        self.is_watching = not self._is_closed(0)

    def is_gone(self) -> bool:
        """Tell whether the engine has ended."""
        return self.is_watching and self._is_closed(0)

    def wait(self) -> None:
        """Return when the engine has ended."""
        while not self._is_closed(None):
            time.sleep(LOOK_AGAIN)

    def _is_closed(self, milliseconds: int | None) -> bool:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN | select.POLLHUP)
        return any(
            # Some systems call the end of a pipe something to read, of no bytes.
            event & (select.POLLHUP | select.POLLERR) or _waiting_bytes(self._descriptor) == 0
            for _, event in poll.poll(milliseconds)
        )


def _is_pipe(descriptor: int) -> bool:
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _waiting_bytes(descriptor: int) -> int:
    import fcntl  # noqa: PLC0415 - not every system has it
    import termios  # noqa: PLC0415 - likewise

    try:
        answer = fcntl.ioctl(descriptor, termios.FIONREAD, struct.pack("i", 0))
    except OSError:
        return 0
    return int(struct.unpack("i", answer)[0])


_watch: EngineWatch | None = None
_starting = threading.Lock()


def end_with_engine() -> None:
    """End this plugin process at once when its engine has ended. Called by every provider."""
    global _watch  # noqa: PLW0603 - there is one engine
    with _starting:
        if _watch is not None or not is_plugin():
            return
        _watch = EngineWatch()
        if _watch.is_watching:
            threading.Thread(target=_end_with, args=(_watch,), daemon=True).start()


def _end_with(watch: EngineWatch) -> None:
    watch.wait()
    # Without a word to anybody and without the orderly end: what was noted stays noted.
    os._exit(1)


def is_engine_gone() -> bool:
    """Tell whether the engine has ended: nothing more must be sent."""
    return _watch is not None and _watch.is_gone()


def at_orderly_end(call: Callable[[], None]) -> None:
    """Run something when the engine ends this plugin process, and never when it was killed."""
    if is_plugin():
        atexit.register(_quietly, call)


def _quietly(call: Callable[[], None]) -> None:
    with contextlib.suppress(Exception):
        call()
