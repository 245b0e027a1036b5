"""What can go wrong with a request: plain descriptions, which `LocalCloudflare.fault` arms.

    cloudflare.fault("POST /accounts/*/access/groups", faults.Status(503), times=2)
    cloudflare.fault("POST /accounts/*/access/groups", faults.Cut("body"), nth=3)

Effects and answers are the server's: `Status`, `Garbled`, `Slow`, `Hold`, `Lag` and the lists that
lie (`ShortPage`, `WrongTotal`, `ChangedWhilePaging`). What happens to a connection is the proxy's:
`Cut`, `Drip` and `Refuse`.
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
    """Something that can go wrong. A `ValueError` if it is described wrongly."""

    by_proxy: ClassVar[bool] = False
    """Whether it takes the proxy to make it."""

    strikes: ClassVar[Literal["everything", "reads", "writes"]] = "everything"
    """Which requests can meet it at all."""

    def __post_init__(self) -> None:
        _check(self, f"{self.kind()}: ")

    def __str__(self) -> str:
        first, *others = fields(self)
        kind = f"{self.kind()}={spelled(getattr(self, first.name))}"
        return " ".join([kind, *_differing(self, others)])

    @classmethod
    def kind(cls) -> str:
        """Return what the control route and the command line call it."""
        return re.sub(r"(?<=.)([A-Z])", r"_\1", cls.__name__).lower()


@dataclass(frozen=True)
class Status(Fault):
    """Refuse with a status, before the request has an effect unless told otherwise.

    A 403, 404, 409, 429 or 500 has Cloudflare's code and words (a 404 those of a wrong path: 7003
    and 7000), unless there is a `code`; others have the status as their code, which is not
    documented.
    """

    status: int
    body: Literal["json", "html", "empty"] = "json"
    retry_after: int | None = None
    """Seconds, for the header of that name."""
    code: int | None = None
    effect: bool = False


@dataclass(frozen=True)
class Garbled(Fault):
    """Do what is asked, and answer with status 200 what no client should take for success.

    `html` and `empty` are no JSON, `bad_json` ends in the middle, `no_envelope` is other JSON,
    `success_false` and `null_result` are an envelope with nothing in it.
    """

    body: Literal["html", "bad_json", "empty", "no_envelope", "success_false", "null_result"]
    effect: bool = True


@dataclass(frozen=True)
class Slow(Fault):
    """Take so many seconds, before the request has its effect or after it."""

    seconds: float
    at: Literal["before", "after"] = "before"


@dataclass(frozen=True)
class Hold(Fault):
    """Hold the request, before or after its effect, until the test lets it go."""

    at: Literal["before", "after"]


@dataclass(frozen=True)
class Lag(Fault):
    """After the write, answer reads of that object and its list from before it, for a time.

    What is created is a 404, what is changed has its old value, what is deleted is still there.
    A list is as old as the oldest write of its kind that still lags. The seconds are the clock's.
    """

    strikes: ClassVar[Literal["everything", "reads", "writes"]] = "writes"

    seconds: float


@dataclass(frozen=True)
class ShortPage(Fault):
    """Leave so many objects out at the end of a page; its `total_count` counts them."""

    strikes: ClassVar[Literal["everything", "reads", "writes"]] = "reads"

    by: int = 1


@dataclass(frozen=True)
class WrongTotal(Fault):
    """Count so many objects too many in `total_count`, or too few if negative."""

    strikes: ClassVar[Literal["everything", "reads", "writes"]] = "reads"

    by: int


@dataclass(frozen=True)
class ChangedWhilePaging(Fault):
    """After this page, continue as if the first object had been removed, or one put before it.

    So the next page leaves one object out, or begins with one that was there before. It lasts
    until the first page is asked for again. Nothing but the list changes.
    """

    strikes: ClassVar[Literal["everything", "reads", "writes"]] = "reads"

    how: Literal["removed", "inserted"]


@dataclass(frozen=True)
class Cut(Fault):
    """Close the connection: nothing more is heard of the request.

    `before`: the server gets nothing of it. `request`: it gets a part of it, and does nothing.
    `processed`: it has done what was asked, but not a byte of the answer arrives. `headers` and
    `body`: half of the headers arrives, or half of the body after them. With `reset` the end is
    a reset (RST), and no orderly one.
    """

    by_proxy: ClassVar[bool] = True

    at: Literal["before", "request", "processed", "headers", "body"]
    reset: bool = False


@dataclass(frozen=True)
class Drip(Fault):
    """Send the headers or the body of the answer byte by byte, each after so many seconds."""

    by_proxy: ClassVar[bool] = True

    at: Literal["headers", "body"]
    seconds: float = 0.1


@dataclass(frozen=True)
class Refuse(Fault):
    """Be gone: cut every connection and refuse new ones, for so many seconds.

    Without seconds until the fault is released or lifted, at `control_url` if from outside. The
    request that struck it is not done.
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
"""Every fault, by what the control route calls it."""


@dataclass(frozen=True, kw_only=True)
class When:
    """Which of the requests that match; `LocalCloudflare.fault` says what the fields mean."""

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
    """Return a value as the command line has it."""
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
    # A bool is an int to Python; to who reads a test it is a mistake.
    return type(value) is hint


def _spelled(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(get_args(hint))
    if get_origin(hint) is UnionType:
        return " or ".join(map(_spelled, get_args(hint)))
    return {float: "a number from 0 on", int: "a whole number", bool: "true or false"}.get(
        hint, "null"
    )
