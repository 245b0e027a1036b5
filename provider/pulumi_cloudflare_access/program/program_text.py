"""What a program declares about one resource, as text, for a reserved input of another resource.

The text is made while the program runs, and never waits for an Output, because that Output might
wait for this very resource. Instead, a word stands for each Output and each resource. The check
compares the text with that of the run before.
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
    """A word that stands for a value which is not known while the program runs."""

    __slots__ = ()


class Words:
    """Gives each Output a word: in the next run, the Output in the same place gets the same one."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def plain(self, value: Any, path: str) -> Any:
        """Return a value with words for what is not known yet. `path` is where the value stands."""
        if isinstance(value, (pulumi.Output, pulumi.Resource, Awaitable)):
            word = word_for(value)
            if word is None:
                # Counted among the unknown ones, not by its index: a new known entry before it
                # must not change its word.
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
    """Return whether a value that `Words.plain` has returned holds a word."""
    if isinstance(plain, Mapping):
        return any(map(has_word, plain.values()))
    return any(map(has_word, plain)) if isinstance(plain, list) else isinstance(plain, Word)


def digest(value: Any) -> str:
    """Return a short hash of a value: two values have the same one only if they are equal."""
    written = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:16]
