"""Decodes requests about applications, calls the backend, encodes answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ...calls.call import Answer
from ...calls.paging import page
from .. import rules
from ..shapes import Object
from .fields import BUILT_IN, SETTINGS, TYPES
from .models import AppBackend

if TYPE_CHECKING:
    from ...calls.call import Call
    from ...world.world import World
    from ..rules import Rule
    from .models import App
    from .policies import Placed

PER_PAGE = 1000


def list_apps(call: Call) -> Answer:
    """Answer one page of the applications."""
    backend = call.of(AppBackend)
    apps = backend.list_apps(
        name=call.query.get("name"),
        domain=call.query.get("domain"),
        aud=call.query.get("aud"),
        exact=call.query.get("exact") == "true",
        search=call.query.get("search"),
        target_attributes=call.query.get("target_attributes"),
    )
    show = partial(_shown, call.world)
    return page(call, apps, show, per_page=PER_PAGE, total=len(backend.apps))


def create_app(call: Call) -> Answer:
    """Answer the new application, with the secret of an OIDC application, only this once."""
    app = call.of(AppBackend).create_app(call.body)
    shown = _shown(call.world, app)
    if "client_secret" in app.made:
        shown["saas_app"]["client_secret"] = app.made["client_secret"]
    return Answer(result=shown, status=201)


def get_app(call: Call) -> Answer:
    """Answer one application."""
    return Answer(result=_shown(call.world, call.of(AppBackend).get_app(call.ids["app_id"])))


def update_app(call: Call) -> Answer:
    """Answer the application as it is now."""
    app = call.of(AppBackend).update_app(call.ids["app_id"], call.body)
    return Answer(result=_shown(call.world, app))


def delete_app(call: Call) -> Answer:
    """Answer the id of the deleted object."""
    call.of(AppBackend).delete_app(call.ids["app_id"])
    return Answer(result={"id": call.ids["app_id"]}, status=202)


def revoke_tokens(call: Call) -> Answer:
    """Answer an empty object. Nobody can log in here, so there are no tokens to revoke."""
    call.of(AppBackend).get_app(call.ids["app_id"])
    return Answer(result={}, status=202)


def update_settings(call: Call) -> Answer:
    """Answer the settings as they are now, without those that were never set."""
    app = call.of(AppBackend).update_settings(call.ids["app_id"], call.body)
    return Answer(result=_settings(call.world, app), status=202)


def edit_settings(call: Call) -> Answer:
    """Answer the settings as they are now."""
    app = call.of(AppBackend).edit_settings(call.ids["app_id"], call.body)
    return Answer(result=_settings(call.world, app), status=202)


def list_user_policy_checks(call: Call) -> Answer:
    """Answer the application and its policies.

    Cloudflare tests a user, but which one is not documented, and nobody can log in here. So there
    is no identity, and neither the policies nor the application have a `status`.
    """
    app = call.of(AppBackend).get_app(call.ids["app_id"])
    state: dict[str, Any] = {"app_uid": app.id, "aud": app.aud}
    if "name" in app.fields:
        state["name"] = app.fields["name"]
    if "domain" in app.fields:
        state["hostname"] = app.fields["domain"].partition("/")[0]
    state["policies"] = [_checked(call.world, placed) for placed in app.policies.list_policies()]
    return Answer(result={"app_state": state, "user_identity": {}})


def _checked(world: World, placed: Placed) -> dict[str, Any]:
    content = placed.policy.content
    return {
        "decision": content.decision,
        "precedence": placed.precedence,
        "include": _flat(world, content.include),
        "exclude": _flat(world, content.exclude),
        "require": _flat(world, content.require),
    }


def _flat(world: World, section: list[Rule]) -> list[dict[str, Any]]:
    # The form of this route's example: `{"_type": "email", "email": "x@example.com"}`.
    return [
        {"_type": selector, **fields}
        for rule in rules.shown(world, section)
        for selector, fields in rule.items()
    ]


def _settings(world: World, app: App) -> dict[str, Any]:
    names = [name.rstrip("?") for name in SETTINGS]
    set_ = {name: app.fields[name] for name in names if name in app.fields}
    shown: dict[str, Any] = Object(SETTINGS).show(world, set_)
    return shown


def _shown(world: World, app: App) -> dict[str, Any]:
    policies = [placed.shown(world) for placed in app.policies.list_policies()]
    shown: dict[str, Any] = {
        "id": app.id,
        "aud": app.aud,
        "type": app.type,
        **_fields(world, app),
        **world.without_empty({"policies": policies}),
        "created_at": app.created_at,
        "updated_at": app.updated_at,
    }
    if app.made:
        shown["saas_app"] |= {"created_at": app.created_at, "updated_at": app.updated_at}
    if (
        "allow_authenticate_via_warp?" in TYPES[app.type].fields
        and not world.switches.warp_sessions
    ):
        shown["allow_authenticate_via_warp"] = False
    if not world.switches.plain:
        shown["uid"] = app.id  # seen live, never documented
    return shown


def _fields(world: World, app: App) -> dict[str, Any]:
    built_in = BUILT_IN.get(app.type, {})
    fields = {key: value for key, value in app.fields.items() if key not in built_in}
    if app.made:
        fields["saas_app"] = app.made | fields["saas_app"]
    return {**TYPES[app.type].show(world, fields), **built_in}
