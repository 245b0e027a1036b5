"""What every constructor does: hand the declaration over, and find mistakes between resources.

What only the program knows (which values are secret, two resources that want the same object) goes
to check in reserved inputs, so that it is reported with everything else, in the preview.
"""

from __future__ import annotations

import asyncio
import base64
import collections
import functools
import pickle
import weakref
from collections.abc import Awaitable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Self

import pulumi
from pulumi import dynamic

from .. import kinds
from ..engine.adoption import ADOPT, ADOPT_CHANGES, ADOPTION_MISTAKES
from ..engine.lifecycle import (
    CLAIMED,
    DELETES_FIRST,
    MISTAKES,
    ORGANIZATION,
    PREVIEW,
    SECRET_WORDS,
    ResourceLifecycle,
    carried_fields,
)
from ..engine.schema import FILLED_IN, PROVIDER
from ..fields.keyed import UNKNOWN
from ..text.outlet import run_error, warn
from ..text.secret_words import SECRET, known
from .arguments import checked, wrong_options
from .later import later
from .references import ID, MISTAKE, OF, Accepted, Found, id_of, is_id, note_id, refer
from .turns import Program, leaves, leaves_of_options

SCOPES = ("account_id", "zone_id")
# Whose stacks are that no Pulumi Cloud holds.
NO_ORGANIZATION = "organization"


