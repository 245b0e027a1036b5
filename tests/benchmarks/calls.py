"""The plugin process as the engine speaks to it: a thousand groups, over gRPC."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from pulumi import dynamic
from pulumi.dynamic.dynamic import serialize_provider

from benchmarks.account import LATENCY, at_once, cloudflare, plugin, timed
from benchmarks.figures import Figure
from harness.plugin import check_request, diff_request, get_request, read_request
from pulumi_cloudflare_access.access.rules import RULES
from pulumi_cloudflare_access.fields.keyed import NOTHING_KNOWN
from pulumi_cloudflare_access.process.plugin import WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.plugin import Kept, Plugin

GROUPS = 1_000
SDK_WIDTH = 4
# The best of so many runs: others on the machine only ever add to one.
RUNS = 3
KIND = "access_group"


def group(number: int) -> dict[str, Any]:
    """Declare a group of five rules."""
    people = [{"email": {"email": f"p{number}-{n}@example.com"}} for n in range(4)]
    return {
        "name": f"Group {number}",
        "include": people,
        "require": [{"geo": {"country_code": "DE"}}],
    }


class Nothing(dynamic.ResourceProvider):
    """A resource that does nothing: what the SDK and gRPC take."""


def checks() -> Iterator[Figure]:
    """Check and diff, one after the other: what an unchanged group costs a preview.

    Beside a resource that does nothing, in turns. Writing requests and reading answers is the
    engine's part, and left out here.
    """
    with cloudflare() as account, plugin(account) as process:
        kept = process.up(KIND, group(0))
        ours = [
            check_request(KIND, group(0), kept.inputs, kept.urn),
            diff_request(kept, kept.inputs),
        ]
        bare = [_of_nothing(request) for request in ours]
        seconds: list[float] = []
        for check, diff in RUNS * (ours, bare):
            with timed(seconds):
                for _ in range(GROUPS):
                    process.call("Check", check)
                    process.call("Diff", diff)
    best, nothing = min(seconds[::2]), min(seconds[1::2])
    yield Figure.at_most("1,000 serial Check + Diff", best, "s", 2.5)
    yield Figure("1,000 serial Check + Diff of a resource that does nothing", nothing, "s")
    yield Figure("Check + Diff", GROUPS / best, "per second")
    yield Figure.at_most("Check + Diff, to that which does nothing", best / nothing, "times", 1.15)


def changed_rules() -> Iterator[Figure]:
    """Read an answer in which every rule of a long section is another than the state's."""

    def reading(number: int) -> float:
        known, _ = RULES.check(_people("before", number), "include")
        answer = _people("after", number)
        seconds: list[float] = []
        for _ in range(RUNS):
            with timed(seconds):
                RULES.answer(answer, known, NOTHING_KNOWN)
        return min(seconds)

    thousand, twice = reading(GROUPS), reading(2 * GROUPS)
    yield Figure.at_most("a section of 1,000 rules that all changed", thousand, "s", 0.3)
    yield Figure.at_most("2,000 rules that all changed, to 1,000", twice / thousand, "times", 2.5)


def _people(who: str, number: int) -> list[dict[str, Any]]:
    return [{"email": {"email": f"{who}{n}@example.com"}} for n in range(number)]


def _of_nothing(request: Any) -> Any:
    """Address a request to the resource that does nothing."""
    request = copy.deepcopy(request)
    for properties in (request.olds, request.news):
        properties.update({"__provider": _NOTHING})
    return request


_NOTHING = serialize_provider(Nothing())


def refresh() -> Iterator[Figure]:
    """Refresh a thousand groups, and then read them one by one, by the same process's threads."""
    with cloudflare(LATENCY) as account:
        with plugin(account) as first:
            account.switches.latency = 0.0
            kept = at_once(WIDTH, lambda n: _made(first, n), range(GROUPS))
            account.switches.latency = LATENCY
        seconds: list[float] = []
        requests = len(account.requests)
        reads = [read_request(one) for one in kept]
        with plugin(account) as process, timed(seconds):
            at_once(WIDTH, lambda read: process.call("Read", read), reads)
        listed = len(account.requests) - requests
        scope = {"account_id": account.account_id}
        gets = [get_request(KIND, one.id, scope) for one in kept]
        with plugin(account) as process, timed(seconds):
            at_once(WIDTH, lambda get: process.call("Read", get), gets)
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
