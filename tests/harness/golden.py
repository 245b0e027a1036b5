"""Golden files of keys: what a program writes, and the keys it gets in state and preview."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def keys_in(golden: Path) -> list[tuple[list[Any], list[str]]]:
    """Read every line: the entries as a program writes them, and their keys."""
    found = []
    for line in golden.read_text().splitlines():
        if line and not line.startswith("#"):
            written, _, keys = line.rpartition(" -> ")
            declared = json.loads(written)
            entries = declared if isinstance(declared, list) else [declared]
            found.append((entries, keys.split(" | ")))
    return found
