"""Lists of policies, decided for everybody who can be: what opaque comparisons leave open.

Where `outcomes.Comparison` takes a policy's people as a whole, this looks at each rule of each
policy and group. Somebody is a bit of an integer, for every combination of rules that match or do
not; nobody has two addresses. So it is exact, up to some number of rules: beyond, it says nothing.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from .outcomes import DENIED, EVERYONE, Decides, Outcome, People, is_early

# So many conditions are looked at in every combination. Rules that stand beside each other
# everywhere are one.
MOST_CONDITIONS = 16

Condition = tuple[bool, str]
"""Whether it is asked before the login, and the rule."""


class Everybody:
    """Everybody whom some lists of policies can tell apart.

    `groups` are the people of rules that stand for a group, `is_person` tells rules about one
    address.
    """

    def __init__(
        self,
        lists: Iterable[Sequence[Decides]],
        groups: Mapping[str, People],
        is_person: Callable[[str], bool],
    ) -> None:
        self._groups = groups
        self._alike: dict[str, str] = {}
        asked: dict[People, set[bool]] = {}
        for policy in itertools.chain.from_iterable(lists):
            self._ask(policy.ruling.people, asked, early=is_early(policy.ruling))
        conditions = [*self._conditions(asked, is_person)]
        self.is_too_large = len(conditions) > MOST_CONDITIONS
        """Whether there are more than can be looked at."""
        if self.is_too_large:
            return
        number = 1 << len(conditions)
        self._matching = {
            one: _every_other(1 << n, number) for n, (one, _) in enumerate(conditions)
        }
        self._all = (1 << number) - 1
        people = [one for one, is_one in conditions if is_one]
        for one, other in itertools.combinations(people, 2):
            if one[0] == other[0]:
                self._all &= ~(self._matching[one] & self._matching[other])

    def is_weaker(
        self, moment: Sequence[Decides], old: Sequence[Decides], new: Sequence[Decides]
    ) -> bool:
        """Return whether somebody gets more by a list than by the old one and by the new one."""
        before, after = self._outcomes(old), self._outcomes(new)
        for now, people in self._outcomes(moment).items():
            if now.denies:
                continue
            weaker = [
                functools.reduce(
                    int.__or__,
                    (mask for one, mask in outcomes.items() if not now.is_no_weaker(one)),
                    0,
                )
                for outcomes in (before, after)
            ]
            if people & weaker[0] & weaker[1]:
                return True
        return False

    def _ask(self, people: People, asked: dict[People, set[bool]], *, early: bool) -> None:
        phases = asked.setdefault(people, set())
        if early not in phases:
            phases.add(early)
            for rule in itertools.chain(people.include, people.exclude, people.require):
                if rule in self._groups:
                    self._ask(self._groups[rule], asked, early=early)

    def _conditions(
        self, asked: Mapping[People, set[bool]], is_person: Callable[[str], bool]
    ) -> Iterator[tuple[Condition, bool]]:
        """Return the conditions, and whether each is about one address, or one of several."""
        where: dict[str, set[tuple[int, str]]] = {}
        phases: dict[str, set[bool]] = {}
        for number, (people, early) in enumerate(asked.items()):
            for section in ("include", "exclude", "require"):
                for rule in getattr(people, section) - self._groups.keys() - {EVERYONE}:
                    # All of `require` must match, each by itself.
                    place = f"require {rule}" if section == "require" else section
                    where.setdefault(rule, set()).add((number, place))
                    phases.setdefault(rule, set()).update(early)
        first: dict[tuple[frozenset[tuple[int, str]], bool], str] = {}
        for rule in sorted(where):
            key = (frozenset(where[rule]), is_person(rule))
            self._alike[rule] = first.setdefault(key, rule)
        found = {
            (early, self._alike[rule]): is_person(rule)
            for rule, known in phases.items()
            for early in known
        }
        yield from sorted(found.items())

    def _outcomes(self, policies: Sequence[Decides]) -> dict[Outcome, int]:
        found: dict[Outcome, int] = {}
        left = self._all
        for early in (True, False):
            for ruling in (policy.ruling for policy in policies):
                if is_early(ruling) is early:
                    here = self._match(ruling.people, early=early) & left
                    found[ruling.outcome] = found.get(ruling.outcome, 0) | here
                    left &= ~here
        found[DENIED] = found.get(DENIED, 0) | left
        return found

    def _match(self, people: People, *, early: bool) -> int:
        """Return who matches: any of include, all of require, none of exclude."""

        def one(rule: str) -> int:
            if rule in self._groups:
                return self._match(self._groups[rule], early=early)
            return self._all if rule == EVERYONE else self._matching[early, self._alike[rule]]

        found = functools.reduce(int.__or__, map(one, people.include), 0)
        kept_out = functools.reduce(int.__or__, map(one, people.exclude), 0)
        return functools.reduce(int.__and__, map(one, people.require), found & ~kept_out)


def _every_other(run: int, number: int) -> int:
    """Return so many people in turn who do not meet a condition and who do, `run` at a time."""
    found, width = ((1 << run) - 1) << run, 2 * run
    while width < number:
        found |= found << width
        width *= 2
    return found
