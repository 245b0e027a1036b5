"""What every constructor does: register the resource, and find mistakes between resources.

What only the program knows (which values are secret, two resources that want the same object) is
passed to the check in reserved inputs, so that it is reported with all other mistakes, in previews
too.
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
from .references import ID, MISTAKE, OF, Accepted, Found, id_of, is_id, note_id, refer, word_for
from .turns import Program, leaves, leaves_of_options

SCOPES = ("account_id", "zone_id")
# What Pulumi calls the organization of stacks that are not in Pulumi Cloud.
NO_ORGANIZATION = "organization"


class Resource(dynamic.Resource):
    """One object at Cloudflare. Subclasses declare the arguments and the outputs."""

    lifecycle: ClassVar[type[ResourceLifecycle]]
    """The class that does check, diff, create, read, update and delete for this kind."""
    secret_outputs: ClassVar[frozenset[str]] = frozenset()
    """The names of the outputs that are always secret."""
    is_external: bool = False
    """Whether it came from `.get`: the stack does not own it."""
    given_type: str | None = None
    """The `type` that the program declares, if it is known before the resource is registered."""
    is_retained: bool | None = None
    """The `retain_on_delete` of its options: whether it stays at Cloudflare when the program drops
    it. None: the options do not say."""

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
        """Register the resource.

        :param arguments: The constructor's arguments; one that is None is not declared.
        :param found_wrong: Messages about mistakes that the constructor has found.
        :param reserved: The values of the kind's `reserved_inputs`.
        :param after: What `Turns.before` has returned: the resources to wait for.
        """
        fields = (*self.lifecycle.facts(), ADOPT, ADOPT_CHANGES)
        given = {k: arguments[k] for k in fields if arguments.get(k) is not None}
        # Here and not only in check: the SDK would drop names that Pulumi reserves.
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
        # What other resources' keys call this object: its name at Cloudflare if that is known.
        self._label = name if isinstance(name, str) else resource_name
        type_ = declared.get("type")
        self.given_type = type_ if isinstance(type_, str) else None
        if others := deployment.adopted_in(declared):
            # They are referred to by plain ids, in which the engine sees no dependency.
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
        """Read an object that exists and that this stack does not own.

        :param resource_name: The name of the resource in the program and in the state.
        :param id: The object's id.
        :param account_id: The id of its account. Default: the one in the settings.
        :param zone_id: The id of its zone, instead of an account.
        :param opts: Pulumi's options for the resource.

        Raises pulumi.RunError for options of the wrong type. An object that does not exist fails
        the preview.
        """
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
        # SDKs newer than the CLI wait for the CLI to tell the id, and show a change in every
        # preview.
        given = pulumi.Output.all(found.urn, id).apply(lambda known: str(known[1]))
        found.__dict__["id"] = given
        return found

    @classmethod
    def _outputs(cls) -> dict[str, Any]:
        """Return every output, as None: the SDK sets only attributes that it was told of."""
        return dict.fromkeys((*cls.lifecycle.facts(), *cls.lifecycle.state.model_fields))

    def _known_to_all(self, field: str, value: Any) -> Any:
        """Return a field's value without the parts of it that are always secret."""
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
    """Make a value secret, or only the field `inner` of it. An Output becomes secret as a whole."""
    if not inner or not isinstance(value, Mapping):
        return pulumi.Output.secret(value)
    if value.get(inner) is None:
        return value
    return {**value, inner: pulumi.Output.secret(value[inner])}


def _of_run() -> dict[str, Any]:
    """Return the reserved inputs that tell check about the run: preview, organization."""
    found: dict[str, Any] = {PREVIEW: True} if pulumi.runtime.is_dry_run() else {}
    if (organization := pulumi.get_organization()) != NO_ORGANIZATION:
        found[ORGANIZATION] = organization
    return found


def _of_options(opts: pulumi.ResourceOptions | None) -> dict[str, Any]:
    """Return the reserved inputs that tell check about the resource's options."""
    return {DELETES_FIRST: True} if opts and opts.delete_before_replace else {}


