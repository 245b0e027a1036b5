"""A group, or a reusable policy, that changes in one run with what refers to it.

The engine writes groups first, then the policies that refer to them, then the applications that
have these; and an application before what is said of its own policies. Until all of that is
written, and longer if it fails, old policies decide with new groups, and old lists of policies with
new policies. So each of them has a reserved input with what the program says of all the lists that
it counts in, as text (in_force.py). Check compares it with the text of the last run that wrote the
resource, and refuses a change by which somebody gets more meanwhile than by the old policies and by
the new ones.

Groups and reusable policies know what they say, and believe what is said of the lists. A list knows
what it was when it was last written: where it failed, that is not what the others believe.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..engine.run import current
from ..program.program_text import digest
from .everybody import Everybody
from .in_force import (
    FORMER,
    GROUP,
    GROUPS,
    LISTS,
    LOGINS,
    OTHERS,
    OWN,
    PART,
    PERSON,
    PLACE,
    POLICIES,
    Sections,
    behind,
    mark,
    marks_in,
    renamed,
    short,
)
from .outcomes import EVERYONE, Comparison, Mfa, Outcome, People, Ruling
from .widened import DEFAULT_SESSION, SECTIONS, Told, outcome_of

# Of so many objects that change at once, every combination is looked at.
MOST_COMBINED = 6

MEANWHILE = (
    "Until all of that is written, and longer if that fails, {where} would let in somebody whom "
    "neither the old policies nor the new ones let in, or ask less of somebody than both do. Make "
    "what gets stricter in an up of its own first, then this"
)
TOLD = "{what} is written before what refers to it. " + MEANWHILE
TOLD_OF_A_LIST = (
    "{what} changes in one up with groups, with reusable policies or with the application, or an "
    "earlier up failed to write it: these are written first. " + MEANWHILE
)
TOLD_OF_PLACES = (
    "{what}: {places}, and the application is written before its own policies, and does not wait "
    "for their groups. Until all of that is written, and longer if that fails, {where} would let "
    "in more people there, or ask less of them, than the new policies do. Make what gets stricter "
    "in an up of its own first, then this"
)

# --------------------------------------------------------------------------------------- in check


def mistakes_in_turn(
    what: str, was: str | None, now: str | None, new_places: str = ""
) -> Iterator[str]:
    """Say which applications a change would open too far meanwhile.

    `was` and `now` are the texts of the object, of the last run that wrote it and of this one;
    `new_places` says in words which places an application gets.
    """
    if not now or (was == now and not new_places):
        return
    Run(after := json.loads(now)).remember()
    if not was:
        # Nothing is known.
        return
    Run(before := json.loads(was)).remember()
    is_of_a_list = OWN in after
    if is_of_a_list and OWN in before:
        yield from _mistakes_of_a_list(what, before, after, new_places)
        return
    where = sorted(_too_far(before, after))
    if where:
        yield TOLD.format(what=what, where=", ".join(where))


def _too_far(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Return the applications that a change of a group, or of a reusable policy, opens too far."""
    before, after = _pair(was, now)
    own, changed = was["own"], _changed(before, after)
    if own not in changed:
        return
    moments = [before.with_new(after, some) for some in _combinations(own, changed, after)]
    for name, old in before.lists.items():
        if name in after.lists:
            final = after.lists[name]
        elif OTHERS not in now or mark(name) in marks_in(now[OTHERS]):
            # It no longer refers to it, and whom it lets in instead nobody has told us.
            final = []
        else:
            # The application leaves the program.
            continue
        whole = Lists()
        one = whole.resolved(before, old, name)
        other = whole.resolved(after, final, name)
        meanwhile = [whole.resolved(moment, old, name) for moment in moments]
        if whole.is_weaker(one, other, meanwhile):
            yield in_words(name)


def _mistakes_of_a_list(
    what: str, was: Mapping[str, Any], now: Mapping[str, Any], new_places: str
) -> Iterator[str]:
    """Say whether an application would be opened too far meanwhile, as the state has its list.

    The text is of the application, or of what is said of its own policies.
    """
    before, after = _pair(was, now)
    [(name, old)], [(new_name, final)] = before.lists.items(), after.lists.items()
    if name != new_name:
        # It is about another application, and something else is made.
        return
    is_application = not now[PART]
    new = new_places if now[OWN] and is_application else ""
    if now[OWN] and is_application and before.login(name) == after.login(name) and not new:
        # It has nothing to do with it.
        return
    changed, whole = _changed(before, after), Lists()
    one, other = whole.resolved(before, old, name), whole.resolved(after, final, name)
    moments = [
        (moment, login)
        for some in _combinations(None, changed, after)
        for moment in [before.with_new(after, some)]
        for login in (before, after)
        if login is before or now[OWN]
    ]
    meanwhile = [
        whole.resolved(moment, entries, name, login)
        for moment, login in moments
        for entries in _half_way(old, final)
    ]
    if whole.is_weaker(one, other, meanwhile):
        yield TOLD_OF_A_LIST.format(what=what, where=in_words(name))
    elif new:
        there = [whole.resolved(moment, old, name, after) for moment, _ in moments]
        if whole.is_weaker([], other, there):
            yield TOLD_OF_PLACES.format(what=what, places=new, where=in_words(name))


