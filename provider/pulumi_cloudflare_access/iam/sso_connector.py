"""SSO connectors: an e-mail domain whose people log in to the dashboard through single sign-on.

https://developers.cloudflare.com/api/resources/iam/subresources/sso/
https://developers.cloudflare.com/fundamentals/manage-members/dashboard-sso/

A connector is made, its domain is verified by a TXT record, and then it may be enabled, which is
a resource of its own: sso_connector_activation.py. These routes take API tokens alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import pulumi
from pydantic import model_validator

from ..engine.collection import Scope
from ..engine.lifecycle import ResourceLifecycle
from ..errors import ApiError, ConflictError
from ..fields.keyed import UNKNOWN, Mistake
from ..fields.model import Always, Default, Inputs, NotSent, State, Trigger
from ..fields.shapes import EXTRA, TextShape
from ..process import plugin
from ..program.lookup import Asked, Listed, Lookup, Text
from ..program.references import SSO_CONNECTORS, Found
from ..program.resource import Resource
from ..settings import Settings
from . import listings

if TYPE_CHECKING:
    pass

WHAT = "SSO connectors"
TRIGGER, BEGIN, FEDRAMP = "verification_trigger", "begin_verification", "use_fedramp_language"


def flattened(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Put the verification beside the other fields: the TXT record to publish, and its status."""
    verification = answer.get("verification") or {}
    return {
        **answer,
        "txt_name": answer.get("email_domain"),
        "txt_value": verification.get("code"),
        "status": verification.get("status"),
    }


class OfSsoConnectors(ResourceLifecycle):
    """What a connector and its activation have in common."""

    collection = listings.SSO_CONNECTORS
    token_only = WHAT

    def _begin(self, scope: Scope, id_: str) -> None:
        """Have Cloudflare look for the TXT record from now on."""
        where = f"{self.object_path(scope, id_)}/begin_verification"
        self.client.tell(where, permission=self.permission, verb="POST", idempotent=True)

    def _disable(self, scope: Scope, there: Mapping[str, Any]) -> None:
        """Let everyone of the domain log in without single sign-on, and say so."""
        if not there.get("enabled"):
            return
        self.client.patch(
            self.object_path(scope, there["id"]), {"enabled": False}, permission=self.permission
        )
        plugin.warn(
            f"single sign-on of {there.get('email_domain')} is disabled: its people log in to the "
            'Cloudflare dashboard with a password again; who has none asks for one with "Forgot '
            'password"'
        )


class SsoConnectorInputs(Inputs):
    """What a program may ask of a connector."""

    made = frozenset({"verification"})

    account_id: str | None = None
    email_domain: Annotated[str, TextShape(str.lower)]
    """The e-mail domain whose people log in through single sign-on, such as `example.com`."""
    use_fedramp_language: Annotated[bool | None, Default(value=False)] = None
    """Show people the texts of FedRAMP at the login."""
    # Heeded by a creation, and never answered.
    begin_verification: Annotated[bool | None, NotSent()] = None
    """Have Cloudflare look for the TXT record from the creation on. Left out, it does."""
    verification_trigger: Annotated[Any, Trigger()] = None
    """Any value; a change has Cloudflare look for the TXT record again."""


class SsoConnectorState(State):
    """What we keep of an answer besides what was declared."""

    txt_name: Annotated[str | None, Always()] = None
    """The name of the TXT record to publish: the e-mail domain."""
    txt_value: Annotated[str | None, Always()] = None
    """What the TXT record has to say."""
    status: Annotated[str | None, Always()] = None
    """The verification, as of the last update or refresh: `awaiting`, `pending`, `failed` or
    `verified`.
    """
    enabled: Annotated[bool | None, Always()] = None
    """Whether single sign-on is in force, as of the last update or refresh."""
    created_on: Annotated[str | None, Always()] = None
    """When it was made, as RFC 3339."""
    updated_on: str | None = None
    """When it was changed last, as RFC 3339."""

    @model_validator(mode="before")
    @classmethod
    def _flattened(cls, answer: Mapping[str, Any]) -> dict[str, Any]:
        return flattened(answer)


