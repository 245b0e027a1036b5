"""Lists of references to objects. Programs pass the resource or an id; previews show the name.

    allowed_idps:
      Entra: {id: 67a6…, of: urn:pulumi:…::entra}
    policies:
      Allow staff:    {id: 8f1c…, of: urn:pulumi:…::allow-staff}
      Deny contractors: {id: 2b7a…}
      order: Deny contractors > Allow staff

`of` is the URN of the resource, if the program passed one. It is kept in the state and never sent
to Cloudflare.
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
from ..fields.shapes import Values
from ..text.nearest import quoted_value
from ..text.secret_words import known
from ..text.spelling import as_key

Reference: TypeAlias = "pulumi.Input[str] | pulumi.CustomResource | Found | pulumi.Output[Found]"


class AttachedPolicy(TypedDict, total=False):
    """A reusable policy that an application uses, with its place among the policies there."""

    id: Required[Reference]
    """The policy, its id, or what a look-up found."""
    precedence: pulumi.Input[int]
    """Its place, 1 or more; the lowest comes first. All policies of the list have one, or none."""


class KeyOrValueIsWrong:
    """What type checkers name where a dictionary has a key or a value that it may not have."""


Unchecked: TypeAlias = Mapping[str, KeyOrValueIsWrong]
"""A `dict[str, Any]`, of whose values a type checker knows nothing.

It is accepted wherever a TypedDict is. In a dictionary that the program writes out, the type
checker still reports wrong keys and values.
"""

Attached: TypeAlias = "Reference | AttachedPolicy | Unchecked"
"""A reusable policy: a reference, or `{"id": …, "precedence": …}` with a reference as the id."""

# The keys of a reference that is written down. LABEL and MISTAKE are removed by the check.
ID, OF, LABEL, MISTAKE = "id", "of", "label", "_mistake"
# The key of the line that says the order of a list, and what stands between two keys in it.
ORDER = "order"
BEFORE = " > "
ANY = "*"  # in a path of `ignore_changes`


class Accepted:
    """What a reference may be to: a kind of object, and its types here and in the bridged provider.

    :param what: What messages call such an object, with its article: "an Access group".
    :param kinds: The types of the resources that are such an object.
    :param rule: The function that makes a rule of one, as a program calls it; "": there is none.
    :param type_: The only `type` of such an object that is accepted; "": any.
    """

    def __init__(self, what: str, *kinds: str, rule: str = "", type_: str = "") -> None:
        self.what = what
        self.kinds = kinds
        self.rule = rule
        self.type = type_
        self.any_type = self

    def of_type(self, type_: str, rule: str) -> Accepted:
        """Return the same kind of object, of one type only."""
        narrowed = Accepted(f"{self.what} of type {type_}", *self.kinds, rule=rule, type_=type_)
        narrowed.any_type = self
        return narrowed

    def other_type_of(self, value: Any) -> str:
        """Return the type of a resource or look-up result where it is not accepted, or ""."""
        given = getattr(value, "type" if isinstance(value, Found) else "given_type", None)
        return given if isinstance(given, str) and given != self.type else ""


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
EMAIL_LISTS = LISTS.of_type("EMAIL", "rules.email_list(…)")
IP_LISTS = LISTS.of_type("IP", "rules.ip_list(…)")
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
TAGS = Accepted(
    "a tag",
    "pulumi-python:dynamic/cloudflare:AccessTag",
    "cloudflare:index/zeroTrustAccessTag:ZeroTrustAccessTag",
    "cloudflare:index/accessTag:AccessTag",
)
CUSTOM_PAGES = Accepted(
    "a custom page",
    "pulumi-python:dynamic/cloudflare:CustomPage",
    "cloudflare:index/zeroTrustAccessCustomPage:ZeroTrustAccessCustomPage",
    "cloudflare:index/accessCustomPage:AccessCustomPage",
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
ORGANIZATIONS = Accepted("a Zero Trust organization")
ACCOUNT_ROLES = Accepted("an account role")
ZONES = Accepted("a zone", "cloudflare:index/zone:Zone")


@dataclass(frozen=True, kw_only=True)
class Found:
    """An object that a look-up found. It is accepted wherever a reference to such an object is."""

    referred: ClassVar[Accepted]
    """What kind of object it is, for references."""
    in_order: ClassVar[frozenset[str]] = frozenset()
    """The paths of its lists whose order matters, such as `policies` or `scim_config.mappings`."""

    id: str
    name: str = ""
    account_id: str | None = None
    zone_id: str | None = None


# By the Output that is a resource's `id`: the word for the resource (see `word_for`).
_words: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
# By the same Output: the resource.
_by_id: weakref.WeakKeyDictionary[Any, weakref.ref[pulumi.CustomResource]] = (
    weakref.WeakKeyDictionary()
)


# By each Output that `apply` has made of a resource's id: the resource.
_made_of_id: weakref.WeakKeyDictionary[Any, weakref.ref[pulumi.CustomResource]] = (
    weakref.WeakKeyDictionary()
)


def note_id(resource: pulumi.CustomResource) -> None:
    """Remember that a resource's `id`, and each Output that `apply` makes of it, is its."""
    _words[resource.id] = str(word_for(resource))
    _by_id[resource.id] = weakref.ref(resource)
    _follow(resource.id, weakref.ref(resource))


