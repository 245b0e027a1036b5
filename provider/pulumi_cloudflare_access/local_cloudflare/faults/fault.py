"""The kinds of faults, as plain descriptions that `LocalCloudflare.fault` arms.

    cloudflare.fault("POST /accounts/*/access/groups", faults.Status(503), times=2)
    cloudflare.fault("POST /accounts/*/access/groups", faults.Cut("body"), nth=3)

The server makes faults of answers: `Status`, `Garbled`, `Slow`, `Hold`, `Lag`, and wrong lists
(`ShortPage`, `WrongTotal`, `ChangedWhilePaging`). The proxy makes faults of connections: `Cut`,
`Drip` and `Refuse`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import Field, dataclass, fields
from types import UnionType
from typing import Any, ClassVar, Literal, get_args, get_origin, get_type_hints


@dataclass(frozen=True)
class Fault:
    """The base of all faults. The constructors raise ValueError for invalid arguments."""

    by_proxy: ClassVar[bool] = False
    """Whether the proxy makes it."""

    strikes: ClassVar[Literal["everything", "reads", "writes"]] = "everything"
    """Which requests it can strike."""

    def __post_init__(self) -> None:
        _check(self, f"{self.kind()}: ")

    def __str__(self) -> str:
        first, *others = fields(self)
        kind = f"{self.kind()}={spelled(getattr(self, first.name))}"
        return " ".join([kind, *_differing(self, others)])

    @classmethod
    def kind(cls) -> str:
        """Return its name in control routes and on the command line."""
        return re.sub(r"(?<=.)([A-Z])", r"_\1", cls.__name__).lower()


@dataclass(frozen=True)
class Status(Fault):
    """Answer with a status, without carrying the request out unless `effect` is set.

    A 403, 404, 429 or 500 has Cloudflare's code and words (a 404 those of a wrong path: 7003 and
    7000), unless there is a `code`. Other statuses are their own code; Cloudflare's are not
    documented.
    """

    status: int
    body: Literal["json", "html", "empty"] = "json"
    retry_after: int | None = None
    """Seconds, for the header of that name."""
    code: int | None = None
    """The error code; None: as above."""
    effect: bool = False
    """Whether the request is carried out."""


@dataclass(frozen=True)
class Garbled(Fault):
    """Answer with status 200 and a body that no client should take for a success.

    `html` and `empty` are not JSON, `bad_json` ends in the middle, `no_envelope` is other JSON.
    `success_false` is an envelope that says that it failed; `null_result` has no result. Unless
    `effect` is False, the request is carried out.
    """

    body: Literal["html", "bad_json", "empty", "no_envelope", "success_false", "null_result"]
    effect: bool = True


@dataclass(frozen=True)
class Slow(Fault):
    """Wait for that many real seconds, before or after the request is carried out."""

    seconds: float
    at: Literal["before", "after"] = "before"


@dataclass(frozen=True)
class Hold(Fault):
    """Hold the request, before or after it is carried out, until the test releases it."""

    at: Literal["before", "after"]


@dataclass(frozen=True)
class Lag(Fault):
    """For some seconds after a write, answer reads of the object and its list as before the write.

    A created object is a 404, an updated one has its old value, a deleted one still exists. A list
    is as old as the oldest write of its kind that still lags. The seconds are those of the local
    clock.
    """

    strikes: ClassVar[Literal["everything", "reads", "writes"]] = "writes"

    seconds: float


@dataclass(frozen=True)
class ShortPage(Fault):
    """Leave out that many objects at the end of a page, but count them in `total_count`."""

    strikes: ClassVar[Literal["everything", "reads", "writes"]] = "reads"

    by: int = 1


@dataclass(frozen=True)
class WrongTotal(Fault):
    """Make `total_count` too large by that many, or too small if negative."""

    strikes: ClassVar[Literal["everything", "reads", "writes"]] = "reads"

    by: int


@dataclass(frozen=True)
class ChangedWhilePaging(Fault):
    """After this page, continue as if the first object was removed, or another inserted before it.

    So the next page skips one object, or repeats one. This lasts until the first page is requested
    again. Only the list changes.
    """

    strikes: ClassVar[Literal["everything", "reads", "writes"]] = "reads"

    how: Literal["removed", "inserted"]


@dataclass(frozen=True)
class Cut(Fault):
    """Close the connection.

    `before`: nothing of the request reaches the server. `request`: a part of it does, and it is not
    carried out. `processed`: the request is carried out, but no byte of the answer arrives.
    `headers` and `body`: half of the headers arrive, or the headers and half of the body. With
    `reset`, the connection is reset (RST) instead of closed.
    """

    by_proxy: ClassVar[bool] = True

    at: Literal["before", "request", "processed", "headers", "body"]
    reset: bool = False


@dataclass(frozen=True)
class Drip(Fault):
    """Send the headers or the body byte by byte, each byte after that many real seconds."""

    by_proxy: ClassVar[bool] = True

    at: Literal["headers", "body"]
    seconds: float = 0.1


@dataclass(frozen=True)
class Refuse(Fault):
    """Cut every connection and refuse new ones, for that many seconds.

    None: until the fault is released or lifted (from another process: at `control_url`). The
    request that it strikes is not carried out.
    """

    by_proxy: ClassVar[bool] = True

    seconds: float | None = None


_ALL: tuple[type[Fault], ...] = (
    Status,
    Garbled,
    Slow,
    Hold,
    Lag,
    ShortPage,
    WrongTotal,
    ChangedWhilePaging,
    Cut,
    Drip,
    Refuse,
)

KINDS: dict[str, type[Fault]] = {fault.kind(): fault for fault in _ALL}
"""Every kind of fault, by its name in control routes."""


@dataclass(frozen=True, kw_only=True)
class When:
    """Which of the matching requests a fault strikes. See `LocalCloudflare.fault`."""

    nth: int | None = None
    times: int | None = None
    probability: float | None = None
    lasting: float | None = None
    seed: int = 0

    def __str__(self) -> str:
        return " ".join(_differing(self, fields(self)))

    def __post_init__(self) -> None:
        _check(self, "")
        for name, value in {"nth": self.nth, "times": self.times}.items():
            if value is not None and value < 1:
                raise ValueError(f"{name} is 1 or more, not {value}")
        if self.probability is not None and self.probability > 1:
            raise ValueError(f"probability is from 0 to 1, not {self.probability}")


def spelled(value: object) -> str:
    """Return a value in the notation of the command line."""
    return value if isinstance(value, str) else json.dumps(value)


def _differing(described: Fault | When, among: Sequence[Field[Any]]) -> Iterator[str]:
    for field in among:
        value = getattr(described, field.name)
        if value != field.default:
            yield f"{field.name}={spelled(value)}"


def _check(described: Fault | When, prefix: str) -> None:
    hints = get_type_hints(type(described))
    for field in fields(described):
        name, hint, value = field.name, hints[field.name], getattr(described, field.name)
        if not _fits(value, hint):
            raise ValueError(f"{prefix}{name} is {_spelled(hint)}, not {value!r}")


def _fits(value: object, hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_origin(hint) is UnionType:
        return any(_fits(value, part) for part in get_args(hint))
    if hint is float:
        return type(value) in (int, float) and float(str(value)) >= 0
    # Python takes a bool for an int, but here it would be a mistake.
    return type(value) is hint


def _spelled(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(get_args(hint))
    if get_origin(hint) is UnionType:
        return " or ".join(map(_spelled, get_args(hint)))
    return {float: "a number from 0 on", int: "a whole number", bool: "true or false"}.get(
        hint, "null"
    )
