"""IP addresses as numbers on one line, IPv4 below IPv6. Ranges are intervals on it."""

from __future__ import annotations

import ipaddress
import socket
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

Interval: TypeAlias = tuple[int, int]
"""The first number, and the number after the last."""

_V6: Final = 2**32
END: Final = _V6 + 2**128
"""The number after the last IPv6 address."""


def interval_of(text: str) -> Interval:
    """Return the interval of an address or a CIDR range. Raises ValueError."""
    if "/" not in text:
        # Faster than ipaddress, which matters for many people with one address each.
        for family, base in ((socket.AF_INET, 0), (socket.AF_INET6, _V6)):
            try:
                first = base + int.from_bytes(socket.inet_pton(family, text), "big")
            except OSError:
                continue
            return first, first + 1
    network = ipaddress.ip_network(text, strict=False)
    first = int(network.network_address) + (_V6 if network.version == 6 else 0)  # noqa: PLR2004
    return first, first + network.num_addresses


def address_at(number: int) -> str:
    """Return the address with a number."""
    return str(
        ipaddress.IPv6Address(number - _V6) if number >= _V6 else ipaddress.IPv4Address(number)
    )


def ranges_of(interval: Interval) -> list[str]:
    """Return the CIDR ranges that make up an interval."""
    ranges: list[str] = []
    for low, high, make in (
        (interval[0], min(interval[1], _V6), ipaddress.IPv4Address),
        (max(interval[0], _V6), interval[1], ipaddress.IPv6Address),
    ):
        base = _V6 if make is ipaddress.IPv6Address else 0
        if low < high:
            first, last = make(low - base), make(high - 1 - base)
            ranges += map(str, ipaddress.summarize_address_range(first, last))
    return ranges


class Cells:
    """The regions into which CIDR ranges divide the line. A region is covered by the same ranges.

    A region may consist of several intervals. Sets of regions are integers: bit n is region n.
    """

    def __init__(self, ranges: Iterable[str]) -> None:
        self.ranges = sorted({(*_by_size(interval_of(text)), text) for text in ranges})
        cuts = sorted(
            {0, _V6, END, *(cut for low, _, high, _ in self.ranges for cut in (low, high))}
        )
        regions: dict[tuple[int, ...], int] = {}
        self.intervals: list[list[Interval]] = []
        """The intervals of each region."""
        self._cuts: list[int] = cuts
        self._region_at: list[int] = []
        covering: list[int] = []
        upcoming = 0
        for low, high in pairwise(cuts):
            while covering and self.ranges[covering[-1]][2] <= low:
                covering.pop()
            while upcoming < len(self.ranges) and self.ranges[upcoming][0] == low:
                covering.append(upcoming)
                upcoming += 1
            region = regions.setdefault(tuple(covering), len(regions))
            if region == len(self.intervals):
                self.intervals.append([])
            self.intervals[region].append((low, high))
            self._region_at.append(region)
        self.inside: dict[str, int] = {text: 0 for *_, text in self.ranges}
        """For each range, the set of regions inside it."""
        for covered, region in regions.items():
            for index in covered:
                self.inside[self.ranges[index][3]] |= 1 << region
        self.outside = regions.get(())
        """The region that no range covers, if there is any."""

    def region_of(self, number: int) -> int:
        """Return the region of an address."""
        return self._region_at[bisect_right(self._cuts, number) - 1]

    def regions_of(self, interval: Interval) -> int:
        """Return the set of regions that an interval touches."""
        low, high = interval
        first = bisect_right(self._cuts, low) - 1
        last = bisect_right(self._cuts, high - 1) - 1
        bits = 0
        for region in self._region_at[first : last + 1]:
            bits |= 1 << region
        return bits


def _by_size(interval: Interval) -> tuple[int, int, int]:
    """Return a sort key that puts a range before the ranges inside it."""
    low, high = interval
    return low, low - high, high


def merged(intervals: Sequence[Interval]) -> list[Interval]:
    """Join intervals that touch."""
    joined: list[Interval] = []
    for low, high in sorted(intervals):
        if joined and joined[-1][1] == low and low != _V6:
            joined[-1] = joined[-1][0], high
        else:
            joined.append((low, high))
    return joined