def _follow(output: Any, of: weakref.ref[pulumi.CustomResource]) -> None:
    """Replace an Output's `apply` with one that remembers of which resource its result is made.

    An Output would say what it depends on only once that is known, which may be too late: it may
    wait for the resource that asks.
    """
    plain = output.apply

    def apply(*arguments: Any, **named: Any) -> Any:
        made = plain(*arguments, **named)
        _made_of_id[made] = of
        _follow(made, of)
        return made

    output.apply = apply


def id_of(value: Any) -> Any:
    """Return the id of the resource that a value is or is made from; of any other, the value."""
    if isinstance(value, pulumi.CustomResource):
        return value.id
    known = _made_of_id.get(value) if isinstance(value, pulumi.Output) else None
    resource = known() if known else None
    return value if resource is None else resource.id


def resource_of(value: Any) -> Any:
    """Return the resource or look-up result that a value is or is the id of; of any other, None."""
    if isinstance(value, (pulumi.Resource, Found)):
        return value
    known = _by_id.get(value) if isinstance(value, pulumi.Output) else None
    return known() if known else None


def rule_for(value: Any) -> str:
    """Return the function that makes a rule of a resource or look-up result; "": there is none."""
    every = (GROUPS, IDENTITY_PROVIDERS, SERVICE_TOKENS, LISTS, POSTURE_RULES, APPLICATIONS)
    if isinstance(value, Found):
        return value.referred.rule
    kind = value.pulumi_resource_type
    return next((one.rule for one in every if kind in one.kinds), "")


def word_for(value: Any) -> str | None:
    """Return a word for a resource or for its id, the same in every run; None for anything else."""
    if isinstance(value, pulumi.Resource):
        kind = value.pulumi_resource_type.rpartition(":")[2]
        return f"{kind} {value.pulumi_resource_name}"
    return _words.get(value)


def refer(value: Any, accepted: Accepted) -> Any:
    """Return a reference as check gets it: a map for a resource or look-up result.

    Whatever else it is (an id, an Output of one) is returned as it is. An object of the wrong kind
    becomes a map with a message for check to report.
    """
    if wrong := _wrong_object(value, accepted):
        return {ID: "", MISTAKE: wrong}
    if isinstance(value, Found):
        return {ID: value.id, LABEL: value.name or value.id}
    if isinstance(value, Mapping) and isinstance(value.get(ID), (Found, pulumi.CustomResource)):
        return {**refer(value[ID], accepted), **{k: v for k, v in value.items() if k != ID}}
    if not isinstance(value, pulumi.CustomResource):
        return value
    note_id(value)
    label = getattr(value, "_label", None) or value.pulumi_resource_name
    return {ID: value.id, OF: value.urn, LABEL: label}


def _wrong_object(value: Any, accepted: Accepted) -> str:
    """Return why a resource, its id, or a look-up result is not accepted; "": it is, or may be."""
    given = ""
    if isinstance(value, Found) and value.referred is not accepted.any_type:
        given = value.referred.what
    elif isinstance(value, pulumi.CustomResource):
        kind = value.pulumi_resource_type
        given = "" if kind in accepted.kinds else kind.rpartition(":")[2]
    if given:
        return f"{given} is not {accepted.what}; pass {accepted.what} or its id"
    if accepted.type and (type_ := accepted.other_type_of(resource_of(value))):
        called = f'"{value.name}"' if isinstance(value, Found) else word_for(value)
        return f"{called} is of type {type_}; pass {accepted.what}"
    return ""


