"""From one ordered list of policies to another, one request at a time.

Cloudflare takes one policy per request, and refuses a precedence that is taken. In every moment
between the old list and the new one, the outcome is for nobody weaker than both the old list's and
the new list's: see outcomes.py.

The steps are chosen one by one. A policy is changed, moved or renamed by one request where the list
that comes of it is safe; of such steps, one that shuts out nobody whom both lists let in is taken
first. Where none is safe, there is one that always is:

- Make the topmost policy of the new list that is not there yet, beside the one that it replaces.
  Those whom it decides for match nothing that comes before it in the new list.
- Once all of the new list is there, delete the last of those that are not in it. Those whom it
  decided for are then decided for by the new list alone.

So a run that stops anywhere leaves a safe list, and the next run goes on from there: what is safe
seen from that list is safe seen from the old one. Two policies that have the same order in both
lists have it in every moment. Pure functions over plain data; application_policies.py sends what
they say.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from .outcomes import Comparison, Decides, Ruling, is_early

# Between two precedences, so that an insertion is one request.
GAP = 10
# How many lists a plan compares before it takes the steps that are always safe.
MOST_COMPARED = 500

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Policy:
    """What a policy says, without its place. Two are the same whose bodies are equal."""

    name: str
    ruling: Ruling
    body: Body


@dataclass(frozen=True)
class Placed:
    """A policy where it is. A fixed one is not this list's: it stays as it is, where it is."""

    key: str
    precedence: int
    policy: Policy
    is_fixed: bool = False

    @property
    def ruling(self) -> Ruling:
        """Whom it matches, and what becomes of them."""
        return self.policy.ruling


@dataclass(frozen=True)
class Wanted:
    """A policy of the new list, and the keys of those that it may be made of, best first."""

    policy: Policy
    made_of: Sequence[str] = ()


@dataclass(frozen=True)
class Step:
    """One request. `key` is the key of the policy that it is about; a new one has a new key."""

    verb: Literal["create", "update", "delete"]
    key: str
    to: Placed | None = None


class NoRoomError(Exception):
    """A policy needs a place where fixed policies leave none."""

    def __init__(self, fixed: Sequence[Placed]) -> None:
        super().__init__(", ".join(placed.policy.name for placed in fixed))
        self.fixed = fixed


def transition(current: Sequence[Placed], wanted: Sequence[Wanted]) -> list[Step]:
    """List the requests that make `current` what is wanted, in that order.

    Fixed policies stay where they are; nothing is sent for what is right already. Raises
    NoRoomError.
    """
    current = sorted(current, key=_precedence)
    plans: list[list[Step]] = []
    stuck: NoRoomError | None = None
    # To make room by moving more than has to would change who comes before fixed policies.
    rooms = (False,) if any(placed.is_fixed for placed in current) else (False, True)
    for with_room, order in itertools.product(rooms, _ORDERS):
        plan = _Plan(current, wanted, with_room=with_room, order=order)
        least = len(plan.pending)
        try:
            plans.append(plan.steps())
        except NoRoomError as error:
            stuck = error
        else:
            if len(plans[-1]) <= least and not with_room:
                break
    if stuck and not plans:
        raise stuck
    return min(plans, key=len)


Declared = TypeVar("Declared")
There = TypeVar("There")


def is_on_the_way(
    old: Sequence[Declared],
    new: Sequence[Declared],
    there: Sequence[There],
    made_of: Sequence[Sequence[int]],
    is_it: Callable[[Declared, There], bool],
) -> bool:
    """Return whether a transition that did not come to its end may have left a list.

    Each policy is as it was or as it shall be, none that stays is missing, and two that have the
    same order in both lists have it. `made_of` are, for each of the new list, those of the old one
    that it may be made of.
    """
    if not old:
        return len(there) <= len(new) and all(map(is_it, new, there))
    places: dict[int, list[int]] = {}
    for place, found in enumerate(there):
        here = [
            j
            for j, one in enumerate(new)
            if is_it(one, found) or any(is_it(old[i], found) for i in made_of[j])
        ]
        if not here and not any(is_it(one, found) for one in old):
            return False
        for j in here:
            places.setdefault(j, []).append(place)
    # Of several that a policy may be made of, or that may be made of one, it is one, whichever.
    alike = [
        [other for other in range(len(new)) if {*made_of[other]} & {*made_of[one]}]
        for one in range(len(new))
    ]
    if not all(any(one in places for one in alike[j]) for j in range(len(new)) if made_of[j]):
        return False
    certain = {j: made[0] for j, made in enumerate(made_of) if len(made) == len(alike[j]) == 1}
    return all(min(places[one]) < max(places[other]) for one, other in _in_order(certain))


