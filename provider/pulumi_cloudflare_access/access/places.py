"""Where an application is: one thing that its fields say in three ways.

`domain` is the primary public host name, `self_hosted_domains` are all public ones, `destinations`
are these and everything else that Access can protect. Cloudflare derives each from the others: it
answers all three, takes the first public place for an undeclared `domain`, refuses one that is
outside the places (12130), and ignores `self_hosted_domains` beside `destinations`. A request whose
`destinations` are left out has lost those that no other field says. So a request says everything
once: what the program declares, with what nobody declares and the declared fields cannot say.

A place goes by a key, such as `public app.example.com` or `private 10.1.0.0/16 tcp 443`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..fields.keyed import NOTHING_KNOWN, UNKNOWN, Mistake
from ..fields.model import fields_of
from ..fields.networks import wrong_network
from ..text.nearest import quoted_value
from .application_fields import AccessApplicationInputs, Destination, address
from .application_types import BROWSED, TIED, WITH_DESTINATIONS, WITH_DOMAIN

DOMAIN, LISTED, DESTINATIONS = "domain", "self_hosted_domains", "destinations"
WAYS = (DESTINATIONS, LISTED, DOMAIN)
PUBLIC = "public"
_WORDS = {
    PUBLIC: "{}",
    "private": "{}",
    "via_mcp_server_portal": "MCP server {}",
    "worker": "Worker {}",
    "preview_worker": "every preview of Worker {}",
    "all_workers": "every Worker",
    "all_preview_workers": "every preview of a Worker",
}
_ENTRY = fields_of(Destination)
_DESTINATIONS = fields_of(AccessApplicationInputs)[DESTINATIONS].shape


def way(declared: Mapping[str, Any]) -> str:
    """Return the field that says all that a declaration says of where the application is."""
    return next((field for field in WAYS if declared.get(field)), DOMAIN)


def whole(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer with its places said in every way, as some answers leave some out."""
    if answer.get("type") not in TIED:
        return dict(answer)
    domain = answer.get(DOMAIN)
    listed = answer.get(LISTED) or ([domain] if domain else [])
    there = answer.get(DESTINATIONS) or [{"type": PUBLIC, "uri": uri} for uri in listed]
    return {**answer, DESTINATIONS: there, LISTED: [d["uri"] for d in there if _is_public(d)]}


# -------------------------------------------------------------------------------------- of programs


def mistakes(declared: Mapping[str, Any]) -> Iterator[Mistake]:
    """Say where a declaration contradicts itself, and where it says no place at all."""
    type_, domain = declared.get("type"), declared.get(DOMAIN)
    yield from _wrong_places(declared)
    if type_ in BROWSED and not any(declared.get(field) for field in WAYS):
        other = "destinations, or self_hosted_domains"
        yield Mistake(DOMAIN, f"is required for type {type_} (or {other})")
    if type_ not in TIED:
        return
    said, public = way(declared), public_of(declared)
    if said == DOMAIN or UNKNOWN in (*public, domain):
        return
    if domain and _one(domain) not in map(_one, public):
        yield Mistake(
            DOMAIN,
            f"{domain} is not among the public places in {said} ({_listed(public)}), which "
            f"Cloudflare refuses (12130): add it to {said}, or leave domain out",
        )
    others = [address(str(uri)) for uri in values(declared.get(LISTED))]
    is_same = {*map(_one, others)} == {*map(_one, public)}
    if said == DESTINATIONS and others and UNKNOWN not in others and not is_same:
        yield Mistake(
            LISTED,
            f"says {_listed(others)}, and destinations {_listed(public)}: Cloudflare ignores it "
            "where there are destinations: leave it out",
        )


def _wrong_places(declared: Mapping[str, Any]) -> Iterator[Mistake]:
    """Say which places no host can be. A bookmark may be any address."""
    if declared.get("type") not in TIED | {"proxy_endpoint"}:
        return
    said = [(DOMAIN, declared.get(DOMAIN))]
    said += [(LISTED, uri) for uri in values(declared.get(LISTED))]
    for destination in values(declared.get(DESTINATIONS)):
        if isinstance(destination, Mapping):
            said += [(f"{DESTINATIONS}.{n}", destination.get(n)) for n in ("uri", "hostname")]
            cidr = destination.get("cidr")
            if isinstance(cidr, str) and cidr != UNKNOWN and (wrong := wrong_network(cidr)):
                yield Mistake(f"{DESTINATIONS}.cidr", wrong)
    for field, place in said:
        if isinstance(place, str) and place != UNKNOWN and (wrong := _wrong_host(place)):
            yield Mistake(field, f"{quoted_value(place)} {wrong}")