def is_reference(value: Any) -> bool:
    """Return whether a value is a reference, and not an object's own fields."""
    return not isinstance(value, Mapping) or ID in value


def refer_all(values: Any, accepted: Accepted) -> Any:
    """Do `refer` for a list, or for an Output of one."""
    if isinstance(values, pulumi.Output):
        return values.apply(lambda known: refer_all(known, accepted))
    if isinstance(values, (list, tuple)):
        return [refer_all(value, accepted) for value in values]
    return refer(values, accepted)


def name_all(values: Any, accepted: Accepted, field: str) -> Any:
    """Write objects down by one field of theirs, which others know them by; texts stay.

    What is another object becomes a mistake, which `Names` reports.
    """
    if isinstance(values, pulumi.Output):
        return values.apply(lambda known: name_all(known, accepted, field))
    if isinstance(values, (list, tuple)):
        return [name_all(value, accepted, field) for value in values]
    reference = refer(values, accepted)
    if not isinstance(reference, Mapping) or MISTAKE in reference:
        return reference
    return getattr(values, field)


class Names(Values):
    """An unordered list of texts that objects are known by; programs may pass the objects."""

    def read(self, entry: Any, path: str) -> tuple[Named, list[Mistake]]:
        """Accept a text; report what `name_all` has found wrong."""
        if isinstance(entry, Mapping) and entry.get(MISTAKE):
            return Named("", ""), [Mistake(path, str(entry[MISTAKE]))]
        return super().read(entry, path)


def is_id(text: str) -> bool:
    """Return whether a text is an id of Cloudflare's and not a name, or is not known yet."""
    return text == UNKNOWN or re.fullmatch(r"[0-9A-Fa-f-]{32,36}", text) is not None


class References(Keyed):
    """An unordered list of references."""

    of_what = "ids"
    # The message about a text that is not an id.
    no_id = "is no id of Cloudflare's; pass the resource, its id, or what a look-up finds"

    def __init__(self, hint: str = "", instead: str = "") -> None:
        self.hint = hint
        """What is added to the message about a key that no reference has."""
        self.instead = instead
        """What is added to the message about a value that is not a reference."""

    def may_be(self, answered: Any) -> bool:
        """Accept an id or a whole object: answers hold either."""
        return isinstance(answered, str) or super().may_be(answered)

    def read(self, entry: Any, path: str) -> tuple[Named, list[Mistake]]:
        """Read an id, or what `refer` has returned."""
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
        """Compare by id; an answer holds the id, or the whole object."""
        del reading
        return self.canonical(entry) == self.canonical(answer)

    def from_wire(self, answer: Any, reading: Reading) -> Named:
        """Read a reference that is not declared; its key is the object's name, or else its id."""
        id_ = self.canonical(answer)
        name = answer.get("name") if isinstance(answer, Mapping) else None
        # Keys are not encrypted: a name that another resource keeps secret must not be one.
        if not isinstance(name, str) or known.has(name):
            name = None
        return Named(str(name or reading.name_of(id_) or id_), {ID: id_})


