"""Ids, names and modules out of the state of Terraform, or of Pulumi's bridged provider.

Nothing else is taken from there: what an object is, Cloudflare says. The names of types are those
of Terraform's provider 4 and 5 and of pulumi-cloudflare 5 and 6.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import SettingsError

LIST = "zero_trust_list"
TERRAFORM, PULUMI = "terraform", "pulumi"
# Types of either tool, without "cloudflare_" and "zero_trust_", and our kinds.
KINDS = {
    "access_group": "access_group",
    "access_policy": "access_policy",
    "access_application": "access_application",
    "user_group": "user_group",
    "user_group_members": "user_group_members",
    "resource_group": "resource_group",
    "sso_connector": "sso_connector",
    "access_service_token": "service_token",
    "access_identity_provider": "identity_provider",
    "account_member": "account_member",
    LIST: "zero_trust_list",
}
# cloudflare_list is another product's.
_LISTS = frozenset({"zero_trust_list", "teams_list"})
# Of a part, the attribute that says of which object.
WHOLES = ("application_id", "applicationId", "user_group_id", "userGroupId")
# The keys of instances in an address, which a `removed` block may not have.
_KEYS = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
_ID = re.compile(r"[0-9A-Fa-f]{32}|[0-9A-Fa-f-]{36}")


@dataclass(frozen=True)
class Taken:
    """One object that the other tool has, and that this package takes over."""

    address: str
    id: str
    name: str
    type: str
    is_part: bool = False
    """The id is that of the object that it is a part of."""


@dataclass
class Peer:
    """What another tool has."""

    tool: str
    taken: list[Taken] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)
    """The addresses of what has no counterpart here, or is not of this account."""

    def names(self, known_kinds: Sequence[str]) -> dict[str, str]:
        """Return the names of the objects by id. What is not known here stays, and parts of it."""
        known = [one for one in self.taken if KINDS[one.type] in known_kinds]
        found: dict[str, str] = {}
        for one in known:
            if not one.is_part:
                found.setdefault(one.id, one.name)
        self.stays += [one.address for one in self.taken if one not in known or one.id not in found]
        self.taken = [one for one in known if one.id in found]
        return found


def read_peer(path: Path, tool: str) -> Peer:
    """Read a state. Raises SettingsError for what is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or "is no JSON"
        raise SettingsError(f"{path}: {told}") from None
    try:
        return _of_terraform(document) if tool == TERRAFORM else _of_pulumi(document)
    except (KeyError, TypeError, AttributeError):
        what = "a Terraform state (terraform state pull)"
        if tool == PULUMI:
            what = "an exported stack (pulumi stack export)"
        raise SettingsError(f"{path}: is not {what}") from None


def _of_terraform(document: Any) -> Peer:
    peer = Peer(TERRAFORM)
    for resource in document["resources"]:
        type_ = str(resource["type"])
        if resource["mode"] != "managed" or not type_.startswith("cloudflare_"):
            continue
        module = str(resource.get("module") or "")
        for instance in resource["instances"]:
            key = instance.get("index_key")
            address = ".".join(filter(None, (module, type_, str(resource["name"]))))
            address += "" if key is None else f"[{json.dumps(key)}]"
            modules = re.findall(r"module\.([\w-]+)", module)
            name = "-".join([*modules, str(resource["name"]), *([] if key is None else [str(key)])])
            _take(peer, address, type_.removeprefix("cloudflare_"), name, instance["attributes"])
    return peer


def _of_pulumi(document: Any) -> Peer:
    peer = Peer(PULUMI)
    for resource in document["deployment"].get("resources") or ():
        type_ = str(resource["type"])
        if not type_.startswith("cloudflare:index/"):
            continue
        word = type_.rpartition(":")[2]
        snake = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", word).lower()
        urn = str(resource["urn"])
        held = {**(resource.get("inputs") or {}), "id": resource.get("id")}
        _take(peer, urn, snake, urn.split("::", 3)[-1], held)
    return peer


def _take(peer: Peer, address: str, type_: str, name: str, held: Mapping[str, Any]) -> None:
    type_ = LIST if type_ in _LISTS else type_.removeprefix("zero_trust_")
    whole = next((held[one] for one in WHOLES if held.get(one)), None)
    # Some ids have the account's or the application's before their own.
    id_ = str(whole or str(held.get("id") or "").rpartition("/")[2])
    if type_ in KINDS and _ID.fullmatch(id_):
        peer.taken.append(Taken(address, id_, name, type_, is_part=whole is not None))
    else:
        peer.stays.append(address)


def removal(peer: Peer) -> tuple[str, str]:
    """Return the file that says how the other tool lets go of what is taken, and its name.

    Nothing is destroyed by it, and it is to be run when Pulumi has the objects, not before.
    """
    return (
        ("removed.tf", _removed_tf(peer))
        if peer.tool == TERRAFORM
        else (
            "let_go.sh",
            _let_go(peer),
        )
    )


def _removed_tf(peer: Peer) -> str:
    lines = [
        "# Terraform 1.7 or newer lets go of these and destroys nothing. In this order:",
        "#   1. terraform plan says that nothing is to be done",
        "#   2. cloudflare-access adopt check says that all is exact",
        "#   3. delete the blocks of these resources, put this file beside the rest, then",
        "#      terraform apply: 0 to add, 0 to destroy. Where others refer to them, write ids",
        "#   4. cloudflare-access adopt run",
        "# An older Terraform does 3 by these lines, the blocks deleted in the same change:",
        *(f"#   terraform state rm {_quoted(one.address)}" for one in peer.taken),
    ]
    for address in dict.fromkeys(_KEYS.sub("", one.address) for one in peer.taken):
        lines += ["", "removed {", f"  from = {address}", "  lifecycle {", "    destroy = false"]
        lines += ["  }", "}"]
    return "\n".join(lines) + "\n"


def _let_go(peer: Peer) -> str:
    lines = [
        "# Has the other stack let go of what is taken, and destroys nothing. In this order:",
        "#   1. pulumi preview of that stack says that nothing is to be done",
        "#   2. cloudflare-access adopt check says that all is exact",
        "#   3. these lines, and the resources taken out of that program in the same change",
        "#   4. cloudflare-access adopt run",
    ]
    # What others depend on comes after them, as it does in a state, read from its end.
    lines += [f"pulumi state delete --yes {_quoted(one.address)}" for one in reversed(peer.taken)]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def stays(peer: Peer) -> Iterator[str]:
    """Say what the other tool keeps."""
    for address in peer.stays:
        yield f"{address}: stays there; refer to it by its id"
