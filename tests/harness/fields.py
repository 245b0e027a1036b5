"""The life of one field of one object, from its creation to its end, through the plugin's gRPC.

A test says which field, two values of it and what the API makes of its absence; every promise that
this package makes about a field is then kept or not, in the order in which an object lives.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from harness.plugin import CallFailed
from pulumi_cloudflare_access.fields.shapes import (
    ExtraField,
    Field,
    KeyedShape,
    NestedShape,
    Objects,
    OneOrManyShape,
    OrderedShape,
    Shape,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.plugin import Kept, Plugin
    from pulumi_cloudflare_access import LocalCloudflare

ABSENT: Any = object()
FIRST = "declared for the first time, and replaces what is there"
UNDECLARED = "not declared by the program, and not seen before"
# Collections that are not below `access/`.
BESIDE_ACCESS = ("iam/", "members", "gateway/", "devices/")
# What a warning says that is meant: a place was taken away.
CONSEQUENCE = "reachable without Access"


class Person:
    """Works by hand on one collection of the API."""

    def __init__(self, cloudflare: LocalCloudflare, collection: str, scope: str = "") -> None:
        below = collection if collection.startswith(BESIDE_ACCESS) else f"access/{collection}"
        self.path = f"/{scope or f'accounts/{cloudflare.account_id}'}/{below}"
        self._http = httpx.Client(
            transport=httpx.WSGITransport(app=cloudflare.app),
            base_url=cloudflare.base_url,
            headers={"Authorization": f"Bearer {cloudflare.token}"},
        )

    def make(self, body: Mapping[str, Any], below: str = "") -> Any:
        return self._ask("POST", below, body)

    def look(self, below: str = "") -> Any:
        return self._ask("GET", f"/{below}" if below else "")

    def write(self, below: str, body: Mapping[str, Any]) -> Any:
        return self._ask("PUT", f"/{below}", body)

    def patch(self, path: str, body: Mapping[str, Any]) -> None:
        """Change something anywhere."""
        answer = self._http.patch(path, json=body)
        assert answer.is_success, answer.text

    def has(self, id_: str) -> bool:
        return self._http.get(f"{self.path}/{id_}").status_code == 200

    def delete(self, below: str) -> None:
        self._ask("DELETE", f"/{below}")

    def _ask(self, verb: str, below: str, body: Any = None) -> Any:
        answer = self._http.request(verb, self.path + below, json=body)
        assert answer.is_success, answer.text
        return answer.json()["result"]


@dataclass(frozen=True)
class Life:
    """One field, two values of it, and what an answer has where nobody sent it."""

    kind: str
    base: Mapping[str, Any]
    field: str
    one: Any
    other: Any
    absent: Any = ABSENT

    def with_(self, value: Any) -> dict[str, Any]:
        return {**self.base, self.field: value}

    def lived(self, plugin: Plugin, cloudflare: LocalCloudflare, person: Person) -> None:
        """Adopt, create, nothing, change, drift, repair, removal, nothing, destroy."""
        self._adopted(plugin, cloudflare, person)
        made = plugin.up(self.kind, self.with_(self.one), name="made")
        assert meant(written(cloudflare)[-1]["body"][self.field]) == meant(self.one)
        made = self._quiet(plugin, cloudflare, made, self.with_(self.one))

        changed = plugin.up(self.kind, self.with_(self.other), was=made)
        assert changed.did == "update"
        assert meant(written(cloudflare)[-1]["body"][self.field]) == meant(self.other)
        assert told(plugin, but=CONSEQUENCE) == []
        changed = self._quiet(plugin, cloudflare, changed, self.with_(self.other))

        person.write(made.id, self.with_(self.one))
        drifted = plugin.refresh(changed)
        assert drifted
        assert drifted.did == "drift"
        [warning] = told(plugin, but=CONSEQUENCE)
        assert warning.startswith(f"changed at Cloudflare: {self.field}"), warning
        repaired = plugin.up(self.kind, self.with_(self.other), was=drifted)
        assert repaired.did == "update"
        # Of an object, what nobody declares may stay as somebody made it.
        assert holds(written(cloudflare)[-1]["body"][self.field], self.other)
        told(plugin)

        without = plugin.up(self.kind, self.base, was=repaired)
        assert without.did == "update"
        assert said(person.look(made.id).get(self.field, ABSENT)) == said(self.absent)
        assert self.field not in without.outputs
        told(plugin)
        self._quiet(plugin, cloudflare, without, self.base)

        plugin.destroy(without)
        assert not person.has(made.id)
        told(plugin)

    def first_declared(self, plugin: Plugin, cloudflare: LocalCloudflare, person: Person) -> None:
        """Have somebody set what nobody declares: no first declaration replaces it unseen."""
        base, one, other = self.base, self.with_(self.one), self.with_(self.other)
        made = plugin.up(self.kind, base, name="first")
        person.write(made.id, {**base, self.field: self.one})
        before = len(written(cloudflare))
        is_news = said(self.one) != said(self.absent)
        # What is said already is nothing new; nor is it sent.
        if is_news:
            equal = plugin.up(self.kind, one, was=made)
            assert (equal.did, told(plugin)) == ("update", [])
            # No answer shows its secrets.
            assert self.field == "scim_config" or len(written(cloudflare)) == before
            before = len(written(cloudflare))
            self._quiet(plugin, cloudflare, equal, one)
            with pytest.raises(CallFailed, match=f"{self.field}.*: {FIRST}"):
                plugin.up(self.kind, other, was=made)
            assert len(written(cloudflare)) == before
        told(plugin)

        seen = plugin.refresh(made)
        assert seen
        assert (seen.did, told(plugin)) == ("same", [])
        is_told = any(UNDECLARED in message for message in plugin.progress)
        assert is_told is is_news
        plugin.progress.clear()
        again = plugin.refresh(seen)
        assert again
        assert (again.did, again.outputs, plugin.progress) == ("same", seen.outputs, [])
        told_first = plugin.up(self.kind, other, was=seen)
        if is_news:
            assert any(FIRST in warning for warning in told(plugin))
        self._quiet(plugin, cloudflare, told_first, other)
        plugin.destroy(told_first)
        told(plugin)

    def is_empty_quietly(
        self, plugin: Plugin, cloudflare: LocalCloudflare, person: Person, nothing: Any
    ) -> None:
        """Declare what answers leave out: from the creation on, for the first time, and never."""
        cloudflare.switches.empty_values = "omitted"
        made = plugin.up(self.kind, self.with_(nothing), name="empty")
        assert said(written(cloudflare)[-1]["body"].get(self.field)) == "nothing"
        made = self._quiet(plugin, cloudflare, made, self.with_(nothing))
        person.write(made.id, {**self.base, self.field: self.one})
        drifted = plugin.refresh(made)
        assert drifted
        assert drifted.did == ("same" if said(self.one) == "nothing" else "drift")
        told(plugin)
        repaired = plugin.up(self.kind, self.with_(nothing), was=drifted)
        self._quiet(plugin, cloudflare, repaired, self.with_(nothing))
        plugin.destroy(repaired)
        told(plugin)
        base = plugin.up(self.kind, self.base, name="later")
        later = plugin.up(self.kind, self.with_(nothing), was=base)
        assert (later.did, told(plugin)) == ("update", [])
        self._quiet(plugin, cloudflare, later, self.with_(nothing))
        plugin.destroy(later)
        told(plugin)

    def quiet_without_empty(self, plugin: Plugin, cloudflare: LocalCloudflare) -> None:
        """Declare an object of which answers leave out what is empty: nothing is different."""
        cloudflare.switches.empty_values = "omitted"
        made = plugin.up(self.kind, self.with_(self.one), name="empty")
        self._quiet(plugin, cloudflare, made, self.with_(self.one))
        plugin.destroy(made)

    def _adopted(self, plugin: Plugin, cloudflare: LocalCloudflare, person: Person) -> None:
        there = person.make(self.with_(self.one))["id"]
        before = len(written(cloudflare))
        with pytest.raises(CallFailed, match=f"would change: {self.field}"):
            plugin.up(self.kind, {**self.with_(self.other), "adopt": there}, name="other")
        adopted = plugin.up(self.kind, {**self.with_(self.one), "adopt": there}, name="equal")
        assert (adopted.id, len(written(cloudflare))) == (there, before)
        # That it may be the account's own is told once.
        told(plugin)
        self._quiet(plugin, cloudflare, adopted, {**self.with_(self.one), "adopt": there})
        # Not by destroy: in the run that has adopted it, that would be another resource's.
        person.delete(there)

    def _quiet(
        self, plugin: Plugin, cloudflare: LocalCloudflare, kept: Kept, declared: Mapping[str, Any]
    ) -> Kept:
        """Look, shuffle and run again: nothing is to do, and nothing is said."""
        before = len(written(cloudflare))
        again = plugin.up(self.kind, shuffled(declared), was=kept)
        assert again.did == "same"
        refreshed = plugin.refresh(again)
        assert refreshed
        assert (refreshed.did, refreshed.outputs) == ("same", again.outputs)
        again = plugin.up(self.kind, declared, was=refreshed)
        assert again.did == "same"
        assert len(written(cloudflare)) == before
        assert told(plugin) == []
        return again


def written(cloudflare: LocalCloudflare) -> list[dict[str, Any]]:
    """Return every request that changed something."""
    return [asked for asked in cloudflare.requests if asked["method"] != "GET"]


def told(plugin: Plugin, but: str | None = None) -> list[str]:
    """Return the warnings since the last time, those of one sort left out."""
    warnings = [warning for warning in plugin.warnings if but is None or but not in warning]
    plugin.warnings.clear()
    return warnings


def holds(there: Any, declared: Any) -> bool:
    """Tell whether an object has everything that was declared of it."""
    if isinstance(declared, dict) and isinstance(there, dict):
        return all(holds(there.get(key), inner) for key, inner in declared.items())
    if isinstance(declared, list) and isinstance(there, list) and len(declared) == len(there):
        return all(any(holds(one, inner) for one in there) for inner in declared)
    return said(there) == said(declared)


def meant(value: Any) -> str:
    """Write a value without the order of its lists, and without what the local API adds."""
    if isinstance(value, dict):
        kept = {key: meant(inner) for key, inner in value.items() if key != "local_cloudflare"}
        return json.dumps(kept, sort_keys=True)
    if isinstance(value, list):
        return json.dumps(sorted(map(meant, value)))
    return "absent" if value is ABSENT else json.dumps(value)


def said(value: Any) -> str:
    """Write a value; what is false or empty says what is absent does."""
    nothing = value is ABSENT or value is None or value is False or value in ("", [], {})
    return "nothing" if nothing else meant(value)


ORDERED = frozenset({"authentication", "footer_links", "mappings", "policies"})


def shuffled(value: Any, name: str = "") -> Any:
    """Shuffle every list whose order means nothing."""
    if isinstance(value, dict):
        return {key: shuffled(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        items = [shuffled(inner) for inner in value]
        return items if name in ORDERED else random.sample(items, len(items))
    return value


def described(fields: Mapping[str, Field], above: str = "") -> set[str]:
    """Return every field that programs can declare, with the fields inside it."""
    found = set()
    for name, field in fields.items():
        if isinstance(field, ExtraField):
            continue
        found |= {f"{above}{name}"} | _inside(field.shape, f"{above}{name}.")
    return found


def _inside(shape: Shape, above: str) -> set[str]:
    match shape:
        case NestedShape(inner) | OneOrManyShape(NestedShape(inner)):
            return described(inner, above)
        case KeyedShape(Objects() as entries):
            return described(entries.shape.fields, above)
        case OrderedShape(item):
            return _inside(item, above)
        case _:
            return set()
