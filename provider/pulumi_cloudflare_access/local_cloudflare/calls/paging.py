"""Pages of lists."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .call import Answer
from .exceptions import InvalidPagingError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .call import Call


def page(
    call: Call,
    items: Sequence[Any],
    show: Callable[[Any], Any],
    *,
    per_page: int,
    total: int,
    most: int | None = None,
) -> Answer:
    """Answer the page that the call asks for. A page after the last one is empty.

    A page has `per_page` items unless the call says otherwise, and at most `most`. `total` is the
    number of items without any filter, as in Cloudflare's description of `total_count`.
    """
    viewed = call.view(items)
    number = positive(call, "page", 1)
    # Not documented: a page size above the largest one counts as the largest.
    limits = filter(None, [most or per_page, call.world.switches.largest_page])
    size = min(positive(call, "per_page", per_page), *limits)
    shown = [show(item) for item in viewed[(number - 1) * size : number * size]]
    info = {
        "page": number,
        "per_page": size,
        "count": len(shown),
        "total_count": total + len(viewed) - len(items),
        "total_pages": math.ceil(len(viewed) / size),
    }
    return Answer(result=shown, result_info=info)


def positive(call: Call, parameter: str, default: int) -> int:
    """Return a parameter that must be a positive number, or the default."""
    value = call.query.get(parameter)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit() and int(value)):
        raise InvalidPagingError(parameter)
    return int(value)
