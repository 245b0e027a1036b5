"""Look-ups of zones, of all accounts in one list, and of account roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cloudflare as sdk
import httpx
import pytest

import pulumi_cloudflare_access as cloudflare
from harness.program import resolved
from pulumi_cloudflare_access import LookUpError, scopes

if TYPE_CHECKING:
    from pulumi_cloudflare_access import LocalCloudflare

ADMINISTRATOR = "3536bcfad5faccb999b47003c79917fb"


@pytest.fixture
def other(program: LocalCloudflare) -> Any:
    """Have another account, of the same token, with a zone of its own."""
    program.add_zone(name="shop.example.net")
    there = program.add_account(token=program.token)
    program.seed({"zones": {"f" * 32: {"name": "blog.example.org"}}})
    return there


def test_a_zone_is_found_by_name_and_stands_where_a_zone_is_due(
    program: LocalCloudflare, other: Any
) -> None:
    zone = cloudflare.get_zone(name="shop.example.net")
    assert (zone.status, zone.type, zone.account_id) == ("active", "full", program.account_id)
    assert zone.zone_id is None
    held: Any = scopes.zones(zone)
    assert held == {
        "objects": [
            {"key": f"com.cloudflare.api.account.zone.{zone.id}", "label": "shop.example.net"}
        ]
    }
    assert cloudflare.get_zone(id=zone.id) == zone
    assert resolved(cloudflare.get_zone_output(name="shop.example.net")) == zone
    assert [one.name for one in cloudflare.get_zones(account_id=other.id)] == []
    with pytest.raises(LookUpError, match='the nearest: "shop'):
        cloudflare.get_zone(name="shop.example.com.net")


def test_zones_are_those_of_one_account_read_once(program: LocalCloudflare, other: Any) -> None:
    mine = {one.name for one in cloudflare.get_zones()}
    assert mine == {zone.name for zone in program.account.zones}
    assert cloudflare.get_zones(account_id=other.id) == []
    cloudflare.get_zones()
    asked = [request["path"] for request in program.requests]
    assert len(asked) == 2
    assert all(path.startswith("/zones?") and "account.id=" in path for path in asked)


def test_the_sdk_lists_and_reads_zones(program: LocalCloudflare, other: Any) -> None:
    with sdk.Cloudflare(
        api_token=program.token, base_url=program.base_url, max_retries=0
    ) as client:
        of: Any = {"id": program.account_id}
        zones = list(client.zones.list(account=of))
        assert {zone.name for zone in zones} == {zone.name for zone in program.account.zones}
        assert list(client.zones.list(account={"id": other.id})) == []
        read = client.zones.get(zone_id=program.zone_id)
        assert read is not None
        assert read.account.id == program.account_id


def test_strangers_list_no_zones(program: LocalCloudflare) -> None:
    headers = {"Authorization": "Bearer nobody-has-issued-it"}
    assert httpx.get(f"{program.base_url}/zones", headers=headers).status_code == 403


def test_a_role_is_found_by_its_name_and_by_its_id(program: LocalCloudflare) -> None:
    role = cloudflare.get_account_role(name="Account Administrator")
    assert role.id == ADMINISTRATOR
    assert role.description == "Administrative access to the entire Account"
    assert role.permissions["dns"] == {"read": True, "write": True}
    assert cloudflare.get_account_role(id=ADMINISTRATOR) == role
    assert resolved(cloudflare.get_account_role_output(id=ADMINISTRATOR)) == role
    names = [one.name for one in cloudflare.get_account_roles()]
    assert "Minimal Account Access" in names
    assert names == sorted(names)
    with pytest.raises(LookUpError, match='no account role has the name "Analytic"'):
        cloudflare.get_account_role(name="Analytic")
    assert {request["path"].partition("?")[0] for request in program.requests} == {
        f"/accounts/{program.account_id}/roles"
    }
