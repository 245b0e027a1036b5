"""Checks of the arguments that a program passes to a constructor, before anything else reads them.

Without them, a mistake that Python accepts (a set instead of a list, a group instead of a rule)
would end in a traceback from Pulumi, or would pass the preview and fail in the update.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import pulumi

from ..text.nearest import kind_of, nearest, quoted_value
from ..text.outlet import run_error
from ..text.spelling import shown
from .references import Found, resource_of, rule_for

# The fields that hold rules, in an application, a policy or a group alike.
SECTIONS = ("include", "exclude", "require")
_LISTS = {
    "set": "a set",
    "frozenset": "a set",
    "generator": "a generator",
    "dict_values": "the values of a dictionary",
    "dict_keys": "the keys of a dictionary",
    "dict_items": "the items of a dictionary",
}


def checked(init: Callable[..., None]) -> Callable[..., None]:
    """Wrap a resource's constructor so that it gets only arguments that can be read.

    Arguments that do not exist or are missing end the program with one line (pulumi.RunError). A
    wrong value inside an argument is left out, and a message about it is put into the resource's
    `wrong_arguments`, which `Resource._declare` reports with the other mistakes.
    """
    signature = inspect.signature(init)

    @functools.wraps(init)
    def construct(self: Any, *args: Any, **kwargs: Any) -> None:
        called = _called(type(self), args, kwargs)
        refused = [*_not_arguments(signature, args, kwargs), *wrong_options(kwargs.get("opts"))]
        if refused:
            raise run_error(f"{called}: {'; '.join(refused)}")
        mistakes: list[str] = []
        given = {
            name: value if name == "opts" else readable(value, name, mistakes)
            for name, value in kwargs.items()
        }
        self.__dict__["wrong_arguments"] = mistakes
        init(self, *args, **given)

    return construct


def _called(kind: type, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    name = args[0] if args else kwargs.get("resource_name")
    return f'{kind.__name__} "{name}"' if isinstance(name, str) else kind.__name__


def _not_arguments(
    signature: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> list[str]:
    """Return messages about arguments that do not exist, and about required ones not passed."""
    parameters = dict([*signature.parameters.items()][1:])
    open_ended = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    names = [name for name, p in parameters.items() if p.kind is not p.VAR_KEYWORD]
    name, *more = [args[0] if args else kwargs.get("resource_name"), *args[1:]]
    told = [] if isinstance(name, str) else ["its first argument is its name in Pulumi, a text"]
    if more:
        told.append("takes one argument without a name; write the others as name=value")
    if not open_ended:
        of_options = inspect.signature(pulumi.ResourceOptions).parameters
        for given in kwargs:
            if given in names:
                continue
            hint = nearest(given, names)
            if not hint and given in of_options:
                hint = f"; it is one of the options: opts=pulumi.ResourceOptions({given}=…)"
            told.append(f'"{shown(given)}" is not an argument{hint}')
    told += [
        f"{name}: is required"
        for name, p in parameters.items()
        if p.default is p.empty and p.kind is p.KEYWORD_ONLY and name not in kwargs
    ]
    return told


def wrong_options(opts: Any) -> list[str]:
    """Return messages about options of the wrong type, for which Pulumi would show a traceback."""
    if opts is None:
        return []
    if not isinstance(opts, pulumi.ResourceOptions):
        return [f"opts: is {_what(opts)}, and must be pulumi.ResourceOptions(…)"]
    told = []
    provider: Any = opts.provider
    parent: Any = opts.parent
    if provider is not None and not isinstance(provider, pulumi.ProviderResource):
        told.append(
            f"opts.provider: is {_what(provider)}, and must be a provider: what "
            'Cloudflare("eu", account_id=…, api_token_env=…) makes'
        )
    if parent is not None and not isinstance(parent, pulumi.Resource):
        told.append(f"opts.parent: is {_what(parent)}, and must be a resource")
    return told


def _what(value: Any) -> str:
    if isinstance(value, str):
        return quoted_value(value)
    return _LISTS.get(type(value).__name__, f"a {kind_of(value)}")


def readable(value: Any, path: str, mistakes: list[str], *, in_rule: bool = False) -> Any:
    """Return a value without the parts that cannot be read.

    A message about each such part is added to `mistakes`.

    :param path: What messages call the value, such as `include[0].email.email`.
    :param in_rule: Whether the value is inside a rule, where a resource is always a mistake.
    """
    if isinstance(value, Mapping):
        return {
            key: readable(inner, f"{path}.{key}", mistakes, in_rule=in_rule)
            if key not in SECTIONS or not isinstance(inner, (list, tuple))
            else _rules(inner, f"{path}.{key}", mistakes)
            for key, inner in value.items()
        }
    if isinstance(value, (list, tuple)):
        if path in SECTIONS:
            return _rules(value, path, mistakes)
        return [
            readable(inner, f"{path}[{index}]", mistakes, in_rule=in_rule)
            for index, inner in enumerate(value)
        ]
    if in_rule and isinstance(value, (pulumi.Resource, Found)):
        selector = path.rpartition("].")[2].partition(".")[0]
        mistakes.append(
            f"{path}: is {_itself(value)}, and must be a text: are the arguments of "
            f"{selector} in the right order?"
        )
        return None
    if _is_readable(value):
        return value
    if callable(value):
        mistakes.append(f"{path}: is a function, and must be what it returns: call it")
    else:
        mistakes.append(f"{path}: is {_what(value)}, and must be a list: list(…) makes one of it")
    return None


def _rules(rules: Iterable[Any], path: str, mistakes: list[str]) -> list[Any]:
    read = []
    for index, rule in enumerate(rules):
        where = f"{path}[{index}]"
        of = resource_of(rule)
        if of is not None:
            made_by = rule_for(of)
            hint = f": say {made_by}" if made_by else ""
            mistakes.append(f"{where}: is {_itself(of)}, and must be a rule{hint}")
        else:
            read.append(readable(rule, where, mistakes, in_rule=True))
    return read


def _itself(value: Any) -> str:
    """Return what a message calls a resource or look-up result that is in the wrong place."""
    if isinstance(value, pulumi.Resource):
        kind = value.pulumi_resource_type.rpartition(":")[2]
        return f'{kind} "{value.pulumi_resource_name}"'
    return f"{value.referred.what} that a look-up has found"


def _is_readable(value: Any) -> bool:
    known = (str, bytes, pulumi.Output, Awaitable, pulumi.Resource, Found)
    if value is None or isinstance(value, known):
        return True
    return not (isinstance(value, Iterable) or inspect.isroutine(value))
