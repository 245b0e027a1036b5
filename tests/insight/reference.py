"""Who gets in, request by request: slow, and written from the semantics alone.

It shares no code with the package. A world is what the API says: `{"groups": {id: …}, "policies":
{id: …}, "apps": {id: …}}`. Whatever is not known of a request, and whatever no document says, is
chosen: `outcomes` makes every choice there is, so it finds every completion of what is unknown.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

World = Mapping[str, Any]

IDENTITY = {
    "email", "email_list", "email_domain", "azureAD", "github-organization", "gsuite", "okta",
    "saml", "oidc", "login_method", "auth_method", "auth_context", "external_evaluation",
    "user_risk_score", "cloudflare_account_member",
}  # fmt: skip
SERVICE_ONLY = {"service_token", "any_valid_service_token", "linked_app_token"}


class Chooser:
    """Makes choices, and makes them otherwise the next time, until all have been made."""

    def __init__(self) -> None:
        self._path: list[tuple[int, int]] = []
        self._at = 0
        self._made: dict[Any, Any] = {}

    def choose(self, key: Any, values: Sequence[Any]) -> Any:
        """Choose one of the values; the same for the same key until the next round."""
        if key not in self._made:
            if self._at == len(self._path):
                self._path.append((0, len(values)))
            self._made[key] = values[self._path[self._at][0]]
            self._at += 1
        return self._made[key]

    def rounds(self) -> Iterator[None]:
        """Go round once for every way of choosing."""
        while True:
            self._at, self._made = 0, {}
            yield
            while self._path and self._path[-1][0] + 1 == self._path[-1][1]:
                self._path.pop()
            if not self._path:
                return
            made, of = self._path.pop()
            self._path.append((made + 1, of))


@dataclass
class Request:
    """A request. None: not known."""

    email: str | None = None
    """None: of nobody who logs in."""
    providers: Sequence[str] | None = None
    groups: Mapping[str, set[str]] | None = None
    country: str | None = None
    address: str | None = None
    posture: Mapping[str, bool] = field(default_factory=dict)
    methods: set[str] | None = None
    risk: str | None = None
    certificate: str | None = None
    token: str = ""
    linked: str = ""


class Evaluation:
    """One request, with everything chosen that is not known."""

    def __init__(self, request: Request, chooser: Chooser, *worlds: World) -> None:
        self.request, self.choose = request, chooser.choose
        rules = [
            rule
            for world in worlds
            for kind in ("groups", "policies")
            for holder in world[kind].values()
            for section in ("include", "exclude", "require")
            for rule in holder.get(section) or ()
        ]
        self.countries = [*sorted({r["geo"]["country_code"] for r in rules if "geo" in r}), "ZZ"]
        self.providers = [
            *sorted(
                {
                    value["identity_provider_id"]
                    for rule in rules
                    for value in rule.values()
                    if "identity_provider_id" in value
                }
                | {rule["login_method"]["id"] for rule in rules if "login_method" in rule}
                | {idp for world in worlds for app in world["apps"].values() for idp in app["idps"]}
            ),
            "another",
        ]
        self.addresses = sorted(
            {
                str(address)
                for rule in rules
                if "ip" in rule
                for network in [ipaddress.ip_network(rule["ip"]["ip"], strict=False)]
                for address in (network[0], network[-1])
            }
            | {"100.64.0.1"}
        )

    # ------------------------------------------------------------------- what the request is

    def provider(self) -> str:
        """Return the identity provider of this login."""
        if self.request.providers is not None:
            return str(self.choose("provider", sorted(self.request.providers)))
        return str(self.choose("provider", self.providers))

    def says(self, text: str) -> bool:
        """Return whether the token of this login names a group."""
        provider = self.provider()
        groups = self.request.groups
        if groups is not None and provider in groups:
            return text in groups[provider]
        return bool(self.choose(("says", provider, text), (False, True)))

    def country(self) -> str:
        return self.request.country or str(self.choose("country", self.countries))

    def address(self) -> Any:
        known = self.request.address
        return ipaddress.ip_address(known or str(self.choose("address", self.addresses)))

    def certificate(self, names: Sequence[str]) -> str:
        known = self.request.certificate
        if known is not None:
            return known
        return str(self.choose("certificate", ["", *names, "another certificate"]))

    # ----------------------------------------------------------------------- what rules ask

    def holds(self, rule: Mapping[str, Any], world: World, *, early: bool) -> bool:
        """Return whether one rule matches."""
        ((kind, value),) = rule.items()
        if kind == "group":
            return self.in_group(value["id"], world, early=early)
        if kind == "everyone":
            return True
        if early and kind in IDENTITY:
            # 13: nobody says what it does before anyone has logged in.
            return bool(
                self.choose(("early", json.dumps(rule, sort_keys=True).lower()), (False, True))
            )
        if not early and kind in SERVICE_ONLY:
            return False  # 14
        return self.is_so(kind, value)

    def is_so(self, kind: str, value: Mapping[str, Any]) -> bool:  # noqa: C901, PLR0911, PLR0912
        """Return whether a rule about the request itself matches."""
        request = self.request
        email = (request.email or "").lower()
        match kind:
            case "email":
                return bool(email == value["email"].lower())
            case "email_domain":
                return bool(email.rpartition("@")[2] == value["domain"].lower())
            case "geo":
                return bool(self.country() == value["country_code"])
            case "ip":
                network = ipaddress.ip_network(value["ip"], strict=False)
                return self.address() in network
            case "login_method":
                return bool(self.provider() == value["id"])
            case "okta":
                at = value["identity_provider_id"]
                return self.provider() == at and self.says(value["name"])
            case "saml":
                text = f"{value['attribute_name']}={value['attribute_value']}"
                at = value.get("identity_provider_id")
                return (at is None or self.provider() == at) and self.says(text)
            case "github-organization":
                if self.provider() != value["identity_provider_id"]:
                    return False
                name, team = value["name"], value.get("team")
                groups = request.groups or {}
                if self.provider() in groups:
                    held = groups[self.provider()]
                    if team is None:
                        return any(one.partition("/")[0] == name for one in held)
                    return f"{name}/{team}" in held
                return self.says(name) and (team is None or self.says(f"{name}/{team}"))
            case "device_posture":
                check = value["integration_uid"]
                known = request.posture.get(check)
                return (
                    bool(self.choose(("posture", check), (False, True))) if known is None else known
                )
            case "auth_method":
                method = value["auth_method"]
                if request.methods is not None:
                    return method in request.methods
                return bool(self.choose(("method", method), (False, True)))
            case "user_risk_score":
                levels = ("low", "medium", "high", "unscored", "another")
                return (request.risk or self.choose("risk", levels)) in value["user_risk_score"]
            case "certificate":
                return self.certificate(("ci.example.com", "db.example.com")) != ""
            case "common_name":
                name = value["common_name"]
                return bool(self.certificate(("ci.example.com", "db.example.com")) == name)
            case "service_token":
                return bool(request.token == value["token_id"])
            case "any_valid_service_token":
                return request.token != ""
            case "linked_app_token":
                return bool(request.linked == value["app_uid"])
        # external_evaluation, lists, membership of the account: nobody knows.
        return bool(self.choose((kind, json.dumps(value, sort_keys=True)), (False, True)))

    def in_group(self, id_: str, world: World, *, early: bool) -> bool:
        """Return whether a group matches. One that is not there, or in a circle, may or may not."""
        group = world["groups"].get(id_)
        if group is None:
            return bool(self.choose(("no group", id_, early), (False, True)))
        if reaches_a_circle(id_, world):
            told = json.dumps([id_, everything_below(id_, world)], sort_keys=True)
            return bool(self.choose(("circle", told, early), (False, True)))
        return self.matches(group, world, early=early)

    def matches(self, holder: Mapping[str, Any], world: World, *, early: bool) -> bool:
        """Return whether a group or a policy matches: 9."""
        return (
            any(self.holds(rule, world, early=early) for rule in holder["include"])
            and all(self.holds(rule, world, early=early) for rule in holder.get("require") or ())
            and not any(
                self.holds(rule, world, early=early) for rule in holder.get("exclude") or ()
            )
        )

    def policy(self, id_: str, world: World, *, early: bool) -> bool:
        """Return whether a policy matches. One that reaches a circle may or may not."""
        policy = world["policies"][id_]
        if any(reaches_a_circle(one, world) for one in groups_of(policy)):
            below = [everything_below(one, world) for one in groups_of(policy)]
            told = json.dumps([id_, asked_by(policy), below], sort_keys=True)
            return bool(self.choose(("circle", told, early), (False, True)))
        return self.matches(policy, world, early=early)

    # ------------------------------------------------------------------------- who gets in

    def gets_in(self, app: str, world: World) -> bool:
        """Return whether an application lets the request in: 7."""
        policies = world["apps"][app]["policies"]
        decisions = {id_: world["policies"][id_]["decision"] for id_ in policies}
        early = [id_ for id_ in policies if decisions[id_] in {"bypass", "non_identity"}]
        if any(self.policy(id_, world, early=True) for id_ in early):
            return True
        idps = world["apps"][app]["idps"]
        if self.request.email is None or (idps and self.provider() not in idps):
            return False
        for id_ in policies:
            if decisions[id_] in {"allow", "deny"} and self.policy(id_, world, early=False):
                return bool(decisions[id_] == "allow")
        return False


def groups_of(holder: Mapping[str, Any]) -> list[str]:
    """Return the ids of the groups that rules point at."""
    return [
        rule["group"]["id"]
        for section in ("include", "exclude", "require")
        for rule in holder.get(section) or ()
        if "group" in rule
    ]


def below(id_: str, world: World) -> set[str]:
    """Return the groups that a group reaches."""
    found: set[str] = set()
    waiting = [id_]
    while waiting:
        for inner in groups_of(world["groups"].get(waiting.pop(), {})):
            if inner not in found:
                found.add(inner)
                waiting.append(inner)
    return found


def reaches_a_circle(id_: str, world: World) -> bool:
    """Tell whether a group is in a circle of groups, or refers to one: 10."""
    return any(one in below(one, world) for one in {id_, *below(id_, world)})


def everything_below(id_: str, world: World) -> list[Any]:
    """Return all that a group's answer could depend on."""
    return [
        [one, asked_by(world["groups"].get(one, {}))] for one in sorted({id_, *below(id_, world)})
    ]


def asked_by(holder: Mapping[str, Any]) -> list[list[str]]:
    """Return the rules of a group or a policy, in one order."""
    return [
        sorted(json.dumps(rule, sort_keys=True).lower() for rule in holder.get(section) or ())
        for section in ("include", "exclude", "require")
    ]


def outcomes(request: Request, question: Callable[[Evaluation], Any], *worlds: World) -> set[Any]:
    """Return everything that may come of a question, over all completions of what is unknown."""
    chooser = Chooser()
    return {question(Evaluation(request, chooser, *worlds)) for _ in chooser.rounds()}