def _wrong_host(place: str) -> str | None:
    scheme, sign, rest = place.partition("://")
    if sign and scheme.isalnum():
        host = quoted_value(rest.rstrip("/"))
        return f"is a URL, and must be a host name, with or without a path: say {host}"
    if place != place.strip():
        return f"has a space at its end or beginning: say {quoted_value(place.strip())}"
    if re.search(r"\s", place):
        return "has a space in it, which no host name has"
    if place.startswith(("@", "/")):
        return "must begin with a host name"
    return None


def primary(declared: Mapping[str, Any], written: Mapping[str, Any], was: Any) -> str | None:
    """Return the domain that Cloudflare derives where none is declared. None: there is none.

    It is the first public place in the program's order, or stays what it `was`.
    """
    if declared.get("type") not in TIED or declared.get(DOMAIN):
        return None
    if there := stays(was, declared):
        return there
    field, public = way(declared), public_of(declared)
    order = written.get(field)
    if isinstance(order, Sequence) and not isinstance(order, str):
        public = [*_public(field, order), *public]
    if public:
        return public[0]
    return UNKNOWN if declared.get(field) == UNKNOWN else None


def stays(domain: Any, declared: Mapping[str, Any]) -> str | None:
    """Return a domain that is still one of the public places; else None."""
    if not isinstance(domain, str) or _one(domain) not in map(_one, public_of(declared)):
        return None
    return address(domain)


def public_of(declared: Mapping[str, Any]) -> list[str]:
    """Return the public places that a declaration says, in their canonical form."""
    field = way(declared)
    return sorted(_public(field, values(declared.get(field))))


def _public(field: str, entries: Iterable[Any]) -> list[str]:
    uris = entries
    if field == DESTINATIONS:
        uris = (
            entry["uri"] if isinstance(entry, Mapping) else entry
            for entry in entries
            if _is_public(entry) or entry == UNKNOWN
        )
    return [address(uri) for uri in uris if isinstance(uri, str)]


def values(entries: Any) -> list[Any]:
    """Return the entries of a list, declared or answered; UNKNOWN stands for all of them."""
    if isinstance(entries, Mapping):
        return list(entries.values())
    if isinstance(entries, list):
        return entries
    return [] if entries is None else [entries]


# ------------------------------------------------------------------------------------ what is where


def key(destination: Any) -> str:
    """Return what a place is called, its strings in canonical form."""
    if not isinstance(destination, Mapping):
        return str(destination)
    type_ = destination.get("type") or PUBLIC
    said = (
        _one(meaning) if name == "uri" else meaning
        for name, field in _ENTRY.items()
        if name != "type" and isinstance(destination.get(name), str) and destination[name]
        for meaning in [field.shape.meaning(destination[name])]
    )
    return " ".join([type_, *said])


def _one(uri: str) -> str:
    """Write a public place in the one form of all that mean it: a host is its root path."""
    found = address(uri)
    return found.removesuffix("/") if found.count("/") == 1 else found


def words(place: str) -> str:
    """Write the key of a place as a sentence has it."""
    type_, _, said = place.partition(" ")
    return _WORDS.get(type_, f"{type_} {{}}").format(said).strip()


def keys(declared: Mapping[str, Any]) -> set[str]:
    """Return the places that a declaration says. A bookmark protects nothing."""
    type_ = declared.get("type")
    found = set()
    if type_ in WITH_DOMAIN | TIED and type_ != "bookmark":
        uris = [declared.get(DOMAIN), *values(declared.get(LISTED))]
        found = {f"{PUBLIC} {_one(str(uri))}" for uri in uris if uri}
    if type_ in WITH_DESTINATIONS:
        found |= set(map(key, values(declared.get(DESTINATIONS))))
    return found


