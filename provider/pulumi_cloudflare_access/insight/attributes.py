"""What a request has exactly one of, cut into the regions that rules tell apart.

Of all e-mail addresses, a few rules tell apart a few: each address that is named, the rest of each
domain that is named, all else. Whoever is in the same regions gets the same answers, so finitely
many regions stand for everybody who could exist. A set of regions is an integer: bit n, region n.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from .addresses import Cells
from .atoms import Atom, membership
from .population import People, PeopleSet
from .unknowns import is_fact

Regions = int


class Attribute(ABC):
    """One attribute. `is_fact`: about Cloudflare or the account, not about the request."""

    is_fact: bool = False

    @property
    @abstractmethod
    def count(self) -> int:
        """How many regions there are."""

    @property
    def every(self) -> Regions:
        """All regions."""
        return (1 << self.count) - 1

    @abstractmethod
    def may(self, people: People, regions: Regions) -> PeopleSet:
        """Return the subjects that may be in one of the regions."""

    def bands(self) -> Sequence[tuple[Regions, float]]:
        """Say how wide regions are beside each other: sets of regions, and the width of each."""
        return [(self.every, 1.0)]

    def _listed(self, regions: Regions) -> list[int]:
        return [region for region in range(self.count) if regions >> region & 1]


class Credential(Attribute):
    """What a request shows: a login, nothing, a service token, a linked application's token."""

    PERSON: ClassVar[int] = 0
    NOTHING: ClassVar[int] = 1

    def __init__(self, tokens: Sequence[str], applications: Sequence[str]) -> None:
        self.tokens: Final = tuple(tokens)
        self.applications: Final = tuple(applications)

    @property
    def count(self) -> int:
        """A person, nothing, each token, another token, each application."""
        return 3 + len(self.tokens) + len(self.applications)

    @property
    def other_token(self) -> int:
        """The region of service tokens that no rule names."""
        return 2 + len(self.tokens)

    def regions_of(self, atom: Atom) -> Regions:
        """Return where a rule about credentials holds."""
        match atom:
            case ("person",):
                return 1 << self.PERSON
            case ("any_valid_service_token",):
                return (2 << self.other_token) - (1 << 2)
            case ("service_token", token):
                return 1 << (2 + self.tokens.index(token))
        return 1 << (self.other_token + 1 + self.applications.index(atom[1]))

    def may(self, people: People, regions: Regions) -> PeopleSet:
        """Go by what services present; people log in."""
        found = people.persons if regions >> self.PERSON & 1 else 0
        services = people.everybody ^ people.persons
        named = [token for n, token in enumerate(self.tokens) if regions >> (2 + n) & 1]
        tokens = people.may_have("token", named, inverted=False)
        if regions >> self.other_token & 1:
            tokens |= people.may_have("token", ("", *self.tokens), inverted=True)
        linked = [
            application
            for n, application in enumerate(self.applications)
            if regions >> (self.other_token + 1 + n) & 1
        ]
        applications = people.may_have("linked_application", linked, inverted=False)
        if regions >> self.NOTHING & 1:
            shown = people.may_have("token", ("",), inverted=True)
            shown |= people.may_have("linked_application", self.applications, inverted=False)
            found |= services ^ (services & shown)
        return found | (services & (tokens | applications))

    def bands(self) -> Sequence[tuple[Regions, float]]:
        """People first."""
        return [(1 << self.PERSON, 8.0), (1 << self.NOTHING, 2.0), (self.every & ~3, 0.5)]


class Email(Attribute):
    """The e-mail address that somebody logs in with."""

    def __init__(self, addresses: Iterable[str], domains: Iterable[str]) -> None:
        self.addresses: Final = tuple(addresses)
        self.domains: Final = tuple(domains)
        self.address_at: Final = {address: n for n, address in enumerate(self.addresses)}
        first = len(self.addresses)
        self.domain_at: Final = {domain: first + n for n, domain in enumerate(self.domains)}
        self.elsewhere: Final = first + len(self.domains)
        """The region of addresses that nothing names."""
        self._inside = {domain: 1 << at for domain, at in self.domain_at.items()}
        self.named_in: dict[str, list[str]] = {domain: [] for domain in self.domains}
        """The named addresses of each named domain."""
        for n, address in enumerate(self.addresses):
            domain = address.rpartition("@")[2]
            if domain in self._inside:
                self._inside[domain] |= 1 << n
                self.named_in[domain].append(address)

    @property
    def count(self) -> int:
        """Each address, the rest of each domain, all else."""
        return self.elsewhere + 1

    def regions_of(self, atom: Atom) -> Regions:
        """Return where a rule about an address or a domain holds."""
        return 1 << self.address_at[atom[1]] if atom[0] == "email" else self._inside[atom[1]]

    def may(self, people: People, regions: Regions) -> PeopleSet:
        """Everybody's address is known. The smaller half is looked up."""
        if regions.bit_count() > self.count / 2:
            return people.everybody ^ self.may(people, self.every ^ regions)
        found = 0
        addresses: list[str] = []
        rest = regions
        while rest:
            region = (rest & -rest).bit_length() - 1
            rest &= rest - 1
            if region < len(self.addresses):
                addresses.append(self.addresses[region])
            elif region < self.elsewhere:
                found |= self._rest_of(people, self.domains[region - len(self.addresses)])
            else:
                named = people.at_addresses(self.addresses)
                for domain in self.domains:
                    named |= people.at_domain(domain)
                found |= people.everybody ^ named
        return found | people.at_addresses(addresses)

    def _rest_of(self, people: People, domain: str) -> PeopleSet:
        whole = people.at_domain(domain)
        return whole ^ (whole & people.at_addresses(self.named_in[domain]))

    def bands(self) -> Sequence[tuple[Regions, float]]:
        """All else before a domain, a domain before an address."""
        addresses = (1 << len(self.addresses)) - 1
        elsewhere = 1 << self.elsewhere
        domains = self.every ^ addresses ^ elsewhere
        return [(addresses, 1.0), (domains, 100.0), (elsewhere, 10_000.0)]


