"""IP addresses and ranges of them, as programs write them and as the API answers them."""

from __future__ import annotations

import ipaddress
import re

from ..text.nearest import quoted_value

# A prefix is a number: Python takes a netmask, too, and the API does not.
_RANGE = re.compile(r"[0-9A-Fa-f.:]+(?:/(?:0|[1-9][0-9]{0,2}))?")


def network(value: str) -> str:
    """Write an address or a range in its canonical form; what is none, as it is."""
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        return value


def wrong_network(value: str) -> str | None:
    """Say what is wrong with an address or a range, or nothing."""
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
    """Return a range that is written with a netmask, or with a zero too many, as CIDR."""
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        return None
