"""Lists of references: the object itself or its id, in programs; its name, in previews.

    allowed_idps:
      Entra: {id: 67a6…, of: urn:pulumi:…::entra}
    policies:
      Allow staff:    {id: 8f1c…, of: urn:pulumi:…::allow-staff}
      Deny contractors: {id: 2b7a…}
      order: Deny contractors > Allow staff

A reference holds `of`, the URN of the resource, where it was given one. It is never sent.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Required, TypeAlias, TypedDict

import pulumi

from ..fields.keyed import (
    NOT_KNOWN_YET,
    NOTHING_KNOWN,
    UNKNOWN,
    Keyed,
    Mistake,
    Named,
    Reading,
    free_key,
    with_keys_spelled,
)
from ..fields.model import unknown_keys
from ..text.nearest import quoted_value
from ..text.secret_words import known
from ..text.spelling import as_key

Reference: TypeAlias = "pulumi.Input[str] | pulumi.CustomResource | Found | pulumi.Output[Found]"


class AttachedPolicy(TypedDict, total=False):
    """A reusable policy, in a place of its own among those of an application."""

    id: Required[Reference]
    """The policy, its id, or what a look-up found."""
    precedence: pulumi.Input[int]
    """Its place, 1 or more; all policies of the list have one, or none. The lowest comes first."""


class KeyOrValueIsWrong:
    """What type checkers name where a dictionary has a key or a value that it may not have."""


Unchecked: TypeAlias = Mapping[str, KeyOrValueIsWrong]
"""A dictionary of whose values a type checker knows nothing, `dict[str, Any]`.

It is accepted wherever a TypedDict is. No dictionary that is written out is one: a wrong key or
value in it is reported.
"""

Attached: TypeAlias = "Reference | AttachedPolicy | Unchecked"
"""A reusable policy: a reference, or `{"id": …, "precedence": …}` with a reference as the id."""

# What a reference may hold beside the id. LABEL and MISTAKE are gone after check.
ID, OF, LABEL, MISTAKE = "id", "of", "label", "_mistake"
ORDER = "order"
BEFORE = " > "
ANY = "*"  # in a path of `ignore_changes`


class Accepted:
    """The resources that a reference may be: ours, and the bridged provider's."""

    def __init__(self, what: str, *kinds: str, rule: str = "") -> None:
        self.what = what
        self.kinds = kinds
        self.rule = rule
        """The function that makes a rule of one, as a program calls it."""


GROUPS = Accepted(
    "an Access group",
    "pulumi-python:dynamic/cloudflare:AccessGroup",
    "cloudflare:index/zeroTrustAccessGroup:ZeroTrustAccessGroup",
    "cloudflare:index/accessGroup:AccessGroup",
    rule="rules.group(…)",
)
IDENTITY_PROVIDERS = Accepted(
    "an identity provider",
    "pulumi-python:dynamic/cloudflare:IdentityProvider",
    "cloudflare:index/zeroTrustAccessIdentityProvider:ZeroTrustAccessIdentityProvider",
    "cloudflare:index/accessIdentityProvider:AccessIdentityProvider",
    rule="rules.login_method(…)",
)
SERVICE_TOKENS = Accepted(
    "a service token",
    "pulumi-python:dynamic/cloudflare:ServiceToken",
    "cloudflare:index/zeroTrustAccessServiceToken:ZeroTrustAccessServiceToken",
    "cloudflare:index/accessServiceToken:AccessServiceToken",
    rule="rules.service_token(…)",
)
LISTS = Accepted(
    "a Zero Trust list",
    "pulumi-python:dynamic/cloudflare:ZeroTrustList",
    "cloudflare:index/zeroTrustList:ZeroTrustList",
    "cloudflare:index/teamsList:TeamsList",
    rule="rules.email_list(…) or rules.ip_list(…)",
)
POSTURE_RULES = Accepted(
    "a posture rule",
    "cloudflare:index/zeroTrustDevicePostureRule:ZeroTrustDevicePostureRule",
    "cloudflare:index/devicePostureRule:DevicePostureRule",
    rule="rules.device_posture(…)",
)
APPLICATIONS = Accepted(
    "an Access application",
    "pulumi-python:dynamic/cloudflare:AccessApplication",
    "cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication",
    "cloudflare:index/accessApplication:AccessApplication",
    rule="rules.linked_app_token(…)",
)


