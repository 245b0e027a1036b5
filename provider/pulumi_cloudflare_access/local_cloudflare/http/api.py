"""Answers API requests: turns a request into a call, and an answer into an envelope."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.wrappers import Request, Response

from ..access.service_tokens.models import ServiceTokenBackend
from ..calls.auth import Caller
from ..calls.call import NO_RESULT, Answer, Call
from ..calls.exceptions import (
    InvalidHeadersError,
    MalformedJsonError,
    MethodNotAllowedError,
    NoRouteError,
    RateLimitedError,
    RefusedError,
)
from ..faults.arming import Faults
from ..faults.fault import ChangedWhilePaging, Fault, Garbled, Hold, Lag, Slow, Status
from ..faults.lag import Lags, snapshot
from ..faults.trouble import Reply, failure, instead, spoiled
from ..iam.sso_connectors import models as sso_connectors
from .rate import RateLimit
from .seeding import plant
from .urls import routes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..calls.call import Handler
    from ..faults.arming import Armed, Strike
    from ..faults.fault import When
    from ..world.world import Account, Scope, World, Zone
    from .rate import Allowance

BASE = "/client/v4"


class Api:
    """Answers requests, one at a time, and records them. The other methods control it."""

    def __init__(self, world: World, *, has_proxy: bool = False) -> None:
        self.world = world
        self.has_proxy = has_proxy
        self.closing = threading.Event()
        self.lock = threading.RLock()
        self.requests: list[dict[str, Any]] = []
        self.faults = Faults(world.clock, self.closing.is_set)
        self._rate = RateLimit(world.clock)
        self._lags = Lags(world.clock)
        self._changed_lists: dict[str, ChangedWhilePaging] = {}

    def asked(self) -> list[dict[str, Any]]:
        """Return the requests so far."""
        with self.lock:
            return list(self.requests)

    def arm(self, route: str, fault: Fault, when: When) -> Armed:
        """Arm a fault. Raises ValueError for a fault of the proxy if there is no proxy."""
        if fault.by_proxy and not self.has_proxy:
            raise ValueError(f"{fault} takes the proxy: LocalCloudflare(proxy=True)")
        return self.faults.arm(route, fault, when)

    def reset(self) -> None:
        """Remove every object, recorded request and fault."""
        self.faults.reset()
        with self.lock:
            self.world.clear()
            self.requests.clear()
            self._rate.reset()
            self._lags.clear()
            self._changed_lists.clear()

    def seed(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Add the objects of a document, to the first account unless it names another one."""
        with self.lock, self.world.clock.serving():
            copy = _without_null(json.loads(json.dumps(document, default=str)))
            return plant(self.world, copy, next(iter(self.world.accounts.values())))

    def move_sso(self, connector_id: str, status: str) -> dict[str, Any]:
        """Set the status of an SSO connector's verification."""
        with self.lock, self.world.clock.serving():
            return sso_connectors.move_on(self.world, connector_id, status)

    def accepts(self, client_id: str, client_secret: str) -> bool:
        """Tell whether a service token of any account with this id and secret is accepted."""
        with self.lock, self.world.clock.serving():
            scopes = [*self.world.accounts.values(), *self.world.zones.values()]
            backends = [scope.of(ServiceTokenBackend) for scope in scopes]
            return any(one.accepts(client_id, client_secret) for one in backends)

    def switch(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Set switches by name, all or none, and return all switches."""
        with self.lock:
            self.world.switches.set(document)
            return self.world.switches.told()

    def meet_at_proxy(self, method: str, path: str) -> Strike | None:
        """Return the fault of the proxy that strikes a request, or None."""
        if not path.startswith(f"{BASE}/"):
            return None
        return self.faults.meet(method, path.removeprefix(BASE), at_proxy=True)

    def answer(self, request: Request) -> Response:
        """Answer a request of the API."""
        # Without the lock: all requests wait at the same time.
        self._wait(self.world.switches.latency)
        allowance = self._count(request)
        if allowance.refused:
            reply = self._refuse(request)
        else:
            strike = self.faults.meet(request.method, _path(request), at_proxy=False)
            reply = self._struck(request, strike) if strike else self._reply(request, None)
        response = written(reply)
        response.headers.extend(allowance.headers())
        response.headers["cf-ray"] = self.world.new_ray()
        return response

    def _wait(self, seconds: float) -> None:
        if seconds and self.closing.wait(seconds):
            raise ConnectionAbortedError("stopped before the request arrived")

    def _count(self, request: Request) -> Allowance:
        """Count a request against the rate limit of its user, whichever credential it has."""
        with self.lock:
            try:
                caller = Caller.of(request.headers)
            except RefusedError:
                user: object = None
            else:
                opened = filter(caller.opens, self.world.accounts.values())
                user = next((account.email for account in opened), caller)
            switches = self.world.switches
            return self._rate.count(user, switches.max_requests, strict=switches.strict)

    def _refuse(self, request: Request) -> Reply:
        refusal = RateLimitedError()
        with self.lock:
            self._remember(request, refusal.status)
        return Reply.of(refusal.status, failure(*refusal.errors))

    def _struck(self, request: Request, strike: Strike) -> Reply:
        """Answer a request that a fault strikes. Waits are outside of the lock."""
        match strike.fault:
            case Hold("before"):
                strike.hold()
            case Slow(seconds, "before"):
                self._wait(seconds)
        reply = self._reply(request, strike)
        match strike.fault:
            case Hold("after"):
                strike.hold()
            case Slow(seconds, "after"):
                self._wait(seconds)
        return reply

    def _reply(self, request: Request, strike: Strike | None) -> Reply:
        """Carry the request out, apply any fault to the answer, and record both."""
        fault = strike.fault if strike else None
        with self.lock, self.world.clock.serving():
            if isinstance(fault, Status | Garbled) and not fault.effect:
                done = 200, _success(Answer(result={}))
            elif strike and isinstance(fault, Lag):
                done = self._perform_unseen(request, strike, fault.seconds)
            else:
                done = self._perform(request)
                if isinstance(fault, ChangedWhilePaging):
                    self._changed_lists[_path(request)] = fault
            reply = (
                instead(fault, _path(request))
                if isinstance(fault, Status)
                else spoiled(fault, *done)
            )
            self._remember(request, reply.status)
            return reply

    def _perform_unseen(
        self, request: Request, strike: Strike, seconds: float
    ) -> tuple[int, dict[str, Any]]:
        before = snapshot(self.world)
        status, envelope = self._perform(request)
        if envelope["success"]:
            self._lags.begin(
                strike, seconds, path=_path(request), result=envelope.get("result"), before=before
            )
        return status, envelope

    def _perform(self, request: Request) -> tuple[int, dict[str, Any]]:
        try:
            handler, ids = _find(request)
            answer = handler(self._call(request, Caller.of(request.headers), ids))
        except RefusedError as refusal:
            return refusal.status, failure(*refusal.errors)
        return answer.status, _success(answer)

    def _call(self, request: Request, caller: Caller, ids: dict[str, str]) -> Call:
        world = self._lags.world(request.method, _path(request)) or self.world
        scope: Scope | None = None
        if "account_id" in ids or "zone_id" in ids:
            scope = _scope(world, request, ids)
            caller.check(scope.account, world.accounts.values())
        return Call(
            world=world,
            caller=caller,
            scope=scope,
            ids=ids,
            query=request.args,
            body=_body(request),
            path=_path(request),
            view=self._view(request),
            give_way=self._give_way,
        )

    def _give_way(self, seconds: float) -> None:
        if not seconds:
            return
        self.lock.release()
        try:
            self._wait(seconds)
        finally:
            self.lock.acquire()

    def _view(self, request: Request) -> Callable[[Sequence[Any]], Sequence[Any]]:
        """Return the function that a `ChangedWhilePaging` fault applies to a list."""
        if request.args.get("page", "1") == "1":
            self._changed_lists.pop(_path(request), None)
        change = self._changed_lists.get(_path(request))
        if change is None:
            return tuple
        return (
            (lambda items: items[1:])
            if change.how == "removed"
            else lambda items: [*items[:1], *items]
        )

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


def _scope(world: World, request: Request, ids: dict[str, str]) -> Account | Zone:
    scope = (
        world.accounts.get(ids.pop("account_id"))
        if "account_id" in ids
        else world.zones.get(ids.pop("zone_id"))
    )
    # Not documented: an account that does not exist counts as missing, not as forbidden. The words
    # of 7003 fit that.
    if scope is None:
        raise NoRouteError(_path(request))
    return scope


def _body(request: Request) -> Any:
    data = request.get_data()
    if not data:
        return None
    # Not documented. Live answers have 6105 in the error chain.
    if request.mimetype != "application/json":
        raise InvalidHeadersError(
            (6105, "Invalid Content-Type header, valid values are application/json")
        )
    try:
        return _without_null(json.loads(data))
    except ValueError:
        raise MalformedJsonError from None


def _without_null(value: Any) -> Any:
    """Return a body without null values, which count as missing everywhere."""
    if isinstance(value, dict):
        return {key: _without_null(item) for key, item in value.items() if item is not None}
    return [_without_null(item) for item in value] if isinstance(value, list) else value


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


def written(reply: Reply) -> Response:
    """Return a reply as a response."""
    return Response(reply.body, reply.status, reply.headers, mimetype=reply.mimetype)
