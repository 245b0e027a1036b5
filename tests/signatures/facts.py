"""What a model says of its fields: their types as programs write and read them, their meanings."""

from __future__ import annotations

import ast
import functools
import inspect
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from pulumi_cloudflare_access.access import identity_provider_fields, policy_fields, rules
from pulumi_cloudflare_access.access.application_fields import AttachedPolicies, OauthGrant
from pulumi_cloudflare_access.access.application_types import Type
from pulumi_cloudflare_access.engine.lifecycle import ResourceLifecycle
from pulumi_cloudflare_access.fields.keyed import Keyed
from pulumi_cloudflare_access.fields.model import (
    Always,
    AlwaysManaged,
    ByConstructor,
    Default,
    Inputs,
    NotEmpty,
    NotSent,
    PartOf,
    State,
    Stays,
    Trigger,
    Unanswered,
)
from pulumi_cloudflare_access.fields.shapes import EXTRA, Objects, OneOrManyShape, Shape, Values
from pulumi_cloudflare_access.gateway import list_items, zero_trust_list
from pulumi_cloudflare_access.iam import account_member, grants, people, resource_group, scopes
from pulumi_cloudflare_access.program.references import InOrder, Names, References
from pulumi_cloudflare_access.text.secret_words import SECRET_FIELDS

WRITTEN, OUTPUT, FOUND = "written", "output", "found"
REFERENCES = "Sequence[Reference] | pulumi.Output[Sequence[str | Found]]"
# What entries of our own are, as programs write them, as outputs hold them, as look-ups find them.
TYPES: dict[type[Keyed | Shape], tuple[str, str, str]] = {
    type(rules.RULES): (
        "pulumi.Input[Sequence[pulumi.Input[Rule | Unchecked]]]",
        "Mapping[str, RuleOutput]",
        "Sequence[RuleFound]",
    ),
    References: (REFERENCES, "Mapping[str, ReferenceOutput]", "Sequence[str]"),
    Names: (REFERENCES, "Mapping[str, str]", "Sequence[str]"),
    AttachedPolicies: (
        "Sequence[Attached] | pulumi.Output[Sequence[str | Found]]",
        "Mapping[str, ReferenceOutput | str]",
        "Sequence[ApplicationPolicyFound]",
    ),
    grants._PermissionGroups: (  # noqa: SLF001 - there is one such list
        REFERENCES,
        "Mapping[str, PermissionGroupOutput]",
        "Sequence[PermissionGroupFound]",
    ),
    account_member.Roles: (REFERENCES, "Mapping[str, RoleOutput]", "Sequence[RoleFound]"),
    list_items.ListItems: (
        "pulumi.Input[Sequence[pulumi.Input[str | ListItem | Unchecked]]]",
        "Mapping[str, ListItemOutput]",
        "Sequence[ListItemOutput]",
    ),
    grants._ResourceGroups: (  # noqa: SLF001 - likewise
        "Sequence[Reference | Scope | Unchecked] | pulumi.Output[Sequence[str | Found]]",
        "Mapping[str, ReferenceOutput]",
        "Sequence[ResourceGroupFound]",
    ),
    scopes.Objects: (
        "Sequence[ScopeObject | Unchecked]",
        "Mapping[str, ScopeObjectOutput]",
        "Sequence[ScopeObjectOutput]",
    ),
    people.People: (
        "pulumi.Input[Sequence[Reference]]",
        "Mapping[str, PersonOutput]",
        "Sequence[PersonOutput]",
    ),
    people.PersonShape: ("Reference", "PersonOutput", "PersonOutput"),
}
# What the types are called that are not called like their models.
NAMES: dict[type[Inputs], str] = {
    policy_fields.PolicyInputs: "OwnedPolicy",
    policy_fields.ListedPolicyInputs: "OwnedPolicy",
    grants.PolicyInputs: "Grant",
    resource_group.ResourceGroupScope: "Scope",
    OauthGrant: "OauthGrant",
}
# Closed sets that have a name.
LITERALS: dict[tuple[Any, ...], str] = {
    get_args(Type): "ApplicationType",
    get_args(identity_provider_fields.Type): "IdentityProviderType",
    get_args(policy_fields.Decision): "Decision",
    rules.LEVELS: "RiskLevel",
    get_args(zero_trust_list.Type): "ListType",
}
PATH = "In the API, it is in the path."
NOT_SENT = "It is not sent to Cloudflare."
# What every constructor may take, and no model has.
COMMON = {
    "resource_name": "The name of the resource in the program and in the state.",
    "account_id": "The id of the account that it is in. Default: the one in the settings.",
    "zone_id": "The id of the zone that it is in, instead of an account.",
    "adopt": "`True` takes over an object that exists, found by its {found_by}; an id takes over "
    "the one with that id; `False` makes another one, whatever exists. Default: one is made.",
    "adopt_changes": "Let an adoption change what differs. Default: what differs is an error.",
    "opts": "Pulumi's options for the resource.",
}


