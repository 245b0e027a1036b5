"""Reads the terms of policies and applications (session, approval, MFA) as comparable texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..atoms import written
from ..world import Terms
from .objects import Object
from .references import When
from .values import Hidden, entries, hidden_in, text


@dataclass(frozen=True)
class TermsReader:
    """Reads the terms of an object, or of a policy inside it, at one moment."""

    holder: Object
    when: When

    def terms(self, fields: Mapping[str, Any], top: str = "") -> Terms:
        """Return the terms in `fields`, which the object's top-level field `top` contains."""

        def told(name: str, write: Callable[[Any], str | None], beside: str = "") -> str | None:
            field = top or name
            values = (fields.get(name), fields.get(beside))
            found = next(filter(None, map(hidden_in, values)), None)
            if found is None and not (values[0] and field in self.holder.secrets):
                return write(values[0])
            mark = self.holder.mark(field, self.when)
            what = "not known yet" if found and not found.secret else "secret"
            return f"({what}, {mark})" if mark else f"({what})"

        approved = fields.get("approval_required")
        is_approved = approved is True or isinstance(approved, Hidden)
        approval = told("approval_groups", _approval, "approval_required") if is_approved else None
        return Terms(
            session=told("session_duration", lambda value: text(value) or None),
            approval=approval,
            justification=told("purpose_justification_required", _flag),
            isolation=told("isolation_required", _flag),
            mfa=told("mfa_config", _mfa),
            connection=told("connection_rules", _connection),
        )


def _flag(value: Any) -> str | None:
    return "yes" if value is True else None


def _approval(groups: Any) -> str:
    """Return who has to approve. Every group of approvers is needed."""
    return " and ".join(sorted(_approvers(group) for _, group in entries(groups))) or "anybody"


def _approvers(group: Any) -> str:
    fields = group if isinstance(group, Mapping) else {}
    people = sorted(
        text(one).lower() or label.lower() for label, one in entries(fields.get("email_addresses"))
    )
    if fields.get("email_list_uuid"):
        people.append(f"list {text(fields['email_list_uuid'])}")
    needed = fields.get("approvals_needed")
    count = int(needed) if isinstance(needed, (int, float)) else 1
    return f"{count} of {', '.join(people)}"


def _mfa(value: Any) -> str | None:
    """Return the required authenticators, "off", or None if nothing is declared."""
    if not isinstance(value, Mapping) or not value:
        return None
    if value.get("mfa_disabled") is True:
        return "off"
    allowed = sorted(
        text(one) or label for label, one in entries(value.get("allowed_authenticators"))
    )
    lasting = text(value.get("session_duration"))
    return (", ".join(allowed) or "any authenticator") + (f", for {lasting}" if lasting else "")


def _connection(value: Any) -> str | None:
    return written(_plain(value)) if value else None


def _plain(value: Any) -> Any:
    """Return a value with keyed maps turned back into sorted lists, for comparison."""
    if isinstance(value, Mapping):
        if value and all(key == inner for key, inner in value.items()):
            return sorted(value)
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted(map(_plain, value), key=str)
    return value
