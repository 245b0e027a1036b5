"""Random worlds, changes of them, and requests. Wire shape: what the API says."""

from __future__ import annotations

import copy
import random
from typing import Any

from insight.reference import Request
from pulumi_cloudflare_access.insight.atoms import atom_of
from pulumi_cloudflare_access.insight.subjects import Person, Service, Subject
from pulumi_cloudflare_access.insight.world import (
    Application,
    Destination,
    Group,
    Policy,
    Rule,
    Rules,
    World,
)

EMAILS = ("ada@a.example", "bob@a.example", "eve@b.example", "lin@c.example", "Mo@B.example")
DOMAINS = ("a.example", "b.example")
COUNTRIES = ("DE", "FR")
RANGES = ("192.0.2.0/24", "192.0.2.128/25", "198.51.100.7", "2001:db8::/32", "2001:db8:1::/48")
PROVIDERS = ("okta-1", "entra-2")
NAMES = ("eng", "ops")
CHECKS = ("disk", "screen")


def rule(rnd: random.Random, groups: list[str], *, services: bool = True) -> dict[str, Any]:
    """Draw a rule."""
    provider = {"identity_provider_id": rnd.choice(PROVIDERS)}
    kinds: list[dict[str, Any]] = [
        {"email": {"email": rnd.choice(EMAILS)}},
        {"email_domain": {"domain": rnd.choice(DOMAINS)}},
        {"geo": {"country_code": rnd.choice(COUNTRIES)}},
        {"ip": {"ip": rnd.choice(RANGES)}},
        {"okta": {"name": rnd.choice(NAMES), **provider}},
        {"device_posture": {"integration_uid": rnd.choice(CHECKS)}},
        {"everyone": {}},
        {"login_method": {"id": rnd.choice(PROVIDERS)}},
        {"auth_method": {"auth_method": "mfa"}},
        {"saml": {"attribute_name": "d", "attribute_value": "hr"}},
        {"saml": {"attribute_name": "d", "attribute_value": "hr", **provider}},
        {"github-organization": {"name": "acme", **provider}},
        {"github-organization": {"name": "acme", "team": "core", **provider}},
        {"user_risk_score": {"user_risk_score": rnd.sample(["low", "medium", "high"], 2)}},
        {"certificate": {}},
        {"common_name": {"common_name": "ci.example.com"}},
        {"external_evaluation": {"evaluate_url": "https://e.example", "keys_url": "https://k"}},
        {"email_list": {"id": "list-1"}},
    ]
    if services:
        kinds += [
            {"service_token": {"token_id": "token-1"}},
            {"any_valid_service_token": {}},
            {"linked_app_token": {"app_uid": "saas-1"}},
        ]
    if groups and rnd.random() < 0.35:
        return {"group": {"id": rnd.choice(groups)}}
    return rnd.choice(kinds[:7] if rnd.random() < 0.6 else kinds)


def holder(rnd: random.Random, groups: list[str]) -> dict[str, Any]:
    """Draw what a group or a policy asks."""
    return {
        "include": [rule(rnd, groups) for _ in range(rnd.choice((1, 1, 2, 2, 3)))],
        "require": [rule(rnd, groups) for _ in range(rnd.choice((0, 0, 0, 1, 1, 2)))],
        "exclude": [rule(rnd, groups) for _ in range(rnd.choice((0, 0, 0, 1, 1)))],
    }


def policy(rnd: random.Random, groups: list[str]) -> dict[str, Any]:
    """Draw a policy."""
    decision = rnd.choice(("allow", "allow", "allow", "deny", "deny", "bypass", "non_identity"))
    return {"decision": decision, **holder(rnd, groups)}


def world(rnd: random.Random) -> dict[str, Any]:
    """Draw a world: nested groups, now and then one that is missing or a circle."""
    groups: dict[str, Any] = {}
    for n in range(rnd.randrange(1, 5)):
        known = list(groups)
        if rnd.random() < 0.06:
            known.append(rnd.choice(("missing", f"group-{n}", f"group-{n + 1}")))
        groups[f"group-{n}"] = holder(rnd, known)
    policies = {f"policy-{n}": policy(rnd, list(groups)) for n in range(rnd.randrange(1, 5))}
    apps = {
        "app": {
            "policies": rnd.sample(list(policies), len(policies)),
            "idps": rnd.choice(([], [], [], [PROVIDERS[0]])),
        }
    }
    return {"groups": groups, "policies": policies, "apps": apps}


