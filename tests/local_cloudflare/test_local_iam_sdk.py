"""Cloudflare's own Python SDK against the local IAM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cloudflare as sdk
import pytest

from local_cloudflare.iam import ADMINISTRATOR, LOAD_BALANCER, ZONE_READ, policy, scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare


@pytest.fixture
def client(cloudflare: LocalCloudflare) -> Iterator[Any]:
    # Any: what the SDK says of its answers is longer than what is asserted here.
    with sdk.Cloudflare(
        api_token=cloudflare.token, base_url=cloudflare.base_url, max_retries=0
    ) as client:
        yield client


@pytest.fixture
def of(cloudflare: LocalCloudflare) -> dict[str, str]:
    return {"account_id": cloudflare.account_id}


def test_the_sdk_drives_every_route_of_permission_groups(client: Any, of: dict[str, str]) -> None:
    groups = client.iam.permission_groups
    one = groups.get(LOAD_BALANCER, **of)
    assert (one.name, one.meta.label) == ("Load Balancer", "load_balancer_admin")
    everything = list(groups.list(per_page=50, **of))
    assert len(everything) == len({group.id for group in everything}) > 400
    assert any(group.meta.eol_at for group in everything)
    assert [group.id for group in groups.list(name="Zone Read", **of)] == [ZONE_READ]


def test_the_sdk_drives_every_route_of_resource_groups(
    client: Any, of: dict[str, str], cloudflare: LocalCloudflare
) -> None:
    groups = client.iam.resource_groups
    cloudflare.switches.resource_group_scope = "object"
    created = groups.create(name="Zones", scope=scope(cloudflare), **of)
    assert created.scope.objects[0].key == "*"
    assert groups.update(created.id, name="All", **of).name == "All"
    assert groups.get(created.id, **of).name == "All"
    assert [group.id for group in groups.list(name="All", **of)] == [created.id]
    assert list(groups.list(name="Zones", **of)) == []
    assert groups.delete(created.id, **of).id == created.id
    with pytest.raises(sdk.NotFoundError, match="resource group not found"):
        groups.get(created.id, **of)
    [built_in, *_] = groups.list(**of)
    with pytest.raises(sdk.UnprocessableEntityError, match="resource group is non-editable"):
        groups.update(built_in.id, name="Mine", **of)


def test_the_sdk_drives_every_route_of_user_groups(
    client: Any, of: dict[str, str], cloudflare: LocalCloudflare
) -> None:
    groups = client.iam.user_groups
    cloudflare.switches.resource_group_scope = "object"
    everywhere = client.iam.resource_groups.create(name="x", scope=scope(cloudflare), **of).id
    created = groups.create(name="Staff", policies=[policy(everywhere)], **of)
    assert created.policies[0].permission_groups[0].name == "Zone Read"
    assert created.policies[0].resource_groups[0].id == everywhere
    denied = [policy(everywhere, access="deny")]
    assert groups.update(created.id, policies=denied, **of).policies[0].access == "deny"
    assert groups.get(created.id, **of).name == "Staff"
    assert groups.create(name="Guests", **of).policies is None
    assert [group.name for group in groups.list(per_page=1, **of)] == ["Guests", "Staff"]
    assert [group.name for group in groups.list(fuzzy_name="sta", **of)] == ["Staff"]
    with pytest.raises(sdk.ConflictError, match="user group name already exists"):
        groups.create(name="Staff", **of)
    with pytest.raises(sdk.BadRequestError, match="Cannot re-use policy IDs"):
        groups.update(created.id, policies=[denied[0] | {"id": created.id}], **of)
    assert groups.delete(created.id, **of).id == created.id


def test_the_sdk_drives_every_route_of_user_group_members(
    client: Any, of: dict[str, str], cloudflare: LocalCloudflare
) -> None:
    members = client.iam.user_groups.members
    seeded = cloudflare.seed({"members": [{"email": f"{it}@example.com"} for it in "abc"]})
    a, b, c = (member["id"] for member in seeded["members"])
    group = client.iam.user_groups.create(name="Staff", **of).id
    added = members.create(group, members=[{"id": a}, {"id": b}], **of)
    assert {member.email for member in added} == {"a@example.com", "b@example.com"}
    assert [member.id for member in members.list(group, per_page=1, **of)] == [a, b]
    assert [member.id for member in members.list(group, direction="desc", **of)] == [b, a]
    assert [member.id for member in members.list(group, fuzzy_email="b@", **of)] == [b]
    replaced = members.update(group, members=[{"id": c}], **of)
    assert [member.email for member in replaced] == ["c@example.com"]
    read = members.get(c, user_group_id=group, **of)
    assert (read.user.email, read.created_at is not None) == ("c@example.com", True)
    removed = members.delete(c, user_group_id=group, **of)
    assert (removed.id, removed.email, removed.status) == (c, "c@example.com", "accepted")
    assert list(members.list(group, **of)) == []
    with pytest.raises(sdk.BadRequestError, match="user group member invalid"):
        members.create(group, members=[{"id": group}], **of)


@pytest.mark.filterwarnings("ignore:Use /accounts:DeprecationWarning")  # roles, says the SDK
def test_the_sdk_drives_every_route_of_members_and_roles(client: Any, of: dict[str, str]) -> None:
    members, roles = client.accounts.members, client.accounts.roles
    names = [role.name for role in roles.list(per_page=5, **of)]
    assert len(names) == len(set(names)) > 10
    assert roles.get(ADMINISTRATOR, **of).permissions.zones.write is True
    created = members.create(email="ada@example.com", roles=[ADMINISTRATOR], **of)
    assert (created.status, created.user.email) == ("pending", "ada@example.com")
    assert members.get(created.id, **of).roles[0].name == "Account Administrator"
    changed = members.update(member_id=created.id, roles=[{"id": role_named(client, of)}], **of)
    assert changed.roles[0].name == "DNS"
    members.create(email="bob@example.com", roles=[ADMINISTRATOR], status="accepted", **of)
    assert [it.email for it in members.list(order="status", **of)] == [
        "bob@example.com",
        "ada@example.com",
    ]
    assert members.delete(created.id, **of).id == created.id
    with pytest.raises(sdk.NotFoundError, match="member not found"):
        members.get(created.id, **of)
    with pytest.raises(sdk.BadRequestError, match="validation error"):
        members.create(email="bob", roles=[ADMINISTRATOR], **of)


def role_named(client: Any, of: dict[str, str], name: str = "DNS") -> str:
    [role_id] = [role.id for role in client.accounts.roles.list(**of) if role.name == name]
    found: str = role_id
    return found


def test_the_sdk_drives_every_route_of_sso_connectors(
    client: Any, of: dict[str, str], cloudflare: LocalCloudflare
) -> None:
    connectors = client.iam.sso
    created = connectors.create(email_domain="example.com", begin_verification=False, **of)
    assert (created.enabled, created.verification.status) == (False, "awaiting")
    assert connectors.begin_verification(created.id, **of).success is True
    assert connectors.get(created.id, **of).verification.status == "pending"
    with pytest.raises(sdk.BadRequestError, match="SSO connector is not verified"):
        connectors.update(created.id, enabled=True, **of)
    cloudflare.move_sso(created.id, "verified")
    assert connectors.update(created.id, enabled=True, **of).enabled is True
    assert [it.email_domain for it in connectors.list(**of)] == ["example.com"]
    with pytest.raises(sdk.BadRequestError, match="SSO connector is enabled"):
        connectors.delete(created.id, **of)
    connectors.update(created.id, enabled=False, **of)
    assert connectors.delete(created.id, **of).id == created.id


def test_the_sdk_needs_a_token_for_sso_connectors(
    cloudflare: LocalCloudflare, of: dict[str, Any]
) -> None:
    with sdk.Cloudflare(
        api_email=cloudflare.email,
        api_key=cloudflare.api_key,
        base_url=cloudflare.base_url,
        max_retries=0,
    ) as client:
        assert list(client.iam.user_groups.list(**of)) == []
        with pytest.raises(sdk.PermissionDeniedError, match="Authentication error"):
            client.iam.sso.list(**of)
