"""A real plugin process, spoken to as the engine speaks to it.

Pickling, configuration and Struct conversion are in every test; `Plugin.up` decides as the engine
does between create, same, update and replace. Everything is fast: one process, many calls.
"""

from __future__ import annotations

import copy
import functools
import signal
import subprocess
import sys
import tempfile
from concurrent import futures
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    provider_pb2,
    provider_pb2_grpc,
)

from pulumi_cloudflare_access import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.nursery import Nursery

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


class CheckFailed(Exception):  # noqa: N818 - a test reads `raises(CheckFailed)`
    """The plugin's check found mistakes; `reasons` are what the engine would print."""

    def __init__(self, reasons: list[str], properties: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons
        self.properties = properties


class CallFailed(Exception):  # noqa: N818 - a test reads `raises(CallFailed)`
    """A call of the plugin ended in an error; the text is what the engine would print."""


@dataclass(frozen=True)
class Kept:
    """What the engine keeps of a resource, and what it did to get there."""

    urn: str
    kind: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    did: str = "create"


@dataclass
class _Engine(engine_pb2_grpc.EngineServicer):
    """The part of the engine that a plugin calls: its log."""

    warnings: list[str] = field(default_factory=list)
    urns: list[str] = field(default_factory=list)
    progress: list[str] = field(default_factory=list)

    def Log(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - gRPC's names
        if request.severity == engine_pb2.INFO:
            self.progress.append(request.message)
            return empty_pb2.Empty()
        self.warnings.append(request.message)
        self.urns.append(request.urn)
        return empty_pb2.Empty()


class Plugin:
    """One plugin process with one configuration."""

    def __init__(
        self,
        config: Mapping[str, str],
        environment: Mapping[str, str],
        cache: Path | None = None,
        nursery: Nursery | None = None,
    ) -> None:
        # A machine of its own, unless it is to share one with other runs.
        self._machine = tempfile.TemporaryDirectory()
        cache = cache or Path(self._machine.name)
        self.engine = _Engine()
        self._config = dict(config)
        self._environment = {**environment, "XDG_CACHE_HOME": str(cache)}
        self._nursery = nursery
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
        engine_pb2_grpc.add_EngineServicer_to_server(self.engine, self._server)
        self._address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()
        self._start()

    def _start(self) -> None:
        start = self._nursery.start if self._nursery else self._spawn
        port, self._kill = start(self._address, self._environment["XDG_CACHE_HOME"])
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self.call("Configure", provider_pb2.ConfigureRequest(args=_struct(self._config)))

    def _spawn(self, engine: str, _cache: str) -> tuple[int, Callable[[], None]]:
        process = subprocess.Popen(
            [*_hearing(), sys.executable, "-u", "-m", "pulumi.dynamic", engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**self._environment, "PYTHONFAULTHANDLER": "1"},
        )
        stdin, stdout = process.stdin, process.stdout
        assert stdin
        assert stdout
        self.process = process

        def kill() -> None:
            process.kill()
            process.wait()
            stdin.close()
            stdout.close()

        return int(stdout.readline()), kill

    def end(self) -> None:
        """End the process as the engine does when all is done: no more calls, then SIGINT."""
        self._channel.close()
        self.process.send_signal(signal.SIGINT)
        try:
            assert self.process.wait(timeout=30) == 0
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)
            self.process.wait(10)
            raise

    def orphan(self) -> None:
        """Leave the process behind as an engine does that is killed."""
        self._channel.close()
        assert self.process.stdin
        self.process.stdin.close()

    def kill(self) -> None:
        """End the process, in the middle of whatever it does. It may have ended already."""
        self._kill()

    def restart(self) -> None:
        """Begin another operation, on another machine: what was before, nothing remembers."""
        self._channel.close()
        self.kill()
        self._environment["XDG_CACHE_HOME"] = tempfile.mkdtemp(dir=self._machine.name)
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, and forget its machine."""
        self._channel.close()
        self.kill()
        self._server.stop(None).wait()
        self._machine.cleanup()

    @property
    def warnings(self) -> list[str]:
        """What the engine has been asked to warn of."""
        return self.engine.warnings

    @property
    def progress(self) -> list[str]:
        """What the engine has been told of work that takes its time."""
        return self.engine.progress

    # ------------------------------------------------------------------------- single calls

    def check(
        self,
        kind: str,
        news: Mapping[str, Any],
        olds: Mapping[str, Any] | None = None,
        urn: str = "",
    ) -> dict[str, Any]:
        """Call check as the engine does; raises CheckFailed."""
        answer = self.call("Check", check_request(kind, news, olds, urn))
        if answer.failures:
            raise CheckFailed(
                [failure.reason for failure in answer.failures],
                [failure.property for failure in answer.failures],
            )
        return _dict(answer.inputs)

    def diff(
        self,
        kept: Kept,
        news: Mapping[str, Any],
        ignore_changes: Sequence[tuple[str, str] | str] = (),
    ) -> tuple[str, list[str]]:
        """Call diff with old outputs and checked inputs: NONE, SOME or UNKNOWN, and replaces."""
        request = diff_request(kept, news)
        request.ignoreChanges.extend(
            path if isinstance(path, str) else '{}["{}"]'.format(*path) for path in ignore_changes
        )
        answer = self.call("Diff", request)
        changes = provider_pb2.DiffResponse.DiffChanges.Name(answer.changes).removeprefix("DIFF_")
        return changes, list(answer.replaces)

    def read(self, kept: Kept) -> Kept | None:
        """Call read; None: it is gone."""
        answer = self.call("Read", read_request(kept))
        if not answer.id:
            return None
        return replace(
            kept, inputs=_dict(answer.inputs), outputs=_dict(answer.properties), did="read"
        )

    # ------------------------------------------------------------------------ what the engine does

    def up(
        self,
        kind: str,
        declared: Mapping[str, Any],
        was: Kept | None = None,
        name: str = "thing",
        replaced: list[Kept] | None = None,
        *,
        ignore_changes: Sequence[tuple[str, str] | str] = (),
    ) -> Kept:
        """Check, diff and then create, keep, update or replace, as the engine decides.

        What is replaced is deleted at once, or put into a list of what is to be deleted later.
        `ignore_changes` are fields, or entries of maps, which the engine puts back behind the diff.
        """
        urn = was.urn if was else _urn(kind, name)
        inputs = self.check(kind, declared, was.inputs if was else None, urn)
        if was is None:
            return self.create(kind, inputs, urn)
        changes, replaces = self.diff(was, inputs, ignore_changes)
        for path in ignore_changes:
            *field_, key = [path] if isinstance(path, str) else path
            into, from_ = (bag[field_[0]] if field_ else bag for bag in (inputs, was.inputs))
            into.pop(key, None)
            if key in from_:
                into[key] = from_[key]
        if replaces:
            inputs = self.check(kind, declared, None, urn)
            new = replace(self.create(kind, inputs, urn), did="replace")
            if replaced is None:
                self.destroy(was)
            else:
                replaced.append(was)
            return new
        if changes == "NONE" or (changes == "UNKNOWN" and inputs == was.inputs):
            return replace(was, inputs=inputs, did="same")
        answer = self.call(
            "Update",
            provider_pb2.UpdateRequest(
                id=was.id,
                urn=urn,
                olds=_struct(_with_provider(kind, was.outputs)),
                news=_struct(_with_provider(kind, inputs)),
            ),
        )
        return replace(was, inputs=inputs, outputs=_dict(answer.properties), did="update")

    def refresh(self, kept: Kept) -> Kept | None:
        """Read, then diff with roles swapped, as the engine does."""
        found = self.read(kept)
        if found is not None:
            changes, _ = self.diff(found, kept.inputs)
            did = "same" if changes == "NONE" else "drift"
            return replace(found, did=did)
        return None

    def destroy(self, kept: Kept) -> None:
        """Delete the object."""
        self.call(
            "Delete",
            provider_pb2.DeleteRequest(
                id=kept.id,
                urn=kept.urn,
                properties=_struct(_with_provider(kept.kind, kept.outputs)),
            ),
        )

    def get(self, kind: str, id_: str, scope: Mapping[str, str], name: str = "found") -> Kept:
        """Read what this stack does not own, as `.get` makes the engine do."""
        request = get_request(kind, id_, scope, name)
        answer = self.call("Read", request)
        return Kept(
            request.urn, kind, answer.id, _dict(answer.inputs), _dict(answer.properties), "get"
        )

    def create(self, kind: str, inputs: Mapping[str, Any], urn: str) -> Kept:
        """Call create with checked inputs."""
        answer = self.call("Create", create_request(kind, inputs, urn))
        return Kept(urn, kind, answer.id, dict(inputs), _dict(answer.properties))

    def call(self, method: str, request: Any) -> Any:
        """Call one method with a request of its own making; raises CallFailed."""
        try:
            return getattr(self.stub, method)(request, timeout=60)
        except grpc.RpcError as error:
            raise CallFailed(error.details()) from None


def _hearing() -> list[str]:
    """Have a process be interrupted like the engine's, though the tests run in the background."""
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
        return []
    heard = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    return [sys.executable, "-c", f"{heard}os.execv(sys.argv[1], sys.argv[1:])"]


def check_request(
    kind: str, news: Mapping[str, Any], olds: Mapping[str, Any] | None = None, urn: str = ""
) -> provider_pb2.CheckRequest:
    """Write what the engine sends to check a declaration."""
    return provider_pb2.CheckRequest(
        urn=urn or _urn(kind),
        olds=_struct(_with_provider(kind, olds) if olds else {}),
        news=_struct(_with_provider(kind, news)),
    )


def create_request(
    kind: str, inputs: Mapping[str, Any], urn: str = ""
) -> provider_pb2.CreateRequest:
    """Write what the engine sends to have an object made."""
    return provider_pb2.CreateRequest(
        urn=urn or _urn(kind), properties=_struct(_with_provider(kind, inputs))
    )


def diff_request(kept: Kept, news: Mapping[str, Any]) -> provider_pb2.DiffRequest:
    """Write what the engine sends to compare checked inputs with the state."""
    return provider_pb2.DiffRequest(
        id=kept.id,
        urn=kept.urn,
        olds=_struct(_with_provider(kept.kind, kept.outputs)),
        news=_struct(_with_provider(kept.kind, news)),
    )


def read_request(kept: Kept) -> provider_pb2.ReadRequest:
    """Write what the engine sends to refresh an object."""
    return provider_pb2.ReadRequest(
        id=kept.id,
        urn=kept.urn,
        properties=_struct(_with_provider(kept.kind, kept.outputs)),
        inputs=_struct(_with_provider(kept.kind, kept.inputs)),
    )


def get_request(
    kind: str, id_: str, scope: Mapping[str, str], name: str = "found"
) -> provider_pb2.ReadRequest:
    """Write what the engine sends for `.get`."""
    props = _struct(_with_provider(kind, scope))
    return provider_pb2.ReadRequest(id=id_, urn=_urn(kind, name), properties=props, inputs=props)


def _urn(kind: str, name: str = "thing") -> str:
    token = "".join(part.capitalize() for part in kind.split("_"))
    return f"urn:pulumi:dev::test::pulumi-python:dynamic/cloudflare:{token}::{name}"


def _with_provider(kind: str, props: Mapping[str, Any]) -> dict[str, Any]:
    return {**copy.deepcopy(dict(props)), "__provider": _pickled(kind)}


@functools.cache
def _pickled(kind: str) -> str:
    # Cached, because each call of the SDK's function nests the next one deeper, until at about the
    # 950th Python's recursion limit is reached.
    return str(serialize_provider(kinds.load(kind)))


def _struct(value: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(dict(value))
    return struct


def _dict(struct: struct_pb2.Struct) -> dict[str, Any]:
    found: dict[str, Any] = json_format.MessageToDict(struct)
    found.pop("__provider", None)
    return found
