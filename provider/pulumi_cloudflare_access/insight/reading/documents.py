"""Reads Pulumi's documents: previews, event streams, exported stacks, and policy packs' input.

An incomplete document is refused, and the message names the command that writes a complete one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from ..characters import shown
from ..errors import InputError
from .resources import GONE, OPERATIONS, REPLACING, Document, Kind, Note, Resource, Side, side_of
from .values import opened, text

PREVIEW_COMMAND: Final = "pulumi preview --json --show-sames > preview.json"
EXPORT_COMMAND: Final = "pulumi stack export > state.json"
_NEWEST_EXPORT: Final = 4
_PROVIDERS: Final = "pulumi:providers:"
_STACK: Final = "pulumi:pulumi:Stack"
_DRIFT: Final = "drift: "
"""The beginning of this package's warnings about undeclared drift."""


def parse(written: str) -> Any:
    """Parse JSON, or JSON lines as in event streams. Raises InputError."""
    begin = written.lstrip("\ufeff \t\r\n")
    if not begin:
        raise InputError("The input is empty.", PREVIEW_COMMAND)
    try:
        return json.loads(begin)
    except json.JSONDecodeError as error:
        lines = [line for line in begin.splitlines() if line.strip()]
        try:
            return [json.loads(line) for line in lines]
        except json.JSONDecodeError:
            where = f"line {error.lineno}, column {error.colno}"
            raise InputError(f"The input is not JSON ({where}).", PREVIEW_COMMAND) from None


def read_document(document: Any, *, state: Any = None) -> Document:
    """Read a document of any kind. `state` is the exported stack from before the preview.

    Raises InputError.
    """
    if isinstance(document, Mapping):
        if isinstance(document.get("deployment"), Mapping):
            return read_export(document)
        if isinstance(document.get("steps"), Sequence):
            return read_digest(document, state=state)
    events = _events(document)
    if events:
        return read_events(events)
    raise InputError(_not_ours(document), PREVIEW_COMMAND)


def _events(document: Any) -> list[Mapping[str, Any]]:
    """Return the events of an event stream; empty if the document is none."""
    found = document if isinstance(document, Sequence) else [document]
    objects = [one for one in found if isinstance(one, Mapping)]
    is_stream = any(str(key).endswith("Event") for one in objects for key in one)
    return objects if is_stream and len(objects) == len(found) else []


def _not_ours(document: Any) -> str:
    keys = set(document) if isinstance(document, Mapping) else set()
    tool = next((name for key, name in _OTHER_TOOLS.items() if key in keys), None)
    if tool:
        return f"The input is of {tool}, not of Pulumi."
    if "changeSummary" in keys:
        return "The preview holds no steps: it failed before it began."
    return "The input is neither a preview of Pulumi, nor its events, nor an exported stack."


_OTHER_TOOLS: Final[Mapping[str, str]] = {
    "terraform_version": "Terraform",
    "format_version": "Terraform",
    "planned_values": "Terraform",
    "resource_changes": "Terraform",
    "AWSTemplateFormatVersion": "CloudFormation",
    "Changes": "CloudFormation",
    "apiVersion": "Kubernetes",
    "$schema": "another tool",
}

# ------------------------------------------------------------------------------- preview --json


def read_digest(digest: Mapping[str, Any], *, state: Any = None) -> Document:
    """Read the output of `pulumi preview --json`, also for a refresh or a destroy.

    It contains unchanged resources only with `--show-sames`. Without that option, `state` must be
    the exported stack, which has them. Raises InputError.
    """
    steps = [step for step in digest["steps"] if isinstance(step, Mapping)]
    _refuse_failed(digest.get("diagnostics") or (), "severity")
    _refuse_newer(str(step.get("op")) for step in steps)
    kind = _kind_of_steps(steps)
    exported = None if state is None else _exported(state)
    counted = (digest.get("changeSummary") or {}).get("same") or 0
    listed = sum(step.get("op") == "same" for step in steps)
    if kind != "refresh" and counted > listed and exported is None:
        raise InputError(
            f"The preview leaves out {counted - listed} unchanged resources, and who gets in is "
            "decided by them too.",
            PREVIEW_COMMAND,
        )
    resources, left_out = _merged(_step(step, kind) for step in _deciding(steps))
    if exported is not None:
        _refuse_other_state(resources, exported)
        resources = _completed(resources, exported)
    notes = [*_left_out_notes(left_out), *_drift(digest.get("diagnostics") or ())]
    return Document(kind, list(resources.values()), notes, left_out)


def _drift(diagnostics: Iterable[Any]) -> Iterator[Note]:
    """Yield notes of undeclared drift that a refresh found. Only messages contain it."""
    for one in diagnostics:
        if isinstance(one, Mapping) and one.get("severity") == "warning":
            message = re.sub(r"<\{%.*?%\}>", "", text(one.get("message"))).strip()
            message = message.removeprefix("warning: ")
            if message.startswith(_DRIFT):
                told = shown(message.removeprefix(_DRIFT))
                yield Note("drift", text(one.get("urn")), f"has changed at Cloudflare: {told}")


