"""TXT records, and how they behave. Other types are refused: nothing here needs them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ...calls import checks
from ...world.clock import time_now
from ...world.world import Backend, Zone
from ..exceptions import IdenticalRecordError, InvalidRecordError, RecordNotFoundError

if TYPE_CHECKING:
    from ...world.world import Scope, World

AUTOMATIC = 1
# Seconds, if the TTL is not automatic.
SHORTEST, LONGEST = 60, 86_400


@dataclass(frozen=True, kw_only=True)
class Record:
    """A TXT record."""

    id: str
    name: str
    content: str
    ttl: int
    comment: str | None
    created_on: str
    modified_on: str


class Checker(checks.Checker):
    """Refuses bodies with the errors of DNS."""

    refusal: ClassVar[type[InvalidRecordError]] = InvalidRecordError


class RecordBackend(Backend):
    """The records of one zone."""

    collection: ClassVar[str] = "dns_records"

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        if not isinstance(scope, Zone):
            raise ValueError("dns_records are a zone's")  # noqa: TRY004  (of a seed)
        self.records: dict[str, Record] = {}

    def list_records(self, **wanted: str | None) -> list[Record]:
        """Return the records whose fields have these values."""
        filters = {field: value for field, value in wanted.items() if value is not None}
        return [
            record
            for record in self.records.values()
            if all(str(getattr(record, field)) == value for field, value in filters.items())
        ]

    def create_record(self, body: Any, record_id: str | None = None) -> Record:
        """Create a record."""
        time = _now()
        new = Record(
            id=record_id or self.world.new_hex(32),
            created_on=time,
            modified_on=time,
            **self._fields(body),
        )
        if any(_said(other) == _said(new) for other in self.records.values()):
            raise IdenticalRecordError
        return self._keep(new)

    def get_record(self, record_id: str) -> Record:
        """Return the record with this id."""
        if record_id not in self.records:
            raise RecordNotFoundError
        return self.records[record_id]

    def replace_record(self, record_id: str, body: Any) -> Record:
        """Replace a record."""
        record = self.get_record(record_id)
        return self._keep(replace(record, modified_on=_now(), **self._fields(body)))

    def edit_record(self, record_id: str, body: Any) -> Record:
        """Change some fields of a record."""
        record = self.get_record(record_id)
        if not isinstance(body, dict):
            raise InvalidRecordError(("", "body should be an object"))
        kept = {"type": "TXT", "name": record.name, "content": record.content, "ttl": record.ttl}
        return self.replace_record(record_id, kept | {"comment": record.comment} | body)

    def delete_record(self, record_id: str) -> None:
        """Delete a record."""
        self.get_record(record_id)
        del self.records[record_id]

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Add a record as a create would. It may have an `id`."""
        body = dict(item)
        return asdict(self.create_record(body, body.pop("id", None)))

    def _fields(self, body: Any) -> dict[str, Any]:
        check = Checker(body)
        kind, name, content = (check.text(field) for field in ("type", "name", "content"))
        if kind and kind != "TXT":
            check.refuse("/type", f"the local Cloudflare keeps TXT records only, not {kind}")
        ttl, comment = check.take("ttl"), check.take("comment")
        ttl = AUTOMATIC if ttl is None else ttl
        if ttl != AUTOMATIC and not (isinstance(ttl, int) and SHORTEST <= ttl <= LONGEST):
            check.refuse("/ttl", f"ttl should be between {SHORTEST} and {LONGEST}, or {AUTOMATIC}")
        if comment is not None and not isinstance(comment, str):
            check.refuse("/comment", "comment field should be a string")
        if check.flag("proxied"):
            check.refuse("/proxied", "this record type cannot be proxied")
        check.done()
        return {"name": self._whole(name), "content": content, "ttl": ttl, "comment": comment}

    def _whole(self, name: str) -> str:
        """Return the full name of a record, with the zone's name."""
        zone, name = self.scope.name, name.lower().rstrip(".")
        if name == zone or name.endswith(f".{zone}"):
            return name
        return zone if name == "@" else f"{name}.{zone}"

    def _keep(self, record: Record) -> Record:
        self.records[record.id] = record
        return record


def says(world: World, name: str, text: str) -> bool:
    """Tell whether a zone has a TXT record with this name and text."""
    return any(
        record.name == name and record.content.strip('"') == text
        for zone in world.zones.values()
        for record in zone.of(RecordBackend).records.values()
    )


def _said(record: Record) -> tuple[str, str]:
    return record.name, record.content.strip('"')


def _now() -> str:
    return f"{time_now():%Y-%m-%dT%H:%M:%S.%f}Z"
