"""A stand-in for `pulumi_cloudflare.DnsRecord`, whose provider cannot talk to a local Cloudflare.

It makes a record and deletes it, and that is all: not for stacks that matter.
"""

from typing import Any

import pulumi
from pulumi import dynamic

from pulumi_cloudflare_access.api.client import client_for
from pulumi_cloudflare_access.settings import Settings

FIELDS = ("type", "name", "content", "ttl")


class DnsRecordProvider(dynamic.ResourceProvider):
    def configure(self, req: dynamic.ConfigureRequest) -> None:
        self._client = client_for(Settings.read(req.config.get))

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        where = f"/zones/{props['zone_id']}/dns_records"
        # The engine's numbers are floats.
        body = {name: props[name] for name in FIELDS} | {"ttl": int(props["ttl"])}
        made = self._client.post(where, body, permission="DNS")
        return dynamic.CreateResult(made["id"], props)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.DiffResult:
        others = [name for name in ("zone_id", *FIELDS) if _olds[name] != _news[name]]
        return dynamic.DiffResult(changes=bool(others), replaces=others)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        self._client.delete(f"/zones/{_props['zone_id']}/dns_records/{_id}", permission="DNS")


class DnsRecord(dynamic.Resource, module="example", name="DnsRecord"):
    def __init__(
        self, name_: str, *, opts: pulumi.ResourceOptions | None = None, **fields: Any
    ) -> None:
        super().__init__(DnsRecordProvider(), name_, fields, opts)
