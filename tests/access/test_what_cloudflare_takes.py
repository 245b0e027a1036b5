"""What live sources take is taken here; what Cloudflare certainly refuses, the preview refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.fields import told
from harness.plugin import CheckFailed
from pulumi_cloudflare_access import rules

if TYPE_CHECKING:
    from harness.account import Account
    from harness.plugin import Plugin

IDP = "ea85612a-29c8-46c2-bacb-669d65136971"
ADA: Any = rules.email("ada@example.com")
APP: dict[str, Any] = {"type": "self_hosted", "name": "Wiki", "domain": "wiki.example.com"}
SAAS: dict[str, Any] = {"type": "saas", "name": "S", "saas_app": {"auth_type": "saml"}}
TARGET = {"port": 22, "protocol": "SSH"}


def group(*include: Any) -> tuple[str, dict[str, Any]]:
    return "access_group", {"name": "Staff", "include": list(include)}


def app(**more: Any) -> tuple[str, dict[str, Any]]:
    return "access_application", {**APP, **more}


def policy(**more: Any) -> tuple[str, dict[str, Any]]:
    return "access_policy", {"name": "P", "decision": "allow", "include": [ADA], **more}


TAKEN = {
    "saas session": ("access_application", {**SAAS, "session_duration": "24h"}),
    "dash_sso session": app(type="dash_sso", session_duration="24h"),
    "saas warp": ("access_application", {**SAAS, "allow_authenticate_via_warp": True}),
    "dash_sso warp": app(type="dash_sso", allow_authenticate_via_warp=True),
    "portal domains": app(type="mcp_portal", domain=None, self_hosted_domains=["a.example.com"]),
    "warp name": ("access_application", {"type": "warp", "name": "Devices"}),
    "launcher name": ("access_application", {"type": "app_launcher", "name": "Launcher"}),
    "bookmark": ("access_application", {"type": "bookmark", "name": "B"}),
    "bookmark url": app(type="bookmark", domain="https://b.example.com/x"),
    "proxy endpoint": ("access_application", {"type": "proxy_endpoint", "name": "B"}),
    **{
        f"duration {text}": policy(session_duration=text)
        for text in ("0", ".5h", "1.h", "+1h", "5\u03bcs", "5\u00b5s")
    },
    "mfa duration 0": policy(mfa_config={"session_duration": "0"}),
    "tor": group(rules.geo("T1")),
    "saml": group(rules.saml("department", "IT")),
    "saml empty": group(rules.saml("department", "")),
    "quoted address": group(rules.email('"a b"@example.com')),
    "address of a host": group(rules.email("ada@localhost")),
    "http": group(rules.external_evaluation("http://10.0.0.1/e", "HTTPS://x.example.com/k")),
    "zones": (
        "resource_group",
        {"name": "R", "scope": {"objects": [{"key": "com.cloudflare.api.account.zone.*"}]}},
    ),
    "cors": app(cors_headers={"allow_all_origins": True, "allow_all_methods": True, "max_age": 0}),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "declared"), TAKEN.values(), ids=TAKEN)
def test_it_is_taken_without_a_word(
    kind: str, declared: dict[str, Any], shared_plugin: Plugin, account: Account
) -> None:
    """Somebody has seen Cloudflare take it."""
    del account
    declared = {name: value for name, value in declared.items() if value is not None}
    assert shared_plugin.check(kind, declared)
    assert told(shared_plugin) == []


def test_a_redirect_without_exactly_one_provider_is_a_warning(
    shared_plugin: Plugin, account: Account
) -> None:
    """It works in an account with one."""
    del account
    shared_plugin.check(*app(auto_redirect_to_identity=True))
    [warning] = told(shared_plugin)
    assert "allowed_idps names none" in warning
    shared_plugin.check(*app(auto_redirect_to_identity=True, allowed_idps=[IDP]))
    assert told(shared_plugin) == []


REFUSED = {
    "cors methods": (app(cors_headers={"allow_all_origins": True}), "12057.*|methods"),
    "cors credentials": (
        app(
            cors_headers={
                "allowed_origins": ["*"],
                "allow_all_methods": True,
                "allow_credentials": True,
            }
        ),
        "credentials from any origin",
    ),
    "url": (app(domain="https://wiki.example.com/"), 'domain: "https://.*say "wiki.example.com"'),
    "space": (app(domain="wiki.example.com "), 'say "wiki.example.com"'),
    "listed url": (
        app(domain=None, self_hosted_domains=["http://a.example.com/x"]),
        'self_hosted_domains: .*say "a.example.com/x"',
    ),
    "destination url": (
        app(domain=None, destinations=[{"type": "public", "uri": "https://a.example.com"}]),
        r"destinations\.uri: .*is a URL",
    ),
    "destination host": (
        app(destinations=[{"type": "private", "hostname": "a b"}, {"uri": "wiki.example.com"}]),
        r"destinations\.hostname: .*space",
    ),
    "destination netmask": (
        app(
            domain=None,
            destinations=[
                {"uri": "wiki.example.com"},
                {"type": "private", "cidr": "10.0.0.0/255.0.0.0"},
            ],
        ),
        r'destinations\.cidr: .*say "10.0.0.0/8"',
    ),
    "interface": (group(rules.ip("fe80::1%eth0")), "fe80::1%eth0"),
    "netmask": (group(rules.ip("192.0.2.0/255.255.255.0")), 'say "192.0.2.0/24"'),
    "zero": (group(rules.ip("10.0.0.0/08")), 'say "10.0.0.0/8"'),
    "day": (policy(session_duration="1d"), '"1d" must be a duration such as 30m'),
}


@pytest.mark.parametrize(("declared", "told_"), REFUSED.values(), ids=REFUSED)
def test_what_is_certainly_wrong_is_refused(
    declared: tuple[str, dict[str, Any]], told_: str, shared_plugin: Plugin, account: Account
) -> None:
    """The message says what is wrong with which value, and what to say."""
    del account
    kind, given = declared
    given = {name: value for name, value in given.items() if value is not None}
    with pytest.raises(CheckFailed, match=told_):
        shared_plugin.check(kind, given)
