"""The WSGI application: from a request to a call, from an answer to the envelope."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.wrappers import Request, Response

from . import control
from .auth import Caller
from .call import NO_RESULT, Call
from .exceptions import (
    InvalidHeadersError,
    MalformedJsonError,
    MethodNotAllowedError,
    MisdirectedError,
    NoRouteError,
    RefusedError,
)
from .iam.sso_connectors import models as sso_connectors
from .rate import RateLimit
from .urls import routes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from .call import Answer, Handler
    from .scopes import Account, Scope, Zone
    from .world import World

BASE = "/client/v4"

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class App:
    """Answers requests, one at a time, and remembers them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.closing = threading.Event()
        self.lock = threading.RLock()
        self.requests: list[dict[str, Any]] = []
        self._rate = RateLimit()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, as WSGI has it."""
        return self._respond(Request(environ))(environ, start_response)

    def reset(self) -> None:
        """Forget every object and every request."""
        with self.lock:
            self.world.clear()
            self.requests.clear()

    def seed(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Keep the objects of a document, in the first account where it names no other."""
        with self.lock:
            copy = json.loads(json.dumps(document))
            return self.world.plant(copy, next(iter(self.world.accounts.values())))

    def move_sso(self, connector_id: str, status: str) -> dict[str, Any]:
        """Have the verification of an SSO connector at this status."""
        with self.lock:
            return sso_connectors.move_on(self.world, connector_id, status)

    def _respond(self, request: Request) -> Response:
        # A web page whose own name resolves to this machine must not get in.
        if urlsplit(f"//{request.host}").hostname not in _LOOPBACK:
            return _json(MisdirectedError.status, _failure(MisdirectedError()))
        if request.path.startswith("/_local/"):
            return _json(*control.answer(self, request))
        # Waiting is not behaviour: it happens to every request at once.
        latency = self.world.switches.latency
        if latency and self.closing.wait(latency):
            raise ConnectionAbortedError("stopped before the request arrived")
        with self.lock:
            return self._answer(request)

    def _answer(self, request: Request) -> Response:
        caller: Caller | None = None
        try:
            handler, ids = _find(request)
            caller = Caller.of(request.headers)
            answer = handler(self._call(request, caller, ids))
        except RefusedError as refusal:
            status, envelope = refusal.status, _failure(refusal)
        else:
            status, envelope = answer.status, _success(answer)
        self._remember(request, status)
        response = _json(status, envelope)
        response.headers.extend(self._rate.headers(caller))
        response.headers["cf-ray"] = self.world.new_ray()
        return response

    def _call(self, request: Request, caller: Caller, ids: dict[str, str]) -> Call:
        scope: Scope | None = None
        if "account_id" in ids or "zone_id" in ids:
            scope = self._scope(request, ids)
            caller.check(scope.account, self.world.accounts.values())
        return Call(
            world=self.world,
            caller=caller,
            scope=scope,
            ids=ids,
            query=request.args,
            body=_body(request),
            path=_path(request),
        )

    def _scope(self, request: Request, ids: dict[str, str]) -> Account | Zone:
        scope = (
            self.world.accounts.get(ids.pop("account_id"))
            if "account_id" in ids
            else self.world.zones.get(ids.pop("zone_id"))
        )
        # Whether an account that does not exist is a missing one or a forbidden one is not
        # documented; the words of 7003 fit it.
        if scope is None:
            raise NoRouteError(_path(request))
        return scope

    def _remember(self, request: Request, status: int) -> None:
        query = request.query_string.decode("latin-1")
        text = request.get_data().decode(errors="replace")
        try:
            body = json.loads(text) if text else None
        except ValueError:
            body = text
        self.requests.append(
            {
                "method": request.method,
                "path": f"{_path(request)}?{query}" if query else _path(request),
                "status": status,
                "body": body,
            }
        )


def _path(request: Request) -> str:
    return request.path.removeprefix(BASE)


def _find(request: Request) -> tuple[Handler, dict[str, str]]:
    if not request.path.startswith(f"{BASE}/"):
        raise NoRouteError(request.path)
    try:
        handler, ids = routes().bind("").match(_path(request), method=request.method)
    except NotFound:
        raise NoRouteError(_path(request)) from None
    except MethodNotAllowed:
        raise MethodNotAllowedError from None
    return handler, dict(ids)


def _body(request: Request) -> Any:
    data = request.get_data()
    if not data:
        return None
    # Not documented: live answers have 6105 in the chain.
    if request.mimetype != "application/json":
        raise InvalidHeadersError(
            (6105, "Invalid Content-Type header, valid values are application/json")
        )
    try:
        return json.loads(data)
    except ValueError:
        raise MalformedJsonError from None


def _success(answer: Answer) -> dict[str, Any]:
    envelope: dict[str, Any] = {
        "success": True,
        "errors": [],
        "messages": list(answer.messages),
    }
    if answer.result is not NO_RESULT:
        envelope["result"] = answer.result
    if answer.result_info is not None:
        envelope["result_info"] = answer.result_info
    return envelope


def _failure(refusal: RefusedError) -> dict[str, Any]:
    return {"success": False, "errors": list(refusal.errors), "messages": [], "result": None}


def _json(status: int, document: Any) -> Response:
    return Response(json.dumps(document), status, mimetype="application/json")
