"""Every output that a kind's type says is always there, after whatever an engine does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from harness.cases import CASES, Account, Case
from harness.local import config_for, strict
from harness.nursery import Nursery
from harness.plugin import Plugin
from harness.sso import Administrator
from harness.team import email
from local_cloudflare.documented import CLASSES
from pulumi_cloudflare_access import LocalCloudflare, kinds
from signatures.resources import RESOURCES as ALL
from signatures.resources import output_types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.plugin import Kept
    from pulumi_cloudflare_access.program.resource import Resource

APP = "access_application"
RESOURCES: dict[str, type[Resource]] = {made.lifecycle.kind: made for made in ALL.values()}
ANYTHING = "Any"
# What changes of each kind, without another object.
CHANGES: dict[str, dict[str, Any]] = {
    "user_group_member": {},
    "account_member": {"roles": ["Administrator Read Only"]},
    "sso_connector": {},
    "access_tag": {},
    "sso_connector_activation": {"trigger": "again"},
    "user_group_members": {"members": [], "allow_empty": True},
    "access_application_policies": {"policies": []},
}
TARGETS = {"hostname": ["a"]}
TYPES: dict[str, dict[str, Any]] = {
    **{type_: {} for type_ in CLASSES},
    **{key: {"self_hosted_domains": ["b.example.com"]} for key in ("self_hosted", "ssh", "vnc")},
    **{key: {"domain": "b.example.com"} for key in ("bookmark", "proxy_endpoint", "mcp_portal")},
    "rdp": {
        "destinations": [{"type": "public", "uri": "b.example.com"}],
        "target_criteria": [{"port": 3389, "protocol": "RDP", "target_attributes": TARGETS}],
    },
    "infrastructure": {
        "target_criteria": [{"port": 22, "protocol": "SSH", "target_attributes": TARGETS}]
    },
    "saas": {"saas_app": {"auth_type": "oidc"}, "name": "Wiki"},
}
# Which of these two Cloudflare fills in, and how it calls its own.
FILLED_IN = {
    **{key: {"domain": "b.example.com"} for key in ("self_hosted", "ssh", "vnc", "rdp")},
    "app_launcher": {"name": "App Launcher", "domain": "authdomain.cloudflareaccess.com"},
    "biso": {
        "name": "Clientless Web Isolation",
        "domain": "authdomain.cloudflareaccess.com/browser",
    },
    "warp": {"name": "Warp Login App", "domain": "authdomain.cloudflareaccess.com/warp"},
}


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[LocalCloudflare, Plugin]]:
    with (
        strict() as cloudflare,
        Nursery(os.environ) as nursery,
        Plugin(config_for(cloudflare), os.environ, nursery=nursery) as plugin,
    ):
        yield cloudflare, plugin


@pytest.fixture
def cloudflare(shared: tuple[LocalCloudflare, Plugin]) -> LocalCloudflare:
    shared[0].reset()
    return shared[0]


@pytest.fixture
def plugin(shared: tuple[LocalCloudflare, Plugin], cloudflare: LocalCloudflare) -> Plugin:
    del cloudflare
    shared[1].restart()
    shared[1].warnings.clear()
    return shared[1]


def always(kind: str) -> set[str]:
    """Return the outputs that are typed as always there. What may be anything may be nothing."""
    return {
        name
        for name, type_ in output_types(RESOURCES[kind]).items()
        if not type_.endswith("None") and type_ != ANYTHING
    }


def missing(kept: Kept) -> set[str]:
    return {name for name in always(kept.kind) if kept.outputs.get(name) is None}


def lived(plugin: Plugin, case: Case, change: dict[str, Any]) -> Iterator[Kept]:
    """Create, update, refresh, adopt: what the outputs are after each."""
    made = plugin.up(case.kind, case.declared)
    yield made
    changed = plugin.up(case.kind, {**case.declared, **change}, was=made)
    yield changed
    plugin.restart()
    refreshed = plugin.refresh(changed)
    assert refreshed
    yield refreshed


def _members(account: Account, name: str) -> Case:
    del name
    group = account.team.group()
    declared = {"group": group, "members": [email("ada")]}
    return Case("user_group_members", declared, "", ())


def _activation(account: Account, name: str) -> Case:
    del name
    connector = Administrator(account.cloudflare).seed(status="verified")
    declared = {"connector": connector, "enabled": True, "email_domain": "example.com"}
    return Case("sso_connector_activation", declared, "", ())


@pytest.mark.parametrize("case", [*CASES, _members, _activation])
def test_what_is_typed_as_always_there_is(
    case: Callable[[Account, str], Case], plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    one = case(Account(cloudflare), "Staff")
    change = CHANGES.get(one.kind, {"name": "Other"})
    for kept in lived(plugin, one, change):
        assert missing(kept) == set(), kept.did
    if one.kind not in CHANGES:
        plugin.restart()
        adopted = plugin.up(one.kind, {**one.declared, **change, "adopt": kept.id}, name="other")
        assert (adopted.id, missing(adopted)) == (kept.id, set())


@pytest.mark.parametrize("type_", TYPES)
def test_what_cloudflare_says_of_an_application_is_there_and_no_declaration(
    type_: str, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    declared = {"type": type_, **TYPES[type_]}
    due = FILLED_IN.get(type_, {})
    change: dict[str, Any] = {"custom_pages": ["699d9864-2c56-4d2e-855e-9661899b7252"]}
    if type_ in {"bookmark", "infrastructure"}:
        change = {"name": "Other"}
    made = plugin.up(APP, declared)
    changed = plugin.up(APP, {**declared, **change}, was=made)
    plugin.restart()
    refreshed = plugin.refresh(changed)
    assert refreshed
    assert plugin.warnings == []
    plugin.restart()
    adopted = plugin.up(APP, {**declared, **change, "adopt": made.id}, name="other")
    for kept in (made, changed, refreshed, adopted):
        found = {name: kept.outputs.get(name) for name in ("name", "domain")}
        told = {name: kept.inputs.get(name, due.get(name)) for name in ("name", "domain")}
        assert found == told, kept.did
        assert missing(kept) == set(), kept.did
    assert (adopted.id, refreshed.did) == (made.id, "same")
    # No request has repeated to Cloudflare what it has filled in.
    for asked in cloudflare.requests:
        assert not due.keys() & (asked["body"] or {}).keys()


def test_every_resource_has_a_kind() -> None:
    assert RESOURCES.keys() == kinds.KINDS.keys()