class Resource(dynamic.Resource):
    """One object at Cloudflare. Subclasses say what they take and what they give."""

    lifecycle: ClassVar[type[ResourceLifecycle]]
    secret_outputs: ClassVar[frozenset[str]] = frozenset()
    is_external: bool = False
    """It came from `.get`: the stack does not own it."""
    is_retained: bool | None = None
    """Its options say that it stays at Cloudflare when it leaves the program."""

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        if "__init__" in cls.__dict__:
            cls.__init__ = checked(cls.__init__)  # type: ignore[method-assign]

    def _declare(
        self,
        arguments: Mapping[str, Any],
        found_wrong: Iterable[str] = (),
        reserved: Mapping[str, Any] | None = None,
        after: pulumi.Output[Any] | None = None,
    ) -> None:
        """Register the resource. `arguments` are the constructor's own; None is not declared.

        `reserved` are the kind's `reserved_inputs`; `after` stands for resources to wait for, as
        `Turns.before` returns it.
        """
        fields = (*self.lifecycle.facts(), ADOPT, ADOPT_CHANGES)
        given = {k: arguments[k] for k in fields if arguments.get(k) is not None}
        # Here and not only in check: no SDK sends a word that Pulumi keeps for itself.
        declared, spelled_twice = carried_fields(given, is_known=True)
        resource_name, opts = arguments["resource_name"], arguments["opts"]
        opts, mistakes = _without_import(opts)
        wrong = self.__dict__.pop("wrong_arguments", ())
        mistakes += [*wrong, *found_wrong, *map(str, spelled_twice)]
        self.is_retained = opts.retain_on_delete if opts else None
        deployment, provider = Deployment.current(), _provider_of(opts)
        plain = _plain(declared)
        adopted_twice = deployment.adoption_mistakes(type(self), resource_name, plain, provider)
        mistakes += deployment.namesake_mistakes(type(self), resource_name, plain, provider)
        name = declared.get("name")
        # What keys call this object. The name at Cloudflare where it is known in the preview.
        self._label = name if isinstance(name, str) else resource_name
        if others := deployment.adopted_in(declared):
            # Nothing else tells the engine that this refers to them.
            needed = pulumi.ResourceOptions(depends_on=others)
            opts = pulumi.ResourceOptions.merge(opts, needed)
        waits_for = [*leaves(declared), *leaves_of_options(opts)]
        if after is not None:
            opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[after]))
        for path in self.lifecycle.always_secret:
            field, _, inner = path.partition(".")
            if field in declared:
                declared[field] = _as_secret(declared[field], inner)
        if self.secret_outputs:
            more = pulumi.ResourceOptions(additional_secret_outputs=sorted(self.secret_outputs))
            opts = pulumi.ResourceOptions.merge(opts, more)
        props = self._outputs() | declared
        if mistakes:
            props[MISTAKES] = mistakes
        if adopted_twice:
            props[ADOPTION_MISTAKES] = adopted_twice
        if self.lifecycle.needs_adopted_ids:
            props[CLAIMED] = Deployment.current().claimed(self.lifecycle)
        props |= _of_run() | _of_options(opts)
        possibly_secret = {k: v for k, v in declared.items() if _holds_output(v)}
        if possibly_secret:
            props[SECRET] = self._secret_fields(possibly_secret)
        _remember_secrets(possibly_secret)
        props[SECRET_WORDS] = _secret_words()
        props |= reserved or {}
        ours = {SECRET, FILLED_IN, *self.lifecycle.reserved_inputs, *self.lifecycle.update_inputs}
        hidden = pulumi.ResourceOptions(hide_diffs=sorted(ours))
        self._register(resource_name, props, pulumi.ResourceOptions.merge(opts, hidden))
        deployment.program.add(self, waits_for)
        deployment.count(self, declared)
        deployment.adopts(self, declared.get(ADOPT))

    def _register(
        self, resource_name: str, props: dict[str, Any], opts: pulumi.ResourceOptions | None
    ) -> None:
        # Not the constructor of dynamic.Resource: it pickles the provider anew for each resource,
        # and wraps Python's pickler once more each time, until, some 350 resources on, the user's
        # own dynamic providers fail with a RecursionError.
        props[PROVIDER] = _pickled(self.lifecycle.kind)
        token = f"pulumi-python:{self._resource_type_name}"
        pulumi.CustomResource.__init__(self, token, resource_name, props, opts)
        note_id(self)

    @classmethod
    def get(
        cls,
        resource_name: str,
        id: pulumi.Input[str],  # noqa: A002 - Pulumi's name for it
        *,
        account_id: pulumi.Input[str] | None = None,
        zone_id: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> Self:
        """Read an object that exists and that this stack does not own."""
        return cls._found(resource_name, id, {"account_id": account_id, "zone_id": zone_id}, opts)

    @classmethod
    def _found(
        cls,
        resource_name: str,
        id: pulumi.Input[str],  # noqa: A002 - Pulumi's name for it
        where: dict[str, Any],
        opts: pulumi.ResourceOptions | None,
    ) -> Self:
        if wrong := wrong_options(opts):
            raise run_error(f'{cls.__name__}.get "{resource_name}": {"; ".join(wrong)}')
        found = cls.__new__(cls)
        found._label = resource_name  # noqa: SLF001 - a constructor by another name
        found.is_external = True
        props = cls._outputs() | where
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id))
        found._register(resource_name, props, opts)  # noqa: SLF001 - likewise
        # SDKs newer than the CLI wait for its word on the id, and show a change in every preview.
        given = pulumi.Output.all(found.urn, id).apply(lambda known: str(known[1]))
        found.__dict__["id"] = given
        return found

    @classmethod
    def _outputs(cls) -> dict[str, Any]:
        """Name every output; the SDK gives a resource only those that it was told of."""
        return dict.fromkeys((*cls.lifecycle.facts(), *cls.lifecycle.state.model_fields))

    def _known_to_all(self, field: str, value: Any) -> Any:
        """Leave out what is always secret inside an object: all else of it is shown."""
        paths = (path.partition(".") for path in self.lifecycle.always_secret)
        inside = {inner for name, _, inner in paths if name == field and inner}
        if not inside or not isinstance(value, Mapping):
            return value
        return {name: held for name, held in value.items() if name not in inside}

    @later
    async def _secret_fields(self, values: Mapping[str, Any]) -> list[str] | None:
        secret = [
            name
            for name, value in values.items()
            if await pulumi.Output.from_input(self._known_to_all(name, value)).is_secret()
        ]
        lists = [name for name in secret if isinstance(values[name], (list, tuple, Mapping))]
        if lists:
            warn(
                f"{', '.join(lists)}: one secret value makes Pulumi encrypt the whole list, and "
                "the preview shows none of its changes",
                self,
            )
        return secret or None


