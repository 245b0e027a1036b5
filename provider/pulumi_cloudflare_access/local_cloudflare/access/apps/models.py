"""Applications, and how they behave."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ...world.world import Backend, Zone
from ..checks import Checker, now
from ..exceptions import (
    ApplicationAlreadyExistsError,
    InvalidCorsError,
    InvalidRequestError,
    NotFoundError,
    TooManyError,
)
from ..identity_providers.models import IdentityProviderBackend
from ..shapes import Object
from .fields import ANY_TYPE, BUILT_IN, SETTINGS, TIED, TYPES
from .policies import AppPolicies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...world.world import Scope
    from ..rules import Rule
    from .policies import Item


@dataclass(frozen=True, kw_only=True)
class App:
    """An application. `fields` are those of its type, as they were sent."""

    id: str
    type: str
    aud: str
    fields: dict[str, Any]
    made: dict[str, str]
    """The fields of `saas_app` that Cloudflare generates unless they are sent."""
    policies: AppPolicies
    created_at: str
    updated_at: str

    def places(self) -> set[str]:
        """Return its places, as whole addresses. No other application can have one of them."""
        if self.type == "bookmark":
            return set()
        destinations = self.fields.get("destinations", [])
        # Documented: an account can have one destination of each of these two kinds.
        places = {item["type"] for item in destinations if item["type"].startswith("all_")}
        if "domain" in self.fields:
            places.add(_root(self.fields["domain"]))
        return places | set(map(_root, _public(destinations)))


class AppBackend(Backend):
    """The applications of one account or zone."""

    collection: ClassVar[str] = "access/apps"

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.apps: dict[str, App] = {}

    def list_apps(
        self,
        *,
        exact: bool = False,
        search: str | None = None,
        target_attributes: str | None = None,
        **wanted: str | None,
    ) -> list[App]:
        """Return the applications whose name, domain and aud contain these texts, oldest first.

        With `exact`, they must be equal. `search` is a text that any of the three contains.
        """
        return [
            app
            for app in self.apps.values()
            if all(
                text is None or _matches(_told(app, field), text, exact=exact)
                for field, text in wanted.items()
            )
            and (
                search is None
                or any(
                    _matches(_told(app, field), search, exact=False)
                    for field in ("name", "domain", "aud")
                )
            )
            and (target_attributes is None or _targets(app, target_attributes))
        ]

    def create_app(self, body: Any, app_id: str | None = None, aud: str | None = None) -> App:
        """Create an application."""
        kind = _type(body)
        policies = AppPolicies(self.scope, infrastructure=kind == "infrastructure")
        fields, items = self._checked(body, kind, policies)
        limit = self.world.switches.max_applications
        if limit is not None and len(self.apps) >= limit:
            raise TooManyError(f"at most {limit} applications are allowed")
        time = now()
        app = App(
            id=app_id or self.world.new_uuid(),
            type=kind,
            aud=aud or self.world.new_hex(64),
            fields=fields,
            made={},
            policies=policies,
            created_at=time,
            updated_at=time,
        )
        app = self._with_made(app)
        self._check_place(app)
        policies.arrange(items)
        self.apps[app.id] = app
        return app

    def get_app(self, app_id: str) -> App:
        """Return the application with this id."""
        if app_id not in self.apps:
            raise NotFoundError
        return self.apps[app_id]

    def update_app(self, app_id: str, body: Any) -> App:
        """Replace an application, except for its id, aud, creation time and generated secrets."""
        app = self.get_app(app_id)
        kind = _type(body)
        # Not documented. Cloudflare's dashboard cannot change the type either.
        if kind != app.type:
            raise InvalidRequestError(("/type", "app type can not be changed"))
        fields, items = self._checked(body, kind, app.policies)
        app = self._with_made(replace(app, fields=fields, updated_at=now()))
        self._check_place(app)
        app.policies.arrange(items)
        self.apps[app_id] = app
        return app

    def update_settings(self, app_id: str, body: Any) -> App:
        """Replace the settings that have their own route. Those that are not sent are removed."""
        app = self.get_app(app_id)
        others = {name: value for name, value in app.fields.items() if f"{name}?" not in SETTINGS}
        return self._with_settings(app, others, body)

    def edit_settings(self, app_id: str, body: Any) -> App:
        """Change the settings that are sent."""
        app = self.get_app(app_id)
        return self._with_settings(app, app.fields, body)

    def _with_settings(self, app: App, fields: dict[str, Any], body: Any) -> App:
        check = Checker(body, self.world.switches)
        # Not documented: other types refuse these settings here, too.
        known = {name: SETTINGS[name] for name in SETTINGS if name in TYPES[app.type].fields}
        fields = fields | Object(known).take(check)
        check.drop_foreign(ANY_TYPE)
        fields |= check.rest()
        check.done()
        self.apps[app.id] = replace(app, fields=fields, updated_at=now())
        return self.apps[app.id]

    def delete_app(self, app_id: str) -> None:
        """Delete an application and its own policies. Reusable policies are detached."""
        self.get_app(app_id)
        del self.apps[app_id]

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Add an application as a create would. It may have an `id` and an `aud`."""
        body = dict(item)
        app_id, aud = body.pop("id", None), body.pop("aud", None)
        if app_id in self.apps:
            raise ValueError(f"there is an application {app_id} already")
        app = self.create_app(body, app_id, aud)
        policies = [
            {**placed.policy.kept(), "precedence": placed.precedence, "reusable": placed.reusable}
            for placed in app.policies.list_policies()
        ]
        kept = {**vars(app), **app.fields, "policies": policies}
        return {key: value for key, value in kept.items() if key not in ("fields", "made")}

    def retag(self, tag: str, name: str | None) -> None:
        """Rename a tag in all applications, or remove it if `name` is None. Not documented."""
        for app in self.apps.values():
            if tag in app.fields.get("tags", []):
                others = [other for other in app.fields["tags"] if other != tag]
                tags = [*others, name] if name else others
                self.apps[app.id] = replace(app, fields={**app.fields, "tags": tags})

    def has(self, object_id: str) -> bool:
        """Tell whether an application with this id exists."""
        return object_id in self.apps

    def identity_providers_used(self) -> Iterator[str]:
        """Yield the identity providers that people may log in with, or are provisioned from."""
        for app in self.apps.values():
            yield from app.fields.get("allowed_idps") or ()
            yield str((app.fields.get("scim_config") or {}).get("idp_uid"))

    def attached(self) -> Iterator[str]:
        """Yield the id of a reusable policy for every application that has it."""
        for app in self.apps.values():
            yield from app.policies.attached()

    def rules(self) -> Iterator[tuple[str, Rule]]:
        """Yield the rules of the applications' own policies, with the policy's id."""
        for app in self.apps.values():
            yield from app.policies.rules()

    def _checked(
        self, body: Any, kind: str, policies: AppPolicies
    ) -> tuple[dict[str, Any], list[Item] | None]:
        switches = self.world.switches
        check = Checker(body, switches)
        check.take("type")
        if "allow_authenticate_via_warp" in check and not switches.warp_sessions:
            check.refuse(
                "/allow_authenticate_via_warp",
                "allow_authenticate_via_warp cannot be set if the Warp Auth Session Duration is "
                "not set for the account",
            )
        fields = {**TYPES[kind].take(check), **BUILT_IN.get(kind, {})}
        items = policies.read_items(check)
        check.drop_foreign(ANY_TYPE)
        if kind in TIED and "domain" not in fields:
            elsewhere = fields.get("destinations") or fields.get("self_hosted_domains")
            # Not documented: an application without any place is refused.
            elsewhere = elsewhere or kind == "mcp_portal"
            if self.world.switches.require_domain or not elsewhere:
                check.refuse("/domain", "domain field should not be empty")
        if fields.get("auto_redirect_to_identity") is True and self._providers(fields) > 1:
            check.refuse(
                "/auto_redirect_to_identity",
                "auto_redirect_to_identity requires exactly one of allowed_idps",
            )
        fields |= check.rest()
        check.done()
        if kind in TIED:
            fields |= _tied(fields)
        self._check_domain(fields, kind)
        _check_cors(fields.get("cors_headers", {}))
        self._check_references(fields)
        return fields, items

    def _providers(self, fields: dict[str, Any]) -> float:
        """Return how many identity providers people can choose from."""
        allowed = fields.get("allowed_idps")
        if allowed:
            return len(allowed)
        if self.world.switches.auto_redirect == "one_allowed":
            return math.inf
        return sum(len(it.of(IdentityProviderBackend).identity_providers) for it in self._scopes)

    @property
    def _scopes(self) -> set[Scope]:
        """The scopes of objects that an application can refer to: its own, and the account."""
        return {self.scope, self.scope.account}

    def _check_domain(self, fields: dict[str, Any], kind: str) -> None:
        domain = fields.get("domain")
        if not domain or kind in BUILT_IN or kind == "bookmark":
            return
        if "/" in domain and fields.get("oauth_configuration", {}).get("enabled"):
            raise InvalidRequestError(
                ("/domain", "domain can not have a path if oauth is configured")
            )
        if isinstance(self.scope, Zone):
            zones, places = [self.scope], {domain}
        elif self.world.switches.foreign_domains == "refuse" and kind in TIED:
            zones, places = self.scope.account.zones, {domain, *_public(fields["destinations"])}
        else:
            return
        if not all(any(_is_in(place, zone) for zone in zones) for place in places):
            raise InvalidRequestError(("/domain", "domain does not belong to zone"))

    def _check_references(self, fields: dict[str, Any]) -> None:
        account = self.scope.account
        if not all(account.has("access/tags", tag) for tag in fields.get("tags", [])):
            raise InvalidRequestError(("/tags", "tags contain a tag that does not exist"))
        if not self.world.switches.check_references:
            return
        idps = list(fields.get("allowed_idps", []))
        if "scim_config" in fields:
            idps.append(fields["scim_config"]["idp_uid"])
        if not all(
            any(it.has("access/identity_providers", idp) for it in self._scopes) for idp in idps
        ):
            raise InvalidRequestError(
                ("", "application names an identity provider that does not exist")
            )

    def _check_place(self, app: App) -> None:
        account = self.scope.account
        for scope in (account, *account.zones):
            for other in scope.of(AppBackend).apps.values():
                if other.id != app.id and other.places() & app.places():
                    raise ApplicationAlreadyExistsError

    def _with_made(self, app: App) -> App:
        given = app.fields.get("saas_app", {})
        known = app.made | given
        made = {
            key: known.get(key, value) for key, value in self._new(given.get("auth_type")).items()
        }
        return replace(app, made=made)

    def _new(self, auth_type: str | None) -> dict[str, str]:
        match auth_type:
            case "oidc":
                return {
                    "client_id": self.world.new_hex(64),
                    "client_secret": self.world.new_hex(64),
                    "public_key": f"-----BEGIN PUBLIC KEY-----\n{self.world.new_hex(64)}\n",
                }
            case "saml":
                team = "https://authdomain.cloudflareaccess.com"
                return {
                    "idp_entity_id": team,
                    "public_key": f"-----BEGIN CERTIFICATE-----\n{self.world.new_hex(64)}\n",
                    "sso_endpoint": f"{team}/cdn-cgi/access/sso/saml/{self.world.new_hex(64)}",
                }
            case _:
                return {}


