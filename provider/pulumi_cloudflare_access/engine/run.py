"""What this plugin process has seen and done: one object.

The engine's calls know nothing of each other. What one has to tell another is kept here, for as
long as the process lives: one operation on one stack, with one configuration. Containers are
changed by single operations, which need no lock; whoever needs more takes one.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from ..api.journal import Journal
from ..api.lag import Writes
from ..api.pages import Snapshot
from ..process.access_changes import Preview
from ..settings import Settings
from .collection import Collection, Scope
from .deletion import Deletions

# A kind and an id. Ids are unique over kinds and accounts, but a part has the id of its whole.
Object = tuple[str, str]


@dataclass
class Owners:
    """Whose objects are whose (`ownership.py`). Resources go by their URNs."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    owner: dict[Object, str] = field(default_factory=dict)
    """Which resource has been seen to own an object."""
    owning: set[tuple[str, str]] = field(default_factory=set)
    """Kinds, and the resources that have been seen to own an object of them."""
    keepers: dict[Object, str] = field(default_factory=dict)
    """Which resource keeps an object in this run."""
    adopted: dict[str, str] = field(default_factory=dict)
    """Which resource took an object over in this run, by its adoption key."""
    known: set[str] = field(default_factory=set)
    """Resources that are in the state."""
    declared: set[Object] = field(default_factory=set)
    """Objects of resources that the program declares."""
    replaced: set[str] = field(default_factory=set)
    """Of the resources, those whose diff has asked for a new object."""
    claimed: set[Object] = field(default_factory=set)
    """Objects that other kinds' resources adopt in this run, if only later, by who is told."""
    places: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    """Where the objects of resources were and are to be, where Cloudflare has one object alone."""


@dataclass
class Run:
    """All that one process knows beyond one call."""

    owners: Owners = field(default_factory=Owners)
    adoptions: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What the program says of the adoption of a resource, by its URN."""
    deletions: Deletions = field(default_factory=Deletions)
    """The deletes of this process."""
    preview: Preview = field(default_factory=Preview)
    """Who gains and who loses access."""

    lists: dict[tuple[Settings, Collection, str], Snapshot] = field(default_factory=dict)
    """The lists that have been read, of all kinds: what one writes, the others see."""
    writes: Writes = field(default_factory=Writes)
    """What has been written, and may not be seen yet."""
    journals: dict[str, Journal] = field(default_factory=dict)
    """The journals of creates, by the API's address."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Of the lists and the journals."""
    creating: dict[tuple[str, str], threading.Lock] = field(default_factory=dict)
    """Held while something is created, by the path and the name."""
    unlistable: set[tuple[Settings, str, Scope]] = field(default_factory=set)
    """The kinds whose referrers the credentials cannot list."""

    names: dict[str, str] = field(default_factory=dict)
    """What objects of all kinds are called, by their ids."""
    zone_accounts: dict[str, str] = field(default_factory=dict)
    """The accounts of zones."""

    group_rules: dict[str, list[str]] = field(default_factory=dict)
    """The rules of large groups, by what stands for them in the texts of others."""
    moved_policies: dict[str, int] = field(default_factory=dict)
    """Where single policies were taken along to, to make room for another."""
    moving: threading.Lock = field(default_factory=threading.Lock)
    """Held while policies make room."""
    preexisting: set[str] = field(default_factory=set)
    """The members whom this process has found in a group, and calls preexisting."""


_run = Run()


def current() -> Run:
    """Return what this process knows."""
    return _run


def be(run: Run) -> Run:
    """Know what that run knows, and nothing else: for tests, in which one process is several."""
    global _run  # noqa: PLW0603 - there is one
    _run = run
    return run
