"""How a message quotes an unknown word or value, and suggests the known word that was meant."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Container, Iterable
from typing import Any

from .secret_words import HIDDEN, known
from .spelling import UNKNOWN_VALUES, shown

# What a field name can look like. Any other text may be a misplaced value, perhaps a secret one.
_A_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")
# The least similarity for a suggestion. A wrong one misleads: "new_field" does not mean "zone_id".
_NEAR = 0.75
# In words of up to four letters, one wrong letter weighs more.
_SHORT, _NEAR_IF_SHORT = 4, 0.6
LONGEST = 60


def nearest_of(word: str, words: Iterable[str]) -> str | None:
    """Return the known word that is most similar to a word, or None if none is similar enough.

    Case, spaces, dashes and underscores are ignored.
    """
    by_form = {_plain(one): one for one in words}
    form = _plain(word)
    cutoff = _NEAR_IF_SHORT if len(form) <= _SHORT else _NEAR
    found = difflib.get_close_matches(form, by_form, n=1, cutoff=cutoff)
    return by_form[found[0]] if found else None


def nearest(word: str, words: Iterable[str]) -> str:
    """Return a suggestion to append to a message, such as '; "email"?', or an empty text."""
    found = nearest_of(word, words)
    return f'; "{found}"?' if found else ""


def is_a_name(word: Any) -> bool:
    """Return whether a word can be a field name, so that a message may quote it."""
    return isinstance(word, str) and _A_NAME.fullmatch(word) is not None


def quoted(word: Any) -> str:
    """Return a program's key in quotes if it can be a field name, else "this key"."""
    return f'"{word}"' if is_a_name(word) else "this key"


def quoted_value(value: Any) -> str:
    """Return a program's value for a message: a text in quotes, cut after 60 characters.

    Of other values, only the kind is named. Known secrets are blanked out.
    """
    if value is None:
        return "nothing"
    if not isinstance(value, str):
        return f"a {kind_of(value)}"
    if value in UNKNOWN_VALUES:
        return "what is not known yet"
    # Before cutting: redaction could not recognize part of a secret.
    value = known.redact(value)
    return f'"{shown(value if len(value) <= LONGEST else f"{value[:LONGEST]}…")}"'


def without_values(message: str, secret: Container[str]) -> str:
    """Return a message of the form "path: reason"; without quoted values if its field is secret.

    `secret` has the names of the secret fields; one inside another has a dot in its name.
    """
    field, _, told = message.partition(": ")
    names = re.sub(r"\[[^\]]*\]", "", field).split(".")
    if not any(".".join(names[: n + 1]) in secret for n in range(len(names))):
        return message
    # A suggestion quotes one of our own words, which stays.
    told, guess, rest = (*re.split(r'(; "[\w-]+"\?)', told, maxsplit=1), "", "")[:3]
    told = re.sub(r'".*"', HIDDEN, told, flags=re.DOTALL)
    return f"{field}: {re.sub('^is [^,]*,', f'is {HIDDEN},', told)}{guess}{rest}"


def kind_of(value: Any) -> str:
    """Return the kind of a value in plain words: "text", "number", "list"."""
    kinds = {bool: "boolean", str: "text", int: "number", float: "number", list: "list"}
    return kinds.get(type(value), "dictionary" if isinstance(value, dict) else type(value).__name__)


def _plain(word: str) -> str:
    """Return a word in lower case, without spaces, dashes and underscores."""
    return re.sub(r"[\s_-]+", "", word).lower()


@functools.cache
def not_known() -> str:
    """Return "not known to version … of pulumi-cloudflare-access", for messages."""
    # Imported here: it is slow, and only messages need it.
    from importlib import metadata  # noqa: PLC0415

    try:
        version = f"version {metadata.version('pulumi-cloudflare-access')}"
    except metadata.PackageNotFoundError:
        version = "this version"
    return f"not known to {version} of pulumi-cloudflare-access"
