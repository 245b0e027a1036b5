"""Builds worlds from objects: resolves references, and orders the policies of applications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from .. import unknowns
from ..atoms import Atom
from ..unknowns import unknown
from ..world import (
    Application,
    Group,
    Policy,
    Rule,
    Rules,
    Step,
    Unordered,
    World,
)
from . import kinds
from .destinations import Places, places_of
from .lists import Lists
from .objects import Object
from .overlay import ACCOUNT_POLICIES
from .references import References, When
from .resources import Note
from .rights import rights_in
from .rules import RuleReader, references_in
from .terms import TermsReader
from .values import Hidden, entries_in_order, text

_DECISIONS: Final = frozenset(("allow", "deny", "bypass", "non_identity"))


@dataclass
class _Attached:
    """The policies of one application, by how they are declared."""

    reusable: list[tuple[int | None, str]] | None = None
    """Precedence and key of the policies in the application's own list; None: not declared."""
    listed: list[str] | None = None
    """The keys of the policies in its `AccessApplicationPolicies`; None: not declared."""
    single: list[tuple[int | None, str]] = field(default_factory=list)
    """Precedence and key of each `AccessApplicationPolicy`."""
    hidden: Rule | None = None
    """The unknown that stands for policies whose values are hidden."""


class Builder:
    """Builds the world of one moment from its objects. `notes` collects what is not known."""

    def __init__(
        self,
        objects: Iterable[Object],
        references: References,
        when: When,
        notes: list[Note],
        *,
        deleted: Iterable[str] = (),
        access_protection: bool | None = None,
    ) -> None:
        self._objects = list(objects)
        self._references = references
        self._when: Final = when
        self._notes = notes
        self._deleted = frozenset(deleted)
        self._protection = access_protection
        self._names: dict[str, str] = {}
        self._lists = Lists(self._objects, when)
        self._reader = RuleReader(references, when, self._names, self._lists.unread)
        self._policies: dict[str, Policy] = {}
        self._owned_ids: dict[str, str] = {}
        self._attached: dict[str, _Attached] = {}
        self._new_applications = [one.key for one in self._of(kinds.APPLICATION) if not one.id]
        self._has_orphans = False

    def world(self) -> World:
        """Build the world."""
        for one in self._objects:
            self._names[one.key] = one.name
            if one.kind in kinds.NAMED:
                self._names[one.id or one.key] = one.name
        groups = {one.key: self._group(one) for one in self._of(kinds.GROUP) if one.is_read}
        for one in self._of(kinds.POLICY):
            if one.is_read:
                self._add_policy(one.key, one, one.fields or {}, "")
        for one in self._of(kinds.POLICY_LIST):
            self._add_list(one)
        for one in self._of(kinds.OWNED_POLICY):
            self._add_single(one)
        applications = {one.key: self._application(one) for one in self._of(kinds.APPLICATION)}
        for key in self._attached.keys() - applications.keys():
            told = "its policies are here, and the application itself is not"
            self._notes.append(Note("application-not-read", key, told))
        return World(
            applications=applications,
            policies=self._policies,
            groups=groups,
            names=self._names,
            lists=self._lists.contents,
            provider_types={
                one.id or one.key: text((one.fields or {}).get("type"))
                for one in self._of(kinds.PROVIDER)
            },
            deleted=self._deleted,
            access_protection=self._protection,
            secrets=self._secrets(groups),
            rights=rights_in(self._objects, self._references, self._when),
        )

    def _of(self, kind: str) -> list[Object]:
        return [one for one in self._objects if one.kind == kind]

    def _secrets(self, groups: Mapping[str, Group]) -> frozenset[Atom]:
        """Return the atoms that occur only in secret rules."""
        rules = [rule for group in groups.values() for rule in group.rules.all]
        rules += [rule for policy in self._policies.values() for rule in policy.rules.all]
        plain = {rule.atom for rule in rules if not rule.secret}
        secret = {rule.atom for rule in rules if rule.secret} | self._lists.secrets
        return frozenset(secret - plain)

    # ------------------------------------------------------------------------ groups and policies

    def _group(self, one: Object) -> Group:
        rules = self._reader.rules(one, one.fields or {}, f'group "{one.name}"')
        return Group(one.key, one.name, rules, one.scope)

    def _add_policy(
        self, key: str, holder: Object, fields: Mapping[str, Any], top: str, label: str = ""
    ) -> None:
        name = holder.name
        if not holder.secrets & {top, "name"}:
            name = label or text(fields.get("name")) or name
        decision = fields.get("decision")
        self._policies[key] = Policy(
            key=key,
            name=name,
            decision=decision if isinstance(decision, str) and decision in _DECISIONS else None,
            rules=self._reader.rules(holder, fields, f'policy "{name}"', top),
            terms=TermsReader(holder, self._when).terms(fields, top),
            scope=holder.scope,
        )
        self._names[key] = name

    def _add_list(self, one: Object) -> None:
        """Read an `AccessApplicationPolicies`: all policies that an application owns."""
        fields = one.fields or {}
        attached = self._of_application(one)
        value = fields.get("policies")
        if isinstance(value, Hidden) or one.fields is None:
            attached.hidden = self._hidden_policies(one, "policies", value)
            attached.listed = []
            return
        ids = fields.get("ids")
        attached.listed = []
        for label, policy in entries_in_order(value):
            if not isinstance(policy, Mapping):
                attached.hidden = self._hidden_policies(one, "policies", policy)
                continue
            name = text(policy.get("name")) or label
            is_secret = "policies" in one.secrets
            key = f"{one.key}/{len(attached.listed) if is_secret else name}"
            self._add_policy(key, one, policy, "policies", label or name)
            attached.listed.append(key)
            if isinstance(ids, Mapping) and isinstance(ids.get(name), str):
                self._owned_ids[ids[name]] = key

    def _add_single(self, one: Object) -> None:
        """Read an `AccessApplicationPolicy`: one policy that an application owns."""
        self._add_policy(one.key, one, one.fields or {}, "")
        if one.id:
            self._owned_ids[one.id] = one.key
        place = _number((one.fields or {}).get("precedence"))
        self._of_application(one).single.append((place, one.key))

    def _of_application(self, one: Object) -> _Attached:
        value = (one.fields or {}).get("application", one.id)
        known = None if isinstance(value, Hidden) else value
        dependencies = one.dependencies.get("application", ())
        key = self._references.key(known, None, kinds.APPLICATION, dependencies)
        if key is None and len(self._new_applications) == 1:
            # Not every document has dependencies. It can only be the one new application.
            (key,) = self._new_applications
        if key is None:
            self._has_orphans = True
            told = "the application that its policies belong to is not known yet"
            self._notes.append(Note("application-not-known", one.key, told))
            key = f"the application of {one.key}"
        return self._attached.setdefault(key, _Attached())

    # ------------------------------------------------------------------------------- applications

    def _application(self, one: Object) -> Application:
        fields = one.fields or {}
        type_ = text(fields.get("type")) or "self_hosted"
        allowed = one.told.get("allowed_idps")
        providers = None if isinstance(allowed, Hidden) else self._providers(one, allowed)
        warp = fields.get("allow_authenticate_via_warp")
        places = self._places(one)
        return Application(
            key=one.key,
            name=one.name,
            type=type_,
            destinations=tuple(dict.fromkeys(places.destinations)),
            policies=self._steps(one, fields),
            identity_providers=providers if one.is_read else None,
            terms=TermsReader(one, self._when).terms(fields),
            device_login=None if isinstance(warp, Hidden) else bool(warp),
            scope=one.scope,
            unread=one.mark("allowed_idps", self._when),
            public_paths=tuple(dict.fromkeys(places.public_paths)),
        )

    def _providers(self, one: Object, allowed: Any) -> tuple[str, ...] | None:
        found = []
        for label, value, of in references_in(allowed):
            id_ = self._references.id(
                None if isinstance(value, Hidden) else value,
                of,
                kinds.PROVIDER,
                one.dependencies.get("allowed_idps", ()),
            )
            if id_ is None:
                return None
            if label:
                self._names.setdefault(id_, label)
            found.append(id_)
        return tuple(found)

    def _places(self, one: Object) -> Places:
        """Return the places of an application, and note those that are not known."""
        found = places_of(one.told)
        if found.is_hidden:
            told = "its places are not all known here"
            self._notes.append(Note("places-not-known", one.key, told))
        for what in found.not_understood:
            told = f"a destination of it is not understood by this version: {what}"
            self._notes.append(Note("place-not-understood", one.key, told))
        return found

    def _steps(self, one: Object, fields: Mapping[str, Any]) -> tuple[Step, ...]:
        """Return the policies of an application, in the order of their precedence."""
        attached = self._attached.setdefault(one.key, _Attached())
        self._read_attached(one, fields, attached)
        if attached.hidden is not None:
            return (self._stand_in(one, attached.hidden),)
        account = self._of_account(one, fields)
        owned: list[Step] = [*_by_precedence(attached.single), *(attached.listed or ())]
        if not owned and attached.listed is None and account:
            owned = [key for key, reusable in account if not reusable]
        if attached.reusable is not None:
            reusable = _by_precedence(attached.reusable)
        elif account:
            reusable = [key for key, is_reusable in account if is_reusable]
        elif (owned or attached.listed is not None) and one.is_managed:
            reusable = []
        elif one.is_new and one.is_managed and not (self._has_orphans and not one.id):
            return ()
        else:
            return (self._stand_in(one, self._not_declared(one)),)
        # The application's own list may contain owned policies, too, by their ids.
        here = set(_keys(reusable))
        others = [step for step in owned if step not in here]
        if not others or not reusable:
            return (*reusable, *others)
        in_account = [key for key, _ in account if key in {*here, *_keys(others)}]
        if sorted(in_account) == sorted((*here, *_keys(others))) and all(
            [key for key in in_account if key in part] == part
            for part in (list(_keys(reusable)), list(_keys(others)))
        ):
            return tuple(in_account)
        return (Unordered((tuple(_keys(reusable)), tuple(_keys(others)))),)

    def _of_account(self, one: Object, fields: Mapping[str, Any]) -> list[tuple[str, bool]]:
        """Return the policies that the account's snapshot has for an application.

        Each with whether it is reusable, in order of precedence.
        """
        answered = [
            (_number(policy.get("precedence")), policy)
            for policy in fields.get(ACCOUNT_POLICIES) or ()
            if isinstance(policy, Mapping) and text(policy.get("id")) not in self._deleted
        ]
        if all(place is not None for place, _ in answered):
            answered.sort(key=lambda pair: pair[0] or 0)
        return [
            (self._attached_policy(one, "", policy, number)[1], bool(policy.get("reusable")))
            for number, (_, policy) in enumerate(answered)
        ]

    def _read_attached(self, one: Object, fields: Mapping[str, Any], attached: _Attached) -> None:
        value = fields.get("policies")
        if isinstance(value, Hidden):
            attached.hidden = self._hidden_policies(one, "policies", value)
        if "policies" not in fields or isinstance(value, Hidden) or value is None:
            return
        attached.reusable = []
        for number, (label, entry) in enumerate(entries_in_order(value)):
            called = "" if "policies" in one.secrets else label
            place, key = self._attached_policy(one, called, entry, number)
            attached.reusable.append((place, key))

    def _attached_policy(
        self, one: Object, label: str, entry: Any, number: int
    ) -> tuple[int | None, str]:
        """Return the precedence and the key of one entry: a reference, or a whole policy."""
        fields: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {"id": entry}
        place = _number(fields.get("precedence"))
        value = fields.get("id")
        if text(value) in self._owned_ids:
            return place, self._owned_ids[text(value)]
        if "decision" in fields:
            name = "" if "policies" in one.secrets else text(fields.get("name"))
            id_ = text(value) or f"{one.key}/{name or number}"
            key = self._references.with_id(id_)
            if key not in self._policies:
                self._add_policy(key, one, fields, "policies", label)
            return place, key
        known = None if isinstance(value, Hidden) else value
        dependencies = one.dependencies.get("policies", ())
        found = self._references.key(known, fields.get("of"), kinds.POLICY, dependencies)
        if found is None:
            found = f"{one.key}/policies/{label or number}"
        if label:
            self._names.setdefault(found, label)
        return place, found

    def _hidden_policies(self, one: Object, top: str, value: Any) -> Rule:
        secret = isinstance(value, Hidden) and value.secret
        code = unknowns.SECRET if secret else unknowns.POLICIES_NOT_READ
        what = f'the list of policies of "{one.name}"' if secret else f'"{one.name}"'
        return Rule(unknown(code, what, one.mark(top, self._when), one.key), secret=secret)

    def _not_declared(self, one: Object) -> Rule:
        """Return the unknown for policies that the program leaves to others."""
        atom = unknown(unknowns.POLICIES_NOT_READ, f'"{one.name}"', one.key)
        return Rule(atom)

    def _stand_in(self, one: Object, rule: Rule) -> str:
        """Add a policy about which nothing is known, in place of policies that were not read."""
        key = f"{one.key}/policies that were not read"
        name = f'policies of "{one.name}"'
        self._names[key] = name
        self._policies[key] = Policy(key, name, None, Rules((rule,)), scope=one.scope)
        return key


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _by_precedence(placed: Sequence[tuple[int | None, str]]) -> list[Step]:
    """Order policies by precedence, if all have one. Those of equal precedence are unordered."""
    if any(place is None for place, _ in placed):
        return [key for _, key in placed]
    found: list[Step] = []
    in_order = sorted(placed, key=lambda one: one[0] or 0)
    for _, together in groupby(in_order, key=lambda one: one[0]):
        keys = [key for _, key in together]
        found.append(keys[0] if len(keys) == 1 else Unordered(tuple((key,) for key in keys)))
    return found


def _keys(steps: Iterable[Step]) -> Iterable[str]:
    for step in steps:
        if isinstance(step, str):
            yield step
        else:
            for keys in step.lists:
                yield from keys
