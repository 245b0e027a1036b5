"""Random accounts, made by hand over years: every selector, every type, names of every sort."""

from __future__ import annotations

import uuid
from random import Random
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi_cloudflare_access import LocalCloudflare

CANARY = "canary-of-scim-0123456789"
# Words of Python's, of ours and of the generator's; what is quoted, broken, foreign or very long.
NAMES = (
    *("Staff", "staff", "STAFF ", "Engineers", "import", "class", "None", "list", "groups"),
    *("policies", "rules", "print", "_private", "cloudflare", "elsewhere", "people", "match"),
    *("Équipe Sécurité", "开发者", "Команда", "🚀", "emoji 🚀 team", "2nd line", "100%", "R&D"),
    *('it\'s "quoted" \\ back', "new\nline", "{braces} %s {{x}}", '"""', "a" * 120, "Großkunden"),
)
TYPES = (
    *("self_hosted",) * 6,
    *("saas", "ssh", "vnc", "bookmark", "infrastructure", "rdp", "app_launcher", "warp", "biso"),
    *("dash_sso", "mcp", "mcp_portal", "proxy_endpoint"),
)
ONCE = frozenset({"app_launcher", "warp", "biso", "dash_sso"})
BROWSED = ("self_hosted", "ssh", "vnc", "rdp")
SECTIONS = ("include", "exclude", "require")
ROOT_ZONE = "com.cloudflare.api.account.zone."


