"""The activation of an SSO connector: its domain verified, single sign-on enforced.

https://developers.cloudflare.com/fundamentals/manage-members/dashboard-sso/

Cloudflare looks for the TXT record in its own time. Whoever enables has to wait for that, after
the record has been published: which is why enabling is not a field of the connector. A wait holds
one of the plugin process's four workers.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import pulumi
from pydantic import Field

from ..engine import ownership
from ..engine.adoption import ADOPT
from ..engine.collection import Scope
from ..engine.hooks import Answer
from ..engine.lifecycle import ResourceLifecycle
from ..engine.part import SolePart
from ..errors import ApiError, VerificationError
from ..fields.keyed import UNKNOWN
from ..fields.loose import includes
from ..fields.model import (
    Always,
    ByConstructor,
    Default,
    Inputs,
    NotSent,
    PartOf,
    State,
    Trigger,
)
from ..fields.shapes import EXTRA
from ..process import plugin
from ..program.references import SSO_CONNECTORS, Found, Reference
from ..program.resource import Deployment, Resource, part_of
from . import listings
from .sso_connector import OfSsoConnectors, flattened

# Seconds. Records are mostly seen within minutes; Cloudflare gives up after two days.
WAIT_SECONDS = 600.0
GIVEN_UP_AFTER = 2 * 24 * 3600
FIRST_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
# Then a twentieth of what has been waited: two days are some 650 looks.
SHORTEST_PAUSE, LONGEST_PAUSE = 15.0, 300.0
# What Cloudflare's refusals to enable were seen or are documented to be.
REFUSED = frozenset({400, 409, 422})

Look = Callable[[], Mapping[str, Any]]


def await_verification(
    look: Look,
    wait_seconds: float,
    *,
    say: Callable[[str], None] = plugin.say,
    wait: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Mapping[str, Any]:
    """Look until the domain is verified, at most so long; return what was seen last.

    Raises VerificationError at once where the verification failed, and when the time is over.
    """
    began = clock()
    for first_pause in itertools.chain(FIRST_PAUSES, itertools.repeat(None)):
        seen = look()
        connector = flattened(seen)
        status, domain = connector["status"], connector.get("email_domain")
        if status == "verified":
            return seen
        record = f'{domain} TXT "{connector["txt_value"]}"'
        if status == "failed":
            raise VerificationError(
                f"Cloudflare did not find the record that verifies {domain}: {record}. Publish "
                "it, then change verification_trigger of the connector: that begins anew"
            )
        waited = clock() - began
        if waited >= wait_seconds:
            raise VerificationError(
                f"{domain} is not verified after {waited:.0f} s ({status}): is the record "
                f"published? {record}. Cloudflare looks for it for up to two days: run again "
                "later, or wait longer with wait_seconds"
            )
        if first_pause == FIRST_PAUSES[0]:
            say(f"waits up to {wait_seconds:g} s for Cloudflare to find {record} ({status})")
        elif not first_pause:
            say(f"still {status} after {waited:.0f} of {wait_seconds:g} s")
        pause = first_pause or min(max(waited / 20, SHORTEST_PAUSE), LONGEST_PAUSE)
        wait(min(pause, wait_seconds - waited))
    raise AssertionError


class SsoConnectorActivationInputs(Inputs):
    """What a program may ask of an activation; `enabled` is what there is to it."""

    # The rest of the connector.
    made = frozenset({"use_fedramp_language", "verification", "created_on"})

    account_id: str | None = None
    connector: Annotated[str, PartOf()]
    """The connector: the resource, its id, or what a look-up found."""
    enabled: Annotated[bool, Default(value=False), ByConstructor()]
    """Whether single sign-on is in force."""
    trigger: Annotated[Any, Trigger()] = None
    """Any value; a change verifies and enables again."""
    wait_seconds: Annotated[float | None, NotSent()] = Field(default=None, ge=0, le=GIVEN_UP_AFTER)
    """How many seconds to wait for the verification, at most 172800 (two days). Left out, 600."""
    # Whom it concerns, for the preview.
    email_domain: Annotated[str | None, NotSent(), ByConstructor()] = None
    """The e-mail domain of the connector."""


class SsoConnectorActivationState(State):
    """What we keep of an answer besides what was declared."""

    updated_on: Annotated[str | None, Always()] = None
    """When it was changed last, as RFC 3339."""


class SsoConnectorActivationProvider(SolePart, OfSsoConnectors):
    """Where the activation lives: it is the connector's `enabled`, and has its id."""

    kind = "sso_connector_activation"
    display_name = "SSO connector activation"
    collection = replace(listings.SSO_CONNECTORS, display_name=display_name)
    inputs = SsoConnectorActivationInputs
    state = SsoConnectorActivationState
    part_of = "connector"
    whole_name = "an SSO connector"
    whole_look_up = "get_sso_connector(…)"
    part_name = "activation"
    part_title = "activation of SSO connector"
    natural_key = "connector"
    replaced_by = frozenset({"connector"})

    def warnings(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Say whom enabling concerns, and how to keep a way in."""
        stays = was.get("connector") == declared["connector"] != UNKNOWN
        if not declared["enabled"] or (stays and was.get("enabled")):
            return
        domain = declared.get("email_domain")
        people = f"everyone @{domain}" if domain else "everyone of the connector's e-mail domain"
        yield (
            f"enables single sign-on: {people} then logs in to the Cloudflare dashboard through "
            "your identity provider alone, on every account, also where it is not yours. To keep a "
            'way in, test that provider first, and store an account API token with "SSO Connector '
            'Write" elsewhere: it can disable this again. Addresses with a plus sign cannot log in'
        )

    def read_remote(self, scope: Scope, id_: str) -> dict[str, Any]:
        """Read the connector."""
        return super().read_remote(scope, id_) | {"connector": id_}

    def has_content(self, found: Mapping[str, Any]) -> bool:
        """Tell whether single sign-on is enabled."""
        return bool(found.get("enabled"))

    def list_live(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Return the connectors whose single sign-on is enabled."""
        for found in self._snapshot(scope).objects():
            if self.has_content(found):
                yield {**found, "connector": found["id"]}

    def create_remote(self, scope: Scope, props: Mapping[str, Any]) -> Answer:
        """Enable the connector, if it is not."""
        there = self.read_remote(scope, props["connector"])
        was_enabled = bool(there.get("enabled"))
        if not was_enabled or not self._has_extra(there, props):
            there = self._enable(scope, there, props, {"awaiting"})
        if was_enabled and not props.get(ADOPT):
            plugin.warn(
                "was enabled already: from now on it is this stack's, whose destroy disables it"
            )
        # Whoever had it before, a resource of another name, must not disable it then.
        ownership.take(self.adoption_key(there["id"]))
        return Answer(there)

    def update_remote(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Enable it again, if somebody has disabled it or the trigger has changed."""
        triggered = "trigger" in declared and declared["trigger"] != was.get("trigger")
        is_as_declared = there.get("enabled") and self._has_extra(there, declared)
        if not declared["enabled"] or (is_as_declared and not triggered):
            return dict(there)
        unproven = {"awaiting", "failed"} if triggered else {"awaiting"}
        return self._enable(scope, there, declared, unproven)

    @staticmethod
    def _has_extra(there: Mapping[str, Any], declared: Mapping[str, Any]) -> bool:
        return includes(there, declared.get(EXTRA) or {})

    def _enable(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        unproven: set[str],
    ) -> dict[str, Any]:
        """Begin the verification where it has to be begun, wait for its end, then enable."""
        id_ = there["id"]
        where = self.object_path(scope, id_)
        if flattened(there)["status"] in unproven:
            self._begin(scope, id_)
        seconds = declared.get("wait_seconds")
        seen = await_verification(
            lambda: self.read_remote(scope, id_),
            WAIT_SECONDS if seconds is None else float(seconds),
        )
        if seen.get("enabled") and self._has_extra(seen, declared):
            return dict(seen)
        body = {"enabled": True, **(declared.get(EXTRA) or {})}
        try:
            enabled = self.client.patch(where, body, permission=self.permission)
        except ApiError as error:
            if error.status not in REFUSED:
                raise
            told = "a verified domain can be enabled in one account at a time: is it in another?"
            raise error.with_remedy(told) from None
        return {**enabled, "connector": id_}

    def delete_remote(self, scope: Scope, id_: str, props: Mapping[str, Any]) -> None:
        """Disable the connector."""
        del props
        self._disable(scope, self.read_remote(scope, id_))


class SsoConnectorActivation(Resource, module="cloudflare", name="SsoConnectorActivation"):
    """A connector whose domain is verified and whose single sign-on is enforced.

    Usually `depends_on` the DNS record. Waits up to `wait_seconds` (600; at most two days) for
    the verification, begins one that nobody has begun, then enables. A change of `trigger` does so
    again, also where the verification has failed. Its end disables the connector. One that is
    enabled already is taken over; `adopt=True` says that this is meant.
    """

    lifecycle: ClassVar[type[ResourceLifecycle]] = SsoConnectorActivationProvider

    account_id: pulumi.Output[str]
    connector: pulumi.Output[str]
    enabled: pulumi.Output[bool]
    trigger: pulumi.Output[Any]
    wait_seconds: pulumi.Output[float | None]
    email_domain: pulumi.Output[str | None]
    updated_on: pulumi.Output[str]
    """When it was changed last, as RFC 3339."""
    if TYPE_CHECKING:
        extra: pulumi.Output[Mapping[str, Any] | None]

    def __init__(
        self,
        resource_name: str,
        *,
        connector: Reference,
        trigger: Any = None,
        wait_seconds: pulumi.Input[float] | None = None,
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        adopt: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a connector whose domain is verified and whose single sign-on is enforced.

        :param resource_name: The name of the resource in the program and in the state.
        :param connector: The connector: the resource, its id, or what a look-up found. Required. In
            the API, it is in the path. A change replaces the object.
        :param trigger: Any value; a change verifies and enables again. Left out, it does nothing.
            It is not sent to Cloudflare.
        :param wait_seconds: How many seconds to wait for the verification, at most 172800 (two
            days). Left out, 600. It is not sent to Cloudflare.
        :param extra: Fields, and values of closed lists, that this package does not know. They are
            sent, compared and shown like all others. Default: none. API: each by its own name.
        :param account_id: The id of the account that it is in. Default: the one in the settings. A
            change replaces the object. In the API, it is in the path.
        :param adopt: `True` says that a connector which is enabled already is meant. Default: it is
            taken over all the same.
        :param opts: Pulumi's options for the resource.
        """
        wrong = _activated_already(resource_name, connector)
        arguments, mistakes = _of_connector(locals() | {"enabled": True})
        self._declare(arguments, wrong + mistakes)


def _activated_already(resource_name: str, connector: Reference) -> list[str]:
    """Say that another resource of the program activates it: plain ids, or one resource."""
    of = connector.id if isinstance(connector, Found) else connector
    parts = Deployment.current().parts(SsoConnectorActivationProvider, of)
    first = parts.setdefault("enabled", resource_name)
    return [] if first == resource_name else [f'connector: "{first}" activates it already']


def _of_connector(arguments: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Take the account and the domain from the connector."""
    taken = ("account_id", "email_domain")
    return part_of(arguments, "connector", SSO_CONNECTORS, *taken, dies_with=False)
