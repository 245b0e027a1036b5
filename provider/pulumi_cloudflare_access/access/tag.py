"""Tags: names by which the App Launcher sorts applications.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/tags/

A tag is its name: the API has no id, and applications say the name. So another name is another tag.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pulumi

from ..engine.collection import Scope
from ..engine.deletion import User
from ..engine.lifecycle import ResourceLifecycle
from ..fields.keyed import UNKNOWN, Mistake
from ..fields.model import Inputs, State
from ..program.lookup import Lookup
from ..program.references import TAGS, Found
from ..program.resource import Resource
from ..text.nearest import quoted_value
from . import listings
from .referrers import referring_applications


class AccessTagInputs(Inputs):
    """What a program may ask of a tag."""

    made = frozenset({"app_count"})

    account_id: str | None = None
    name: str
    """What the tag is called. It is its id, too."""


class AccessTagState(State):
    """What we keep of an answer besides what was declared."""

    created_at: str | None = None
    """When it was made, as RFC 3339."""
    updated_at: str | None = None
    """When it was changed last, as RFC 3339."""


class AccessTagProvider(ResourceLifecycle):
    """Where tags live and what they need."""

    kind = "access_tag"
    display_name = listings.TAGS.display_name
    collection = listings.TAGS
    inputs = AccessTagInputs
    state = AccessTagState
    unique_field = "name"
    replaced_by = frozenset({"name"})

    def validate(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse a name that no path can have."""
        name = declared["name"]
        if name == UNKNOWN or (name not in ("", ".", "..") and "/" not in name):
            return []
        told = (
            f"is {quoted_value(name)}: the API has the name in its paths, which no such one can be"
        )
        return [Mistake("name", told)]

    def object_path(self, scope: Scope, id_: str | None = None) -> str:
        """Return the path that ends in the name."""
        path = super().object_path(scope)
        return path if id_ is None else f"{path}/{quote(id_, safe='')}"

    def referrers(self, id_: str, scope: Scope, *, anew: bool = False) -> Iterator[User]:
        """Return the applications that have the tag."""
        yield from referring_applications(
            lambda kind: self._all(scope, kind, anew=anew),
            lambda app: id_ in (app.get("tags") or ()),
        )

    def full_name(self, props: Mapping[str, Any], id_: str) -> str:
        """Return the name, which is the id."""
        del props
        return f'tag "{id_}"'


class AccessTag(Resource, module="cloudflare", name="AccessTag"):
    """A name that applications may have, under an account.

    `AccessApplication(tags=[tag])` takes it. Another name is another tag: the new one is made, the
    applications of the program get it, then the old one is deleted. `adopt=True` takes over the tag
    of this name.
    """

    lifecycle = AccessTagProvider

    account_id: pulumi.Output[str]
    name: pulumi.Output[str]
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
        extra: pulumi.Input[Mapping[str, Any]] | None = None,
        account_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a name that applications may have, under an account.

        :param resource_name: The name of the resource in the program and in the state.
        :param name: What the tag is called. It is its id, too. Required. API: `name`. A change
            replaces the object.
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
class GetAccessTagResult(Found):
    """A tag that exists; its id is its name."""

    referred = TAGS

    app_count: int | None = None
    created_at: str | None = None
    updated_at: str | None = None


_lookup = Lookup(GetAccessTagResult, listings.TAGS)
get_access_tag = _lookup.get
get_access_tag_output = _lookup.get_output
get_access_tags = _lookup.get_all
get_access_tags_output = _lookup.get_all_output
