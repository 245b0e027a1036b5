"""Look-ups: find what exists at Cloudflare already, by id or name, while the program runs.

    staff = cloudflare.get_access_group(name="Staff")
    cloudflare.AccessGroup("engineers", include=[…], require=[rules.group(staff)], …)

Each kind of object has a frozen dataclass (the fields of an answer that people need), a path, and
one `Lookup`, whose four methods are published as `get_…`, `get_…s`, and so on. Look-ups run in the
program's process, in previews too, so they need credentials there: from the stack's config and the
environment, or from the explicit provider in `opts`. A list is read once per deployment, scope and
settings, no matter how many look-ups and threads ask for it; a look-up with `depends_on` reads it
again once those resources are done.
"""

from __future__ import annotations

import asyncio
import dataclasses
import difflib
import json
import sys
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar, Generic, TypeVar

import pulumi

from ..api.pages import Page, Snapshot
from ..engine.collection import Collection, Scope
from ..errors import CloudflareError, DeclarationError, LookUpError, SettingsError
from ..settings import NO_ACCOUNT, Settings
from ..text import outlet, secret_words
from ..text.spelling import as_value
from .explicit_provider import DYNAMIC, Cloudflare
from .references import Found

T = TypeVar("T", bound=Found)
R = TypeVar("R")
Text = pulumi.Input[str]
Asked = Mapping[str, Any]


