"""Policies, and how the reusable ones behave."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

from ...world.world import AccountBackend
from .. import references, rules
from ..checks import Checker, now
from ..exceptions import ConflictError, NotFoundError, TooManyError
from .fields import DECISIONS, INFRASTRUCTURE_SETTINGS, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...world.world import Account, Scope, World
    from ..rules import Rule
    from ..shapes import Object


@dataclass(frozen=True, kw_only=True)
class Content:
    """The content of a policy in a request."""

    name: str
    decision: str
    include: list[Rule]
    exclude: list[Rule]
    require: list[Rule]
    settings: dict[str, Any]
    strange: dict[str, Any]
    """Unknown fields, as they were sent."""
    infrastructure: bool = False

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of every section."""
        return chain(self.include, self.exclude, self.require)

    def shown(self, world: World) -> dict[str, Any]:
        """Return it in the form of answers."""
        shape = _settings(infrastructure=self.infrastructure)
        settings: dict[str, Any] = shape.show(world, self.settings)
        if settings.get("session_duration") == "":
            del settings["session_duration"]
        shown = {
            "name": self.name,
            "decision": self.decision,
            "include": rules.shown(world, self.include),
            "exclude": rules.shown(world, self.exclude),
            "require": rules.shown(world, self.require),
        }
        return world.without_empty(shown) | settings | self.strange


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A policy, reusable or an application's own."""

    id: str
    content: Content
    created_at: str
    updated_at: str

    @classmethod
    def new(cls, policy_id: str, content: Content) -> Policy:
        """Return a policy that is created now."""
        time = now()
        return cls(id=policy_id, content=content, created_at=time, updated_at=time)

    def changed(self, content: Content) -> Policy:
        """Return the policy with new content, and with its id and creation time."""
        return replace(self, content=content, updated_at=now())

    def kept(self) -> dict[str, Any]:
        """Return it as it is kept."""
        kept = {**vars(self), **vars(self.content), **self.content.settings, **self.content.strange}
        inner = ("content", "settings", "strange")
        return {key: value for key, value in kept.items() if key not in inner}

    def shown(self, world: World) -> dict[str, Any]:
        """Return the fields that the answers of all routes have."""
        shown = {
            "id": self.id,
            **self.content.shown(world),
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }
        if not world.switches.plain:
            shown["uid"] = self.id  # seen live in Access's objects, never documented
        return shown


class PolicyBackend(AccountBackend):
    """The reusable policies of one account. Not documented: their names need not be unique."""

    collection: ClassVar[str] = "access/policies"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.policies: dict[str, Policy] = {}

    def list_policies(self) -> list[Policy]:
        """Return the policies, oldest first."""
        return list(self.policies.values())

    def create_policy(self, body: Any, policy_id: str | None = None) -> Policy:
        """Create a policy."""
        content = read_body(body, self.scope)
        policy = Policy.new(policy_id or self.world.new_uuid(), content)
        self.keep_policy(policy)
        return policy

    def keep_policy(self, policy: Policy) -> None:
        """Add a policy that is new, or was an application's own until now."""
        limit = self.world.switches.max_policies
        if limit is not None and len(self.policies) >= limit:
            raise TooManyError(f"at most {limit} policies are allowed")
        self.policies[policy.id] = policy

    def get_policy(self, policy_id: str) -> Policy:
        """Return the policy with this id."""
        if policy_id not in self.policies:
            raise NotFoundError
        return self.policies[policy_id]

    def update_policy(self, policy_id: str, body: Any) -> Policy:
        """Replace a policy, except for its id and creation time."""
        policy = self.get_policy(policy_id)
        policy = policy.changed(read_body(body, self.scope))
        self.policies[policy_id] = policy
        return policy

    def delete_policy(self, policy_id: str) -> None:
        """Delete a policy, unless an application has it."""
        self.get_policy(policy_id)
        # Documented: it must be detached first. Status, code and words are not documented.
        if self.app_count(policy_id):
            raise ConflictError("policy is attached to an application")
        del self.policies[policy_id]

    def app_count(self, policy_id: str) -> int:
        """Return how many applications have a policy."""
        scopes: tuple[Scope, ...] = (self.account, *self.account.zones)
        return sum(list(scope.attached()).count(policy_id) for scope in scopes)

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Add a policy as a create would. It may have an `id`."""
        body = dict(item)
        policy_id = body.pop("id", None)
        if policy_id in self.policies:
            raise ValueError(f"there is a policy {policy_id} already")
        return self.create_policy(body, policy_id).kept()

    def has(self, object_id: str) -> bool:
        """Tell whether a policy with this id exists."""
        return object_id in self.policies

    def rules(self) -> Iterator[tuple[str, Rule]]:
        """Yield the rules of every policy, with its id."""
        for policy in self.policies.values():
            for rule in policy.content.rules():
                yield policy.id, rule


def policies_of(account: Account) -> PolicyBackend:
    """Return the reusable policies that the applications of an account and its zones can have."""
    return account.of(PolicyBackend)


def read_body(body: Any, scope: Scope) -> Content:
    """Return the content of a reusable policy in a request."""
    check = Checker(body, scope.world.switches)
    content = read(check, scope)
    check.done()
    references.check(scope, content.rules())
    return content


def read(check: Checker, scope: Scope, *, infrastructure: bool = False) -> Content:
    """Return the content of a policy in a body. Mistakes are left in the checker."""
    settings = _settings(infrastructure=infrastructure).take(check)
    check.drop_foreign(_settings(infrastructure=not infrastructure).names)
    if not infrastructure:
        made = {"24h": "24h", "application": ""}[scope.world.switches.policy_session]
        settings.setdefault("session_duration", made)
    content = Content(
        include=rules.checked(check, "include", scope, required=True),
        exclude=rules.checked(check, "exclude", scope),
        require=rules.checked(check, "require", scope),
        name=check.text("name"),
        decision=_decision(check, infrastructure=infrastructure),
        settings=settings,
        # Last: what is left.
        strange=check.rest(),
        infrastructure=infrastructure,
    )
    if content.decision not in ("non_identity", "bypass"):
        for section in ("include", "exclude", "require"):
            for index, rule in enumerate(getattr(content, section)):
                if "linked_app_token" in rule:
                    check.refuse(
                        f"/{section}/{index}/linked_app_token",
                        "linked_app_token can only be used with decisions non_identity and bypass",
                    )
    return content


def _decision(check: Checker, *, infrastructure: bool) -> str:
    decision = check.take("decision")
    if decision not in DECISIONS:
        check.refuse("/decision", "unrecognized policy decision")
    elif infrastructure and decision != "allow":
        check.refuse("/decision", "infrastructure applications can only have decision allow")
    return str(decision)


def _settings(*, infrastructure: bool) -> Object:
    return INFRASTRUCTURE_SETTINGS if infrastructure else SETTINGS
