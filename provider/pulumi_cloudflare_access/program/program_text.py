"""What a program says of one resource, as text, for a reserved input of another.

The text is written while the program runs. It never waits for an Output, which might wait for the
resource at hand: an Output is a word for itself, and so is a resource. Check compares the text with
that of the run before.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Awaitable, Mapping
from typing import Any

import pulumi

from .references import Found, word_for


class Word(str):
    """The word for what is not known while the program runs."""

    __slots__ = ()


class Words:
    """Gives words to Outputs: in the next run, the same place has the same word."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def plain(self, value: Any, path: str) -> Any:
        """Write a value down without what is not known yet."""
        if isinstance(value, (pulumi.Output, pulumi.Resource, Awaitable)):
            word = word_for(value)
            if word is None:
                # Not by its index: one more entry before it does not make it another.
                self._seen[path] += 1
                word = f"{path} {self._seen[path]}"
            return Word(f"<{word}>")
        if isinstance(value, Found):
            return value.id
        if isinstance(value, Mapping):
            return {key: self.plain(inner, f"{path}.{key}") for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.plain(inner, path) for inner in value]
        return value


def has_word(plain: Any) -> bool:
    """Return whether anything in it is not known while the program runs."""
    if isinstance(plain, Mapping):
        return any(map(has_word, plain.values()))
    return any(map(has_word, plain)) if isinstance(plain, list) else isinstance(plain, Word)


def digest(value: Any) -> str:
    """Write a value so short that two are the same only if they are equal."""
    written = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:16]
