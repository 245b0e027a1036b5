"""One request, decoded and allowed; and what is answered to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..world.world import Kept, Scope, World
    from .auth import Caller


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a handler gets: the world, whose part of it, and what is asked."""

    world: World
    caller: Caller
    scope: Scope | None
    """The account or zone of the path; None where the path has neither."""
    ids: Mapping[str, str]
    """The other identifiers of the path."""
    query: Mapping[str, str]
    body: Any
    path: str
    view: Callable[[Sequence[Any]], Sequence[Any]] = tuple
    """What a list makes of its items before it is divided into pages."""
    give_way: Callable[[float], None] = lambda _: None
    """Let other requests be answered for so many seconds, in the middle of this one."""

    def of(self, kind: type[Kept]) -> Kept:
        """Return what the account or zone of the path keeps of a kind."""
        if self.scope is None:
            raise TypeError(f"{self.path} has neither an account nor a zone")
        return self.scope.of(kind)


NO_RESULT = object()
"""In place of a result: the envelope does not even have the field."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a handler returns; the envelope is put on later."""

    result: Any
    status: int = 200
    result_info: Mapping[str, int] | None = None
    messages: tuple[Mapping[str, Any], ...] = ()


Handler = Callable[[Call], Answer]