def _half_way(old: Sequence[Any], new: Sequence[Any]) -> Iterator[list[Any]]:
    """Return what a list is until it is the new one: single policies come one after the other.

    Where one goes to another place, succession.py says what that leads to.
    """
    yield [*old]
    if old == new or not all(isinstance(one, Mapping) and PLACE in one for one in (*old, *new)):
        return
    before, after = ({one[PLACE]: one for one in entries} for entries in (old, new))
    places = sorted({*before, *after})
    names = {one["name"]: place for place, one in before.items()}
    if any(names.get(one["name"], place) != place for place, one in after.items()):
        return
    for number in range(1, len(places)):
        here = {**before, **{place: after[place] for place in places[:number] if place in after}}
        yield [here[place] for place in sorted(here)]


def _pair(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Run, Run]:
    """Read two texts, and call what goes by another name by now what it was called before."""
    words = {
        new: old
        for new, names in now.get(FORMER, {}).items()
        for old in names
        if old in {*was[GROUPS], *was[POLICIES], *was[LISTS]}
        and old not in {*now[GROUPS], *now[POLICIES], *now[LISTS]}
    }
    if was["own"] != now["own"]:
        words[now["own"]] = was["own"]
    return Run(was).known(), Run(now).renamed(words).known()


def _changed(before: Run, after: Run) -> set[str]:
    said, says = before.said, after.said
    return {word for word in said.keys() & says.keys() if said[word] != says[word]}


def in_words(name: str) -> str:
    """Write what a text calls an application as a sentence has it."""
    return name.strip("<>").replace("AccessApplication ", "application ")


def _combinations(own: str | None, changed: set[str], after: Run) -> set[frozenset[str]]:
    """Return which objects may be written at once, each with what comes before it.

    Those without the object at hand, too: an earlier run may have failed to write it, and the
    others do not know that.
    """

    def with_what_comes_before(some: Iterable[str]) -> frozenset[str]:
        return frozenset(behind(some, after.groups, after.policies) & changed)

    others = sorted(changed - {own})
    sizes = range(len(others) + 1) if len(others) < MOST_COMBINED else (0, len(others))
    return {
        with_what_comes_before([*first, *some])
        for first in ([] if own is None else [own], [])
        for size in sizes
        for some in itertools.combinations(others, size)
    }


@dataclass(frozen=True)
class Run:
    """What a run has, by a text: groups, reusable policies, and lists of policies."""

    told: Mapping[str, Any]

    @property
    def groups(self) -> Mapping[str, Sections]:
        """Return whom each group holds."""
        found: Mapping[str, Sections] = self.told[GROUPS]
        return found

    @property
    def policies(self) -> Mapping[str, Any]:
        """Return what each reusable policy says."""
        found: Mapping[str, Any] = self.told[POLICIES]
        return found

    @property
    def said(self) -> dict[str, Any]:
        """Return all that is said of each object."""
        return {**self.groups, **self.policies}

    @property
    def lists(self) -> dict[str, list[Any]]:
        """Return the policies of each application, in their order."""
        return {name: self.told["orders"][number] for name, number in self.told[LISTS].items()}

    def login(self, name: str) -> Mapping[str, Any] | None:
        """Return how people log in to an application. None: nobody says it."""
        found: Mapping[str, Any] | None = self.told.get(LOGINS, {}).get(name)
        return found

    def remember(self) -> None:
        """Remember the groups that the text has whole."""
        for rules in (rules for said in self.groups.values() for rules in said.values()):
            [*_, rest] = short(rules, most=0) or [""]
            if len(rules) > 1:
                current().group_rules[rest] = [rule for rule in rules if not rule.startswith(GROUP)]

    def known(self) -> Run:
        """Return this with the groups whole that this process has seen whole."""

        def whole(rules: Sequence[str]) -> list[str]:
            seen = current().group_rules
            return sorted(each for rule in rules for each in seen.get(rule, [rule]))

        groups = {
            word: {name: whole(rules) for name, rules in said.items()}
            for word, said in self.groups.items()
        }
        return Run({**self.told, GROUPS: groups})

    def with_new(self, after: Run, some: Iterable[str]) -> Run:
        """Return this, with some of the objects as another run has them.

        What is new there has been made before what refers to it.
        """
        held = {
            what: {
                **after.told[what],
                **self.told[what],
                **{w: after.told[what][w] for w in some if w in after.told[what]},
            }
            for what in (GROUPS, POLICIES)
        }
        return Run({**self.told, **held})

    def renamed(self, words: Mapping[str, str]) -> Run:
        """Return this, with objects called something else."""
        if not words:
            return self
        held: dict[str, Any] = {
            what: {words.get(w, w): renamed(said, words) for w, said in self.told[what].items()}
            for what in (GROUPS, POLICIES)
        }
        held |= {
            what: {words.get(w, w): said for w, said in self.told[what].items()}
            for what in (LISTS, LOGINS)
            if what in self.told
        }
        orders = [[renamed(entry, words) for entry in order] for order in self.told["orders"]]
        return Run({**self.told, **held, "orders": orders})


