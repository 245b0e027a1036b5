"""Reads known people from a CSV or YAML file, to list those whom a change concerns.

    email,identity_providers,groups,posture,countries,addresses
    ada@example.com,Okta,Engineers;Staff,Disk encryption,DE;FR,192.0.2.0/24

The columns of `teams_from_file` (`team`, `teams`, `guest`, `name`) are allowed and ignored. An
empty cell means "not known". A cell with `-` means "known to be none".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from ..errors import SettingsError
from ..insight import People, Person, World, Worlds
from ..insight.characters import shown
from ..insight.subjects import ANY_PROVIDER
from ..insight.unknowns import is_fact
from ..text import rows

EMAIL: Final = "email"
PROVIDERS: Final = "identity_providers"
GROUPS: Final = "groups"
POSTURE: Final = "posture"
COUNTRIES: Final = "countries"
ADDRESSES: Final = "addresses"
METHODS: Final = "authentication_methods"
COLUMNS: Final = (EMAIL, PROVIDERS, GROUPS, POSTURE, COUNTRIES, ADDRESSES, METHODS)
_IGNORED: Final = frozenset(("name", "team", "teams", "guest"))
_ALIASES: Final = {
    "identity_provider": PROVIDERS,
    "group": GROUPS,
    "country": COUNTRIES,
    "address": ADDRESSES,
    "ip": ADDRESSES,
    "authentication_method": METHODS,
}
_NOTHING: Final = "-"
_AN_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_A_COUNTRY: Final = re.compile(r"[A-Z][A-Z0-9]")
_AT_PROVIDER: Final = f"{GROUPS}:"


def read_people(name: str, worlds: Iterable[Worlds]) -> People:
    """Read the people of a file. Raises SettingsError, which lists all mistakes with their lines.

    `worlds` provide the names of identity providers and posture checks.
    """
    path = Path(name)
    try:
        text = rows.read_text(path)
    except ValueError as error:
        raise SettingsError(f"{name}: {error}") from None
    reading = _Reading(_Ids.of(worlds))
    (reading.yaml if rows.is_yaml(path) else reading.csv)(text)
    if not reading.mistakes and not reading.people:
        reading.mistakes.append((1, "nobody is in it"))
    if reading.mistakes:
        raise SettingsError(f"{name}:", *rows.by_line(reading.mistakes))
    return People(one.person() for one in reading.people.values())


@dataclass(frozen=True, slots=True)
class _Ids:
    """The ids of identity providers and posture checks, by name and by id."""

    providers: Mapping[str, str]
    checks: Mapping[str, str]

    @classmethod
    def of(cls, worlds: Iterable[Worlds]) -> _Ids:
        """Collect the ids that the rules of worlds use."""
        providers: dict[str, str] = {}
        checks: dict[str, str] = {}
        for world in (world for both in worlds for world in (both.old, both.new)):
            held = [group.rules for group in world.groups.values()]
            held += [policy.rules for policy in world.policies.values()]
            found = {
                id_ for one in world.applications.values() for id_ in one.identity_providers or ()
            }
            found.update(world.provider_types)
            for kind, *rest in {rule.atom for rules in held for rule in rules.all}:
                if kind in _AT_PROVIDERS and rest and not is_fact((kind,)):
                    found.add(rest[0])
                elif kind == "device_posture":
                    _add(checks, rest[0], world)
            for id_ in sorted(filter(None, found)):
                _add(providers, id_, world)
        return cls(providers, checks)


_AT_PROVIDERS: Final = frozenset(
    (
        "login_method", "azureAD", "github-organization", "gsuite", "okta", "saml", "oidc",
        "auth_context",
    )
)  # fmt: skip


def _add(found: dict[str, str], id_: str, world: World) -> None:
    found[id_] = id_
    if name := world.names.get(id_):
        found.setdefault(name.lower(), id_)


class _Known:
    """What a file says about one person, who may be in several rows."""

    def __init__(self, email: str) -> None:
        self.email = email
        self.sets: dict[str, set[str]] = {}
        self.groups: dict[str, set[str]] = {}
        self.posture: dict[str, bool] = {}

    def person(self) -> Person:
        """Return the person. Everything that no row mentions is not known."""
        sets = {name: frozenset(values) for name, values in self.sets.items()}
        addresses = sets.get(ADDRESSES)
        groups = {at: frozenset(values) for at, values in self.groups.items()}
        return Person(
            self.email,
            identity_providers=sets.get(PROVIDERS),
            groups=groups or None,
            countries=sets.get(COUNTRIES),
            addresses=None if addresses is None else tuple(sorted(addresses)),
            posture=self.posture,
            authentication_methods=sets.get(METHODS),
        )


class _Reading:
    """The people of one file, and the mistakes in it, by line."""

    def __init__(self, ids: _Ids) -> None:
        self.people: dict[str, _Known] = {}
        self.mistakes: rows.Mistakes = []
        self._ids = ids

    def csv(self, text: str) -> None:
        """Read a CSV text. Semicolons separate several values in a cell."""
        names: list[str | None] | None = None
        for line, cells in rows.csv_rows(text, self.mistakes):
            if names is None:
                names = [self._column(line, one) for one in cells]
                self._check_columns(line, names)
            else:
                self._person(line, rows.named(names, cells))

    def yaml(self, text: str) -> None:
        """Read a YAML text: a list of people, or teams with their people."""
        root = rows.yaml_root(text, self.mistakes)
        if root is not None and root.id == "sequence":
            entries = list(root.value)
        elif root is not None and root.id == "mapping":
            entries = [one for _, team in root.value if team.id == "sequence" for one in team.value]
        else:
            if not self.mistakes:
                self.mistakes.append((1, "must be a list of people"))
            return
        for entry in entries:
            line = rows.line_of(entry)
            if entry.id == "scalar":
                self._person(line, {EMAIL: entry.value})
            elif entry.id == "mapping":
                row: dict[str, Any] = {}
                for key, value in entry.value:
                    name = self._column(rows.line_of(key), str(key.value))
                    if name is not None:
                        row[name] = rows.plain(value)
                self._person(line, row)
            else:
                self.mistakes.append((line, f"must be an object with {EMAIL}"))

    def _column(self, line: int, called: str) -> str | None:
        """Return the meaning of a column; None for one that is ignored."""
        name = called.strip().lower()
        name = _ALIASES.get(name, name)
        if name.startswith(_AT_PROVIDER):
            provider = called.strip()[len(_AT_PROVIDER) :].strip()
            id_ = self._id(line, "identity provider", provider, self._ids.providers)
            return None if id_ is None else f"{_AT_PROVIDER}{id_}"
        if name in COLUMNS:
            return name
        if name not in _IGNORED:
            near = get_close_matches(name, [*COLUMNS, *_IGNORED], 1)
            meant = f'; did you mean "{near[0]}"?' if near else f"; known are {', '.join(COLUMNS)}"
            self.mistakes.append((line, f'"{shown(called.strip())}" is not a known column{meant}'))
        return None

    def _check_columns(self, line: int, names: Sequence[str | None]) -> None:
        if EMAIL not in names:
            self.mistakes.append((line, f'no column is "{EMAIL}"'))
        for name in rows.twice(names):
            self.mistakes.append((line, f"two columns are {name}"))

    def _person(self, line: int, row: Mapping[str, Any]) -> None:
        email = str(row.get(EMAIL) or "").strip()
        if not _AN_EMAIL.fullmatch(email):
            told = f'"{shown(email)}" is no e-mail address' if email else "is missing"
            self.mistakes.append((line, f"{EMAIL}: {told}"))
            return
        known = self.people.setdefault(email.lower(), _Known(email))
        for name, cell in row.items():
            values = _values(cell)
            if name == EMAIL or values is None:
                continue
            if name == GROUPS or name.startswith(_AT_PROVIDER):
                at = name[len(_AT_PROVIDER) :] or ANY_PROVIDER
                known.groups.setdefault(at, set()).update(values)
            elif name == POSTURE:
                self._posture(line, known, values)
            else:
                check = _CHECKS.get(name)
                found = known.sets.setdefault(name, set())
                for value in values:
                    if name == PROVIDERS:
                        id_ = self._id(line, "identity provider", value, self._ids.providers)
                        found.update([id_] if id_ else ())
                    elif check and (wrong := check(value)):
                        self.mistakes.append((line, f"{name}: {wrong}"))
                    else:
                        found.add(value)

    def _posture(self, line: int, known: _Known, values: Iterable[str]) -> None:
        for value in values:
            passes = not value.startswith("!")
            id_ = self._id(line, "posture check", value.removeprefix("!").strip(), self._ids.checks)
            if id_ is not None:
                known.posture[id_] = passes

    def _id(self, line: int, kind: str, given: str, known: Mapping[str, str]) -> str | None:
        """Return the id for a name or an id; None, with a mistake noted, if there is none."""
        found = known.get(given) or known.get(given.lower())
        if found is None:
            names = [shown(name) for name in sorted(known)]
            there = f"they are {', '.join(names[:5])}" if names else "it has none"
            told = f'"{shown(given)}" is no {kind} of the input; {there}'
            if (line, told) not in self.mistakes:
                self.mistakes.append((line, told))
        return found


def _values(cell: Any) -> list[str] | None:
    """Return the values of a cell; None if it is empty."""
    if isinstance(cell, list):
        return [str(one).strip() for one in cell]
    text = str(cell or "").strip()
    if not text:
        return None
    if text == _NOTHING:
        return []
    return [one.strip() for one in text.split(";") if one.strip()]


def _wrong_country(value: str) -> str:
    return "" if _A_COUNTRY.fullmatch(value) else f'"{shown(value)}" is no country code such as DE'


def _wrong_address(value: str) -> str:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return f'"{shown(value)}" is neither an IP address nor a range'
    return ""


_CHECKS: Final[Mapping[str, Callable[[str], str]]] = {
    COUNTRIES: _wrong_country,
    ADDRESSES: _wrong_address,
}
