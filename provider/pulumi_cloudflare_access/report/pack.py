"""An executable policy pack that shows in every preview who gains and who loses access.

The engine starts it, passes it every resource after the program has run, and prints its answers
below `Policies:`. One policy shows who gets in (advisory). The other one checks the statements in
the file beside the program (mandatory: if one does not hold, an `up` ends before anything changes).
During the update itself the pack says nothing, because the preview has said everything.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent import futures
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

from ..errors import SettingsError
from ..insight import InputError, Outcome, from_pack
from ..text.outlet import clean_lines
from . import text
from .inputs import read_json
from .model import Report, make
from .statements import FILE, Statements, decide, files_for, read_all

NAME: Final = "cloudflare-access"
STDOUT: Final = 1
MOST_LINES: Final = 24
"""The most lines below the engine's heading, including its line for each answer."""
_FEWEST: Final = 6
WIDEST: Final = 300
WHO: Final = "who-gets-in"
STATEMENTS: Final = "statements"
_NOBODY_S: Final = frozenset(("", "organization"))
"""The organization's name in backends without organizations."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: the policy, the message, and whether it stops an update."""

    policy: str
    message: str
    is_mandatory: bool = False


# ----------------------------------------------------------------------------------------- deciding


def said(
    resources: Iterable[Mapping[str, Any]], export: Mapping[str, Any], folder: Path
) -> list[Said]:
    """Return the answers for a preview. Errors become answers; nothing is raised.

    `export` is the exported stack from before the preview. `folder` is the program's folder, where
    a file of statements may be.
    """
    wrong = ""
    try:
        statements = read_all(files_for(folder))
    except SettingsError as error:
        return [Said(STATEMENTS, str(error), is_mandatory=True)]
    must = any(not one.is_advisory for one in statements.statements)
    try:
        snapshot = statements.snapshot and read_json(statements.snapshot)
        worlds = from_pack(
            resources,
            export,
            snapshot=snapshot or None,
            access_protection=statements.access_protection,
        )
        report = make(worlds)
    except (InputError, SettingsError) as error:
        wrong = str(error)
    except Exception as error:  # noqa: BLE001 - it must not end a preview; its text may hold anything
        wrong = f"a mistake in pulumi-cloudflare-access, please report it: {type(error).__name__}"
    if wrong:
        told = f"Who gets in is not known: {wrong}"
        return [Said(STATEMENTS if must else WHO, told, is_mandatory=must)]
    found = [*_statements(report, statements)]
    room = MOST_LINES - sum(2 + one.message.count("\n") for one in found)
    return [*found, *_who(report, max(room, _FEWEST))]


def _who(report: Report, room: int) -> list[Said]:
    if not report.entries and not report.comparison.rights and not report.findings:
        return []
    return [Said(WHO, text.written(report, most=room - 1, widest=WIDEST))]


def _statements(report: Report, statements: Statements) -> Iterator[Said]:
    """Yield an answer for mandatory statements that do not hold, and one for advisory ones."""
    results = [decide(one, report) for one in statements.statements]
    failed = [one for one in results if one.outcome is not Outcome.YES]
    for is_advisory in (False, True):
        told = [one.text.splitlines() for one in failed if one.statement.is_advisory == is_advisory]
        if told:
            room = MOST_LINES // 2
            # All of them, with as many lines of the reasons as there is room for.
            for most in (room, 3, 2, 1):
                lines = [line for one in told for line in one[:most]]
                if len(lines) <= room:
                    break
            lines = text.cut(lines, room, WIDEST)
            yield Said(STATEMENTS, "\n".join(lines), is_mandatory=not is_advisory)


# --------------------------------------------------------------------------------------- the engine