POLICIES = Accepted(
    "a reusable Access policy",
    "pulumi-python:dynamic/cloudflare:AccessPolicy",
    "cloudflare:index/zeroTrustAccessPolicy:ZeroTrustAccessPolicy",
    "cloudflare:index/accessPolicy:AccessPolicy",
)
# The bridged provider has neither permission groups nor resource groups, only look-ups of them.
PERMISSION_GROUPS = Accepted("a permission group")
RESOURCE_GROUPS = Accepted(
    "a resource group",
    "pulumi-python:dynamic/cloudflare:ResourceGroup",
)
USER_GROUPS = Accepted(
    "a user group",
    "pulumi-python:dynamic/cloudflare:UserGroup",
    "cloudflare:index/userGroup:UserGroup",
)
SSO_CONNECTORS = Accepted(
    "an SSO connector",
    "pulumi-python:dynamic/cloudflare:SsoConnector",
    "cloudflare:index/ssoConnector:SsoConnector",
)
ACCOUNT_MEMBERS = Accepted(
    "an account member",
    "pulumi-python:dynamic/cloudflare:AccountMember",
    "cloudflare:index/accountMember:AccountMember",
)
ACCOUNT_ROLES = Accepted("an account role")
ZONES = Accepted("a zone", "cloudflare:index/zone:Zone")


@dataclass(frozen=True, kw_only=True)
class Found:
    """An object that exists, as a look-up found it. It may stand where its id is due."""

    referred: ClassVar[Accepted]
    """As what it may be referred to."""
    in_order: ClassVar[frozenset[str]] = frozenset()
    """Lists whose order says something; one that is in an object with a dot before its name."""

    id: str
    name: str = ""
    account_id: str | None = None
    zone_id: str | None = None


# The ids of resources, as they are while a program runs, and the words for them.
_words: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
# And the resources.
_by_id: weakref.WeakKeyDictionary[Any, weakref.ref[pulumi.CustomResource]] = (
    weakref.WeakKeyDictionary()
)


# The Outputs that `apply` has made of a resource's id.
_made_of_id: weakref.WeakKeyDictionary[Any, weakref.ref[pulumi.CustomResource]] = (
    weakref.WeakKeyDictionary()
)


def note_id(resource: pulumi.CustomResource) -> None:
    """Remember whose id an Output is, and what the program makes of it."""
    _words[resource.id] = str(word_for(resource))
    _by_id[resource.id] = weakref.ref(resource)
    _follow(resource.id, weakref.ref(resource))


def _follow(output: Any, of: weakref.ref[pulumi.CustomResource]) -> None:
    """Have whatever `apply` makes of an id be known as made of it.

    An Output says what it depends on only once that is there, which may wait for who asks.
    """
    plain = output.apply

    def apply(*arguments: Any, **named: Any) -> Any:
        made = plain(*arguments, **named)
        _made_of_id[made] = of
        _follow(made, of)
        return made

    output.apply = apply


def id_of(value: Any) -> Any:
    """Return the id of the resource that a value is, or whose id it is made of; else the value."""
    if isinstance(value, pulumi.CustomResource):
        return value.id
    known = _made_of_id.get(value) if isinstance(value, pulumi.Output) else None
    resource = known() if known else None
    return value if resource is None else resource.id


def resource_of(value: Any) -> Any:
    """Return what a value is, or is the id of: a resource, or what a look-up found; else None."""
    if isinstance(value, (pulumi.Resource, Found)):
        return value
    known = _by_id.get(value) if isinstance(value, pulumi.Output) else None
    return known() if known else None


