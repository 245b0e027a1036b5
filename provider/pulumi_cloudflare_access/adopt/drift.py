"""`cloudflare-access drift`: what the live accounts have that no stack manages, and what differs.

Only reads are sent, and no state is written: a nightly job can run it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2

from .. import kinds
from ..engine import ownership
from ..engine.collection import Scope
from ..engine.lifecycle import ResourceLifecycle
from ..engine.schema import PROVIDER
from ..process.pulumi_cli import PulumiCli
from ..text.outlet import tells_of_drift
from . import classes
from .live import Accounts, heard, told
from .matching import Leftovers, Stray, scope_in, wholes_of
from .plan import PROVIDERS, name_of, type_of


@dataclass
class Drift:
    """What was found."""

    strays: list[Stray] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    not_listed: list[str] = field(default_factory=list)
    """Of which objects nothing is said, because no given stack has any of them."""

    def lines(self) -> Iterator[str]:
        """Say it."""
        for title, found in (
            ("differ from the state", self.changes),
            ("exist and no given stack manages them", [*map(str, self.strays)]),
        ):
            if found:
                yield f"{len(found):>5}  {title}"
                yield from (f"       {one}" for one in found)
        for one in self.unread:
            yield f"warning: not read, so nothing is said of it: {one}"
        for one in self.not_listed:
            yield f"info: not listed: {one}"

    def as_json(self) -> str:
        """Return it as data."""
        strays = [
            {"kind": s.kind, "id": s.id, "name": s.name, "where": s.where} for s in self.strays
        ]
        data = {"differs": self.changes, "unmanaged": strays, "unread": self.unread}
        data["not_listed"] = self.not_listed
        return json.dumps(data, indent=1)


@dataclass(frozen=True)
class _Managed:
    """One resource of a state."""

    kind: str
    urn: str
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    provider: str


def find_drift(stacks: Sequence[PulumiCli]) -> Drift:
    """Compare the states of some stacks with their accounts. Raises SettingsError."""
    found = Drift()
    ownership.forget()
    read = [(*_read(cli), cli) for cli in stacks]
    everything = [one for managed, _, _ in read for one in managed]
    known = {(one.kind, one.id) for one in everything}
    wholes = {*wholes_of((one.kind, one.inputs) for one in everything)}
    declared = frozenset(
        (one.kind, scope_in(one.outputs, accounts.of(one.provider).settings.account_id))
        for managed, accounts, _ in read
        for one in managed
    )
    leftovers = Leftovers(known, wholes, declared)
    with heard([]):
        for managed, accounts, _ in read:
            for one in managed:
                found.changes += _changes(one, accounts)
            for provider, scope in _scopes(managed, accounts):
                live = accounts.of(provider)
                for kind in kinds.KINDS:
                    leftovers.look(live.lifecycle(kind), scope)
    found.strays, found.unread = leftovers.strays, leftovers.unread
    found.not_listed = leftovers.not_listed
    return found


def _read(cli: PulumiCli) -> tuple[list[_Managed], Accounts]:
    exported = cli.json("stack", "export", "--show-secrets")
    resources = (exported.get("deployment") or {}).get("resources") or []
    tokens = classes.by_token()
    providers: dict[str, Mapping[str, Any]] = {}
    managed = []
    for one in resources:
        urn, type_ = str(one["urn"]), str(one["type"])
        if type_.startswith(PROVIDERS):
            providers[urn] = _plain(one.get("inputs") or {})
        if type_ not in tokens or one.get("delete") or one.get("external") or not one.get("id"):
            continue
        provider = str(one.get("provider") or "").rpartition("::")[0]
        managed.append(
            _Managed(
                tokens[type_],
                urn,
                str(one["id"]),
                _plain(one.get("inputs") or {}),
                _plain(one.get("outputs") or {}),
                "" if name_of(provider).startswith("default") else provider,
            )
        )
    return managed, Accounts(cli.config(), providers)


def _plain(value: Any) -> Any:
    """Take the form of secrets off values."""
    if isinstance(value, Mapping):
        if rpc._special_sig_key in value:  # noqa: SLF001 - the wire's own word
            text = value.get("plaintext")
            return json.loads(text) if isinstance(text, str) else value.get("value")
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


def _changes(one: _Managed, accounts: Accounts) -> Iterable[str]:
    """Say what a refresh would say of one resource."""
    lifecycle = accounts.of(one.provider).lifecycle(one.kind)
    warnings: list[str] = []
    try:
        with heard(warnings):
            _refreshed(one, lifecycle)
    except Exception as error:  # noqa: BLE001 - what the engine would show is the answer
        warnings = [f"cannot be read: {told(error)}"]
    else:
        warnings = [said for said in warnings if tells_of_drift(said)]
    called = f"{type_of(one.urn).rpartition(':')[2]} {name_of(one.urn)} ({one.id})"
    return [f"{called}: {said}" for said in warnings]


def _refreshed(one: _Managed, lifecycle: ResourceLifecycle) -> None:
    inputs = struct_pb2.Struct()
    inputs.update({name: value for name, value in one.inputs.items() if name != PROVIDER})
    request = provider_pb2.ReadRequest(urn=one.urn, id=one.id, inputs=inputs)
    assert request.urn == one.urn  # noqa: S101 - read by `plugin.current_urn` in this very frame
    lifecycle.read(one.id, {k: v for k, v in one.outputs.items() if k != PROVIDER})


def _scopes(managed: Iterable[_Managed], accounts: Accounts) -> list[tuple[str, Scope]]:
    """Return the accounts and zones that the resources of a state are in."""
    found: dict[tuple[str, Scope], None] = {}
    if default := accounts.of("").settings.account_id:
        found["", Scope("account", default)] = None
    for one in managed:
        for kind in ("account", "zone"):
            if id_ := one.outputs.get(f"{kind}_id"):
                found[one.provider, Scope(kind, str(id_))] = None
    return [*found]
