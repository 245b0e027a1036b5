"""The file that `pulumi import --file` takes, with complete inputs and outputs.

With both, the engine asks no provider and compares nothing: what the file says is what the state
holds. So it is computed from the program's own preview and the live objects, and from nothing else.
https://www.pulumi.com/docs/iac/cli/commands/pulumi_import/
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pulumi.runtime import rpc

from ..engine.schema import PROVIDER
from ..errors import SettingsError
from ..text.secret_words import SECRET as SECRET_FIELDS
from .matching import Match
from .plan import SECRET, Plan, Planned, name_of, type_of

OLDEST_CLI = (3, 254, 0)
"""The first version that takes inputs and outputs from the file; earlier ones ignore them."""
NAME = "import.json"
SKIP_CHECKPOINTS = {"PULUMI_SKIP_CHECKPOINTS": "true"}
"""An import makes nothing at Cloudflare: saving the state once, at its end, loses nothing."""


class ImportFile:
    """The import of exact matches, and what it refers to."""

    def __init__(self, plan: Plan, matches: Sequence[Match]) -> None:
        """Take the plan that the matches are of."""
        self._plan = plan
        self._names: dict[str, str] = {}
        self._table: dict[str, str] = {}
        self._around: list[dict[str, Any]] = []
        self.first: list[str] = []
        """The URNs of providers with secret settings: an update has to make these before."""
        taken = [self._entry(match) for match in matches]
        self.document: dict[str, Any] = {"resources": [*self._around, *taken]}
        if self._table:
            self.document["nameTable"] = self._table

    def write(self, path: Path) -> None:
        """Write it, for its owner alone: outputs may be secret."""
        write_private(path, json.dumps(self.document, indent=1, ensure_ascii=False))

    def _entry(self, match: Match) -> dict[str, Any]:
        planned = match.planned
        secret = planned.secrets | planned.secret_outputs
        outputs = {PROVIDER: match.inputs[PROVIDER], **match.outputs}
        return self._named(planned) | {
            "id": match.id,
            "inputs": _encrypted(match.inputs, secret),
            "outputs": _encrypted(outputs, secret),
        }

    def _named(self, planned: Planned) -> dict[str, Any]:
        label = self._label(planned.urn)
        entry = {"type": planned.type, "name": label}
        if label != planned.name:
            entry["logicalName"] = planned.name
        if planned.parent:
            entry["parent"] = self._around_of(planned.parent)
        if planned.provider:
            entry["provider"] = self._around_of(planned.provider)
        return entry

    def _around_of(self, urn: str) -> str:
        """Return the label of a parent or a provider, which the file makes if no state has it."""
        known = self._names.get(urn)
        if known is not None:
            return known
        planned = self._plan.created.get(urn)
        if planned is None or (planned.is_provider and SECRET in planned.inputs.values()):
            label = self._label(urn)
            self._table[label] = urn
            if planned is not None:
                self.first.append(urn)
        elif planned.is_provider:
            label = self._label(urn)
            self._around.append(self._named_once(planned) | {"inputs": dict(planned.inputs)})
        else:
            self._around.append(self._named_once(planned) | {"component": True})
        return self._names[urn]

    def _named_once(self, planned: Planned) -> dict[str, Any]:
        self._label(planned.urn)
        return self._named(planned)

    def _label(self, urn: str) -> str:
        """Return what the file calls a resource: its name, unless another one has it."""
        if urn not in self._names:
            name, taken = name_of(urn), {*self._names.values()}
            wished = (name, f"{name} {re.sub(r'[^A-Za-z]+', ' ', type_of(urn).rpartition(':')[2])}")
            numbered = (f"{wished[1]} {number}" for number in range(2, len(taken) + 3))
            self._names[urn] = next(one for one in (*wished, *numbered) if one not in taken)
        return self._names[urn]


def _encrypted(values: Mapping[str, Any], secret: Iterable[str]) -> dict[str, Any]:
    """Have the engine encrypt what the program, the resource or an output itself keeps secret."""
    names = {*secret}
    return {
        name: _as_secret(_plain(value))
        if (name in names or _is_secret(value)) and name != SECRET_FIELDS and value is not None
        else value
        for name, value in values.items()
    }


def _is_secret(value: Any) -> bool:
    return isinstance(value, Mapping) and rpc._special_sig_key in value  # noqa: SLF001 - the wire's own word


def _plain(value: Any) -> Any:
    return value.get("value") if _is_secret(value) else value


def _as_secret(value: Any) -> dict[str, str]:
    signature = {rpc._special_sig_key: rpc._special_secret_sig}  # noqa: SLF001 - the wire's own words
    return {**signature, "plaintext": json.dumps(value)}


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else can read, whole or not at all. Raises SettingsError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        descriptor = os.open(beside, flags, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text if text.endswith("\n") else f"{text}\n")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SettingsError(f"{path}: {error.strerror}") from None
