"""Pulumi's engine, as far as programs and providers see it, in the test's own process.

Programs, constructors, the SDK and the providers are the real ones; what the engine does is done
here as Pulumi's does it (pkg/resource/deploy): create, same, update or replace, and deletions in
layers, what depends on something before that, and what does not depend on each other in any order.
Each operation is a process that knows nothing of the others'. Time is virtual, and costs nothing.
"""

from __future__ import annotations

import asyncio
import base64
import contextvars
import functools
import pickle
import random
import sys
import threading
import time
from concurrent import futures
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import grpc
import httpx
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, resource_pb2
from pulumi.runtime.settings import configure
from pulumi.runtime.stack import run_in_stack
from pulumi.runtime.sync_await import _sync_await

from harness import fresh
from harness.clock import VirtualTime
from pulumi_cloudflare_access.api.clock import Clock
from pulumi_cloudflare_access.process import plugin

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from pulumi_cloudflare_access import LocalCloudflare

PROJECT, STACK = "test", "dev"
PROVIDER = "__provider"
UNKNOWN = rpc.UNKNOWN
_STACK = f"urn:pulumi:{STACK}::{PROJECT}::pulumi:pulumi:Stack::"
# Seconds without a new request, after which those that wait are all that there are.
QUIET = 0.0005
# Seconds, of the run's own time, that a request takes at most.
SLOWEST = 0.3
# Seconds, after which a program that is still running waits for itself.
LONGEST = 60.0
# How much faster time goes where several threads wait, some of them for each other.
FASTER = 200


class CheckFailed(Exception):  # noqa: N818 - a test reads `raises(CheckFailed)`
    """A program that a preview refuses, with the reasons that the engine would print."""


class RunFailed(Exception):  # noqa: N818 - a test reads `raises(RunFailed)`
    """An operation that ended in errors."""


@dataclass(frozen=True)
class Kept:
    """What the state has of a resource. A component has no kind."""

    urn: str
    kind: str = ""
    id: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    depends_on: frozenset[str] = frozenset()
    parent: str = ""
    deleted_with: str = ""
    protect: bool = False
    retain: bool = False
    external: bool = False

    @property
    def name(self) -> str:
        """The resource's own name."""
        return self.urn.rpartition("::")[2]

    def below(self) -> set[str]:
        """Return what it needs to be there."""
        return {*self.depends_on, self.parent, self.deleted_with} - {"", self.urn}


class Engine:
    """A stack. `choose` decides what Pulumi's engine leaves to chance.

    `parallel` is how many deletions are under way at a time; `watch` is called after each write.
    With several of them, time is real and `faster` than on the wall.
    """

    faster = FASTER

    def __init__(
        self,
        cloudflare: LocalCloudflare,
        choose: random.Random,
        *,
        parallel: int = 1,
        watch: Callable[[httpx.Request], object] = lambda _: None,
    ) -> None:
        self.cloudflare = cloudflare
        self.choose = choose
        self.parallel = parallel
        self.watch = watch
        self.state: dict[str, Kept] = {}
        self.replaced: list[Kept] = []
        """What something else has taken the place of, and is still to be deleted."""
        self.did: dict[str, str] = {}
        """What the last operation did, by resource name."""
        self.warnings: list[tuple[str, str]] = []
        """What the last operation warned of: resource name and text."""
        self.slept = 0.0
        """How many seconds of virtual time the last operation took."""

    def preview(self, program: Callable[[], object]) -> None:
        """Run a program without doing anything. Raises CheckFailed."""
        with _Process(self, is_preview=True) as process:
            process.run(program)

    def up(self, program: Callable[[], object], *, target: Collection[str] | None = None) -> None:
        """Run a program, or of it what has these names. Raises CheckFailed or RunFailed."""
        with _Process(self, target=target) as process:
            process.run(program)
            if target is not None:
                return
            gone = [kept for urn, kept in self.state.items() if urn not in process.registered]
            process.delete([*gone, *self.replaced])

    def destroy(self, *, target: Iterable[str] | None = None) -> None:
        """Delete everything, or what has these names and what depends on it. Raises RunFailed."""
        going = [*self.state.values()]
        if target is not None:
            urns = {kept.urn for kept in going if kept.name in {*target}}
            below = _everything_below(going)
            going = [kept for kept in going if urns & {kept.urn, *below(kept.urn)}]
        with _Process(self) as process:
            process.delete([*going, *self.replaced])

    def refresh(self) -> dict[str, list[str]]:
        """Read everything; return the warnings by resource name."""
        with _Process(self) as process:
            for urn, kept in list(self.state.items()):
                if kept.kind and not kept.external:
                    process.read(urn, kept)
        told: dict[str, list[str]] = {}
        for name, text in self.warnings:
            told.setdefault(name, []).append(text)
        return told

    def names(self) -> list[str]:
        """Return the names of the objects that the state has."""
        return sorted(kept.name for kept in self.state.values() if kept.kind)

    def kept(self, name: str) -> Kept:
        """Return what the state has of a resource."""
        return next(kept for kept in self.state.values() if kept.name == name)

    def enter(self, kept: Kept) -> None:
        """Put a resource into the state."""
        self.state[kept.urn] = kept

    def leave(self, kept: Kept) -> None:
        """Take what has been deleted out of the state."""
        if any(kept is one for one in self.replaced):
            self.replaced = [one for one in self.replaced if one is not kept]
        else:
            del self.state[kept.urn]


