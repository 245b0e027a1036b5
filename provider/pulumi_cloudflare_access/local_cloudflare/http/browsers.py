"""Refuses requests from web pages: any page that somebody visits can send requests to this machine.

A browser's request says where it comes from, and a page cannot change that. Requests from programs
do not have these headers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..calls.exceptions import ForeignOriginError, MisdirectedError

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    from ..calls.exceptions import RefusedError

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# The values of Sec-Fetch-Site for requests that no other site has made.
OWN_SITE = {"same-origin", "none"}


def refusal(request: Request) -> RefusedError | None:
    """Return the refusal of a request that a web page may have sent, or None."""
    # The host name of a page may resolve to this machine.
    if _host(f"//{request.host}") not in LOOPBACK:
        return MisdirectedError()
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() != f"http://{request.host}".lower():
        return ForeignOriginError()
    if request.headers.get("Sec-Fetch-Site", "none") not in OWN_SITE:
        return ForeignOriginError()
    return None


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
