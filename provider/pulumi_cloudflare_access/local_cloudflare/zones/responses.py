"""Answers requests about zones."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ..calls.call import Answer
from ..calls.exceptions import AuthenticationError, InvalidAccessTokenError
from ..calls.paging import page
from ..world.world import Zone

if TYPE_CHECKING:
    from ..calls.call import Call

PER_PAGE, MOST = 20, 50
CREATED = "2014-01-01T05:20:00.12345Z"


def list_zones(call: Call) -> Answer:
    """Answer one page of the zones that the credentials reach."""
    accounts = [one for one in call.world.accounts.values() if call.caller.opens(one)]
    if not accounts:
        raise AuthenticationError if call.caller.token is None else InvalidAccessTokenError
    account_id, name = call.query.get("account.id"), call.query.get("name")
    zones = [
        zone
        for account in accounts
        for zone in account.zones
        if account_id in (None, account.id) and name in (None, zone.name)
    ]
    zones.sort(key=lambda zone: zone.name)
    show = partial(_shown, call)
    return page(call, zones, show, per_page=PER_PAGE, most=MOST, total=len(zones))


def get_zone(call: Call) -> Answer:
    """Answer the zone of the path."""
    assert isinstance(call.scope, Zone)  # noqa: S101  (the route's own)
    return Answer(result=_shown(call, call.scope))


def _shown(call: Call, zone: Zone) -> dict[str, Any]:
    return call.world.with_more(
        {
            "id": zone.id,
            "name": zone.name,
            "status": "active",
            "paused": False,
            "type": "full",
            "development_mode": 0,
            "name_servers": ["bob.ns.cloudflare.com", "lola.ns.cloudflare.com"],
            "account": {"id": zone.account.id, "name": zone.account.name},
            "created_on": CREATED,
            "modified_on": CREATED,
            "activated_on": CREATED,
        }
    )