class Address(Attribute):
    """The IP address that a request comes from."""

    def __init__(self, ranges: Iterable[str]) -> None:
        self.cells: Final = Cells(ranges)

    @property
    def count(self) -> int:
        """The cells into which the ranges cut all addresses."""
        return len(self.cells.intervals)

    def may(self, people: People, regions: Regions) -> PeopleSet:
        """Go by known addresses and ranges."""
        cells = self.cells
        inverted = cells.outside is not None and bool(regions >> cells.outside & 1)
        told = self.every ^ regions if inverted else regions
        intervals = [one for region in self._listed(told) for one in cells.intervals[region]]
        return people.may_come_from(intervals, inverted=inverted)

    def bands(self) -> Sequence[tuple[Regions, float]]:
        """Outside of every range first."""
        outside = 0 if self.cells.outside is None else 1 << self.cells.outside
        return [(self.every ^ outside, 1.0), (outside, 1_000.0)]


class Choice(Attribute):
    """One of several values that rules name, or another one."""

    def __init__(self, field: str, values: Iterable[str]) -> None:
        self.field: Final = field
        self.values: Final = tuple(values)
        self.value_at: Final = {value: n for n, value in enumerate(self.values)}

    @property
    def count(self) -> int:
        """Each value, and another one."""
        return len(self.values) + 1

    @property
    def other(self) -> int:
        """The region of values that nothing names."""
        return len(self.values)

    def may(self, people: People, regions: Regions) -> PeopleSet:
        """Go by the values that a subject may have."""
        if regions >> self.other & 1:
            left_out = [value for n, value in enumerate(self.values) if not regions >> n & 1]
            return people.may_have(self.field, left_out, inverted=True)
        taken = [value for n, value in enumerate(self.values) if regions >> n & 1]
        return people.may_have(self.field, taken, inverted=False)

    def bands(self) -> Sequence[tuple[Regions, float]]:
        """Another value first."""
        other = 1 << self.other
        return [(self.every ^ other, 1.0), (other, 50.0)]


class Country(Choice):
    """The country that a request comes from."""


class Provider(Choice):
    """The identity provider of a login."""


class Certificate(Choice):
    """The common name of the client certificate; the first value, empty, is none."""


class Risk(Choice):
    """The risk score of a user."""


class YesNo(Attribute):
    """Something that is so or not: region 1 is yes."""

    NO: ClassVar[Regions] = 1
    YES: ClassVar[Regions] = 2

    def __init__(self, atom: Atom) -> None:
        self.atom: Final = atom
        self.is_fact = is_fact(atom)

    @property
    def count(self) -> int:
        """No and yes."""
        return 2

    def may(self, people: People, regions: Regions) -> PeopleSet:
        """Go by what is known."""
        yes, no = self.yes_no(people)
        return (yes if regions & self.YES else 0) | (no if regions & self.NO else 0)

    def yes_no(self, people: People) -> tuple[PeopleSet, PeopleSet]:
        """Return of whom it may be so, and of whom it may not."""
        return people.may_be(self.atom)


class Member(YesNo):
    """Whether a login's token names a group, an organization, an attribute.

    Without a provider, the login is one through a provider that is not among `others`.
    """

    def __init__(self, atom: Atom, others: Iterable[str] = ()) -> None:
        super().__init__(atom)
        self.others: Final = frozenset(others)

    def yes_no(self, people: People) -> tuple[PeopleSet, PeopleSet]:
        """Go by the groups of people at their identity providers."""
        kind, provider, *rest = self.atom
        text = membership(self.atom)
        if not provider:
            return people.may_be_member_elsewhere(self.others, text)
        is_organization = kind == "github-organization" and not rest[1]
        return people.may_be_member(provider, text, teams=is_organization)


class OneOf(Attribute):
    """A fact that has one of a few values: what a policy decides, which application answers."""

    is_fact = True

    def __init__(self, atoms: Sequence[Atom]) -> None:
        self.atoms: Final = tuple(atoms)

    @property
    def count(self) -> int:
        """One region for each value."""
        return len(self.atoms)

    def may(self, people: People, regions: Regions) -> PeopleSet:
        """Say what subjects assume; most assume nothing."""
        found = 0
        for region in self._listed(regions):
            others = (one for n, one in enumerate(self.atoms) if n != region)
            may = people.may_be(self.atoms[region])[0]
            for one in others:
                may &= people.may_be(one)[1]
            found |= may
        return found
