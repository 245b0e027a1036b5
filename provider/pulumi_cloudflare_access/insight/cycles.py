"""Groups that include each other in a circle, and everything that refers to them.

Cloudflare does not document whom such groups match, and with `exclude` there may be no answer at
all. So they are found before anything is evaluated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def endless(refers_to: Mapping[K, Sequence[K]]) -> set[K]:
    """Return the nodes that reach a circle: those that remain when all others are removed."""
    left = {
        node: {child for child in inner if child in refers_to} for node, inner in refers_to.items()
    }
    referrers: dict[K, list[K]] = {}
    for node, inner in left.items():
        for child in inner:
            referrers.setdefault(child, []).append(node)
    ending = [node for node, inner in left.items() if not inner]
    while ending:
        node = ending.pop()
        del left[node]
        for referrer in referrers.get(node, ()):
            left[referrer].discard(node)
            if not left[referrer]:
                ending.append(referrer)
    return set(left)


def circles(refers_to: Mapping[K, Sequence[K]]) -> list[list[K]]:
    """Return enough circles that every node in `endless` reaches one of them."""
    left = endless(refers_to)
    found: list[list[K]] = []
    seen: set[K] = set()
    for start in refers_to:
        walked: list[K] = []
        node = start
        while node in left and node not in seen:
            seen.add(node)
            walked.append(node)
            node = next(child for child in refers_to[node] if child in left)
        if node in walked:
            found.append(walked[walked.index(node) :])
    return found


def reached(refers_to: Mapping[K, Sequence[K]], start: K) -> set[K]:
    """Return the nodes that a node reaches, itself included."""
    found = {start}
    waiting = [start]
    while waiting:
        for child in refers_to.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def digests(
    refers_to: Mapping[str, Sequence[str]], nodes: Iterable[str], content: Callable[[str], str]
) -> dict[str, str]:
    """Return, for each of `nodes`, a digest of everything that it reaches.

    The unknown of a node is the same before and after a change only if its digest is the same.
    """
    found = {}
    for node in nodes:
        told = "\n".join(f"{key}={content(key)}" for key in sorted(reached(refers_to, node)))
        found[node] = hashlib.sha256(told.encode()).hexdigest()[:16]
    return found
