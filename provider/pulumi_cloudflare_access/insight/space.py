"""The attributes that a set of atoms uses, and the regions in which each atom holds.

Attributes of the request come first, in the order of their first use, and facts come last. So the
part of a set that does not depend on facts ends before any fact is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from .atoms import DECISION, GROUPS_AT_PROVIDERS, RISK_LEVELS, WINNER, Atom, provider_of
from .attributes import (
    Address,
    Attribute,
    Certificate,
    Country,
    Credential,
    Email,
    Member,
    OneOf,
    Provider,
    Regions,
    Risk,
    YesNo,
)
from .unknowns import is_fact
from .world import DECISIONS

Literal: TypeAlias = tuple[int, Regions]
"""The rank of an attribute, and the regions that it must be in."""
Conjunction: TypeAlias = tuple[Literal, ...]

CREDENTIAL, CERTIFICATE, EMAIL, ADDRESS, COUNTRY, PROVIDER, RISK = (
    "credential", "certificate", "email", "address", "country", "provider", "risk",
)  # fmt: skip
_ATTRIBUTE_OF: Final[Mapping[str, str]] = {
    "person": CREDENTIAL,
    "service_token": CREDENTIAL,
    "any_valid_service_token": CREDENTIAL,
    "linked_app_token": CREDENTIAL,
    "certificate": CERTIFICATE,
    "common_name": CERTIFICATE,
    "email": EMAIL,
    "email_domain": EMAIL,
    "ip": ADDRESS,
    "geo": COUNTRY,
    "login_method": PROVIDER,
    "user_risk_score": RISK,
}
Key: TypeAlias = str | Atom
"""The key of an attribute: one of the words above, or a yes-or-no atom."""


class Space:
    """The attributes and regions that a set of atoms distinguishes."""

    def __init__(self, atoms: Iterable[Atom]) -> None:
        self.atoms: Final = tuple(dict.fromkeys(atoms))
        self._words: dict[str, list[str]] = {}
        for atom in self.atoms:
            self._collect(atom)
        keys = list(dict.fromkeys(key for atom in self.atoms for key in self._keys_of(atom)))
        keys.sort(key=_is_about_a_fact)
        self.rank: Final[Mapping[Key, int]] = {key: rank for rank, key in enumerate(keys)}
        self.attributes: Final[Sequence[Attribute]] = [self._attribute(key) for key in keys]
        self.every: Final = [attribute.every for attribute in self.attributes]
        self.first_fact: Final = sum(not attribute.is_fact for attribute in self.attributes)
        """The rank of the first fact. All later attributes are facts, too."""
        self._holds: dict[Atom, tuple[Conjunction, ...]] = {}

    def _collect(self, atom: Atom) -> None:
        """Collect the values that an atom names."""
        kind = atom[0]
        for value in atom[1:] if kind in _ATTRIBUTE_OF else ():
            self._words.setdefault(kind, []).append(value)
        if kind in GROUPS_AT_PROVIDERS and provider_of(atom):
            self._words.setdefault("login_method", []).append(provider_of(atom))

    def _named(self, kind: str) -> list[str]:
        return list(dict.fromkeys(self._words.get(kind, ())))

    def _keys_of(self, atom: Atom) -> Iterable[Key]:
        """Yield the keys of the attributes that an atom uses, in order."""
        kind = atom[0]
        if kind in _ATTRIBUTE_OF:
            yield _ATTRIBUTE_OF[kind]
        elif kind in GROUPS_AT_PROVIDERS:
            yield PROVIDER
            yield from self._memberships(atom)
        elif kind in {DECISION, WINNER}:
            yield atom[:-1]
        else:
            yield atom

    def _memberships(self, atom: Atom) -> Iterable[Atom]:
        """Yield the membership atoms that an atom about a login's token uses."""
        if not provider_of(atom):
            # One attribute for each named provider, and one for all others.
            yield from ((atom[0], at, *atom[2:]) for at in self._named("login_method"))
        elif atom[0] == "github-organization" and atom[3]:
            # A member of a team is a member of its organization.
            yield (*atom[:3], "")
        yield atom

    def _attribute(self, key: Key) -> Attribute:
        make = _MAKE.get(key) if isinstance(key, str) else None
        if make is not None:
            return make(self._named)
        assert not isinstance(key, str)  # noqa: S101 - for the type checker: the words are above
        if key[0] == DECISION:
            return OneOf([(*key, decision) for decision in DECISIONS])
        if key[0] == WINNER:
            return OneOf([(*key, place) for place in key[2:]])
        if key[0] in GROUPS_AT_PROVIDERS:
            return Member(key, () if provider_of(key) else self._named("login_method"))
        return YesNo(key)

    def holds(self, atom: Atom) -> tuple[Conjunction, ...]:
        """Return where an atom holds, as a disjunction of conjunctions of literals."""
        found = self._holds.get(atom)
        if found is None:
            found = self._holds[atom] = tuple(self._conjunctions(atom))
        return found

    def _conjunctions(self, atom: Atom) -> Iterable[Conjunction]:
        kind = atom[0]
        if kind in _ATTRIBUTE_OF:
            yield (self._literal(_ATTRIBUTE_OF[kind], atom),)
        elif kind in {DECISION, WINNER}:
            rank = self.rank[atom[:-1]]
            attribute = self.attributes[rank]
            assert isinstance(attribute, OneOf)  # noqa: S101 - for the type checker
            yield ((rank, 1 << attribute.atoms.index(atom)),)
        elif kind not in GROUPS_AT_PROVIDERS:
            yield ((self.rank[atom], YesNo.YES),)
        elif provider_of(atom):
            through = self._literal(PROVIDER, ("login_method", provider_of(atom)))
            yield (through, *((self.rank[one], YesNo.YES) for one in self._memberships(atom)))
        else:
            yield from self._through_any(atom)

    def _through_any(self, atom: Atom) -> Iterable[Conjunction]:
        rank = self.rank[PROVIDER]
        rest = self.every[rank]
        for provider in self._named("login_method"):
            through = self._literal(PROVIDER, ("login_method", provider))
            rest &= ~through[1]
            yield through, (self.rank[atom[0], provider, *atom[2:]], YesNo.YES)
        yield (rank, rest), (self.rank[atom], YesNo.YES)

    def _literal(self, key: str, atom: Atom) -> Literal:
        rank = self.rank[key]
        attribute = self.attributes[rank]
        match attribute:
            case Credential() | Email():
                regions = attribute.regions_of(atom)
            case Address():
                regions = attribute.cells.inside[atom[1]]
            case Certificate() if atom[0] == "certificate":
                regions = attribute.every & ~1
            case Certificate() | Country() | Provider():
                regions = 1 << attribute.value_at[atom[1]]
            case Risk():
                regions = sum(1 << attribute.value_at[level] for level in atom[1:])
        return rank, regions


def _is_about_a_fact(key: Key) -> bool:
    return not isinstance(key, str) and is_fact(key)


_MAKE: Final[Mapping[str, Callable[[Callable[[str], list[str]]], Attribute]]] = {
    CREDENTIAL: lambda named: Credential(named("service_token"), named("linked_app_token")),
    CERTIFICATE: lambda named: Certificate("certificate", ["", *named("common_name")]),
    EMAIL: lambda named: Email(named("email"), named("email_domain")),
    ADDRESS: lambda named: Address(named("ip")),
    COUNTRY: lambda named: Country("countries", named("geo")),
    PROVIDER: lambda named: Provider("identity_providers", named("login_method")),
    RISK: lambda named: Risk("risk", dict.fromkeys([*RISK_LEVELS, *named("user_risk_score")])),
}
