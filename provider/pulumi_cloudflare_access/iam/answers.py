"""What the documents of IAM describe in two ways, put into one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

AN_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
# Characters of an address that Cloudflare takes at most.
LONGEST_EMAIL = 90


def meta(answered: Any) -> dict[str, Any]:
    """Return what is said about an object by its names.

    The reference pages say `{key: label, value: dns_admin}`, their examples `{label: dns_admin}`.
    """
    if not isinstance(answered, Mapping):
        return {}
    if "key" in answered and answered.keys() <= {"key", "value"}:
        return {str(answered["key"]): answered.get("value")}
    return dict(answered)


def is_true(said: Any) -> bool:
    """Read a flag, which `meta` holds as a text."""
    return str(said).lower() == "true"


def scope(answered: Any) -> Any:
    """Return the scope of a resource group as requests have it.

    The reference pages say a list of scopes, the newest OpenAPI text one object. A list of several
    that are not one stays a list.
    """
    if not isinstance(answered, list) or not all(isinstance(one, Mapping) for one in answered):
        return answered
    if len({one.get("key") for one in answered}) != 1:
        return answered
    return {
        **answered[0],
        "objects": [found for one in answered for found in one.get("objects") or ()],
    }


def email_of(answered: Mapping[str, Any]) -> str:
    """Return the e-mail address of a member, in lower case; "" if an answer does not say."""
    user = answered.get("user")
    said = answered.get("email") or (user.get("email") if isinstance(user, Mapping) else None)
    return str(said or "").lower()
