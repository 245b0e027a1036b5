"""Zero Trust lists: values that rules ask for, such as e-mail addresses and IP ranges.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/gateway/subresources/lists/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pulumi

from ..access.referrers import referrers_in_rules
from ..engine.collection import Collection, Scope
from ..engine.deletion import User
from ..engine.lifecycle import ResourceLifecycle
from ..errors import LostAnswerError
from ..fields import networks
from ..fields.keyed import UNKNOWN, Mistake
from ..fields.model import Always, Default, Inputs, Meant, State, Stays
from ..iam.answers import AN_EMAIL
from ..program.lookup import Lookup
from ..program.references import LISTS, Found
from ..program.resource import Resource
from ..text.nearest import quoted_value
from .list_items import DESCRIPTION, VALUE, Item, ListItems, by_value, twice, wire

if TYPE_CHECKING:
    from .. import types

ZERO_TRUST_LISTS = Collection("Zero Trust list", "gateway/lists", "Zero Trust", None, ("account",))
ITEMS, TYPE = "items", "type"
ITEMS_PER_PAGE = 1000
# What Cloudflare documents for accounts; with an Enterprise plan it is the second.
QUOTA, ENTERPRISE_QUOTA = 1_000, 5_000
# Seconds before looking what became of items whose answer is lost.
LOST = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)

Type = Literal["SERIAL", "URL", "DOMAIN", "EMAIL", "IP", "CATEGORY", "LOCATION", "DEVICE", "AAGUID"]
_MEANT = {
    "emails": "EMAIL", "e-mail": "EMAIL", "user emails": "EMAIL", "ips": "IP", "hostname": "DOMAIN",
    "hostnames": "DOMAIN", "domains": "DOMAIN", "urls": "URL", "serial numbers": "SERIAL",
    "device ids": "DEVICE",
}  # fmt: skip


class ZeroTrustListInputs(Inputs):
    """What a program may ask of a list."""

    account_id: str | None = None
    name: str
    """What the list is called."""
    type: Annotated[Type, Meant(_MEANT)]
    """What the values of the list are."""
    description: Annotated[str | None, Default("")] = None
    """What the list is for."""
    items: Annotated[Any, ListItems(), Stays()] = None
    """The values of the list, in any order: texts, or objects of a `value` and a `description`.
    Left out, they stay as they are, for others to manage.
    """


class ZeroTrustListState(State):
    """What we keep of an answer besides what was declared."""

    count: Annotated[int | None, Always()] = None
    """How many values the list holds, as of the last update or refresh."""
    created_at: Annotated[str | None, Always()] = None
    """When it was made, as RFC 3339."""
    updated_at: Annotated[str | None, Always()] = None
    """When it was changed last, as RFC 3339."""


class ZeroTrustListProvider(ResourceLifecycle):
    """Where lists live and what they need. Their values are a list of their own."""

    kind = "zero_trust_list"
    display_name = ZERO_TRUST_LISTS.display_name
    collection = ZERO_TRUST_LISTS
    inputs = ZeroTrustListInputs
    state = ZeroTrustListState
    replaced_by = frozenset({TYPE})

    def validate(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse values that are not of the list's type, and one value with two descriptions."""
        items, type_ = declared.get(ITEMS), declared.get(TYPE)
        mistakes = [
            Mistake(f'{ITEMS}["{value}"]', "is in the list twice, with different descriptions")
            for value in twice(items)
        ]
        for key, item in items.items() if isinstance(items, Mapping) else ():
            value = item.get(VALUE) if isinstance(item, Mapping) else UNKNOWN
            wrong = None if UNKNOWN in str(value) else _wrong(type_, str(value))
            mistakes += [Mistake(f'{ITEMS}["{key}"]', wrong)] if wrong else []
        return mistakes

    def warnings(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of a list that is larger than most accounts may have."""
        del was
        items = declared.get(ITEMS)
        held = len(items) if isinstance(items, Mapping) else 0
        if held > QUOTA:
            yield (
                f"{held:,} values: Cloudflare allows {QUOTA:,} in a list, and {ENTERPRISE_QUOTA:,} "
                "with an Enterprise plan, unless it has agreed to more"
            )

    def complete(self, scope: Scope, found: Mapping[str, Any]) -> dict[str, Any]:
        """Read the values of a list, which answers leave out or cut short."""
        items, count = found.get(ITEMS), found.get("count")
        if isinstance(items, list) and count in (None, len(items)):
            return {**found, "count": len(items)}
        items = self._items(scope, str(found["id"]))
        return {**found, ITEMS: items, "count": len(items)}

    def read_remote(self, scope: Scope, id_: str) -> dict[str, Any]:
        """Read a list and its values."""
        return self.complete(scope, super().read_remote(scope, id_))

    def _items(self, scope: Scope, id_: str) -> list[dict[str, Any]]:
        where = f"{self.object_path(scope, id_)}/{ITEMS}"
        found = self.client.list(
            where, per_page=ITEMS_PER_PAGE, permission=self.collection.permission, id_field=VALUE
        )
        return [{name: one for name, one in item.items() if name != "id"} for item in found]

    def request_body(
        self,
        declared: Mapping[str, Any],
        *,
        there: Mapping[str, Any] | None = None,
        was: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Write a request. The type is sent once; values that nobody declares are not."""
        body = super().request_body(declared, there=there, was=was)
        if there is not None:
            body.pop(TYPE, None)
        if ITEMS not in declared:
            body.pop(ITEMS, None)
        return body

    def update_remote(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Change what the list is called, and add and remove values: the others are not sent.

        No request but one with all values changes the description of one.
        """
        where = self.object_path(scope, there["id"])
        body = self.request_body(declared, there=there, was=was)
        body.pop(ITEMS, None)
        items: list[Item] = list(there.get(ITEMS) or ())
        wished = declared.get(ITEMS)
        wish = list(wished.values()) if isinstance(wished, Mapping) else items
        answer = dict(there)
        if _is_redescribed(items, wish):
            answer |= self.client.put(
                where,
                {**body, ITEMS: [wire(one) for one in wish]},
                permission=self.collection.permission,
            )
            return self._with_items(scope, answer, wish)
        if any(value != there.get(name, "") for name, value in body.items()):
            answer |= self.client.put(where, body, permission=self.collection.permission)
        return self._patched(scope, answer, items, wish)

    def _patched(
        self, scope: Scope, answer: dict[str, Any], items: list[Item], wish: Sequence[Item]
    ) -> dict[str, Any]:
        """Append and remove values. What became of a request whose answer is lost is looked at."""
        where = self.object_path(scope, answer["id"])
        for wait in (*LOST, None):
            is_there, is_wished = by_value(items), by_value(wish)
            append = [wire(one) for value, one in is_wished.items() if value not in is_there]
            remove = [one[VALUE] for value, one in is_there.items() if value not in is_wished]
            body = {"append": append, "remove": remove}
            body = {name: values for name, values in body.items() if values}
            if not body:
                return self._with_items(scope, answer, items)
            try:
                answer |= self.client.patch(
                    where, body, permission=self.collection.permission, idempotent=False
                )
            except LostAnswerError:
                if wait is None:
                    raise
                self.client.clock.sleep(wait)
                items = list(self._items(scope, answer["id"]))
            else:
                return self._with_items(scope, answer, wish)
        raise AssertionError

    def _with_items(
        self, scope: Scope, answer: Mapping[str, Any], items: Sequence[Item]
    ) -> dict[str, Any]:
        """Return an answer with the values that the list has: read again if it has others."""
        if answer.get("count") in (None, len(items)):
            return {**answer, ITEMS: list(items), "count": len(items)}
        return self.complete(scope, {k: v for k, v in answer.items() if k != ITEMS})

    def referrers(self, id_: str, scope: Scope, *, anew: bool = False) -> Iterator[User]:
        """Return the groups and the policies whose rules name this list."""
        yield from referrers_in_rules(
            id_,
            scope,
            lambda kind: self._all(scope, kind, anew=anew),
            lambda rule: any(
                rule.get(name, {}).get("id") == id_ for name in ("email_list", "ip_list")
            ),
        )


def _wrong(type_: Any, value: str) -> str | None:
    if type_ == "EMAIL" and not AN_EMAIL.fullmatch(value):
        return f"{quoted_value(value)} is no e-mail address"
    return networks.wrong_network(value) if type_ == "IP" else None


def _is_redescribed(items: Sequence[Item], wish: Sequence[Item]) -> bool:
    """Return whether a value that stays gets another description."""
    there = by_value(items)
    return any(
        value in there and (there[value].get(DESCRIPTION) or "") != (one.get(DESCRIPTION) or "")
        for value, one in by_value(wish).items()
    )


class ZeroTrustList(Resource, module="cloudflare", name="ZeroTrustList"):
    """Values that rules ask for, such as e-mail addresses and IP ranges, under one name.

    `rules.email_list(…)` and `rules.ip_list(…)` take the resource. `items` are texts, or objects of
    a `value` and a `description`, in any order. A value that comes or goes is one path in the
    preview and one request, however long the list is. Without `items`, the values are left to
    others. `adopt=True` takes over the list that has this name.
    """

    lifecycle = ZeroTrustListProvider

    account_id: pulumi.Output[str]
    name: pulumi.Output[str]
    type: pulumi.Output[str]
    description: pulumi.Output[str | None]
    count: pulumi.Output[int]
    """How many values the list holds, as of the last update or refresh."""
    created_at: pulumi.Output[str]
    """When it was made, as RFC 3339."""
    updated_at: pulumi.Output[str]
    """When it was changed last, as RFC 3339."""
    if TYPE_CHECKING:
        items: pulumi.Output[Mapping[str, types.ListItemOutput] | None]
        extra: pulumi.Output[Mapping[str, Any] | None]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        type: pulumi.Input[types.ListType],  # noqa: A002 - Cloudflare's name for it
        items: pulumi.Input[Sequence[pulumi.Input[str | types.ListItem | types.Unchecked]]]
        | None = None,
        description: pulumi.Input[str] | None = None,
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare values that rules ask for, such as e-mail addresses and IP ranges.

        :param resource_name: The name of the resource in the program and in the state.
        :param name: What the list is called. Required. API: `name`.
        :param type: What the values of the list are. Required. API: `type`. A change replaces the
            object.
        :param items: The values of the list, in any order: texts, or objects of a `value` and a
            `description`. Left out, they stay as they are, for others to manage. API: `items`.
        :param description: What the list is for. Default: ``. API: `description`.
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
        self._declare(locals())


@dataclass(frozen=True, kw_only=True)
class GetZeroTrustListResult(Found):
    """A Zero Trust list that exists, without its values."""

    referred = LISTS

    type: str = ""
    description: str | None = None
    count: int | None = None
    created_at: str | None = None
    updated_at: str | None = None


_lookup = Lookup(GetZeroTrustListResult, ZERO_TRUST_LISTS)
get_zero_trust_list = _lookup.get
get_zero_trust_list_output = _lookup.get_output
get_zero_trust_lists = _lookup.get_all
get_zero_trust_lists_output = _lookup.get_all_output
