"""The base class of all components, and checks of their arguments."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

import pulumi

from ..program.arguments import wrong_options
from ..text.nearest import nearest, quoted
from ..text.outlet import run_error
from ..text.spelling import shown


class Component(pulumi.ComponentResource):
    """Several resources under one name. The component's options apply to each of them.

    Pulumi itself passes provider, protection and aliases on to the parts, but not `depends_on`.
    Subclasses annotate no attributes, because Pulumi would take these for outputs.
    """

    kind: ClassVar[str]
    """The type token in the state. It must never change."""

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        cls.__init__ = _with_options(cls.__init__)  # type: ignore[method-assign]

    def __init__(self, resource_name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(self.kind, resource_name, None, opts)
        self._name_of_all = resource_name
        self._depends_on = None if opts is None else opts.depends_on

    def _child(self, called: str, after: Iterable[pulumi.Resource] = ()) -> dict[str, Any]:
        """Return the arguments `resource_name` and `opts` for a part that depends on `after`."""
        opts = pulumi.ResourceOptions(parent=self, depends_on=self._depends_on)
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[*after]))
        # Spelled, because Pulumi shows names as they are.
        return {"resource_name": shown(f"{self._name_of_all}-{called}"), "opts": opts}

    def _alone(self, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
        """Return the options of a resource that belongs to the component without being a part."""
        protect = opts.protect if opts else None
        return pulumi.ResourceOptions(protect=protect, depends_on=self._depends_on)


def _with_options(init: Callable[..., None]) -> Callable[..., None]:
    """Wrap a constructor so that invalid `opts` end the program with a message."""

    @functools.wraps(init)
    def construct(self: Any, *args: Any, **kwargs: Any) -> None:
        refuse(type(self).__name__, str(args[0] if args else ""), wrong_options(kwargs.get("opts")))
        init(self, *args, **kwargs)

    return construct


def refuse(kind: str, resource_name: str, mistakes: Iterable[str]) -> None:
    """Raise a RunError that lists all mistakes in a component's arguments, if there are any."""
    told = list(mistakes)
    if told:
        raise run_error(f'{kind} "{resource_name}": {"; ".join(told)}')


def unknown(
    given: Iterable[str], known: Iterable[str], path: str = "", what: str = "a field"
) -> Iterator[str]:
    """Yield a mistake for every name that is not known. `what` is the noun in the message."""
    for name in given:
        if name not in known:
            told = f"{quoted(name)} is not {what}{nearest(name, list(known))}"
            yield f"{path}: {told}" if path else told


def no_lists(**given: Any) -> Iterator[str]:
    """Yield a mistake for every argument that must be a list and is none.

    A text or a dictionary would be iterated over, and an iterator can be read only once.
    """
    for name, value in given.items():
        if not isinstance(value, (list, tuple, pulumi.Output)) and not inspect.isawaitable(value):
            yield f"{name}: must be a list"
