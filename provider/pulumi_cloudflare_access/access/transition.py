"""From one ordered list of policies to another, one request at a time, letting nobody in meanwhile.

Cloudflare takes one policy per request, and refuses a precedence that is taken. In every state
between the old list and the new, nobody may get in whom neither of the two lets in. Policies are
decided by the first that matches, so what counts is which `deny` stands before which other policy:

- Where every `deny` that stays says the same, before and after the same others, each policy changes
  where it stands: new denies come first, and those that go, go last.
- Else the denies of both lists are brought before everything that lets anybody in, then everything
  that lets somebody in is put into its final form and place below them, and then the denies go to
  theirs.

So a run that stops anywhere leaves a list that lets nobody in, and the next run goes on from there.
Pure functions over plain data; application_policies.py sends what they say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

DENY = "deny"
# Between two precedences, so that an insertion is one request.
GAP = 10

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Placed:
    """A policy where it is: its precedence and what it says, the name included."""

    precedence: int
    body: Body

    @property
    def name(self) -> str:
        """What identifies it."""
        return str(self.body["name"])

    @property
    def denies(self) -> bool:
        """Tell whether it keeps people out; every other decision lets some in."""
        return _denies(self.body)


@dataclass(frozen=True)
class Step:
    """One request. `name` is the policy's name before it."""

    verb: Literal["create", "update", "delete"]
    name: str
    to: Placed | None = None


def transition(current: Sequence[Placed], target: Sequence[Body]) -> list[Step]:
    """List the requests that make `current` say what `target` says, in the target's order.

    Names are unique in each. Nothing is sent for what is right already.
    """
    change = _Change(sorted(current, key=_precedence), target)
    if change.denies_stand_still():
        places = change.places()
        if not change.moves(places) or not change.new_denies():
            return list(_in_place(change, places))
    return list(_around_the_denies(change))


def after(current: Sequence[Placed], step: Step) -> list[Placed]:
    """Return the policies in their order once a step is done."""
    others = [placed for placed in current if placed.name != step.name]
    return sorted([*others, *([step.to] if step.to else [])], key=_precedence)


class _Change:
    """The two lists, and what becomes of each policy."""

    def __init__(self, was: Sequence[Placed], target: Sequence[Body]) -> None:
        self.was = was
        self.target = target
        self.old = {placed.name: placed for placed in was}
        self.new = {str(body["name"]): body for body in target}

    def going(self, *, denies: bool) -> list[str]:
        return [
            placed.name
            for placed in self.was
            if placed.name not in self.new and placed.denies == denies
        ]

    def new_denies(self) -> list[str]:
        return [name for name, body in self.new.items() if _denies(body) and name not in self.old]

    def is_as_it_was(self, name: str) -> bool:
        return name in self.old and dict(self.old[name].body) == dict(self.new[name])

    def denies_stand_still(self) -> bool:
        """Tell whether every deny that stays does, as it is, before and after the same others."""
        staying = [placed.name for placed in self.was if placed.name in self.new]
        return staying == [name for name in self.new if name in self.old] and all(
            self.is_as_it_was(name)
            for name in staying
            if self.old[name].denies or _denies(self.new[name])
        )

    def places(self) -> dict[str, int]:
        """Give each new policy a precedence; one that stays keeps its own where the others let it.

        Denies that go are there until the end.
        """
        at = {
            placed.name: placed.precedence
            for placed in self.was
            if placed.denies or placed.name in self.new
        }
        order = self._order(set(at) - set(self.new))
        places: dict[str, int] = {}
        least = 0
        for index, name in enumerate(order):
            if name in at:
                places[name] = max(at[name], least)
            else:
                places[name] = _between(max(least, 1), order[index:], at, first=not places)
            least = places[name] + 1
        return places

    def _order(self, until_the_end: set[str]) -> list[str]:
        """Return the new order, each deny that goes behind the one that it stands behind now."""
        order = list(self.new)
        before = -1
        for placed in self.was:
            if placed.name in until_the_end:
                before += 1
                order.insert(before, placed.name)
            elif placed.name in self.new:
                before = order.index(placed.name)
        return order

    def moves(self, places: Mapping[str, int]) -> list[str]:
        """Name those that stay and have to make room."""
        return [p.name for p in self.was if places.get(p.name, p.precedence) != p.precedence]


