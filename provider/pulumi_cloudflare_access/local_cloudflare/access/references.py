"""Checks that the objects that rules refer to exist in the same account or zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .exceptions import FailedToLoadGroupError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..world.world import Scope
    from .rules import Rule

_OTHERS = {
    ("linked_app_token", "app_uid"): "access/apps",
    ("login_method", "id"): "access/identity_providers",
    ("service_token", "token_id"): "access/service_tokens",
}


def check(scope: Scope, rules: Iterable[Rule]) -> None:
    """Refuse rules about missing groups and, with `check_references`, other missing objects."""
    for rule in rules:
        for selector, fields in rule.items():
            for collection, object_id in _named(scope, selector, fields):
                if not scope.has(collection, object_id):
                    raise FailedToLoadGroupError


def _named(scope: Scope, selector: str, fields: Any) -> Iterable[tuple[str, str]]:
    if selector == "group":
        yield "access/groups", fields["id"]
    if not scope.world.switches.check_references or not isinstance(fields, dict):
        return
    for field, value in fields.items():
        if field == "identity_provider_id":
            yield "access/identity_providers", value
        elif (selector, field) in _OTHERS:
            yield _OTHERS[selector, field], value