def rule_for(value: Any) -> str:
    """Return what makes a rule of a resource or of what a look-up found; "": nothing does."""
    every = (GROUPS, IDENTITY_PROVIDERS, SERVICE_TOKENS, LISTS, POSTURE_RULES, APPLICATIONS)
    if isinstance(value, Found):
        return value.referred.rule
    kind = value.pulumi_resource_type
    return next((one.rule for one in every if kind in one.kinds), "")


def word_for(value: Any) -> str | None:
    """Return a word for a resource or for its id, the same in every run; None: there is none."""
    if isinstance(value, pulumi.Resource):
        kind = value.pulumi_resource_type.rpartition(":")[2]
        return f"{kind} {value.pulumi_resource_name}"
    return _words.get(value)


def refer(value: Any, accepted: Accepted) -> Any:
    """Write down what is known of a reference in the preview; anything but an object is an id."""
    if isinstance(value, Found):
        if value.referred is not accepted:
            return _mistaken(value.referred.what, accepted.what)
        return {ID: value.id, LABEL: value.name or value.id}
    if isinstance(value, Mapping) and isinstance(value.get(ID), (Found, pulumi.CustomResource)):
        return {**refer(value[ID], accepted), **{k: v for k, v in value.items() if k != ID}}
    if not isinstance(value, pulumi.CustomResource):
        return value
    kind = value.pulumi_resource_type
    if kind not in accepted.kinds:
        return _mistaken(kind.rpartition(":")[2], accepted.what)
    note_id(value)
    label = getattr(value, "_label", None) or value.pulumi_resource_name
    return {ID: value.id, OF: value.urn, LABEL: label}


def is_reference(value: Any) -> bool:
    """Return whether something refers to an object that exists; an object's own fields do not."""
    return not isinstance(value, Mapping) or ID in value


def _mistaken(given: str, due: str) -> dict[str, str]:
    return {ID: "", MISTAKE: f"{given} is not {due}; pass {due} or its id"}


def refer_all(values: Any, accepted: Accepted) -> Any:
    """Write down a list of references. An Output holds ids, or what a look-up found."""
    if isinstance(values, pulumi.Output):
        return values.apply(lambda known: refer_all(known, accepted))
    if isinstance(values, (list, tuple)):
        return [refer_all(value, accepted) for value in values]
    return refer(values, accepted)


def is_id(text: str) -> bool:
    """Tell an id of Cloudflare's from a name. One that is not known yet may be any."""
    return text == UNKNOWN or re.fullmatch(r"[0-9A-Fa-f-]{32,36}", text) is not None


