"""A Cloudflare API on this machine: the same routes, answers and refusals, without an account.

    with LocalCloudflare() as cloudflare:
        httpx.get(
            f"{cloudflare.base_url}/accounts/{cloudflare.account_id}/access/groups",
            headers={"Authorization": f"Bearer {cloudflare.token}"},
        )

It is an independent witness: it is written from Cloudflare's documentation and imports nothing of
the rest of this package. It is stricter than Cloudflare, and as inconvenient as Cloudflare may be:
rules come back in another order, in canonical form, and with fields that nobody sent. Where the
documentation contradicts itself or says nothing, `Switches` offers both behaviours.

Each kind of object is one folder with three files, as in moto: `urls.py` has the routes,
`responses.py` decodes requests and encodes answers, and `models.py` has the behaviour. A new kind
is one more folder, and one line in the `urls.py` of its part of the API.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cloudflare import LocalCloudflare
    from .faults.arming import Armed
    from .world.clock import Clock
    from .world.switches import Switches
    from .world.world import Account, Zone

__all__ = ["Account", "Armed", "Clock", "LocalCloudflare", "Switches", "Zone"]

# Imported on first use: pytest imports the plugin beside this file in every project in which this
# package is installed, even without the extra that installs Werkzeug.
_HOMES = {
    "Account": "world.world",
    "Armed": "faults.arming",
    "Clock": "world.clock",
    "LocalCloudflare": "cloudflare",
    "Switches": "world.switches",
    "Zone": "world.world",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415  (a plain import would find this function)

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