def layers(going: Sequence[Kept], everything: Iterable[Kept]) -> list[list[Kept]]:
    """Return what may be deleted at a time, as `ScheduleDeletes` of the engine does."""
    below = _everything_below(everything)
    chains: list[list[Kept]] = []
    left = list(going)
    while left:
        urns = {kept.urn for kept in left}
        chain = [kept for kept in left if not below(kept.urn) & urns - {kept.urn}]
        assert chain, f"a circle among {sorted(urns)}"
        chains.append(chain)
        left = [kept for kept in left if kept not in chain]
    return chains[::-1]


def _everything_below(everything: Iterable[Kept]) -> Callable[[str], frozenset[str]]:
    direct: dict[str, set[str]] = {}
    for kept in everything:
        direct.setdefault(kept.urn, set()).update(kept.below())

    @functools.cache
    def below(urn: str) -> frozenset[str]:
        return frozenset().union(*({one, *below(one)} for one in direct.get(urn, ())))

    return below


class _Process(mocks.MockMonitor):
    """One operation: a plugin process and, for a program, the resource monitor."""

    def __init__(
        self, engine: Engine, *, is_preview: bool = False, target: Collection[str] | None = None
    ) -> None:
        super().__init__(_Nothing())
        self._target = target
        self.registered: set[str] = set()
        self._engine = engine
        self._is_preview = is_preview
        clock = VirtualTime(follow=engine.cloudflare.clock.advance).clock
        if engine.parallel > 1:
            clock = _hasty(engine.faster)
        self._now, self._began = clock.now, clock.now()
        wire = _Wire(engine, clock)
        self._plugin = fresh.Run(engine.cloudflare, wire, clock)
        self._waiting: list[_Request] = []
        self._newest = time.monotonic()
        self._arrived = threading.Condition()
        self._errors: list[Exception] = []
        self._is_over = False
        engine.did, engine.warnings = {}, []

    def __enter__(self) -> Self:
        self._before = sys.argv
        # As the engine starts a plugin.
        sys.argv = ["plugin", _log().address]
        plugin._engine.cache_clear()  # noqa: SLF001 - it is a process of its own
        _log().hear = self._hear
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.slept = self._now() - self._began
        sys.argv = self._before
        plugin._engine.cache_clear()  # noqa: SLF001 - other tests have other engines, or none
        self._plugin.close()

    def _hear(self, urn: str, text: str) -> None:
        self._engine.warnings.append((urn.rpartition("::")[2], text))

    # ----------------------------------------------------------------------------- a program

    def run(self, program: Callable[[], object]) -> None:
        """Run a program. Raises CheckFailed or RunFailed."""
        contextvars.Context().run(self._run, program)

    def _run(self, program: Callable[[], object]) -> None:
        features: set[Any] = {*self.GetDeploymentInfo(None).supportedFeatures}  # type: ignore[no-untyped-call]
        settings: Any = mocks.MockSettings
        configure(
            settings(
                monitor=self,
                monitor_features=features,
                engine=_log(),
                project=PROJECT,
                stack=STACK,
                dry_run=self._is_preview,
                organization="organization",
                callbacks=None,
            )
        )
        done = threading.Event()
        dispatcher = threading.Thread(target=self._dispatch, args=(done,))
        dispatcher.start()

        def body() -> None:
            program()

        try:
            _sync_await(asyncio.wait_for(run_in_stack(body), LONGEST))
        except Exception as error:  # noqa: BLE001 - what has failed here is told, not what followed
            raise (self._errors[0] if self._errors else error) from None
        finally:
            done.set()
            dispatcher.join()
            self._end()

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """Return a URN as the engine writes it, which leaves the stack out."""
        return super().make_urn("" if parent.startswith(_STACK) else parent, type_, name)

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        """Wait until it is this request's turn, which is chance among all that wait."""
        if request.type == "pulumi:pulumi:Stack":
            urn = self.make_urn("", request.type, request.name)
            return resource_pb2.RegisterResourceResponse(urn=urn)
        return self._in_turn(lambda: self._registered(request))

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        """Read what the stack does not own."""
        return self._in_turn(lambda: self._found(request))

    def _in_turn(self, work: Callable[[], Any]) -> Any:
        one = _Request(work)
        with self._arrived:
            if self._is_over:
                # What a program that has failed still had on its way.
                raise RunFailed("the run is over")
            self._waiting.append(one)
            self._newest = time.monotonic()
            self._arrived.notify()
        one.done.wait()
        if one.error is not None:
            raise one.error
        return one.answer

    def _end(self) -> None:
        """Let nobody wait for a turn that does not come."""
        with self._arrived:
            self._is_over = True
            for one in self._waiting:
                one.error = RunFailed("the run is over")
                one.done.set()

    def _dispatch(self, done: threading.Event) -> None:
        while not done.is_set():
            with self._arrived:
                while not self._waiting and not done.is_set():
                    self._arrived.wait(QUIET)
                while time.monotonic() - self._newest < QUIET:
                    self._arrived.wait(QUIET)
                if not self._waiting:
                    continue
                turn = self._engine.choose.randrange(len(self._waiting))
                one = self._waiting.pop(turn)
            if self._errors:
                # The engine makes nothing more once something has failed.
                one.error = RunFailed("the run has failed already")
            else:
                try:
                    one.answer = one.work()
                except Exception as error:  # noqa: BLE001 - it is the program's
                    one.error = error
                    self._errors.append(error)
            self._newest = time.monotonic()
            one.done.set()

    def _registered(self, request: Any) -> Any:
        urn = self.make_urn(request.parent, request.type, request.name)
        assert urn not in self.registered, f"{urn} is there twice"
        self.registered.add(urn)
        options: dict[str, Any] = {
            "depends_on": frozenset(request.dependencies),
            "parent": request.parent,
            "deleted_with": request.deletedWith,
            "protect": request.protect,
            "retain": request.retainOnDelete,
        }
        if not request.custom:
            self._engine.enter(Kept(urn, **options))
            return resource_pb2.RegisterResourceResponse(urn=urn)
        was = self._was(urn, request)
        if was and self._target is not None and was.name not in self._target:
            answer = _struct({**was.outputs, PROVIDER: was.inputs.get(PROVIDER, "")})
            return resource_pb2.RegisterResourceResponse(urn=urn, id=was.id, object=answer)
        news = _plain(json_format.MessageToDict(request.object))
        kind = pickle.loads(base64.b64decode(news[PROVIDER])).kind  # noqa: S301 - our own
        kept = self._up(urn, kind, news, was, before=request.deleteBeforeReplace)
        kept = replace(kept, urn=urn, **options)
        if not self._is_preview:
            self._engine.enter(kept)
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=kept.id, object=_struct({**kept.outputs, PROVIDER: news[PROVIDER]})
        )

    def _was(self, urn: str, request: Any) -> Kept | None:
        """Return what the state has of a resource, be it by another name."""
        was = self._engine.state.get(urn)
        for alias in request.aliases:
            old = alias.urn or f"{urn.rpartition('::')[0]}::{alias.spec.name}"
            if was is None and old in self._engine.state:
                was = self._engine.state[old]
                if not self._is_preview:
                    del self._engine.state[old]
        return was

    def _up(
        self, urn: str, kind: str, news: dict[str, Any], was: Kept | None, *, before: bool
    ) -> Kept:
        inputs = self._check(urn, kind, news, was.inputs if was else {})
        if was is None:
            return self._create(urn, kind, inputs)
        diff = self._call(kind, "diff", urn, was.id, was.outputs, inputs)
        if diff.replaces:
            inputs = self._check(urn, kind, news, {})
            if before and not self._is_preview:
                self._delete_one(was, {urn})
            new = self._create(urn, kind, inputs)
            if not before and not self._is_preview:
                self._engine.replaced.append(was)
            self._engine.did[was.name] = "replace"
            return new
        if diff.changes is False or (diff.changes is None and inputs == was.inputs):
            self._engine.did[was.name] = "same"
            return replace(was, inputs=inputs)
        self._engine.did[was.name] = "update"
        if self._is_preview:
            return replace(was, inputs=inputs, outputs={**was.outputs, **inputs})
        found = self._call(kind, "update", urn, was.id, was.outputs, inputs)
        return replace(was, inputs=inputs, outputs=_through_struct(found.outs))

    def _check(
        self, urn: str, kind: str, news: dict[str, Any], olds: Mapping[str, Any]
    ) -> dict[str, Any]:
        checked = self._call(kind, "check", urn, dict(olds), dict(news))
        if checked.failures:
            reasons = "; ".join(failure.reason for failure in checked.failures)
            raise CheckFailed(f"{urn.rpartition('::')[2]}: {reasons}")
        inputs = _through_struct(checked.inputs)
        inputs.pop(PROVIDER, None)
        return inputs

    def _create(self, urn: str, kind: str, inputs: dict[str, Any]) -> Kept:
        self._engine.did[urn.rpartition("::")[2]] = "create"
        if self._is_preview:
            return Kept(urn, kind, "", inputs, inputs)
        made = self._call(kind, "create", urn, dict(inputs))
        return Kept(urn, kind, made.id, inputs, _through_struct(made.outs))

    def _found(self, request: Any) -> Any:
        urn = self.make_urn(request.parent, request.type, request.name)
        self.registered.add(urn)
        props = _plain(json_format.MessageToDict(request.properties))
        kind = pickle.loads(base64.b64decode(props[PROVIDER])).kind  # noqa: S301 - our own
        found = self._call(kind, "read", urn, request.id, props)
        outputs = _through_struct(found.outs)
        depends_on = frozenset(request.dependencies)
        self._engine.enter(
            Kept(urn, kind, found.id, {}, outputs, depends_on, request.parent, external=True)
        )
        return resource_pb2.ReadResourceResponse(urn=urn, properties=_struct(outputs))

    # ------------------------------------------------------------------------ what is there

    def read(self, urn: str, kept: Kept) -> None:
        """Refresh one resource."""
        found = self._call(kept.kind, "read", urn, kept.id, kept.outputs, inputs=kept.inputs)
        if not found.id:
            self._engine.leave(kept)
            return
        inputs = kept.inputs if found.inputs is None else _through_struct(found.inputs)
        inputs.pop(PROVIDER, None)
        self._engine.enter(replace(kept, inputs=inputs, outputs=_through_struct(found.outs)))

    def delete(self, going: list[Kept]) -> None:
        """Delete resources in an order that the engine may choose. Raises RunFailed."""
        if protected := [kept.name for kept in going if kept.protect]:
            raise RunFailed(f"protected: {protected}")
        urns = {kept.urn for kept in going}
        for layer in layers(going, [*self._engine.state.values(), *self._engine.replaced]):
            self._engine.choose.shuffle(layer)
            errors: list[Exception] = []

            def work(kept: Kept, errors: list[Exception] = errors) -> None:
                try:
                    self._delete_one(kept, urns)
                except Exception as error:  # noqa: BLE001 - the others of the layer go on
                    errors.append(error)

            if self._engine.parallel == 1:
                for kept in layer:
                    if not errors:
                        work(kept)
            else:
                with futures.ThreadPoolExecutor(self._engine.parallel) as pool:
                    list(pool.map(work, layer))
            if errors:
                raise RunFailed("\n".join(map(str, errors)))

    def _delete_one(self, kept: Kept, going: set[str]) -> None:
        is_noop = not kept.kind or kept.external or kept.retain or kept.deleted_with in going
        if not is_noop:
            self._call(kept.kind, "delete", kept.urn, kept.id, kept.outputs)
        self._engine.did[kept.name] = "delete"
        self._engine.leave(kept)

    def _call(
        self,
        kind: str,
        call: str,
        urn: str,
        *arguments: Any,
        inputs: Mapping[str, Any] | None = None,
    ) -> Any:
        copied = [dict(one) if isinstance(one, dict) else one for one in arguments]
        return fresh.served(urn, self._plugin.provider(kind), call, *copied, inputs=inputs)


