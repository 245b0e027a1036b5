"""Combines a stack with a snapshot of the account: the stack's declarations win."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from . import kinds
from .destinations import DESTINATIONS, DOMAIN, KEPT, PLACES, kept
from .objects import Object
from .references import References
from .resources import Document
from .values import entries

# Fields of an application that a stack may leave undeclared, and that then stay as they are.
_KEPT: Final = ("allowed_idps", "session_duration", "mfa_config")
ACCOUNT_POLICIES: Final = "policies of the account"
"""A field of an application: its policies in the account, reusable and owned, in order."""


def laid_over(
    managed: Sequence[Object],
    beneath: Sequence[Object],
    document: Document,
    references: References,
) -> list[Object]:
    """Return the objects that a stack manages, and the account's other objects.

    An object that the stack manages before or after the change is never taken from the snapshot:
    the snapshot shows it only at the time when it was taken.
    """
    if not beneath:
        return list(managed)
    ids = {
        side.id
        for resource in document.resources
        for side in (resource.old, resource.new)
        if side is not None and side.id
    }
    by_id = {one.id: one for one in beneath}
    others = [replace(one, key=references.with_id(one.id)) for one in beneath if one.id not in ids]
    return [*(_completed(one, by_id.get(one.id)) for one in managed), *others]


def _completed(one: Object, account: Object | None) -> Object:
    """Add the undeclared fields of an application from the account."""
    if one.kind != kinds.APPLICATION or account is None or one.fields is None:
        return one
    there = account.fields or {}
    names = [name for name in _KEPT if name not in one.fields]
    names += [] if any(name in one.fields for name in PLACES) else PLACES
    added = {name: there[name] for name in names if name in there}
    destinations = [value for _, value in entries(there.get(DESTINATIONS))]
    added[KEPT] = kept(destinations, there.get(DOMAIN))
    policies = {ACCOUNT_POLICIES: there.get("policies") or []}
    return replace(one, fields={**one.fields, **added, **policies})
