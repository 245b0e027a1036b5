"""People, as programs name them: by e-mail address, by the id of the account member, or both.

    members:
      ada@example.com: {email: Ada@example.com}

State and previews hold people as a map keyed by e-mail address, in lower case. Outputs hold the id
and the status (accepted, or pending until an invitation is accepted) beside it. Who is given by
the id alone is called by it in a preview, which asks nobody whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import pulumi

from ..fields.keyed import NOT_KNOWN_YET, NOTHING_KNOWN, UNKNOWN, Keyed, Mistake, Named, Reading
from ..fields.model import unknown_keys
from ..fields.shapes import Shape
from ..program.references import ACCOUNT_MEMBERS, MISTAKE, Found, Reference, refer
from ..text.nearest import quoted_value
from .answers import AN_EMAIL, LONGEST_EMAIL, email_of

Person: TypeAlias = Reference
"""An e-mail address or the id of an account member, or what a look-up found."""

EMAIL, ID, STATUS = "email", "id", "status"
# Of the people in a message.
MOST_SHOWN = 50
_AN_ID = re.compile(r"[0-9a-f]{32}")
NOBODY = "must be an e-mail address or the id of an account member (32 hexadecimal digits)"


def _nobody(value: Any) -> str:
    """Say why something is no person."""
    if not isinstance(value, str):
        return f"is {quoted_value(value)}, and {NOBODY}" if value else NOBODY
    if AN_EMAIL.fullmatch(value) and len(value) > LONGEST_EMAIL:
        return (
            f"{quoted_value(value)} has {len(value)} characters, and Cloudflare takes "
            f"{LONGEST_EMAIL} at most"
        )
    return f"{quoted_value(value)} {NOBODY}"


def refer_to(person: Any) -> Any:
    """Write down what a program knows of a person."""
    if isinstance(person, pulumi.Output):
        return person.apply(refer_to)
    if isinstance(person, Mapping) and not isinstance(person.get(ID), pulumi.Resource):
        return dict(person)
    reference = refer(person, ACCOUNT_MEMBERS)
    if not isinstance(reference, Mapping) or MISTAKE in reference:
        return reference
    if isinstance(person, Found):
        return {ID: person.id, EMAIL: getattr(person, EMAIL, None)}
    return {ID: person.id, EMAIL: person.email}


def refer_to_all(people: Any) -> Any:
    """Write down what a program knows of several."""
    if isinstance(people, pulumi.Output):
        return people.apply(refer_to_all)
    return [refer_to(one) for one in people] if isinstance(people, (list, tuple)) else people


def plain(person: Any) -> str | None:
    """Return a name that two resources of a program can be compared by, if there is one."""
    named = refer_to(person)
    if isinstance(named, Mapping):
        named = named.get(EMAIL)
    return named.lower() if isinstance(named, str) else None


# ------------------------------------------------------------------------------ what a state holds


def read(entry: Any, path: str) -> tuple[dict[str, Any], list[Mistake]]:
    """Read a person as a program wrote it: e-mail address, id, or what `refer_to` wrote down."""
    if isinstance(entry, str):
        entry = {EMAIL if "@" in entry else ID: entry}
    if not isinstance(entry, Mapping) or not all(isinstance(v, str) for v in _said(entry).values()):
        return {}, [Mistake(path, _nobody(entry))]
    if entry.get(MISTAKE):
        return {}, [Mistake(path, str(entry[MISTAKE]))]
    if unknown := unknown_keys(entry, (EMAIL, ID, STATUS), path, of="a person"):
        return {}, unknown
    said = _said(entry)
    known = {name: value for name, value in said.items() if value != UNKNOWN}
    wrong = [value for name, value in known.items() if not _is_right(name, value)]
    if wrong or not said:
        return {}, [Mistake(path, _nobody(wrong[0] if wrong else None))]
    return known or {ID: UNKNOWN}, []


def _said(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in (EMAIL, ID) if entry.get(name)}


def _is_right(name: str, value: str) -> bool:
    if name == ID:
        return bool(_AN_ID.fullmatch(value))
    return bool(AN_EMAIL.fullmatch(value)) and len(value) <= LONGEST_EMAIL


def called(person: Any) -> str:
    """Return what people call a person: the e-mail address, else the id."""
    if not isinstance(person, Mapping):
        return NOT_KNOWN_YET
    email = str(person.get(EMAIL) or "").lower()
    return email or str(person.get(ID)).replace(UNKNOWN, NOT_KNOWN_YET)


def answered(item: Mapping[str, Any], form: Any = None) -> dict[str, Any]:
    """Read a person of an answer, the address as the program writes it."""
    found = {EMAIL: email_of(item), ID: item.get("id"), STATUS: item.get("status")}
    if isinstance(form, Mapping) and form.get(EMAIL):
        found[EMAIL] = form[EMAIL]
    return {name: value for name, value in found.items() if value}


def is_one(person: Any, item: Mapping[str, Any]) -> bool:
    """Tell whether an answer is about this person. An address may be somebody else's by now."""
    if not isinstance(person, Mapping):
        return False
    email, id_ = str(person.get(EMAIL) or "").lower(), person.get(ID)
    return bool((email or id_) and email in ("", email_of(item)) and id_ in (None, item.get("id")))


