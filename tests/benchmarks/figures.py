"""A figure, the bar it is held to, and where figures are shown and kept."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """What was measured. Without a bar it is there to compare with; without a value it broke."""

    name: str
    value: float | None
    unit: str
    bar: str | None = None
    holds: bool | None = None

    @classmethod
    def at_most(cls, name: str, value: float, unit: str, bar: float) -> Figure:
        """Return a figure that is to be this small."""
        return cls(name, value, unit, f"≤ {bar:g}", value <= bar)

    @classmethod
    def at_least(cls, name: str, value: float, unit: str, bar: float) -> Figure:
        """Return a figure that is to be this large."""
        return cls(name, value, unit, f"≥ {bar:g}", value >= bar)


def shown(value: float) -> str:
    """Write a value with three digits that say something."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(figures: Iterable[Figure]) -> Table:
    """Lay figures out for people."""
    laid_out = Table("what", "figure", "", "bar", "")
    laid_out.columns[1].justify = "right"
    for figure in figures:
        value = "broke" if figure.value is None else shown(figure.value)
        holds = {None: "", True: "holds", False: "[bold red]missed[/]"}[figure.holds]
        laid_out.add_row(figure.name, value, figure.unit, figure.bar or "", holds)
    return laid_out


def keep(figures: Iterable[Figure], file: Path) -> None:
    """Write figures for programs, in the place of those of the same name."""
    new = {figure.name: asdict(figure) for figure in figures}
    old = json.loads(file.read_text()) if file.exists() else []
    kept = {figure["name"]: figure for figure in old if figure["value"] is not None} | new
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([*kept.values()], indent=2, ensure_ascii=False) + "\n")
