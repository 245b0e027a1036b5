"""The Zero Trust organization: what holds for every application and every login of an account.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/organizations/

There is one in each account that has Zero Trust. It is never made and never deleted here: a
resource takes it over, changes what the program declares, and leaves it as it is when it goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pulumi

from ..engine.adoption import ADOPT
from ..engine.collection import Scope
from ..engine.hooks import AdoptionFilter, Answer
from ..engine.lifecycle import ResourceLifecycle
from ..errors import LookUpError, NotFoundError
from ..fields.keyed import UNKNOWN
from ..fields.model import Duration, Inputs, State, Stays, duration
from ..fields.shapes import Values
from ..process import plugin
from ..program.lookup import ScopedLookup
from ..program.references import ORGANIZATIONS, Found
from ..program.resource import Resource
from . import listings
from .policy_fields import one_of

if TYPE_CHECKING:
    from .. import types

if TYPE_CHECKING:
    pass

DOMAIN, DENY = "auth_domain", "deny_unmatched_requests"
STAYS = "stays as it is at Cloudflare: an account keeps its Zero Trust organization"
Minutes = Annotated[str, duration("m", "h")]


class LoginDesign(Inputs):
    """How the login page looks."""

    background_color: str | None = None
    """The colour of the background, such as `#f6f6f6`."""
    footer_text: str | None = None
    """The text at the bottom."""
    header_text: str | None = None
    """The text at the top."""
    logo_path: str | None = None
    """The URL of the logo."""
    text_color: str | None = None
    """The colour of the text, such as `#222222`."""


class OrganizationPages(Inputs):
    """Which custom pages people see whom Access does not let in."""

    forbidden: str | None = None
    """The id of the page after a rule that asks for no identity has failed."""
    identity_denied: str | None = None
    """The id of the page for people who may not get in."""


class OrganizationMfaConfig(Inputs):
    """Multi-factor authentication at Cloudflare itself, in all of the account."""

    allowed_authenticators: Annotated[
        Any, one_of("totp", "biometrics", "security_key", "piv_key", "ssh_fido2_key")
    ] = None
    """The second factors that count, in any order."""
    amr_matching_session_duration: Minutes | None = None
    """How long a second factor at the identity provider counts, in m or h, such as `12h`."""
    required_aaguids: str | None = None
    """The id of a Zero Trust list of the authenticators that are required."""
    session_duration: Minutes | None = None
    """How long a second factor lasts, in m or h, such as `12h`."""


class PivKeyRequirements(Inputs):
    """What the hardware keys of people have to do."""

    pin_policy: Literal["never", "once", "always"] | None = None
    """When a PIN is asked for."""
    require_fips_device: bool | None = None
    """Whether the device has to be validated by FIPS 140-2."""
    ssh_key_size: list[int] | None = None
    """The sizes of SSH keys that are accepted, in bits."""
    ssh_key_type: Annotated[Any, one_of("ecdsa", "ed25519", "rsa")] = None
    """The types of SSH keys that are accepted, in any order."""
    touch_policy: Literal["never", "always", "cached"] | None = None
    """When the key has to be touched."""


class ServiceTokenInactivity(Inputs):
    """What becomes of service tokens that nobody uses."""

    action: Literal["disable", "delete"]
    """What happens to them."""
    enabled: bool
    """Whether it happens."""
    inactivity_threshold_days: int
    """After how many days."""


class AccessOrganizationInputs(Inputs):
    """What a program may ask of the organization. What it leaves out stays as it is."""

    account_id: str | None = None
    zone_id: str | None = None
    name: Annotated[str | None, Stays()] = None
    """What the organization is called."""
    auth_domain: Annotated[str | None, Stays()] = None
    """The team domain, where people log in, such as `example.cloudflareaccess.com`."""
    session_duration: Annotated[Duration | None, Stays()] = None
    """How long a login lasts, such as `24h`, for applications that say nothing else."""
    auto_redirect_to_identity: Annotated[bool | None, Stays()] = None
    """Skip the choice of an identity provider."""
    allow_authenticate_via_warp: Annotated[bool | None, Stays()] = None
    """Accept a WARP session as a login, for applications that say nothing else."""
    warp_auth_session_duration: Annotated[Minutes | None, Stays()] = None
    """How long a login by WARP lasts, in m or h, such as `12h`."""
    warp_auth_non_browser_401: Annotated[bool | None, Stays()] = None
    """Answer 401 to programs whose login by WARP failed, and not the login page."""
    login_design: Annotated[LoginDesign | None, Stays()] = None
    """How the login page looks."""
    custom_pages: Annotated[OrganizationPages | None, Stays()] = None
    """Which custom pages people see whom Access does not let in."""
    deny_unmatched_requests: Annotated[bool | None, Stays()] = None
    """Refuse all requests to hosts of the account that no application covers."""
    deny_unmatched_requests_exempted_zone_names: Annotated[Any, Values(), Stays()] = None
    """The names of zones for which `deny_unmatched_requests` does not hold, in any order."""
    mfa_config: Annotated[OrganizationMfaConfig | None, Stays()] = None
    """Which second factors there are, and how long one lasts."""
    mfa_required_for_all_apps: Annotated[bool | None, Stays()] = None
    """Ask for a second factor in every application that says nothing else."""
    mfa_piv_key_requirements: Annotated[PivKeyRequirements | None, Stays()] = None
    """What the hardware keys of people have to do."""
    strict_service_token_auth: Annotated[bool | None, Stays()] = None
    """Answer 401 or 403 to service tokens that may not get in, and not the login page."""
    service_token_inactivity: Annotated[ServiceTokenInactivity | None, Stays()] = None
    """What becomes of service tokens that nobody uses."""
    user_seat_expiration_inactive_time: Annotated[Duration | None, Stays()] = None
    """After how long without a login a person's seat is free again, such as `730h`, the least."""
    is_ui_read_only: Annotated[bool | None, Stays()] = None
    """Lock Zero Trust in the dashboard: only the API changes it."""
    ui_read_only_toggle_reason: Annotated[str | None, Stays()] = None
    """Why the dashboard is locked, for people who find it so."""


