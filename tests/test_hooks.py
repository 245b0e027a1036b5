"""What a kind may define: a hook of `engine/hooks.py`, a fact, or a helper of its own."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, get_type_hints

import pytest

from harness.fresh import Run
from harness.local import strict
from pulumi_cloudflare_access import kinds
from pulumi_cloudflare_access.access.group import AccessGroupProvider
from pulumi_cloudflare_access.engine.hooks import (
    CheckHooks,
    DiffHooks,
    Facts,
    Hooks,
    ProgramHooks,
    RemoteHooks,
)
from pulumi_cloudflare_access.engine.lifecycle import ResourceLifecycle
from pulumi_cloudflare_access.fields.keyed import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINE = "pulumi_cloudflare_access.engine."
FACTS = frozenset(get_type_hints(Facts))
PHASES = (ProgramHooks, CheckHooks, DiffHooks, RemoteHooks)
HOOKS = frozenset(name for of in PHASES for name in vars(of) if not name.startswith("_"))
# Class attributes of the lifecycle itself, with those that Python and Pulumi have there.
ENGINES = frozenset(name for of in ResourceLifecycle.__mro__ for name in vars(of))
PROVIDERS = {kind: type(kinds.load(kind)) for kind in kinds.KINDS}


def unknown_names(kind: type) -> Iterator[str]:
    """Name what a class chain outside the engine's room defines and the protocol does not have."""
    for of in kind.__mro__:
        if not issubclass(of, Facts) or of.__module__.startswith(ENGINE):
            continue
        for name in vars(of):
            if name.startswith("__") or name in HOOKS | FACTS:
                continue
            if not name.startswith("_"):
                yield f"{of.__name__}.{name}: no hook; a helper of the kind's begins with _"
            elif name in ENGINES:
                yield f"{of.__name__}.{name}: the lifecycle has a method of that name"


@pytest.mark.parametrize("kind", PROVIDERS)
def test_a_kind_defines_hooks_facts_and_helpers_alone(kind: str) -> None:
    assert list(unknown_names(PROVIDERS[kind])) == []


def test_a_misspelt_hook_is_found() -> None:
    class Misspelt(AccessGroupProvider):
        def deletion_warning(self) -> None: ...

    assert [*unknown_names(Misspelt)] == [
        "Misspelt.deletion_warning: no hook; a helper of the kind's begins with _"
    ]


def test_a_helper_with_the_name_of_a_method_of_the_engine_is_found() -> None:
    helper: dict[str, Any] = {"_outputs": dict}
    of = type("Covering", (AccessGroupProvider,), helper)
    assert [*unknown_names(of)] == [
        "Covering._outputs: the lifecycle has a method of that name",
    ]


def test_a_misspelt_hook_of_what_several_kinds_have_in_common_is_found() -> None:
    common = type("Common", (ResourceLifecycle,), {"scope": ("account",)})
    of = type("Kind", (common,), {"kind": "x"})
    assert [*unknown_names(of)] == ["Common.scope: no hook; a helper of the kind's begins with _"]


@pytest.mark.parametrize("kind", PROVIDERS)
def test_hooks_take_what_the_protocol_says(kind: str) -> None:
    # mypy compares types; what it lets through are other names of the parameters.
    for name in sorted(HOOKS):
        ours = inspect.signature(getattr(Hooks, name))
        theirs = inspect.signature(getattr(PROVIDERS[kind], name))
        if not isinstance(inspect.getattr_static(PROVIDERS[kind], name), staticmethod):
            assert list(theirs.parameters) == list(ours.parameters), name


def test_a_hook_runs_in_one_phase() -> None:
    named = [name for of in PHASES for name in vars(of) if name in HOOKS]
    assert sorted(named) == sorted(HOOKS)


def test_every_hook_says_what_it_gets_and_returns() -> None:
    for name in sorted(HOOKS):
        assert inspect.getdoc(getattr(Hooks, name)), name
        hints = get_type_hints(getattr(Hooks, name))
        assert "return" in hints, name


def test_the_lifecycle_adds_no_hook() -> None:
    # What the engine calls, what Pulumi's own class has, and what others ask of a kind.
    calls = {"check", "diff", "create", "read", "update", "delete", "configure"}
    services = {"settings", "client", "facts", "unknown", "with_keys_spelled"}
    services |= {"permission", "per_page", "adoption_differences", "use", "secrets_inside"}
    services |= {"tells_creation_time"}
    public = {
        name
        for of in ResourceLifecycle.__mro__
        if of.__module__.startswith(ENGINE)
        for name in vars(of)
        if not name.startswith("_")
    }
    assert public - HOOKS - FACTS == calls | services | {"serialize_as_secret_always"}


@pytest.mark.parametrize("kind", PROVIDERS)
def test_a_kind_that_is_not_a_part_is_called_as_its_list_is(kind: str) -> None:
    # What refers to an object, or stands in its way, is named by the list in which it was found.
    of = PROVIDERS[kind]
    assert of.part_of or of.collection.display_name == of.display_name


def test_the_tests_notice_an_unknown_value_where_there_must_be_none() -> None:
    with strict() as cloudflare:
        provider = Run(cloudflare).provider("access_application")
    unknown = {"name": "Wiki", "policies": {"<unknown>": UNKNOWN}}
    assert [*provider.warnings({"name": "Wiki"}, {})] == [*provider.warnings(unknown, {})]
    with pytest.raises(AssertionError, match="deletion_warnings: declared"):
        provider.deletion_warnings(unknown)