class PersonShape(Shape):
    """One person."""

    def check(self, value: Any, path: str) -> tuple[Any, list[Mistake]]:
        """Accept an e-mail address or an id."""
        return (value, []) if value == UNKNOWN else read(value, path)

    def same(self, one: Any, other: Any) -> bool:
        """Compare people, not what is said of them."""
        if (
            UNKNOWN in (one, other)
            or not isinstance(one, Mapping)
            or not isinstance(other, Mapping)
        ):
            return bool(one == other)
        return called(one) == called(other)

    def answer(self, value: Any, form: Any, reading: Reading) -> Any:
        """Read the person of an answer."""
        del reading
        return answered(value, form if is_one(form, value) else None)

    def changes(self, path: str, old: Any, new: Any) -> list[str]:
        """Say who it was and who it is."""
        return [f"{path}: {called(old)} -> {called(new)}"]


class People(Keyed):
    """Several people, in any order."""

    of_what = "members"

    def read(self, entry: Any, path: str) -> tuple[Named, list[Mistake]]:
        """Accept an e-mail address or an id."""
        if entry == UNKNOWN:
            return Named(NOT_KNOWN_YET, {ID: UNKNOWN}), []
        person, mistakes = read(entry, path)
        return Named(called(person), person), mistakes

    def canonical(self, entry: Any) -> str:
        """Compare by e-mail address, or by the id of whom nobody knows the address."""
        if isinstance(entry, Mapping) and not entry.get(EMAIL):
            return str(entry.get(ID))
        return called(entry)

    def to_wire(self, entry: Any) -> Any:
        """Send the id."""
        return {ID: entry[ID]}

    def gist(self, entry: Any) -> str:
        """Write the address, or else the id."""
        return called(entry)

    def gists(self, answer: Any, reading: Reading = NOTHING_KNOWN) -> Collection[str]:
        """Return both, which an answer has."""
        del reading
        return (email_of(answer), str(answer.get(ID)))

    def matches(self, entry: Any, answer: Any, reading: Reading = NOTHING_KNOWN) -> bool:
        """Tell whether an answer is about this person."""
        del reading
        return is_one(entry, answer)

    def from_wire(self, answer: Any, reading: Reading) -> Named:
        """Read a person whom nobody declared."""
        del reading
        person = answered(answer)
        return Named(called(person), person)

    def answer(
        self, items: Sequence[Any], known: Mapping[str, Any], reading: Reading
    ) -> dict[str, Any]:
        """Read everybody of an answer. Who is known keeps the key and the spelling."""
        keys = {name: key for key, entry in known.items() for name in names_of(entry)}
        kept: dict[str, Any] = {}
        foreign = []
        for item in items:
            likely = {keys.get(name) for name in names_of(answered(item))}
            found = [key for key in likely if key is not None and is_one(known[key], item)]
            kept |= {key: answered(item, known[key]) for key in found}
            if not found:
                foreign.append(self.from_wire(item, reading).spelled())
        return self.arrange(foreign, kept)


# ---------------------------------------------------------------------------------- names and ids


def identified(people: Mapping[str, Any], known: Iterable[Any]) -> dict[str, Any]:
    """Put beside what a program says of each person what else is known."""
    whole = {name: one for one in known for name in names_of(one)}

    def of(person: Any) -> Any:
        one = next((whole[name] for name in names_of(person) if name in whole), None)
        return person if one is None else {**one, **person}

    return {key: of(person) for key, person in people.items()}


def unidentified(people: Mapping[str, Any]) -> dict[str, str]:
    """Return those of whom only the address or only the id is known."""
    return {key: names_of(one)[0] for key, one in people.items() if len(names_of(one)) == 1}


def as_written(person: Any, key: str = "") -> Any:
    """Take away again what nobody has written."""
    if not isinstance(person, Mapping):
        return person
    name = EMAIL if EMAIL in person and key != person.get(ID) else ID
    return {name: person[name]}


def names_of(person: Any) -> list[str]:
    """Return what a person goes by: the address, the id, or both."""
    known = _said(person) if isinstance(person, Mapping) else {}
    return [value.lower() for value in known.values() if value != UNKNOWN]


def in_short(names: Iterable[str]) -> str:
    """Name some, and how many more there are."""
    shown = sorted(names)
    more = f" and {len(shown) - MOST_SHOWN:,} more" if len(shown) > MOST_SHOWN else ""
    return ", ".join(shown[:MOST_SHOWN]) + more
