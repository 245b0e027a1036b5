"""The text of `types.py`: one TypedDict for each object inside a declaration."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

from pulumi_cloudflare_access import kinds
from pulumi_cloudflare_access.access import rules
from pulumi_cloudflare_access.access.policy_fields import PolicyInputs
from pulumi_cloudflare_access.fields.model import Inputs, Unanswered

from . import facts
from .facts import FOUND, LITERALS, OUTPUT, WRITTEN, Argument

WIDTH = 100

HEAD = '''"""The types of what declarations, outputs and look-ups hold, for editors and checkers.

    from pulumi_cloudflare_access import types

    staff: types.OwnedPolicy = {"name": "Staff", "decision": "allow", "include": [rules.everyone()]}

They are dictionaries: a type named as here (`Destination`) is what a program writes, one that ends
in `Output` what the outputs of resources hold, one that ends in `Found` what look-ups find. In
outputs, lists whose order means nothing are maps, keyed by what a person would call an entry.

A dictionary whose values no checker knows (`dict[str, Any]`) is accepted wherever one of these is.

Written by `make generate` from the models; edit those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypeAlias, TypedDict

import pulumi

from .program.references import Attached, AttachedPolicy, Found, Reference, Unchecked
'''
MADE = "Cloudflare makes it."
FROM_REFERENCES = ("Attached", "AttachedPolicy", "Found", "Reference", "Unchecked")
BY_HAND = '''
class ScopeObject(TypedDict, total=False):
    """One object that a scope holds; `scopes` has functions that make them."""

    key: Required[pulumi.Input[str]]
    """The object's key, such as `com.cloudflare.api.account.zone.<id>`, or `*` for everything."""
    label: str
    """What keys of the state call it. It is not sent to Cloudflare."""
    of: pulumi.Input[str]
    """The URN of the resource that it is. It is not sent to Cloudflare."""


class ScopeObjectOutput(TypedDict, total=False):
    """One object that a scope holds."""

    key: Required[str]
    """The object's key."""
    of: str
    """The URN of the resource that it is, where the program gave the resource."""


class ReferenceOutput(TypedDict, total=False):
    """An object that another one refers to."""

    id: Required[str]
    """The id of the object."""
    of: str
    """The URN of its resource, where the program gave the resource."""


class PersonOutput(TypedDict, total=False):
    """A member of a user group."""

    email: str
    """The e-mail address."""
    id: str
    """The id of the account member."""
    status: str
    """`accepted`, or `pending` until an invitation is accepted."""


class PermissionGroupOutput(TypedDict, total=False):
    """A permission group in a policy of IAM."""

    name: str
    """What the program calls it."""
    id: str
    """Its id."""


class RoleOutput(TypedDict, total=False):
    """A role of an account member."""

    name: str
    """What the program calls it."""
    id: str
    """Its id."""


class ListItem(TypedDict, total=False):
    """One value of a Zero Trust list."""

    value: Required[pulumi.Input[str]]
    """The value: an e-mail address, an IP address or range, whatever the list is of."""
    description: pulumi.Input[str] | None
    """What somebody should know about it."""


class ListItemOutput(TypedDict, total=False):
    """One value of a Zero Trust list."""

    value: Required[str]
    """The value."""
    description: str
    """What somebody should know about it."""


class PermissionGroupFound(TypedDict, total=False):
    """A permission group in a policy of IAM."""

    id: Required[str]
    """Its id."""
    name: str
    """Its name."""
    meta: Mapping[str, Any]
    """What Cloudflare says about it."""


class ResourceGroupFound(TypedDict, total=False):
    """A resource group in a policy of IAM."""

    id: Required[str]
    """Its id."""
    name: str
    """Its name."""
    scope: ScopeFound
    """What it holds."""
    meta: Mapping[str, Any]
    """What Cloudflare says about it."""
    editable: bool
    """Whether it can be changed: Cloudflare's own cannot."""