class References(Keyed):
    """An unordered list of references."""

    of_what = "ids"
    no_id = "is no id of Cloudflare's; pass the resource, its id, or what a look-up finds"

    def __init__(self, hint: str = "", instead: str = "") -> None:
        self.hint = hint
        """What a message adds that names a key which no reference has."""
        self.instead = instead
        """What a message adds of an object that is no reference."""

    def may_be(self, answered: Any) -> bool:
        """Answers hold the id, or the whole object."""
        return isinstance(answered, str) or super().may_be(answered)

    def read(self, entry: Any, path: str) -> tuple[Named, list[Mistake]]:
        """Accept an id, or what `refer` wrote down."""
        if entry == UNKNOWN:
            return Named(NOT_KNOWN_YET, {ID: entry}), []
        if isinstance(entry, str):
            entry = {ID: entry}
        if not isinstance(entry, Mapping) or not isinstance(entry.get(ID), str):
            told = f"is {quoted_value(entry)}, and must be a resource or its id{self.instead}"
            return Named("", {}), [Mistake(path, told)]
        if entry.get(MISTAKE):
            return Named("", {}), [Mistake(path, str(entry[MISTAKE]))]
        if not is_id(entry[ID]):
            return Named("", {}), [Mistake(path, f"{quoted_value(entry[ID])} {self.no_id}")]
        if unknown := unknown_keys(entry, (ID, LABEL, OF), path, of="a reference", hint=self.hint):
            return Named("", {}), unknown
        kept = {key: entry[key] for key in (ID, OF) if entry.get(key) is not None}
        label = entry.get(LABEL) or (NOT_KNOWN_YET if kept[ID] == UNKNOWN else kept[ID])
        return Named(str(label), kept), []

    def canonical(self, entry: Any) -> str:
        """Compare by id."""
        return str(entry.get(ID)) if isinstance(entry, Mapping) else str(entry)

    def to_wire(self, entry: Any) -> Any:
        """Send the id."""
        return entry[ID]

    def matches(self, entry: Any, answer: Any, reading: Reading = NOTHING_KNOWN) -> bool:
        """Answers hold the id, or the whole object."""
        del reading
        return self.canonical(entry) == self.canonical(answer)

    def from_wire(self, answer: Any, reading: Reading) -> Named:
        """Call a reference that nobody declared by the object's name."""
        id_ = self.canonical(answer)
        name = answer.get("name") if isinstance(answer, Mapping) else None
        # The key would say in clear what another resource keeps secret.
        if not isinstance(name, str) or known.has(name):
            name = None
        return Named(str(name or reading.name_of(id_) or id_), {ID: id_})


