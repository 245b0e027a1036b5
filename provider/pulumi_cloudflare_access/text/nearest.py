"""What a message says of a word that nobody knows: the word itself, and the one that was meant."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Container, Iterable
from typing import Any

from .secret_words import HIDDEN, known
from .spelling import UNKNOWN_VALUES, shown

# What could be a name of a field. Anything else may be a value in the wrong place, perhaps secret.
_A_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")
# A guess that is wrong leads astray: "new_field" is not "zone_id".
_NEAR = 0.75
# Of so few letters, one that is another counts for more.
_SHORT, _NEAR_IF_SHORT = 4, 0.6
LONGEST = 60


def nearest_of(word: str, words: Iterable[str]) -> str | None:
    """Return the known word that another is almost, whatever its case; None: there is none."""
    by_form = {_plain(one): one for one in words}
    form = _plain(word)
    cutoff = _NEAR_IF_SHORT if len(form) <= _SHORT else _NEAR
    found = difflib.get_close_matches(form, by_form, n=1, cutoff=cutoff)
    return by_form[found[0]] if found else None


def nearest(word: str, words: Iterable[str]) -> str:
    """Write '; "email"?' for a word that is almost a known one, else nothing."""
    found = nearest_of(word, words)
    return f'; "{found}"?' if found else ""


def is_a_name(word: Any) -> bool:
    """Return whether something could be a name of a field, and not a value in the wrong place."""
    return isinstance(word, str) and _A_NAME.fullmatch(word) is not None


def quoted(word: Any) -> str:
    """Write a key that a program used, if it can be shown."""
    return f'"{word}"' if is_a_name(word) else "this key"


def quoted_value(value: Any) -> str:
    """Write a value that a program used in a place where nobody keeps a secret."""
    if value is None:
        return "nothing"
    if not isinstance(value, str):
        return f"a {kind_of(value)}"
    if value in UNKNOWN_VALUES:
        return "what is not known yet"
    # Before it is cut: part of a secret would not be found in the message.
    value = known.redact(value)
    return f'"{shown(value if len(value) <= LONGEST else f"{value[:LONGEST]}…")}"'


def without_values(message: str, secret: Container[str]) -> str:
    """Return a message without the values that it quotes, if it is about a secret field."""
    field, _, told = message.partition(": ")
    if re.split(r"[.\[]", field, maxsplit=1)[0] not in secret:
        return message
    # A guess is one of our own words.
    told, guess, rest = (*re.split(r'(; "[\w-]+"\?)', told, maxsplit=1), "", "")[:3]
    told = re.sub(r'".*"', HIDDEN, told, flags=re.DOTALL)
    return f"{field}: {re.sub('^is [^,]*,', f'is {HIDDEN},', told)}{guess}{rest}"


def kind_of(value: Any) -> str:
    """Return what a program would call the kind of a value."""
    kinds = {bool: "boolean", str: "text", int: "number", float: "number", list: "list"}
    return kinds.get(type(value), "dictionary" if isinstance(value, dict) else type(value).__name__)


def _plain(word: str) -> str:
    """Leave out of a word what nobody remembers: its case, and what is between its parts."""
    return re.sub(r"[\s_-]+", "", word).lower()


@functools.cache
def not_known() -> str:
    """Say that this package does not know something, which may be new at Cloudflare."""
    # Only messages ask for it, and it takes its time.
    from importlib import metadata  # noqa: PLC0415

    try:
        version = f"version {metadata.version('pulumi-cloudflare-access')}"
    except metadata.PackageNotFoundError:
        version = "this version"
    return f"not known to {version} of pulumi-cloudflare-access"
