"""The rule selectors of Access, once: functions for programs, one table for checking.

https://developers.cloudflare.com/cloudflare-one/access-controls/policies/#selectors

A rule is an object with exactly one key, its selector. A program writes

    include=[rules.email("ada@example.com"), rules.group(engineers)]

and state and preview hold a map, keyed by the selector and what a person would call its value:

    email ada@example.com: {email: {email: ada@example.com}}
    group Engineers:       {group: {id: 6f1e…}, of: urn:pulumi:…::engineers}

The keys are a contract with users (`ignore_changes=['include["group Engineers"]']`) and frozen by
tests. Beside the selector, an entry may hold `of`, the URN of the resource that it refers to, and
`raw`, for rules that `raw` made; neither is ever sent, nor a change by itself.
"""

from __future__ import annotations

import functools
import inspect
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, cast

import pulumi

from ..fields.keyed import NOT_KNOWN_YET, NOTHING_KNOWN, UNKNOWN, Keyed, Mistake, Named, Reading
from ..fields.loose import includes, is_nothing, laid_over
from ..fields.networks import network, wrong_network
from ..fields.shapes import whole_numbers
from ..program.references import (
    APPLICATIONS,
    EMAIL_LISTS,
    GROUPS,
    ID,
    IDENTITY_PROVIDERS,
    IP_LISTS,
    LABEL,
    MISTAKE,
    OF,
    POSTURE_RULES,
    SERVICE_TOKENS,
    Accepted,
    Reference,
    is_id,
    refer,
)
from ..text.nearest import nearest, nearest_of, quoted, quoted_value
from ..text.secret_words import known
from ..text.spelling import text_of

if TYPE_CHECKING:
    from .. import types

Rule: TypeAlias = "types.Rule"
"""What the functions of this module make, and what a program may write as a dictionary."""
Text: TypeAlias = pulumi.Input[str]

# ------------------------------------------------------------------------------------ the table


def _is_text(value: str) -> str | None:
    return None if value.strip() else "must not be empty"


def _may_be_empty(value: str) -> None:
    del value


def _is_email(value: str) -> str | None:
    name, at, host = value.rpartition("@")
    is_quoted = len(name) > 2 and name[0] == name[-1] == '"'  # noqa: PLR2004 - the quotes
    if at and host and (is_quoted or re.fullmatch(r"[^@\s]+", name)) and not re.search(r"\s", host):
        return None
    told = f"{quoted_value(value)} is no e-mail address"
    if value.startswith("@") and "." in value:
        return f'{told}; for everybody of a domain: rules.email_domain("{value[1:]}")'
    return told


def _is_domain(value: str) -> str | None:
    if "@" in value:
        host = value.rpartition("@")[2]
        return f"{quoted_value(value)} has an @: say the domain alone, {quoted_value(host)}"
    return None if re.fullmatch(r"[^\s/:]+", value) else f"{quoted_value(value)} is no domain"


def _is_country(value: str) -> str | None:
    # T1 is Tor, and other codes with a digit may come.
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9]", value):
        return None
    return f"{quoted_value(value)} is no two-letter country code such as DE (ISO 3166-1)"


def _is_group_id(value: str) -> str | None:
    # Cloudflare answers a name in this place with an internal server error.
    if is_id(value):
        return None
    return f"{quoted_value(value)} is no id of an Access group; pass the group itself or its id"


def _is_url(value: str) -> str | None:
    is_url = re.match(r"https?://[^\s/]", value, re.IGNORECASE)
    return None if is_url else "is no URL such as https://example.com/evaluate"


LEVELS = ("low", "medium", "high", "unscored")
known.allow(LEVELS)


def _is_level(value: str) -> str | None:
    told = f"must be one of {', '.join(LEVELS)} (rules.raw sends a new one)"
    return None if value in LEVELS else f"{quoted_value(value)} {told}"


@dataclass(frozen=True)
class Field:
    """One field of a selector.

    `before` is what stands before its value in a key. `aliases` are names the API gave it in
    earlier years: read, never sent. `filled_in` marks the account: a rule that names none means the
    account that its object is in, which answers may fill in. `labelled` names the entry's sibling
    that a key shows in place of an id.
    """

    name: str
    before: str = " "
    required: bool = True
    aliases: tuple[str, ...] = ()
    is_right: Callable[[str], str | None] = _is_text
    canonical: Callable[[str], str] = str
    many: bool = False
    filled_in: bool = False
    labelled: str | None = None
    doc: str = ""
    """What it is, for editors."""
    choices: tuple[str, ...] = ()
    """All values that there are, where the set is closed."""

    @property
    def is_a_provider(self) -> bool:
        """Tell whether it is the id of an identity provider."""
        return self.labelled == VIA

    def meaning(self, value: Any) -> Any:
        """Write a value in its one canonical form."""
        if isinstance(value, (list, tuple)):
            meant = {_json(inner): inner for inner in map(self.meaning, value)}
            return [meant[text] for text in sorted(meant)]
        return self.canonical(value) if isinstance(value, str) and value != UNKNOWN else value

    def mistakes(self, value: Any, path: str) -> list[Mistake]:
        """Say what is wrong with a value."""
        if value == UNKNOWN:
            return []
        if self.many:
            if not isinstance(value, (list, tuple)) or not value:
                return [Mistake(path, "must be a list of at least one")]
            found = [self._mistake(inner, f"{path}[{n}]") for n, inner in enumerate(value)]
        else:
            found = [self._mistake(value, path)]
        return [mistake for mistake in found if mistake]

    def _mistake(self, value: Any, path: str) -> Mistake | None:
        if not isinstance(value, str):
            return Mistake(path, "must be a string")
        reason = None if value == UNKNOWN else self.is_right(value)
        return Mistake(path, reason) if reason else None


