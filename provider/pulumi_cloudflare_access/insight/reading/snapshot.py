"""Reads a snapshot of an account: the API's own answers, as data.

    {"accounts": {ACCOUNT: {"access/groups": […], "access/policies": […], "access/apps": […],
                            "zones": {ZONE: {"access/groups": […], …}}}}}

Applications contain their reusable and their own policies, as `GET …/access/apps` returns them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ..errors import InputError
from . import kinds
from .objects import Object
from .values import text

_COLLECTIONS: Final[Mapping[str, str]] = {
    "access/groups": kinds.GROUP,
    "access/policies": kinds.POLICY,
    "access/apps": kinds.APPLICATION,
    "access/identity_providers": kinds.PROVIDER,
    "access/service_tokens": kinds.TOKEN,
    "gateway/lists": kinds.LIST,
    "devices/posture": kinds.POSTURE,
    "iam/user_groups": kinds.USER_GROUP,
    "iam/resource_groups": kinds.RESOURCE_GROUP,
    "members": kinds.ACCOUNT_MEMBER,
}


def snapshot_objects(snapshot: Any) -> list[Object]:
    """Return every object of a snapshot. Raises InputError."""
    accounts = snapshot.get("accounts") if isinstance(snapshot, Mapping) else None
    if not isinstance(accounts, Mapping):
        raise InputError('The snapshot is none: it has no "accounts".')
    return [
        found
        for account, held in accounts.items()
        if isinstance(held, Mapping)
        for found in (
            *_objects(held, {"account_id": str(account)}),
            *(
                one
                for zone, inner in (held.get("zones") or {}).items()
                for one in _objects(inner, {"zone_id": str(zone)})
            ),
        )
    ]


def _objects(held: Mapping[str, Any], scope: Mapping[str, str]) -> Iterator[Object]:
    for path, kind in _COLLECTIONS.items():
        answers = held.get(path)
        for answer in answers if isinstance(answers, Sequence) else ():
            if isinstance(answer, Mapping) and text(answer.get("id")):
                yield Object(
                    key=str(answer["id"]),
                    kind=kind,
                    id=str(answer["id"]),
                    name=text(answer.get("name")) or str(answer["id"]),
                    fields={**answer, **scope},
                )
