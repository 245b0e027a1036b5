"""Reads rows from CSV and YAML files. Mistakes are collected with their lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

DELIMITERS = ",;\t"
CSV, YAML = frozenset({".csv", ".tsv"}), frozenset({".yaml", ".yml"})

Mistakes = list[tuple[int, str]]
"""The line, and what is wrong there."""


def read_text(path: Path) -> str:
    """Return the text of a CSV or YAML file. Raises ValueError, with the message for the user."""
    if path.suffix.lower() not in CSV | YAML:
        raise ValueError("must be a .csv, .tsv, .yaml or .yml file")
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(str(error.strerror)) from None
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8; export it as such") from None


def is_yaml(path: Path) -> bool:
    """Return whether a file's name says that it is YAML."""
    return path.suffix.lower() in YAML


def csv_rows(text: str, mistakes: Mistakes) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, with their lines. The first row names the columns.

    The delimiter is the one that occurs most often in the first line.
    """
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line, columns = 1, None
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                columns = columns or len(cells)
                if len(cells) > columns:
                    mistakes.append(
                        (line, f"has {len(cells)} cells, and there are {columns} columns")
                    )
                else:
                    yield line, cells
            # A cell may contain line breaks, so the next row begins after the last line read.
            line = reader.line_num + 1
    except csv.Error as error:
        mistakes.append((line, str(error)))


def named(names: Sequence[str | None], cells: Sequence[str]) -> dict[str, str]:
    """Return the cells of a row by the names of their columns, without unnamed columns."""
    row = zip(names, cells, strict=False)
    return {name: cell.strip() for name, cell in row if name is not None}


def twice(names: Sequence[str | None]) -> list[str]:
    """Return the names that several columns have."""
    return sorted({name for name in names if name is not None and names.count(name) > 1})


def yaml_root(text: str, mistakes: Mistakes) -> Any:
    """Return the root node of a YAML text, with line numbers. None if it is empty or not YAML."""
    import yaml  # noqa: PLC0415 - CSV files do not need it

    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        told = getattr(error, "problem", None) or str(error).splitlines()[0]
        mistakes.append((mark.line + 1 if mark else 1, told))
        return None


def line_of(node: Any) -> int:
    """Return the line of a YAML node."""
    return int(node.start_mark.line) + 1


def plain(node: Any) -> Any:
    """Return the text of a YAML node, or the texts of a list; None for a map."""
    if node.id == "sequence":
        return [str(inner.value).strip() for inner in node.value]
    return str(node.value).strip() if node.id == "scalar" else None


def by_line(mistakes: Mistakes) -> list[str]:
    """Return the lines of a message that lists all mistakes."""
    return [f"  line {line}: {told}" for line, told in sorted(mistakes)]
