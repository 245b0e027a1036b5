"""Who refers to an object of Access: groups and policies in their rules, applications."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..engine.collection import Collection, Scope
from ..engine.deletion import User
from . import listings

SECTIONS = ("include", "exclude", "require")
Object = Mapping[str, Any]


def referrers_in_rules(
    id_: str,
    scope: Scope,
    list_all: Callable[[Collection], Iterable[Object]],
    is_named_by: Callable[[Object], bool],
    is_used_by: Callable[[Object], bool] = lambda _: False,
) -> Iterator[User]:
    """Return the groups, policies and applications of an account or zone that use an object.

    `is_named_by` tells whether a rule names it, `is_used_by` whether an application uses it beside
    its rules. What names itself is in nobody's way.
    """

    def names_it(held: Object) -> bool:
        rules = (rule for name in SECTIONS for rule in held.get(name) or ())
        return held.get("id") != id_ and any(map(is_named_by, rules))

    for of in (listings.GROUPS, listings.POLICIES):
        for held in list_all(of) if scope.kind in of.scopes else ():
            if names_it(held):
                yield _user(of.display_name, held)
    for app in list_all(listings.APPLICATIONS):
        user = _user(listings.APPLICATIONS.display_name, app)
        if is_used_by(app):
            yield user
        for policy in app.get("policies") or ():
            if not policy.get("reusable") and names_it(policy):
                yield _user("policy", policy, user)


def referring_applications(
    list_all: Callable[[Collection], Iterable[Object]], is_used_by: Callable[[Object], bool]
) -> Iterator[User]:
    """Return the applications of an account or zone that use an object, their rules aside."""
    for app in list_all(listings.APPLICATIONS):
        if is_used_by(app):
            yield _user(listings.APPLICATIONS.display_name, app)


def _user(what: str, held: Object, of: User | None = None) -> User:
    return User(what, str(held.get("name") or held.get("domain")), str(held["id"]), of)