@dataclass(frozen=True)
class Selector:
    """One selector: its key on the wire, its name here, its fields."""

    wire: str
    name: str
    fields: tuple[Field, ...] = ()

    @property
    def knows_people(self) -> bool:
        """Tell whether it asks who somebody is, which nobody knows before they have logged in."""
        return self.name in _OF_PEOPLE

    @property
    def knows_services(self) -> bool:
        """Tell whether it asks for a service's token, which no person has."""
        return self.name in _OF_SERVICES

    @property
    def is_about_an_account(self) -> bool:
        """Tell whether it means the account of its object unless it names another."""
        return any(field.filled_in for field in self.fields)

    def meaning(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Give every known field its present name and its canonical form."""
        meant = {}
        for field in self.fields:
            for name in (field.name, *field.aliases):
                # What is left out of one answer is empty in another.
                if value.get(name) is not None and (value[name] != "" or field.required):
                    meant[field.name] = field.meaning(value[name])
                    break
        return meant

    def without_own(self, meant: Mapping[str, Any], reading: Reading) -> dict[str, Any]:
        """Leave out the object's own account: a rule without an account means that one."""
        filled_in = {field.name for field in self.fields if field.filled_in}
        return {
            name: value
            for name, value in meant.items()
            if name not in filled_in or value != reading.account
        }

    def unknown(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that the table does not know."""
        return {name: inner for name, inner in value.items() if name not in self._known}

    @functools.cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(name for field in self.fields for name in (field.name, *field.aliases))

    def renamed(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Give every field its present name."""
        present = {alias: field.name for field in self.fields for alias in field.aliases}
        return {
            present.get(name, name): inner for name, inner in value.items() if inner is not None
        }

    def key(self, value: Mapping[str, Any], labels: Mapping[str, Any]) -> str:
        """Write the key of an entry."""
        key, meant = self.name, self.meaning(value)
        for field in self.fields:
            if field.name in meant:
                label = labels.get(field.labelled) if field.labelled else None
                key += field.before + _written(label or meant[field.name])
        return key + _pairs(self.unknown(value))

    def said(self, value: Any = None) -> str:
        """Write a rule as a program does: with a value where it has one field."""
        names = _arguments(self.name)
        if len(names) == 1 and isinstance(value, str):
            names = [quoted_value(value)]
        return f"rules.{self.name}({', '.join(names)})"

    def _no_object(self, value: Any) -> str:
        """Say what to write in place of a value that is no object."""
        if isinstance(value, list):
            one = value[0] if value and isinstance(value[0], str) else None
            return f"is a list: say {self.said(one)}, one rule each"
        return f"is {quoted_value(value)}, and must be an object: say {self.said(value)}"

    def mistakes(self, value: Any, path: str, *, raw: bool) -> list[Mistake]:
        """Say what is wrong with the selector's value."""
        if value == UNKNOWN or raw:
            return []
        if not isinstance(value, Mapping):
            return [Mistake(path, self._no_object(value))]
        found = []
        names = [field.name for field in self.fields]
        for name in self.unknown(value):
            known = f"has {', '.join(names)}" if names else "has no fields"
            reason = f"{quoted(name)} is not a field of {self.name}{nearest(name, names)}"
            found.append(Mistake(path, f"{reason} ({self.name} {known})"))
        for field in self.fields:
            given = [name for name in (field.name, *field.aliases) if value.get(name) is not None]
            if not given and field.required:
                found.append(Mistake(f"{path}.{field.name}", "is required"))
            if len(given) > 1:
                reason = f"is an older name of {field.name}: pass one of them"
                found.append(Mistake(f"{path}.{given[1]}", reason))
            for name in given:
                found += self._of_field(field, value[name], f"{path}.{name}")
        return found + self._swapped(value, path)

    def _of_field(self, field: Field, value: Any, path: str) -> list[Mistake]:
        if isinstance(value, list) and not field.many:
            one = value[0] if value and isinstance(value[0], str) else None
            return [Mistake(path, f"is a list: say {self.said(one)}, one rule each")]
        return field.mistakes(value, path)

    def _swapped(self, value: Mapping[str, Any], path: str) -> list[Mistake]:
        """Say that the identity provider's id stands where something else is due."""
        through = next((field for field in self.fields if field.is_a_provider), None)
        given = value.get(through.name) if through else None
        if through is None or not isinstance(given, str) or is_id(given):
            return []
        others = [f.name for f in self.fields if f is not through and f.required]
        if not any(isinstance(value.get(n), str) and is_id(value[n]) for n in others):
            return []
        told = (
            f"{quoted_value(given)} is no id: the arguments are in the wrong order, {self.said()}"
        )
        return [Mistake(f"{path}.{through.name}", told)]


def _arguments(function: str) -> list[str]:
    """Return the arguments that a function of this module needs."""
    parameters = inspect.signature(globals()[function]).parameters.values()
    return [one.name for one in parameters if one.default is one.empty]


def _written(value: Any) -> str:
    if value == UNKNOWN:
        return NOT_KNOWN_YET
    if isinstance(value, list):
        return ",".join(map(_written, value))
    return value if isinstance(value, str) else _json(value)


def _pairs(value: Mapping[str, Any]) -> str:
    return "".join(f" {text_of(name)}={_json(value[name])}" for name in sorted(value))


# One encoder for all: dumps() makes one for each value.
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def _json(value: Any) -> str:
    written = _encode(value)
    # Most values hold no numbers at all.
    may_hold_whole_numbers = ".0" in written or "e+" in written
    return _encode(whole_numbers(value)) if may_hold_whole_numbers else written


def _id(doc: str, name: str = "id", is_right: Callable[[str], str | None] = _is_text) -> Field:
    return Field(name, labelled="label", is_right=is_right, doc=doc)


def _through(*, required: bool = True) -> Field:
    return Field(
        "identity_provider_id",
        before=" via ",
        required=required,
        aliases=("connection_id",),
        labelled="via",
        doc="The id of the identity provider that says so.",
    )


def _account(before: str) -> Field:
    return Field(
        "account_id",
        before=before,
        required=False,
        filled_in=True,
        doc="The id of the account. Left out, it is the account of the object with the rule.",
    )


SELECTORS = (
    Selector(
        "email",
        "email",
        (Field("email", is_right=_is_email, canonical=str.lower, doc="The e-mail address."),),
    ),
    Selector("email_list", "email_list", (_id("The id of the Zero Trust list of addresses."),)),
    Selector(
        "email_domain",
        "email_domain",
        (
            Field(
                "domain",
                is_right=_is_domain,
                canonical=str.lower,
                doc="The domain, without the @, such as `example.com`.",
            ),
        ),
    ),
    Selector("everyone", "everyone"),
    Selector(
        "ip",
        "ip",
        (
            Field(
                "ip",
                is_right=wrong_network,
                canonical=network,
                doc="An address or a CIDR range, such as `203.0.113.0/24`.",
            ),
        ),
    ),
    Selector("ip_list", "ip_list", (_id("The id of the Zero Trust list of addresses."),)),
    Selector("certificate", "certificate"),
    Selector("group", "group", (_id("The id of the Access group.", is_right=_is_group_id),)),
    Selector("azureAD", "azure_ad", (_id("The object id of the Entra group."), _through())),
    Selector(
        "github-organization",
        "github_organization",
        (
            Field("name", doc="The organization's name."),
            Field("team", before="/", required=False, doc="The team's name. Left out, any."),
            _through(),
        ),
    ),
    Selector(
        "gsuite",
        "gsuite",
        (Field("email", canonical=str.lower, doc="The group's e-mail address."), _through()),
    ),
    Selector(
        "okta",
        "okta",
        (Field("name", aliases=("email",), doc="The Okta group's name."), _through()),
    ),
    Selector(
        "saml",
        "saml",
        (
            Field("attribute_name", doc="The attribute's name."),
            Field(
                "attribute_value",
                before="=",
                is_right=_may_be_empty,
                doc="The value that matches.",
            ),
            _through(required=False),
        ),
    ),
    Selector("service_token", "service_token", (_id("The id of the service token.", "token_id"),)),
    Selector("any_valid_service_token", "any_valid_service_token"),
    Selector(
        "external_evaluation",
        "external_evaluation",
        (
            Field("evaluate_url", is_right=_is_url, doc="The URL of the API that is asked."),
            Field(
                "keys_url",
                before=" keys ",
                is_right=_is_url,
                doc="The URL of the keys that its answers are signed with.",
            ),
        ),
    ),
    Selector(
        "geo",
        "geo",
        (
            Field(
                "country_code",
                is_right=_is_country,
                canonical=str.upper,
                doc="The country, a two-letter code such as `DE` (ISO 3166-1).",
            ),
        ),
    ),
    Selector(
        "auth_method",
        "auth_method",
        (Field("auth_method", doc="The method, a value of RFC 8176 such as `mfa`."),),
    ),
    Selector(
        "device_posture",
        "device_posture",
        (_id("The id of the posture check.", "integration_uid"), _account(" in ")),
    ),
    Selector(
        "auth_context",
        "auth_context",
        (
            _id("The id of the authentication context in Entra."),
            Field("ac_id", before="/", doc="The authentication context's number, such as `c1`."),
            _through(),
        ),
    ),
    Selector(
        "common_name",
        "common_name",
        (Field("common_name", doc="The common name of the client certificate."),),
    ),
    Selector("login_method", "login_method", (_id("The id of the identity provider."),)),
    Selector(
        "oidc",
        "oidc",
        (
            Field("claim_name", doc="The claim's name."),
            Field(
                "claim_value",
                before="=",
                is_right=_may_be_empty,
                doc="The value that matches.",
            ),
            _through(),
        ),
    ),
    Selector(
        "linked_app_token",
        "linked_app_token",
        (_id("The id of the application that the token is for.", "app_uid"),),
    ),
    Selector(
        "user_risk_score",
        "user_risk_score",
        (
            Field(
                "user_risk_score",
                is_right=_is_level,
                many=True,
                doc="The risk scores that match, in any order.",
                choices=LEVELS,
            ),
        ),
    ),
    Selector("cloudflare_account_member", "cloudflare_account_member", (_account(" of "),)),
)
# The column "identity-based" of
# https://developers.cloudflare.com/cloudflare-one/access-controls/policies/#selectors
_OF_PEOPLE = frozenset(
    [
        "email",
        "email_list",
        "email_domain",
        "azure_ad",
        "github_organization",
        "gsuite",
        "okta",
        "saml",
        "oidc",
        "login_method",
        "auth_method",
        "auth_context",
        "external_evaluation",
        "user_risk_score",
        "cloudflare_account_member",
    ]
)
_OF_SERVICES = frozenset(("service_token", "any_valid_service_token", "linked_app_token"))
BY_WIRE = {selector.wire: selector for selector in SELECTORS}
# What programs call a selector, and what they might: azure_ad for azureAD.
_WORDS = {selector.name: selector for selector in SELECTORS} | BY_WIRE

# What an entry may hold beside its selector. `label`, `via` and MISTAKE are gone after check.
RAW, VIA = "raw", "via"
# Between the selectors of a rule that has several, in its key.
AND = " & "
_BESIDE = frozenset({OF, RAW, LABEL, VIA, MISTAKE})


class _Rules(Keyed):
    """Rules, as `Keyed` wants them."""

    def read(self, entry: Any, path: str) -> tuple[Named, list[Mistake]]:
        if entry == UNKNOWN:
            return Named(NOT_KNOWN_YET, entry), []
        if not isinstance(entry, Mapping):
            reason = f"is {quoted_value(entry)}, and must be a rule, such as {_meant_by(entry)}"
            return Named("", {}), [Mistake(path, reason)]
        raw = entry.get(RAW) is True
        held = _held(entry)
        mistakes = _shape([*held], path, raw=raw)
        if mistakes:
            return Named("", {}), mistakes
        for wire, value in held.items():
            inner, selector = f"{path}.{wire}", BY_WIRE.get(wire)
            if entry.get(MISTAKE):
                mistakes.append(Mistake(inner, str(entry[MISTAKE])))
            elif selector:
                mistakes += selector.mistakes(value, inner, raw=raw)
        if mistakes:
            return Named("", {}), mistakes
        kept = {key: entry[key] for key in (*held, OF, RAW) if entry.get(key) is not None}
        return Named(_key_of(held, entry), kept), []

    def canonical(self, entry: Any) -> str:
        if not isinstance(entry, Mapping):
            return str(entry)
        return _json({wire: _canonical(wire, value) for wire, value in _held(entry).items()})

    def gist(self, entry: Any) -> str:
        if not isinstance(entry, Mapping):
            return str(entry)
        held = _held(entry)
        leaf = next((_leaf(*one) for wire in held for one in _leaves(wire, held[wire])), "")
        return f"{AND.join(held)} {leaf}"

    def gists(self, answer: Any, reading: Reading = NOTHING_KNOWN) -> Collection[str]:
        """Return what a declaration may say: of a selector that nobody knows, it may be less."""
        held = _held(answer)
        names = AND.join(held)
        leaves = {_leaf(*one) for wire in held for one in _leaves(wire, held[wire], reading)}
        return [f"{names} {leaf}" for leaf in (*sorted(leaves), "")]

    def to_wire(self, entry: Any) -> Any:
        raw = bool(entry.get(RAW))
        return {wire: _to_wire(wire, value, raw=raw) for wire, value in _held(entry).items()}

    def matches(self, entry: Any, answer: Any, reading: Reading = NOTHING_KNOWN) -> bool:
        if not isinstance(entry, Mapping) or not isinstance(answer, Mapping):
            return False
        declared, answered = _held(entry), _held(answer)
        # One that holds another selector too is another rule.
        return declared.keys() == answered.keys() and all(
            _matches(wire, value, answered[wire], reading) for wire, value in declared.items()
        )

    def from_wire(self, answer: Any, reading: Reading) -> Named:
        held = _held(answer)
        wire, value = next(iter(held.items()), ("", {}))
        selector = BY_WIRE.get(wire)
        if selector is None or not isinstance(value, Mapping) or len(held) > 1:
            return Named(_key_of(held, {}), {**held, RAW: True})
        meant = selector.without_own(selector.meaning(value), reading)
        names = {
            f.labelled: reading.name_of(str(meant.get(f.name)))
            for f in selector.fields
            if f.labelled
        }
        answered = selector.renamed(value)
        as_answered = {name: answered[name] for name in meant}
        return Named(selector.key(meant, names), {wire: as_answered})

    def apart(self, answer: Any, reading: Reading) -> Named:
        del reading
        held = _held(answer)
        return Named(_key_of(held, {}), {**held, RAW: True})

    def is_twice(self, item: Any, other: Any) -> bool:
        return super().is_twice(item, other) and _strange(item) == _strange(other)

    def over(self, value: Mapping[str, Any], there: list[Any], was: Mapping[str, Any]) -> list[Any]:
        """Write every rule with the fields that nobody knows of the one that is there."""
        del was
        if not any(map(_strange, there)):
            return self.request(value)
        order = sorted(range(len(there)), key=lambda n: len(_json(_strange(there[n]))))
        left: dict[str, dict[int, Any]] = {}
        for n in order:
            for gist in self.gists(there[n], Reading(account=_account_of(there[n]))):
                left.setdefault(gist, {})[n] = there[n]
        written = {}
        for key in sorted(value, key=lambda key: (-len(self.canonical(value[key])), key)):
            alike = left.get(self.gist(value[key]), {})
            found = next((n for n, item in alike.items() if self._may_be(value[key], item)), None)
            written[key] = self.to_wire(value[key])
            if found is not None:
                own = Reading(account=_account_of(there[found]))
                for gist in self.gists(there[found], own):
                    left[gist].pop(found, None)
                written[key] = laid_over(written[key], _strange(there[found]))
        return [written[key] for key in sorted(written)]

    def _may_be(self, entry: Any, item: Any) -> bool:
        """Compare, whichever account the rule is about."""
        return self.matches(entry, item, Reading(account=_account_of(item)))

    def carried(self, items: list[Any]) -> list[Any]:
        return self.over(self.answer(items, {}, NOTHING_KNOWN), items, {})

    def unknown(self, items: list[Any], path: str) -> Iterator[str]:
        for item in items:
            for wire, fields in _strange(item).items():
                for name in fields:
                    yield f"{path}.{wire}.{name}"


def _meant_by(entry: Any) -> str:
    """Write the rule that a value in its place may mean."""
    if not isinstance(entry, str):
        return 'rules.email("ada@example.com")'
    if is_id(entry):
        return f"rules.group({quoted_value(entry)})"
    if "@" in entry[1:]:
        return BY_WIRE["email"].said(entry)
    if wrong_network(entry) is None:
        return BY_WIRE["ip"].said(entry)
    return 'rules.email("ada@example.com")'


def _canonical(wire: str, value: Any) -> Any:
    selector = BY_WIRE.get(wire)
    if selector is None or not isinstance(value, Mapping):
        return value
    return {**selector.meaning(value), **selector.unknown(value)}


def _leaves(path: str, value: Any, reading: Reading | None = None) -> Iterator[tuple[str, Any]]:
    """Return what a rule says in places that an answer that matches it has alike.

    With a `reading`, it is an answer: the object's own account may go without saying.
    """
    selector = BY_WIRE.get(path)
    if selector and isinstance(value, Mapping):
        meant = selector.meaning(value)
        yield path, meant
        filled_in = [field.name for field in selector.fields if field.filled_in]
        if reading and reading.account and filled_in:
            without = selector.without_own(meant, reading)
            if filled_in[0] not in without:
                yield path, without
                yield path, {**without, filled_in[0]: reading.account}
    elif isinstance(value, Mapping):
        for name in sorted(value):
            yield from _leaves(f"{path} {name}", value[name])
    elif isinstance(value, list):
        yield path, sorted(map(_json, value))
    elif not is_nothing(value):
        yield path, value


def _leaf(path: str, value: Any) -> str:
    return f"{path} {_json(value)}"


def _gist(wire: str, value: Any) -> Any:
    selector = BY_WIRE.get(wire)
    if selector is None or not isinstance(value, Mapping):
        return None
    filled_in = {field.name for field in selector.fields if field.filled_in}
    return {n: v for n, v in selector.meaning(value).items() if n not in filled_in}


def _to_wire(wire: str, value: Any, *, raw: bool) -> Any:
    selector = BY_WIRE.get(wire)
    if selector and isinstance(value, Mapping) and not raw:
        value = selector.renamed(value)
    return whole_numbers(value)


def _matches(wire: str, declared: Any, answered: Any, reading: Reading) -> bool:
    selector = BY_WIRE.get(wire)
    if selector is None or not isinstance(declared, Mapping) or not isinstance(answered, Mapping):
        return includes(answered, declared)
    meant = selector.without_own(selector.meaning(declared), reading)
    found = selector.without_own(selector.meaning(answered), reading)
    return meant == found and includes(selector.unknown(answered), selector.unknown(declared))


def _strange(rule: Any) -> dict[str, Any]:
    """Return the fields of a rule's known selectors that this package does not know."""
    found = {
        wire: selector.unknown(value)
        for wire, value in _held(rule).items()
        if isinstance(value, Mapping) and (selector := BY_WIRE.get(wire))
    }
    return {wire: fields for wire, fields in found.items() if fields}


def _account_of(rule: Mapping[str, Any]) -> str | None:
    """Return the account that a rule is about, if it names one."""
    for wire, value in _held(rule).items():
        for field in BY_WIRE[wire].fields if wire in BY_WIRE else ():
            if field.filled_in and isinstance(value, Mapping) and value.get(field.name):
                return str(value[field.name])
    return None


def _shape(keys: list[str], path: str, *, raw: bool) -> list[Mistake]:
    if not keys:
        return [Mistake(path, "is empty: a rule has exactly one selector")]
    if raw:
        return []
    if len(keys) > 1:
        names = ", ".join(map(quoted, keys))
        reason = f"has {len(keys)} selectors ({names}): a rule has exactly one, write one rule each"
        return [Mistake(path, reason)]
    (wire,) = keys
    if wire in BY_WIRE:
        return []
    near = nearest_of(wire, _WORDS)
    meant = _WORDS.get(near) if near else None
    hint = f'; "{meant.wire}"?' if meant else ""
    if meant and meant.wire != meant.name:
        hint = f'; say {meant.said()}, which Cloudflare spells "{meant.wire}"'
    reason = f"{quoted(wire)} is not a selector{hint} (rules.raw sends what nobody knows yet)"
    return [Mistake(path, reason)]


def _held(entry: Any) -> dict[str, Any]:
    """Return an entry's selectors and their values: one, unless somebody knows better."""
    if not isinstance(entry, Mapping):
        return {}
    return {k: entry[k] for k in sorted(entry) if k not in _BESIDE and entry[k] is not None}


def _key_of(held: Mapping[str, Any], labels: Mapping[str, Any]) -> str:
    return AND.join(_key(wire, value, labels) for wire, value in held.items())


def _key(wire: str, value: Any, labels: Mapping[str, Any]) -> str:
    selector, name = BY_WIRE.get(wire), text_of(wire)
    if value == UNKNOWN:
        return f"{selector.name if selector else name} {NOT_KNOWN_YET}"
    if not isinstance(value, Mapping):
        return f"{name} {_json(value)}"
    return selector.key(value, labels) if selector else name + _pairs(value)


def selectors(rules: Any) -> list[tuple[str, Selector]]:
    """Return the key and the selector of every rule of a section whose selector is known."""
    if not isinstance(rules, Mapping):
        return []
    held = ((key, wire) for key, entry in rules.items() for wire in _held(entry))
    return [(key, BY_WIRE[wire]) for key, wire in held if wire in BY_WIRE]


def account_filled_in(declared: Any, answer: Any) -> str | None:
    """Return the account that the API has filled in where a declaration's rules name none.

    The answer is the one to a request of the declaration, which holds rules in any depth.
    """
    said = [*_about_accounts(declared)]
    for account, rule in _about_accounts(answer):
        if account and (None, rule) in said and (account, rule) not in said:
            return account
    return None


def _about_accounts(value: Any) -> Iterator[tuple[str | None, str]]:
    """Return the rules about an account inside a value: which account, and what else they say."""
    if isinstance(value, Mapping):
        for wire, inner in value.items():
            selector = BY_WIRE.get(wire)
            if selector and isinstance(inner, Mapping) and selector.is_about_an_account:
                yield _account_of({wire: inner}), _json({wire: _gist(wire, inner)})
            else:
                yield from _about_accounts(inner)
    elif isinstance(value, list):
        for one in value:
            yield from _about_accounts(one)


def never_together(require: Any) -> str | None:
    """Say what of `require` nobody can meet at once, or nothing."""
    countries = sorted(key for key, selector in selectors(require) if selector.name == "geo")
    if len(countries) < 2:  # noqa: PLR2004 - one country is fine
        return None
    return (
        f"require: {' and '.join(countries)} matches nobody, a request comes from one country; for "
        "one or the other, require a group that includes both"
    )


RULES = _Rules()
Rules = Annotated[Any, RULES]

# ----------------------------------------------------------------------- functions for programs


def email(email: Text) -> Rule:
    """Match the person with this e-mail address.

    :param email: The e-mail address.
    """
    return {"email": {"email": email}}


def email_list(list_id: Reference, *, label: str | None = None) -> Rule:
    """Match everyone whose e-mail address is in this Zero Trust list.

    :param list_id: The Zero Trust list of addresses: the resource, its id, or what a look-up found.
    :param label: What keys of the state call the object. Default: its name, of a plain id the id.
    """
    return _refer("email_list", "id", list_id, EMAIL_LISTS, label)


def email_domain(domain: Text) -> Rule:
    """Match everyone whose address ends in @ and this domain, subdomains not included.

    :param domain: The domain, without the @, such as `example.com`.
    """
    return {"email_domain": {"domain": domain}}


def everyone() -> Rule:
    """Match everyone; under `allow`, everyone who can log in."""
    return {"everyone": {}}


def ip(ip: Text) -> Rule:
    """Match requests from this address or CIDR range, IPv4 or IPv6.

    :param ip: An address or a CIDR range, such as `203.0.113.0/24`.
    """
    return {"ip": {"ip": ip}}


def ip_list(list_id: Reference, *, label: str | None = None) -> Rule:
    """Match requests from the addresses in this Zero Trust list.

    :param list_id: The Zero Trust list of addresses: the resource, its id, or what a look-up found.
    :param label: What keys of the state call the object. Default: its name, of a plain id the id.
    """
    return _refer("ip_list", "id", list_id, IP_LISTS, label)


def certificate() -> Rule:
    """Match requests with any valid client certificate."""
    return {"certificate": {}}


def group(group: Reference, *, label: str | None = None) -> Rule:
    """Match whomever this Access group matches: the group itself, or its id.

    :param group: The Access group: the resource, its id, or what a look-up found.
    :param label: What keys of the state call the object. Default: its name, of a plain id the id.
    """
    return _refer("group", "id", group, GROUPS, label)


def azure_ad(group_id: Text, identity_provider: Reference, *, label: str | None = None) -> Rule:
    """Match members of this Microsoft Entra (Azure AD) group, by its object id.

    :param group_id: The object id of the Entra group.
    :param identity_provider: The identity provider that says so: the resource, its id, or what a
        look-up found.
    :param label: What keys of the state call the object. Default: its name, of a plain id the id.
    """
    return _via(identity_provider, "azureAD", {"id": group_id}, label)


def github_organization(
    name: Text, identity_provider: Reference, *, team: Text | None = None
) -> Rule:
    """Match members of this GitHub organization, or of one team in it.

    :param name: The organization's name.
    :param identity_provider: The identity provider that says so: the resource, its id, or what a
        look-up found.
    :param team: The team's name. Left out, any.
    """
    fields = {"name": name} if team is None else {"name": name, "team": team}
    return _via(identity_provider, "github-organization", fields)


def gsuite(email: Text, identity_provider: Reference) -> Rule:
    """Match members of this Google Workspace group, by the group's e-mail address.

    :param email: The group's e-mail address.
    :param identity_provider: The identity provider that says so: the resource, its id, or what a
        look-up found.
    """
    return _via(identity_provider, "gsuite", {"email": email})


def okta(name: Text, identity_provider: Reference) -> Rule:
    """Match members of this Okta group.

    :param name: The Okta group's name.
    :param identity_provider: The identity provider that says so: the resource, its id, or what a
        look-up found.
    """
    return _via(identity_provider, "okta", {"name": name})


def saml(
    attribute_name: Text, attribute_value: Text, identity_provider: Reference | None = None
) -> Rule:
    """Match people whose SAML assertion has this attribute with this value.

    :param attribute_name: The attribute's name.
    :param attribute_value: The value that matches.
    :param identity_provider: The identity provider that says so: the resource, its id, or what a
        look-up found.
    """
    fields = {"attribute_name": attribute_name, "attribute_value": attribute_value}
    return _via(identity_provider, "saml", fields)


def service_token(token: Reference, *, label: str | None = None) -> Rule:
    """Match requests with this service token; works in Service Auth policies alone.

    :param token: The service token: the resource, its id, or what a look-up found.
    :param label: What keys of the state call the object. Default: its name, of a plain id the id.
    """
    return _refer("service_token", "token_id", token, SERVICE_TOKENS, label)


def any_valid_service_token() -> Rule:
    """Match requests with any valid service token; works in Service Auth policies alone."""
    return {"any_valid_service_token": {}}


def external_evaluation(evaluate_url: Text, keys_url: Text) -> Rule:
    """Ask an API of your own; `keys_url` serves the keys that its answers are signed with.

    :param evaluate_url: The URL of the API that is asked.
    :param keys_url: The URL of the keys that its answers are signed with.
    """
    return {"external_evaluation": {"evaluate_url": evaluate_url, "keys_url": keys_url}}


def geo(country_code: Text) -> Rule:
    """Match requests from this country, a two-letter code such as DE.

    :param country_code: The country, a two-letter code such as `DE` (ISO 3166-1).
    """
    return {"geo": {"country_code": country_code}}


def auth_method(auth_method: Text) -> Rule:
    """Match logins with this authentication method, a value of RFC 8176 such as mfa.

    :param auth_method: The method, a value of RFC 8176 such as `mfa`.
    """
    return {"auth_method": {"auth_method": auth_method}}


def device_posture(
    integration_uid: Reference, *, account_id: Text | None = None, label: str | None = None
) -> Rule:
    """Match devices that pass this posture check (also WARP and Gateway).

    :param integration_uid: The posture check: the resource, its id, or what a look-up found.
    :param account_id: The id of the account. Left out, it is the account of the object with the
        rule.
    :param label: What keys of the state call the object. Default: its name, of a plain id the id.
    """
    more = {} if account_id is None else {"account_id": account_id}
    return _refer(
        "device_posture", "integration_uid", integration_uid, POSTURE_RULES, label, more=more
    )


def auth_context(
    id: Text,  # noqa: A002 - Cloudflare's name for it
    ac_id: Text,
    identity_provider: Reference,
    *,
    label: str | None = None,
) -> Rule:
    """Match logins with this Microsoft Entra authentication context.

    :param id: The id of the authentication context in Entra.
    :param ac_id: The authentication context's number, such as `c1`.
    :param identity_provider: The identity provider that says so: the resource, its id, or what a
        look-up found.
    :param label: What keys of the state call the object. Default: its name, of a plain id the id.
    """
    return _via(identity_provider, "auth_context", {"id": id, "ac_id": ac_id}, label)


def common_name(common_name: Text) -> Rule:
    """Match requests with a client certificate of this common name.

    :param common_name: The common name of the client certificate.
    """
    return {"common_name": {"common_name": common_name}}


def login_method(identity_provider: Reference, *, label: str | None = None) -> Rule:
    """Match people who logged in through this identity provider.

    :param identity_provider: The identity provider that says so: the resource, its id, or what a
        look-up found.
    :param label: What keys of the state call the object. Default: its name, of a plain id the id.
    """
    return _refer("login_method", "id", identity_provider, IDENTITY_PROVIDERS, label)


def oidc(claim_name: Text, claim_value: Text, identity_provider: Reference) -> Rule:
    """Match people whose OIDC token has this claim with this value.

    :param claim_name: The claim's name.
    :param claim_value: The value that matches.
    :param identity_provider: The identity provider that says so: the resource, its id, or what a
        look-up found.
    """
    fields = {"claim_name": claim_name, "claim_value": claim_value}
    return _via(identity_provider, "oidc", fields)


def linked_app_token(app: Reference, *, label: str | None = None) -> Rule:
    """Match OAuth tokens of this application; works in Service Auth and Bypass policies alone.

    :param app: The application that the token is for: the resource, its id, or what a look-up
        found.
    :param label: What keys of the state call the object. Default: its name, of a plain id the id.
    """
    return _refer("linked_app_token", "app_uid", app, APPLICATIONS, label)


def user_risk_score(levels: pulumi.Input[Sequence[pulumi.Input[types.RiskLevel]]]) -> Rule:
    """Match people whose risk score is one of these: low, medium, high, unscored.

    :param levels: The risk scores that match, in any order.
    """
    return {"user_risk_score": {"user_risk_score": levels}}


def cloudflare_account_member(account_id: Text | None = None) -> Rule:
    """Match members of a Cloudflare account, the group's own unless another is named.

    :param account_id: The id of the account. Left out, it is the account of the object with the
        rule.
    """
    return {"cloudflare_account_member": {} if account_id is None else {"account_id": account_id}}


def raw(rule: Mapping[str, Any]) -> Rule:
    """Send a rule as it is: for selectors and fields that this package does not know yet.

    :param rule: The rule, as Cloudflare writes it: `{selector: {field: value}}`.
    """
    return _rule({**rule, RAW: True})


def _refer(
    wire: str,
    field: str,
    reference: Reference,
    accepted: Accepted,
    label: str | None,
    *,
    more: Mapping[str, Any] | None = None,
) -> Rule:
    known = _known(reference, accepted)
    held = {field: known.pop(ID), **(more or {})}
    rule = {wire: held, **known, LABEL: label or known.get(LABEL)}
    return _rule(rule)


def _via(
    identity_provider: Reference | None,
    wire: str,
    fields: Mapping[str, Any],
    label: str | None = None,
) -> Rule:
    if identity_provider is None:
        return _rule({wire: fields})
    known = _known(identity_provider, IDENTITY_PROVIDERS)
    rule = {
        wire: {**fields, "identity_provider_id": known[ID]},
        OF: known.get(OF),
        LABEL: label,
        VIA: known.get(LABEL),
        MISTAKE: known.get(MISTAKE),
    }
    return _rule(rule)


def _rule(held: Mapping[str, Any]) -> Rule:
    """Make a rule of a selector and what stands beside it, which no program writes."""
    return cast("Rule", {key: inner for key, inner in held.items() if inner is not None})


def _known(reference: Reference, accepted: Accepted) -> dict[str, Any]:
    """Write down what is known of a reference in the preview."""
    known = refer(reference, accepted)
    if isinstance(known, pulumi.Output):
        return {ID: known.apply(lambda found: getattr(found, "id", found))}
    return dict(known) if isinstance(known, Mapping) else {ID: known}
