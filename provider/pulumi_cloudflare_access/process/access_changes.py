"""Who gains and who loses access, said under each application while a preview is running.

The engine checks and compares what others refer to first. So by the time of an application, or of
its list of policies, the old and the new rules of all that it refers to are known. What is not (a
look-up, another stack, a deletion, which comes last) is not said here: the policy pack and the
report see the whole run.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from . import plugin

if TYPE_CHECKING:
    from ..insight.comparison import PlaceChange
    from ..insight.incremental import Run

MOST_LINES: Final = 3
# Of a decision diagram, some ten milliseconds: a preview waits for it.
_NODES: Final = 5_000
_PROVIDER: Final = "__provider"
_PARTS: Final = ("AccessApplicationPolicies", "AccessApplicationPolicy")
_TYPES: Final = ("AccessApplication", *_PARTS)


class Preview:
    """What has been seen of one preview, and said. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._run: Run | None = None
        self._said: dict[str, int] = {}
        self._lines_said: set[str] = set()

    def checked(self, old: Mapping[str, Any], new: Mapping[str, Any], *, is_new: bool) -> None:
        """Note what a check returns in a preview; say what a new application changes.

        An old one is compared next, and more is known then.
        """
        urn = plugin.current_urn()
        with _no_harm():
            self._note_checked(urn, _declared(old), _declared(new))
            # A new application without policies lets nobody in, or has a list of them: that comes
            # next.
            if is_new and (_type(urn).endswith(_PARTS) or "policies" in new):
                self._say(urn)

    def compared(self, id_: str, new: Mapping[str, Any]) -> None:
        """Note what the engine compares in a preview; say what changes of an audience."""
        urn = plugin.current_urn()
        with _no_harm():
            self._note_compared(urn, id_, new)
            self._say(urn)

    def _say(self, urn: str) -> None:
        for line in self._lines(urn):
            plugin.say(line)

    def _note_checked(self, urn: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """Note a resource that has been checked."""
        from ..insight.incremental import Run  # noqa: PLC0415 - only a preview needs it

        with self._lock:
            if self._run is None:
                self._run = Run()
            self._run.seen(urn, _type(urn), old or None, new)

    def _note_compared(self, urn: str, id_: str, new: Mapping[str, Any]) -> None:
        """Note what an update would send: what the program ignores is as it was."""
        with self._lock:
            if self._run is not None:
                was = self._run.inputs_before(urn)
                self._run.compared(urn, id_, plugin.with_ignored(was, _declared(new)))

    def _lines(self, urn: str) -> list[str]:
        """Return what is to be said under an application, or under its policies."""
        if not _type(urn).endswith(_TYPES):
            return []
        with self._lock:
            if self._run is None:
                return []
            changes = self._run.changes(urn, limit=_NODES)
            if not changes:
                return []
            from ..insight.lines import lines  # noqa: PLC0415 - most previews change nothing

            known = [one for one in changes if _is_known(one)]
            room = MOST_LINES - self._said.get(urn, 0)
            found = [one for one in lines(known, most=MOST_LINES) if one not in self._lines_said][
                :room
            ]
            self._lines_said.update(found)
            self._said[urn] = self._said.get(urn, 0) + len(found)
            return found


def _is_known(change: PlaceChange) -> bool:
    """Tell a change that nothing that comes later can change, as far as anybody can know.

    A new application that lets nobody in yet waits for its policies. What is too large to prove is
    for the report.
    """
    waits = change.audience is not None and not change.audience.conditions
    return change.is_read and not change.too_large and not waits


def _declared(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if name != _PROVIDER}


def _type(urn: str) -> str:
    """Return the type in a URN, without those of its parents."""
    return (urn.split("::") + [""] * 3)[2].rpartition("$")[2]


@contextmanager
def _no_harm() -> Iterator[None]:
    """Let no mistake in this end a preview: it is said instead."""
    try:
        yield
    except Exception as error:
        if os.environ.get(plugin.DEBUG):
            raise
        told = f"{type(error).__name__}, a mistake in pulumi-cloudflare-access; please report it"
        plugin.say(f"who gets in after this change is not known here: {told}")
