"""Access applications: what is protected, and how people log in to it.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/

Who gets in is said by policies: reusable ones are attached here, in `policies`; those that the
application owns are in application_policies.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pulumi
from pydantic import model_validator

from ..errors import DeclarationError
from ..keyed import UNKNOWN, Mistake
from ..lifecycle import Lifecycle
from ..lookup import ScopedLookup
from ..model import State
from ..references import (
    APPLICATIONS,
    BEFORE,
    IDENTITY_PROVIDERS,
    POLICIES,
    Attached,
    Found,
    Reference,
    in_order,
    refer_all,
)
from ..resource import Resource
from .application_fields import PLACES, SCIM_SECRETS, AccessApplicationInputs, address, attached
from .application_types import BUILT_IN, WITH_DOMAIN, concerns_of_type, mistakes_of_type
from .owned_policies import REUSABLE, attaches, first_of_all


class AccessApplicationState(State):
    """What we keep of an answer besides what was declared.

    From `client_id` on, it is what a SaaS application has to be told of Access.
    """

    aud: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    public_key: str | None = None
    idp_entity_id: str | None = None
    sso_endpoint: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _told(cls, answer: Any) -> Any:
        saas = answer.get("saas_app")
        made = ("client_id", "client_secret", "public_key", "idp_entity_id", "sso_endpoint")
        return answer | {n: saas.get(n) for n in made} if isinstance(saas, Mapping) else answer


class AccessApplicationProvider(Lifecycle):
    """Where applications live and what they need."""

    kind = "access_application"
    what = "Access application"
    collection = "access/apps"
    quota = 500
    inputs = AccessApplicationInputs
    state = AccessApplicationState
    natural_key = "domain"
    needs = "Access: Apps and Policies"
    replaced_by = frozenset({"type"})
    # Cloudflare shows it once, in the answer to the request that made it.
    kept_from_create = frozenset({"client_secret"})

    @classmethod
    def unique(cls, declared: Mapping[str, Any]) -> str | None:
        """Have one application in a place. A bookmark only points to one."""
        return None if declared.get("type") == "bookmark" else "domain"

    def mistakes_in(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what the API refuses, and what would shut everybody out."""
        mistakes = mistakes_of_type(declared)
        type_, places = declared.get("type"), [name for name in PLACES if declared.get(name)]
        if type_ in WITH_DOMAIN and not declared.get("domain") and not places:
            mistakes.append(Mistake("domain", f"is required for type {type_}"))
        idps = declared.get("allowed_idps")
        redirects = declared.get("auto_redirect_to_identity") is True
        if redirects and idps != UNKNOWN and len(idps or ()) != 1:
            told = "needs exactly one identity provider in allowed_idps"
            mistakes.append(Mistake("auto_redirect_to_identity", told))
        if declared.get("policies") == {} and declared.get("allow_no_policies") is not True:
            told = (
                "none lets nobody in: leave it out to keep what is attached, or say so with "
                "allow_no_policies=True"
            )
            mistakes.append(Mistake("policies", told))
        return mistakes

    def concerns(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what becomes reachable without Access, stays, and cannot be replaced."""
        yield from concerns_of_type(declared)
        before, after = _places(was), _places(declared)
        if not any(UNKNOWN in place for place in after):
            for place in sorted(before - after):
                yield f"{place} becomes reachable without Access"
        decisive = [name for name in ("account_id", "zone_id", "type") if name in {*was, *declared}]
        moved = [name for name in decisive if was.get(name) != declared.get(name)]
        shared = sorted(before & after)
        if moved and shared:
            yield (
                f"a change of {moved[0]} needs a new application, and Cloudflare refuses a second "
                f"one on {shared[0]} (409): move this one to another domain first, or delete it in "
                "an up of its own, which leaves the domain without Access meanwhile"
            )
        if not moved and "policies" not in declared and (stay := in_order(was.get("policies"))):
            yield (
                "policies: no longer declared, and these stay attached: "
                f"{BEFORE.join(key for key, _ in stay)}; policies=[] with allow_no_policies=True "
                "detaches them"
            )

    def beside(self, answer: Mapping[str, Any], declared: Mapping[str, Any]) -> Iterator[str]:
        """Warn of policies of its own where it has reusable ones."""
        policies = [one for one in answer.get("policies") or () if isinstance(one, Mapping)]
        own = [one for one in policies if not one.get(REUSABLE)]
        if own and declared.get("policies"):
            yield f"has policies of its own {first_of_all(policies, own, 'its own')}"

    def deleted(self, declared: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what nothing protects any more."""
        for place in sorted(_places(declared)):
            yield f"{place} is now reachable without Access"

    def _body(
        self,
        declared: Mapping[str, Any],
        *,
        there: Mapping[str, Any] | None = None,
        was: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Write a request whose parts fit each other, and what is there."""
        there, was = there or {}, was or {}
        body = super()._body(declared, there=there, was=was)
        if declared.get("type") in BUILT_IN:
            body = {k: v for k, v in body.items() if k in declared or k not in {"name", "domain"}}
        carried = {name: body.pop(name, []) for name in PLACES if name not in declared}
        if not any(name in props for name in PLACES for props in (declared, was)):
            body |= _moved(carried, there.get("domain"), body.get("domain"))
        policies = [one for one in attached(there.get("policies")) if isinstance(one, Mapping)]
        if policies and body.get("policies") == [policy["id"] for policy in policies]:
            # Their places too: those that the application owns may be in between.
            body["policies"] = [
                {name: policy[name] for name in ("id", "precedence") if name in policy}
                for policy in policies
            ]
        _complete(body.get("scim_config"))
        return body


def _moved(
    carried: Mapping[str, list[Any]], old: str | None, new: str | None
) -> dict[str, list[Any]]:
    """Say where else an application is, its domain's new name in place of the old.

    Said once: Cloudflare derives the other way. Both, carried over, would bring an old domain back.
    """
    said = next((name for name in PLACES if carried[name]), None)
    if said is None:
        return {}
    places = carried[said]
    if old is None or (new is not None and address(new) == address(old)):
        return {said: places}
    there = [place for place in places if _uri(place) == address(old)]
    others = [place for place in places if place not in there]
    if new is not None:
        others += [{**p, "uri": new} if isinstance(p, Mapping) else new for p in there]
    return {said: others}


def _uri(place: Any) -> str | None:
    uri = place.get("uri") if isinstance(place, Mapping) else place
    return None if uri is None else address(uri)


def _complete(scim: Any) -> None:
    """Refuse to lose SCIM credentials: an update replaces everything, and no answer has them."""
    given = scim.get("authentication") if isinstance(scim, Mapping) else None
    many = given if isinstance(given, list) else [given] if given else []
    if any(SCIM_SECRETS.get(one.get("scheme"), "scheme") not in one for one in many):
        raise DeclarationError(
            "this application has SCIM credentials, which Cloudflare never tells, and an update "
            "would lose them: nothing was sent; declare scim_config with its authentication"
        )


def _places(declared: Mapping[str, Any]) -> set[str]:
    """Return what an application protects, as people say it. A bookmark protects nothing."""
    if declared.get("type") == "bookmark":
        return set()
    said = [declared.get("domain"), *(_entries(declared.get("self_hosted_domains")).values())]
    for key, place in _entries(declared.get("destinations")).items():
        said.append(place.get("uri") or key if isinstance(place, Mapping) else place)
    return {address(str(place)) for place in said if place}


def _entries(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    return {value: value} if value == UNKNOWN else {}


class AccessApplication(Resource, module="cloudflare", name="AccessApplication"):
    """Something behind Access, under an account or a zone.

    `policies` attaches reusable policies, in order, or, where all of them are `{"id": …,
    "precedence": …}`, in the order of their precedences; left out, an update never changes which
    policies the application has. `adopt=True` takes over the application on this domain.
    `saas_app`, `scim_config` and the other objects are plain dictionaries, as Cloudflare spells
    them. What was declared and no longer is goes back to the API's default, `policies` excepted.
    """

    lifecycle = AccessApplicationProvider
    secret_inputs: ClassVar[frozenset[str]] = frozenset({"scim_config"})
    secret_outputs: ClassVar[frozenset[str]] = frozenset({"client_secret", "scim_config"})

    account_id: pulumi.Output[str | None]
    zone_id: pulumi.Output[str | None]
    name: pulumi.Output[str]
    domain: pulumi.Output[str]
    aud: pulumi.Output[str]
    client_id: pulumi.Output[str | None]
    client_secret: pulumi.Output[str | None]
    public_key: pulumi.Output[str | None]
    idp_entity_id: pulumi.Output[str | None]
    sso_endpoint: pulumi.Output[str | None]
    created_at: pulumi.Output[str]
    updated_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        type: pulumi.Input[str] = "self_hosted",  # noqa: A002 - Cloudflare's name for it
        name: pulumi.Input[str] | None = None,
        domain: pulumi.Input[str] | None = None,
        destinations: pulumi.Input[Sequence[Mapping[str, Any]]] | None = None,
        self_hosted_domains: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        policies: Sequence[Attached] | pulumi.Output[Sequence[str | Found]] | None = None,
        allow_no_policies: bool | None = None,
        allowed_idps: Sequence[Reference] | pulumi.Output[Sequence[str | Found]] | None = None,
        auto_redirect_to_identity: pulumi.Input[bool] | None = None,
        session_duration: pulumi.Input[str] | None = None,
        app_launcher_visible: pulumi.Input[bool] | None = None,
        allow_authenticate_via_warp: pulumi.Input[bool] | None = None,
        allow_iframe: pulumi.Input[bool] | None = None,
        cors_headers: pulumi.Input[Mapping[str, Any]] | None = None,
        custom_deny_message: pulumi.Input[str] | None = None,
        custom_deny_url: pulumi.Input[str] | None = None,
        custom_non_identity_deny_url: pulumi.Input[str] | None = None,
        custom_pages: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        eager_redirect_cookie_setting: pulumi.Input[bool] | None = None,
        enable_binding_cookie: pulumi.Input[bool] | None = None,
        http_only_cookie_attribute: pulumi.Input[bool] | None = None,
        logo_url: pulumi.Input[str] | None = None,
        mfa_config: pulumi.Input[Mapping[str, Any]] | None = None,
        oauth_configuration: pulumi.Input[Mapping[str, Any]] | None = None,
        options_preflight_bypass: pulumi.Input[bool] | None = None,
        path_cookie_attribute: pulumi.Input[bool] | None = None,
        read_service_tokens_from_header: pulumi.Input[str] | None = None,
        same_site_cookie_attribute: pulumi.Input[str] | None = None,
        scim_config: pulumi.Input[Mapping[str, Any]] | None = None,
        service_auth_401_redirect: pulumi.Input[bool] | None = None,
        skip_interstitial: pulumi.Input[bool] | None = None,
        tags: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        use_clientless_isolation_app_launcher_url: pulumi.Input[bool] | None = None,
        saas_app: pulumi.Input[Mapping[str, Any]] | None = None,
        app_launcher_logo_url: pulumi.Input[str] | None = None,
        bg_color: pulumi.Input[str] | None = None,
        footer_links: pulumi.Input[Sequence[Mapping[str, Any]]] | None = None,
        header_bg_color: pulumi.Input[str] | None = None,
        landing_page_design: pulumi.Input[Mapping[str, Any]] | None = None,
        skip_app_launcher_login_page: pulumi.Input[bool] | None = None,
        target_criteria: pulumi.Input[Sequence[Mapping[str, Any]]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        policies = refer_all(policies, POLICIES)
        allowed_idps = refer_all(allowed_idps, IDENTITY_PROVIDERS)
        self._declare(locals())
        if isinstance(policies, list) and policies:
            attaches(resource_name, self)


@dataclass(frozen=True, kw_only=True)
class GetAccessApplicationResult(Found):
    """An application that exists, with its policies, its own and the attached, in their order.

    What its type does not have is None, or an empty list. Its secrets stay at Cloudflare.
    """

    referred = APPLICATIONS
    in_order = frozenset(
        {"footer_links", "policies", "scim_config.authentication", "scim_config.mappings"}
    )

    type: str = ""
    domain: str | None = None
    aud: str | None = None
    destinations: Sequence[Mapping[str, Any]] = field(default_factory=list)
    self_hosted_domains: Sequence[str] = field(default_factory=list)
    policies: Sequence[Mapping[str, Any]] = field(default_factory=list)
    allowed_idps: Sequence[str] = field(default_factory=list)
    auto_redirect_to_identity: bool | None = None
    session_duration: str | None = None
    app_launcher_visible: bool | None = None
    logo_url: str | None = None
    tags: Sequence[str] = field(default_factory=list)
    allow_authenticate_via_warp: bool | None = None
    allow_iframe: bool | None = None
    cors_headers: Mapping[str, Any] | None = None
    custom_deny_message: str | None = None
    custom_deny_url: str | None = None
    custom_non_identity_deny_url: str | None = None
    custom_pages: Sequence[str] = field(default_factory=list)
    eager_redirect_cookie_setting: bool | None = None
    enable_binding_cookie: bool | None = None
    http_only_cookie_attribute: bool | None = None
    mfa_config: Mapping[str, Any] | None = None
    oauth_configuration: Mapping[str, Any] | None = None
    options_preflight_bypass: bool | None = None
    path_cookie_attribute: bool | None = None
    read_service_tokens_from_header: str | None = None
    same_site_cookie_attribute: str | None = None
    scim_config: Mapping[str, Any] | None = None
    service_auth_401_redirect: bool | None = None
    skip_interstitial: bool | None = None
    use_clientless_isolation_app_launcher_url: bool | None = None
    saas_app: Mapping[str, Any] | None = None
    app_launcher_logo_url: str | None = None
    bg_color: str | None = None
    footer_links: Sequence[Mapping[str, Any]] = field(default_factory=list)
    header_bg_color: str | None = None
    landing_page_design: Mapping[str, Any] | None = None
    skip_app_launcher_login_page: bool | None = None
    target_criteria: Sequence[Mapping[str, Any]] = field(default_factory=list)
    created_at: str | None = None
    updated_at: str | None = None


class _ApplicationLookup(ScopedLookup[GetAccessApplicationResult]):
    """Applications may have no name, and are found by their domain too."""

    def get(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Cloudflare's name for it
        domain: str | None = None,
        account_id: str | None = None,
        zone_id: str | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> GetAccessApplicationResult:
        """Find the one application with this name, id or domain; else it is a LookUpError."""
        asked = {"id": id, "name": name, "domain": domain}
        return self._get(asked, {"account_id": account_id, "zone_id": zone_id}, opts)

    def get_output(
        self,
        *,
        name: pulumi.Input[str] | None = None,
        id: pulumi.Input[str] | None = None,  # noqa: A002 - Cloudflare's name for it
        domain: pulumi.Input[str] | None = None,
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> pulumi.Output[GetAccessApplicationResult]:
        """Find the one application with this name, id or domain, once these are known."""
        asked = {"id": id, "name": name, "domain": domain}
        return self._get_output(asked, {"account_id": account_id, "zone_id": zone_id}, opts)


_lookup = _ApplicationLookup(GetAccessApplicationResult, AccessApplicationProvider)
get_access_application = _lookup.get
get_access_application_output = _lookup.get_output
get_access_applications = _lookup.get_all
get_access_applications_output = _lookup.get_all_output
