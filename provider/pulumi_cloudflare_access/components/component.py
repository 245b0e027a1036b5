"""What all components have in common."""

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
    """Several resources under one name. What its options say, they say of each of these.

    Pulumi itself hands provider, protection and aliases down; not so what a component depends on.
    No attribute is annotated in the class: Pulumi would take it for an output.
    """

    kind: ClassVar[str]
    """What the state calls its type. It can never be changed."""

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        cls.__init__ = _with_options(cls.__init__)  # type: ignore[method-assign]

    def __init__(self, resource_name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(self.kind, resource_name, None, opts)
        self._name_of_all = resource_name
        self._depends_on = None if opts is None else opts.depends_on

    def _child(self, called: str, after: Iterable[pulumi.Resource] = ()) -> dict[str, Any]:
        """Return the name and the options of a part, which may come after other resources."""
        opts = pulumi.ResourceOptions(parent=self, depends_on=self._depends_on)
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[*after]))
        # Pulumi shows it as it is.
        return {"resource_name": shown(f"{self._name_of_all}-{called}"), "opts": opts}

    def _alone(self, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
        """Return the options of a resource that is no part, but goes with the component."""
        protect = opts.protect if opts else None
        return pulumi.ResourceOptions(protect=protect, depends_on=self._depends_on)


def _with_options(init: Callable[..., None]) -> Callable[..., None]:
    """Wrap a constructor: options that are none end the program in one line."""

    @functools.wraps(init)
    def construct(self: Any, *args: Any, **kwargs: Any) -> None:
        refuse(type(self).__name__, str(args[0] if args else ""), wrong_options(kwargs.get("opts")))
        init(self, *args, **kwargs)

    return construct


def refuse(kind: str, resource_name: str, mistakes: Iterable[str]) -> None:
    """End the program where a component cannot be what it is declared to be; say all mistakes."""
    told = list(mistakes)
    if told:
        raise run_error(f'{kind} "{resource_name}": {"; ".join(told)}')


def unknown(
    given: Iterable[str], known: Iterable[str], path: str = "", what: str = "a field"
) -> Iterator[str]:
    """Say which fields there are not."""
    for name in given:
        if name not in known:
            told = f"{quoted(name)} is not {what}{nearest(name, list(known))}"
            yield f"{path}: {told}" if path else told


def no_lists(**given: Any) -> Iterator[str]:
    """Say where a list is due. A text or a dictionary would be taken apart, an iterator used up."""
    for name, value in given.items():
        if not isinstance(value, (list, tuple, pulumi.Output)) and not inspect.isawaitable(value):
            yield f"{name}: must be a list"
