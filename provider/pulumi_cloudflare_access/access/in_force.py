"""What a program says of all that decides who gets in, as text, for those who are written in turn.

Groups, reusable policies, applications, and what is said of an application's own policies: each has
a reserved input with the lists of policies that it counts in, and all that decides there. The state
of a resource has the text of the last run that wrote it. What check makes of two of them is in
written_first.py; what such a text holds is in program_text.py.
"""

from __future__ import annotations

import asyncio
import base64
import json
import weakref
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import Any

import pulumi

from ..program.later import later
from ..program.program_text import Words, digest, has_word
from ..program.references import ID, id_of, word_for
from ..program.resource import Deployment
from ..program.turns import AT_ONCE
from .widened import DEFAULT_SESSION, SECTIONS, Reach, described, written_rule

# The reserved input.
IN_FORCE = "__in_force"
# Of a single policy.
PLACE = "precedence"
GROUPS, POLICIES, LISTS = "groups", "policies", "lists"
# How people log in to the applications.
LOGINS = "logins"
# Whether the list is of an application's own policies, and whether the object is a part of it.
OWN, PART = "own list", "part"
# What objects were called before; and the marks of applications that an object does not count in.
FORMER, OTHERS = "former", "others"
# The marks of places of these.
OTHERS_AT = "others at"
# What a rule about a group begins with, in a text; its resource, or its id, comes behind that.
GROUP = "group "
# What a rule about one address begins with: nobody has two.
PERSON = "email "
# What a rule begins with of which something is not known while the program runs.
NOT_KNOWN = "~ "
# What groups are called at Cloudflare; and where applications are, and what they are called.
NAMES, AT = "names", "at"
# So many places of an application are in the texts of others.
MOST_PLACES = 3
# So many rules of other groups than its own are in a text.
MOST_WRITTEN = 30

Sections = Mapping[str, Sequence[str]]


def tell_group(group: pulumi.CustomResource, arguments: Mapping[str, Any]) -> None:
    """Have everybody know whom a group holds."""
    told = described(arguments, called(group), rule_in_text)
    _tell(GROUPS, group, arguments, {k: told[k] for k in SECTIONS if k in told})


def tell_policy(policy: pulumi.CustomResource, arguments: Mapping[str, Any]) -> None:
    """Have everybody know what a reusable policy says."""
    _tell(POLICIES, policy, arguments, described(arguments, called(policy), rule_in_text))


def tell_login(
    application: pulumi.CustomResource, arguments: Mapping[str, Any], reach: Reach
) -> None:
    """Have everybody know how people log in to an application."""
    _tell(LOGINS, application, arguments, reach)


def tell_attached(application: pulumi.CustomResource, policies: Any) -> None:
    """Have everybody know which reusable policies an application has."""
    if policies is None:
        return
    entries = policies if isinstance(policies, (list, tuple)) else [policies]
    places = [entry.get("precedence") if isinstance(entry, Mapping) else None for entry in entries]
    if all(isinstance(place, int) for place in places):
        entries = [entry for _, entry in sorted(zip(places, entries, strict=True), key=_place)]
    words = Words()
    ids = [entry.get(ID) if isinstance(entry, Mapping) else entry for entry in entries]
    told = [str(words.plain(id_, "policies")) for id_ in ids]
    Deployment.current().told(LISTS, "").append((called(application), None, told, None))


def tell_own(teller: pulumi.CustomResource, application: Any, place: Any, policies: Any) -> None:
    """Have everybody know which policies of its own an application has, or one of them."""
    application = id_of(application)
    if isinstance(application, (pulumi.Output, Awaitable)) and word_for(application) is None:
        # Nobody can say whose they are. Of a list, they are at least all that there are.
        if isinstance(place, int):
            return
        application = teller
    entries = policies if isinstance(policies, (list, tuple)) else [policies]
    told = [described(entry, f"policies[{n}]", rule_in_text) for n, entry in enumerate(entries)]
    place = place if isinstance(place, int) else None
    name = called(application)
    Deployment.current().told(LISTS, "").append((name, place, told, called(teller)))


