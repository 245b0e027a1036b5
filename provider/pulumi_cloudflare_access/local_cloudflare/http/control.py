"""The control routes under `/_local/`, which Cloudflare does not have.

    GET     /_local/requests              the API requests so far
    POST    /_local/reset                 remove every object, recorded request and fault
    POST    /_local/seed                  add the objects of a document (`seeding`)
    POST    /_local/sso/{id}              set an SSO connector's verification to {"status": …}
    POST    /_local/service_tokens        whether {"client_id": …, "client_secret": …} is accepted

    GET     /_local/faults                the faults that are armed, and those that struck
    POST    /_local/faults                arm one: {"route": "GET **", "status": 503} (`notation`)
    DELETE  /_local/faults                lift all faults
    DELETE  /_local/faults/{id}           lift one
    POST    /_local/faults/{id}/release   let the requests that it holds go on
    POST    /_local/faults/{id}/drop      cut the connections of the requests that it holds

    GET     /_local/clock                 the time of the clock, and whether it runs
    POST    /_local/clock                 {"advance": 300}, {"running": false}, or both

    GET     /_local/switches              every switch and its value (`Switches`)
    POST    /_local/switches              set some: {"delete_in_use": "allow", "max_rules": 10}

They need no credentials, are not recorded, and have no envelope. A body must have the content type
of JSON, which a web page's form cannot send.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from ..calls.exceptions import RefusedError
from ..faults import notation
from ..faults.arming import Armed

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Request

    from ..world.clock import Clock
    from .api import Api


def answer(api: Api, request: Request) -> tuple[int, Any]:
    """Return the status and the document for a control route."""
    if request.mimetype != "application/json" and (request.mimetype or request.get_data()):
        given = f", not {request.mimetype}" if request.mimetype else ""
        return 415, {"error": f"Content-Type must be application/json{given}"}
    words = request.path.split("/")[2:]
    order = _order(api, request.method, words, lambda: json.loads(request.get_data()))
    if order is None:
        return 404, {"error": f"there is no {request.method} {request.path}"}
    return _obeyed(order)


class _Order(NamedTuple):
    obey: Callable[[], Any]
    what: str = "an order"
    """What the body should be, for errors."""


def _obeyed(order: _Order) -> tuple[int, Any]:
    try:
        done = order.obey()
    except RefusedError as refusal:
        return 400, {"error": "; ".join(error["message"] for error in refusal.errors)}
    except KeyError as error:
        return 400, {"error": f"not {order.what}: {error} is missing"}
    except (AttributeError, TypeError, ValueError) as error:
        return 400, {"error": f"not {order.what}: {error}"}
    except LookupError as error:
        return 404, {"error": str(error)}
    return 200, {} if done is None else done


def _order(api: Api, verb: str, words: list[str], body: Callable[[], Any]) -> _Order | None:
    match [verb, *words]:
        case ["POST", "sso", connector_id]:
            return _Order(lambda: api.move_sso(connector_id, body()["status"]), "a status")
        case [_, "faults", *rest]:
            return _order_about_faults(api, verb, rest, body)
    simple = {
        "GET requests": _Order(api.asked),
        "POST reset": _Order(api.reset),
        "POST seed": _Order(lambda: api.seed(body()), "a document to seed"),
        "POST service_tokens": _Order(
            lambda: {"accepted": api.accepts(**body())}, "a service token"
        ),
        "GET clock": _Order(lambda: _told(api.world.clock)),
        "POST clock": _Order(lambda: _set(api.world.clock, **body()), "a setting of the clock"),
        "GET switches": _Order(api.world.switches.told),
        "POST switches": _Order(lambda: api.switch(body()), "switches"),
    }
    return simple.get(f"{verb} {'/'.join(words)}")


def _order_about_faults(
    api: Api, verb: str, words: list[str], body: Callable[[], Any]
) -> _Order | None:
    def change(number: str, how: Callable[[Armed], None]) -> dict[str, Any]:
        armed = api.faults.find(number)
        how(armed)
        return notation.told(armed)

    match [verb, *words]:
        case ["GET"]:
            order = _Order(lambda: notation.all_told(api.faults))
        case ["POST"]:
            order = _Order(lambda: notation.told(api.arm(*notation.read(body()))), "a fault")
        case ["DELETE"]:
            order = _Order(api.faults.lift)
        case ["DELETE", number]:
            order = _Order(lambda: change(number, Armed.lift))
        case ["POST", number, "release"]:
            order = _Order(lambda: change(number, Armed.release))
        case ["POST", number, "drop"]:
            order = _Order(lambda: change(number, Armed.drop))
        case _:
            return None
    return order


def _set(clock: Clock, *, running: bool | None = None, advance: float = 0.0) -> dict[str, Any]:
    # Stop it first, so that it advances by exactly the given seconds.
    if running is False:
        clock.stop()
    clock.advance(advance)
    if running is True:
        clock.run()
    return _told(clock)


def _told(clock: Clock) -> dict[str, Any]:
    return {"now": clock.now(), "running": clock.running}
