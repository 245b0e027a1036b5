"""What policies and applications ask of those whom they let in, as text that can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..atoms import written
from ..world import Terms
from .values import Hidden, entries, hidden_in, text

_NOT_KNOWN: Final = "(not known)"


def terms_of(fields: Mapping[str, Any]) -> Terms:
    """Read the terms of a policy or an application."""
    return Terms(
        session=_text(fields.get("session_duration")),
        approval=_approval(fields),
        justification=_flag(fields.get("purpose_justification_required")),
        isolation=_flag(fields.get("isolation_required")),
        mfa=_mfa(fields.get("mfa_config")),
        connection=_connection(fields.get("connection_rules")),
    )


def _text(value: Any) -> str | None:
    if isinstance(value, Hidden):
        return _NOT_KNOWN
    return text(value) or None


def _flag(value: Any) -> bool:
    return value is True


def _approval(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Write who has to approve: each entry is one group of people, all of them are needed."""
    if not _flag(fields.get("approval_required")):
        return ()
    groups = fields.get("approval_groups")
    if hidden_in(groups):
        return (_NOT_KNOWN,)
    found = sorted(_approvers(group) for _, group in entries(groups))
    return tuple(found) or ("anybody",)


def _approvers(group: Any) -> str:
    if not isinstance(group, Mapping):
        return _NOT_KNOWN
    people = sorted(
        text(one).lower() or label.lower() for label, one in entries(group.get("email_addresses"))
    )
    if group.get("email_list_uuid"):
        people.append(f"list {text(group['email_list_uuid'])}")
    needed = group.get("approvals_needed")
    count = int(needed) if isinstance(needed, (int, float)) else 1
    return f"{count} of {', '.join(people)}"


def _mfa(value: Any) -> str | None:
    """Write which authenticators are asked for. None: nothing is said."""
    if value is None or value == {}:
        return None
    if hidden_in(value) or not isinstance(value, Mapping):
        return _NOT_KNOWN
    if value.get("mfa_disabled") is True:
        return "off"
    allowed = sorted(
        text(one) or label for label, one in entries(value.get("allowed_authenticators"))
    )
    lasting = text(value.get("session_duration"))
    return (", ".join(allowed) or "any authenticator") + (f", for {lasting}" if lasting else "")


def _connection(value: Any) -> str | None:
    if not value:
        return None
    return _NOT_KNOWN if hidden_in(value) else written(_plain(value))


def _plain(value: Any) -> Any:
    """Write maps that stand for unordered lists as lists, to compare them."""
    if isinstance(value, Mapping):
        if value and all(key == inner for key, inner in value.items()):
            return sorted(value)
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted(map(_plain, value), key=str)
    return value


__all__ = ["terms_of"]
