"""What came of it, as data: plain, picklable, without secrets.

Data are exact, in JSON too; what is written for people is fit for a terminal.
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

# How each operation is told: where nothing happened, and what an action means in it.
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
# What no state shows: an object is as declared, and something that is not has a say in it.
UNDECLARED = "undeclared"
_AT_CLOUDFLARE = {
    "update": "changed at Cloudflare",
    "delete": "gone from Cloudflare",
    UNDECLARED: "with something that is not declared",
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happened, or would happen, to one resource.

    `action` is Pulumi's word: create, update, replace, delete, import, read. After a refresh or a
    drift, update means that the object is another at Cloudflare than in the state, and delete that
    it is gone; undeclared, which is no word of Pulumi's, means that it is as in the state, and the
    refresh warned of something beside it that the program does not declare. `details` has the
    changed paths, + added, - removed, ~ changed, as seen from what was: `+ include["email
    ada@example.com"]`; of what is undeclared, the warnings.
    """

    name: str
    type: str
    urn: str
    action: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        more = f": {'; '.join(self.details)}" if self.details else ""
        return clean(f"{self.action} {self.name} ({self.kind}){more}")

    @property
    def kind(self) -> str:
        """The last part of the type: AccessGroup."""
        return self.type.rpartition(":")[2]


@dataclass(frozen=True, kw_only=True)
class StackResult:
    """What came of one stack. `duration` is in seconds.

    `outputs` are those of a preview or an up; a secret is "[secret]", and what a preview cannot
    know yet "[unknown]". `error` is None where all went well; what had happened until then is in
    `changes` all the same. `locked` says that another run holds the stack, or one that was killed;
    `missing`, that the backend has no such stack. `access` says, after a preview or a drift, who
    gains and who loses access, in at most three lines; secrets are not told.
    """

    name: str
    account_id: str
    operation: Operation
    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    outputs: dict[str, Any] = field(default_factory=dict)
    access: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str | None = None
    locked: bool = False
    missing: bool = False
    duration: float = 0.0
    host: str = ""

    @property
    def ok(self) -> bool:
        """Whether all went well."""
        return self.error is None

    @property
    def summary(self) -> str:
        """One line: what changed, or the first line of what went wrong."""
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
    """What came of every stack, in the order of the accounts. `options` are the operation's."""

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
        """Whether all went well everywhere."""
        return not self.failed

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the stacks that failed."""
        return tuple(result.name for result in self.stacks if not result.ok)

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of the stacks where something changed, or would: after a drift, has."""
        return tuple(result.name for result in self.stacks if result.changes)

    @property
    def locked(self) -> tuple[str, ...]:
        """The names of the stacks that another run holds, or one that was killed."""
        return tuple(result.name for result in self.stacks if result.locked)

    def updated(self, newer: Results) -> Results:
        """Return these with a later run's options, and its results in place of the same stacks'."""
        by_name = {result.name: result for result in newer}
        stacks = tuple(by_name.get(result.name, result) for result in self.stacks)
        return Results(self.operation, stacks, newer.options)

    def to_json(self) -> str:
        """Write everything as JSON."""
        stacks = [{**asdict(result), "ok": result.ok} for result in self.stacks]
        return json.dumps({"operation": self.operation, "ok": self.ok, "stacks": stacks}, indent=2)

    def table(self) -> Table:
        """Draw the summary, for terminals."""
        from rich.table import Table  # noqa: PLC0415 - of no use in pipes
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
        """Write the summary as plain lines: a stack each, and the total."""
        width = max((len(result.name) for result in self.stacks), default=0)
        lines = [
            f"{result.name:<{width}}  {result.account_id}  {result.summary}  "
            f"({result.duration:.1f} s)"
            for result in self.stacks
        ]
        return "\n".join([*lines, f"{self.operation}: {self.total}"])

    def details(self) -> Iterator[str]:
        """Write what changed where, every warning, and every error whole."""
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
        """One line about all: how many there are, changed and failed."""
        counts = (f"{len(self.changed)} changed", f"{len(self.failed)} failed")
        return f"{len(self)} stack{'' if len(self) == 1 else 's'}, {', '.join(counts)}"


class Interrupted(KeyboardInterrupt):
    """A run was interrupted. `results` has all stacks: the ended, and the rest as failed."""

    def __init__(self, results: Results) -> None:
        super().__init__(results.total)
        self.results = results


def _indented(text: str) -> str:
    return clean_lines(text).replace("\n", "\n    ")


def _told(operation: str, action: str) -> str:
    """Say what an action means in this operation: created, to create, gone from Cloudflare."""
    if operation in {"drift", "refresh"}:
        return _AT_CLOUDFLARE.get(action, action)
    if operation == "preview":
        return f"to {action}"
    return _PAST.get(action, action)
