"""Access applications: what is protected, and how people log in to it.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/

Who gets in is said by policies: reusable ones are attached here, in `policies`; those that the
application owns are in application_policies.py.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import pulumi
from pydantic import model_validator

from ..engine import ownership
from ..engine.collection import Scope
from ..engine.deletion import STILL_IN_USE
from ..engine.hooks import AdoptionFilter
from ..engine.lifecycle import DELETES_FIRST, ResourceLifecycle
from ..engine.schema import FILLED_IN, secret_in
from ..errors import ConflictError, DeclarationError
from ..fields.keyed import UNKNOWN, Mistake
from ..fields.model import Always, State
from ..fields.shapes import MISSING, Field
from ..process import plugin
from ..program.lookup import ScopedLookup
from ..program.references import (
    APPLICATIONS,
    BEFORE,
    CUSTOM_PAGES,
    IDENTITY_PROVIDERS,
    POLICIES,
    TAGS,
    Attached,
    Found,
    Reference,
    in_order,
    name_all,
    refer_all,
)
from ..program.resource import Deployment, Resource
from . import listings, places
from .application_fields import SCIM_SECRETS, AccessApplicationInputs, cors_mistakes
from .application_types import (
    BUILT_IN,
    ONE_OF_ITS_KIND,
    WITH_DESTINATIONS,
    concerns_of_type,
    mistakes_of_type,
    takes,
)
from .in_force import IN_FORCE, in_force_text, tell_attached, tell_login
from .in_live import refuse_to_open
from .owned_policies import (
    LIST,
    ONE,
    OWNED,
    REUSABLE,
    attaches,
    attachment,
    first_of_all,
    own_policies,
    owned,
    policy_name,
    precedence_of,
    tell_reach,
    undeclared_policies,
)
from .widened import (
    NO_POLICIES,
    OWN_POLICIES,
    REACH_FIELDS,
    describe_application,
    reach_of,
    read,
    stricter,
)
from .widened import PLACES as WHERE
from .written_first import mistakes_in_turn

if TYPE_CHECKING:
    from .. import types

# An output: the places that no declared field can say, as this stack has last seen them.
PLACES = "__places"
FIRST = (
    "{}, and {}. The application is written before its policies: the old ones would decide until "
    "the new ones are written, and longer if that fails. Change the policies in an up of their own "
    "first, then this"
)


SWAPPED = (
    "takes {taken} in one up with {others}, which takes a place from this application in turn: "
    "Cloudflare refuses a place that another application still has (409). Move one of them to "
    "another place in an up of its own first, and know that a place between two applications is "
    "reachable without Access"
)


class AccessApplicationState(State):
    """What we keep of an answer besides what was declared.

    From `client_id` on, it is what a SaaS application has to be told of Access.
    """

    aud: Annotated[str | None, Always()] = None
    """The audience tag: the `aud` of the JWT that the application is sent with a request."""
    created_at: Annotated[str | None, Always()] = None
    """When it was made, as RFC 3339."""
    updated_at: Annotated[str | None, Always()] = None
    """When it was changed last, as RFC 3339."""
    client_id: str | None = None
    """Of an OIDC application: the client's id."""
    client_secret: str | None = None
    """Of an OIDC application: the client's secret, which only its creation tells. Secret."""
    public_key: str | None = None
    """Of a SaaS application: the key that assertions and tokens are signed with."""
    idp_entity_id: str | None = None
    """Of a SAML application: the entity id of Access."""
    sso_endpoint: str | None = None
    """Of a SAML application: where it sends people to log in."""

    @model_validator(mode="before")
    @classmethod
    def _told(cls, answer: Any) -> Any:
        saas = answer.get("saas_app")
        made = ("client_id", "client_secret", "public_key", "idp_entity_id", "sso_endpoint")
        return answer | {n: saas.get(n) for n in made} if isinstance(saas, Mapping) else answer