def _in_order(staying: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Return the pairs that have the same order in both lists, by their places in the new one."""
    for one, other in itertools.combinations(sorted(staying), 2):
        if staying[one] < staying[other]:
            yield one, other


def _precedence(placed: Placed) -> int:
    return placed.precedence


# What comes first: that for which few others have to make room, or many, which may change on the
# way; from the top of the list on, or from its end.
_ORDERS = ((1, 1), (1, -1), (-1, 1))

# ---------------------------------------------------------------------------------- what stays


@dataclass(frozen=True)
class _Pair:
    """A policy of the old list and what it may become in the new one."""

    old: int
    new: int
    precedence: int
    worth: int


# What it is worth to keep a policy in its place, as it is or changed.
STAYS, CHANGES = 1_000_000, 1_000


def _pairs(own: Sequence[Placed], wanted: Sequence[Wanted]) -> list[_Pair]:
    at = {placed.key: old for old, placed in enumerate(own)}
    pairs = []
    for new, one in enumerate(wanted):
        for old in (at[key] for key in one.made_of if key in at):
            worth = STAYS if own[old].policy == one.policy else CHANGES
            # Of as many, those that come first: whatever goes behind them has room.
            pairs.append(_Pair(old, new, own[old].precedence, worth + len(wanted) - new))
    return pairs


def _kept(pairs: Sequence[_Pair], *, with_room: bool) -> dict[int, int]:
    """Choose the policies that keep their places: as many as possible that stay as they are.

    `with_room`: only such that leave room for all that comes before them and between them.
    """
    best: dict[_Pair, tuple[int, tuple[_Pair, ...]]] = {}

    def onwards(start: _Pair) -> tuple[int, tuple[_Pair, ...]]:
        behind = [
            best[pair]
            for pair in best
            if pair.old > start.old
            and pair.new > start.new
            and (not with_room or pair.precedence - start.precedence >= pair.new - start.new)
        ]
        worth, line = max(behind, key=lambda one: one[0], default=(0, ()))
        return worth + start.worth, (start, *line)

    for pair in sorted(pairs, key=lambda pair: -pair.old):
        best[pair] = onwards(pair)
    _, (_, *line) = onwards(_Pair(-1, -1, 0, 0))
    return {pair.old: pair.new for pair in line}


# ------------------------------------------------------------------------------------ step by step


@dataclass(frozen=True)
class _Change:
    """One thing to do: a policy goes from a slot to a slot, and says there what it shall say.

    One without a source is made, one without a target deleted.
    """

    source: int | None
    target: int | None


class _Plan:
    """A list on its way.

    Its slots are both lists in one, with the order of both: one for each policy that keeps its
    place and says the same, one for each other of the old list, one for each other of the new list.
    """

    def __init__(
        self,
        current: Sequence[Placed],
        wanted: Sequence[Wanted],
        *,
        with_room: bool,
        order: tuple[int, int],
    ) -> None:
        self._order = order
        self._compared = 0
        self._keys = (f"new {number}" for number in itertools.count(1))
        self._steps: list[Step] = []
        self._here: dict[int, Placed] = {}
        """What is in which slot now."""
        self._final: dict[int, Policy] = {}
        """What of the new list shall be in which slot."""
        self._staying: dict[int, int] = {}
        """The slots, old and new, of each policy that stays: its place in the new list."""
        self.pending: list[_Change] = []
        staying = self._lay_out(current, wanted, with_room=with_room)
        self._ordered = [*_in_order(staying)]
        fixed = {slot: placed for slot, placed in self._here.items() if placed.is_fixed}
        self._comparison = Comparison(current, _lined_up({**self._final, **fixed}))

    def _lay_out(
        self, current: Sequence[Placed], wanted: Sequence[Wanted], *, with_room: bool
    ) -> dict[int, int]:
        """Give all policies their slots; return the places of those that stay, the new first."""
        own = [placed for placed in current if not placed.is_fixed]
        pairs = _pairs(own, wanted)
        kept = _kept(pairs, with_room=with_room)
        staying = {new: old for old, new in kept.items()}
        for pair in pairs:
            if pair.new not in staying and pair.old not in staying.values():
                staying[pair.new] = pair.old
        slots = itertools.count()
        sources: dict[int, int] = {}
        targets: dict[int, int] = {}

        def before(new: int) -> None:
            targets.update({one: next(slots) for one in range(len(targets), new)})

        for placed in current:
            new = None if placed.is_fixed else kept.get(own.index(placed))
            if new is not None:
                # What is new comes right before it: fixed policies stay behind what is before them.
                before(new)
            slot = next(slots)
            self._here[slot] = placed
            if not placed.is_fixed:
                sources[len(sources)] = slot
            if new is not None:
                is_same = placed.policy == wanted[new].policy
                targets[new] = slot if is_same else next(slots)
        before(len(wanted))
        self._final = {slot: wanted[new].policy for new, slot in targets.items()}
        self._note(sources, targets, staying)
        return staying

    def _note(
        self, sources: Mapping[int, int], targets: Mapping[int, int], staying: Mapping[int, int]
    ) -> None:
        """Note what is to be done."""
        for new, target in targets.items():
            source = sources[staying[new]] if new in staying else None
            self._staying |= {slot: new for slot in (source, target) if slot is not None}
            if source != target:
                self.pending.append(_Change(source, target))
        going = sorted(sources.keys() - staying.values())
        self.pending += [_Change(sources[old], None) for old in going]

    def steps(self) -> list[Step]:
        """Choose the steps to the end. Raises NoRoomError."""
        while self.pending:
            self._take(self._next())
        return self._steps

    def _next(self) -> _Change:
        """Choose what comes next."""
        safe: list[_Change] = []
        for change in sorted(self.pending, key=self._cost):
            if self._compared >= MOST_COMPARED:
                break
            if self._is_safe(change):
                if not self._comparison.shuts_out(self._after(change)):
                    return change
                safe.append(change)
        return safe[0] if safe else self._always_safe()

    def _always_safe(self) -> _Change:
        """Return what is safe whatever else is there, in the order in which policies are asked."""
        missing = [change for change in self.pending if change.target is not None]
        if not missing:
            return max(self.pending, key=self._turn)
        first = min(missing, key=self._turn)
        if first.source is None:
            return first
        making = _Change(None, first.target)
        self.pending.remove(first)
        self.pending += [making, _Change(first.source, None)]
        return making

    def _turn(self, change: _Change) -> tuple[bool, int]:
        if change.target is not None:
            return not is_early(self._final[change.target].ruling), change.target
        slot = change.source or 0
        return not is_early(self._here[slot].ruling), slot

    def _cost(self, change: _Change) -> tuple[int, int]:
        """Return what decides which of the safe changes comes first: the least."""
        if change.target is None:
            moves, slot = 0, change.source or 0
        else:
            room = self._room(change)
            moves, slot = len(self._here) if room is None else len(room.moves), change.target
        return moves * self._order[0], slot * self._order[1]

    # ------------------------------------------------------------------------------------ safety

    def _after(self, change: _Change) -> list[Decides]:
        """Return the list that comes of a change."""
        here: dict[int, Decides] = {**self._here}
        if change.source is not None:
            del here[change.source]
        if change.target is not None:
            here[change.target] = self._final[change.target]
        return _lined_up(here)

    def _is_safe(self, change: _Change) -> bool:
        self._compared += 1
        return self._keeps_order(change) and not self._comparison.is_weaker(self._after(change))

    def _keeps_order(self, change: _Change) -> bool:
        """Return whether policies that have the same order in both lists have it after a change."""
        places: dict[int, list[int]] = {}
        slots = {*self._here} - {change.source} | ({change.target} - {None})
        for slot in sorted(slot for slot in slots if slot in self._staying):
            places.setdefault(self._staying[slot], []).append(slot)
        return all(
            places[one][0] < places[other][-1]
            for one, other in self._ordered
            if one in places and other in places
        )

    # -------------------------------------------------------------------------------------- doing

    def _take(self, change: _Change) -> None:
        """Do it, or as much of it as makes room for it."""
        if change.target is None:
            self._delete(change)
            return
        room = self._room(change)
        if room is None:
            raise NoRoomError([placed for placed in self._here.values() if placed.is_fixed])
        for slot, precedence in room.moves:
            self._move(slot, precedence)
        if room.moves:
            # Those that made room may have changed on the way: it is chosen anew what comes next.
            return
        self._write(change, room.precedence)

    def _delete(self, change: _Change) -> None:
        placed = self._here.pop(change.source or 0)
        self._steps.append(Step("delete", placed.key))
        self.pending.remove(change)

    def _write(self, change: _Change, precedence: int) -> None:
        """Put what shall be in a slot there."""
        target = change.target or 0
        if change.source is None:
            placed = Placed(next(self._keys), precedence, self._final[target])
            self._steps.append(Step("create", placed.key, placed))
        else:
            was = self._here.pop(change.source)
            placed = replace(was, precedence=precedence, policy=self._final[target])
            if placed != was:
                self._steps.append(Step("update", placed.key, placed))
        self._here[target] = placed
        self.pending.remove(change)

    def _move(self, slot: int, precedence: int) -> None:
        """Give a policy another precedence; what is to be done with it anyway is done with it."""
        for change in [change for change in self.pending if change.source == slot]:
            if not self._stands_still(change) or not self._is_safe(change):
                continue
            if self._comparison.shuts_out(self._after(change)):
                continue
            if change.target is None:
                self._delete(change)
            else:
                self._write(change, precedence)
            return
        placed = self._here[slot] = replace(self._here[slot], precedence=precedence)
        self._steps.append(Step("update", placed.key, placed))

    def _stands_still(self, change: _Change) -> bool:
        """Return whether nothing is between where a policy is and where it shall be."""
        if change.source is None or change.target is None:
            return True
        ends = sorted((change.source, change.target))
        return not any(ends[0] < slot < ends[1] for slot in self._here)

    # --------------------------------------------------------------------------------------- room

    def _room(self, change: _Change) -> _Room | None:
        """Return a precedence for a policy in its slot, and who has to make room for it first."""
        slot = change.target or 0
        others = sorted(one for one in self._here if one != change.source)
        below = [one for one in others if one < slot]
        above = [one for one in others if one > slot]
        least = self._here[below[-1]].precedence if below else 0
        most = self._here[above[0]].precedence if above else None
        if change.source is not None:
            now = self._here[change.source].precedence
            if (now > least or not below) and (most is None or now < most):
                return _Room(now)
        waiting = sorted(
            one.target
            for one in self.pending
            if one.target is not None
            and (not below or one.target > below[-1])
            and (not above or one.target < above[0])
        )
        turn = waiting.index(slot) + 1
        if most is None:
            return _Room(least + GAP * turn)
        free = most - least - 1
        if free >= len(waiting):
            return _Room(least + turn * (free + 1) // (len(waiting) + 1))
        if free > 0:
            return _Room(least + min(turn, free))
        for needed in (len(waiting), 1):
            rooms = (self._below_all(slot, least, needed), self._above_all(slot, most, needed))
            if found := [room for room in rooms if room is not None]:
                return min(found, key=lambda room: len(room.moves))
        return None

    def _below_all(self, slot: int, least: int, needed: int) -> _Room | None:
        """Have those behind a slot go further down, from the last one on."""
        moving: list[int] = []
        end: int | None = None
        for one in sorted(one for one in self._here if one > slot):
            placed = self._here[one]
            if placed.precedence > least + needed + len(moving):
                end = placed.precedence
                break
            if placed.is_fixed:
                return None
            moving.append(one)
        parts = needed + len(moving) + 1
        size = GAP * parts if end is None else end - least
        moves = [
            (one, least + (needed + n) * size // parts) for n, one in enumerate(moving, start=1)
        ]
        return _Room(least + 1, tuple(reversed(moves)))

    def _above_all(self, slot: int, most: int, needed: int) -> _Room | None:
        """Have those before a slot go further up, from the first one on."""
        moving: list[int] = []
        end = 0
        for one in sorted((one for one in self._here if one < slot), reverse=True):
            placed = self._here[one]
            if placed.precedence < most - needed - len(moving):
                end = placed.precedence
                break
            if placed.is_fixed:
                return None
            moving.append(one)
        parts = needed + len(moving) + 1
        if most - end < parts:
            return None
        moves = [
            (one, most - (needed + n) * (most - end) // parts)
            for n, one in enumerate(moving, start=1)
        ]
        return _Room(most - 1, tuple(reversed(moves)))


@dataclass(frozen=True)
class _Room:
    """A free precedence, once others have moved to theirs, in this order."""

    precedence: int
    moves: tuple[tuple[int, int], ...] = ()


def _lined_up(here: Mapping[int, Decides]) -> list[Decides]:
    return [here[slot] for slot in sorted(here)]
