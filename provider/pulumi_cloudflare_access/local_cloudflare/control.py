"""What Cloudflare does not have: the routes under `/_local/` that steer this server.

    GET   /_local/requests   what was asked of the API so far
    POST  /_local/reset      forget every object and every request
    POST  /_local/seed       keep the objects of a document (`World.plant`)
    POST  /_local/sso/{id}   move the verification of an SSO connector on, to {"status": …}

They need no credentials, are not remembered themselves, and have no envelope.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .exceptions import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Request

    from .app import App


def answer(app: App, request: Request) -> tuple[int, Any]:
    """Return the status and the document for a control route."""
    match request.method, request.path:
        case "GET", "/_local/requests":
            with app.lock:
                return 200, list(app.requests)
        case "POST", "/_local/reset":
            app.reset()
            return 200, {}
        case "POST", "/_local/seed":
            return _steer(request, app.seed, "a document to seed")
        case "POST", path if path.startswith("/_local/sso/"):
            connector_id = path.removeprefix("/_local/sso/")
            return _steer(
                request, lambda body: app.move_sso(connector_id, body["status"]), "a status"
            )
        case _:
            return 404, {"error": f"there is no {request.method} {request.path}"}


def _steer(request: Request, steer: Callable[[Any], Any], what: str) -> tuple[int, Any]:
    try:
        return 200, steer(json.loads(request.get_data()))
    except RefusedError as refusal:
        return 400, {"error": "; ".join(error["message"] for error in refusal.errors)}
    except KeyError as error:
        return 400, {"error": f"not {what}: {error} is missing"}
    except (AttributeError, TypeError, ValueError) as error:
        return 400, {"error": f"not {what}: {error}"}
    except LookupError as error:
        return 404, {"error": str(error)}
