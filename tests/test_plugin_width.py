"""How many calls a plugin process serves at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pulumi_cloudflare_access.local_cloudflare import faults

if TYPE_CHECKING:
    from harness.plugin import Kept, Plugin
    from pulumi_cloudflare_access import LocalCloudflare

AT_A_TIME = 24


def test_many_creates_wait_for_cloudflare_at_the_same_time(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    held = cloudflare.fault("POST /accounts/*/access/groups", faults.Hold("before"))

    def make(number: int) -> Kept:
        group = {"name": f"G{number}", "include": [{"everyone": {}}]}
        return plugin.up("access_group", group, name=f"g{number}")

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        made = [pool.submit(make, number) for number in range(AT_A_TIME)]
        try:
            held.wait(AT_A_TIME)
        finally:
            held.lift()
        assert len({group.result().id for group in made}) == AT_A_TIME
