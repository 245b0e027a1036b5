"""An account beneath a stack: what the stack declares lies over what the account has."""

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

# What an application has at Cloudflare and a stack may leave to others.
_KEPT: Final = ("allowed_idps", "session_duration", "mfa_config")
ACCOUNT_POLICIES: Final = "policies of the account"
"""A field of an application that holds what the account has, of both kinds, in order."""


def laid_over(
    managed: Sequence[Object],
    beneath: Sequence[Object],
    document: Document,
    references: References,
) -> list[Object]:
    """Return what a stack manages, and of an account's objects those that it does not manage.

    What a stack manages at any moment is not taken from the account at another: the account is as
    it was when it was asked.
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
    """Add what the account has of an application and the stack does not declare."""
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
