"""Custom pages, and how they behave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ...world.world import AccountBackend
from ..apps.models import AppBackend
from ..checks import Checker, now
from ..exceptions import ConflictError, NotFoundError
from ..shapes import Choice, Number, Object, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...world.world import Scope

_FIELDS = Object(
    {
        "name": Text(),
        # The last two are the SDK's.
        "type": Choice(("identity_denied", "forbidden", "login", "interstitial")),
        "custom_html": Text(),
        "contract_version?": Number(least=0),
    }
)
# What answers have, a request may have too.
_MADE = ("app_count", "created_at", "updated_at", "uid")


class CustomPageBackend(AccountBackend):
    """The custom pages of one account. Their names need not be unique."""

    collection: ClassVar[str] = "access/custom_pages"

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.custom_pages: dict[str, dict[str, Any]] = {}

    def list_custom_pages(self) -> list[dict[str, Any]]:
        """Return the pages, oldest first."""
        return list(self.custom_pages.values())

    def create_custom_page(self, body: Any, page_id: str | None = None) -> dict[str, Any]:
        """Keep a new page."""
        time = now()
        made = {"uid": page_id or self.world.new_uuid(), "created_at": time, "updated_at": time}
        self.custom_pages[made["uid"]] = self._checked(body) | made
        return self.custom_pages[made["uid"]]

    def get_custom_page(self, page_id: str) -> dict[str, Any]:
        """Return the page with this id."""
        if page_id not in self.custom_pages:
            raise NotFoundError
        return self.custom_pages[page_id]

    def update_custom_page(self, page_id: str, body: Any) -> dict[str, Any]:
        """Replace everything about a page but its id and its age."""
        page = self.get_custom_page(page_id)
        made = {"uid": page_id, "created_at": page["created_at"], "updated_at": now()}
        self.custom_pages[page_id] = self._checked(body) | made
        return self.custom_pages[page_id]

    def delete_custom_page(self, page_id: str) -> None:
        """Forget a page, unless an application shows it."""
        self.get_custom_page(page_id)
        if self.app_count(page_id) and self.world.switches.delete_in_use == "refuse":
            raise ConflictError("custom page is in use")
        del self.custom_pages[page_id]

    def app_count(self, page_id: str) -> int:
        """Return how many applications show a page."""
        return sum(
            page_id in app.fields.get("custom_pages", [])
            for backend in self._apps()
            for app in backend.apps.values()
        )

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Keep a page as it would be after a creation, with the `uid` it is given, if any."""
        body = dict(item)
        given = body.pop("uid", body.pop("id", None))
        if given in self.custom_pages:
            raise ValueError(f"there is a custom page {given} already")
        return dict(self.create_custom_page(body, given))

    def has(self, object_id: str) -> bool:
        """Tell whether there is a page with this id."""
        return object_id in self.custom_pages

    def _checked(self, body: Any) -> dict[str, Any]:
        check = Checker(body, self.world.switches)
        for name in _MADE:
            check.take(name)
        fields = _FIELDS.take(check)
        fields |= check.rest()
        check.done()
        return fields

    def _apps(self) -> Iterator[AppBackend]:
        for scope in (self.account, *self.account.zones):
            yield scope.of(AppBackend)