def _as_secret(value: Any, inner: str) -> Any:
    """Keep a value secret, or a field inside it; what is known later is secret as a whole."""
    if not inner or not isinstance(value, Mapping):
        return pulumi.Output.secret(value)
    if value.get(inner) is None:
        return value
    return {**value, inner: pulumi.Output.secret(value[inner])}


def _of_run() -> dict[str, Any]:
    """Return what check is told of the run itself."""
    found: dict[str, Any] = {PREVIEW: True} if pulumi.runtime.is_dry_run() else {}
    if (organization := pulumi.get_organization()) != NO_ORGANIZATION:
        found[ORGANIZATION] = organization
    return found


def _of_options(opts: pulumi.ResourceOptions | None) -> dict[str, Any]:
    """Return what check has to know of the options."""
    return {DELETES_FIRST: True} if opts and opts.delete_before_replace else {}


@functools.cache
def _pickled(kind: str) -> str:
    # What the SDK would write, in the one protocol that every Python here has: its own default
    # moves with Python's, and with it the state.
    return base64.b64encode(pickle.dumps(kinds.load(kind), protocol=4)).decode()


def _without_import(
    opts: pulumi.ResourceOptions | None,
) -> tuple[pulumi.ResourceOptions | None, list[str]]:
    if opts is None or opts.import_ is None:
        return opts, []
    rest = pulumi.ResourceOptions.merge(opts, None)
    rest.import_ = None
    return rest, [
        (
            "import_: Pulumi cannot import dynamic resources; take over what exists with "
            'adopt="<id>" (or adopt=True, by its name)'
        )
    ]


def _provider_of(opts: pulumi.ResourceOptions | None) -> pulumi.ProviderResource | None:
    """Return the explicit provider of a resource, its own or its parent's."""
    if opts is None:
        return None
    if opts.provider is not None or opts.parent is None:
        return opts.provider
    return opts.parent._providers.get("pulumi-python")  # noqa: SLF001 - Pulumi has no other way


def _holds_output(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_output, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_holds_output, value))
    return isinstance(value, (pulumi.Output, Awaitable))


