"""A stand-in for `pulumi_cloudflare.AccountMember`, which cannot talk to a local Cloudflare.

It invites somebody with the role that may do least, puts them out again, and that is all: not for
stacks that matter.
"""

from typing import Any

import pulumi
from pulumi import dynamic

from pulumi_cloudflare_access.api.client import client_for
from pulumi_cloudflare_access.settings import Settings

NEEDS = "Account Settings"


class AccountMemberProvider(dynamic.ResourceProvider):
    def configure(self, req: dynamic.ConfigureRequest) -> None:
        settings = Settings.read(req.config.get)
        self._client = client_for(settings)
        self._account = f"/accounts/{settings.account_id}"

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        roles = self._client.list(f"{self._account}/roles", per_page=50, permission=NEEDS)
        [role] = [found["id"] for found in roles if found["name"] == "Analytics"]
        body = {"email": props["email"], "roles": [role]}
        made = self._client.post(f"{self._account}/members", body, permission=NEEDS)
        return dynamic.CreateResult(made["id"], props)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.DiffResult:
        others = ["email"] if _olds["email"] != _news["email"] else []
        return dynamic.DiffResult(changes=bool(others), replaces=others)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        self._client.delete(f"{self._account}/members/{_id}", permission=NEEDS)


class AccountMember(dynamic.Resource, module="example", name="AccountMember"):
    email: pulumi.Output[str]

    def __init__(self, name_: str, *, email: str) -> None:
        super().__init__(AccountMemberProvider(), name_, {"email": email})
