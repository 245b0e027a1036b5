"""Accounts for tests, as the API writes them: short words for rules, policies, applications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_cloudflare_access.insight import World, read_snapshot

Rule = dict[str, Any]
ACCOUNT = "a0" * 16
OKTA, PIN = "okta-1", "pin-1"


def email(address: str) -> Rule:
    return {"email": {"email": address}}


def domain(name: str) -> Rule:
    return {"email_domain": {"domain": name}}


def country(code: str) -> Rule:
    return {"geo": {"country_code": code}}


def ip(text: str) -> Rule:
    return {"ip": {"ip": text}}


def group(id_: str) -> Rule:
    return {"group": {"id": id_}}


def okta(name: str, provider: str = OKTA) -> Rule:
    return {"okta": {"name": name, "identity_provider_id": provider}}


def posture(check: str) -> Rule:
    return {"device_posture": {"integration_uid": check}}


def token(id_: str) -> Rule:
    return {"service_token": {"token_id": id_}}


EVERYONE: Rule = {"everyone": {}}


def asks(
    *include: Rule, require: Sequence[Rule] = (), exclude: Sequence[Rule] = ()
) -> dict[str, Any]:
    """Write what a group asks."""
    return {"include": [*include], "require": [*require], "exclude": [*exclude]}


def policy(decision: str, *include: Rule, **more: Any) -> dict[str, Any]:
    """Write a policy; `require` and `exclude` among the rest."""
    name = more.pop("name", decision)
    asked = asks(*include, require=more.pop("require", ()), exclude=more.pop("exclude", ()))
    return {"name": name, "decision": decision, **asked, **more}


def allow(*include: Rule, **more: Any) -> dict[str, Any]:
    return policy("allow", *include, **more)


def deny(*include: Rule, **more: Any) -> dict[str, Any]:
    return policy("deny", *include, **more)


def bypass(*include: Rule, **more: Any) -> dict[str, Any]:
    return policy("bypass", *include, **more)


def service_auth(*include: Rule, **more: Any) -> dict[str, Any]:
    return policy("non_identity", *include, **more)


def snapshot(
    apps: Mapping[str, Sequence[Mapping[str, Any]] | Mapping[str, Any]],
    groups: Mapping[str, Mapping[str, Any]] | None = None,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write an account: applications by their place, each a list of policies or all its fields.

    `more` is what else the account has, by the paths of the API.
    """
    written = []
    for place, given in apps.items():
        fields = dict(given) if isinstance(given, Mapping) else {"policies": given}
        policies = [
            {"id": f"{place}#{n}", "precedence": n + 1, **one}
            for n, one in enumerate(fields.pop("policies", ()))
        ]
        app = {"id": f"app {place}", "name": place, "type": "self_hosted", "domain": place}
        written.append({**app, **fields, "policies": policies})
    held = {
        "access/apps": written,
        "access/groups": [{"id": id_, "name": id_, **one} for id_, one in (groups or {}).items()],
        **(more or {}),
    }
    return {"accounts": {ACCOUNT: held}}


def world(
    apps: Mapping[str, Sequence[Mapping[str, Any]] | Mapping[str, Any]],
    groups: Mapping[str, Mapping[str, Any]] | None = None,
    more: Mapping[str, Any] | None = None,
    *,
    protection: bool | None = None,
) -> World:
    """Return the world of an account."""
    return read_snapshot(snapshot(apps, groups, more), access_protection=protection)
