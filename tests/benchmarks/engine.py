"""The real engine: what a thousand groups take it, and what our resources add to its own time."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.account import LATENCY, cloudflare, timed
from benchmarks.figures import Figure
from harness.stack import Stack
from pulumi_cloudflare_access.process.plugin import WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator


GROUPS, FEW = 1_000, 200
# The best of so many runs: others on the machine only ever add to one.
RUNS = 3
OURS = """
for n in range({groups}):
    cloudflare.AccessGroup(
        f"g{{n}}",
        name=f"Group {{n}}",
        include=[rules.email(f"p{{n}}-{{m}}@example.com") for m in range(4)],
        require=[rules.geo("DE")],
    )
"""
BARE = """
from pulumi import dynamic

class Nothing(dynamic.ResourceProvider):
    def create(self, props):
        return dynamic.CreateResult(props["name"], props)

class Bare(dynamic.Resource):
    pass

for n in range({groups}):
    people = {{f"email p{{n}}-{{m}}": {{"email": f"p{{n}}-{{m}}@example.com"}} for m in range(4)}}
    Bare(Nothing(), f"g{{n}}", {{"name": f"Group {{n}}", "include": people}})
"""
# terraform-provider-cloudflare 5.22, the same groups at the same latency, without a rate limit.
TERRAFORM_UP, TERRAFORM_PLAN = 43.0, 25.0


def ups() -> Iterator[Figure]:
    """Time `up` of a thousand groups, as the engine saves its state and without; then the rest."""
    wide = ("--parallel", str(WIDTH))
    with _stack(LATENCY) as stack:
        saved = _seconds(stack, "up")
    with _stack(LATENCY) as stack:
        stack.environment["PULUMI_SKIP_CHECKPOINTS"] = "true"
        usual = _seconds(stack, "up")
    with _stack(LATENCY) as stack:
        stack.environment["PULUMI_SKIP_CHECKPOINTS"] = "true"
        fastest = _seconds(stack, "up", *wide)
        asked = len(stack.cloudflare.requests)
        preview = _seconds(stack, "preview", "--expect-no-changes")
        asked_more = len(stack.cloudflare.requests)
        refresh = _seconds(stack, "refresh")
        refreshed = len(stack.cloudflare.requests)
    yield Figure("up of 1,000 groups at 150 ms", saved, "s")
    what = "up of 1,000 groups at 150 ms, PULUMI_SKIP_CHECKPOINTS=true"
    yield Figure.at_most(what, usual, "s", TERRAFORM_UP)
    yield Figure.at_most(f"{what} {' '.join(wide)}", fastest, "s", TERRAFORM_UP)
    yield Figure.at_most("preview of 1,000 groups, no change", preview, "s", TERRAFORM_PLAN)
    yield Figure.at_most("preview of 1,000 groups, no change: requests", asked_more - asked, "", 0)
    yield Figure.at_most(
        "refresh of 1,000 groups at 150 ms by the engine", refresh, "s", TERRAFORM_PLAN
    )
    yield Figure.at_most(
        "refresh of 1,000 groups by the engine: requests", refreshed - asked_more, "", 1
    )


def overhead() -> Iterator[Figure]:
    """Create 200 groups, and 200 resources that do nothing, in turns."""
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(RUNS):
        for program, seconds in ((BARE, bare), (OURS, ours)):
            with _stack() as stack:
                stack.program(program.format(groups=FEW))
                with timed(seconds):
                    stack.up()
    yield Figure("200 creates of a resource that does nothing", min(bare), "s")
    yield Figure("200 creates of a group, nothing to wait for", min(ours), "s")
    yield Figure("creates of groups, to those that do nothing", min(ours) / min(bare), "times")


@contextmanager
def _stack(latency: float = 0.0) -> Iterator[Stack]:
    with tempfile.TemporaryDirectory() as folder, cloudflare(latency) as account:
        stack = Stack(Path(folder), account)
        stack.program(OURS.format(groups=GROUPS))
        yield stack


def _seconds(stack: Stack, command: str, *flags: str) -> float:
    seconds: list[float] = []
    with timed(seconds):
        getattr(stack, command)(*flags)
    return seconds[0]
