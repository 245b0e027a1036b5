"""Access groups through the plugin's own gRPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.plugin import Plugin
    from pulumi_cloudflare_access import LocalCloudflare

KIND = "access_group"
ENGINEERS = {"name": "Engineers", "include": [{"email": {"email": "ada@example.com"}}]}


def test_running_twice_asks_for_nothing(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    group = plugin.up(KIND, ENGINEERS)
    again = plugin.up(KIND, ENGINEERS, was=group)
    assert again.did == "same"
    assert [request["method"] for request in cloudflare.requests] == ["POST"]
