"""The resources that are understood, and the names of their properties.

These are this package's resources, and those of the bridged provider (`pulumi_cloudflare`), which
writes the API's fields in camel case and lists in the plural.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

OURS: Final = "pulumi-python:dynamic/cloudflare:"
BRIDGED: Final = "cloudflare:index/"

GROUP: Final = "group"
POLICY: Final = "policy"
APPLICATION: Final = "application"
POLICY_LIST: Final = "policy list"
OWNED_POLICY: Final = "owned policy"
PROVIDER: Final = "identity provider"
TOKEN: Final = "service token"  # noqa: S105 - a kind
LIST: Final = "list"
POSTURE: Final = "posture rule"
USER_GROUP: Final = "user group"
MEMBER_LIST: Final = "members"
MEMBER: Final = "member"
RESOURCE_GROUP: Final = "resource group"
ACCOUNT_MEMBER: Final = "account member"

_KINDS: Final[Mapping[str, str]] = {
    f"{OURS}AccessGroup": GROUP,
    f"{OURS}AccessPolicy": POLICY,
    f"{OURS}AccessApplication": APPLICATION,
    f"{OURS}AccessApplicationPolicies": POLICY_LIST,
    f"{OURS}AccessApplicationPolicy": OWNED_POLICY,
    f"{OURS}UserGroup": USER_GROUP,
    f"{OURS}UserGroupMembers": MEMBER_LIST,
    f"{OURS}UserGroupMember": MEMBER,
    f"{OURS}ResourceGroup": RESOURCE_GROUP,
    f"{OURS}AccountMember": ACCOUNT_MEMBER,
    f"{OURS}ZeroTrustList": LIST,
    **{
        f"{BRIDGED}{module}:{name}": kind
        for kind, names in {
            GROUP: ("ZeroTrustAccessGroup", "AccessGroup"),
            POLICY: ("ZeroTrustAccessPolicy", "AccessPolicy"),
            APPLICATION: ("ZeroTrustAccessApplication", "AccessApplication"),
            PROVIDER: ("ZeroTrustAccessIdentityProvider", "AccessIdentityProvider"),
            TOKEN: ("ZeroTrustAccessServiceToken", "AccessServiceToken"),
            LIST: ("ZeroTrustList", "TeamsList"),
            POSTURE: ("ZeroTrustDevicePostureRule", "DevicePostureRule"),
            ACCOUNT_MEMBER: ("AccountMember",),
        }.items()
        for name in names
        for module in (name[0].lower() + name[1:],)
    },
}

NAMED: Final = frozenset((PROVIDER, TOKEN, LIST, POSTURE))
"""Kinds that decide nothing themselves. Rules refer to them by id."""

PARTS: Final = frozenset((POLICY_LIST, MEMBER_LIST, MEMBER))
"""Kinds that are part of another object and have its id."""

# The bridged provider's names of lists and selectors that differ from the API's.
_SINGULAR: Final[Mapping[str, str]] = {
    "includes": "include",
    "excludes": "exclude",
    "requires": "require",
    "target_criterias": "target_criteria",
    "user_risk_scores": "user_risk_score",
}
_SELECTORS: Final[Mapping[str, str]] = {
    "azure_ad": "azureAD",
    "github_organization": "github-organization",
}


def kind_of(type_: str) -> str | None:
    """Return the kind of a resource by its type token; None if it does not decide who gets in."""
    return _KINDS.get(type_)


def is_of_another_version(type_: str) -> bool:
    """Tell whether a type that is not known may decide who gets in: it is ours or the bridge's."""
    return type_.startswith(OURS) or re.match(rf"{BRIDGED}(?:zeroTrustA|a)ccess", type_) is not None


def in_api_form(type_: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties under the API's names, without reserved ones."""
    found = {name: value for name, value in properties.items() if not name.startswith("__")}
    return _snake(found) if type_.startswith(BRIDGED) else found


def property_of(type_: str, section: str) -> str:
    """Return a resource type's name for a top-level field of the API."""
    if not type_.startswith(BRIDGED):
        return section
    plural = next((many for many, one in _SINGULAR.items() if one == section), section)
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), plural)


def _snake(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            _api_name(str(name)): _snake(inner)
            for name, inner in value.items()
            if inner is not None
        }
    return [_snake(inner) for inner in value] if isinstance(value, list) else value


def _api_name(name: str) -> str:
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: "_" + match[1].lower(), name)
    return _SELECTORS.get(_SINGULAR.get(snake, snake), _SINGULAR.get(snake, snake))
