"""An account without the limits of a small one, and plugin processes that work on it."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from harness.plugin import Plugin
from pulumi_cloudflare_access import LocalCloudflare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

A = TypeVar("A")
B = TypeVar("B")

# Seconds that Cloudflare takes for a request, about.
LATENCY = 0.15


def cloudflare(latency: float = 0.0) -> LocalCloudflare:
    """Make a local Cloudflare for thousands of objects."""
    return LocalCloudflare(
        seed=1, latency=latency, max_groups=None, max_applications=None, max_policies=None
    )


def plugin(account: LocalCloudflare, cache: Path | None = None) -> Plugin:
    """Start a plugin process that works on the account."""
    config = {
        "cloudflare:apiToken": account.token,
        "cloudflare:baseUrl": account.base_url,
        "cloudflare-access:accountId": account.account_id,
        "cloudflare-access:allowLoopback": "true",
    }
    return Plugin(config, os.environ, cache)


def at_once(width: int, work: Callable[[A], B], items: Iterable[A]) -> list[B]:
    """Work on the items, so many at a time."""
    with ThreadPoolExecutor(width) as pool:
        return list(pool.map(work, items))


@contextmanager
def timed(seconds: list[float]) -> Iterator[None]:
    """Add the seconds that the block takes to a list."""
    began = time.monotonic()
    yield
    seconds.append(time.monotonic() - began)
