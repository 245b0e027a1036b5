"""Print the changelog's section of a version: `python .github/release_notes.py v0.1.0`.

Ends with status 1 if the tag is not the package's version, or if the changelog does not have it.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def section(changelog: str, version: str) -> str:
    """Return what the changelog says of a version, without its heading."""
    heading = rf"^## \[?{re.escape(version)}\]?(?: [^\n]*)?$"
    found = re.search(rf"{heading}\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        raise LookupError(f"CHANGELOG.md says nothing of {version}: add a section ## {version}")
    return found[1].strip() + "\n"


def notes(tag: str, root: Path = ROOT) -> str:
    """Return the notes of a release."""
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    if tag != f"v{version}":
        raise LookupError(f"the tag is {tag}, and pyproject.toml says {version}: tag v{version}")
    return section((root / "CHANGELOG.md").read_text(), version)


if __name__ == "__main__":
    try:
        sys.stdout.write(notes(sys.argv[1]))
    except LookupError as error:
        sys.exit(str(error))
