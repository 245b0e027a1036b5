"""Progress on standard error: a line for each stack that ended and, in a terminal, a bar."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from ..text.outlet import clean
from .results import StackResult


class Reporter:
    """Shows each stack as it ends. `total` is the number of stacks; `quiet` shows nothing."""

    def __init__(self, operation: str, total: int, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, quiet=quiet, highlight=False, soft_wrap=True)
        self._total = total
        self._ended = self._failed = 0
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[failed]}", style="red"),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task(operation, total=total, failed="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def ended(self, result: StackResult) -> None:
        """Show the result of one stack."""
        self._ended += 1
        self._failed += not result.ok
        width = len(str(self._total))
        told = clean(
            f"[{self._ended:>{width}}/{self._total}] {result.name}: {result.summary} "
            f"({result.duration:.1f} s)"
        )
        style = "red" if not result.ok else "yellow" if result.changes else ""
        self._console.print(Text(told, style=style))
        failed = f"{self._failed} failed" if self._failed else ""
        self._bar.update(self._task, completed=self._ended, failed=failed)

    def interrupted(self) -> None:
        """Show that the run waits for the stacks that have begun."""
        self._console.print("Interrupted: waiting for the stacks that have begun.")
