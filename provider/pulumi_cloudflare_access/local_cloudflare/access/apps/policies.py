"""The policies of one application, and the order that their precedence gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import references
from ..checks import Checker
from ..exceptions import InvalidRequestError, NotFoundError
from ..policies.models import Policy, policies_of, read
from ..shapes import Number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...world.world import Scope, World
    from ..policies.models import Content
    from ..rules import Rule

PRECEDENCE = Number(least=0)
"""The documentation has no minimum, and 0 in an example."""

_LINK = {"id", "precedence", "account_id"}


@dataclass(frozen=True, kw_only=True)
class Item:
    """One entry of an application's `policies`: a reference, or the content of its own policy."""

    id: str | None
    precedence: int | None
    content: Content | None


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A policy of an application, with its precedence."""

    policy: Policy
    precedence: int
    reusable: bool

    def shown(self, world: World) -> dict[str, Any]:
        """Return it in the form of answers about applications."""
        return {
            **self.policy.shown(world),
            "precedence": self.precedence,
            "reusable": self.reusable,  # seen live; Cloudflare's OpenAPI text does not have it here
        }


class AppPolicies:
    """The policies of one application. No two have the same precedence."""

    def __init__(self, scope: Scope, *, infrastructure: bool) -> None:
        self.scope = scope
        self.infrastructure = infrastructure
        self.owned: dict[str, Policy] = {}
        self.precedences: dict[str, int] = {}

    def list_policies(self) -> list[Placed]:
        """Return the policies in the order of their precedence."""
        in_order = sorted(self.precedences, key=self.precedences.__getitem__)
        return [self.get_policy(policy_id) for policy_id in in_order]

    def get_policy(self, policy_id: str) -> Placed:
        """Return a policy of the application, its own or reusable."""
        if policy_id not in self.precedences:
            raise NotFoundError
        reusable = policy_id not in self.owned
        policies = policies_of(self.scope.account).policies if reusable else self.owned
        return Placed(
            policy=policies[policy_id],
            precedence=self.precedences[policy_id],
            reusable=reusable,
        )

    def create_policy(self, body: Any) -> Placed:
        """Create a policy of the application's own. Without a precedence it is last."""
        check = self._checker(body)
        # Seen live: reusable policies are attached through `policies` of the application only.
        if "id" in check and set(body) <= _LINK:
            raise InvalidRequestError(("/decision", "unrecognized policy decision"))
        precedence, content = self._read(check)
        check.done()
        references.check(self.scope, content.rules())
        if precedence is None:
            precedence = max(self.precedences.values(), default=0) + 1
        policy = Policy.new(self.scope.world.new_uuid(), content)
        self._place(policy.id, precedence)
        self.owned[policy.id] = policy
        return self.get_policy(policy.id)

    def update_policy(self, policy_id: str, body: Any) -> Placed:
        """Replace a policy of the application's own, except for its id and creation time.

        Not documented: without a precedence, it stays where it is.
        """
        policy = self._own(policy_id)
        check = self._checker(body)
        precedence, content = self._read(check)
        check.done()
        references.check(self.scope, content.rules())
        if precedence is not None:
            self._place(policy_id, precedence)
        self.owned[policy_id] = policy.changed(content)
        return self.get_policy(policy_id)

    def delete_policy(self, policy_id: str) -> None:
        """Delete a policy of the application's own."""
        self._own(policy_id)
        del self.owned[policy_id], self.precedences[policy_id]

    def make_reusable(self, policy_id: str) -> Placed:
        """Make a policy of the application's own reusable. It keeps its id and precedence."""
        policy = self._own(policy_id)
        if self.infrastructure:
            raise InvalidRequestError(("", "policies of infrastructure applications stay theirs"))
        policies_of(self.scope.account).keep_policy(policy)
        del self.owned[policy_id]
        return self.get_policy(policy_id)

    def read_items(self, check: Checker) -> list[Item] | None:
        """Return the entries of `policies` in an application's body; None without `policies`."""
        values = check.take("policies")
        if values is None:
            return None
        if not isinstance(values, list):
            check.refuse("/policies", "policies field should be a list")
            return []
        items = [
            item
            for index, value in enumerate(values)
            if (item := self._read_item(check, f"/policies/{index}", value))
        ]
        kinds = {item.content is None and item.id not in self.owned for item in items}
        if len(kinds) > 1 and self.scope.world.switches.mixed_policies == "refuse":
            check.refuse("/policies", "reusable and inline policies are mutually exclusive")
        return items

    def arrange(self, items: Sequence[Item] | None) -> None:
        """Apply `policies` of an application's body, or change nothing if it is refused."""
        owned, precedences = self._arranged(items)
        if len(set(precedences.values())) < len(precedences):
            raise InvalidRequestError(("/policies", "policy precedences must be unique"))
        self.owned, self.precedences = owned, precedences

    def attached(self) -> Iterator[str]:
        """Yield the ids of the reusable policies."""
        yield from self.precedences.keys() - self.owned.keys()

    def rules(self) -> Iterator[tuple[str, Rule]]:
        """Yield the rules of the application's own policies, with the policy's id."""
        for policy in self.owned.values():
            for rule in policy.content.rules():
                yield policy.id, rule

    def _arranged(self, items: Sequence[Item] | None) -> tuple[dict[str, Policy], dict[str, int]]:
        if items is None:
            return dict(self.owned), dict(self.precedences)
        owned = self._left(items)
        named = {item.id for item in items}
        precedences = {id_: self.precedences[id_] for id_ in owned if id_ not in named}
        before = 0
        for item in items:
            if item.content:
                references.check(self.scope, item.content.rules())
            policy_id = self._known(item, precedences)
            taken = {*precedences.values(), *(other.precedence for other in items)}
            before = _next(before, taken) if item.precedence is None else item.precedence
            precedences[policy_id] = before
            if item.content:
                was = self.owned.get(policy_id)
                owned[policy_id] = (
                    was.changed(item.content) if was else Policy.new(policy_id, item.content)
                )
        return owned, precedences

    def _left(self, items: Sequence[Item]) -> dict[str, Policy]:
        """Return the application's own policies that remain after `policies` is applied.

        Own policies that the list does not name are deleted. With `collect_dropped_policies` off,
        that only happens if the list has policies with content.
        """
        if self.scope.world.switches.collect_dropped_policies or any(i.content for i in items):
            named = {item.id for item in items}
            return {id_: policy for id_, policy in self.owned.items() if id_ in named}
        return dict(self.owned)

    def _known(self, item: Item, precedences: dict[str, int]) -> str:
        if item.id is None:
            return self.scope.world.new_uuid()
        reusable = policies_of(self.scope.account).policies
        known = self.owned if item.content else {**reusable, **self.owned}
        # The words and status of both refusals are not documented.
        if item.id not in known:
            raise InvalidRequestError(
                ("/policies", "policies contain a policy that does not exist")
            )
        if item.id in precedences:
            raise InvalidRequestError(("/policies", "policies contain a policy more than once"))
        return item.id

    def _read_item(self, check: Checker, pointer: str, value: Any) -> Item | None:
        if isinstance(value, str):
            value = {"id": value}
        if not isinstance(value, dict):
            check.refuse(pointer, "policies should be ids or objects")
            return None
        inner = self._checker(value)
        policy_id = inner.text("id") if "id" in inner else None
        if set(value) <= _LINK:
            content, precedence = None, self._precedence(inner)
            if self.infrastructure:
                inner.refuse("", "infrastructure applications can only have policies of their own")
            if inner.take("account_id") not in (None, self.scope.account.id):
                inner.refuse("/account_id", "account_id field should be the id of this account")
            if policy_id is None:
                inner.refuse("/id", "id field should not be empty")
        else:
            precedence, content = self._read(inner)
        inner.hand_to(check, pointer)
        return Item(id=policy_id, precedence=precedence, content=content)

    def _read(self, check: Checker) -> tuple[int | None, Content]:
        precedence = self._precedence(check)
        return precedence, read(check, self.scope, infrastructure=self.infrastructure)

    def _precedence(self, check: Checker) -> int | None:
        if "precedence" not in check:
            return None
        precedence: int = PRECEDENCE.keep(check, "/precedence", check.take("precedence"))
        if precedence == 0 and self.scope.world.switches.precedence_zero == "last":
            return None
        return precedence

    def _checker(self, body: Any) -> Checker:
        return Checker(body, self.scope.world.switches)

    def _own(self, policy_id: str) -> Policy:
        self.get_policy(policy_id)
        # Documented: it is refused. Status, code and words are not documented.
        if policy_id not in self.owned:
            raise InvalidRequestError(("", "policy is reusable: its route is access/policies"))
        return self.owned[policy_id]

    def _place(self, policy_id: str, precedence: int) -> None:
        if any(
            taken == precedence and other != policy_id for other, taken in self.precedences.items()
        ):
            raise InvalidRequestError(("/precedence", "policy precedences must be unique"))
        self.precedences[policy_id] = precedence


def _next(before: int, taken: set[int | None]) -> int:
    after = before + 1
    while after in taken:
        after += 1
    return after
