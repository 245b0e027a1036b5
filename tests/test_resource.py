"""Mistakes between the resources of one program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pulumi_cloudflare_access import AccessApplication, AccessGroup, Cloudflare, UserGroup
from pulumi_cloudflare_access.resource import Deployment, Resource

if TYPE_CHECKING:
    from pulumi_cloudflare_access import LocalCloudflare


@pytest.mark.parametrize("adopt", [True, "6f1e0000-0000-4000-8000-000000000001"])
def test_one_object_is_adopted_once_in_an_account(
    *, adopt: bool | str, program: LocalCloudflare
) -> None:
    declared = {"name": "Engineers", "adopt": adopt}
    deployment = Deployment()
    eu = Cloudflare("eu", account_id=program.add_account().id)
    assert deployment.adoption_mistakes(AccessGroup, "one", declared, None) == []
    [mistake] = deployment.adoption_mistakes(AccessGroup, "two", declared, None)
    assert mistake == 'adopt: "one" adopts this object already: one object, one resource'
    assert deployment.adoption_mistakes(AccessGroup, "there", declared, eu) == []
    assert deployment.adoption_mistakes(AccessGroup, "there too", declared, eu) != []


def test_what_cloudflare_has_once_is_declared_once(program: LocalCloudflare) -> None:
    deployment = Deployment()
    eu = Cloudflare("eu", account_id=program.add_account().id)

    def mistakes(resource: type[Resource], called: str, **declared: Any) -> list[str]:
        provider = declared.pop("provider", None)
        return deployment.namesake_mistakes(resource, called, declared, provider)

    assert mistakes(AccessApplication, "wiki", type="self_hosted", domain="Wiki.Example.com") == []
    assert mistakes(AccessApplication, "docs", type="ssh", domain="wiki.example.com") == [
        'domain: "wiki" has wiki.example.com already, and Cloudflare refuses a second one'
    ]
    # A place below it is another, and so is another account; a bookmark only points there.
    assert mistakes(AccessApplication, "a", type="ssh", domain="wiki.example.com/admin") == []
    assert mistakes(AccessApplication, "b", domain="wiki.example.com", provider=eu) == []
    assert mistakes(AccessApplication, "c", type="bookmark", domain="wiki.example.com") == []
    assert mistakes(AccessApplication, "d", type="saas") == []
    # Access groups may have the same name; user groups may not.
    for kind, due in ((AccessGroup, []), (UserGroup, ["name"])):
        assert mistakes(kind, "one", name="Staff") == []
        told = mistakes(kind, "two", name="Staff")
        assert [mistake.partition(":")[0] for mistake in told] == due
