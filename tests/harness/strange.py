"""Objects that hold fields which nobody knows yet, as the API may answer any day."""

from __future__ import annotations

from typing import Any

NEW = "new"
SECTIONS = frozenset({"include", "exclude", "require"})
# What requests refer to by an id alone.
REFERRED = frozenset({"permission_groups", "resource_groups", "policies", "meta"})


def with_new(value: Any, name: str = "") -> Any:
    """Put a field into every object of a body, and into every selector of a rule."""
    if isinstance(value, dict):
        grown = {key: with_new(inner, key) for key, inner in value.items()}
        return grown if name in SECTIONS else {**grown, NEW: {"a": [1]}}
    if isinstance(value, list) and name not in REFERRED:
        return [with_new(one, name) for one in value]
    return value


def holds(answer: Any, body: Any) -> bool:
    """Tell whether an answer has everything of a body, lists in any order."""
    if isinstance(body, dict):
        return isinstance(answer, dict) and all(holds(answer.get(k), v) for k, v in body.items())
    if isinstance(body, list):
        return isinstance(answer, list) and all(
            any(holds(one, item) for one in answer) for item in body
        )
    return bool(answer == body)
