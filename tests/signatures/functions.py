"""The documentation of the functions that make rules, from the table of selectors."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from pulumi_cloudflare_access.access import rules

from .types_module import parameter_lines

# Parameters that are called otherwise than the field that they give.
FIELDS = {("azure_ad", "group_id"): "id", ("user_risk_score", "levels"): "user_risk_score"}
REFERENCE = "{}: the resource, its id, or what a look-up found."
OTHERS = {
    "identity_provider": REFERENCE.format("The identity provider that says so"),
    "label": "What keys of the state call the object. Default: its name, of a plain id the id.",
}


def path() -> Path:
    """Return the file that holds the functions."""
    return Path(str(inspect.getsourcefile(rules)))


def rewritten(text: str) -> str:
    """Write the documentation of every function anew; the first sentence is the function's own."""
    lines = text.split("\n")
    found = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    nodes = [(found[selector.name], selector) for selector in rules.SELECTORS]
    for node, selector in sorted(nodes, key=lambda pair: -pair[0].lineno):
        below = node.body[0]
        summary = str(ast.get_docstring(node)).partition("\n")[0]
        args = [*node.args.args, *node.args.kwonlyargs]
        docs = [(argument.arg, _meaning(selector, argument)) for argument in args]
        new = [f'    """{summary}', "", *parameter_lines(docs, "    "), '    """']
        new = new if docs else [f'    """{summary}"""']
        lines[below.lineno - 1 : below.end_lineno] = new
    return "\n".join(lines)


def _meaning(selector: rules.Selector, argument: ast.arg) -> str:
    if argument.arg in OTHERS:
        return OTHERS[argument.arg]
    name = FIELDS.get((selector.name, argument.arg), argument.arg)
    by_name = {field.name: field.doc for field in selector.fields}
    if argument.annotation and ast.unparse(argument.annotation).startswith("Reference"):
        doc = by_name.get(name) or selector.fields[0].doc
        return REFERENCE.format(doc.replace("The id of the ", "The ").rstrip("."))
    return by_name[name]
