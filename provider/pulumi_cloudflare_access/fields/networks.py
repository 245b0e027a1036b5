"""IP addresses and CIDR ranges: their canonical form, and what is wrong with one."""

from __future__ import annotations

import ipaddress
import re

from ..text.nearest import quoted_value

# Python also accepts a netmask after the slash; the API accepts only a prefix length.
_RANGE = re.compile(r"[0-9A-Fa-f.:]+(?:/(?:0|[1-9][0-9]{0,2}))?")


def network(value: str) -> str:
    """Return an address or a range in canonical CIDR form. Any other text is returned as it is."""
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        return value


def wrong_network(value: str) -> str | None:
    """Return what is wrong with an address or a range, or None if it is right."""
    told = f"{quoted_value(value)} is no IP address and no CIDR range such as 203.0.113.0/24"
    if not _RANGE.fullmatch(value):
        if "%" in value:
            return f"{told}: an address of one machine's own interface (%) says nothing elsewhere"
        hint = _with_prefix(value)
        return f"{told}; say {quoted_value(hint)}" if hint else told
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return told
    return None


def _with_prefix(value: str) -> str | None:
    """Return the CIDR form of a range with a netmask or with leading zeros, else None."""
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        return None
