"""Witnesses: an example of a person or a service in a set.

A witness has a value for every attribute that decides, so that `can` gives a definite answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .addresses import address_at, interval_of
from .atoms import IN_PROVIDER, Atom, membership
from .attributes import (
    Address,
    Attribute,
    Certificate,
    Choice,
    Country,
    Credential,
    Email,
    Member,
    OneOf,
    Provider,
    Risk,
    YesNo,
)
from .boxes import Box
from .names import Names
from .space import Space
from .subjects import Person, Service, Subject
from .unknowns import is_fact

ANOTHER_PROVIDER: Final = "another identity provider"
_ADDRESSES: Final = ("203.0.113.1", "198.51.100.1", "192.0.2.1", "9.9.9.9", "2001:db8::1")
_COUNTRIES: Final = ("PT", "NZ", "CL", "SN", "IS", "UY", "BT", "FJ", "GL", "LI", "MC", "NU")


_CHOICES: Final[Mapping[type[Attribute], tuple[str, str, tuple[str, ...]]]] = {
    Country: ("geo", "countries", _COUNTRIES),
    Certificate: ("common_name", "certificate", ("another certificate",)),
    Risk: ("user_risk_score", "risk", ("another",)),
}


@dataclass(frozen=True, slots=True)
class Witness:
    """A member of a set. `assuming` are the unknowns and the values that they need for that."""

    subject: Subject
    assuming: tuple[tuple[Atom, bool], ...] = ()
    has_secret: bool = False
    """A secret rule names the subject, so that it must not be printed."""

    def __repr__(self) -> str:
        subject = "(secret)" if self.has_secret else repr(self.subject)
        return f"Witness({subject}, assuming={len(self.assuming)})"


def witness_of(space: Space, box: Box, names: Names) -> Witness:
    """Return a member of a box, with one of its regions for each attribute."""
    made = _Made(space, names)
    for rank, regions in box.items():
        made.put(space.attributes[rank], regions.bit_length() - 1)
    return made.witness()


class _Made:
    """Builds a subject, attribute by attribute."""

    def __init__(self, space: Space, names: Names) -> None:
        self._space = space
        self._names = names
        self._fields: dict[str, Any] = {"posture": {}, "facts": {}}
        self._is_person = True
        self._is_secret = False
        self._email = "somebody@elsewhere.example"
        self._provider: str | None = None
        self._says: list[tuple[str, str]] = []
        self._silent = False
        self._assuming: list[tuple[Atom, bool]] = []

    def put(self, attribute: Attribute, region: int) -> None:
        """Set one attribute to a value in a region."""
        match attribute:
            case Credential():
                self._credential(attribute, region)
            case Email():
                self._put_email(attribute, region)
            case Provider():
                at = region == attribute.other
                self._provider = ANOTHER_PROVIDER if at else attribute.values[region]
                self._hide([(IN_PROVIDER, self._provider)])
            case Member():
                self._member(attribute, is_so=bool(region))
            case YesNo():
                self._yes_no(attribute.atom, is_so=bool(region))
            case Address():
                low = _nicest(attribute, region)
                self._fields["addresses"] = (address_at(low),)
                self._hide(("ip", text) for *_, text in attribute.cells.ranges)
            case Choice():
                self._choice(attribute, region)
            case OneOf():
                self._assuming += [(atom, n == region) for n, atom in enumerate(attribute.atoms)]

    def _choice(self, attribute: Choice, region: int) -> None:
        kind, field, another = _CHOICES[type(attribute)]
        if region == attribute.other:
            value = _other(another, attribute.values)
        else:
            value = attribute.values[region]
            self._hide([(kind, value)])
        self._fields[field] = frozenset((value,)) if field == "countries" else value

    def _hide(self, atoms: Iterable[Atom]) -> None:
        self._is_secret |= any(self._names.is_secret(atom) for atom in atoms)

    def _credential(self, attribute: Credential, region: int) -> None:
        self._is_person = region == attribute.PERSON
        if region == attribute.other_token:
            self._fields["token"] = "another service token"  # noqa: S105 - what it is called
        elif region > attribute.other_token:
            application = attribute.applications[region - attribute.other_token - 1]
            self._fields["linked_application"] = application
            self._hide([("linked_app_token", application)])
        elif region > attribute.NOTHING:
            token = attribute.tokens[region - 2]
            self._fields["token"] = token
            self._hide([("service_token", token)])

    def _put_email(self, attribute: Email, region: int) -> None:
        if region < len(attribute.addresses):
            self._email = attribute.addresses[region]
            self._hide([("email", self._email), ("email_domain", self._email.rpartition("@")[2])])
            return
        domain = "elsewhere.example"
        if region < attribute.elsewhere:
            domain = attribute.domains[region - len(attribute.addresses)]
            self._hide([("email_domain", domain)])
        while region == attribute.elsewhere and domain in attribute.domain_at:
            domain = f"else.{domain}"
        local = "somebody"
        while f"{local}@{domain}" in attribute.address_at:
            local += "-else"
        self._email = f"{local}@{domain}"

    def _member(self, attribute: Member, *, is_so: bool) -> None:
        provider = attribute.atom[1]
        self._hide([attribute.atom])
        if is_so:
            self._says.append((provider, membership(attribute.atom)))

    def _yes_no(self, atom: Atom, *, is_so: bool) -> None:
        self._hide([atom])
        if atom[0] == "device_posture":
            self._fields["posture"][atom[1]] = is_so
        elif atom[0] == "auth_method":
            if is_so:
                self._fields.setdefault("authentication_methods", set()).add(atom[1])
            else:
                self._fields.setdefault("authentication_methods", set())
        elif is_fact(atom):
            self._assuming.append((atom, is_so))
        else:
            self._fields["facts"][atom] = is_so

    def witness(self) -> Witness:
        """Return the subject, with its assumptions."""
        fields = {**self._fields, "facts": {**self._fields["facts"], **dict(self._assuming)}}
        if not self._is_person:
            for name in ("risk", "authentication_methods"):
                fields.pop(name, None)
            return Witness(Service("a service", **fields), tuple(self._assuming), self._is_secret)
        methods = fields.pop("authentication_methods", None)
        provider = self._provider
        groups: dict[str, set[str]] = {}
        if provider is not None:
            groups[provider] = set()
        for at, text in self._says:
            groups.setdefault(at or provider or ANOTHER_PROVIDER, set()).add(text)
        person = Person(
            self._email,
            identity_providers=None if provider is None else frozenset((provider,)),
            groups={at: frozenset(texts) for at, texts in groups.items()} if groups else None,
            authentication_methods=None if methods is None else frozenset(methods),
            **fields,
        )
        return Witness(person, tuple(self._assuming), self._is_secret)


def _nicest(attribute: Address, region: int) -> int:
    """Return an address in a region, if possible one that is reserved for documentation."""
    for text in _ADDRESSES:
        low, _ = interval_of(text)
        if attribute.cells.region_of(low) == region:
            return low
    return attribute.cells.intervals[region][0][0]


def _other(candidates: Iterable[str], taken: Iterable[str]) -> str:
    named = set(taken)
    return next((one for one in candidates if one not in named), "ZZ")
