"""What state files hold of objects that have everything, and that nothing of a kind is forgotten.

The golden file is a fact: users' states look like that. It is only ever added to.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.local import config_for
from harness.plugin import Plugin
from pulumi_cloudflare_access import LocalCloudflare, kinds
from pulumi_cloudflare_access.fields.keyed import Keyed
from pulumi_cloudflare_access.fields.shapes import (
    ExtraField,
    Field,
    MapShape,
    NestedShape,
    Objects,
    OneOrManyShape,
    OrderedShape,
    Shape,
)

HERE = Path(__file__).parent
EVERYTHING: dict[str, Any] = json.loads((HERE / "state_shapes.golden.json").read_text())
CONTRACTS: dict[str, Any] = json.loads((HERE / "contracts.golden.json").read_text())
GOLDEN: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds.KINDS}
for _one in EVERYTHING.values():
    GOLDEN[_one["kind"]].append(_one)
for _kind, _one in CONTRACTS["shapes"].items():
    GOLDEN[_kind].append(_one)
GOLDEN["access_group"].append(CONTRACTS["group"])

Path_ = tuple[str, ...]


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[LocalCloudflare, Plugin]]:
    account, zone = "0a5c8d1e2f3b4a6978c0d1e2f3a4b5c6", "1b6d9e2f3a4c5b7089d1e2f3a4b5c6d7"
    cloudflare = LocalCloudflare(account_id=account, zone_id=zone)
    with cloudflare, Plugin(config_for(cloudflare), os.environ) as plugin:
        yield cloudflare, plugin


@pytest.mark.parametrize("name", EVERYTHING)
def test_an_object_with_everything_has_the_shape_it_always_had(
    name: str, shared: tuple[LocalCloudflare, Plugin]
) -> None:
    cloudflare, plugin = shared
    cloudflare.reset()
    golden = EVERYTHING[name]
    cloudflare.seed(golden["seed"])
    made = plugin.up(golden["kind"], golden["declared"])
    assert like(made.inputs, golden["inputs"]) == golden["inputs"]
    assert like(made.outputs, golden["outputs"]) == golden["outputs"]


def like(found: Mapping[str, Any], golden: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is another each time."""
    return {name: "…" if golden.get(name) == "…" else value for name, value in found.items()}


# ---------------------------------------------------------------------------- nothing is forgotten


def paths(fields: Mapping[str, Field], above: Path_ = ()) -> Iterator[Path_]:
    """List every field, and every field in it; `*` is an entry of a list, `?` one or many."""
    for name, field in fields.items():
        if isinstance(field, ExtraField):
            # What is in it, no package knows: test_extra.py.
            continue
        yield (*above, name)
        yield from inside(field.shape, (*above, name))


def inside(shape: Shape, at: Path_) -> Iterator[Path_]:
    keyed = getattr(shape, "keyed", None)
    if isinstance(keyed, Keyed):
        yield (*at, "*")
        entries = getattr(keyed, "_entries", keyed)
        if isinstance(entries, Objects):
            yield from paths(entries.shape.fields, (*at, "*"))
    elif isinstance(shape, NestedShape):
        yield from paths(shape.fields, at)
    elif isinstance(shape, OrderedShape | MapShape):
        yield from inside(shape.item, (*at, "*"))
    elif isinstance(shape, OneOrManyShape):
        yield from inside(shape.one, (*at, "?"))


def has(value: Any, path: Path_) -> bool:
    """Tell whether there is something at a path."""
    if not path:
        return True
    first, *rest = path
    if first == "?":
        return has(value, tuple(rest)) or has(value, ("*", *rest))
    if first == "*":
        entries = value.values() if isinstance(value, dict) else value
        entries = entries if isinstance(value, dict | list) else [value]
        return any(has(entry, tuple(rest)) for entry in entries)
    return isinstance(value, dict) and first in value and has(value[first], tuple(rest))


# In no state: what a policy has from its application, and what reusable ones are refused.
NEVER = {
    ("access_application_policies", "zone_id"),
    ("access_application_policy", "zone_id"),
    ("access_policy", "connection_rules", "ssh"),
}


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_field_of_every_kind_and_every_list_is_in_the_shape_of_some_state(kind: str) -> None:
    states = [one["inputs"] for one in GOLDEN[kind]]
    assert states
    missing = [
        ".".join(path)
        for path in paths(kinds.load(kind).facts())
        if not any((kind, *path)[: len(never)] == never for never in NEVER)
        and not any(has(state, path) for state in states)
    ]
    assert missing == []
