"""How names with dangerous characters are spelled: in messages, in keys, and for the engine.

Names at Cloudflare are anybody's data. A name may contain characters that move a terminal's cursor,
change the direction of a line or are invisible. It may begin with "__", which Pulumi's display
hides. Or it may contain a word that Pulumi reserves (`UNKNOWN_VALUES`), which no program and no
state can carry. Such a character is replaced with its code point: `<U+001B>`. All other text stays.

- A message spells every dangerous character.
- A key does so, too, and can be read back: a text that looks like a spelled character is itself
  spelled (`<U+003C>U+001B>`). So two different texts never have the same key.
- A value is spelled only if Pulumi could not carry it. Values are spelled when they arrive from
  Cloudflare, and read back when they are sent to it. The code in between does not handle this.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

# The engine's markers for unknown values, one for each type (`UnknownStringValue` and the others in
# sdk/go/common/resource/plugin/rpc.go).
UNKNOWN_VALUES = (
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
)
# As a key, it marks an object as a secret, an asset or the like (`SigKey` in sdk/go/.../sig.go).
SIGNATURE = "4dabf18193072939515e22adb298388d"
# The prefix of names that the engine and its display reserve.
RESERVED = "__"

# Emoji and other signs. After one of them, a joiner or variation selector is harmless; after a
# letter, it is only invisible.
_SIGN = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
# Control characters, what Unicode calls format characters (bidirectional overrides and isolates,
# zero-width characters, tags), line and paragraph separators, halves of surrogate pairs, and what
# is drawn as nothing.
_HIDDEN = (
    "\x00-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff"
    "\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_DANGEROUS = (
    f"[{_HIDDEN}]"
    f"|(?<![{_SIGN}])(?<![{_SIGN}]\ufe0f)\u200d|\u200d(?![{_SIGN}])"
    f"|(?<![{_SIGN}0-9#*])[\ufe0e\ufe0f]|(?<=[0-9#*])[\ufe0e\ufe0f](?!\u20e3)"
)
_SURROGATE = "[\ud800-\udfff]"
# The first character of a reserved word of Pulumi. Spelling it alone breaks the word.
_OF_A_WORD = "|".join(f"{word[0]}(?={word[1:]})" for word in UNKNOWN_VALUES)
_CODE = "[0-9A-F]{4}|[1-9A-F][0-9A-F]{4}|10[0-9A-F]{4}"
_SPELLED = re.compile(f"<U\\+({_CODE})>")
_OF_A_SPELLED = f"<(?=U\\+(?:{_CODE})>)"

_IN_MESSAGES = re.compile(_DANGEROUS)
_IN_KEYS = re.compile(f"{_DANGEROUS}|{_OF_A_WORD}|^_(?=_)|^4(?={SIGNATURE[1:]}\\Z)")
_IN_VALUES = re.compile(f"{_SURROGATE}|{_OF_A_WORD}")


_OF_PULUMI = re.compile("|".join(map(re.escape, ("<U+", SIGNATURE, *UNKNOWN_VALUES))))


# One call of the engine asks about the same few texts many times.
@functools.lru_cache(maxsize=1024)
def _is_plain(text: str) -> bool:
    """Tell whether a text surely needs no spelling and no reading back. Fast, for most texts."""
    return (
        text.isascii()
        and text.isprintable()
        and not text.startswith(RESERVED)
        and _OF_PULUMI.search(text) is None
    )


def shown(text: str) -> str:
    """Return a text for people, with every dangerous character spelled. Idempotent.

    A line break is spelled, too. So spell the lines of a message first, and join them afterwards.
    """
    return _IN_MESSAGES.sub(_spell, text)


class _Spelling:
    """A way to spell texts that can be read back. `dangerous` matches the characters to spell."""

    def __init__(self, dangerous: re.Pattern[str]) -> None:
        self._dangerous = dangerous
        self._or_spelled = re.compile(f"{dangerous.pattern}|{_OF_A_SPELLED}")

    def is_needed(self, text: str) -> bool:
        """Tell whether a text must be spelled: it is dangerous, or looks like a spelled text."""
        if _is_plain(text):
            return False
        if self._dangerous.search(text):
            return True
        return _SPELLED.search(text) is not None and self.is_needed(_read_back(text))

    def spelled(self, text: str) -> str:
        return self._or_spelled.sub(_spell, text) if self.is_needed(text) else text

    def read(self, text: str) -> str:
        if "<U+" not in text:
            return text
        back = _read_back(text)
        return back if self.spelled(back) == text else text


_keys, _values = _Spelling(_IN_KEYS), _Spelling(_IN_VALUES)


def key_of(text: str) -> str:
    """Return the key for a text. `text_of` reads it back.

    The key does not begin with "__" and contains no reserved word and no dangerous character.
    """
    # The text may contain a value that was spelled already because the engine could not carry it.
    return _keys.spelled(_values.read(text))


def text_of(key: str) -> str:
    """Return the text that has this key."""
    return _keys.read(key)


def as_key(key: str) -> str:
    """Return a key spelled. A spelled key stays; keys in states of earlier versions are raw."""
    if _is_plain(key) or _keys.read(key) != key or not _IN_KEYS.search(key):
        return key
    return _keys.spelled(key)


def value_of(text: str) -> str:
    """Return a text that the engine can carry: spelled only where it could not carry the text."""
    return _values.spelled(text)


def as_value(text: str) -> str:
    """Return a program's text so that the engine can carry it. A spelled text stays as it is."""
    return _values.spelled(text) if not _is_plain(text) and _IN_VALUES.search(text) else text


