"""What is worked out once a program has run: inputs that hold what other resources say."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class _Later(Awaitable[R], Generic[R]):
    """It begins when it is awaited. The engine awaits none where the program has failed before.

    Of a coroutine that nobody awaits, Python warns, as if that were a mistake of the program.
    """

    def __init__(self, begin: Callable[[], Coroutine[Any, Any, R]]) -> None:
        self._begin = begin

    def __await__(self) -> Generator[Any, Any, R]:
        return self._begin().__await__()


def later(work: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Awaitable[R]]:
    """Make an input for the engine of what a coroutine will work out."""

    @functools.wraps(work)
    def asked(*arguments: P.args, **named: P.kwargs) -> Awaitable[R]:
        return _Later(functools.partial(work, *arguments, **named))

    return asked
