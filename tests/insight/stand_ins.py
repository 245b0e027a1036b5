"""What the recordings need beside the real engine: a policy pack, and the bridged provider.

Both are executables that the engine starts; each is this file under another name.

- `who-asks`: writes what the engine hands a policy pack to the file that WHO_ASKS names.
- `pulumi-resource-cloudflare`: takes whatever it is given, as the bridged provider would.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import uuid
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import (
    analyzer_pb2,
    analyzer_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
)


class Pack(analyzer_pb2_grpc.AnalyzerServicer):
    """A policy pack that only writes down what it is asked."""

    # ruff: noqa: N802, ARG002 - gRPC's names

    def Handshake(self, request: Any, context: Any) -> Any:
        return analyzer_pb2.AnalyzerHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="0.1.0")

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:
        return analyzer_pb2.AnalyzerInfo(name="who-asks", displayName="Who asks", version="0.1.0")

    def ConfigureStack(self, request: Any, context: Any) -> Any:
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def Configure(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Analyze(self, request: Any, context: Any) -> Any:
        return analyzer_pb2.AnalyzeResponse()

    def Remediate(self, request: Any, context: Any) -> Any:
        return analyzer_pb2.RemediateResponse()

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        asked = [json_format.MessageToDict(one) for one in request.resources]
        Path(os.environ["WHO_ASKS"]).write_text(json.dumps(asked))
        return analyzer_pb2.AnalyzeResponse()


class Bridged(provider_pb2_grpc.ResourceProviderServicer):
    """A provider that makes whatever it is asked to, and forgets it."""

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="6.13.0")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse()

    def Configure(self, request: Any, context: Any) -> Any:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:
        old, new = (json_format.MessageToDict(one) for one in (request.old_inputs, request.news))
        changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        some = provider_pb2.DiffResponse.DIFF_SOME
        none = provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=some if changed else none, diffs=changed)

    def Create(self, request: Any, context: Any) -> Any:
        made = "" if request.preview else id_of(request.properties["name"])
        return provider_pb2.CreateResponse(id=made, properties=_named(request.properties, made))

    def Update(self, request: Any, context: Any) -> Any:
        return provider_pb2.UpdateResponse(properties=_named(request.news, request.id))

    def Read(self, request: Any, context: Any) -> Any:
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties)

    def Delete(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()


def id_of(name: str) -> str:
    """Return the id of what is called so: the same each time."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def _named(properties: Any, id_: str) -> Any:
    found = struct_pb2.Struct()
    found.CopyFrom(properties)
    if id_:
        found["id"] = id_
    return found


def main() -> None:
    """Serve as what this file is called."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = grpc.server(futures.ThreadPoolExecutor(4))
    if Path(sys.argv[0]).name == "who-asks":
        analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Pack(), server)
    else:
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Bridged(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


def put_into(folder: Path, name: str) -> Path:
    """Make an executable of this file, under one of its names."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{Path(__file__).read_text()}")
    path.chmod(0o755)
    return path


if __name__ == "__main__":
    main()
