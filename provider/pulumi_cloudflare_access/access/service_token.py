"""Service tokens: how machines get in.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/service_tokens/

A token is two words. Cloudflare tells the second one, the secret, in two answers only: when it
makes the token, and when it rotates the secret. It rotates and refreshes tokens of accounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import pulumi
from pydantic import AfterValidator

from ..engine.collection import Scope
from ..engine.deletion import User
from ..engine.lifecycle import ResourceLifecycle
from ..errors import LostAnswerError
from ..fields.keyed import UNKNOWN, Mistake
from ..fields.model import Always, Default, Inputs, State, Trigger, Unanswered, duration
from ..program.lookup import ScopedLookup
from ..program.references import SERVICE_TOKENS, Found
from ..program.resource import Resource
from ..text.nearest import quoted_value
from . import listings
from .referrers import referrers_in_rules

FOREVER = "forever"
DURATION = "8760h"
ROTATE, REFRESH, PREVIOUS = "rotate_when", "refresh_when", "previous_client_secret_expires_at"
# How long before its end a token is warned of.
SOON = timedelta(days=30)
_HOURS = {"h": 3600.0, "m": 60.0, "s": 1.0}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)([hms])")
IN_ACCOUNTS = "Cloudflare {} service tokens of accounts alone: declare the token with account_id"


def _instant(value: str) -> str:
    """Accept a time, or a time from now on."""
    if _PART.sub("", value) and _time(value) is None:
        raise ValueError(
            f"{quoted_value(value)} must be a time such as 2027-01-31T12:00:00Z, or a duration "
            "such as 24h from the rotation on"
        )
    return value


def _time(value: Any) -> datetime | None:
    """Read a time of RFC 3339; None: it is none."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _end(value: str) -> datetime:
    """Return when the secret before the current one ends."""
    if (found := _time(value)) is not None:
        return found
    parts = _PART.findall(value)
    seconds = sum(float(number) * _HOURS[unit] for number, unit in parts)
    return datetime.now(UTC) + timedelta(seconds=seconds)


Lasting = Annotated[str, duration(or_=FOREVER)]


class ServiceTokenInputs(Inputs):
    """What a program may ask of a service token."""

    made = frozenset({"client_secret_version", "last_seen_at"})

    account_id: str | None = None
    zone_id: str | None = None
    name: str
    """What the token is called."""
    duration: Annotated[Lasting | None, Default(DURATION)] = None
    """How long the token is valid, from its creation or from the last refresh on, such as `720h`;
    or `forever`.
    """
    enabled: Annotated[bool | None, Default(value=True)] = None
    """Whether Cloudflare accepts the token. One that is disabled keeps its secret."""
    rotate_when: Annotated[Any, Trigger()] = None
    """Any value; a change has Cloudflare make a new `client_secret`, in place. In accounts only."""
    previous_client_secret_expires_at: Annotated[
        str | None, AfterValidator(_instant), Unanswered()
    ] = None
    """Until when the secret before a rotation is accepted: a time such as `2027-01-31T12:00:00Z`,
    or a duration such as `24h`, from the rotation on. Left out, it ends at once.
    """
    refresh_when: Annotated[Any, Trigger()] = None
    """Any value; a change has the token be valid for its whole duration from then on. In accounts
    only.
    """


class ServiceTokenState(State):
    """What we keep of an answer besides what was declared."""

    client_id: Annotated[str | None, Always()] = None
    """What a program sends as `CF-Access-Client-Id`."""
    client_secret: str | None = None
    """What a program sends as `CF-Access-Client-Secret`. Secret. Cloudflare tells it in the answers
    to the creation and to a rotation only.
    """
    expires_at: str | None = None
    """When the token ends, as RFC 3339, as of the last update or refresh."""
    created_at: str | None = None
    """When it was made, as RFC 3339."""
    updated_at: str | None = None
    """When it was changed last, as RFC 3339."""


