"""Inputs whose value is computed only when the program has run, from what other resources say."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class _Later(Awaitable[R], Generic[R]):
    """An awaitable that creates its coroutine only when it is awaited.

    If the program fails, nothing awaits the inputs any more. Python would then warn about a
    coroutine that was never awaited, as if the program had a mistake there.
    """

    def __init__(self, begin: Callable[[], Coroutine[Any, Any, R]]) -> None:
        self._begin = begin

    def __await__(self) -> Generator[Any, Any, R]:
        return self._begin().__await__()


def later(work: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Awaitable[R]]:
    """Make a coroutine function return an input: its work begins when the engine awaits it."""

    @functools.wraps(work)
    def asked(*arguments: P.args, **named: P.kwargs) -> Awaitable[R]:
        return _Later(functools.partial(work, *arguments, **named))

    return asked
