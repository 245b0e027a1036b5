"""What it costs to load this package, to start its plugin, and to keep it in a state.

Seconds of import are those that the processor spent: others on the machine do not add to them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi.dynamic.dynamic import serialize_provider

from benchmarks.account import cloudflare, plugin
from benchmarks.calls import KIND, group
from benchmarks.figures import Figure
from pulumi_cloudflare_access import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
BRIDGED = ROOT / "build" / "bridged"
# The best of so many runs: others on the machine only ever add to one.
RUNS = 7
MEASURED = """
import json, pathlib, re, resource, time
began = time.process_time()
{statement}
seconds = time.process_time() - began
status = pathlib.Path("/proc/self/status")
if status.exists():
    # On Linux, what getrusage says is the parent's, if that is larger.
    megabytes = int(re.search(r"VmHWM:\\s*(\\d+)", status.read_text())[1]) / 1024
else:
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
print(json.dumps([seconds * 1e3, megabytes]))
"""
PULUMI = "import pulumi"
OURS = "import pulumi, pulumi_cloudflare_access"
USED = "import pulumi, pulumi_cloudflare_access as c; c.AccessGroup; c.rules"


def pickled() -> Iterator[Figure]:
    """Measure what the state of each resource holds of its provider."""
    longest = max(len(serialize_provider(kinds.load(kind))) for kind in kinds.KINDS)
    yield Figure.at_most("the provider in a resource's state", longest, "bytes", 200)


def imported() -> Iterator[Figure]:
    """Import this package, beside the SDK and beside the bridged provider."""
    pulumi, ours, used = _best(sys.executable, PULUMI, OURS, USED)
    yield Figure("import pulumi", pulumi[0], "ms")
    yield Figure("import pulumi: memory", pulumi[1], "MB")
    over = ours[0] - pulumi[0]
    yield Figure.at_most("import pulumi_cloudflare_access, over import pulumi", over, "ms", 40)
    yield Figure(
        "import pulumi_cloudflare_access, over import pulumi: memory", ours[1] - pulumi[1], "MB"
    )
    yield Figure("AccessGroup and rules in use, over import pulumi", used[0] - pulumi[0], "ms")
    yield Figure(
        "AccessGroup and rules in use, over import pulumi: memory", used[1] - pulumi[1], "MB"
    )
    python = _bridged()
    if python is None:
        return
    pulumi, bridged = _best(str(python), PULUMI, "import pulumi, pulumi_cloudflare")
    yield Figure("import pulumi_cloudflare, over import pulumi", bridged[0] - pulumi[0], "ms")
    yield Figure(
        "import pulumi_cloudflare, over import pulumi: memory", bridged[1] - pulumi[1], "MB"
    )


def started() -> Iterator[Figure]:
    """Start plugin processes, until each has answered its first check."""
    with cloudflare() as account:
        answered, checked = [], []
        for _ in range(RUNS):
            began = time.monotonic()
            with plugin(account) as process:
                answered.append(time.monotonic() - began)
                began = time.monotonic()
                process.check(KIND, group(0))
                checked.append(time.monotonic() - began)
    yield Figure("plugin start: the SDK's part", min(answered) * 1e3, "ms")
    yield Figure.at_most("plugin start: to the first Check", min(checked) * 1e3, "ms", 250)


def _best(python: str, *statements: str) -> list[tuple[float, float]]:
    """Return the least milliseconds and megabytes of each statement, all taking turns."""
    runs = [[_once(python, statement) for statement in statements] for _ in range(RUNS)]
    return [
        (min(ms for ms, _ in found), min(mb for _, mb in found))
        for found in zip(*runs, strict=True)
    ]


def _once(python: str, statement: str) -> tuple[float, float]:
    run = subprocess.run(
        [python, "-c", MEASURED.format(statement=statement)],
        capture_output=True,
        text=True,
        check=True,
    )
    ms, mb = json.loads(run.stdout)
    return ms, mb


def _bridged() -> Path | None:
    """Return the Python of an environment that has Pulumi's bridged provider; None: none is had."""
    python = BRIDGED / "bin" / "python"
    stamp = BRIDGED / "installed"
    if stamp.exists():
        return python
    venv.create(BRIDGED, with_pip=True, clear=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run = subprocess.run([*pip, "pulumi-cloudflare"], capture_output=True, text=True, check=False)
    if run.returncode:
        print(
            f"no comparison with pulumi_cloudflare: pip could not install it: {run.stderr.strip()}",
            file=sys.stderr,
        )
        return None
    stamp.touch()
    return python