class Lookup(Generic[T]):
    """The look-ups of one kind of object in an account: one by `id` or exact `name`, or all.

    Every method raises a CloudflareError: LookUpError if not exactly one object is found,
    SettingsError for missing credentials or account, or the error of the request. The `_output`
    methods return at once, and fail later with the same errors.
    """

    def __init__(self, result: type[T], collection: Collection) -> None:
        self._result = result
        self._collection = collection

    def get(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Cloudflare's name for it
        account_id: str | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> T:
        """Find the one object with this name or id; raise LookUpError otherwise.

        :param name: The object's exact name.
        :param id: The object's id.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param opts: Pulumi's options for the look-up; its `provider` says which token to use.
        """
        return self._get({"id": id, "name": name}, {"account_id": account_id}, opts)

    def get_all(
        self, *, account_id: str | None = None, opts: pulumi.InvokeOptions | None = None
    ) -> list[T]:
        """Return all objects, sorted by name.

        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param opts: Pulumi's options for the look-up; its `provider` says which token to use.
        """
        return self._get_all({"account_id": account_id}, opts)

    def get_output(
        self,
        *,
        name: Text | None = None,
        id: Text | None = None,  # noqa: A002 - Cloudflare's name for it
        account_id: Text | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> pulumi.Output[T]:
        """Find the one object with this name or id, once the arguments are known.

        :param name: The object's exact name.
        :param id: The object's id.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param opts: Pulumi's options for the look-up; its `provider` says which token to use.
        """
        return self._get_output({"id": id, "name": name}, {"account_id": account_id}, opts)

    def get_all_output(
        self, *, account_id: Text | None = None, opts: pulumi.InvokeOptions | None = None
    ) -> pulumi.Output[list[T]]:
        """Return all objects, sorted by name, once the account is known.

        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param opts: Pulumi's options for the look-up; its `provider` says which token to use.
        """
        return self._get_all_output({"account_id": account_id}, opts)

    # ------------------------------------------------------- what the four methods have in common

    def _get(self, asked: Asked, scope: Asked, opts: pulumi.InvokeOptions | None) -> T:
        with _from_the_line(_line()):
            _refuse_outputs({**asked, **scope})
            return self._one(asked, self._everything(_settings(opts), scope))

    def _get_all(
        self, scope: Asked, opts: pulumi.InvokeOptions | None, only: Asked | None = None
    ) -> list[T]:
        with _from_the_line(_line()):
            _refuse_outputs({**(only or {}), **scope})
            return self._all(only or {}, self._everything(_settings(opts), scope))

    def _get_output(
        self, asked: Asked, scope: Asked, opts: pulumi.InvokeOptions | None
    ) -> pulumi.Output[T]:
        return _later(
            lambda asked, scope, settings, anew: self._one(
                asked, self._everything(settings, scope, anew=anew)
            ),
            asked,
            scope,
            opts,
        )

    def _get_all_output(
        self, scope: Asked, opts: pulumi.InvokeOptions | None, only: Asked | None = None
    ) -> pulumi.Output[list[T]]:
        return _later(
            lambda only, scope, settings, anew: self._all(
                only, self._everything(settings, scope, anew=anew)
            ),
            only or {},
            scope,
            opts,
        )

    def _everything(self, settings: Settings, scope: Asked, *, anew: bool = False) -> Listed:
        # Reading them raises if there are no credentials: say so before the account is missed.
        _ = settings.headers
        where, kind = _scope(scope, settings), self._collection
        path, query = kind.path_in(where), kind.query_in(where)

        def read() -> Iterator[Page]:
            from ..api.client import client_for  # noqa: PLC0415 - only look-ups need HTTP

            client = client_for(settings, outlet.warn, outlet.say)
            return client.pages(
                path,
                per_page=kind.per_page,
                permission=kind.permission,
                id_field=kind.id_field,
                **query,
            )

        key = (settings, path, *query.items())
        answers = _Lists.current().of(key, read, anew=anew).objects()
        return self.listed(where, answers)

    def listed(self, where: Scope, answers: Iterable[Mapping[str, Any]]) -> Listed:
        """Return the objects of a list, each brought into one form by `understood`."""
        return Listed(where, list(map(self.understood, answers)))

    def _all(self, only: Asked, listed: Listed) -> list[T]:
        given = {by: as_value(value) for by, value in only.items() if value is not None}
        found = [
            _read(self._result, answer, listed.where)
            for answer in listed.answers
            if all(answer.get(by) == wanted for by, wanted in given.items())
        ]
        return sorted(found, key=lambda one: (one.name, one.id))

    def _one(self, asked: Asked, listed: Listed) -> T:
        given = {by: value for by, value in asked.items() if value is not None}
        if len(given) != 1:
            raise DeclarationError(f"look up one {self._kind} by exactly one of {', '.join(asked)}")
        [(by, wanted)] = given.items()
        answer = self.choose(listed, as_value(wanted), by)
        for concern in self.concerns(answer):
            outlet.warn(concern)
        return _read(self._result, answer, listed.where)

    def choose(
        self, listed: Listed, wanted: str, *by: str, remedy: str = "pass id=, one of"
    ) -> Mapping[str, Any]:
        """Return the one object whose field `by` (or one of several) has the value `wanted`.

        Raises LookUpError if there is not exactly one.

        :param remedy: What the message says before the ids, if several objects have the value.
        """
        has = f'the {" or ".join(by)} "{wanted}" in {listed.where}'
        found = [answer for answer in listed.answers if wanted in map(answer.get, by)]
        if not found:
            known = [answer.get(name) for name in by for answer in listed.answers]
            near = _nearest(wanted, known, len(listed.answers))
            raise LookUpError(f"no {self._kind} has {has}{near}")
        if len(found) > 1:
            ones = ", ".join(sorted(f"{answer['id']}{self.apart(answer)}" for answer in found))
            raise LookUpError(
                f"{len(found)} have {has}, and only one {self._kind} can be meant: {remedy} {ones}"
            )
        return found[0]

    @property
    def _kind(self) -> str:
        return self._result.referred.what.partition(" ")[2]

    # -------------------------------------------------------------- what some kinds do otherwise

    def understood(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return an answer in one form, for kinds of which the API answers in several."""
        return answer

    def apart(self, answer: Mapping[str, Any]) -> str:  # noqa: ARG002 - for kinds that have more
        """Return what a message adds to an id so that people can tell objects of one name apart."""
        return ""

    def concerns(self, answer: Mapping[str, Any]) -> Iterable[str]:  # noqa: ARG002 - likewise
        """Return warnings about an object that was looked up, of which few people are aware."""
        return ()


class ScopedLookup(Lookup[T]):
    """The look-ups of one kind of object, in an account or in a zone."""

    def get(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Cloudflare's name for it
        account_id: str | None = None,
        zone_id: str | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> T:
        """Find the one object with this name or id; raise LookUpError otherwise.

        :param name: The object's exact name.
        :param id: The object's id.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param zone_id: The id of the zone to look in, instead of an account.
        :param opts: Pulumi's options for the look-up; its `provider` says which token to use.
        """
        return self._get({"id": id, "name": name}, _either(account_id, zone_id), opts)

    def get_all(
        self,
        *,
        account_id: str | None = None,
        zone_id: str | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> list[T]:
        """Return all objects, sorted by name.

        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param zone_id: The id of the zone to look in, instead of an account.
        :param opts: Pulumi's options for the look-up; its `provider` says which token to use.
        """
        return self._get_all(_either(account_id, zone_id), opts)

    def get_output(
        self,
        *,
        name: Text | None = None,
        id: Text | None = None,  # noqa: A002 - Cloudflare's name for it
        account_id: Text | None = None,
        zone_id: Text | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> pulumi.Output[T]:
        """Find the one object with this name or id, once the arguments are known.

        :param name: The object's exact name.
        :param id: The object's id.
        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param zone_id: The id of the zone to look in, instead of an account.
        :param opts: Pulumi's options for the look-up; its `provider` says which token to use.
        """
        return self._get_output({"id": id, "name": name}, _either(account_id, zone_id), opts)

    def get_all_output(
        self,
        *,
        account_id: Text | None = None,
        zone_id: Text | None = None,
        opts: pulumi.InvokeOptions | None = None,
    ) -> pulumi.Output[list[T]]:
        """Return all objects, sorted by name, once the account or zone is known.

        :param account_id: The id of the account to look in. Default: the one in the settings.
        :param zone_id: The id of the zone to look in, instead of an account.
        :param opts: Pulumi's options for the look-up; its `provider` says which token to use.
        """
        return self._get_all_output(_either(account_id, zone_id), opts)


@dataclasses.dataclass(frozen=True)
class Listed:
    """All objects of one kind in one account or zone, as the API listed them."""

    where: Scope
    answers: Sequence[Mapping[str, Any]]


class _Lists:
    """The lists that one run of a program has read. One process can run several programs."""

    _all: ClassVar[weakref.WeakKeyDictionary[Any, _Lists]] = weakref.WeakKeyDictionary()
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self) -> None:
        self._snapshots: dict[Any, Snapshot] = {}

    @classmethod
    def current(cls) -> _Lists:
        root = pulumi.runtime.get_root_resource()
        if root is not None:
            with cls._lock:
                return cls._all.setdefault(root, cls())
        # In a thread that the program started itself, Pulumi does not say which run this is, and
        # the lists of another run may be old.
        return cls()

    def of(self, key: Any, read: Callable[[], Iterator[Page]], *, anew: bool) -> Snapshot:
        with self._lock:
            if anew or key not in self._snapshots:
                self._snapshots[key] = Snapshot(read)
            return self._snapshots[key]


def _read(result: type[T], answer: Mapping[str, Any], where: Scope) -> T:
    """Make a result of an answer. Fields that the answer lacks get their default."""
    kept = {
        name: _settled(answer[name], result.in_order, name)
        for name in (field.name for field in dataclasses.fields(result))
        if answer.get(name) is not None
    }
    return result(**{**kept, "account_id": None, "zone_id": None, where.field: where.id})


def _settled(value: Any, in_order: frozenset[str], path: str) -> Any:
    """Return a value with its lists sorted and its secret fields left out.

    The API returns most lists in any order, so exports would change in every preview. Lists whose
    path is in `in_order` keep theirs.
    """
    if isinstance(value, Mapping):
        return {
            key: _settled(inner, in_order, f"{path}.{key}")
            for key, inner in value.items()
            if key not in secret_words.SECRET_FIELDS
        }
    if isinstance(value, list):
        items = [_settled(item, in_order, path) for item in value]
        if path in in_order:
            return items
        return sorted(items, key=lambda one: json.dumps(one, sort_keys=True))
    return value


def _nearest(wanted: str, known: Sequence[str | None], of: int) -> str:
    if not of:
        return ", which has none at all"
    spelt = {one.lower(): one for one in known if one}
    close = difflib.get_close_matches(wanted.lower(), spelt, n=3, cutoff=0.6)
    if not close:
        return f", and none of its {of} has one like it"
    return "; the nearest: " + ", ".join(f'"{spelt[one]}"' for one in close)


# ---------------------------------------------------------- the account or zone, and the settings


def _either(account_id: Any, zone_id: Any) -> Asked:
    return {"account_id": account_id, "zone_id": zone_id}


def _scope(asked: Asked, settings: Settings) -> Scope:
    given = [
        Scope(field.removesuffix("_id"), str(id_))
        for field, id_ in asked.items()
        if id_ is not None
    ]
    if len(given) > 1:
        raise DeclarationError(f"{' or '.join(asked)}, not both")
    if given and not given[0].id:
        raise DeclarationError(f"{given[0].field} is empty")
    if not given and not settings.account_id:
        raise SettingsError(NO_ACCOUNT)
    return given[0] if given else Scope("account", str(settings.account_id))


def _provider(opts: pulumi.InvokeOptions | None) -> Cloudflare | None:
    """Return the explicit provider in the options, or else the one of the parent.

    Raises DeclarationError if it is not a `Cloudflare`.
    """
    provider = opts.provider if opts else None
    if provider is None and opts and opts.parent:
        provider = opts.parent.get_provider(DYNAMIC)
    if provider is not None and not isinstance(provider, Cloudflare):
        raise DeclarationError(
            "look-ups run in the program, which cannot read the settings of such a provider: make "
            "it with Cloudflare(…)"
        )
    return provider


def _from_the_stack(key: str) -> str | None:
    namespace, _, name = key.partition(":")
    return pulumi.Config(namespace).get(name)


def _settings(opts: pulumi.InvokeOptions | None) -> Settings:
    """Read the settings now. Raises SettingsError if one of them is an Output."""
    provider = _provider(opts)
    if provider is None:
        return Settings.read(_from_the_stack)

    def config(key: str) -> Any:
        value = provider.given.get(key)
        if value is None or isinstance(value, str):
            return value
        argument = "api_token" if key == "cloudflare:apiToken" else "account_id"
        told = ", or give the provider api_token_env=" if argument == "api_token" else ""
        raise SettingsError(
            f'{argument} of the provider "{provider.pulumi_resource_name}" is an Output, known '
            f"later: use the look-up whose name ends in _output{told}"
        )

    return Settings.read(config)


def _refuse_outputs(asked: Asked) -> None:
    for name, value in asked.items():
        if value is not None and not isinstance(value, str):
            raise DeclarationError(
                f"{name} must be a string; for an Output use the look-up whose name ends in _output"
            )


def _later(
    work: Callable[[Asked, Asked, Settings, bool], R],
    asked: Asked,
    scope: Asked,
    opts: pulumi.InvokeOptions | None,
) -> pulumi.Output[R]:
    """Do a look-up once everything it needs is known; in a preview, that may never be.

    `work` gets the arguments, the scope, the settings, and whether to read the list again.
    """
    line = _line()
    with _from_the_line(line):
        provider = _provider(opts)
        settings = None if provider else Settings.read(_from_the_stack)
    # The token is secret; that does not make what is read with it secret.
    given: dict[str, Any] = {
        key: pulumi.Output.unsecret(pulumi.Output.from_input(value))
        for key, value in (provider.given.items() if provider else ())
    }
    after = pulumi.Output.from_input(getattr(opts, "depends_on", None)).apply(_known)

    async def look_up(known: Mapping[str, Any]) -> R:
        for name, value in asked.items():
            if isinstance(value, pulumi.Output) and await value.is_secret():
                secret_words.known.remember(known["asked"].get(name))
        with _from_the_line(line):
            return await asyncio.to_thread(
                work,
                known["asked"],
                known["scope"],
                settings or Settings.read(known["given"].get),
                known["after"] is not None,
            )

    return pulumi.Output.all(asked=asked, scope=scope, given=given, after=after).apply(look_up)


def _line() -> str:
    """Return the file and line of the program that called, for messages; "" if Pulumi called."""
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - Python has no other way
    while frame and _is_of(frame, __package__):
        frame = frame.f_back
    if frame is None or _is_of(frame, "pulumi"):
        return ""
    return f" ({Path(frame.f_code.co_filename).name}:{frame.f_lineno})"


def _is_of(frame: FrameType, package: str) -> bool:
    name = str(frame.f_globals.get("__name__"))
    return name == package or name.startswith(f"{package}.")


@contextmanager
def _from_the_line(line: str) -> Iterator[None]:
    """Make an error name the line, and be one that Pulumi shows without a traceback."""
    try:
        yield
    except CloudflareError as error:
        error.place = line
        if not isinstance(error, pulumi.RunError):
            error.__class__ = _without_traceback(type(error))
        raise


def _without_traceback(kind: type[CloudflareError]) -> type[CloudflareError]:
    """Return the class of an error as a subclass of pulumi.RunError, which Pulumi shows in a line.

    It is made here and not in `errors`, so that commands need not import pulumi.
    """
    return type(kind.__name__, (kind, pulumi.RunError), {"__module__": kind.__module__})


def _known(depends_on: Any) -> pulumi.Output[Any] | None:
    """Return an Output that is known once these resources are made; None for None.

    It is unknown in the preview in which they are to be created.
    """
    if depends_on is None:
        return None
    resources = depends_on if isinstance(depends_on, (list, tuple)) else [depends_on]
    return pulumi.Output.all(*(getattr(one, "id", one.urn) for one in resources))
