"""Messages under each application, while a preview runs: who gains and who loses access.

The engine checks and diffs a resource after those that it refers to. So when it comes to an
application, or to its list of policies, the old and the new rules of all that it refers to are
known, except for what a look-up found, what is in another stack, and what is deleted, as deletions
come last. Changes that depend on these are not shown here, but in the report and by the policy
pack, which see the whole run.
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
"""The most lines that are shown under one resource."""
# The largest decision diagram to make, which takes some ten milliseconds: the preview waits for it.
_NODES: Final = 5_000
_PROVIDER: Final = "__provider"
_PARTS: Final = ("AccessApplicationPolicies", "AccessApplicationPolicy")
_TYPES: Final = ("AccessApplication", *_PARTS)


class Preview:
    """The resources of one preview so far, and the lines already shown. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._run: Run | None = None
        self._said: dict[str, int] = {}
        self._lines_said: set[str] = set()

    def checked(self, old: Mapping[str, Any], new: Mapping[str, Any], *, is_new: bool) -> None:
        """Note what a check in a preview returns, and show what a new application changes.

        For an application that exists already, `compared` shows it: it knows more.
        """
        urn = plugin.current_urn()
        with _no_harm():
            self._note_checked(urn, _declared(old), _declared(new))
            # A new application without policies lets nobody in, or gets them from a list that
            # follows.
            if is_new and (_type(urn).endswith(_PARTS) or "policies" in new):
                self._say(urn)

    def compared(self, id_: str, new: Mapping[str, Any]) -> None:
        """Note what a diff in a preview compares, and show who gains and who loses access."""
        urn = plugin.current_urn()
        with _no_harm():
            self._note_compared(urn, id_, new)
            self._say(urn)

    def _say(self, urn: str) -> None:
        for line in self._lines(urn):
            plugin.say(line)

    def _note_checked(self, urn: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """Note the old and new inputs of a resource that has been checked."""
        from ..insight.incremental import Run  # noqa: PLC0415 - only a preview needs it

        with self._lock:
            if self._run is None:
                self._run = Run()
            self._run.seen(urn, _type(urn), old or None, new)

    def _note_compared(self, urn: str, id_: str, new: Mapping[str, Any]) -> None:
        """Note what an update would send: inputs in `ignore_changes` keep their old value."""
        with self._lock:
            if self._run is not None:
                was = self._run.inputs_before(urn)
                self._run.compared(urn, id_, plugin.with_ignored(was, _declared(new)))

    def _lines(self, urn: str) -> list[str]:
        """Return the lines to show now under an application, or under its policies."""
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
    """Return whether a change can be shown now: no later resource of the preview can alter it.

    A new application that lets nobody in yet may get policies later. Changes too large to prove are
    left to the report.
    """
    waits = change.audience is not None and not change.audience.conditions
    return change.is_read and not change.too_large and not waits


def _declared(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if name != _PROVIDER}


def _type(urn: str) -> str:
    """Return the resource type in a URN, without the types of its parents."""
    return (urn.split("::") + [""] * 3)[2].rpartition("$")[2]


@contextmanager
def _no_harm() -> Iterator[None]:
    """Show an error of this module as a message, so that it does not fail the preview."""
    try:
        yield
    except Exception as error:
        if os.environ.get(plugin.DEBUG):
            raise
        told = f"{type(error).__name__}, a mistake in pulumi-cloudflare-access; please report it"
        plugin.say(f"who gets in after this change is not known here: {told}")
