"""The resources of this package, by kind and by type token: what KINDS names, and nothing else."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from .. import kinds
from ..fields.model import whole_of
from ..program.resource import Resource


@functools.cache
def resources() -> Mapping[str, type[Resource]]:
    """Return the class of each kind."""
    loaded = {kind: type(kinds.load(kind)) for kind in kinds.KINDS}
    classes = {one.lifecycle: one for one in _below(Resource) if hasattr(one, "lifecycle")}
    return {kind: classes[of] for kind, of in loaded.items() if of in classes}


@functools.cache
def by_token() -> Mapping[str, str]:
    """Return the kind of each type token."""
    return {token(kind): kind for kind in resources()}


def token(kind: str) -> str:
    """Return the type token of a kind."""
    named: Any = resources()[kind]
    return f"pulumi-python:{named._resource_type_name}"  # noqa: SLF001 - the SDK has no other way


def class_name(kind: str) -> str:
    """Return what a program calls the resources of a kind."""
    return resources()[kind].__name__


def whole(kind: str) -> str | None:
    """Return the field that names what a part belongs to; None: it is no part."""
    return whole_of(resources()[kind].lifecycle.inputs)


def _below(cls: type[Resource]) -> Iterator[type[Resource]]:
    for one in cls.__subclasses__():
        yield one
        yield from _below(one)