# What takes over no object of its own.
ADOPT_OF_PARTS = {
    "access_application_policies": "`True` takes over the policies that the application has. "
    "Default: where it has any, that is an error.",
    "access_application_policy": "`True` takes over the application's policy of this name, an id "
    "the one with that id. Default: a policy is made.",
    "user_group_members": "`True` takes over the members whom the group has. "
    "Default: where it has others, that is an error.",
    "user_group_member": "`True` has a person who is in the group already be taken out when this "
    "resource goes. Default: that person stays.",
    "sso_connector_activation": "`True` says that a connector which is enabled already is meant. "
    "Default: it is taken over all the same.",
}


@dataclass(frozen=True)
class Argument:
    """One field of a model."""

    name: str
    wire: str
    info: FieldInfo
    doc: str
    is_whole: bool
    """Whether it is in an object that is compared with all its fields."""

    @property
    def is_required(self) -> bool:
        """Whether a program has to say it."""
        return self.info.is_required()

    def has(self, kind: type[Any]) -> bool:
        """Tell whether the annotation has a fact of this kind."""
        return self.fact(kind) is not None

    def fact(self, kind: type[Any]) -> Any:
        """Return the fact of this kind in the annotation, or None."""
        return next((one for one in self.info.metadata if isinstance(one, kind)), None)

    def type(self, mode: str) -> str:
        """Write the type of a value of it, as a Python expression."""
        if self.has(PartOf):
            return "Reference" if mode == WRITTEN else "str"
        return expression(self.info.annotation, self.info.metadata, mode)


@functools.cache
def arguments(model: type[Inputs | State]) -> tuple[Argument, ...]:
    """Return the fields of a model, with the docstrings that stand below them."""
    docs: dict[str, str] = docstrings(Inputs) if issubclass(model, Inputs) else {}
    for base in reversed(model.__mro__):
        if issubclass(base, (Inputs, State)) and base not in (Inputs, State):
            docs |= docstrings(base)
    return tuple(
        Argument(name, info.alias or name, info, docs.get(name, ""), getattr(model, "whole", False))
        # What an object holds beside its fields comes behind them.
        for name, info in sorted(model.model_fields.items(), key=lambda one: one[0] == EXTRA)
        if not (name in COMMON and name not in docs)
    )


def docstrings(model: type[Any]) -> dict[str, str]:
    """Read the docstrings below the fields of a class."""
    path = inspect.getsourcefile(model)
    assert path
    for node in parsed(Path(path)).body:
        if isinstance(node, ast.ClassDef) and node.name == model.__name__:
            pairs = zip(node.body, node.body[1:], strict=False)
            return {
                field.target.id: " ".join(below.value.value.split())
                for field, below in pairs
                if isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(below, ast.Expr)
                and isinstance(below.value, ast.Constant)
                and isinstance(below.value.value, str)
            }
    raise LookupError(f"{path}: no class {model.__name__}")


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


# -------------------------------------------------------------------------------------- types


def expression(annotation: Any, metadata: list[Any], mode: str) -> str:
    """Write the type of a field that has this annotation, and these facts."""
    for fact in metadata:
        if isinstance(fact, Keyed):
            return of_keyed(fact, mode)
        if isinstance(fact, OneOrManyShape):
            one = value_of(fact.model, mode)
            return given(f"{one} | Sequence[{given(one, mode)}]", mode)
        if type(fact) in TYPES:
            return TYPES[type(fact)][(WRITTEN, OUTPUT, FOUND).index(mode)]
    return given(bare(annotation, mode), mode)


def given(type_: str, mode: str) -> str:
    """Have a program give the value at once or later."""
    return f"pulumi.Input[{type_}]" if mode == WRITTEN and type_ != "Any" else type_


