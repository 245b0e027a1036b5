"""The plugin process that the engine starts: the call at hand, and messages to users.

Warnings are sent with the engine's Log call and are shown under the resource they are about. Errors
are one line: users see no traceback of ours. The user's own dynamic providers run in the same
process, so nothing global is changed, except while one of our errors is on its way to the engine.
"""

from __future__ import annotations

import functools
import os
import re
import sys
import threading
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import FrameType
from typing import Any, ParamSpec, TypeVar

from pulumi.runtime import rpc

from ..errors import CloudflareError
from ..text.outlet import clean
from ..text.secret_words import known
from ..text.spelling import RESERVED
from .engine_watch import is_engine_gone

P = ParamSpec("P")
R = TypeVar("R")

# An environment variable for developers of this package: if it is set, errors keep tracebacks.
DEBUG = "CLOUDFLARE_ACCESS_DEBUG"


def current_urn() -> str:
    """Return the URN of the resource that the engine's call is about; "" outside of a call.

    The SDK does not pass it to a provider; it is read from a frame of the SDK further up the stack.
    """
    request = _request()
    return str(request.urn) if request is not None else ""


def _request() -> Any:
    return current_operation().request


def _call() -> tuple[Any, Any]:
    """Return the request and gRPC's context of the engine's call; None, None outside of a call."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the SDK passes neither on
    while frame is not None:
        names = frame.f_locals
        request = names.get("request")
        if isinstance(getattr(request, "urn", None), str):
            return request, names.get("context")
        frame = frame.f_back
    return None, None


# One part of a path: `["a key"]`, or a name.
_PART = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|([^.\["\]]+)')


def ignored_entries() -> dict[str, set[str]]:
    """Return, by field, the keys of entries whose changes the program ignores (`ignore_changes`).

    The engine tells the diff of them, and puts the old entries back only after it, for the update.
    """
    entries: dict[str, set[str]] = {}
    for parts in _ignored():
        match parts:
            case [field, key]:
                entries.setdefault(field, set()).add(key)
    return entries


def with_ignored(was: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return a declaration as the engine will send it, with old values for what is ignored.

    :param was: The inputs before.
    :param declared: The inputs now.
    """
    sent = dict(declared)
    for parts in _ignored():
        _put_back(was, sent, parts)
    return sent


def _ignored() -> list[list[str]]:
    return [
        [(key or name).replace(r"\"", '"') for key, name in _PART.findall(path)]
        for path in getattr(_request(), "ignoreChanges", ())
    ]


def _put_back(was: Any, sent: dict[str, Any], parts: list[str]) -> None:
    first, *rest = parts or [""]
    for name in {*was, *sent} if first == "*" else {first}:
        if rest and isinstance(sent.get(name), dict) and isinstance(was.get(name), dict):
            sent[name] = dict(sent[name])
            _put_back(was[name], sent[name], rest)
        elif rest:
            continue
        elif name in was:
            sent[name] = was[name]
        else:
            sent.pop(name, None)


def inputs_in_state(names: Collection[str]) -> dict[str, Any]:
    """Return those of the named inputs that the state has of the resource that is being read."""
    inputs = getattr(_request(), "inputs", None)
    if inputs is None:
        return {}
    return {k: rpc.deserialize_property(inputs[k]) for k in names if k in inputs.fields}


def _restore_reserved(args: tuple[Any, ...]) -> None:
    """Put back the values with reserved names ("__…") that older SDKs (3.216) drop from a request.

    At the top level these are our reserved inputs. Further inside, states that earlier versions
    wrote have such keys, made of names that people chose.
    """
    request = _request()
    if request is None:
        return
    names = ("olds", "news") if hasattr(request, "news") else ("properties",)
    bags = [bag for bag in args if isinstance(bag, dict)]
    for name, bag in zip(names, bags, strict=True):
        _restore(bag, getattr(request, name))


