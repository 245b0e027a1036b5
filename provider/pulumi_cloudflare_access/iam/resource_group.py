"""Resource groups: where a policy of IAM applies.

https://developers.cloudflare.com/api/resources/iam/subresources/resource_groups/
"""

from __future__ import annotations

from ..lifecycle import Lifecycle
from ..model import Inputs, State


class ResourceGroupInputs(Inputs):
    """What a program may ask of a resource group."""

    account_id: str | None = None
    name: str


class ResourceGroupState(State):
    """What we keep of an answer besides what was declared."""


class ResourceGroupProvider(Lifecycle):
    """Where resource groups live and what they need."""

    kind = "resource_group"
    what = "resource group"
    collection = "iam/resource_groups"
    scopes = ("account",)
    inputs = ResourceGroupInputs
    state = ResourceGroupState
    needs = "Account Settings"
