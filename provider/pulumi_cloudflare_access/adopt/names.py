"""Names for variables and resources, made from what objects are called: valid, and each once."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterator

LONGEST = 60
TAKEN = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "cloudflare", "pulumi"}
    | {"rules", "grants", "scopes"}
)


class Names:
    """The names of one program: variables over all files, resource names by kind."""

    def __init__(self, modules: Collection[str]) -> None:
        """Take the names of the program's own modules, which no variable may have."""
        self._variables = {*TAKEN, *modules}
        self._resources: set[tuple[str, str]] = set()

    def variable(self, text: str, word: str, id_: str) -> str:
        """Return a name for a variable; `word` says what it is, where the text alone is taken."""
        own = f"{word}_{re.sub(r'[^0-9a-z]', '', id_.lower())[:8]}"
        base = _slug(text, "_") or own
        if not base[0].isalpha() and base[0] != "_":
            base = f"{word}_{base}"
        base = base if base.isidentifier() and base.isascii() else own
        found = _first((base, f"{base}_{word}"), f"{base}_{word}_{{}}", self._variables)
        self._variables.add(found)
        return found

    def resource(self, text: str, kind: str, id_: str) -> str:
        """Return a name for a resource of a kind."""
        base = _slug(text, "-") or f"{kind.rpartition('_')[2]}-{id_[:8]}"
        taken = {name for of, name in self._resources if of == kind}
        found = _first((base,), f"{base}-{{}}", taken)
        self._resources.add((kind, found))
        return found


def _first(wished: Collection[str], numbered: str, taken: Collection[str]) -> str:
    def names() -> Iterator[str]:
        yield from wished
        yield from (numbered.format(number) for number in range(2, len(taken) + 3))

    return next(name for name in names() if name not in taken)


def _slug(text: str, between: str) -> str:
    """Write a text in small Latin letters and digits; "": it has none."""
    flat = unicodedata.normalize("NFKD", text)
    plain = "".join(one for one in flat if not unicodedata.combining(one)).casefold()
    return re.sub(r"[^a-z0-9]+", between, plain).strip(between)[:LONGEST].strip(between)
