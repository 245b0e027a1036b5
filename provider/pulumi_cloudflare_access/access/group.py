"""Access groups: a named set of rules that policies and other groups point at.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/groups/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import pulumi

from ..engine.collection import Scope
from ..engine.deletion import User
from ..engine.lifecycle import ResourceLifecycle
from ..fields.keyed import Mistake
from ..fields.model import Always, AlwaysManaged, AnsweredAs, Default, Inputs, NotEmpty, State
from ..program.lookup import ScopedLookup
from ..program.references import GROUPS, Found
from ..program.resource import Deployment, Resource
from . import listings
from .in_force import IN_FORCE, in_force_text, tell_group
from .in_live import refuse_what_opens
from .referrers import SECTIONS, referrers_in_rules
from .rules import Rules, account_filled_in, never_together
from .written_first import mistakes_in_turn

if TYPE_CHECKING:
    from .. import types

# What Cloudflare documents for an account that has agreed to nothing else.
RULES_QUOTA = 1_000
NOBODY = "must hold at least one rule: the API refuses a group of nobody"


class AccessGroupInputs(Inputs):
    """What a program may ask of a group."""

    account_id: str | None = None
    zone_id: str | None = None
    name: str
    """What the group is called."""
    include: Annotated[Rules, AlwaysManaged(), NotEmpty(NOBODY)]
    """Whom at least one of these rules matches may be in the group, such as `rules.email(…)`, in
    any order.
    """
    exclude: Annotated[Rules, AlwaysManaged()] = None
    """Whom any of these rules matches is not in the group, in any order."""
    require: Annotated[Rules, AlwaysManaged()] = None
    """Only whom all of these rules match is in the group, in any order."""
    # Documented as a bool in requests and as a list of rules in answers.
    is_default: Annotated[bool | None, AnsweredAs(bool), Default(value=False)] = None
    """Put the group into every new policy."""


class AccessGroupState(State):
    """What we keep of an answer besides what was declared."""

    created_at: Annotated[str | None, Always()] = None
    """When it was made, as RFC 3339."""
    updated_at: Annotated[str | None, Always()] = None
    """When it was changed last, as RFC 3339."""


class AccessGroupProvider(ResourceLifecycle):
    """Where groups live and what they need."""

    kind = "access_group"
    display_name = listings.GROUPS.display_name
    collection = listings.GROUPS
    inputs = AccessGroupInputs
    state = AccessGroupState
    quota = 300
    account_in_answer = staticmethod(account_filled_in)
    reserved_inputs = frozenset({IN_FORCE})

    def validate_run(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what lets somebody in by policies that get stricter only after it."""
        texts = (olds.get(IN_FORCE), news.get(IN_FORCE))
        return [Mistake("", told) for told in mistakes_in_turn(self.display_name, *texts)]

    def warnings(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of a group that nobody can be in, and of one that is too large."""
        del was
        if never := never_together(declared.get("require")):
            yield never
        sections = [declared.get(name) for name in SECTIONS]
        held = sum(len(rules) for rules in sections if isinstance(rules, Mapping))
        if held > RULES_QUOTA:
            yield (
                f"{held:,} rules: unless Cloudflare has agreed to more for this account, a group "
                f"holds {RULES_QUOTA:,}"
            )

    def update_remote(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Change it, unless the lists that it counts in are not yet what the program says."""
        refuse_what_opens(
            (was, declared),
            there["id"],
            lambda kind: self._snapshot(scope, kind).objects("update"),
        )
        return super().update_remote(scope, there, declared, was)

    def referrers(self, id_: str, scope: Scope, *, anew: bool = False) -> Iterator[User]:
        """Return the groups and the policies whose rules point at this one."""
        yield from referrers_in_rules(
            id_,
            scope,
            lambda of: self._all(scope, of, anew=anew),
            lambda rule: rule.get("group", {}).get("id") == id_,
        )


class AccessGroup(Resource, module="cloudflare", name="AccessGroup"):
    """A named set of rules, under an account or a zone.

    Someone is in the group who matches any rule of `include`, every rule of `require` and no rule
    of `exclude`. Without `account_id` and `zone_id` it lives in the settings' account. `adopt=True`
    takes over the group that has this name, `adopt="<id>"` the one with this id: if it is as
    declared here, or with `adopt_changes=True`.
    """

    lifecycle = AccessGroupProvider

    account_id: pulumi.Output[str | None]
    zone_id: pulumi.Output[str | None]
    name: pulumi.Output[str]
    is_default: pulumi.Output[bool | None]
    created_at: pulumi.Output[str]
    """When it was made, as RFC 3339."""
    updated_at: pulumi.Output[str]
    """When it was changed last, as RFC 3339."""
    if TYPE_CHECKING:
        include: pulumi.Output[Mapping[str, types.RuleOutput]]
        exclude: pulumi.Output[Mapping[str, types.RuleOutput] | None]
        require: pulumi.Output[Mapping[str, types.RuleOutput] | None]
        extra: pulumi.Output[Mapping[str, Any] | None]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        include: pulumi.Input[Sequence[pulumi.Input[types.Rule | types.Unchecked]]],
        exclude: pulumi.Input[Sequence[pulumi.Input[types.Rule | types.Unchecked]]] | None = None,
        require: pulumi.Input[Sequence[pulumi.Input[types.Rule | types.Unchecked]]] | None = None,
        is_default: pulumi.Input[bool] | None = None,
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a named set of rules, under an account or a zone.

        :param resource_name: The name of the resource in the program and in the state.
        :param name: What the group is called. Required. API: `name`.
        :param include: Whom at least one of these rules matches may be in the group, such as
            `rules.email(…)`, in any order. Required. API: `include`.
        :param exclude: Whom any of these rules matches is not in the group, in any order. Default:
            none. API: `exclude`.
        :param require: Only whom all of these rules match is in the group, in any order. Default:
            none. API: `require`.
        :param is_default: Put the group into every new policy. Default: `False`. API: `is_default`.
        :param extra: Fields, and values of closed lists, that this package does not know. They are
            sent, compared and shown like all others. Default: none. API: each by its own name.
        :param account_id: The id of the account that it is in. Default: the one in the settings. A
            change replaces the object. In the API, it is in the path.
        :param zone_id: The id of the zone that it is in, instead of an account. A change replaces
            the object. In the API, it is in the path.
        :param adopt: `True` takes over an object that exists, found by its name; an id takes over
            the one with that id; `False` makes another one, whatever exists. Default: one is made.
        :param adopt_changes: Let an adoption change what differs. Default: what differs is an
            error.
        :param opts: Pulumi's options for the resource.
        """
        arguments = locals()
        text = in_force_text(Deployment.current(), self)
        self._declare(arguments, reserved={IN_FORCE: text})
        tell_group(self, arguments)


@dataclass(frozen=True, kw_only=True)
class GetAccessGroupResult(Found):
    """A group that exists; its rules as Cloudflare writes them."""

    referred = GROUPS

    include: Sequence[types.RuleFound] = field(default_factory=list)
    exclude: Sequence[types.RuleFound] = field(default_factory=list)
    require: Sequence[types.RuleFound] = field(default_factory=list)
    is_default: bool | None = None
    created_at: str | None = None
    updated_at: str | None = None


class _GroupLookup(ScopedLookup[GetAccessGroupResult]):
    def understood(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        # Documented as a list of rules, which says nothing about it.
        if isinstance(answer.get("is_default"), bool):
            return answer
        return {**answer, "is_default": None}


_lookup = _GroupLookup(GetAccessGroupResult, listings.GROUPS)
get_access_group = _lookup.get
get_access_group_output = _lookup.get_output
get_access_groups = _lookup.get_all
get_access_groups_output = _lookup.get_all_output
