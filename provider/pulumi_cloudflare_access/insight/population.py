"""Known people and services. A set of them is an integer: bit n is subject n.

An unknown attribute may have any value. So the basic question is who may have one of some values.
Those who surely have one are the complement of those who may have another value.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

from .addresses import Interval, interval_of
from .atoms import Atom
from .subjects import ANY_PROVIDER, Person, Subject

PeopleSet: TypeAlias = int
YesNo: TypeAlias = tuple[PeopleSet, PeopleSet]
"""Those for whom something may hold, and those for whom it may not hold."""
_Pairs: TypeAlias = defaultdict[Atom, tuple[list[int], list[int]]]


class _Sources(NamedTuple):
    """Where requests come from: subjects with one address (sorted), with several, with unknown."""

    numbers: Sequence[int]
    owners: Sequence[int]
    located: PeopleSet
    several: Sequence[tuple[int, Sequence[Interval]]]
    anywhere: PeopleSet


class People:
    """An index of people and services by all attributes that rules use."""

    def __init__(self, subjects: Iterable[Subject]) -> None:
        self.subjects: Final[Sequence[Subject]] = tuple(subjects)
        self._bytes = (len(self.subjects) + 7) // 8
        self.everybody: Final[PeopleSet] = (1 << len(self.subjects)) - 1
        self._by_address: dict[str, list[int]] = {}
        self._by_domain: defaultdict[str, list[int]] = defaultdict(list)
        persons = []
        for index, subject in enumerate(self.subjects):
            if isinstance(subject, Person):
                persons.append(index)
                address = subject.email.lower()
                self._by_address.setdefault(address, []).append(index)
                self._by_domain[address.rpartition("@")[2]].append(index)
        self.persons: Final[PeopleSet] = self.set_of(persons)
        """Those who log in."""
        self._domains: dict[str, PeopleSet] = {}
        self._values: dict[str, Mapping[frozenset[str] | None, PeopleSet]] = {}
        self._unsure: dict[str, PeopleSet] = {}
        self._held: dict[tuple[str, str, str], PeopleSet] = {}
        self._answers: dict[Atom, YesNo] = {}

    def set_of(self, indexes: Iterable[int]) -> PeopleSet:
        """Return the set of the subjects with these indexes."""
        found = bytearray(self._bytes)
        for index in indexes:
            found[index >> 3] |= 1 << (index & 7)
        return int.from_bytes(found, "little")

    def members(self, people: PeopleSet) -> Iterator[Subject]:
        """Yield the subjects of a set, in their order."""
        for index, byte in enumerate(people.to_bytes(self._bytes, "little")):
            for bit in range(8) if byte else ():
                if byte >> bit & 1:
                    yield self.subjects[index * 8 + bit]

    # ------------------------------------------------------------------------------- attributes

    def at_addresses(self, addresses: Iterable[str]) -> PeopleSet:
        """Return the people with these e-mail addresses."""
        known = self._by_address
        found = [index for one in addresses if one in known for index in known[one]]
        if len(found) < 3:  # noqa: PLR2004 - faster for a few
            return sum({1 << index for index in found})
        return self.set_of(found)

    def at_domain(self, domain: str) -> PeopleSet:
        """Return the people whose e-mail address ends in @ and this domain."""
        found = self._domains.get(domain)
        if found is None:
            found = self._domains[domain] = self.set_of(self._by_domain.get(domain, ()))
        return found

    def may_have(self, field: str, values: Collection[str], *, inverted: bool) -> PeopleSet:
        """Return who may have one of these values or, if `inverted`, any other value.

        `field` is a field of subjects: a text, a set of possible texts, or None if unknown.
        """
        found = 0
        for possible, people in self._possible(field).items():
            if possible is None or any((value in values) != inverted for value in possible):
                found |= people
        return found

    def _possible(self, field: str) -> Mapping[frozenset[str] | None, PeopleSet]:
        """Return the subjects by their sets of possible values; None if any value is possible."""
        known = self._values.get(field)
        if known is None:
            indexes: defaultdict[frozenset[str] | None, list[int]] = defaultdict(list)
            for index, subject in enumerate(self.subjects):
                value = getattr(subject, field, None)
                indexes[frozenset((value,)) if isinstance(value, str) else value].append(index)
            known = {value: self.set_of(found) for value, found in indexes.items()}
            self._values[field] = known
        return known

    def may_come_from(self, intervals: Sequence[Interval], *, inverted: bool) -> PeopleSet:
        """Return whose requests may come from these addresses or, if `inverted`, from others."""
        sources = self._sources
        indexes: list[int] = []
        for low, high in intervals:
            first, last = bisect_left(sources.numbers, low), bisect_left(sources.numbers, high)
            indexes += sources.owners[first:last]
        inside = self.set_of(indexes)
        several = [
            index
            for index, places in sources.several
            if _touch(places, intervals, inverted=inverted)
        ]
        found = sources.located ^ inside if inverted else inside
        return found | sources.anywhere | self.set_of(several)

    @cached_property
    def _sources(self) -> _Sources:
        single: list[tuple[int, int]] = []
        several: list[tuple[int, Sequence[Interval]]] = []
        anywhere: list[int] = []
        for index, subject in enumerate(self.subjects):
            if subject.addresses is None:
                anywhere.append(index)
                continue
            places = [interval_of(text) for text in subject.addresses]
            if len(places) == 1 and places[0][1] - places[0][0] == 1:
                single.append((places[0][0], index))
            else:
                several.append((index, places))
        single.sort()
        owners = [index for _, index in single]
        return _Sources(
            [number for number, _ in single],
            owners,
            self.set_of(owners),
            several,
            self.set_of(anywhere),
        )

    def may_be_member(self, provider: str, text: str, *, teams: bool = False) -> YesNo:
        """Return whose token, in a login through a provider, may contain a text, and may not.

        `teams`: the text is a GitHub organization, whose team members are members of it, too.
        """
        key = (provider, text, "/" * teams)
        yes = self._held.get(key)
        if yes is None:
            held, providers = self._membership, {provider, ANY_PROVIDER}
            texts = {text} | {
                inner
                for at, inner in (held if teams else ())
                if at in providers and inner.startswith(f"{text}/")
            }
            yes = self._held[key] = self.set_of(
                index for at in providers for inner in texts for index in held.get((at, inner), ())
            )
        return yes | self._unsure_at(provider), self.everybody ^ yes

    def may_be_member_elsewhere(self, named: Collection[str], text: str) -> YesNo:
        """Return the same for logins through any provider except the named ones."""
        said = [_said_elsewhere(subject, named, text) for subject in self.subjects]
        return (
            self.set_of(index for index, (may, _) in enumerate(said) if may),
            self.set_of(index for index, (_, may_not) in enumerate(said) if may_not),
        )

    @cached_property
    def _membership(self) -> Mapping[tuple[str, str], Sequence[int]]:
        held: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for index, subject in enumerate(self.subjects):
            if isinstance(subject, Person) and subject.groups is not None:
                for provider, texts in subject.groups.items():
                    for text in texts:
                        held[provider, text].append(index)
        return dict(held)

    def _unsure_at(self, provider: str) -> PeopleSet:
        """Return the people whose groups at a provider are not known."""
        found = self._unsure.get(provider)
        if found is None:
            found = self._unsure[provider] = self.set_of(
                index
                for index, subject in enumerate(self.subjects)
                if isinstance(subject, Person)
                and (subject.groups is None or not subject.groups.keys() & {provider, ANY_PROVIDER})
            )
        return found

    def may_be(self, atom: Atom) -> YesNo:
        """Return for whom a yes-or-no atom may hold, and for whom it may not."""
        found = self._answers.get(atom)
        if found is None:
            known = self._facts.get(atom)
            if known is None and atom[0] != "auth_method":
                # Nothing is known about most atoms. Do not keep a set for each.
                return self.everybody, self.everybody
            yes, no = map(self.set_of, known or ((), ()))
            if atom[0] == "auth_method":
                no |= self._methods_known ^ (self._methods_known & yes)
            found = self._answers[atom] = (self.everybody ^ no, self.everybody ^ yes)
        return found

    @cached_property
    def _facts(self) -> Mapping[Atom, tuple[Sequence[int], Sequence[int]]]:
        facts: _Pairs = defaultdict(lambda: ([], []))
        for index, subject in enumerate(self.subjects):
            for check, passes in subject.posture.items():
                facts["device_posture", check][0 if passes else 1].append(index)
            for method in _methods(subject) or ():
                facts["auth_method", method][0].append(index)
            for atom, holds in subject.facts.items():
                facts[atom][0 if holds else 1].append(index)
        return dict(facts)

    @cached_property
    def _methods_known(self) -> PeopleSet:
        return self.set_of(
            index for index, subject in enumerate(self.subjects) if _methods(subject) is not None
        )


def _touch(places: Sequence[Interval], given: Sequence[Interval], *, inverted: bool) -> bool:
    """Tell whether part of the places is inside the intervals or, if `inverted`, outside."""
    for low, high in places:
        inside = sum(max(0, min(high, end) - max(low, start)) for start, end in given)
        if (inside < high - low) if inverted else inside:
            return True
    return False


def _methods(subject: Subject) -> frozenset[str] | None:
    return subject.authentication_methods if isinstance(subject, Person) else frozenset()


def _said_elsewhere(subject: Subject, named: Collection[str], text: str) -> tuple[bool, bool]:
    """Return whether tokens from other providers may contain a text, and whether they may not."""
    if not isinstance(subject, Person):
        return False, True
    if subject.groups is None:
        return True, True
    everywhere = subject.groups.get(ANY_PROVIDER)
    providers = subject.identity_providers
    if providers is None:
        providers = frozenset((*subject.groups, "another one"))
    may = may_not = False
    for provider in providers - {ANY_PROVIDER, *named}:
        held = subject.groups.get(provider)
        is_known = held is not None or everywhere is not None
        is_so = text in (held or ()) or text in (everywhere or ())
        may |= is_so or not is_known
        may_not |= not is_so
    # If there is no other provider, both would be False. The login itself is then ruled out by the
    # attribute for providers.
    return may, may_not or not may