class _Request:
    """What a program asks of the engine, and its answer."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.done = threading.Event()
        self.answer: Any = None
        self.error: Exception | None = None


class _Wire(httpx.BaseTransport):
    """The way to a local Cloudflare without a socket. Each request takes some virtual time."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._wsgi = httpx.WSGITransport(app=engine.cloudflare.app)
        self._clock = clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        self._clock.sleep(self._engine.choose.uniform(0.0, SLOWEST))
        response = self._wsgi.handle_request(request)
        if request.method != "GET":
            self._engine.watch(request)
        return response


def _hasty(times: float) -> Clock:
    return Clock(
        now=lambda: time.time() * times,
        ticks=lambda: time.monotonic() * times,
        sleep=lambda seconds: time.sleep(seconds / times),
    )


class _Log(engine_pb2_grpc.EngineServicer):
    """The part of the engine that programs and plugins call: its log."""

    hear: Callable[[str, str], None]

    def __init__(self) -> None:
        self._server = grpc.server(futures.ThreadPoolExecutor(1))
        engine_pb2_grpc.add_EngineServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def Log(self, request: Any, context: Any = None) -> Any:  # noqa: ARG002, N802 - gRPC's names
        if request.severity == engine_pb2.WARNING:
            self.hear(request.urn, request.message)
        return empty_pb2.Empty()


@functools.cache
def _log() -> _Log:
    """Return the one log there is: who hears it changes."""
    return _Log()


class _Nothing(mocks.Mocks):
    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        raise AssertionError(args)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(args)


def _plain(value: Any) -> Any:
    """Take secrets out of their wrapping, as the engine does for a plugin that does not know it."""
    if isinstance(value, dict):
        if rpc._special_sig_key in value:  # noqa: SLF001 - the wire's own word
            return _plain(value["value"])
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _struct(value: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(dict(value))
    return struct


def _through_struct(value: Mapping[str, Any]) -> dict[str, Any]:
    """Make of outputs what the engine has of them: numbers are floats, secrets unwrapped."""
    found: dict[str, Any] = _plain(json_format.MessageToDict(_struct(value)))
    return found