class AccessApplicationProvider(ResourceLifecycle):
    """Where applications live and what they need."""

    kind = "access_application"
    display_name = listings.APPLICATIONS.display_name
    collection = listings.APPLICATIONS
    quota = 500
    inputs = AccessApplicationInputs
    state = AccessApplicationState
    natural_key = "domain"
    always_secret = frozenset({"scim_config"})
    natural_key_label = "type, of which there is one, its places or its name"
    replaced_by = frozenset({"type"})
    reserved_inputs = frozenset({OWN_POLICIES, OWNED, IN_FORCE})
    # Cloudflare shows it once, in the answer to the request that made it.
    create_only_outputs = frozenset({"client_secret"})
    separately_noted = frozenset(places.WAYS)
    empty_is_undeclared = frozenset({places.DESTINATIONS, places.LISTED})
    derived_outputs: ClassVar[Mapping[str, Collection[str]]] = {
        "domain": (places.DESTINATIONS, places.LISTED),
        "name": (),
    }

    @classmethod
    def unique_values(cls, declared: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Have one application in a place, and one of some types. A bookmark protects no place."""
        type_ = declared.get("type")
        if what := ONE_OF_ITS_KIND.get(str(type_)):
            yield "type", str(type_), what
        for way in places.WAYS:
            said = {"type": type_, way: declared.get(way)}
            for place in sorted(filter(_is_once, places.keys(said))):
                yield way, place, places.words(place)

    @classmethod
    def is_unique_everywhere(cls, value: str) -> bool:
        """Have one application for a public host name, of an account or of a zone in it."""
        return value.startswith(f"{places.PUBLIC} ")

    @classmethod
    def adoption_filter(cls, declared: Mapping[str, Any]) -> AdoptionFilter | None:
        """Find an application by its type, of which there is one, its place, or else its name."""
        type_, domain = declared.get("type"), declared.get("domain")
        if type_ in ONE_OF_ITS_KIND:
            return f"of type {type_}", lambda found: found.get("type") == type_
        # A bookmark has a domain too, though it protects nothing there.
        at_domain = {"type": "self_hosted", "domain": domain}
        own = places.keys(declared if domain is None else at_domain)
        if own:
            return (
                f"at {places.words(min(own))}",
                lambda found: not own.isdisjoint(_all_keys(found)),
            )
        name, same = declared.get("name"), cls.facts()["name"].same
        if name is None:
            return None
        return f'called "{name}"', lambda found: same(found.get("name"), name)

    def validate(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what the API refuses, and what would shut everybody out."""
        mistakes = [*mistakes_of_type(declared), *places.mistakes(declared)]
        mistakes += cors_mistakes(declared.get("cors_headers"))
        if declared.get("policies") == {} and declared.get("allow_no_policies") is not True:
            told = (
                "none lets nobody in: leave it out to keep what is attached, or say so with "
                "allow_no_policies=True"
            )
            mistakes.append(Mistake("policies", told))
        return mistakes

    def validate_run(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what widens it before its own policies are stricter."""
        if told := self._swapped(olds, news):
            return [Mistake("", told)]
        decisive = ("account_id", "zone_id", *self.replaced_by)
        if any(olds.get(n) != news.get(n) for n in decisive):
            # It is a new one, which lets nobody in yet.
            return []
        was, now = olds.get(OWN_POLICIES), news.get(OWN_POLICIES) or NO_POLICIES
        told = None if was in (None, now) else stricter(read(was), read(now))
        changed = [name for name in places.WAYS if olds.get(name) != news.get(name)]
        wider = reach_of(news).widened(reach_of(olds))
        mistakes = [
            Mistake(changed[0] if field == WHERE else field, FIRST.format(what, told))
            for field, what in wider.items()
            if told
        ]
        texts = (olds.get(IN_FORCE), news.get(IN_FORCE))
        return mistakes or [
            Mistake("", told)
            for told in mistakes_in_turn(self.display_name, *texts, wider.get(WHERE, ""))
        ]

    def _swapped(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> str | None:
        """Say which applications take each other's places: one of them would have to go first."""
        before, after = ({*filter(_is_once, places.keys(props))} for props in (olds, news))
        if not olds or ownership.is_replacement() or any(UNKNOWN in place for place in after):
            return None
        own, *others = ownership.move(before, after) or [""]
        if not own:
            return None
        names = ", ".join(f'"{plugin.name_of(urn)}"' for urn in others)
        taken = ", ".join(map(places.words, sorted(after - before)))
        return SWAPPED.format(taken=taken, others=names)

    def warnings(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of policies that stay, and of what cannot be replaced."""
        yield from concerns_of_type(declared)
        idps = declared.get("allowed_idps")
        redirects = declared.get("auto_redirect_to_identity") is True
        if redirects and idps != UNKNOWN and len(idps or ()) != 1:
            count = f"{len(idps)} identity providers" if idps else "none"
            yield (
                f"auto_redirect_to_identity: allowed_idps names {count}. It works where the "
                "account has one way to log in, and Cloudflare refuses it where there are more: "
                "then allowed_idps has to name exactly one"
            )
        if (
            not _moved(was, declared)
            and "policies" not in declared
            and (stay := in_order(was.get("policies")))
        ):
            yield (
                "policies: no longer declared, and these stay attached: "
                f"{BEFORE.join(key for key, _ in stay)}; policies=[] with allow_no_policies=True "
                "detaches them"
            )

    def run_warnings(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Iterator[str]:
        """Warn of a replacement on one domain, unless the old one is deleted first."""
        was, declared = self._declared(olds), self._declared(news)
        moved = _moved(was, declared)
        shared = sorted(map(places.words, places.keys(was) & places.keys(declared)))
        if moved and shared and not news.get(DELETES_FIRST):
            yield (
                f"a change of {moved[0]} needs a new application, and Cloudflare refuses a second "
                f"one on {shared[0]} (409). opts=pulumi.ResourceOptions(delete_before_replace=True)"
                f" deletes the old one first: {shared[0]} is reachable without Access until the "
                "new one is made. Or move this one to another domain in an up of its own"
            )

    def derive_fields(
        self, checked: Mapping[str, Any], written: Mapping[str, Any], olds: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Say the domain that follows from the places, unless they are secret."""
        if not secret_in(checked).isdisjoint(self.derived_outputs["domain"]):
            return {}
        domain = places.primary(checked, written, olds.get("domain"))
        return {} if domain is None else {"domain": domain}

    def update_warnings(self, was: Mapping[str, Any], declared: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what becomes reachable without Access."""
        noted = was.get(PLACES) or {}
        before = places.keys(was) | noted.keys()
        after = places.keys(declared) | (noted.keys() - places.lost(noted, declared))
        for place in places.uncovered(before, after):
            yield f"{place} becomes reachable without Access"

    def external_warnings(
        self, answer: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> Iterator[str]:
        """Warn of places and policies that nobody declares."""
        there, noted = places.undeclared(answer, declared), declared.get(PLACES) or {}
        new = [there[place] for place in sorted(there) if there[place] != noted.get(place)]
        if new:
            yield f"destinations: {', '.join(f'+ {place}' for place in new)}"
        policies = [one for one in answer.get("policies") or () if isinstance(one, Mapping)]
        if others := undeclared_policies(policies, declared, answer.get("id")):
            order = first_of_all(policies, others)
            yield f"has policies that the program does not declare; {order}"

    def removal_warnings(
        self, answer: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> Iterator[str]:
        """Warn of what somebody has taken out of Access."""
        before = places.keys(declared) | (declared.get(PLACES) or {}).keys()
        for place in places.uncovered(before, places.keys(places.whole(answer))):
            yield f"{place} was taken out of the application, and is reachable without Access"

    def adoption_warnings(self, declared: Mapping[str, Any]) -> Iterator[str]:
        """Warn that what is taken over is the account's own, and goes with the stack."""
        if what := ONE_OF_ITS_KIND.get(str(declared.get("type"))):
            yield (
                f"this is {what}, of which there is one for everybody in the account: a destroy "
                "deletes it, unless retain_on_delete=True is among its options"
            )

    def remaining_parts_warnings(self, id_: str, scope: Scope) -> Iterator[str]:
        """Name the policies of its own that no resource of the program has."""
        if ownership.is_declared(LIST, id_):
            return
        where = f"{self.object_path(scope, id_)}/policies"
        policies = self.client.list(
            where, per_page=listings.OWN_POLICIES.per_page, permission=self.permission
        )
        names = [
            f'"{policy_name(one)}" ({one["decision"]})'
            for one in sorted(policies, key=precedence_of)
            if not one.get(REUSABLE) and not ownership.is_declared(ONE, one["id"])
        ]
        if names:
            yield (
                f"the application's own policies stay in force, though no resource of the program "
                f"has them any more: {', '.join(names)}"
            )

    def noted_outputs(
        self, answer: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Note the places that nobody declares."""
        if answer.get("type") not in WITH_DESTINATIONS:
            return {}
        return {PLACES: places.undeclared(answer, declared)}

    def create_only_outputs_in(self, answer: Mapping[str, Any]) -> Iterator[str]:
        """Name the secret that Cloudflare makes for an application that logs in by OIDC."""
        saas = answer.get("saas_app")
        if isinstance(saas, Mapping) and saas.get("client_id"):
            yield "client_secret"

    def deletion_warnings(self, declared: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what nothing protects any more, and of what everybody in the account had."""
        if what := ONE_OF_ITS_KIND.get(str(declared.get("type"))):
            yield f"{what} is deleted: there is one, and everybody in the account had it"
        for place in sorted(places.keys(declared) | (declared.get(PLACES) or {}).keys()):
            yield f"{places.words(place)} is now reachable without Access"

    def unpreviewed_drift(
        self,
        olds: Mapping[str, Any],
        answer: Mapping[str, Any],
        wish: Mapping[str, Any],
        secret: Container[str],
    ) -> list[str]:
        """Say what an update would undo, or take away, that no preview has shown."""
        old = self._declared(olds)
        there = places.undeclared(answer, old)
        unknown = there.keys() - (old.get(PLACES) or {}).keys()
        lost = [f"destinations: + {there[p]}" for p in sorted(places.lost(unknown, wish))]
        return [*super().unpreviewed_drift(olds, answer, wish, secret), *lost]

    def update_remote(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Change it, unless that opens it by policies of its own that get stricter after it."""
        reach = reach_of(self.managed_fields(there, declared, everything=True))
        if wider := reach_of(declared).widened(reach):
            refuse_to_open(
                declared,
                there,
                reach,
                lambda kind: self._snapshot(scope, kind).objects("update"),
                is_new=WHERE in wider,
            )
        for wait in (*STILL_IN_USE, None):
            try:
                answer = super().update_remote(scope, there, declared, was)
            except ConflictError:
                # Another one of this run may be about to leave the place.
                if wait is None or not ownership.is_somebody_to_leave():
                    raise
                self.client.clock.sleep(wait)
            else:
                ownership.has_moved()
                return answer
        raise AssertionError

    def declarable_fields(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Say the places once, and leave out what Cloudflare makes and what nobody can read.

        Reusable policies stand here, unless there are own ones among them.
        """
        found = super().declarable_fields(answer)
        if answer.get("type") in BUILT_IN:
            found = {k: v for k, v in found.items() if k not in {"name", "domain"}}
        alone = {k: v for k, v in found.items() if k not in {places.DESTINATIONS, places.LISTED}}
        if places.keys(alone) == places.keys(found) and not places.undeclared(answer, alone):
            found = alone
        elif places.DESTINATIONS in found:
            found.pop(places.LISTED, None)
        scim = answer.get("scim_config")
        if isinstance(scim, Mapping) and scim.get("authentication"):
            found.pop("scim_config", None)
        policies = [one for one in answer.get("policies") or () if isinstance(one, Mapping)]
        if not all(one.get(REUSABLE) for one in policies) or not policies:
            # Of both kinds, nothing would declare the order.
            found.pop("policies", None)
        return found

    def fields_for(self, declared: Mapping[str, Any]) -> Mapping[str, Field]:
        """Leave out the defaults of fields that the type does not have: no answer means them."""
        return _fields_of(declared.get("type"))

    def managed_fields(
        self,
        answer: Mapping[str, Any],
        declared: Mapping[str, Any],
        *,
        form: Mapping[str, Any] | None = None,
        everything: bool = False,
    ) -> dict[str, Any]:
        """Read an answer whose places are said in every way."""
        return super().managed_fields(
            places.whole(answer), declared, form=form, everything=everything
        )

    def namesake_filter(self, declared: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], bool]:
        """Go by the places: Cloudflare refuses a second application in any of them."""
        own = {place for place in places.keys(declared) if _is_once(place)}
        if not own:
            return super().namesake_filter(declared)
        return lambda found: not own.isdisjoint(places.keys(found)) and self.is_of_kind(found)

    def request_body(
        self,
        declared: Mapping[str, Any],
        *,
        there: Mapping[str, Any] | None = None,
        was: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Write a request whose parts fit each other, and what is there."""
        there, was = places.whole(there or {}), was or {}
        body = super().request_body(declared, there=there, was=was)
        type_ = declared.get("type")
        body = {k: v for k, v in body.items() if k in declared or takes(type_, k)}
        if type_ in WITH_DESTINATIONS:
            filled = (declared.get(FILLED_IN) or {}).get("domain")
            first = places.stays(there.get("domain"), declared) or filled
            said = places.request(body, declared, was, there, first)
            body = {k: v for k, v in body.items() if k not in places.WAYS} | said
        wished = body.pop("policies", None)
        if "policies" in declared:
            body |= attachment(wished, there.get("policies") or ())
        _complete(body.get("scim_config"))
        return body


def _moved(was: Mapping[str, Any], declared: Mapping[str, Any]) -> list[str]:
    """Return the fields whose change needs a new application."""
    decisive = [name for name in ("account_id", "zone_id", "type") if name in {*was, *declared}]
    return [name for name in decisive if was and was.get(name) != declared.get(name)]


@functools.cache
def _fields_of(type_: str | None) -> Mapping[str, Field]:
    return {
        name: field if takes(type_, name) else replace(field, default=MISSING)
        for name, field in AccessApplicationProvider.facts().items()
    }


def _all_keys(found: Mapping[str, Any]) -> set[str]:
    """Return where an application is, a bookmark too."""
    domain = {"domain": found.get("domain"), "type": "self_hosted"}
    return places.keys(places.whole(found)) | places.keys(domain)


def _is_once(place: str) -> bool:
    """Tell whether Cloudflare has one application for a place, at most."""
    return place.partition(" ")[0] in {"public", "all_workers", "all_preview_workers"}


def _complete(scim: Any) -> None:
    """Refuse to lose SCIM credentials: an update replaces everything, and no answer has them."""
    given = scim.get("authentication") if isinstance(scim, Mapping) else None
    many = given if isinstance(given, list) else [given] if given else []
    if any(SCIM_SECRETS.get(one.get("scheme"), "scheme") not in one for one in many):
        raise DeclarationError(
            "this application has SCIM credentials, which Cloudflare never tells, and an update "
            "would lose them: nothing was sent; declare scim_config with its authentication"
        )


class AccessApplication(Resource, module="cloudflare", name="AccessApplication"):
    """Something behind Access, under an account or a zone.

    `policies` attaches reusable policies, in order, or, where all of them are `{"id": …,
    "precedence": …}`, in the order of their precedences; left out, an update never changes which
    policies the application has. `adopt=True` takes over the application on this domain.
    `saas_app`, `scim_config` and the other objects are plain dictionaries, as Cloudflare spells
    them. What was declared and no longer is goes back to the API's default, `policies` excepted.
    """

    lifecycle = AccessApplicationProvider
    secret_outputs: ClassVar[frozenset[str]] = frozenset({"client_secret", "scim_config"})

    account_id: pulumi.Output[str | None]
    zone_id: pulumi.Output[str | None]
    type: pulumi.Output[str]
    name: pulumi.Output[str | None]
    domain: pulumi.Output[str | None]
    allow_no_policies: pulumi.Output[bool | None]
    auto_redirect_to_identity: pulumi.Output[bool | None]
    session_duration: pulumi.Output[str | None]
    app_launcher_visible: pulumi.Output[bool | None]
    allow_authenticate_via_warp: pulumi.Output[bool | None]
    allow_iframe: pulumi.Output[bool | None]
    custom_deny_message: pulumi.Output[str | None]
    custom_deny_url: pulumi.Output[str | None]
    custom_non_identity_deny_url: pulumi.Output[str | None]
    eager_redirect_cookie_setting: pulumi.Output[bool | None]
    enable_binding_cookie: pulumi.Output[bool | None]
    http_only_cookie_attribute: pulumi.Output[bool | None]
    logo_url: pulumi.Output[str | None]
    options_preflight_bypass: pulumi.Output[bool | None]
    path_cookie_attribute: pulumi.Output[bool | None]
    read_service_tokens_from_header: pulumi.Output[str | None]
    same_site_cookie_attribute: pulumi.Output[str | None]
    service_auth_401_redirect: pulumi.Output[bool | None]
    skip_interstitial: pulumi.Output[bool | None]
    use_clientless_isolation_app_launcher_url: pulumi.Output[bool | None]
    app_launcher_logo_url: pulumi.Output[str | None]
    bg_color: pulumi.Output[str | None]
    header_bg_color: pulumi.Output[str | None]
    skip_app_launcher_login_page: pulumi.Output[bool | None]
    aud: pulumi.Output[str]
    """The audience tag: the `aud` of the JWT that the application is sent with a request."""
    created_at: pulumi.Output[str]
    """When it was made, as RFC 3339."""
    updated_at: pulumi.Output[str]
    """When it was changed last, as RFC 3339."""
    client_id: pulumi.Output[str | None]
    """Of an OIDC application: the client's id."""
    client_secret: pulumi.Output[str | None]
    """Of an OIDC application: the client's secret, which only its creation tells. Secret."""
    public_key: pulumi.Output[str | None]
    """Of a SaaS application: the key that assertions and tokens are signed with."""
    idp_entity_id: pulumi.Output[str | None]
    """Of a SAML application: the entity id of Access."""
    sso_endpoint: pulumi.Output[str | None]
    """Of a SAML application: where it sends people to log in."""
    if TYPE_CHECKING:
        destinations: pulumi.Output[Mapping[str, types.DestinationOutput] | None]
        self_hosted_domains: pulumi.Output[Mapping[str, str] | None]
        policies: pulumi.Output[Mapping[str, types.ReferenceOutput | str] | None]
        allowed_idps: pulumi.Output[Mapping[str, types.ReferenceOutput] | None]
        cors_headers: pulumi.Output[types.CorsHeadersOutput | None]
        custom_pages: pulumi.Output[Mapping[str, str] | None]
        mfa_config: pulumi.Output[types.MfaConfigOutput | None]
        oauth_configuration: pulumi.Output[types.OauthConfigurationOutput | None]
        scim_config: pulumi.Output[types.ScimConfigOutput | None]
        tags: pulumi.Output[Mapping[str, str] | None]
        saas_app: pulumi.Output[types.SaasAppOutput | None]
        footer_links: pulumi.Output[Sequence[types.FooterLinkOutput] | None]
        landing_page_design: pulumi.Output[types.LandingPageDesignOutput | None]
        target_criteria: pulumi.Output[Mapping[str, types.TargetCriterionOutput] | None]
        extra: pulumi.Output[Mapping[str, Any] | None]

    def __init__(
        self,
        resource_name: str,
        *,
        type: pulumi.Input[types.ApplicationType] = "self_hosted",  # noqa: A002 - Cloudflare's name for it
        name: pulumi.Input[str] | None = None,
        domain: pulumi.Input[str] | None = None,
        destinations: pulumi.Input[Sequence[pulumi.Input[types.Destination | types.Unchecked]]]
        | None = None,
        self_hosted_domains: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        policies: Sequence[Attached] | pulumi.Output[Sequence[str | Found]] | None = None,
        allow_no_policies: pulumi.Input[bool] | None = None,
        allowed_idps: Sequence[Reference] | pulumi.Output[Sequence[str | Found]] | None = None,
        auto_redirect_to_identity: pulumi.Input[bool] | None = None,
        session_duration: pulumi.Input[str] | None = None,
        app_launcher_visible: pulumi.Input[bool] | None = None,
        allow_authenticate_via_warp: pulumi.Input[bool] | None = None,
        allow_iframe: pulumi.Input[bool] | None = None,
        cors_headers: pulumi.Input[types.CorsHeaders | types.Unchecked] | None = None,
        custom_deny_message: pulumi.Input[str] | None = None,
        custom_deny_url: pulumi.Input[str] | None = None,
        custom_non_identity_deny_url: pulumi.Input[str] | None = None,
        custom_pages: Sequence[Reference] | pulumi.Output[Sequence[str | Found]] | None = None,
        eager_redirect_cookie_setting: pulumi.Input[bool] | None = None,
        enable_binding_cookie: pulumi.Input[bool] | None = None,
        http_only_cookie_attribute: pulumi.Input[bool] | None = None,
        logo_url: pulumi.Input[str] | None = None,
        mfa_config: pulumi.Input[types.MfaConfig | types.Unchecked] | None = None,
        oauth_configuration: pulumi.Input[types.OauthConfiguration | types.Unchecked] | None = None,
        options_preflight_bypass: pulumi.Input[bool] | None = None,
        path_cookie_attribute: pulumi.Input[bool] | None = None,
        read_service_tokens_from_header: pulumi.Input[str] | None = None,
        same_site_cookie_attribute: pulumi.Input[str] | None = None,
        scim_config: pulumi.Input[types.ScimConfig | types.Unchecked] | None = None,
        service_auth_401_redirect: pulumi.Input[bool] | None = None,
        skip_interstitial: pulumi.Input[bool] | None = None,
        tags: Sequence[Reference] | pulumi.Output[Sequence[str | Found]] | None = None,
        use_clientless_isolation_app_launcher_url: pulumi.Input[bool] | None = None,
        saas_app: pulumi.Input[types.SaasApp | types.Unchecked] | None = None,
        app_launcher_logo_url: pulumi.Input[str] | None = None,
        bg_color: pulumi.Input[str] | None = None,
        footer_links: pulumi.Input[Sequence[pulumi.Input[types.FooterLink | types.Unchecked]]]
        | None = None,
        header_bg_color: pulumi.Input[str] | None = None,
        landing_page_design: pulumi.Input[types.LandingPageDesign | types.Unchecked] | None = None,
        skip_app_launcher_login_page: pulumi.Input[bool] | None = None,
        target_criteria: pulumi.Input[
            Sequence[pulumi.Input[types.TargetCriterion | types.Unchecked]]
        ]
        | None = None,
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare something behind Access, under an account or a zone.

        :param resource_name: The name of the resource in the program and in the state.
        :param type: What kind of application it is. Default: `self_hosted`. API: `type`. A change
            replaces the object.
        :param name: What people see in the App Launcher and in the dashboard. Left out, it is not
            managed. API: `name`.
        :param domain: The host name of the application, with or without a path, such as
            `wiki.example.com/docs`. Left out, it is not managed. API: `domain`.
        :param destinations: The places that the application protects, in any order; the first
            public one is its domain. Left out, it is not managed. API: `destinations`.
        :param self_hosted_domains: The public places of the application, an older way to say
            `destinations`. Left out, it is not managed. API: `self_hosted_domains`.
        :param policies: The reusable policies that decide who gets in, in order: the first that
            matches decides. An entry is a policy, its id, or `{"id": …, "precedence": …}`; those
            that the application owns are declared by `AccessApplicationPolicies`. Left out, it
            stays as it is. API: `policies`.
        :param allow_no_policies: Accept `policies=[]`, which lets nobody in. It is not sent to
            Cloudflare.
        :param allowed_idps: The identity providers that people may log in with, in any order; none:
            all of the account. Default: none. API: `allowed_idps`.
        :param auto_redirect_to_identity: Skip the choice of an identity provider. `allowed_idps`
            must then name exactly one. Default: `False`. API: `auto_redirect_to_identity`.
        :param session_duration: How long a login lasts, such as `30m`, `24h` or `2h45m`; `0s` asks
            at every request. Default: `24h`. API: `session_duration`.
        :param app_launcher_visible: Show the application in the App Launcher. Default: `True`. API:
            `app_launcher_visible`.
        :param allow_authenticate_via_warp: Let people in by the session of their WARP client. Left
            out, it is not managed. API: `allow_authenticate_via_warp`.
        :param allow_iframe: Let other sites show the application in a frame. Left out, it is not
            managed. API: `allow_iframe`.
        :param cors_headers: How cross-origin requests are answered. Excludes
            `options_preflight_bypass`. Left out, it is not managed. API: `cors_headers`.
        :param custom_deny_message: What people read who are refused. Left out, it is not managed.
            API: `custom_deny_message`.
        :param custom_deny_url: Where people are sent whom an identity rule refuses. Left out, it is
            not managed. API: `custom_deny_url`.
        :param custom_non_identity_deny_url: Where people are sent whom another rule refuses
            (address, device, country). Left out, it is not managed. API:
            `custom_non_identity_deny_url`.
        :param custom_pages: The ids of custom pages to show, in any order. Left out, it is not
            managed. API: `custom_pages`.
        :param eager_redirect_cookie_setting: Set the application's cookie already while the login
            redirects. Left out, it is not managed. API: `eager_redirect_cookie_setting`.
        :param enable_binding_cookie: Bind the login to the browser by a second cookie. Default:
            `False`. API: `enable_binding_cookie`.
        :param http_only_cookie_attribute: Keep the cookie from scripts of the page (HttpOnly).
            Default: `True`. API: `http_only_cookie_attribute`.
        :param logo_url: The URL of the picture in the App Launcher. Left out, it is not managed.
            API: `logo_url`.
        :param mfa_config: Which second factor Cloudflare itself asks for. Left out, it is not
            managed. API: `mfa_config`.
        :param oauth_configuration: OAuth for clients of the application, such as MCP clients. Left
            out, it is not managed. API: `oauth_configuration`.
        :param options_preflight_bypass: Let OPTIONS requests through to the application without a
            login. Left out, it is not managed. API: `options_preflight_bypass`.
        :param path_cookie_attribute: Limit the cookie to the application's path, instead of its
            host name. Default: `False`. API: `path_cookie_attribute`.
        :param read_service_tokens_from_header: The name of one header that carries a service token,
            instead of two. Left out, it is not managed. API: `read_service_tokens_from_header`.
        :param same_site_cookie_attribute: The cookie's SameSite attribute: `none`, `lax` or
            `strict`. Left out, it is not managed. API: `same_site_cookie_attribute`.
        :param scim_config: Provisioning of users into the application. Secret as a whole. Left out,
            it is not managed. API: `scim_config`.
        :param service_auth_401_redirect: Answer 401 instead of a login page where a Service Auth
            policy refuses. Left out, it is not managed. API: `service_auth_401_redirect`.
        :param skip_interstitial: Log in through cloudflared without a click. Left out, it is not
            managed. API: `skip_interstitial`.
        :param tags: The names of tags that the App Launcher filters by, in any order. The tags must
            exist. Default: none. API: `tags`.
        :param use_clientless_isolation_app_launcher_url: Open the application in an isolated
            browser from the App Launcher. Default: `False`. API:
            `use_clientless_isolation_app_launcher_url`.
        :param saas_app: Of type `saas`: how people log in to the SaaS application, by SAML or OIDC.
            Left out, it is not managed. API: `saas_app`.
        :param app_launcher_logo_url: Of type `app_launcher`: the URL of the picture in the head of
            the page. Left out, it is not managed. API: `app_launcher_logo_url`.
        :param bg_color: Of type `app_launcher`: the page's background colour, such as `#f5f5f5`.
            Left out, it is not managed. API: `bg_color`.
        :param footer_links: Of type `app_launcher`: the links at the foot of the login page, in
            order. Left out, it is not managed. API: `footer_links`.
        :param header_bg_color: Of type `app_launcher`: the background colour of the page's head.
            Left out, it is not managed. API: `header_bg_color`.
        :param landing_page_design: Of type `app_launcher`: how the login page looks. Left out, it
            is not managed. API: `landing_page_design`.
        :param skip_app_launcher_login_page: Of type `app_launcher`: go on to the identity provider
            without the login page. Default: `False`. API: `skip_app_launcher_login_page`.
        :param target_criteria: Of types `infrastructure` and `rdp`, which need it: the targets, in
            any order. Left out, it is not managed. API: `target_criteria`.
        :param extra: Fields, and values of closed lists, that this package does not know. They are
            sent, compared and shown like all others. Default: none. API: each by its own name.
        :param account_id: The id of the account that it is in. Default: the one in the settings. A
            change replaces the object. In the API, it is in the path.
        :param zone_id: The id of the zone that it is in, instead of an account. A change replaces
            the object. In the API, it is in the path.
        :param adopt: `True` takes over an object that exists, found by its type, of which there is
            one, its places or its name; an id takes over the one with that id; `False` makes
            another one, whatever exists. Default: one is made.
        :param adopt_changes: Let an adoption change what differs. Default: what differs is an
            error.
        :param opts: Pulumi's options for the resource.
        """
        policies = refer_all(policies, POLICIES)
        allowed_idps = refer_all(allowed_idps, IDENTITY_PROVIDERS)
        tags = name_all(tags, TAGS, "name")
        custom_pages = name_all(custom_pages, CUSTOM_PAGES, "id")
        told = {name: fact for name, fact in self.lifecycle.facts().items() if name in REACH_FIELDS}
        reach = describe_application(told, locals())
        deployment = Deployment.current()
        reserved = {
            OWN_POLICIES: own_policies(deployment, self),
            OWNED: owned(deployment, self, adopt),
            IN_FORCE: in_force_text(deployment, self),
        }
        arguments = locals()
        self._declare(arguments, reserved=reserved)
        tell_reach(self, reach)
        tell_login(self, arguments, reach_of(json.loads(reach)))
        tell_attached(self, policies)
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
    destinations: Sequence[types.DestinationFound] = field(default_factory=list)
    self_hosted_domains: Sequence[str] = field(default_factory=list)
    policies: Sequence[types.ApplicationPolicyFound] = field(default_factory=list)
    allowed_idps: Sequence[str] = field(default_factory=list)
    auto_redirect_to_identity: bool | None = None
    session_duration: str | None = None
    app_launcher_visible: bool | None = None
    logo_url: str | None = None
    tags: Sequence[str] = field(default_factory=list)
    allow_authenticate_via_warp: bool | None = None
    allow_iframe: bool | None = None
    cors_headers: types.CorsHeadersFound | None = None
    custom_deny_message: str | None = None
    custom_deny_url: str | None = None
    custom_non_identity_deny_url: str | None = None
    custom_pages: Sequence[str] = field(default_factory=list)
    eager_redirect_cookie_setting: bool | None = None
    enable_binding_cookie: bool | None = None
    http_only_cookie_attribute: bool | None = None
    mfa_config: types.MfaConfigFound | None = None
    oauth_configuration: types.OauthConfigurationFound | None = None
    options_preflight_bypass: bool | None = None
    path_cookie_attribute: bool | None = None
    read_service_tokens_from_header: str | None = None
    same_site_cookie_attribute: str | None = None
    scim_config: types.ScimConfigFound | None = None
    service_auth_401_redirect: bool | None = None
    skip_interstitial: bool | None = None
    use_clientless_isolation_app_launcher_url: bool | None = None
    saas_app: types.SaasAppFound | None = None
    app_launcher_logo_url: str | None = None
    bg_color: str | None = None
    footer_links: Sequence[types.FooterLinkOutput] = field(default_factory=list)
    header_bg_color: str | None = None
    landing_page_design: types.LandingPageDesignOutput | None = None
    skip_app_launcher_login_page: bool | None = None
    target_criteria: Sequence[types.TargetCriterionFound] = field(default_factory=list)
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
        """Find the one application with this name, id or domain; else it is a LookUpError.

        :param name: The object's exact name.
        :param id: The object's id.
        :param domain: The application's exact domain.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param zone_id: The id of the zone to look in, instead of an account.
        :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
        """
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
        """Find the one application with this name, id or domain, once these are known.

        :param name: The object's exact name.
        :param id: The object's id.
        :param domain: The application's exact domain.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param zone_id: The id of the zone to look in, instead of an account.
        :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
        """
        asked = {"id": id, "name": name, "domain": domain}
        return self._get_output(asked, {"account_id": account_id, "zone_id": zone_id}, opts)


_lookup = _ApplicationLookup(GetAccessApplicationResult, listings.APPLICATIONS)
get_access_application = _lookup.get
get_access_application_output = _lookup.get_output
get_access_applications = _lookup.get_all
get_access_applications_output = _lookup.get_all_output
