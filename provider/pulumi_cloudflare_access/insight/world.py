"""What decides who gets in, as plain data: applications, their policies, groups.

Nothing here knows where it came from; `reading` makes worlds. Keys are opaque: URNs for what a
stack manages, ids for the rest of an account. They name the same object before and after a change.
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
    """One rule. The atom of one about a group holds the group's key.

    `label` is what people call its value, as the state's keys have it. A secret rule counts like
    any other and is never printed.
    """

    atom: Atom
    label: str = ""
    secret: bool = False

    def __repr__(self) -> str:
        atom = (self.atom[0], "(secret)") if self.secret else self.atom
        return f"Rule({atom!r}, {self.label!r})"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a group or a policy asks: any of `include`, all of `require`, none of `exclude`."""

    include: tuple[Rule, ...] = ()
    require: tuple[Rule, ...] = ()
    exclude: tuple[Rule, ...] = ()

    @property
    def all(self) -> tuple[Rule, ...]:
        """The rules of every section."""
        return self.include + self.require + self.exclude

    @property
    def groups(self) -> list[str]:
        """The keys of the groups that rules point at."""
        return [rule.atom[1] for rule in self.all if rule.atom[0] == GROUP]


@dataclass(frozen=True, slots=True)
class Group:
    """An Access group: rules under a name."""

    key: str
    name: str
    rules: Rules
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked of those whom a policy or an application lets in, beside who they are.

    Each is a text that can be compared; None: nothing is said about it. `approval` says who has to
    approve. `mfa` holds the allowed authenticators and how long one lasts, or "off" where it is
    switched off.
    """

    session: str | None = None
    approval: str | None = None
    justification: str | None = None
    isolation: str | None = None
    mfa: str | None = None
    connection: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy. A decision of None is one that is not known."""

    key: str
    name: str
    decision: str | None
    rules: Rules
    terms: Terms = Terms()
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Unordered:
    """Lists of policies, each in order, of which nobody can say which list comes first where."""

    lists: tuple[tuple[str, ...], ...]


Step: TypeAlias = str | Unordered
"""One place in the order of an application's policies: a policy's key."""


@dataclass(frozen=True, slots=True)
class Destination:
    """What an application stands before.

    `kind` is `public` (value: hostname and path, with wildcards), `private` (a hostname or a CIDR
    range, with ports, protocol and network where they matter), `worker` or `preview_worker` (an id;
    empty: all of them), `mcp` (the id of a server behind a portal), or `application`: something
    that has no address, by the application's key.
    """

    kind: str
    value: str
    ports: str = ""
    protocol: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class PublicPath:
    """A path of a destination that is open to everyone: no policy is asked there.

    It begins at the hostname. A `*` in it stands for any text; what is below it is not meant.
    """

    destination: Destination
    path: str


@dataclass(frozen=True, slots=True)
class Application:
    """An application: what it guards, and its policies in the order of their precedence.

    `identity_providers` is empty where every provider of the account may be used, and None where it
    is not known; `unread` tells those before a change from those after it, if they may differ. A
    step that no policy of the world has is a policy that was not read.
    """

    key: str
    name: str
    type: str = "self_hosted"
    destinations: tuple[Destination, ...] = ()
    policies: tuple[Step, ...] = ()
    identity_providers: tuple[str, ...] | None = ()
    terms: Terms = Terms()
    device_login: bool | None = False
    scope: str = ""
    unread: str = ""
    public_paths: tuple[PublicPath, ...] = ()


@dataclass(frozen=True, slots=True)
class Right:
    """One right of IAM: a permission group, allowed or denied on a resource group."""

    access: str
    permission: str
    resource: str


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group: rights of its members.

    Members of None: who is in it is not known; `unread` tells those before a change from those
    after it, if they may differ.
    """

    key: str
    name: str
    rights: frozenset[Right]
    members: frozenset[str] | None = None
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Rights:
    """Who may do what in the account: user groups, and rights that members have directly."""

    groups: Mapping[str, UserGroup] = field(default_factory=dict)
    direct: Mapping[str, frozenset[Right]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class World:
    """Everything that is known at one moment.

    `names` are what people call ids and keys. `lists` are the contents of Zero Trust lists that are
    known. `deleted` are keys of groups that rules may still point at. `access_protection` says
    whether the account blocks what no application guards; None: not known. `secrets` are atoms that
    stand in secret rules alone.
    """

    applications: Mapping[str, Application] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    provider_types: Mapping[str, str] = field(default_factory=dict)
    deleted: frozenset[str] = frozenset()
    access_protection: bool | None = None
    secrets: frozenset[Atom] = field(default=frozenset(), repr=False)
    rights: Rights = Rights()

    @cached_property
    def shared_policies(self) -> frozenset[str]:
        """Policies that several applications have: what they come to is worth keeping."""
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
        """Atoms of rules that are not secret; asked only where there are secret ones."""
        holders = [group.rules for group in self.groups.values()]
        holders += [policy.rules for policy in self.policies.values()]
        return frozenset(rule.atom for rules in holders for rule in rules.all if not rule.secret)

    @cached_property
    def circles(self) -> list[list[str]]:
        """Groups that include each other in a circle."""
        return circles({key: group.rules.groups for key, group in self.groups.items()})

    @cached_property
    def undecidable(self) -> Mapping[str, str]:
        """Groups and policies in a circle or referring to one, with a digest of what they reach."""
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
