"""Custom pages: what people see who are refused, or who log in.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/custom_pages/

Cloudflare tells the HTML of a page where it is asked for that page alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pulumi

from ..engine.collection import Scope
from ..engine.deletion import User
from ..engine.lifecycle import ResourceLifecycle
from ..fields.model import AnsweredAs, Inputs, State
from ..process import plugin
from ..program.lookup import Lookup
from ..program.references import CUSTOM_PAGES, Found
from ..program.resource import Resource
from . import listings
from .referrers import referring_applications


class CustomPageInputs(Inputs):
    """What a program may ask of a page."""

    made = frozenset({"app_count", "uid", "warnings"})

    account_id: str | None = None
    name: str
    """What the page is called."""
    type: Literal["identity_denied", "forbidden", "login", "interstitial"]
    """When people see it: `identity_denied` if no policy lets them in, `forbidden` if they are
    refused before a login, `login`, or `interstitial`.
    """
    # The answer to a write does not have it, nor has the list.
    custom_html: Annotated[str, AnsweredAs(str)]
    """The HTML of the page."""
    contract_version: int | None = None
    """The version of the page's Liquid template; none or 0: it is shown as it is."""


class CustomPageState(State):
    """What we keep of an answer besides what was declared."""

    created_at: str | None = None
    """When it was made, as RFC 3339."""
    updated_at: str | None = None
    """When it was changed last, as RFC 3339."""


class CustomPageProvider(ResourceLifecycle):
    """Where custom pages live and what they need."""

    kind = "custom_page"
    display_name = listings.CUSTOM_PAGES.display_name
    collection = listings.CUSTOM_PAGES
    # It has everything but the HTML.
    list_is_complete = False
    inputs = CustomPageInputs
    state = CustomPageState

    def record_written(self, scope: Scope, answer: Mapping[str, Any]) -> None:
        """Pass on what Cloudflare has found in the template."""
        super().record_written(scope, answer)
        for finding in answer.get("warnings") or ():
            if isinstance(finding, Mapping):
                where = f" ({finding['ref']})" if finding.get("ref") else ""
                plugin.warn(f"custom_html: {finding.get('message')}{where}")

    def referrers(self, id_: str, scope: Scope, *, anew: bool = False) -> Iterator[User]:
        """Return the applications that show the page."""
        yield from referring_applications(
            lambda kind: self._all(scope, kind, anew=anew),
            lambda app: id_ in (app.get("custom_pages") or ()),
        )


class CustomPage(Resource, module="cloudflare", name="CustomPage"):
    """A page of your own in place of one of Cloudflare's, under an account.

    `AccessApplication(custom_pages=[page])` takes it. What somebody changes of the HTML is drift.
    `adopt=True` takes over the page of this name.
    """

    lifecycle = CustomPageProvider

    account_id: pulumi.Output[str]
    name: pulumi.Output[str]
    type: pulumi.Output[str]
    custom_html: pulumi.Output[str]
    contract_version: pulumi.Output[int | None]
    created_at: pulumi.Output[str | None]
    """When it was made, as RFC 3339."""
    updated_at: pulumi.Output[str | None]
    """When it was changed last, as RFC 3339."""
    if TYPE_CHECKING:
        extra: pulumi.Output[Mapping[str, Any] | None]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        type: pulumi.Input[Literal["identity_denied", "forbidden", "login", "interstitial"]],  # noqa: A002 - Cloudflare's name for it
        custom_html: pulumi.Input[str],
        contract_version: pulumi.Input[int] | None = None,
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a page of your own in place of one of Cloudflare's, under an account.

        :param resource_name: The name of the resource in the program and in the state.
        :param name: What the page is called. Required. API: `name`.
        :param type: When people see it: `identity_denied` if no policy lets them in, `forbidden` if
            they are refused before a login, `login`, or `interstitial`. Required. API: `type`.
        :param custom_html: The HTML of the page. Required. API: `custom_html`.
        :param contract_version: The version of the page's Liquid template; none or 0: it is shown
            as it is. Left out, it is not managed. API: `contract_version`.
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
class GetCustomPageResult(Found):
    """A custom page that exists, without its HTML."""

    referred = CUSTOM_PAGES

    type: str = ""
    contract_version: int | None = None
    app_count: int | None = None
    created_at: str | None = None
    updated_at: str | None = None


_lookup = Lookup(GetCustomPageResult, listings.CUSTOM_PAGES)
get_custom_page = _lookup.get
get_custom_page_output = _lookup.get_output
get_custom_pages = _lookup.get_all
get_custom_pages_output = _lookup.get_all_output
