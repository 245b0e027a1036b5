"""Which live object each declared resource is, and whether an adoption would change it.

The product's own adoption decides, with a client that sends nothing but GET: what it calls equal
here, a `pulumi up` with `adopt` calls equal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from ..engine import ownership
from ..engine.adoption import ADOPT
from ..engine.collection import Scope
from ..engine.lifecycle import ResourceLifecycle
from ..errors import CloudflareError
from ..fields.keyed import UNKNOWN
from . import classes
from .live import Accounts, heard, served, told
from .plan import Plan, Planned, count_unknown, declared, with_ids


class Outcome(Enum):
    """What an adoption would do with one declared resource."""

    EXACT = "exact"
    BY_ADOPT = "equal as far as a preview shows it, with secret inputs"
    CHANGES = "would change"
    AMBIGUOUS = "ambiguous"
    GONE = "named in adopt.json and not in the account"
    UNKNOWN = "cannot be compared"
    NEW = "new"


REFUSED = (Outcome.CHANGES, Outcome.AMBIGUOUS, Outcome.GONE, Outcome.UNKNOWN)
"""What keeps an adoption from being the whole program's."""


@dataclass(frozen=True)
class Match:
    """One declared resource, and the live object that it is."""

    planned: Planned
    outcome: Outcome
    id: str = ""
    reasons: Sequence[str] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """The whole inputs, with every id."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    compared: Mapping[str, Any] = field(default_factory=dict)
    """What was compared of the inputs."""
    warnings: Sequence[str] = ()

    def __str__(self) -> str:
        id_ = f" ({self.id})" if self.id else ""
        return f"{self.planned}{id_}{': ' if self.reasons else ''}{'; '.join(self.reasons)}"


@dataclass(frozen=True)
class Stray:
    """A live object that nothing declares."""

    kind: str
    what: str
    id: str
    name: str
    where: str

    def __str__(self) -> str:
        named = f'{self.what} "{self.name}"' if self.name else self.what
        return f"{named} ({self.id}) in {self.where}"


@dataclass(frozen=True)
class Found:
    """What a comparison of a program with its accounts has found."""

    matches: Sequence[Match]
    strays: Sequence[Stray]
    unread: Sequence[str]
    """What could not be read, each with the reason."""
    not_listed: Sequence[str] = ()
    """Of which objects nothing is said, because none of them is declared."""

    def of(self, *outcomes: Outcome) -> list[Match]:
        """Return the matches with one of these outcomes."""
        return [match for match in self.matches if match.outcome in outcomes]


ANYWHERE = Scope("account", "")
"""Where something is declared, if that is not known."""

Managed = Mapping[tuple[str, str], str]
"""The live objects that states have: URNs by kind and id."""
Wholes = Collection[tuple[str, str]]
"""Objects of which parts are declared: the field of the part that names them, and their ids."""


class Matching:
    """Compares one plan with its accounts."""

    def __init__(
        self,
        plan: Plan,
        accounts: Accounts,
        given: Mapping[str, str],
        managed: Managed,
        wholes: Wholes = (),
    ) -> None:
        """Take ids that are `given` by class and name, or by URN, and what states have already."""
        self._plan = plan
        self._accounts = accounts
        self._given = given
        self._managed = managed
        self._wholes = wholes
        self._ids: dict[str, str] = {}
        self._claimed: dict[tuple[str, str], Planned] = {}

    def found(self) -> Found:
        """Compare everything."""
        ownership.forget()
        matches = [self._heard(planned) for planned in self._plan.ours]
        warnings: list[str] = []
        with heard(warnings):
            leftovers = self._leftovers(matches)
        return Found(matches, leftovers.strays, leftovers.unread, leftovers.not_listed)

    # ----------------------------------------------------------------------------------- one by one

    def _heard(self, planned: Planned) -> Match:
        warnings: list[str] = []
        with heard(warnings):
            match = self._match(planned)
        return replace(match, warnings=warnings)

    def _match(self, planned: Planned) -> Match:
        lifecycle = self._accounts.of(planned.provider).lifecycle(str(planned.kind))
        inputs = with_ids(planned, self._ids)
        checked = declared(planned, inputs)
        try:
            if count_unknown(checked):
                return served(planned.urn, lambda: self._unknown(planned, lifecycle, checked))
            match = served(planned.urn, lambda: self._matched(planned, lifecycle, inputs, checked))
            return replace(match, compared=checked)
        except Exception as error:  # noqa: BLE001 - what the engine would show is the answer
            return Match(planned, Outcome.UNKNOWN, self._ids.get(planned.urn, ""), [told(error)])

    def _matched(
        self,
        planned: Planned,
        lifecycle: ResourceLifecycle,
        inputs: Mapping[str, Any],
        checked: Mapping[str, Any],
    ) -> Match:
        given = self.given(planned)
        ids = [given] if given else self._candidates(planned, lifecycle, checked)
        if len(ids) > 1:
            told = f"choose one of {', '.join(ids)} with --id {key_of(planned)}=ID"
            return Match(planned, Outcome.AMBIGUOUS, reasons=[told])
        differences = lifecycle.adoption_differences(checked, ids[0]) if ids else None
        if differences is None:
            return Match(planned, Outcome.GONE if given else Outcome.NEW, given or "")
        self._ids[planned.urn] = id_ = ids[0]
        if (other := self._claimed.setdefault((str(planned.kind), id_), planned)) is not planned:
            return Match(planned, Outcome.AMBIGUOUS, id_, [f"{other} is the same object"])
        if differences:
            return Match(planned, Outcome.CHANGES, id_, differences)
        return self._adopted(planned, lifecycle, inputs, checked)

    def _adopted(
        self,
        planned: Planned,
        lifecycle: ResourceLifecycle,
        inputs: Mapping[str, Any],
        checked: Mapping[str, Any],
    ) -> Match:
        """Have the adoption say what it makes of an object that is as declared."""
        id_ = self._ids[planned.urn]
        if planned.secrets:
            return Match(planned, Outcome.BY_ADOPT, id_, [", ".join(sorted(planned.secrets))])
        made = lifecycle.create({**checked, ADOPT: id_})
        if made.id != id_:
            return Match(planned, Outcome.UNKNOWN, id_, [f"the adoption takes {made.id}"])
        return Match(planned, Outcome.EXACT, id_, (), inputs, made.outs or {})

    def _unknown(
        self, planned: Planned, lifecycle: ResourceLifecycle, checked: Mapping[str, Any]
    ) -> Match:
        """Match what refers to something that is new, or has not been matched itself."""
        whole = classes.whole(lifecycle.kind)
        is_of_new = whole is not None and checked.get(whole) == UNKNOWN
        given = self.given(planned)
        ids = [given] if given else []
        if not ids and not is_of_new:
            ids = self._candidates(planned, lifecycle, checked)
        if not ids:
            return Match(planned, Outcome.NEW)
        why = "it refers to something that has no id yet, because that is new or not matched"
        return Match(planned, Outcome.CHANGES, ", ".join(ids), [why])

    def given(self, planned: Planned) -> str | None:
        """Return the id that a file or the command line gives a resource."""
        return self._given.get(planned.urn) or self._given.get(key_of(planned))

    def _candidates(
        self, planned: Planned, lifecycle: ResourceLifecycle, checked: Mapping[str, Any]
    ) -> list[str]:
        """Return the objects that it may be: nobody's, and given to no other resource."""
        kind, others = str(planned.kind), {*self._given.values()}
        ids = lifecycle.find_candidates(checked)
        free = [id_ for id_ in ids if (kind, id_) not in self._managed]
        if len(free) > 1:
            free = [id_ for id_ in free if id_ not in others] or free
        return free

    # ---------------------------------------------------------------------------- what is left over

    def _leftovers(self, matches: Iterable[Match]) -> Leftovers:
        known = {*self._managed, *((str(one.planned.kind), one.id) for one in matches if one.id)}
        wholes = {*self._wholes, *wholes_of((m.planned.kind, m.compared) for m in matches)}
        found = Leftovers(known, wholes, frozenset(self._declared_in(matches)))
        for provider, scope in self._scopes(matches):
            live = self._accounts.of(provider)
            for kind in classes.resources():
                found.look(live.lifecycle(kind), scope)
        return found

    def _declared_in(self, matches: Iterable[Match]) -> Iterator[tuple[str, Scope]]:
        for match in matches:
            default = self._accounts.of(match.planned.provider).settings.account_id
            yield str(match.planned.kind), scope_in(match.planned.inputs, default)
        # Their inputs are not at hand: what states have counts for every account.
        yield from ((kind, ANYWHERE) for kind, _ in self._managed)

    def _scopes(self, matches: Iterable[Match]) -> list[tuple[str, Scope]]:
        """Return the accounts and zones that the program speaks of, each with its provider."""
        found: dict[tuple[str, Scope], None] = {}
        default = self._accounts.of("").settings.account_id
        if default:
            found["", Scope("account", default)] = None
        for match in matches:
            for kind in ("account", "zone"):
                id_ = match.planned.inputs.get(f"{kind}_id")
                if isinstance(id_, str) and len(id_) == 32:  # noqa: PLR2004 - an id, and known
                    found[match.planned.provider, Scope(kind, id_)] = None
        return [*found]


