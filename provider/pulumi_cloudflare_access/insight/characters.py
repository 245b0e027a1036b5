"""Spells dangerous characters in names by code point, as in `<U+001B>`.

Names are anybody's data. They must not act on a terminal, hide text or change a line's direction.
`text/spelling.py` does the same for the rest of the package, which this room does not import.
"""

from __future__ import annotations

import re
from typing import Final

# Emoji and other signs. After one of them, a joiner or variation selector is harmless; after a
# letter, it is only invisible.
_SIGN: Final = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
# Control and format characters, separators of lines and paragraphs, halves of surrogate pairs, and
# what is drawn as nothing.
_HIDDEN: Final = (
    "\x00-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff"
    "\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_DANGEROUS: Final = re.compile(
    f"[{_HIDDEN}]"
    f"|(?<![{_SIGN}])(?<![{_SIGN}]\ufe0f)\u200d|\u200d(?![{_SIGN}])"
    f"|(?<![{_SIGN}0-9#*])[\ufe0e\ufe0f]|(?<=[0-9#*])[\ufe0e\ufe0f](?!\u20e3)"
)


def shown(text: str) -> str:
    """Return a name with its dangerous characters spelled, line breaks included. Idempotent."""
    if text.isascii() and text.isprintable():
        return text
    return _DANGEROUS.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)