def _remember_secrets(value: Any) -> None:
    """Remember every secret value of a declaration, as soon as it is known."""
    if isinstance(value, pulumi.Output):

        async def remember(found: Any) -> Any:
            if await value.is_secret():
                known.remember_declared(found)

        value.apply(remember)
    elif isinstance(value, Mapping):
        # The id and the URN of a resource are no secrets.
        for inner in () if OF in value else value.values():
            _remember_secrets(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _remember_secrets(inner)


# In so many turns of the event loop, what needs no engine is known.
TURNS = 10


@later
async def _secret_words() -> pulumi.Output[list[str]] | None:
    """Return the secret values that the program declares, for the plugin's messages.

    The resource that has one may come later than one whose messages repeat it. No credential is
    among them: Pulumi's own log (`-v=9`) has what it is handed in clear.
    """
    for _ in range(TURNS):
        await asyncio.sleep(0)
    words = known.declared()
    return pulumi.Output.secret(words) if words else None


def _plain(value: Any) -> Any:
    """Write what is not known while the program runs as what is not known."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return UNKNOWN if _holds_output(value) else value


def part_of(
    arguments: Mapping[str, Any], whole: str, accepted: Accepted, *taken: str, dies_with: bool
) -> tuple[dict[str, Any], list[str]]:
    """Refer to the object that a resource is a part of, and take from it what both have.

    `dies_with`: Cloudflare deletes the part with the whole, so that the engine need not. Not for a
    part that refers to other objects: they could be deleted only after the whole, and the engine
    does not know that.

    Returns the constructor's arguments as they are then, and what is wrong with them.
    """
    given, changed = arguments[whole], {**dict.fromkeys(taken), **arguments}
    if isinstance(given, pulumi.Output):
        changed[whole] = given.apply(lambda known: known.id if isinstance(known, Found) else known)
        # What a look-up found says where it is, which an id does not.
        for field in taken:
            if changed[field] is None:
                changed[field] = given.apply(functools.partial(_of_found, field))
        return changed, []
    reference = refer(given, accepted)
    if not isinstance(reference, Mapping):
        return changed, []
    if MISTAKE in reference:
        return {**changed, whole: "-"}, [f"{whole}: {reference[MISTAKE]}"]
    changed |= {field: getattr(given, field, None) for field in taken} | {whole: reference[ID]}
    if isinstance(given, pulumi.CustomResource):
        changed["opts"] = _with_the_whole(given, arguments["opts"], dies_with=dies_with)
    return changed, []


def _with_the_whole(
    whole: pulumi.CustomResource, opts: pulumi.ResourceOptions | None, *, dies_with: bool
) -> pulumi.ResourceOptions:
    """Have a part stay where the whole stays, unless its own options say otherwise."""
    options = pulumi.ResourceOptions(protect=whole._protect)  # noqa: SLF001 - Pulumi has no other way
    if isinstance(whole, Resource) and not whole.is_external:
        options.retain_on_delete = whole.is_retained
        options.deleted_with = whole if dies_with else None
    return pulumi.ResourceOptions.merge(options, opts)


def _texts(value: Any) -> Iterator[str]:
    """Return the plain texts in a declaration."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (Mapping, list, tuple)):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner)


def refers(value: Any) -> bool:
    """Tell whether a declaration may refer to another object: by an Output or by a plain id."""
    if isinstance(value, Mapping):
        return any(map(refers, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(refers, value))
    if isinstance(value, str):
        return is_id(value)
    return isinstance(value, (pulumi.Output, Awaitable, pulumi.Resource, Found))


def _of_found(field: str, known: Any) -> Any:
    return getattr(known, field, None) if isinstance(known, Found) else None


def _key_of(of: Any) -> Any:
    """Return what tells one object from another: a resource, or its id, or what is made of that.

    A plain id is one, too. None: nothing tells it.
    """
    of = id_of(of)
    if isinstance(of, str):
        return of
    return weakref.ref(of) if isinstance(of, pulumi.Output) else None


class Deployment:
    """What one run of a program has declared so far. Several run in one process."""

    _all: ClassVar[weakref.WeakKeyDictionary[Any, Deployment]] = weakref.WeakKeyDictionary()

    def __init__(self) -> None:
        self.program = Program()
        self._adopted: dict[tuple[Any, ...], str] = {}
        self._by_id: dict[str, weakref.ref[Resource]] = {}
        self._unique: dict[tuple[Any, ...], list[tuple[list[Any], str]]] = {}
        self._claimed: set[tuple[type[ResourceLifecycle], str]] = set()
        self._parts: dict[tuple[type[ResourceLifecycle], Any], dict[Any, str]] = {}
        self._told: dict[tuple[str, Any], list[Any]] = {}
        self._counted: collections.Counter[tuple[Any, ...]] = collections.Counter()

    @classmethod
    def current(cls) -> Deployment:
        """Return the one of the program that is running."""
        root = pulumi.runtime.get_root_resource()
        return cls() if root is None else cls._all.setdefault(root, cls())

    def adoption_mistakes(
        self,
        resource: type[Resource],
        name: str,
        declared: Mapping[str, Any],
        provider: pulumi.ProviderResource | None,
    ) -> list[str]:
        """Say that another resource of this program adopts the same object. Known values only."""
        adopt = declared.get(ADOPT)
        if isinstance(adopt, str) and adopt != UNKNOWN:
            self._claimed.add((resource.lifecycle, adopt))
        found_by = resource.lifecycle.adoption_filter(declared)
        wanted = (found_by and found_by[0]) if adopt is True else adopt
        # Another provider's account is another, even where neither resource names its own.
        scope = [str(declared.get(field)) for field in (*SCOPES, "application", "group")]
        if not isinstance(wanted, str) or any(UNKNOWN in text for text in (wanted, *scope)):
            return []
        scope.append(str(provider and provider.pulumi_resource_name))
        first = self._adopted.setdefault((resource, adopt is True, wanted, *scope), name)
        if first == name:
            return []
        return [f'{ADOPT}: "{first}" adopts this object already: one object, one resource']

    def namesake_mistakes(
        self,
        resource: type[Resource],
        name: str,
        declared: Mapping[str, Any],
        provider: pulumi.ProviderResource | None,
    ) -> list[str]:
        """Say that Cloudflare would refuse the second of two. Known values only."""
        scope = [declared.get(field) for field in SCOPES]
        if UNKNOWN in scope:
            return []
        by = provider and provider.pulumi_resource_name
        mistakes: dict[str, str] = {}
        for field, value, words in resource.lifecycle.unique_values(declared):
            if UNKNOWN in value:
                continue
            there = self._unique.setdefault((resource, value, by), [])
            is_everywhere = resource.lifecycle.is_unique_everywhere(value)
            first = next(
                (
                    holder
                    for other, holder in there
                    # Of two accounts, nobody knows whether they are one by two names.
                    if other == scope or (is_everywhere and other[1] != scope[1])
                ),
                name,
            )
            there.append((scope, name))
            if first != name:
                told = (
                    f'{field}: "{first}" has {words} already, and Cloudflare refuses a second one'
                )
                mistakes.setdefault(value, told)
        return [*mistakes.values()]

    def adopts(self, resource: Resource, adopt: Any) -> None:
        """Note that a resource takes over an object that the program names by its id."""
        if isinstance(adopt, str):
            self._by_id.setdefault(adopt, weakref.ref(resource))

    def is_adopted(self, id_: str) -> bool:
        """Return whether a resource takes over the object with this id."""
        return id_ in self._by_id

    def adopted_in(self, declared: Mapping[str, Any]) -> list[pulumi.Input[pulumi.Resource]]:
        """Return the resources that a declaration refers to by the plain id that they adopt."""
        if not self._by_id:
            return []
        held = {text for name, value in declared.items() if name != ADOPT for text in _texts(value)}
        found = [one() for id_, one in self._by_id.items() if id_ in held]
        return [one for one in found if one is not None]

    @later
    async def claimed(self, kind: type[ResourceLifecycle]) -> list[str] | None:
        """Return the ids that other kinds' resources adopt. Asked for when the program has run."""
        return sorted({id_ for by, id_ in self._claimed if by is not kind}) or None

    def parts(self, kind: type[ResourceLifecycle], of: Any) -> dict[Any, str]:
        """Return which resources say something of one object, by what. Add to it.

        Objects are the same that are one resource, or its `id`, or one plain id.
        """
        key = _key_of(of)
        return {} if key is None else self._parts.setdefault((kind, key), {})

    def told(self, about: str, of: Any) -> list[Any]:
        """Return what the program says about one object, for others' inputs. Add to it."""
        key = _key_of(of)
        return [] if key is None else self._told.setdefault((about, key), [])

    def count(self, resource: Resource, declared: Mapping[str, Any]) -> None:
        """Warn of more objects in one account or zone than the default quota. Known scopes only."""
        lifecycle, provider = resource.lifecycle, resource._provider  # noqa: SLF001 - Pulumi's
        scope = [declared.get(field) for field in SCOPES]
        if lifecycle.quota is None or any(isinstance(s, pulumi.Output) for s in scope):
            return
        key = (lifecycle, provider and provider.pulumi_resource_name, *scope)
        self._counted[key] += 1
        if self._counted[key] == lifecycle.quota + 1:

            def say(_: None) -> None:
                place = f"{'zone' if scope[1] else 'account'} {scope[1] or scope[0] or ''}".strip()
                warn(
                    f"{lifecycle.display_name}: this program declares {self._counted[key]} in one "
                    f"{place}, and Cloudflare allows {lifecycle.quota} unless it has agreed to more"
                )

            # Said when the program has run: the count is whole by then.
            pulumi.Output.from_input(None).apply(say)
