"""States as versions wrote them that spelled no key: names stand in their keys as they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.stack import STACK
from pulumi_cloudflare_access.text.spelling import SIGNATURE, UNKNOWN_VALUES, text_of

if TYPE_CHECKING:
    from harness.stack import Stack


def as_before(value: Any) -> Any:
    """Return inputs or outputs, or a part of them, as such a version would have them."""
    if isinstance(value, list):
        return [as_before(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    raw = {before(key): as_before(inner) for key, inner in value.items()}
    if isinstance(value.get("order"), str):
        raw["order"] = " > ".join(map(before, value["order"].split(" > ")))
    return raw


def before(key: str) -> str:
    """Return a key as it was. What Pulumi keeps for itself was in no state."""
    text = text_of(key)
    return key if text in {SIGNATURE, *UNKNOWN_VALUES} else text


def put_back(stack: Stack) -> bool:
    """Give a stack such a state; tell whether it is another one than the stack had."""
    exported = json.loads(stack.pulumi("stack", "export", "--stack", STACK).text)
    before = json.dumps(exported)
    for resource in exported["deployment"]["resources"]:
        for bag in ("inputs", "outputs"):
            if bag in resource:
                resource[bag] = as_before(resource[bag])
    path = stack.folder / "state.json"
    path.write_text(json.dumps(exported))
    stack.pulumi("stack", "import", "--stack", STACK, "--file", str(path))
    return json.dumps(exported) != before