@dataclass
class Leftovers:
    """The live objects that nothing declares, kind by kind and scope by scope."""

    known: Collection[tuple[str, str]]
    """The declared objects, by kind and id."""
    wholes: Wholes
    declared: frozenset[tuple[str, Scope]]
    """The kinds that are declared, and where."""
    strays: list[Stray] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    not_listed: list[str] = field(default_factory=list)
    _seen: set[tuple[str, Scope]] = field(default_factory=set)

    def look(self, lifecycle: ResourceLifecycle, scope: Scope) -> None:
        """Read the objects of a kind, once, unless nothing is to be said of them."""
        key = (lifecycle.kind, scope)
        if key in self._seen or scope.kind not in lifecycle.collection.scopes:
            return
        self._seen.add(key)
        if lifecycle.stray == "never":
            return
        is_declared = not self.declared.isdisjoint({key, (lifecycle.kind, ANYWHERE)})
        if lifecycle.stray == "with_others" and not is_declared:
            self.not_listed.append(f"{lifecycle.display_name}s of {scope}: none is declared there")
            return
        try:
            self.strays += live_strays(lifecycle, scope, self.known, self.wholes)
        except CloudflareError as error:
            told = f"{lifecycle.display_name}: {error}"
            self.unread += [] if told in self.unread else [told]


