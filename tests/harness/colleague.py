"""Somebody who edits by hand at Cloudflare, behind the program's back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from pulumi_cloudflare_access import LocalCloudflare

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Colleague:
    """Works on the groups of one account or zone, through the API as everybody does."""

    def __init__(
        self, cloudflare: LocalCloudflare, scope: str | None = None, token: str | None = None
    ) -> None:
        self._cloudflare = cloudflare
        self._path = f"/{scope or f'accounts/{cloudflare.account_id}'}/access/groups"
        self._http = httpx.Client(
            transport=httpx.WSGITransport(app=cloudflare.app),
            base_url=cloudflare.base_url,
            headers={"Authorization": f"Bearer {token or cloudflare.token}"},
        )
        self._own = 0

    def groups(self) -> dict[str, dict[str, Any]]:
        """Return every group by its name, in the words in which it could be written."""
        plain, self._cloudflare.switches.plain = self._cloudflare.switches.plain, True
        found = self._ask("GET", self._path)
        self._cloudflare.switches.plain = plain
        return {group["name"]: group for group in found}

    def names(self) -> list[str]:
        """Return the names of all groups; a name that two of them have stands there twice."""
        return sorted(group["name"] for group in self._ask("GET", self._path))

    def group(self, name: str) -> dict[str, Any]:
        """Return the group of this name."""
        return self.groups()[name]

    def members(self, name: str, section: str = "include") -> set[str]:
        """Return the values of a group's rules: addresses, domains, countries, ids."""
        rules = self.group(name)[section]
        return {
            str(value) for rule in rules for fields in rule.values() for value in fields.values()
        }

    def make(self, name: str, *include: dict[str, Any], **fields: Any) -> str:
        """Make a group, and return its id."""
        made = self._ask("POST", self._path, {"name": name, "include": list(include), **fields})
        return str(made["id"])

    def edit(self, called: str, /, **fields: Any) -> None:
        """Change some fields of a group and leave the others."""
        group = self.group(called)
        kept = ("name", "include", "exclude", "require", "is_default")
        body = {key: group[key] for key in kept if key in group} | fields
        self._ask("PUT", f"{self._path}/{group['id']}", body)

    def let_in(self, name: str, address: str) -> None:
        """Add a person to a group."""
        include = [*self.group(name)["include"], {"email": {"email": address}}]
        self.edit(name, include=include)

    def delete(self, name: str) -> None:
        """Delete a group."""
        self._ask("DELETE", f"{self._path}/{self.group(name)['id']}")

    def look_away(self) -> None:
        """Forget what was written so far: `written` tells what others write from now on."""
        self._own = len(self._cloudflare.requests)

    def written(self) -> list[str]:
        """Return the verbs of all writes since `look_away`."""
        asked = self._cloudflare.requests[self._own :]
        return [request["method"] for request in asked if request["method"] in WRITES]

    def _ask(self, verb: str, path: str, body: Any = None) -> Any:
        answer = self._http.request(verb, path.lstrip("/"), json=body)
        assert answer.is_success, answer.text
        return answer.json()["result"]
