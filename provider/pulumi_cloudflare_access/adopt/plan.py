"""What a program declares, from its own `pulumi preview --json --show-sames`.

The preview has the checked inputs of every resource, exactly as the state will hold them. An id
that is not known yet stands beside the URN of the resource that will have it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..engine.schema import PROVIDER
from ..errors import SettingsError
from ..fields.keyed import UNKNOWN
from ..text.secret_words import SECRET as SECRET_FIELDS
from . import classes

SECRET = "[secret]"  # noqa: S105 - what a preview shows in place of a secret
ROOT = "pulumi:pulumi:Stack"
PROVIDERS = "pulumi:providers:"
DEFAULT_PROVIDER = "default"


@dataclass(frozen=True)
class Planned:
    """One resource that the preview would create."""

    urn: str
    type: str
    inputs: Mapping[str, Any]
    parent: str
    provider: str
    """The URN of its explicit provider, or "": the default one."""
    depends: Mapping[str, Sequence[str]]
    """The URNs that each input comes from."""
    secret_outputs: frozenset[str]
    protected: bool

    @property
    def name(self) -> str:
        """The name in the program."""
        return name_of(self.urn)

    @property
    def kind(self) -> str | None:
        """The kind of `kinds.py`; None: it is none of this package's."""
        return classes.by_token().get(self.type)

    @property
    def is_provider(self) -> bool:
        """Tell whether it is an explicit provider."""
        return self.type.startswith(PROVIDERS)

    @property
    def secrets(self) -> frozenset[str]:
        """The inputs that the preview does not show."""
        hidden = {name for name, value in self.inputs.items() if _has_hidden(value)}
        return frozenset({*(self.inputs.get(SECRET_FIELDS) or ()), *hidden})

    def __str__(self) -> str:
        return f"{self.type.rpartition(':')[2]} {self.name}"


@dataclass(frozen=True)
class Plan:
    """What a preview would create, and what the state has already."""

    created: Mapping[str, Planned]
    """By URN, in the order of the preview: what others refer to comes first."""
    providers: Mapping[str, Mapping[str, Any]]
    """The inputs of every explicit provider, by URN."""
    changed: Mapping[str, str]
    """What else the preview would do, by URN."""

    @property
    def ours(self) -> list[Planned]:
        """What would be created of this package's kinds."""
        return [one for one in self.created.values() if one.kind]


def read_plan(preview: Any) -> Plan:
    """Read a preview. Raises SettingsError for what is none."""
    steps = preview.get("steps") if isinstance(preview, Mapping) else None
    if not isinstance(steps, list):
        raise SettingsError("this is no output of pulumi preview --json")
    created, providers, changed = {}, {}, {}
    for step in steps:
        urn, new = step["urn"], step.get("newState") or {}
        type_ = str(new.get("type") or type_of(urn))
        if type_.startswith(PROVIDERS):
            providers[urn] = new.get("inputs") or {}
        if step["op"] == "create" and type_ != ROOT:
            created[urn] = _planned(urn, type_, new)
        elif step["op"] not in {"same", "create", "read", "refresh"}:
            changed[urn] = step["op"]
    return Plan(created, providers, changed)


def _planned(urn: str, type_: str, new: Mapping[str, Any]) -> Planned:
    provider = str(new.get("provider") or "").rpartition("::")[0]
    parent = str(new.get("parent") or "")
    return Planned(
        urn=urn,
        type=type_,
        inputs=new.get("inputs") or {},
        parent="" if type_of(parent) == ROOT else parent,
        # Pulumi's own begin with the word, and carry a version where the SDK tells one.
        provider="" if name_of(provider).startswith(DEFAULT_PROVIDER) else provider,
        depends=new.get("propertyDependencies") or {},
        secret_outputs=frozenset(new.get("additionalSecretOutputs") or ()),
        protected=bool(new.get("protect")),
    )


def name_of(urn: str) -> str:
    """Return the name at the end of a URN. It may hold the sign between its parts."""
    return urn.split("::", 3)[-1] if urn.count("::") >= 3 else urn  # noqa: PLR2004 - its parts


def type_of(urn: str) -> str:
    """Return the type in a URN, without those of its parents."""
    parts = urn.split("::", 3)
    return parts[2].rpartition("$")[2] if len(parts) > 2 else ""  # noqa: PLR2004 - its parts


def with_ids(planned: Planned, ids: Mapping[str, str]) -> dict[str, Any]:
    """Return the inputs with the ids that the preview does not know, by URN.

    What is not known stays UNKNOWN: nothing is guessed.
    """
    found = {
        name: value if name.startswith("__") else _filled(value, ids)
        for name, value in planned.inputs.items()
    }
    whole = classes.whole(planned.kind) if planned.kind else None
    if whole and found.get(whole) == UNKNOWN:
        # What it is a part of has no other word beside it than where the value comes from.
        of = planned.depends.get(whole, ())
        known = [ids[urn] for urn in of if urn in ids]
        if len(of) == len(known) == 1:
            (found[whole],) = known
    return found


def _filled(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_filled(one, ids) for one in value]
    if not isinstance(value, Mapping):
        return value
    own = ids.get(str(value.get("of")))
    # Of two that are not known, nothing says which one is meant.
    if own and count_unknown(value) == 1:
        return _replaced(value, own)
    return {name: _filled(inner, ids) for name, inner in value.items()}


def _replaced(value: Any, id_: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _replaced(inner, id_) for name, inner in value.items()}
    return id_ if value == UNKNOWN else value


def count_unknown(value: Any) -> int:
    """Count what a preview does not know, reserved inputs left out."""
    if isinstance(value, Mapping):
        return sum(count_unknown(v) for k, v in value.items() if not str(k).startswith("__"))
    if isinstance(value, list):
        return sum(map(count_unknown, value))
    return int(value == UNKNOWN)


def declared(planned: Planned, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return inputs as a create gets them, without those that the preview hides."""
    shown = {k: v if k not in planned.secrets else _shown(v) for k, v in inputs.items()}
    return {k: v for k, v in shown.items() if k != PROVIDER and v != SECRET}


def _has_hidden(value: Any) -> bool:
    """Tell whether the preview hides a value, or a field inside it."""
    if isinstance(value, Mapping):
        return any(map(_has_hidden, value.values()))
    return bool(value == SECRET)


def _shown(value: Any) -> Any:
    """Return what the preview shows of a value."""
    if not isinstance(value, Mapping):
        return value
    return {name: _shown(inner) for name, inner in value.items() if inner != SECRET}
