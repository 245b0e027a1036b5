"""Hostnames and paths with wildcards: what they cover, and the regions of URLs that they define.

https://developers.cloudflare.com/cloudflare-one/access-controls/policies/app-paths/: a `*` in a
hostname stays within its label; a `*` in a path may span segments. A path without a `*` covers
everything below it. Scheme, port, query and fragment do not count.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

Labels: TypeAlias = tuple[str, ...]
"""The labels of a hostname; each may have a wildcard."""
STAR: Final = "*"
_ANYTHING: Final[tuple[str, ...]] = (
    "anything",
    "example",
    "other",
    "x",
    "y",
    "z",
    *"qwvkj0123456789",
)
"""Texts for a wildcard in an example. The first one that no pattern contains is used."""
_RARE: Final[tuple[str, ...]] = tuple(map(chr, range(0xE000, 0xE100)))


@dataclass(frozen=True)
class Pattern:
    """One place: labels of a hostname, and a path that begins with a slash.

    `alone`: only the path itself is covered, not what is below it.
    """

    labels: Labels
    path: str
    alone: bool = False

    @classmethod
    def of(cls, text: str) -> Pattern:
        """Parse a place as people and the API write it: `wiki.example.com/eng`."""
        host, path = _split(text)
        path = re.sub(r"\*+", STAR, path.rstrip("/")) or "/*"
        return cls(tuple(host.split(".")), path)

    @classmethod
    def only(cls, labels: Labels, path: str) -> Pattern:
        """Return a path at a hostname without what is below it, unless it ends with a wildcard."""
        path = re.sub(r"\*+", STAR, f"/{path.removeprefix('/')}")
        return cls(labels, path, alone=not path.endswith(STAR))

    def __str__(self) -> str:
        host = ".".join(self.labels)
        if self.path == "/*":
            return host
        return f"{host}{self.path}{' (this path alone)' if self.alone else ''}"

    @cached_property
    def globs(self) -> tuple[str, ...]:
        """The paths that it covers: itself and, without a wildcard at its end, all below it."""
        if self.alone or self.path.endswith(STAR):
            return (self.path,)
        return (self.path, f"{self.path}/*")

    @cached_property
    def _host_regex(self) -> re.Pattern[str]:
        return re.compile(r"\.".join(map(_label_regex, self.labels)))

    @cached_property
    def _path_regex(self) -> re.Pattern[str]:
        return re.compile("|".join(_glob_regex(glob) for glob in self.globs), re.DOTALL)

    def matches_host(self, host: str) -> bool:
        """Tell whether a hostname is covered."""
        return self._host_regex.fullmatch(host) is not None

    def matches_path(self, path: str) -> bool:
        """Tell whether a path is covered; it begins with a slash."""
        return self._path_regex.fullmatch(path) is not None

    def matches(self, url: Url) -> bool:
        """Tell whether a URL is covered."""
        return self.matches_host(url.host) and self.matches_path(url.path)

    def covers(self, other: Pattern) -> bool:
        """Tell whether this pattern covers everything that another one covers.

        Only a wildcard covers a wildcard. So the other pattern's wildcards are replaced with a text
        that this pattern does not contain, and the result is matched.
        """
        if len(self.labels) != len(other.labels):
            return False
        fresh = _fresh_text((self, other))
        host = ".".join(label.replace(STAR, fresh) for label in other.labels)
        return self.matches_host(host) and all(
            self.matches_path(glob.replace(STAR, fresh)) for glob in other.globs
        )


@dataclass(frozen=True, slots=True)
class Url:
    """The hostname and the path of a URL."""

    host: str
    path: str

    @classmethod
    def of(cls, text: str) -> Url:
        """Parse a URL. Scheme, port, query and fragment are dropped."""
        host, path = _split(text)
        return cls(host, path or "/")

    def __str__(self) -> str:
        return self.host if self.path == "/" else self.host + self.path


def _split(text: str) -> tuple[str, str]:
    """Return the hostname and the path of a place or a URL."""
    rest = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text.strip(), flags=re.IGNORECASE)
    host, slash, path = rest.partition("?")[0].partition("#")[0].partition("/")
    return re.sub(r":\d+$", "", host).rstrip(".").lower(), slash + path


def _label_regex(label: str) -> str:
    if label == STAR:
        return "[^.]+"
    return re.escape(label).replace(re.escape(STAR), "[^.]*")


def _glob_regex(glob: str) -> str:
    return re.escape(glob).replace(re.escape(STAR), ".*")


def _fresh_text(patterns: Iterable[Pattern]) -> str:
    """Return a text that no pattern contains, to stand for any text.

    In parts with a wildcard, no letter of it may occur; elsewhere, it must not be a whole part.
    """
    parts = {part for one in patterns for part in (*one.labels, *one.path.split("/"))}
    beside = {letter for part in parts if STAR in part for letter in part}
    for text in _ANYTHING:
        if not beside.intersection(text) and text not in parts:
            return text
    return next(letter for letter in _RARE if letter not in beside and letter not in parts)


@dataclass(frozen=True, slots=True)
class Region:
    """A set of URLs that are matched by the same patterns, and one URL in it."""

    url: Url
    matching: frozenset[Pattern]


def regions(patterns: Collection[Pattern]) -> list[Region]:
    """Return every region that at least one pattern covers."""
    distinct = dict.fromkeys(patterns)
    fresh = _fresh_text(distinct)
    by_host: dict[tuple[str, ...], list[Pattern]] = {}
    for pattern in distinct:
        by_host.setdefault(pattern.labels, []).append(pattern)
    wild = [labels for labels in by_host if any(STAR in label for label in labels)]
    found: dict[frozenset[Pattern], Region] = {}
    seen: set[frozenset[tuple[str, ...]]] = set()
    for labels in (*by_host, *_intersections(wild)):
        host = ".".join(label.replace(STAR, fresh) for label in labels)
        hosts = {one for one in wild if by_host[one][0].matches_host(host)}
        if tuple(host.split(".")) in by_host:
            hosts.add(tuple(host.split(".")))
        signature = frozenset(hosts)
        if signature in seen:
            continue
        seen.add(signature)
        there = [pattern for one in hosts for pattern in by_host[one]]
        for path, matching in _paths(there, fresh):
            found.setdefault(matching, Region(Url(host, path), matching))
    return sorted(found.values(), key=lambda region: (region.url.host, region.url.path))


# ------------------------------------------------------------------------------------- hostnames


def in_common(one: Labels, other: Labels) -> bool:
    """Tell whether two hostnames with wildcards match a common hostname."""
    return one == other or bool(_common_hosts(one, other))


def _intersections(wild: Sequence[Labels]) -> list[Labels]:
    """Return the intersections of hostnames with wildcards: of two, of three and so on."""
    found = dict.fromkeys(wild)
    waiting = list(found)
    while waiting:
        one = waiting.pop()
        for other in list(found):
            for common in _common_hosts(one, other):
                if common not in found:
                    found[common] = None
                    waiting.append(common)
    return list(found)


def _common_hosts(one: Labels, other: Labels) -> list[Labels]:
    if len(one) != len(other):
        return []
    found: list[Labels] = [()]
    for pair in zip(one, other, strict=True):
        found = [(*labels, common) for labels in found for common in _common_labels(*pair)]
    return found


def _common_labels(one: str, other: str) -> list[str]:
    """Return the intersection of two labels with at most one wildcard each."""
    if STAR not in one or STAR not in other:
        wild, plain = (one, other) if STAR in one else (other, one)
        return [plain] if re.fullmatch(_label_regex(wild), plain) else []
    (start, _, end), (start_2, _, end_2) = one.partition(STAR), other.partition(STAR)
    if not (start.startswith(start_2) or start_2.startswith(start)):
        return []
    if not (end.endswith(end_2) or end_2.endswith(end)):
        return []
    start, end = max(start, start_2, key=len), max(end, end_2, key=len)
    # Also texts in which the start and the end overlap: ab* and *bc have abc in common.
    short = [
        start + end[overlap:]
        for overlap in range(1, min(len(start), len(end)) + 1)
        if start.endswith(end[:overlap])
    ]
    both = (_label_regex(one), _label_regex(other))
    whole = [text for text in short if all(re.fullmatch(regex, text) for regex in both)]
    return [f"{start}{STAR}{end}", *whole]


# ----------------------------------------------------------------------------------------- paths


def _paths(patterns: Sequence[Pattern], fresh: str) -> list[tuple[str, frozenset[Pattern]]]:
    """Return an example path for every region of paths at one hostname, with its patterns."""
    if len(patterns) == 1:
        path = patterns[0].globs[0]
        path = "/" if path == "/*" else path.replace(STAR, fresh)
        return [(path, frozenset(patterns))]
    globs = [glob for pattern in patterns for glob in pattern.globs]
    if all(STAR not in glob.removesuffix("/*") for glob in globs):
        paths = ["/", *dict.fromkeys(glob.replace(STAR, fresh) for glob in globs)]
    else:
        paths = _paths_by_letters(globs)
    found: dict[frozenset[Pattern], str] = {}
    for path in paths:
        matching = frozenset(pattern for pattern in patterns if pattern.matches_path(path))
        if matching:
            found.setdefault(matching, path)
    return [(path, matching) for matching, path in found.items()]


def _paths_by_letters(globs: Sequence[str]) -> list[str]:
    """Return a path for every set of globs that a path can match.

    Matches all globs at once, letter by letter. The state holds the positions that are reached in
    each glob. One letter that no glob contains stands for all other letters.
    """
    letters = sorted({letter for glob in globs for letter in glob if letter != STAR})
    letters.append(next(letter for letter in "xyzqwvkj0123456789\ue000" if letter not in letters))
    start = tuple(_closure(glob, {0}) for glob in globs)
    paths = {start: ""}
    waiting = [start]
    found: dict[tuple[bool, ...], str] = {}
    for state in waiting:
        path = paths[state]
        accepts = tuple(len(glob) in at for glob, at in zip(globs, state, strict=True))
        if any(accepts):
            found.setdefault(accepts, path)
        for letter in letters if path else "/":
            after = tuple(
                _closure(glob, _step(glob, at, letter))
                for glob, at in zip(globs, state, strict=True)
            )
            if any(after) and after not in paths:
                paths[after] = path + letter
                waiting.append(after)
    return list(found.values())


def _step(glob: str, places: Iterable[int], letter: str) -> set[int]:
    return {
        at if glob[at] == STAR else at + 1
        for at in places
        if at < len(glob) and glob[at] in {STAR, letter}
    }


def _closure(glob: str, places: set[int]) -> frozenset[int]:
    """Add the positions after wildcards, which may match nothing."""
    found = set(places)
    for at in places:
        behind = at
        while behind < len(glob) and glob[behind] == STAR:
            behind += 1
            found.add(behind)
    return frozenset(found)