@dataclass
class Lists:
    """Lists of policies whose groups are known, so that it is known which are within others."""

    groups: dict[str, People] = field(default_factory=dict)
    """Whom a group holds, by what stands for it in a rule: its content."""

    def is_weaker(self, old: list[Told], new: list[Told], meanwhile: Sequence[list[Told]]) -> bool:
        """Return whether somebody gets more by one of some lists than by the old and by the new."""
        comparison = Comparison(old, new, meanwhile, self.is_within, self.is_apart)
        found = [each for each in meanwhile if each != old and comparison.is_weaker(each)]
        return bool(found) and not self.are_safe(found, old, new)

    def are_safe(self, moments: Sequence[list[Told]], old: list[Told], new: list[Told]) -> bool:
        """Return whether a look at each rule shows that nobody gets more by any of the moments."""
        everybody = Everybody([old, new, *moments], self.groups, _is_person)
        return not everybody.is_too_large and not any(
            everybody.is_weaker(moment, old, new) for moment in moments
        )

    def resolved(
        self, run: Run, entries: Iterable[Any], name: str, login: Run | None = None
    ) -> list[Told]:
        """Return a list as it decides, with the groups and the policies of a run.

        `login` is the run that says how people log in to the application, if not the same.
        """
        found = [self._policy(run, entry) for entry in entries]
        said = (login or run).login(name)
        return found if said is None else [self._at(one, said) for one in found]

    def _at(self, told: Told, login: Mapping[str, Any]) -> Told:
        """Return a policy as it decides for people who log in like this."""
        outcome = told.ruling.outcome.at(
            login.get("session", DEFAULT_SESSION), Mfa.of(login.get("mfa") or {})
        )
        people, idps = told.ruling.people, [f"idp {idp}" for idp in login.get("idps", ())]
        if idps and outcome.decision == "allow":
            by = f"{GROUP}{digest(idps)}"
            self.groups[by] = People(frozenset(idps))
            people = replace(people, require=people.require | {by})
        return Told(told.name, Ruling(people, outcome))

    def _policy(self, run: Run, entry: Any) -> Told:
        if isinstance(entry, str):
            said = run.policies.get(entry)
            if said is None:
                # Another program's, or not known yet: it is itself, and nothing else.
                return Told(entry, Ruling(People(frozenset([entry])), Outcome(entry)))
            entry = said
        return Told(str(entry["name"]), Ruling(self._people(run, entry, ()), outcome_of(entry)))

    def _people(self, run: Run, said: Sections, inside: tuple[str, ...]) -> People:
        return People(
            *(
                frozenset(self._rule(run, r, inside) for r in said.get(name, ()))
                for name in SECTIONS
            )
        )

    def _rule(self, run: Run, rule: str, inside: tuple[str, ...]) -> str:
        word = rule.removeprefix(GROUP)
        if not rule.startswith(GROUP) or word not in run.groups or word in inside:
            return rule
        people = self._people(run, run.groups[word], (*inside, word))
        sections = [sorted(getattr(people, name)) for name in SECTIONS]
        by = f"{GROUP}{digest(sections)}"
        self.groups[by] = people
        return by

    def is_within(self, one: People, other: People) -> bool:
        """Return whether everybody who matches one is known to match the other."""
        kept_out = [e for e in other.exclude if not self.is_apart(one, People(frozenset([e])))]
        return (
            _all_have(one.include, other.include, self._implies)
            and _all_have(kept_out, one.exclude, self._implies)
            and _all_have(other.require, one.require, lambda r, mine: self._implies(mine, r))
        )

    def is_apart(self, one: People, other: People) -> bool:
        """Return whether nobody is known to match both."""
        return (
            all(self._are_apart(a, b) for a in one.include for b in other.include)
            or _all_have(one.include, other.exclude, self._implies)
            or _all_have(other.include, one.exclude, self._implies)
        )

    def _are_apart(self, one: str, other: str) -> bool:
        if one.startswith(PERSON) and other.startswith(PERSON):
            return one != other
        if one not in self.groups and other not in self.groups:
            return False
        return self.is_apart(*(self.groups.get(r, People(frozenset([r]))) for r in (one, other)))

    def _implies(self, one: str, other: str) -> bool:
        if other in (one, EVERYONE):
            return True
        if one not in self.groups and other not in self.groups:
            return False
        return self.is_within(*(self.groups.get(r, People(frozenset([r]))) for r in (one, other)))


def _is_person(rule: str) -> bool:
    return rule.startswith(PERSON)


def _all_have(some: Iterable[str], others: Iterable[str], fits: Callable[[str, str], bool]) -> bool:
    others = [*others]
    return all(any(fits(one, other) for other in others) for one in some)
