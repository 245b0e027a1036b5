"""Rights that get wider in one run with others that get narrower, or with people who leave.

The engine writes resource groups first, then the user groups whose policies refer to them, then the
members of these. So a resource group that gets wider does so under the old policies, and policies
that get wider do so for people who leave. Each of the two has a reserved input with what the
program says of the rest, as text, and check compares it with the text of the run before:

- A user group whose rights get wider has those taken out of it first whom the program no longer
  declares as its members.
- A resource group is refused that would give somebody a right, until the rest is written, which
  that person neither has before nor is to have.

What the texts hold is in program_text.py.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from ..program.later import later
from ..program.program_text import Word, Words, digest
from ..program.references import ID, LABEL, Reference
from ..program.resource import Deployment
from .people import EMAIL, in_short
from .scopes import EVERYTHING, KEY

# Reserved inputs: of user groups, of resource groups; and of user groups, from check.
MEMBERS, RIGHTS, LEAVERS = "__members", "__rights", "__leavers"
SCOPES = "scopes"  # what resource groups hold, all of a program
PERMISSIONS, RESOURCES = "permission_groups", "resource_groups"
# Of so many resource groups that change at once, every combination is looked at.
MOST_COMBINED = 6

Pair = tuple[str, str]
"""A permission group, and an object that it is on."""

# --------------------------------------------------------------------------------- in the program


def tell_members(group: Reference, people: Any, *, is_set: bool, limit: Any = None) -> None:
    """Tell a user group who is in it: all of them, and how many of these may leave; or one."""
    told = {"people": Words().plain(people, "people"), "is_set": is_set, "limit": limit}
    Deployment.current().told(MEMBERS, group).append(told)


@later
async def members_text(deployment: Deployment, group: Any) -> str | None:
    """Write down who is in a user group. Asked for when the program has run."""
    told = deployment.told(MEMBERS, group)
    return json.dumps(_members(told), sort_keys=True) if told else None


def _members(told: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {"set": [], "single": [], "unknown": []}
    found["is_set"] = any(one["is_set"] for one in told)
    for one in told:
        people = one["people"] if isinstance(one["people"], list) else [one["people"]]
        for name in map(_name_of, people):
            known = "set" if one["is_set"] else "single"
            found["unknown" if isinstance(name, Word) else known].append(name)
        if one["limit"] is not None:
            found["limit"] = one["limit"] if isinstance(one["limit"], int) else "unknown"
    return found


def _name_of(person: Any) -> str:
    """Return what a program calls a person: the address, else the id."""
    if isinstance(person, Mapping):
        names = [person.get(EMAIL), person.get(ID)]
        known = [name for name in names if name and not isinstance(name, Word)]
        person = (known or [name for name in names if name] or [""])[0]
    return person if isinstance(person, Word) else str(person).lower()


def tell_policies(group: pulumi.CustomResource, called: str, policies: Any) -> None:
    """Tell the resource groups that a user group's policies are on, what these say."""
    if not isinstance(policies, (list, tuple)):
        return
    deployment, plain = Deployment.current(), Words().plain(policies, "policies")
    told = {"called": called, "group": group, "policies": [*map(_policy, plain)]}
    known = [policy for policy in policies if isinstance(policy, Mapping)]
    referred = [entry for policy in known for entry in _entries(policy.get(RESOURCES))]
    for id_ in {id(ref): ref for ref in map(_id_of, referred)}.values():
        rights = deployment.told(RIGHTS, id_)
        if not any(one["group"] is group for one in rights):
            rights.append(told)


def tell_scope(resource_group: pulumi.CustomResource, scope: Any) -> None:
    """Have everybody know what a resource group holds."""
    entries = scope.get("objects") if isinstance(scope, Mapping) else scope
    objects = Words().plain(entries, "objects")
    held = objects if isinstance(objects, list) else [objects]
    called = str(Words().plain(resource_group, ""))
    Deployment.current().told(SCOPES, "").append((called, [*map(_object, held)]))