@later
async def in_force_text(deployment: Deployment, resource: pulumi.CustomResource) -> str | None:
    """Write down all the lists of policies that an object counts in, and what decides there.

    Asked for when the program has run. None: it counts in none, and never will.
    """
    former = await _former_names(deployment)
    program, own = _Program.of(deployment), called(resource)
    whole = program.told_by.get(own)
    names = program.counts_in.get(own, ()) if whole is None else (whole,)
    lists = {name: program.lists[name] for name in names if name in program.lists}
    if whole is not None and not lists:
        return None
    used = {own} | {word for name in lists for word in program.behind[name]}
    # Applications that have the same policies are many.
    orders = {json.dumps(entries, sort_keys=True): entries for entries in lists.values()}
    numbers = {key: number for number, key in enumerate(orders)}
    told: dict[str, Any] = {
        "own": own,
        GROUPS: {
            word: program.groups[word] if word == own else program.in_short(word)
            for word in sorted(used & program.groups.keys())
        },
        POLICIES: {word: program.policies[word] for word in sorted(used & program.policies.keys())},
        LISTS: {name: numbers[json.dumps(lists[name], sort_keys=True)] for name in lists},
        "orders": [*orders.values()],
        LOGINS: {
            name: login
            for name in lists
            if (login := program.logins.get(name, {}).get("login")) is not None
        },
    }
    if whole is None:
        others = program.lists.keys() - lists.keys()
        told[AT] = {name: at for name in lists if (at := program.logins.get(name, {}).get("at"))}
        first = {one for name in others for one in program.logins.get(name, {}).get("at", [])[:1]}
        told[OTHERS_AT] = "".join(sorted(first))
        others |= {old for name in others for old in former.get(name, ())}
        told[OTHERS] = "".join(sorted(map(mark, others)))
    else:
        told[OWN] = whole in program.own
        told[PART] = own not in program.logins
    told[NAMES] = {
        word: name
        for word in sorted({*used, *lists})
        if (name := program.names.get(word)) is not None
    }
    if renamed := {word: former[word] for word in {own, *used, *lists} & former.keys()}:
        told[FORMER] = renamed
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def mark(name: str) -> str:
    """Write four characters for a name. Two names may have the same: that refuses too much."""
    return base64.b64encode(bytes.fromhex(digest(name))[:3]).decode()


def marks_in(text: str) -> set[str]:
    """Return the marks that a text has one behind the other."""
    return {text[at : at + 4] for at in range(0, len(text), 4)}


def _tell(
    what: str, resource: pulumi.CustomResource, arguments: Mapping[str, Any], told: Any
) -> None:
    adopt, opts = arguments.get("adopt"), arguments.get("opts")
    id_ = adopt if isinstance(adopt, str) else None
    deployment = Deployment.current()
    deployment.told(what, "").append((called(resource), id_, told))
    if isinstance(name := arguments.get("name"), str):
        deployment.told(NAMES, "").append((called(resource), name))
    if opts is not None and (opts.aliases or opts.parent is not None):
        parent = None if opts.parent is None else weakref.ref(opts.parent)
        deployment.told(FORMER, "").append((weakref.ref(resource), parent))


async def _former_names(deployment: Deployment) -> dict[str, list[str]]:
    """Return what resources with aliases were called before. Every resource asks for it."""
    told, known = deployment.told(FORMER, ""), deployment.told(f"{FORMER}, known", "")
    if known and known[0][0] == len(told):
        names_before: dict[str, list[str]] = known[0][1]
        return names_before
    found: dict[str, list[str]] = {}
    number = len(told)
    for reference, parent_reference in [*told]:
        resource, parent = reference(), parent_reference and parent_reference()
        if resource is None:
            continue
        own = resource.pulumi_resource_name
        names = await _names_in(resource)
        if parent is not None and own.startswith(parent.pulumi_resource_name):
            rest = own.removeprefix(parent.pulumi_resource_name)
            names |= {f"{name}{rest}" for name in await _names_in(parent)}
        if names := names - {own}:
            word = called(resource)
            kind = word.partition(" ")[0]
            found[word] = sorted(f"{kind} {name}>" for name in names)
    known[:] = [(number, found)]
    return found


async def _names_in(resource: pulumi.Resource) -> set[str]:
    """Return the names in a resource's aliases, as far as they are known at once."""
    aliases = [
        pulumi.Output.from_input(alias) for alias in getattr(resource, "_aliases", None) or ()
    ]
    if not aliases:
        return set()
    tasks = [asyncio.ensure_future(alias.future()) for alias in aliases]
    done, _ = await asyncio.wait(tasks, timeout=AT_ONCE)
    urns = (task.result() for task in done if not task.exception())
    return {urn.rpartition("::")[2] for urn in urns if isinstance(urn, str)}


def called(value: Any) -> str:
    """Write what stands for an object in a text: its resource, or its id."""
    return str(Words().plain(value, "application"))


def _place(one: tuple[Any, Any]) -> Any:
    return one[0]


def rule_in_text(rule: Any) -> str:
    """Write a rule as a text has it."""
    group = rule.get("group") if isinstance(rule, Mapping) else None
    id_ = group.get(ID) if isinstance(group, Mapping) else None
    if isinstance(id_, str):
        return f"{GROUP}{id_}"
    if has_word(rule):
        return f"{NOT_KNOWN}{written_rule(rule)}"
    is_person = isinstance(rule, Mapping) and "email" in rule and len(rule) == 1
    return f"{PERSON if is_person else ''}{written_rule(rule)}"


