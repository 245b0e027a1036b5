"""Whose objects these are, as one plugin process sees it: one object, one resource.

The engine's calls know nothing of each other. What each has seen of an object is noted here, over
all kinds, so that a replacement does not take over the object it replaces, two resources do not
take the same one, and nobody deletes what another has taken over in the same run. Thread-safe.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import AdoptionError
from ..process import plugin
from .run import Owners, current


def _owners() -> Owners:
    return current().owners


def forget() -> None:
    """Forget everything, as a new process would: for commands that look at several programs."""
    current().owners = Owners()


def seen(kind: str, *ids: str) -> None:
    """Note that the engine asks about objects: the resource it asks for owns them."""
    urn = plugin.current_urn()
    for id_ in filter(None, ids):
        _owners().owner.setdefault((kind, id_), urn)
        _owners().owning.add((kind, urn))


def kept(kind: str, *ids: str) -> None:
    """Note that the resource at hand keeps its objects in this run."""
    urn = plugin.current_urn()
    # A refresh compares, and checks nothing: the program may declare the resource no longer.
    if urn in _owners().known:
        for id_ in ids:
            _owners().keepers.setdefault((kind, id_), urn)
            _owners().declared.add((kind, id_))


def declared(kind: str, id_: str) -> None:
    """Note that the resource at hand, which has the object, is declared by the program."""
    _owners().declared.add((kind, id_))


def is_declared(kind: str, id_: str) -> bool:
    """Tell whether the program declares a resource that has the object, as far as it has run."""
    return (kind, id_) in _owners().declared


def known() -> None:
    """Note that the resource at hand is in the state."""
    _owners().known.add(plugin.current_urn())


def is_known(urn: str) -> bool:
    """Tell whether a resource is in the state, so that making it replaces an object."""
    return urn in _owners().known


def replaces(*, replacement: bool) -> None:
    """Note whether the diff of the resource at hand has asked for a new object."""
    urn = plugin.current_urn()
    if replacement:
        _owners().replaced.add(urn)
    else:
        _owners().replaced.discard(urn)


def is_replacement() -> bool:
    """Tell whether what is made for the resource at hand replaces an object of the state."""
    return plugin.current_urn() in _owners().replaced


def is_managed(kind: str, id_: str) -> bool:
    """Tell whether a resource of this program has been seen to own the object."""
    return (kind, id_) in _owners().owner


def is_replaced(kind: str, id_: str) -> bool:
    """Tell whether the object is the one that the resource at hand had so far."""
    return _owners().owner.get((kind, id_)) == plugin.current_urn()


def is_owner(kind: str, urn: str) -> bool:
    """Tell whether the resource has been seen to own an object."""
    return (kind, urn) in _owners().owning


def owner_of(kind: str, id_: str) -> str:
    """Return the name of the resource that has been seen to own the object, or ""."""
    return plugin.name_of(_owners().owner.get((kind, id_), ""))


def is_own(kind: str, what: str, id_: str) -> bool:
    """Tell whether the object is the very one being replaced. Another's is an AdoptionError."""
    owner = _owners().owner.get((kind, id_))
    if owner is None:
        return False
    if owner == plugin.current_urn():
        return True
    raise AdoptionError(
        f"{what} {id_} belongs to {plugin.name_of(owner)} already: one object, one resource"
    )


def claim(kind: str, ids: Iterable[str]) -> None:
    """Note what resources of other kinds adopt in this run."""
    _owners().claimed.update((kind, id_) for id_ in ids)


def is_adopted(kind: str, id_: str) -> bool:
    """Tell whether another resource takes the object over in this run, if only later."""
    by, is_claimed = _owners().adopted.get(id_), (kind, id_) in _owners().claimed
    return is_claimed or (by is not None and by != plugin.current_urn())


def take(adoptable: str) -> None:
    """Note that the resource at hand takes an object over. Raises if another one has."""
    urn = plugin.current_urn()
    with _owners().lock:
        owner = _owners().adopted.setdefault(adoptable, urn)
    if owner != urn:
        raise AdoptionError(
            f"{adoptable} has been adopted by {plugin.name_of(owner)} already: one object, one "
            "resource"
        )


def inherit(adoptables: Iterable[str]) -> None:
    """Note what the resource at hand has from now on, and who had it is not to take with it."""
    urn = plugin.current_urn()
    with _owners().lock:
        for adoptable in adoptables:
            _owners().adopted.setdefault(adoptable, urn)


def heir(kind: str, id_: str, adoptable: str) -> str | None:
    """Return the resource that has the object now, if the one that is being deleted has not."""
    if adoptable in _owners().adopted:
        # `up --replace` adopts its own object without a diff, then deletes it: that counts too.
        return _owners().adopted[adoptable]
    # A diff's claim says nothing against its own resource, which may be replaced all the same.
    keeper = _owners().keepers.get((kind, id_))
    return None if keeper == plugin.current_urn() else keeper


def move(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """Note where the object at hand was and is to be; return who would wait for whom in a circle.

    These are URNs, from the resource at hand on: each takes a place that the next one leaves.
    """
    with _owners().lock:
        urn = plugin.current_urn()
        _owners().places[urn] = (frozenset(before), frozenset(after))
        left, seen = [[urn]], {urn}
        while left:
            way = left.pop()
            for other in _whom_it_follows(way[-1]):
                if other == urn:
                    return way
                if other not in seen:
                    seen.add(other)
                    left.append([*way, other])
    return []


def has_moved() -> None:
    """Note that the object at hand is where it is to be."""
    with _owners().lock:
        _owners().places.pop(plugin.current_urn(), None)


def is_somebody_to_leave() -> bool:
    """Tell whether another object is about to leave a place that the object at hand is to take."""
    with _owners().lock:
        urn = plugin.current_urn()
        return urn in _owners().places and bool(_whom_it_follows(urn))


def _whom_it_follows(urn: str) -> list[str]:
    """Return who leaves a place that a resource takes."""
    places = _owners().places
    before, after = places[urn]
    taken = after - before
    return [
        other
        for other, (had, has) in places.items()
        if other != urn and not taken.isdisjoint(had - has)
    ]