def scope_in(props: Mapping[str, Any], default: str | None) -> Scope:
    """Return the account or zone of a resource, by its inputs or outputs."""
    for kind in ("zone", "account"):
        id_ = props.get(f"{kind}_id")
        if isinstance(id_, str) and id_ != UNKNOWN:
            return Scope(kind, id_)
    return Scope("account", default) if default else ANYWHERE


def live_strays(
    lifecycle: ResourceLifecycle, scope: Scope, known: Collection[tuple[str, str]], wholes: Wholes
) -> list[Stray]:
    """Return the live objects of a kind that nothing declares. Raises CloudflareError.

    `known` are declared objects by kind and id, `wholes` those of which parts are declared: in
    which way, as a list or one by one, is the program's business.
    """
    if scope.kind not in lifecycle.collection.scopes:
        return []
    whole = classes.whole(lifecycle.kind)
    return [
        Stray(
            lifecycle.kind,
            lifecycle.display_name,
            str(found["id"]),
            name_in(lifecycle, found),
            str(scope),
        )
        for found in lifecycle.list_live(scope)
        if (lifecycle.kind, str(found["id"])) not in known
        and (whole is None or (whole, str(found[whole])) not in wholes)
        and lifecycle.has_content(found)
    ]


def wholes_of(props: Iterable[tuple[str | None, Mapping[str, Any]]]) -> Iterator[tuple[str, str]]:
    """Return the objects of which parts are declared, by the parts' kinds and inputs."""
    for kind, inputs in props:
        whole = classes.whole(kind) if kind else None
        if whole and isinstance(inputs.get(whole), str):
            yield whole, inputs[whole]


def name_in(lifecycle: ResourceLifecycle, found: Mapping[str, Any]) -> str:
    """Return what a live object is called."""
    for field_ in ("name", lifecycle.natural_key, "domain", "type"):
        value = found.get(field_)
        if isinstance(value, str) and value and field_ != classes.whole(lifecycle.kind):
            return value
    return ""


def key_of(planned: Planned) -> str:
    """Return the key of a resource in adopt.json and on the command line."""
    return f"{planned.type.rpartition(':')[2]}::{planned.name}"
