"""A Cloudflare API on this machine: the same routes, answers and refusals, without an account.

    with LocalCloudflare() as cloudflare:
        httpx.get(
            f"{cloudflare.base_url}/accounts/{cloudflare.account_id}/access/groups",
            headers={"Authorization": f"Bearer {cloudflare.token}"},
        )

An independent witness: it learns Cloudflare from Cloudflare's documents and imports nothing of
the rest of this package. It is stricter than the original where the original forgives, and
awkward where the original may be: rules come back in another order, in canonical form, with
fields that nobody sent. Where the documents contradict each other or say nothing, `Switches`
has both sides.

Each kind of object is one folder, moto's trio: `urls.py` which routes, `responses.py` decode and
encode, `models.py` how it behaves. A new kind is one more folder and one line in the `urls.py`
beside it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cloudflare import LocalCloudflare
    from .faults.arming import Armed
    from .world.clock import Clock
    from .world.switches import Switches
    from .world.world import Account, Zone

__all__ = ["Account", "Armed", "Clock", "LocalCloudflare", "Switches", "Zone"]

# Loaded on first use: pytest imports the plugin beside this file in every project that has this
# package installed, with or without the extra that brings Werkzeug.
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