def _restore(read: Any, sent: Any) -> None:
    if isinstance(read, dict) and hasattr(sent, "fields"):
        for key in sent.fields:
            if key.startswith(RESERVED) and key not in read:
                read[key] = rpc.deserialize_property(sent[key], True)  # noqa: FBT003 - the SDK's
            _restore(read.get(key), sent[key])
    elif isinstance(read, list) and len(read) == len(sent):
        for inner, sent_inner in zip(read, sent, strict=True):
            _restore(inner, sent_inner)


# How many calls a plugin process serves at the same time: as many as the client has connections.
WIDTH = 32
CALLS = ("Check", "Diff", "Create", "Read", "Update", "Delete")


def widen() -> None:
    """Let the process serve up to WIDTH calls at the same time; only the pace limits requests.

    The SDK's servicer has four threads and no setting for that, but gRPC uses an attribute of each
    method. Threads are started as they are needed. The user's own dynamic providers run in the same
    process: they were called from four threads before, and may be from more now.
    """
    servicer = getattr(sys.modules["__main__"], "DynamicResourceProviderServicer", None)
    with _widening:
        if servicer is None or hasattr(servicer.Create, "experimental_thread_pool"):
            return
        pool = ThreadPoolExecutor(WIDTH)
        for name in CALLS:
            getattr(servicer, name).experimental_thread_pool = pool


_widening = threading.Lock()


def name_of(urn: str) -> str:
    """Return the resource name at the end of a URN."""
    return urn.rpartition("::")[2]


class Operation:
    """One call of the engine."""

    spent = 0.0
    """The seconds that its requests have taken so far, without waits for the rate limit.

    They count against the deadline.
    """

    def __init__(self) -> None:
        self.request, self._context = _call()
        """The engine's request; None outside of a call."""
        self._after: list[Callable[[], None]] = []

    def is_wanted(self) -> bool:
        """Return whether the engine is alive and still waits for the answer to this call.

        If not, no state would hold what the call creates.
        """
        if is_engine_gone():
            return False
        is_active = getattr(self._context, "is_active", None)
        return is_active is None or bool(is_active())

    def after_answer(self, call: Callable[[], None]) -> None:
        """Run a call when this one is answered, if the engine still waits for the answer then."""
        self._after.append(call)

    def answered(self) -> None:
        """Run what was given to `after_answer`, unless the engine does not wait any more."""
        if self._after and self.is_wanted():
            for call in self._after:
                call()


_operation: ContextVar[Operation] = ContextVar("operation")


def current_operation() -> Operation:
    """Return the engine's call that is being served; outside of any, a new Operation."""
    return _operation.get(None) or Operation()


def keep_secret(*bags: Mapping[str, Any]) -> None:
    """Keep the secret values of a resource, in these inputs or outputs, out of all messages."""
    known.remember_secrets_of(*bags)


def warn(message: str) -> None:
    """Show a warning under the resource that the engine's call is about."""
    _log("WARNING", message)


def say(message: str) -> None:
    """Show a message (severity INFO), such as the progress of something slow, likewise."""
    _log("INFO", message)


# The function that gets messages in the engine's place, outside of a plugin process.
_listener: ContextVar[Callable[[str, str], None] | None] = ContextVar("listener", default=None)


@contextmanager
def heard_by(listener: Callable[[str, str], None]) -> Iterator[None]:
    """Send messages to a function instead of the engine, within a `with` block.

    `listener` gets the severity, "WARNING" or "INFO", and the message.
    """
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)


def _log(severity: str, message: str) -> None:
    urn, message = current_urn(), clean(message)
    if (listener := _listener.get()) is not None:
        listener(severity, message)
        return
    try:
        _engine().Log(_log_request(severity, message, urn))
    except Exception:  # noqa: BLE001 - an engine that hears no warnings must not fail an update
        print(f"{severity.lower()}: {message}", file=sys.stderr)  # noqa: T201


