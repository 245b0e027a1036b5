"""Page sizes and directions of IAM's lists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..calls import paging
from .exceptions import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..calls.call import Answer, Call


@dataclass(frozen=True)
class Sizes:
    """The default, smallest and largest page size."""

    usual: int
    least: int
    most: int


def page(
    call: Call, items: Sequence[Any], show: Callable[[Any], Any], *, sizes: Sizes, total: int
) -> Answer:
    """Answer the page that the call asks for, if its size is within the documented limits."""
    # Not documented: other sizes are refused.
    if not sizes.least <= paging.positive(call, "per_page", sizes.usual) <= sizes.most:
        raise InvalidRequestError(("", f"per_page must be between {sizes.least} and {sizes.most}"))
    answer = paging.page(call, items, show, per_page=sizes.usual, total=total, most=sizes.most)
    info = dict(answer.result_info or {})
    del info["total_pages"]  # Access has it, IAM has not
    return replace(answer, result_info=info if call.world.switches.iam_result_info else None)


def chosen(call: Call, parameter: str, *choices: str) -> str | None:
    """Return a parameter that must be one of `choices`, or None if it is not there."""
    value = call.query.get(parameter)
    if value is not None and value not in choices:
        raise InvalidRequestError(("", f"{parameter} must be one of {', '.join(choices)}"))
    return value


def descending(call: Call) -> bool:
    """Tell whether the list is to be in descending order."""
    return chosen(call, "direction", "asc", "desc") == "desc"
