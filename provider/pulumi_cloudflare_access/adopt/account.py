"""A live account, read into what a program would say of it. Every object is checked as it is read.

What a program would say goes through the product's own check and comparison: what is not exact, or
cannot be declared, is told before any file is written.
"""

from __future__ import annotations

import fnmatch
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from .. import access, iam, kinds
from ..engine import ownership
from ..engine.collection import Scope
from ..engine.lifecycle import ResourceLifecycle
from ..errors import CloudflareError, SettingsError
from ..program.references import Found
from . import classes
from .live import Live, checked, heard, served, told
from .matching import name_in
from .values import evaluated, written

SCOPE_FIELDS = frozenset({"account_id", "zone_id"})


@dataclass
class LiveObject:
    """One live object, and what a program says of it."""

    kind: str
    scope: Scope
    id: str
    text: str
    """What it is called."""
    whole: str | None
    """The id of the object that it is a part of."""
    arguments: dict[str, Any]
    """The constructor's arguments, as values.py has them."""
    given_name: str | None = None
    """The name that another tool has for it."""
    left_out: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other object."""
        return self.kind, self.id


@dataclass(frozen=True)
class Known:
    """An object that the program refers to and does not declare."""

    result: type[Found]
    id: str
    name: str
    is_unique: bool


class Catalogue:
    """What look-ups would find of the objects that the program does not declare."""

    def __init__(self, live: Live, scopes: Sequence[Scope]) -> None:
        """Read nothing yet: a list is read when an id is not known."""
        self._live = live
        self._scopes = scopes
        self._read: dict[type[Found], dict[str, Known]] = {}

    def find(self, id_: str) -> Known | None:
        """Return what has an id; None: nothing that this package looks up, or the token reads."""
        for result, collection in look_ups():
            if result not in self._read:
                self._read[result] = self._listed(result, collection)
            if id_ in self._read[result]:
                return self._read[result][id_]
        return None

    def _listed(self, result: type[Found], collection: Any) -> dict[str, Known]:
        lifecycle = self._live.lifecycle("access_group")
        found: list[Mapping[str, Any]] = []
        for scope in self._scopes:
            if scope.kind not in collection.scopes:
                continue
            try:
                path = collection.path_in(scope)
                found += lifecycle.client.list(
                    path, per_page=collection.per_page, permission=collection.permission
                )
            except CloudflareError:
                # Its objects are referred to by their ids then.
                continue
        names = [str(one.get("name") or "") for one in found]
        return {
            str(one["id"]): Known(result, str(one["id"]), name, names.count(name) == 1)
            for one, name in zip(found, names, strict=True)
        }


def look_ups() -> Iterator[tuple[type[Found], Any]]:
    """Return what look-ups return, and where they look."""
    for package in (access, iam):
        for module in pkgutil.iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    for result in sorted(Found.__subclasses__(), key=lambda one: one.__name__):
        look_up = getattr(sys.modules[result.__module__], "_lookup", None)
        # People are called by their addresses.
        if look_up is not None and "Member" not in result.__name__:
            yield result, look_up._collection  # noqa: SLF001 - the look-ups' own table


@dataclass(frozen=True)
class Wanted:
    """Which objects a program is to be written for."""

    only: frozenset[str] = frozenset()
    """Kinds; empty: all."""
    match: str | None = None
    """A glob for names. Parts go with what they are part of."""
    names: Mapping[str, str] | None = None
    """The ids alone that another tool has, and its names for them."""

    def has_kind(self, kind: str) -> bool:
        """Tell whether objects of a kind are wanted."""
        return not self.only or kind in self.only

    def has(self, one: LiveObject) -> bool:
        """Tell whether an object that is no part is wanted."""
        named = self.match is None or fnmatch.fnmatchcase(one.text, self.match)
        return named and (self.names is None or one.id in self.names)


class Reading:
    """Reads one account and zones in it."""

    def __init__(self, live: Live, scopes: Sequence[Scope], wanted: Wanted) -> None:
        """Read with these settings."""
        self._live = live
        self._scopes = scopes
        self._wanted = wanted
        self.left_out: dict[str, str] = {}
        """Which objects are not declared at all, and why."""

    def objects(self, progress: Callable[[str], None] = lambda _: None) -> list[LiveObject]:
        """Return every object that is wanted, in an order that is the same each time.

        Raises SettingsError, naming every permission that is missing: nothing is read by halves.
        """
        ownership.forget()
        found: list[LiveObject] = []
        denied: list[str] = []
        with heard([]):
            for scope in self._scopes:
                for kind in kinds.KINDS:
                    lifecycle = self._live.lifecycle(kind)
                    if scope.kind not in lifecycle.collection.scopes or not self._is_wanted(kind):
                        continue
                    progress(f"{lifecycle.display_name}s of {scope}")
                    try:
                        found += [
                            self._read(lifecycle, scope, one) for one in lifecycle.list_live(scope)
                        ]
                    except CloudflareError as error:
                        denied.append(f"{lifecycle.display_name}: {error}")
            if denied:
                raise SettingsError(
                    "nothing was written: part of the account cannot be read. Give the token what "
                    "it needs, or choose kinds with --only",
                    *denied,
                )
            kept = self._chosen(found)
            refused = self.refused(kept)
            for one in kept:
                if one.id not in refused and (mistakes := self._check(one)):
                    refused[one.id] = f"{one.text} is not declared: {'; '.join(mistakes)}"
            self.left_out = {id_: refused[id_] for id_ in sorted(refused)}
        return [one for one in kept if not {one.id, one.whole} & refused.keys()]

    def refused(self, objects: Sequence[LiveObject]) -> dict[str, str]:
        """Return the objects, by id, that no program can declare beside another one, and why."""
        holders: dict[tuple[Any, ...], LiveObject] = {}
        told: dict[str, str] = {}
        for one in objects:
            lifecycle = self._live.lifecycle(one.kind)
            declared = {name: evaluated(value) for name, value in one.arguments.items()}
            for _, value, words in lifecycle.unique_values(declared):
                everywhere = lifecycle.is_unique_everywhere(value)
                key = (one.kind, value, None if everywhere else one.scope)
                other = holders.setdefault(key, one)
                if other is not one:
                    told[one.id] = (
                        f"{one.text} is not declared: {other.text} ({other.id}) has {words} already"
                    )
        return told

    def _is_wanted(self, kind: str) -> bool:
        whole = whole_kind(kind)
        return self._wanted.has_kind(kind) or bool(whole and self._wanted.has_kind(whole))

    def _chosen(self, found: Sequence[LiveObject]) -> list[LiveObject]:
        wholes = [one for one in found if one.whole is None and self._wanted.has(one)]
        ids = {one.id for one in wholes}
        parts = [one for one in found if one.whole is not None and one.whole in ids]
        for one in wholes:
            one.given_name = (self._wanted.names or {}).get(one.id)
        return sorted(
            [*wholes, *parts], key=lambda one: (str(one.scope), one.kind, one.text, one.id)
        )

    def _read(
        self, lifecycle: ResourceLifecycle, scope: Scope, answer: Mapping[str, Any]
    ) -> LiveObject:
        whole = classes.whole(lifecycle.kind)
        fields = lifecycle.declarable_fields(answer)
        shapes = lifecycle.facts()
        account = scope.id if scope.kind == "account" else ""
        known = _parameters(lifecycle.kind)
        arguments = {
            name: written(shapes[name].shape, value, account)
            for name, value in fields.items()
            if name in known and name not in {whole, *SCOPE_FIELDS}
        }
        if lifecycle.kind.endswith("policies"):
            arguments.setdefault("policies", [])
        made = LiveObject(
            kind=lifecycle.kind,
            scope=scope,
            id=str(answer["id"]),
            text=name_in(lifecycle, answer),
            whole=None if whole is None else str(answer[whole]),
            arguments=arguments,
        )
        managed = lifecycle.managed_fields(answer, {}, everything=True)
        made.left_out += [
            f"{name}: stays as it is, because nothing can declare it beside its parts"
            for name, one in lifecycle.facts().items()
            if one.stays and managed.get(name) and name not in fields
        ]
        unknown = lifecycle.unknown(answer)
        made.left_out += [
            f"{name}: not known to this package; it stays as it is" for name in unknown
        ]
        made.left_out += [
            f"{name}: Cloudflare told it once, and nobody can read it now"
            for name in lifecycle.create_only_outputs_in(answer)
        ]
        hidden = [n for n in lifecycle.always_secret if answer.get(n) and n not in arguments]
        made.left_out += [
            f"{name}: holds secrets, which Cloudflare never tells; it stays as it is"
            for name in hidden
        ]
        return made

    def _check(self, one: LiveObject) -> list[str]:
        """Note what of an object's declaration is not exact; return why it cannot be declared."""
        lifecycle = self._live.lifecycle(one.kind)
        declared = {name: evaluated(value) for name, value in one.arguments.items()}
        declared[one.scope.field] = one.scope.id
        if one.whole is not None:
            declared[str(classes.whole(one.kind))] = one.whole
        urn = f"urn:pulumi:adopt::adopt::{classes.token(one.kind)}::{one.id}"
        try:
            answer = checked(urn, lifecycle, {**_by_constructor(lifecycle), **declared})
            if answer.failures:
                return [failure.reason for failure in answer.failures]
            inputs = answer.inputs
            found = served(urn, lambda: lifecycle.adoption_differences(inputs, one.id))
        except Exception as error:  # noqa: BLE001 - it is told
            return [told(error)]
        one.left_out += [f"is not exact: {difference}" for difference in found or ()]
        return []


def _by_constructor(lifecycle: ResourceLifecycle) -> dict[str, Any]:
    """Return what the constructor of a kind says by itself: that a part is in force."""
    fields = lifecycle.inputs.model_fields
    required = {name for name, info in fields.items() if info.is_required()}
    flags = required - _parameters(lifecycle.kind)
    return dict.fromkeys(flags, True)


def whole_kind(kind: str) -> str | None:
    """Return the kind of what a part belongs to: its name begins the part's."""
    if classes.whole(kind) is None:
        return None
    wholes = [one for one in kinds.KINDS if classes.whole(one) is None]
    return max((one for one in wholes if kind.startswith(f"{one}_")), key=len, default=None)


def _parameters(kind: str) -> frozenset[str]:
    constructor: Any = classes.resources()[kind].__init__
    return frozenset(inspect.signature(constructor).parameters)