@functools.cache
def _engine() -> Any:
    import grpc  # noqa: PLC0415 - only a plugin process that warns needs it
    from pulumi.runtime.proto import engine_pb2_grpc  # noqa: PLC0415

    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(sys.argv[1]))


def _log_request(severity: str, message: str, urn: str) -> Any:
    from pulumi.runtime.proto import engine_pb2  # noqa: PLC0415

    level = engine_pb2.LogSeverity.Value(severity)
    return engine_pb2.LogRequest(severity=level, message=message, urn=urn)


class _TracebackLimit:
    """Turns `sys.tracebacklimit` off while errors of ours are on their way to the engine."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on_their_way = 0
        self._before: Any = None

    def off(self) -> None:
        with self._lock:
            if not self._on_their_way:
                self._before = getattr(sys, "tracebacklimit", None)
                sys.tracebacklimit = 0
            self._on_their_way += 1

    def on(self) -> None:
        with self._lock:
            self._on_their_way -= 1
            if self._on_their_way:
                return
            if self._before is None:
                del sys.tracebacklimit
            else:
                sys.tracebacklimit = self._before


_limit = _TracebackLimit()


class _Outgoing(Exception):  # noqa: N818 - no class of that name is ever shown
    """An error as the engine shows it: its name and one line.

    The SDK formats it once, with the traceback before the text. So tracebacks are off from the time
    it is made until its text is read.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._pending = True
        _limit.off()

    def _release(self) -> None:
        if self._pending:
            self._pending = False
            _limit.on()

    def __str__(self) -> str:
        self._release()
        return str(self.args[0])

    def __del__(self) -> None:
        self._release()


def _outgoing(name: str, text: str) -> Exception:
    # Classes of "builtins" are shown without their module's name.
    cls: type[_Outgoing] = type(name, (_Outgoing,), {"__module__": "builtins"})
    return cls(text)


def clean_errors(call: Callable[P, R]) -> Callable[P, R]:
    """Wrap a method that the engine calls: it gets all inputs, and raises only one-line errors.

    An unexpected error is shown by its type and place only, as its text could hold secrets. Each
    call is one Operation, and so has one deadline, however many requests it sends.
    """

    def served(*args: P.args, **kwargs: P.kwargs) -> R:
        operation = Operation()
        before = _operation.set(operation)
        try:
            _restore_reserved(args)
            keep_secret(*(bag for bag in args if isinstance(bag, dict)))
            answer = call(*args, **kwargs)
            operation.answered()
        finally:
            _operation.reset(before)
        return answer

    @functools.wraps(call)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if os.environ.get(DEBUG):
            return served(*args, **kwargs)
        try:
            return served(*args, **kwargs)
        except CloudflareError as error:
            error_ = _outgoing(type(error).__name__, str(error))
        except Exception as error:  # noqa: BLE001 - it is named and goes on
            place = traceback.extract_tb(error.__traceback__)[-1]
            error_ = _outgoing(
                "CloudflareError",
                f"a mistake in pulumi-cloudflare-access, please report it: {type(error).__name__} "
                f"at {Path(place.filename).name}:{place.lineno} "
                f"({DEBUG}=1 shows more)",
            )
        try:
            raise error_ from None
        finally:
            # The traceback holds this frame: without this, it would keep the error alive.
            del error_

    return wrapper


def secret(value: Any) -> dict[str, Any]:
    """Mark an output's value so that the engine encrypts it.

    Not needed for an output that has the name of a secret input: the engine encrypts it anyway.
    """
    form = {rpc._special_sig_key: rpc._special_secret_sig}  # noqa: SLF001 - the wire's own words
    return {**form, "value": value}


def plain(value: Any) -> Any:
    """Return the value that `secret` has marked. The engine removes the mark before it sends it."""
    if isinstance(value, dict) and rpc._special_sig_key in value:  # noqa: SLF001 - likewise
        return value.get("value")
    return value
