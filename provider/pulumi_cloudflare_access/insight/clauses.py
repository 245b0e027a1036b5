"""One condition in words: the values of one attribute that it allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .addresses import merged, ranges_of
from .atoms import DECISION, UNKNOWN, Atom
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
    Regions,
    Risk,
    YesNo,
)
from .characters import shown
from .names import HIDDEN, Names
from .unknowns import (
    BEFORE_LOGIN,
    DEVICE_LOGIN,
    OTHER_TYPES,
    PRECEDENCE_TIE,
    PROTECTION,
    subject_of,
)

ANYONE: Final = "anyone"


@dataclass(frozen=True, slots=True)
class Clause:
    """The condition on one attribute, as data and in words.

    `values` are the allowed values or, if `excluded`, the values that are not allowed. `is_fact`:
    it is about something that was not read or is not documented, not about the request.
    """

    attribute: str
    words: str
    values: tuple[str, ...] = ()
    excluded: bool = False
    is_fact: bool = False


def clause_of(attribute: Attribute, regions: Regions, names: Names) -> Clause:
    """Return the condition that an attribute is in these regions."""
    return _WRITERS[type(attribute)](attribute, regions, names)


def any_of(words: Sequence[str]) -> str:
    """Join alternatives: "a, b or c"."""
    if len(words) <= 2:  # noqa: PLR2004 - a list with commas from three on
        return " or ".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _named(names: Names, atom: Atom, words: str) -> str:
    return HIDDEN if names.is_secret(atom) else words


# --------------------------------------------------------------------------------------- who it is


def _credential(attribute: Credential, regions: Regions, names: Names) -> Clause:
    person = bool(regions >> attribute.PERSON & 1)
    others = attribute.every ^ 1
    if person and not regions & others:
        return Clause("credential", f"{ANYONE} who logs in", ("login",))
    told = others & ~regions if person else regions
    said = _credentials(attribute, told, names)
    words = f"{ANYONE} without {any_of(said)}" if person else any_of(said)
    return Clause("credential", words, tuple(said), excluded=person)


def _credentials(attribute: Credential, regions: Regions, names: Names) -> list[str]:
    tokens = [
        _named(names, ("service_token", token), f'"{names.of(token)}"')
        for n, token in enumerate(attribute.tokens)
        if regions >> (2 + n) & 1
    ]
    first = attribute.other_token + 1
    applications = [
        _named(names, ("linked_app_token", one), f'"{names.of(one)}"')
        for n, one in enumerate(attribute.applications)
        if regions >> (first + n) & 1
    ]
    other = bool(regions >> attribute.other_token & 1)
    said = [f"service token {any_of(tokens)}"] if tokens else []
    if other:
        every = len(tokens) == len(attribute.tokens)
        said = ["any service token"] if every else [*said, "any other service token"]
    said += [f"an OAuth token of {any_of(applications)}"] if applications else []
    return [*said, "a request without a login"] if regions >> attribute.NOTHING & 1 else said


def _email(attribute: Email, regions: Regions, names: Names) -> Clause:
    """List addresses and domains; for a domain, also its named addresses that are not meant."""
    excluded = bool(regions >> attribute.elsewhere & 1)
    told = attribute.every ^ regions if excluded else regions
    said: list[str] = []
    covered: set[str] = set()
    but = " (but {})" if excluded else " except {}"
    for domain, at in attribute.domain_at.items():
        if told >> at & 1:
            covered.update(attribute.named_in[domain])
            apart = [
                _named(names, ("email", one), shown(one))
                for one in attribute.named_in[domain]
                if not told >> attribute.address_at[one] & 1
            ]
            whole = _named(names, ("email_domain", domain), f"@{shown(domain)}")
            said.append(whole + (but.format(any_of(apart)) if apart else ""))
    people = [
        _named(names, ("email", one), shown(one))
        for n, one in enumerate(attribute.addresses)
        if told >> n & 1 and one not in covered
    ]
    if excluded:
        return Clause(
            "email", f"{ANYONE} except {any_of([*said, *people])}", (*said, *people), excluded
        )
    words = any_of([*(f"{ANYONE} {one}" for one in said), *people])
    return Clause("email", words, (*said, *people))


def _member(attribute: Member, regions: Regions, names: Names) -> Clause:
    kind = attribute.atom[0]
    yes = regions == YesNo.YES
    rule = names.rule(attribute.atom)
    words = (
        ("in", "not in") if kind not in {"saml", "oidc", "auth_context"} else ("with", "without")
    )
    if names.is_secret(attribute.atom):
        words = ("matched by", "not matched by")
    return Clause(kind, f"{words[not yes]} {rule}", (rule,), not yes)


# ------------------------------------------------------------------------------- where, and how


def _address(attribute: Address, regions: Regions, names: Names) -> Clause:
    """List the ranges that are wholly included, and what is left of others as CIDR ranges."""
    cells = attribute.cells
    excluded = cells.outside is not None and bool(regions >> cells.outside & 1)
    told = attribute.every ^ regions if excluded else regions
    said: list[str] = []
    rest = told
    for _, _, _, text in sorted(cells.ranges, key=lambda one: one[1]):
        inside = cells.inside[text]
        if inside & rest and inside & told == inside:
            said.append(_named(names, ("ip", text), text))
            rest &= ~inside
    if rest and any(names.is_secret(("ip", text)) for *_, text in cells.ranges):
        said.append(HIDDEN)
    elif rest:
        pieces = [piece for n, piece in enumerate(cells.intervals) if rest >> n & 1]
        joined = merged([interval for piece in pieces for interval in piece])
        said += [text for interval in joined for text in ranges_of(interval)]
    return Clause("ip", f"{'not ' * excluded}from {any_of(said)}", tuple(said), excluded)


def _choice(
    attribute: str, before: str, name: Callable[[Names, str], str]
) -> Callable[[Choice, Regions, Names], Clause]:
    def write(choice: Choice, regions: Regions, names: Names) -> Clause:
        excluded = bool(regions >> choice.other & 1)
        said = [
            name(names, value)
            for n, value in enumerate(choice.values)
            if bool(regions >> n & 1) != excluded
        ]
        words = f"{'not ' * excluded}{before} {any_of(said)}"
        return Clause(attribute, words, tuple(said), excluded)

    return write


def _certificate(attribute: Certificate, regions: Regions, names: Names) -> Clause:
    if regions == attribute.every ^ 1:
        return Clause("certificate", "with a valid client certificate", ("any",))
    if regions == 1:
        return Clause("certificate", "without a client certificate", ("none",))
    excluded = bool(regions >> attribute.other & 1)
    said = [
        _named(names, ("common_name", value), shown(value)) if value else "none"
        for n, value in enumerate(attribute.values)
        if bool(regions >> n & 1) != excluded
    ]
    words = f"with {'another ' * excluded}client certificate {'than ' * excluded}{any_of(said)}"
    return Clause("certificate", words, tuple(said), excluded)


_VERBS: Final[Mapping[str, tuple[str, str]]] = {
    "email_list": ("in", "not in"),
    "ip_list": ("from", "not from"),
    "device_posture": ("passing", "not passing"),
    "auth_method": ("with", "without"),
    "external_evaluation": ("let in by", "refused by"),
    "cloudflare_account_member": ("being a", "not being a"),
}


def _yes_no(attribute: YesNo, regions: Regions, names: Names) -> Clause:
    atom = attribute.atom
    yes = regions == YesNo.YES
    if atom[0] == UNKNOWN:
        told = names.unknown(atom)
        return Clause(UNKNOWN, _unknown(atom, names, yes=yes), (told,), not yes, is_fact=True)
    verbs = _VERBS.get(atom[0], ("matched by", "not matched by"))
    if names.is_secret(atom):
        verbs = ("matched by", "not matched by")
    rule = names.rule(atom)
    return Clause(atom[0], f"{verbs[not yes]} {rule}", (rule,), not yes)


# ------------------------------------------------------------------------------ what is not known


def _unknown(atom: Atom, names: Names, *, yes: bool) -> str:
    """Return the condition on an unknown: "if … matches (not known here)"."""
    _, code, *what = atom
    about = shown(subject_of(atom))
    if code == BEFORE_LOGIN.code:
        about = f"{names.rule(tuple(what))}, before a login,"
    told = _FACTS.get(
        code, ("if {} matches (not known here)", "if {} does not match (not known here)")
    )
    return told[not yes].format(about)


_FACTS: Final[Mapping[str, tuple[str, str]]] = {
    BEFORE_LOGIN.code: ("if {} matches", "if {} does not match"),
    PROTECTION: (
        "if the account requires Access protection",
        "unless the account requires Access protection",
    ),
    DEVICE_LOGIN: (
        "logged in to the Cloudflare One Client",
        "not logged in to the Cloudflare One Client",
    ),
    PRECEDENCE_TIE.code: (
        "if the first of {} is decided first",
        "if the last of {} is decided first",
    ),
    OTHER_TYPES.code: ("if that is open without {}", "if that is closed without {}"),
}


def _one_of(attribute: OneOf, regions: Regions, names: Names) -> Clause:
    chosen = [atom for n, atom in enumerate(attribute.atoms) if regions >> n & 1]
    values = tuple(shown(atom[-1]) for atom in chosen)
    kind, key, *_ = chosen[0]
    if kind == DECISION:
        words = f'if policy "{names.of(key)}" decides {any_of(values)}'
    else:
        values = tuple(_place_of(atom[-1], names) for atom in chosen)
        words = f"if the application at {any_of(values)} answers"
    return Clause(kind, words, values, is_fact=True)


def _place_of(rival: str, names: Names) -> str:
    """Return the name of an application that may answer: its place, with its name if shared."""
    place, _, key = rival.partition(" of ")
    return f'{shown(place)} called "{names.of(key)}"' if key else shown(place)


_WRITERS: Final[Mapping[type[Attribute], Callable[[Any, Regions, Names], Clause]]] = {
    Credential: _credential,
    Email: _email,
    Provider: _choice(
        "login",
        "logged in through",
        lambda names, value: _named(names, ("login_method", value), names.of(value)),
    ),
    Member: _member,
    YesNo: _yes_no,
    Certificate: _certificate,
    Risk: _choice("risk", "with risk score", lambda _, value: shown(value)),
    Country: _choice(
        "country", "from", lambda names, value: _named(names, ("geo", value), shown(value))
    ),
    Address: _address,
    OneOf: _one_of,
}


def topic_of(attribute: Attribute, names: Names) -> str:
    """Return the words for an attribute that an answer depends on."""
    if isinstance(attribute, YesNo):
        return names.rule(attribute.atom)
    if isinstance(attribute, OneOf):
        return names.unknown(attribute.atoms[0])
    return _TOPICS[type(attribute)]


_TOPICS: Final[Mapping[type[Attribute], str]] = {
    Credential: "whether somebody logs in",
    Email: "the e-mail address",
    Provider: "the identity provider",
    Certificate: "the client certificate",
    Risk: "the risk score",
    Country: "the country",
    Address: "the IP address",
}
ORDER: Final = {kind: place for place, kind in enumerate(_WRITERS)}
"""The order of attributes in descriptions."""
