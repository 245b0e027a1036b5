"""What editors and type checkers read is what the models say, and says all that it has to."""

from __future__ import annotations

import contextvars
import dataclasses
import inspect
import json
import re
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from pulumi._types import resource_types
from pulumi.runtime import settings

import pulumi_cloudflare_access as cloudflare
from harness import program as running
from harness.fitting import misfits
from pulumi_cloudflare_access import grants, kinds, rules, scopes, types
from pulumi_cloudflare_access.components.component import Component
from signatures import facts
from signatures.__main__ import due
from signatures.resources import LOOK_UPS, RESOURCES, output_types

if TYPE_CHECKING:
    from harness.account import Account
    from harness.plugin import Plugin

COMPONENTS: dict[str, type[Component]] = {
    name: made
    for name in cloudflare.__all__
    if isinstance(made := getattr(cloudflare, name), type) and issubclass(made, Component)
}
OTHERS = [
    "Cloudflare",
    "read_teams",
    "teams_from_file",
    *(name for name in cloudflare.__all__ if name.startswith("get_")),
]
# What the golden file has for what is another each time.
ANOTHER = "…"
EVERYTHING: dict[str, Any] = json.loads(
    Path(__file__).with_name("state_shapes.golden.json").read_text()
)
FUNCTIONS: dict[str, Any] = {
    f"{module.__name__.rpartition('.')[2]}.{name}": function
    for module in (rules, grants, scopes)
    for name, function in vars(module).items()
    if inspect.isfunction(function)
    and function.__module__ == module.__name__
    and not name.startswith("_")
    and inspect.signature(function).return_annotation in {"Rule", "Policy", "Scope"}
}


def documented(text: str | None) -> dict[str, str]:
    """Return what a docstring says of each parameter."""
    flat = " ".join((text or "").split())
    found = re.findall(r":param (\w+): (.*?)(?= :param |$)", flat)
    return dict(found)


def test_every_generated_file_is_as_the_models_say() -> None:
    """`make generate` writes them."""
    old = [
        path.name for path, text in due().items() if not path.exists() or path.read_text() != text
    ]
    assert old == []


@pytest.mark.parametrize("name", RESOURCES)
def test_every_output_of_a_resource_has_its_type(name: str) -> None:
    made = RESOURCES[name]
    source = inspect.getsource(made)
    annotated = dict(re.findall(r"^ +(\w+): pulumi\.Output\[(.*)\]$", source, re.MULTILINE))
    assert annotated.keys() == set(made._outputs())  # noqa: SLF001 - what the SDK is told of
    untyped = [field for field, type_ in output_types(made).items() if type_ == "Any"]
    fields = made.lifecycle.facts()
    assert [field for field in untyped if not fields[field].trigger] == []


def test_an_application_has_52_outputs() -> None:
    assert len(output_types(cloudflare.AccessApplication)) == 52


@pytest.mark.parametrize("name", RESOURCES)
def test_pulumi_can_read_the_annotations_of_a_resource(name: str) -> None:
    """It does when the first object of a kind is registered, and holds values against them."""
    types_ = resource_types(RESOURCES[name])
    outputs = {field: types_[field] for field in output_types(RESOURCES[name]) if field in types_}
    assert set(outputs.values()) <= {str, int, float, bool, Any}


@pytest.mark.parametrize("name", RESOURCES)
def test_an_editor_shows_every_argument_with_meaning_default_and_the_apis_name(name: str) -> None:
    made = RESOURCES[name]
    taken = [*inspect.signature(made).parameters]
    told = documented(made.__init__.__doc__)
    assert [*told] == taken
    fields = {one.name: one for one in facts.arguments(made.lifecycle.inputs)}
    for argument, text in told.items():
        one = fields.get(argument)
        assert len(text.split()) > 3, argument
        if one is None:
            assert argument in facts.COMMON
            continue
        assert one.doc, argument
        known = r"API: `\w+`|by its own name|in the path|not sent to Cloudflare"
        assert re.search(known, text), argument
        assert re.search(r"Required|Default: |[Ll]eft out|leaves it out|Accept ", text), argument