def _between(least: int, rest: Sequence[str], at: Mapping[str, int], *, first: bool) -> int:
    """Choose a precedence for a new policy, with room for those that come with it."""
    following = [at[name] for name in rest if name in at]
    if not following:
        return GAP if first else least - 1 + GAP
    new = next(index for index, name in enumerate(rest) if name in at)
    return least + max(0, following[0] - least - new) // (new + 1)


def _in_place(change: _Change, places: Mapping[str, int]) -> Iterator[Step]:
    """Change what changes where it stands, while all denies of both lists are there."""
    yield from _deletions(change.going(denies=False))
    new_denies = change.new_denies()
    for name in new_denies:
        yield Step("create", name, Placed(places[name], change.new[name]))
    # From the end: each goes where nothing is any more, and none overtakes another.
    for placed in reversed(change.was):
        name = placed.name
        if name not in places:
            continue
        body = change.new.get(name, placed.body)
        if places[name] != placed.precedence or dict(placed.body) != dict(body):
            yield Step("update", name, Placed(places[name], body))
    for name, body in change.new.items():
        if name not in change.old and name not in new_denies:
            yield Step("create", name, Placed(places[name], body))
    yield from _deletions(change.going(denies=True))


def _around_the_denies(change: _Change) -> Iterator[Step]:
    """Raise the denies above everything, arrange the rest below them, lower the denies."""
    new, old = change.new, change.old
    denies = [name for name, body in new.items() if _denies(body)]
    # Where nobody gets in yet, denies can go to their places at once. Else those that are not there
    # as they will be have stand-ins until then.
    nobody_in = all(placed.denies for placed in change.was)
    missing = [] if nobody_in else [name for name in denies if not change.is_as_it_was(name)]
    stand_ins = _stand_ins(missing, {*old, *new})
    # The new list begins below all of the old one.
    first = max((placed.precedence for placed in change.was), default=0)
    final = {
        name: Placed(first + len(missing) + GAP * (n + 1), body)
        for n, (name, body) in enumerate(new.items())
    }
    keeps_out = {placed.name for placed in change.was if placed.denies}
    opening = [name for name in new if name not in denies]

    def settle(names: Iterable[str]) -> Iterator[Step]:
        for name in names:
            yield Step("update" if name in old else "create", name, final[name])

    # Every deny of the new list, beside those of the old one, before whatever comes next.
    for n, (name, stand_in) in enumerate(zip(missing, stand_ins, strict=True)):
        yield Step("create", stand_in, Placed(first + n + 1, {**new[name], "name": stand_in}))
    if nobody_in:
        yield from settle(denies)
    # Whatever lets somebody in, into its final form and place, below all of them.
    yield from _deletions(change.going(denies=False))
    yield from settle(name for name in opening if name not in keeps_out)
    # The denies to their places, last what has been one and will let somebody in; the rest goes.
    if not nobody_in:
        yield from settle(name for name in denies if name in old.keys() - keeps_out)
        yield from settle(name for name in new if name in keeps_out)
        yield from settle(name for name in denies if name not in old)
    else:
        yield from settle(name for name in opening if name in keeps_out)
    yield from _deletions(change.going(denies=True))
    yield from _deletions(stand_ins)


def _deletions(names: Iterable[str]) -> Iterator[Step]:
    for name in names:
        yield Step("delete", name)


def _stand_ins(names: Sequence[str], taken: set[str]) -> list[str]:
    stand_ins: list[str] = []
    for name in names:
        stand_in, number = f"{name} (being changed)", 1
        while stand_in in taken:
            number += 1
            stand_in = f"{name} (being changed {number})"
        taken.add(stand_in)
        stand_ins.append(stand_in)
    return stand_ins


def _denies(body: Body) -> bool:
    return bool(body["decision"] == DENY)


def _precedence(placed: Placed) -> int:
    return placed.precedence
