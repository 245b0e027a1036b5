"""The answers of the server when a fault strikes."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ..access.exceptions import InternalServerError
from ..calls.exceptions import AuthenticationError, NoRouteError, RateLimitedError, RefusedError
from .fault import Fault, Garbled, ShortPage, Status, WrongTotal

if TYPE_CHECKING:
    from collections.abc import Mapping

_HTML = """<!DOCTYPE html>
<html>
<head><title>{title}</title></head>
<body><center><h1>{title}</h1></center><hr><center>cloudflare</center></body>
</html>
"""


@dataclass(frozen=True)
class Reply:
    """An HTTP answer, without the headers that all answers have."""

    status: int
    body: bytes
    mimetype: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, document: Any) -> Reply:
        """Return an answer with a JSON document."""
        return cls(status, json.dumps(document).encode())


def failure(*errors: Mapping[str, Any]) -> dict[str, Any]:
    """Return the envelope of a refusal."""
    return {"success": False, "errors": list(errors), "messages": [], "result": None}


def instead(fault: Status, path: str) -> Reply:
    """Return the answer for a `Status` fault."""
    wait = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.body == "empty":
        return Reply(fault.status, b"", headers=wait)
    if fault.body == "html":
        return Reply(fault.status, _html(fault.status), "text/html", wait)
    errors = _refusal(fault, path)
    return Reply(fault.status, json.dumps(failure(*errors)).encode(), headers=wait)


def spoiled(fault: Fault | None, status: int, envelope: dict[str, Any]) -> Reply:
    """Return an answer changed by a fault. A refusal is never changed."""
    if not envelope["success"]:
        return Reply.of(status, envelope)
    match fault:
        case ShortPage(by):
            return Reply.of(status, _shortened(envelope, by))
        case WrongTotal(by):
            return Reply.of(status, _miscounted(envelope, by))
        case Garbled():
            return _garbled(fault, envelope)
        case _:
            return Reply.of(status, envelope)


def _shortened(envelope: dict[str, Any], by: int) -> dict[str, Any]:
    items = envelope["result"]
    if not isinstance(items, list):
        return envelope
    shown = items[: max(0, len(items) - by)]
    info = dict(envelope.get("result_info", {}))
    return (
        envelope
        | {"result": shown}
        | ({"result_info": info | {"count": len(shown)}} if info else {})
    )


def _miscounted(envelope: dict[str, Any], by: int) -> dict[str, Any]:
    info = dict(envelope.get("result_info", {}))
    if not info:
        return envelope
    info["total_count"] = max(0, info["total_count"] + by)
    if "total_pages" in info:
        info["total_pages"] = math.ceil(info["total_count"] / info["per_page"])
    return envelope | {"result_info": info}


def _garbled(fault: Garbled, envelope: dict[str, Any]) -> Reply:
    if fault.body == "html":
        return Reply(200, _html(200), "text/html")
    whole = json.dumps(envelope).encode()
    bodies: dict[str, bytes] = {
        "empty": b"",
        "bad_json": whole[: len(whole) // 2],
        "no_envelope": b"[]",
        "success_false": json.dumps(failure(*InternalServerError().errors)).encode(),
        "null_result": json.dumps(envelope | {"result": None}).encode(),
    }
    return Reply(200, bodies[fault.body])


def _refusal(fault: Status, path: str) -> tuple[Mapping[str, Any], ...]:
    known: dict[int, RefusedError] = {
        403: AuthenticationError(),
        404: NoRouteError(path),
        429: RateLimitedError(),
        500: InternalServerError(),
    }
    if fault.status in known and fault.code is None:
        return known[fault.status].errors
    words = _words(fault.status)
    return ({"code": fault.code or fault.status, "message": words},)


def _html(status: int) -> bytes:
    return _HTML.format(title=f"{status} {_words(status)}").encode()


def _words(status: int) -> str:
    # Statuses such as 520 are Cloudflare's own.
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Web server error"