# A JSON text of ASCII characters that contains none of these needs no spelling. (A backslash may
# escape a character that does.)
_SUSPECT = ("\\", "\x7f", "<U+", f'"{RESERVED}', SIGNATURE, *UNKNOWN_VALUES)


def may_need_spelling(json_text: str) -> bool:
    """Tell whether `from_wire` may change something in a JSON text. Fast; may be wrongly True."""
    return not json_text.isascii() or any(word in json_text for word in _SUSPECT)


def from_wire(answered: Any) -> Any:
    """Return Cloudflare's answer in a form that the engine can carry and show."""
    return _each(answered, _keys.spelled, _values.spelled)


def to_wire(declared: Any) -> Any:
    """Return a declared value for a request: keys and values are read back."""
    return _each(declared, _keys.read, _values.read)


def carried(declared: Any, *, is_known: bool) -> Any:
    """Return a declared value in a form that the engine can carry and show.

    `is_known`: the value comes straight from the program, so that Pulumi's marker for unknown
    values is an ordinary text in it. Otherwise it comes from the engine, and may have keys from the
    state. A value that a look-up has spelled already stays as it is. Raises ValueError, with the
    message for the user, for a key that could mean two texts.
    """

    def key(name: str) -> str:
        meant = _keys.read(name)
        if is_known and meant != name and _IN_KEYS.search(meant):
            raise ValueError(
                f'"{name}" spells a character, as keys of the state do: write the character '
                f'itself, or "{_keys.spelled(name)}" for this text'
            )
        return as_key(name)

    def text(value: str) -> str:
        return value if value in UNKNOWN_VALUES and not is_known else as_value(value)

    return _each(declared, key, text)


def _each(value: Any, key: Callable[[str], str], text: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        changed = {
            key(name) if isinstance(name, str) else name: _each(inner, key, text)
            for name, inner in value.items()
        }
        if len(changed) < len(value):
            twice = next(name for name in value if key(name) != name)
            raise ValueError(f'"{key(twice)}" is there twice: spelled, and as it is')
        return changed
    if isinstance(value, (list, tuple)):
        return [_each(inner, key, text) for inner in value]
    return value


def _spell(found: re.Match[str]) -> str:
    return f"<U+{ord(found[0]):04X}>"


def _read_back(text: str) -> str:
    return _SPELLED.sub(lambda found: chr(int(found[1], 16)), text)
