"""The outputs and the constructor of each resource, and the types of what look-ups find."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access.program.references import Found
from pulumi_cloudflare_access.program.resource import Resource

from . import facts
from .facts import FOUND, OUTPUT, WRITTEN, Argument
from .types_module import docstring, parameter_lines

RESOURCES: dict[str, type[Resource]] = {
    name: made
    for name in cloudflare.__all__
    if isinstance(made := getattr(cloudflare, name), type) and issubclass(made, Resource)
}
LOOK_UPS: dict[type[Found], type[Resource]] = {
    cloudflare.GetAccessApplicationResult: cloudflare.AccessApplication,
    cloudflare.GetAccessGroupResult: cloudflare.AccessGroup,
    cloudflare.GetAccessPolicyResult: cloudflare.AccessPolicy,
    cloudflare.GetAccountMemberResult: cloudflare.AccountMember,
    cloudflare.GetResourceGroupResult: cloudflare.ResourceGroup,
    cloudflare.GetUserGroupResult: cloudflare.UserGroup,
    cloudflare.GetZeroTrustListResult: cloudflare.ZeroTrustList,
}
# What annotations hold that is no type of `types.py`.
_OTHERS = {"Any", "Attached", "Found", "Input", "Literal", "Mapping", "Output", "Reference"}
_OTHERS |= {"Sequence", "None"}
# Of the first line of a docstring.
MOST = 80
_PLAIN = re.compile(r"(str|int|float|bool|Any)( \| None)?")


def files() -> dict[Path, list[type[Any]]]:
    """Return the files that hold resources and results of look-ups."""
    held: dict[Path, list[type[Any]]] = {}
    for made in (*RESOURCES.values(), *LOOK_UPS):
        held.setdefault(Path(str(inspect.getsourcefile(made))), []).append(made)
    return held


def rewritten(text: str, held: list[type[Any]]) -> str:
    """Write what stands in a file of these classes anew."""
    for made in held:
        text = _resource(text, made) if issubclass(made, Resource) else _look_up(text, made)
    return text


def _class(text: str, name: str) -> ast.ClassDef:
    return next(
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and node.name == name
    )


def _replaced(text: str, first: int, last: int, by: list[str]) -> str:
    """Put lines in place of others, which are counted from 1, the last one included."""
    lines = text.split("\n")
    return "\n".join([*lines[: first - 1], *by, *lines[last:]])


# ---------------------------------------------------------------------------------- resources


def _resource(text: str, made: type[Resource]) -> str:
    node = _class(text, made.__name__)
    constructor = next(
        one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"
    )
    text = _with_constructor(text, constructor, made)
    held = [one for one in node.body if _is_output(one)]
    if held:
        return _replaced(text, held[0].lineno, _end(held[-1], node.body), [*_outputs(made)])
    return _replaced(text, constructor.lineno, constructor.lineno - 1, [*_outputs(made), ""])


def _end(node: ast.stmt, body: list[ast.stmt]) -> int:
    """Return the last line of an output, its docstring included."""
    after = body[body.index(node) + 1 :]
    if after and isinstance(after[0], ast.Expr):
        node = after[0]
    return node.end_lineno or node.lineno


def _is_output(node: ast.stmt) -> bool:
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    return isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation).startswith(
        "pulumi.Output["
    )


def output_types(made: type[Resource]) -> dict[str, str]:
    """Return the type of every output of a resource."""
    kind = made.lifecycle
    found: dict[str, str] = {}
    scopes = {f"{scope}_id": "str" for scope in kind.collection.scopes}
    for name in kind.facts():
        if name in scopes:
            in_accounts = facts.is_in_accounts(kind)
            found[name] = scopes[name] + ("" if in_accounts else " | None")
    for one in _fields(made):
        there = facts.is_always_there(one)
        # Where it stands by itself, Pulumi makes a whole number of it.
        type_ = {"float": one.type(FOUND)}.get(one.type(OUTPUT), one.type(OUTPUT))
        found[one.wire] = type_ if there or type_ == "Any" else f"{type_} | None"
    return found


def _fields(made: type[Resource]) -> Iterator[Argument]:
    """Return the fields of the declaration, then those that Cloudflare makes."""
    yield from facts.arguments(made.lifecycle.inputs)
    yield from facts.arguments(made.lifecycle.state)


def _outputs(made: type[Resource]) -> Iterator[str]:
    docs = {one.wire: one.doc for one in facts.arguments(made.lifecycle.state)}
    hidden = {}
    for name, type_ in output_types(made).items():
        if _PLAIN.fullmatch(type_):
            yield f"    {name}: pulumi.Output[{type_}]"
            yield from docstring(docs[name], "    ") if name in docs else ()
        else:
            hidden[name] = type_
    if hidden:
        # Pulumi holds what it gets against annotations; mocks give what the program wrote.
        yield "    if TYPE_CHECKING:"
        for name, type_ in hidden.items():
            yield f"        {name}: pulumi.Output[{_qualified(type_)}]"
            yield from docstring(docs[name], "        ") if name in docs else ()


def _qualified(type_: str) -> str:
    """Name the module of the types that are in `types.py`."""
    texts = re.split(r'("[^"]*")', type_)
    return "".join(
        text
        if text.startswith('"')
        else re.sub(
            r"\b[A-Z]\w*",
            lambda word: word[0] if word[0] in _OTHERS else f"types.{word[0]}",
            text,
        )
        for text in texts
    )


def _with_constructor(text: str, node: ast.FunctionDef, made: type[Resource]) -> str:
    kind = made.lifecycle
    fields = {one.name: one for one in facts.arguments(kind.inputs) if facts.is_argument(one)}
    there = {
        argument.arg: (argument, default)
        for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    }
    names = list(there)
    at = next(n for n, name in enumerate(names) if name in facts.COMMON)
    names[at:at] = [name for name in fields if name not in there]
    parameters, docs = [], [("resource_name", facts.COMMON["resource_name"])]
    for name in names:
        argument, value = there.get(name, (None, None))
        written = "" if value is None else ast.unparse(value).replace("'", '"')
        if name in fields:
            one = fields[name]
            type_ = _qualified(one.type(WRITTEN))
            has_own = bool(written) and written != "None"
            if not one.is_required and type_ != "Any":
                type_ = f"{type_} | None"
            if not one.is_required:
                written = written or "None"
            meaning = facts.meaning(one, f"`{written.strip(chr(34))}`" if has_own else "")
            if name in kind.replaced_by:
                meaning = f"{meaning} A change replaces the object."
        elif argument is None or argument.annotation is None:
            raise TypeError(f"{made.__name__}: {name} has no annotation")
        else:
            type_, meaning = ast.unparse(argument.annotation), facts.common(name, kind)
        default = f" = {written}" if written else ""
        noqa = "  # noqa: A002 - Cloudflare's name for it" if hasattr(builtins, name) else ""
        parameters.append(f"        {name}: {type_}{default},{noqa}")
        docs.append((name, meaning))
    head = ["    def __init__(", "        self,", "        resource_name: str,", "        *,"]
    lines = [*head, *parameters, "    ) -> None:", *_documentation(made, docs)]
    body = node.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    return _replaced(text, node.lineno, body[0].lineno - 1, lines)


def _documentation(made: type[Resource], docs: list[tuple[str, str]]) -> Iterator[str]:
    indent = "        "
    summary = re.split(r"[:.]", str(made.__doc__).partition("\n")[0])[0]
    text = f"{summary[0].lower()}{summary[1:]}"
    text = text if len(text) < MOST else text.rpartition(", ")[0]
    yield f'{indent}"""Declare {text}.'
    yield ""
    yield from parameter_lines(docs, indent)
    yield f'{indent}"""'


# ----------------------------------------------------------------------------------- look-ups


def _look_up(text: str, made: type[Found]) -> str:
    """Give every field of a result that a declaration has the type of what is found."""
    fields: Mapping[str, Argument] = {one.wire: one for one in _fields(LOOK_UPS[made])}
    own = {field.name for field in dataclasses.fields(made)} - {"id", "name"}
    for name in sorted(own & fields.keys()):
        node = next(
            one
            for one in _class(text, made.__name__).body
            if isinstance(one, ast.AnnAssign) and ast.unparse(one.target) == name
        )
        value = ast.unparse(node.value) if node.value else ""
        type_ = _qualified(fields[name].type(FOUND))
        type_ = f"{type_} | None" if value == "None" else type_
        value = value.replace("'", '"')
        line = f"    {name}: {type_} = {value}"
        text = _replaced(text, node.lineno, node.end_lineno or 0, [line])
    return text
