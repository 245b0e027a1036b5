"""Ends the plugin process when the engine that started it has ended.

Normally, Pulumi interrupts a plugin (SIGINT) once the last step is over, and Python then runs what
`at_orderly_end` was given. But an engine that is killed does not end its plugins: the process would
go on with what it has begun, for hours if the rate limit makes it wait, and no state would ever
hold the objects that it creates.

So the process watches its standard input. The engine holds the other end of it, writes nothing
there, and keeps it open for as long as it lives; the system closes it however the engine ends. This
works with a debugger, a stopped engine, `nohup`, and a parent process with the id 1, too.
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
# Seconds between looks if somebody else has written to the standard input: what was written stays
# unread, and would end each wait at once.
LOOK_AGAIN = 1.0


def is_plugin() -> bool:
    """Return whether this is a plugin process, and not a program or a test."""
    return hasattr(sys.modules["__main__"], "DynamicResourceProviderServicer")


class EngineWatch:
    """Watches whether the process at the other end of a pipe is alive. Thread-safe.

    :param descriptor: The file descriptor of our end. Default: the standard input.

    `is_watching` is False if the descriptor is not an open pipe, or the system cannot watch it.
    """

    def __init__(self, descriptor: int = STDIN) -> None:
        # A plugin that was started by hand for a debugger has a terminal, a file or nothing there.
        # Windows cannot poll a pipe: there, a plugin goes on after its engine was killed.
        if not hasattr(select, "poll") or not _is_pipe(descriptor):
            self.is_watching = False
            return
        # A copy: the user's providers, in the same process, may close the original.
        self._descriptor = os.dup(descriptor)
        self.is_watching = not self._is_closed(0)

    def is_gone(self) -> bool:
        """Return whether the engine has ended; False if it cannot be watched."""
        return self.is_watching and self._is_closed(0)

    def wait(self) -> None:
        """Wait until the engine has ended. Only if `is_watching`."""
        while not self._is_closed(None):
            time.sleep(LOOK_AGAIN)

    def _is_closed(self, milliseconds: int | None) -> bool:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN | select.POLLHUP)
        return any(
            # Some systems report a closed pipe as something to read, of zero bytes.
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
    """Start to watch the engine, to end this process at once when it has ended.

    Every provider calls it; only the first call in a plugin process does something.
    """
    global _watch  # noqa: PLW0603 - there is one engine
    with _starting:
        if _watch is not None or not is_plugin():
            return
        _watch = EngineWatch()
        if _watch.is_watching:
            threading.Thread(target=_end_with, args=(_watch,), daemon=True).start()


def _end_with(watch: EngineWatch) -> None:
    watch.wait()
    # Without what `at_orderly_end` was given: notes of unfinished requests must stay.
    os._exit(1)


def is_engine_gone() -> bool:
    """Return whether the engine has ended: then nothing more must be sent."""
    return _watch is not None and _watch.is_gone()


def at_orderly_end(call: Callable[[], None]) -> None:
    """Run a call when the engine ends this plugin process, but not after the engine was killed.

    Its errors are ignored.
    """
    if is_plugin():
        atexit.register(_quietly, call)


def _quietly(call: Callable[[], None]) -> None:
    with contextlib.suppress(Exception):
        call()
