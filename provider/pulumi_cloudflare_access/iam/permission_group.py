"""Permission groups: what can be allowed or denied. Looked up; nobody but Cloudflare makes any.

https://developers.cloudflare.com/api/resources/iam/subresources/permission_groups/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pulumi

from ..engine.collection import Scope
from ..program.lookup import Lookup
from ..program.references import PERMISSION_GROUPS, Found
from . import listings
from .answers import is_true, meta


@dataclass(frozen=True, kw_only=True)
class GetPermissionGroupResult(Found):
    """A permission group; `meta` is all that Cloudflare says about it, the rest parts of that.

    `label` is its name for programs, `scopes` the kind of object that it can be granted on,
    `eol_at` the time from which on it does nothing any more.
    """

    referred = PERMISSION_GROUPS

    meta: Mapping[str, Any] = field(default_factory=dict)
    label: str | None = None
    scopes: str | None = None
    category: str | None = None
    description: str | None = None
    deprecated: bool = False
    editable: bool = False
    eol_at: str | None = None
    visibility: str | None = None


class _PermissionGroupLookup(Lookup[GetPermissionGroupResult]):
    """Permission groups have a label besides their name. Neither is unique."""

    def get(
        self,
        *,
        name: str | None = None,
        label: str | None = None,
        id: str | None = None,  # noqa: A002 - Cloudflare's name for it
        account_id: str | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> GetPermissionGroupResult:
        """Find the one permission group with this name, label or id; else it is a LookUpError.

        One that is deprecated, or past its end, is a warning.

        :param name: The object's exact name.
        :param label: The permission group's label, its name for programs.
        :param id: The object's id.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
        """
        asked = {"id": id, "name": name, "label": label}
        return self._get(asked, {"account_id": account_id}, opts)

    def get_all(
        self,
        *,
        name: str | None = None,
        label: str | None = None,
        id: str | None = None,  # noqa: A002 - Cloudflare's name for it
        account_id: str | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> list[GetPermissionGroupResult]:
        """Return all permission groups, or those with this name, label or id, by their names.

        :param name: The object's exact name.
        :param label: The permission group's label, its name for programs.
        :param id: The object's id.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
        """
        only = {"id": id, "name": name, "label": label}
        return self._get_all({"account_id": account_id}, opts, only)

    def get_output(
        self,
        *,
        name: pulumi.Input[str] | None = None,
        label: pulumi.Input[str] | None = None,
        id: pulumi.Input[str] | None = None,  # noqa: A002 - Cloudflare's name for it
        account_id: pulumi.Input[str] | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> pulumi.Output[GetPermissionGroupResult]:
        """Find the one permission group with this name, label or id, once these are known.

        :param name: The object's exact name.
        :param label: The permission group's label, its name for programs.
        :param id: The object's id.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
        """
        asked = {"id": id, "name": name, "label": label}
        return self._get_output(asked, {"account_id": account_id}, opts)

    def get_all_output(
        self,
        *,
        name: pulumi.Input[str] | None = None,
        label: pulumi.Input[str] | None = None,
        id: pulumi.Input[str] | None = None,  # noqa: A002 - Cloudflare's name for it
        account_id: pulumi.Input[str] | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> pulumi.Output[list[GetPermissionGroupResult]]:
        """Return all permission groups, or those with this name, label or id, once it is known.

        :param name: The object's exact name.
        :param label: The permission group's label, its name for programs.
        :param id: The object's id.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param opts: Pulumi's options for the look-up; `provider` says whose token it uses.
        """
        only = {"id": id, "name": name, "label": label}
        return self._get_all_output({"account_id": account_id}, opts, only)

    def understood(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """Have what `meta` says, in either form, beside the name."""
        said = meta(answer.get("meta"))
        flags = {name: is_true(said.get(name)) for name in ("deprecated", "editable")}
        return {**said, **flags, **answer, "meta": said}

    def apart(self, answer: Mapping[str, Any]) -> str:
        """Tell groups of one name apart by what they can be granted on, and by their labels."""
        told = [f"{name} {answer[name]}" for name in ("scopes", "label") if answer.get(name)]
        told += ["deprecated"] if answer["deprecated"] else []
        return f" ({', '.join(told)})" if told else ""

    def concerns(self, answer: Mapping[str, Any]) -> Iterator[str]:
        """Warn of one that ends."""
        eol_at = _time(answer.get("eol_at"))
        ended = eol_at is not None and eol_at <= datetime.now(UTC)
        if not ended and not answer["deprecated"]:
            return
        told = "" if eol_at is None else f" {'ended' if ended else 'ends'} on {eol_at:%Y-%m-%d}"
        told = " and".join(filter(None, (" is deprecated" if answer["deprecated"] else "", told)))
        yield f'permission group "{answer.get("name")}" ({answer["id"]}){told}: choose another'


def _time(said: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


_lookup = _PermissionGroupLookup(GetPermissionGroupResult, listings.PERMISSION_GROUPS)
get_permission_group = _lookup.get
get_permission_group_output = _lookup.get_output
get_permission_groups = _lookup.get_all
get_permission_groups_output = _lookup.get_all_output


class Catalogue:
    """The permission groups of one account, by what programs call them."""

    def __init__(self, where: Scope, answers: Iterable[Mapping[str, Any]]) -> None:
        self._listed = _lookup.listed(where, answers)

    def id_of(self, written: str) -> tuple[str, Sequence[str]]:
        """Return the id of the group with this name or label, and what there is to warn of.

        Raises LookUpError if there is none, or if there are several.
        """
        answer = _lookup.choose(
            self._listed, written, "name", "label", remedy="write its id, one of"
        )
        return str(answer["id"]), list(_lookup.concerns(answer))
