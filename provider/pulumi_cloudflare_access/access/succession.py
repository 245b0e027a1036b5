"""The single policies of an application, changed in one run, one after the other.

The engine asks for each by itself: in the order of their precedences, as each waits for those
before it (turns.py), and for those that leave the program in the end, the last one first. A policy
that goes to another place takes along what it would pass and what comes behind it all the same.

Pure functions over plain data, for two who have to agree: check, which knows from the texts of the
program what each request of a run leads to and refuses a run in which somebody gets more meanwhile
than by the old policies and by the new ones; and the provider, which does it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from .outcomes import Comparison, Ruling
from .widened import Told, read

K = TypeVar("K", bound=Hashable)


class TakenError(Exception):
    """A policy is in the way, and does not go away."""

    def __init__(self, holder: object) -> None:
        super().__init__(str(holder))
        self.holder = holder


def moves(
    here: Mapping[K, int], finally_: Mapping[K, int], mover: K, target: int
) -> list[tuple[K, int]]:
    """List the moves that bring a policy to its place, its own the last one.

    `here` are the places that are taken now, the mover's own among them if it has one; `finally_`
    are the places to which policies go in this run. Raises TakenError.
    """
    places, listed = dict(here), list[tuple[K, int]]()

    def go(key: K, place: int, moving: tuple[K, ...]) -> None:
        now, moving = places.get(key, place), (*moving, key)
        for other in sorted(places, key=lambda one: -places[one]):
            in_the_way = now < places[other] <= place or places[other] == place
            if other not in moving and in_the_way and finally_.get(other, 0) > place:
                go(other, finally_[other], moving)
        holders = [other for other in places if places[other] == place and other != key]
        if holders and holders[0] not in moving:
            raise TakenError(holders[0])
        if holders:
            # It is about to leave; until then, right behind it.
            taken = {*places.values()}
            place = next(
                free for free in range(place + 1, place + 2 + len(taken)) if free not in taken
            )
        places[key] = place
        listed.append((key, place))

    go(mover, target, ())
    return listed


# ------------------------------------------------------------------------------------ in the texts


@dataclass(frozen=True)
class Single:
    """A single policy as the text of a program has it; `by` is the name of its resource.

    One whose own name is not known while the program runs is called after its resource.
    """

    by: str
    place: int
    told: Told
    is_named: bool = True

    @property
    def ruling(self) -> Ruling:
        """Whom it matches, and what becomes of them."""
        return self.told.ruling

    def as_input(self) -> dict[str, Any]:
        """Write down which one it is: by its name, or by its place."""
        return {"called": str(self), "place": self.place} | (
            {"name": self.told.name} if self.is_named else {}
        )

    def __str__(self) -> str:
        return f'"{self.told.name}" ({self.ruling.outcome.decision}, precedence {self.place})'


def singles(text: str | None) -> dict[str, Single] | None:
    """Read the single policies of a text. None: it does not say what each of them says."""
    policies = json.loads(text) if text else None
    if policies is None or not all("by" in policy for policy in policies):
        return None
    return {
        policy["by"]: Single(policy["by"], policy["precedence"], told, policy["is_named"])
        for policy, told in zip(policies, read(json.dumps(policies)), strict=True)
    }


def is_stricter(one: Single, other: Single) -> bool:
    """Return whether what one asks of people may be more than what another one does."""
    return not other.ruling.outcome.is_no_weaker(one.ruling.outcome)


def trouble(
    was: Mapping[str, Single], now: Mapping[str, Single], first: Collection[str] = ()
) -> str | None:
    """Say what of a run lets somebody get more than the old policies and the new ones do.

    `first` are those that may go before all others. None: nothing does, or two are to be in one
    place, which is a mistake of its own.
    """
    if len({one.place for one in now.values()}) < len(now):
        return None
    was = _by_new_names(was, now)
    comparison = Comparison(_in_order(was), _in_order(now))
    try:
        for here, what in _requests(was, now, first):
            if comparison.is_weaker(_in_order(here)):
                return (
                    "single policies are changed one after the other "
                    f"({', '.join(_changes(was, now))}), and once {what}, somebody gets in whom "
                    "neither the old policies nor the new ones let in, or of whom both ask more. "
                    "Change them in two ups, or declare all as one list, AccessApplicationPolicies"
                )
    except TakenError as error:
        return str(error)
    return None


def _by_new_names(was: Mapping[str, Single], now: Mapping[str, Single]) -> dict[str, Single]:
    """Take a policy of the same name in the same place for the one that was there.

    Its resource has another name by now, and an alias. Without one, Cloudflare refuses to make it:
    the place is taken.
    """
    new = {(one.told.name, one.place): by for by, one in now.items() if by not in was}
    found = {}
    for by, one in was.items():
        called = by if by in now else new.get((one.told.name, one.place), by)
        found[called] = replace(one, by=called)
    return found


def _requests(
    was: Mapping[str, Single], now: Mapping[str, Single], first: Collection[str]
) -> Iterator[tuple[Mapping[str, Single], str]]:
    """Return what is there after each request of a run, and what that did."""
    here = dict(was)
    for single in sorted(now.values(), key=lambda one: (one.by not in first, one.place)):
        if here.get(single.by) == single:
            continue
        places = {by: one.place for by, one in here.items()}
        try:
            steps = moves(places, _destinations(here, now), single.by, single.place)
        except TakenError as error:
            raise TakenError(_taken(single, here[str(error.holder)], now)) from None
        if single.by not in here and not keep_order(places, steps[:-1]):
            # A new policy knows nothing of what the others were, so it cannot judge that.
            holder = next(one for one in here.values() if one.place == single.place)
            raise TakenError(_taken(single, holder, now))
        for by, place in steps:
            here[by] = replace(single if by == single.by else here[by], place=place)
            yield here, f"{here[by]} is written"
    for single in sorted(was.values(), key=lambda one: -one.place):
        if single.by not in now:
            gone = here.pop(single.by)
            yield here, f"{gone} is deleted"


def destinations(program: Iterable[Single], names: Mapping[K, str]) -> dict[K, int]:
    """Return where a program wants the policies that are there, of which these are the names.

    A name identifies a policy, if it is the only one of that name, there and in the program.
    """
    places: dict[str, list[int]] = {}
    for one in program:
        if one.is_named:
            places.setdefault(one.told.name, []).append(one.place)
    there = Counter(names.values())
    return {
        key: places[name][0]
        for key, name in names.items()
        if there[name] == len(places.get(name, ())) == 1
    }


def keep_order(here: Mapping[K, int], moved: Iterable[tuple[K, int]]) -> bool:
    """Return whether policies have the same order after some of them have moved."""
    after = {**here, **dict(moved)}
    return sorted(here, key=here.__getitem__) == sorted(after, key=after.__getitem__)


def _destinations(here: Mapping[str, Single], now: Mapping[str, Single]) -> dict[str, int]:
    return destinations(now.values(), {by: one.told.name for by, one in here.items()})


def _in_order(policies: Mapping[str, Single]) -> list[Single]:
    return sorted(policies.values(), key=lambda one: one.place)


def _changes(was: Mapping[str, Single], now: Mapping[str, Single]) -> Iterator[str]:
    for by in sorted(was.keys() | now.keys()):
        old, new = was.get(by), now.get(by)
        if old is None or new is None:
            yield f"{new} is new" if old is None else f"{old} goes"
        elif old.place != new.place:
            yield f"{old} goes to precedence {new.place}"
        elif old != new:
            yield f"{new} changes"


def _taken(single: Single, holder: Single, now: Mapping[str, Single]) -> str:
    then = now.get(holder.by)
    if then is None:
        why = "which leaves the program in this up and is deleted last"
    else:
        why = f"which goes to precedence {then.place} after that, by another way or another name"
    return (
        f"precedence {single.place} is taken by {holder}, {why}. Give one of them a free "
        "precedence first, or do one of the two in an up of its own"
    )