class RoleFound(TypedDict, total=False):
    """A role of an account member."""

    id: Required[str]
    """Its id."""
    name: str
    """Its name."""
    description: str
    """What it is for."""
    permissions: Mapping[str, Any]
    """What it allows."""


class ApplicationPolicyFound(OwnedPolicyFound, total=False):
    """A policy of an application, reusable or its own."""

    id: Required[str]
    """Its id."""
    uid: str
    """Its id, by an older name."""
    app_count: int
    """Of a reusable policy: how many applications have it."""
    precedence: int
    """Its place: the lowest is decided first."""
    reusable: bool
    """Whether it is a reusable policy."""
    created_at: str
    """When it was made, as RFC 3339."""
    updated_at: str
    """When it was changed last, as RFC 3339."""
'''


def text() -> str:
    """Write the module."""
    parts = [*map(_literal, LITERALS.items()), *_rules()]
    parts += [part for model in models() for part in _forms(model)]
    parts += [BY_HAND, *_application_arguments()]
    body = "\n\n".join(part.strip("\n") for part in parts) + "\n"
    names = [*re.findall(r"^(?:class )?([A-Z]\w*)[(:]", body, re.MULTILINE), *FROM_REFERENCES]
    listed = ", ".join(f'"{name}"' for name in sorted(names))
    return f"{HEAD}\n__all__ = [{listed}]\n\n{body}"


def models() -> list[type[Inputs]]:
    """Return every model inside the declarations of all kinds, the inner ones first."""
    found: dict[str, type[Inputs]] = {}
    for kind in kinds.KINDS:
        for one in facts.arguments(kinds.load(kind).inputs):
            _collect(facts.models_in(one.info.annotation, one.info.metadata), found)
    return list(found.values())


def _collect(models: Iterable[type[Inputs]], found: dict[str, type[Inputs]]) -> None:
    for model in models:
        for one in facts.arguments(model):
            _collect(facts.models_in(one.info.annotation, one.info.metadata), found)
        found.setdefault(facts.public(model), model)


def _literal(closed: tuple[tuple[str, ...], str]) -> str:
    choices, name = closed
    written = ", ".join(f'"{choice}"' for choice in choices)
    return f"{name}: TypeAlias = Literal[{written}]"


def _forms(model: type[Inputs]) -> Iterator[str]:
    """Write what programs write, what outputs hold, what look-ups find."""
    doc = str(model.__doc__).partition("\n")[0]
    if issubclass(model, PolicyInputs):
        doc = "A policy: one decision, and whom it is for."
    fields = facts.arguments(model)
    yield _typed_dict(facts.name_of(model, WRITTEN), doc, map(_written, fields))
    for mode in (OUTPUT, FOUND) if facts.is_another_found(model) else (OUTPUT,):
        held = [(one.wire, _held(one, mode), one.doc) for one in fields]
        held += [(name, "str", MADE) for name in facts.made(model)] if mode == FOUND else []
        yield _typed_dict(facts.name_of(model, mode), doc, held)


def _written(one: Argument) -> tuple[str, str, str]:
    type_ = one.type(WRITTEN)
    type_ = f"Required[{type_}]" if one.is_required else f"{type_} | None"
    return one.wire, type_.replace("Any | None", "Any"), facts.meaning(one)


def _held(one: Argument, mode: str) -> str:
    is_there = one.is_required and not one.has(Unanswered)
    return f"Required[{one.type(mode)}]" if is_there else one.type(mode)


def _typed_dict(
    name: str, doc: str, fields: Iterable[tuple[str, str, str]], base: str = "TypedDict"
) -> str:
    lines = [f"class {name}({base}, total=False):", *docstring(doc, "    "), ""]
    for field, type_, meaning in fields:
        noqa = "" if field == field.lower() else "  # noqa: N815 - Cloudflare's name for it"
        lines += [f"    {field}: {type_}{noqa}", *docstring(meaning, "    ")]
    return "\n".join(lines)


def docstring(text: str, indent: str) -> list[str]:
    """Write a docstring in lines of 100 characters."""
    quote = 'r"""' if "\\" in text else '"""'
    if len(one := f'{indent}{quote}{text}"""') <= WIDTH:
        return [one]
    first, *rest = textwrap.wrap(text, WIDTH - len(indent) - len(quote))
    return [f"{indent}{quote}{first}", *(indent + line for line in rest), f'{indent}"""']


def parameter_lines(docs: Iterable[tuple[str, str]], indent: str) -> Iterator[str]:
    """Write what a docstring says of parameters."""
    for name, meaning in docs:
        yield from textwrap.wrap(
            f":param {name}: {meaning}",
            WIDTH,
            initial_indent=indent,
            subsequent_indent=f"{indent}    ",
            break_long_words=False,
            break_on_hyphens=False,
        )


# ------------------------------------------------------------------------------------- rules


def _rules() -> Iterator[str]:
    """Write the selectors, and a rule, which has one of them."""
    for selector in rules.SELECTORS:
        doc = _meaning_of(selector)
        for end, mode in (("Selector", WRITTEN), ("SelectorOutput", OUTPUT)):
            fields = [line for field in selector.fields for line in _keys(field, mode)]
            yield _typed_dict(_camel(selector.name) + end, doc, fields)
    for name, end in (("Rule", "Selector"), ("RuleFound", "SelectorOutput")):
        keys = {one.wire: _camel(one.name) + end for one in rules.SELECTORS}
        if name == "Rule":
            keys = {wire: f"pulumi.Input[{type_}]" for wire, type_ in keys.items()}
        strange = {wire: type_ for wire, type_ in keys.items() if not wire.isidentifier()}
        base = f"_{name}"
        written = ", ".join(f'"{wire}": {type_}' for wire, type_ in strange.items())
        # No class can have such a key.
        yield f'{base} = TypedDict("{base}", {{{written}}}, total=False)'
        held = ((s.wire, keys[s.wire], _meaning_of(s)) for s in rules.SELECTORS)
        doc = "A rule: exactly one selector. `rules` has functions that make them."
        yield _typed_dict(name, doc, (one for one in held if one[0] not in strange), base)
    beside = [
        ("of", "str", "The URN of the resource that it refers to."),
        ("raw", "bool", "Whether it was made by `rules.raw`."),
    ]
    yield _typed_dict("RuleOutput", "A rule, as outputs hold it.", beside, "RuleFound")


def _meaning_of(selector: rules.Selector) -> str:
    return str(getattr(rules, selector.name).__doc__).partition("\n")[0]


def _keys(field: rules.Field, mode: str) -> Iterator[tuple[str, str, str]]:
    text = facts.closed(field.choices, mode) if field.choices else "str"
    type_ = f"Sequence[{facts.given(text, mode)}]" if field.many else text
    type_ = facts.given(type_, mode)
    needed = field.required and not field.aliases
    yield field.name, f"Required[{type_}]" if needed else type_, field.doc
    for alias in field.aliases if mode == WRITTEN else ():
        yield alias, type_, f"An older name of `{field.name}`."


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


# -------------------------------------------------------------------------------- components


def _application_arguments() -> Iterator[str]:
    kind = kinds.load("access_application")
    fields = [one for one in facts.arguments(kind.inputs) if one.name != "policies"]
    held = [_written(one) for one in fields]
    # The constructor has a default for it.
    held = [
        (n, t.replace("Required[", "", 1).removesuffix("]") if n == "type" else t, d)
        for n, t, d in held
    ]
    for name, type_ in (
        ("account_id", "pulumi.Input[str] | None"),
        ("zone_id", "pulumi.Input[str] | None"),
        ("adopt", "bool | str | None"),
        ("adopt_changes", "bool | None"),
    ):
        held.append((name, type_, facts.common(name, type(kind))))
    doc = "What `AccessApplication` takes, its policies left out."
    yield _typed_dict("ApplicationArguments", doc, held)
