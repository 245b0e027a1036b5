"""The notation of faults on the command line and in control routes.

    POST /accounts/*/access/groups status=503 body=html nth=3
    {"route": "POST /accounts/*/access/groups", "status": 503, "body": "html", "nth": 3}

The name of the kind has the value of its first field. Its other fields, and those of `When`, follow
in any order.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from .arming import Route
from .fault import KINDS, When

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .arming import Armed, Faults
    from .fault import Fault

_WHEN = [field.name for field in fields(When)]


class Order(NamedTuple):
    """The arguments of `LocalCloudflare.fault`."""

    route: str
    fault: Fault
    when: When


def parsed(text: str) -> Order:
    """Parse a line. Raises ValueError."""
    words = text.split()
    split = next((at for at, word in enumerate(words) if "=" in word), len(words))
    document: dict[str, Any] = {"route": " ".join(words[:split])}
    for word in words[split:]:
        name, equals, value = word.partition("=")
        if not equals:
            raise ValueError(f"{word!r} is not of the form name=value")
        document[name] = _value(value)
    return read(document)


def read(document: Mapping[str, Any]) -> Order:
    """Parse a JSON object. Raises ValueError."""
    left = dict(document)
    route = Route(left.pop("route")).text
    when = When(**{name: left.pop(name) for name in _WHEN if name in left})
    named = [kind for kind in KINDS if kind in left]
    if len(named) != 1:
        raise ValueError(f"a fault is exactly one of {', '.join(KINDS)}")
    [kind] = named
    known = [field.name for field in fields(KINDS[kind])]
    arguments = {known[0]: left.pop(kind)}
    unknown = sorted(left.keys() - set(known[1:]))
    if unknown:
        others = ", ".join([*known[1:], *_WHEN])
        raise ValueError(f"{kind} has no {', '.join(unknown)}: there are {others}")
    return Order(route, KINDS[kind](**arguments, **left), when)


def told(armed: Armed) -> dict[str, Any]:
    """Return an armed fault as JSON, with the numbers of its strikes and held requests."""
    first, *others = asdict(armed.fault).items()
    return {
        "id": armed.id,
        "route": armed.route,
        armed.fault.kind(): first[1],
        **{name: value for name, value in others if value is not None},
        **{name: value for name, value in asdict(armed.when).items() if value is not None},
        "fired": len(armed.fired),
        "held": armed.held,
    }


def all_told(faults: Faults) -> dict[str, Any]:
    """Return all armed faults and all strikes, as JSON."""
    return {"armed": [told(armed) for armed in faults.armed], "fired": faults.all_fired()}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
