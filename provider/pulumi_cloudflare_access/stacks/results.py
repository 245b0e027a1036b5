"""The results of an operation, as plain, picklable data without secrets.

Data and JSON hold names as they are. Text for people has dangerous characters spelled.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ..text.outlet import clean, clean_lines

if TYPE_CHECKING:
    from rich.table import Table

Operation = Literal["preview", "up", "refresh", "destroy", "drift", "cancel"]

# Words for the summary: of an operation without changes, and of an action.
_NOTHING = {
    "preview": "nothing to do",
    "up": "nothing to do",
    "refresh": "as in the state",
    "destroy": "nothing to destroy",
    "drift": "no drift",
    "cancel": "unlocked",
}
_PAST = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "import": "imported",
    "read": "read",
}
# The object is as declared, but the refresh warned of something undeclared beside it.
UNDECLARED = "undeclared"
_AT_CLOUDFLARE = {
    "update": "changed at Cloudflare",
    "delete": "gone from Cloudflare",
    UNDECLARED: "with something that is not declared",
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happened, or would happen, to one resource."""

    name: str
    """The resource's name in the program."""
    type: str
    """The type token."""
    urn: str
    action: str
    """Pulumi's word: create, update, replace, delete, import or read.

    After a refresh or a drift, update means that the object differs from the state, and delete that
    it is gone. This package adds "undeclared": the object is as in the state, but the refresh
    warned of something beside it that the program does not declare.
    """
    details: tuple[str, ...] = ()
    """The changed paths: + added, - removed, ~ changed, as in `+ include["email ada@example.com"]`.

    For "undeclared", the warnings.
    """

    def __str__(self) -> str:
        more = f": {'; '.join(self.details)}" if self.details else ""
        return clean(f"{self.action} {self.name} ({self.kind}){more}")

    @property
    def kind(self) -> str:
        """The last part of the type: AccessGroup."""
        return self.type.rpartition(":")[2]


@dataclass(frozen=True, kw_only=True)
class StackResult:
    """The result of one operation on one stack."""

    name: str
    """The stack's name."""
    account_id: str
    operation: Operation
    changes: tuple[Change, ...] = ()
    """What changed or would change; after an error, what had changed until then."""
    unchanged: int = 0
    """How many resources stayed as they were."""
    outputs: dict[str, Any] = field(default_factory=dict)
    """The stack's outputs, of a preview or an up. A secret is "[secret]"; a value that the preview
    does not know is "[unknown]".
    """
    access: tuple[str, ...] = ()
    """After a preview or a drift: who gains and who loses access, in at most three lines."""
    warnings: tuple[str, ...] = ()
    error: str | None = None
    """None if the operation succeeded."""
    locked: bool = False
    """Another run holds the stack, or a killed run has left its lock."""
    missing: bool = False
    """The backend has no such stack."""
    duration: float = 0.0
    """In seconds."""
    host: str = ""
    """The name of the machine that it ran on."""

    @property
    def ok(self) -> bool:
        """Whether the operation succeeded."""
        return self.error is None

    @property
    def summary(self) -> str:
        """One line: what changed, or the first line of the error."""
        if self.error is not None:
            first, *_ = self.error.split("\n")
            return f"failed: {clean(first)}"
        if self.missing:
            return "no such stack"
        if self.operation == "cancel":
            return _NOTHING["cancel"]
        counts = Counter(change.action for change in self.changes)
        words = [f"{count} {_told(self.operation, action)}" for action, count in counts.items()]
        return ", ".join(words) or _NOTHING[self.operation]


@dataclass(frozen=True)
class Results:
    """The results of all stacks, in the order of the accounts. Iterable; `results[name]` is one.

    `options` are the operation's options, for `Stacks.retry`. `results[name]` raises KeyError if
    there is no such stack.
    """

    operation: Operation
    stacks: tuple[StackResult, ...]
    options: Mapping[str, bool] = field(default_factory=dict)

    def __iter__(self) -> Iterator[StackResult]:
        return iter(self.stacks)

    def __len__(self) -> int:
        return len(self.stacks)

    def __getitem__(self, name: str) -> StackResult:
        for result in self.stacks:
            if result.name == name:
                return result
        raise KeyError(name)

    @property
    def ok(self) -> bool:
        """Whether the operation succeeded in every stack."""
        return not self.failed

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the stacks that failed."""
        return tuple(result.name for result in self.stacks if not result.ok)

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of the stacks with changes: made, previewed, or found by a drift."""
        return tuple(result.name for result in self.stacks if result.changes)

    @property
    def locked(self) -> tuple[str, ...]:
        """The names of the stacks that another run holds, or whose lock a killed run has left."""
        return tuple(result.name for result in self.stacks if result.locked)

    def updated(self, newer: Results) -> Results:
        """Return these results, with those of a later run in place of the same stacks'."""
        by_name = {result.name: result for result in newer}
        stacks = tuple(by_name.get(result.name, result) for result in self.stacks)
        return Results(self.operation, stacks, newer.options)

    def to_json(self) -> str:
        """Return everything as JSON."""
        stacks = [{**asdict(result), "ok": result.ok} for result in self.stacks]
        return json.dumps({"operation": self.operation, "ok": self.ok, "stacks": stacks}, indent=2)

    def table(self) -> Table:
        """Return the summary as a table for terminals."""
        from rich.table import Table  # noqa: PLC0415 - only terminals need it
        from rich.text import Text  # noqa: PLC0415

        table = Table(title=f"{self.operation}: {self.total}", title_justify="left")
        for column in ("stack", "account", "result"):
            table.add_column(column)
        table.add_column("seconds", justify="right")
        for result in self.stacks:
            style = "red" if not result.ok else "yellow" if result.changes else "dim"
            cells = (result.name, result.account_id, result.summary, f"{result.duration:.1f}")
            table.add_row(*(Text(cell, style=style) for cell in cells))
        return table

    def text(self) -> str:
        """Return the summary as plain lines: one for each stack, and the total."""
        width = max((len(result.name) for result in self.stacks), default=0)
        lines = [
            f"{result.name:<{width}}  {result.account_id}  {result.summary}  "
            f"({result.duration:.1f} s)"
            for result in self.stacks
        ]
        return "\n".join([*lines, f"{self.operation}: {self.total}"])

    def details(self) -> Iterator[str]:
        """Yield a line for every change, who gets in, every warning and every error."""
        for result in self.stacks:
            for change in result.changes:
                yield f"{result.name}: {change}"
            for line in result.access:
                yield f"{result.name}: who gets in: {_indented(line)}"
            for warning in result.warnings:
                yield f"{result.name}: warning: {_indented(warning)}"
            if result.error is not None:
                yield f"{result.name}: error: {_indented(result.error)}"

    @property
    def total(self) -> str:
        """One line: how many stacks there are, changed and failed."""
        counts = (f"{len(self.changed)} changed", f"{len(self.failed)} failed")
        return f"{len(self)} stack{'' if len(self) == 1 else 's'}, {', '.join(counts)}"


class Interrupted(KeyboardInterrupt):
    """The run was interrupted. `results` has all stacks; those that did not end count as failed."""

    def __init__(self, results: Results) -> None:
        super().__init__(results.total)
        self.results = results


def _indented(text: str) -> str:
    return clean_lines(text).replace("\n", "\n    ")


def _told(operation: str, action: str) -> str:
    """Return what an action is called in an operation: created, to create, gone from Cloudflare."""
    if operation in {"drift", "refresh"}:
        return _AT_CLOUDFLARE.get(action, action)
    if operation == "preview":
        return f"to {action}"
    return _PAST.get(action, action)
