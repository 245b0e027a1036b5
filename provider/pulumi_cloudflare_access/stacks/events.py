"""Turns the engine's events into changes, outputs, warnings and an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.automation import DiffKind, EngineEvent

from ..fields.keyed import UNKNOWN
from ..text.outlet import tells_of_drift
from .results import UNDECLARED, Change, Operation

# The key that marks a secret among outputs.
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "[secret]"  # noqa: S105 - the text in its place
LATER = "[unknown]"
STACK = "pulumi:pulumi:Stack"
# Part of the type of every resource of this package.
OURS = ":dynamic/cloudflare:"
OWN = ("pulumi:providers:", STACK)
# One replacement is three steps.
REPLACEMENT = frozenset({"create-replacement", "delete-replaced", "read-replacement"})
QUIET = frozenset({"refresh", "read", "discard", "remove-pending-replace"})
# Part of the CLI's message about pending operations of a killed run. The message is a page long.
PENDING = "pending operations from previous deployment"
MARKS = {"add": "+", "delete": "-", "update": "~"}


class Heard:
    """Collects the events of one operation. They come one at a time, from a thread of the SDK."""

    def __init__(self, operation: Operation = "up") -> None:
        # In these operations, warnings of drift count as changes.
        self._is_look = operation in {"refresh", "drift"}
        self.outputs: dict[str, Any] = {}
        self.warnings: list[str] = []
        self._errors: list[str] = []
        self._steps: dict[str, Any] = {}
        self._same: set[str] = set()
        self._undeclared: dict[str, list[str]] = {}
        # The steps, for "who gets in". An up does not report that: its preview has.
        self._deciding: list[Any] | None = [] if operation in {"preview", "drift"} else None

    def hear(self, event: EngineEvent) -> None:
        """Take in one event."""
        if event.diagnostic_event:
            self._hear_text(event.diagnostic_event)
        if event.res_outputs_event:
            self._hear_step(event.res_outputs_event.metadata)

    def access(self) -> tuple[str, ...]:
        """Return who gains and who loses access, in lines; empty if nothing changes."""
        if not self._deciding or not self._steps:
            return ()
        from .access import access_lines  # noqa: PLC0415 - slow, and most stacks change nothing

        return access_lines(self._deciding)

    @property
    def unchanged(self) -> int:
        """How many of the user's resources stayed as they were."""
        return len(self._same - self._undeclared.keys())

    def changes(self) -> tuple[Change, ...]:
        """Return what happened, or would happen, to the user's resources."""
        stepped = [
            _change(urn, step.type, _action(step), _details(step))
            for urn, step in self._steps.items()
        ]
        warned = [
            _change(urn, _type_of(urn), UNDECLARED, texts)
            for urn, texts in self._undeclared.items()
            if urn not in self._steps
        ]
        return (*stepped, *warned)

    def error(self) -> str:
        """Return all errors, each with the name of its resource; empty if there was none."""
        return "\n".join(dict.fromkeys(self._errors))

    def _hear_text(self, said: Any) -> None:
        text = _brief(said.message.strip())
        name = (said.urn or "").rpartition("::")[2]
        about = name if name and STACK not in said.urn else ""
        told = f"{about}: {text}" if about else text
        if said.severity == "error":
            # The last error of every failed run only repeats that it failed.
            if text not in {"update failed", "preview failed"}:
                self._errors.append(told)
        elif said.severity == "warning" and told not in self.warnings:
            self.warnings.append(told)
            if self._is_look and tells_of_drift(text) and OURS in _type_of(said.urn or ""):
                self._undeclared.setdefault(said.urn, []).append(text)

    def _hear_step(self, step: Any) -> None:
        if step.type == STACK and step.new is not None:
            self.outputs = _masked(step.new.outputs or {})
        if step.type.startswith(OWN):
            return
        if self._deciding is not None:
            self._deciding.append(step)
        if _action(step) == "same":
            self._same.add(step.urn)
        elif _action(step) not in QUIET:
            known = self._steps.get(step.urn)
            if known is None or not _details(known):
                self._steps[step.urn] = step


def _change(urn: str, type_: str, action: str, details: list[str]) -> Change:
    name = urn.rpartition("::")[2]
    return Change(name=name, type=type_, urn=urn, action=action, details=tuple(details))


def _type_of(urn: str) -> str:
    """Return a resource's own type, without its parents'."""
    return "::".join(urn.split("::")[2:3]).rpartition("$")[2]


def _brief(text: str) -> str:
    if PENDING not in text:
        return text
    left = [line.strip(" *") for line in text.splitlines() if line.strip().startswith("*")]
    names = "; ".join(line.rpartition("::")[2] for line in left)
    stack = left[0].partition("::")[0].rpartition(":")[2] if left else "NAME"
    return (
        f"a run was killed in the middle of this: {names}. If it is as it should be at Cloudflare, "
        "forget it: cloudflare-access stacks refresh ACCOUNTS --program PROGRAM "
        f"--clear-pending-creates --only {stack}"
    )


def _action(step: Any) -> str:
    action = str(step.op.value)
    return "replace" if action in REPLACEMENT else action.removesuffix("-replacement")


def _details(step: Any) -> list[str]:
    return list(_paths(step.detailed_diff or {}))


def _paths(detailed: Mapping[str, Any]) -> Iterator[str]:
    for path, difference in detailed.items():
        if path.startswith("__"):
            # Reserved keys hold notes for the next run. They are no change.
            continue
        kind = difference.diff_kind
        word = kind.value if isinstance(kind, DiffKind) else str(kind)
        yield f"{MARKS[word.removesuffix('-replace')]} {path}"


def _masked(value: Any) -> Any:
    if value == UNKNOWN:
        return LATER
    if isinstance(value, dict):
        if SIGNATURE in value:
            return SECRET
        return {key: _masked(inner) for key, inner in value.items()}
    return [_masked(inner) for inner in value] if isinstance(value, list) else value