def bare(annotation: Any, mode: str) -> str:  # noqa: PLR0911 - a table of forms
    """Write a type that a program may also give as an Output."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in {Union, types.UnionType}:
        (annotation,) = [kind for kind in inner if kind is not type(None)]
        return bare(annotation, mode)
    if origin is Annotated:
        keyed = [fact for fact in inner[1:] if isinstance(fact, Keyed)]
        return unwrapped(of_keyed(keyed[0], mode)) if keyed else bare(inner[0], mode)
    if origin is Literal:
        return closed(inner, mode)
    if origin is dict:
        return f"Mapping[str, {given(bare(inner[1], mode), mode)}]"
    if origin is list:
        return f"Sequence[{given(bare(inner[0], mode), mode)}]"
    if annotation is Any:
        return "Any"
    if issubclass(annotation, Inputs):
        return value_of(annotation, mode)
    # The SDK gives every number inside an output as a float.
    return "float" if annotation is int and mode == OUTPUT else str(annotation.__name__)


def models_in(annotation: Any, metadata: list[Any]) -> list[type[Inputs]]:
    """Return the models of the objects that a field holds."""
    for fact in metadata:
        one = fact._entries if isinstance(fact, InOrder) else fact  # noqa: SLF001 - as above
        if isinstance(one, (Objects, OneOrManyShape)):
            return [one.model]
    if isinstance(annotation, type) and issubclass(annotation, Inputs):
        return [annotation]
    return [model for inner in get_args(annotation) for model in models_in(inner, [])]


def unwrapped(type_: str) -> str:
    return type_.removeprefix("pulumi.Input[")[:-1] if type_.startswith("pulumi.Input[") else type_


def closed(choices: tuple[Any, ...], mode: str) -> str:
    """Write a closed set. What an object has may be newer than this package."""
    if mode != WRITTEN:
        return "str"
    written = ", ".join(f'"{choice}"' for choice in choices)
    return LITERALS.get(choices, f"Literal[{written}]")


def of_keyed(keyed: Keyed, mode: str) -> str:
    """Write the type of a list that the state keeps as a map."""
    if type(keyed) in TYPES:
        return TYPES[type(keyed)][(WRITTEN, OUTPUT, FOUND).index(mode)]
    in_order = isinstance(keyed, InOrder)
    # The entry `order` is a line of text.
    line = " | str" if in_order and mode == OUTPUT else ""
    keyed = keyed._entries if isinstance(keyed, InOrder) else keyed  # noqa: SLF001 - as above
    if isinstance(keyed, Objects):
        entry = value_of(keyed.model, mode)
    elif isinstance(keyed, Values):
        entry = closed(keyed.choices, mode) if keyed.choices else "str"
    else:
        raise TypeError(f"say in TYPES what a {type(keyed).__name__} holds")
    if mode == OUTPUT:
        return f"Mapping[str, {entry}{line}]"
    return given(f"Sequence[{given(entry, mode)}]", mode)


def public(model: type[Inputs]) -> str:
    """Return what the type of a model is called."""
    return NAMES.get(model, model.__name__)


def name_of(model: type[Inputs], mode: str) -> str:
    """Return what the type of a model is called, in one of its three forms."""
    if mode == WRITTEN:
        return public(model)
    return public(model) + ("Found" if mode == FOUND and is_another_found(model) else "Output")


def value_of(model: type[Inputs], mode: str) -> str:
    """Write the type of an object: as it is described, or a dictionary that nobody checks."""
    return name_of(model, mode) + (" | Unchecked" if mode == WRITTEN else "")


@functools.cache
def is_another_found(model: type[Inputs]) -> bool:
    """Tell whether look-ups find it in another form than outputs hold it: lists instead of maps."""
    differ = any(one.type(OUTPUT) != one.type(FOUND) for one in arguments(model))
    return differ or bool(made(model))


def made(model: type[Inputs]) -> list[str]:
    """Return what else look-ups find in an object; policies have a type of their own."""
    if issubclass(model, policy_fields.PolicyInputs):
        return []
    return sorted(model.made - {one.wire for one in arguments(model)} - SECRET_FIELDS)


# ----------------------------------------------------------------------------------- meanings


def default(one: Argument) -> str:  # noqa: PLR0911 - likewise
    """Say what leaving a field out means."""
    if one.name == EXTRA:
        return "Default: none."
    if one.is_required:
        return "Required."
    fact = one.fact(Default)
    if fact is not None:
        return f"Default: {shown(fact.value)}."
    if "left out" in one.doc.lower():
        return ""
    if one.has(AlwaysManaged) or one.is_whole:
        return "Default: none."
    if one.has(Stays):
        return "Left out, it stays as it is."
    if one.has(Trigger):
        return "Left out, it does nothing."
    if one.has(NotSent):
        return "" if "Accept" in one.doc else "Left out, it says nothing."
    return "Left out, it is not managed."


def shown(value: Any) -> str:
    return "none" if value == [] else f"`{value}`"


def in_the_api(one: Argument) -> str:
    """Say where a request has it."""
    if one.has(PartOf):
        return PATH
    if one.name == EXTRA:
        return "API: each by its own name."
    return NOT_SENT if one.has(NotSent) or one.has(Trigger) else f"API: `{one.wire}`."


def meaning(one: Argument, was_default: str = "") -> str:
    """Say all that an editor shows of an argument."""
    kept = "Cloudflare never tells it." if one.has(Unanswered) else ""
    said = f"Default: {was_default}." if was_default else default(one)
    return " ".join(filter(None, (one.doc, kept, said, in_the_api(one))))


def common(name: str, kind: type[ResourceLifecycle]) -> str:
    """Say what an argument means that no model has."""
    in_path = name in ("account_id", "zone_id")
    text = COMMON[name].format(found_by=kind.natural_key_label)
    if name == "adopt":
        text = ADOPT_OF_PARTS.get(kind.kind, text)
    if in_path:
        text = f"{text} A change replaces the object. {PATH}"
    return text


def is_argument(one: Argument) -> bool:
    """Tell whether constructors take it."""
    return not one.has(ByConstructor)


def is_always_there(one: Argument) -> bool:
    """Tell whether every state of an object has this output."""
    # The state does not hold an empty list that is managed in any case.
    may_be_empty = one.has(Keyed) and one.has(AlwaysManaged) and not one.has(NotEmpty)
    return (one.is_required and not may_be_empty) or one.has(Always)


def is_in_accounts(kind: type[ResourceLifecycle]) -> bool:
    """Tell whether all objects of a kind are in accounts."""
    return kind.collection.scopes == ("account",)