class World:
    """Fills a local Cloudflare from one seed. What it refuses, nobody can have."""

    def __init__(self, cloudflare: LocalCloudflare, seed: int) -> None:
        self.cloudflare = cloudflare
        self.random = Random(seed)  # noqa: S311 - no secret
        self._http = httpx.Client(
            transport=httpx.WSGITransport(app=cloudflare.app),
            base_url=cloudflare.base_url,
            headers={"Authorization": f"Bearer {cloudflare.token}"},
        )
        cloudflare.switches.set(
            {
                "foreign_fields": "ignore",
                "unknown_fields": "keep",
                "accept_unknown_selectors": True,
                "undocumented_fields": self.random.random() < 0.3,
            }
        )
        made = cloudflare.seed(
            {
                "access/identity_providers": [
                    {"name": name, "type": "azureAD", "config": {}}
                    for name in ("Entra", 'Okta "prod"', "entra")
                ],
                "access/service_tokens": [{"name": name} for name in ("CI", "deploy bot")],
                "access/tags": [{"name": name} for name in ("eng", "x y")],
                "members": [{"email": f"p{n}@example.com"} for n in range(8)],
            }
        )
        self._idps = [one["id"] for one in made["access/identity_providers"]]
        self._tokens = [one["id"] for one in made["access/service_tokens"]]
        self._groups: list[str] = []
        self._policies: list[str] = []
        self._types: set[str] = set()

    def fill(self, size: int = 5) -> None:
        """Make about so many objects of each kind."""
        for number in range(size):
            self._group(number)
        for _ in range(size // 2):
            if made := self._put("access/policies", self._policy(self._name())):
                self._policies.append(made["id"])
        for number in range(size):
            self._put("access/apps", self._application(number))
        self._cycles()
        self._mixed()
        zone = {"name": self._name(), "include": self._rules(1, 2, groups=False)}
        self.cloudflare.seed({"zones": {self.cloudflare.zone_id: {"access/groups": [zone]}}})
        self._iam()
        domains: list[dict[str, Any]] = [{"email_domain": "example.com"}]
        if self.random.random() < 0.5:
            domains += [{"email_domain": "example.org", "enabled": True, "status": "verified"}]
        self.cloudflare.seed({"sso_connectors": domains})

    # ------------------------------------------------------------------------------------ pieces

    def _put(self, collection: str, body: dict[str, Any]) -> dict[str, Any] | None:
        try:
            made = self.cloudflare.seed({collection: [body]})
        except ValueError:
            return None
        found: dict[str, Any] = made[collection][0]
        return found

    def _name(self) -> str:
        return self.random.choice(NAMES)

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def _group(self, number: int) -> None:
        people = [{"email": {"email": f"p{n}@example.com"}} for n in range(4)]
        include = [*people, *self._rules(0, 2)] if number % 3 == 2 else self._rules(1, 4)
        body: dict[str, Any] = {"name": self._name(), "include": include}
        for section in SECTIONS[1:]:
            if self.random.random() < 0.3:
                body[section] = self._rules(1, 2)
        if made := self._put("access/groups", body):
            self._groups.append(made["id"])

    def _rules(self, least: int, most: int, *, groups: bool = True) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for _ in range(self.random.randint(least, most)):
            one = self.random.choice(self._selectors(groups=groups))
            if one not in found:
                found.append(one)
        return found

    def _selectors(self, *, groups: bool) -> Sequence[dict[str, Any]]:
        idp = self.random.choice(self._idps)
        via = {"identity_provider_id": idp}
        person = f"p{self.random.randint(0, 9)}@example.com"
        held: list[dict[str, Any]] = [
            {"email": {"email": person}},
            {"email": {"email": person}},
            {"email_list": {"id": self._uuid()}},
            {"email_domain": {"domain": "example.com"}},
            {"everyone": {}},
            {"ip": {"ip": "203.0.113.7"}},
            {"ip": {"ip": "2001:db8::/32"}},
            {"ip_list": {"id": self._uuid()}},
            {"certificate": {}},
            {"azureAD": {"id": self._uuid(), **via}},
            {"github-organization": {"name": "acme", "team": "core", **via}},
            {"github-organization": {"name": "acme", **via}},
            {"gsuite": {"email": "all@example.com", **via}},
            {"okta": {"name": 'Eng\'s "group"', **via}},
            {"saml": {"attribute_name": "dept", "attribute_value": "R&D \\ x", **via}},
            {
                "external_evaluation": {
                    "evaluate_url": "https://eval.example.com/a?b=c",
                    "keys_url": "https://eval.example.com/keys",
                }
            },
            {"geo": {"country_code": "DE"}},
            {"auth_method": {"auth_method": "mfa"}},
            {"device_posture": {"integration_uid": self._uuid()}},
            {"auth_context": {"id": self._uuid(), "ac_id": "c1", **via}},
            {"common_name": {"common_name": "device.example.com"}},
            {"login_method": {"id": idp}},
            {"oidc": {"claim_name": "roles", "claim_value": "admin", **via}},
            {"user_risk_score": {"user_risk_score": ["low", "high"]}},
            {"cloudflare_account_member": {}},
            {"cloudflare_account_member": {"account_id": "0123456789abcdef" * 2}},
            {"service_token": {"token_id": self.random.choice(self._tokens)}},
            {"any_valid_service_token": {}},
            {"quantum_badge": {"level": 3, "tags": ["a", "b"]}},
            {"okta": {"name": "x", "depth": "all", **via}},
        ]
        if groups and self._groups:
            held += [{"group": {"id": self.random.choice(self._groups)}}] * 3
        return held

    def _policy(self, name: str) -> dict[str, Any]:
        decision = self.random.choice(("allow", "allow", "deny", "non_identity", "bypass"))
        body: dict[str, Any] = {"name": name, "decision": decision, "include": self._rules(1, 3)}
        more: dict[str, Any] = {
            "require": self._rules(1, 2),
            "exclude": self._rules(1, 2),
            "session_duration": "8h",
            "isolation_required": True,
            "purpose_justification_required": True,
            "purpose_justification_prompt": 'Why? "now"',
        }
        body |= {name: value for name, value in more.items() if self.random.random() < 0.25}
        if self.random.random() < 0.2:
            approvers = {"approvals_needed": 1, "email_addresses": ["b@x.org", "a@x.org"]}
            body |= {"approval_required": True, "approval_groups": [approvers]}
        return body

    def _application(self, number: int) -> dict[str, Any]:
        type_ = self.random.choice([one for one in TYPES if one not in self._types & ONCE])
        self._types.add(type_)
        body: dict[str, Any] = {"type": type_, "name": self._name()}
        domain = f"app{number}.example.com{self.random.choice(('', '/admin', '/a/*'))}"
        if type_ in BROWSED:
            body |= {"domain": domain, **self._browsed(number, domain)}
        if type_ in {"rdp", "infrastructure"}:
            protocol = (
                {"port": 3389, "protocol": "RDP"}
                if type_ == "rdp"
                else {"port": 22, "protocol": "SSH"}
            )
            body["target_criteria"] = [
                {**protocol, "target_attributes": {"hostname": ["h1", "h2"]}}
            ]
        if type_ == "saas":
            body["saas_app"] = self.random.choice(SAAS)
        if type_ in {"mcp_portal", "proxy_endpoint"}:
            body["domain"] = f"own{number}.example.com"
        if type_ == "bookmark":
            body |= {"domain": f"https://b{number}.example.com", "logo_url": "https://x/l.png"}
        if type_ == "app_launcher":
            links = [{"name": "b", "url": "https://b"}, {"name": "a", "url": "https://a"}]
            body |= {"bg_color": "#fff", "footer_links": links}
        if type_ in ONCE:
            body.pop("name")
        return body | self._policies_of(type_)

    def _browsed(self, number: int, domain: str) -> dict[str, Any]:
        more: dict[str, Any] = {
            "session_duration": "6h",
            "allow_iframe": True,
            "app_launcher_visible": False,
            "http_only_cookie_attribute": False,
            "same_site_cookie_attribute": "strict",
            "custom_deny_message": 'No "way"',
            "allowed_idps": self._idps[:2],
            "tags": ["eng", "x y"],
            "cors_headers": {
                "allow_all_origins": True,
                "allowed_methods": ["GET", "POST"],
                "max_age": 600,
            },
            "self_hosted_domains": [domain, f"alt{number}.example.com"],
            "destinations": [
                {"type": "public", "uri": domain},
                {"type": "public", "uri": f"more{number}.example.com"},
            ],
            "scim_config": {
                "idp_uid": self._idps[0],
                "remote_uri": "https://scim.example.com",
                "authentication": {"scheme": "oauthbearertoken", "token": CANARY},
            },
        }
        found = {name: value for name, value in more.items() if self.random.random() < 0.25}
        if "destinations" in found:
            found.pop("self_hosted_domains", None)
        return found

    def _policies_of(self, type_: str) -> dict[str, Any]:
        chance = self.random.random()
        if type_ in {"bookmark", "biso"} or chance > 0.8:
            return {}
        if type_ == "infrastructure":
            ssh = {"ssh": {"usernames": ["root", "ec2-user"], "allow_email_alias": True}}
            include = [{"email": {"email": "p1@example.com"}}]
            own = {"name": "in", "decision": "allow", "include": include, "connection_rules": ssh}
            return {"policies": [own]}
        if chance < 0.3 and self._policies:
            return {"policies": self.random.sample(self._policies, 1)}
        names = self.random.sample(NAMES[:12], 2)
        if chance > 0.7:
            names.append(names[0])
        return {"policies": [self._policy(name) for name in names]}

    def _cycles(self) -> None:
        """Have two groups refer to each other, and one to itself."""
        where = f"/accounts/{self.cloudflare.account_id}/access/groups"
        one, two, three = (self._groups * 3)[:3] if self._groups else ("", "", "")
        for group, other in ((one, two), (two, one), (three, three)) if one else ():
            there = self._http.get(f"{where}/{group}").json()["result"]
            body = {name: there[name] for name in ("name", *SECTIONS) if there.get(name)}
            body["include"] = [*body["include"], {"group": {"id": other}}]
            self._http.put(f"{where}/{group}", json=body)

    def _mixed(self) -> None:
        """Have policies of both kinds in one application."""
        where = f"/accounts/{self.cloudflare.account_id}/access/apps"
        for app in self._http.get(where).json()["result"]:
            if app["type"] == "self_hosted" and any(p.get("reusable") for p in app["policies"]):
                own = {"name": "mixed in", "decision": "deny", "include": [{"everyone": {}}]}
                self._http.post(f"{where}/{app['id']}/policies", json=own)
                return

    def _iam(self) -> None:
        account = f"com.cloudflare.api.account.{self.cloudflare.account_id}"
        zone = f"{ROOT_ZONE}{self.cloudflare.zone_id}"
        other = f"{ROOT_ZONE}{self.random.getrandbits(128):032x}"
        for name, keys in (("Prod", [zone, other]), ("All", ["*"]), ("Bucket", ["com.x.r2.a_b"])):
            scope = {"key": account, "objects": [{"key": key} for key in keys]}
            self._put("iam/resource_groups", {"name": name, "scope": scope})
        where = f"/accounts/{self.cloudflare.account_id}/iam"
        permissions, resources = (
            [one["id"] for one in self._http.get(f"{where}/{what}").json()["result"]]
            for what in ("permission_groups", "resource_groups")
        )
        for name in self.random.sample(NAMES[:12], 3):
            policies = [
                {
                    "access": self.random.choice(("allow", "deny")),
                    "permission_groups": [{"id": i} for i in self.random.sample(permissions, 2)],
                    "resource_groups": [{"id": self.random.choice(resources)}],
                }
                for _ in range(self.random.randint(0, 2))
            ]
            people = [f"p{n}@example.com" for n in range(self.random.randint(0, 4))]
            team = {"name": name, "members": people, "policies": policies}
            self._put("iam/user_groups", team)


SAAS: tuple[dict[str, Any], ...] = (
    {
        "auth_type": "saml",
        "sp_entity_id": "https://sp",
        "consumer_service_url": "https://sp/acs",
        "name_id_format": "email",
    },
    {
        "auth_type": "oidc",
        "redirect_uris": ["https://b/cb", "https://a/cb"],
        "grant_types": ["authorization_code"],
        "scopes": ["openid", "email"],
        "app_launcher_url": "https://app",
    },
)