class InOrder(Keyed):
    """A list whose order matters, kept as a map of its entries and one line that says the order.

    So an entry that is inserted anywhere changes only two paths: its own, and the line.
    """

    def __init__(self, entries: Keyed) -> None:
        self._entries = entries

    @property
    def item(self) -> Any:
        """The shape of an entry that is an object with fields of its own; else None."""
        return self._entries.item

    def may_be(self, answered: Any) -> bool:
        """Return whether a value of an answer can be an entry."""
        return self._entries.may_be(answered)

    def read(self, entry: Any, path: str) -> tuple[Named, list[Mistake]]:
        """Read one entry."""
        named, mistakes = self._entries.read(entry, path)
        return Named(_one_line(named.key), named.entry), mistakes

    def canonical(self, entry: Any) -> str:
        """Return an entry as text: the same for all entries that mean the same."""
        return self._entries.canonical(entry)

    def to_wire(self, entry: Any) -> Any:
        """Return one entry as the API wants it."""
        return self._entries.to_wire(entry)

    def matches(self, entry: Any, answer: Any, reading: Reading = NOTHING_KNOWN) -> bool:
        """Return whether an entry of an answer means the same as this one."""
        return self._entries.matches(entry, answer, reading)

    def unknown(self, items: list[Any], path: str) -> Iterator[str]:
        """Return the paths of fields in an answer's entries that this package does not know."""
        return self._entries.unknown(items, path)

    def concerns(self, value: Mapping[str, Any], path: str) -> Iterator[str]:
        """Return what the entries hold that this package does not know."""
        return self._entries.concerns(dict(in_order(value)), path)

    def from_wire(self, answer: Any, reading: Reading) -> Named:
        """Read an entry of an answer that is not declared."""
        named = self._entries.from_wire(answer, reading)
        return Named(_one_line(named.key), named.entry)

    def check(self, value: Any, path: str) -> tuple[Any, list[Mistake]]:
        """Turn a list into the map; accept a map that an earlier check has made."""
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
        """Return whether two values hold the same entries in the same order."""
        if UNKNOWN in (one, other):
            return bool(one == other)
        return self.meanings(one) == self.meanings(other)

    def keep_keys(self, new: Any, old: Any) -> Any:
        """Return the new value, with the old key and form for each entry that did not change."""
        if not isinstance(new, Mapping) or not isinstance(old, Mapping):
            return new
        had = {self.canonical(entry): Named(key, entry) for key, entry in in_order(old)}
        # An entry that the order leaves out was put back by the engine, with its key.
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
        """Give the entries that the order leaves out their place in it.

        `ignore_changes` of one entry makes the engine put it back into the map, and not into the
        order. It goes where it was, if the entries that were before and behind it leave exactly one
        place.

        :param was: The value before.
        :param ignored: The keys that the engine will put back; `order` may be among them.

        Returns the value, and the keys that still have no place.
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
        """Return a map of the state, its order included, with keys as they are spelled now."""
        now = with_keys_spelled({key: key for key in value if key != ORDER})
        spelled = {key: self._entries.inside_spelled(value[before]) for key, before in now.items()}
        if ORDER in value:
            places = {before: key for key, before in now.items()}
            spelled[ORDER] = BEFORE.join(places[key] for key in _named(value))
        return spelled

    def request(self, value: Mapping[str, Any]) -> list[Any]:
        """Return the list that the API wants."""
        return [self.to_wire(entry) for _, entry in in_order(value)]

    def answer(
        self, items: Sequence[Any], known: Mapping[str, Any], reading: Reading
    ) -> dict[str, Any]:
        """Read the list of an answer; entries that are in `known` keep their keys and form."""
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
        """Read an entry that matches no known one, in the form of the known one with its key."""
        named = self.from_wire(item, reading).spelled()
        if named.key not in unmatched:
            return named
        form = unmatched.pop(named.key)
        return Named(named.key, self._entries.in_form(item, form, reading))

    def changes(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
        """Return the lines about removed, added and changed entries, and about the order."""
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
        # The order is shown if entries that stay are reordered, or a new one comes before them.
        if kept != list(after)[: len(kept)]:
            told.append(f"order: {_line(old)} -> {_line(new)}")
        return told or [f"order: {_line(old)} -> {_line(new)}"]

    def meanings(self, value: Any) -> list[str]:
        """Return the meanings of the entries (see `canonical`), in their order."""
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
    """Return the entries of a map of `InOrder` in their order; those without a place come last."""
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
    """Return the keys in the order of a map that are keys of the map, too."""
    line = str(value.get(ORDER, ""))
    keys = line.split(BEFORE)
    if not all(key in value for key in keys):
        keys = _told_apart(line, value.keys() - {ORDER})
    return list(dict.fromkeys(keys))


def _told_apart(line: str, keys: Collection[str]) -> list[str]:
    """Find the keys in a line. In older states, a key may itself end in what separates two keys."""
    left, found = set(keys), []
    while line:
        here = [key for key in left if f"{line}{BEFORE}".startswith(f"{key}{BEFORE}")]
        word = max(here, key=len) if here else line.partition(BEFORE)[0]
        found += [word] if here else []
        left.discard(word)
        line = line[len(word) + len(BEFORE) :]
    return found


def _without_a_place(lined_up: dict[str, Any], by: Any) -> dict[str, Any]:
    """Take the keys that have no place in `by` out of the order: the state says their place."""
    left_out = unplaced(by)
    if not left_out:
        return lined_up
    named = [key for key in _named(lined_up) if key not in left_out]
    return {**lined_up, ORDER: BEFORE.join(named)}


def _line(value: Any) -> str:
    return BEFORE.join(key for key, _ in in_order(value))


# A > in a key that would be read as the one between two keys.
_BETWEEN = re.compile(r"(?<![^ ])>(?![^ ])")


def _one_line(key: str) -> str:
    return _BETWEEN.sub("≻", key)
