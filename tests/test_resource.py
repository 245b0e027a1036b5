"""Mistakes between the resources of one program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pulumi_cloudflare_access import AccessGroup, Cloudflare
from pulumi_cloudflare_access.resource import Deployment

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
