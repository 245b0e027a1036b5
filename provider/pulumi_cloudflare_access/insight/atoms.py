"""The rules of Access as atoms: tuples that are either true or false for a request.

`("email", "ada@example.com")` holds for requests of a person with this address, `("geo", "DE")` for
requests from Germany. Two rules that mean the same are the same atom. The first entry is the
selector's name in the API, or one of the words below.

https://developers.cloudflare.com/cloudflare-one/access-controls/policies/#selectors
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Atom: TypeAlias = tuple[str, ...]

# Atoms that are not selectors.
PERSON: Final[Atom] = ("person",)
"""The request comes from somebody who logs in."""
UNKNOWN: Final = "unknown"
"""Not known from the input, or not documented: `("unknown", code, what, …)`, see `unknowns`."""
DECISION: Final = "decision"
"""The decision of a policy, if it is not known: `("decision", policy, "allow")`."""
WINNER: Final = "winner"
"""Which of several applications answers at a place: `("winner", place, *rivals, rival)`."""
IN_PROVIDER: Final = "login_method"
GROUP: Final = "group"
EVERYONE: Final = "everyone"
LISTS: Final[Mapping[str, str]] = {"email_list": "email", "ip_list": "ip"}
"""Selectors of Zero Trust lists, with the selector that one entry of such a list stands for."""


@dataclass(frozen=True, slots=True)
class Selector:
    """One selector: its fields in the API, and what it refers to.

    `is_identity`: it refers to the person who has logged in. `is_service`: it refers to credentials
    that only Service Auth policies accept (and Bypass policies, for `linked_app_token`).
    """

    fields: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    is_identity: bool = False
    is_service: bool = False


_PROVIDER = "identity_provider_id"


def _at_provider(*fields: str, optional: frozenset[str] = frozenset()) -> Selector:
    return Selector((_PROVIDER, *fields), optional, is_identity=True)


SELECTORS: Final[Mapping[str, Selector]] = {
    "email": Selector(("email",), is_identity=True),
    "email_list": Selector(("id",), is_identity=True),
    "email_domain": Selector(("domain",), is_identity=True),
    "everyone": Selector(),
    "ip": Selector(("ip",)),
    "ip_list": Selector(("id",)),
    "certificate": Selector(),
    "common_name": Selector(("common_name",)),
    "group": Selector(("id",)),
    "azureAD": _at_provider("id"),
    "github-organization": _at_provider("name", "team", optional=frozenset({"team"})),
    "gsuite": _at_provider("email"),
    "okta": _at_provider("name"),
    "saml": _at_provider("attribute_name", "attribute_value", optional=frozenset({_PROVIDER})),
    "oidc": _at_provider("claim_name", "claim_value"),
    "auth_context": _at_provider("id", "ac_id"),
    "login_method": Selector(("id",), is_identity=True),
    "auth_method": Selector(("auth_method",), is_identity=True),
    "external_evaluation": Selector(("evaluate_url", "keys_url"), is_identity=True),
    "geo": Selector(("country_code",)),
    "device_posture": Selector(("integration_uid",)),
    "user_risk_score": Selector(("user_risk_score",), is_identity=True),
    "cloudflare_account_member": Selector(
        ("account_id",), frozenset({"account_id"}), is_identity=True
    ),
    "service_token": Selector(("token_id",), is_service=True),
    "any_valid_service_token": Selector(is_service=True),
    "linked_app_token": Selector(("app_uid",), is_service=True),
}
"""The selectors of the API, with the facts from the table in Cloudflare's documentation."""

IDENTITY: Final = frozenset(name for name, one in SELECTORS.items() if one.is_identity)
SERVICE: Final = frozenset(name for name, one in SELECTORS.items() if one.is_service)
GROUPS_AT_PROVIDERS: Final = frozenset(
    ("azureAD", "github-organization", "gsuite", "okta", "saml", "oidc", "auth_context")
)
"""Selectors for claims in a login's token. They hold only for logins through that provider."""

# Earlier names of fields, which old objects still have.
_ALIASES: Final = {"connection_id": _PROVIDER}
_LOWER: Final = frozenset({("email", "email"), ("email_domain", "domain"), ("gsuite", "email")})
RISK_LEVELS: Final = ("low", "medium", "high", "unscored")


def atom_of(selector: str, value: Any) -> Atom | None:
    """Return the atom of a rule in the API's form, or None if it is not understood.

    A rule with an unknown field is not understood, because the field may change whom it matches.
    The atom of a group holds the id as the rule has it.
    """
    known = SELECTORS.get(selector)
    if known is None or not isinstance(value, Mapping):
        return None
    given = {_ALIASES.get(name, name): one for name, one in value.items() if one is not None}
    if selector == "okta" and "name" not in given and "email" in given:
        given["name"] = given.pop("email")
    if selector == "device_posture":
        given.pop("account_id", None)
    if given.keys() - set(known.fields):
        return None
    if selector == "user_risk_score":
        return _risk(given.get("user_risk_score"))
    words = [selector]
    for field in known.fields:
        text = given.get(field, "" if field in known.optional else None)
        if not isinstance(text, str) or (not text and field not in known.optional):
            return None
        words.append(_canonical(selector, field, text))
    if "" in words[1:] and selector == "ip":
        return None
    return tuple(words)


def _canonical(selector: str, field: str, text: str) -> str:
    if (selector, field) in _LOWER:
        return text.lower()
    if selector == "geo":
        return text.upper()
    if selector == "ip":
        try:
            return str(ipaddress.ip_network(text, strict=False))
        except ValueError:
            return ""
    return text


def _risk(levels: Any) -> Atom | None:
    if not isinstance(levels, list) or not levels or not all(isinstance(x, str) for x in levels):
        return None
    return ("user_risk_score", *sorted({level.lower() for level in levels}))


def written(value: Any) -> str:
    """Return the canonical text of a rule that is not understood, to tell it from others."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def provider_of(atom: Atom) -> str:
    """Return the identity provider of an atom in GROUPS_AT_PROVIDERS; empty for any provider."""
    return atom[1]


def membership(atom: Atom) -> str:
    """Return what a login's token contains: `Eng` (Okta), `acme/core` (GitHub), `d=hr` (SAML)."""
    kind, _, *rest = atom
    if kind in {"saml", "oidc"}:
        return "=".join(rest)
    return "/".join(word for word in rest if word)
