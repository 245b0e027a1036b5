"""From one ordered list of policies to another, one request at a time, letting nobody in meanwhile.

Cloudflare takes one policy per request and refuses a precedence that is taken. In every state between
the old list and the new one, nobody may get in whom neither of the two lets in. Policies are decided by
the first that matches, so what counts is which `deny` stands before which other policy:

- Where no `deny` comes, goes, changes, or changes places with another policy, any order of steps will do.
- Else the denies of both lists are brought before everything that lets anybody in, then everything that
  lets somebody in is put into its final form and place below them, and then the denies go to theirs.

Pure functions over plain data; application_policies.py sends what they say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

DENY = "deny"
# Between two precedences, so that an insertion is one request.
GAP = 10


@dataclass(frozen=True)
class Placed:
    """A policy where it is: its precedence and what it says, the name included."""

    precedence: int
    body: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What identifies it."""
        return str(self.body["name"])

    @property
    def denies(self) -> bool:
        """Tell whether it keeps people out; every other decision lets some in."""
        return bool(self.body["decision"] == DENY)


@dataclass(frozen=True)
class Step:
    """One request. `name` is the policy's name before it."""

    verb: Literal["create", "update", "delete"]
    name: str
    to: Placed | None = None


def transition(current: Sequence[Placed], target: Sequence[Mapping[str, Any]]) -> list[Step]:
    """List the requests that make `current` say what `target` says, in the target's order.

    Names are unique in each. Nothing is sent for what is right already.
    """
    was = sorted(current, key=lambda placed: placed.precedence)
    if _denies_stand_still(was, target):
        return list(_in_place(was, target))
    return list(_around_the_denies(was, target))


def _denies_stand_still(was: Sequence[Placed], target: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether each deny stays, unchanged, before and after the same other policies."""
    names = {body["name"] for body in target}
    before = {placed.name: placed for placed in was}
    if any(placed.denies and placed.name not in names for placed in was):
        return False
    for body in target:
        old = before.get(body["name"])
        old_denies, new_denies = bool(old and old.denies), body["decision"] == DENY
        if (old_denies or new_denies) and (old is None or dict(old.body) != dict(body)):
            return False
    stay = [placed.name for placed in was if placed.name in names]
    return stay == [body["name"] for body in target if body["name"] in before]


def _in_place(was: Sequence[Placed], target: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
    """Change what changes where it stands; what stays is in the same order before and after."""
    names = {body["name"] for body in target}
    for placed in was:
        if placed.name not in names:
            yield Step("delete", placed.name)
    at = {placed.name: placed.precedence for placed in was if placed.name in names}
    bodies = {placed.name: placed.body for placed in was}
    places = _room(target, at)
    # From the end: each goes where nothing is any more, and none overtakes another.
    for body, precedence in reversed(list(zip(target, places, strict=True))):
        name = body["name"]
        if name not in at:
            continue
        if at[name] != precedence or dict(bodies[name]) != dict(body):
            yield Step("update", name, Placed(precedence, body))
    for body, precedence in zip(target, places, strict=True):
        if body["name"] not in at:
            yield Step("create", body["name"], Placed(precedence, body))


def _room(target: Sequence[Mapping[str, Any]], at: Mapping[str, int]) -> list[int]:
    """Give each policy a precedence, the one it has wherever the others leave it that."""
    places: list[int] = []
    for index, body in enumerate(target):
        least = places[-1] + 1 if places else 1
        here = at.get(body["name"])
        if here is not None:
            places.append(max(here, least))
            continue
        following = [at[later["name"]] for later in target[index + 1 :] if later["name"] in at]
        new = 1 + sum(later["name"] not in at for later in _run(target[index + 1 :], at))
        if not following:
            places.append(max(least, (places[-1] if places else 0) + GAP))
        else:
            free = following[0] - least
            places.append(least + max(0, free - new) // (new + 1))
    return places


def _run(rest: Sequence[Mapping[str, Any]], at: Mapping[str, int]) -> Iterator[Mapping[str, Any]]:
    """Give the new policies that come next in a row."""
    for body in rest:
        if body["name"] in at:
            return
        yield body


def _around_the_denies(
    was: Sequence[Placed], target: Sequence[Mapping[str, Any]]
) -> Iterator[Step]:
    old = {placed.name: placed for placed in was}
    denies = [body for body in target if body["decision"] == DENY]
    # Where nobody gets in yet, denies can go to their places at once. Else those that are not there as
    # they will be have stand-ins until then.
    nobody_in = all(placed.denies for placed in was)
    missing = [
        body
        for body in denies
        if not nobody_in and (body["name"] not in old or dict(old[body["name"]].body) != dict(body))
    ]
    taken = {*old, *(body["name"] for body in target)}
    stand_ins = [_stand_in(body["name"], taken) for body in missing]
    # The new list begins below all of the old one.
    first = max((placed.precedence for placed in was), default=0)
    final = {
        body["name"]: Placed(first + len(missing) + GAP * (n + 1), body)
        for n, body in enumerate(target)
    }

    def settle(names: Sequence[str]) -> Iterator[Step]:
        for name in names:
            yield Step("update" if name in old else "create", name, final[name])

    # 1. Every deny of the new list, beside those of the old one, before whatever comes in step 2.
    for n, (name, body) in enumerate(zip(stand_ins, missing, strict=True)):
        yield Step("create", name, Placed(first + n + 1, {**body, "name": name}))
    if nobody_in:
        yield from settle([body["name"] for body in denies])
    # 2. Whatever lets somebody in, into its final form and place, below all of them.
    for placed in was:
        if not placed.denies and placed.name not in final:
            yield Step("delete", placed.name)
    keeps_out = {placed.name for placed in was if placed.denies}
    yield from settle(
        [
            body["name"]
            for body in target
            if body["decision"] != DENY and body["name"] not in keeps_out
        ]
    )
    yield from settle([body["name"] for body in denies if body["name"] in old.keys() - keeps_out])
    # 3. The denies to their places, and what has been one and will let somebody in; the rest goes.
    yield from settle(
        [
            body["name"]
            for body in target
            if body["name"] in keeps_out and not (nobody_in and body["decision"] == DENY)
        ]
    )
    if not nobody_in:
        yield from settle([body["name"] for body in denies if body["name"] not in old])
    for placed in was:
        if placed.denies and placed.name not in final:
            yield Step("delete", placed.name)
    for name in stand_ins:
        yield Step("delete", name)


def _stand_in(name: str, taken: set[str]) -> str:
    stand_in, number = f"{name} (being changed)", 1
    while stand_in in taken:
        number += 1
        stand_in = f"{name} (being changed {number})"
    return stand_in
