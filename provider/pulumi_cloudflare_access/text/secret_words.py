"""The secret values that this process knows, which are blanked out of all messages.

A message about one object may quote a secret value of another: of one that refers to it, that it
refers to, or that is beside it at Cloudflare. So a process remembers every secret value that it is
given, and blanks all of them out of every message. They are kept only here, in memory.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .spelling import UNKNOWN_VALUES, as_value, key_of, shown

SECRET = "__secret"  # noqa: S105 - the input that names the fields the program keeps secret
# Fields that Cloudflare's documentation calls secret. Answers should contain a mask instead.
SECRET_FIELDS = frozenset({"client_secret", "password", "secret", "token"})
# Shorter strings (a country, "true") would blank out half of any message and hide nothing.
SHORTEST = 4
# Shorter words are only blanked out where they stand alone: "test" is part of "latest".
SHORTEST_PART = 8
# Keys that look like this are field names of the API, and no secrets.
_A_FIELD = re.compile(r"[a-z0-9_-]+")
# The values of a policy's `decision`, which are no secrets either.
DECISIONS = ("allow", "deny", "bypass", "non_identity")
HIDDEN = "[secret]"


class SecretWords:
    """Secret values, each in every form that a message may contain. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._words: set[str] = set()
        self._declared: set[str] = set()
        self._public: set[str] = {*DECISIONS}
        self._pattern: re.Pattern[str] | None = None

    def remember(self, *values: Any) -> None:
        """Remember every text in secret values, and the keys of their maps, which repeat values."""
        texts = {text for value in values for text in _words(value)}.difference(UNKNOWN_VALUES)
        found = {form for text in texts for form in _forms(text) if len(form) >= SHORTEST}
        with self._lock:
            if not found <= self._words:
                self._words |= found
                self._pattern = None

    def remember_declared(self, *values: Any) -> None:
        """Remember values that the program passes to the engine as secrets (no credentials)."""
        self.remember(*values)
        with self._lock:
            self._declared.update(text for value in values for text in _words(value))

    def remember_secrets_of(self, *properties: Mapping[str, Any]) -> None:
        """Remember the values of the secret fields of one resource.

        `properties` are its inputs, outputs and old outputs. A field that is secret in one of them
        is secret in all.
        """
        secret = {name for bag in properties for name in bag.get(SECRET) or ()}
        for bag in properties:
            self.remember(*(bag[name] for name in (secret | SECRET_FIELDS) & bag.keys()))

    def allow(self, words: Iterable[str]) -> None:
        """Never blank these words out: they are the API's own, and in everybody's declarations."""
        with self._lock:
            self._public.update(word.lower() for word in words)
            self._pattern = None

    def redact(self, text: str) -> str:
        """Replace every secret value in a text with "[secret]". Case does not matter."""
        with self._lock:
            if self._pattern is None:
                self._pattern = self._compiled()
            return self._pattern.sub(HIDDEN, text)

    def has(self, text: str) -> bool:
        """Tell whether a text is a secret value."""
        with self._lock:
            return text in self._words

    def declared(self) -> list[str]:
        """Return the secret values that the program passes to the engine, sorted."""
        with self._lock:
            return sorted(self._declared & self._words)

    def forget(self) -> None:
        """Forget all values. For the start of another run."""
        with self._lock:
            self._words.clear()
            self._declared.clear()
            self._pattern = None

    def _compiled(self) -> re.Pattern[str]:
        words = [word for word in self._words if word.lower() not in self._public]
        longest_first = sorted(words, key=lambda word: (-len(word), word))
        return re.compile("|".join(map(_pattern_of, longest_first)) or "(?!)", re.IGNORECASE)


known = SecretWords()
"""The secret values of this process."""


def _pattern_of(word: str) -> str:
    escaped = re.escape(word)
    if len(word) >= SHORTEST_PART or not word.isalnum():
        return escaped
    return rf"(?<![^\W_]){escaped}(?![^\W_])"


def _forms(word: str) -> Iterator[str]:
    """Return a text, and its spellings in keys, messages and the state."""
    yield word
    if not (word.isascii() and word.isalnum()):
        yield from (key_of(word), shown(word), as_value(word), repr(word)[1:-1])


def _words(value: Any) -> Iterator[str]:
    """Return the strings of a value, and the keys of its maps unless they are field names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (key for key in value if not _A_FIELD.fullmatch(key))
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _words(inner)
