"""Hold what users write against the package's types, as mypy and pyright see it, both strict.

    python tests/typing/check.py

Programs that are right: those in `right/`, every example, every program of README.md and docs/.
Neither checker may report anything. Programs that are wrong: those in `wrong/`. Both have to report
something on every line that ends in `# wrong`, and nothing on any other.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness.documents import PAGES, ROOT, blocks, program

HERE = Path(__file__).resolve().parent
WORK = ROOT / "build" / "typing"
PROVIDER = ROOT / "provider"
WRONG = re.compile(r"# wrong(:|$)", re.MULTILINE)

# What a page takes for granted: the reader's own program.
GIVEN = "def deploy(cloudflare: object) -> None: ...\n\n\n"

Reports = dict[str, dict[int, str]]
"""What a checker reports: by the file's name, then by the line."""


def programs() -> Iterator[tuple[str, str]]:
    """Yield every program with the name of a module of its own."""
    for path in sorted(HERE.glob("*/*.py")):
        yield f"{path.parent.name}_{path.stem}", path.read_text()
    for folder in sorted((ROOT / "examples").glob("[0-9][0-9]_*")):
        for path in sorted(folder.glob("*.py")):
            if path.name == "__main__.py":
                yield f"example_{folder.name}", path.read_text()
            elif not path.name.startswith("test_"):
                # Examples import the modules beside them by these names.
                yield path.stem, path.read_text()
    for page in PAGES:
        name = re.sub(r"\W", "_", str(page.relative_to(ROOT).with_suffix("")).lower())
        if text := program(page):
            yield f"page_{name}", text
        for block in blocks(page, "python"):
            if block.noted("run") and "import" in block.text and not block.noted("not run"):
                yield f"page_{name}_{block.line}", GIVEN * ("deploy(" in block.text) + block.text


def write() -> dict[str, str]:
    """Lay all programs into one folder, and return their texts by the files' names."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    texts: dict[str, str] = {}
    for name, text in programs():
        file = f"{name}.py"
        if texts.setdefault(file, text) != text:
            raise ValueError(f"two programs are called {name}")
        # Pulumi's own mocks are not typed whole.
        lenient = "\n# pyright: standard\n" if "pulumi.runtime.Mocks" in text else ""
        (WORK / file).write_text(text + lenient)
    return texts


def mypy() -> Reports:
    """Ask mypy, as strict as it is."""
    run = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"]
    # Pulumi's own decorator for tests has no types.
    run += [
        "--allow-untyped-decorators",
        "--no-pretty",
        "--hide-error-context",
        "--cache-dir",
        str(ROOT / ".mypy_cache/typing"),
    ]
    environment = {**os.environ, "MYPYPATH": str(PROVIDER)}
    done = subprocess.run(
        [*run, "."], cwd=WORK, env=environment, capture_output=True, text=True, check=False
    )
    reports: Reports = defaultdict(dict)
    for line in done.stdout.splitlines():
        found = re.fullmatch(r"(?:\./)?([^:]+):(\d+): error: (.*)", line)
        if found:
            reports[found[1]].setdefault(int(found[2]), found[3])
    if done.returncode not in {0, 1}:
        raise RuntimeError(done.stdout + done.stderr)
    return reports


def pyright() -> Reports:
    """Ask pyright (basedpyright, which carries all that it needs), as strict as it is."""
    settings = {
        "typeCheckingMode": "strict",
        "extraPaths": [str(PROVIDER)],
        "pythonVersion": "3.11",
    }
    (WORK / "pyrightconfig.json").write_text(json.dumps(settings))
    run = [str(Path(sys.executable).with_name("basedpyright")), "--outputjson", "--project", "."]
    run += ["--pythonpath", sys.executable]
    done = subprocess.run(run, cwd=WORK, capture_output=True, text=True, check=False)
    reports: Reports = defaultdict(dict)
    for one in json.loads(done.stdout)["generalDiagnostics"]:
        if one["severity"] == "error":
            name = str(Path(one["file"]).relative_to(WORK))
            reports[name].setdefault(one["range"]["start"]["line"] + 1, one["message"])
    return reports


def differences(texts: dict[str, str], checker: str, reports: Reports) -> Iterator[str]:
    """Say where a checker reports what is right, or does not report what is wrong."""
    for name, text in texts.items():
        lines = text.split("\n")
        wrong = {n for n, line in enumerate(lines, 1) if WRONG.search(line)}
        for line, told in sorted(reports.get(name, {}).items()):
            if line not in wrong:
                yield f"{checker}: {name}:{line}: {told}\n    {lines[line - 1].strip()}"
        for line in sorted(wrong - reports.get(name, {}).keys()):
            yield f"{checker}: {name}:{line}: nothing is reported\n    {lines[line - 1].strip()}"


def main() -> int:
    """Print what is not as it has to be."""
    texts = write()
    with ThreadPoolExecutor() as pool:
        checkers = {"mypy": pool.submit(mypy), "pyright": pool.submit(pyright)}
        found = [d for name, c in checkers.items() for d in differences(texts, name, c.result())]
    print(*found, sep="\n")
    wrong = sum(len(WRONG.findall(text)) for text in texts.values())
    print(f"{len(texts)} programs, {wrong} wrong lines, {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