def undeclared(answer: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, str]:
    """Return the places of an answer that the declared fields cannot say, and what each is called.

    What is called has the overrides too, paths that are open to everyone.
    """
    answer = whole(answer)
    if answer.get("type") not in WITH_DESTINATIONS or declared.get(DESTINATIONS):
        return {}
    read = _DESTINATIONS.answer(answer.get(DESTINATIONS) or [], {}, NOTHING_KNOWN)
    found = {}
    for destination in values(read):
        overrides = ", ".join(sorted(destination.get("overrides") or ()))
        if overrides or not _is_said(destination, answer, declared):
            place = key(destination)
            found[place] = f"{place} (overrides: {overrides})" if overrides else place
    return found


def _is_said(
    destination: Mapping[str, Any], answer: Mapping[str, Any], declared: Mapping[str, Any]
) -> bool:
    """Tell whether the fields that are declared say, or deny, a place."""
    if not _is_public(destination):
        return False
    if way(declared) == LISTED:
        return True
    return _one(destination["uri"]) == _one(str(answer.get(DOMAIN)))


def lost(noted: Iterable[str], declared: Mapping[str, Any]) -> set[str]:
    """Return which undeclared places a request with this declaration takes away."""
    if way(declared) == DOMAIN:
        return set()
    said = keys(declared)
    going = {place for place in noted if place not in said}
    if way(declared) == LISTED:
        return {place for place in going if place.startswith(f"{PUBLIC} ")}
    return going


def uncovered(before: set[str], after: set[str]) -> list[str]:
    """Return in words which places are no longer protected; none where that is not known yet."""
    if any(UNKNOWN in place for place in after):
        return []
    return sorted(words(place) for place in before - after if not _is_below(place, after))


def _is_below(place: str, others: set[str]) -> bool:
    """Tell whether another place is the same host, or a path above: it covers all below."""
    host, slash, path = place.partition("/")
    above = [host, *(f"{host}/{path[:end]}" for end, sign in enumerate(path) if sign == "/")]
    return bool(slash) and place.startswith(f"{PUBLIC} ") and not others.isdisjoint(above)


# ---------------------------------------------------------------------------------------- requests


def request(
    body: Mapping[str, Any],
    declared: Mapping[str, Any],
    was: Mapping[str, Any],
    there: Mapping[str, Any],
    first: str | None,
) -> dict[str, Any]:
    """Return what a request says of where the application is, once and in one way.

    `body` has what is declared in the request's form, and of what nobody declares what is there.
    `first` is to be the domain, where none is declared.
    """
    now, before = way(declared), way(was or declared)
    domain = declared.get(DOMAIN)
    said = {} if domain is None else {DOMAIN: domain}
    if now == DESTINATIONS:
        return said | {DESTINATIONS: _in_front(body[DESTINATIONS], domain or first)}
    others = list(body.get(DESTINATIONS) or ())
    public = {_uri(d): d for d in others if _is_public(d)}
    others = [d for d in others if not _is_public(d)]
    if now == LISTED:
        listed = _in_front(body[LISTED], domain or first)
        mine = [public.get(_one(uri)) or {"type": PUBLIC, "uri": uri} for uri in listed]
        alone = said | {LISTED: listed}
    else:
        mine, alone = [], said
        if domain is not None:
            # The domain's own place goes where the domain goes, with what else is said of it.
            own = public.pop(_one(str(there.get(DOMAIN))), {"type": PUBLIC})
            mine = [public.pop(_one(domain), None) or {**own, "uri": domain}]
        # What was declared in the list, and no longer is, goes.
        others = [*(public.values() if before == DOMAIN else ()), *others]
    if others or any(len(place) > len(("type", "uri")) for place in mine):
        return said | {DESTINATIONS: [*mine, *others]}
    return alone


def _in_front(places: Sequence[Any], first: str | None) -> list[Any]:
    """Return places with the domain in front: Cloudflare takes the first public one for it."""
    if first is None:
        return list(places)
    return sorted(places, key=lambda place: _uri(place) != _one(first))


def _uri(place: Any) -> str | None:
    uri = place.get("uri") if isinstance(place, Mapping) else place
    return _one(uri) if isinstance(uri, str) else None


def _is_public(destination: Any) -> bool:
    return (
        isinstance(destination, Mapping)
        and destination.get("type") in (None, PUBLIC)
        and isinstance(destination.get("uri"), str)
    )


def _listed(places: Iterable[str]) -> str:
    return ", ".join(sorted(places)) or "none"