@functools.cache
def _pickled(kind: str) -> str:
    # The same as the SDK would write, but always in pickle protocol 4: the default protocol
    # depends on the Python version, and would change the state.
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
    """Return the explicit provider of a resource, its own or else its parent's."""
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
    """Remember every secret value of a declaration as soon as it is known, for `known`."""
    if isinstance(value, pulumi.Output):
        # The id and the URN of a resource are no secrets.
        if word_for(value):
            return

        async def remember(found: Any) -> Any:
            if await value.is_secret():
                known.remember_declared(found)

        value.apply(remember)
    elif isinstance(value, Mapping):
        # What a rule says beside its reference may be secret.
        for key, inner in value.items():
            if key != OF:
                _remember_secrets(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _remember_secrets(inner)


# After this many turns of the event loop, every value that needs no engine is known.
TURNS = 10


@later
async def _secret_words() -> pulumi.Output[list[str]] | None:
    """Return the secret values that the program declares, which the plugin keeps out of messages.

    Each resource gets those of all: its messages may repeat a secret of a later one. Credentials
    are not among them: Pulumi's own log (`-v=9`) shows inputs in clear.
    """
    for _ in range(TURNS):
        await asyncio.sleep(0)
    words = known.declared()
    return pulumi.Output.secret(words) if words else None


def _plain(value: Any) -> Any:
    """Return a value with UNKNOWN in place of what is not known while the program runs."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return UNKNOWN if _holds_output(value) else value


def part_of(
    arguments: Mapping[str, Any], whole: str, accepted: Accepted, *taken: str, dies_with: bool
) -> tuple[dict[str, Any], list[str]]:
    """Refer to the object that a resource is a part of, such as the application of a policy.

    :param arguments: The constructor's arguments.
    :param whole: The name of the argument that is the object.
    :param accepted: What that may be.
    :param taken: The arguments that are taken from the object if they are not passed.
    :param dies_with: Whether Cloudflare deletes the part together with the whole, so that the
        engine need not. False for a part that refers to other objects: these could be deleted only
        after the whole, and the engine does not know that.

    Returns the arguments to go on with, and messages about what is wrong with them.
    """
    given, changed = arguments[whole], {**dict.fromkeys(taken), **arguments}
    if isinstance(given, pulumi.Output):
        changed[whole] = given.apply(lambda known: known.id if isinstance(known, Found) else known)
        # A look-up result has these fields; a plain id has not.
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
    """Return a part's options, with `protect` and `retain_on_delete` of the whole as defaults."""
    options = pulumi.ResourceOptions(protect=whole._protect)  # noqa: SLF001 - Pulumi has no other way
    if isinstance(whole, Resource) and not whole.is_external:
        options.retain_on_delete = whole.is_retained
        options.deleted_with = whole if dies_with else None
    return pulumi.ResourceOptions.merge(options, opts)


def _texts(value: Any) -> Iterator[str]:
    """Return all plain texts in a declaration, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (Mapping, list, tuple)):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner)


def refers(value: Any) -> bool:
    """Return whether a declaration may refer to another object, by an Output or a plain id."""
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
    """Return what identifies the object that a resource, its `id` or a plain id refers to.

    None: it cannot be known.
    """
    of = id_of(of)
    if isinstance(of, str):
        return of
    return weakref.ref(of) if isinstance(of, pulumi.Output) else None


class Deployment:
    """What one run of a program has declared so far. One process can run several programs."""

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
        """Return the deployment of the program that is running."""
        root = pulumi.runtime.get_root_resource()
        return cls() if root is None else cls._all.setdefault(root, cls())

    def adoption_mistakes(
        self,
        resource: type[Resource],
        name: str,
        declared: Mapping[str, Any],
        provider: pulumi.ProviderResource | None,
    ) -> list[str]:
        """Return a message if another resource adopts the same object, as far as ids are known."""
        adopt = declared.get(ADOPT)
        if isinstance(adopt, str) and adopt != UNKNOWN:
            self._claimed.add((resource.lifecycle, adopt))
        found_by = resource.lifecycle.adoption_filter(declared)
        wanted = (found_by and found_by[0]) if adopt is True else adopt
        # Two providers count as two accounts, even if no resource names its account.
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
        """Return messages about values that must be unique and that another resource has already.

        Only values that are known while the program runs are compared.
        """
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
                    # If only the accounts differ, they may still be one, named here and not there.
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
        """Note that a resource adopts an object that the program names by id."""
        if isinstance(adopt, str):
            self._by_id.setdefault(adopt, weakref.ref(resource))

    def is_adopted(self, id_: str) -> bool:
        """Return whether a resource adopts the object with this id."""
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
        """Return the ids that resources of other kinds adopt, once the program has run."""
        return sorted({id_ for by, id_ in self._claimed if by is not kind}) or None

    def parts(self, kind: type[ResourceLifecycle], of: Any) -> dict[Any, str]:
        """Return the names of the resources of a kind that are parts of one object.

        They are in a dictionary that the caller adds to, by what each of them is about. A resource,
        its `id` and the same plain id count as the same object.
        """
        key = _key_of(of)
        return {} if key is None else self._parts.setdefault((kind, key), {})

    def told(self, about: str, of: Any) -> list[Any]:
        """Return what the program declares about one object, for inputs of other resources.

        It is in a list that the caller adds to.
        """
        key = _key_of(of)
        return [] if key is None else self._told.setdefault((about, key), [])

    def count(self, resource: Resource, declared: Mapping[str, Any]) -> None:
        """Warn once if a program declares more objects in one place than the default quota.

        Resources whose account or zone is an Output are not counted.
        """
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

            # Said when the program has run: only then is the count complete.
            pulumi.Output.from_input(None).apply(say)
