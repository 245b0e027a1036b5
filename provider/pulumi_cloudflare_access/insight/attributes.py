"""Attributes of a request, such as its e-mail address, divided into regions.

A request has exactly one value of each attribute. A region is a set of values that the rules do not
distinguish. For e-mail addresses these are each named address, the rest of each named domain, and
everything else. Two requests in the same regions get the same answers. So a finite number of
regions covers everybody who could exist. A set of regions is an integer: bit n is region n.
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
    """One attribute. `is_fact`: it is about Cloudflare or the account, not about the request."""

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
        """Return the subjects whose value may be in one of the regions."""

    def bands(self) -> Sequence[tuple[Regions, float]]:
        """Return relative widths: sets of regions, each with the width of one region in it.

        The width says how much of the attribute's values a region covers. Wide regions are
        described first.
        """
        return [(self.every, 1.0)]

    def _listed(self, regions: Regions) -> list[int]:
        return [region for region in range(self.count) if regions >> region & 1]


class Credential(Attribute):
    """The credential of a request: a login, none, a service token or an application's token."""

    PERSON: ClassVar[int] = 0
    NOTHING: ClassVar[int] = 1

    def __init__(self, tokens: Sequence[str], applications: Sequence[str]) -> None:
        self.tokens: Final = tuple(tokens)
        self.applications: Final = tuple(applications)

    @property
    def count(self) -> int:
        """The regions: a person, no credential, each token, any other token, each application."""
        return 3 + len(self.tokens) + len(self.applications)

    @property
    def other_token(self) -> int:
        """The region of service tokens that no rule names."""
        return 2 + len(self.tokens)

    def regions_of(self, atom: Atom) -> Regions:
        """Return the regions in which an atom about credentials holds."""
        match atom:
            case ("person",):
                return 1 << self.PERSON
            case ("any_valid_service_token",):
                return (2 << self.other_token) - (1 << 2)
            case ("service_token", token):
                return 1 << (2 + self.tokens.index(token))
        return 1 << (self.other_token + 1 + self.applications.index(atom[1]))

    def may(self, people: People, regions: Regions) -> PeopleSet:
        """Use the credentials of services. People log in."""
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
        """People are the widest."""
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
        """The region of addresses that no rule names."""
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
        """The regions: each named address, the rest of each named domain, everything else."""
        return self.elsewhere + 1

    def regions_of(self, atom: Atom) -> Regions:
        """Return the regions in which an atom about an address or a domain holds."""
        return 1 << self.address_at[atom[1]] if atom[0] == "email" else self._inside[atom[1]]

    def may(self, people: People, regions: Regions) -> PeopleSet:
        """Use the addresses, which are always known. The smaller half is looked up."""
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
        """Everything else is wider than a domain, and a domain is wider than an address."""
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
        """The regions into which the ranges divide all addresses."""
        return len(self.cells.intervals)

    def may(self, people: People, regions: Regions) -> PeopleSet:
        """Use the known addresses and ranges."""
        cells = self.cells
        inverted = cells.outside is not None and bool(regions >> cells.outside & 1)
        told = self.every ^ regions if inverted else regions
        intervals = [one for region in self._listed(told) for one in cells.intervals[region]]
        return people.may_come_from(intervals, inverted=inverted)

    def bands(self) -> Sequence[tuple[Regions, float]]:
        """Return the addresses outside all ranges as the widest."""
        outside = 0 if self.cells.outside is None else 1 << self.cells.outside
        return [(self.every ^ outside, 1.0), (outside, 1_000.0)]


class Choice(Attribute):
    """One of several values that rules name, or any other value."""

    def __init__(self, field: str, values: Iterable[str]) -> None:
        self.field: Final = field
        self.values: Final = tuple(values)
        self.value_at: Final = {value: n for n, value in enumerate(self.values)}

    @property
    def count(self) -> int:
        """The regions: each named value, and any other value."""
        return len(self.values) + 1

    @property
    def other(self) -> int:
        """The region of values that no rule names."""
        return len(self.values)

    def may(self, people: People, regions: Regions) -> PeopleSet:
        """Use the values that a subject may have."""
        if regions >> self.other & 1:
            left_out = [value for n, value in enumerate(self.values) if not regions >> n & 1]
            return people.may_have(self.field, left_out, inverted=True)
        taken = [value for n, value in enumerate(self.values) if regions >> n & 1]
        return people.may_have(self.field, taken, inverted=False)

    def bands(self) -> Sequence[tuple[Regions, float]]:
        """Return the other values as the widest."""
        other = 1 << self.other
        return [(self.every ^ other, 1.0), (other, 50.0)]


class Country(Choice):
    """The country that a request comes from."""


class Provider(Choice):
    """The identity provider of a login."""


class Certificate(Choice):
    """The common name of the client certificate. The first value is empty: no certificate."""


class Risk(Choice):
    """The risk score of a user."""


class YesNo(Attribute):
    """An atom that holds or does not hold. Region 1 is yes."""

    NO: ClassVar[Regions] = 1
    YES: ClassVar[Regions] = 2

    def __init__(self, atom: Atom) -> None:
        self.atom: Final = atom
        self.is_fact = is_fact(atom)

    @property
    def count(self) -> int:
        """The regions: no, yes."""
        return 2

    def may(self, people: People, regions: Regions) -> PeopleSet:
        """Use the known facts about a subject."""
        yes, no = self.yes_no(people)
        return (yes if regions & self.YES else 0) | (no if regions & self.NO else 0)

    def yes_no(self, people: People) -> tuple[PeopleSet, PeopleSet]:
        """Return the subjects for whom it may hold, and those for whom it may not."""
        return people.may_be(self.atom)


class Member(YesNo):
    """Whether a login's token contains a group, an organization or an attribute.

    If the atom has no provider, it is about logins through any provider except `others`.
    """

    def __init__(self, atom: Atom, others: Iterable[str] = ()) -> None:
        super().__init__(atom)
        self.others: Final = frozenset(others)

    def yes_no(self, people: People) -> tuple[PeopleSet, PeopleSet]:
        """Use the groups of people at their identity providers."""
        kind, provider, *rest = self.atom
        text = membership(self.atom)
        if not provider:
            return people.may_be_member_elsewhere(self.others, text)
        is_organization = kind == "github-organization" and not rest[1]
        return people.may_be_member(provider, text, teams=is_organization)


class OneOf(Attribute):
    """A fact with a few values: a policy's decision, or which application answers."""

    is_fact = True

    def __init__(self, atoms: Sequence[Atom]) -> None:
        self.atoms: Final = tuple(atoms)

    @property
    def count(self) -> int:
        """One region for each value."""
        return len(self.atoms)

    def may(self, people: People, regions: Regions) -> PeopleSet:
        """Use what subjects assume. Most assume nothing."""
        found = 0
        for region in self._listed(regions):
            others = (one for n, one in enumerate(self.atoms) if n != region)
            may = people.may_be(self.atoms[region])[0]
            for one in others:
                may &= people.may_be(one)[1]
            found |= may
        return found