def _tied(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the places of an application in all three forms, each completed from the others.

    `domain` is the first public place and must be one of the places. With `destinations`,
    `self_hosted_domains` are ignored. The former was seen live (in Terraform's acceptance tests and
    its pull request 3340); the latter is documented.
    """
    domain, destinations = fields.get("domain"), fields["destinations"]
    listed = _public(destinations) if destinations else fields["self_hosted_domains"]
    said = "destinations" if destinations else "self_hosted_domains"
    if domain and not destinations and not listed:
        listed = [domain]
    if domain and domain not in listed:
        raise InvalidRequestError(("/domain", f"domain not included in {said}"))
    tied = {
        "destinations": destinations or [{"type": "public", "uri": uri} for uri in listed],
        "self_hosted_domains": listed,
    }
    return tied | ({"domain": domain or listed[0]} if listed else {})


def _public(destinations: list[dict[str, Any]]) -> list[str]:
    return [item["uri"] for item in destinations if item["type"] == "public"]


def _root(place: str) -> str:
    """Return a place without the slash of a root path: `example.com/` is `example.com`."""
    return place.removesuffix("/") if place.count("/") == 1 else place


def _is_in(place: str, zone: Zone) -> bool:
    host = place.partition("/")[0]
    return host == zone.name or host.endswith(f".{zone.name}")


def _check_cors(headers: dict[str, Any]) -> None:
    """Refuse origins without methods, and credentials for all origins, as seen live.

    The words and code are known only for the former.
    """
    origins = headers.get("allow_all_origins") or headers.get("allowed_origins")
    methods = headers.get("allow_all_methods") or headers.get("allowed_methods")
    everybody = headers.get("allow_all_origins") or "*" in headers.get("allowed_origins", [])
    if origins and not methods:
        raise InvalidCorsError("invalid_cors_methods")
    if everybody and headers.get("allow_credentials"):
        raise InvalidCorsError("invalid_cors_credentials")


def _type(body: Any) -> str:
    kind = Checker(body).take("type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise InvalidRequestError(("/type", "app type is missing or invalid"))
    return kind


def _told(app: App, field: str) -> str:
    return app.aud if field == "aud" else str(app.fields.get(field, ""))


def _matches(value: str, text: str, *, exact: bool) -> bool:
    return value == text if exact else text.casefold() in value.casefold()


def _targets(app: App, wanted: str) -> bool:
    key, _, value = wanted.partition("=")
    return any(
        value in criterion.get("target_attributes", {}).get(key, [])
        for criterion in app.fields.get("target_criteria", [])
    )
