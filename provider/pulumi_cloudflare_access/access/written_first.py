"""A group, or a reusable policy, that changes in one run with what refers to it.

The engine writes groups first, then the policies that refer to them, then the applications that
have these. Until all of that is written, and longer if it fails, old policies decide with new
groups, and old lists of policies with new policies. So groups and reusable policies have a reserved
input with what the program says of all the lists that they count in, as text. Check compares it
with the text of the run before, and refuses a change by which somebody gets more meanwhile than by
the old policies and by the new ones.

What the text holds is in program_text.py.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from ..program.later import later
from ..program.program_text import Words, digest, has_word
from ..program.references import ID, id_of, word_for
from ..program.resource import Deployment
from .everybody import Everybody
from .outcomes import EVERYONE, Comparison, Outcome, People, Ruling
from .widened import SECTIONS, Told, described, outcome_of, written_rule

# A reserved input of groups and of reusable policies.
IN_FORCE = "__in_force"
GROUPS, POLICIES, LISTS = "groups", "policies", "lists"
# What a rule about a group begins with, in a text; its resource, or its id, comes behind that.
GROUP = "group "
# What a rule about one address begins with: nobody has two.
PERSON = "email "
# Of so many objects that change at once, every combination is looked at.
MOST_COMBINED = 6
# So many rules of other groups than its own are in a text.
MOST_WRITTEN = 8
# Of so many applications, a text names those, too, that have nothing to do with its object.
MOST_NAMED = 60

TOLD = (
    "{what} is written before what refers to it. Until all of that is written, and longer if that "
    "fails, {where} would let in somebody whom neither the old policies nor the new ones let in, "
    "or ask less of somebody than both do. Make what gets stricter in an up of its own first, "
    "then this"
)

Sections = Mapping[str, Sequence[str]]

# --------------------------------------------------------------------------------- in the program


def tell_group(group: pulumi.CustomResource, arguments: Mapping[str, Any]) -> None:
    """Have everybody know whom a group holds."""
    told = described(arguments, _called(group), _rule)
    _tell(GROUPS, group, arguments.get("adopt"), {k: told[k] for k in SECTIONS if k in told})


def tell_policy(policy: pulumi.CustomResource, arguments: Mapping[str, Any]) -> None:
    """Have everybody know what a reusable policy says."""
    _tell(POLICIES, policy, arguments.get("adopt"), described(arguments, _called(policy), _rule))


def tell_attached(application: pulumi.CustomResource, policies: Any) -> None:
    """Have everybody know which reusable policies an application has."""
    if policies is None:
        return
    entries = policies if isinstance(policies, (list, tuple)) else [policies]
    places = [entry.get("precedence") if isinstance(entry, Mapping) else None for entry in entries]
    if all(isinstance(place, int) for place in places):
        entries = [entry for _, entry in sorted(zip(places, entries, strict=True), key=_place)]
    words = Words()
    ids = [entry.get(ID) if isinstance(entry, Mapping) else entry for entry in entries]
    told = [str(words.plain(id_, "policies")) for id_ in ids]
    Deployment.current().told(LISTS, "").append((_called(application), None, told))


def tell_own(application: Any, place: Any, policies: Any) -> None:
    """Have everybody know which policies of its own an application has, or one of them."""
    application = id_of(application)
    if isinstance(application, (pulumi.Output, Awaitable)) and word_for(application) is None:
        # Nobody can say whose they are.
        return
    entries = policies if isinstance(policies, (list, tuple)) else [policies]
    told = [described(entry, f"policies[{n}]", _rule) for n, entry in enumerate(entries)]
    place = place if isinstance(place, int) else None
    Deployment.current().told(LISTS, "").append((_called(application), place, told))


@later
async def in_force_text(deployment: Deployment, resource: pulumi.CustomResource) -> str:
    """Write down all the lists of policies that an object counts in, and what decides there.

    Asked for when the program has run.
    """
    program, own = _Program.of(deployment), _called(resource)
    lists = {name: program.lists[name] for name in program.counts_in.get(own, ())}
    used = {own} | {word for name in lists for word in program.behind[name]}
    # Applications that have the same policies are many.
    orders = {json.dumps(entries, sort_keys=True): entries for entries in lists.values()}
    at = {key: number for number, key in enumerate(orders)}
    told: dict[str, Any] = {
        "own": own,
        GROUPS: {
            word: program.groups[word] if word == own else program.in_short(word)
            for word in sorted(used & program.groups.keys())
        },
        POLICIES: {word: program.policies[word] for word in sorted(used & program.policies.keys())},
        LISTS: {name: at[json.dumps(lists[name], sort_keys=True)] for name in lists},
        "orders": [*orders.values()],
    }
    others = program.lists.keys() - lists.keys()
    if len(program.lists) <= MOST_NAMED:
        told["others"] = sorted(map(digest, others))
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def _tell(what: str, resource: pulumi.CustomResource, adopt: Any, told: Any) -> None:
    id_ = adopt if isinstance(adopt, str) else None
    Deployment.current().told(what, "").append((_called(resource), id_, told))


def _called(value: Any) -> str:
    return str(Words().plain(value, "application"))


def _place(one: tuple[Any, Any]) -> Any:
    return one[0]


def _rule(rule: Any) -> str:
    group = rule.get("group") if isinstance(rule, Mapping) else None
    id_ = group.get(ID) if isinstance(group, Mapping) else None
    if isinstance(id_, str):
        return f"{GROUP}{id_}"
    person = rule.get("email") if isinstance(rule, Mapping) else None
    is_known = isinstance(person, Mapping) and not has_word(person) and len(rule) == 1
    return f"{PERSON if is_known else ''}{written_rule(rule)}"


class _Program:
    """What a program has said so far."""

    def __init__(self, deployment: Deployment) -> None:
        told = {what: deployment.told(what, "") for what in (GROUPS, POLICIES, LISTS)}
        # Who adopts an object may be referred to by its id.
        words = {id_: word for what in (GROUPS, POLICIES) for word, id_, _ in told[what] if id_}
        self.groups = {word: _renamed(held, words) for word, _, held in told[GROUPS]}
        self.policies = {word: _renamed(said, words) for word, _, said in told[POLICIES]}
        placed: dict[str, list[tuple[int, Any]]] = {}
        for name, place, entries in told[LISTS]:
            placed.setdefault(name, []).extend((place or 0, entry) for entry in entries)
        self.lists = {
            name: [_renamed(entry, words) for _, entry in sorted(entries, key=_place)]
            for name, entries in placed.items()
        }
        self.behind = {
            name: _behind(entries, self.groups, self.policies)
            for name, entries in self.lists.items()
        }
        """The objects of the program that each list of policies depends on."""
        self.counts_in: dict[str, list[str]] = {}
        """The lists that each of them counts in."""
        for name, used in self.behind.items():
            for word in used:
                self.counts_in.setdefault(word, []).append(name)
        self._in_short: dict[str, Sections] = {}

    @classmethod
    def of(cls, deployment: Deployment) -> _Program:
        """Return what has been said so far. Every group and every policy asks for it."""
        said = tuple(len(deployment.told(what, "")) for what in (GROUPS, POLICIES, LISTS))
        known = deployment.told(IN_FORCE, "")
        if not known or known[0][0] != said:
            known[:] = [(said, cls(deployment))]
        found: _Program = known[0][1]
        return found

    def in_short(self, word: str) -> Sections:
        """Return whom a group holds, so short that it tells when that changes, and who refers."""
        if word not in self._in_short:
            self._in_short[word] = {
                name: _short(rules) for name, rules in self.groups[word].items()
            }
        return self._in_short[word]


def _short(rules: Sequence[str]) -> list[str]:
    if len(rules) <= MOST_WRITTEN:
        return [*rules]
    groups = [rule for rule in rules if rule.startswith(GROUP)]
    return [*groups, digest(sorted({*rules} - {*groups}))]


def _renamed(told: Any, words: Mapping[str, str]) -> Any:
    """Refer to a resource where its id stands."""
    if isinstance(told, str):
        return words.get(told, told)
    sections = {
        name: [_renamed_rule(rule, words) for rule in told[name]]
        for name in SECTIONS
        if name in told
    }
    return {**told, **sections}


def _renamed_rule(rule: str, words: Mapping[str, str]) -> str:
    if not rule.startswith(GROUP):
        return rule
    id_ = rule.removeprefix(GROUP)
    return f"{GROUP}{words.get(id_, id_)}"


def _behind(
    entries: Iterable[Any], groups: Mapping[str, Sections], policies: Mapping[str, Any]
) -> set[str]:
    found: set[str] = set()
    left = [*entries]
    while left:
        entry = left.pop()
        if isinstance(entry, str):
            if entry in found or not (entry in groups or entry in policies):
                continue
            found.add(entry)
            entry = groups.get(entry) or policies.get(entry) or {}
        rules = (rule for name in SECTIONS for rule in entry.get(name, ()))
        left += [rule.removeprefix(GROUP) for rule in rules if rule.startswith(GROUP)]
    return found


# --------------------------------------------------------------------------------------- in check


def mistakes_in_turn(what: str, was: str | None, now: str | None) -> Iterator[str]:
    """Say which applications a change would open too far meanwhile.

    `was` and `now` are the texts of the object, of the run before and of this one.
    """
    if not was or not now or was == now:
        # Nothing is known, or nothing changes.
        return
    where = sorted(_too_far(json.loads(was), json.loads(now)))
    if where:
        yield TOLD.format(what=what, where=", ".join(where))


def _too_far(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    before, after = _Run(was), _Run(now)
    own, new = was["own"], now["own"]
    if own != new:
        # It goes by another name by now.
        after = after.renamed(new, own)
    changed = {
        word
        for word in before.said.keys() & after.said.keys()
        if before.said[word] != after.said[word]
    }
    if own not in changed:
        return
    moments = [before.with_new(after, some) for some in _combinations(own, changed, after)]
    for name, old in before.lists.items():
        if name in after.lists:
            final = after.lists[name]
        elif digest(name) in now.get("others", [digest(name)]):
            # It no longer refers to it, and whom it lets in instead nobody has told us.
            final = []
        else:
            # The application leaves the program.
            continue
        whole = _Lists()
        one, other = whole.resolved(before, old), whole.resolved(after, final)
        meanwhile = [whole.resolved(moment, old) for moment in moments]
        comparison = Comparison(one, other, meanwhile, whole.is_within, whole.is_apart)
        found = [each for each in meanwhile if each != one and comparison.is_weaker(each)]
        if found and not whole.are_safe(found, one, other):
            yield name.strip("<>").replace("AccessApplication ", "application ")


def _combinations(own: str, changed: set[str], after: _Run) -> set[frozenset[str]]:
    """Return which objects may be written at once, each with what comes before it.

    Those without the object at hand, too: an earlier run may have failed to write it, and the
    others do not know that.
    """

    def with_what_comes_before(some: Iterable[str]) -> frozenset[str]:
        return frozenset(_behind(some, after.groups, after.policies) & changed)

    others = sorted(changed - {own})
    sizes = range(len(others) + 1) if len(others) < MOST_COMBINED else (0, len(others))
    return {
        with_what_comes_before([*first, *some])
        for first in ([own], [])
        for size in sizes
        for some in itertools.combinations(others, size)
    }


@dataclass(frozen=True)
class _Run:
    """What a run has, by a text: groups, reusable policies, and lists of policies."""

    told: Mapping[str, Any]

    @property
    def groups(self) -> Mapping[str, Sections]:
        found: Mapping[str, Sections] = self.told[GROUPS]
        return found

    @property
    def policies(self) -> Mapping[str, Any]:
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

    def with_new(self, after: _Run, some: Iterable[str]) -> _Run:
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
        return _Run({**self.told, **held})

    def renamed(self, old: str, new: str) -> _Run:
        """Return this, with one of the objects called something else."""
        words = {old: new}
        held: dict[str, Any] = {
            what: {words.get(w, w): _renamed(said, words) for w, said in self.told[what].items()}
            for what in (GROUPS, POLICIES)
        }
        orders = [[_renamed(entry, words) for entry in order] for order in self.told["orders"]]
        return _Run({**self.told, **held, "orders": orders})


@dataclass
class _Lists:
    """Lists of policies whose groups are known, so that it is known which are within others."""

    groups: dict[str, People] = field(default_factory=dict)
    """Whom a group holds, by what stands for it in a rule: its content."""

    def are_safe(self, moments: Sequence[list[Told]], old: list[Told], new: list[Told]) -> bool:
        """Return whether a look at each rule shows that nobody gets more by any of the moments."""
        everybody = Everybody([old, new, *moments], self.groups, _is_person)
        return not everybody.is_too_large and not any(
            everybody.is_weaker(moment, old, new) for moment in moments
        )

    def resolved(self, run: _Run, entries: Iterable[Any]) -> list[Told]:
        """Return a list as it decides, with the groups and the policies of a run."""
        return [self._policy(run, entry) for entry in entries]

    def _policy(self, run: _Run, entry: Any) -> Told:
        if isinstance(entry, str):
            said = run.policies.get(entry)
            if said is None:
                # Another program's, or not known yet: it is itself, and nothing else.
                return Told(entry, Ruling(People(frozenset([entry])), Outcome(entry)))
            entry = said
        return Told(str(entry["name"]), Ruling(self._people(run, entry, ()), outcome_of(entry)))

    def _people(self, run: _Run, said: Sections, inside: tuple[str, ...]) -> People:
        return People(
            *(
                frozenset(self._rule(run, r, inside) for r in said.get(name, ()))
                for name in SECTIONS
            )
        )

    def _rule(self, run: _Run, rule: str, inside: tuple[str, ...]) -> str:
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
