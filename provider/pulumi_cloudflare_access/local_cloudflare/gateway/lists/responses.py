"""Decodes requests about Zero Trust lists, asks the backend, encodes answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from ...calls.paging import page
from .models import ListBackend

if TYPE_CHECKING:
    from ...calls.call import Call
    from .models import Item, ZeroTrustList

ITEMS_PER_PAGE, MOST_ITEMS = 50, 1000


def list_lists(call: Call) -> Answer:
    """Answer all lists at once, without what is in them."""
    lists = call.of(ListBackend).list_lists(call.query.get("type"))
    return Answer(result=[_shown(call, one) for one in call.view(lists)])


def create_list(call: Call) -> Answer:
    """Answer the new list, with what is in it."""
    made = call.of(ListBackend).create_list(call.body)
    items = [_shown_item(call, one) for one in made.items.values()]
    return Answer(result=_shown(call, made) | {"items": items})


def get_list(call: Call) -> Answer:
    """Answer one list, without what is in it."""
    return Answer(result=_shown(call, call.of(ListBackend).get_list(call.ids["list_id"])))


def update_list(call: Call) -> Answer:
    """Answer the list as it is called now."""
    changed = call.of(ListBackend).update_list(call.ids["list_id"], call.body)
    return Answer(result=_shown(call, changed))


def edit_list(call: Call) -> Answer:
    """Answer the list whose items have changed."""
    changed = call.of(ListBackend).edit_list(call.ids["list_id"], call.body)
    return Answer(result=_shown(call, changed))


def delete_list(call: Call) -> Answer:
    """Answer an empty object."""
    call.of(ListBackend).delete_list(call.ids["list_id"])
    return Answer(result={})


def list_items(call: Call) -> Answer:
    """Answer one page of what is in a list."""
    items = list(call.of(ListBackend).get_list(call.ids["list_id"]).items.values())
    answer = page(
        call,
        items,
        lambda item: _shown_item(call, item),
        per_page=ITEMS_PER_PAGE,
        most=MOST_ITEMS,
        total=len(items),
    )
    nested = call.world.switches.list_items == "nested"
    return replace(answer, result=[answer.result]) if nested and answer.result else answer


def _shown(call: Call, one: ZeroTrustList) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in ("id", "name", "type", "created_at", "updated_at")}
    described = {"description": one.description} if one.description else {}
    return call.world.with_more(told | described | {"count": len(one.items)} | one.strange)


def _shown_item(call: Call, item: Item) -> dict[str, Any]:
    described = {"description": item.description} if item.description else {}
    told = {"value": item.value, "created_at": item.created_at}
    return call.world.with_more(told | described)