class _Program:
    """What a program has said so far."""

    def __init__(self, deployment: Deployment) -> None:
        told = {what: deployment.told(what, "") for what in (GROUPS, POLICIES, LISTS, LOGINS)}
        # Who adopts an object may be referred to by its id.
        words = {id_: word for what in told if what != LISTS for word, id_, _ in told[what] if id_}
        self.groups = {word: renamed(held, words) for word, _, held in told[GROUPS]}
        self.policies = {word: renamed(said, words) for word, _, said in told[POLICIES]}
        self.names: dict[str, str] = dict(deployment.told(NAMES, ""))
        self.logins: dict[str, dict[str, Any]] = {
            word: {
                "login": login_of(reach),
                "at": [*map(mark, sorted(reach.places)[:MOST_PLACES])],
            }
            for word, _, reach in told[LOGINS]
        }
        placed: dict[str, list[tuple[int, Any]]] = {}
        self.told_by = {word: word for word in self.logins}
        """The list that applications and their own policies are about."""
        self.own: set[str] = set()
        """The lists of policies that are the applications' own."""
        for of, place, entries, teller in told[LISTS]:
            name = words.get(of, of)
            placed.setdefault(name, []).extend((place or 0, entry) for entry in entries)
            if teller is not None:
                self.told_by[teller] = name
                self.own.add(name)
        self.lists = {
            name: [_in_place(entry, place, words) for place, entry in sorted(entries, key=_place)]
            for name, entries in placed.items()
        }
        self.behind = {
            name: behind(entries, self.groups, self.policies)
            for name, entries in self.lists.items()
        }
        """The objects of the program that each list of policies depends on."""
        self.counts_in: dict[str, list[str]] = {}
        """The lists that each of them counts in."""
        for name, used in self.behind.items():
            for word in used:
                self.counts_in.setdefault(word, []).append(name)
        self._in_short: dict[str, Sections] = {}

    @classmethod
    def of(cls, deployment: Deployment) -> _Program:
        """Return what has been said so far. Every group and every policy asks for it."""
        said = tuple(len(deployment.told(what, "")) for what in (GROUPS, POLICIES, LISTS, LOGINS))
        known = deployment.told(IN_FORCE, "")
        if not known or known[0][0] != said:
            known[:] = [(said, cls(deployment))]
        found: _Program = known[0][1]
        return found

    def in_short(self, word: str) -> Sections:
        """Return whom a group holds, so short that it tells when that changes, and who refers."""
        if word not in self._in_short:
            self._in_short[word] = {name: short(rules) for name, rules in self.groups[word].items()}
        return self._in_short[word]


def short(rules: Sequence[str], most: int = MOST_WRITTEN) -> list[str]:
    """Write more than so many rules in one, but for groups."""
    if len(rules) <= most:
        return [*rules]
    groups = [rule for rule in rules if rule.startswith(GROUP)]
    return [*groups, digest(sorted({*rules} - {*groups}))]


def login_of(reach: Reach) -> dict[str, Any]:
    """Write down how people log in, as far as it is no default."""
    told = {
        "idps": sorted(reach.idps),
        "session": reach.session if reach.session != DEFAULT_SESSION else None,
        "mfa": reach.mfa.as_told(),
    }
    return {name: value for name, value in told.items() if value}


def _in_place(entry: Any, place: int, words: Mapping[str, str]) -> Any:
    told = renamed(entry, words)
    return {**told, PLACE: place} if place and isinstance(told, Mapping) else told


def renamed(told: Any, words: Mapping[str, str]) -> Any:
    """Refer to objects by other words: by a resource where its id stands."""
    if isinstance(told, str):
        return words.get(told, told)
    sections = {
        name: [_renamed_rule(rule, words) for rule in told[name]]
        for name in SECTIONS
        if name in told
    }
    return {**told, **sections}


def _renamed_rule(rule: str, words: Mapping[str, str]) -> str:
    if not rule.startswith(GROUP):
        return rule
    id_ = rule.removeprefix(GROUP)
    return f"{GROUP}{words.get(id_, id_)}"


def behind(
    entries: Iterable[Any], groups: Mapping[str, Sections], policies: Mapping[str, Any]
) -> set[str]:
    """Return the groups and the policies that lists, groups or policies depend on."""
    found: set[str] = set()
    left = [*entries]
    while left:
        entry = left.pop()
        if isinstance(entry, str):
            if entry in found or not (entry in groups or entry in policies):
                continue
            found.add(entry)
            entry = groups.get(entry) or policies.get(entry) or {}
        rules = (rule for name in SECTIONS for rule in entry.get(name, ()))
        left += [rule.removeprefix(GROUP) for rule in rules if rule.startswith(GROUP)]
    return found
