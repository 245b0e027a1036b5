"""A set of requests, written as a few conditions: boxes whose union is the set.

A box has a set of regions for each of some attributes. A request is in the box if all its
attributes are in these regions. The widest boxes come first, because they concern most people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final, TypeAlias

from .attributes import Attribute, Regions
from .diagram import Diagram, Node

Box: TypeAlias = Mapping[int, Regions]
"""Sets of regions by the rank of their attribute. Other attributes may have any value."""

LIMIT: Final = 8
_FEW: Final = 40


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes of a set. `complete`: their union is the whole set."""

    boxes: tuple[Box, ...]
    complete: bool


def boxes_of(diagram: Diagram, node: Node, *, limit: int = LIMIT) -> Boxes:
    """Return at most `limit` boxes of a set, the widest first."""
    rest = node
    found: list[Box] = []
    while rest and len(found) < limit:
        box = _trimmed(diagram, rest, _widened(diagram, node, _widest_path(diagram, rest)))
        found.append(box)
        rest = diagram.but(rest, diagram.conjunction(box.items()))
    return Boxes(tuple(_told_apart(diagram, found)), complete=not rest)


def _told_apart(diagram: Diagram, boxes: Sequence[Box]) -> list[Box]:
    """Remove regions that other boxes contain, too, so that nobody is listed twice if possible."""
    found = list(boxes)
    sets = [diagram.conjunction(box.items()) for box in found]
    for at, box in enumerate(found):
        others = diagram.any_of((), [one for n, one in enumerate(sets) if n != at])
        for rank, several in box.items():
            if not 1 < several.bit_count() <= _FEW:
                continue
            for region in _listed(several):
                rest = several & ~(1 << region)
                alone = diagram.conjunction({**box, rank: 1 << region}.items())
                if rest and not diagram.but(alone, others):
                    found[at] = {**found[at], rank: rest}
        sets[at] = diagram.conjunction(found[at].items())
    return found


def _listed(regions: Regions) -> list[int]:
    return [n for n in range(regions.bit_length()) if regions >> n & 1]


def widest(diagram: Diagram, node: Node) -> Box:
    """Return the widest path of a non-empty set, with one region for each attribute on it."""
    return {
        rank: _widest_region(diagram.space.attributes[rank], regions)
        for rank, regions in _widest_path(diagram, node).items()
    }


def _widest_region(attribute: Attribute, regions: Regions) -> Regions:
    """Return the widest region of a set of regions."""
    bands = sorted(attribute.bands(), key=lambda band: -band[1])
    inside = next(regions & band for band, _ in bands if regions & band)
    return inside & -inside


def _widest_path(diagram: Diagram, node: Node) -> dict[int, Regions]:
    """Return the path with the largest share of all requests: the regions by rank."""
    best: dict[Node, tuple[float, Regions, Node]] = {}
    bands: dict[int, tuple[Sequence[tuple[Regions, float]], float]] = {}

    def share(rank: int, regions: Regions) -> float:
        if rank not in bands:
            of_rank = diagram.space.attributes[rank].bands()
            bands[rank] = of_rank, log(sum(band.bit_count() * width for band, width in of_rank))
        given, whole = bands[rank]
        return log(sum((band & regions).bit_count() * width for band, width in given)) - whole

    def width(at: Node) -> float:
        if at < 2:  # noqa: PLR2004 - the two ends
            return 0.0 if at else float("-inf")
        if at not in best:
            rank = diagram.ranks[at]
            best[at] = max(
                (share(rank, regions) + width(child), regions, child)
                for regions, child in diagram.edges[at]
            )
        return best[at][0]

    width(node)
    path = {}
    while node > 1:
        _, regions, child = best[node]
        path[diagram.ranks[node]] = regions
        node = child
    return path


def _widened(diagram: Diagram, node: Node, path: Mapping[int, Regions]) -> Box:
    """Remove conditions and add regions to the others, as long as the box stays inside the set."""
    box = dict(path)
    # The e-mail address is removed last: readers look for people.
    email = diagram.space.rank.get("email")
    for rank in sorted(path, key=lambda rank: (rank == email, rank)):
        del box[rank]
        good = _good_regions(diagram, node, box, rank)
        if good != diagram.space.every[rank]:
            box[rank] = good
    return box


def _trimmed(diagram: Diagram, rest: Node, box: Box) -> Box:
    """Remove regions that earlier boxes contain already."""
    trimmed = dict(box)
    for rank, several in box.items():
        if several.bit_count() == 1:
            continue
        others = {other: regions for other, regions in trimmed.items() if other != rank}
        kept = _live_regions(diagram, rest, others, rank) & trimmed[rank]
        trimmed[rank] = kept or trimmed[rank]
    return trimmed


def _live_regions(diagram: Diagram, node: Node, box: Box, rank: int) -> Regions:
    """Return the regions of an attribute for which at least part of the box is in the set."""
    every = diagram.space.every
    done: dict[Node, Regions] = {0: 0, 1: every[rank]}

    def live(at: Node) -> Regions:
        found = done.get(at)
        if found is None:
            asked = diagram.ranks[at]
            within = every[asked] if asked == rank else box.get(asked, every[asked])
            found = 0
            for regions, child in diagram.edges[at]:
                if regions & within:
                    found |= live(child) & (regions if asked == rank else every[rank])
            done[at] = found
        return found

    return live(node)


def _good_regions(diagram: Diagram, node: Node, box: Box, rank: int) -> Regions:
    """Return the regions of an attribute for which all of the box is in the set."""
    every = diagram.space.every
    done: dict[Node, Regions] = {0: 0, 1: every[rank]}

    def good(at: Node) -> Regions:
        found = done.get(at)
        if found is None:
            asked = diagram.ranks[at]
            if asked == rank:
                found = 0
                for regions, child in diagram.edges[at]:
                    found |= regions if good(child) else 0
            else:
                found = every[rank]
                within = box.get(asked, every[asked])
                for regions, child in diagram.edges[at]:
                    if regions & within:
                        found &= good(child)
            done[at] = found
        return found

    return good(node)
