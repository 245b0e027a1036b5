"""One declaration of each kind that is made by a POST, and somebody who counts what came of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from harness.team import Team, email
from pulumi_cloudflare_access import kinds, rules

if TYPE_CHECKING:
    from pulumi_cloudflare_access import LocalCloudflare

LISTS = "access_application_policies"
_numbers = itertools.count(1)


def id_of(one: Mapping[str, Any]) -> str:
    """Return what identifies an object: pages have a `uid`, tags their name."""
    return str(one.get("id") or one.get("uid") or one["name"])


class Account:
    """An account at the local Cloudflare, and somebody who counts what is in it."""

    def __init__(self, cloudflare: LocalCloudflare) -> None:
        self.cloudflare = cloudflare
        self._http = httpx.Client(
            transport=httpx.WSGITransport(app=cloudflare.app),
            base_url=f"{cloudflare.base_url}/accounts/{cloudflare.account_id}/",
            headers={"Authorization": f"Bearer {cloudflare.token}"},
        )
        self.team = Team(cloudflare)
        self.team.invite("ada")

    def all(self, collection: str) -> list[dict[str, Any]]:
        """Return all objects of a collection."""
        found: dict[str, dict[str, Any]] = {}
        for page in itertools.count(1):
            answer = self._http.get(collection, params={"page": page, "per_page": 50})
            assert answer.is_success, answer.text
            result = answer.json()["result"]
            # Of what an account has once, there is no list.
            new = {id_of(one): one for one in result if isinstance(result, list)}
            if new.keys() <= found.keys():
                # The end, or a list without pages once more.
                return list(found.values())
            found |= new
        raise AssertionError

    def ids(self, which: Iterable[str]) -> set[str]:
        """Return the ids of all objects of some kinds."""
        collections = {kinds.load(kind).collection.path for kind in which}
        return {id_of(one) for collection in collections for one in self.all(collection)}

    def application(self) -> str:
        """Make an application by hand; return its id."""
        body = {"type": "self_hosted", "domain": f"app-{next(_numbers)}.example.com"}
        answer = self._http.post("access/apps", json=body)
        assert answer.is_success, answer.text
        return str(answer.json()["result"]["id"])

    def make(self, collection: str, body: Mapping[str, Any]) -> str:
        """Make an object by hand; return its id."""
        answer = self._http.post(collection, json=body)
        assert answer.is_success, answer.text
        return id_of(answer.json()["result"])

    def delete(self, path: str) -> bool:
        """Delete an object by hand; return whether it was there."""
        return self._http.delete(path).is_success

    def made_anew(self, case: Case) -> str:
        """Replace what was made by the same, made by hand."""
        [there] = [id_of(one) for one in self.all(case.collection) if one[case.key] in case.names]
        where = f"/accounts/{self.cloudflare.account_id}/{case.collection}"
        asked = self.cloudflare.requests
        [body] = [a["body"] for a in asked if (a["method"], a["path"]) == ("POST", where)]
        assert self._http.delete(f"{case.collection}/{there}").is_success
        return self.make(case.collection, body)


@dataclass(frozen=True)
class Case:
    """A declaration, its collection, and whether an object there is what was declared."""

    kind: str
    declared: dict[str, Any]
    collection: str
    names: tuple[str, ...]
    key: str = "name"

    @property
    def route(self) -> str:
        return f"POST /accounts/*/{self.collection}"

    def found(self, account: Account) -> list[str]:
        return sorted(
            str(one.get(self.key))
            for one in account.all(self.collection)
            if one.get(self.key) in self.names
        )


INCLUDE = [rules.email("ada@example.com")]
SCOPE = {"key": "com.cloudflare.api.account.zone.*"}


def _policy(name: str) -> dict[str, Any]:
    return {"name": name, "decision": "allow", "include": INCLUDE}


def group(_: Account, name: str) -> Case:
    declared = {"name": name, "include": INCLUDE}
    return Case("access_group", declared, "access/groups", (name,))


def _application(_: Account, name: str) -> Case:
    domain = f"{name.replace(' ', '-').lower()}.example.com"
    declared = {"name": name, "domain": domain, "type": "self_hosted"}
    return Case("access_application", declared, "access/apps", (name,))


def _policies(account: Account, name: str) -> Case:
    application, names = account.application(), (f"{name} 1", f"{name} 2", f"{name} 3")
    declared = {"application": application, "policies": list(map(_policy, names))}
    return Case(LISTS, declared, f"access/apps/{application}/policies", names)


def _own_policy(account: Account, name: str) -> Case:
    application = account.application()
    declared = {"application": application, "precedence": 3, **_policy(name)}
    where = f"access/apps/{application}/policies"
    return Case("access_application_policy", declared, where, (name,))


def _reusable_policy(_: Account, name: str) -> Case:
    return Case("access_policy", _policy(name), "access/policies", (name,))


def _resource_group(account: Account, name: str) -> Case:
    scope = {
        "key": f"com.cloudflare.api.account.{account.cloudflare.account_id}",
        "objects": [{"key": "*"}],
    }
    declared = {"name": name, "scope": scope}
    return Case("resource_group", declared, "iam/resource_groups", (name,))


def _user_group(_: Account, name: str) -> Case:
    return Case("user_group", {"name": name}, "iam/user_groups", (name,))


def _member(account: Account, name: str) -> Case:
    del name
    group = account.team.group()
    declared = {"group": group, "member": email("ada")}
    where = f"iam/user_groups/{group}/members"
    return Case("user_group_member", declared, where, (email("ada"),), key="email")


def _account_member(_: Account, name: str) -> Case:
    address = f"{name.replace(' ', '-').lower()}@example.com"
    declared = {"email": address, "roles": ["Analytics"]}
    return Case("account_member", declared, "members", (address,), "email")


def _zero_trust_list(_: Account, name: str) -> Case:
    declared = {"name": name, "type": "SERIAL", "items": ["C02XYZ"]}
    return Case("zero_trust_list", declared, "gateway/lists", (name,))


def _sso_connector(_: Account, name: str) -> Case:
    domain = f"{name.replace(' ', '-').lower()}.example.com"
    return Case(
        "sso_connector", {"email_domain": domain}, "sso_connectors", (domain,), "email_domain"
    )


def _service_token(_: Account, name: str) -> Case:
    return Case("service_token", {"name": name}, "access/service_tokens", (name,))


def _identity_provider(_: Account, name: str) -> Case:
    config = {"client_id": "c", "client_secret": "s3cret-of-the-client"}
    declared = {"name": name, "type": "github", "config": config}
    return Case("identity_provider", declared, "access/identity_providers", (name,))


def _tag(_: Account, name: str) -> Case:
    return Case("access_tag", {"name": name}, "access/tags", (name,))


def _custom_page(_: Account, name: str) -> Case:
    declared = {"name": name, "type": "forbidden", "custom_html": "<h1>No</h1>"}
    return Case("custom_page", declared, "access/custom_pages", (name,))


CASES: list[Callable[[Account, str], Case]] = [
    group,
    _application,
    _policies,
    _own_policy,
    _reusable_policy,
    _resource_group,
    _user_group,
    _member,
    _account_member,
    _zero_trust_list,
    _sso_connector,
    _service_token,
    _identity_provider,
    _tag,
    _custom_page,
]