class AccessOrganizationState(State):
    """What we keep of an answer besides what was declared."""

    created_at: str | None = None
    """When it was made, as RFC 3339."""
    updated_at: str | None = None
    """When it was changed last, as RFC 3339."""


class AccessOrganizationProvider(ResourceLifecycle):
    """Where the organization lives. Its id is that of its account or zone: Cloudflare has none."""

    kind = "access_organization"
    display_name = listings.ORGANIZATION.display_name
    collection = listings.ORGANIZATION
    inputs = AccessOrganizationInputs
    state = AccessOrganizationState
    list_is_complete = False
    stray = "never"

    @classmethod
    def adoption_filter(cls, declared: Mapping[str, Any]) -> AdoptionFilter | None:
        """Find the only one there is."""
        del declared
        return "of the account", lambda _: True

    def update_warnings(self, was: Mapping[str, Any], declared: Mapping[str, Any]) -> Iterator[str]:
        """Say what a change does to everybody."""
        domain, before = declared.get(DOMAIN), was.get(DOMAIN)
        if before and domain not in (None, before):
            told = "a domain that is not known yet" if domain == UNKNOWN else domain
            yield (
                f"{DOMAIN}: everybody logs in at {told} from then on; identity providers that "
                f"send people back to {before} stop working until their callback URLs are changed"
            )
        if declared.get(DENY) is True and was.get(DENY) is not True:
            yield (
                f"{DENY}: Cloudflare refuses every request to a host of the account that no "
                "application covers"
            )

    def object_path(self, scope: Scope, id_: str | None = None) -> str:
        """Return the one path there is."""
        del id_
        return self.collection.path_in(scope)

    def read_remote(self, scope: Scope, id_: str) -> dict[str, Any]:
        """Read the organization of the account or zone."""
        del id_
        answer = self.client.get(self.object_path(scope), permission=self.permission)
        return {**answer, "id": scope.id}

    def list_live(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Return the only one, or none where there is no Zero Trust organization."""
        with suppress(NotFoundError):
            yield self.read_remote(scope, scope.id)

    def list_to_adopt(self, scope: Scope, props: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the only one."""
        del props
        return [self.read_remote(scope, scope.id)]

    def create_remote(self, scope: Scope, props: Mapping[str, Any]) -> Answer:
        """Take the organization over, if the program has not said so itself."""
        found = self._adopt(scope, {**props, ADOPT: scope.id})
        return Answer(found or self.read_remote(scope, scope.id), first_hand=False)

    def update_remote(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Change what the program declares."""
        return {**super().update_remote(scope, there, declared, was), "id": scope.id}

    def delete_remote(self, scope: Scope, id_: str, props: Mapping[str, Any]) -> None:
        """Leave the organization as it is."""
        del scope
        plugin.warn(f"{self.full_name(props, id_)} {STAYS}")


class AccessOrganization(Resource, module="cloudflare", name="AccessOrganization"):
    """The Zero Trust organization of an account: what holds for every login and application.

    There is one in each account, so the resource takes it over: if it is as declared here, or with
    `adopt_changes=True`. What the program leaves out stays as it is. A destroy leaves the
    organization as it is. `.get` takes the id of the account or zone.
    """

    lifecycle = AccessOrganizationProvider

    account_id: pulumi.Output[str | None]
    zone_id: pulumi.Output[str | None]
    name: pulumi.Output[str | None]
    auth_domain: pulumi.Output[str | None]
    session_duration: pulumi.Output[str | None]
    auto_redirect_to_identity: pulumi.Output[bool | None]
    allow_authenticate_via_warp: pulumi.Output[bool | None]
    warp_auth_session_duration: pulumi.Output[str | None]
    warp_auth_non_browser_401: pulumi.Output[bool | None]
    deny_unmatched_requests: pulumi.Output[bool | None]
    mfa_required_for_all_apps: pulumi.Output[bool | None]
    strict_service_token_auth: pulumi.Output[bool | None]
    user_seat_expiration_inactive_time: pulumi.Output[str | None]
    is_ui_read_only: pulumi.Output[bool | None]
    ui_read_only_toggle_reason: pulumi.Output[str | None]
    created_at: pulumi.Output[str | None]
    """When it was made, as RFC 3339."""
    updated_at: pulumi.Output[str | None]
    """When it was changed last, as RFC 3339."""
    if TYPE_CHECKING:
        login_design: pulumi.Output[types.LoginDesignOutput | None]
        custom_pages: pulumi.Output[types.OrganizationPagesOutput | None]
        deny_unmatched_requests_exempted_zone_names: pulumi.Output[Mapping[str, str] | None]
        mfa_config: pulumi.Output[types.OrganizationMfaConfigOutput | None]
        mfa_piv_key_requirements: pulumi.Output[types.PivKeyRequirementsOutput | None]
        service_token_inactivity: pulumi.Output[types.ServiceTokenInactivityOutput | None]
        extra: pulumi.Output[Mapping[str, Any] | None]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str] | None = None,
        auth_domain: pulumi.Input[str] | None = None,
        session_duration: pulumi.Input[str] | None = None,
        auto_redirect_to_identity: pulumi.Input[bool] | None = None,
        allow_authenticate_via_warp: pulumi.Input[bool] | None = None,
        warp_auth_session_duration: pulumi.Input[str] | None = None,
        warp_auth_non_browser_401: pulumi.Input[bool] | None = None,
        login_design: pulumi.Input[types.LoginDesign | types.Unchecked] | None = None,
        custom_pages: pulumi.Input[types.OrganizationPages | types.Unchecked] | None = None,
        deny_unmatched_requests: pulumi.Input[bool] | None = None,
        deny_unmatched_requests_exempted_zone_names: pulumi.Input[Sequence[pulumi.Input[str]]]
        | None = None,
        mfa_config: pulumi.Input[types.OrganizationMfaConfig | types.Unchecked] | None = None,
        mfa_required_for_all_apps: pulumi.Input[bool] | None = None,
        mfa_piv_key_requirements: pulumi.Input[types.PivKeyRequirements | types.Unchecked]
        | None = None,
        strict_service_token_auth: pulumi.Input[bool] | None = None,
        service_token_inactivity: pulumi.Input[types.ServiceTokenInactivity | types.Unchecked]
        | None = None,
        user_seat_expiration_inactive_time: pulumi.Input[str] | None = None,
        is_ui_read_only: pulumi.Input[bool] | None = None,
        ui_read_only_toggle_reason: pulumi.Input[str] | None = None,
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the Zero Trust organization of an account.

        :param resource_name: The name of the resource in the program and in the state.
        :param name: What the organization is called. Left out, it stays as it is. API: `name`.
        :param auth_domain: The team domain, where people log in, such as
            `example.cloudflareaccess.com`. Left out, it stays as it is. API: `auth_domain`.
        :param session_duration: How long a login lasts, such as `24h`, for applications that say
            nothing else. Left out, it stays as it is. API: `session_duration`.
        :param auto_redirect_to_identity: Skip the choice of an identity provider. Left out, it
            stays as it is. API: `auto_redirect_to_identity`.
        :param allow_authenticate_via_warp: Accept a WARP session as a login, for applications that
            say nothing else. Left out, it stays as it is. API: `allow_authenticate_via_warp`.
        :param warp_auth_session_duration: How long a login by WARP lasts, in m or h, such as `12h`.
            Left out, it stays as it is. API: `warp_auth_session_duration`.
        :param warp_auth_non_browser_401: Answer 401 to programs whose login by WARP failed, and not
            the login page. Left out, it stays as it is. API: `warp_auth_non_browser_401`.
        :param login_design: How the login page looks. Left out, it stays as it is. API:
            `login_design`.
        :param custom_pages: Which custom pages people see whom Access does not let in. Left out, it
            stays as it is. API: `custom_pages`.
        :param deny_unmatched_requests: Refuse all requests to hosts of the account that no
            application covers. Left out, it stays as it is. API: `deny_unmatched_requests`.
        :param deny_unmatched_requests_exempted_zone_names: The names of zones for which
            `deny_unmatched_requests` does not hold, in any order. Left out, it stays as it is. API:
            `deny_unmatched_requests_exempted_zone_names`.
        :param mfa_config: Which second factors there are, and how long one lasts. Left out, it
            stays as it is. API: `mfa_config`.
        :param mfa_required_for_all_apps: Ask for a second factor in every application that says
            nothing else. Left out, it stays as it is. API: `mfa_required_for_all_apps`.
        :param mfa_piv_key_requirements: What the hardware keys of people have to do. Left out, it
            stays as it is. API: `mfa_piv_key_requirements`.
        :param strict_service_token_auth: Answer 401 or 403 to service tokens that may not get in,
            and not the login page. Left out, it stays as it is. API: `strict_service_token_auth`.
        :param service_token_inactivity: What becomes of service tokens that nobody uses. Left out,
            it stays as it is. API: `service_token_inactivity`.
        :param user_seat_expiration_inactive_time: After how long without a login a person's seat is
            free again, such as `730h`, the least. Left out, it stays as it is. API:
            `user_seat_expiration_inactive_time`.
        :param is_ui_read_only: Lock Zero Trust in the dashboard: only the API changes it. Left out,
            it stays as it is. API: `is_ui_read_only`.
        :param ui_read_only_toggle_reason: Why the dashboard is locked, for people who find it so.
            Left out, it stays as it is. API: `ui_read_only_toggle_reason`.
        :param extra: Fields, and values of closed lists, that this package does not know. They are
            sent, compared and shown like all others. Default: none. API: each by its own name.
        :param account_id: The id of the account that it is in. Default: the one in the settings. A
            change replaces the object. In the API, it is in the path.
        :param zone_id: The id of the zone that it is in, instead of an account. A change replaces
            the object. In the API, it is in the path.
        :param adopt_changes: Let an adoption change what differs. Default: what differs is an
            error.
        :param opts: Pulumi's options for the resource.
        """
        self._declare(locals() | {"adopt": True})


@dataclass(frozen=True, kw_only=True)
class GetAccessOrganizationResult(Found):
    """The organization of an account or zone; its id is the team domain."""

    referred = ORGANIZATIONS

    auth_domain: str = ""
    session_duration: str | None = None
    auto_redirect_to_identity: bool | None = None
    allow_authenticate_via_warp: bool | None = None
    warp_auth_session_duration: str | None = None
    login_design: Mapping[str, Any] | None = None
    custom_pages: Mapping[str, Any] | None = None
    deny_unmatched_requests: bool | None = None
    is_ui_read_only: bool | None = None
    user_seat_expiration_inactive_time: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class _OrganizationLookup(ScopedLookup[GetAccessOrganizationResult]):
    """There is one in each account: nothing to choose it by."""

    def get(  # type: ignore[override]  # likewise
        self,
        *,
        account_id: str | None = None,
        zone_id: str | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> GetAccessOrganizationResult:
        """Return the organization of an account or zone.

        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param zone_id: The id of the zone to look in, instead of an account.
        :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
        """
        return _only(self.get_all(account_id=account_id, zone_id=zone_id, opts=opts))

    def get_output(  # type: ignore[override]  # likewise
        self,
        *,
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> pulumi.Output[GetAccessOrganizationResult]:
        """Return the organization of an account or zone, once it is known of which.

        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param zone_id: The id of the zone to look in, instead of an account.
        :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
        """
        found = self.get_all_output(account_id=account_id, zone_id=zone_id, opts=opts)
        return found.apply(_only)


def _only(found: Sequence[GetAccessOrganizationResult]) -> GetAccessOrganizationResult:
    if len(found) != 1:
        raise LookUpError(f"{len(found)} organizations where one is due")
    return found[0]


_lookup = _OrganizationLookup(GetAccessOrganizationResult, listings.ORGANIZATION)
get_access_organization = _lookup.get
get_access_organization_output = _lookup.get_output
