"""Who gains and who loses access in one stack, from the events of a preview or of a drift."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..insight import InsightError, compare, read
from ..insight.lines import lines


def access_lines(steps: Iterable[Any]) -> tuple[str, ...]:
    """Return at most three lines about the `steps` of a run that succeeded.

    The events of Pulumi's Automation API do not say what depends on what. Where that would decide,
    a line says "perhaps", or names the rules that it depends on.
    """
    events: list[dict[str, Any]] = [
        {"resOutputsEvent": {"metadata": _step(step)}} for step in steps
    ]
    try:
        worlds = read([*events, {"summaryEvent": {}}])
    except InsightError:
        return ()
    return tuple(lines(compare(worlds.old, worlds.new).changes))


def _step(step: Any) -> dict[str, Any]:
    return {
        "op": str(step.op.value),
        "urn": step.urn,
        "old": _state(step.old),
        "new": _state(step.new),
        "diffs": step.diffs,
        "detailedDiff": {path: {} for path in step.detailed_diff or ()},
    }


def _state(state: Any) -> dict[str, Any] | None:
    if state is None:
        return None
    return {
        "type": state.type,
        "urn": state.urn,
        "id": state.id,
        "inputs": state.inputs or {},
        "outputs": state.outputs or {},
    }
