"""Who is in a user group: a list that may change while it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import UnusableAnswerError
from .people import ID

if TYPE_CHECKING:
    from ..api.client import Client

# How often a list is read that does not hold together.
READINGS = 4


def read_members(
    client: Client, where: str, *, per_page: int | None, permission: str
) -> Sequence[dict[str, Any]]:
    """Read everybody, page after page, until the list holds together."""
    before = None
    for _ in range(READINGS):
        pages = list(client.pages(where, per_page=per_page, permission=permission))
        members = {str(item.get(ID)): item for page in pages for item in page.items}
        if not all(item.get(ID) for item in members.values()):
            raise UnusableAnswerError(f"GET {where}: a member without an id")
        totals = {page.total for page in pages if page.items}
        if totals <= {len(members)}:
            return list(members.values())
        # A list that does not say how long it is may have changed from one page to the next. Even
        # one that seems to be a single page: who was to be on the next may have moved up.
        if totals == {None} and members.keys() == before:
            return list(members.values())
        before = members.keys()
    raise UnusableAnswerError(
        f"GET {where}: the list changes while it is read, or does not hold as many members as it "
        f"says ({len(members)} are in it): nothing was sent, run it again"
    )
