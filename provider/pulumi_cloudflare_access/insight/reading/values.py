"""Values as Pulumi writes them: known, not known yet or secret; lists, and maps that stand for one.

The state of this package's resources holds lists as maps from readable keys to entries. If the
order matters, the map also has a text with the keys in order.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

UNKNOWN_VALUE: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The engine's marker for a text that only the update will know."""
UNKNOWN_VALUES: Final = frozenset(
    (
        UNKNOWN_VALUE, "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421", "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58", "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    )
)  # fmt: skip
"""The same for values of every type: `UnknownStringValue` and the others in the engine's rpc.go."""
HIDDEN_VALUE: Final = "[secret]"
"""The engine's marker for a secret."""
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a sign
ORDER: Final = "order"
BEFORE: Final = " > "


class Hidden:
    """A value that is not in the input: a secret, or a value that only the update will know."""

    def __init__(self, *, secret: bool) -> None:
        self.secret: Final = secret

    def __repr__(self) -> str:
        return "(secret)" if self.secret else "(not known yet)"


SECRET: Final = Hidden(secret=True)
NOT_KNOWN_YET: Final = Hidden(secret=False)


def opened(value: Any) -> Any:
    """Return a value without Pulumi's markers, at any depth.

    A secret becomes its plain value if the document has it, else SECRET. A value that is not known
    yet becomes NOT_KNOWN_YET.
    """
    if isinstance(value, Mapping):
        if value.get(_SIGNATURE) == _SECRET:
            return _plain(value)
        return {key: opened(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [opened(inner) for inner in value]
    if value == HIDDEN_VALUE:
        return SECRET
    return NOT_KNOWN_YET if isinstance(value, str) and value in UNKNOWN_VALUES else value


def _plain(wrapped: Mapping[str, Any]) -> Any:
    if "value" in wrapped:
        return opened(wrapped["value"])
    if isinstance(wrapped.get("plaintext"), str):
        return opened(json.loads(wrapped["plaintext"]))
    return SECRET


def secret_properties(properties: Mapping[str, Any]) -> frozenset[str]:
    """Return the top-level properties that contain a secret, be it in plain text or not."""
    named = properties.get("__secret")
    found = {name for name, value in properties.items() if _holds_secret(value)}
    if isinstance(named, Sequence) and not isinstance(named, str):
        found |= {name for name in named if isinstance(name, str)}
    return frozenset(found)


def _holds_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return value.get(_SIGNATURE) == _SECRET or any(map(_holds_secret, value.values()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(map(_holds_secret, value))
    return bool(value == HIDDEN_VALUE)


def hidden_in(value: Any) -> Hidden | None:
    """Return the first hidden value in a value, at any depth, or None."""
    if isinstance(value, Hidden):
        return value
    inner: Iterable[Any] = ()
    if isinstance(value, Mapping):
        inner = value.values()
    elif isinstance(value, Sequence) and not isinstance(value, str):
        inner = value
    return next((found for one in inner if (found := hidden_in(one))), None)


def entries(value: Any) -> list[tuple[str, Any]]:
    """Return the keys and entries of a map that stands for a list; of a list, with empty keys."""
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [("", entry) for entry in value]
    return []


def entries_in_order(value: Any) -> list[tuple[str, Any]]:
    """Return the same for a list whose order matters."""
    if not isinstance(value, Mapping):
        return entries(value)
    keys = {key for key, entry in value.items() if key != ORDER or not isinstance(entry, str)}
    line = value.get(ORDER)
    named = _split_keys(line, keys) if isinstance(line, str) else []
    return [(key, value[key]) for key in dict.fromkeys((*named, *value)) if key in keys]


def _split_keys(line: str, keys: Collection[str]) -> list[str]:
    """Split a text with keys in order. A key may itself contain the separator."""
    parts = line.split(BEFORE)
    if all(part in keys for part in parts):
        return parts
    left, found = set(keys), []
    while line:
        here = [key for key in left if f"{line}{BEFORE}".startswith(f"{key}{BEFORE}")]
        word = max(here, key=len) if here else line.partition(BEFORE)[0]
        found += [word] if here else []
        left.discard(word)
        line = line[len(word) + len(BEFORE) :]
    return found


def text(value: Any) -> str:
    """Return a text as it is, and an empty text for anything else, hidden values included."""
    return value if isinstance(value, str) else ""
