"""Turns: resources of one program that the engine must create, change and delete in order.

The engine works at the same time on resources that do not depend on each other. If that would let
somebody in, a resource waits for those whose turn is before its own, as if the program had declared
`depends_on`; and it is deleted before them.

Two resources that wait for each other would make Pulumi wait for ever. So a resource waits for
another one only if that one is known not to wait for it, directly or through others. What each
resource waits for is in its arguments. But an Output that is not known yet hides what it is made
of: a resource with such an Output is waited for only for a while (AT_MOST). Who waits for whom is
decided when the program has run.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Awaitable, Iterable, Iterator, Mapping
from typing import Any, Literal

import pulumi

# Seconds to wait for Outputs that are known already to say so.
AT_ONCE = 0.05
# Seconds to wait for a resource of which it is not known whether it waits for us.
AT_MOST = 60.0

One = pulumi.CustomResource
Waits = Literal["yes", "no", "unknown"]


def leaves(value: Any) -> Iterator[Any]:
    """Return what a declaration waits for, at any depth: Outputs, resources, other awaitables."""
    if isinstance(value, (pulumi.Output, pulumi.Resource, Awaitable)):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from leaves(inner)


def leaves_of_options(opts: pulumi.ResourceOptions | None) -> Iterator[Any]:
    """Return what a resource waits for because of its options."""
    if opts is not None:
        options = (opts.depends_on, opts.parent, opts.provider, opts.deleted_with)
        yield from leaves(options)


# The attributes of a resource that hold what it waits for: because of its arguments, and because of
# its turn. Kept on the resource itself, so that they live no longer than it.
WAITS_FOR, TURN = "_waits_for", "_waits_in_turn_for"


class Program:
    """Which resources of a program wait for which, as far as the arguments of ours say it."""

    def __init__(self) -> None:
        self._new: list[weakref.ref[pulumi.Resource]] = []
        # By the identity of an Output: the resource that it is an attribute of, which keeps it.
        self._owners: dict[int, weakref.ref[pulumi.Resource]] = {}
        self._settled: weakref.WeakSet[Any] = weakref.WeakSet()

    def add(self, resource: pulumi.Resource, waits_for: Iterable[Any]) -> None:
        """Note what a resource waits for."""
        setattr(resource, WAITS_FOR, [*waits_for])
        self._new.append(weakref.ref(resource))

    def wait(self, one: pulumi.Resource, other: pulumi.Resource) -> None:
        """Note that one resource waits for another because of its turn."""
        setattr(one, TURN, [*getattr(one, TURN, ()), other])

    async def look(self, start: pulumi.Resource) -> None:
        """Note which of the Outputs that a resource waits for are known by now."""
        outputs = [
            one.urn if isinstance(one, pulumi.Resource) else one
            for one in self._behind(start)
            if not _is_known(one) and isinstance(one, (pulumi.Output, pulumi.Resource))
        ]
        if outputs:
            tasks = {asyncio.ensure_future(_settled(one)): one for one in outputs}
            done, _ = await asyncio.wait(tasks, timeout=AT_ONCE)
            self._settled.update(tasks[task] for task in done)

    def waits(self, start: pulumi.Resource, goal: pulumi.Resource) -> Waits:
        """Return whether a resource waits for another, directly or through others."""
        # What the other waits for cannot wait for it.
        harmless = {id(one) for one in self._behind(goal)}
        answer: Waits = "no"
        for one in self._behind(start, but=harmless):
            if one is goal:
                return "yes"
            if not _is_known(one):
                answer = "unknown"
        return answer

    def _behind(self, start: pulumi.Resource, but: Iterable[int] = ()) -> Iterator[Any]:
        """Return all that a resource waits for, directly or not: resources, and unknown Outputs.

        `but` are the identities of those to leave out, with what they wait for.
        """
        self._learn()
        seen = {*but}
        left = [*_direct(start)]
        while left:
            one = self._owner(left.pop())
            if id(one) not in seen and not self._is_settled(one):
                seen.add(id(one))
                yield one
                left += _direct(one)

    def _owner(self, one: Any) -> Any:
        """Return the resource that an Output is an attribute of; of anything else, itself."""
        known = self._owners.get(id(one)) if isinstance(one, pulumi.Output) else None
        owner = known and known()
        return one if owner is None else owner

    def _is_settled(self, one: Any) -> bool:
        if isinstance(one, pulumi.Resource) and not _is_known(one):
            # Of a resource that is not ours, we can know only whether it is registered.
            one = one.urn
        return isinstance(one, pulumi.Output) and one in self._settled

    def _learn(self) -> None:
        for reference in self._new:
            resource = reference()
            for value in () if resource is None else vars(resource).values():
                if isinstance(value, pulumi.Output):
                    self._owners[id(value)] = reference
        self._new.clear()


def _is_known(one: Any) -> bool:
    """Return whether it is known what something waits for: true of our own resources."""
    return hasattr(one, WAITS_FOR) if isinstance(one, pulumi.Resource) else False


def _direct(one: Any) -> Iterator[Any]:
    if isinstance(one, pulumi.Resource):
        yield from getattr(one, WAITS_FOR, ())
        yield from getattr(one, TURN, ())


async def _settled(output: pulumi.Output[Any]) -> None:
    """Wait until an Output is known or has failed."""
    try:
        await output.future(with_unknowns=True)
    except Exception:  # noqa: BLE001 - the program hears of it where it uses the Output
        return


class Turns:
    """A group of resources that take turns. They are added while the program runs."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._places: weakref.WeakKeyDictionary[One, int] = weakref.WeakKeyDictionary()
        self._waiting: weakref.WeakKeyDictionary[One, asyncio.Task[None]]
        self._waiting = weakref.WeakKeyDictionary()

    def add(self, resource: One, place: int) -> list[One]:
        """Add a resource. `place` is its turn: the lowest comes first.

        Returns those whose turn is later and that have already begun to wait for others, so that
        they cannot wait for this one any more.
        """
        self._places[resource] = place
        return [one for one in self._waiting if self._places[one] > place]

    def before(self, resource: One) -> pulumi.Output[Any]:
        """Return an Output for `depends_on` that stands for the resources to wait for."""

        async def is_known() -> bool:
            return True

        async def value() -> None:
            return None

        return pulumi.Output(self._earlier(resource), value(), is_known())

    async def unordered(self, resource: One) -> list[One]:
        """Return the resources whose turn is earlier and that it could not wait for."""
        waited_for = await self._earlier(resource)
        return [one for one in self._before(resource) if one not in waited_for]

    def _before(self, resource: One) -> list[One]:
        place = self._places[resource]
        earlier = (one for one, other in self._places.items() if other < place)
        return sorted(earlier, key=lambda one: self._places[one])

    async def _earlier(self, resource: One) -> set[pulumi.Resource]:
        if resource not in self._waiting:
            self._waiting[resource] = asyncio.ensure_future(self._wait(resource))
        await self._waiting[resource]
        return {*getattr(resource, TURN, ())}

    async def _wait(self, resource: One) -> None:
        """Choose which resources to wait for; wait here for those that may wait for this one."""
        for one in self._before(resource):
            await self._program.look(one)
            # There is no `await` between this look and the note of a "no": nobody else chooses.
            waits = self._program.waits(one, resource)
            if waits == "unknown" and await _is_there(one):
                waits = "no"
            if waits == "no":
                self._program.wait(resource, one)


async def _is_there(resource: pulumi.Resource) -> bool:
    """Wait until a resource is registered, at most AT_MOST seconds; return whether it is."""
    task = asyncio.ensure_future(_settled(resource.urn))
    done, _ = await asyncio.wait({task}, timeout=AT_MOST)
    return task in done
