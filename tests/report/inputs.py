"""Files for reports: recorded previews, and people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from insight.told import recording
from pulumi_cloudflare_access.cli import main

PEOPLE = """email,identity_providers,groups,posture,countries
ada@example.com,,,Disk encryption,DE
mallory@example.com,,,,
pat@example.com,,,,
lin@contractor.example,11111111-1111-4111-8111-111111111111,partners,Disk encryption,PT
hr@example.com,,,,FR
"""


def preview(folder: Path, name: str = "everything", recorded: str = "changes") -> str:
    """Write a recorded document, and return its path."""
    return saved(folder, f"{name}.json".replace(" ", "-"), recording(recorded)[name])


def saved(folder: Path, name: str, document: Any) -> str:
    """Write a document as JSON, and return its path."""
    path = folder / name
    path.write_text(json.dumps(document))
    return str(path)


def people(folder: Path, text: str = PEOPLE, name: str = "people.csv") -> str:
    """Write a file of people, and return its path."""
    path = folder / name
    path.write_text(text)
    return str(path)


def run(*arguments: str, status: int = 0, stdin: str | None = None) -> Result:
    """Run a command; its status has to be this one."""
    result = CliRunner().invoke(main, arguments, input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == status, result.output
    return result


def lines(*arguments: str, status: int = 0) -> Sequence[str]:
    """Return the lines that a command prints."""
    return run(*arguments, status=status).stdout.splitlines()
