"""Every setting of every switch of the local Cloudflare, and the life of every kind under it.

What the documents leave open is Cloudflare's business: whichever it is, an object is created, is
what was declared, can be changed and adopted, and goes, without a word.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from harness.cases import Account
from harness.local import config_for, reset
from harness.nursery import Nursery
from harness.plugin import Kept, Plugin
from harness.sso import Administrator
from harness.team import email
from pulumi_cloudflare_access import LocalCloudflare, grants, kinds, rules
from pulumi_cloudflare_access.local_cloudflare import Switches

IDP = "ea85612a-29c8-46c2-bacb-669d65136971"
TARGETS = {"hostname": ["a"]}
POLICY = {"name": "Own", "decision": "allow", "include": [rules.email("ada@example.com")]}

# What a switch without a list of values is set to; what is not here is a fault or a limit, and
# has tests of its own.
VALUES: dict[str, list[Any]] = {
    "largest_page": [2],
    "member_writes_pause": [0.001],
    "sso_verified_after": [0.0],
}
NO_SETTING = {
    "latency": "seconds",
    "strict": "the rate limit: tests/api",
    "max_requests": "the rate limit: tests/api",
    "max_applications": "a limit",
    "max_policies": "a limit",
    "max_groups": "a limit",
    "max_rules": "a limit",
    "zero_trust": "nothing lives without",
    "require_domain": "refuses what is declared by its other places",
    "new_user_group_misses": "a lag: tests/test_lag.py",
    "sso_failed_after": "a failure: tests/iam/test_sso_connector_activation.py",
}


def settings() -> list[tuple[str, Any]]:
    """Return every setting but the one in the beginning."""
    found: list[tuple[str, Any]] = []
    hints, usual = get_type_hints(Switches), vars(Switches())
    for name in (field.name for field in fields(Switches)):
        kind = hints[name]
        if get_origin(kind) is Literal:
            values = list(get_args(kind))
        else:
            values = [True, False] if kind is bool else VALUES.get(name, [])
        if name not in NO_SETTING:
            assert values, f"{name}: say which values there are"
            found += [(name, value) for value in values if value != usual[name]]
    return found


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[LocalCloudflare, Plugin]]:
    with (
        LocalCloudflare() as cloudflare,
        Nursery(os.environ) as nursery,
        Plugin(config_for(cloudflare), os.environ, nursery=nursery) as plugin,
    ):
        yield cloudflare, plugin


Declared = tuple[str, dict[str, Any], dict[str, Any]]
"""A kind, a declaration, and a change of it."""


def of_access(account: Account, made: dict[str, str]) -> Iterator[Declared]:
    """Yield a declaration of every kind of Access, and of every type of application."""
    cloudflare = account.cloudflare
    cloudflare.seed(
        {
            "access/tags": [{"name": "engineers"}, {"name": "a"}],
            "access/identity_providers": [{"id": IDP, "name": "Okta", "type": "okta"}],
        }
    )
    yield (
        "access_group",
        {
            "name": "Devs",
            "include": [
                rules.okta("Devs", identity_provider=IDP),
                rules.email("a@example.com"),
                rules.device_posture(IDP),
            ],
            "exclude": [rules.ip("192.0.2.1"), rules.saml("a", "b", identity_provider=IDP)],
            "is_default": False,
        },
        {"require": [rules.everyone()]},
    )
    yield (
        "access_policy",
        {
            **POLICY,
            "approval_required": False,
            "purpose_justification_required": True,
            "mfa_config": {"allowed_authenticators": ["totp"]},
        },
        {"isolation_required": False, "purpose_justification_required": False},
    )
    public = [{"type": "public", "uri": "c.example.com"}]
    private = [{"type": "private", "hostname": "db.internal", "port_range": "443"}]
    rdp = [{"port": 3389, "protocol": "RDP", "target_attributes": TARGETS}]
    ssh = [{"port": 22, "protocol": "SSH", "target_attributes": TARGETS}]
    oidc = {"auth_type": "oidc", "redirect_uris": ["https://a.example.org"]}
    cors = {"allow_all_methods": True, "allowed_origins": ["https://a.example.org"]}
    for type_, declared, change in (
        (
            "self_hosted",
            {
                "domain": "a.example.com",
                "path_cookie_attribute": False,
                "skip_interstitial": False,
                "cors_headers": cors,
                "allowed_idps": [IDP],
                "auto_redirect_to_identity": True,
                "tags": ["engineers", "a"],
            },
            {"tags": ["engineers"], "path_cookie_attribute": True},
        ),
        ("ssh", {"self_hosted_domains": ["b.example.com"]}, {"logo_url": "https://x.org"}),
        ("vnc", {"destinations": [*public, *private]}, {"destinations": public}),
        ("rdp", {"domain": "d.example.com", "target_criteria": rdp}, {"session_duration": "1h"}),
        ("saas", {"saas_app": oidc}, {"session_duration": "1h"}),
        ("saas", {"saas_app": {"sp_entity_id": "x"}}, {"saas_app": {"sp_entity_id": "y"}}),
        ("bookmark", {"domain": "https://e.example.com"}, {"app_launcher_visible": False}),
        ("infrastructure", {"target_criteria": ssh}, {}),
        ("app_launcher", {"footer_links": [{"name": "x", "url": "y"}]}, {"bg_color": "#000000"}),
        ("warp", {"session_duration": "1h"}, {"custom_deny_url": "https://x.org"}),
        ("biso", {}, {"session_duration": "1h"}),
        ("mcp", {"destinations": [{"type": "via_mcp_server_portal", "mcp_server_id": "x"}]}, {}),
        ("mcp_portal", {"domain": "f.example.com"}, {"custom_deny_message": "no"}),
        ("proxy_endpoint", {"domain": "g.proxy.cloudflare-gateway.com"}, {}),
    ):
        name = {} if type_ in ("app_launcher", "warp", "biso") else {"name": f"The {type_}"}
        yield (
            "access_application",
            {"type": type_, **declared, **name},
            change or {"name": f"An {type_}"},
        )
    yield (
        "access_organization",
        {"session_duration": "24h", "adopt": True},
        {"login_design": {"header_text": "Welcome"}},
    )
    yield (
        "zero_trust_list",
        {"name": "Staff", "type": "EMAIL", "items": ["a@example.com", "b@example.com"]},
        {"items": ["a@example.com", {"value": "c@example.com", "description": "New"}]},
    )
    attached = {"policies": [made["access_policy"]], "domain": "h.example.com"}
    yield "access_application", {"type": "self_hosted", **attached}, {"name": "With a policy"}
    yield (
        "access_application_policies",
        {"application": account.application(), "policies": [POLICY, {**POLICY, "name": "B"}]},
        {"policies": [{**POLICY, "name": "B"}, POLICY]},
    )
    yield (
        "access_application_policy",
        {"application": account.application(), "precedence": 2, **POLICY},
        {"decision": "deny"},
    )
    yield (
        "identity_provider",
        {
            "name": "Entra",
            "type": "azureAD",
            "config": {
                "client_id": "c",
                "client_secret": "s3cret-of-the-client",
                "directory_id": "d",
                "claims": ["b", "a"],
                "support_groups": False,
            },
            "scim_config": {"enabled": True, "seat_deprovision": False},
        },
        {"scim_config": {"enabled": True, "user_deprovision": True, "seat_deprovision": True}},
    )
    yield "identity_provider", {"name": "OTP", "type": "onetimepin"}, {"name": "By e-mail"}
    yield "access_tag", {"name": "new"}, {}
    yield (
        "custom_page",
        {"name": "No", "type": "forbidden", "custom_html": "<h1>No</h1>"},
        {"custom_html": "<h1>No!</h1>", "type": "login"},
    )
    yield "service_token", {"name": "CI", "enabled": False}, {"duration": "forever"}


def of_iam(account: Account, made: dict[str, str]) -> Iterator[Declared]:
    """Yield a declaration of every kind of IAM."""
    cloudflare = account.cloudflare
    account.team.invite("bob")
    account_scope = f"com.cloudflare.api.account.{cloudflare.account_id}"
    zone = f"com.cloudflare.api.account.zone.{cloudflare.zone_id}"
    yield (
        "resource_group",
        {"name": "Zones", "scope": {"key": account_scope, "objects": [{"key": zone}]}},
        {"scope": {"key": account_scope, "objects": [{"key": "*"}]}},
    )
    yield (
        "account_member",
        {"email": email("eve"), "roles": ["Analytics"]},
        {"roles": ["Administrator Read Only", "Analytics"]},
    )
    yield (
        "account_member",
        {
            "email": email("judy"),
            "policies": [grants.allow("Zone Read", on=made["resource_group"])],
        },
        {"policies": [grants.deny("Zone Read", on=made["resource_group"])]},
    )
    yield "user_group", {"name": "Nobody"}, {"name": "No one"}
    yield (
        "user_group",
        {"name": "Admins", "policies": [grants.allow("Zone Read", on=made["resource_group"])]},
        {"policies": [grants.deny("Zone Read", on=made["resource_group"])]},
    )
    yield (
        "user_group_members",
        {"group": account.team.group(), "members": [email("ada")]},
        {"members": [email("bob")]},
    )
    yield "user_group_member", {"group": account.team.group(), "member": email("ada")}, {}
    yield "sso_connector", {"email_domain": "sso.example.com"}, {}
    connector = Administrator(cloudflare).seed(status="verified")
    yield (
        "sso_connector_activation",
        {"connector": connector, "enabled": True, "email_domain": "example.com"},
        {"trigger": "again"},
    )


Room = Callable[[Account, dict[str, str]], Iterator[Declared]]
# Which kinds a switch has to do with, where that is not Access.
IAM = [
    *("iam_meta", "iam_result_info", "resource_group_scope", "accept_policy_ids"),
    *("added_members", "member_email", "member_writes_pause", "scim_policies"),
    *("member_role_policies", "direct_members", "user_tokens"),
    "sso_verified_after",
]
BOTH = [
    *("largest_page", "plain", "undocumented_fields", "unknown_fields", "empty_values"),
    "delete_in_use",
]


def rooms(switch: str) -> list[Room]:
    """Return the kinds that a switch may have to do with."""
    if switch in BOTH:
        return [of_access, of_iam]
    return [of_iam] if switch in IAM else [of_access]


PARTS = {
    "access_application_policies": True,
    "user_group_members": True,
    "sso_connector_activation": None,
    "user_group_member": None,
}
"""How what is a part of another object is adopted: as a whole, or not at all."""


@pytest.mark.parametrize(("switch", "value"), settings())
def test_every_kind_lives_quietly_under_every_setting(
    shared: tuple[LocalCloudflare, Plugin], switch: str, value: Any
) -> None:
    cloudflare, plugin = shared
    reset(cloudflare)
    cloudflare.switches.set({**vars(Switches()), switch: value})
    plugin.restart()
    account, made = Account(cloudflare), dict[str, str]()
    lives: list[tuple[Declared, Kept]] = []
    going = (one for room in rooms(switch) for one in room(account, made))
    for number, one in enumerate(going):
        kind, declared, _ = one
        kept = plugin.up(kind, declared, name=f"r{number}")
        made[kind] = kept.id
        lives.append((one, kept))
    told = [f"{kept.kind} {kept.did}" for kept in again(plugin, lives)]
    assert told == [f"{kept.kind} same" for _, kept in lives]
    told = [f"{one[0][0]} {did}" for one, did in refreshed(plugin, lives)]
    assert told == [f"{kept.kind} same" for _, kept in lives]
    changed: list[tuple[Declared, Kept]] = []
    for (kind, declared, change), kept in lives:
        news = {**declared, **change}
        changed.append(((kind, news, {}), plugin.up(kind, news, was=kept)))
        assert changed[-1][1].did == ("update" if change else "same"), kind
        assert changed[-1][1].id == kept.id
    told = [f"{one[0][0]} {did}" for one, did in refreshed(plugin, changed)]
    assert told == [f"{kept.kind} same" for _, kept in changed]
    plugin.restart()
    for number, ((kind, declared, _), kept) in enumerate(changed):
        adopt = PARTS.get(kind, kept.id)
        if adopt:
            adopted = plugin.up(kind, {**declared, "adopt": adopt}, name=f"a{number}")
            assert (adopted.id, adopted.kind) == (kept.id, kind)
    plugin.restart()
    for _, kept in reversed(changed):
        plugin.destroy(kept)
    # Asked at the local Cloudflare: the package waits for what it has just deleted to be gone.
    whole = [kept for _, kept in changed if kept.kind not in {*PARTS, "access_application_policy"}]
    left = {kept.id for kept in whole} & account.ids({kept.kind for kept in whole})
    assert left == set()


def again(plugin: Plugin, lives: list[tuple[Declared, Kept]]) -> Iterator[Kept]:
    for (kind, declared, _), kept in lives:
        yield plugin.up(kind, declared, was=kept)


def refreshed(
    plugin: Plugin, lives: list[tuple[Declared, Kept]]
) -> Iterator[tuple[tuple[Declared, Kept], str]]:
    plugin.restart()
    plugin.warnings.clear()
    for one in lives:
        found = plugin.refresh(one[1])
        yield one, found.did if found else "gone"
    assert plugin.warnings == []


def test_every_kind_is_there() -> None:
    with LocalCloudflare() as cloudflare:
        account = Account(cloudflare)
        made = dict.fromkeys(kinds.KINDS, IDP)
        listed = {kind for room in (of_access, of_iam) for kind, *_ in room(account, made)}
    assert listed == kinds.KINDS.keys()
    assert {*NO_SETTING, *VALUES, *IAM, *BOTH} <= {field.name for field in fields(Switches)}
