"""What a resource group holds: what the functions build, what keys say, what is refused."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from harness.golden import keys_in
from harness.program import Mocks, resolved
from pulumi_cloudflare_access import ResourceGroup, scopes

GOLDEN = Path(__file__).with_name("scope_keys.golden.txt")
OBJECTS = scopes.Objects()
SHOP, BLOG = "23f8d65290b24279ba6f44721b3eaad5", "13f8d65290b24279ba6f44721b3eaad5"
ZONE = "com.cloudflare.api.account.zone."


def arranged(*declared: Any) -> dict[str, Any]:
    keyed, wrong = OBJECTS.check(list(declared), "scope.objects")
    assert wrong == []
    assert isinstance(keyed, dict)
    return keyed


def test_the_functions_build_what_requests_have() -> None:
    assert scopes.account() == {"objects": [{"key": "*"}]}
    assert scopes.zones(SHOP) == {"objects": [{"key": f"{ZONE}{SHOP}"}]}
    assert scopes.objects("a.b", "c", key="d") == {
        "key": "d",
        "objects": [{"key": "a.b"}, {"key": "c"}],
    }


def test_zones_may_be_given_names() -> None:
    zones: Any = scopes.zones({"shop.example.com": SHOP}, BLOG)
    assert list(arranged(*zones["objects"])) == [f"zone {BLOG}", "zone shop.example.com"]
    assert OBJECTS.request(arranged(*zones["objects"])) == [
        {"key": f"{ZONE}{BLOG}"},
        {"key": f"{ZONE}{SHOP}"},
    ]


def kept(scope: Any) -> list[Any]:
    """Return the objects of a resource group's scope as check gets them."""
    mocks.set_mocks(Mocks(SHOP), preview=False)
    group = ResourceGroup("group", name="G", scope=scope())
    return list(resolved(group.scope)["objects"])


def test_the_bridged_providers_zone_is_held_under_its_name() -> None:
    [held] = kept(lambda: scopes.zones(pulumi.CustomResource("cloudflare:index/zone:Zone", "shop")))
    [(key, entry)] = arranged(held).items()
    assert key == "zone shop"
    assert entry["key"] == f"{ZONE}{SHOP}"
    assert entry["of"].endswith("cloudflare:index/zone:Zone::shop")


def test_a_zone_may_be_known_later() -> None:
    assert kept(lambda: scopes.zones(pulumi.Output.from_input(BLOG))) == [{"key": f"{ZONE}{BLOG}"}]


def test_a_resource_that_is_no_zone_is_named() -> None:
    held = kept(lambda: scopes.zones(pulumi.CustomResource("cloudflare:index/list:List", "l")))
    _, [wrong] = OBJECTS.check(held, "scope.objects")
    assert str(wrong) == "scope.objects[0]: List is not a zone; pass a zone or its id"


@pytest.mark.parametrize(("declared", "keys"), keys_in(GOLDEN))
def test_keys_are_as_the_golden_file_has_them_whatever_the_order(
    declared: list[Any], keys: list[str]
) -> None:
    for order in itertools.permutations(declared):
        assert list(arranged(*order)) == keys


def test_a_map_is_taken_as_check_gave_it() -> None:
    keyed = arranged({"key": "*"}, {"key": f"{ZONE}{SHOP}", "label": "shop"})
    assert OBJECTS.check(keyed, "scope.objects") == (keyed, [])


NO_OBJECT = "must be an object of a scope; scopes.zones(…) makes them"
NO_ZONE = "names no zone's id, 32 hexadecimal digits; pass the zone itself or its id"


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (SHOP, f"scope.objects[0]: {NO_OBJECT}"),
        ({}, f"scope.objects[0]: {NO_OBJECT}"),
        ({"key": 5}, f"scope.objects[0]: {NO_OBJECT}"),
        ({"key": ""}, "scope.objects[0].key: must not be empty"),
        ({"key": f"{ZONE}example.com"}, f'scope.objects[0].key: "{ZONE}example.com" {NO_ZONE}'),
    ],
)
def test_what_is_wrong_is_told_with_its_place(held: Any, told: str) -> None:
    _, wrong = OBJECTS.check([held], "scope.objects")
    assert list(map(str, wrong)) == [told]