class SsoConnectorProvider(OfSsoConnectors):
    """Where connectors live and what they need."""

    kind = "sso_connector"
    display_name = listings.SSO_CONNECTORS.display_name
    inputs = SsoConnectorInputs
    state = SsoConnectorState
    natural_key = unique_field = natural_key_label = "email_domain"
    replaced_by = frozenset({"email_domain"})
    echoed_inputs: ClassVar[Mapping[str, str]] = {"txt_name": "email_domain"}

    def validate(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what the API refuses."""
        mistakes = super().validate(declared)
        domain = declared["email_domain"].lower()
        if domain != UNKNOWN and not re.fullmatch(r"[^@\s.]+(\.[^@\s.]+)+", domain):
            mistakes.append(Mistake("email_domain", "must be a domain such as example.com"))
        # Those that are documented; there are more.
        if domain == "gmail.com" or domain.endswith(".edu"):
            told = "is a domain that not only your own people have: Cloudflare refuses it"
            mistakes.append(Mistake("email_domain", told))
        return mistakes

    def warnings(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Say what a replacement does to people, and what makes Cloudflare look for the record."""
        if not was:
            return
        if any(self._is_other(name, was, declared) for name in ("account_id", "email_domain")):
            yield (
                f"replaced: the connector of {was.get('email_domain')} is deleted once there is a "
                "new one, and single sign-on of its people with it; the new one has to be verified "
                "and enabled. A domain is enabled in one account at a time"
            )
        elif _begins(declared, was):
            yield (
                f"{TRIGGER} changed: Cloudflare looks for the TXT record again, for up to two days"
            )
        elif declared.get(BEGIN) != was.get(BEGIN):
            yield f"{BEGIN} counts when a connector is made; to begin now, change {TRIGGER}"

    def explain_refusal(
        self, error: ApiError, scope: Scope, declared: Mapping[str, Any]
    ) -> str | None:
        """Offer to adopt the connector that a domain has already."""
        del scope, declared
        if isinstance(error, ConflictError) and error.request.endswith(f"/{self.collection.path}"):
            return "adopt=True takes over the one that exists"
        return None

    def request_body(
        self,
        declared: Mapping[str, Any],
        *,
        there: Mapping[str, Any] | None = None,
        was: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Say whether to begin."""
        body = super().request_body(declared, there=there, was=was)
        return body | {name: declared[name] for name in (BEGIN,) if name in declared}

    def update_remote(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Change the language, the one field that can be, and begin the verification again."""
        body = {FEDRAMP: False, **self.request_body(declared, there=there, was=was)}
        names = (FEDRAMP, *(declared.get(EXTRA) or ()))
        changes = {n: body[n] for n in names if body[n] != there.get(n, False)}
        if changes:
            there = self.client.patch(
                self.object_path(scope, there["id"]), changes, permission=self.permission
            )
        # An adoption (there was nothing) leaves the verification as it is.
        if was and _begins(declared, was):
            self._begin(scope, there["id"])
            there = self.read_remote(scope, there["id"])
        return dict(there)

    def delete_remote(self, scope: Scope, id_: str, props: Mapping[str, Any]) -> None:
        """Disable it first: the API deletes none that is enabled."""
        self._disable(scope, self.read_remote(scope, id_))
        super().delete_remote(scope, id_, props)


def _begins(declared: Mapping[str, Any], was: Mapping[str, Any]) -> bool:
    return TRIGGER in declared and declared[TRIGGER] != was.get(TRIGGER)


class SsoConnector(Resource, module="cloudflare", name="SsoConnector"):
    """Single sign-on to the Cloudflare dashboard for everyone of one e-mail domain.

    It concerns nobody until it is enabled (`SsoConnectorActivation`). Publish a TXT record named
    `email_domain` that says `txt_value`. Cloudflare looks for it for up to two days, from the
    creation on unless `begin_verification=False`; any change of `verification_trigger` makes it
    look again. `status` (`awaiting`, `pending`, `failed`, `verified`) and `enabled` are as of the
    last update or refresh. `adopt=True` takes over the connector of this domain.
    """

    lifecycle = SsoConnectorProvider

    account_id: pulumi.Output[str]
    email_domain: pulumi.Output[str]
    use_fedramp_language: pulumi.Output[bool | None]
    begin_verification: pulumi.Output[bool | None]
    verification_trigger: pulumi.Output[Any]
    txt_name: pulumi.Output[str]
    """The name of the TXT record to publish: the e-mail domain."""
    txt_value: pulumi.Output[str]
    """What the TXT record has to say."""
    status: pulumi.Output[str]
    """The verification, as of the last update or refresh: `awaiting`, `pending`, `failed` or
    `verified`.
    """
    enabled: pulumi.Output[bool]
    """Whether single sign-on is in force, as of the last update or refresh."""
    created_on: pulumi.Output[str]
    """When it was made, as RFC 3339."""
    updated_on: pulumi.Output[str | None]
    """When it was changed last, as RFC 3339."""
    if TYPE_CHECKING:
        extra: pulumi.Output[Mapping[str, Any] | None]

    def __init__(
        self,
        resource_name: str,
        *,
        email_domain: pulumi.Input[str],
        use_fedramp_language: pulumi.Input[bool] | None = None,
        begin_verification: pulumi.Input[bool] | None = None,
        verification_trigger: Any = None,
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare single sign-on to the Cloudflare dashboard for everyone of one e-mail domain.

        :param resource_name: The name of the resource in the program and in the state.
        :param email_domain: The e-mail domain whose people log in through single sign-on, such as
            `example.com`. Required. API: `email_domain`. A change replaces the object.
        :param use_fedramp_language: Show people the texts of FedRAMP at the login. Default:
            `False`. API: `use_fedramp_language`.
        :param begin_verification: Have Cloudflare look for the TXT record from the creation on.
            Left out, it does. It is not sent to Cloudflare.
        :param verification_trigger: Any value; a change has Cloudflare look for the TXT record
            again. Left out, it does nothing. It is not sent to Cloudflare.
        :param extra: Fields, and values of closed lists, that this package does not know. They are
            sent, compared and shown like all others. Default: none. API: each by its own name.
        :param account_id: The id of the account that it is in. Default: the one in the settings. A
            change replaces the object. In the API, it is in the path.
        :param adopt: `True` takes over an object that exists, found by its email_domain; an id
            takes over the one with that id; `False` makes another one, whatever exists. Default:
            one is made.
        :param adopt_changes: Let an adoption change what differs. Default: what differs is an
            error.
        :param opts: Pulumi's options for the resource.
        """
        self._declare(locals())


@dataclass(frozen=True, kw_only=True)
class GetSsoConnectorResult(Found):
    """A connector that exists; its name is its e-mail domain."""

    referred = SSO_CONNECTORS

    email_domain: str = ""
    enabled: bool = False
    use_fedramp_language: bool = False
    txt_name: str | None = None
    txt_value: str | None = None
    status: str | None = None
    created_on: str | None = None
    updated_on: str | None = None


class _SsoConnectorLookup(Lookup[GetSsoConnectorResult]):
    """Connectors have no name: they are found by their e-mail domain."""

    def get(  # type: ignore[override]  # by what it is found
        self,
        *,
        email_domain: str | None = None,
        id: str | None = None,  # noqa: A002 - Cloudflare's name for it
        account_id: str | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> GetSsoConnectorResult:
        """Find the one connector with this e-mail domain or id; anything else is a LookUpError.

        :param email_domain: The connector's e-mail domain, in any case.
        :param id: The object's id.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
        """
        asked = {"id": id, "email_domain": email_domain}
        return self._get(asked, {"account_id": account_id}, opts)

    def get_output(  # type: ignore[override]  # by what it is found
        self,
        *,
        email_domain: Text | None = None,
        id: Text | None = None,  # noqa: A002 - Cloudflare's name for it
        account_id: Text | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> pulumi.Output[GetSsoConnectorResult]:
        """Find the one connector with this e-mail domain or id, once these are known.

        :param email_domain: The connector's e-mail domain, in any case.
        :param id: The object's id.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
        """
        asked = {"id": id, "email_domain": email_domain}
        return self._get_output(asked, {"account_id": account_id}, opts)

    def _everything(self, settings: Settings, scope: Asked, *, anew: bool = False) -> Listed:
        settings.require_token(WHAT)
        return super()._everything(settings, scope, anew=anew)

    def understood(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put the verification beside the other fields; call a connector by its domain."""
        return flattened(answer) | {"name": answer.get("email_domain")}

    def _one(self, asked: Asked, listed: Listed) -> GetSsoConnectorResult:
        domain = asked["email_domain"]
        asked = {**asked, "email_domain": domain.lower() if domain else None}
        return super()._one(asked, listed)


_lookup = _SsoConnectorLookup(GetSsoConnectorResult, listings.SSO_CONNECTORS)
get_sso_connector = _lookup.get
get_sso_connector_output = _lookup.get_output
get_sso_connectors = _lookup.get_all
get_sso_connectors_output = _lookup.get_all_output
