"""Adds the objects of a seed document, also those that no route can create."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..calls.exceptions import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..world.world import Scope, World


class SeedError(ValueError):
    """A document cannot be added. The message says what is wrong, and where."""


def plant(world: World, document: Any, scope: Scope, path: str = "") -> dict[str, Any]:
    """Add the objects of a document, and return them in their stored form.

    A key is a collection (`access/groups`), with a list of objects for `scope`. Or it is `accounts`
    or `zones`, with a document for each: a list of documents with a `name` or an `id`, or an object
    with the ids as its keys. Missing accounts and zones are added. Raises SeedError.
    """
    planted: dict[str, Any] = {}
    if not isinstance(document, dict):
        raise SeedError("a document is an object whose keys are collections, accounts and zones")
    for key, value in document.items():
        where = f"{path}{key}"
        if key in ("accounts", "zones"):
            planted[key] = _plant_scopes(world, key, value, scope, where)
        elif key in world.kinds:
            with _at(where):
                backend, items = scope.of(world.kinds[key]), list(value)
            planted[key] = []
            for index, item in enumerate(items):
                with _at(f"{where}[{index}]"):
                    planted[key].append(backend.plant(item))
        else:
            known = ", ".join(["accounts", "zones", *world.kinds])
            raise SeedError(f"cannot seed {where!r}: there are {known}")
    return planted


def _plant_scopes(world: World, key: str, value: Any, scope: Scope, where: str) -> Any:
    if isinstance(value, list):
        return [
            _plant_scope(world, key, part, scope, f"{where}[{index}]")
            for index, part in enumerate(value)
        ]
    with _at(where):
        parts = {scope_id: {**part, "id": scope_id} for scope_id, part in value.items()}
    return {
        scope_id: _plant_scope(world, key, part, scope, f"{where}.{scope_id}")
        for scope_id, part in parts.items()
    }


def _plant_scope(
    world: World, key: str, part: Mapping[str, Any], scope: Scope, where: str
) -> dict[str, Any]:
    with _at(where):
        inner = dict(part)
        scope_id, name = inner.pop("id", None), inner.pop("name", None)
        there: Mapping[str, Scope] = world.accounts if key == "accounts" else world.zones
        named = (it for it in there.values() if scope_id is None and it.name == name)
        found = there.get(scope_id) or next(named, None)
    if found is None and key == "accounts":
        found = world.add_account(scope_id, name=name)
    elif found is None:
        found = world.add_zone(scope.account, scope_id, name)
    found.name = name or found.name
    return {"id": found.id, "name": found.name, **plant(world, inner, found, f"{where}.")}


@contextmanager
def _at(where: str) -> Iterator[None]:
    try:
        yield
    except RefusedError as refusal:
        told = "; ".join(error["message"] for error in refusal.errors)
        raise SeedError(f"{told} ({where})") from refusal
    except KeyError as error:
        raise SeedError(f"{error} is missing ({where})") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise SeedError(f"{error} ({where})") from error