def _refuse_failed(diagnostics: Iterable[Any], severity: str) -> None:
    if any(isinstance(one, Mapping) and one.get(severity) == "error" for one in diagnostics):
        raise InputError(
            "The preview failed, and what it holds is only part of the change. Mend the program, "
            "and preview again.",
            PREVIEW_COMMAND,
        )


def _refuse_newer(operations: Iterable[str]) -> None:
    for operation in operations:
        if operation not in OPERATIONS:
            raise InputError(
                f'The preview is of a newer Pulumi: it has a step "{shown(operation[:40])}", which '
                "this version does not know. Update pulumi-cloudflare-access."
            )


def _kind_of_steps(steps: Sequence[Mapping[str, Any]]) -> Kind:
    """Return whether a preview is of an update, a refresh or a destroy."""
    by_urn: dict[str, list[str]] = {}
    for step in steps:
        by_urn.setdefault(str(step.get("urn")), []).append(str(step.get("op")))
    if any(operations == ["refresh"] for operations in by_urn.values()):
        return "refresh"
    gone = [operation in GONE for operations in by_urn.values() for operation in operations]
    return "destroy" if gone and all(gone) else "preview"


def _deciding(steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Leave out refresh steps of resources that have another step, which starts from the result."""
    others = {step.get("urn") for step in steps if step.get("op") != "refresh"}
    return [step for step in steps if step.get("op") != "refresh" or step.get("urn") not in others]


def _step(step: Mapping[str, Any], kind: Kind) -> tuple[str, Resource]:
    operation = str(step.get("op"))
    old, new = step.get("oldState"), step.get("newState")
    if operation == "refresh":
        new = new or old
    return operation, Resource(
        urn=str(step.get("urn")),
        type=str((new or old or {}).get("type") or ""),
        old=side_of(old),
        new=None if operation in GONE else side_of(new),
        changed=_changed(step, operation, kind),
        old_urn=str((old or {}).get("urn") or ""),
        replaced=operation in REPLACING,
        imported=operation == "import",
        # The engine's events leave out false values.
        component=not (new or old or {}).get("custom"),
    )


def _changed(step: Mapping[str, Any], operation: str, kind: Kind) -> frozenset[str] | None:
    """Return the top-level properties that change; None if the engine does not say."""
    if operation in {"same", "read", "refresh", "discard"}:
        return frozenset()
    reasons, detailed = step.get("diffReasons"), step.get("detailedDiff")
    if kind == "refresh" or (not isinstance(reasons, Sequence) and not detailed):
        return None
    named = [str(reason) for reason in reasons or ()] + [str(path) for path in detailed or ()]
    return frozenset(path.partition("[")[0].partition(".")[0] for path in named)


def _merged(steps: Iterable[tuple[str, Resource]]) -> tuple[dict[str, Resource], list[str]]:
    """Join the steps of each resource, and return the URNs that the run leaves out."""
    resources: dict[str, Resource] = {}
    left_out: list[str] = []
    for operation, step in steps:
        if step.type.startswith(_PROVIDERS) or step.type == _STACK:
            continue
        if operation == "same" and _is_left_out(step):
            left_out.append(step.urn)
            continue
        before = resources.get(step.urn)
        resources[step.urn] = step if before is None else before.joined(step)
    return resources, left_out


def _is_left_out(step: Resource) -> bool:
    """Tell whether the program declares a resource that this run leaves out and never created."""
    return (
        step.new is not None
        and not step.new.id
        and not (step.old and step.old.id)
        and not (step.new.inputs)
        and not step.component
    )


def _left_out_notes(left_out: Sequence[str]) -> list[Note]:
    return [
        Note("left-out", urn, "is declared by the program, and this run leaves it out (--target?)")
        for urn in left_out
    ]


def _refuse_other_state(
    resources: Mapping[str, Resource], exported: Mapping[str, Mapping[str, Any]]
) -> None:
    for urn, resource in resources.items():
        if (
            resource.old is not None
            and resource.old.id
            and (resource.old_urn or urn) not in exported
        ):
            raise InputError(
                "The state is not the one that the preview began with: it has no "
                f'"{resource.name}".',
                EXPORT_COMMAND,
            )


def _completed(
    resources: Mapping[str, Resource], exported: Mapping[str, Mapping[str, Any]]
) -> dict[str, Resource]:
    """Add the unchanged resources from the exported stack, and its plain-text secrets."""
    found = {}
    named = {resource.old_urn or urn for urn, resource in resources.items()}
    for urn, resource in resources.items():
        state = exported.get(resource.old_urn or urn)
        found[urn] = resource if state is None else _with_secrets(resource, side_of(state))
    for urn, state in exported.items():
        if urn not in named:
            side = side_of(state)
            found[urn] = Resource(urn, str(state.get("type") or ""), side, side)
    return found


def _with_secrets(resource: Resource, state: Side | None) -> Resource:
    """Replace hidden values that do not change with the plain values of the state."""
    known = (state and state.inputs) or {}
    if state is None or not known or resource.old is None:
        return resource
    same = frozenset[str]() if resource.changed is None else known.keys() - resource.changed
    return replace(
        resource,
        old=_revealed(resource.old, known, frozenset(known)),
        new=None if resource.new is None else _revealed(resource.new, known, frozenset(same)),
    )


def _revealed(side: Side, known: Mapping[str, Any], names: frozenset[str]) -> Side:
    if side.inputs is None:
        return side
    inputs = {
        name: known[name] if name in names and value == "[secret]" else value
        for name, value in side.inputs.items()
    }
    return replace(side, inputs=inputs)


# ---------------------------------------------------------------------------------- event streams


def read_events(events: Iterable[Mapping[str, Any]]) -> Document:
    """Read the engine's events, from a streaming preview or the Automation API.

    Raises InputError if the run did not finish.
    """
    found = list(events)
    _refuse_failed((event.get("diagnosticEvent") for event in found), "severity")
    steps: list[Mapping[str, Any]] = []
    finished = False
    for event in found:
        finished |= "summaryEvent" in event
        for name in ("resourcePreEvent", "resOutputsEvent"):
            metadata = (event.get(name) or {}).get("metadata")
            if isinstance(metadata, Mapping):
                steps.append(_metadata(metadata))
    if not finished:
        raise InputError("The event stream ends before its summary: the run did not finish.")
    _refuse_newer(str(step.get("op")) for step in steps)
    kind = _kind_of_events(steps)
    resources, left_out = _merged(_step(step, kind) for step in _deciding(steps))
    drift = _drift(event.get("diagnosticEvent") for event in found)
    notes = [*_left_out_notes(left_out), *drift]
    return Document(kind, list(resources.values()), notes, left_out)


def _metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event's step in the form of a step of `pulumi preview --json`."""
    return {
        "op": metadata.get("op"),
        "urn": metadata.get("urn"),
        "oldState": metadata.get("old"),
        "newState": metadata.get("new"),
        "diffReasons": metadata.get("diffs"),
        "detailedDiff": metadata.get("detailedDiff"),
    }


def _kind_of_events(steps: Sequence[Mapping[str, Any]]) -> Kind:
    once = {(str(step.get("urn")), str(step.get("op"))): step for step in steps}
    return _kind_of_steps(list(once.values()))


# ----------------------------------------------------------------------------------------- exports


def read_export(export: Mapping[str, Any]) -> Document:
    """Read the output of `pulumi stack export`, which is one world."""
    resources = []
    notes = []
    for urn, state in _exported(export).items():
        side = side_of(state)
        resources.append(Resource(urn, str(state.get("type") or ""), side, side))
    if export["deployment"].get("pending_operations"):
        told = "has operations that were interrupted: what they made may not be in it"
        notes.append(Note("interrupted", "the state", told))
    return Document("state", resources, notes)


def _exported(export: Any) -> dict[str, Mapping[str, Any]]:
    """Return the resources of an export by URN."""
    deployment = export.get("deployment") if isinstance(export, Mapping) else None
    if not isinstance(deployment, Mapping):
        raise InputError("The state is not an exported stack.", EXPORT_COMMAND)
    version = export.get("version")
    if not isinstance(version, int) or version > _NEWEST_EXPORT:
        raise InputError(
            f"The exported stack is of a newer Pulumi: its version is {version}, and this version "
            f"knows {_NEWEST_EXPORT}. Update pulumi-cloudflare-access."
        )
    found = {}
    for state in deployment.get("resources") or ():
        type_ = str(state.get("type") or "")
        # Resources marked for deletion have been replaced by another one with the same URN.
        if not type_.startswith(_PROVIDERS) and type_ != _STACK and not state.get("delete"):
            found[str(state["urn"])] = state
    return found


# ------------------------------------------------------------------------------------ policy packs


def read_pack(resources: Iterable[Mapping[str, Any]], export: Mapping[str, Any]) -> Document:
    """Read the resources that the engine passes to a policy pack, and the state before.

    Resources read with `.get` are not passed; the state's are used. Ids come from the state.
    """
    exported = _exported(export)
    found: dict[str, Resource] = {}
    for given in resources:
        urn, type_ = str(given.get("urn")), str(given.get("type") or "")
        if type_.startswith(_PROVIDERS) or type_ == _STACK:
            continue
        old = side_of(exported.get(urn))
        dependencies = {
            name: list((one or {}).get("urns") or ())
            for name, one in (given.get("propertyDependencies") or {}).items()
        }
        properties = given.get("properties")
        new = Side(
            inputs=properties if isinstance(properties, Mapping) else {},
            id=old.id if old else "",
            dependencies=dependencies,
        )
        found[urn] = Resource(urn, type_, old, new, _differing(old, new))
    for urn, state in exported.items():
        if urn not in found:
            side = side_of(state)
            external = side is not None and side.external
            found[urn] = Resource(
                urn, str(state.get("type") or ""), side, side if external else None
            )
    return Document("preview", list(found.values()))


def _differing(old: Side | None, new: Side) -> frozenset[str]:
    """Return the properties that differ between the state's inputs and the pack's properties."""
    before, after = (old and old.inputs) or {}, new.inputs or {}
    return frozenset(
        name for name in {*before, *after} if opened(before.get(name)) != opened(after.get(name))
    )
