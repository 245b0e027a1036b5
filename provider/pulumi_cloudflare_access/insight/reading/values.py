"""Values as Pulumi writes them: known, not known yet, secret; maps with keys, lists, references.

The state of this package's own resources holds lists as maps, whose keys are what people call the
entries, and a line that says their order where it means something. Entries are read, not keys.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

UNKNOWN_VALUE: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes in place of a text that only the update will know."""
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
"""What the engine writes in place of a secret."""
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a sign
ORDER: Final = "order"
BEFORE: Final = " > "


class Hidden:
    """A value that is not in the input: a secret, or something that only the update will know."""

    def __init__(self, *, secret: bool) -> None:
        self.secret: Final = secret

    def __repr__(self) -> str:
        return "(secret)" if self.secret else "(not known yet)"


SECRET: Final = Hidden(secret=True)
NOT_KNOWN_YET: Final = Hidden(secret=False)


def opened(value: Any) -> Any:
    """Return a value without the marks of secrets: its plain text if it is there, else SECRET.

    What is not known yet becomes NOT_KNOWN_YET, at any depth.
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
    """Return the top-level properties that hold a secret, plain or not."""
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
    """Return what is hidden in a value, at any depth."""
    if isinstance(value, Hidden):
        return value
    inner: Iterable[Any] = ()
    if isinstance(value, Mapping):
        inner = value.values()
    elif isinstance(value, Sequence) and not isinstance(value, str):
        inner = value
    return next((found for one in inner if (found := hidden_in(one))), None)


def entries(value: Any) -> list[tuple[str, Any]]:
    """Return the entries of a list, or of a map that stands for one, with what they are called."""
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [("", entry) for entry in value]
    return []


def entries_in_order(value: Any) -> list[tuple[str, Any]]:
    """Return the entries of a list whose order means something."""
    if not isinstance(value, Mapping):
        return entries(value)
    keys = {key for key, entry in value.items() if key != ORDER or not isinstance(entry, str)}
    line = value.get(ORDER)
    named = _told_apart(line, keys) if isinstance(line, str) else []
    return [(key, value[key]) for key in dict.fromkeys((*named, *value)) if key in keys]


def _told_apart(line: str, keys: Collection[str]) -> list[str]:
    """Find the keys in a line that says their order. A key may hold what stands between two."""
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
    """Return a text; anything else, also what is hidden, is empty."""
    return value if isinstance(value, str) else ""