def changed(rnd: random.Random, before: dict[str, Any]) -> dict[str, Any]:
    """Change a world somewhere."""
    after = copy.deepcopy(before)
    groups, policies, app = after["groups"], after["policies"], after["apps"]["app"]
    for _ in range(rnd.choice((1, 1, 2))):
        match rnd.randrange(7):
            case 0:
                holding = rnd.choice([*groups.values(), *policies.values()])
                holding[rnd.choice(("include", "require", "exclude"))].append(
                    rule(rnd, list(groups))
                )
            case 1:
                holding = rnd.choice([*groups.values(), *policies.values()])
                section = rnd.choice(("include", "require", "exclude"))
                if len(holding[section]) > (section == "include"):
                    holding[section].pop()
            case 2:
                rnd.shuffle(app["policies"])
            case 3:
                policies[rnd.choice(list(policies))]["decision"] = rnd.choice(
                    ("allow", "deny", "bypass")
                )
            case 4:
                groups.pop(rnd.choice(list(groups)))
                if not groups:
                    groups["group-9"] = holder(rnd, [])
            case 5:
                app["idps"] = rnd.choice(([], [PROVIDERS[0]], [PROVIDERS[1]]))
            case _:
                policies[rnd.choice(list(policies))] = policy(rnd, list(groups))
    return after


def request(rnd: random.Random, *, unknown: float) -> Request:
    """Draw a request, or a person of whom some of it is not known."""

    def known() -> bool:
        return rnd.random() >= unknown

    shared: dict[str, Any] = {
        "country": rnd.choice((*COUNTRIES, "PT")) if known() else None,
        "address": rnd.choice(
            ("192.0.2.1", "192.0.2.200", "198.51.100.7", "9.9.9.9", "2001:db8:1::5")
        )
        if known()
        else None,
        "posture": {check: rnd.random() < 0.5 for check in CHECKS if known()},
        "certificate": rnd.choice(("", "", "ci.example.com", "db.example.com"))
        if known()
        else None,
    }
    if rnd.random() < 0.2:
        token = rnd.choice(("", "token-1", "token-2"))
        return Request(**shared, token=token, linked="" if token else rnd.choice(("", "saas-1")))
    texts = ("eng", "ops", "d=hr", "acme", "acme/core")
    groups = {
        provider: {text for text in texts if rnd.random() < 0.4}
        for provider in PROVIDERS
        if known()
    }
    return Request(
        email=rnd.choice((*EMAILS, "zed@b.example", "out@z.example")),
        providers=rnd.choice(([PROVIDERS[0]], [*PROVIDERS], ["third"])) if known() else None,
        groups=groups if known() else None,
        methods=rnd.choice((set(), {"mfa"})) if known() else None,
        risk=rnd.choice(("low", "high", "unscored")) if known() else None,
        **shared,
    )


def subject(asked: Request, name: str) -> Subject:
    """Return the subject that a request of the reference is of."""
    countries = None if asked.country is None else frozenset((asked.country,))
    addresses = None if asked.address is None else (asked.address,)
    if asked.email is None:
        return Service(
            name,
            token=asked.token,
            linked_application=asked.linked,
            countries=countries,
            addresses=addresses,
            posture=asked.posture,
            certificate=asked.certificate,
        )
    groups = asked.groups
    return Person(
        asked.email,
        identity_providers=None if asked.providers is None else frozenset(asked.providers),
        groups=None if groups is None else {at: frozenset(held) for at, held in groups.items()},
        countries=countries,
        addresses=addresses,
        posture=asked.posture,
        authentication_methods=None if asked.methods is None else frozenset(asked.methods),
        risk=asked.risk,
        certificate=asked.certificate,
    )


def read(wire: dict[str, Any]) -> World:
    """Return the world of the package that says the same."""
    return World(
        groups={id_: Group(id_, id_, _rules(one)) for id_, one in wire["groups"].items()},
        policies={
            id_: Policy(id_, id_, one["decision"], _rules(one))
            for id_, one in wire["policies"].items()
        },
        applications={
            id_: Application(
                id_,
                id_,
                destinations=(Destination("public", f"{id_}.example.com"),),
                policies=tuple(one["policies"]),
                identity_providers=tuple(one["idps"]),
            )
            for id_, one in wire["apps"].items()
        },
    )


def _rules(holding: dict[str, Any]) -> Rules:
    return Rules(*(tuple(map(_rule, holding[s])) for s in ("include", "require", "exclude")))


def _rule(wire: dict[str, Any]) -> Rule:
    ((kind, value),) = wire.items()
    atom = atom_of(kind, value)
    assert atom, wire
    return Rule(atom)
