"""Reads rules as atoms. A rule that cannot be read becomes an unknown of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from secrets import token_bytes
from typing import Any, Final, TypeGuard

from .. import unknowns
from ..atoms import GROUP, GROUPS_AT_PROVIDERS, LISTS, Atom, atom_of, written
from ..unknowns import unknown
from ..world import Rule, Rules
from . import kinds
from .objects import Object
from .references import References, When
from .values import NOT_KNOWN_YET, Hidden, entries, hidden_in

# Secret rules are told apart by a hash with this key, which is new in every process.
_KEY: Final = token_bytes(32)
SECTIONS: Final = ("include", "require", "exclude")
# Keys that an entry may have besides its selector.
_BESIDE: Final = frozenset(("of", "raw", "label", "via", "_mistake"))
# For selectors that refer to an object: the field with the reference, and the object's kind.
_REFERS_TO: Final[Mapping[str, tuple[str, str]]] = {
    "group": ("id", kinds.GROUP),
    "email_list": ("id", kinds.LIST),
    "ip_list": ("id", kinds.LIST),
    "login_method": ("id", kinds.PROVIDER),
    "service_token": ("token_id", kinds.TOKEN),
    "linked_app_token": ("app_uid", kinds.APPLICATION),
    "device_posture": ("integration_uid", kinds.POSTURE),
    **dict.fromkeys(GROUPS_AT_PROVIDERS, ("identity_provider_id", kinds.PROVIDER)),
}
_ACCOUNT_MEMBER: Final = "cloudflare_account_member"
# Names of selectors in the keys of this package's states that differ from the API's.
_IN_KEYS: Final[Mapping[str, str]] = {
    "azureAD": "azure_ad",
    "github-organization": "github_organization",
}


@dataclass(frozen=True)
class RuleReader:
    """Reads the rules of objects at one moment.

    `names` collects the names of ids that rules mention. `unread` are the unknowns for lists whose
    contents are hidden, by the lists' ids.
    """

    references: References
    when: When
    names: dict[str, str]
    unread: Mapping[str, Atom]

    def rules(self, holder: Object, fields: Mapping[str, Any], called: str, top: str = "") -> Rules:
        """Read the rules of a group or a policy.

        `called` is its name in a sentence. `top` is the top-level field of `holder` that contains
        it; empty if it is the object itself.
        """
        read = {
            section: self._section(holder, fields.get(section), called, section, top or section)
            for section in SECTIONS
        }
        return Rules(**read)

    def _section(
        self, holder: Object, value: Any, called: str, section: str, top: str
    ) -> tuple[Rule, ...]:
        what = f"{section} of {called}"
        if isinstance(value, Hidden):
            atom = self._hidden(value, what, holder, top)
            return (Rule(atom, secret=value.secret),)
        is_secret = top in holder.secrets
        found = [
            self._rule(holder, f"#{index}" if is_secret or not key else key, entry, what, top)
            for index, (key, entry) in enumerate(entries(value))
        ]
        return tuple(dict.fromkeys(found))

    def _hidden(self, value: Hidden, what: str, holder: Object, top: str, *marks: str) -> Atom:
        code = unknowns.SECRET if value.secret else unknowns.NOT_KNOWN_YET
        return unknown(code, what, holder.mark(top, self.when), holder.key, *marks)

    def _rule(self, holder: Object, place: str, entry: Any, what: str, top: str) -> Rule:
        """Read one rule. `place` is its key, or `#` and its position in a list."""
        secret = top in holder.secrets
        label = "" if place.startswith("#") else place
        if isinstance(entry, Hidden):
            told = f"a rule of {what}"
            return Rule(self._hidden(entry, told, holder, top, place), secret=entry.secret)
        selectors = [key for key in entry if key not in _BESIDE] if _is_object(entry) else []
        if len(selectors) != 1:
            return Rule(self._strange(entry, secret=secret), label, secret)
        (selector,) = selectors
        value = {} if entry[selector] is True or entry[selector] is None else entry[selector]
        hidden = hidden_in(value)
        if selector in _REFERS_TO and _is_object(value):
            value, hidden = self._resolved(holder, selector, value, entry.get("of"), top)
        if hidden is not None:
            told = f'"{label}" of {what}' if label else f"{selector} of {what}"
            not_known = self._hidden(hidden, told, holder, top, place)
            return Rule(not_known, label, secret or hidden.secret)
        if selector == _ACCOUNT_MEMBER and _is_object(value) and not value.get("account_id"):
            # Without an id, the rule means the account of its object.
            value = {**value, "account_id": holder.scope.removeprefix("account ")}
        atom = atom_of(selector, value)
        if atom is None:
            return Rule(self._strange(entry, secret=secret), label, secret)
        if selector in LISTS and atom[1] in self.unread:
            atom = self.unread[atom[1]]
        elif not secret:
            self._name(selector, atom, label)
        return Rule(atom, label, secret)

    @staticmethod
    def _strange(entry: Any, *, secret: bool) -> Atom:
        """Return the unknown for a rule that is not understood; equal rules get the same one."""
        if _is_object(entry):
            entry = {name: one for name, one in entry.items() if name not in _BESIDE}
        shown = "?" if hidden_in(entry) else written(entry)
        if secret:
            told = blake2b(shown.encode(), key=_KEY).hexdigest()
            return unknown(unknowns.NOT_UNDERSTOOD, "a secret rule", "", told)
        return unknown(unknowns.NOT_UNDERSTOOD, shown, "", shown)

    def _resolved(
        self, holder: Object, selector: str, value: Mapping[str, Any], of: Any, top: str
    ) -> tuple[Mapping[str, Any], Hidden | None]:
        """Replace the reference in a rule's value with the key or id of the object.

        Returns the value, and what is hidden in it, for example an unknown reference.
        """
        field, kind = _REFERS_TO[selector]
        given = value.get(field, value.get("connection_id"))
        if given is None and of is None:
            return value, hidden_in(value)
        dependencies = holder.dependencies.get(top, ())
        known = None if isinstance(given, Hidden) else given
        find = self.references.key if selector == GROUP else self.references.id
        found = find(known, of, kind, dependencies)
        if found is None:
            return value, given if isinstance(given, Hidden) else NOT_KNOWN_YET
        rest = {name: one for name, one in value.items() if name not in {field, "connection_id"}}
        return {**rest, field: found}, hidden_in(rest)

    def _name(self, selector: str, atom: Atom, label: str) -> None:
        """Remember the name of an id, from the key in the state."""
        if not label or selector not in _REFERS_TO:
            return
        called = label.removeprefix(f"{_IN_KEYS.get(selector, selector)} ")
        if selector in GROUPS_AT_PROVIDERS:
            id_, called = atom[1], label.rpartition(" via ")[2] if " via " in label else ""
        else:
            id_ = atom[1]
        if called and called not in {id_, label}:
            self.names.setdefault(id_, called)


def references_in(value: Any) -> list[tuple[str, Any, Any]]:
    """Return the entries of a list of references: label, id and `of` of each."""
    found = []
    for label, entry in entries(value):
        if isinstance(entry, Mapping):
            found.append((label, entry.get("id"), entry.get("of")))
        else:
            found.append((label, entry, None))
    return found


def _is_object(value: Any) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping)
