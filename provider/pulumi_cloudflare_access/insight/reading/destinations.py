"""The places of applications: those declared, and undeclared ones that Cloudflare keeps."""

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
"""A field of an application: undeclared destinations, which other fields do not replace."""
MAIN: Final = "is the domain"
"""A field of such a destination: it is the application's domain, and changes with it."""
_PUBLIC: Final = "public"
_VIA_PORTAL: Final = "via_mcp_server_portal"
# An output of this package's applications: undeclared destinations. Each key is a destination's
# type and fields; the value also has its public paths.
NOTED: Final = "__places"
_OVERRIDES: Final = re.compile(r" \(overrides: (.*)\)\Z")


@dataclass
class Places:
    """The destinations of an application."""

    destinations: list[Destination] = field(default_factory=list)
    public_paths: list[PublicPath] = field(default_factory=list)
    is_hidden: bool = False
    """Whether some are secret or not known yet."""
    not_understood: list[str] = field(default_factory=list)
    """The types and paths that this version does not understand."""

    def add(self, value: Any) -> None:
        """Add one destination in the API's form."""
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
    """Return the places of an application: its destinations, else those in the older fields."""
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
    """Yield the undeclared destinations that stay. Declared `destinations` replace all others."""
    if entries(fields.get(DESTINATIONS)):
        return
    listed = entries(fields.get(LISTED))
    for value in fields.get(KEPT) or ():
        if value.get(MAIN) and not listed:
            yield {**value, "uri": fields.get(DOMAIN)}
        elif text(value.get("type")) not in {"", _PUBLIC} or not listed or value["uri"] in said:
            yield value


def kept(destinations: Iterable[Any], domain: Any) -> list[dict[str, Any]]:
    """Return destinations marked as undeclared. `domain` tells which one is the domain's."""
    return [
        {**value, MAIN: bool(domain) and value.get("uri") == domain}
        for value in destinations
        if isinstance(value, Mapping)
    ]


def _destination(value: Mapping[str, Any]) -> Destination | None:
    """Parse one destination of an application; None if it is not understood or is hidden."""
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
    """Return the undeclared destinations in outputs, in the API's form, or None."""
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
    """Parse the fields of a private destination from its key, where they follow each other."""
    found = {"hostname": said[0]} if said else {}
    for one in said[1:]:
        if one in {"tcp", "udp"}:
            found["l4_protocol"] = one
        elif re.fullmatch(r"\d{1,5}(-\d{1,5})?", one):
            found["port_range"] = one
        else:
            found["vnet_id"] = one
    return found
