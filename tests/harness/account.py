"""What is at Cloudflare, and somebody who edits it by hand, whatever the names hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from pulumi_cloudflare_access import LocalCloudflare


class Account:
    """What is at Cloudflare, and somebody who edits it by hand."""

    def __init__(self, cloudflare: LocalCloudflare) -> None:
        self.cloudflare = cloudflare
        self._http = httpx.Client(
            transport=httpx.WSGITransport(app=cloudflare.app),
            base_url=f"{cloudflare.base_url}/accounts/{cloudflare.account_id}",
            headers={
                "Authorization": f"Bearer {cloudflare.token}",
                "Content-Type": "application/json",
            },
        )

    def ask(self, verb: str, path: str, body: Any = None) -> Any:
        content = None if body is None else json.dumps(body)
        answer = self._http.request(verb, path, content=content)
        assert answer.is_success, answer.text
        return answer.json()["result"]

    def look(self, path: str) -> Any:
        """Read an object in the words in which it could be written."""
        plain, self.cloudflare.switches.plain = self.cloudflare.switches.plain, True
        found = self.ask("GET", path)
        self.cloudflare.switches.plain = plain
        return found

    def group(self, name: str, **fields: Any) -> str:
        body = {"name": name, "include": [{"everyone": {}}], **fields}
        return str(self.ask("POST", "/access/groups", body)["id"])
