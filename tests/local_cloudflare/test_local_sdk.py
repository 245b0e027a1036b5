"""Cloudflare's own Python SDK against the local Cloudflare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cloudflare as sdk
import pytest

from local_cloudflare.samples import EXAMPLE_GROUP, ID, RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

Scope = dict[str, Any]


@pytest.fixture
def client(cloudflare: LocalCloudflare) -> Iterator[sdk.Cloudflare]:
    with sdk.Cloudflare(
        api_token=cloudflare.token, base_url=cloudflare.base_url, max_retries=0
    ) as client:
        yield client


@pytest.fixture(params=["account_id", "zone_id"])
def scope(request: pytest.FixtureRequest, cloudflare: LocalCloudflare) -> Scope:
    return {request.param: getattr(cloudflare, request.param)}


def test_the_sdk_drives_every_group_route(client: sdk.Cloudflare, scope: Scope) -> None:
    groups = client.zero_trust.access.groups
    created = groups.create(name="Engineers", include=[{"everyone": {}}], **scope)
    assert created is not None
    assert created.id is not None
    assert created.name == "Engineers"
    updated = groups.update(created.id, name="Staff", include=[{"everyone": {}}], **scope)
    assert updated is not None
    assert updated.name == "Staff"
    read = groups.get(created.id, **scope)
    assert read is not None
    assert read.name == "Staff"
    assert [group.name for group in groups.list(**scope)] == ["Staff"]
    deleted = groups.delete(created.id, **scope)
    assert deleted is not None
    assert deleted.id == created.id
    with pytest.raises(sdk.NotFoundError) as error:
        groups.get(created.id, **scope)
    assert [entry.code for entry in error.value.errors] == [12135]


def test_the_sdk_reads_every_page(
    client: sdk.Cloudflare, scope: Scope, cloudflare: LocalCloudflare
) -> None:
    for number in range(5):
        client.zero_trust.access.groups.create(
            name=str(number), include=[{"everyone": {}}], **scope
        )
    names = [group.name for group in client.zero_trust.access.groups.list(per_page=2, **scope)]
    assert names == ["0", "1", "2", "3", "4"]
    assert sum(request["method"] == "GET" for request in cloudflare.requests) == 4


def test_the_sdk_knows_every_rule_it_gets_back(
    client: sdk.Cloudflare, cloudflare: LocalCloudflare
) -> None:
    cloudflare.seed({"access/groups": [EXAMPLE_GROUP]})
    group: Any = client.zero_trust.access.groups.create(
        name="All",
        include=RULES,  # type: ignore[arg-type]
        account_id=cloudflare.account_id,
    )
    kinds = {type(rule).__name__ for rule in group.include}
    assert len(group.include) == 26
    assert len(kinds) == 26
    assert next(rule for rule in group.include if hasattr(rule, "group")).group.id == ID


def test_the_sdk_tells_refusals_apart(client: sdk.Cloudflare, cloudflare: LocalCloudflare) -> None:
    groups = client.zero_trust.access.groups
    account: Scope = {"account_id": cloudflare.account_id}
    with pytest.raises(sdk.BadRequestError, match="include field should not be empty"):
        groups.create(name="x", include=[], **account)
    with pytest.raises(sdk.PermissionDeniedError, match="Authentication error"):
        groups.list(account_id=cloudflare.add_account().id)
    group = groups.create(name="x", include=[{"everyone": {}}], **account)
    assert group is not None
    assert group.id is not None
    groups.create(name="y", include=[{"group": {"id": group.id}}], **account)
    with pytest.raises(sdk.ConflictError, match="group is in use"):
        groups.delete(group.id, **account)


def test_the_sdk_may_come_with_a_key(cloudflare: LocalCloudflare) -> None:
    with sdk.Cloudflare(
        api_email=cloudflare.email, api_key=cloudflare.api_key, base_url=cloudflare.base_url
    ) as client:
        assert list(client.zero_trust.access.groups.list(account_id=cloudflare.account_id)) == []


def test_the_sdk_verifies_the_token(client: sdk.Cloudflare, cloudflare: LocalCloudflare) -> None:
    verified = client.user.tokens.verify()
    assert verified is not None
    assert verified.status == "active"
    owned = client.accounts.tokens.verify(account_id=cloudflare.account_id)
    assert owned is not None
    assert owned.id == cloudflare.account.token_id
