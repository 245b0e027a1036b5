"""Service tokens, their secrets, and how they behave."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from ...world.clock import time_now
from ...world.world import Backend
from ..checks import Checker, now
from ..exceptions import ConflictError, NotFoundError
from ..shapes import Flag, Number, Object, Text, duration, seconds

if TYPE_CHECKING:
    from collections.abc import Callable

FOREVER = "forever"


def _duration() -> Callable[[str], str]:
    check = duration()
    return lambda value: value if value == FOREVER else check(value)


def _instant(value: str) -> str:
    try:
        return f"{datetime.fromisoformat(value).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    except ValueError:
        raise ValueError("should be a time as RFC 3339 has it") from None


_FIELDS = Object(
    {
        "name": Text(),
        "duration": Text(default="8760h", canonical=_duration()),
        # From here on, the SDK's.
        "enabled?": Flag(),
        "client_secret_version?": Number(least=1),
        "previous_client_secret_expires_at?": Text(canonical=_instant),
    }
)
# Fields of answers that requests do not have.
_MADE = ("client_id", "created_at", "updated_at", "expires_at", "last_seen_at")
_SEEDED = Object(dict.fromkeys((f"{name}?" for name in _MADE), Text()))


@dataclass(kw_only=True)
class ServiceToken:
    """A client id and a secret that a program presents, and how long they are valid."""

    id: str
    name: str
    duration: str
    enabled: bool
    client_id: str
    secret: str = field(repr=False)
    previous: str = field(default="", repr=False)
    """The secret before this one."""
    previous_ends: str | None = None
    """When the previous secret is no longer accepted."""
    version: int = 1
    expires_at: str | None
    """None: never."""
    last_seen_at: str | None = None
    created_at: str
    updated_at: str
    strange: dict[str, Any] = field(default_factory=dict)
    """Unknown fields, as they were sent."""

    def accepts(self, secret: str) -> bool:
        """Tell whether this secret is accepted now."""
        time = now()
        if not self.enabled or (self.expires_at and self.expires_at <= time):
            return False
        is_previous = secret == self.previous != "" and (self.previous_ends or "") > time
        return secret == self.secret or is_previous


class ServiceTokenBackend(Backend):
    """The service tokens of one account or zone. Their names need not be unique."""

    collection: ClassVar[str] = "access/service_tokens"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.service_tokens: dict[str, ServiceToken] = {}

    def list_service_tokens(
        self, *, name: str | None = None, search: str | None = None
    ) -> list[ServiceToken]:
        """Return the tokens with this name, or whose name contains `search`, oldest first."""
        return [
            token
            for token in self.service_tokens.values()
            if (name is None or token.name == name)
            and (search is None or search.casefold() in token.name.casefold())
        ]

    def create_service_token(self, body: Any, token_id: str | None = None) -> ServiceToken:
        """Create a service token. The answer shows its secret, only this once."""
        fields, strange = self._checked(body)
        time = now()
        token = ServiceToken(
            id=token_id or self.world.new_uuid(),
            name=fields["name"],
            duration=fields["duration"],
            enabled=fields.get("enabled", True),
            client_id=f"{self.world.new_hex(32)}.access.example.com",
            secret=self.world.new_hex(64),
            version=fields.get("client_secret_version", 1),
            expires_at=_end(fields["duration"]),
            created_at=time,
            updated_at=time,
            strange=strange,
        )
        self.service_tokens[token.id] = token
        return token

    def get_service_token(self, service_token_id: str) -> ServiceToken:
        """Return the service token with this id."""
        if service_token_id not in self.service_tokens:
            raise NotFoundError
        return self.service_tokens[service_token_id]

    def update_service_token(self, service_token_id: str, body: Any) -> tuple[ServiceToken, bool]:
        """Update a service token. Also return whether that generated a new secret.

        A higher `client_secret_version` does.
        """
        token = self.get_service_token(service_token_id)
        # Documented: the name is optional here.
        named = {"name": token.name, **body} if isinstance(body, dict) else body
        fields, token.strange = self._checked(named)
        token.name = fields["name"]
        token.enabled = fields.get("enabled", token.enabled)
        if token.duration != fields["duration"]:
            token.duration, token.expires_at = fields["duration"], _end(fields["duration"])
        token.updated_at = now()
        version = fields.get("client_secret_version", token.version)
        ends = fields.get("previous_client_secret_expires_at")
        is_new = version > token.version
        token.version = version
        if is_new:
            self._renew(token, ends)
        elif ends:
            token.previous_ends = ends
        return token, is_new

    def refresh_service_token(self, service_token_id: str) -> ServiceToken:
        """Extend a service token: its duration begins again now."""
        token = self.get_service_token(service_token_id)
        token.expires_at, token.updated_at = _end(token.duration), now()
        return token

    def rotate_service_token(self, service_token_id: str, body: Any) -> ServiceToken:
        """Generate a new secret. The previous one expires at once, or when the request says."""
        token = self.get_service_token(service_token_id)
        check = Checker({} if body is None else body, self.world.switches)
        ends = check.take("previous_client_secret_expires_at")
        if ends is not None:
            shape = Text(canonical=_instant)
            ends = shape.keep(check, "/previous_client_secret_expires_at", ends)
        check.done()
        self._renew(token, ends)
        token.version += 1
        token.updated_at = now()
        return token

    def delete_service_token(self, service_token_id: str) -> ServiceToken:
        """Delete a service token, unless a rule refers to it."""
        self.get_service_token(service_token_id)
        in_use = any(
            rule.get("service_token", {}).get("token_id") == service_token_id
            for _, rule in self.scope.rules()
        )
        if in_use and self.world.switches.delete_in_use == "refuse":
            raise ConflictError("service token is in use")
        return self.service_tokens.pop(service_token_id)

    def accepts(self, client_id: str, client_secret: str) -> bool:
        """Tell whether a service token with this id and secret is accepted now."""
        return any(
            token.client_id == client_id and token.accepts(client_secret)
            for token in self.service_tokens.values()
        )

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Add a service token. It may have an `id` and other fields of answers."""
        body = dict(item)
        given = body.pop("id", None)
        check = Checker({name: body.pop(name) for name in _MADE if name in body})
        made = _SEEDED.take(check)
        check.done()
        if given in self.service_tokens:
            raise ValueError(f"there is a service token {given} already")
        token = self.create_service_token(body, given)
        for name, value in made.items():
            setattr(token, name, value)
        return shown(token)

    def has(self, object_id: str) -> bool:
        """Tell whether a service token with this id exists."""
        return object_id in self.service_tokens

    def _renew(self, token: ServiceToken, ends: str | None) -> None:
        token.previous, token.previous_ends = token.secret, ends or now()
        token.secret = self.world.new_hex(64)

    def _checked(self, body: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        check = Checker(body, self.world.switches)
        fields = _FIELDS.take(check)
        strange = check.rest()
        check.done()
        return fields, strange


def _end(lasting: str) -> str | None:
    if lasting == FOREVER:
        return None
    try:
        end = time_now() + timedelta(seconds=seconds(lasting))
    except OverflowError:
        return None
    return f"{end:%Y-%m-%dT%H:%M:%SZ}"


def shown(token: ServiceToken) -> dict[str, Any]:
    """Return a service token in the form of answers, without any secret."""
    names = ("id", "name", "duration", "enabled", *_MADE)
    found = {name: getattr(token, name) for name in names}
    return {name: value for name, value in found.items() if value is not None} | token.strange
