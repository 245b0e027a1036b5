"""What the package says to people, read out of its code: mistakes, warnings and errors."""

from __future__ import annotations

import ast
import collections
from collections.abc import Iterator, Mapping
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "provider" / "pulumi_cloudflare_access"
# Their messages are for whoever writes tests, or are told by the page of insight.
ELSEWHERE = {"insight", "local_cloudflare"}
MISTAKES = "Mistakes in a declaration, told by the preview"
WARNINGS = "Warnings"
# A text of fewer words is a part of a message, or a word of Pulumi's.
FEWEST_WORDS = 4


def messages(errors: Mapping[str, object]) -> dict[str, list[str]]:
    """Return all messages by their sort: mistakes, warnings, and each class of `errors`."""
    found: dict[str, set[str]] = collections.defaultdict(set)
    for path in sorted(PACKAGE.rglob("*.py")):
        if not ELSEWHERE & set(path.relative_to(PACKAGE).parts):
            for sort, text in _said(ast.parse(path.read_text()), errors):
                if len(text.split()) >= FEWEST_WORDS:
                    found[sort].add(text)
    order = [MISTAKES, WARNINGS, *errors]
    return {sort: sorted(found[sort], key=str.lower) for sort in order if found[sort]}


def _said(tree: ast.Module, errors: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    texts = {
        target.id: text
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Name)
        if (text := _text(node.value, {}))
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            sort = {"Mistake": MISTAKES, "warn": WARNINGS}.get(name, name if name in errors else "")
            if sort and (text := _text(node.args[-1 if sort == MISTAKES else 0], texts)):
                yield sort, text
        elif isinstance(node, ast.FunctionDef) and node.name.startswith(("concerns", "warnings")):
            yields = [told.value for told in ast.walk(node) if isinstance(told, ast.Yield)]
            yield from ((WARNINGS, _text(told, texts)) for told in yields if told is not None)


def _text(node: ast.expr, texts: Mapping[str, str]) -> str:
    """Return a text as the code writes it, with "…" for each value; "" if it is none."""
    match node:
        case ast.Constant(value=str(text)):
            said = text
        case ast.JoinedStr(values=parts):
            said = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts
            )
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            one, other = _text(left, texts), _text(right, texts)
            said = (one or "…") + (other or "…") if one or other else ""
        case ast.Name(id=name):
            said = texts.get(name, "")
        case _:
            said = ""
    return " ".join(said.split()).replace("……", "…")
