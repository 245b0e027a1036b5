"""`make generate`: write the types and the signatures anew."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pulumi_cloudflare_access

from . import functions, resources, types_module

PACKAGE = Path(pulumi_cloudflare_access.__file__).parent


def formatted(text: str, path: Path) -> str:
    """Have the formatter write it, as it would write the file."""
    command = ["ruff", "format", "--stdin-filename", str(path), "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def due() -> dict[Path, str]:
    """Return what every generated file has to hold."""
    path = PACKAGE / "types.py"
    texts = {path: formatted(types_module.text(), path)}
    for path, held in resources.files().items():
        texts[path] = formatted(resources.rewritten(path.read_text(), held), path)
    path = functions.path()
    texts[path] = formatted(functions.rewritten(path.read_text()), path)
    return texts


def main() -> None:
    """Write every file that is not as it has to be."""
    for path, text in due().items():
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            print(f"wrote {path.relative_to(PACKAGE.parent)}")


if __name__ == "__main__":
    main()