@pytest.mark.parametrize("name", COMPONENTS)
def test_an_editor_shows_every_argument_of_a_component(name: str) -> None:
    made = COMPONENTS[name]
    told = documented(made.__init__.__doc__)
    assert [*told] == [*inspect.signature(made).parameters]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_editor_shows_every_argument_of_a_function(name: str) -> None:
    function = FUNCTIONS[name]
    assert [*documented(function.__doc__)] == [*inspect.signature(function).parameters]


@pytest.mark.parametrize("name", OTHERS)
def test_an_editor_shows_every_argument_of_what_else_is_public(name: str) -> None:
    made = getattr(cloudflare, name)
    told = documented(made.__init__.__doc__ if inspect.isclass(made) else made.__doc__)
    assert [*told] == [*inspect.signature(made).parameters]


def test_every_key_of_every_type_has_a_meaning() -> None:
    for kind in kinds.KINDS:
        for one in facts.arguments(kinds.load(kind).inputs):
            assert one.doc, (kind, one.name)
    names = [name for name in types.__all__ if typing.is_typeddict(getattr(types, name))]
    assert len(names) > 100
    for name in names:
        held = getattr(types, name)
        if "__annotations__" not in vars(held) or held.__module__ != types.__name__:
            continue
        source = inspect.getsource(held)
        keys = re.findall(r"^    (\w+): ", source, re.MULTILINE)
        # Each is followed by a docstring, and there is one of the type.
        assert len(re.findall(r'^    r?"""', source, re.MULTILINE)) >= len(keys) + 1, name


def test_the_types_are_dictionaries_at_run_time() -> None:
    policy: types.OwnedPolicy = {"name": "A", "decision": "deny", "include": [rules.everyone()]}
    assert policy == {"name": "A", "decision": "deny", "include": [{"everyone": {}}]}


# ------------------------------------------------------------------------- the types are the truth


@pytest.mark.parametrize("name", EVERYTHING)
def test_an_object_with_everything_fits_its_types(name: str) -> None:
    """What a program writes of it, and what its outputs hold."""
    golden = EVERYTHING[name]
    made = next(r for r in RESOURCES.values() if r.lifecycle.kind == golden["kind"])
    outputs = output_types(made)
    fields = {one.name: one for one in facts.arguments(made.lifecycle.inputs)}
    found = [
        told
        for field, value in golden["declared"].items()
        if field in fields
        for told in misfits(value, fields[field].type(facts.WRITTEN), field)
        # The golden file has what constructors make of references.
        if not told.endswith("is not a key of AttachedPolicy")
    ]
    for field, type_ in outputs.items():
        value = golden["outputs"].get(field)
        # Of a number that stands by itself, Pulumi makes what the annotation says.
        value = int(value) if isinstance(value, float) and "int" in type_ else value
        found += misfits(value, type_, f"outputs.{field}") if value != ANOTHER else []
    assert found == []


@pytest.mark.parametrize("name", [n for n in EVERYTHING if "of a zone" not in n])
def test_what_a_look_up_finds_of_an_object_with_everything_fits_its_types(
    name: str, account: Account, shared_plugin: Plugin
) -> None:
    golden = EVERYTHING[name]
    results = {made.lifecycle.kind: result for result, made in LOOK_UPS.items()}
    if golden["kind"] not in results:
        pytest.skip("it is part of another object")
    account.cloudflare.seed(golden["seed"])
    running.start(account.cloudflare)
    made = shared_plugin.up(golden["kind"], golden["declared"])

    def look_up() -> Any:
        # Another run of a program: one reads each list once.
        settings.set_root_resource(pulumi.ComponentResource("a:b:C", name))
        return getattr(cloudflare, f"get_{golden['kind']}")(id=made.id)

    found = contextvars.copy_context().run(look_up)
    fields = dataclasses.fields(results[golden["kind"]])
    assert [
        told
        for one in fields
        for told in misfits(getattr(found, one.name), str(one.type), one.name)
    ] == []
