"""What the tests of the local IAM share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

MISSING = "0" * 32
LOAD_BALANCER = "6d7f2f5f5b1d4a0e9081fdc98d432fd1"
NETWORK_MONITORING = "82e64a83756745bbbb1c9c2701bf816b"
ZONE_READ = "c8fed203ed3043cba015a93ad1616f1f"
ADMINISTRATOR = "3536bcfad5faccb999b47003c79917fb"


def errors(response: httpx.Response) -> list[tuple[int, int, str]]:
    """Return the status, the code and the words of every error."""
    return [
        (response.status_code, error["code"], error["message"])
        for error in response.json()["errors"]
    ]


def result(response: httpx.Response) -> Any:
    assert response.status_code == 200, response.text
    return response.json()["result"]


def scope(cloudflare: LocalCloudflare, *objects: str) -> dict[str, Any]:
    """Return the scope of these objects of the first account, or of all of them."""
    return {
        "key": f"com.cloudflare.api.account.{cloudflare.account_id}",
        "objects": [{"key": key} for key in objects or ("*",)],
    }


def whole(http: httpx.Client, account: str) -> str:
    """Return the id of the resource group that Cloudflare made for the whole account."""
    name = f"com.cloudflare.api.account.{account.removeprefix('/accounts/')}"
    [group] = result(http.get(f"{account}/iam/resource_groups", params={"name": name}))
    group_id: str = group["id"]
    return group_id


def policy(resource_group: str, *permission_groups: str, access: str = "allow") -> dict[str, Any]:
    return {
        "access": access,
        "permission_groups": [{"id": group} for group in permission_groups or (ZONE_READ,)],
        "resource_groups": [{"id": resource_group}],
    }


def seed_members(cloudflare: LocalCloudflare, *names: str) -> list[str]:
    """Add members by the part of their address before the @; a `?` means pending."""
    members = [
        {
            "email": f"{name.rstrip('?')}@example.com",
            "status": "pending" if name.endswith("?") else "accepted",
        }
        for name in names
    ]
    return [member["id"] for member in cloudflare.seed({"members": members})["members"]]