@dataclass
class _Stack:
    """The stack whose preview is running, and its state, which is read in the meantime."""

    name: str = ""
    organization: str = ""
    project: str = ""
    is_preview: bool = True
    export: Mapping[str, Any] = field(default_factory=dict)
    wrong: str = ""

    def read(self, folder: Path) -> None:
        """Export the state, with its secrets in plain text if the passphrase is available."""
        name = self.name
        if self.organization not in _NOBODY_S:
            name = f"{self.organization}/{self.project}/{self.name}"
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith("PULUMI_OPTION_")
        }
        environment |= {"PULUMI_SKIP_UPDATE_CHECK": "true", "NO_COLOR": "1"}
        for flags in (["--show-secrets"], []):
            run = subprocess.run(  # noqa: S603 - Pulumi itself, which has started this
                ["pulumi", "stack", "export", "--stack", name, "--non-interactive", *flags],  # noqa: S607 - as its user does
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if run.returncode == 0:
                with contextlib.suppress(json.JSONDecodeError):
                    self.export = json.loads(run.stdout)
                    return
        told = run.stderr.strip().splitlines()
        self.wrong = (
            f"the state before the change cannot be read: {told[-1] if told else 'no word'}"
        )


class Pack(analyzer_pb2_grpc.AnalyzerServicer):
    """The service that the engine calls."""

    # ruff: noqa: N802, ARG002, D102 - gRPC's names, which the engine documents

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = _Stack()
        self._reading: threading.Thread | None = None

    def Handshake(self, request: Any, context: Any) -> Any:
        return analyzer_pb2.AnalyzerHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=_version())

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:
        policies = [
            analyzer_pb2.PolicyInfo(
                name=WHO,
                displayName="Who gets in",
                description="Who gains and who loses access",
                enforcementLevel=analyzer_pb2.ADVISORY,
            ),
            analyzer_pb2.PolicyInfo(
                name=STATEMENTS,
                displayName="Statements",
                description=f"What {FILE} says about who gets in",
                enforcementLevel=analyzer_pb2.MANDATORY,
            ),
        ]
        return analyzer_pb2.AnalyzerInfo(
            name=NAME, displayName="Who gets in", version=_version(), policies=policies
        )

    def ConfigureStack(self, request: Any, context: Any) -> Any:
        self._stack = _Stack(request.stack, request.organization, request.project, request.dry_run)
        if self._stack.is_preview:
            # In the background: it takes about as long as a small preview.
            read = self._stack.read
            self._reading = threading.Thread(target=read, args=(self._folder,), daemon=True)
            self._reading.start()
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def Configure(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Analyze(self, request: Any, context: Any) -> Any:
        return analyzer_pb2.AnalyzeResponse()

    def Remediate(self, request: Any, context: Any) -> Any:
        return analyzer_pb2.RemediateResponse()

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        stack = self._stack
        if not stack.is_preview or self._reading is None:
            return analyzer_pb2.AnalyzeResponse()
        self._reading.join()
        if stack.wrong:
            must = bool(files_for(self._folder))
            told = [Said(STATEMENTS if must else WHO, f"Not known: {stack.wrong}", must)]
        else:
            told = said(map(_resource, request.resources), stack.export, self._folder)
        urn = next((one.urn for one in request.resources if one.type == _STACK), "")
        return analyzer_pb2.AnalyzeResponse(diagnostics=[_diagnostic(one, urn) for one in told])


_STACK: Final = "pulumi:pulumi:Stack"


def _diagnostic(one: Said, urn: str) -> Any:
    level = analyzer_pb2.MANDATORY if one.is_mandatory else analyzer_pb2.ADVISORY
    return analyzer_pb2.AnalyzeDiagnostic(
        policyName=one.policy,
        policyPackName=NAME,
        policyPackVersion=_version(),
        message=clean_lines(one.message),
        enforcementLevel=level,
        urn=urn,
    )


def _version() -> str:
    return version("pulumi-cloudflare-access")


def _resource(one: Any) -> dict[str, Any]:
    """Return a resource in the form of the engine's JSON."""
    return {
        "urn": one.urn,
        "type": one.type,
        "properties": _struct(one.properties),
        "propertyDependencies": {
            name: {"urns": list(held.urns)} for name, held in one.propertyDependencies.items()
        },
    }


def _struct(struct: Any) -> dict[str, Any]:
    return {name: _value(value) for name, value in struct.fields.items()}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _struct(value.struct_value)
    if kind == "list_value":
        return [_value(one) for one in value.list_value.values]
    return None if kind in {None, "null_value"} else getattr(value, kind)


def main(_arguments: Sequence[str] | None = None) -> None:
    """Serve the engine that has started this process."""
    # Ctrl-C reaches this process, too. The engine ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = grpc.server(
        futures.ThreadPoolExecutor(8),
        options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)],
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Pack(Path.cwd()), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    # For the engine, which reads the port from standard output.
    os.write(STDOUT, f"{port}\n".encode())
    server.wait_for_termination()


if __name__ == "__main__":
    main()
