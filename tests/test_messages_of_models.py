"""What is said of a wrong value is in words of ours, for every field of every kind."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pulumi_cloudflare_access import kinds
from pulumi_cloudflare_access.fields.model import check
from pulumi_cloudflare_access.fields.shapes import NestedShape

WRONG: list[Any] = [
    5, -1, 2.5, True, "", " ", "x", "10.0.0.0/33", "https://x", [], [5], ["x"], [[]], [{}],
    {}, {"x": 5}, [{"x": 5}], {"type": "x"}, [{"type": 5}], {"name": 5}, "x" * 3000,
]  # fmt: skip
# What validators write, and what only a programmer of this package understands.
STRANGE = re.compile(
    r"Input should|Value error|valid (string|integer|dictionary|list)|pydantic|validation|"
    r"(string|int|bool|float|list|dict|model)_type|"
    r"NoneType|Traceback|object at 0x|<class|\\[dwsSWDAZ]|\(\?[:=!<P]|\[[A-Za-z0-9]-|\^\(|"
    r"\bdict\b|\bstr\b|\bint\b|\bbool\b|\bfloat\b|\bmodel\b|\bassert"
)
FIELDS = [(kind, name) for kind in sorted(kinds.KINDS) for name in kinds.load(kind).facts()]


def mistakes(kind: str, name: str, value: Any) -> list[str]:
    """Check a declaration of one field alone, and say what is wrong with that one."""
    provider = kinds.load(kind)
    _, found = check(provider.inputs, provider.facts(), {name: value})
    return [str(one) for one in found if one.path != name or one.reason != "is required"]


@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=str)
def test_no_message_is_a_validators(kind: str, name: str) -> None:
    told = [message for value in WRONG for message in mistakes(kind, name, value)]
    assert [message for message in told if STRANGE.search(message)] == []
    # Where, then what: on one line.
    assert [message for message in told if ": " not in message or "\n" in message] == []


def inside(shape: Any, value: Any, path: str) -> list[tuple[str, Any]]:
    """Put a value into every field of every object inside a field."""
    found = []
    nested = shape if isinstance(shape, NestedShape) else getattr(shape, "item", None)
    if isinstance(nested, NestedShape):
        wrap = (lambda one: one) if nested is shape else (lambda one: [one])
        for name, field in nested.fields.items():
            found.append((f"{path}.{name}", wrap({name: value})))
            for below, deeper in inside(field.shape, value, f"{path}.{name}"):
                found.append((below, wrap({name: deeper})))
    return found


def test_no_message_about_an_object_inside_is_a_validators() -> None:
    looked_at = set()
    for kind, name in FIELDS:
        field = kinds.load(kind).facts()[name]
        for value in WRONG:
            for path, whole in inside(field.shape, value, name):
                looked_at.add((kind, path))
                told = mistakes(kind, name, whole)
                assert [message for message in told if STRANGE.search(message)] == [], (kind, path)
    assert len(looked_at) > 100
