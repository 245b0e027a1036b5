"""User groups: what their members may do, and where.

https://developers.cloudflare.com/api/resources/iam/subresources/user_groups/
"""

from __future__ import annotations

import pulumi

from ..lifecycle import Lifecycle
from ..model import Inputs, State
from ..resource import Resource


class UserGroupInputs(Inputs):
    """What a program may ask of a user group."""

    account_id: str | None = None
    name: str


class UserGroupState(State):
    """What we keep of an answer besides what was declared."""

    created_on: str | None = None
    modified_on: str | None = None


class UserGroupProvider(Lifecycle):
    """Where user groups live and what they need."""

    kind = "user_group"
    what = "user group"
    collection = "iam/user_groups"
    scopes = ("account",)
    inputs = UserGroupInputs
    state = UserGroupState
    needs = "Account Settings"
    per_page = 500


class UserGroup(Resource, module="cloudflare", name="UserGroup"):
    """A named group of members of the account."""

    lifecycle = UserGroupProvider

    account_id: pulumi.Output[str]
    name: pulumi.Output[str]
    created_on: pulumi.Output[str]
    modified_on: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        account_id: pulumi.Input[str] | None = None,
        adopt: bool | str | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        self._declare(locals())
