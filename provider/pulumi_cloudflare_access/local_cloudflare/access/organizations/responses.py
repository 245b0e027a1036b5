"""Answers requests about the Zero Trust organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...calls.call import Answer
from .models import FIELDS, OrganizationBackend

if TYPE_CHECKING:
    from ...calls.call import Call


def get_organization(call: Call) -> Answer:
    """Answer the organization."""
    return Answer(result=FIELDS.show(call.world, call.of(OrganizationBackend).organization))


def update_organization(call: Call) -> Answer:
    """Answer the organization as it is now."""
    changed = call.of(OrganizationBackend).update_organization(call.body)
    return Answer(result=FIELDS.show(call.world, changed))
