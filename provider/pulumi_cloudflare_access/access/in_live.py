"""What decides at Cloudflare right before a write, in the words of a program's text.

A text says what the program said. An earlier run may have failed to write that, or have left it out
(`--target`), and a run without a preview (`--skip-preview`) writes a group before its lists are
checked. So an update by which somebody could get more looks first, once in a run, at the lists of
all groups and all applications, and refuses where they are not yet what the program says.

Groups and policies of Cloudflare go by what the program calls those of the same name. They are
taken for what the text says of them if they say all that it does: a text has no values of Outputs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..engine.collection import Collection
from ..errors import DeclarationError, DeniedError
from ..fields.model import fields_of
from . import listings, places
from .in_force import (
    AT,
    GROUP,
    GROUPS,
    IN_FORCE,
    LISTS,
    LOGINS,
    NAMES,
    NOT_KNOWN,
    OTHERS,
    OTHERS_AT,
    OWN,
    POLICIES,
    login_of,
    mark,
    marks_in,
    renamed,
    rule_in_text,
    short,
)
from .outcomes import as_declared
from .policy_fields import PolicyInputs
from .widened import SECTIONS, Reach
from .written_first import Lists, Run, in_words

TOLD = (
    "{where} does not have yet, at Cloudflare, what the program says beside this change, which "
    "would let in somebody whom neither what is there nor the program lets in, or ask less of "
    "somebody than both do. An earlier up may have failed, or have left it out. Nothing was sent. "
    "Have an up without this change go through first"
)
_FIELDS = fields_of(PolicyInputs)
# Not a part of what a policy says, or not known in a text.
_APART = frozenset({*SECTIONS, "name", "opaque", "precedence"})

Object = Mapping[str, Any]


def refuse_what_opens(
    change: tuple[Object, Object],
    id_: str,
    list_all: Callable[[Collection], Iterable[Object]],
) -> None:
    """Raise if a group or a reusable policy may not become yet what the program says of it.

    `change` is what it was and is declared; `list_all` returns the objects of a kind.
    """
    was, declared = change
    text = declared.get(IN_FORCE)
    if text is None or not ((told := json.loads(text))[LISTS] or told.get(OTHERS)):
        return
    if all(was.get(name) == declared.get(name) for name in _FIELDS if name != "name"):
        return
    try:
        groups, apps = list_all(listings.GROUPS), list_all(listings.APPLICATIONS)
    except DeniedError:
        # The token may write this object, and not read what it counts in.
        return
    live = _Live(_read(text), id_, [*groups])
    _refuse(name for app, name in live.applications(apps) if live.opens(app, name))


def refuse_to_open(
    declared: Object,
    app: Object,
    reach: Reach,
    list_all: Callable[[Collection], Iterable[Object]],
    *,
    is_new: bool,
) -> None:
    """Raise if an application may not be written before what is said of its own policies.

    `app` is what is there, `reach` how people reach that; `is_new`: there are new places.
    """
    text = declared.get(IN_FORCE)
    if text is not None and json.loads(text).get(OWN):
        try:
            groups = list_all(listings.GROUPS)
        except DeniedError:
            groups = ()
        live = _Live(_read(text), "", [*groups])
        _refuse(
            name for name in live.after.lists if live.is_opened(app, name, reach, is_new=is_new)
        )


def _refuse(names: Iterable[str]) -> None:
    if where := sorted(map(in_words, names)):
        raise DeclarationError(TOLD.format(where=", ".join(where)))


def _read(text: str) -> Run:
    return Run(json.loads(text)).known()


@dataclass
class _Live:
    """What is there, as far as a text speaks of it."""

    after: Run
    own_id: str
    there: Sequence[Object]
    words: dict[str, str] = field(default_factory=dict)
    """What the program calls the groups, by their ids."""

    def __post_init__(self) -> None:
        groups, self.own = self.after.groups, self.after.told["own"]
        names = {word: name for word, name in self.after.told[NAMES].items() if word in groups}
        told, called = Counter(names.values()), Counter(one.get("name") for one in self.there)
        by_name = {name: word for word, name in names.items() if told[name] == called[name] == 1}
        for group in self.there:
            word = by_name.get(str(group.get("name")), "")
            if word and word != self.own:
                self.words[str(group["id"])] = word
        if self.own in groups:
            self.words[self.own_id] = self.own
        # Of the others nobody can say which they are: they are what the text says.
        self.unknown = groups.keys() - {*self.words.values()}
        self.groups: dict[str, Any] = {word: groups[word] for word in self.unknown}
        for group in self.there:
            id_ = str(group["id"])
            word, said = self.words.get(id_, id_), self._said(group)
            known = groups.get(word, {})
            self.groups[word] = known if known and self._is_said(known, said) else said
        # By their names; a name identifies a policy in a list.
        self.policies = {said["name"]: word for word, said in self.after.policies.items()}

    def applications(self, apps: Iterable[Object]) -> Iterator[tuple[Object, str]]:
        """Return the applications that the text speaks of, and what it calls them."""
        at: Mapping[str, Sequence[str]] = self.after.told[AT]
        others = marks_in(self.after.told.get(OTHERS_AT, ""))
        for app in apps:
            marks = {*map(mark, places.keys(places.whole(app)))}
            for name in self.after.lists:
                is_it = not marks.isdisjoint(at.get(name, ()))
                if is_it or (not marks and app.get("name") == self.after.told[NAMES].get(name)):
                    yield app, name
                    break
            else:
                if not marks.isdisjoint(others):
                    # It is to refer to the object no longer, and nobody has told us to what else.
                    called = str(app.get("name") or app.get("domain"))
                    yield app, f"<AccessApplication {called}>"

    def opens(self, app: Object, name: str) -> bool:
        """Return whether the change of the object opens an application too far."""
        lists, before = Lists(), self._run(app, name)
        moment = self._run(app, name, changed=True).with_new(self.after, [self.own])
        one, other = (lists.resolved(run, run.lists[name], name) for run in (before, moment))
        final = lists.resolved(self.after, self.after.lists.get(name, ()), name)
        return lists.is_weaker(one, final, [other])

    def is_opened(self, app: Object, name: str, reach: Reach, *, is_new: bool) -> bool:
        """Return whether an application lets in too many by the policies of its own that it has."""
        lists, before = Lists(), self._run(app, name, login_of(reach))
        entries = before.lists[name]
        one = lists.resolved(before, entries, name)
        moment = lists.resolved(before, entries, name, self.after)
        final = lists.resolved(self.after, self.after.lists[name], name)
        return lists.is_weaker(one, final, [moment]) or (
            is_new and lists.is_weaker([], final, [moment])
        )

    def _run(self, app: Object, name: str, login: Any = None, *, changed: bool = False) -> Run:
        """Return what is there as a run. `changed`: a policy at hand is what the program says."""
        found = sorted(app.get("policies") or (), key=lambda one: int(one.get("precedence") or 0))
        wished = self.after.lists.get(name, ())
        final = {one["name"]: one for one in wished if isinstance(one, Mapping)}
        told = {
            "own": self.own,
            GROUPS: self.groups,
            POLICIES: self.after.policies,
            LISTS: {name: 0},
            "orders": [[self._entry(one, final, changed=changed) for one in found]],
            LOGINS: self.after.told[LOGINS] if login is None else {name: login},
        }
        return Run(told)

    def _entry(self, policy: Object, final: Mapping[str, Object], *, changed: bool) -> Any:
        """Return a policy as a text has it: by its word, if it is what the text says of it."""
        said = self._said(policy)
        is_own = policy["id"] == self.own_id and self.own in self.after.policies
        word = self.own if is_own else self.policies.get(said["name"], "")
        if not policy.get("reusable"):
            known: Any = final.get(said["name"], {})
            return known if known and self._is_said(known, said) else _trimmed(said, known)
        if changed and is_own:
            return word
        known = self.after.policies.get(word, {})
        return word if known and self._is_said(known, said) else _trimmed(said, known)

    def _said(self, answer: Object) -> dict[str, Any]:
        """Return what a policy, or a group, says, as a text has it."""
        declared = as_declared(answer)
        told: dict[str, Any] = {"name": str(answer.get("name"))}
        for name, fact in _FIELDS.items():
            value = declared.get(name)
            if name in SECTIONS and value:
                told[name] = sorted(map(rule_in_text, value.values()))
            elif name not in _APART and value is not None:
                told[name] = fact.shape.meaning(value)
        plain: dict[str, Any] = renamed(json.loads(json.dumps(told)), self.words)
        return plain

    def _is_said(self, known: Object, there: Object) -> bool:
        """Return whether what is there says all that the text does."""
        hidden_groups = {f"{GROUP}{word}" for word in self.unknown}
        for name in SECTIONS:
            said, found = {*known.get(name, ())}, {*there.get(name, ())}
            hidden = {r for r in said if r in hidden_groups or r.startswith(NOT_KNOWN)}
            if said != {*short([*found], most=0)} and not (
                said - hidden <= found and len(found - said) == len(hidden)
            ):
                return False
        return all(there.get(name) == value for name, value in known.items() if name not in _APART)


def _trimmed(said: Object, known: Object) -> dict[str, Any]:
    """Leave out what the program does not say: that is Cloudflare's, before and after."""
    kept = {*_APART, "decision", "approval_required", "isolation_required", *known}
    return {name: value for name, value in said.items() if name in kept}
