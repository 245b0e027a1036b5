"""A decoded and authorized request, and its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..world.world import Kept, Scope, World
    from .auth import Caller


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a handler gets: the world, the account or zone, and the request."""

    world: World
    caller: Caller
    scope: Scope | None
    """The account or zone in the path; None if the path has neither."""
    ids: Mapping[str, str]
    """The other identifiers of the path."""
    query: Mapping[str, str]
    body: Any
    path: str
    view: Callable[[Sequence[Any]], Sequence[Any]] = tuple
    """Applied to the items of a list before it is divided into pages, for faults."""
    give_way: Callable[[float], None] = lambda _: None
    """Lets other requests be answered for that many seconds, in the middle of this one."""

    def of(self, kind: type[Kept]) -> Kept:
        """Return the backend of a kind, for the account or zone in the path."""
        if self.scope is None:
            raise TypeError(f"{self.path} has neither an account nor a zone")
        return self.scope.of(kind)


NO_RESULT = object()
"""In place of a result: the envelope does not have the field `result`."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a handler returns. The envelope is added later."""

    result: Any
    status: int = 200
    result_info: Mapping[str, int] | None = None
    messages: tuple[Mapping[str, Any], ...] = ()


Handler = Callable[[Call], Answer]
