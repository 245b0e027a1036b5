"""What users' state files and programs hold of us. Frozen: only ever added to."""

from __future__ import annotations

import base64
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pulumi.dynamic.dynamic import serialize_provider

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import kinds

if TYPE_CHECKING:
    from harness.plugin import Plugin
    from pulumi_cloudflare_access import LocalCloudflare

GOLDEN: dict[str, Any] = json.loads(Path(__file__).with_name("contracts.golden.json").read_text())
"""Written once, by hand or from a first run, and then a fact."""


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_what_the_state_holds_of_a_provider_is_small_and_frozen(kind: str) -> None:
    pickled = serialize_provider(kinds.load(kind))
    assert pickled == GOLDEN["providers"][kind]
    assert len(pickled) <= 200


@pytest.mark.parametrize(("kind", "pickled"), GOLDEN["providers"].items())
def test_every_provider_that_any_state_holds_can_be_loaded(kind: str, pickled: str) -> None:
    loaded = pickle.loads(base64.b64decode(pickled))  # noqa: S301 - our own
    assert loaded.kind == kind


@pytest.mark.parametrize(("name", "token"), GOLDEN["tokens"].items())
def test_a_resource_has_the_type_token_it_always_had(name: str, token: str) -> None:
    resource = getattr(cloudflare, name)
    assert f"pulumi-python:{resource._resource_type_name}" == token  # noqa: SLF001 - Pulumi's


@pytest.mark.parametrize(("name", "token"), GOLDEN["component_tokens"].items())
def test_a_component_has_the_type_token_it_always_had(name: str, token: str) -> None:
    assert getattr(cloudflare, name).kind == token


def test_the_public_names_are_these() -> None:
    assert cloudflare.__all__ == GOLDEN["names"]
    assert [name for name in cloudflare.__all__ if getattr(cloudflare, name, None) is None] == []
    assert [name for name in cloudflare.__all__ if name not in dir(cloudflare)] == []


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match='no attribute "AccessGruop"'):
        _ = cloudflare.AccessGruop  # type: ignore[attr-defined]


def loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter loads."""
    show = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    run = [sys.executable, "-c", f"{statement}; {show}"]
    return set(subprocess.run(run, check=True, capture_output=True, text=True).stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = {"pulumi", "httpx", "pydantic", "grpc", "werkzeug", "click", "rich"}
    assert loaded_by("import pulumi_cloudflare_access") & heavy == set()


def test_a_group_in_the_state_has_the_shape_it_always_had(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    [base] = cloudflare.seed({"access/groups": [GOLDEN["group"]["base"]]})["access/groups"]
    group = plugin.up("access_group", GOLDEN["group"]["declared"])
    computed = {"created_at": "…", "updated_at": "…", "account_id": "…"}
    assert group.inputs | {"account_id": "…"} == GOLDEN["group"]["inputs"]
    assert group.outputs | computed == GOLDEN["group"]["outputs"]
    assert base["id"] == GOLDEN["group"]["base"]["id"]


@pytest.mark.parametrize("kind", GOLDEN["shapes"])
def test_an_object_in_the_state_has_the_shape_it_always_had(
    plugin: Plugin, cloudflare: LocalCloudflare, kind: str
) -> None:
    golden = GOLDEN["shapes"][kind]
    cloudflare.seed(golden["seed"])
    made = plugin.up(kind, golden["declared"])
    assert like(made.inputs, golden["inputs"]) == golden["inputs"]
    assert like(made.outputs, golden["outputs"]) == golden["outputs"]


def like(found: dict[str, Any], golden: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is another each time."""
    return {name: "…" if golden.get(name) == "…" else value for name, value in found.items()}


def test_a_state_of_the_first_version_is_refreshed_kept_and_destroyed(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    plugin_kind, declared = "access_group", GOLDEN["group"]["declared"]
    cloudflare.seed({"access/groups": [GOLDEN["group"]["base"]]})
    made = plugin.up(plugin_kind, declared)
    scope = {"account_id": cloudflare.account_id}
    first = type(made)(
        made.urn,
        made.kind,
        made.id,
        GOLDEN["group"]["inputs"] | scope,
        GOLDEN["group"]["outputs"] | scope,
    )
    refreshed = plugin.refresh(first)
    assert refreshed
    assert (refreshed.did, refreshed.inputs) == ("same", first.inputs)
    assert plugin.up(plugin_kind, declared, was=refreshed).did == "same"
    plugin.destroy(refreshed)
    assert plugin.warnings == []