class InOrder(Keyed):
    """A list whose order means something, as a map and one line that says the order.

    So an insertion is two paths, the entry and the line, wherever it is made.
    """

    def __init__(self, entries: Keyed) -> None:
        self._entries = entries

    @property
    def item(self) -> Any:
        """The shape of the entries, if they are objects with fields of their own."""
        return self._entries.item

    def may_be(self, answered: Any) -> bool:
        """Tell whether this can be an entry of an answer at all."""
        return self._entries.may_be(answered)

    def read(self, entry: Any, path: str) -> tuple[Named, list[Mistake]]:
        """Read one entry."""
        named, mistakes = self._entries.read(entry, path)
        return Named(_one_line(named.key), named.entry), mistakes

    def canonical(self, entry: Any) -> str:
        """Write one entry in its one form."""
        return self._entries.canonical(entry)

    def to_wire(self, entry: Any) -> Any:
        """Write one entry as the API wants it."""
        return self._entries.to_wire(entry)

    def matches(self, entry: Any, answer: Any, reading: Reading = NOTHING_KNOWN) -> bool:
        """Tell whether an entry of an answer is this one."""
        return self._entries.matches(entry, answer, reading)

    def unknown(self, items: list[Any], path: str) -> Iterator[str]:
        """Name the fields of an answer's entries that this package does not know."""
        return self._entries.unknown(items, path)

    def concerns(self, value: Mapping[str, Any], path: str) -> Iterator[str]:
        """Say what of the entries this package does not know."""
        return self._entries.concerns(dict(in_order(value)), path)

    def from_wire(self, answer: Any, reading: Reading) -> Named:
        """Read an entry that nobody declared."""
        named = self._entries.from_wire(answer, reading)
        return Named(_one_line(named.key), named.entry)

    def check(self, value: Any, path: str) -> tuple[Any, list[Mistake]]:
        """Turn a list into the map; a map is one that check has made."""
        if value == UNKNOWN:
            return value, []
        if isinstance(value, Mapping) and (ORDER in value or not value):
            pairs: list[tuple[str | None, Any]] = [*in_order(value)]
        elif isinstance(value, Sequence) and not isinstance(value, str):
            pairs = [(None, entry) for entry in value]
        else:
            return value, [Mistake(path, "must be a list")]
        named, mistakes = self._read_all(pairs, path)
        return (value if mistakes else _without_a_place(self._line_up(named), value)), mistakes

    def same(self, one: Any, other: Any) -> bool:
        """Tell whether two hold the same entries in the same order."""
        if UNKNOWN in (one, other):
            return bool(one == other)
        return self.meanings(one) == self.meanings(other)

    def keep_keys(self, new: Any, old: Any) -> Any:
        """Give every entry that did not change the key and the form it had."""
        if not isinstance(new, Mapping) or not isinstance(old, Mapping):
            return new
        had = {self.canonical(entry): Named(key, entry) for key, entry in in_order(old)}
        # What has no place is what the engine has put back, keys and all.
        without = {key: Named(key, new[key]) for key in unplaced(new)}
        kept = [
            without.get(key)
            or self._as_it_was(entry, had.get(self.canonical(entry)))
            or Named(key, self._entries.keep_form(entry, old[key]) if key in old else entry)
            for key, entry in in_order(new)
        ]
        return _without_a_place(self._line_up(kept), new)

    def _as_it_was(self, entry: Any, before: Named | None) -> Named | None:
        if before is None:
            return None
        return Named(before.key, self._entries.as_it_was(entry, before.entry))

    def in_place(self, value: Any, was: Any, ignored: Collection[str]) -> tuple[Any, list[str]]:
        """Name in the order what it leaves out: `ignore_changes` of one entry puts that back.

        It goes where it was, if there is exactly one place between what was before and behind it.
        `ignored` is what the engine will put back, the order itself included.
        """
        if ignored and isinstance(value, Mapping) and isinstance(was, Mapping):
            ignored = {*value, *was} if ANY in ignored else ignored
            value = {
                **{key: entry for key, entry in value.items() if key not in ignored},
                **{key: entry for key, entry in was.items() if key in ignored},
            }
        if not unplaced(value):
            return value, []
        keys, before = _named(value), [key for key, _ in in_order(was)]
        for n, key in enumerate(before):
            if key in value and key not in keys:
                least = max((keys.index(k) + 1 for k in before[:n] if k in keys), default=0)
                behind = [keys.index(k) for k in before[n + 1 :] if k in keys]
                if least == min(behind, default=len(keys)):
                    keys.insert(least, key)
        placed = {**value, ORDER: BEFORE.join(keys)}
        return placed, unplaced(placed)

    def with_keys_spelled(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return a map of the state, and its order, with the keys that it would have now."""
        now = with_keys_spelled({key: key for key in value if key != ORDER})
        spelled = {key: self._entries.inside_spelled(value[before]) for key, before in now.items()}
        if ORDER in value:
            places = {before: key for key, before in now.items()}
            spelled[ORDER] = BEFORE.join(places[key] for key in _named(value))
        return spelled

    def request(self, value: Mapping[str, Any]) -> list[Any]:
        """Write the list the API wants."""
        return [self.to_wire(entry) for _, entry in in_order(value)]

    def answer(
        self, items: Sequence[Any], known: Mapping[str, Any], reading: Reading
    ) -> dict[str, Any]:
        """Read the list of an answer; entries that are known keep their keys and their form."""
        unmatched = dict(in_order(known))
        left: dict[str, dict[str, Any]] = {}
        for key, entry in unmatched.items():
            left.setdefault(self._entries.gist(entry), {})[key] = entry
        named: list[Named | None] = []
        for item in items:
            alike = [left.get(gist, {}) for gist in self._entries.gists(item, reading)]
            likely = ((key, among) for among in alike for key in among)
            found = next((one for one in likely if self._is_it(one, item, reading)), None)
            if found is None:
                named.append(None)
                continue
            key, among = found
            named.append(Named(key, among.pop(key)))
            del unmatched[key]
        return self._line_up(
            [
                one or self._changed(item, unmatched, reading)
                for one, item in zip(named, items, strict=True)
            ]
        )

    def _is_it(self, one: tuple[str, Mapping[str, Any]], item: Any, reading: Reading) -> bool:
        key, among = one
        return self.matches(among[key], item, reading)

    def _changed(self, item: Any, unmatched: dict[str, Any], reading: Reading) -> Named:
        """Read an entry that is not as it is known; what goes by its key gives it its form."""
        named = self.from_wire(item, reading).spelled()
        if named.key not in unmatched:
            return named
        form = unmatched.pop(named.key)
        return Named(named.key, self._entries.in_form(item, form, reading))

    def changes(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
        """Say what has gone, come and changed, and the order of what is in both."""
        before, after = dict(in_order(old)), dict(in_order(new))
        had, has = self.meanings(old), self.meanings(new)
        there, here = {*had}, {*has}
        gone = [key for key, meaning in zip(before, had, strict=True) if meaning not in here]
        come = [key for key, meaning in zip(after, has, strict=True) if meaning not in there]
        told = [f"- {key}" for key in gone if key not in come]
        told += [f"+ {key}" for key in come if key not in gone]
        for key in gone:
            if key in come:
                told += self._entries.inside(key, before[key], after[key])
        kept = [key for key in before if key in after]
        # What comes before what stays is decided before it.
        if kept != list(after)[: len(kept)]:
            told.append(f"order: {_line(old)} -> {_line(new)}")
        return told or [f"order: {_line(old)} -> {_line(new)}"]

    def meanings(self, value: Any) -> list[str]:
        """Write what the entries mean, in their order."""
        return [self.canonical(entry) for _, entry in in_order(value or {})]

    def _line_up(self, entries: Sequence[Named]) -> dict[str, Any]:
        keyed: dict[str, Any] = {}
        wished = {as_key(named.key) for named in entries}
        seen = set()
        for named in entries:
            canonical = self.canonical(named.entry)
            if canonical in seen and UNKNOWN not in canonical:
                continue
            seen.add(canonical)
            keyed[free_key(as_key(named.key), {ORDER: "", **keyed}, wished)] = named.entry
        return {**keyed, ORDER: BEFORE.join(keyed)} if keyed else {}


def in_order(value: Any) -> list[tuple[str, Any]]:
    """Return the entries of a map that check has made, in their order, then what has no place."""
    if not isinstance(value, Mapping):
        return []
    return [(key, value[key]) for key in (*_named(value), *unplaced(value))]


def unplaced(value: Any) -> list[str]:
    """Return the keys that the order of a map leaves out."""
    if not isinstance(value, Mapping):
        return []
    named = {ORDER, *_named(value)}
    return [key for key in value if key not in named]


def _named(value: Mapping[str, Any]) -> list[str]:
    """Return the keys that the order of a map names, each of an entry that is there."""
    line = str(value.get(ORDER, ""))
    keys = line.split(BEFORE)
    if not all(key in value for key in keys):
        keys = _told_apart(line, value.keys() - {ORDER})
    return list(dict.fromkeys(keys))


def _told_apart(line: str, keys: Collection[str]) -> list[str]:
    """Find the keys in a line. States may hold a key that ends in what is between two."""
    left, found = set(keys), []
    while line:
        here = [key for key in left if f"{line}{BEFORE}".startswith(f"{key}{BEFORE}")]
        word = max(here, key=len) if here else line.partition(BEFORE)[0]
        found += [word] if here else []
        left.discard(word)
        line = line[len(word) + len(BEFORE) :]
    return found


def _without_a_place(lined_up: dict[str, Any], by: Any) -> dict[str, Any]:
    """Let the order leave out what the map at hand does: the state says where that is."""
    left_out = unplaced(by)
    if not left_out:
        return lined_up
    named = [key for key in _named(lined_up) if key not in left_out]
    return {**lined_up, ORDER: BEFORE.join(named)}


def _line(value: Any) -> str:
    return BEFORE.join(key for key, _ in in_order(value))


# What would be taken for the sign between two keys, wherever in a key it is.
_BETWEEN = re.compile(r"(?<![^ ])>(?![^ ])")


def _one_line(key: str) -> str:
    return _BETWEEN.sub("≻", key)
