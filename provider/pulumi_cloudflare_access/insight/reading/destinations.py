"""Places of applications: what they declare, and what Cloudflare keeps beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ..world import Destination, PublicPath
from .values import Hidden, entries, hidden_in, text

DESTINATIONS: Final = "destinations"
LISTED: Final = "self_hosted_domains"
DOMAIN: Final = "domain"
PLACES: Final = (DESTINATIONS, LISTED, DOMAIN)
KEPT: Final = "destinations that nobody declares"
"""A field of an application: destinations that a declaration of another field leaves there."""
MAIN: Final = "is the domain"
"""A field of such a destination: it is where the domain is, and goes with it."""
_PUBLIC: Final = "public"
_VIA_PORTAL: Final = "via_mcp_server_portal"
# In outputs of this package's applications: destinations that no declared field says. Each key is
# the type and then the fields of one; the words behind a key say its public paths, too.
NOTED: Final = "__places"
_OVERRIDES: Final = re.compile(r" \(overrides: (.*)\)\Z")


@dataclass
class Places:
    """The destinations of an application, and what of it cannot be told."""

    destinations: list[Destination] = field(default_factory=list)
    public_paths: list[PublicPath] = field(default_factory=list)
    is_hidden: bool = False
    not_understood: list[str] = field(default_factory=list)

    def add(self, value: Any) -> None:
        """Add one destination, as the API has it."""
        if isinstance(value, Hidden):
            self.is_hidden = True
        if not isinstance(value, Mapping):
            return
        destination = _destination(value)
        if destination is None:
            hidden = hidden_in(value) is not None
            self.is_hidden |= hidden
            self.not_understood += [] if hidden else [text(value.get("type")) or "a place"]
            return
        self.destinations.append(destination)
        overrides = value.get("overrides")
        self.is_hidden |= hidden_in(overrides) is not None
        for _, override in entries(overrides):
            path = text(override.get("path_pattern")) if isinstance(override, Mapping) else ""
            if path and override.get("behavior") == _PUBLIC:
                self.public_paths.append(PublicPath(destination, path))
            elif path:
                self.not_understood.append(path)


def places_of(fields: Mapping[str, Any]) -> Places:
    """Return where an application is: by its destinations, else by the older fields."""
    found = Places()
    for _, value in entries(fields.get(DESTINATIONS)):
        found.add(value)
    found.is_hidden |= isinstance(fields.get(DESTINATIONS), Hidden)
    if not any(one.kind == _PUBLIC for one in found.destinations):
        listed = fields.get(LISTED)
        addresses = [value for _, value in entries(listed)] or [fields.get(DOMAIN)]
        found.is_hidden |= any(isinstance(one, Hidden) for one in (listed, *addresses))
        for address in filter(None, map(text, addresses)):
            found.add({"type": _PUBLIC, "uri": address})
    for value in _kept(fields, {one.value for one in found.destinations}):
        found.add(value)
    return found


def _kept(fields: Mapping[str, Any], said: set[str]) -> Iterator[Any]:
    """Return which destinations stay that are not declared: a list of them leaves no other."""
    if entries(fields.get(DESTINATIONS)):
        return
    listed = entries(fields.get(LISTED))
    for value in fields.get(KEPT) or ():
        if value.get(MAIN) and not listed:
            yield {**value, "uri": fields.get(DOMAIN)}
        elif text(value.get("type")) not in {"", _PUBLIC} or not listed or value["uri"] in said:
            yield value


def kept(destinations: Iterable[Any], domain: Any) -> list[dict[str, Any]]:
    """Return destinations as those that nobody declares. `domain`: which of them is that."""
    return [
        {**value, MAIN: bool(domain) and value.get("uri") == domain}
        for value in destinations
        if isinstance(value, Mapping)
    ]


def _destination(value: Mapping[str, Any]) -> Destination | None:
    """Read one destination of an application."""
    type_ = text(value.get("type")) or _PUBLIC
    match type_:
        case "public":
            return Destination(_PUBLIC, text(value.get("uri"))) if text(value.get("uri")) else None
        case "private":
            return Destination(
                type_,
                text(value.get("hostname")) or text(value.get("cidr")),
                ports=text(value.get("port_range")),
                protocol=text(value.get("l4_protocol")),
                network=text(value.get("vnet_id")),
            )
        case "worker" | "preview_worker":
            return Destination(type_, text(value.get("worker_id")))
        case "all_workers" | "all_preview_workers":
            return Destination(type_.removeprefix("all_").removesuffix("s"), "")
        case "via_mcp_server_portal":
            return Destination("mcp", text(value.get("mcp_server_id")))
    return None


def noted(outputs: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return the destinations that outputs note, as the API has them; None: they note none."""
    found = outputs.get(NOTED)
    if not isinstance(found, Mapping):
        return None
    return [_noted(key, text(words)) for key, words in found.items()]


def _noted(key: str, words: str) -> dict[str, Any]:
    type_, *said = key.split(" ")
    found: dict[str, Any] = {"type": type_}
    if type_ == "private":
        found |= _private(said)
    elif said:
        name = {_PUBLIC: "uri", _VIA_PORTAL: "mcp_server_id"}.get(type_, "worker_id")
        found[name] = said[0]
    overrides = _OVERRIDES.search(words)
    if overrides:
        pairs = [one.partition(" ") for one in overrides[1].split(", ")]
        found["overrides"] = [
            {"behavior": behavior, "path_pattern": path} for behavior, _, path in pairs
        ]
    return found


def _private(said: Sequence[str]) -> dict[str, str]:
    """Tell the fields of a private destination apart, which its key has one behind the other."""
    found = {"hostname": said[0]} if said else {}
    for one in said[1:]:
        if one in {"tcp", "udp"}:
            found["l4_protocol"] = one
        elif re.fullmatch(r"\d{1,5}(-\d{1,5})?", one):
            found["port_range"] = one
        else:
            found["vnet_id"] = one
    return found
