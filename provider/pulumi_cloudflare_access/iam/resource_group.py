"""Resource groups: what of an account a policy of IAM applies to.

https://developers.cloudflare.com/api/resources/iam/subresources/resource_groups/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, cast

import pulumi
from pydantic import field_validator

from ..engine.collection import Scope
from ..engine.deletion import User
from ..engine.hooks import Answer
from ..engine.lifecycle import ResourceLifecycle
from ..errors import AdoptionError, ApiError, UnusableAnswerError
from ..fields.keyed import UNKNOWN, Mistake, Reading
from ..fields.model import Always, Inputs, NotEmpty, State, fields_of
from ..fields.shapes import NestedShape
from ..program.lookup import Lookup
from ..program.references import RESOURCE_GROUPS, Found
from ..program.resource import Deployment, Resource
from . import answers, listings, rights, scopes

if TYPE_CHECKING:
    from .. import types

NOTHING = "must hold at least one object: the API refuses a resource group of nothing"
NOT_YOURS = (
    "it is Cloudflare's own, and nobody can change it; refer to it with get_resource_group or "
    "ResourceGroup.get"
)
TOO_WIDE = (
    '{}: "{}" or somebody who leaves it would have rights there, for a moment or for good, that '
    "nobody is to have: the resource group is written first, and the user group's policies and "
    "members after it. Change these in an up of their own first, then the scope"
)
# Of what a resource group holds, in a message.
MOST_SHOWN = 3


class ResourceGroupScope(Inputs):
    """What a resource group holds."""

    key: str | None = None
    """The scope's own key. Left out, it is the account's."""
    objects: Annotated[Any, scopes.Objects(), NotEmpty(NOTHING)]
    """What the group holds, in any order."""


class _OneScope(NestedShape):
    """A scope, which answers may hold in a list."""

    def request(self, value: Any, there: Any = None, was: Any = None) -> Any:
        return super().request(value, answers.scope(there), was)

    def unknown(self, value: Any, path: str) -> Iterator[str]:
        return super().unknown(answers.scope(value), path)

    def answer(self, value: Any, form: Any, reading: Reading) -> Any:
        value = answers.scope(value)
        if isinstance(value, list):
            raise UnusableAnswerError(f"a resource group of {len(value)} scopes where one is due")
        return super().answer(value, form, reading)


class ResourceGroupInputs(Inputs):
    """What a program may ask of a resource group."""

    account_id: str | None = None
    name: str
    """What the resource group is called."""
    scope: Annotated[ResourceGroupScope, _OneScope(fields_of(ResourceGroupScope))]
    """What the group holds: what `scopes.account()`, `scopes.zones(…)` or `scopes.objects(…)` make.
    """


class ResourceGroupState(State):
    """What we keep of an answer besides what was declared."""

    meta: Annotated[dict[str, Any] | None, Always()] = None
    """What Cloudflare says about the group, such as whether it can be edited."""

    _one_form = field_validator("meta", mode="before")(answers.meta)


class ResourceGroupProvider(ResourceLifecycle):
    """Where resource groups live and what they need."""

    kind = "resource_group"
    display_name = listings.RESOURCE_GROUPS.display_name
    collection = listings.RESOURCE_GROUPS
    inputs = ResourceGroupInputs
    state = ResourceGroupState
    reserved_inputs = frozenset({rights.RIGHTS})

    def complete_scope(self, declared: dict[str, Any], olds: Mapping[str, Any]) -> list[Mistake]:
        """Fill in the key of the account, too."""
        mistakes = super().complete_scope(declared, olds)
        scope, account = declared.get("scope"), declared.get("account_id")
        if isinstance(scope, Mapping) and scope.get("key") is None and isinstance(account, str):
            key = account if account == UNKNOWN else f"{scopes.ACCOUNT}{account}"
            declared["scope"] = {**scope, "key": key}
        return mistakes

    def validate_run(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what would give somebody a right for a moment."""
        texts = [props.get(rights.RIGHTS) for props in (olds, news)]
        if not all(texts) or olds.get("account_id") != news.get("account_id"):
            return []
        return [
            Mistake("scope", TOO_WIDE.format(", ".join(map(scopes.words, objects)), called))
            for called, objects in rights.too_wide(*map(str, texts))
        ]

    def find_to_adopt(
        self,
        scope: Scope,
        props: Mapping[str, Any],
        differs: Callable[[Mapping[str, Any]], list[str]],
    ) -> Answer | None:
        """Refuse to adopt what could then neither be changed nor destroyed."""
        found = super().find_to_adopt(scope, props, differs)
        if found is not None and not _is_editable(found.fields):
            raise AdoptionError(
                f"{self.full_name(found.fields, str(found.fields['id']))}: {NOT_YOURS}"
            )
        return found

    def is_declarable(self, found: Mapping[str, Any]) -> bool:
        """Leave out the groups that Cloudflare has made itself."""
        return _is_editable(found)

    def explain_refusal(
        self, error: ApiError, scope: Scope, declared: Mapping[str, Any]
    ) -> str | None:
        """Say which resource groups cannot be edited."""
        del scope, declared
        if any("editable" in reason.message.lower() for reason in error.reasons):
            return NOT_YOURS
        return None

    def referrers(self, id_: str, scope: Scope, *, anew: bool = False) -> Iterator[User]:
        """Return the user groups and the account members whose policies apply to it."""
        groups, members = listings.USER_GROUPS, listings.ACCOUNT_MEMBERS
        for group in self._all(scope, groups, anew=anew):
            if _applies_to(group, id_):
                yield User(groups.display_name, str(group.get("name")), str(group["id"]))
        # A large account has many pages of members; few have policies of their own.
        for member in self._all(scope, members, anew=True) if anew else ():
            if _applies_to(member, id_):
                called = answers.email_of(member)
                yield User(members.display_name, called, str(member["id"]))


