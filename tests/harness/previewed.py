"""The preview of a program, in the test's own process: what `pulumi preview --json` would print.

The program runs with Pulumi's mocks in the engine's place, which know no id yet; what it registers
goes through the check of this package. Needs no Pulumi CLI.
"""

from __future__ import annotations

import asyncio
import runpy
import sys
import threading
from typing import TYPE_CHECKING, Any

import pulumi
from google.protobuf import json_format, struct_pb2
from pulumi.runtime import mocks, settings
from pulumi.runtime.proto import resource_pb2

from harness.fresh import served
from harness.program import Mocks
from pulumi_cloudflare_access import kinds
from pulumi_cloudflare_access.adopt import classes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

SIGNATURE = "4dabf18193072939515e22adb298388d"
ROOT = "pulumi:pulumi:Stack"


class WrongProgramError(AssertionError):
    """The check of a resource has found mistakes."""


class _Monitor(mocks.MockMonitor):
    """Registers what it is handed, and makes nothing: no id is known."""

    def __init__(self, config: Mapping[str, str]) -> None:
        super().__init__(Mocks(""))
        self.steps: dict[str, dict[str, Any]] = {}
        self._config = config
        self._adding = threading.Lock()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == ROOT:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        with self._adding:
            self.steps[urn] = step = _step(urn, request, self._config)
        # As the engine does: outputs that are called as inputs are known.
        outputs = struct_pb2.Struct()
        outputs.update(step["newState"]["inputs"])
        return resource_pb2.RegisterResourceResponse(urn=urn, id="", object=outputs)


def preview(program: Callable[[], None], config: Mapping[str, str]) -> dict[str, Any]:
    """Return the preview of a program with the config of its stack."""
    monitor = _Monitor(config)
    try:
        asyncio.get_event_loop()
    except RuntimeError:
        asyncio.set_event_loop(asyncio.new_event_loop())
    mocks.set_mocks(Mocks(""), project="test", stack="dev", preview=True, monitor=monitor)
    pulumi.runtime.set_all_config(dict(config))
    # Whatever an earlier program of this process has declared is another program's.
    settings.set_root_resource(None)  # type: ignore[arg-type]

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def run() -> None:
        program()

    run()
    pulumi.runtime.set_all_config({})
    return {"steps": [*monitor.steps.values()]}


def preview_of_project(folder: Path, config: Mapping[str, str]) -> dict[str, Any]:
    """Return the preview of the project in a folder."""

    def program() -> None:
        runpy.run_path(str(folder / "__main__.py"), run_name="__main__")

    before = {*sys.modules}
    sys.path.insert(0, str(folder))
    try:
        return preview(program, config)
    finally:
        sys.path.remove(str(folder))
        for name in {*sys.modules} - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
                del sys.modules[name]


def _step(urn: str, request: Any, config: Mapping[str, str]) -> dict[str, Any]:
    declared = json_format.MessageToDict(request.object)
    kind = classes.by_token().get(request.type)
    plain = {name: _without_secrets(value) for name, value in declared.items()}
    inputs = _checked(kind, urn, plain, config) if kind else plain
    hidden = {name: _hidden(value, inputs.get(name)) for name, value in declared.items()}
    dependencies = request.propertyDependencies
    return {
        "op": "create",
        "urn": urn,
        "newState": {
            "urn": urn,
            "type": request.type,
            "custom": request.custom,
            "inputs": {k: hidden.get(k, v) for k, v in inputs.items()},
            "parent": request.parent,
            "provider": request.provider,
            "propertyDependencies": {k: [*v.urns] for k, v in dependencies.items()},
            "additionalSecretOutputs": [*request.additionalSecretOutputs],
        },
    }


def _checked(
    kind: str, urn: str, declared: dict[str, Any], config: Mapping[str, str]
) -> dict[str, Any]:
    provider = kinds.load(kind)
    provider.configure(pulumi.dynamic.ConfigureRequest(pulumi.dynamic.Config(dict(config), "test")))
    answer = served(urn, provider, "check", {}, declared)
    if answer.failures:
        raise WrongProgramError(f"{urn}: {[one.reason for one in answer.failures]}")
    return {**answer.inputs, "__provider": declared["__provider"]}


def _hidden(declared: Any, checked: Any) -> Any:
    """Return a checked value as the engine shows it: a list that has a secret is one as a whole."""
    if _without_secrets(declared) == declared:
        return checked
    if isinstance(declared, dict) and SIGNATURE not in declared and isinstance(checked, dict):
        return {name: _hidden(declared.get(name), value) for name, value in checked.items()}
    return "[secret]"


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        if SIGNATURE in value:
            return _without_secrets(value.get("value"))
        return {key: _without_secrets(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_secrets(inner) for inner in value]
    return value
