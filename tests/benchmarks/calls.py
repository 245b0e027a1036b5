"""The plugin process as the engine speaks to it: a thousand groups, over gRPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.account import LATENCY, at_once, cloudflare, plugin, timed
from benchmarks.figures import Figure
from pulumi_cloudflare_access.plugin import WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.plugin import Kept, Plugin

GROUPS = 1_000
SDK_WIDTH = 4
KIND = "access_group"


def group(number: int) -> dict[str, Any]:
    """Declare a group of five rules."""
    people = [{"email": {"email": f"p{number}-{n}@example.com"}} for n in range(4)]
    return {
        "name": f"Group {number}",
        "include": people,
        "require": [{"geo": {"country_code": "DE"}}],
    }


def checks() -> Iterator[Figure]:
    """Check and diff, one after the other: what an unchanged group costs a preview."""
    with cloudflare() as account, plugin(account) as process:
        kept = process.up(KIND, group(0))
        seconds: list[float] = []
        with timed(seconds):
            for _ in range(GROUPS):
                inputs = process.check(KIND, group(0), kept.inputs, kept.urn)
                process.diff(kept, inputs)
    yield Figure.at_most("1,000 serial Check + Diff", seconds[0], "s", 2.5)
    yield Figure("Check + Diff", GROUPS / seconds[0], "per second")


def refresh() -> Iterator[Figure]:
    """Refresh a thousand groups, and then read them one by one, by the same process's threads."""
    with cloudflare(LATENCY) as account:
        with plugin(account) as first:
            account.switches.latency = 0.0
            kept = at_once(WIDTH, lambda n: _made(first, n), range(GROUPS))
            account.switches.latency = LATENCY
        seconds: list[float] = []
        requests = len(account.requests)
        with plugin(account) as process, timed(seconds):
            at_once(WIDTH, process.read, kept)
        listed = len(account.requests) - requests
        scope = {"account_id": account.account_id}
        with plugin(account) as process, timed(seconds):
            at_once(WIDTH, lambda one: process.get(KIND, one.id, scope), kept)
        single = len(account.requests) - requests - listed
    together, apart = seconds
    yield Figure.at_most("refresh of 1,000 groups at 150 ms", together, "s", 2.0)
    yield Figure.at_most("refresh of 1,000 groups: requests", listed, "", 1)
    yield Figure("1,000 groups at 150 ms, one GET each", apart, "s")
    yield Figure("1,000 groups, one GET each: requests", single, "")
    yield Figure("one GET each, to the refresh by a list", apart / together, "times")


def creates() -> Iterator[Figure]:
    """Create a thousand groups as wide as the plugin goes, and as narrow as the SDK would."""
    wide, requests = _creating(WIDTH)
    narrow, _ = _creating(SDK_WIDTH)
    yield Figure.at_most("1,000 creates at 150 ms", wide, "s", 12.0)
    yield Figure.at_most("1,000 creates: requests", requests, "", GROUPS + 1)
    yield Figure(f"1,000 creates at 150 ms, {SDK_WIDTH} at a time", narrow, "s")
    yield Figure("creates four at a time, to that", narrow / wide, "times")


def _creating(width: int) -> tuple[float, int]:
    seconds: list[float] = []
    with cloudflare(LATENCY) as account, plugin(account) as process:
        # Its modules are loaded, its threads made, the list is read: no part of a create.
        _made(process, GROUPS)
        with timed(seconds):
            at_once(width, lambda number: _made(process, number), range(GROUPS))
        return seconds[0], len(account.requests) - 1


def _made(process: Plugin, number: int) -> Kept:
    return process.up(KIND, group(number), name=f"group-{number}")