def _applies_to(held: Mapping[str, Any], id_: str) -> bool:
    policies = held.get("policies") or ()
    groups = [group for policy in policies for group in policy.get("resource_groups") or ()]
    return any(group.get("id") == id_ for group in groups)


def _is_editable(answer: Mapping[str, Any]) -> bool:
    editable = answers.meta(answer.get("meta")).get("editable")
    return editable is None or answers.is_true(editable)


class ResourceGroup(Resource, module="cloudflare", name="ResourceGroup"):
    """Some of an account's objects, under a name: what the policies of user groups apply to.

    `scope` is what `scopes.account()`, `scopes.zones(…)` or `scopes.objects(…)` make; the output
    `meta` is what Cloudflare says about the group. `adopt=True` takes over the group that has this
    name, `adopt="<id>"` the one with this id: if it is as declared here, or with
    `adopt_changes=True`. Groups that Cloudflare has made itself can only be read.
    """

    lifecycle = ResourceGroupProvider

    account_id: pulumi.Output[str]
    name: pulumi.Output[str]
    if TYPE_CHECKING:
        scope: pulumi.Output[types.ScopeOutput]
        extra: pulumi.Output[Mapping[str, Any] | None]
        meta: pulumi.Output[Mapping[str, Any]]
        """What Cloudflare says about the group, such as whether it can be edited."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        scope: pulumi.Input[types.Scope | types.Unchecked],
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare some of an account's objects, under a name.

        :param resource_name: The name of the resource in the program and in the state.
        :param name: What the resource group is called. Required. API: `name`.
        :param scope: What the group holds: what `scopes.account()`, `scopes.zones(…)` or
            `scopes.objects(…)` make. Required. API: `scope`.
        :param extra: Fields, and values of closed lists, that this package does not know. They are
            sent, compared and shown like all others. Default: none. API: each by its own name.
        :param account_id: The id of the account that it is in. Default: the one in the settings. A
            change replaces the object. In the API, it is in the path.
        :param adopt: `True` takes over an object that exists, found by its name; an id takes over
            the one with that id; `False` makes another one, whatever exists. Default: one is made.
        :param adopt_changes: Let an adoption change what differs. Default: what differs is an
            error.
        :param opts: Pulumi's options for the resource.
        """
        held = rights.rights_text(Deployment.current(), self)
        self._declare(locals(), reserved={rights.RIGHTS: held})
        rights.tell_scope(self, scope)


def _no_scope() -> types.ScopeFound:
    # An answer without one says nothing of it.
    return cast("types.ScopeFound", {})


@dataclass(frozen=True, kw_only=True)
class GetResourceGroupResult(Found):
    """A resource group that exists; those that are not `editable` are Cloudflare's own.

    `scope` is as in requests: its `key`, and `objects` with theirs.
    """

    referred = RESOURCE_GROUPS

    scope: types.ScopeFound = field(default_factory=_no_scope)
    meta: Mapping[str, Any] = field(default_factory=dict)
    editable: bool = True


class _ResourceGroupLookup(Lookup[GetResourceGroupResult]):
    """Several resource groups may have one name."""

    def get_all(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Cloudflare's name for it
        account_id: str | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> list[GetResourceGroupResult]:
        """Return all resource groups, or those with this name or id, by their names.

        :param name: The object's exact name.
        :param id: The object's id.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
        """
        return self._get_all({"account_id": account_id}, opts, {"id": id, "name": name})

    def get_all_output(
        self,
        *,
        name: pulumi.Input[str] | None = None,
        id: pulumi.Input[str] | None = None,  # noqa: A002 - Cloudflare's name for it
        account_id: pulumi.Input[str] | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> pulumi.Output[list[GetResourceGroupResult]]:
        """Return all resource groups, or those with this name or id, once these are known.

        :param name: The object's exact name.
        :param id: The object's id.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
        """
        return self._get_all_output({"account_id": account_id}, opts, {"id": id, "name": name})

    def understood(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """Have the scope as requests have it, and what `meta` says by its names."""
        return understood(answer)

    def apart(self, answer: Mapping[str, Any]) -> str:
        """Tell groups of one name apart by what they hold."""
        held = sorted(str(one.get("key")) for one in answer["scope"].get("objects") or ())
        more = f" and {len(held) - MOST_SHOWN} more" if len(held) > MOST_SHOWN else ""
        return f" ({', '.join(held[:MOST_SHOWN])}{more})"


def understood(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Put an answer about a resource group into one form."""
    return {
        **answer,
        "scope": answers.scope(answer.get("scope")),
        "meta": answers.meta(answer.get("meta")),
        "editable": _is_editable(answer),
    }


_lookup = _ResourceGroupLookup(GetResourceGroupResult, listings.RESOURCE_GROUPS)
get_resource_group = _lookup.get
get_resource_group_output = _lookup.get_output
get_resource_groups = _lookup.get_all
get_resource_groups_output = _lookup.get_all_output