@later
async def rights_text(deployment: Deployment, resource_group: pulumi.CustomResource) -> str:
    """Write down who has which rights on what a resource group holds, and on what else."""
    own = str(Words().plain(resource_group, ""))
    groups = {}
    for one in deployment.told(RIGHTS, resource_group):
        members = _members(deployment.told(MEMBERS, one["group"]))
        # Who leaves is all that counts, not who that is.
        people = sorted(map(digest, [*members["set"], *members["single"], *members["unknown"]]))
        groups[one["called"]] = {"policies": one["policies"], "people": people}
    on = {name for one in groups.values() for policy in one["policies"] for name in policy["on"]}
    scopes = dict(deployment.told(SCOPES, ""))
    return json.dumps(
        {
            "own": own,
            "groups": groups,
            "scopes": {name: held for name, held in scopes.items() if name in {own, *on}},
        },
        sort_keys=True,
    )


def _entries(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _id_of(entry: Any) -> Any:
    return entry.get(ID) if isinstance(entry, Mapping) else entry


def _policy(plain: Any) -> dict[str, Any]:
    if not isinstance(plain, Mapping):
        return {"access": "allow", "what": [str(plain)], "on": []}
    return {
        "access": str(plain.get("access")),
        "what": [_called(entry) for entry in _entries(plain.get(PERMISSIONS))],
        "on": [_called(entry) for entry in _entries(plain.get(RESOURCES))],
    }


def _called(entry: Any) -> str:
    if isinstance(entry, Mapping):
        entry = entry.get("name") or entry.get(ID)
    return str(entry)


def _object(entry: Any) -> str:
    """Return a word for an object of a scope: its key, or what the program calls it."""
    if not isinstance(entry, Mapping):
        return str(entry)
    key, label = entry.get(KEY), entry.get(LABEL)
    return f"<{label}>" if isinstance(key, Word) and isinstance(label, str) else str(key)


# --------------------------------------------------------------------------------------- in check


@dataclass(frozen=True)
class Members:
    """Who is in a user group, as a text has it."""

    all: frozenset[str] = frozenset()
    """Those of the set."""
    single: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    is_set: bool = False
    """Whether there is a set, which may be empty."""
    limit: int | str | None = None
    """How many may leave the set at once; "unknown" where that is not known yet."""

    @classmethod
    def of(cls, text: str | None) -> Members:
        """Read a text. None: the program says nothing of members."""
        told = json.loads(text) if text else {}
        found = {name: frozenset(told.get(name, ())) for name in ("set", "single", "unknown")}
        is_set = bool(told.get("is_set"))
        return cls(found["set"], found["single"], found["unknown"], is_set, told.get("limit"))

    @property
    def names(self) -> frozenset[str]:
        """What those are called who are known."""
        return self.all | self.single


@dataclass(frozen=True)
class Departure:
    """Who leaves a user group whose rights get wider in the same run."""

    leavers: tuple[str, ...] = ()
    """Those whom the update takes out of the group first."""
    refused: str | None = None
    """Why it is refused."""
    warning: str | None = None

    @classmethod
    def of(cls, was: Members, now: Members) -> Departure:
        """Compare what a program says of a group's members with what it said in the run before."""
        last = was.single if now.is_set or not was.is_set else was.names
        if last := last - now.names:
            return cls(refused=DELETED_LAST.format(in_short(last)))
        leaving = sorted(was.all - now.names)
        if not now.unknown <= was.unknown or (now.unknown and leaving and now.limit == "unknown"):
            return cls(warning=NOT_KNOWN)
        if leaving and isinstance(now.limit, int) and len(leaving) > now.limit:
            return cls(refused=TOO_MANY.format(len(leaving), in_short(leaving), now.limit))
        told = [FIRST.format(in_short(leaving))] if leaving else []
        told += [NOT_KNOWN] if now.unknown else []
        return cls(tuple(leaving), warning="; ".join(told) or None)


DELETED_LAST = (
    "the rights get wider, and {} would have them until the end of the run: whoever is no longer "
    "declared as a member is taken out last. Take them out in an up of their own first"
)
TOO_MANY = "the rights get wider, and {} would leave the group ({}), and max_removals is {}"
NOT_KNOWN = (
    "the rights get wider, and it is not known yet who leaves the group: whoever does has them "
    "until the members are written. To be sure, change the members in an up of their own first"
)
FIRST = "{}: taken out of the group before its rights get wider"


def is_wider(was: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether policies allow what others do not, or no longer deny what others do.

    A policy has its `access`, `what` it is about and what it is `on`.
    """
    before, after = list(was), list(now)
    return not (_pairs(after, "allow") <= _pairs(before, "allow")) or not (
        _pairs(before, "deny") <= _pairs(after, "deny")
    )


def _pairs(policies: Iterable[Mapping[str, Any]], access: str) -> set[Pair]:
    return {
        pair
        for policy in policies
        if policy["access"] == access
        for pair in itertools.product(policy["what"], policy["on"])
    }


@dataclass(frozen=True)
class _Rights:
    """What somebody may do, and what is denied. `*` is everything."""

    allowed: frozenset[Pair] = frozenset()
    denied: frozenset[Pair] = frozenset()

    @classmethod
    def by(
        cls, policies: Sequence[Mapping[str, Any]], scopes: Mapping[str, Sequence[str]]
    ) -> _Rights:
        def of(access: str) -> frozenset[Pair]:
            # A resource group that another program makes is an object of its own.
            return frozenset(
                (what, one)
                for what, on in _pairs(policies, access)
                for one in scopes.get(on, (f"resource group {on}",))
            )

        return cls(of("allow"), of("deny"))

    def more_than(self, was: _Rights, will: _Rights) -> Iterator[str]:
        """Return the objects on which there are more rights than before and than afterwards.

        Which of two wins is not documented, an allowance or a denial: neither may.
        """
        for pair in sorted(self.allowed | was.denied):
            of_none = self._allows(pair) and not (was._allows(pair) or will._allows(pair))
            undenied = was._denies(pair) and will._denies(pair) and not self._denies(pair)
            given = self._gives(pair) and not (was._gives(pair) or will._gives(pair))
            if of_none or undenied or given:
                yield pair[1]

    def _allows(self, pair: Pair) -> bool:
        return _covers(self.allowed, pair)

    def _denies(self, pair: Pair) -> bool:
        return _covers(self.denied, pair)

    def _gives(self, pair: Pair) -> bool:
        return self._allows(pair) and not self._denies(pair)


def _covers(pairs: frozenset[Pair], pair: Pair) -> bool:
    return pair in pairs or (pair[0], EVERYTHING) in pairs


def too_wide(was: str, now: str) -> Iterator[tuple[str, list[str]]]:
    """Return which user groups would have more rights than before and than afterwards, on what.

    The texts are those of a resource group, of the run before and of this one. It changes before
    the user groups, and in any order with other resource groups.
    """
    before, after = json.loads(was), json.loads(now)
    scopes, will = before["scopes"], after["scopes"]
    changed = sorted(name for name in scopes.keys() & will.keys() if scopes[name] != will[name])
    if before["own"] not in changed:
        return
    nothing: dict[str, Any] = {"policies": [], "people": []}
    for called, group in sorted(before["groups"].items()):
        then = after["groups"].get(called, nothing)
        old = _Rights.by(group["policies"], scopes)
        new = _Rights.by(then["policies"], will)
        somebody_leaves = not {*group["people"]} <= {*then["people"]}
        objects: set[str] = set()
        for some in _with(before["own"], changed):
            moment = _Rights.by(
                group["policies"], {**scopes, **{name: will[name] for name in some}}
            )
            objects.update(moment.more_than(old, new))
            if somebody_leaves:
                objects.update(moment.more_than(old, _Rights()))
        if objects:
            yield called, sorted(objects)


def _with(own: str, changed: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Return the combinations of changed resource groups that one of them is in."""
    others = [name for name in changed if name != own]
    sizes = range(len(others) + 1) if len(others) < MOST_COMBINED else (0, len(others))
    for size in sizes:
        for some in itertools.combinations(others, size):
            yield (own, *some)
