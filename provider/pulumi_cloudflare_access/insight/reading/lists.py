"""Zero Trust lists of e-mail addresses and of IP ranges, as far as their contents are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from .. import unknowns
from ..atoms import LISTS, Atom
from ..unknowns import unknown
from . import kinds
from .objects import Object
from .references import When
from .values import entries, hidden_in, text

_ITEMS: Final = "items"
_SELECTORS: Final[Mapping[str, str]] = {"EMAIL": LISTS["email_list"], "IP": LISTS["ip_list"]}
"""The selector that one entry of a list stands for, by the list's type."""


class Lists:
    """The lists among objects, by the id that rules use."""

    def __init__(self, objects: Iterable[Object], when: When) -> None:
        self.contents: Final[dict[str, tuple[str, ...]]] = {}
        self.secrets: Final[set[Atom]] = set()
        """The entries of secret lists, as atoms."""
        self.unread: Final[dict[str, Atom]] = {}
        """Unknowns for lists whose contents are hidden and may change."""
        for one in objects:
            if one.kind == kinds.LIST:
                self._add(one, when)

    def _add(self, one: Object, when: When) -> None:
        fields = one.fields or {}
        key, items = one.id or one.key, fields.get(_ITEMS)
        selector = _SELECTORS.get(text(fields.get("type")).upper())
        hidden = hidden_in(items)
        if hidden is not None:
            code = unknowns.SECRET if hidden.secret else unknowns.NOT_KNOWN_YET
            if mark := one.mark(_ITEMS, when):
                self.unread[key] = unknown(code, f'what stands in list "{one.name}"', mark, one.key)
            return
        if items is None or selector is None:
            return
        values = [_value(item) for _, item in entries(items)]
        known = tuple(value.lower() for value in values if isinstance(value, str))
        if len(known) == len(values):
            self.contents[key] = known
            if _ITEMS in one.secrets:
                self.secrets.update((selector, value) for value in known)


def _value(item: Any) -> Any:
    return item.get("value") if isinstance(item, Mapping) else item
