"""Values without a model (`extra`): how they are compared and laid over live ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def is_nothing(value: Any) -> bool:
    """Return whether a value is false or empty. The API's answers leave such values out."""
    return value is None or value in (False, "", [], {})


def includes(answered: Any, declared: Any) -> bool:
    """Return whether an answer has everything that was declared. It may have more.

    Lists are compared without their order.
    """
    if isinstance(declared, Mapping):
        found = {} if answered is None else answered
        return isinstance(found, Mapping) and all(
            includes(found.get(key), inner) for key, inner in declared.items()
        )
    if isinstance(declared, list) and isinstance(answered, list):
        return sorted(map(_written, declared)) == sorted(map(_written, answered))
    # Answers leave out what is false or empty.
    return bool(declared == answered) or (is_nothing(declared) and is_nothing(answered))


def laid_over(declared: Any, there: Any) -> Any:
    """Return the declared value, with the undeclared keys of the live value `there` added."""
    if not isinstance(declared, Mapping) or not isinstance(there, Mapping):
        return declared
    more = {name: value for name, value in there.items() if name not in declared}
    return {name: laid_over(value, there.get(name)) for name, value in declared.items()} | more


_encode = json.JSONEncoder(sort_keys=True).encode


def _written(value: Any) -> str:
    """Return a canonical text: equal for equal values, and 5.0 equals 5."""
    return _encode(_whole(value))


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _whole(inner) for key, inner in value.items()}
    return [_whole(inner) for inner in value] if isinstance(value, list) else value
