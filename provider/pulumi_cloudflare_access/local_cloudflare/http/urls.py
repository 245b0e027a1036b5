"""All routes. The tables are those of the kinds.

In a table, `{scope}` stands for an account or a zone, `{account}` and `{zone}` for one of them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from werkzeug.routing import Map, Rule

from ..access import urls as access
from ..dns import urls as dns
from ..gateway import urls as gateway
from ..iam import urls as iam
from ..tokens import urls as tokens
from ..users import urls as users
from ..zones import urls as zones

if TYPE_CHECKING:
    from ..calls.call import Handler
    from ..world.world import Backend

ROUTES: dict[str, Handler] = (
    access.ROUTES
    | dns.ROUTES
    | gateway.ROUTES
    | iam.ROUTES
    | tokens.ROUTES
    | users.ROUTES
    | zones.ROUTES
)

KINDS: tuple[type[Backend], ...] = (*access.KINDS, *dns.KINDS, *gateway.KINDS, *iam.KINDS)
"""The kinds that can be seeded."""

_PARENTS = {
    "{scope}": ("accounts/{account_id}", "zones/{zone_id}"),
    "{account}": ("accounts/{account_id}",),
    "{zone}": ("zones/{zone_id}",),
}


@cache
def routes() -> Map:
    """Return the routing table for paths below `/client/v4`."""
    return Map(
        [
            Rule(re.sub(r"{(\w+)}", r"<\1>", f"/{path}"), methods=[verb], endpoint=handler)
            for route, handler in ROUTES.items()
            for verb, path in _spelled_out(*route.split())
        ],
        merge_slashes=False,
    )


def _spelled_out(verb: str, path: str) -> list[tuple[str, str]]:
    head, _, rest = path.partition("/")
    return [(verb, f"{parent}/{rest}".rstrip("/")) for parent in _PARENTS.get(head, (head,))]
