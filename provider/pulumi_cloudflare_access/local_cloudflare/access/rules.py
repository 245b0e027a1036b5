"""Access rules: the fields of each of the 26 selectors, and their canonical forms.

Written from Cloudflare's OpenAPI document and its Python SDK. The canonical forms (addresses as
networks, e-mail addresses and domains in lower case, countries in upper case) are not documented.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

from ..world.world import UNDOCUMENTED
from .exceptions import InternalServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..world.switches import Switches
    from ..world.world import Scope, World
    from .checks import Checker

Rule = dict[str, Any]

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("should be a string")  # noqa: TRY004  (a refusal, not a bug)
    if not value:
        raise ValueError("should not be empty")
    return value


def _group(value: Any) -> str:
    if not _UUID.fullmatch(_text(value)):
        raise InternalServerError
    return str(value)


def _account(value: Any) -> str:
    if not re.fullmatch(r"[0-9a-f]{32}", _text(value)):
        raise ValueError("should be an account id")
    return str(value)


def _email(value: Any) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", _text(value)):
        raise ValueError("should be an e-mail address")
    return str(value).lower()


def _domain(value: Any) -> str:
    if not re.fullmatch(r"[^@\s/:]+", _text(value)):
        raise ValueError("should be a domain")
    return str(value).lower()


def network(value: Any) -> str:
    """Return a network, or a single address as one. Raises ValueError, with the API's words."""
    address, slash, length = _text(value).partition("/")
    # Python also accepts netmasks and interface zones; Go does not.
    if (slash and not length.isdecimal()) or "%" in address:
        raise ValueError("should be an IP address or CIDR block")
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        raise ValueError("should be an IP address or CIDR block") from None


def _country(value: Any) -> str:
    # `T1` is what Cloudflare calls Tor.
    if not re.fullmatch(r"[A-Za-z]{2}|[Tt]1", _text(value)):
        raise ValueError("should be a country code of two letters")
    return str(value).upper()


def _levels(value: Any) -> list[str]:
    if not isinstance(value, list) or not value:
        raise ValueError("should be a list that is not empty")
    if not all(level in ("low", "medium", "high", "unscored") for level in value):
        raise ValueError("should be of low, medium, high and unscored")
    return list(value)


# A question mark: the field may be left out. Except for groups, an id may be any text, as in
# Terraform's acceptance tests: the object is not looked up.
SELECTORS: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "any_valid_service_token": {},
    "auth_context": {"id": _text, "ac_id": _text, "identity_provider_id": _text},
    "auth_method": {"auth_method": _text},
    "azureAD": {"id": _text, "identity_provider_id": _text},
    "certificate": {},
    "cloudflare_account_member": {"account_id?": _account},
    "common_name": {"common_name": _text},
    "device_posture": {"integration_uid": _text, "account_id?": _account},
    "email": {"email": _email},
    "email_domain": {"domain": _domain},
    "email_list": {"id": _text},
    "everyone": {},
    "external_evaluation": {"evaluate_url": _text, "keys_url": _text},
    "geo": {"country_code": _country},
    "github-organization": {"name": _text, "team?": _text, "identity_provider_id": _text},
    "group": {"id": _group},
    "gsuite": {"email": _email, "identity_provider_id": _text},
    "ip": {"ip": network},
    "ip_list": {"id": _text},
    "linked_app_token": {"app_uid": _text},
    "login_method": {"id": _text},
    "oidc": {"claim_name": _text, "claim_value": _text, "identity_provider_id": _text},
    "okta": {"name": _text, "identity_provider_id": _text},
    "saml": {"attribute_name": _text, "attribute_value": _text, "identity_provider_id?": _text},
    "service_token": {"token_id": _text},
    "user_risk_score": {"user_risk_score": _levels},
}

# The names of fields in the documentation until about 2024. Requests may still use them.
OLDER_NAMES: Mapping[str, Mapping[str, str]] = {
    "azureAD": {"identity_provider_id": "connection_id"},
    "github-organization": {"identity_provider_id": "connection_id"},
    "gsuite": {"identity_provider_id": "connection_id"},
    "okta": {"identity_provider_id": "connection_id", "name": "email"},
}


def checked(check: Checker, section: str, scope: Scope, *, required: bool = False) -> list[Rule]:
    """Return the rules of a section in canonical form. Mistakes are left in the checker."""
    switches = scope.world.switches
    kept = []
    for index, rule in enumerate(check.items(section, required=required)):
        pointer = f"/{section}/{index}"
        if not isinstance(rule, dict) or (len(rule) != 1 and not switches.accept_unknown_selectors):
            check.refuse(pointer, f"{section} rule should be an object with one selector")
            continue
        kept.append(
            {
                selector: _value(check, pointer, selector, fields, scope)
                for selector, fields in rule.items()
            }
        )
    return kept


def _value(check: Checker, pointer: str, selector: str, fields: Any, scope: Scope) -> Any:
    switches = scope.world.switches
    if selector not in SELECTORS:
        if not switches.accept_unknown_selectors:
            check.refuse(f"{pointer}/{selector}", f"unknown selector {selector}")
        return fields
    if not isinstance(fields, dict):
        check.refuse(f"{pointer}/{selector}", f"{selector} should be an object")
        return fields
    kept = _kept(check, pointer, selector, fields, switches)
    if "account_id?" in SELECTORS[selector] and switches.account_of_rules == "filled_in":
        kept.setdefault("account_id", scope.account.id)
    return kept


def _kept(
    check: Checker, pointer: str, selector: str, fields: Mapping[str, Any], switches: Switches
) -> dict[str, Any]:
    left = dict(fields)
    for newer, older in OLDER_NAMES.get(selector, {}).items():
        if older in left and newer not in left:
            left[newer] = left.pop(older)
    kept = {}
    for name, canonical in SELECTORS[selector].items():
        field = name.rstrip("?")
        if field in left:
            try:
                kept[field] = canonical(left.pop(field))
            except ValueError as error:
                check.refuse(f"{pointer}/{selector}/{field}", f"{selector}.{field} {error}")
        elif not name.endswith("?"):
            check.refuse(f"{pointer}/{selector}/{field}", f"{selector}.{field} is required")
    if switches.accept_unknown_selectors:
        return kept | {field: value for field, value in left.items() if field != UNDOCUMENTED}
    return kept | check.strange(f"{pointer}/{selector}", left, selector)


def shown(world: World, rules: list[Rule]) -> list[Rule]:
    """Return rules in the form of answers: in any order, and perhaps with fields nobody sent."""
    return [_shown(world, rule) for rule in world.in_any_order(rules)]


def _shown(world: World, rule: Rule) -> Rule:
    return {selector: _told(world, selector, fields) for selector, fields in rule.items()}


def _told(world: World, selector: str, fields: Any) -> Any:
    if not isinstance(fields, dict):
        return fields
    older = world.switches.identity_provider_field == "connection_id"
    names = OLDER_NAMES.get(selector, {}) if older else {}
    answer = {
        names.get(field, field): world.in_any_order(value) if isinstance(value, list) else value
        for field, value in fields.items()
    }
    return world.with_more(answer)