class ServiceTokenProvider(ResourceLifecycle):
    """Where service tokens live and what they need."""

    kind = "service_token"
    display_name = listings.SERVICE_TOKENS.display_name
    collection = listings.SERVICE_TOKENS
    inputs = ServiceTokenInputs
    state = ServiceTokenState
    create_only_outputs = frozenset({"client_secret"})

    def validate(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse in a zone what Cloudflare does in accounts alone."""
        if not declared.get("zone_id"):
            return []
        does = {ROTATE: "rotates", PREVIOUS: "rotates", REFRESH: "refreshes"}
        return [Mistake(n, IN_ACCOUNTS.format(does[n])) for n in does if n in declared]

    def warnings(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of a word that does nothing by itself."""
        if PREVIOUS in declared and ROTATE not in declared and not was:
            yield f"{PREVIOUS} counts in a rotation; to rotate the secret, change {ROTATE}"

    def update_warnings(self, was: Mapping[str, Any], declared: Mapping[str, Any]) -> Iterator[str]:
        """Say what an update does to the programs that have the token."""
        may = "may change" if declared.get(ROTATE) == UNKNOWN else "changed"
        if _is_changed(ROTATE, declared, was):
            yield (
                f"{ROTATE} {may}: Cloudflare makes a new client_secret, and the one so far "
                f"{_ends(declared.get(PREVIOUS))}"
            )
        elif _is_changed(PREVIOUS, declared, was):
            yield f"the secret before the last rotation {_ends(declared[PREVIOUS])}"
        if _is_changed(REFRESH, declared, was):
            may = "may change" if declared[REFRESH] == UNKNOWN else "changed"
            lasts = declared.get("duration") or DURATION
            yield f"{REFRESH} {may}: the token is valid for its duration ({lasts}) from now on"
        if declared.get("enabled") is False and was.get("enabled") is not False:
            yield "disabled: Cloudflare refuses every program that has the token"

    def expiry_warnings(
        self, outputs: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> Iterator[str]:
        """Warn 30 days before the token ends, unless the update is about to refresh it."""
        end = _time(outputs.get("expires_at"))
        left = end - datetime.now(UTC) if end else SOON
        if end is None or left >= SOON or _is_changed(REFRESH, declared, outputs):
            return
        if left > timedelta():
            days = f"in {left.days} days" if left.days > 1 else "within two days"
            told = f"expires on {end:%Y-%m-%d} ({days}): Cloudflare refuses it from then on"
        else:
            told = f"has expired on {end:%Y-%m-%d}: Cloudflare refuses it"
        help_ = (
            "have a new one made, with pulumi up --replace: Cloudflare refreshes no token of a zone"
            if outputs.get("zone_id")
            else f"change {REFRESH} to make it valid for its duration from now on"
        )
        yield f"{told}. To keep it in use, {help_}"

    def referrers(self, id_: str, scope: Scope, *, anew: bool = False) -> Iterator[User]:
        """Return the groups and the policies whose rules name this token."""
        yield from referrers_in_rules(
            id_,
            scope,
            lambda of: self._all(scope, of, anew=anew),
            lambda rule: rule.get("service_token", {}).get("token_id") == id_,
        )

    def regain_output(self, declared: Mapping[str, Any]) -> str:
        """Say how to get a secret again: without it, nobody can use the token."""
        anew = super().regain_output(declared)
        if declared.get("zone_id"):
            return f"nobody can use the token: {anew}"
        return f"nobody can use the token: rotate its secret (change {ROTATE}), or {anew}"

    def request_body(
        self,
        declared: Mapping[str, Any],
        *,
        there: Mapping[str, Any] | None = None,
        was: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Leave out the end of the secret before: a rotation says it, or a request of its own."""
        body = super().request_body(declared, there=there, was=was)
        body.pop(PREVIOUS, None)
        return body

    def update_remote(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Change the fields, then refresh, then rotate: nothing may fail once there is a secret.

        An adoption (nothing was declared) neither refreshes nor rotates.
        """
        path, now = self.object_path(scope, there["id"]), dict(there)
        rotates = bool(was) and _is_changed(ROTATE, declared, was)
        body = self.request_body(declared, there=there, was=was)
        changes = {name: v for name, v in body.items() if there.get(name) != v}
        if was and not rotates and _is_changed(PREVIOUS, declared, was):
            changes[PREVIOUS] = _written(declared[PREVIOUS])
        if changes:
            now |= self.client.put(path, body | changes, permission=self.permission)
        if was and _is_changed(REFRESH, declared, was):
            now |= self.client.post(
                f"{path}/refresh", {}, permission=self.permission, idempotent=True
            )
        if rotates:
            now |= self._rotate(path, declared.get(PREVIOUS))
        return now

    def _rotate(self, path: str, previous: str | None) -> dict[str, Any]:
        """Have Cloudflare make a new secret; return its answer, which alone has it."""
        body = {} if previous is None else {PREVIOUS: _written(previous)}
        try:
            answer: dict[str, Any] = self.client.post(
                f"{path}/rotate", body, permission=self.permission
            )
        except LostAnswerError as error:
            raise LostAnswerError(
                f"{error}. Cloudflare may have made a new client_secret, which nobody knows then, "
                "and have ended the one so far. Run pulumi up again: it rotates once more, and "
                "keeps the new secret; give that to every program that has the token"
            ) from None
        return answer


def _is_changed(name: str, declared: Mapping[str, Any], was: Mapping[str, Any]) -> bool:
    return name in declared and declared[name] != was.get(name)


def _written(value: str) -> str:
    return f"{_end(value).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _ends(previous: Any) -> str:
    """Say when a secret ends."""
    if previous == UNKNOWN:
        return f"ends at {PREVIOUS}, which is not known yet"
    if previous is None:
        return (
            f"ends at once: Cloudflare refuses the programs that have it. {PREVIOUS} keeps it "
            'valid for a while, such as "24h"'
        )
    if _time(previous) is None:
        return f"is accepted for another {previous}"
    if _end(previous) <= datetime.now(UTC):
        return f"ends at once: {previous} is over"
    return f"is accepted until {previous}"


class ServiceToken(Resource, module="cloudflare", name="ServiceToken"):
    """Two words with which a program gets in, under an account or a zone.

    Rules let it in (`rules.service_token`), in policies with `decision="non_identity"`.
    `client_secret` is a secret output: Cloudflare tells it once. A change of `rotate_when` makes a
    new one in the same token; `previous_client_secret_expires_at` says how long the old one is
    accepted beside it. A change of `refresh_when` extends the token by its `duration`. Thirty days
    before it ends, previews and refreshes warn. `adopt=True` takes over the token of this name;
    its secret is not known then, until it is rotated.
    """

    lifecycle = ServiceTokenProvider
    secret_outputs: ClassVar[frozenset[str]] = frozenset({"client_secret"})

    account_id: pulumi.Output[str | None]
    zone_id: pulumi.Output[str | None]
    name: pulumi.Output[str]
    duration: pulumi.Output[str | None]
    enabled: pulumi.Output[bool | None]
    rotate_when: pulumi.Output[Any]
    previous_client_secret_expires_at: pulumi.Output[str | None]
    refresh_when: pulumi.Output[Any]
    client_id: pulumi.Output[str]
    """What a program sends as `CF-Access-Client-Id`."""
    client_secret: pulumi.Output[str | None]
    """What a program sends as `CF-Access-Client-Secret`. Secret. Cloudflare tells it in the answers
    to the creation and to a rotation only.
    """
    expires_at: pulumi.Output[str | None]
    """When the token ends, as RFC 3339, as of the last update or refresh."""
    created_at: pulumi.Output[str | None]
    """When it was made, as RFC 3339."""
    updated_at: pulumi.Output[str | None]
    """When it was changed last, as RFC 3339."""
    if TYPE_CHECKING:
        extra: pulumi.Output[Mapping[str, Any] | None]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        duration: pulumi.Input[str] | None = None,
        enabled: pulumi.Input[bool] | None = None,
        rotate_when: Any = None,
        previous_client_secret_expires_at: pulumi.Input[str] | None = None,
        refresh_when: Any = None,
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare two words with which a program gets in, under an account or a zone.

        :param resource_name: The name of the resource in the program and in the state.
        :param name: What the token is called. Required. API: `name`.
        :param duration: How long the token is valid, from its creation or from the last refresh on,
            such as `720h`; or `forever`. Default: `8760h`. API: `duration`.
        :param enabled: Whether Cloudflare accepts the token. One that is disabled keeps its secret.
            Default: `True`. API: `enabled`.
        :param rotate_when: Any value; a change has Cloudflare make a new `client_secret`, in place.
            In accounts only. Left out, it does nothing. It is not sent to Cloudflare.
        :param previous_client_secret_expires_at: Until when the secret before a rotation is
            accepted: a time such as `2027-01-31T12:00:00Z`, or a duration such as `24h`, from the
            rotation on. Left out, it ends at once. Cloudflare never tells it. API:
            `previous_client_secret_expires_at`.
        :param refresh_when: Any value; a change has the token be valid for its whole duration from
            then on. In accounts only. Left out, it does nothing. It is not sent to Cloudflare.
        :param extra: Fields, and values of closed lists, that this package does not know. They are
            sent, compared and shown like all others. Default: none. API: each by its own name.
        :param account_id: The id of the account that it is in. Default: the one in the settings. A
            change replaces the object. In the API, it is in the path.
        :param zone_id: The id of the zone that it is in, instead of an account. A change replaces
            the object. In the API, it is in the path.
        :param adopt: `True` takes over an object that exists, found by its name; an id takes over
            the one with that id; `False` makes another one, whatever exists. Default: one is made.
        :param adopt_changes: Let an adoption change what differs. Default: what differs is an
            error.
        :param opts: Pulumi's options for the resource.
        """
        self._declare(locals())


@dataclass(frozen=True, kw_only=True)
class GetServiceTokenResult(Found):
    """A service token; its secret is shown once, to whoever makes it."""

    referred = SERVICE_TOKENS

    client_id: str = ""
    duration: str | None = None
    enabled: bool | None = None
    expires_at: str | None = None
    last_seen_at: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


_lookup = ScopedLookup(GetServiceTokenResult, listings.SERVICE_TOKENS)
get_service_token = _lookup.get
get_service_token_output = _lookup.get_output
get_service_tokens = _lookup.get_all
get_service_tokens_output = _lookup.get_all_output
