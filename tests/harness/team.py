"""The people of an account and its user groups, and somebody who works on them by hand."""

from __future__ import annotations

import hashlib
import itertools
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pulumi_cloudflare_access import LocalCloudflare

_numbers = itertools.count(1)


def email(name: str) -> str:
    """Return somebody's address."""
    return f"{name}@example.com"


def member_id(name: str) -> str:
    """Return the id of somebody's membership: the same one in every account."""
    return hashlib.blake2s(name.encode(), digest_size=16).hexdigest()


def ids(names: Iterable[str]) -> list[dict[str, str]]:
    """Write people as requests have them."""
    return sorted(({"id": member_id(name)} for name in names), key=str)


class Team:
    """Invites people, makes user groups, and edits them behind the program's back."""

    def __init__(self, cloudflare: LocalCloudflare) -> None:
        self.cloudflare = cloudflare
        self._account = f"accounts/{cloudflare.account_id}"
        self._http = httpx.Client(
            transport=httpx.WSGITransport(app=cloudflare.app),
            base_url=cloudflare.base_url,
            headers={"Authorization": f"Bearer {cloudflare.token}"},
        )

    def invite(self, *names: str, status: str = "accepted") -> None:
        """Have people in the account."""
        people = [{"email": email(n), "id": member_id(n), "status": status} for n in names]
        self.cloudflare.seed({"members": people})

    def leave(self, name: str) -> None:
        """Have somebody out of the account."""
        self._ask("DELETE", f"members/{member_id(name)}")

    def group(self, *names: str, scim: bool = False) -> str:
        """Have a user group with these people in it, and return its id."""
        group = {"name": f"Group {next(_numbers)}", "members": [*map(email, names)], "scim": scim}
        [kept] = self.cloudflare.seed({"iam/user_groups": [group]})["iam/user_groups"]
        return str(kept["id"])

    def drop(self, group: str) -> None:
        """Delete a group."""
        self._ask("DELETE", f"iam/user_groups/{group}")

    def members(self, group: str) -> list[str]:
        """Return who is in a group, by name."""
        path, found = f"iam/user_groups/{group}/members", []
        for page in itertools.count(1):
            items = self._ask("GET", f"{path}?per_page=500&page={page}")
            found += [item["email"].partition("@")[0] for item in items]
            if not items:
                return sorted(found)
        raise AssertionError

    def add(self, group: str, *names: str) -> None:
        """Add people to a group by hand."""
        self._ask("POST", f"iam/user_groups/{group}/members", ids(names))

    def put(self, group: str, *names: str) -> None:
        """Replace the members of a group by hand."""
        self._ask("PUT", f"iam/user_groups/{group}/members", ids(names))

    def take_out(self, group: str, name: str) -> None:
        """Take somebody out of a group by hand."""
        self._ask("DELETE", f"iam/user_groups/{group}/members/{member_id(name)}")

    def asked(self) -> list[str]:
        """Return the verbs and last parts of what others have asked for since the last time."""
        said = [
            f"{one['method']} {one['path'].partition('?')[0].removeprefix(f'/{self._account}/')}"
            for one in self.cloudflare.requests
        ]
        self.cloudflare.app.requests.clear()
        return said

    def written(self) -> list[tuple[str, Any]]:
        """Return the verbs and bodies of what others have written since the last time."""
        found = [(r["method"], r["body"]) for r in self.cloudflare.requests if r["method"] != "GET"]
        self.cloudflare.app.requests.clear()
        return found

    def _ask(self, verb: str, path: str, body: Any = None) -> Any:
        before = len(self.cloudflare.requests)
        answer = self._http.request(verb, f"{self._account}/{path}", json=body)
        assert answer.is_success, answer.text
        del self.cloudflare.app.requests[before:]
        return answer.json()["result"]
