"""Worlds: everything that decides who gets in, as plain data. `reading` builds them.

Keys are opaque: URNs for objects that a stack manages, and ids for other objects of the account. A
key means the same object before and after a change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, TypeAlias

from .atoms import GROUP, Atom
from .cycles import circles, digests, endless

ALLOW: Final = "allow"
DENY: Final = "deny"
BYPASS: Final = "bypass"
SERVICE_AUTH: Final = "non_identity"
DECISIONS: Final = (BYPASS, SERVICE_AUTH, ALLOW, DENY)
BEFORE_LOGIN: Final = frozenset({BYPASS, SERVICE_AUTH})
GUARDING: Final = frozenset({"self_hosted", "ssh", "vnc", "rdp"})
"""Types of applications that guard hostnames and paths."""
INFRASTRUCTURE: Final = "infrastructure"
BOOKMARK: Final = "bookmark"
SAAS: Final = "saas"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. The atom of a rule about a group contains the group's key.

    `label` is the key of the rule in the state. A secret rule counts like any other, but is never
    printed.
    """

    atom: Atom
    label: str = ""
    secret: bool = False

    def __repr__(self) -> str:
        atom = (self.atom[0], "(secret)") if self.secret else self.atom
        return f"Rule({atom!r}, {self.label!r})"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a group or a policy: any of `include`, all of `require`, none of `exclude`."""

    include: tuple[Rule, ...] = ()
    require: tuple[Rule, ...] = ()
    exclude: tuple[Rule, ...] = ()

    @property
    def all(self) -> tuple[Rule, ...]:
        """The rules of every section."""
        return self.include + self.require + self.exclude

    @property
    def groups(self) -> list[str]:
        """The keys of the groups that the rules refer to."""
        return [rule.atom[1] for rule in self.all if rule.atom[0] == GROUP]


@dataclass(frozen=True, slots=True)
class Group:
    """An Access group. `scope` is its account or zone ("account ID"), or empty if not known."""

    key: str
    name: str
    rules: Rules
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms for those whom a policy or an application lets in.

    Each is a text to compare, or None if nothing is declared. `session` is a duration. `approval`
    says who has to approve. `mfa` lists the allowed authenticators and how long one lasts, or is
    "off" if it is switched off.
    """

    session: str | None = None
    approval: str | None = None
    justification: str | None = None
    isolation: str | None = None
    mfa: str | None = None
    connection: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy. `decision` is the API's word, or None if it is not known."""

    key: str
    name: str
    decision: str | None
    rules: Rules
    terms: Terms = Terms()
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Unordered:
    """Several ordered lists of policies, whose order relative to each other is not known."""

    lists: tuple[tuple[str, ...], ...]


Step: TypeAlias = str | Unordered
"""One step in the order of an application's policies: a policy's key, or unordered policies."""


@dataclass(frozen=True, slots=True)
class Destination:
    """What an application guards.

    The value depends on `kind`. `public`: hostname and path, with wildcards. `private`: a hostname
    or a CIDR range, with ports, protocol and network if they are declared. `worker` and
    `preview_worker`: an id, or empty for all. `mcp`: the id of a server behind a portal.
    `application`: the key of an application that has no address.
    """

    kind: str
    value: str
    ports: str = ""
    protocol: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class PublicPath:
    """A path of a destination that is open to everyone: no policy is evaluated there.

    It begins at the hostname. A `*` in it stands for any text. Paths below it are not included.
    """

    destination: Destination
    path: str


@dataclass(frozen=True, slots=True)
class Application:
    """An application: what it guards, and its policies."""

    key: str
    name: str
    type: str = "self_hosted"
    destinations: tuple[Destination, ...] = ()
    policies: tuple[Step, ...] = ()
    """In the order of their precedence. A key that the world does not have was not read."""
    identity_providers: tuple[str, ...] | None = ()
    """The ids of the allowed providers; empty if all are allowed; None if they are not known."""
    terms: Terms = Terms()
    device_login: bool | None = False
    """Whether a login of the Cloudflare One Client is enough; None if that is not known."""
    scope: str = ""
    """Its account or zone, as "account ID" or "zone ID"; empty if not known."""
    unread: str = ""
    """Distinguishes unknown providers before and after the change, if they may differ."""
    public_paths: tuple[PublicPath, ...] = ()


@dataclass(frozen=True, slots=True)
class Right:
    """One IAM right: a permission group, allowed or denied on a resource group."""

    access: str
    permission: str
    resource: str


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group: the rights of its members.

    `members` is None if they are not known. `unread` then distinguishes those before and after the
    change, if they may differ.
    """

    key: str
    name: str
    rights: frozenset[Right]
    members: frozenset[str] | None = None
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Rights:
    """Who may do what in the account: user groups, and the rights that members have directly."""

    groups: Mapping[str, UserGroup] = field(default_factory=dict)
    direct: Mapping[str, frozenset[Right]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class World:
    """Everything that decides who gets in, before or after a change."""

    applications: Mapping[str, Application] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """The names of keys and ids, for texts."""
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """The contents of Zero Trust lists, by id, as far as they are known."""
    provider_types: Mapping[str, str] = field(default_factory=dict)
    """The types of identity providers, by id."""
    deleted: frozenset[str] = frozenset()
    """The keys and ids of deleted groups and policies that others may still refer to."""
    access_protection: bool | None = None
    """Whether the account blocks places that no application guards; None if not known."""
    secrets: frozenset[Atom] = field(default=frozenset(), repr=False)
    """The atoms that occur only in secret rules."""
    rights: Rights = Rights()

    @cached_property
    def shared_policies(self) -> frozenset[str]:
        """The keys of policies that several applications have. Their sets are cached."""
        counts = Counter(
            key
            for application in self.applications.values()
            for step in application.policies
            for key in (
                (step,) if isinstance(step, str) else (k for one in step.lists for k in one)
            )
        )
        return frozenset(key for key, count in counts.items() if count > 1)

    @cached_property
    def plain(self) -> frozenset[Atom]:
        """The atoms of rules that are not secret. Needed only if there are secret rules."""
        holders = [group.rules for group in self.groups.values()]
        holders += [policy.rules for policy in self.policies.values()]
        return frozenset(rule.atom for rules in holders for rule in rules.all if not rule.secret)

    @cached_property
    def circles(self) -> list[list[str]]:
        """Groups that include each other in a circle."""
        return circles({key: group.rules.groups for key, group in self.groups.items()})

    @cached_property
    def undecidable(self) -> Mapping[str, str]:
        """Groups and policies that reach a circle, each with a digest of everything it reaches."""
        if not self.circles:
            return {}
        rules = {key: group.rules for key, group in self.groups.items()}
        rules |= {key: policy.rules for key, policy in self.policies.items()}
        refers_to = {key: asked.groups for key, asked in rules.items()}
        return digests(refers_to, endless(refers_to), lambda key: repr(_atoms(rules.get(key))))


def _atoms(rules: Rules | None) -> object:
    return rules and [
        sorted(rule.atom for rule in section)
        for section in (rules.include, rules.require, rules.exclude)
    ]
