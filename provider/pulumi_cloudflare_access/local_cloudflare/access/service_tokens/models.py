"""Service tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from ...world.world import Backend
from ..checks import Checker, now
from ..exceptions import NotFoundError
from ..shapes import Flag, Object, Text, duration

_FIELDS = Object(
    {
        "name": Text(),
        "duration": Text(default="8760h", canonical=duration()),
        "enabled": Flag(default=True),  # the SDK's
        "client_id?": Text(),
        "expires_at?": Text(),
        "last_seen_at?": Text(),
    }
)


_YEAR = timedelta(hours=8760)


class ServiceTokenBackend(Backend):
    """The service tokens of one account or zone. Nobody can log in with them, so no secrets."""

    collection: ClassVar[str] = "access/service_tokens"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.service_tokens: dict[str, dict[str, Any]] = {}

    def list_service_tokens(
        self, *, name: str | None = None, search: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the service tokens with this name, or with this in their name, oldest first."""
        return [
            token
            for token in self.service_tokens.values()
            if (name is None or token["name"] == name)
            and (search is None or search.casefold() in token["name"].casefold())
        ]

    def get_service_token(self, service_token_id: str) -> dict[str, Any]:
        """Return the service token with this id."""
        if service_token_id not in self.service_tokens:
            raise NotFoundError
        return self.service_tokens[service_token_id]

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Keep a service token, with the `id` it is given, if any."""
        check = Checker(item)
        given = check.take("id")
        fields = _FIELDS.take(check)
        check.done()
        if given in self.service_tokens:
            raise ValueError(f"there is a service token {given} already")
        time = now()
        token = {
            "id": given or self.world.new_uuid(),
            "client_id": f"{self.world.new_hex(32)}.access.example.com",
            "created_at": time,
            "updated_at": time,
            "expires_at": now(_YEAR),
            **fields,
        }
        self.service_tokens[token["id"]] = token
        return token

    def has(self, object_id: str) -> bool:
        """Tell whether there is a service token with this id."""
        return object_id in self.service_tokens
