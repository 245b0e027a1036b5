"""Somebody who works by hand on the SSO connectors of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from pulumi_cloudflare_access import LocalCloudflare

WRITES = ("POST", "PUT", "PATCH", "DELETE")
DOMAIN = "example.com"


class Administrator:
    """Looks at connectors and edits them, and knows what others have written."""

    def __init__(self, cloudflare: LocalCloudflare) -> None:
        self._cloudflare = cloudflare
        self._path = f"/accounts/{cloudflare.account_id}/sso_connectors"
        self._http = httpx.Client(
            transport=httpx.WSGITransport(app=cloudflare.app),
            base_url=cloudflare.base_url,
            headers={"Authorization": f"Bearer {cloudflare.token}"},
        )
        self._own = 0

    def seed(self, domain: str = DOMAIN, **fields: Any) -> str:
        """Keep a connector as if it had always been there; return its id."""
        document = {"sso_connectors": [{"email_domain": domain, **fields}]}
        [connector] = self._cloudflare.seed(document)["sso_connectors"]
        return str(connector["id"])

    def look(self, domain: str = DOMAIN) -> dict[str, Any]:
        """Return the connector of a domain, without a trace."""
        before = len(self._cloudflare.requests)
        answer = self._http.get(self._path)
        del self._cloudflare.app.requests[before:]
        return next(found for found in answer.json()["result"] if found["email_domain"] == domain)

    def edit(self, id_: str, **fields: Any) -> None:
        """Change fields of a connector; `written` does not tell of it."""
        before = len(self._cloudflare.requests)
        answer = self._http.patch(f"{self._path}/{id_}", json=fields)
        assert answer.is_success, answer.text
        del self._cloudflare.app.requests[before:]

    def verify(self, id_: str, status: str = "verified") -> None:
        """Have the verification of a connector end so."""
        self._cloudflare.move_sso(id_, status)

    def asked(self, *verbs: str) -> list[tuple[str, Any]]:
        """Return what others have asked for: the verb with what is below the list, and the body."""
        return [
            (
                f"{asked['method']} {asked['path'].partition('sso_connectors')[2]}".strip(),
                asked["body"],
            )
            for asked in self._cloudflare.requests[self._own :]
            if not verbs or asked["method"] in verbs
        ]

    def written(self) -> list[tuple[str, Any]]:
        """Return what others have written since the last time that this was called."""
        written = self.asked(*WRITES)
        self._own = len(self._cloudflare.requests)
        return written
